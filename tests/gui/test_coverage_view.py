"""The scatter of a search."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from driving import ALT, KEY, PLAIN, RIGHT, SHIFT, array, drag, has_colour, move, seen
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtTest import QTest
from searches import drawn

from gui.theme import DARK, LIGHT, PROJECTOR
from gui.tune.coverage_view import CoverageView
from gui.tune.upright_axis import UprightAxis, axis_words
from landscape.tuning.plan import Trial
from landscape.tuning.samplers import random_places
from landscape.tuning.selection import columns_of
from landscape.tuning.space import Space, values_at

SPACE = Space().dimensions
RATE, BETA, BATCH = SPACE[0], SPACE[1], SPACE[2]


class Wired:
    """A view whose wishes are granted, as the page does."""

    def __init__(self, view: CoverageView) -> None:
        self.view = view
        self.boxes: list[Any] = []
        self.picked: list[int] = []
        view.boxBrushed.connect(self._brushed)
        view.trialPicked.connect(self._picked)

    def _brushed(self, box: Any) -> None:
        self.boxes.append(box)
        self.view.show_brushes(box)

    def _picked(self, number: int) -> None:
        self.picked.append(number)
        self.view.show_picked(number)


@pytest.fixture
def wired(qtbot: Any) -> Wired:
    view = CoverageView()
    qtbot.addWidget(view)
    view.set_theme(LIGHT)
    view.resize(560, 460)
    view.show_axes(RATE, BETA)
    view.show_trials(drawn(20))
    view.show()
    qtbot.waitExposed(view)
    return Wired(view)


def plot(view: CoverageView) -> QRectF:
    return view.plot_area(QRectF(view.rect()))


def at(view: CoverageView, x: float, y: float) -> tuple[float, float]:
    area = plot(view)
    return area.left() + x * area.width(), area.bottom() - y * area.height()


def test_a_drag_brushes_a_box_of_places(wired: Wired) -> None:
    view = wired.view
    drag(view, at(view, 0.25, 0.2), at(view, 0.4, 0.5), at(view, 0.75, 0.8))
    box = wired.boxes[-1]
    assert box["learning_rate"] == pytest.approx((0.25, 0.75), abs=0.01)
    assert box["beta"] == pytest.approx((0.2, 0.8), abs=0.01)
    assert len(wired.boxes) > 1  # live while dragging


def test_an_edge_is_dragged_and_shift_moves(wired: Wired) -> None:
    view = wired.view
    drag(view, at(view, 0.2, 0.2), at(view, 0.3, 0.3), at(view, 0.6, 0.6))
    drag(view, at(view, 0.6, 0.4), at(view, 0.7, 0.4), at(view, 0.8, 0.4))
    assert wired.boxes[-1]["learning_rate"] == pytest.approx((0.2, 0.8), abs=0.02)
    assert wired.boxes[-1]["beta"] == pytest.approx((0.2, 0.6), abs=0.02)
    x, y = at(view, 0.4, 0.4)
    goal = at(view, 0.5, 0.5)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, SHIFT, QPointF(x, y).toPoint())
    for share in (0.5, 1.0):
        move(view, x + share * (goal[0] - x), y + share * (goal[1] - y), Qt.MouseButton.LeftButton)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, SHIFT, QPointF(*goal).toPoint())
    assert wired.boxes[-1]["learning_rate"] == pytest.approx((0.3, 0.9), abs=0.02)
    assert wired.boxes[-1]["beta"] == pytest.approx((0.3, 0.7), abs=0.02)


def test_a_box_never_leaves_the_plot(wired: Wired) -> None:
    view = wired.view
    drag(view, at(view, 0.5, 0.5), at(view, 0.9, 0.9), at(view, 1.4, 1.4))
    for low, high in wired.boxes[-1].values():
        assert 0 <= low < high <= 1


def test_whole_values_are_brushed_as_whole_cells(wired: Wired) -> None:
    view = wired.view
    view.show_axes(BATCH, BETA)
    drag(view, at(view, 0.25, 0.2), at(view, 0.4, 0.5), at(view, 0.55, 0.8))
    low, high = wired.boxes[-1]["batch_size"]
    assert (low * 5) == pytest.approx(round(low * 5))
    assert (high * 5) == pytest.approx(round(high * 5))


def test_a_click_picks_the_trial_there_and_on_the_ground_clears(wired: Wired) -> None:
    view, columns = wired.view, drawn(20)
    drag(view, at(view, columns.place("learning_rate")[3], columns.place("beta")[3]))
    assert wired.picked == [3]
    view.show_brushes({"learning_rate": (0.1, 0.2)})
    distances = [
        (np.hypot(columns.place("learning_rate") - x, columns.place("beta") - y).min(), x, y)
        for x in np.linspace(0.05, 0.95, 12)
        for y in np.linspace(0.05, 0.95, 12)
    ]
    _, x, y = max(distances)
    drag(view, at(view, float(x), float(y)))
    assert wired.boxes == [{}]


def test_keys_pick_and_brush(wired: Wired) -> None:
    view = wired.view
    view.setFocus()
    QTest.keyClick(view, KEY.Key_Down)
    assert wired.picked == [19]  # the best
    QTest.keyClick(view, KEY.Key_Left, ALT)
    columns = drawn(20)
    if len(wired.picked) > 1:
        assert columns.place("learning_rate")[wired.picked[-1]] < columns.place("learning_rate")[19]
    QTest.keyClick(view, KEY.Key_Right, ALT | SHIFT)
    assert set(wired.boxes[-1]) == {"learning_rate", "beta"}
    before = wired.boxes[-1]["learning_rate"]
    QTest.keyClick(view, KEY.Key_Right, ALT | SHIFT)
    assert wired.boxes[-1]["learning_rate"][0] > before[0]
    QTest.keyClick(view, KEY.Key_Escape)
    assert wired.boxes[-1] == {}


def test_other_keys_go_on_to_the_window(wired: Wired, qtbot: Any) -> None:
    for key in (KEY.Key_Left, KEY.Key_Right, KEY.Key_Space, KEY.Key_Home):
        QTest.keyClick(wired.view, key, PLAIN)
    assert wired.picked == []
    assert wired.boxes == []


def test_what_does_not_light_up_is_faint(wired: Wired) -> None:
    view = wired.view
    full = seen(view)
    view.show_lit(np.zeros(20, bool))
    faint = seen(view)
    ground = np.array([255, 255, 255])
    assert np.abs(full - ground).sum() > np.abs(faint - ground).sum()


def test_diverged_trials_are_crosses_in_the_warning_colour(wired: Wired) -> None:
    assert not has_colour(seen(wired.view), LIGHT.warning)
    wired.view.show_trials(drawn(20, "complete", "diverged"))
    assert has_colour(seen(wired.view), LIGHT.warning) > 20


def test_the_ghost_of_a_grid_and_the_boxes_of_rounds_are_seen(wired: Wired) -> None:
    view = wired.view
    before = seen(view)
    places = np.array([[0.2, 0.2], [0.8, 0.8]])
    view.show_ghost(places)
    with_ghost = seen(view)
    strip = slice(0, round(plot(view).top()))
    assert has_colour(with_ghost[strip], LIGHT.text) > has_colour(before[strip], LIGHT.text)
    assert not has_colour(with_ghost, LIGHT.warning)  # in which those that diverged are
    view.show_boxes([({"learning_rate": (0.3, 0.6), "beta": (0.3, 0.6)}, "round 2: 9 trials")])
    assert has_colour(seen(view), LIGHT.accent) > has_colour(with_ghost, LIGHT.accent)


@pytest.mark.parametrize("theme", [DARK, LIGHT, PROJECTOR])
@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.parametrize("size", [(380, 280), (1300, 860)])
def test_it_is_painted_whatever_there_is(wired: Wired, theme: Any, scale: float, size: Any) -> None:
    view = wired.view
    view.set_theme(theme, scale)
    view.resize(*size)
    for columns in (drawn(0), drawn(1), drawn(3, "diverged"), drawn(9, "failed", "running", "stopped"),
                    drawn(12, score=lambda n: 0.5), drawn(2500)):  # fmt: skip
        view.show_trials(columns)
        view.show_lit(np.arange(len(columns)) % 2 == 0)
        view.show_picked(0)
        assert not view.render_image(QSize(*size)).isNull()
        assert not view.grab().isNull()


def test_thousands_of_marks_lie_where_few_do(wired: Wired) -> None:
    view = wired.view
    view.show_trials(drawn(3000))
    picture = seen(view)
    columns = drawn(3000)
    assert columns.best is not None
    x, y = at(view, columns.place("learning_rate")[columns.best], columns.place("beta")[columns.best])
    around = picture[round(y) - 2 : round(y) + 3, round(x) - 2 : round(x) + 3]
    assert np.abs(around - 255).sum() > 300


def test_axes_say_name_symbol_and_scale() -> None:
    words = [axis_words(UprightAxis(d.name, d)) for d in (RATE, BETA, BATCH)]
    assert words == ["learning rate α (log)", "momentum β (log of 1 − β)", "mini-batch size (powers of 2)"]


@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.parametrize("size", [(380, 280), (600, 450), (1400, 900)])
def test_words_of_both_projections_are_within_the_card(wired: Wired, scale: float, size: Any) -> None:
    view = wired.view
    view.set_theme(PROJECTOR, scale)
    view.resize(*size)
    view.show_ghost(np.array([[0.2, 0.2], [0.8, 0.8]]))
    picture, area = array(view.render_image(QSize(*size))), plot(view)
    right = picture[:, round(area.right() + 1.6 * view.unit(QRectF(view.rect()))) :]
    assert has_colour(right, PROJECTOR.accent) > 20  # the words of the upright axis
    assert has_colour(right, PROJECTOR.text) > 10  # and of the grid's few values on it
    for edge in (picture[3:5], picture[-5:-3], picture[:, 3:5], picture[:, -5:-3]):
        assert not has_colour(edge, PROJECTOR.text)
        assert not has_colour(edge, PROJECTOR.accent)


@pytest.mark.parametrize("count", [60, 2000])
def test_lighting_up_and_down_again_leaves_no_trace(wired: Wired, count: int) -> None:
    view = wired.view
    view.show_trials(drawn(count))
    full = seen(view)
    half = np.arange(count) % 2 == 0
    view.show_lit(half)
    some = seen(view)
    view.show_lit(np.zeros(count, bool))
    view.show_lit(half)
    assert (seen(view) == some).all()
    view.show_lit(np.ones(count, bool))
    assert (seen(view) == full).all()
    assert (full != some).any()


def test_what_was_kept_is_painted_anew_at_another_size_and_in_another_theme(wired: Wired) -> None:
    view = wired.view
    view.show_boxes([({"beta": (0.3, 0.6)}, "round 2: 9 trials")])
    seen(view)
    view.resize(700, 520)
    view.set_theme(DARK)
    kept = seen(view)
    fresh = array(view.render_image(view.size()))
    assert (np.abs(kept - fresh).max(axis=2) > 40).mean() < 1e-3


def test_the_more_trials_the_smaller_their_marks(wired: Wired) -> None:
    view, sizes = wired.view, []
    for count in (20, 2500, 6000):
        view.show_trials(drawn(count))
        sizes.append(view.radius(QRectF(view.rect())))
    assert sizes[0] > sizes[1] > sizes[2] > 1


def test_only_the_left_button_picks(wired: Wired) -> None:
    view, columns = wired.view, drawn(20)
    drag(view, at(view, columns.place("learning_rate")[3], columns.place("beta")[3]), button=RIGHT)
    assert wired.picked == []
    assert wired.boxes == []


def test_it_is_told_to_those_who_do_not_see_it(wired: Wired) -> None:
    view = wired.view
    assert view.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert "20 trials, momentum β (log of 1 − β) over learning rate α (log)" in view.accessibleDescription()
    view.show_picked(3)
    assert view.accessibleName().startswith("Coverage: Trial 3: ")
    assert "accuracy 0.53" in view.accessibleName()
    view.show_picked(None)
    assert view.accessibleName() == "Coverage"


@pytest.mark.parametrize("across", [True, False])
def test_choices_fit_beside_either_axis(qtbot: Any, across: bool) -> None:
    space = Space.model_validate({"learning_rate": {}, "optimizer": {}}).dimensions
    columns = columns_of(
        [
            Trial(n, 0, values_at(space, row), n, "complete", 0.5)
            for n, row in enumerate(random_places(space, 1, 0, 30).tolist())
        ],
        space,
        3,
    )
    view = CoverageView()
    qtbot.addWidget(view)
    view.resize(420, 300)
    view.set_theme(LIGHT)
    view.show_axes(*(space[::-1] if across else space))
    view.show_trials(columns)
    picture = array(view.render_image(view.size()))
    assert not has_colour(picture[:, 2:5], LIGHT.dim)  # nothing runs out of the card
    assert not has_colour(picture[:, 2:5], LIGHT.text)
    assert plot(view).width() > 200
