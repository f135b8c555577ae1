"""The Train workspace: turns the document into a training, and what is touched into edits."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
from PyQt6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from gui.document import Document
from gui.jobs import Jobs
from gui.theme import DARK, Theme, class_looks
from gui.train import pictures
from gui.train.cards import NetworkCard, RuleCard
from gui.train.data_card import DataCard
from gui.train.diary_panel import DiaryPanel
from gui.train.edits import TrainEdits
from gui.train.look_cards import LookCard, NowCard
from gui.train.panels import WAITING, Panels
from gui.train.pictures import Moment, PlanePicture
from gui.train.trainer import Trainer
from gui.views.decision_view import DecisionView
from gui.views.network_view import NetworkView
from gui.views.softmax_view import SoftmaxView
from gui.views.strip_chart import StripChart
from gui.widgets.card import Headline
from gui.widgets.card_column import CardColumn
from gui.widgets.playback import Playback
from gui.widgets.transport import Transport
from landscape.errors import LandscapeError
from landscape.network.datasets import Split
from landscape.network.plane import USUAL, Scatter, scatter_of
from landscape.network.training import Snapshot
from landscape.scene import Scene

EPOCHS_PER_SECOND = 12.0
HINT = "Click a point of the plane, or hover over it: its logits, exponentials and probabilities."


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
        self._asking = False
        self._fine: Snapshot | None = None  # a moment between two epochs
        self._scatter: Scatter | None = None
        self._axes: tuple[int, int] | None = None
        self._guesses: np.ndarray | None = None
        self._unit: tuple[int, int] | None = None
        self._build()
        self._connect()
        self._say_in_pictures(WAITING)
        self._show_scene(document.scene)
        self._show_softmax()

    # --- layout ------------------------------------------------------------------------------------

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        left = QVBoxLayout()
        left.setSpacing(10)
        self.headline = Headline()
        left.addLayout(self.headline)
        self.decision, self.network = DecisionView(), NetworkView()
        self.losses, self.softmax = StripChart(), SoftmaxView()
        self.panels = Panels(self.jobs, DiaryPanel(self.edits))
        grid = QGridLayout()
        grid.setSpacing(10)
        grid.addWidget(self.decision, 0, 0, 2, 1)
        grid.addWidget(self.losses, 0, 1)
        grid.addWidget(self.network, 1, 1)
        grid.addWidget(self.softmax, 2, 0)
        grid.addWidget(self.panels, 2, 1)
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
        self.inspector = CardColumn(
            (self.data_card, self.network_card, self.rule_card, self.now_card, self.look_card)
        )
        row.addWidget(self.inspector)

    def _connect(self) -> None:
        self.document.changed.connect(self._changed)
        self.trainer.progressed.connect(self._progressed)
        self.trainer.restarted.connect(self._restarted)
        self.trainer.failed.connect(self._failed)
        self.playback.stepChanged.connect(self._moved)
        self.losses.scrubbed.connect(self._scrubbed)
        self.decision.pointPicked.connect(self._picked)
        self.decision.pointDrawn.connect(self.data_card.add_point)
        self.decision.hovered.connect(self._hovered)
        self.network.unitPicked.connect(self._unit_picked)
        self.panels.epochPicked.connect(self._scrubbed)
        self.panels.ratePicked.connect(self._rate_picked)
        self.panels.pairPicked.connect(self._pair_picked)
        self.panels.diary.wentBack.connect(self._scrubbed)
        self.data_card.csvWanted.connect(self.open_csv)
        self.data_card.drawingChanged.connect(
            lambda number: self.decision.set_drawing(None if number < 0 else number)
        )
        self.rule_card.refused.connect(self.document.refused)
        self.rule_card.rebuilt.connect(self.inspector.order_tabs)
        self.look_card.refused.connect(self.document.refused)

    def set_theme(self, theme: Theme, type_scale: float = 1.0) -> None:
        """Draw with these tokens."""
        self._theme = theme
        for view in (self.decision, self.network, self.losses, self.softmax, self.panels):
            view.set_theme(theme, type_scale)
        self.transport.set_theme(theme)
        self.inspector.fit(theme)
        self._show_curves()
        self._show_all()

    def set_lecture(self, on: bool) -> None:
        """Hide the knobs and let the pictures have the room."""
        self.inspector.setVisible(not on)
        self.transport.set_fading(on)

    def set_asking(self, on: bool) -> None:
        """While a question waits, show nothing of what comes after the present epoch."""
        if on != self._asking:
            self._asking = on
            self.panels.set_asking(on)
            self.data_card.remark.setVisible(not on)  # what these data teach may be the answer
            self._progressed()
            self._show_all()

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

    # --- the scene ---------------------------------------------------------------------------------

    def _changed(self, scene: Scene, old: Scene) -> None:
        self._show_scene(scene)
        training, before = scene.training, old.training
        view, seen = scene.train_view, old.train_view
        if (training.hidden, training.data) != (before.hidden, before.data):
            self._unit = None
            self.network.show_selected(0, None)
        if training != before or view.twin != seen.twin:
            self._fine = None
            self._follow()
        elif view.model_copy(update={"picked": None, "temperature": 1.0}) != seen.model_copy(
            update={"picked": None, "temperature": 1.0}
        ):
            self._show_all()
        elif view != seen:
            self._show_softmax()

    def _follow(self) -> None:
        if self._active:
            scene = self.document.scene
            self.playback.set_length(scene.training.epochs)
            self.trainer.follow(scene.training, scene.train_view.twin)

    def _show_scene(self, scene: Scene) -> None:
        training, run = scene.training, self.trainer.run
        data = run.data if run is not None and run.spec.data == training.data else None
        self.headline.say(*pictures.heading(scene, data))
        self.data_card.show_training(training, data)
        self.network_card.show_scene(scene, data)
        self.rule_card.show_scene(scene, self.edits.now)
        self.look_card.show_scene(scene, data)
        self.panels.diary.show_training(training, run)

    # --- the training ------------------------------------------------------------------------------

    def _restarted(self) -> None:
        self._fine = None
        self._say_in_pictures(WAITING)
        self._show_scene(self.document.scene)
        self._show_all()

    def _progressed(self) -> None:
        run = self.trainer.run
        last = None if run is None else run.last
        if last is not None and last.diverged and not self._asking:
            self.playback.set_length(max(last.state.epoch, 1))
        self._show_curves()
        if last is not None and self.playback.step >= last.state.epoch - 1:
            self._show_all()

    def _say_in_pictures(self, sentence: str) -> None:
        """What stands in the pictures as long as there is nothing to see."""
        for view in (self.losses, self.network):
            view.set_hint(sentence)
        self.panels.say(sentence)

    def _failed(self, sentence: str) -> None:
        self._say_in_pictures(sentence)
        self.now_card.show_now(None, None, sentence)
        self.document.refused.emit(sentence)
        training = self.document.scene.training
        if training.data.name == "drawn":  # too few to learn from, but the hand wants to see them
            drawn = np.array(training.data.drawn, dtype=float).reshape(-1, 3)
            held = np.zeros(len(drawn), bool)
            self.decision.show_axes("x", "y", (-USUAL, USUAL), (-USUAL, USUAL))
            self.decision.show_points(drawn[:, :2], drawn[:, 2].astype(int), held)

    @property
    def now(self) -> Snapshot | None:
        """The moment that is shown."""
        run = self.trainer.run
        return self._fine or (None if run is None else run.at(self.playback.step))

    @property
    def moment(self) -> Moment | None:
        """What is looked at, once there is anything to see."""
        run, now = self.trainer.run, self.now
        if run is None or run.data is None or now is None:
            return None
        return Moment(run, run.data, now, self.trainer.twin, self.document.scene.train_view.test_time)

    def hold_at_start(self) -> None:
        """Stand still at the start, until one plays."""
        self.playback.pause()
        self.playback.go_to(0)

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
        if earlier:
            start = earlier[-1].state
            self.trainer.one_batch(run, start, goal - start.step, self._batch_ready)

    def _batch_ready(self, snapshot: Snapshot) -> None:
        self.playback.go_to(snapshot.state.epoch)
        self._fine = snapshot if snapshot.state.seen else None
        self._show_all()

    def _moved(self, epoch: int) -> None:
        self._fine = None
        if self._asking:
            self._show_curves()
        self._show_all()

    def _scrubbed(self, epoch: int) -> None:
        self.playback.pause()
        self.playback.go_to(epoch)
        self._moved(epoch)

    # --- pictures ----------------------------------------------------------------------------------

    def _show_curves(self) -> None:
        run, twin = self.trainer.run, self.trainer.twin
        if run is not None:
            if twin is not None and twin.data is not run.data:  # of the training before
                twin = None
            if run.snapshots:
                self.losses.set_hint("")  # axes without a curve: the numbers were infinite from the start
            curves = pictures.score_curves(run, twin, "loss", self._theme)
            self.losses.show_curves(curves.until(self.playback.step) if self._asking else curves)
            self.panels.show_scores(run, twin, self.playback.step)

    def _show_all(self) -> None:
        """Show the present moment everywhere."""
        self.losses.set_step(self.playback.step)
        self.panels.set_step(self.playback.step)
        moment = self.moment
        if moment is None:
            return
        scene, now = self.document.scene, moment.now
        scatter = self._place_examples(moment.data)
        self.edits.now = now.step
        self.jobs.start(
            "plane", lambda: pictures.plane_pictures(moment, scatter, self._unit), self._plane_ready
        )
        plane = scatter.plane
        self.decision.show_axes(plane.x_name, plane.y_name, plane.x_range, plane.y_range)
        self.decision.set_note(pictures.plane_note(moment, plane))
        dataset = moment.data.dataset
        looks = class_looks(len(dataset.class_names), self._theme)
        self.network.show_network(pictures.layers(moment), dataset.feature_names, dataset.class_names, looks)
        self._show_softmax()
        self.panels.show_moment(moment, scene.train_view.layer, self._unit)
        twin = None if moment.twin is None else moment.twin.at(self.playback.step)
        self.now_card.show_now(now, twin, self._remark(moment))
        self.rule_card.show_scene(scene, now.step)

    def _remark(self, moment: Moment) -> str:
        """One sentence on how it goes."""
        training, now, last = moment.run.spec, moment.now, moment.run.last
        if last is not None and last.diverged and not self._asking:
            return f"Diverged at step {last.state.diverged_at[0]}: a smaller learning rate may help."
        if training.batch_norm and training.recipe_at(now.step).batch_size == 1:
            return (
                "A mini-batch of one has no variance: normalized, every unit gives its β, whatever the"
                " example, so nothing is learned of the inputs."
            )
        if training.batch_norm and now.step < 1 / max(1 - training.running_beta, 1e-9):
            return "The running averages are young: at test time the network is not yet itself."
        return ""

    def _place_examples(self, data: Split) -> Scatter:
        """Where the examples lie; anew for other data or another plane only."""
        axes = self.document.scene.train_view.axes
        if self._scatter is None or self._scatter.data is not data or self._axes != axes:
            self._axes = axes
            try:
                self._scatter = scatter_of(data, axes)
            except LandscapeError as error:  # features that these data do not have
                self.document.refused.emit(str(error))
                self._scatter = scatter_of(data)
            self._guesses = None
            self.decision.set_equal_scales(not data.dataset.own_units and data.dataset.features == 2)
            self.decision.show_points(self._scatter.places, self._scatter.labels, self._scatter.held)
        return self._scatter

    def _plane_ready(self, picture: PlanePicture) -> None:
        scatter = self._scatter
        if scatter is None or len(picture.guesses) != len(scatter.labels):
            return
        self._guesses = picture.guesses
        wrong = picture.guesses != scatter.labels
        self.decision.show_points(scatter.places, scatter.labels, scatter.held, wrong)
        if not picture.is_response:
            self.decision.show_regions(picture.values)
        elif self._unit is not None:
            layer, unit = self._unit
            self.decision.show_response(picture.values, f"what unit {unit + 1} of layer {layer + 1} gives")
        self.panels.show_guesses(scatter, picture.guesses)

    def _show_softmax(self, under_pointer: tuple[float, float] | None = None) -> None:
        """The softmax at the picked point, else under the pointer."""
        view, moment, scatter = self.document.scene.train_view, self.moment, self._scatter
        self.decision.show_picked(view.picked)
        at = view.picked or under_pointer
        if moment is None or scatter is None or at is None:
            self.softmax.show_nothing(HINT)
        else:
            self.softmax.show_point(
                pictures.softmax_picture(moment, scatter, at, view.temperature, self._theme)
            )

    # --- what is touched ---------------------------------------------------------------------------

    def _picked(self, x: float, y: float) -> None:
        self.edits.view("pick a point", record=False, picked=(round(x, 4), round(y, 4)))

    def _hovered(self, x: float, y: float) -> None:
        if self.document.scene.train_view.picked is None:
            self._show_softmax(None if math.isnan(x) else (x, y))

    def _pair_picked(self, true: int, guess: int) -> None:
        """Pick the first example of a class that is taken for another, among those that were counted."""
        scatter, guesses = self._scatter, self._guesses
        if scatter is None or guesses is None:
            return
        counted = scatter.held if scatter.held.any() else ~scatter.held
        found = np.flatnonzero((scatter.labels == true) & (guesses == guess) & counted)
        if len(found):
            self._picked(*scatter.places[found[0]].tolist())

    def _rate_picked(self, rate: float) -> None:
        optimizer = replace(self.document.scene.training.optimizer, learning_rate=rate)
        self.edits.change("take a learning rate", optimizer=optimizer)

    def _unit_picked(self, layer: int, unit: int) -> None:
        self._unit = None if (layer, unit) == self._unit else (layer, unit)
        self.network.show_selected(layer, unit if self._unit else None)
        self._show_all()

    def open_csv(self) -> None:
        """Ask for a CSV file and learn from it; chosen again, it is read again."""
        name, _ = QFileDialog.getOpenFileName(
            self, "Data to learn from", str(Path.home()), "Tables (*.csv *.tsv *.txt)"
        )
        if name:
            self.trainer.forget()
            self.edits.change("learn from a file", data={"name": "csv", "file": name})
            self._follow()
