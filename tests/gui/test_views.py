"""The painted pictures: map, curves, legend, checked by what must be seen in them."""

from __future__ import annotations

import numpy as np
import pytest
from driving import KEY, array, click, drag, has_colour, near, rgb, seen, wheel
from PyQt6.QtCore import QRectF, QSize
from PyQt6.QtGui import QColor
from PyQt6.QtTest import QTest

from gui.theme import DARK, LIGHT, PROJECTOR, THEMES, Look, looks
from gui.views.legend_view import LegendView
from gui.views.map_view import MapView
from gui.views.strip_chart import Curves, StripChart
from landscape.race import solve
from landscape.relief import relief
from landscape.scene import Scene, opening_scene

themes = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
AREA = QRectF(0, 0, 640, 480)


def shown_map(qtbot, scene: Scene | None = None, theme=DARK) -> MapView:
    scene = scene or opening_scene()
    (race,) = solve(scene)
    ground = relief(race.surface, scene.log_scale)
    board = MapView()
    qtbot.addWidget(board)
    board.resize(640, 480)
    board.set_theme(theme)
    board.show_domain(ground.x, ground.y)
    board.show_relief(ground, ground.contours() if scene.view.contours else [], scene.view.colormap)
    board.show_race(race, looks(scene.optimizers, theme))
    return board


def ball_pixels(board: MapView, scene: Scene, step: int):
    """(pixel, look) of each ball, worked out from the domain."""
    (race,) = solve(scene)
    styles = looks(scene.optimizers, board.theme)
    (x0, x1), (y0, y1) = race.surface.x, race.surface.y
    for entry in race.entries:
        x, y = entry.path.points[step]
        yield ((x - x0) / (x1 - x0) * 640, (y1 - y) / (y1 - y0) * 480), styles[entry.index]


@themes
@pytest.mark.parametrize("step", [40, 300])
def test_balls_are_where_they_should_be_in_their_colours(qtbot, theme, step):
    board, scene = shown_map(qtbot, theme=theme), opening_scene()
    board.set_step(step)
    picture = array(board.render_image(QSize(640, 480)))
    balls = list(ball_pixels(board, scene, step))
    for place, ((x, y), look) in enumerate(balls):
        covered = any(np.hypot(x - u, y - v) < 2.2 * theme.ball for (u, v), _ in balls[place + 1 :])
        if not covered:
            assert has_colour(near(picture, x, y, round(theme.ball)), look.colour) > 20, look.label


def test_trail_is_where_the_ball_came_from_and_not_where_it_goes(qtbot):
    board, scene = shown_map(qtbot), opening_scene()
    board.set_step(60)
    picture = array(board.render_image(QSize(640, 480)))
    look = looks(scene.optimizers, DARK)[3]  # Adam
    ((x, y), _) = list(ball_pixels(board, scene, 15))[3]
    assert has_colour(near(picture, x, y, 8), look.colour) > 5
    board.set_step(0)
    picture = array(board.render_image(QSize(640, 480)))
    assert has_colour(near(picture, x, y, 8), look.colour) == 0


def test_whole_way_is_seen_while_the_start_is_dragged(qtbot):
    board = shown_map(qtbot)
    with qtbot.waitExposed(board):
        board.show()

    def reddish() -> int:  # gradient descent's way is the only thing that is
        picture = seen(board)
        return int((picture[..., 0] > picture[..., 2] + 30).sum())

    before = reddish()
    during: list[int] = []
    drag(board, (320, 60), (322, 60), between=lambda: during.append(reddish()))
    assert during[0] > before + 50


def test_contour_lines_can_be_left_out(qtbot):
    with_lines, scene = shown_map(qtbot), opening_scene()
    without = shown_map(qtbot, scene.edited(view=scene.view.model_copy(update={"contours": False})))
    one, other = (array(view.render_image(QSize(640, 480))) for view in (with_lines, without))
    assert (one != other).any(axis=2).mean() > 0.05


