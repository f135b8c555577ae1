"""Parallel coordinates, checked by what must be seen in them, and by hands on them."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from driving import ALT, CTRL, KEY, RIGHT, SHIFT, array, click, drag, has_colour, move, near, press, seen
from PyQt6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QFontMetricsF, QHelpEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QToolTip, QVBoxLayout, QWidget
from searches import themes

from gui.theme import DARK, LIGHT, PROJECTOR, font
from gui.tune.parallel_view import ParallelView
from gui.tune.strokes import crossings
from gui.tune.upright_axis import UprightAxis, upright_axes
from landscape.tuning.plan import Trial
from landscape.tuning.selection import SCORE, TuneView, columns_of, lit
from landscape.tuning.space import KINDS, Axis, Space, values_at

SIZE = (760, 300)
SPACE = Space({"learning_rate": Axis(), "beta": Axis(), "layers": Axis()}).dimensions
NAMES = ["learning_rate", "beta", "layers", SCORE]
NAN = math.nan


def columns(*rows, space=SPACE):
    """Trials of (places, score or state)."""
    trials = []
    for number, (places, outcome) in enumerate(rows):
        state = outcome if isinstance(outcome, str) else "complete"
        score = NAN if isinstance(outcome, str) else outcome
        trials.append(Trial(number, 0, values_at(space, places), number, state, score))
    return columns_of(trials, space, 3)


def many(count, space=SPACE, seed=0):
    rng = np.random.default_rng(seed)
    return columns(
        *[(rng.random(len(space)).tolist(), float(score)) for score in rng.random(count)], space=space
    )


FIVE = columns(
    ((0.1, 0.2, 0.1), 0.5), ((0.5, 0.9, 0.5), 0.9), ((0.9, 0.1, 0.9), 0.7), ((0.95, 0.6, 0.2), "diverged"),
    ((0.3, 0.6, 0.9), "failed"),
)  # fmt: skip


class Page:
    """Does for a view what the page does: brushes are kept, and say which trials light up."""

    def __init__(self, view, trials):
        self.view, self.trials = view, trials
        self.brushes, self.told, self.picked = {}, [], []
        view.brushed.connect(self.brush)
        view.trialPicked.connect(self.picked.append)

    def brush(self, name, stretch):
        self.told.append((name, stretch))
        self.brushes.pop(name, None)
        if stretch is not None:
            self.brushes[name] = stretch
        self.view.show_brushes(self.brushes)
        self.view.show_lit(lit(self.trials, TuneView(brushes=self.brushes)))

    @property
    def lit(self):
        return np.flatnonzero(self.view._lit).tolist()


def board(qtbot, trials=FIVE, theme=DARK, size=SIZE, scale=1.0):
    view = ParallelView()
    qtbot.addWidget(view)
    view.resize(*size)
    view.set_theme(theme, scale)
    if trials is not None:
        view.show_trials(trials)
    return view


@pytest.fixture
def page(qtbot):
    view = board(qtbot)
    with qtbot.waitExposed(view):
        view.show()
    view.activateWindow()
    view.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(view.hasFocus, timeout=3000)
    return Page(view, FIVE)


def picture(view):
    return array(view.render_image(QSize(view.width(), view.height())))


def frame_of(view):
    return view.frame_in(QRectF(view.rect()))


def on_axis(view, name, share):
    """The pixel of an axis at a share of it."""
    frame = frame_of(view)
    axis = next(axis for axis in frame.axes if axis.name == name)
    return frame.x(name), float(frame.y(axis, share))


def on_line(view, row, place):
    """The pixel of a trial's line, so many gaps from the first axis."""
    frame, heights = view._place(QRectF(view.rect()))
    y = np.interp(place, np.arange(heights.shape[1]), heights[row])
    return frame.left + place * frame.gap, frame.plot.top() + float(y)


# --- what is seen ----------------------------------------------------------------------------------------


