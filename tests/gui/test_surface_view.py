"""The surface in three dimensions, by what must be seen in its picture; and the window without it."""

from __future__ import annotations

import math

import numpy as np
import psutil
import pytest
from driving import KEY, array, click, drag, has_colour, near, press, rgb, seen, surface_pixel, wheel
from PyQt6.QtCore import QSize
from PyQt6.QtTest import QTest

from gui.theme import DARK, LIGHT, PROJECTOR, looks
from gui.views.surface_view import SurfaceView
from landscape.race import solve
from landscape.relief import relief
from landscape.scene import Scene, opening_scene

gl = pytest.mark.gl


def shown(qtbot, scene: Scene | None = None, theme=DARK, size=(480, 400)) -> SurfaceView:
    """A 3-D view of a scene, on the screen."""
    from gui.views.gl_scene import GlScene

    scene = scene or opening_scene()
    (race,) = solve(scene)
    view = SurfaceView()
    qtbot.addWidget(view)
    view.resize(*size)
    view.set_theme(theme)
    view.set_scene(GlScene())
    view.set_camera(scene.view.azimuth, scene.view.elevation, scene.view.distance)
    view.show_relief(relief(race.surface, scene.log_scale, (161, 161)), scene.view.colormap)
    view.show_race(race, looks(scene.optimizers, theme))
    with qtbot.waitExposed(view):
        view.show()
    seen(view)  # fits the camera to the size
    return view


def place(view: SurfaceView, scene: Scene, step: int, entry: int) -> tuple[float, float]:
    """The pixel of the ground under a ball."""
    (race,) = solve(scene)
    x, y = race.entries[entry].path.points[step]
    scale = relief(race.surface, scene.log_scale, (161, 161)).scale
    return surface_pixel(view, x, y, float(scale.height(race.surface.value([x, y]))))


@gl
@pytest.mark.parametrize("theme", [DARK, LIGHT, PROJECTOR], ids=["dark", "light", "projector"])
def test_surface_fills_the_middle_of_its_card(qtbot, theme):
    picture = seen(shown(qtbot, theme=theme))
    ground = (np.abs(picture - rgb(theme.card)).max(axis=2) > 8).mean()
    assert 0.12 < ground < 0.9
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 200
    assert (picture[2, 30:-30] == rgb(theme.card)).all(axis=1).mean() > 0.9 or theme is PROJECTOR


@gl
def test_ball_and_trail_are_on_the_ground_where_the_projection_says(qtbot):
    scene = opening_scene()
    view = shown(qtbot)
    look = looks(scene.optimizers, DARK)[0]  # gradient descent, on its way down the ridge
    view.set_step(40)
    picture = seen(view)
    x, y = place(view, scene, 40, 0)
    lift = DARK.ball * math.cos(math.radians(35))
    assert has_colour(near(picture, x, y - lift, 10), look.colour) > 40
    x, y = place(view, scene, 16, 0)
    assert has_colour(near(picture, x, y, 9), look.colour, 60) > 3
    view.set_step(0)
    assert has_colour(near(seen(view), x, y, 9), look.colour, 60) == 0


@gl
def test_ball_behind_the_ground_is_faint(qtbot):
    """A wall stands between the eye and one of two places."""
    scene = Scene(
        surface={"formula": "2exp(-20(y + 0.3)^2)", "x": (-1, 1), "y": (-1, 1)}, start=(0, 0.2), steps=1,
        optimizers=[{"rule": "gd", "learning_rate": 1e-9}], view={"azimuth": -90.0, "elevation": 8.0},
    )  # fmt: skip
    behind, before = shown(qtbot, scene), shown(qtbot, scene.edited(start=(0.0, -0.8)))
    colour = looks(scene.optimizers, DARK)[0].colour
    counts = []
    for view, start in ((behind, scene), (before, scene.edited(start=(0.0, -0.8)))):
        x, y = place(view, start, 0, 0)
        counts.append(has_colour(near(seen(view), x, y - DARK.ball, 14), colour))
    assert counts[0] == 0
    assert counts[1] > 40


@gl
def test_two_views_both_draw(qtbot):
    one = shown(qtbot)
    two = shown(qtbot, Scene(surface={"name": "bowl"}, start=(1, 1)), size=(300, 260))
    for view in (one, two, one):
        assert len(np.unique(seen(view).reshape(-1, 3), axis=0)) > 200
    one.set_step(60)
    three = shown(qtbot, size=(480, 400))
    three.set_step(60)
    assert np.abs(seen(one) - seen(three)).max() <= 8


@gl
def test_other_colours_again_and_again_take_no_more_memory(qtbot):
    view = shown(qtbot)

    def change(times: int) -> float:
        for k in range(times):
            view.set_theme((DARK, LIGHT, PROJECTOR)[k % 3])
            seen(view)
        return psutil.Process().memory_info().rss / 1e6

    begin = change(15)
    assert change(45) - begin < 20  # a program left behind each time would be about 50 MB


@gl
def test_view_goes_on_after_another_has_been_deleted(qtbot):
    one, two = shown(qtbot), shown(qtbot)
    before = seen(two)
    one.close()
    one.deleteLater()
    qtbot.wait(10)
    two.zoom(0.9)
    two.zoom(1 / 0.9)
    assert np.abs(seen(two) - before).max() <= 8


