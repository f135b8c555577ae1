"""The cards: rules, run, view; numbers that are refused."""

from __future__ import annotations

import pytest
from driving import CTRL, KEY, click, drag, enter_text, press, seen, wheel
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QPushButton

from gui.theme import looks
from gui.widgets.card import OneLine
from gui.widgets.sliders import Slider
from landscape.scene import MAX_RACERS, MoreStarts


@pytest.fixture
def card(flat_window):
    return flat_window.explore.optimizers_card


def rule(window, index):
    return window.document.scene.optimizers[index].optimizer


def button(widget, text) -> QPushButton:
    return next(found for found in widget.findChildren(QPushButton) if found.text() == text)


def test_learning_rate_by_number(flat_window, card):
    enter_text(card.rows[0].rows["learning_rate"].field, "0.25")
    assert rule(flat_window, 0).learning_rate == 0.25
    path = flat_window.explore.stage.race.entries[0].path
    step = path.points[1] - path.points[0]
    assert step == pytest.approx(-0.25 * path.gradients[0])


def test_learning_rate_by_slider_is_logarithmic_and_one_step_of_undo(flat_window, card):
    old = flat_window.document.scene
    slider = card.rows[0].findChild(Slider)
    middle = slider.width() / 2
    drag(slider, (middle - 40, 11), (middle - 20, 11), (middle, 11))
    assert rule(flat_window, 0).learning_rate == pytest.approx(10**-1.5, rel=0.1)
    assert card.rows[0].rows["learning_rate"].field.value() == rule(flat_window, 0).learning_rate
    press(KEY.Key_Z, CTRL)
    assert flat_window.document.scene == old


def test_wheel_over_a_slider_scrolls_instead_of_changing(flat_window, card):
    old = flat_window.document.scene
    wheel(card.rows[0].findChild(Slider), 30, 10, -1)
    assert flat_window.document.scene == old


@pytest.mark.parametrize("text", ["", "abc", "nan", "inf", "-1", "0", "1,5,3"])
def test_bad_learning_rate_is_refused_with_a_reason_and_the_old_one_returns(flat_window, card, text):
    scene, field = flat_window.document.scene, card.rows[0].rows["learning_rate"].field
    enter_text(field, text, key=None)
    assert field.property("wrong")
    assert field.toolTip()
    QTest.keyClick(field, KEY.Key_Return)
    assert field.text() == "0.03"
    assert not field.property("wrong")
    assert flat_window.document.scene == scene


@pytest.mark.parametrize("text", ["1e9", "1e308", "1e-300"])
def test_extreme_learning_rate_is_raced_and_said(flat_window, card, qtbot, text):
    enter_text(card.rows[0].rows["learning_rate"].field, text)
    assert rule(flat_window, 0).learning_rate == float(text)
    flat_window.explore.playback.go_to(flat_window.explore.playback.length)
    words = ("Diverged", "Off the map", "Hardly", "Almost", "Descending")
    qtbot.waitUntil(lambda: card.rows[0].remark.text().startswith(words))
    seen(flat_window)


def test_escape_gives_the_old_number_back(flat_window, card):
    field = card.rows[0].rows["learning_rate"].field
    enter_text(field, "7", key=KEY.Key_Escape)
    assert field.text() == "0.03"
    assert rule(flat_window, 0).learning_rate == 0.03


def test_arrow_keys_step_a_number(flat_window, card):
    field = card.rows[0].rows["learning_rate"].field
    field.setFocus()
    press(KEY.Key_Up)
    assert rule(flat_window, 0).learning_rate == pytest.approx(0.031)
    press(KEY.Key_Down)
    press(KEY.Key_Down)
    assert rule(flat_window, 0).learning_rate == pytest.approx(0.029)


