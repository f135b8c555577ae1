"""The plane of the classes, checked by what must be seen in it and by hands on it."""

from __future__ import annotations

import itertools
import math
import time

import numpy as np
import pytest
from driving import KEY, RIGHT, SHIFT, array, click, drag, has_colour, move, near, rgb, seen
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtTest import QTest

from gui.theme import DARK, LIGHT, PROJECTOR, THEMES, class_looks, contrast
from gui.views.decision_view import DecisionView
from gui.views.shading import borders, region_shades, response_shades

themes = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
SIZE = QSize(520, 520)
XY = np.array([[-0.6, 0.5], [-0.7, -0.4], [0.6, 0.5], [0.5, -0.6]])
ALT = Qt.KeyboardModifier.AltModifier


def halves(sharpness: float = 8.0, n: int = 60, classes: int = 2) -> np.ndarray:
    """Class 0 at the left, class 1 at the right, the border at x = 0."""
    x = np.linspace(-1, 1, n)
    logits = np.full((n, n, classes), -20.0)
    logits[..., 0], logits[..., 1] = -sharpness * x, sharpness * x
    shares = np.exp(logits - logits.max(axis=2, keepdims=True))
    return shares / shares.sum(axis=2, keepdims=True)


def board(qtbot, theme=DARK, scale: float = 1.0, points: bool = True) -> DecisionView:
    view = DecisionView()
    qtbot.addWidget(view)
    view.resize(SIZE)
    view.set_theme(theme, scale)
    view.show_axes("x", "y", (-1.0, 1.0), (-1.0, 1.0))
    view.show_regions(halves())
    if points:
        view.show_points(XY, np.array([0, 0, 1, 1]), np.array([False, True, False, True]), np.zeros(4, bool))
    view.set_note("test time: running averages")
    return view


def shown(qtbot, view: DecisionView) -> DecisionView:
    with qtbot.waitExposed(view):
        view.show()
    return view


def pixel(view: DecisionView, x: float, y: float) -> tuple[float, float]:
    """Where a place is, worked out from the ranges."""
    plot = view.plot_area(QRectF(0, 0, SIZE.width(), SIZE.height()))
    (x0, x1), (y0, y1) = view._x_range, view._y_range
    return (
        plot.left() + plot.width() * (x - x0) / (x1 - x0),
        plot.bottom() - plot.height() * (y - y0) / (y1 - y0),
    )


def nearest_class(colour: np.ndarray, count: int, theme) -> int:
    """Whose hue this is."""
    looks = [rgb(look.colour).astype(float) for look in class_looks(count, theme)]
    away = colour.astype(float) - colour.mean()
    hues = [look - look.mean() for look in looks]
    return int(np.argmax([away @ hue / np.linalg.norm(hue) for hue in hues]))


# --- looks of classes -------------------------------------------------------------------------------


@themes
def test_class_looks_are_told_apart_and_stand_out_from_their_casing(theme):
    looks = class_looks(10, theme)
    assert len({look.shape for look in looks[:7]}) == 7
    assert len({(look.shape, look.colour) for look in looks}) == 10
    assert len({look.colour for look in looks}) == 10
    assert [look.label for look in looks] == list("0123456789")
    for look in looks:
        assert contrast(look.colour, theme.casing) >= 3, look
    assert class_looks(3, theme) == looks[:3]


@pytest.mark.parametrize("count", [0, 1, 2, 11, 40])
def test_any_number_of_classes_has_looks(count):
    assert len(class_looks(count, DARK)) == count


# --- regions ----------------------------------------------------------------------------------------


@themes
def test_a_place_has_the_colour_of_its_class(qtbot, theme):
    picture = array(board(qtbot, theme, points=False).render_image(SIZE))
    view = board(qtbot, theme, points=False)
    for x, y in itertools.product((-0.9, -0.6, -0.4, 0.4, 0.6, 0.9), (-0.8, 0.0, 0.8)):
        px, py = pixel(view, x, y)
        assert nearest_class(picture[round(py), round(px)], 2, theme) == int(x > 0), (x, y)