@gl
def test_drag_turns_and_keys_turn_and_zoom(qtbot):
    view = shown(qtbot)
    places: list[tuple[float, float, float]] = []
    view.cameraChanged.connect(lambda *place: places.append(place))
    before = seen(view)
    drag(view, (20, 380), (60, 380), (80, 380))
    assert places[-1][0] != -60
    assert places[-1][1] == 35
    assert (seen(view) != before).any(axis=2).mean() > 0.05
    for key, changed in ((KEY.Key_A, 0), (KEY.Key_W, 1), (KEY.Key_Plus, 2), (KEY.Key_Minus, 2)):
        last = places[-1]
        QTest.keyClick(view, key)
        assert places[-1][changed] != last[changed], key
    last = places[-1]
    wheel(view, 200, 200, 1)
    assert places[-1][2] < last[2]


@gl
def test_small_tremble_of_a_click_does_not_turn(qtbot):
    view = shown(qtbot)
    camera = view.camera
    picked = []
    view.startPicked.connect(lambda x, y: picked.append((x, y)))
    drag(view, (240, 230), (241, 231))
    assert view.camera == camera
    assert len(picked) == 1


@gl
def test_straight_down_looks_like_the_map(qtbot):
    view = shown(qtbot)
    view.set_camera(-90, 90, 1)
    seen(view)
    low = [surface_pixel(view, x, y, 0.0) for x, y in ((-1.8, 0), (1.8, 0), (0, -2), (0, 2))]
    assert low[0][0] < low[1][0]
    assert low[2][1] > low[3][1]
    assert low[0][1] == pytest.approx(low[1][1])
    assert view.surface_point_at(view.rect().center().toPointF()) == pytest.approx((0, 0), abs=0.03)


@gl
def test_picture_off_the_screen_is_the_same_at_twice_the_size(qtbot):
    view = shown(qtbot)
    view.set_step(60)
    small = array(view.render_image(QSize(480, 400)))
    large = array(view.render_image(QSize(960, 800), 2.0))
    shrunk = large.reshape(400, 2, 480, 2, 3).mean(axis=(1, 3))
    assert (np.abs(shrunk - small).max(axis=2) > 60).mean() < 0.02


@gl
def test_holes_show_the_card_and_cannot_be_picked(qtbot):
    scene = Scene(
        surface={"formula": "log(x)", "x": (-1, 1), "y": (-1, 1)}, start=(0.5, 0.5), optimizers=[],
        view={"azimuth": -90.0, "elevation": 90.0},
    )  # fmt: skip
    view = shown(qtbot, scene)
    left = surface_pixel(view, -0.5, 0.15, 0.0)
    assert view.surface_point_at(_point(left)) is None
    click(view, *left)
    right = surface_pixel(view, 0.6, 0.15, 0.9)
    assert view.surface_point_at(_point(right)) is not None


@gl
def test_contour_lines_follow_the_switch(window, qtbot):
    view = window.explore.stage.surface
    before = seen(view)
    window.explore.view_card.contours.toggle.click()
    qtbot.waitUntil(lambda: not window.jobs.busy)
    assert (seen(view) != before).any(axis=2).mean() > 0.02


@gl
def test_top_down_by_key_lines_up_with_the_map(window):
    press("t")
    view = window.explore.stage.surface
    seen(view)
    assert view.surface_point_at(view.rect().center().toPointF()) == pytest.approx((0, 0), abs=0.05)


@gl
def test_camera_is_part_of_the_scene(window, qtbot):
    view = window.explore.stage.surface
    drag(view, (20, 400), (90, 380))
    qtbot.waitUntil(lambda: window.document.scene.view.azimuth != -60)
    assert window.document.scene.view.azimuth == pytest.approx(view.camera.azimuth, abs=0.06)
    assert window.document.undo_label == ""  # looking is not editing


# --- without it ------------------------------------------------------------------------------------


def test_without_opengl_the_map_is_there_alone_with_a_sentence_why(flat_window):
    page = flat_window.explore
    assert page.stage.map.isVisible()
    assert not page.stage.surface.isVisible()
    assert "3-D" in page.readout.text()
    assert not page.layout_buttons["both"].isEnabled()
    assert not page.layout_buttons["surface"].isEnabled()
    assert page.layout_buttons["surface"].toolTip()
    assert page.stage.map.width() > 800


@pytest.mark.parametrize("key", ["2", "3"])
def test_without_opengl_its_keys_leave_the_map(flat_window, key):
    press(key)
    assert flat_window.explore.stage.map.isVisible()
    assert not flat_window.explore.stage.surface.isVisible()
    press("t")
    press("r")
    press(KEY.Key_Right)
    assert flat_window.explore.playback.step == 1


def test_without_opengl_a_scene_of_the_surface_alone_shows_the_map(open_window):
    scene = opening_scene()
    window = open_window(scene.edited(view=scene.view.model_copy(update={"layout": "surface"})), gl=False)
    assert window.explore.stage.map.isVisible()


def test_opengl_that_fails_is_said_and_the_map_stays(open_window, monkeypatch, qtbot):
    import gui.views.gl_scene
    from landscape.errors import LandscapeError

    def fail(self):
        raise LandscapeError("3-D needs OpenGL 2.1; here is OpenGL 1.4.")

    monkeypatch.setattr(gui.views.gl_scene.GlScene, "__init__", fail)
    window = open_window()
    assert "OpenGL 1.4" in window.explore.readout.text()
    assert window.explore.stage.map.isVisible()
    assert not window.explore.layout_buttons["surface"].isEnabled()


def test_opengl_that_ended_the_program_is_not_tried_again_at_once(home):
    from gui.gl_support import why_not_try
    from gui.settings import Settings

    settings = Settings()
    assert why_not_try(settings) == ""
    settings.set_gl_trying(True)
    assert "last time" in why_not_try(Settings())
    assert why_not_try(Settings()) == ""


def _point(at):
    from PyQt6.QtCore import QPointF

    return QPointF(*at)
