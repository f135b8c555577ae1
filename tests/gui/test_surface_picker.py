"""The catalogue as pictures: searched, walked through with keys, chosen from."""

from __future__ import annotations

import pytest
from driving import CTRL, KEY, press
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from landscape.surface import surfaces


@pytest.fixture
def picker(flat_window, qtbot):
    found = flat_window.explore.surface_card.picker
    with qtbot.waitExposed(found):
        press(KEY.Key_L, CTRL)
    yield found
    found.close()


def shown(picker) -> list[str]:
    items = [picker.list.item(row) for row in range(picker.list.count())]
    return [item.data(Qt.ItemDataRole.UserRole) for item in items if not item.isHidden()]


def wait(window, qtbot, key: str) -> None:
    qtbot.waitUntil(lambda: window.document.scene.surface.name == key, timeout=20_000)
    qtbot.waitUntil(lambda: not window.jobs.busy, timeout=20_000)


def test_shows_the_whole_catalogue_and_starts_at_the_present_surface(picker):
    assert shown(picker) == list(surfaces)
    assert picker.list.currentItem().text() == "Double well with a saddle"


def test_search_narrows_by_name_and_by_what_is_taught(picker):
    QTest.keyClicks(picker.search, "rosen")
    assert "rosenbrock" in shown(picker)
    assert len(shown(picker)) < len(surfaces)
    picker.search.clear()
    QTest.keyClicks(picker.search, "zig-zags")
    assert shown(picker) == ["ravine"]
    picker.search.setText("no such thing")
    assert shown(picker) == []
    QTest.keyClick(picker.search, KEY.Key_Return)
    assert picker.isVisible()


def test_enter_takes_the_first_that_is_found(flat_window, picker, qtbot):
    QTest.keyClicks(picker.search, "himmel")
    QTest.keyClick(picker.search, KEY.Key_Return)
    assert not picker.isVisible()
    wait(flat_window, qtbot, "himmelblau")


def test_arrow_keys_move_from_the_search_field(flat_window, picker, qtbot):
    before = picker.list.currentRow()
    QTest.keyClick(picker.search, KEY.Key_Down)
    after = picker.list.currentRow()
    assert after != before
    QTest.keyClick(picker.search, KEY.Key_Up)
    assert picker.list.currentRow() == before
    assert picker.search.hasFocus()


def test_left_and_right_move_too_while_nothing_is_typed(picker):
    """The pictures stand side by side: the one at the right is one key away."""
    QTest.keyClick(picker.list, KEY.Key_Right)
    assert picker.list.currentRow() == 1


def test_arrow_keys_pass_over_what_the_search_has_hidden(flat_window, picker, qtbot):
    QTest.keyClicks(picker.search, "saddle")
    found = shown(picker)
    assert len(found) > 1
    for _ in range(len(found)):
        QTest.keyClick(picker.search, KEY.Key_Down)
        assert picker.list.currentItem().data(Qt.ItemDataRole.UserRole) in found


def test_click_chooses(flat_window, picker, qtbot):
    item = picker.list.item(3)
    picker.list.scrollToItem(item)
    QTest.mouseClick(
        picker.list.viewport(), Qt.MouseButton.LeftButton, pos=picker.list.visualItemRect(item).center()
    )
    wait(flat_window, qtbot, list(surfaces)[3])


def test_choosing_sets_surface_start_and_rates_that_suit(flat_window, qtbot):
    old = flat_window.document.scene
    flat_window.explore.surface_card.choose("rosenbrock")
    wait(flat_window, qtbot, "rosenbrock")
    scene, page = flat_window.document.scene, flat_window.explore
    assert scene.start == surfaces["rosenbrock"].start
    assert page.title.text() == "Rosenbrock"
    assert page.surface_card.formula.text() == surfaces["rosenbrock"].formula
    assert page.stage.map.x_range == surfaces["rosenbrock"].x
    for entry in page.stage.race.entries:
        assert entry.path.status == "ran"
        assert entry.path.losses[entry.path.last] < entry.path.losses[0]
    flat_window.document.undo()
    assert flat_window.document.scene == old
    assert page.surface_card.formula.text() == old.surface.surface.formula
    qtbot.waitUntil(lambda: not flat_window.jobs.busy)


def test_copies_of_a_rule_keep_their_ratio(flat_window, qtbot):
    racers = list(flat_window.document.scene.optimizers)
    twin = racers[0].model_validate({"rule": "gradient_descent", "learning_rate": 0.12})
    flat_window.document.edit("a", optimizers=(racers[0], twin, *racers[1:]))
    flat_window.explore.surface_card.choose("beale")
    wait(flat_window, qtbot, "beale")
    one, two = (racer.optimizer.learning_rate for racer in flat_window.document.scene.optimizers[:2])
    assert two / one == pytest.approx(4, rel=0.01)


@pytest.mark.slow
def test_surfaces_can_be_chosen_and_start_within_their_domain(flat_window, qtbot):
    for key, surface in list(surfaces.items())[::4]:
        flat_window.explore.surface_card.choose(key)
        wait(flat_window, qtbot, key)
        (x, y), race = flat_window.document.scene.start, flat_window.explore.stage.race
        assert surface.x[0] <= x <= surface.x[1]
        assert surface.y[0] <= y <= surface.y[1]
        assert race.surface.formula == surface.formula
        assert len(race.entries) == 4


def test_quick_buttons_choose_and_show_what_is_chosen(flat_window, qtbot):
    card = flat_window.explore.surface_card
    card.quick["bowl"].click()
    wait(flat_window, qtbot, "bowl")
    assert [key for key, button in card.quick.items() if button.isChecked()] == ["bowl"]


def test_thumbnails_arrive(flat_window, qtbot):
    card = flat_window.explore.surface_card
    card.load_thumbnails()
    qtbot.waitUntil(lambda: not flat_window.jobs.busy, timeout=20_000)
    items = [card.picker.list.item(row) for row in range(card.picker.list.count())]
    assert all(not item.icon().isNull() for item in items)
    assert all(not button.icon().isNull() for button in card.quick.values())
    pictures = [item.icon().pixmap(48, 40).toImage() for item in items]
    assert sum(one == two for one in pictures for two in pictures) == len(pictures)  # no two the same
