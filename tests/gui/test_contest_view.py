"""Random against grid, and luck: checked by what must be seen, and by hands and keys."""

from __future__ import annotations

import numpy as np
import pytest
from driving import ALT, KEY, LEFT, PLAIN, RIGHT, array, drag, has_colour, move, near, rgb, seen
from PyQt6.QtCore import QPoint, QRectF, QSize, Qt
from PyQt6.QtTest import QTest
from searches import shown, themes

from gui.theme import DARK
from gui.tune.contest_view import ContestView
from gui.tune.figures import chance_words
from gui.tune.luck_view import LuckView
from landscape.tuning.contest import cells_of, contest
from landscape.tuning.samplers import grid_places, grid_shape, luck, random_places
from landscape.tuning.space import Axis, Space

SIZE = QSize(700, 360)
AREA = QRectF(0, 0, 700, 360)


def plan(trials=9, x="learning_rate", y="beta", seed=0):
    axes = {dimension.name: dimension for dimension in Space({x: Axis(), y: Axis()}).dimensions}
    both = (axes[x], axes[y])
    grid = grid_places(both, grid_shape(both, trials))
    return (*both, grid, random_places(both, seed, 0, len(grid)))


def board(qtbot, theme=DARK, scale=1.0, size=SIZE, trials=9, width=0.1, **axes) -> ContestView:
    view = ContestView()
    qtbot.addWidget(view)
    view.resize(size)
    view.set_theme(theme, scale)
    x, y, grid, random = plan(trials, **axes)
    view.show_plan(x, y, grid, random)
    view.show_width(width)
    view.show_contest(contest(grid[:, 0], len(grid), width, 4000, 0, cells_of(x)))
    return view


def wired(view: ContestView) -> list[float]:
    """As the page does it: what is asked for is shown."""
    asked: list[float] = []
    view.widthEdited.connect(asked.append)
    view.widthEdited.connect(view.show_width)
    return asked


def picture(view):
    return array(view.render_image(view.size()))


def pixel(view: ContestView, side: int, x: float, y: float = 0.9) -> tuple[float, float]:
    plot = view.plot_area(QRectF(view.rect()), side)
    return plot.left() + x * plot.width(), plot.bottom() - y * plot.height()


# --- what is seen -------------------------------------------------------------------------------------


@themes
def test_hits_are_stars_and_all_others_are_discs(qtbot, theme):
    view = board(qtbot, theme)
    image = picture(view)
    for side in (0, 1):
        hits, places = view.hits(side), view._trials[side]
        low, high = view.good
        for (x, y), hit in zip(places, hits, strict=True):
            assert hit == (low <= x < high)
            at = near(image, *pixel(view, side, x, y), 1)
            assert has_colour(at, theme.accent if hit else theme.dim, 40)
    assert view.hits(1).any()


@themes
def test_the_good_part_is_a_band_of_both_plots(qtbot, theme):
    view = board(qtbot, theme)
    image = picture(view)
    for side in (0, 1):
        for end in view.good:  # an edge in the colour of what can be dragged
            x, y = pixel(view, side, end, 0.5)
            assert has_colour(near(image, x, y, 3), theme.accent, 40) > 8
        inside, outside = (pixel(view, side, x, 0.98) for x in (view.middle + 0.03, view.middle + 0.1))
        colours = [image[round(y), round(x)] for x, y in (inside, outside)]
        assert (colours[0] != colours[1]).any()


def test_a_grid_stands_under_few_places_of_the_curve_and_random_under_as_many_as_trials(qtbot):
    """Ticks stand on the curve's foot, one for each value that was tried."""
    view = board(qtbot, size=QSize(1400, 700), width=0.02)
    image = picture(view)
    area = QRectF(0, 0, 1400, 700)
    for side, count in ((0, 3), (1, 9)):
        plot = view.plot_area(area, side)
        strip = view._strip(plot, view._unit(area))
        row = image[round(strip.bottom() - 0.25 * view._unit(area)), round(plot.left()) : round(plot.right())]
        ink = (np.abs(row - rgb(DARK.card)).max(axis=1) > 60).astype(int)
        runs = int((np.diff(ink, prepend=0) == 1).sum())
        # and the two slopes of the curve, and the two edges of the band; two ticks may touch
        assert count + 3 <= runs <= count + 4


