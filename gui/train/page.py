"""The Train workspace: turns the document into a training, and what is touched into edits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.document import Document
from gui.jobs import Jobs
from gui.theme import DARK, Theme, class_looks
from gui.train import pictures
from gui.train.cards import DataCard, LookCard, NetworkCard, NowCard, RuleCard
from gui.train.diary_panel import DiaryPanel
from gui.train.edits import TrainEdits
from gui.train.trainer import Run, Trainer
from gui.views.confusion_view import ConfusionView
from gui.views.decision_view import DecisionView
from gui.views.network_view import NetworkView
from gui.views.ridge_view import RidgeView
from gui.views.softmax_view import SoftmaxView
from gui.views.strip_chart import Curves, StripChart
from gui.views.sweep_view import SweepView
from gui.widgets.card import OneLine, label
from gui.widgets.playback import Playback
from gui.widgets.tab_order import follow_layout
from gui.widgets.transport import Transport
from landscape.errors import LandscapeError
from landscape.network.datasets import Split
from landscape.network.plane import Plane, plane_of
from landscape.network.training import Snapshot
from landscape.scene import Scene

EPOCHS_PER_SECOND = 12.0
WIDTH, WIDE = 318, 356
PANELS = {
    "inputs": "Inputs", "averages": "Averages", "smoothness": "Smoothness", "rates": "Rates",
    "accuracy": "Accuracy", "confusion": "Confusion", "diary": "Diary",
}  # fmt: skip
CLAIMS = (
    "Ioffe & Szegedy (2015): it steadies the layers' inputs (see Inputs). Santurkar et al. (2018): it makes"
    " the loss smoother, so that a step leads where the gradient said; steadier inputs matter less."
)


class TrainPage(QWidget):
    """Pictures at the left, knobs at the right; time below."""

    def __init__(self, document: Document, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document, self.jobs = document, jobs
        self.edits = TrainEdits(document)
        self.trainer = Trainer(jobs, self)
        self.playback = Playback(self, EPOCHS_PER_SECOND, loop=False)
        self._theme = DARK
        self._active = False
        self._fine: Snapshot | None = None  # a moment between two epochs
        self._plane: Plane | None = None
        self._plane_of: tuple[Split, Any] | None = None
        self._unit: tuple[int, int] | None = None
        self._whole_seen: object = None
        self._build()
        self._connect()
        self._show_scene(document.scene)

    # --- layout ------------------------------------------------------------------------------------

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        left = QVBoxLayout()
        left.setSpacing(10)
        header = QHBoxLayout()
        header.setSpacing(12)
        self.title = label("", "title")
        self.caption = OneLine()
        self.caption.setProperty("kind", "caption")
        self.caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        header.addWidget(self.title)
        header.addWidget(self.caption, 1)
        left.addLayout(header)

        self.decision, self.network, self.losses = DecisionView(), NetworkView(), StripChart()
        self.softmax, self.ridges, self.confusion = SoftmaxView(), RidgeView(), ConfusionView()
        self.accuracies, self.diary = StripChart(), DiaryPanel(self.edits)
        grid = QGridLayout()
        grid.setSpacing(10)
        grid.addWidget(self.decision, 0, 0, 2, 1)
        grid.addWidget(self.losses, 0, 1)
        grid.addWidget(self.network, 1, 1)
        grid.addWidget(self.softmax, 2, 0)
        grid.addWidget(self._build_panels(), 2, 1)
        for column in (0, 1):
            grid.setColumnStretch(column, 1)
        for line, stretch in ((0, 5), (1, 5), (2, 7)):
            grid.setRowStretch(line, stretch)
        left.addLayout(grid, 1)
        self.transport = Transport(self.playback, "epoch")
        left.addWidget(self.transport)
        row.addLayout(left, 1)

        self.data_card, self.network_card = DataCard(self.edits), NetworkCard(self.edits)
        self.rule_card, self.now_card = RuleCard(self.edits), NowCard()
        self.look_card = LookCard(self.edits)
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 0, 6, 0)
        self._column.setSpacing(10)
        for card in (self.data_card, self.network_card, self.rule_card, self.now_card, self.look_card):
            self._column.addWidget(card)
        self._column.addStretch(1)
        content = QWidget()
        content.setLayout(self._column)
        self.inspector = QScrollArea()
        self.inspector.setWidget(content)
        self.inspector.setWidgetResizable(True)
        self.inspector.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.inspector.setFrameShape(QScrollArea.Shape.NoFrame)
        self.inspector.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.inspector.setFixedWidth(WIDTH)
        follow_layout(self._column)
        row.addWidget(self.inspector)

    def _build_panels(self) -> QWidget:
        """Several pictures in one place, one at a time."""
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.panels = QStackedWidget()
        buttons = QHBoxLayout()
        buttons.setSpacing(3)
        group = QButtonGroup(self)
        self.panel_buttons: dict[str, QPushButton] = {}
        self.averages = (StripChart(), StripChart())
        self.smoothness = (StripChart(), StripChart())
        self.rates = SweepView()
        views = {
            "inputs": self.ridges, "averages": _beside(self.averages, ""),
            "smoothness": _beside(self.smoothness, CLAIMS), "rates": self.rates,
            "accuracy": self.accuracies, "confusion": self.confusion, "diary": self.diary,
        }  # fmt: skip
        for key, text in PANELS.items():
            button = QPushButton(text)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _, key=key: self.show_panel(key))
            group.addButton(button)
            buttons.addWidget(button)
            self.panel_buttons[key] = button
            self.panels.addWidget(views[key])
        buttons.addStretch(1)
        self.panel_buttons["inputs"].setChecked(True)
        column.addLayout(buttons)
        column.addWidget(self.panels, 1)
        return holder

    def _connect(self) -> None:
        self.document.changed.connect(self._changed)
        self.trainer.progressed.connect(self._progressed)
        self.trainer.restarted.connect(self._restarted)
        self.trainer.failed.connect(self._failed)
        self.playback.stepChanged.connect(self._moved)
        for chart in (self.losses, self.accuracies, *self.averages, *self.smoothness):
            chart.scrubbed.connect(self._scrubbed)
        self.rates.ratePicked.connect(self._rate_picked)
        self.ridges.epochPicked.connect(self._scrubbed)
        self.decision.pointPicked.connect(self._picked)
        self.network.unitPicked.connect(self._unit_picked)
        self.data_card.csvWanted.connect(self.open_csv)
        self.rule_card.refused.connect(self.document.refused)
        self.look_card.refused.connect(self.document.refused)
        self.diary.wentBack.connect(self._scrubbed)

    def set_theme(self, theme: Theme, type_scale: float = 1.0) -> None:
        """Draw with these tokens."""
        self._theme = theme
        for view in (self.decision, self.network, self.losses, self.softmax, self.ridges, self.confusion,
                     self.accuracies, *self.averages, *self.smoothness, self.rates):  # fmt: skip
            view.set_theme(theme, type_scale)
        self.transport.set_theme(theme)
        self.inspector.setFixedWidth(WIDTH if theme.font < 15 else WIDE)
        self._show_all()

    def set_lecture(self, on: bool) -> None:
        """Hide the knobs and let the pictures have the room."""
        self.inspector.setVisible(not on)
        self.transport.set_fading(on)

    def set_active(self, on: bool) -> None:
        """Whether this workspace is the one that is seen: only then does it train."""
        self._active = on
        if on:
            self._follow()
        else:
            self.playback.pause()

    def focus_picture(self) -> None:
        """Put the keyboard where the network is seen."""
        self.decision.setFocus()

    def show_panel(self, key: str) -> None:
        """Show one of the pictures below."""
        self.panel_buttons[key].setChecked(True)
        self.panels.setCurrentIndex(list(PANELS).index(key))
        self.jobs.cancel("panel")  # what was being measured is not looked at any more
        self._whole_seen = None
        self._show_panel()

    # --- the scene ---------------------------------------------------------------------------------

    def _changed(self, scene: Scene, old: Scene) -> None:
        self._show_scene(scene)
        if (scene.training.hidden, scene.training.data) != (old.training.hidden, old.training.data):
            self._unit = None
            self.network.show_selected(0, None)
        if scene.training != old.training or scene.train_view.twin != old.train_view.twin:
            self._fine = None
            self._follow()
        elif scene.train_view != old.train_view:
            self._plane_of = None
            self._show_all()

    def _follow(self) -> None:
        if self._active:
            scene = self.document.scene
            self.playback.set_length(scene.training.epochs)
            self.trainer.follow(scene.training, scene.train_view.twin)

    def _show_scene(self, scene: Scene) -> None:
        run = self.trainer.run
        data = run.data if run is not None and run.spec.data == scene.training.data else None
        training = scene.training
        trained_on = data.dataset.title if data is not None else training.data.name
        self.title.setText(scene.title if scene.workspace == "train" and scene.title else f"{trained_on}")
        norm = "with" if training.batch_norm else "without"
        twin = ", and its twin" if scene.train_view.twin else ""
        self.caption.setText(
            scene.caption if scene.workspace == "train" and scene.caption
            else f"One seed, {norm} batch normalization{twin}; {training.optimizer.title}."
        )  # fmt: skip
        self.data_card.show_training(training, data)
        self.network_card.show_scene(scene, data)
        self.rule_card.show_scene(scene, self.edits.now)
        self.look_card.show_scene(scene, data)
        self.diary.show_training(training, run)

    # --- the training ------------------------------------------------------------------------------

    def _restarted(self) -> None:
        self._fine = None
        self._show_scene(self.document.scene)
        self._show_all()

    def _progressed(self) -> None:
        run = self.trainer.run
        last = None if run is None else run.last
        if last is not None and last.diverged:
            self.playback.set_length(max(last.state.epoch, 1))
        self._show_curves()
        if run is not None and last is not None and self.playback.step >= last.state.epoch - 1:
            self._show_all()

    def _failed(self, sentence: str) -> None:
        self.now_card.show_now(None, None, sentence)
        self.document.refused.emit(sentence)

    @property
    def now(self) -> Snapshot | None:
        """The moment that is shown."""
        run = self.trainer.run
        return self._fine or (None if run is None else run.at(self.playback.step))

    def play_from_start(self) -> None:
        """Play from the untrained network on; where it has not trained yet, the picture waits."""
        self.playback.go_to(0)
        self.playback.play()

    def move_within(self, steps: int) -> None:
        """Go some mini-batches on, or back."""
        run, now = self.trainer.run, self.now
        if run is None or now is None:
            return
        self.playback.pause()
        goal = now.step + steps
        earlier = [snapshot for snapshot in run.snapshots if snapshot.step <= goal]
        if goal >= 0 and earlier:
            start = earlier[-1].state
            self.trainer.one_batch(run, start, goal - start.step, self._batch_ready)

    def _batch_ready(self, snapshot: Snapshot) -> None:
        if snapshot.state.seen == 0:
            self._fine = None
            self.playback.go_to(snapshot.state.epoch)
        else:
            self.playback.go_to(snapshot.state.epoch)
            self._fine = snapshot
        self._show_all()

    def _moved(self, epoch: int) -> None:
        self._fine = None
        self._show_all()

    def _scrubbed(self, epoch: int) -> None:
        self.playback.pause()
        self.playback.go_to(epoch)
        self._moved(epoch)

    # --- pictures ----------------------------------------------------------------------------------

    def _show_curves(self) -> None:
        run, epochs = self.trainer.run, self.document.scene.training.epochs
        if run is not None:
            self.losses.show_curves(pictures.loss_curves(run, self.trainer.twin, epochs, self._theme, False))
            self.accuracies.show_curves(
                pictures.loss_curves(run, self.trainer.twin, epochs, self._theme, True)
            )

    def _show_all(self) -> None:
        """Show the present moment everywhere."""
        run, now = self.trainer.run, self.now
        for chart in (self.losses, self.accuracies, *self.averages, *self.smoothness):
            chart.set_step(self.playback.step)
        if run is None or run.data is None or now is None:
            return
        data, view = run.data, self.document.scene.train_view
        self.edits.now = now.step
        self._show_plane(data)
        plane = self._plane
        assert plane is not None
        self.jobs.start(
            "regions", lambda: pictures.region_pictures(run, now, plane, view.test_time, self._unit),
            self._regions_ready,
        )  # fmt: skip
        names = data.dataset
        looks = class_looks(len(names.class_names), self._theme)
        self.network.show_network(pictures.layers(run, now), names.feature_names, names.class_names, looks)
        self._show_softmax()
        self._show_panel()
        twin = None if self.trainer.twin is None else self.trainer.twin.at(self.playback.step)
        self.now_card.show_now(now, twin, self._remark(now))
        self.rule_card.show_scene(self.document.scene, self.edits.now)

    def _remark(self, now: Snapshot) -> str:
        """One sentence on how it goes."""
        training = self.document.scene.training
        run = self.trainer.run
        last = None if run is None else run.last
        if last is not None and last.diverged:
            return f"Diverged at step {last.state.diverged_at[0]}: a smaller learning rate may help."
        if training.batch_norm and training.recipe_at(now.step).batch_size == 1:
            return (
                "A mini-batch of one has no variance: normalized, every unit gives its β, whatever the"
                " example, so nothing is learned of the inputs."
            )
        if training.batch_norm and now.step < 1 / max(1 - training.running_beta, 1e-9):
            return "The running averages are young: at test time the network is not yet itself."
        return ""

    def _show_plane(self, data: Split) -> None:
        axes = self.document.scene.train_view.axes
        if self._plane_of is None or self._plane_of[0] is not data or self._plane_of[1] != axes:
            self._plane_of = (data, axes)
            try:
                self._plane = plane_of(data, axes)
            except LandscapeError as error:  # features that these data do not have
                self.document.refused.emit(str(error))
                self._plane = plane_of(data)
        plane, run, now = self._plane, self.trainer.run, self.now
        assert plane is not None
        assert run is not None
        assert now is not None
        test_time = self.document.scene.train_view.test_time
        inputs = np.concatenate([data.training_inputs, data.validation_inputs])
        labels = np.concatenate([data.training_labels, data.validation_labels])
        held = np.arange(len(labels)) >= len(data.training_labels)
        wrong = pictures.predicted(run, now, inputs, test_time).argmax(axis=1) != labels
        self.decision.show_points(plane.points(inputs), labels, held, wrong)
        self.decision.show_axes(plane.x_name, plane.y_name, plane.x_range, plane.y_range)
        mode = "" if not run.spec.batch_norm else (
            "test time: running averages" if test_time else "train time: statistics of the last mini-batch"
        )  # fmt: skip
        self.decision.set_note("   ".join(part for part in (plane.note, mode) if part))

    def _regions_ready(self, found: tuple[str, Any]) -> None:
        kind, values = found
        plane = self._plane
        if plane is None:
            return
        if kind == "regions":
            self.decision.show_regions(values)
        elif self._unit is not None:
            layer, unit = self._unit
            self.decision.show_response(values, f"what unit {unit + 1} of layer {layer + 1} gives")

    def _show_softmax(self) -> None:
        run, now, plane = self.trainer.run, self.now, self._plane
        view = self.document.scene.train_view
        if run is None or run.data is None or now is None or plane is None:
            return
        self.decision.show_picked(view.picked)
        if view.picked is None:
            self.softmax.show_nothing(
                "Click a point of the plane: its logits, exponentials and probabilities."
            )
            return
        data = run.data
        inputs = np.concatenate([data.training_inputs, data.validation_inputs])
        labels = np.concatenate([data.training_labels, data.validation_labels])
        places = plane.points(inputs)
        span = np.array([np.ptp(plane.x_range), np.ptp(plane.y_range)])
        apart = np.linalg.norm((places - view.picked) / span, axis=1)
        near = int(apart.argmin())
        hit = apart[near] < 0.015
        chosen = inputs[near] if hit else plane.inputs(np.array(view.picked))
        true = int(labels[near]) if hit else None
        x, y = places[near] if hit else view.picked
        where = f"softmax at ({x:.2f}, {y:.2f})"
        self.softmax.show_point(
            pictures.softmax_picture(
                run, now, chosen, true, view.temperature, view.test_time, where, self._theme
            )
        )

    def _show_panel(self) -> None:
        run, now = self.trainer.run, self.now
        if run is None or run.data is None or now is None:
            return
        current = self.panels.currentWidget()
        if current is self.confusion:
            counts = pictures.confusion(run, now, self.document.scene.train_view.test_time)
            part = "validation" if len(run.data.validation_labels) else "training"
            self.confusion.show_matrix(counts, run.data.dataset.class_names, f"{part} part")
        elif current is self.ridges and run.spec.hidden:
            layer = min(self.document.scene.train_view.layer, len(run.spec.hidden) - 1)
            runs = [each for each in (run, self.trainer.twin) if each is not None and each.snapshots]
            upto = now.state.epoch
            self.jobs.start(
                "ridges", lambda: pictures.ridge_pictures([each for each in runs if each.data], layer, upto),
                lambda found: self.ridges.show_ridges(*found),
            )  # fmt: skip

        else:
            self._show_whole_panel(run)

    def _show_whole_panel(self, run: Run) -> None:
        """A panel that shows the training as a whole: made anew only when there is more of it."""
        runs = [
            each for each in (run, self.trainer.twin) if each is not None and each.snapshots and each.data
        ]
        current = list(PANELS)[self.panels.currentIndex()]
        seen = (current, self._theme.name, self._unit, *((each.spec, len(each.snapshots)) for each in runs))
        if seen == self._whole_seen or not runs:
            return
        self._whole_seen = seen
        if current == "averages":
            layer, unit = self._unit or (0, 0)
            layer = min(layer, len(run.spec.hidden) - 1)
            unit = min(unit, run.spec.hidden[layer] - 1) if run.spec.hidden else 0
            charts = pictures.average_curves(
                run if run.spec.batch_norm else runs[-1], layer, unit, self._theme
            )
            for chart, curves in zip(self.averages, charts or (Curves("no batch normalization", (), ()),) * 2,
                                     strict=True):  # fmt: skip
                chart.show_curves(curves)
        elif current == "smoothness":
            self.jobs.start(
                "panel", lambda: pictures.smoothness_curves(runs, self._theme), self._smooth_ready
            )
        elif current == "rates":
            rate = float(run.spec.optimizer.learning_rate)
            self.jobs.start(
                "panel", lambda: pictures.sweep_rows(runs),
                lambda found: self.rates.show_sweeps(found[0], rate, found[1]),
            )  # fmt: skip

    def _smooth_ready(self, found: tuple[Curves, Curves]) -> None:
        for chart, curves in zip(self.smoothness, found, strict=True):
            chart.show_curves(curves)

    # --- what is touched ---------------------------------------------------------------------------

    def _rate_picked(self, rate: float) -> None:
        optimizer = replace(self.document.scene.training.optimizer, learning_rate=rate)
        self.edits.change("take a learning rate", optimizer=optimizer)

    def _picked(self, x: float, y: float) -> None:
        self.edits.view("pick a point", record=False, picked=(round(x, 4), round(y, 4)))

    def _unit_picked(self, layer: int, unit: int) -> None:
        self._unit = None if (layer, unit) == self._unit else (layer, unit)
        self.network.show_selected(*((layer, unit) if self._unit else (layer, None)))
        self._show_all()

    def open_csv(self) -> None:
        """Ask for a CSV file and learn from it."""
        name, _ = QFileDialog.getOpenFileName(
            self, "Data to learn from", str(Path.home()), "Tables (*.csv *.tsv *.txt)"
        )
        if name:
            self.edits.change("learn from a file", data={"name": "csv", "file": name})


def _beside(charts: tuple[StripChart, ...], sentence: str) -> QWidget:
    """Charts side by side, and a sentence below."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    row = QHBoxLayout()
    row.setSpacing(8)
    for chart in charts:
        row.addWidget(chart)
    column.addLayout(row, 1)
    if sentence:
        column.addWidget(label(sentence, "dim", wrap=True))
    return holder