@themes
def test_border_is_a_line_without_colour(qtbot, theme):
    """Seen in grey, too: it differs in lightness from what is at both sides of it."""
    view = board(qtbot, theme, points=False)
    grey = array(view.render_image(SIZE)).mean(axis=2)
    for y in (-0.7, 0.0, 0.7):
        px, py = pixel(view, 0.0, y)
        row = grey[round(py)]
        line = row[round(px) - 1 : round(px) + 2]
        beside = (row[round(px) - 7], row[round(px) + 7])
        assert max(np.abs(line - beside[0])) > 40, (theme.name, line, beside)
        assert max(np.abs(line - beside[1])) > 40


@themes
def test_unsure_places_are_greyer_than_sure_ones(theme):
    shades = region_shades(halves(2.0), theme).astype(int)[..., :3]
    colourful = np.ptp(shades, axis=2)[30]
    assert colourful[0] > colourful[20] > colourful[29]
    assert colourful[59] > colourful[40] > colourful[30]


def test_y_runs_upwards(qtbot):
    view = board(qtbot, points=False)
    view.show_regions(np.swapaxes(halves(), 0, 1))  # class 1 above
    picture = array(view.render_image(SIZE))
    for y, number in ((0.7, 1), (-0.7, 0)):
        px, py = pixel(view, 0.3, y)
        assert nearest_class(picture[round(py), round(px)], 2, DARK) == number


@pytest.mark.parametrize("sharpness", [1.0, 30.0, 400.0])
def test_border_is_where_the_best_two_are_equal_however_sure_they_are(sharpness):
    for values in (halves(sharpness, 61), halves(sharpness, 61).astype(np.float32)):
        line = borders(values)
        line = line[np.isfinite(line).all(axis=1)]
        assert np.ptp(line[:, 1]) == pytest.approx(60)
        np.testing.assert_allclose(line[:, 0], 30, atol=0.05)


def test_border_of_three_classes_is_complete():
    angle = np.stack([np.cos(a) for a in (0, 2.1, 4.2)])
    side = np.stack([np.sin(a) for a in (0, 2.1, 4.2)])
    x, y = np.meshgrid(np.linspace(-1, 1, 50), np.linspace(-1, 1, 50))
    logits = 5 * (x[..., None] * angle + y[..., None] * side)
    shares = np.exp(logits) / np.exp(logits).sum(axis=2, keepdims=True)
    best = shares.argmax(axis=2)
    line = borders(shares)
    line = line[np.isfinite(line).all(axis=1)]
    for row, column in np.argwhere(best[:, 1:] != best[:, :-1]):
        apart = np.hypot(line[:, 0] - column - 0.5, line[:, 1] - row).min()
        assert apart < 1.0, (row, column)


@themes
def test_what_is_not_a_number_is_neutral(qtbot, theme):
    values = halves()
    values[:30] = np.nan  # the lower half
    view = board(qtbot, theme, points=False)
    view.show_regions(values)
    picture = array(view.render_image(SIZE))
    for x in (-0.8, 0.8):
        px, py = pixel(view, x, -0.6)
        assert (picture[round(py), round(px)] == rgb(theme.card)).all()
        px, py = pixel(view, x, 0.6)
        assert nearest_class(picture[round(py), round(px)], 2, theme) == int(x > 0)


@themes
@pytest.mark.parametrize(
    "values",
    [np.full((20, 20, 3), np.nan), np.full((20, 20, 3), np.inf), np.full((2, 2, 4), 0.25), np.ones((1, 1, 2)),
     np.ones((5, 7, 1)), np.zeros((9, 9, 2)), np.full((3, 3, 2), -1.0)],
    ids=["nan", "inf", "even", "one place", "one class", "zeros", "negative"],
)  # fmt: skip
def test_odd_probabilities_are_painted(qtbot, theme, values):
    view = board(qtbot, theme)
    view.show_regions(values)
    assert not view.render_image(SIZE).isNull()


def test_nothing_but_axes_is_painted_too(qtbot):
    view = DecisionView()
    qtbot.addWidget(view)
    view.show_points(np.empty((0, 2)), np.empty(0, int), np.empty(0, bool), None)
    assert not view.render_image(SIZE).isNull()


