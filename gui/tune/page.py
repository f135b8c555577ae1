"""The Tune workspace: turns the document into a search, and what is touched into edits."""

from __future__ import annotations

from functools import partial

from PyQt6.QtCore import QTimer, pyqtSignal
from PyQt6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.document import Document
from gui.jobs import Jobs
from gui.theme import Theme
from gui.tune.cards import MethodCard
from gui.tune.contest_page import ContestPage
from gui.tune.edits import TuneEdits
from gui.tune.look_cards import SelectionCard, StudiesCard, TrialCard, button
from gui.tune.luck_view import LuckView
from gui.tune.minute_page import MinutePage
from gui.tune.search_playback import SearchPlayback
from gui.tune.searcher import Searcher, studies
from gui.tune.space_card import SpaceCard
from gui.tune.studies import Studies
from gui.tune.study_page import StudyPage
from gui.tune.words import heading, hint, time_left
from gui.views.covered import Covered
from gui.widgets.card import Headline, label
from gui.widgets.card_column import CardColumn
from gui.widgets.transport import Transport
from landscape.errors import LandscapeError
from landscape.scene import Scene
from landscape.tuning.tables import as_code, training_of

LUCK_HEIGHT = 150  # pixels
FOLLOW_MS = 200  # after the last change of the search, before its study is looked up
PICTURES = {
    "study": ("Study", "The search itself"),
    "contest": ("Random against grid", "The same number of trials, side by side"),
    "minute": ("Panda and caviar", "How many models this machine tries in the same time"),
}