def test_lines_are_counted_as_a_slow_loop_counts_them():
    rng = np.random.default_rng(3)
    gap, rows = 7, 23
    heights = rng.uniform(0, rows - 0.01, (40, 4)).astype(np.float32)
    heights[5, 1] = np.nan
    expected = np.zeros((3 * gap, rows), int)
    for line in heights.astype(float):
        for k in range(3):
            if np.isfinite(line[k : k + 2]).all():
                edges = line[k] + (line[k + 1] - line[k]) * np.arange(gap + 1) / gap
                for x in range(gap):
                    low, high = sorted((int(edges[x]), int(edges[x + 1])))
                    expected[k * gap + x, low : high + 1] += 1
    found = crossings(heights, gap, rows)
    assert (found == expected).mean() > 0.99  # but for roundings at the edge of a pixel
    assert abs(int(found.sum()) - int(expected.sum())) <= 3


def test_an_axis_a_hyperparameter_and_the_score_at_the_right_end(qtbot):
    view = board(qtbot)
    assert view.order() == NAMES
    places = [frame_of(view).x(name) for name in NAMES]
    assert places == sorted(places)
    assert np.ptp(np.diff(places)) == 0
    assert [axis.title for axis in frame_of(view).axes] == [
        "learning rate", "momentum", "hidden layers", "accuracy",
    ]  # fmt: skip


@themes
def test_a_trial_is_a_line_from_axis_to_axis(qtbot, theme):
    one, none = board(qtbot, theme=theme), board(qtbot, columns(), theme)
    image, ground = picture(one), picture(none)
    for row in range(3):
        for place in (0.4, 1.6, 2.3):
            x, y = on_line(one, row, place)
            assert (near(image, x, y, 1) != near(ground, x, y, 1)).any(), (row, place)


def test_the_score_runs_from_the_lowest_to_the_highest():
    axis = upright_axes(FIVE)[SCORE]
    assert (axis.low, axis.high) == (0.5, 0.9)
    assert axis.value(1.0) == 0.9
    assert axis.value(0.0) == 0.5


def test_trials_of_the_same_value_lie_side_by_side_in_its_cell():
    trials = many(300)
    axis = upright_axes(trials)["layers"]
    shares, places = axis.spread(trials), trials.place("layers")
    assert (np.abs(shares - places) < 0.5 / 3).all()
    for value in np.unique(places):
        assert len(np.unique(shares[places == value])) > 50
    np.testing.assert_array_equal(shares, axis.spread(trials))
    np.testing.assert_array_equal(upright_axes(trials)["beta"].spread(trials), trials.place("beta"))


@themes
@pytest.mark.parametrize("count", [40, 900])
def test_what_is_lit_stands_out(qtbot, theme, count):
    trials = many(count)
    view = board(qtbot, trials, theme)
    view.show_lit(np.zeros(count, bool))
    faint = picture(view).astype(int)
    view.show_lit(trials.score > 0.9)
    bright = picture(view).astype(int)
    changed = np.abs(bright - faint).max(axis=2) > 40
    plot = frame_of(view).plot
    inside = changed[round(plot.top()) : round(plot.bottom())]
    assert 0.01 < inside.mean() < 0.7


@themes
def test_diverged_and_failed_trials_end_in_lanes_of_their_own(qtbot, theme):
    view = board(qtbot, theme=theme)
    frame = frame_of(view)
    assert frame.lanes == ("diverged", "failed")
    bottom = on_axis(view, SCORE, 0.0)[1]
    ends = [on_line(view, row, 3)[1] for row in (3, 4)]
    assert bottom + 5 < ends[0] < ends[1] - 8
    image = picture(view)
    for end in ends:
        words = image[round(end) - 7 : round(end) + 8, round(frame.x(SCORE)) + 10 :]
        assert has_colour(words, theme.warning, 90) > 8
    along = np.arange(2.3, 2.9, 0.004)
    strips = [near(image, *on_line(view, 3, place), 1)[:, 1] for place in along]
    dashes = [has_colour(strip, theme.warning, 110) > 0 for strip in strips]
    assert 0.3 < np.mean(dashes) < 0.95
    assert frame_of(board(qtbot, many(5), theme)).lanes == ()


@themes
def test_the_picked_one_is_thick_and_the_best_is_marked(qtbot, theme):
    view = board(qtbot, theme=theme)
    plain = picture(view)
    assert has_colour(near(plain, *on_axis(view, SCORE, 1.0), 3), theme.text, 40) > 12
    view.show_picked(2)
    thick = picture(view)
    x, y = on_line(view, 2, 0.3)
    assert has_colour(near(thick, x, y, 3), theme.accent) > has_colour(near(plain, x, y, 3), theme.accent) + 5
    view.show_picked(77)  # not among them
    assert (picture(view) == plain).all()
    view.show_picked(None)
    assert (picture(view) == plain).all()


