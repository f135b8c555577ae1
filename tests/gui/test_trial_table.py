"""The table of trials."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from driving import ALT, CTRL, KEY, LEFT, PLAIN, has_colour, seen
from PyQt6.QtCore import QEvent, QPoint, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from searches import drawn

from gui.theme import DARK, LIGHT, PROJECTOR, Theme, contrast
from gui.tune.trial_model import faint_ink
from gui.tune.trial_table import TrialTable
from landscape.tuning.plan import Trial
from landscape.tuning.selection import Columns, columns_of
from landscape.tuning.space import Axis, Space

SPACE = Space().dimensions


def made(count: int) -> Columns:
    scores = np.random.default_rng(3).random(count).tolist()
    return drawn(count, *["complete"] * 4, "diverged", score=scores.__getitem__)


@pytest.fixture
def table(qtbot: Any) -> TrialTable:
    widget = TrialTable()
    qtbot.addWidget(widget)
    widget.set_theme(DARK)
    widget.resize(900, 300)
    widget.show_trials(made(40))
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def column(table: TrialTable, name: str) -> list[str]:
    return [table.model.text(place, name) for place in range(table.model.rowCount())]


def click_head(table: TrialTable, name: str) -> None:
    head = table.table.horizontalHeader()
    section = table.model.names.index(name)
    x = head.sectionViewportPosition(section) + head.sectionSize(section) // 2
    QTest.mouseClick(head.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, QPoint(x, head.height() // 2))


def test_it_shows_all_trials_by_number(table: TrialTable) -> None:
    assert column(table, "number") == [str(n) for n in range(40)]
    assert table.count.text() == "40 of 40"
    assert {text.split()[-1] for text in column(table, "state")} == {"complete", "diverged"}


def test_a_click_on_the_head_sorts_and_what_has_no_score_is_last(table: TrialTable) -> None:
    click_head(table, "score")
    shown = column(table, "score")
    scored = [float(text) for text in shown if text != "–"]
    assert scored == sorted(scored, reverse=True)
    assert shown[-8:] == ["–"] * 8
    click_head(table, "score")
    shown = column(table, "score")
    assert [float(text) for text in shown[:-8]] == sorted(scored)
    assert shown[-8:] == ["–"] * 8
    click_head(table, "score")
    assert column(table, "number") == [str(n) for n in range(40)]


def test_typing_filters(table: TrialTable) -> None:
    table.filter.setFocus()
    QTest.keyClicks(table.filter, "diverged")
    assert set(column(table, "state")) == {"✕ diverged"}
    assert table.count.text() == "8 of 40"
    table.filter.clear()
    QTest.keyClicks(table.filter, "speed > 3")
    assert "speed" in table.remark.text()
    assert table.model.rowCount() == 40
    table.filter.clear()
    assert not table.remark.text()


def test_only_what_lights_up(table: TrialTable) -> None:
    mask = np.arange(40) < 7
    table.show_lit(mask)
    assert table.model.rowCount() == 40
    QTest.mouseClick(table.only_lit, LEFT)
    assert column(table, "number") == [str(n) for n in range(7)]
    table.show_lit(~mask)
    assert table.model.rowCount() == 33


def test_arrow_keys_pick_trials_and_a_picked_one_is_marked(table: TrialTable, qtbot: Any) -> None:
    table.show_picked(3)
    assert table.table.currentIndex().row() == 3
    table.table.setFocus()
    with qtbot.waitSignal(table.trialPicked) as caught:
        QTest.keyClick(table.table, KEY.Key_Down)
    assert caught.args == [4]


def test_more_trials_leave_the_marked_row_and_the_order(table: TrialTable) -> None:
    click_head(table, "score")
    table.show_picked(11)
    table.show_trials(made(60))
    assert table.model.text(table.table.currentIndex().row(), "number") == "11"
    shown = [float(text) for text in column(table, "score") if text != "–"]
    assert shown == sorted(shown, reverse=True)
    assert table.model.rowCount() == 60


def test_better_trials_above_do_not_move_what_is_read(table: TrialTable) -> None:
    table.show_trials(made(300))
    click_head(table, "score")
    bar = table.table.verticalScrollBar()
    assert bar is not None
    bar.setValue(80)
    edge = table.model.text(80, "number")
    table.show_picked(int(edge))
    bar.setValue(80)
    table.show_trials(made(600))  # some 80 of them are better
    assert bar.value() > 80
    assert table.model.text(bar.value(), "number") == edge
    bar.setValue(0)
    table.show_trials(made(900))  # at the top one wants to see the best
    assert bar.value() == 0


def test_a_filter_that_is_half_typed_says_so_and_leaves_nothing_out(table: TrialTable) -> None:
    QTest.keyClicks(table.filter, "score >")
    assert "missing after" in table.remark.text()
    assert table.count.text() == "40 of 40"
    QTest.keyClicks(table.filter, " 0.5")
    assert not table.remark.text()
    assert all(float(text) > 0.5 for text in column(table, "score"))


def test_a_picked_trial_that_is_filtered_out_is_not_marked(table: TrialTable) -> None:
    table.show_picked(3)
    table.filter.setText("diverged")
    assert not table.table.currentIndex().isValid()
    table.filter.clear()
    assert table.table.currentIndex().row() == 3


def test_rows_are_copied_as_a_table(table: TrialTable) -> None:
    table.table.setFocus()
    table.table.selectRow(2)
    QTest.keyClick(table.table, KEY.Key_C, CTRL)
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    head, row = clipboard.text().splitlines()
    names = head.split("\t")
    assert names == list(table.model.names)
    copied = dict(zip(names, row.split("\t"), strict=True))
    trial = made(40).trials[2]
    assert (copied["number"], copied["round"], copied["state"]) == ("2", "1", "complete")
    assert float(copied["score"]) == trial.score  # every digit, not as shown
    assert float(copied["learning_rate"]) == trial.values["learning_rate"]
    assert int(copied["units"]) == trial.values["units"]


def test_what_has_no_score_is_copied_as_nothing_and_a_reason_stays_in_its_cell(table: TrialTable) -> None:
    odd = Space({"batch_norm": Axis(), "optimizer": Axis()}).dimensions
    values = {"batch_norm": True, "optimizer": "gradient_descent"}
    table.show_trials(columns_of([Trial(0, 0, values, 7, "failed", reason="one\ttwo\nthree")], odd, 3))
    table.table.selectRow(0)
    table.copy()
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    assert clipboard.text().splitlines()[1] == "0\t1\tfailed\t\tgradient_descent\ttrue\t0\t0.0\tone two three"


def test_heads_are_sorted_by_keys_and_left_and_right_alone_stay_time(table: TrialTable) -> None:
    rows = table.table
    rows.setFocus()
    table.show_picked(3)
    assert "sorted by number of the trial, upwards" in rows.accessibleDescription()
    assert "Alt" in rows.accessibleDescription()
    QTest.keyClick(rows, KEY.Key_Return)  # no column is chosen
    assert table.model.sorted_by == ("number", False)
    for _ in range(4):
        QTest.keyClick(rows, KEY.Key_Right, ALT)
    assert "validation accuracy" in rows.accessibleName()
    QTest.keyClick(rows, KEY.Key_Return)
    assert table.model.sorted_by == ("score", True)
    assert "sorted by validation accuracy after the last epoch, downwards" in rows.accessibleDescription()
    assert table.model.text(rows.currentIndex().row(), "number") == "3"
    QTest.keyClick(rows, KEY.Key_Left, ALT)
    assert "what became of it" in rows.accessibleName()
    for key in (KEY.Key_Left, KEY.Key_Right, KEY.Key_Space, KEY.Key_1, KEY.Key_Question):
        event = QKeyEvent(QEvent.Type.KeyPress, key, PLAIN, chr(key) if key < 0x100 else "")
        QApplication.sendEvent(rows, event)
        assert not event.isAccepted()
    QTest.keyClick(rows, KEY.Key_Escape)
    assert rows.accessibleName() == "Table of all trials"


def test_a_chosen_head_is_framed_and_scrolled_to(table: TrialTable) -> None:
    table.resize(500, 300)
    table.table.setFocus()
    heads = table.table.horizontalHeader()
    assert heads is not None
    before = has_colour(seen(heads), DARK.accent)
    for _ in range(len(table.model.names)):
        QTest.keyClick(table.table, KEY.Key_Right, ALT)
    section = table.model.names.index("reason")
    assert heads.sectionViewportPosition(section) < heads.width()
    assert has_colour(seen(heads), DARK.accent) > before + 20


def test_a_head_says_its_scale(table: TrialTable) -> None:
    def tip(name: str) -> str:
        section = table.model.names.index(name)
        return table.model.headerData(section, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)

    assert tip("learning_rate").startswith("Learning rate α (log):")
    assert "(log of 1 − β)" in tip("beta")
    assert "(powers of 2)" in tip("units")
    assert "(linear)" in tip("layers")
    assert tip("score").startswith("Validation accuracy")
    assert "Enter" in tip("score")


def test_no_rows_say_why_and_what_to_do(table: TrialTable) -> None:
    page = table.table.viewport()
    assert page is not None

    def ink() -> int:
        return has_colour(seen(page), DARK.dim, 60)

    table.filter.setText("zebra")
    assert "clear" in table.table.hint
    assert "clear" in table.table.accessibleDescription()
    assert ink() > 50
    table.filter.clear()
    assert "clear" not in table.table.accessibleDescription()
    table.show_lit(np.zeros(40, bool))
    table.only_lit.click()
    assert "“Only lit”" in table.table.hint
    table.set_hint("Press play (Space).")
    table.show_trials(columns_of([], SPACE, 3))
    assert table.table.hint == "Press play (Space)."
    assert ink() > 30


def test_the_table_stands_still_when_the_filter_says_something(table: TrialTable) -> None:
    before = table.table.geometry()
    table.filter.setText("score >")
    QApplication.processEvents()
    assert table.remark.text()
    assert table.remark.toolTip() == table.remark.text()
    assert table.table.geometry() == before


@pytest.mark.parametrize("theme", [DARK, LIGHT, PROJECTOR], ids=lambda theme: theme.name)
def test_what_does_not_light_up_differs_and_can_be_read(theme: Theme) -> None:
    faint = faint_ink(theme).name()
    assert contrast(faint, theme.card) >= 4.5
    assert contrast(theme.text, faint) > 2.2


def test_the_first_word_after_ten_thousand_new_trials_does_not_wait(table: TrialTable, qtbot: Any) -> None:
    table.show_trials(made(10_000))
    table.filter.setFocus()
    began = time.perf_counter()
    QTest.keyClicks(table.filter, "d")
    assert table.model.rowCount() < 2000  # it did not write them all; 7 ms on a quiet machine
    assert time.perf_counter() - began < 0.06
    QTest.keyClicks(table.filter, "iverged")
    qtbot.waitUntil(lambda: table.model.rowCount() == 2000)
    assert table.count.text() == "2,000 of 10,000"


def test_no_trials_and_other_hyperparameters(table: TrialTable) -> None:
    few = Space({"learning_rate": Space().root["learning_rate"]}).dimensions
    table.show_trials(columns_of([], few, 3))
    assert table.model.rowCount() == 0
    assert "units" not in table.model.names
    table.show_picked(5)
    assert table.count.text() == "0 of 0"


def test_ten_thousand_rows_are_sorted_at_once(table: TrialTable) -> None:
    table.show_trials(made(10_000))
    began = time.perf_counter()
    table.model.order_by("score")
    assert time.perf_counter() - began < 2  # 0.05 s on a quiet machine
    assert table.model.rowCount() == 10_000


def test_rows_have_names_for_those_who_cannot_see(table: TrialTable) -> None:
    assert table.table.accessibleName()
    assert table.filter.accessibleName()
    assert table.model.headerData(4, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