def test_rule_can_be_switched_off_and_on(flat_window, card, qtbot):
    row, stage = card.rows[1], flat_window.explore.stage
    click(row.toggle, 10, 10)
    assert not flat_window.document.scene.optimizers[1].enabled
    assert [entry.index for entry in stage.race.entries] == [0, 2, 3]
    assert row.remark.text() == "switched off"
    assert not row.rows["learning_rate"].field.isEnabled()
    row.toggle.setFocus()
    press(KEY.Key_Space)
    assert len(stage.race.entries) == 4
    qtbot.waitUntil(lambda: row.remark.text() != "switched off")
    assert not flat_window.explore.playback.playing


def test_all_rules_off_is_an_empty_race(flat_window, card):
    for row in card.rows:
        click(row.toggle, 10, 10)
    assert flat_window.explore.stage.race.entries == ()
    flat_window.explore.playback.go_to(30)
    seen(flat_window)


def test_duplicate_is_the_same_rule_with_another_rate_and_look(flat_window, card):
    card.rows[0].more.click()
    copy = button(card.rows[0].details, "Duplicate")
    assert copy.isVisible()
    copy.click()
    assert len(card.rows) == 5
    first, second = rule(flat_window, 0), rule(flat_window, 1)
    assert (first.key, second.key) == ("gradient_descent", "gradient_descent")
    assert second.learning_rate == 2 * first.learning_rate
    chosen = looks(flat_window.document.scene.optimizers, flat_window.theme)
    assert chosen[0].colour != chosen[1].colour
    assert chosen[0].shape != chosen[1].shape
    assert chosen[0].label != chosen[1].label
    enter_text(card.rows[1].rows["learning_rate"].field, "0.5")
    assert (rule(flat_window, 0).learning_rate, rule(flat_window, 1).learning_rate) == (0.03, 0.5)


def test_duplicate_of_an_extreme_rate_does_no_harm(flat_window, card):
    enter_text(card.rows[0].rows["learning_rate"].field, "1e308")
    button(card.rows[0].details, "Duplicate").click()
    assert len(flat_window.document.scene.optimizers) in (4, 5)


def test_remove(flat_window, card):
    button(card.rows[2].details, "Remove").click()
    assert [racer.optimizer.key for racer in flat_window.document.scene.optimizers] == [
        "gradient_descent", "momentum", "adam",
    ]  # fmt: skip
    assert len(card.rows) == 3
    for _ in range(3):
        button(card.rows[0].details, "Remove").click()
    assert card.rows == []
    seen(flat_window)
    press(KEY.Key_Z, CTRL)
    assert len(card.rows) == 1


def test_add_until_it_is_enough(flat_window, card):
    menu = card.add.menu()
    names = [action.text() for action in menu.actions()]
    assert {"Gradient descent", "Momentum", "RMSProp", "Adam", "AdaGrad", "AdamW"} <= set(names)
    for action in (menu.actions() * 3)[: MAX_RACERS - 4]:
        action.trigger()
    assert len(card.rows) == MAX_RACERS
    assert not card.add.isEnabled()
    button(card.rows[0].details, "Duplicate").click()  # one too many: a sentence
    assert len(card.rows) == MAX_RACERS
    assert flat_window.banner.isVisible()
    seen(flat_window)


def test_forms_of_momentum_are_named_and_make_a_difference(flat_window, card):
    row, stage = card.rows[1], flat_window.explore.stage
    row.more.click()
    before = stage.race.entries[1].path.points
    row.form.setCurrentIndex(row.form.findData("classical"))
    assert rule(flat_window, 1).form == "classical"
    assert "v ← βv + g" in row.formula.text()
    assert (stage.race.entries[1].path.points[5] != before[5]).any()
    row.switches["nesterov"].toggle.click()
    assert rule(flat_window, 1).nesterov
    assert not row.switches["bias_correction"].isEnabled()


def test_bias_correction_of_adam_can_be_switched_off(flat_window, card):
    card.rows[3].switches["bias_correction"].toggle.click()
    assert not rule(flat_window, 3).bias_correction
    assert "m̂" not in card.rows[3].formula.text()


