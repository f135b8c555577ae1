"""Triangles of the surface and of the trails, as plain arrays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gui.theme import DARK, LIGHT, lookup_table
from gui.views.camera import Box
from gui.views.meshes import SIDES, draped, surface_mesh, tube

BOX = Box.over((-2, 2), (-1, 1))
TABLE = lookup_table("landscape", DARK)


def field(rows=31, columns=41):
    u, v = np.meshgrid(np.linspace(-1, 1, columns), np.linspace(-1, 1, rows))
    return 0.5 + 0.25 * (u**2 - v**2)


def test_surface_has_its_vertices_on_the_heights_and_two_faces_a_cell():
    heights = field()
    mesh = surface_mesh(heights, BOX, TABLE)
    assert mesh.vertices.shape == (31 * 41, 3)
    assert mesh.faces.shape == (2 * 30 * 40, 3)
    xs, ys = np.meshgrid(np.linspace(-2, 2, 41), np.linspace(-1, 1, 31))
    points, up = BOX.surface(mesh.vertices)
    assert points[:, 0] == pytest.approx(xs.ravel(), abs=1e-6)
    assert points[:, 1] == pytest.approx(ys.ravel(), abs=1e-6)
    assert up == pytest.approx(heights.ravel(), abs=1e-6)
    assert mesh.colours.shape == (31 * 41, 4)
    assert (mesh.colours >= 0).all()
    assert (mesh.colours <= 1).all()


def test_faces_cover_the_rectangle_once_and_face_up():
    mesh = surface_mesh(field(), BOX, TABLE)
    a, b, c = (mesh.vertices[mesh.faces[:, k]].astype(float) for k in range(3))
    areas = np.cross(b - a, c - a)[:, 2] / 2
    assert (areas > 0).all()
    assert areas.sum() == pytest.approx(4 * BOX.half[0] * BOX.half[1], rel=1e-5)


def test_holes_leave_no_faces():
    heights = field()
    heights[10:14, 20] = np.nan
    mesh = surface_mesh(heights, BOX, TABLE)
    holes = np.flatnonzero(np.isnan(heights).ravel())
    assert not np.isin(mesh.faces, holes).any()
    assert len(mesh.faces) == 2 * 30 * 40 - 2 * 2 * 5
    assert np.isfinite(mesh.vertices).all()
    assert np.isfinite(mesh.colours).all()
    assert len(surface_mesh(np.full((5, 5), np.nan), BOX, TABLE).faces) == 0


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_low_and_high_have_the_ends_of_the_colour_table(theme):
    table = lookup_table("landscape", theme)
    low = surface_mesh(np.zeros((4, 4)), BOX, table).colours[0, :3]
    high = surface_mesh(np.ones((4, 4)), BOX, table).colours[0, :3]
    assert low == pytest.approx(table[0, :3] / 255, abs=0.15)
    assert high.sum() > low.sum()


# --- tubes -----------------------------------------------------------------------------------------


def line(count=50, length=2.0):
    return np.stack([np.linspace(0, length, count), np.zeros(count), np.zeros(count)], axis=1)


def test_tube_is_round_around_its_line_and_grows_with_the_steps():
    built = tube(line(), np.arange(50), 0.02, (1.0, 0.5, 0.0))
    mesh = built.mesh
    assert np.hypot(mesh.vertices[:, 1], mesh.vertices[:, 2]) == pytest.approx(0.02, rel=1e-4)
    assert len(mesh.faces) == 49 * SIDES * 2
    assert built.faces_until[0] == 0
    assert (np.diff(built.faces_until) == 2 * SIDES).all()
    assert built.faces_until[-1] == len(mesh.faces)
    for step in (3, 20, 49):
        seen = mesh.vertices[mesh.faces[: built.faces_until[step]].ravel()]
        assert seen[:, 0].max() == pytest.approx(line()[step, 0], abs=1e-6)


dashes = st.lists(st.floats(1, 20), min_size=2, max_size=6).filter(lambda d: len(d) % 2 == 0)


@settings(max_examples=60)
@given(dashes, st.integers(2, 200), st.floats(0.5, 4))
def test_dashes_lie_on_the_line_and_have_their_share(dash, count, length):
    points = line(count, length)
    built = tube(points, np.arange(count), 0.001, (1.0, 1.0, 1.0), tuple(dash))
    middle = built.mesh.vertices.reshape(-1, SIDES, 3).mean(axis=1)
    drawn = np.unique(built.mesh.faces // SIDES)
    assert np.abs(middle[drawn, 1:]).max() < 1e-4
    assert middle[drawn, 0].min() >= -1e-5
    assert middle[drawn, 0].max() <= length + 1e-5
    pairs = np.unique(np.sort(built.mesh.faces // SIDES, axis=1)[:, [0, 2]], axis=0)
    covered = np.abs(middle[pairs[:, 1], 0] - middle[pairs[:, 0], 0]).sum()
    period = sum(dash) * 0.006
    share = sum(dash[::2]) / sum(dash)
    assert covered == pytest.approx(share * length, abs=period + 1e-3)


@settings(max_examples=60)
@given(dashes, st.integers(2, 100))
def test_dashed_faces_never_shrink_with_the_steps(dash, count):
    built = tube(line(count), np.arange(count), 0.01, (1.0, 1.0, 1.0), tuple(dash))
    assert (np.diff(built.faces_until) >= 0).all()
    assert built.faces_until[-1] == len(built.mesh.faces)
    assert len(built.faces_until) <= count


def test_tube_is_broken_where_the_line_is():
    points = line(20)
    points[8] = np.nan
    built = tube(points, np.arange(20), 0.01, (1.0, 1.0, 1.0))
    assert np.isfinite(built.mesh.vertices).all()
    assert len(built.mesh.faces) == (7 + 10) * 2 * SIDES


@pytest.mark.parametrize(
    "points", [np.zeros((5, 3)), np.full((5, 3), np.nan), np.zeros((1, 3)), np.empty((0, 3))]
)
def test_line_without_length_is_no_tube(points):
    built = tube(points, np.arange(len(points)), 0.01, (1.0, 1.0, 1.0), (5.0, 5.0))
    assert built is None or len(built.mesh.faces) == 0


# --- draped ----------------------------------------------------------------------------------------


def test_draped_path_follows_the_ground_between_its_points():
    u, _ = np.meshgrid(np.linspace(-1, 1, 81), np.linspace(-1, 1, 81))
    heights = 0.5 + 0.4 * np.cos(3 * u)
    path = np.array([[-1.8, 0.0], [1.8, 0.5]])
    world, steps = draped(path, heights, BOX, until=1)
    assert len(world) > 40
    where, up = BOX.surface(world)
    assert up == pytest.approx(0.5 + 0.4 * np.cos(3 * where[:, 0] / 2), abs=2e-3)
    assert (np.diff(steps) > 0).all()
    assert (steps[0], steps[-1]) == (0, 1)
    assert where[[0, -1]] == pytest.approx(path)


def test_draped_path_is_nowhere_outside_the_box():
    path = np.array([[0.0, 0.0], [10.0, 0.0], [0.5, 0.0], [1e200, 1e200]])
    world, steps = draped(path, field(), BOX, until=3)
    where = np.interp(steps, np.arange(4), [0, 10, 0.5, 10])
    assert np.isnan(world[(where > 2.2) & (steps < 2), 2]).all()
    assert np.isfinite(world[(where < 1.9) & (steps <= 2), 2]).all()


def test_path_that_ends_early_is_draped_until_there():
    path = np.array([[0.0, 0.0], [0.1, 0.0], [np.nan, np.nan]])
    world, steps = draped(path, field(), BOX, until=1)
    assert steps[-1] == 1
    assert np.isfinite(world).all()