def test_other_ranges_forget_what_was_shaded_on_the_old_ones(qtbot):
    view = board(qtbot, points=False)
    view.show_axes("x", "y", (-5.0, 5.0), (-5.0, 5.0))
    picture = array(view.render_image(SIZE))
    px, py = pixel(view, -2.0, 0.0)
    assert (picture[round(py), round(px)] == rgb(DARK.raised)).all()
    view.show_regions(halves(), (-2.0, 2.0), (-2.0, 2.0))  # ranges of its own are kept with it
    assert view._x_range == (-2.0, 2.0)
    assert not (array(view.render_image(SIZE))[round(py), round(px)] == rgb(DARK.raised)).all()


# --- points -----------------------------------------------------------------------------------------


@themes
def test_points_are_where_they_are_in_their_colours(qtbot, theme):
    view = board(qtbot, theme)
    picture = array(view.render_image(SIZE))
    looks = class_looks(2, theme)
    for (x, y), number in zip(XY, (0, 0, 1, 1), strict=True):
        px, py = pixel(view, x, y)
        assert has_colour(near(picture, px, py, 6), looks[number].colour) > 6, (x, y)


@themes
def test_held_back_points_are_hollow(qtbot, theme):
    view = board(qtbot, theme)
    picture = array(view.render_image(SIZE))
    looks = class_looks(2, theme)
    for place, (hollow, number) in enumerate(((False, 0), (True, 0), (False, 1), (True, 1))):
        px, py = pixel(view, *XY[place])
        middle = near(picture, px, py, 1)
        assert (has_colour(middle, looks[number].colour) == 0) == hollow


@themes
def test_wrong_points_have_a_ring(qtbot, theme):
    view = board(qtbot, theme)
    before = array(view.render_image(SIZE))
    view.show_points(XY, np.array([0, 0, 1, 1]), np.zeros(4, bool), np.array([True, False, False, False]))
    after = array(view.render_image(SIZE))
    px, py = pixel(view, *XY[0])
    ring = near(after, px, py, 12)
    assert has_colour(ring, theme.text, 40) > has_colour(near(before, px, py, 12), theme.text, 40) + 20
    px, py = pixel(view, *XY[2])
    assert has_colour(near(after, px, py, 12), theme.text, 40) < 10


def test_points_change_on_the_screen_when_only_their_ring_does(qtbot):
    view = shown(qtbot, board(qtbot))
    before = seen(view)
    view.show_points(XY, np.array([0, 0, 1, 1]), np.array([False, True, False, True]), np.ones(4, bool))
    assert (seen(view) != before).any()


def test_points_that_are_no_numbers_are_left_out(qtbot):
    view = board(qtbot)
    view.show_points(np.array([[np.nan, 0.0], [0.5, np.inf], [0.5, 0.5]]), [0, 1, 1], [False] * 3, None)
    assert not view.render_image(SIZE).isNull()


# --- a unit's response ------------------------------------------------------------------------------


@themes
def test_a_response_replaces_the_regions_and_goes_again(qtbot, theme):
    view = board(qtbot, theme, points=False)
    regions = array(view.render_image(SIZE))
    view.show_response(np.linspace(0, 3, 60)[None, :].repeat(60, axis=0), "unit 1")
    picture = array(view.render_image(SIZE))
    (left, y), (right, _) = pixel(view, -0.9, -0.5), pixel(view, 0.9, -0.5)
    low, high = picture[round(y), round(left)].sum(), picture[round(y), round(right)].sum()
    assert low + 60 < high  # low is dark and high is light, as on the map
    view.show_response(None)
    assert (array(view.render_image(SIZE)) == regions).all()


@themes
def test_a_response_of_both_signs_shows_the_sign(theme):
    shades = response_shades(np.linspace(-2, 2, 41)[None, :].repeat(3, axis=0), theme)[1].astype(int)
    below, zero, above = shades[2, :3], shades[20, :3], shades[38, :3]
    assert np.abs(zero - rgb(theme.card)).max() < 12
    assert below[0] > below[2]  # warm
    assert above[2] > above[0]  # cool


@pytest.mark.parametrize("values", [np.zeros((8, 8)), np.full((8, 8), np.nan), np.full((8, 8), 1e300)])
def test_flat_and_broken_responses_are_painted(qtbot, values):
    view = board(qtbot)
    view.show_response(values, "unit 1")
    assert not view.render_image(SIZE).isNull()


