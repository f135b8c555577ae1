"""A training as an export: the decision regions, the network, and the losses of both twins."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PyQt6.QtCore import QRect

from gui.theme import Theme, class_looks
from gui.train import pictures
from gui.train.pictures import Moment
from gui.train.trainer import REPORT_SECONDS, Run
from gui.views.decision_view import DecisionView
from gui.views.film_frame import GAP, TYPE_SCALE, Film, Place, Reel, Sheet, columns, give_size, rows
from gui.views.network_view import NetworkView
from gui.views.strip_chart import StripChart
from landscape.errors import LandscapeError
from landscape.export_plan import Export
from landscape.network.model import Averages
from landscape.network.plane import Scatter, scatter_of
from landscape.network.training import Snapshot, split_data, train
from landscape.scene import Scene


@dataclass(frozen=True)
class Drawn:
    """What the frames are drawn from: both trainings at the epochs that are shown."""

    scene: Scene
    run: Run
    twin: Run | None
    scatter: Scatter


def _prepared(scene: Scene, export: Export, epochs: Sequence[int]) -> Iterator[Any]:
    """Trains anew: the same scene gives the same film, whatever the window has seen of it."""
    if export.view != "map":
        raise LandscapeError("A training has no surface to be seen in 3-D: its view is the map.")
    spec = scene.training
    run = Run(spec, split_data(spec))
    yield from _trained(run, set(epochs), "Training")
    twin = None
    if scene.train_view.twin:
        twin = Run(spec.model_copy(update={"batch_norm": not spec.batch_norm}), run.data)
        yield from _trained(twin, set(epochs), "Training the twin")
    assert run.data is not None
    yield Drawn(scene, run, twin, scatter_of(run.data, scene.train_view.axes))


def _trained(run: Run, wanted: set[int], deed: str) -> Iterator[str]:
    """Train to the end, and keep what the frames need: few moments of a long training."""
    spec, said = run.spec, 0.0
    for moment in train(spec, run.data):
        epoch = moment.state.epoch
        looked_at = epoch in wanted or moment.diverged
        run.snapshots.append(moment if looked_at else _scores_of(moment))
        if time.monotonic() - said > REPORT_SECONDS:
            said = time.monotonic()
            yield f"{deed}: epoch {epoch} of {spec.epochs} …"


def _scores_of(moment: Snapshot) -> Snapshot:
    """What the curves need of a moment at which nobody looks at the network."""
    nothing = np.empty((1, 0))
    state = moment.state._replace(parameters=nothing, averages=Averages(nothing, nothing), memory=None)
    return replace(moment, state=state, batch=state.averages, batch_losses=nothing, layers=())


def _opened(drawn: Drawn, theme: Theme, export: Export, question: str) -> Reel:
    scene, scatter, run = drawn.scene, drawn.scatter, drawn.run
    assert run.data is not None
    dataset, data = run.data.dataset, run.data
    decision, network = DecisionView(), NetworkView()
    chart = StripChart() if export.curves else None
    views = [view for view in (decision, network, chart) if view is not None]
    for view in views:
        view.set_theme(theme, TYPE_SCALE)

    def placed(area: QRect, scale: float) -> list[Place]:
        found: list[Place] = []
        for view, place in zip(views, training_places(area, export.curves, GAP * scale), strict=True):
            give_size(view, place, scale)
            found.append((view, place))
        return found

    sheet = Sheet(theme, export, *pictures.heading(scene, data), placed, question)
    plane = scatter.plane
    decision.show_axes(plane.x_name, plane.y_name, plane.x_range, plane.y_range)
    decision.set_equal_scales(not dataset.own_units and dataset.features == 2)
    looks = class_looks(len(dataset.class_names), theme)
    if chart is not None:
        curves = pictures.score_curves(run, drawn.twin, "loss", theme)
        chart.show_curves(curves.until(0) if question else curves)

    def show(epoch: int, turn: float) -> None:
        now = run.at(epoch)
        assert now is not None
        moment = Moment(run, data, now, drawn.twin, scene.train_view.test_time)
        picture = next(pictures.plane_pictures(moment, scatter, None))
        wrong = np.asarray(picture.guesses != scatter.labels)
        decision.set_note(pictures.plane_note(moment, plane))
        decision.show_points(scatter.places, scatter.labels, scatter.held, wrong)
        decision.show_regions(picture.values)
        network.show_network(pictures.layers(moment), dataset.feature_names, dataset.class_names, looks)
        if chart is not None:
            chart.set_step(moment.now.state.epoch)

    return Reel(sheet, show)


def training_places(area: QRect, curves: bool, gap: float) -> list[QRect]:
    """Where the plane, the network and the curves are: the first two beside each other unless it is tall."""
    tall = area.height() > 1.3 * area.width()
    if not curves:
        return (rows if tall else columns)(area, [0.55, 0.45], gap)
    if tall:
        return rows(area, [0.42, 0.32, 0.26], gap)
    above, below = rows(area, [0.66, 0.34], gap)
    return [*columns(above, [0.55, 0.45], gap), below]


def _epochs(scene: Scene) -> int:
    return scene.training.epochs


TRAINING_FILM = Film(_epochs, _prepared, _opened)
