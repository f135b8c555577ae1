"""The course of a search, checked by what must be seen in it and by hands on it."""

from __future__ import annotations

import numpy as np
import pytest
from driving import ALT, KEY, RIGHT, array, click, drag, has_colour, near, seen
from PyQt6.QtCore import QPoint, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QHelpEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QToolTip
from searches import AREA, SIZE, chart, heard, level, many, search, shown, some, themes

from gui.theme import DARK, LIGHT, PROJECTOR
from gui.tune.curves_view import CurvesView
from gui.tune.history_view import LANE, HistoryView
from landscape.tuning.selection import SCORE, Columns


def place(view: HistoryView, number: float, accuracy: float | None) -> tuple[float, float]:
    """Where a trial is, worked out from the ends of the axes; without an accuracy, in the lane."""
    plot, (low, high) = view.plot_area(AREA), view.ends
    x = plot.left() + number / (len(view.columns) - 1) * plot.width()
    if accuracy is None:
        return x, plot.bottom() + LANE / 2 * plot.unit
    return x, plot.bottom() - (accuracy - low) / (high - low) * plot.height()


def climb() -> Columns:
    """The best so far rises at 0, 2 and 6; the last round has the last four."""
    scores = (0.5, 0.4, 0.7, 0.6, 0.65, 0.55, 0.9, 0.6)
    return search(*(("complete", level(score)) for score in scores), rounds=2)


@themes
def test_the_best_so_far_is_a_flight_of_stairs(qtbot, theme):
    view = chart(qtbot, HistoryView, climb(), theme)
    picture = array(view.render_image(SIZE))
    on = ((1.3, 0.5), (4.5, 0.7), (6.7, 0.9), (2.0, 0.6), (6.0, 0.8))
    off = ((1.3, 0.7), (4.5, 0.5), (4.5, 0.9), (6.7, 0.7), (3.0, 0.65))
    for number, accuracy in on:
        assert has_colour(near(picture, *place(view, number, accuracy), 3), theme.warning), (number, accuracy)
    for number, accuracy in off:
        part = near(picture, *place(view, number, accuracy), 3)
        assert not has_colour(part, theme.warning), (number, accuracy)


@themes
def test_improvements_are_labelled_where_there_is_room(qtbot, theme):
    view = chart(qtbot, HistoryView, climb(), theme)
    picture = array(view.render_image(SIZE))

    def under(number: float, accuracy: float) -> int:
        x, y = (round(value) for value in place(view, number, accuracy))
        return has_colour(picture[y + 4 : y + 24, x + 4 : x + 50], theme.warning, 60)

    assert under(0, 0.5) > 15
    assert under(2, 0.7) > 15
    x, y = (round(value) for value in place(view, 7, 0.9))
    assert has_colour(picture[y - 30 : y - 5, x - 120 : x], theme.warning, 60) > 60  # the best, by its number
    dense = chart(
        qtbot, HistoryView, search(*(("complete", level(0.5 + 0.002 * k)) for k in range(200))), theme
    )
    x, y = (round(value) for value in place(dense, 100, 0.7))
    below = array(dense.render_image(SIZE))[y + 12 : y + 100, x : x + 100]
    assert has_colour(below, theme.warning, 60) == 0


@themes
def test_rounds_are_divided_by_a_line_with_a_name(qtbot, theme):
    one, two = (
        chart(qtbot, HistoryView, columns, theme)
        for columns in (search(*_scores(12)), search(*_scores(12), rounds=2))
    )
    plot = one.plot_area(AREA)
    x = plot.left() + 5.5 / 11 * plot.width()
    before, after = array(one.render_image(SIZE)), array(two.render_image(SIZE))
    changed = np.abs(after - before).max(axis=2) > 8
    columns = changed[round(plot.top()) :].sum(axis=0)  # later rounds are diamonds: leave these out
    assert columns[round(x) - 2 : round(x) + 3].max() > 0.3 * plot.height()
    over = changed[round(plot.top() - 1.6 * plot.unit) : round(plot.top() - 0.3 * plot.unit)]
    assert over[:, round(x) + 4 : round(x) + 50].sum() > 30


