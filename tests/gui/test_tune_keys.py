"""What plain keys mean is the same in all pictures of a search: left and right, Home and End are time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from driving import ALT, KEY, SHIFT
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QVBoxLayout, QWidget
from searches import some

from gui.tune.coverage_view import CoverageView
from gui.tune.curves_view import CurvesView
from gui.tune.history_view import HistoryView
from gui.tune.parallel_view import ParallelView
from gui.tune.trial_table import TrialTable

WINDOW = (KEY.Key_Left, KEY.Key_Right, KEY.Key_Home, KEY.Key_End, KEY.Key_Space, KEY.Key_1, KEY.Key_Question)


class Around(QWidget):
    """Hears the keys that what is inside has no use for."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[int] = []

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        assert event is not None
        if event.key() not in (KEY.Key_Alt, KEY.Key_Shift):
            self.heard.append(event.key())


@pytest.mark.parametrize(
    "make", [CoverageView, CurvesView, HistoryView, ParallelView, TrialTable], ids=lambda make: make.__name__
)
def test_time_keys_are_left_to_the_window_and_alt_is_for_the_picture(
    qtbot: Any, make: Callable[[], Any]
) -> None:
    around = Around()
    qtbot.addWidget(around)
    view, columns = make(), some()
    QVBoxLayout(around).addWidget(view)
    if isinstance(view, CoverageView):
        view.show_axes(*columns.dimensions[:2])
    view.show_trials(columns)
    view.show_picked(3)
    with qtbot.waitExposed(around):
        around.show()
    target = view.table if isinstance(view, TrialTable) else view
    target.setFocus()
    for _ in range(2):  # also once an axis, a column is chosen
        around.heard.clear()
        for key in WINDOW:
            QTest.keyClick(target, key)
        QTest.keyClick(target, KEY.Key_Left, SHIFT)
        assert around.heard == [*WINDOW, KEY.Key_Left]
        around.heard.clear()
        QTest.keyClick(target, KEY.Key_Right, ALT)
        assert not around.heard
    assert "Alt" in target.accessibleDescription() or isinstance(view, CurvesView)
