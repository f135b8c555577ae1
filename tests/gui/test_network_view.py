"""The drawn network, checked by what must be seen in it, and by clicks and keys."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest
from driving import KEY, array, click, has_colour, move, near, seen
from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtTest import QTest

from gui.theme import DARK, THEMES, class_looks
from gui.views.network_layout import LayerPicture, strongest
from gui.views.network_view import MOST_LINES, NetworkView

themes = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
SIZE = (520, 250)


def layer(weights, norm=True, activation="relu", active=0.5):
    weights = np.asarray(weights, dtype=float)
    units = weights.shape[1]
    return LayerPicture(
        weights, None if norm else np.zeros(units), np.ones(units) if norm else None,
        np.zeros(units) if norm else None, activation, None if active is None else np.full(units, active),
    )  # fmt: skip


def network(*sizes, norm=True, seed=0):
    random = np.random.default_rng(seed)
    last = len(sizes) - 2
    return [
        layer(random.normal(size=pair), norm and place < last, "relu" if place < last else "softmax",
              0.5 if place < last else None)
        for place, pair in enumerate(itertools.pairwise(sizes))
    ]  # fmt: skip


def shown(qtbot, layers, theme=DARK, size=SIZE):
    view = NetworkView()
    qtbot.addWidget(view)
    view.resize(*size)
    view.set_theme(theme)
    put(view, layers, theme)
    return view


def put(view, layers, theme=DARK):
    inputs, classes = layers[0].weights.shape[0], layers[-1].weights.shape[1]
    names = [f"x{k + 1}" for k in range(inputs)], [f"class {k}" for k in range(classes)]
    view.show_network(layers, *names, class_looks(classes, theme))


def place_of(view, layer, unit):
    x, units, y = view._columns(QRectF(view.rect()))[layer + 1]
    return x, float(y[units.tolist().index(unit)])


def picture(view):
    return array(view.render_image(QSize(view.width(), view.height())))


def one_line(weight, norm=False):
    """A single input and a single class: one line, of full width."""
    return [layer([[weight, 1.0]], norm, "softmax", None)]


@themes
def test_a_weight_is_as_wide_as_it_is_strong(qtbot, theme):
    ink = []
    for weight in (0.0, 0.25, 0.6, 1.0):
        view = shown(qtbot, one_line(weight), theme)
        x0, _, y0 = view._columns(QRectF(view.rect()))[0]
        x1, y1 = place_of(view, 0, 0)
        x, y = (x0 + x1) / 2, (y0[0] + y1) / 2
        column = near(picture(view), x, y, 6)[:, 6]
        ink.append(int(np.abs(column - column[0]).sum()))
    assert ink[0] == 0
    assert 0 < 1.5 * ink[1] < ink[2] < ink[3] / 1.3


@themes
def test_sign_is_seen_by_colour_and_by_dashes(qtbot, theme):
    gaps = {}
    for sign in (1.0, -1.0):
        view = shown(qtbot, [layer([[sign]], False, "softmax", None)], theme)
        x0, _, y0 = view._columns(QRectF(view.rect()))[0]
        x1, _ = place_of(view, 0, 0)
        along = picture(view)[round(y0[0]), round(x0) + 20 : round(x1) - 20]
        ground = picture(view)[round(y0[0]) - 12, round(x0) + 20]
        gaps[sign] = int((np.abs(along - ground).sum(axis=1) < 20).sum())
        red_minus_blue = along[:, 0] - along[:, 2]
        assert (red_minus_blue.min() < -60) == (sign > 0)
        assert (red_minus_blue.max() > 60) == (sign < 0)
    assert gaps[1.0] == 0
    assert gaps[-1.0] > 50


@themes
def test_classes_have_their_colours_and_normalization_its_bands(qtbot, theme):
    view = shown(qtbot, network(2, 8, 3), theme)
    image = picture(view)
    for number, look in enumerate(class_looks(3, theme)):
        assert has_colour(near(image, *place_of(view, 1, number), 4), look.colour) > 20
    band = view._layout(QRectF(view.rect())).band(1)
    inside = image[round(band.top()) + 3 : round(band.bottom()) - 3, round(band.left()) : round(band.right())]
    assert has_colour(inside, theme.accent) > 40  # γ = 1, eight times
    plain = picture(shown(qtbot, network(2, 8, 3, norm=False), theme))
    assert (plain != image).any(axis=2).mean() > 0.02


def test_gamma_and_beta_are_as_long_as_they_are_large(qtbot):
    pictures = []
    for gamma, beta in ((1.0, 0.0), (0.3, 0.0), (1.0, 0.5), (1.0, -0.5)):
        layers = network(2, 4, 3)
        layers[0].gamma[:] = [gamma, 1.0, 1.0, 1.0]
        layers[0].beta[:] = [beta, 0.5, 0.5, 0.5]
        view = shown(qtbot, layers)
        band, (_, y) = view._layout(QRectF(view.rect())).band(1), place_of(view, 0, 0)
        pictures.append(picture(view)[round(y), round(band.left()) + 1 : round(band.right()) - 1])
    blue = [has_colour(row, DARK.accent, 40) for row in pictures]
    assert blue[0] > 2 * blue[1] > 0
    white = [np.flatnonzero(np.abs(row - 232).max(axis=1) < 40) for row in pictures]
    assert not len(white[0])
    assert white[2].mean() > white[3].mean() + 3


@themes
def test_a_dead_unit_is_hollow(qtbot, theme):
    layers = network(2, 4, 3, norm=False)
    layers[0].active[:] = [0.0, np.nan, 0.5, 1.0]
    view = shown(qtbot, layers, theme)
    image = picture(view)
    cores = [near(image, *place_of(view, 0, unit), 1) for unit in range(4)]
    assert has_colour(cores[0], theme.card, 40) == 9
    assert has_colour(cores[1], theme.card, 40) == 9
    assert has_colour(cores[3], theme.text) == 9
    assert has_colour(cores[2], theme.text) == has_colour(cores[2], theme.card) == 0


def test_a_click_picks_the_unit_under_it(qtbot):
    view = shown(qtbot, network(2, 5, 3))
    picked = []
    view.unitPicked.connect(lambda *unit: picked.append(unit))
    for layer_, unit in ((0, 0), (0, 4), (1, 2)):
        click(view, *place_of(view, layer_, unit))
    band = view._layout(QRectF(view.rect())).band(1)
    click(view, band.center().x(), place_of(view, 0, 3)[1])  # its γ and β are the unit's, too
    assert picked == [(0, 0), (0, 4), (1, 2), (0, 3)]
    x, _, y = view._columns(QRectF(view.rect()))[0]
    click(view, x, y[0])  # inputs cannot be picked
    click(view, 260, 245)
    QTest.mouseClick(view, Qt.MouseButton.RightButton, pos=view.rect().center())
    assert len(picked) == 4


def test_arrows_move_from_unit_to_unit_and_leave_time_alone(qtbot):
    view = shown(qtbot, network(2, 32, 3))
    picked = []
    view.unitPicked.connect(lambda *unit: (picked.append(unit), view.show_selected(*unit)))
    alt = Qt.KeyboardModifier.AltModifier
    QTest.keyClick(view, KEY.Key_Down)
    for key in (KEY.Key_Down, KEY.Key_Down, KEY.Key_Up):
        QTest.keyClick(view, key)
    QTest.keyClick(view, KEY.Key_Right, alt)
    assert picked == [(0, 0), (0, 1), (0, 2), (0, 1), (1, 1)]
    QTest.keyClick(view, KEY.Key_Right, alt)  # there is no further layer
    QTest.keyClick(view, KEY.Key_Right)
    QTest.keyClick(view, KEY.Key_Left)
    assert len(picked) == 5
    assert "class 1" in view.accessibleDescription()
    QTest.keyClick(view, KEY.Key_Escape)
    assert picked[5:] == [(1, 1)]  # as a second click on it


def test_a_chosen_unit_is_drawn_even_where_units_are_left_out(qtbot):
    view = shown(qtbot, network(2, 64, 3))
    for unit in range(64):
        view.show_selected(0, unit)
        _, units, _ = view._columns(QRectF(view.rect()))[1]
        assert unit in units
        assert len(units) == 16
    ring = near(picture(view), *place_of(view, 0, 63), 14)
    assert has_colour(ring, DARK.accent) > 20


def test_the_lines_of_others_step_back(qtbot):
    layers = network(2, 8, 3, norm=False)
    layers[0].weights[0, 0] = 4.0
    view = shown(qtbot, layers)
    before = picture(view)
    view.show_selected(0, 0)
    after = picture(view)
    middle = np.s_[60:200, 100:400]
    ground = np.array([25, 28, 33])
    assert np.abs(after[middle] - ground).mean() < 0.6 * np.abs(before[middle] - ground).mean()
    x0, _, y0 = view._columns(QRectF(view.rect()))[0]
    x1, y1 = place_of(view, 0, 0)
    middle_of_a_line = near(after, (x0 + x1) / 2, (y0[0] + y1) / 2, 3)
    assert np.abs(middle_of_a_line - ground).max() > 60


def test_tooltip_tells_the_unit_s_numbers(qtbot):
    layers = network(2, 4, 3)
    layers[0].gamma[2], layers[0].beta[2], layers[0].active[2] = 1.25, -0.5, 0.25
    view = shown(qtbot, layers)
    move(view, *place_of(view, 0, 2))
    for words in ("unit 3 of layer 1", "γ 1.25", "β −0.5", "active for 25%"):
        assert words in view.toolTip()
    move(view, *place_of(view, 1, 1))
    assert view.toolTip().startswith("class 1")
    x, _, y = view._columns(QRectF(view.rect()))[0]
    move(view, x, y[1])
    assert view.toolTip() == "x2"
    move(view, 3, 3)
    assert view.toolTip() == ""


def test_strongest_lines_are_kept_and_shares_are_of_the_whole_layer():
    weights = np.array([[1.0, -4.0, np.nan], [0.001, 2.0, 8.0]])
    rows, columns, shares = strongest(weights, np.array([0, 1]), np.array([0, 1]), 3)
    assert list(zip(rows.tolist(), columns.tolist(), strict=True)) == [(0, 0), (1, 1), (0, 1)]
    assert shares.tolist() == [0.125, 0.25, -0.5]
    random = np.random.default_rng(0).normal(size=(64, 64))
    everything = np.arange(64)
    assert len(strongest(random, everything, everything, MOST_LINES)[0]) == MOST_LINES


@themes
@pytest.mark.parametrize("size", [(120, 90), (520, 250), (900, 420)])
@pytest.mark.parametrize("sizes", [(2, 3), (2, 32, 32, 3), (64, 64, 64, 10), (4, *[8] * 10, 2), (1, 1, 1)])
def test_every_network_can_be_drawn_at_every_size(qtbot, theme, size, sizes):
    view = shown(qtbot, network(*sizes), theme, size)
    view.show_selected(0, 0)
    assert (picture(view) != array(view.render_image(QSize(1, 1)))[0, 0]).any()


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf, -np.inf, 1e300])
def test_weights_that_are_no_use_do_no_harm(qtbot, value):
    layers = network(64, 8, 3)
    for each in layers:
        for values in (each.weights, each.gamma, each.beta, each.active):
            if values is not None:
                values[:] = value
    view = shown(qtbot, layers)
    for selected in (None, 2):
        view.show_selected(0, selected)
        picture(view)
    assert np.isfinite(value) == ("not numbers" not in foot_of(view))


def foot_of(view):
    """Whether the small print is a warning: by its colour."""
    view.show_selected(0, None)
    foot = picture(view)[-24:, :300]
    return "not numbers" if has_colour(foot, DARK.warning) > 60 else ""


def test_nothing_to_show_yet(qtbot):
    view = NetworkView()
    qtbot.addWidget(view)
    view.resize(*SIZE)
    view.show_selected(3, 3)
    picture(view)
    click(view, 200, 100)
    QTest.keyClick(view, KEY.Key_Down)


def test_a_selection_that_the_network_no_longer_has_is_not_drawn(qtbot):
    view = shown(qtbot, network(2, 32, 32, 3))
    view.show_selected(2, 2)
    put(view, network(2, 3))
    picture(view)
    view.show_selected(0, 31)
    picture(view)


def test_a_frame_is_quick(qtbot):
    frames = [network(2, 32, 32, 3, seed=seed) for seed in range(10)]
    view = shown(qtbot, frames[0])
    with qtbot.waitExposed(view):
        view.show()
    seen(view)
    spent = []
    for layers in frames * 3:
        put(view, layers)
        begin = time.thread_time()
        view.repaint()
        spent.append(time.thread_time() - begin)
    assert np.median(spent) < 0.025  # 6 ms where this was written; slow machines are forgiven


def test_new_weights_leave_the_names_alone(qtbot):
    view = shown(qtbot, network(2, 8, 3))
    with qtbot.waitExposed(view):
        view.show()
    seen(view)
    still = view._still
    put(view, network(2, 8, 3, seed=1))
    seen(view)
    assert view._still is still
    put(view, network(2, 9, 3))
    seen(view)
    assert view._still is not still
