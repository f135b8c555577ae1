"""The learning curves of a search, checked by what must be seen in them and by hands on them."""

from __future__ import annotations

import numpy as np
import pytest
from driving import KEY, RIGHT, array, click, drag, has_colour, near, seen
from PyQt6.QtCore import QPoint, QSize, Qt
from PyQt6.QtGui import QColor, QHelpEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QToolTip
from searches import AREA, EPOCHS, SIZE, chart, heard, level, many, search, shown, some, themes

from gui.theme import DARK, LIGHT
from gui.tune.curve_mass import crowd
from gui.tune.curves_view import CurvesView
from landscape.tuning.selection import SCORE


def place(view: CurvesView, epoch: float, accuracy: float) -> tuple[float, float]:
    """Where a point of a curve is: worked out from the ends of the axes."""
    plot, (low, high) = view.plot_area(AREA), view.ends
    return (
        plot.left() + epoch / EPOCHS * plot.width(),
        plot.bottom() - (accuracy - low) / (high - low) * plot.height(),
    )


@themes
def test_the_best_stands_out_and_is_named(qtbot, theme):
    view = chart(qtbot, CurvesView, some(), theme)
    picture = array(view.render_image(SIZE))
    assert has_colour(near(picture, *place(view, 5.5, 0.9), 4), theme.warning)
    assert not has_colour(near(picture, *place(view, 5.5, 0.7), 4), theme.warning)
    x, y = place(view, EPOCHS, 0.9)
    over = picture[round(y) - 30 : round(y) - 6, round(x) - 120 : round(x)]
    assert has_colour(over, theme.warning, 60) > 60  # the words over its end
    assert view.accessibleDescription().startswith("7 trials. Trial 3: the best, accuracy 0.9")


@themes
def test_ends_are_told_apart_without_colour(qtbot, theme):
    """A ring, a cross, a bar and a crossed ring: no two of them cover the same pixels."""
    view = chart(qtbot, CurvesView, some(), theme)
    picture, ground = array(view.render_image(SIZE)), QColor(theme.card)
    marks = []
    for epoch, accuracy in ((4, 0.6), (2, 0.1), (5, 0.3), (3, 0.2)):
        part = near(picture, *place(view, epoch, accuracy), 7)[:, 7:]  # to the right the curve has ended
        marks.append(np.abs(part - np.array(ground.getRgb()[:3])).max(axis=2) > 80)
    for k, mark in enumerate(marks):
        assert mark.any(), k
        for other in marks[:k]:
            assert (mark ^ other).sum() > 4


def test_nothing_goes_on_where_a_trial_has_ended(qtbot):
    view = chart(qtbot, CurvesView, search(("diverged", level(0.55, 3)), ("complete", level(0.9))))
    picture = array(view.render_image(SIZE))
    before = near(picture, *place(view, 2.5, 0.55), 5)
    after = near(picture, *place(view, 6.5, 0.55), 5)
    assert np.ptp(before, axis=(0, 1)).max() > np.ptp(after, axis=(0, 1)).max()


@themes
def test_what_does_not_light_up_is_faint(qtbot, theme):
    view = chart(qtbot, CurvesView, some(), theme)
    ground = np.array(QColor(theme.card).getRgb()[:3])

    def strength(accuracy: float) -> int:
        return int(
            np.abs(near(array(view.render_image(SIZE)), *place(view, 5.5, accuracy), 3) - ground).max()
        )

    all_lit = strength(0.5)
    view.show_lit(np.array([False, False, True, True, False, False, False]))
    assert 8 < strength(0.5) < 0.6 * all_lit
    assert strength(0.7) > strength(0.5)
    assert "2 of 7 trials light up" in view.accessibleDescription()


@themes
def test_the_picked_one_is_in_the_accent(qtbot, theme):
    view = chart(qtbot, CurvesView, some(), theme)
    x, y = place(view, 5.5, 0.5)
    before = has_colour(near(array(view.render_image(SIZE)), x, y, 4), theme.accent, 12)
    view.show_picked(0)
    assert has_colour(near(array(view.render_image(SIZE)), x, y, 4), theme.accent, 12) > before
    assert view.accessibleName().startswith("Learning curves: Trial 0: accuracy 0.5")
    view.show_picked(None)
    assert view.accessibleName() == "Learning curves"


def test_the_best_is_still_orange_when_it_is_picked(qtbot):
    view = chart(qtbot, CurvesView, some())
    view.show_picked(3)
    part = near(array(view.render_image(SIZE)), *place(view, 5.5, 0.9), 5)
    assert has_colour(part, DARK.warning, 60)
    assert has_colour(part, DARK.accent, 60)


