"""Ridges and the flags of charts, checked by what must be seen in them, and by clicks."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from driving import array, click, has_colour, move, near
from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtTest import QTest

from gui.theme import DARK, THEMES, Look
from gui.views.chart_words import place_flag_words
from gui.views.ridge_view import SPIKE, Ridges, RidgeView, _flattened
from gui.views.strip_chart import Curves, StripChart

themes = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
SIZE = (520, 250)
GRID = np.linspace(-4, 4, 96)


def bells(centres, bright=True, width=0.8):
    centres = np.asarray(centres, dtype=float)
    densities = np.exp(-0.5 * ((GRID - centres[:, None]) / width) ** 2) / (width * np.sqrt(2 * np.pi))
    epochs = np.arange(len(centres)) * 10.0
    return Ridges("with BN" if bright else "without", epochs, GRID, densities, centres, bright)


def shown(qtbot, panels, theme=DARK, size=SIZE, sentence="Without, the median drifts by 0.41 σ."):
    view = RidgeView()
    qtbot.addWidget(view)
    view.resize(*size)
    view.set_theme(theme)
    view.show_ridges(panels, sentence)
    return view


def picture(view):
    return array(view.render_image(QSize(view.width(), view.height())))


def spot(view, panel, moment):
    """Where the foot of a ridge has this value's mark: worked out from the scale."""
    place = view._places(QRectF(view.rect()))[panel]
    ridges = view._panels[panel]
    low, high = view._scale()
    x = place.left() + place.width() * (ridges.medians[moment] - low) / (high - low)
    return x, view._bases(place, len(ridges.epochs))[moment]


@themes
def test_old_ridges_are_faint_and_the_present_one_is_bright(qtbot, theme):
    view = shown(qtbot, [bells([0.0] * 6), bells([0.0] * 6, bright=False)], theme)
    image = picture(view)
    for panel, ink in ((0, theme.accent), (1, theme.dim)):
        place = view._places(QRectF(view.rect()))[panel]
        x = place.left() + 0.1 * place.width()
        bases = view._bases(place, 6)
        ground = image[round(place.top()), round(x)]
        strength = [np.abs(near(image, x, y, 2) - ground).sum() for y in bases]
        assert strength[0] < strength[3] < strength[5]
        assert has_colour(near(image, x, bases[5], 2), ink) > 3


@themes
def test_drift_is_seen_by_the_medians(qtbot, theme):
    view = shown(qtbot, [bells(np.linspace(0, 2, 5)), bells([0.0] * 5, False)], theme)
    image = picture(view)
    for panel in (0, 1):
        for moment in range(5):
            assert has_colour(near(image, *spot(view, panel, moment), 2), theme.text, 60) > 4
    assert spot(view, 0, 4)[0] > spot(view, 0, 0)[0] + 20
    assert spot(view, 1, 4)[0] == spot(view, 1, 0)[0]


def test_both_panels_are_on_one_scale(qtbot):
    narrow = bells([0.0] * 3)
    wide = replace(bells([0.0] * 3, False), grid=2 * GRID)
    view = shown(qtbot, [narrow, wide])
    assert view._scale() == (-8.0, 8.0)
    (left, _), (right, _) = (spot(view, panel, 0) for panel in (0, 1))
    first, second = view._places(QRectF(view.rect()))
    assert left - first.left() == pytest.approx(right - second.left())


def test_a_spike_has_a_top_and_stays_below_the_title(qtbot):
    heights = _flattened(np.array([0.5, 1.0, 2.0, 30.0]))
    assert heights[:2].tolist() == [0.5, 1.0]
    assert 1.0 < heights[2] < heights[3] <= SPIKE
    panel = bells([0.0] * 8)
    panel.densities[0] = 0
    panel.densities[0, 48] = 50.0
    plain = shown(qtbot, [replace(panel, densities=np.zeros_like(panel.densities))])
    view = shown(qtbot, [panel])
    place = view._places(QRectF(view.rect()))[0]
    head = np.s_[: round(place.top()) - 3]
    assert (picture(view)[head] == picture(plain)[head]).all()