def test_remarks_follow_the_step(flat_window, card, qtbot):
    remark = card.rows[0].remark
    qtbot.waitUntil(lambda: remark.text().startswith("At the start"))
    flat_window.explore.playback.go_to(60)
    qtbot.waitUntil(lambda: not remark.text().startswith("At the start"))
    text = remark.text()
    flat_window.explore.playback.go_to(200)
    qtbot.waitUntil(lambda: remark.text() != text)
    assert remark.toolTip() == remark.text()


# --- run and view ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "text"),
    [("steps", "0"), ("steps", "10000000"), ("steps", "2.5"), ("steps", "-3"), ("noise", "-0.1"),
     ("noise", "nan"), ("seed", "-1"), ("seed", "1e300"), ("seed", "x")],
)  # fmt: skip
def test_bad_run_settings_are_refused_with_a_reason(flat_window, field, text):
    scene, widget = flat_window.document.scene, getattr(flat_window.explore.run_card, field)
    before = widget.text()
    enter_text(widget, text, key=None)
    assert widget.toolTip()
    QTest.keyClick(widget, KEY.Key_Return)
    assert widget.text() == before
    assert flat_window.document.scene == scene


def test_too_much_work_is_refused_and_the_old_number_returns(flat_window, qtbot):
    flat_window.document.edit("many", more_starts=MoreStarts(count=400))
    qtbot.waitUntil(lambda: flat_window.explore.stage.race.complete and not flat_window.jobs.busy)
    field, before = flat_window.explore.run_card.steps, flat_window.document.scene
    enter_text(field, "20000")
    assert "too much work" in flat_window.banner.text()
    assert flat_window.document.scene == before
    assert field.text() == str(before.steps)


def test_steps_change_the_race_and_the_transport(flat_window, qtbot):
    enter_text(flat_window.explore.run_card.steps, "50")
    assert flat_window.explore.playback.length == 50
    assert len(flat_window.explore.stage.race.entries[0].path.losses) == 51
    press(KEY.Key_Escape)
    press(KEY.Key_End)
    assert flat_window.explore.playback.step == 50


def test_noise_and_seed(flat_window):
    stage, run = flat_window.explore.stage, flat_window.explore.run_card
    enter_text(run.noise, "0.5")
    one = stage.race.entries[0].path.points
    enter_text(run.seed, "7")
    two = stage.race.entries[0].path.points
    assert (one[1:] != two[1:]).any()
    enter_text(run.seed, "0")
    assert (stage.race.entries[0].path.points == one).all()


def test_schedules_have_their_settings(flat_window):
    run = flat_window.explore.run_card
    for index in range(run.schedule.count()):
        run.schedule.setCurrentIndex(index)
        kind = run.schedule.currentData()
        assert flat_window.document.scene.schedule.kind == kind
        for field in run.schedule_fields.values():
            scene = flat_window.document.scene
            enter_text(field, "-5")
            assert flat_window.document.scene == scene
    enter_text(run.schedule_fields["warm_up"], "10")
    assert flat_window.document.scene.schedule.warm_up == 10


def test_view_settings(flat_window, qtbot):
    view, stage = flat_window.explore.view_card, flat_window.explore.stage
    before = seen(stage.map)
    click(view.log.toggle, 10, 10)
    qtbot.waitUntil(lambda: stage.ground.map.scale.log and not flat_window.jobs.busy)
    assert (seen(stage.map) != before).any()
    view.measure.setCurrentIndex(view.measure.findData("sharpness"))
    assert flat_window.document.scene.view.measure == "sharpness"
    view.colormap.setCurrentIndex(view.colormap.findData("viridis"))
    pixels = seen(stage.map)
    green = (pixels[..., 1] > pixels[..., 2] + 40).mean()
    assert green > 0.1
    assert view.colormap.currentText() == "Viridis"
    click(view.contours.toggle, 10, 10)
    assert not flat_window.document.scene.view.contours


def test_a_title_without_room_leaves_no_lone_dots(qapp, qtbot):
    title = OneLine("On the ridge")
    qtbot.addWidget(title)
    inked = []
    for width in (14, 60, 400):
        title.resize(width, 30)
        inked.append(int((seen(title).std(axis=(0, 1)) > 0).any()))
    assert inked == [0, 1, 1]
