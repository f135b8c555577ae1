"""For those who use the keyboard alone, or cannot see the pictures."""

from __future__ import annotations

import itertools

import pytest
from driving import KEY, focusable, press, seen
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QWidget,
)

from gui.views.canvas import Canvas


def name_of(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return widget.accessibleName() or text


def described(widget: QWidget) -> str:
    parent = widget.parentWidget()
    return f"{type(widget).__name__} in {type(parent).__name__}: {widget.toolTip()!r}"


def nameless(window: QWidget) -> list[str]:
    inner = (QAbstractItemView,)  # the list that belongs to a combo box
    return [
        described(widget)
        for widget in focusable(window)
        if not name_of(widget)
        and not (isinstance(widget, inner) and widget.window() is not window)
        and not isinstance(widget.parentWidget(), QComboBox)
    ]


def test_everything_the_keyboard_reaches_has_a_name(window):
    for row in window.explore.optimizers_card.rows:
        row.more.click()
    assert nameless(window) == []


@pytest.mark.parametrize("opened", ["open_palette", "open_help", "picker"])
def test_dialogs_have_names_too(flat_window, opened):
    if opened == "picker":
        flat_window.explore.surface_card.open_picker()
    else:
        getattr(flat_window, opened)()
    dialog = QApplication.activeModalWidget()
    assert dialog.windowTitle()
    assert nameless(dialog) == []
    QTest.keyClick(dialog, KEY.Key_Escape)
    assert not dialog.isVisible()


def test_names_are_told_apart(flat_window):
    names = [name_of(w) for w in focusable(flat_window) if isinstance(w, QLineEdit) and w.isVisible()]
    assert len(names) == len(set(names))


def test_tab_reaches_every_main_control_and_comes_round(flat_window):
    page = flat_window.explore
    page.stage.map.setFocus()
    reached: list[QWidget] = []
    for _ in range(300):
        press(KEY.Key_Tab)
        focus = QApplication.focusWidget()
        if focus is page.stage.map:
            break
        assert focus not in reached, f"goes in circles at {described(focus)}"
        reached.append(focus)
    assert focus is page.stage.map
    row = page.optimizers_card.rows[0]
    main = [
        page.surface_card.formula, page.surface_card.browse, page.surface_card.low["x"],
        page.surface_card.range["y"], page.start_card.start_x, page.start_card.start_y, page.start_card.more,
        row.more, row.toggle, row.rows["learning_rate"].field, page.optimizers_card.add,
        page.run_card.steps, page.run_card.noise_slider, page.run_card.schedule, page.view_card.log.toggle,
        page.view_card.colormap, page.transport.play, page.transport.slider, page.transport.speed,
        page.transport.loop, page.layout_buttons["map"],
    ]  # fmt: skip
    assert [described(widget) for widget in main if widget not in reached] == []


def test_tab_follows_the_eye_through_the_knobs(flat_window):
    """From the top of the column to its foot, never up again."""
    page = flat_window.explore
    page.surface_card.formula.setFocus()
    content = page.inspector.widget()
    tops = []
    for _ in range(60):
        focus = QApplication.focusWidget()
        if not content.isAncestorOf(focus):
            break
        tops.append(focus.mapTo(content, focus.rect().topLeft()).y())
        press(KEY.Key_Tab)
    assert len(tops) > 15
    assert all(later > earlier - 12 for earlier, later in itertools.pairwise(tops))


def test_control_with_the_focus_is_scrolled_into_sight(flat_window):
    page = flat_window.explore
    page.surface_card.formula.setFocus()
    for _ in range(45):
        press(KEY.Key_Tab)
        focus = QApplication.focusWidget()
        assert not focus.visibleRegion().isEmpty(), described(focus)


def test_focus_can_be_seen(flat_window, qtbot):
    for widget in (
        flat_window.explore.surface_card.formula, flat_window.explore.transport.play,
        flat_window.explore.transport.slider, flat_window.explore.optimizers_card.rows[0].toggle,
        flat_window.explore.start_card.more,
    ):  # fmt: skip
        flat_window.explore.stage.map.setFocus()
        qtbot.wait(1)
        without = seen(widget)
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        qtbot.wait(1)
        assert (seen(widget) != without).any(), described(widget)


def test_pictures_tell_the_race_in_words(window, qtbot):
    stage = window.explore.stage
    for view in (stage.map, stage.surface):
        assert view.accessibleName()
        text = view.accessibleDescription()
        assert "Double well" in text
        for racer in window.document.scene.optimizers:
            assert racer.optimizer.title in text
    before = stage.map.accessibleDescription()
    window.document.edit("a", start=(1.0, 1.0))
    qtbot.waitUntil(lambda: stage.map.accessibleDescription() != before)


def test_every_picture_has_a_name(window):
    for canvas in window.explore.findChildren(Canvas):
        if canvas.isVisible():
            assert canvas.accessibleName(), type(canvas).__name__


def test_messages_are_labels_that_a_reader_can_find(flat_window):
    flat_window.banner.say("Something to know.")
    labels = {label.text() for label in flat_window.findChildren(QLabel) if label.isVisible()}
    assert "Something to know." in labels
    assert flat_window.banner.accessibleName()


def test_buttons_with_a_picture_alone_have_a_name_and_a_hint(flat_window):
    for button in flat_window.findChildren(QAbstractButton):
        if button.isVisible() and not button.text():
            assert button.accessibleName(), described(button)