def test_a_click_picks_the_epoch_of_the_ridge(qtbot):
    view = shown(qtbot, [bells([0.0] * 7), bells([0.0] * 7, False)])
    picked = []
    view.epochPicked.connect(picked.append)
    for panel, moment in ((0, 0), (0, 3), (1, 6)):
        x, y = spot(view, panel, moment)
        click(view, x, y - 3)
    assert picked == [0, 30, 60]
    click(view, 5, 5)
    QTest.mouseClick(view, Qt.MouseButton.RightButton, pos=view.rect().center())
    assert len(picked) == 3
    x, y = spot(view, 1, 4)
    move(view, x, y - 2)
    assert view.toolTip() == "without, epoch 40: median 0"
    assert view.cursor().shape() == Qt.CursorShape.PointingHandCursor
    move(view, 5, 5)
    assert view.toolTip() == ""


def test_one_panel_takes_all_the_room(qtbot):
    one = shown(qtbot, [bells([0.0] * 4)])
    two = shown(qtbot, [bells([0.0] * 4), bells([0.0] * 4, False)])
    (alone,), (first, second) = (view._places(QRectF(view.rect())) for view in (one, two))
    assert alone.width() > 1.9 * first.width()
    assert first.right() < second.left()


def test_a_training_that_ended_early_has_its_own_epochs(qtbot):
    view = shown(qtbot, [bells([0.0] * 9), bells([0.0] * 4, False)])
    first, second = view._places(QRectF(view.rect()))
    between = picture(view)[round(second.top()) : round(second.bottom()), round(first.right()) + 4 :]
    assert has_colour(between[:, : round(second.left() - first.right()) - 8], DARK.dim, 40) > 20
    picked = []
    view.epochPicked.connect(picked.append)
    x, y = spot(view, 1, 3)
    click(view, x, y - 3)
    assert picked == [30]


@themes
@pytest.mark.parametrize("size", [(120, 90), (520, 250), (900, 420)])
@pytest.mark.parametrize("kind", ["none", "empty", "one", "nan", "zero", "flat grid", "far median", "inf"])
def test_whatever_comes_is_drawn(qtbot, theme, size, kind):
    panel = bells([0.0, 1.0, 2.0])
    nothing = np.empty(0)
    panels = {
        "none": [], "empty": [Ridges("nothing yet", nothing, nothing, np.empty((0, 0)), nothing, True)],
        "one": [bells([0.0])], "nan": [replace(panel, densities=np.full((3, 96), np.nan),
                                               medians=np.full(3, np.nan))],
        "zero": [replace(panel, densities=np.zeros((3, 96)))],
        "flat grid": [replace(panel, grid=np.zeros(96))],
        "far median": [replace(panel, medians=np.array([-1e300, 0.0, 1e9]))],
        "inf": [replace(panel, densities=np.full((3, 96), np.inf), medians=np.array([np.inf, np.nan, 0.0]))],
    }[kind]  # fmt: skip
    view = shown(qtbot, panels, theme, size)
    pixels = picture(view)
    assert has_colour(pixels[-30:], theme.dim, 60) > 5  # the sentence
    click(view, size[0] / 2, size[1] / 2)
    move(view, size[0] / 2, size[1] / 2)


def test_the_sentence_is_for_those_who_cannot_see_it_too(qtbot):
    assert shown(qtbot, [bells([0.0])]).accessibleDescription() == "Without, the median drifts by 0.41 σ."


# --- flags and names in charts -----------------------------------------------------------------------


def chart(qtbot, theme=DARK, **given):
    view = StripChart()
    qtbot.addWidget(view)
    view.resize(*SIZE)
    view.set_theme(theme)
    looks = (Look("with BN", "disc", "#D55E00", ()), Look("without", "disc", "#56B4E9", (5.0, 4.0)))
    values = (np.linspace(1, 0.2, 101), np.linspace(1, 0.5, 101))
    view.show_curves(Curves("loss", values, looks, **given))
    return view


@themes
def test_flags_are_dashed_lines_where_something_was_changed(qtbot, theme):
    flags = ((30, "α 0.1 → 0.03"), (70, "β 0.9 → 0.95"))
    without, view = chart(qtbot, theme), chart(qtbot, theme, flags=flags)
    plot = view.plot_area(QRectF(view.rect()))
    changed = (picture(without) != picture(view)).any(axis=2)
    for step, _ in flags:
        x = plot.left() + plot.width() * step / 100
        line = picture(view)[round(plot.top()) : round(plot.bottom()), round(x) - 1 : round(x) + 2]
        dashes = [has_colour(row, theme.accent, 90) > 0 for row in line]
        assert 0.3 < np.mean(dashes) < 0.9
        assert changed[round(plot.top()) : round(plot.top()) + 14, round(x) + 4 : round(x) + 60].any()


