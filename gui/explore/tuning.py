"""The search for each rule's learning rate, with its budget in view."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PyQt6.QtCore import QObject, pyqtSignal

from gui.document import Document
from gui.jobs import Jobs
from landscape.fair_race import POLICIES, Policy, Tuning, tuned
from landscape.race import starts
from landscape.scene import Racer, Scene

BUDGET = 24  # trials of each rule
# What the learning rates are tuned for: rates found for anything else are not the best of this race.
_RACE = ("surface", "start", "more_starts", "steps", "schedule", "noise", "seed", "optimizers")
Found = tuple[Tuning, tuple[Tuning, ...]]  # the rule that is searched for, and those that are done


class RateTuning(QObject):
    """Chooses the learning rates as asked for; a search can be given up, and is if the race changes.

    Signals
    -------
    said(sentence) : how the search goes on; "" when there is nothing to say any more
    """

    said = pyqtSignal(str)

    def __init__(self, document: Document, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._jobs = document, jobs
        self.progress = ""  # what is said while a search goes on

    def choose(self, policy: Policy) -> None:
        """Level the learning rates, or search for the best of each rule."""
        self._stop("")
        scene = self._document.scene
        if policy != "tuned":
            self._document.edit(POLICIES[policy].lower(), rates=policy)
        elif not scene.optimizers:
            self._document.refused.emit("There is no rule to tune: add one first.")
        else:
            self._say("Tuning …")
            self._jobs.start(
                "tuning", lambda: _searching(scene), lambda found: self._found(scene, found), self._stop
            )

    def _found(self, scene: Scene, found: Found) -> None:
        now, done = found
        if len(done) < len(scene.optimizers):
            self._say(f"Tuning {now.optimizer.title}: trial {len(now.trials)} of {now.budget} …")
            return
        racers = tuple(
            Racer(optimizer=tuning.optimizer, enabled=racer.enabled)
            for tuning, racer in zip(done, scene.optimizers, strict=True)
        )
        spent = max(tuning.evaluations for tuning in done)
        self.progress = ""  # before the edit, which would stop a search
        self._document.edit(
            "tune each learning rate", optimizers=racers, rates="tuned", tuning_evaluations=spent
        )

    def scene_changed(self, scene: Scene, old: Scene) -> None:
        """Give a search up that is for another race."""
        if self.progress and any(getattr(scene, name) != getattr(old, name) for name in _RACE):
            self._stop("The race was changed: the search for learning rates was given up.")

    def _stop(self, sentence: str) -> None:
        self._jobs.cancel("tuning")
        if self.progress:
            self.progress = ""
            self.said.emit(sentence)

    def _say(self, sentence: str) -> None:
        self.progress = sentence
        self.said.emit(sentence)


def tuning_sentence(scene: Scene) -> str:
    """What tuned rates cost."""
    return (
        f"Each α tuned with up to {BUDGET} trials of {scene.steps} steps"
        f" ({scene.tuning_evaluations:,} gradients a rule)."
    )


def _searching(scene: Scene) -> Iterator[Found]:
    """Each rule's search after the other."""
    surface = scene.surface.surface
    surface.compile()
    begin = np.array([scene.start])
    if scene.more_starts is not None:
        begin = np.concatenate([begin, starts(scene.more_starts, surface, scene.start, scene.seed)])
    done: list[Tuning] = []
    for racer in scene.optimizers:
        now = None
        for now in tuned(
            surface, racer.optimizer, begin, scene.steps, scene.schedule, scene.noise, scene.seed, BUDGET
        ):  # fmt: skip
            yield now, tuple(done)
        if now is not None:
            done.append(now)
            yield now, tuple(done)