def test_the_curve_is_highest_where_the_good_part_is(qtbot):
    view = board(qtbot)
    picture_before = picture(view)
    for middle in (0.2, 0.5, 0.8):
        view._move_to(middle)
        plot = view.plot_area(AREA, 0)
        strip = view._strip(plot, view._unit(AREA))
        top = picture(view)[round(strip.top()) : round(strip.top()) + 3]
        bright = [x for x in range(350) if has_colour(top[:, x], DARK.text, 60)]
        assert np.mean(bright) == pytest.approx(plot.left() + middle * plot.width(), abs=2)
    assert (picture(view) != picture_before).any()


def test_below_each_plot_stands_how_likely_a_hit_is(qtbot):
    view = board(qtbot)
    assert view.tried(0) == "9 trials, 3 different learning rates"
    assert view.tried(1) == "9 trials, 9 different learning rates"
    chance, what, observed = view.chances(0)
    assert (chance, what) == ("0.333", "chance to hit the good tenth")
    assert observed.startswith("seen 0.3")
    assert observed.endswith("in 4,000")
    assert view.chances(1)[0] == "0.613"
    words = view.accessibleDescription()
    assert "Grid: 9 trials, 3 different learning rates; chance to hit the good tenth 0.333" in words
    assert "Alt with left and right" in words


@pytest.mark.parametrize(
    ("width", "words"), [(0.05, "twentieth"), (0.25, "quarter"), (0.123, "12.3 %"), (0.5, "half")]
)
def test_the_good_part_has_a_name(qtbot, width, words):
    assert board(qtbot, width=width).chances(0)[1] == f"chance to hit the good {words}"


def test_while_chances_are_found_none_is_shown(qtbot):
    view = board(qtbot)
    view.show_contest(None)
    assert view.chances(0)[0] == "…"
    assert picture(view).any()


def test_a_grid_that_cannot_miss_is_certain_and_chance_never_is(qtbot):
    view = board(qtbot, trials=400, width=0.3)
    assert view.chances(0)[0] == "1"
    assert view.chances(1)[0] == "> 0.99999"


def test_separate_values_are_counted_as_often_as_there_are(qtbot):
    view = board(qtbot, trials=15, x="batch_size", y="layers")
    assert view.tried(0) == "15 trials, 5 different mini-batch sizes"
    assert view.tried(1).startswith("15 trials, ")
    assert int(view.tried(1).split()[2]) <= 5
    for column, count in ((0, 5), (1, 3)):
        assert set((view._trials[1][:, column] * count * 2).round(6)) <= {1.0, 3.0, 5.0, 7.0, 9.0}


def test_one_value_is_said_in_the_singular(qtbot):
    view = board(qtbot, trials=1, x="beta", y="learning_rate")
    assert view.tried(0) == "1 trial, 1 different value of momentum"
    assert board(qtbot, trials=9, x="beta", y="learning_rate").tried(0).endswith("values of momentum")


# --- hands and keys -----------------------------------------------------------------------------------


def test_the_good_part_is_dragged_by_what_it_was_taken_by(qtbot):
    view = shown(qtbot, board(qtbot))
    asked = wired(view)
    for side in (0, 1):
        view._move_to(0.5)
        drag(view, pixel(view, side, 0.51), pixel(view, side, 0.6), pixel(view, side, 0.71))
        assert view.middle == pytest.approx(0.7, abs=0.01)
        drag(view, pixel(view, side, 0.71), pixel(view, side, 5))  # no further than the axis
        assert view.good[1] == pytest.approx(1)
    assert asked == []