@pytest.mark.parametrize("size", [(120, 90), (200, 130), (300, 170), (420, 300), (1200, 500)])
@pytest.mark.parametrize(("theme", "scale"), [(DARK, 1.0), (PROJECTOR, 1.0), (PROJECTOR, 1.5)])
@pytest.mark.parametrize("rounds", [2, 4, 10])
def test_words_do_not_run_into_each_other_or_cover_trials(qtbot, size, theme, scale, rounds):
    random = np.random.default_rng(rounds)
    rise = np.clip(0.3 + 0.6 * (1 - np.exp(-np.arange(60) / 15)) + random.normal(0, 0.12, 60), 0, 0.99)
    view = chart(
        qtbot,
        HistoryView,
        search(*(("complete", level(float(score))) for score in rise), rounds=rounds),
        theme,
    )
    view.set_theme(theme, scale)
    plot = view.plot_area(QRectF(0, 0, *size))
    labels = view.labels(plot)
    for place, label in enumerate(labels):
        assert not any(label.box.intersects(other.box) for other in labels[:place])
        assert label.box.right() <= plot.right() + 1
        assert label.box.top() >= 0
        marks = view._pixels(plot)
        if label.kind == "step":
            assert not any(label.box.contains(*mark) for mark in marks.tolist())
    if size == (1200, 500) and scale == 1:
        kinds = [label.kind for label in labels]
        assert kinds.count("round") >= min(rounds, 5) - 2
        assert "step" in kinds
        assert kinds[0] == "best"


@pytest.mark.parametrize("size", [(120, 90), (200, 118), (210, 116), (300, 140)])
@pytest.mark.parametrize(("theme", "scale"), [(DARK, 1.0), (PROJECTOR, 1.0), (PROJECTOR, 1.5)])
def test_where_there_is_little_room_better_is_still_above_worse(qtbot, size, theme, scale):
    for kind in (HistoryView, CurvesView):
        view = chart(qtbot, kind, climb(), theme, scale)
        plot = view.plot_area(QRectF(0, 0, *size))
        assert plot.height() > 0.3 * size[1]
        assert plot.width() > 0.5 * size[0]
        assert plot.top() > 3.5 * plot.unit  # below the title


def test_a_search_that_always_improves_has_no_words_to_wait_for(qtbot):
    count = 10_000
    view = chart(
        qtbot, HistoryView, search(*(("complete", level(0.5 + 0.4 * k / count)) for k in range(count))), DARK
    )
    labels = view.labels(view.plot_area(QRectF(0, 0, 600, 300)))
    assert [label.kind for label in labels] == ["best"]


def _scores(count: int) -> list[tuple[str, list[float]]]:
    return [("complete", level(0.8 - 0.01 * k)) for k in range(count)]


@themes
def test_what_has_no_score_lies_in_a_lane_of_its_own(qtbot, theme):
    view = chart(qtbot, HistoryView, some(), theme)
    picture = array(view.render_image(SIZE))
    for number, with_score in ((1, False), (6, False), (2, True)):
        part = near(picture, *place(view, number, None), 6)
        assert bool(has_colour(part, theme.warning, 60)) != with_score


@themes
def test_states_are_told_apart_without_colour(qtbot, theme):
    view = chart(qtbot, HistoryView, some(), theme)
    picture, ground = array(view.render_image(SIZE)), np.array(QColor(theme.card).getRgb()[:3])
    # The stopped one is so far below that it lies at the lower edge.
    spots = ((0, 0.5), (1, None), (4, 0.6), (5, view.ends[0]), (6, None))
    marks = [np.abs(near(picture, *place(view, *spot), 4) - ground).max(axis=2) > 80 for spot in spots]
    for k, mark in enumerate(marks):
        assert mark.any(), k
        for other in marks[:k]:
            assert (mark ^ other).sum() > 4


