"""How much each hyperparameter mattered, found off the GUI thread while the search goes on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from PyQt6.QtWidgets import QVBoxLayout, QWidget

from gui.jobs import Jobs
from gui.theme import Theme
from gui.tune.edits import TuneEdits
from gui.tune.importance_view import ImportanceView
from gui.tune.searcher import Found
from gui.widgets.rows import Choice
from landscape.tuning.importance import LEAST_TRIALS, Evaluator, Importance, agreement, importances

JOB = "importance"
GROWN = 1.3  # times as many trials as at the last time: then it is worth while to look again
NARROWED = "Later rounds drew from a box: what it confines seems to matter less."


class Ranking(QWidget):
    """The bars, and the method that they were found by."""

    def __init__(self, jobs: Jobs, edits: TuneEdits, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._edits = edits
        self._ranked: tuple[object, int] = (None, 0)
        self._asking = False
        self.view = ImportanceView()
        self.method = Choice("Importance by", {name: name for name in get_args(Evaluator)}, self._choose)
        self.method.setParent(self)
        self.method.setToolTip(
            "PED-ANOVA: how the best tenth is distributed. fANOVA: the variance of a random forest's"
            " prediction. Forest: what its splits gain. They answer different questions."
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        self.view.set_hint(f"Importance needs at least {LEAST_TRIALS} trials.")

    def resizeEvent(self, event: object) -> None:
        """The choice stands in the card's upper right corner."""
        size = self.method.sizeHint()
        self.method.setGeometry(self.width() - size.width() - 10, 6, size.width(), size.height())
        self.method.raise_()
        self.view.set_taken(size.width() + 10)

    def set_theme(self, theme: Theme, type_scale: float = 1.0) -> None:
        """Draw with these tokens."""
        self.view.set_theme(theme, type_scale)

    def set_asking(self, on: bool) -> None:
        """While a question waits, say nothing of what mattered."""
        self._asking = on
        if on:
            self._jobs.cancel(JOB)
            self._ranked = (None, 0)
            self.view.show_importance(None, "")
        self.view.set_hint("What mattered comes with the answer." if on else "Finding out what mattered …")

    def _choose(self, evaluator: str) -> None:
        self._edits.view("choose the evaluator", evaluator=evaluator)

    def rank(self, found: Found, ended: bool) -> None:
        """Find the shares anew, where there are enough more trials than at the last time."""
        if self._asking:
            return
        evaluator = self._edits.scene.tune_view.evaluator
        self.method.show_key(evaluator)
        asked = (found.training, found.tuning, evaluator)
        known, count = self._ranked
        if known == asked and (count == found.done or (not ended and found.done < GROWN * count)):
            return
        if known != asked:
            self.view.show_importance(None, "")
        if found.done < LEAST_TRIALS:
            self._ranked = (asked, 0)
            self.view.set_hint(f"Importance needs at least {LEAST_TRIALS} trials.")
            return
        self._ranked = (asked, found.done)
        self._jobs.start(
            JOB, lambda: _ranked(found, evaluator), lambda shares: self._show(found, shares), self._cannot
        )

    def _show(self, found: Found, shares: Importance | None) -> None:
        if shares is None:
            return
        narrowed = f" {NARROWED}" if found.columns.round.any() else ""
        self.view.show_importance(shares, agreement(shares) + narrowed)

    def _cannot(self, sentence: str) -> None:
        self.view.show_importance(None, "")
        self.view.set_hint(sentence)


def _ranked(found: Found, evaluator: Evaluator) -> Iterator[Importance | None]:
    """The shares, and before them None after each resampling, where they can be given up."""
    columns = found.columns
    trials = [trial for trial in columns.trials if trial.state != "running"]
    guessing = 1 / len(found.data.dataset.class_names)
    shares = None
    for resampled in importances(trials, columns.dimensions, evaluator, guessing):
        shares = resampled
        yield None
    yield shares