def test_low_is_dark_and_high_is_light_and_y_runs_upwards(qtbot):
    board = shown_map(qtbot, Scene(surface={"formula": "x + 3y", "x": (0, 1), "y": (0, 1)}, optimizers=[],
                                   view={"contours": False}))  # fmt: skip
    picture = array(board.render_image(QSize(640, 480))).sum(axis=2)
    assert picture[60, 580] > picture[60, 60] > picture[420, 580] > picture[420, 60]


@themes
def test_holes_show_the_card(qtbot, theme):
    scene = Scene(surface={"formula": "log(x)", "x": (-1, 1), "y": (-1, 1)}, start=(0.5, 0.5), optimizers=[])
    picture = array(shown_map(qtbot, scene, theme).render_image(QSize(640, 480)))
    assert (picture[200:300, 100:250] == rgb(theme.card)).all()
    assert not (picture[200:300, 400:550] == rgb(theme.card)).all(axis=2).any()


def test_themes_change_the_colours(qtbot):
    board = shown_map(qtbot)
    with qtbot.waitExposed(board):
        board.show()
    pictures = []
    for theme in (DARK, LIGHT, PROJECTOR):
        board.set_theme(theme)
        pictures.append(seen(board).mean())
    assert pictures[0] + 40 < pictures[1] < pictures[2]


@pytest.mark.parametrize("kind", ["map", "chart", "legend"])
def test_twice_the_size_is_the_same_picture(qtbot, kind):
    view = {"map": shown_map, "chart": shown_chart, "legend": shown_legend}[kind](qtbot)
    if kind != "legend":
        view.set_step(60)
    small = array(view.render_image(QSize(320, 240), 0.5))
    large = array(view.render_image(QSize(1280, 960), 2.0))
    shrunk = large.reshape(240, 4, 320, 4, 3).mean(axis=(1, 3))
    assert np.abs(shrunk - small).mean() < 6
    assert (np.abs(shrunk - small).max(axis=2) > 90).mean() < 0.01


def test_screen_and_file_are_the_same_picture(qtbot):
    board = shown_map(qtbot)
    board.set_step(100)
    with qtbot.waitExposed(board):
        board.show()
    on_screen, off_screen = seen(board), array(board.render_image(QSize(640, 480)))
    assert (np.abs(on_screen - off_screen).max(axis=2) > 12).mean() < 0.005


def test_path_that_leaves_the_numbers_is_painted_as_far_as_it_goes(qtbot):
    scene = Scene(
        surface={"name": "rosenbrock"}, start=(-1.2, 1), optimizers=[{"rule": "gd", "learning_rate": 50}]
    )
    board = shown_map(qtbot, scene)
    for step in (0, 1, 3, 300):
        board.set_step(step)
        picture = array(board.render_image(QSize(640, 480)))
    assert has_colour(picture, looks(scene.optimizers, DARK)[0].colour) > 10


def test_zoom_by_wheel_keys_and_back(qtbot):
    board = shown_map(qtbot)
    whole = board.x_range
    wheel(board, 300, 200, 2)
    QTest.keyClick(board, KEY.Key_Plus)
    near_by = board.x_range
    assert near_by[1] - near_by[0] < 0.7 * (whole[1] - whole[0])
    QTest.keyClick(board, KEY.Key_Minus)
    assert board.x_range[1] - board.x_range[0] > near_by[1] - near_by[0]
    QTest.keyClick(board, KEY.Key_0)
    assert board.x_range == whole
    for _ in range(200):
        wheel(board, 10, 10, 8)
    assert np.isfinite(board.x_range).all()
    assert board.x_range[0] < board.x_range[1]


# --- curves and legend -----------------------------------------------------------------------------


def shown_chart(qtbot, curves: Curves | None = None) -> StripChart:
    chart = StripChart()
    qtbot.addWidget(chart)
    chart.resize(640, 480)
    red, blue = Look("R", "disc", "#D55E00", ()), Look("B", "square", "#56B4E9", (9, 5))
    values = (10.0 ** -np.linspace(0, 4, 101), np.linspace(1, 0.5, 101))
    chart.show_curves(curves or Curves("loss", values, (red, blue), log=True))
    return chart