def test_a_click_near_a_curve_picks_it(qtbot):
    view = shown(qtbot, chart(qtbot, CurvesView, some()))
    found, cleared = heard(view.trialPicked), heard(view.brushed)
    for epoch, accuracy in ((5.5, 0.5), (1, 0.1), (7.3, 0.9), (4, 0.6), (5, 0.3)):
        x, y = place(view, epoch, accuracy)
        click(view, x + 1, y + 4)
    assert found == [0, 1, 3, 4, 5]
    click(view, *place(view, 8, 0.2))  # the failed one has ended long before
    drag(view, place(view, 5.5, 0.5), button=RIGHT)
    assert len(found) == 5
    assert not cleared
    assert view.picked is None  # it waits to be told


def test_of_two_curves_the_lit_one_is_meant(qtbot):
    view = shown(qtbot, chart(qtbot, CurvesView, search(("complete", level(0.5)), ("complete", level(0.51)))))
    found = heard(view.trialPicked)
    x, y = place(view, 5, 0.5)
    click(view, x, y)
    view.show_lit(np.array([False, True]))
    click(view, x, y)
    assert found == [0, 1]


def test_dragging_upright_brushes_scores(qtbot):
    view = shown(qtbot, chart(qtbot, CurvesView, some()))
    found, picked = heard(view.brushed), heard(view.trialPicked)
    start, halfway, end = (place(view, 9, accuracy) for accuracy in (0.8, 0.7, 0.4))
    drag(view, start, halfway, end)
    assert not picked
    names, stretches = zip(*found, strict=True)
    assert set(names) == {SCORE}
    assert stretches[0] == pytest.approx((0.7, 0.8), abs=0.01)  # live
    assert stretches[-1] == pytest.approx((0.4, 0.8), abs=0.01)
    assert view.brush.stretch is None  # not before it is told
    before = seen(view)
    view.show_brushes({SCORE: stretches[-1], "beta": (0.1, 0.2)})
    changed = np.abs(seen(view) - before).max(axis=2) > 4
    rows = np.flatnonzero(changed.any(axis=1))
    assert rows.min() == pytest.approx(start[1], abs=2)
    assert rows.max() == pytest.approx(end[1], abs=2)
    drag(view, place(view, 9, 0.5), (start[0], 448))  # beyond the lower edge
    assert found[-1][1] == pytest.approx((0.0, 0.5), abs=0.01)


@pytest.mark.parametrize("key", [KEY.Key_Escape, KEY.Key_Delete, KEY.Key_Backspace])
def test_a_stretch_is_cleared_by_key_or_by_a_click_beside_all_curves(qtbot, key):
    view = shown(qtbot, chart(qtbot, CurvesView, some()))
    found = heard(view.brushed)
    QTest.keyClick(view, key)  # there is none
    click(view, *place(view, 8, 0.4))
    assert not found
    view.show_brushes({SCORE: (0.4, 0.6)})
    QTest.keyClick(view, key)
    click(view, *place(view, 8, 0.4))
    assert found == [(SCORE, None)] * 2


