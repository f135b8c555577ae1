"""Sampling for a picture: heights, scales and contour lines."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landscape import Surface, surfaces
from landscape.relief import HeightScale, height_scale, relief


@given(
    low=st.floats(-1e6, 1e6), span=st.floats(1e-3, 1e9), log=st.booleans(), knee=st.floats(1e-3, 1.0),
    height=st.floats(0, 1),
)  # fmt: skip
def test_loss_and_height_are_inverse(low, span, log, knee, height):
    scale = HeightScale(low, low + span, log, knee * span)
    # A loss far from zero has fewer digits left for its height.
    lost = 1e-12 + 1e-15 * (abs(low) + span) / (span * (knee if log else 1))
    assert scale.height(scale.loss(height)) == pytest.approx(height, abs=10 * lost)


@pytest.mark.parametrize("log", [False, True])
def test_ends_and_outside(log):
    scale = HeightScale(-1.0, 3.0, log, 0.1)
    heights = scale.height([-5, -1, 0, 1, 3, 1e9, np.nan, np.inf])
    assert heights[[0, 1]].tolist() == [0, 0]
    assert heights[[4, 5, 7]].tolist() == [1, 1, 1]
    assert np.isnan(heights[6])
    assert 0 < heights[2] < heights[3] < 1


def test_logarithmic_scale_gives_the_valley_room():
    surface = surfaces["rosenbrock"]
    linear, log = relief(surface, log=False).heights, relief(surface, log=True).heights
    assert np.median(log) > 3 * np.median(linear)


@pytest.mark.parametrize("key", sorted(surfaces))
@pytest.mark.parametrize("log", [False, True])
def test_heights_of_every_surface_fill_the_scale(key, log):
    surface = surfaces[key]
    sampled = relief(surface, log, shape=(61, 51))
    assert sampled.heights.shape == (61, 51)
    assert np.nanmin(sampled.heights) == 0
    assert np.nanmax(sampled.heights) == 1
    holes = ~np.isfinite(surface.value(np.stack(np.meshgrid(sampled.xs, sampled.ys), axis=-1)))
    assert (np.isnan(sampled.heights) == holes).all()


def test_rows_are_y_and_columns_are_x():
    sampled = relief(Surface.from_formula("x + 10y", x=(0, 1), y=(0, 2)), log=False, shape=(3, 5))
    assert sampled.heights.shape == (3, 5)
    assert sampled.heights[0, -1] == pytest.approx(1 / 21)
    assert sampled.heights[-1, 0] == pytest.approx(20 / 21)
    assert sampled.xs.tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert sampled.ys.tolist() == [0, 1, 2]


@pytest.mark.parametrize(("key", "log"), [("himmelblau", True), ("peaks", False), ("six_hump_camel", True)])
def test_contour_lines_lie_on_their_level(key, log):
    surface = surfaces[key]
    sampled = relief(surface, log, shape=(400, 400))
    levels = 12
    lines = sampled.contours(levels)
    assert len(lines) == levels
    for line, level in zip(lines, (np.arange(levels) + 0.5) / levels, strict=True):
        points = line[np.isfinite(line).all(axis=1)]
        heights = sampled.scale.height(surface.value(points))
        # Lines are straight within a cell, where the surface is a little bent.
        assert np.abs(heights - level).max() < 5e-3
        assert (points[:, 0] >= surface.x[0]).all()
        assert (points[:, 1] <= surface.y[1]).all()


def test_contour_lines_keep_out_of_holes():
    surface = surfaces["log_barrier"]
    lines = relief(surface, log=False).contours()
    assert lines
    for line in lines:
        points = line[np.isfinite(line).all(axis=1)]
        assert np.isfinite(surface.value(points)).all()


@pytest.mark.parametrize("formula", ["7", "0", "-3 + 0x", "1e200", "1e-200"])
@pytest.mark.parametrize("log", [False, True])
def test_constant_surface_lies_at_the_bottom(formula, log):
    sampled = relief(Surface.from_formula(formula), log, shape=(9, 9))
    assert (sampled.heights == 0).all()
    assert sampled.contours() == []


@pytest.mark.parametrize("log", [False, True])
def test_surface_that_exists_nowhere_is_one_hole(log):
    sampled = relief(Surface.from_formula("log(-1 - x^2)"), log, shape=(9, 9))
    assert np.isnan(sampled.heights).all()
    assert sampled.contours() == []


def test_pole_does_not_flatten_everything_else():
    sampled = relief(Surface.from_formula("1/(x^2 + y^2) + x"), log=False)
    assert np.nanstd(sampled.heights) > 0.05


def test_infinite_losses_are_holes():
    scale = height_scale(np.array([0.0, np.inf, 4.0, np.nan]), log=False)
    assert (scale.low, scale.high) == (0, 4)
    assert np.isnan(relief(Surface.from_formula("x^1000 y^1000"), log=False, shape=(9, 9)).heights).any()


def test_part_of_the_domain_keeps_the_colours_of_the_whole():
    surface = surfaces["himmelblau"]
    whole = relief(surface, log=True)
    part = relief(surface, log=True, x=(2, 4), y=(1, 3), scale=whole.scale, shape=(21, 21))
    assert part.heights[10, 10] == whole.scale.height(surface.value((3, 2)))
    assert (part.xs[0], part.xs[-1], part.ys[0], part.ys[-1]) == (2, 4, 1, 3)
