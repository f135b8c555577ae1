"""The 3-D camera as arithmetic: projecting and looking back, hits on a height field, fitting."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.views.camera import Box, Camera, first_hit, sampled

angles = st.floats(-180, 180)
elevations = st.floats(-89, 89)
cameras = st.builds(Camera, angles, elevations, st.floats(0.5, 3), st.floats(3, 8))
unit = st.floats(-1, 1)
sizes = st.tuples(st.integers(100, 3000), st.integers(100, 3000))


@given(cameras, st.tuples(unit, unit, unit), sizes)
def test_line_of_sight_through_a_projected_point_meets_it(camera, point, size):
    world = np.array(point)
    pixel = camera.project(world, *size)
    if not np.isfinite(pixel).all():
        assert (world - camera.eye()) @ camera.eye() >= -1e-3  # it is behind the eye
        return
    origin, direction = camera.ray(*pixel, *size)
    assert np.linalg.norm(direction) == pytest.approx(1)
    along = (world - origin) @ direction
    assert along > 0
    assert origin + along * direction == pytest.approx(world, abs=1e-6)


@given(cameras, st.tuples(unit, unit, unit), sizes)
def test_projection_agrees_with_the_matrices_that_opengl_gets(camera, point, size):
    clip = camera.projection_matrix(size[0] / size[1]) @ camera.view_matrix() @ [*point, 1.0]
    if clip[3] <= 1e-3:
        return
    x, y = clip[:2] / clip[3]
    pixel = camera.project(np.array(point), *size)
    assert pixel == pytest.approx([(x + 1) / 2 * size[0], (1 - y) / 2 * size[1]], rel=1e-6, abs=1e-4)


def test_known_view():
    """From the front and level: the middle is in the middle, x grows to the right, up is up."""
    camera = Camera(azimuth=-90, elevation=0, fit=5.0)
    assert camera.project(np.zeros(3), 400, 300) == pytest.approx([200, 150])
    right = camera.project(np.array([0.5, 0, 0]), 400, 300)
    up = camera.project(np.array([0, 0, 0.5]), 400, 300)
    assert right[0] > 200
    assert right[1] == pytest.approx(150)
    assert up[1] < 150
    # 0.5 at distance 5 under half of 28°: 0.5/5/tan(14°) of half the height
    assert 150 - up[1] == pytest.approx(150 * 0.1 / np.tan(np.radians(14)))


def test_straight_down_lies_as_the_map():
    camera = Camera(azimuth=-90, elevation=90)
    x, y = camera.project(np.array([0.3, 0.4, 0.0]), 400, 400)
    assert x > 200
    assert y < 200
    assert np.isfinite(camera.project(np.array([0.0, 0.0, 0.5]), 400, 400)).all()


def test_behind_the_eye_is_nowhere():
    camera = Camera(azimuth=0, elevation=0, fit=3.0)
    assert np.isnan(camera.project(np.array([4.0, 0.0, 0.0]), 100, 100)).all()


domains = st.tuples(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6)).map(lambda d: (d[0], d[0] + d[1]))


@given(domains, domains, st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_box_there_and_back(x, y, u, v, height):
    box = Box.over(x, y)
    point = np.array([x[0] + u * (x[1] - x[0]), y[0] + v * (y[1] - y[0])])
    world = box.world(point, np.array(height))
    assert (np.abs(world) <= np.array(box.half) * (1 + 1e-6) + 1e-6).all()
    back, up = box.surface(world)
    scale = max(abs(x[0]), abs(x[1]), abs(y[0]), abs(y[1]), 1.0)
    assert back == pytest.approx(point, abs=1e-9 * scale)
    assert up == pytest.approx(height, abs=1e-9)


def test_box_keeps_proportions_while_they_are_readable():
    assert Box.over((0, 4), (0, 3)).half[:2] == (1.0, 0.75)
    assert Box.over((0, 1), (0, 100)).half[:2] == (0.6, 1.0)
    assert len(np.unique(Box.over((0, 1), (0, 1)).corners(), axis=0)) == 8


@given(
    angles, st.floats(-89, 90), st.floats(0.2, 6), st.floats(1, 20),
    st.sampled_from([((-1, 1), (-1, 1)), ((0, 9), (0, 2)), ((0, 1), (0, 8))]),
)  # fmt: skip
def test_fitted_box_lies_inside_the_view_and_fills_it(azimuth, elevation, aspect, before, domain):
    corners = Box.over(*domain).corners()
    width, height, pad = aspect * 500.0, 500.0, (0.1 * aspect * 500.0, 30.0)
    camera = Camera(azimuth, elevation, 1.0, before).fitted(corners, (width, height), pad)
    pixels = camera.project(corners, width, height)
    assert np.isfinite(pixels).all()
    room = [[pad[0], pad[1]], [width - pad[0], height - pad[1]]]
    assert (pixels >= np.array(room[0]) - 1e-6).all()
    assert (pixels <= np.array(room[1]) + 1e-6).all()
    to_edge = np.abs(np.concatenate([pixels - room[0], pixels - room[1]]))
    assert to_edge.min() < 1e-6  # no nearer is possible


@given(angles, elevations, st.floats(-400, 400), st.floats(-200, 200))
def test_turning_stays_within_what_can_be_looked_at(azimuth, elevation, by_azimuth, by_elevation):
    turned = Camera(azimuth, elevation).turned(by_azimuth, by_elevation)
    assert -180 <= turned.azimuth <= 180
    assert -90 <= turned.elevation <= 90
    assert Camera().zoomed(1e-9).distance == Camera().zoomed(1e-3).distance
    assert Camera().zoomed(1e9).distance <= 5


# --- hits ------------------------------------------------------------------------------------------


def hill(box, columns=161, rows=121):
    """A height field with a hill in the middle, and what it is a sample of."""
    u, v = np.meshgrid(np.linspace(-1, 1, columns), np.linspace(-1, 1, rows))

    def height(u, v):
        return 0.1 + 0.8 * np.exp(-3 * (u**2 + v**2))

    return height(u, v), height


@given(angles, st.floats(15, 90), st.floats(-0.95, 0.95), st.floats(-0.95, 0.95))
def test_first_hit_is_on_the_field_and_nothing_is_in_front_of_it(azimuth, elevation, u, v):
    box = Box.over((0, 4), (0, 3))
    heights, height = hill(box)
    camera = Camera(azimuth, elevation, 1.0, 5.0)
    aim = np.array([u * box.half[0], v * box.half[1], (2 * height(u, v) - 1) * box.half[2] - 0.005])
    origin, direction = camera.ray(*camera.project(aim, 600, 500), 600, 500)
    hit = first_hit(heights, box, origin, direction)
    assert hit is not None
    # On the field itself, as it is given by its formula …
    on = (2 * height(hit[0] / box.half[0], hit[1] / box.half[1]) - 1) * box.half[2]
    assert hit[2] == pytest.approx(on, abs=2e-3)
    # … on the line of sight, and no farther than what was aimed at.
    assert np.cross(hit - origin, direction) == pytest.approx(np.zeros(3), abs=1e-9)
    assert (hit - origin) @ direction <= (aim - origin) @ direction + 5e-3
    before = origin + np.linspace(0, (hit - origin) @ direction - 0.02, 400)[:, None] * direction
    ground = (2 * height(before[:, 0] / box.half[0], before[:, 1] / box.half[1]) - 1) * box.half[2]
    inside = (np.abs(before[:, :2]) <= np.array(box.half[:2])).all(axis=1)
    assert (before[inside, 2] > ground[inside] - 2e-3).all()


def test_straight_down_hits_what_is_under_the_pixel():
    box = Box.over((0, 4), (0, 3))
    heights, height = hill(box)
    camera = Camera(-90, 90, 1.0, 5.0)
    hit = first_hit(heights, box, *camera.ray(300, 250, 600, 500))
    assert hit == pytest.approx([0, 0, (2 * height(0, 0) - 1) * box.half[2]], abs=2e-3)


def test_beside_the_field_and_through_a_hole_there_is_no_hit():
    box = Box.over((0, 1), (0, 1))
    camera = Camera(-60, 35, 1.0, 5.0)
    assert first_hit(np.zeros((20, 20)), box, *camera.ray(3, 3, 600, 500)) is None
    assert first_hit(np.full((20, 20), np.nan), box, *camera.ray(300, 250, 600, 500)) is None


def test_sampling_is_bilinear_and_nan_outside():
    box = Box.over((0, 1), (0, 1))
    heights = np.array([[0.0, 1.0], [2.0, 3.0]])
    world = np.array([[-1, -1, 0], [1, -1, 0], [0, 0, 0], [-0.5, 1, 0], [1.1, 0, 0]], dtype=float)
    world[:, 0] *= box.half[0]
    world[:, 1] *= box.half[1]
    assert sampled(heights, box, world)[:4] == pytest.approx([0, 1, 1.5, 2.25])
    assert np.isnan(sampled(heights, box, world)[4])