def test_a_stretch_is_a_band_on_its_axis(qtbot):
    view = board(qtbot, theme=LIGHT)
    before = picture(view)
    view.show_brushes({"beta": (0.3, 0.7), "decay": (0.0, 0.1)})  # decay is fixed here
    after = picture(view)
    for share, is_band in ((0.5, True), (0.8, False), (0.2, False)):
        x, y = on_axis(view, "beta", share)
        assert (near(before, x - 4, y, 0) != near(after, x - 4, y, 0)).any() == is_band
    for share in (0.3, 0.7):
        assert has_colour(near(after, *on_axis(view, "beta", share), 3), LIGHT.accent) > 6


def test_while_it_changes_a_share_stands_for_all_and_a_moment_later_all_are_drawn(qtbot):
    trials = many(3000)
    view = board(qtbot, trials, LIGHT)
    with qtbot.waitExposed(view):
        view.show()
    qtbot.waitUntil(lambda: not view._rough, timeout=3000)
    calm = seen(view)
    view.show_lit(np.ones(3000, bool))
    assert (seen(view) != calm).any()
    qtbot.waitUntil(lambda: not view._rough, timeout=3000)
    assert (seen(view) == calm).all()


@pytest.mark.parametrize("size", [(500, 160), (600, 450), (1800, 500)])
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_titles_do_not_run_into_each_other(qtbot, size, scale):
    space = Space({name: Axis() for name in KINDS}).dimensions
    view = board(qtbot, many(30, space), PROJECTOR, size, scale)
    frame = frame_of(view)
    names, pixels = frame._names()
    metrics = QFontMetricsF(font(pixels))
    assert pixels >= 6
    assert all(metrics.horizontalAdvance(name) <= frame.gap + 1 for name in names.values())
    assert frame.plot.height() > 40
    assert frame.plot.right() < size[0] - 10


def test_as_long_as_there_are_no_trials_a_hint_says_so(qtbot):
    view = board(qtbot, columns())
    page = Page(view, columns())
    view.set_hint("No trials yet: start the search.")
    image = picture(view)
    assert has_colour(image[140:160], DARK.dim, 60) > 40
    assert has_colour(image[:100], DARK.dim, 60) == 0  # no axis runs through it
    drag(view, on_axis(view, "beta", 0.3), on_axis(view, "beta", 0.7))
    assert page.told == []
    view.show_trials(FIVE)
    assert has_colour(picture(view)[:100], DARK.dim, 60) > 40


KINDS_OF_TRIALS = {
    "nothing": None,
    "none": columns(),
    "one": columns(((0.2, 0.3, 0.4), 0.8)),
    "equal": columns(*[((k / 5, 0.5, 0.5), 0.8) for k in range(4)]),
    "all diverged": columns(*[((k / 200, 0.5, 0.5), "diverged") for k in range(190)]),
    "all failed": columns(((0.2, 0.3, 0.4), "failed")),
    "running": columns(((0.2, 0.3, 0.4), "running"), ((0.2, 0.3, 0.4), 0.4)),
    "infinite": columns(((0.2, 0.3, 0.4), math.inf), ((0.2, 0.3, 0.4), 0.4)),
    "one axis": many(150, SPACE[:1]),
}


@pytest.mark.parametrize("kind", KINDS_OF_TRIALS)
@pytest.mark.parametrize("size", [(120, 90), (500, 160), (1200, 400)])
def test_whatever_comes_is_drawn(qtbot, kind, size):
    view = board(qtbot, KINDS_OF_TRIALS[kind], LIGHT, size)
    view.set_hint("No trials yet: start the search.")
    with qtbot.waitExposed(view):
        view.show()
    if view._lines is not None:
        view.show_lit(np.zeros(len(view._lines.columns), bool))
        view.show_picked(0)
    view.show_brushes({SCORE: (-5.0, 5.0), "learning_rate": (0.2, 0.2)})
    assert np.ptp(seen(view)) > 50
    for x in np.linspace(2, size[0] - 2, 6):
        click(view, x, size[1] / 2)
        move(view, x, size[1] / 2)
        drag(view, (x, size[1] / 3), (x, size[1] / 2))
        drag(view, (x, size[1] - 4), (x + 30, size[1] - 4))
        view.words_at(QPointF(x, size[1] / 2))
    QTest.keyClick(view, KEY.Key_Right, ALT)
    for key in (KEY.Key_Up, KEY.Key_Delete, KEY.Key_Escape):
        QTest.keyClick(view, key)
    seen(view)


