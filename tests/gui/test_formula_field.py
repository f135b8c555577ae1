"""The formula field, its parameters and the domain: checked while typing, never in the way."""

from __future__ import annotations

import numpy as np
import pytest
from driving import KEY, click, drag, enter_text, press, seen
from PyQt6.QtTest import QTest

BAD = [
    "__import__('os').system('x')", "x.__class__", "lambda: 0", "1/0", "x + ", "((x)", "x)", "9^9^9^9",
    "foo(x)", "x + qq", "x = 3", "sin()", "x; y", "[1, 2]", "x if y else 0", "'text'", "x" * 10_000,
    "(" * 3000, "x!", "∂x", "\u202e x", "1e999999", "x @ y", "f'{x}'", "x,y", "1j", "True", "   ",
]  # fmt: skip


@pytest.fixture
def card(flat_window):
    return flat_window.explore.surface_card


def wrong(field) -> bool:
    return bool(field.property("wrong"))


def test_message_says_what_and_where_while_typing(flat_window, card, qtbot):
    scene = flat_window.document.scene
    enter_text(card.formula, "x^2 + foo*y", key=None)
    qtbot.waitUntil(lambda: wrong(card.formula))
    assert "foo" in card.message.text()
    assert "character 7" in card.message.text()
    assert card.message.property("kind") == "warning"
    assert flat_window.document.scene == scene


def test_good_formula_changes_everything_while_typing(flat_window, card, qtbot):
    page = flat_window.explore
    before = seen(page.stage.map)
    enter_text(card.formula, "x^2 + 3y^2", key=None)
    qtbot.waitUntil(lambda: flat_window.document.scene.surface.formula == "x^2 + 3y^2")
    qtbot.waitUntil(lambda: not flat_window.jobs.busy)
    assert not wrong(card.formula)
    surface = page.stage.race.surface
    assert surface.value([1.0, 2.0]) == 13
    assert page.stage.ground.map.surface.formula == "x^2 + 3y^2"
    assert (seen(page.stage.map) != before).any(axis=2).mean() > 0.2
    assert card.formula.hasFocus()


def test_typing_on_is_one_step_of_undo(flat_window, card, qtbot):
    old = flat_window.document.scene
    for text in ("x^2", "x^2 + y^2"):
        enter_text(card.formula, text)
        qtbot.waitUntil(lambda text=text: flat_window.document.scene.surface.formula == text)
    qtbot.waitUntil(lambda: not flat_window.jobs.busy)
    flat_window.document.undo()
    assert flat_window.document.scene == old
    press(KEY.Key_Escape)
    qtbot.waitUntil(lambda: not flat_window.jobs.busy)


@pytest.mark.parametrize("text", BAD, ids=range(len(BAD)))
def test_bad_formula_is_refused_with_a_sentence(flat_window, card, qtbot, text):
    scene = flat_window.document.scene
    enter_text(card.formula, text)
    qtbot.waitUntil(lambda: wrong(card.formula), timeout=10_000)
    said = card.message.text()
    assert said != scene.surface.surface.teaches
    assert "Error" not in said
    assert "went wrong" not in said
    assert flat_window.document.scene == scene


def test_empty_formula_is_refused_with_a_sentence(flat_window, card, qtbot):
    scene = flat_window.document.scene
    enter_text(card.formula, "")
    qtbot.waitUntil(lambda: wrong(card.formula))
    assert card.message.text()
    assert flat_window.document.scene == scene


@pytest.mark.parametrize("text", ["log(-1 - x^2)", "0*x", "1/x", "log(x)", "sqrt(x*y)", "x^0.5 + y"])
def test_undefined_places_are_holes_not_errors(flat_window, card, qtbot, text):
    enter_text(card.formula, text)
    qtbot.waitUntil(lambda: flat_window.document.scene.surface.formula == text or wrong(card.formula))
    qtbot.waitUntil(lambda: not flat_window.jobs.busy)
    assert seen(flat_window.explore.stage.map).shape[2] == 3
    assert not wrong(card.formula)
    heights = flat_window.explore.stage.ground.map.heights
    assert np.isfinite(heights).any() or text.startswith("log(-1")


def test_old_formula_typed_back_is_no_longer_complained_about(flat_window, card, qtbot):
    old, teaches = card.formula.text(), card.message.text()
    enter_text(card.formula, "x +")
    qtbot.waitUntil(lambda: wrong(card.formula))
    enter_text(card.formula, old)
    qtbot.waitUntil(lambda: not wrong(card.formula))
    assert card.message.text() == teaches


def test_complaint_about_what_is_no_longer_there_does_not_arrive(flat_window, card, qtbot):
    old = card.formula.text()
    enter_text(card.formula, "x + nope")  # Enter starts the check …
    enter_text(card.formula, old)  # … and this is typed before its answer
    qtbot.waitUntil(lambda: not flat_window.jobs.busy)
    qtbot.wait(50)
    assert not wrong(card.formula)


