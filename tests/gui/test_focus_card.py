"""The rule in focus: why it did what it did, sentences that lead to steps, and keys after clicks."""

from __future__ import annotations

import pytest
from driving import KEY, LEFT, RIGHT, SHIFT, click, drag, enter_text, finish_jobs, map_pixel, press
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from landscape.geometry.critical_points import critical_points
from landscape.geometry.plateaus import plateaus
from landscape.reasons import reasons
from landscape.scene import Overlays, SurfaceChoice, opening_scene


def expected(window) -> list[str]:
    """Why the rule in focus did what it did, asked of the core."""
    race, focus = window.explore.stage.race, window.document.scene.focus
    path = next(entry.path for entry in race.entries if entry.index == focus)
    critical = critical_points(race.surface)
    return [reason.sentence for reason in reasons(path, critical, plateaus(race.surface, critical))]


def said(window) -> list[str]:
    return [link.text() for link in window.explore.inspector.focus_card.links]


def focused() -> str:
    widget = QApplication.focusWidget()
    return "" if widget is None else widget.accessibleName()


@pytest.fixture
def window(open_window, qtbot):
    made = open_window(gl=False)
    made.explore.playback.pause()
    made.explore.playback.go_to(0)
    qtbot.waitUntil(lambda: bool(made.explore.inspector.focus_card.links))
    made.explore.focus_picture()
    return made


@pytest.fixture
def card(window):
    return window.explore.inspector.focus_card


def test_sentences_are_those_of_the_rule_in_focus_and_change_with_it(window, card, qtbot):
    spoken = []
    for place in range(4):
        assert card.buttons[place].isChecked()
        qtbot.waitUntil(lambda: said(window) == expected(window))
        spoken.append(tuple(said(window)))
        press("f")
    assert len(set(spoken)) == 4
    assert card.buttons[0].isChecked()  # round again
    assert all(1 <= len(sentences) <= 4 for sentences in spoken)


def test_letters_choose_the_rule_and_are_undone_in_one_step(window, card, qtbot):
    old = window.document.scene
    card.buttons[2].click()
    assert window.document.scene.focus == 2
    qtbot.waitUntil(lambda: said(window) == expected(window))
    window.document.undo()
    assert window.document.scene == old
    assert card.buttons[0].isChecked()


def test_sentences_follow_the_learning_rate(window, qtbot):
    before = said(window)
    enter_text(window.explore.optimizers_card.rows[0].rows["learning_rate"].field, "5")
    qtbot.waitUntil(lambda: said(window) != before)
    qtbot.waitUntil(lambda: said(window) == expected(window))
    assert "Diverged" in said(window)[0] or "diverged" in said(window)[0] or "off the map" in said(window)[0]


def test_click_goes_to_the_step_that_a_sentence_speaks_of(window, card):
    window.explore.playback.go_to(123)
    window.explore.playback.play()
    path = window.explore.stage.race.entries[0].path
    critical = critical_points(path.surface)
    for link, reason in zip(
        card.links, reasons(path, critical, plateaus(path.surface, critical)), strict=True
    ):
        assert link.text() == reason.sentence
        click(link, 5, 5)
        assert window.explore.playback.step == reason.steps[0]
        assert not window.explore.playback.playing


def test_tab_reaches_the_sentences_in_order_and_enter_follows_them(window, card):
    card.buttons[-1].setFocus()
    for link in card.links:
        press(KEY.Key_Tab)
        assert focused() == link.text()
    first, *_, last = card.links
    first.setFocus()
    window.explore.playback.go_to(200)
    press(KEY.Key_Return)
    path = window.explore.stage.race.entries[0].path
    critical = critical_points(path.surface)
    why = reasons(path, critical, plateaus(path.surface, critical))
    assert window.explore.playback.step == why[0].steps[0]
    last.setFocus()
    press(KEY.Key_Enter)
    assert window.explore.playback.step == why[-1].steps[0]


def test_tab_order_holds_after_the_sentences_have_changed(window, card, qtbot):
    press("f")
    press("f")
    qtbot.waitUntil(lambda: said(window) == expected(window))
    card.buttons[-1].setFocus()
    for link in card.links:
        press(KEY.Key_Tab)
        assert focused() == link.text()
    press(KEY.Key_Tab)
    assert focused() == card.anatomy.toggle.accessibleName()


def test_words_belong_to_the_last_of_many_quick_changes(window, qtbot):
    board = window.explore.stage.map
    remark = window.explore.optimizers_card.rows[0].remark
    window.explore.playback.go_to(100)
    QTest.qWait(200)
    places = [map_pixel(window, 0.3 + 0.07 * k, 1.2 - 0.1 * k) for k in range(9)]
    for _ in range(3):
        drag(board, *places)
        places = places[::-1]
    finish_jobs(window)
    qtbot.waitUntil(lambda: said(window) == expected(window), timeout=2000)
    x, y = window.explore.stage.race.entries[0].path.points[100]
    assert remark.text()
    assert window.document.scene.start == pytest.approx((0.86, 0.4), abs=0.02)
    assert abs(x) < 2
    assert abs(y) < 2