def test_a_click_beside_it_brings_it_there(qtbot):
    view = shown(qtbot, board(qtbot))
    drag(view, pixel(view, 0, 0.2))
    assert view.middle == pytest.approx(0.2, abs=0.01)


def test_an_edge_is_dragged_and_the_page_decides(qtbot):
    view = shown(qtbot, board(qtbot))
    view._move_to(0.5)
    told: list[float] = []
    view.widthEdited.connect(told.append)
    drag(view, pixel(view, 1, 0.55), pixel(view, 1, 0.6))
    assert told[-1] == pytest.approx(0.2, abs=0.01)
    assert view.width_share == 0.1  # nobody said so yet
    asked = wired(view)
    drag(view, pixel(view, 0, 0.45), pixel(view, 0, 0.4), pixel(view, 0, 0.35))
    assert view.width_share == asked[-1] == pytest.approx(0.3, abs=0.01)
    assert view.middle == pytest.approx(0.5)
    drag(view, pixel(view, 0, 0.35), pixel(view, 0, -3))
    assert view.width_share == 0.5  # half at most
    drag(view, pixel(view, 0, view.good[0]), pixel(view, 0, view.middle))
    assert view.width_share == 0.01


def test_elsewhere_and_with_another_button_nothing_is_dragged(qtbot):
    view = shown(qtbot, board(qtbot))
    asked = wired(view)
    before = view.middle
    drag(view, (5, 5), pixel(view, 0, 0.2))
    drag(view, (350, 340), (100, 340))
    drag(view, pixel(view, 0, 0.3), pixel(view, 0, 0.4), button=RIGHT)
    assert view.middle == before
    assert asked == []


def test_the_pointer_says_what_can_be_dragged(qtbot):
    view = shown(qtbot, board(qtbot))
    shapes = Qt.CursorShape
    for x, shape in ((view.good[0], shapes.SizeHorCursor), (view.middle, shapes.PointingHandCursor)):
        move(view, *pixel(view, 0, x))
        assert view.cursor().shape() == shape
    move(view, 4, 4)
    assert view.cursor().shape() == shapes.ArrowCursor


def test_it_is_done_with_the_keys_alone(qtbot):
    view = shown(qtbot, board(qtbot))
    asked = wired(view)
    before, middle = seen(view), view.middle
    QTest.keyClick(view, KEY.Key_Right, ALT)
    assert view.middle > middle
    QTest.keyClick(view, KEY.Key_Left, ALT)
    assert view.middle == pytest.approx(middle)
    QTest.keyClick(view, KEY.Key_Up)
    assert asked == [0.11]
    QTest.keyClick(view, KEY.Key_Down)
    QTest.keyClick(view, KEY.Key_Down)
    assert asked == [0.11, 0.1, 0.09]
    assert (seen(view) != before).any()
    for _ in range(60):
        QTest.keyClick(view, KEY.Key_Left, ALT)
    assert view.good[0] == pytest.approx(0)


def test_other_keys_are_left_to_the_page(qtbot):
    view = shown(qtbot, board(qtbot))
    asked, middle = wired(view), view.middle
    for key in (KEY.Key_Space, KEY.Key_Left, KEY.Key_Right, KEY.Key_Escape):  # time, and leaving
        QTest.keyClick(view, key)
    assert (asked, view.middle) == ([], middle)
    assert view.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert view.accessibleName() == "Random against grid"


# --- whatever comes -----------------------------------------------------------------------------------


def test_without_a_plan_there_is_a_hint_and_nothing_to_drag(qtbot):
    view = ContestView()
    qtbot.addWidget(view)
    view.resize(SIZE)
    view.set_hint("Search at least two hyperparameters to compare.")
    shown(qtbot, view)
    asked = wired(view)
    QTest.mousePress(view, LEFT, PLAIN, QPoint(200, 150))
    move(view, 210, 150, LEFT)
    assert asked == []
    x, y, *_ = plan()
    view.show_plan(x, y, [], [])
    assert (seen(view) != rgb(DARK.card)).any()
    drag(view, (200, 150), (250, 150))