def test_what_is_far_below_is_said_to_be(qtbot):
    columns = search(*[("complete", level(0.9))] * 20, ("complete", level(0.2)), ("complete", level(0.3)))
    view = chart(qtbot, HistoryView, columns)
    assert view.ends[0] > 0.5
    assert view.heading.endswith("2 below 0.85")
    assert not chart(qtbot, HistoryView, climb()).heading.endswith("below")
    found = heard(shown(qtbot, view).brushed)
    plot = view.plot_area(AREA)
    drag(view, (300, plot.center().y()), (300, plot.bottom() + 3))
    assert found[-1][1][0] == 0.0  # what lies at the lower edge is in it


@themes
def test_faint_and_picked_ones(qtbot, theme):
    view = chart(qtbot, HistoryView, climb(), theme)
    ground = np.array(QColor(theme.card).getRgb()[:3])

    def strength(number: int, accuracy: float) -> int:
        part = near(array(view.render_image(SIZE)), *place(view, number, accuracy), 1)
        return int(np.abs(part - ground).max())

    bright = strength(3, 0.6)
    view.show_lit(np.arange(8) != 3)
    assert 8 < strength(3, 0.6) < 0.7 * bright
    before = array(view.render_image(SIZE))
    view.show_picked(3)
    around = near(array(view.render_image(SIZE)) - before, *place(view, 3, 0.6), 12)
    assert (np.abs(around).max(axis=2) > 40).sum() > 40
    assert view.accessibleName().startswith("History of the search: Trial 3: accuracy 0.6")


def test_a_click_picks_a_trial(qtbot):
    view = shown(qtbot, chart(qtbot, HistoryView, some()))
    found, cleared = heard(view.trialPicked), heard(view.brushed)
    for number, accuracy in ((0, 0.5), (1, None), (3, 0.9), (4, 0.6), (6, None)):
        x, y = place(view, number, accuracy)
        click(view, x + 3, y - 2)
    assert found == [0, 1, 3, 4, 6]
    click(view, *place(view, 1.5, 0.8))
    drag(view, place(view, 3, 0.9), button=RIGHT)
    assert len(found) == 5
    assert not cleared
    view.show_brushes({SCORE: (0.4, 0.6)})
    click(view, *place(view, 1.5, 0.8))
    QTest.keyClick(view, KEY.Key_Escape)
    assert cleared == [(SCORE, None)] * 2


def test_dragging_upright_brushes_scores(qtbot):
    view = shown(qtbot, chart(qtbot, HistoryView, some()))
    found, picked = heard(view.brushed), heard(view.trialPicked)
    start, end = place(view, 3, 0.9), place(view, 3, 0.5)
    drag(view, start, end)
    assert not picked
    assert [name for name, _ in found] == [SCORE]
    assert found[0][1] == pytest.approx((0.5, 0.9), abs=0.01)
    before = seen(view)
    view.show_brushes({SCORE: (0.5, 0.9)})
    rows = np.flatnonzero((np.abs(seen(view) - before).max(axis=2) > 4).any(axis=1))
    assert (rows.min(), rows.max()) == pytest.approx((start[1], end[1]), abs=2)


