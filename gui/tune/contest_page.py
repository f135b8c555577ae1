"""Random against grid as a lesson: the plots, and their chances found off the GUI thread."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PyQt6.QtWidgets import QVBoxLayout, QWidget

from gui.jobs import Jobs
from gui.theme import Theme
from gui.tune.contest_view import ContestView
from gui.tune.edits import TuneEdits
from gui.tune.words import shown_axes
from gui.widgets.card import Card, label
from landscape.scene import Scene
from landscape.tuning.contest import Contest, cells_of, contest
from landscape.tuning.samplers import grid_places, grid_shape, random_places

JOB = "contest"
REPEATS = 4000
MOST = 400  # trials that are drawn and counted
EXPLAINED = (
    "Only the axis to the right matters; the good part of it lies anywhere with equal chance. Drag it, drag"
    " its edges (↑ ↓ its width, Alt+← → its place), or change the number of trials."
)


class ContestPage(QWidget):
    """The contest of the scene's search: its space, its budget, its two axes."""

    def __init__(self, jobs: Jobs, edits: TuneEdits, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._shown: object = None
        self.view = ContestView()
        self.view.widthEdited.connect(
            lambda width: edits.view("change what is good", merge=True, width=width)
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.view, 1)
        words = Card()
        self.words = label(EXPLAINED, "dim", wrap=True)
        words.body.addWidget(self.words)
        column.addWidget(words)

    def set_theme(self, theme: Theme, type_scale: float = 1.0) -> None:
        """Draw with these tokens."""
        self.view.set_theme(theme, type_scale)

    def show_scene(self, scene: Scene) -> None:
        """Show the contest for this search; its chances are found anew if anything matters to them."""
        tuning, view = scene.tuning, scene.tune_view
        wanted = (tuning.space, tuning.trials, tuning.seed, view.x, view.y, view.width)
        if wanted == self._shown or view.picture != "contest":
            return
        self._shown = wanted
        chances = show_contest_of(self.view, scene)
        self._jobs.start(JOB, lambda: chances, self.view.show_contest, self.view.set_hint)


def show_contest_of(view: ContestView, scene: Scene) -> Iterator[Contest]:
    """Show the trials of a scene's contest; the chances come with iterating.

    The classic picture has two axes, on which the grid spends all its trials.
    """
    tuning, look = scene.tuning, scene.tune_view
    x, y, _ = shown_axes(scene, tuning.space.dimensions)
    if x == y:
        view.set_hint("Search at least two hyperparameters to compare.")
        return iter(())
    grid = grid_places((x, y), grid_shape((x, y), min(tuning.trials, MOST)))
    random = random_places((x, y), tuning.seed, 0, len(grid))
    view.show_plan(x, y, grid, random)
    view.show_width(look.width)
    view.show_contest(None)
    return _chances(grid[:, 0], len(grid), look.width, tuning.seed, cells_of(x))


def _chances(values: Any, trials: int, width: float, seed: int, cells: int | None) -> Iterator[Contest]:
    yield contest(values, trials, width, REPEATS, seed, cells)
