"""The table of trials."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
import pytest
from driving import CTRL, KEY, LEFT
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from gui.theme import DARK
from gui.tune.trial_table import TrialTable
from landscape.tuning.plan import Trial
from landscape.tuning.samplers import random_places
from landscape.tuning.selection import Columns, columns_of
from landscape.tuning.space import Space, values_at

SPACE = Space().dimensions


def made(count: int) -> Columns:
    scores = np.random.default_rng(3).random(count)
    places = random_places(SPACE, 1, 0, count).tolist()
    trials = [
        Trial(
            n,
            0,
            values_at(SPACE, row),
            n,
            *(("diverged", math.nan) if n % 5 == 4 else ("complete", float(score))),
        )
        for n, (row, score) in enumerate(zip(places, scores, strict=True))
    ]
    return columns_of(trials, SPACE, 3)


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
    assert table.remark.isVisible()
    assert "speed" in table.remark.text()
    assert table.model.rowCount() == 40
    table.filter.clear()
    assert not table.remark.isVisible()


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
    assert not table.remark.isVisible()
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
    assert head.split("\t")[:4] == ["number", "round", "state", "score"]
    assert row.split("\t")[0] == "2"


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
