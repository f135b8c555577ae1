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
from landscape.scene import Scene

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


MANY = Scene(optimizers=tuple({"rule": "gd", "learning_rate": 0.002 * (k + 1)} for k in range(12)))


def test_cards_of_many_rules_are_as_wide_as_their_column(open_window: Any) -> None:
    window = open_window(MANY, gl=False, size=(900, 600))
    column = window.explore.inspector
    content, page = column.widget(), column.viewport()
    assert content is not None
    assert page is not None
    assert content.width() <= page.width()


@pytest.mark.parametrize(("width", "racers"), [(900, 4), (900, 6), (1280, 12)])
def test_what_became_of_a_prediction_can_be_read_to_its_end(
    open_window: Any, width: int, racers: int
) -> None:
    scene = MANY.edited(optimizers=MANY.optimizers[:racers])
    window = open_window(scene, gl=False, size=(width, 600))
    window.predict()
    predictions = window.explore.predictions
    for place in range(racers):
        predictions.choose(place)
        predictions.place(0.25 * place - 1.5, 0.4)
        predictions.let_go()
    window.desk.player.reveal(play=False)
    window.to_the_end()
    finish_jobs(window)
    QTest.qWait(1)
    for button in predictions.panel.buttons:
        words = button.fontMetrics().horizontalAdvance(button.text())
        assert words + button.iconSize().width() + 8 <= button.width(), button.text()
        assert button.accessibleName().startswith("Gradient descent: ")
        assert "away" in button.text()