# --- hands -----------------------------------------------------------------------------------------------


def test_a_drag_along_an_axis_brushes_it_live(page):
    view = page.view
    drag(view, *(on_axis(view, "learning_rate", share) for share in (0.4, 0.5, 0.6)))
    names, stretches = zip(*page.told, strict=True)
    assert set(names) == {"learning_rate"}
    assert len(stretches) == 2
    assert stretches[-1] == pytest.approx((0.4, 0.6), abs=0.01)
    assert page.lit == [1]


def test_a_stretch_is_moved_and_its_ends_are_dragged(page):
    view = page.view
    page.brush("beta", (0.3, 0.5))
    drag(view, on_axis(view, "beta", 0.4), on_axis(view, "beta", 0.6))
    assert page.brushes["beta"] == pytest.approx((0.5, 0.7), abs=0.01)
    drag(view, on_axis(view, "beta", 0.7), on_axis(view, "beta", 0.95))
    assert page.brushes["beta"] == pytest.approx((0.5, 0.95), abs=0.01)
    drag(view, on_axis(view, "beta", 0.5), on_axis(view, "beta", 0.2))
    assert page.brushes["beta"] == pytest.approx((0.2, 0.95), abs=0.01)
    drag(view, on_axis(view, "beta", 0.6), (on_axis(view, "beta", 0)[0], 2000))  # no further than the axis
    assert page.brushes["beta"] == pytest.approx((0, 0.75), abs=0.01)


def test_another_drag_off_the_stretch_makes_a_new_one(page):
    page.brush("beta", (0.1, 0.3))
    drag(page.view, on_axis(page.view, "beta", 0.6), on_axis(page.view, "beta", 0.9))
    assert page.brushes["beta"] == pytest.approx((0.6, 0.9), abs=0.01)


def test_a_click_off_the_stretch_clears_it(page):
    page.brush("beta", (0.1, 0.3))
    click(page.view, *on_axis(page.view, "beta", 0.2))  # on it
    assert "beta" in page.brushes
    click(page.view, *on_axis(page.view, "beta", 0.8))
    assert page.told[-1] == ("beta", None)
    assert page.lit == [0, 1, 2, 3, 4]


def test_of_separate_values_whole_cells_are_brushed(page):
    view = page.view
    drag(view, on_axis(view, "layers", 0.45), on_axis(view, "layers", 0.55))
    assert page.brushes["layers"] == pytest.approx((1 / 3, 2 / 3))
    assert page.lit == [1]
    drag(view, on_axis(view, "layers", 0.5), on_axis(view, "layers", 0.8))
    assert page.brushes["layers"] == pytest.approx((2 / 3, 1))
    assert page.lit == [2, 4]


def test_cells_of_whole_numbers_on_a_logarithmic_axis_are_those_that_round_to_them():
    dimension = Space({"layers": Axis(low=1, high=4, scale="log")}).dimensions[0]
    cells = UprightAxis("layers", dimension).cells
    assert cells[[0, -1]].tolist() == [0, 1]
    for value, (low, high) in enumerate(itertools.pairwise(cells), start=1):
        assert {dimension.value(low + 1e-9), dimension.value(high - 1e-9)} == {value}


@pytest.mark.parametrize(
    ("name", "stretch", "words"),
    [
        ("learning_rate", (0.25, 0.5), "0.001 to 0.01"),
        ("beta", (0.0, 1.0), "0.5 to 0.999"),
        ("layers", (1 / 3, 1.0), "2 to 3"),
        ("layers", (0.2, 0.6), "2"),  # of what was brushed elsewhere: what lights up
        ("layers", (0.2, 0.3), "none"),
        (SCORE, (0.5, 0.83333), "0.5 to 0.833"),
    ],
)
def test_a_stretch_in_words(name, stretch, words):
    assert upright_axes(FIVE)[name].words(stretch) == words


