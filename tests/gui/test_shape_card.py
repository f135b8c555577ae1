"""The shape of a surface as a user meets it: list, check, flights, microscope, plateaus, odd formulas."""

from __future__ import annotations

import pytest
from driving import CTRL, KEY, SHIFT, enter_text, finish_jobs, map_pixel, move, near, on_surface, press, seen
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from landscape.geometry.critical_points import critical_points
from landscape.geometry.escape import escape
from landscape.optimizers import make_optimizer
from landscape.resources import scene_files
from landscape.scene import Racer, Scene, opening_scene


def listed(card) -> list[str]:
    return [card.list.item(row).text() for row in range(card.list.count())]


def choose(window, row: int) -> None:
    """Click a line of the list of critical points."""
    points = window.explore.inspector.shape_card.list
    box = points.visualItemRect(points.item(row))
    QTest.mouseClick(points.viewport(), Qt.MouseButton.LeftButton, pos=box.center())


def row_of(card, kind: str) -> int:
    return next(row for row, text in enumerate(listed(card)) if kind in text)


def type_formula(window, qtbot, text: str) -> None:
    enter_text(window.explore.surface_card.formula, text)
    qtbot.waitUntil(lambda: window.document.scene.surface.formula == text, timeout=10_000)
    finish_jobs(window)


@pytest.fixture
def flat_window(open_window):
    made = open_window(gl=False)
    made.explore.playback.pause()
    made.explore.playback.go_to(0)
    made.explore.focus_picture()
    return made


@pytest.fixture
def card(flat_window):
    return flat_window.explore.inspector.shape_card


def test_critical_points_of_the_opening_scene_are_listed_with_their_losses(flat_window, card):
    lines = listed(card)
    assert len(lines) == 3
    assert [line.split()[1] for line in lines] == ["minimum", "minimum", "saddle"]
    for line, number in zip(lines, ("−0.06037", "0.05962", "0.6008"), strict=True):
        assert number in line
    assert "(−1.01, 0)" in lines[0]
    assert card.check.text() == "2 minima − 1 saddle = 1, expected 1 ✓"


def test_details_of_a_point_on_hovering(card):
    minimum, saddle = (card.list.item(row_of(card, kind)).toolTip() for kind in ("minimum", "saddle"))
    assert "condition number 5.531" in minimum
    assert "α < 0.4018" in minimum  # 2 / 4.97781762
    assert "λ −2.3954944 and 0.9" in saddle
    assert "index −1" in saddle


def test_signs_are_drawn_on_the_map_where_the_points_are(flat_window):
    board = flat_window.explore.stage.map
    with_signs = seen(board)
    press("c")
    without = seen(board)
    for point in critical_points(flat_window.document.scene.surface.surface):
        x, y = map_pixel(flat_window, *point.position)
        changed = (near(with_signs, x, y, 6) != near(without, x, y, 6)).any(axis=2)
        assert changed.mean() > 0.2, point.kind
    far = map_pixel(flat_window, -1.5, -1.5)
    assert (near(with_signs, *far, 10) == near(without, *far, 10)).all()


@pytest.mark.gl
def test_signs_are_drawn_on_the_surface(window):
    view = window.explore.stage.surface
    window.explore.playback.pause()
    with_signs = seen(view)
    press("c")
    without = seen(view)
    for point in critical_points(window.document.scene.surface.surface):
        x, y = on_surface(window, *point.position)
        assert (near(with_signs, x, y, 8) != near(without, x, y, 8)).any(axis=2).mean() > 0.1, point.kind


def test_picker_and_formula_replace_list_check_and_marks(flat_window, card, qtbot):
    before = seen(flat_window.explore.stage.map)
    flat_window.explore.surface_card.open_picker()
    picker = flat_window.explore.surface_card.picker
    QTest.keyClicks(picker.search, "himmel")
    QTest.keyClick(picker.search, KEY.Key_Return)
    qtbot.waitUntil(lambda: flat_window.document.scene.surface.name == "himmelblau", timeout=10_000)
    finish_jobs(flat_window)
    assert card.check.text() == "4 minima + 1 maximum − 4 saddles = 1, expected 1 ✓"
    assert len(listed(card)) == 9
    assert (seen(flat_window.explore.stage.map) != before).any(axis=2).mean() > 0.3
    shown = seen(flat_window.explore.stage.map)
    press("c")
    x, y = map_pixel(flat_window, 3.0, 2.0)
    assert (near(seen(flat_window.explore.stage.map), x, y, 6) != near(shown, x, y, 6)).any()
    press(KEY.Key_Z, CTRL)
    press(KEY.Key_Z, CTRL)
    finish_jobs(flat_window)
    assert card.check.text() == "2 minima − 1 saddle = 1, expected 1 ✓"
    assert len(listed(card)) == 3
    type_formula(flat_window, qtbot, "(x-0.5)^2 + (y+0.25)^2 + 7")
    assert card.check.text() == "1 minimum = 1, expected 1 ✓"
    (line,) = listed(card)
    assert "(0.5, −0.25)" in line
    assert line.endswith(" 7")