@themes
@pytest.mark.parametrize(("x", "y"), [("learning_rate", "optimizer"), ("batch_norm", "units")])
def test_every_size_is_painted_and_nothing_touches_the_edge(qtbot, theme, x, y):
    for size in ((120, 90), (420, 300), (700, 360), (500, 900), (1500, 900)):
        view = board(qtbot, theme, 1.5, QSize(*size), trials=64, x=x, y=y)
        image = picture(view)
        sides, ends = (image[20:-20, 3:5], image[20:-20, -5:-3]), (image[3:5, 20:-20], image[-5:-3, 20:-20])
        for strip in (*sides, *ends) if size[0] > 120 else ():
            assert (strip == rgb(theme.card)).all()
        left, right = (view.plot_area(QRectF(0, 0, *size), side) for side in (0, 1))
        assert left.right() < right.left()
        assert left.size() == right.size()
        assert left.height() <= left.width() <= 1.51 * left.height()


def test_ten_thousand_trials_are_drawn(qtbot):
    view = board(qtbot, trials=10_000)
    assert view.tried(0) == "10,000 trials, 100 different learning rates"
    assert picture(view).any()


# --- luck ---------------------------------------------------------------------------------------------


def lucky(qtbot, count, theme=DARK, scale=1.0, size=(420, 260)) -> LuckView:
    view = LuckView()
    qtbot.addWidget(view)
    view.resize(*size)
    view.set_theme(theme, scale)
    view.show_count(count)
    return view


@pytest.mark.parametrize(
    ("count", "chance"),
    [(0, "0"), (1, "0.050"), (60, "0.954"), (236, "0.99999"), (10_000, "> 0.99999"), (-3, "0")],
)
def test_luck_is_said_and_never_rounded_up_to_certainty(qtbot, count, chance):
    view = lucky(qtbot, count)
    trials = "1 random trial" if count == 1 else f"{max(count, 0):,} random trials"
    sentence = f"After {trials} the chance that at least one lies in the best 5 % is {chance}"
    assert view.sentence == view.accessibleDescription() == sentence


@themes
@pytest.mark.parametrize("count", [1, 60, 10_000])
def test_the_mark_is_where_the_search_is_on_the_curve(qtbot, theme, count):
    view = lucky(qtbot, count, theme)
    image = picture(view)
    plot = view.plot_area(QRectF(view.rect()))
    at = view.pixel(plot, count, luck(count))
    assert has_colour(near(image, at.x(), at.y(), 2), theme.text, 60) > 8
    assert plot.left() <= at.x() <= plot.right()
    # and the curve passes to its left, below it
    before = view.pixel(plot, max(count * 0.5, 1), luck(max(count // 2, 1)))
    assert before.x() <= at.x()
    assert before.y() >= at.y()


@themes
def test_luck_is_painted_at_every_size(qtbot, theme):
    for size in ((120, 90), (260, 160), (900, 500)):
        for count in (0, 1, 236, 1_000_000):
            image = picture(lucky(qtbot, count, theme, 1.5, size))
            for strip in (image[20:-20, 3:5], image[20:-20, -5:-3]) if size[0] > 120 else ():
                assert (strip == rgb(theme.card)).all()


@pytest.mark.parametrize("chance", [0.0, 0.1, 0.9994, 0.9995, 0.99999, 1 - 1e-6, 1 - 1e-9, 1.0])
def test_chances_in_digits_are_close_and_not_above(chance):
    words = chance_words(chance)
    assert float(words.removeprefix("> ")) <= chance + 5e-4
    assert float(words.removeprefix("> ")) == pytest.approx(chance, abs=6e-4)
    assert words != "1.000"