def test_the_top_of_the_score_includes_the_best(page):
    view = page.view
    x, y = on_axis(view, SCORE, 0.4)
    drag(view, (x, y), (x, 0))
    assert page.told[-1][0] == SCORE
    assert page.brushes[SCORE][1] == 0.9
    assert page.brushes[SCORE][0] == pytest.approx(0.66, abs=0.01)
    assert page.lit == [1, 2]


def test_a_click_near_a_line_picks_its_trial(page):
    for row in range(5):
        x, y = on_line(page.view, row, 2.7)
        click(page.view, x, y + 2)
    assert page.picked == [0, 1, 2, 3, 4]
    QTest.mouseClick(page.view, RIGHT, pos=QPoint(*map(round, on_line(page.view, 0, 2.7))))
    click(page.view, 4, 4)
    assert len(page.picked) == 5
    assert not page.told


def test_of_lines_that_cross_the_one_that_is_lit_is_meant(qtbot):
    trials = columns(((0.2, 0.5, 0.5), 0.5), ((0.21, 0.51, 0.5), 0.9))
    page = Page(board(qtbot, trials), trials)
    page.view.show_lit(np.array([False, True]))
    click(page.view, *on_line(page.view, 0, 0.5))
    assert page.picked == [1]


def test_pointing_says_what_a_line_is(page):
    view = page.view
    x, y = on_line(view, 1, 0.5)
    move(view, x, y)
    assert view.cursor().shape() == Qt.CursorShape.PointingHandCursor
    assert has_colour(near(seen(view), x, y, 2), DARK.accent, 60) > 3
    at = QPoint(round(x), round(y))
    QApplication.sendEvent(view, QHelpEvent(QHelpEvent.Type.ToolTip, at, view.mapToGlobal(at)))
    assert QToolTip.text() == "Trial 1: the best, accuracy 0.9\nα 0.01, β 0.9981, layers 2"
    QToolTip.hideText()
    assert view.words_at(QPointF(*on_line(view, 3, 2.6))).startswith("Trial 3: diverged\n")
    assert view.words_at(QPointF(4, 4)) == ""
    move(view, *on_axis(view, "beta", 0.5))
    assert view.cursor().shape() == Qt.CursorShape.CrossCursor
    page.brush("beta", (0.3, 0.7))
    move(view, *on_axis(view, "beta", 0.7))
    assert view.cursor().shape() == Qt.CursorShape.SizeVerCursor


def test_a_title_is_dragged_to_move_its_axis(page):
    view = page.view
    frame = frame_of(view)
    below = frame.plot.bottom() + frame.unit
    drag(view, (frame.x(SCORE), below), (frame.x("beta") + 4, below))
    assert view.order() == ["learning_rate", SCORE, "beta", "layers"]
    drag(view, on_axis(view, "beta", 0.5), on_axis(view, "beta", 0.9))
    assert page.told[-1][0] == "beta"
    view.show_trials(many(4))  # a search that goes on does not undo it
    assert view.order() == ["learning_rate", SCORE, "beta", "layers"]


def test_a_double_click_on_a_title_turns_its_axis_over(page):
    view = page.view
    frame = frame_of(view)
    low, high = on_line(view, 0, 1)[1], on_line(view, 1, 1)[1]
    assert low > high
    QTest.mouseDClick(
        view, Qt.MouseButton.LeftButton, pos=QPoint(round(frame.x("beta")), round(frame.plot.bottom() + 12))
    )
    assert on_line(view, 0, 1)[1] < on_line(view, 1, 1)[1]
    drag(view, on_axis(view, "beta", 0.8), on_axis(view, "beta", 0.95))
    assert page.brushes["beta"] == pytest.approx((0.8, 0.95), abs=0.01)
    assert page.lit == [1]


# --- keys ------------------------------------------------------------------------------------------------


