"""How what is touched changes the search, and how it is looked at."""

from __future__ import annotations

from typing import Any

from gui.document import Document
from landscape.scene import Scene


class TuneEdits:
    """Edits the document's tuning and its view of it."""

    def __init__(self, document: Document) -> None:
        self._document = document

    @property
    def scene(self) -> Scene:
        """The scene as it stands."""
        return self._document.scene

    def change(self, deed: str, merge: bool = False, **fields: Any) -> bool:
        """Give fields of the search other values; False if they are refused."""
        return self._document.edit(deed, merge=merge, tuning={**dict(self.scene.tuning), **fields})

    def view(self, deed: str, record: bool = False, merge: bool = False, **fields: Any) -> bool:
        """Look at it in another way; False if that is refused."""
        view = {**dict(self.scene.tune_view), **fields}
        return self._document.edit(deed, record=record, merge=merge, tune_view=view)

    def train(self, deed: str, **fields: Any) -> bool:
        """Give fields of the training that is searched other values."""
        return self._document.edit(deed, merge=True, training={**dict(self.scene.training), **fields})