class TunePage(QWidget):
    """Pictures at the left, knobs at the right; trials below.

    Signals
    -------
    trainWanted(epoch) : Train shall be seen, at this epoch
    said(sentence) : something the user should know
    """

    trainWanted = pyqtSignal(int)
    said = pyqtSignal(str)

    def __init__(self, document: Document, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document, self.jobs = document, jobs
        self.edits = TuneEdits(document)
        self.searcher = Searcher(jobs, studies(), self)
        self.playback = SearchPlayback(self.searcher, self)
        self._active = False
        self._asking = False
        self._begin = False  # to search as soon as the study is known
        self._remarks: tuple[str, ...] = ()
        self._shown: object = None  # the search, and how many of its trials
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(FOLLOW_MS)
        self._later.timeout.connect(self._follow)
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
        self.headline = Headline()
        self.picture_buttons: dict[str, QPushButton] = {}
        for key, (text, help_text) in PICTURES.items():
            each = button(text, help_text, partial(self._turn_to, key))
            each.setCheckable(True)
            self.picture_buttons[key] = each
            self.headline.addWidget(each)
        left.addLayout(self.headline)
        self.study = StudyPage(self.jobs, self.edits)
        self.contest = ContestPage(self.jobs, self.edits)
        self.minute = MinutePage(self.jobs, self.edits, lambda: self.searcher.workers)
        self.stack = QStackedWidget()
        self.covered = Covered("The picture comes with the answer.")
        for page in (self.study, self.contest, self.minute, self.covered):
            self.stack.addWidget(page)
        left.addWidget(self.stack, 1)
        self.transport = Transport(self.playback, "trial")
        self.left = label("", "dim")
        self.stop = button("Stop", "End the search; what is finished is kept", self.searcher.stop)
        self.stop.setEnabled(False)
        self.transport.add(self.left, self.stop)
        left.addWidget(self.transport)
        row.addLayout(left, 1)

        self.space_card = SpaceCard(self.edits)
        self.method_card = MethodCard(self.edits, self.searcher.workers)
        self.selection_card, self.trial_card = SelectionCard(self.edits), TrialCard()
        self.studies_card, self.luck = StudiesCard(), LuckView()
        self.studies = Studies(self.document, self.jobs, self.searcher, self.studies_card, self)
        self.luck.setFixedHeight(LUCK_HEIGHT)
        self.inspector = CardColumn(
            (
                self.method_card,
                self.space_card,
                self.luck,
                self.selection_card,
                self.trial_card,
                self.studies_card,
            )
        )
        row.addWidget(self.inspector)

    def _connect(self) -> None:
        self.document.changed.connect(self._changed)
        self.searcher.progressed.connect(self._progressed)
        self.searcher.stateChanged.connect(self._state_changed)
        self.searcher.failed.connect(self._failed)
        self.playback.stepChanged.connect(lambda _: self._show_trials())
        self.method_card.workersChanged.connect(self._workers_changed)
        self.method_card.refused.connect(self.document.refused)
        self.selection_card.refineWanted.connect(self.refine)
        self.trial_card.openWanted.connect(self.open_in_train)
        self.trial_card.codeWanted.connect(self.copy_code)
        self.studies.said.connect(self.said)

    def set_theme(self, theme: Theme, type_scale: float = 1.0) -> None:
        """Draw with these tokens."""
        for view in (self.study, self.contest, self.minute, self.covered, self.luck):
            view.set_theme(theme, type_scale)
        self.transport.set_theme(theme)
        self.inspector.fit(theme)

    def set_lecture(self, on: bool) -> None:
        """Hide the knobs and let the pictures have the room."""
        self.inspector.setVisible(not on)
        self.transport.set_fading(on)

    def set_asking(self, on: bool) -> None:
        """While a question waits, show no more than the trials up to the present one."""
        if on != self._asking:
            self._asking = on
            self._shown = None
            self.study.ranking.set_asking(on)
            self._show_scene(self.document.scene)
            self._show_trials()
            self._rank(True)

    def set_active(self, on: bool) -> None:
        """Whether this workspace is the one that is seen; a search that runs goes on."""
        self._active = on
        if on:
            self._show_scene(self.document.scene)
            self._follow()
            self.studies.show()
        else:
            self.playback.pause()

    def focus_picture(self) -> None:
        """Put the keyboard where the trials are seen."""
        pictures = {"study": self.study.coverage, "contest": self.contest.view, "minute": self.minute.run}
        pictures[self.document.scene.tune_view.picture].setFocus()

    # --- the scene ---------------------------------------------------------------------------------

    def _changed(self, scene: Scene, old: Scene) -> None:
        if (scene.training, scene.tuning) != (old.training, old.tuning):
            self.searcher.stop()
            if self._active:
                self._later.start()
        self._show_scene(scene)
        if scene.tune_view != old.tune_view:
            self._show_view()

    def _follow(self) -> None:
        scene = self.document.scene
        self.searcher.follow(scene.training, scene.tuning)

    def _show_scene(self, scene: Scene) -> None:
        self._say_heading(scene)
        self.method_card.show_scene(scene)
        self.space_card.show_scene(scene)
        view = scene.tune_view
        covered = self._asking and view.picture != "study"  # the other two are answers as a whole
        self.stack.setCurrentIndex(len(PICTURES) if covered else list(PICTURES).index(view.picture))
        for key, each in self.picture_buttons.items():
            each.setChecked(key == view.picture)
        if view.picture != "minute":
            self.minute.stop()
        if self._active:
            self.contest.show_scene(scene)

    def _turn_to(self, picture: str) -> None:
        self.edits.view("turn to another picture", picture=picture)
        self._show_scene(self.document.scene)  # a button that was pressed already stays pressed

    # --- the search --------------------------------------------------------------------------------

    def hold_at_start(self) -> None:
        """Show no trial yet, until one plays."""
        self._begin = False
        self.searcher.stop()
        self.playback.pause()
        self.playback.go_to(0)

    def play_from_start(self) -> None:
        """Search; a study that is complete is shown as it is."""
        self._begin = True
        self._follow()
        self._begin_if_known()

    def _begin_if_known(self) -> None:
        found, scene = self.searcher.found, self.document.scene
        if found is None or (found.training, found.tuning) != (scene.training, scene.tuning):
            return
        if self._begin:
            self._begin = False
            self.playback.go_to(self.playback.length)
            if not found.complete:
                self.searcher.start()

    def move_within(self, steps: int) -> None:
        """Ten trials on, or back."""
        self.playback.move(10 * steps)

    def _workers_changed(self, workers: str) -> None:
        again = self.searcher.running
        self.searcher.stop()
        self.searcher.workers = workers
        if again:
            self.searcher.start()

    def _state_changed(self) -> None:
        self.stop.setEnabled(self.searcher.running)
        self._show_words()
        if not self.searcher.running:
            self.studies.show()
            self._rank(True)

    def _progressed(self) -> None:
        found = self.searcher.found
        assert found is not None
        if found.remarks != self._remarks:
            self._remarks = found.remarks
            if found.remarks:
                self.said.emit(" ".join(found.remarks))
        self.playback.follow(found.done)
        self._show_trials()
        self._rank(False)
        self._begin_if_known()

    def _rank(self, ended: bool) -> None:
        if self.searcher.found is not None:
            self.study.ranking.rank(self.searcher.found, ended or not self.searcher.running)

    def _failed(self, sentence: str) -> None:
        self.study.set_hint(sentence)
        self.document.refused.emit(sentence)

    # --- pictures ----------------------------------------------------------------------------------

    def _say_heading(self, scene: Scene) -> None:
        """Its counts would tell the best score: while a question waits there are none."""
        self.headline.say(*heading(scene, None if self._asking else self.searcher.found))

    def _show_words(self) -> None:
        found = self.searcher.found
        self._say_heading(self.document.scene)
        self.left.setText(time_left(found, self.searcher.running))

    def _show_trials(self) -> None:
        """Show the trials: all of them, or as far as one has scrubbed."""
        found = self.searcher.found
        if found is None:
            return
        self._show_words()
        head = self.playback.at_the_head
        wanted = (found, None if head else self.playback.step)
        if wanted == self._shown:
            return
        self._shown = wanted
        columns = found.columns if head else found.columns.first(self.playback.step)
        self.study.set_hint(hint(found, self.searcher.running))
        rounds = len(found.boxes) if head else int(columns.round.max(initial=0))
        self.study.show_trials(found, columns, rounds)
        self.luck.show_count(found.done if head else self.playback.step)
        self._show_view()

    def _show_view(self) -> None:
        """Show which trials light up, and which one is looked at."""
        found, scene = self.searcher.found, self.document.scene
        if found is None:
            return
        self.study.show_view(found, scene)
        self.selection_card.show_view(scene.tune_view, found, int(self.study.lit.sum()))
        trial = self.study.picked
        self.trial_card.show_trial(trial, "" if trial else "Click a trial in any picture.")

    # --- what is touched ---------------------------------------------------------------------------

    def refine(self) -> None:
        """Search on inside the brushed stretches; the trials so far are kept."""
        found, scene = self.searcher.found, self.document.scene
        names = {dimension.name for dimension in scene.tuning.space.dimensions}
        box = {
            name: (max(low, 0.0), min(high, 1.0)) for name, (low, high) in scene.tune_view.brushes.items()
            if name in names
        }  # fmt: skip
        if found is None or not box:
            self.said.emit("Brush a stretch of some axis first: drag a box in the scatter.")
            return
        known = {trial.number: trial for trial in found.columns.trials if trial.state != "running"}
        try:
            tuning = scene.tuning.refined(known, box)
        except (LandscapeError, ValueError) as error:
            self.said.emit(str(getattr(error, "reason", error)))
            return
        if self.document.edit("search more finely", tuning=tuning):
            self.edits.view("clear the brushes", brushes={})
            self._later.stop()
            self.play_from_start()

    def open_in_train(self, panda: bool) -> None:
        """Train the picked trial again in Train: from its start, or to be babysat from its end on."""
        trial, scene = self.study.picked, self.document.scene
        if trial is None:
            return
        training = training_of(scene.training, trial)
        title = f"Trial {trial.number}"
        epoch = training.epochs if panda else 0
        if panda:
            training = training.model_copy(update={"epochs": min(2 * training.epochs, 100_000)})
        view = scene.train_view.model_copy(update={"panda": panda})
        self.document.edit(
            "open a trial in Train", training=training, train_view=view, workspace="train", title=title,
            caption="",
        )  # fmt: skip
        self.trainWanted.emit(epoch)

    def copy_code(self) -> None:
        """Put the picked trial on the clipboard, as Python code."""
        trial, clipboard = self.study.picked, QApplication.clipboard()
        if trial is not None and clipboard is not None:
            clipboard.setText(as_code(self.document.scene.training, trial))
            self.said.emit(f"The code of trial {trial.number} is on the clipboard.")