def test_axes_are_brushed_with_the_keys_alone(page):
    view = page.view
    assert view.accessibleName() == "Parallel coordinates"
    press(KEY.Key_Right, ALT)
    assert view.accessibleName() == "Parallel coordinates: learning rate, all of it"
    press(KEY.Key_Up)  # around the best tenth: the trial at 0.5
    low, high = page.brushes["learning_rate"]
    assert low <= 0.5 <= high
    assert page.lit == [1]
    press(KEY.Key_Up, SHIFT)
    press(KEY.Key_Up, SHIFT)
    assert page.brushes["learning_rate"][1] == pytest.approx(high + 0.04)
    press(KEY.Key_Down)
    assert page.brushes["learning_rate"] == pytest.approx((low - 0.02, high + 0.02))
    assert view.accessibleName() == "Parallel coordinates: learning rate, 0.00759 to 0.0132"
    press(KEY.Key_Delete)
    assert page.told[-1] == ("learning_rate", None)
    press(KEY.Key_Left, ALT)  # there is none further left
    press(KEY.Key_Right, ALT)
    press(KEY.Key_Right, ALT)
    press(KEY.Key_Down)
    assert page.brushes == {"layers": pytest.approx((1 / 3, 2 / 3))}
    press(KEY.Key_Up)
    assert page.brushes == {"layers": pytest.approx((2 / 3, 1))}
    press(KEY.Key_Up)
    assert page.brushes == {"layers": pytest.approx((2 / 3, 1))}
    press(KEY.Key_Escape)
    assert page.brushes == {}


def test_the_chosen_axis_is_shown_by_its_title(page):
    view = page.view
    frame = frame_of(view)
    x, y = frame.x("beta"), frame.plot.bottom() + 1.2 * frame.unit
    assert has_colour(near(seen(view), x, y, 8), DARK.accent, 60) == 0
    press(KEY.Key_Right, ALT)
    press(KEY.Key_Right, ALT)
    assert has_colour(near(seen(view), x, y, 8), DARK.accent, 60) > 8


def test_up_goes_up_on_an_axis_that_is_turned_over_too(page):
    view = page.view
    press(KEY.Key_Right, ALT)
    press(KEY.Key_Up, CTRL)
    page.brush("learning_rate", (0.4, 0.6))
    press(KEY.Key_Up)
    assert page.brushes["learning_rate"] == pytest.approx((0.38, 0.58))
    press(KEY.Key_Up, SHIFT)
    assert page.brushes["learning_rate"] == pytest.approx((0.36, 0.58))
    press(KEY.Key_Right, CTRL)
    assert view.order()[:2] == ["beta", "learning_rate"]


def test_keys_without_a_use_go_to_whoever_is_around(qtbot):
    heard = []
    around = QWidget()
    around.keyPressEvent = lambda event: heard.append(event.key())
    qtbot.addWidget(around)
    layout = QVBoxLayout(around)
    layout.addWidget(view := board(qtbot))
    page = Page(view, FIVE)
    with qtbot.waitExposed(around):
        around.show()
    for key in (KEY.Key_Space, KEY.Key_Escape, KEY.Key_Up, KEY.Key_Delete):
        QTest.keyClick(view, key)
    QTest.keyClick(view, KEY.Key_Right, ALT)
    for key in (KEY.Key_Escape, KEY.Key_Left, KEY.Key_Right):  # nothing to clear there; and time
        QTest.keyClick(view, key)
    assert [key for key in heard if key != KEY.Key_Alt] == [
        KEY.Key_Space, KEY.Key_Escape, KEY.Key_Up, KEY.Key_Delete, KEY.Key_Escape, KEY.Key_Left,
        KEY.Key_Right,
    ]  # fmt: skip
    assert not page.told
    QTest.keyClick(view, KEY.Key_Right, ALT)
    assert "momentum" in view.accessibleName()


def test_it_is_said_to_those_who_do_not_see_it(qtbot):
    view = board(qtbot)
    assert view.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert "5 trials. Trial 1: the best, accuracy 0.9" in view.accessibleDescription()
    assert "Alt with left and right" in view.accessibleDescription()
    assert "Delete clears" in view.accessibleDescription()
    view.show_lit(np.array([True, False, False, False, False]))
    assert view.summary == "1 of 5 trials"
    assert board(qtbot, columns()).summary == "no trials yet"