def test_while_it_is_looked_for_nothing_old_is_listed(flat_window, card, qtbot):
    seen_texts: list[tuple[str, int]] = []
    flat_window.explore.surface_card.choose("ackley")
    qtbot.waitUntil(lambda: flat_window.document.scene.surface.name == "ackley", timeout=10_000)
    while flat_window.jobs.busy:
        QTest.qWait(1)
        stage = flat_window.explore.stage
        if stage.ground is not None and stage.ground.map.surface.key == "ackley":
            seen_texts.append((card.check.text(), card.list.count()))
    assert seen_texts
    assert "2 minima − 1 saddle = 1, expected 1 ✓" not in {text for text, _ in seen_texts}
    assert card.list.count() > 3


def test_click_flies_to_the_point_and_r_shows_the_whole(flat_window, card):
    board = flat_window.explore.stage.map
    whole = (board.x_range, board.y_range)
    for row, point in enumerate(critical_points(flat_window.document.scene.surface.surface)):
        choose(flat_window, row)
        finish_jobs(flat_window)
        ranges = (board.x_range, board.y_range)
        for (low, high), place, (first, last) in zip(ranges, point.position, whole, strict=True):
            assert low < place < high
            assert high - low < 0.5 * (last - first)
            assert (low + high) / 2 == pytest.approx(place)
        assert not flat_window.document.dirty
        flat_window.explore.focus_picture()
        press("r")
        finish_jobs(flat_window)
        assert (board.x_range, board.y_range) == whole
    card.list.setFocus()  # and by keys
    card.list.setCurrentRow(0)
    QTest.keyClick(card.list, KEY.Key_Return)
    finish_jobs(flat_window)
    assert board.is_zoomed


def test_saddle_under_the_microscope_says_for_each_rule_how_long_it_takes(flat_window, card, qtbot):
    choose(flat_window, row_of(card, "saddle"))
    qtbot.waitUntil(card.microscope.isVisible)
    lines = card.microscope.text().splitlines()
    assert [line.split(":")[0] for line in lines] == ["G", "M", "R", "A"]
    critical = critical_points(flat_window.document.scene.surface.surface)
    for line, entry in zip(lines, flat_window.explore.stage.race.entries, strict=True):
        found = escape(entry.path, critical, critical.of("saddle")[0])
        if found is None:
            assert line.endswith("does not come near this saddle.")
        else:
            assert f" predicted, {found.observed} observed." in line
    assert "does not come near" in lines[2]
    assert "/ln(1 + 0.03·2.395) = " in lines[0]
    choose(flat_window, row_of(card, "minimum"))
    qtbot.waitUntil(lambda: not card.microscope.isVisible())


def test_microscope_follows_the_learning_rate(flat_window, card, qtbot):
    choose(flat_window, row_of(card, "saddle"))
    qtbot.waitUntil(card.microscope.isVisible)
    before = card.microscope.text().splitlines()
    enter_text(flat_window.explore.optimizers_card.rows[0].rows["learning_rate"].field, "0.06")
    qtbot.waitUntil(lambda: card.microscope.text().splitlines()[0] != before[0])
    assert card.microscope.text().splitlines()[1:] == before[1:]


def test_microscope_does_not_speak_of_another_surface(flat_window, card, qtbot):
    choose(flat_window, row_of(card, "saddle"))
    qtbot.waitUntil(card.microscope.isVisible)
    type_formula(flat_window, qtbot, "x^2 + y^2")
    QTest.qWait(500)
    finish_jobs(flat_window)
    assert not card.microscope.isVisible()


# --- plateaus --------------------------------------------------------------------------------------


