"""A training as an animation: the decision regions, the network, and the losses of both twins."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QImage

from gui.theme import Theme, class_looks
from gui.train import pictures
from gui.train.pictures import Moment, PlanePicture
from gui.train.trainer import REPORT_SECONDS, Run
from gui.views.decision_view import DecisionView
from gui.views.film_frame import USUAL_HEIGHT, Film, Size, film_frame, head_height
from gui.views.network_view import NetworkView
from gui.views.strip_chart import StripChart
from landscape.network.plane import Scatter, scatter_of
from landscape.network.training import Snapshot, split_data, train
from landscape.scene import Scene


@dataclass(frozen=True)
class Drawn:
    """What the frames are drawn from: a moment and its plane for each frame."""

    scene: Scene
    run: Run
    twin: Run | None
    scatter: Scatter
    moments: list[Moment]
    planes: list[PlanePicture]


def _prepared(scene: Scene, frames: int) -> Iterator[Any]:
    """Trains anew: the same scene gives the same film, whatever the window has seen of it."""
    spec = scene.training
    run = Run(spec, split_data(spec))
    yield from _trained(run, frames, "Training")
    twin = None
    if scene.train_view.twin:
        twin = Run(spec.model_copy(update={"batch_norm": not spec.batch_norm}), run.data)
        yield from _trained(twin, frames, "Training the twin")
    assert run.data is not None
    assert run.last is not None
    scatter = scatter_of(run.data, scene.train_view.axes)
    end = run.last.state.epoch
    found: dict[int, tuple[Moment, PlanePicture]] = {}
    shown = [_moment(scene, run, twin, round(end * k / (frames - 1))) for k in range(frames)]
    for moment in shown:
        if moment.now.step not in found:
            found[moment.now.step] = (moment, next(pictures.plane_pictures(moment, scatter, None)))
    pairs = [found[moment.now.step] for moment in shown]
    yield Drawn(scene, run, twin, scatter, [one for one, _ in pairs], [other for _, other in pairs])


def _trained(run: Run, frames: int, deed: str) -> Iterator[str]:
    """Train to the end, and keep what the frames need: few moments of a long training."""
    spec, said = run.spec, 0.0
    wanted = {round(spec.epochs * k / (frames - 1)) for k in range(frames)}
    last: Snapshot | None = None
    for last in train(spec, run.data):
        if last.state.epoch in wanted or last.diverged:
            run.snapshots.append(last)
        if time.monotonic() - said > REPORT_SECONDS:
            said = time.monotonic()
            yield f"{deed}: epoch {last.state.epoch} of {spec.epochs} …"


def _moment(scene: Scene, run: Run, twin: Run | None, epoch: int) -> Moment:
    now = run.at(epoch)
    assert now is not None
    assert run.data is not None
    return Moment(run, run.data, now, twin, scene.train_view.test_time)


def _colours(scene: Scene, theme: Theme) -> list[str]:
    return [look.colour for look in class_looks(10, theme)]


def _frames(drawn: Drawn, theme: Theme, size: Size, frames: int) -> Iterator[QImage]:
    scene, scatter, run = drawn.scene, drawn.scatter, drawn.run
    assert run.data is not None
    dataset = run.data.dataset
    width, height = size
    head, margin = head_height(size), 16 * height / USUAL_HEIGHT
    middle, split = height * 0.66, width * 0.55
    plane_area = QRectF(margin, head, split - margin, middle - head)
    network_area = QRectF(split + margin, head, width - split - 2 * margin, middle - head)
    chart_area = QRectF(margin, middle + margin, width - 2 * margin, height - middle - 2 * margin)

    decision, network, chart = DecisionView(), NetworkView(), StripChart()
    views = (decision, network, chart)
    for view in views:
        view.set_theme(theme, 1.15)
    plane = scatter.plane
    decision.show_axes(plane.x_name, plane.y_name, plane.x_range, plane.y_range)
    decision.set_equal_scales(not dataset.own_units and dataset.features == 2)
    decision.set_note(pictures.plane_note(drawn.moments[0], plane))
    chart.show_curves(pictures.score_curves(run, drawn.twin, "loss", theme))
    looks = class_looks(len(dataset.class_names), theme)

    title, caption = pictures.heading(scene, run.data)
    places = tuple(zip(views, (plane_area, network_area, chart_area), strict=True))
    for k in (frames - 1, *range(frames - 1)):
        moment, picture = drawn.moments[k], drawn.planes[k]
        wrong = np.asarray(picture.guesses != scatter.labels)
        decision.show_points(scatter.places, scatter.labels, scatter.held, wrong)
        decision.show_regions(picture.values)
        network.show_network(pictures.layers(moment), dataset.feature_names, dataset.class_names, looks)
        chart.set_step(moment.now.state.epoch)
        yield film_frame(theme, size, title, caption, places)
    for view in views:
        view.deleteLater()


TRAINING_FILM = Film(_prepared, _frames, _colours)
