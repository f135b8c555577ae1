"""What pictures say as long as there is nothing to see in them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from driving import array, has_colour
from PyQt6.QtCore import QSize, Qt
from PyQt6.QtTest import QTest

from gui.theme import DARK, THEMES, Look, class_looks
from gui.train.panels import MEASURING, NO_NORM, WAITING
from gui.views.canvas import Canvas
from gui.views.confusion_view import ConfusionView
from gui.views.network_layout import LayerPicture
from gui.views.network_view import NetworkView
from gui.views.ridge_view import RidgeView
from gui.views.strip_chart import Curves, StripChart
from gui.views.sweep_view import SweepRow, SweepView

SIZE = QSize(420, 240)
LOOK = Look("BN", "disc", "#56B4E9", ())


def fill(view: Canvas) -> None:
    if isinstance(view, StripChart):
        view.show_curves(Curves("loss", (np.linspace(1, 0, 9),), (LOOK,)))
    elif isinstance(view, ConfusionView):
        view.show_matrix(np.eye(2, dtype=int), ("a", "b"), "validation part")
    elif isinstance(view, NetworkView):
        layer = LayerPicture(np.ones((2, 2)), np.zeros(2), None, None, "softmax", None)
        view.show_network([layer], ["x", "y"], ["a", "b"], class_looks(2, DARK))
    elif isinstance(view, RidgeView):
        view.show_ridges((), "There is no hidden layer.")
    elif isinstance(view, SweepView):
        some = np.ones(3)
        view.show_sweeps([SweepRow("with", 10.0 ** np.arange(-3, 0), some, some > 0, some < 0)], 0.01, "")


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("kind", [StripChart, ConfusionView, NetworkView, RidgeView, SweepView])
def test_an_empty_picture_says_why_until_there_is_something_to_see(qtbot, kind, theme):
    views = [kind() for _ in range(2)]
    for view in views:
        qtbot.addWidget(view)
        view.set_theme(theme)
    silent, view = views
    view.set_hint(WAITING)
    middle = np.s_[100:140, 40:-40]
    said = array(view.render_image(SIZE))
    assert has_colour(said[middle], theme.dim, 40) > 60
    assert (said[..., :].std(axis=(0, 1)) > 0).all()
    assert not view.render_image(QSize(120, 90)).isNull()
    for each in views:
        fill(each)
    assert (array(view.render_image(SIZE)) == array(silent.render_image(SIZE))).all()


def test_curves_that_are_not_known_yet_are_waited_for(qtbot):
    chart = StripChart()
    qtbot.addWidget(chart)
    chart.set_hint(WAITING)
    chart.show_curves(Curves("accuracy", (np.full(9, np.nan),), (LOOK,), named=True))
    waiting = array(chart.render_image(SIZE))
    assert has_colour(waiting[100:140], DARK.dim, 40) > 60
    assert has_colour(waiting, DARK.accent) == 0  # without the line that stands for now
    chart.set_hint("")
    assert has_colour(array(chart.render_image(SIZE)), DARK.accent) > 0


@pytest.fixture
def page(open_window: Any, qtbot: Any) -> Any:
    window = open_window(gl=False)
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not window.jobs.busy, timeout=30_000)
    return window.train


def test_panels_say_what_they_wait_for(page, qtbot):
    panels = page.panels
    assert panels.confusion.hint == panels.ridges.hint == WAITING
    panels.choose("rates")
    assert panels.rates.hint == MEASURING
    page.edits.change("no normalization", batch_norm=False)
    page.edits.view("no twin", twin=False)
    qtbot.waitUntil(lambda: not page.jobs.busy, timeout=30_000)
    panels.choose("averages")
    assert {chart.hint for chart in panels.averages} == {NO_NORM}
    assert panels.averages[0]._waits


def test_pictures_say_why_there_are_no_data(page, qtbot, tmp_path):
    page.edits.change("learn from a file", data={"name": "csv", "file": str(tmp_path / "none.csv")})
    qtbot.waitUntil(lambda: "none.csv" in page.losses.hint, timeout=10_000)
    assert page.panels.confusion.hint == page.network.hint == page.losses.hint
    page.edits.change("other data", data={"name": "moons"})
    assert page.panels.confusion.hint == WAITING
    qtbot.waitUntil(lambda: not page.jobs.busy, timeout=30_000)
