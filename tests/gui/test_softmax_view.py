"""The softmax of one point, checked by what must be seen in it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from driving import array, has_colour, near
from PyQt6.QtCore import QRectF, QSize
from PyQt6.QtGui import QFontMetricsF

from gui.theme import DARK, THEMES, class_looks, font
from gui.views.softmax_view import LARGE, SHARE, SoftmaxPicture, SoftmaxView, _entropy, _logit, _share
from landscape.network.softmax import taken_apart

themes = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
SIZE = (420, 220)


def stages(logits, true_class=0, temperature=1.0, theme=DARK, names=None):
    parts = taken_apart(logits, temperature, true_class)
    names = names or [f"class {k}" for k in range(len(logits))]
    return SoftmaxPicture(
        parts.logits, parts.exponentials, parts.probabilities, parts.cross_entropy, true_class, temperature,
        names, class_looks(len(logits), theme), "softmax at (0.31, −0.44)",
    )  # fmt: skip


def shown(qtbot, picture, theme=DARK, size=SIZE):
    view = SoftmaxView()
    qtbot.addWidget(view)
    view.resize(*size)
    view.set_theme(theme)
    view.show_point(picture)
    return view


def image(view):
    return array(view.render_image(QSize(view.width(), view.height())))


def columns(view):
    picture = view._picture
    area = QRectF(view.rect())
    unit = view._unit(area, len(picture.logits))
    inner = area.adjusted(1.2 * unit, 0.6 * unit, -1.2 * unit, -0.7 * unit)
    return view._columns(picture, inner, unit)


@themes
def test_probability_bars_are_as_long_as_the_probabilities(qtbot, theme):
    view = shown(qtbot, stages([2.0, 1.0, 0.0], theme=theme), theme)
    left, right = (round(x) for x in columns(view)[3])
    pixels = image(view)[:, left:right]
    lengths = [
        max((has_colour(row[None], look.colour, 12) for row in pixels), default=0)
        for look in class_looks(3, theme)
    ]
    p = view._picture.probabilities
    assert lengths[0] > lengths[1] > lengths[2] > 0
    assert lengths[1] / lengths[0] == pytest.approx(p[1] / p[0], abs=0.12)


@themes
def test_logits_go_to_either_side(qtbot, theme):
    view = shown(qtbot, stages([3.0, -3.0], theme=theme), theme)
    left, right = (round(x) for x in columns(view)[1])
    pixels = image(view)[:, left:right]
    places = []
    for look in class_looks(2, theme):
        there = np.abs(pixels - image_colour(look)).max(axis=2) < 16
        places.append(np.flatnonzero(there.any(axis=0)).mean())
    assert places[0] > places[1] + 6


def image_colour(look):
    from driving import rgb

    return rgb(look.colour)


@themes
def test_the_true_class_is_marked(qtbot, theme):
    marked = image(shown(qtbot, stages([1.0, 0.5, 0.2], 1, theme=theme), theme))
    unknown = image(shown(qtbot, stages([1.0, 0.5, 0.2], None, theme=theme), theme))
    assert has_colour(marked, theme.raised, 2) > has_colour(unknown, theme.raised, 2) + 2000
    foot = np.s_[-22:, 150:]
    assert has_colour(marked[foot], theme.text, 60) > 20  # the cross-entropy's number
    assert has_colour(unknown[foot], theme.text, 60) == 0


def test_ten_classes_have_their_rows(qtbot):
    view = shown(qtbot, stages(np.linspace(-6, 5, 10), 5, names=[str(k) for k in range(10)]))
    pixels = image(view)
    rows = [
        np.flatnonzero([has_colour(row[None, 10:24], look.colour, 6) for row in pixels]).mean()
        for look in class_looks(10, DARK)
    ]
    assert (np.diff(rows) > 10).all()
    assert rows[-1] < 220 - 40
    area = QRectF(view.rect())
    assert view._unit(area, 10) >= 10


@pytest.mark.parametrize(
    ("value", "reach", "text"),
    [
        (0.164, 0.2, "0.16"), (-0.0232, 2.0, "−0.02"), (-0.001, 2.0, "0.00"), (12.345, 99.0, "12.35"),
        (99.996, 99.996, "100.0"), (-512.25, 512.25, "−512.2"), (1e4, 1e4, "10000"), (-1e4, 1e4, "−10000"),
        (1e12, 1e12, "1e12"), (np.nan, 1.0, "–"), (np.inf, 1.0, "∞"), (-np.inf, 1.0, "−∞"),
    ],
)  # fmt: skip
def test_logits_in_figures(value, reach, text):
    assert _logit(value, reach) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.000"), (1e-9, "<0.001"), (0.0006, "0.001"), (0.5, "0.500"), (1.0, "1.000"), (np.nan, "–")],
)
def test_shares_in_figures(value, text):
    assert _share(value) == text


def test_numbers_have_room_whatever_they_are():
    metrics = QFontMetricsF(font(11, 650))
    share, large = metrics.horizontalAdvance(SHARE), metrics.horizontalAdvance(LARGE)
    for value in (0.0, 1e-9, 0.111, 0.888, 1.0):
        assert metrics.horizontalAdvance(_share(value)) <= share
    for value in (-1e4, 99_999.0, -999.4, 1e12, -1e300):
        assert metrics.horizontalAdvance(_logit(value, abs(value))) <= large


def test_bars_do_not_jump_with_the_digits(qtbot):
    """The tracks stand where they stood, whatever the numbers beside them are."""
    view = shown(qtbot, stages([0.1, 0.2, 0.3], None))
    tracks = []
    for logits in ([0.1, 0.2, 0.3], [-11.1, 11.1, 10.0], [9.9, -88.8, 0.0]):
        view.show_point(stages(logits, None))
        there = (np.abs(image(view) - np.array([44, 49, 58])).max(axis=2) < 3).any(axis=0)
        tracks.append((np.flatnonzero(there).min(), np.flatnonzero(there).max()))
    assert len({right for _, right in tracks}) == 1


def test_temperature_is_said_where_it_matters(qtbot):
    cold, warm = (image(shown(qtbot, stages([1.0, 0.0], temperature=t))) for t in (1.0, 2.5))
    assert (cold[:24, 300:] != warm[:24, 300:]).any()  # T = …
    assert (cold[24:44] != warm[24:44]).any()  # e^z becomes e^(z/T)


def test_cross_entropy_in_figures():
    assert _entropy(stages([0.0, 0.0], 0)) == "0.693"
    assert _entropy(stages([1e4, -1e4], 1)) == "20000"
    assert _entropy(stages([0.0, np.inf], 0)) == "–"
    assert _entropy(replace(stages([0.0, 0.0], 0), cross_entropy=np.inf)) == "∞"


@themes
@pytest.mark.parametrize(
    "logits",
    [[1e4, -1e4, 0.0], [np.nan] * 3, [np.nan, 1.0, 2.0], [np.inf, 0.0, -np.inf], [0.0, 0.0], [3.0],
     [1e300, -1e300], np.zeros(10), []],
)  # fmt: skip
@pytest.mark.parametrize("size", [(120, 90), (420, 220), (760, 420)])
def test_all_logits_can_be_shown(qtbot, theme, logits, size):
    true = 0 if len(logits) else None
    if len(logits):
        picture = stages(logits, true, theme=theme)
    else:
        nothing = np.empty(0)
        picture = SoftmaxPicture(nothing, nothing, nothing, np.nan, None, 1.0, [], [], "softmax")
    view = shown(qtbot, picture, theme, size)
    pixels = image(view)
    assert (pixels != pixels[0, 0]).any()


def test_certain_and_wrong(qtbot):
    view = shown(qtbot, stages([1e4, -1e4], 1))
    assert "cross-entropy of class 1 20000" in view.accessibleDescription()
    left, right = (round(x) for x in columns(view)[3])
    first, second = class_looks(2, DARK)
    assert has_colour(image(view)[:, left:right], first.colour) > 100
    assert has_colour(image(view)[:, left:right], second.colour) == 0


@themes
def test_a_hint_while_nothing_is_picked(qtbot, theme):
    view = shown(qtbot, stages([1.0, 0.0], theme=theme), theme)
    view.show_nothing("Click a point of the plane.")
    assert view.accessibleDescription() == "Click a point of the plane."
    pixels = image(view)
    assert has_colour(near(pixels, 210, 110, 60), theme.dim, 50) > 60
    for look in class_looks(2, theme):
        assert has_colour(pixels, look.colour, 8) == 0


def test_long_names_end_in_dots_and_leave_the_numbers_alone(qtbot):
    names = ["Iris versicolor var. longissima"] * 3
    short = shown(qtbot, stages([1.0, 0.5, 0.0], None))
    long = shown(qtbot, stages([1.0, 0.5, 0.0], None, names=names))
    left = max(columns(short)[3][0], columns(long)[3][0])
    numbers = np.s_[40:150, round(left) + 120 :]
    assert (image(short)[numbers] == image(long)[numbers]).all()
