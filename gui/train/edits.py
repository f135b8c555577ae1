"""How what is touched changes the training: from its start, or, babysitting, from now on."""

from __future__ import annotations

from typing import Any

from gui.document import Document

ON_THE_WAY = ("optimizer", "schedule", "batch_size", "l2")  # what may change while a network trains


class TrainEdits:
    """Edits the document's training; `now` is the step that is being looked at."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.now = 0

    def change(self, deed: str, merge: bool = False, **fields: Any) -> None:
        """Give fields of the training other values."""
        scene = self._document.scene
        training = scene.training
        babysitting = scene.train_view.panda and self.now > 0 and set(fields) <= set(ON_THE_WAY)
        if babysitting:
            mine = [change for change in training.changes if change.step == self.now]
            others = tuple(change for change in training.changes if change.step != self.now)
            given = dict(mine[0]) if mine else {"step": self.now}
            fields = {"changes": (*others, {**given, **fields})}
        self._document.edit(deed, merge=merge, training={**dict(training), **fields})

    def view(self, deed: str, record: bool = True, merge: bool = False, **fields: Any) -> None:
        """Look at it in another way."""
        view = self._document.scene.train_view
        self._document.edit(deed, record=record, merge=merge, train_view={**dict(view), **fields})

    def go_back(self, place: int) -> None:
        """Take a change back, and all that came after it."""
        training = self._document.scene.training
        changes = training.changes[:place]
        self._document.edit("go back before a change", training={**dict(training), "changes": changes})

    def note(self, place: int, text: str) -> None:
        """Write a remark beside a change."""
        training = self._document.scene.training
        changes = list(training.changes)
        changes[place] = changes[place].model_copy(update={"note": text})
        self._document.edit("note", merge=True, training={**dict(training), "changes": tuple(changes)})