def test_words_are_said_anew_after_two_changes_at_once(window, qtbot):
    field = window.explore.optimizers_card.rows[0].rows["learning_rate"].field
    for k in range(150):
        window.explore.words.refresh()
        before = id(window.explore.stage.race)
        for rate in (0.3 + 0.01 * k, 9.0 - 0.01 * k):
            enter_text(field, f"{rate:.3f}")
        if id(window.explore.stage.race) == before:
            break
    qtbot.waitUntil(lambda: said(window) == expected(window), timeout=2000)


def test_rule_that_is_switched_off_hands_the_focus_on(window, card, qtbot):
    click(window.explore.optimizers_card.rows[0].toggle, 10, 10)
    assert window.document.scene.focus == 1
    assert card.buttons[1].isChecked()
    assert not card.buttons[0].isEnabled()
    qtbot.waitUntil(lambda: said(window) == expected(window))
    for row in window.explore.optimizers_card.rows[1:]:
        click(row.toggle, 10, 10)
    qtbot.waitUntil(lambda: said(window) == [])
    window.explore.focus_picture()
    for key in "fil":
        press(key)
    press(KEY.Key_Right, SHIFT)
    assert not window.explore.dissection.panel.isVisible()
    finish_jobs(window)


def test_no_rule_is_marked_as_in_focus_when_all_are_off(window, card):
    for row in window.explore.optimizers_card.rows:
        click(row.toggle, 10, 10)
    assert window.document.scene.focus is None
    assert not any(button.isChecked() for button in card.buttons)


def test_rule_removed_before_the_one_in_focus_leaves_the_focus_with_it(window, card):
    press("f")
    assert window.document.scene.optimizers[window.document.scene.focus].optimizer.key == "momentum"
    window.explore.optimizers_card.rows[0].removed.emit(0)
    scene = window.document.scene
    assert scene.optimizers[scene.focus].optimizer.key == "momentum"


def test_focus_beyond_the_rules_is_the_first(open_window, qtbot):
    window = open_window(opening_scene().edited(overlays=Overlays(focus=11, stability=True)), gl=False)
    card = window.explore.inspector.focus_card
    assert window.document.scene.focus == 0
    assert card.buttons[0].isChecked()
    qtbot.waitUntil(lambda: said(window) == expected(window))
    window.explore.focus_picture()
    press("f")
    assert window.document.scene.focus == 1


# --- its basins -----------------------------------------------------------------------------------


def test_comparison_ends_with_the_rule_that_is_compared(window, card):
    press("i")
    card.against.setCurrentIndex(card.against.findData(3))
    finish_jobs(window)
    window.explore.optimizers_card.rows[3].removed.emit(3)
    finish_jobs(window)
    assert card.against.currentData() is None
    assert not window.explore.stage.other_map.isVisible()


def test_finished_basins_stay_while_something_else_is_switched(window, card):
    press("i")
    finish_jobs(window)
    before = window.explore.analysis.basins
    press("c")
    finish_jobs(window)
    assert window.explore.analysis.basins is before


def test_there_and_back_to_other_rates_on_the_same_surface(window, card):
    press("i")
    finish_jobs(window)
    other = window.document.scene.edited(optimizers=opening_scene().optimizers[::-1])
    window.document.edit("another", surface=SurfaceChoice(name="himmelblau"))
    window.document.replace(other, "show a scene", None, saved=True)
    finish_jobs(window)
    assert window.explore.analysis.basins.optimizer == other.optimizers[0].optimizer


# --- keys after clicks -----------------------------------------------------------------------------


def test_arrows_step_the_race_after_a_click_on_a_letter(window, card):
    click(card.buttons[1], 5, 5)
    press(KEY.Key_Right)
    assert window.document.scene.focus == 1
    assert window.explore.playback.step == 1


@pytest.mark.parametrize("name", ["anatomy", "stability", "basins"])
def test_arrows_step_the_race_after_a_click_on_a_toggle(window, card, name):
    click(getattr(card, name).toggle, 10, 10)
    finish_jobs(window)
    before = window.explore.dissection.panel.title.text()
    press(KEY.Key_Right, SHIFT)
    assert window.explore.dissection.panel.isVisible()
    assert window.explore.dissection.panel.title.text() != before


def test_keys_work_after_a_click_on_a_critical_point(window):
    points = window.explore.inspector.shape_card.list
    QTest.mouseClick(points.viewport(), LEFT, pos=points.visualItemRect(points.item(0)).center())
    assert window.explore.stage.map.is_zoomed
    press("r")
    assert not window.explore.stage.map.is_zoomed
    press(KEY.Key_Right)
    assert window.explore.playback.step == 1
    finish_jobs(window)


def test_arrows_step_the_race_from_a_sentence(window, card):
    card.links[0].setFocus()
    press(KEY.Key_Return)
    before = window.explore.playback.step
    press(KEY.Key_Right)
    assert window.explore.playback.step == before + 1


def test_only_a_click_follows_a_sentence(window, card):
    window.explore.playback.go_to(200)
    QTest.mouseClick(card.links[0], RIGHT)
    assert window.explore.playback.step == 200
    drag(card.links[0], (5, 5), (5, 400))
    assert window.explore.playback.step == 200