def shown_legend(qtbot) -> LegendView:
    legend = LegendView()
    qtbot.addWidget(legend)
    scene = opening_scene()
    names = [racer.optimizer.title for racer in scene.optimizers]
    legend.show_names(list(zip(looks(scene.optimizers, DARK), names, strict=True)))
    return legend


def test_curve_goes_down_as_its_values_do(qtbot):
    chart = shown_chart(qtbot)
    chart.set_step(100)
    picture = array(chart.render_image(QSize(640, 480)))
    plot = chart.plot_area(AREA)
    rows = []
    for share in (0.1, 0.4, 0.7):
        column = picture[:, round(plot.left() + share * plot.width())]
        found = np.flatnonzero(np.abs(column - rgb("#D55E00")).max(axis=1) < 40)
        assert len(found), share
        rows.append(found.mean())
    assert rows[0] < rows[1] < rows[2]
    assert rows[1] - rows[0] == pytest.approx(rows[2] - rows[1], abs=4)  # a straight line: logarithmic


def test_future_is_faint_and_the_past_full(qtbot):
    chart = shown_chart(qtbot)
    chart.set_step(50)
    picture = array(chart.render_image(QSize(640, 480)))
    plot = chart.plot_area(AREA)
    middle = round(plot.center().x())
    assert has_colour(picture[:, : middle - 10], "#D55E00", 30) > 200
    assert has_colour(picture[:, middle + 12 :], "#D55E00", 30) == 0


def test_click_and_drag_scrub(qtbot):
    chart = shown_chart(qtbot)
    with qtbot.waitExposed(chart):
        chart.show()
    steps: list[int] = []
    chart.scrubbed.connect(steps.append)
    plot = chart.plot_area(QRectF(chart.rect()))
    click(chart, plot.left() + 0.25 * plot.width(), 200)
    assert steps == [pytest.approx(25, abs=1)]
    drag(chart, (plot.left(), 200), (plot.center().x(), 100), (chart.width() - 1, 100))
    assert steps[1:] == [0, pytest.approx(50, abs=1), 100]


@pytest.mark.parametrize(
    "values", [np.zeros(5), np.full(5, np.nan), np.array([1.0]), np.array([1e300, 1e-300, np.inf, 0, -1]),
               np.array([1.0, np.nan, 1.0, np.nan])],
)  # fmt: skip
@pytest.mark.parametrize("log", [True, False])
def test_odd_values_are_painted_without_harm(qtbot, values, log):
    chart = shown_chart(qtbot, Curves("odd", (values,), (Look("R", "disc", "#D55E00", ()),), log))
    for step in (0, 3, 1000):
        chart.set_step(step)
        picture = array(chart.render_image(QSize(300, 200)))
    assert has_colour(picture, DARK.card) > 1000


def test_chart_without_curves_is_an_empty_card(qtbot):
    chart = shown_chart(qtbot, Curves("nothing", (), ()))
    assert has_colour(array(chart.render_image(QSize(300, 200))), DARK.card) > 10_000


def test_limit_is_drawn_and_named(qtbot):
    values, look = (np.linspace(1, 1.5, 50),), (Look("R", "disc", "#009E73", ()),)
    plain = array(shown_chart(qtbot, Curves("a", values, look)).render_image(QSize(640, 480)))
    curves = Curves("a", values, look, limits=((2.0, "limit", ""),))
    limited = array(shown_chart(qtbot, curves).render_image(QSize(640, 480)))
    assert has_colour(plain, DARK.warning) == 0
    assert has_colour(limited, DARK.warning) > 100


def test_legend_has_every_rule_in_its_colour(qtbot):
    picture = array(shown_legend(qtbot).render_image(QSize(300, 300)))
    for look in looks(opening_scene().optimizers, DARK):
        assert has_colour(picture, look.colour) > 100
    assert has_colour(picture, QColor(DARK.text).name()) > 100
