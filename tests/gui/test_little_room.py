"""The smallest window: nothing is cut off that is meant to be read or pressed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from driving import CTRL, KEY, finish_jobs
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QLabel, QWidget

from gui.theme import DARK, PROJECTOR, Theme
from gui.widgets.card import OneLine
from gui.widgets.transport import Transport

KEYS = {"explore": KEY.Key_1, "train": KEY.Key_2, "tune": KEY.Key_3}


def parts(of: QWidget) -> Iterator[QWidget]:
    return (child for child in of.findChildren(QWidget) if child.parent() is of and child.isVisible())


@pytest.mark.parametrize("workspace", KEYS)
@pytest.mark.parametrize("theme", [DARK, PROJECTOR], ids=lambda theme: theme.name)
def test_controls_of_time_have_their_room_or_are_left_out(
    open_window: Any, qtbot: Any, theme: Theme, workspace: str
) -> None:
    window = open_window(gl=False, theme=theme, size=(900, 600))
    QTest.keyClick(window, KEYS[workspace], CTRL)
    finish_jobs(window)
    transport = window.page.findChild(Transport)
    assert isinstance(transport, Transport)
    qtbot.waitUntil(lambda: transport.isVisible() and not transport.loop.isVisible(), timeout=5000)
    shown = sorted(parts(transport), key=lambda part: part.x())
    assert transport.play in shown
    assert shown[-1].geometry().right() < transport.width()
    for one, other in pairwise(shown):
        assert one.geometry().right() < other.x()
        assert one.width() >= one.minimumSizeHint().width()
    window.resize(1500, 700)
    qtbot.waitUntil(transport.loop.isVisible, timeout=5000)
    assert transport.speed.isVisible()
    finish_jobs(window)


@pytest.mark.parametrize("theme", [DARK, PROJECTOR], ids=lambda theme: theme.name)
def test_a_title_gives_way_to_the_buttons_beside_it(open_window: Any, qtbot: Any, theme: Theme) -> None:
    window = open_window(gl=False, theme=theme, size=(900, 600))
    QTest.keyClick(window, KEY.Key_3, CTRL)
    finish_jobs(window)
    page = window.tune
    for each in page.picture_buttons.values():
        assert each.width() >= each.minimumSizeHint().width()
    title = page.headline.title
    assert isinstance(title, OneLine)
    assert title.toolTip() == title.text()  # all of it on hovering
    window.resize(1500, 700)
    qtbot.waitUntil(lambda: title.width() >= QLabel.sizeHint(title).width(), timeout=5000)
    finish_jobs(window)