# --- picking ----------------------------------------------------------------------------------------


def test_a_click_picks_where_it_is_and_not_beside_the_plane(qtbot):
    view = shown(qtbot, board(qtbot))
    found: list[tuple[float, float]] = []
    view.pointPicked.connect(lambda x, y: found.append((x, y)))
    click(view, *pixel(view, 0.3, -0.4))
    assert found == [pytest.approx((0.3, -0.4), abs=0.01)]
    drag(view, pixel(view, 0.0, 0.0), button=RIGHT)
    click(view, 4, SIZE.height() - 4)  # among the numbers
    assert len(found) == 1
    drag(view, pixel(view, 0.0, 0.0), (SIZE.width() + 40, pixel(view, 0, 0.5)[1]))
    assert found[-1] == pytest.approx((1.0, 0.5), abs=0.01)  # a drag stays at the edge


@themes
def test_the_picked_point_is_marked_and_its_middle_left_free(qtbot, theme):
    view = board(qtbot, theme, points=False)
    px, py = pixel(view, 0.5, 0.5)
    before = array(view.render_image(SIZE))
    view.show_picked((0.5, 0.5))
    after = array(view.render_image(SIZE))
    assert has_colour(near(after, px, py, 18), theme.accent) > 30
    assert (near(after, px, py, 2) == near(before, px, py, 2)).all()
    view.show_picked((7.0, 7.0))  # out of sight
    assert (array(view.render_image(SIZE)) == before).all()


def test_keys_move_the_picked_point(qtbot):
    view = shown(qtbot, board(qtbot))
    view.pointPicked.connect(lambda x, y: view.show_picked((x, y)))
    QTest.keyClick(view, KEY.Key_Up)
    assert view.picked == (0.0, 0.0)  # the first key picks the middle
    for key, held, expected in (
        (KEY.Key_Up, Qt.KeyboardModifier.NoModifier, (0.0, 0.04)),
        (KEY.Key_Right, ALT, (0.04, 0.04)),
        (KEY.Key_Down, Qt.KeyboardModifier.KeypadModifier, (0.04, 0.0)),
        (KEY.Key_Left, Qt.KeyboardModifier.NoModifier, (0.04, 0.0)),  # which is an epoch back
        (KEY.Key_Left, ALT, (0.0, 0.0)),
        (KEY.Key_Up, SHIFT, (0.0, 0.0)),  # which is a mini-batch further
    ):
        QTest.keyClick(view, key, held)
        assert view.picked == pytest.approx(expected), key
    view.show_picked((1.0, 1.0))
    QTest.keyClick(view, KEY.Key_Up)
    assert view.picked == (1.0, 1.0)
    assert "(1, 1)" in view.accessibleDescription()


def test_hovering_says_where(qtbot):
    view = shown(qtbot, board(qtbot))
    found: list[tuple[float, float]] = []
    view.hovered.connect(lambda x, y: found.append((x, y)))
    move(view, *pixel(view, -0.5, 0.5))
    assert found[-1] == pytest.approx((-0.5, 0.5), abs=0.01)
    move(view, 3, SIZE.height() - 3)
    assert math.isnan(found[-1][0])


# --- drawing ----------------------------------------------------------------------------------------


def test_drawing_makes_points_along_the_stroke_and_picks_none(qtbot):
    view = shown(qtbot, board(qtbot))
    drawn: list[tuple[float, float]] = []
    picked: list[object] = []
    view.pointDrawn.connect(lambda x, y: drawn.append((x, y)))
    view.pointPicked.connect(lambda x, y: picked.append((x, y)))
    view.set_drawing(1)
    (left, y), (right, _) = pixel(view, -0.5, 0.2), pixel(view, 0.5, 0.2)
    drag(view, *[(x, y) for x in np.arange(left, right, 2.0)])
    assert 10 < len(drawn) <= (right - left) / 9 + 1  # apart, however slowly the hand moves
    assert all(at == pytest.approx(0.2, abs=0.01) for _, at in drawn)
    assert drawn[0][0] == pytest.approx(-0.5, abs=0.01)
    assert not picked
    click(view, *pixel(view, 0.0, -0.9))
    click(view, *pixel(view, 0.0, -0.9))  # the same place again is wanted
    assert drawn[-1] == drawn[-2] == pytest.approx((0.0, -0.9), abs=0.01)
    count = len(drawn)
    click(view, 4, SIZE.height() - 4)
    view.set_drawing(None)
    click(view, *pixel(view, 0.0, 0.0))
    assert len(drawn) == count
    assert len(picked) == 1