def test_leaving_a_bad_formula_keeps_the_surface(flat_window, card, qtbot):
    scene = flat_window.document.scene
    enter_text(card.formula, "x +")
    qtbot.waitUntil(lambda: wrong(card.formula))
    press(KEY.Key_Escape)
    press(KEY.Key_Right)
    assert flat_window.explore.playback.step == 1
    assert flat_window.document.scene == scene


def test_unknown_name_becomes_a_parameter(flat_window, card, qtbot):
    enter_text(card.formula, "a*x^2 + y^2", key=None)
    qtbot.waitUntil(card.make_parameter.isVisible)
    assert card.make_parameter.text() == "Make “a” a parameter"
    click(card.make_parameter, 20, 10)
    qtbot.waitUntil(lambda: flat_window.document.scene.surface.formula == "a*x^2 + y^2")
    assert dict(flat_window.document.scene.surface.parameters) == {"a": 1.0}
    assert not card.make_parameter.isVisible()
    enter_text(card.parameter_rows["a"].field, "2.5")
    qtbot.waitUntil(lambda: not flat_window.jobs.busy)
    assert flat_window.explore.stage.race.surface.value([1.0, 0.0]) == 2.5


def test_slip_of_a_known_name_is_hinted_at(flat_window, card, qtbot):
    enter_text(card.formula, "sinn(x)")
    qtbot.waitUntil(lambda: wrong(card.formula))
    assert "sin" in card.message.text().replace("sinn", "")


def test_parameter_by_slider_and_number(flat_window, card, qtbot):
    row = card.parameter_rows["tilt"]
    slider = row.findChild(type(flat_window.explore.transport.slider))
    drag(slider, (20, 11), (60, 11), (slider.width() - 8, 11))
    assert flat_window.document.scene.surface.surface.values == (0.5,)
    enter_text(row.field, "-0.25")
    assert flat_window.document.scene.surface.surface.values == (-0.25,)
    enter_text(row.field, "nan")
    assert row.field.text() == "-0.25"
    qtbot.waitUntil(lambda: not flat_window.jobs.busy)
    assert flat_window.explore.stage.race.surface.values == (-0.25,)
    flat_window.document.undo()
    flat_window.document.undo()
    assert flat_window.document.scene.surface.surface.values == (0.06,)
    qtbot.waitUntil(lambda: not flat_window.jobs.busy)


def test_domain_by_number(flat_window, card, qtbot):
    enter_text(card.low["x"], "-3")
    enter_text(card.high["x"], "4")
    assert flat_window.document.scene.surface.surface.x == (-3, 4)
    qtbot.waitUntil(lambda: not flat_window.jobs.busy)
    assert flat_window.explore.stage.map.x_range == (-3, 4)


@pytest.mark.parametrize("bound", ["-1.8", "-5", "inf", "1e12", "nan", "abc", ""])
def test_bad_domain_is_refused_and_the_old_one_returns(flat_window, card, bound):
    scene = flat_window.document.scene
    enter_text(card.high["x"], bound, key=None)
    if bound in ("inf", "nan", "abc", ""):
        assert wrong(card.high["x"])
        assert card.high["x"].toolTip()
    QTest.keyClick(card.high["x"], KEY.Key_Return)
    assert flat_window.document.scene == scene
    assert card.high["x"].text() == "1.8"
    if bound in ("-1.8", "-5", "1e12"):
        word = {"-1.8": "empty", "-5": "reversed", "1e12": "1e9"}[bound]
        assert word in flat_window.banner.text()


def test_domain_by_slider(flat_window, card, qtbot):
    slider = card.range["y"]
    drag(slider, (slider.width() / 2 + 20, 11), (slider.width() - 8, 11))
    low, high = flat_window.document.scene.surface.surface.y
    assert low == -2
    assert high > 5.5
    qtbot.waitUntil(lambda: not flat_window.jobs.busy)
    assert flat_window.explore.stage.map.y_range == (low, high)
    slider.setFocus()
    press(KEY.Key_Left)
    assert flat_window.document.scene.surface.surface.y[1] < high
    qtbot.waitUntil(lambda: not flat_window.jobs.busy)


def test_domain_slider_works_far_from_the_origin(flat_window, card, qtbot):
    enter_text(card.high["x"], "1001")
    enter_text(card.low["x"], "1000")
    flat_window.banner.hide()
    slider = card.range["x"]
    drag(slider, (slider.width() / 2 + 20, 11), (slider.width() - 8, 11))
    assert not flat_window.banner.isVisible()
    low, high = flat_window.document.scene.surface.surface.x
    assert (low, 1001 < high <= 1002.1) == (1000, True)
    qtbot.waitUntil(lambda: not flat_window.jobs.busy)