def test_left_and_right_go_from_trial_to_trial(qtbot):
    view = shown(qtbot, chart(qtbot, HistoryView, some()))
    found = heard(view.trialPicked)
    view.trialPicked.connect(view.show_picked)
    QTest.keyClick(view, KEY.Key_Right, ALT)  # the first key goes to the best
    QTest.keyClick(view, KEY.Key_Right, ALT)
    QTest.keyClick(view, KEY.Key_Right, ALT)
    QTest.keyClick(view, KEY.Key_Left, ALT)
    assert found == [3, 4, 5, 4]
    view.show_lit(np.array([True, False, False, False, False, False, True]))
    QTest.keyClick(view, KEY.Key_Left, ALT)
    QTest.keyClick(view, KEY.Key_Left, ALT)  # there is none before
    QTest.keyClick(view, KEY.Key_Right, ALT)
    assert found[4:] == [0, 6]
    view.show_lit(np.ones(7, bool))
    view.show_picked(0)
    QTest.keyClick(view, KEY.Key_Up)
    QTest.keyClick(view, KEY.Key_Down)
    assert found[6:] == [4, 0]  # the next better one, and back


def test_a_key_that_says_nothing_is_left_to_the_window(qtbot):
    view = shown(qtbot, chart(qtbot, HistoryView, some()))
    found = heard(view.trialPicked)
    for key in (KEY.Key_Space, KEY.Key_Return, KEY.Key_Home, KEY.Key_Left, KEY.Key_Right):
        QTest.keyClick(view, key)
    QTest.keyClick(view, KEY.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert not found


def test_tooltip_says_which_trial_it_is(qtbot):
    view = shown(qtbot, chart(qtbot, HistoryView, some()))
    at = QPoint(*map(round, place(view, 1, None)))
    QApplication.sendEvent(view, QHelpEvent(QHelpEvent.Type.ToolTip, at, view.mapToGlobal(at)))
    assert QToolTip.text().startswith("Trial 1: diverged")
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible(), timeout=3000)


EDGES = {
    "no trials": search(),
    "one": search(("complete", level(0.5))),
    "all equal": search(*[("complete", level(1.0))] * 30),
    "all at nothing": search(*[("complete", level(0.0))] * 3),
    "all diverged": search(*[("diverged", level(0.1, 1))] * 200),
    "nothing yet": search(*[("running", [])] * 5),
    "nan": search(("diverged", [0.1, float("nan")]), ("failed", [float("nan")] * 3)),
    "many": many(2500),
}


@themes
@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.parametrize("columns", EDGES.values(), ids=EDGES)
def test_bad_and_empty_searches(qtbot, theme, scale, columns):
    for size in (SIZE, QSize(420, 300), QSize(130, 100)):
        view = chart(qtbot, HistoryView, columns, theme, scale, size)
        view.set_hint("Press play.")
        found, picked = heard(view.brushed), heard(view.trialPicked)
        shown(qtbot, view)
        click(view, 60, 60)
        for key in (KEY.Key_Up, KEY.Key_Down, KEY.Key_Left, KEY.Key_Escape):
            QTest.keyClick(view, key)
        view.show_picked(picked[0] if picked else 3)
        view.show_lit(np.arange(len(columns)) % 2 == 1)
        view.show_brushes({SCORE: (0.2, 0.4)})
        assert not view.render_image(size).isNull()
        assert not view.grab().isNull()
        assert not found
        view.close()


def test_nothing_touches_the_edge(qtbot):
    for scale in (1.0, 1.5):
        view = chart(qtbot, HistoryView, some(), LIGHT, scale, QSize(420, 300))
        picture = array(view.render_image(QSize(420, 300)))
        for strip in (picture[20:-20, :4], picture[20:-20, -4:], picture[-3:, 20:-20], picture[:3, 20:-20]):
            assert (strip == 255).all()


def test_of_many_the_lit_ones_are_told_from_the_faint_ones(qtbot):
    view = shown(qtbot, chart(qtbot, HistoryView, many(4000)))
    view.show_lit(view.columns.number >= 2000)
    plot = view.plot_area(AREA)
    half = seen(view)[round(plot.top()) + 40 : round(plot.bottom()) - 40, :, 2]
    left = half[:, round(plot.left()) + 20 : round(plot.center().x()) - 10]
    right = half[:, round(plot.center().x()) + 10 : round(plot.right()) - 20]
    assert right.mean() > 1.3 * left.mean()