def test_return_draws_at_the_picked_point(qtbot):
    view = shown(qtbot, board(qtbot))
    drawn: list[tuple[float, float]] = []
    view.pointDrawn.connect(lambda x, y: drawn.append((x, y)))
    view.show_picked((0.25, -0.5))
    QTest.keyClick(view, KEY.Key_Return)
    assert not drawn
    view.set_drawing(0)
    QTest.keyClick(view, KEY.Key_Return)
    assert drawn == [(0.25, -0.5)]


def test_the_class_that_is_drawn_follows_the_pointer(qtbot):
    view = shown(qtbot, board(qtbot, points=False))
    view.set_drawing(3)
    px, py = pixel(view, 0.5, -0.5)
    before = seen(view)
    move(view, px, py)
    after = seen(view)
    assert (near(after, px, py, 5) != near(before, px, py, 5)).any()
    assert (after[:60] == before[:60]).all()


# --- size, scale, speed -----------------------------------------------------------------------------


def test_equal_scales_make_circles_round(qtbot):
    view = board(qtbot)
    wide = QRectF(0, 0, 800, 400)
    assert view.plot_area(wide).width() > 1.5 * view.plot_area(wide).height()
    view.set_equal_scales(True)
    plot = view.plot_area(wide)
    assert plot.width() == pytest.approx(plot.height())
    assert wide.contains(plot)


def test_a_long_note_takes_a_second_line_and_never_leaves_the_card(qtbot):
    view = board(qtbot)
    area = QRectF(0, 0, 420, 420)
    one = view.plot_area(area).top()
    view.set_note("Two of 13 features; the regions are those where all others are at their mean. " * 3)
    assert view.plot_area(area).top() > one
    picture = array(view.render_image(QSize(420, 420)))
    assert (picture[14:30, -8:] == rgb(DARK.card)).all()


@themes
@pytest.mark.parametrize("size", [(150, 120), (320, 240), (1280, 1280), (900, 200)])
def test_every_size_is_painted(qtbot, theme, size):
    view = board(qtbot, theme, 1.5)
    view.show_axes("petal length (cm)", "a name that is much longer than the plane is high")
    view.show_picked((0.2, 0.2))
    view.set_drawing(1)
    assert view.render_image(QSize(*size)).size() == QSize(*size)


@pytest.mark.parametrize("theme", [DARK, LIGHT, PROJECTOR], ids=lambda theme: theme.name)
def test_screen_and_file_are_the_same_picture(qtbot, theme):
    view = shown(qtbot, board(qtbot, theme))
    on_screen, off_screen = seen(view), array(view.render_image(SIZE))
    assert (np.abs(on_screen - off_screen).max(axis=2) > 12).mean() < 0.005


def test_theme_changes_what_is_cached(qtbot):
    view = shown(qtbot, board(qtbot))
    seen(view)
    view.set_theme(LIGHT)
    fresh = board(qtbot, LIGHT)
    assert (np.abs(seen(view) - array(fresh.render_image(SIZE))).max(axis=2) > 12).mean() < 0.005


def test_moving_the_picked_point_takes_little_time(qtbot):
    random = np.random.default_rng(0)
    view = shown(qtbot, board(qtbot))
    view.show_regions(halves(n=120, classes=3))
    labels = random.integers(3, size=400)
    view.show_points(random.uniform(-1, 1, (400, 2)), labels, labels == 0, labels == 1)
    seen(view)
    times = []
    for place in np.linspace(-0.9, 0.9, 30):
        view.show_picked((place, place))
        begin = time.perf_counter()
        view.repaint()
        times.append(time.perf_counter() - begin)
    assert np.median(times) < 0.008


def test_pointer_outside_is_no_place(qtbot):
    view = board(qtbot)
    assert not view._is_inside(QPointF(1, 1))
    assert view._place(QPointF(-50, -50)) == (-1.0, 1.0)