def test_flags_close_together_do_not_collide(qtbot):
    flags = ((40, "α 0.1 → 0.03"), (42, "β 0.9 → 0.95"), (43, "mini-batch 32 → 8"), (44, "L2 0 → 0.01"))
    view = chart(qtbot, flags=flags)
    plot = view.plot_area(QRectF(view.rect()))
    boxes = [box for box, _ in view._flag_words(plot)]
    assert len(boxes) == len(flags)
    assert not any(one.intersects(other) for one, other in itertools.combinations(boxes, 2))
    lines = [plot.left() + plot.width() * step / 100 for step, _ in flags]
    assert boxes[0].right() < lines[0]  # to the left, where it does not lie on the others' lines
    crowd = chart(qtbot, flags=tuple((40 + k / 10, "mini-batch 32 → 8") for k in range(60)))
    assert 4 < len(crowd._flag_words(plot)) < 20  # the rest would only hide them
    picture(crowd)


def test_words_of_a_late_flag_stay_inside(qtbot):
    view, plain = chart(qtbot, flags=((99, "mini-batch 32 → 8"),)), chart(qtbot)
    plot = view.plot_area(QRectF(view.rect()))
    differ = (picture(view) != picture(plain)).any(axis=2)
    assert not differ[:, round(plot.right()) + 2 :].any()
    assert differ[round(plot.top()) : round(plot.top()) + 14, round(plot.right()) - 100 :].sum() > 60


@pytest.mark.parametrize("level", [0.02, 0.5, 0.98])
def test_words_of_flags_stand_where_no_curve_is(level):
    plot, x = QRectF(50, 20, 400, 160), np.linspace(50, 450, 81)
    curve = np.stack([x, np.full(81, plot.bottom() - level * plot.height())], axis=1)
    flags = [(150.0, "α 0.1 → 0.03"), (300.0, "β 0.9 → 0.95"), (440.0, "mini-batch 32 → 8")]
    placed = place_flag_words(flags, [curve], plot, 11.0)
    assert [text for _, text in placed] == [text for _, text in flags]
    for (box, _), (at, _) in zip(placed, flags, strict=True):
        assert not box.top() <= curve[0, 1] <= box.bottom()
        assert min(abs(box.left() - at), abs(box.right() - at)) < 8  # beside its line
        assert plot.adjusted(-1, -1, 4, 1).contains(box)
    assert all(box.top() < 80 for box, _ in placed)  # at the top as long as there is room


def test_a_curve_is_seen_through_the_words_that_have_to_cover_it(qtbot):
    crowd = tuple(np.full(101, level) for level in np.linspace(0, 1, 60))  # there is no free place
    looks = tuple(Look("", "disc", "#D55E00", ()) for _ in crowd)
    view = chart(qtbot, flags=((30, "α 0.1 → 0.03"),))
    view.show_curves(Curves("loss", crowd, looks, flags=((30, "α 0.1 → 0.03"),)))
    view.set_step(100)
    (box, _), *_ = view._flag_words(view.plot_area(QRectF(view.rect())))
    inside = picture(view)[
        box.toRect().top() : box.toRect().bottom(), box.toRect().left() : box.toRect().right()
    ]
    assert has_colour(inside, DARK.accent, 60) > 40
    assert (inside[..., 0] - inside[..., 2] > 10).mean() > 0.2  # orange below


@pytest.mark.parametrize("log", [False, True])
def test_bands_are_seen_whole(qtbot, log):
    middle = np.linspace(1.0, 0.5, 50)
    band = (middle / 5, middle * 5)
    view = StripChart()
    qtbot.addWidget(view)
    view.resize(*SIZE)
    view.show_curves(Curves("range", (middle,), (Look("", "disc", "#D55E00", ()),), log=log, bands=(band,)))
    plot = view.plot_area(QRectF(view.rect()))
    for edge in band:
        y = view._pixels(edge, plot)[:, 1]
        assert (y >= plot.top()).all()
        assert (y <= plot.bottom()).all()


def test_named_curves_are_named_and_read_out(qtbot):
    view = chart(qtbot, named=True)
    title = picture(view)[:24]
    for colour in ("#D55E00", "#56B4E9"):
        assert has_colour(title, colour) > 10
        assert has_colour(picture(chart(qtbot))[:24], colour) == 0
    plot = view.plot_area(QRectF(view.rect()))
    move(view, plot.left() + plot.width() / 2, plot.center().y())
    assert view.toolTip() == "50: with BN 0.6, without 0.75"
    quiet = chart(qtbot)
    move(quiet, plot.center().x(), plot.center().y())
    assert quiet.toolTip() == ""