@pytest.fixture
def plateau_window(open_window):
    return open_window(Scene.load(next(path for path in scene_files() if "plateau" in path.name)), gl=False)


def test_plateau_is_counted_and_shaded(plateau_window):
    card, board = plateau_window.explore.inspector.shape_card, plateau_window.explore.stage.map
    assert "1 plateau, " in card.check.text()
    share = float(card.check.text().split("1 plateau, ")[1].split(" %")[0])
    assert 1 < share < 100
    shaded = seen(board)
    press("p")
    plain = seen(board)
    flat = map_pixel(plateau_window, 3.0, -3.0)
    assert (near(shaded, *flat, 12) != near(plain, *flat, 12)).any(axis=2).mean() > 0.5
    move(board, *flat)
    assert plateau_window.explore.readout.text().endswith("on a plateau")
    well = map_pixel(plateau_window, 0.4, 0.4)
    move(board, *well)
    assert "plateau" not in plateau_window.explore.readout.text()
    assert (near(shaded, *well, 6) == near(plain, *well, 6)).all()


def test_steps_on_the_plateau_are_counted_and_marked_on_the_loss_chart(plateau_window, qtbot):
    page = plateau_window.explore
    remark = page.optimizers_card.rows[0].remark
    press(KEY.Key_End)
    qtbot.waitUntil(lambda: "On a plateau: " in remark.text())
    plateaus, path = page.stage.shape.plateaus, page.stage.race.entries[0].path
    count = int(plateaus.holds(path.points[: path.last]).sum())
    assert f"On a plateau: {count} of {path.last} steps." in remark.text()
    chart = seen(page.stage.loss)
    press("p")
    assert (seen(page.stage.loss) != chart).any(axis=2).sum() > 100
    press("p")
    assert (seen(page.stage.loss) == chart).all()


# --- odd surfaces ----------------------------------------------------------------------------------


ODD = {
    "x^2": "1 whole line of critical points",
    "abs(x)+y^2": "1 (kink) = 1",
    "log(x)+y^2": "not defined on all of the edge",
    "3": "flat on 100 % of the domain",
    "1/(x^2+y^2)": "1 (pole) = 1",
    "x": "no isolated critical point found, expected 0 ✓",
}


def test_odd_formulas_get_a_sensible_sentence(flat_window, card, qtbot):
    for key in "hil":
        press(key)
    for formula, words in ODD.items():
        type_formula(flat_window, qtbot, formula)
        assert words in card.check.text(), formula
        assert not flat_window.banner.isVisible(), formula
        flat_window.explore.focus_picture()
        press(KEY.Key_Right, SHIFT)
        seen(flat_window)
        if card.list.count():
            choose(flat_window, 0)
            finish_jobs(flat_window)
            seen(flat_window)


def test_huge_slopes_are_counted_right(flat_window, card, qtbot):
    type_formula(flat_window, qtbot, "1e200*(x^2 + y^2)")
    assert not flat_window.banner.isVisible(), flat_window.banner.text()
    assert "1 minimum = 1" in card.check.text()


def test_faint_slopes_are_counted_right(flat_window, card, qtbot):
    type_formula(flat_window, qtbot, "1e-200*(x^2 + y^2)")
    assert card.check.text() == "1 minimum = 1, expected 1 ✓"


def test_very_many_points_are_listed_and_drawn(flat_window, card, qtbot):
    press("h")
    type_formula(flat_window, qtbot, "sin(20x)*sin(20y)")
    found = critical_points(flat_window.document.scene.surface.surface)
    assert card.list.count() == len(found) > 1000
    assert card.check.text() == found.sentence()
    assert found.complete


def test_twelve_rules_and_none(open_window, qtbot):
    scene = opening_scene()
    racers = tuple(Racer(optimizer=make_optimizer("adam", learning_rate=0.01 * k)) for k in range(1, 13))
    window = open_window(scene.edited(optimizers=racers), gl=False)
    card = window.explore.inspector.shape_card
    choose(window, row_of(card, "saddle"))
    qtbot.waitUntil(card.microscope.isVisible)
    assert len(card.microscope.text().splitlines()) == 12
    for row in window.explore.optimizers_card.rows:
        row.toggle.click()
    qtbot.waitUntil(lambda: not card.microscope.isVisible())
    assert card.check.text() == "2 minima − 1 saddle = 1, expected 1 ✓"
    seen(window)