def test_up_and_down_go_from_better_to_worse(qtbot):
    view = shown(qtbot, chart(qtbot, CurvesView, some()))
    found = heard(view.trialPicked)
    view.trialPicked.connect(view.show_picked)
    for key in (KEY.Key_Down, KEY.Key_Down, KEY.Key_Down, KEY.Key_Down, KEY.Key_Up, KEY.Key_Right):
        QTest.keyClick(view, key)
    assert found == [3, 2, 4, 0, 4]  # the first key goes to the best; sideways there is nothing
    view.show_lit(np.array([True, True, False, True, False, False, False]))
    QTest.keyClick(view, KEY.Key_Up)
    QTest.keyClick(view, KEY.Key_Up)  # there is none better
    assert found[5:] == [3]
    QTest.keyClick(view, KEY.Key_Down, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(view, KEY.Key_Down)  # those without a score come last
    assert found[6:] == [0, 1]
    view.show_lit(np.zeros(7, bool))
    view.show_picked(None)
    QTest.keyClick(view, KEY.Key_Down)
    assert found[8:] == []


def test_tooltip_says_which_trial_is_meant(qtbot):
    view = shown(qtbot, chart(qtbot, CurvesView, some()))
    at = QPoint(*map(round, place(view, 6, 0.7)))
    QApplication.sendEvent(view, QHelpEvent(QHelpEvent.Type.ToolTip, at, view.mapToGlobal(at)))
    assert QToolTip.text().startswith("Trial 2: accuracy 0.7")
    away = QPoint(*map(round, place(view, 6, 0.8)))
    QApplication.sendEvent(view, QHelpEvent(QHelpEvent.Type.ToolTip, away, view.mapToGlobal(away)))
    qtbot.waitUntil(lambda: not QToolTip.isVisible(), timeout=3000)


def test_tab_leads_to_it_and_a_ring_says_so(qtbot):
    view = shown(qtbot, chart(qtbot, CurvesView, some()))
    assert view.focusPolicy() & Qt.FocusPolicy.TabFocus
    before = seen(view)
    view.clearFocus()
    view.setFocus(Qt.FocusReason.TabFocusReason)
    edge = (seen(view) != before)[:, :4].any(axis=(1, 2))
    assert edge.sum() > 0.9 * view.height()


EDGES = {
    "no trials": search(),
    "one": search(("complete", level(0.5))),
    "all equal": search(*[("complete", level(1.0))] * 30),
    "all at nothing": search(*[("complete", level(0.0))] * 3),
    "all diverged": search(*[("diverged", level(0.1, 1))] * 200),
    "only begun": search(*[("running", [0.1])] * 5),
    "nothing yet": search(*[("running", [])] * 5),
    "nan": search(("diverged", [0.1, 0.2, float("nan"), 0.3]), ("failed", [float("nan")] * 3)),
    "many": many(500),
}


@themes
@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.parametrize("columns", EDGES.values(), ids=EDGES)
def test_bad_and_empty_searches(qtbot, theme, scale, columns):
    for size in (SIZE, QSize(420, 300), QSize(130, 100)):
        view = chart(qtbot, CurvesView, columns, theme, scale, size)
        view.set_hint("Press play.")
        found, picked = heard(view.brushed), heard(view.trialPicked)
        shown(qtbot, view)
        click(view, 60, 60)
        for key in (KEY.Key_Up, KEY.Key_Down, KEY.Key_Left, KEY.Key_Escape):
            QTest.keyClick(view, key)
        view.show_picked(picked[0] if picked else 3)
        view.show_lit(np.zeros(len(columns), bool))
        view.show_brushes({SCORE: (0.2, 0.4)})
        assert not view.render_image(size).isNull()
        assert not view.grab().isNull()
        assert not found
        view.close()


def test_a_hint_stands_where_there_is_no_trial_yet(qtbot):
    view = chart(qtbot, CurvesView, search())
    before = array(view.render_image(SIZE))
    view.set_hint("Press play (Space): 64 models will be trained.")
    assert (array(view.render_image(SIZE)) != before).any()
    assert "no trials yet" in view.accessibleDescription()


def test_nothing_touches_the_edge(qtbot):
    for scale in (1.0, 1.5):
        view = chart(qtbot, CurvesView, some(), LIGHT, scale, QSize(420, 300))
        view.show_picked(1)
        picture = array(view.render_image(QSize(420, 300)))
        for strip in (picture[20:-20, :4], picture[20:-20, -4:], picture[-3:, 20:-20], picture[:3, 20:-20]):
            assert (strip == 255).all()


def test_many_are_drawn_quickly_first_and_finely_later(qtbot):
    view = shown(qtbot, chart(qtbot, CurvesView, many(3000)))
    view.show_lit(view.columns.score > 0.3)
    quick = seen(view)
    qtbot.waitUntil(lambda: (seen(view) != quick).any(), timeout=3000)
    fine = seen(view)
    qtbot.wait(400)
    assert (seen(view) == fine).all()
    x, y = place(view, 9.5, 0.6)
    for picture in (quick, fine):  # both show where the lit ones are, and that others are faint
        lit, faint = near(picture, x, y, 9), near(picture, *place(view, 9.5, 0.2), 9)
        assert lit[..., 2].mean() > 1.5 * faint[..., 2].mean()


def test_the_mass_counts_every_curve():
    """Against the slow way: each curve, column by column."""
    random = np.random.default_rng(1)
    heights, steps = random.uniform(0, 30, (40, 4)), random.integers(0, 16, 40)
    heights[3, 2] = np.nan
    gap, rows, thick = 5, 30, 2
    count, mean = crowd(heights, steps, gap, rows, thick)
    slow, total = np.zeros((rows, 3 * gap)), np.zeros((rows, 3 * gap))
    for curve, step in zip(heights.astype(np.float32), steps, strict=True):
        for column in range(3 * gap):
            k, place = divmod(column, gap)
            ends = [curve[k] + (curve[k + 1] - curve[k]) * np.float32(at / gap) for at in (place, place + 1)]
            if np.isfinite(ends).all():
                covered = slice(int(min(ends)), int(max(ends)) + thick)
                slow[covered, column] += 1
                total[covered, column] += step
    assert (count == slow).all()
    assert mean == pytest.approx(total / np.maximum(slow, 1))
