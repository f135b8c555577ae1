"""What is to be exported, as data: it goes to the process that draws as a line of JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from gui.export.exporter import Exporter, SceneExporter
from gui.export.lesson_exporter import LessonExporter
from landscape.errors import LandscapeError
from landscape.export_plan import Export
from landscape.lesson import Lesson
from landscape.scene import Scene


@dataclass(frozen=True)
class Order:
    """One export.

    Attributes
    ----------
    what : a scene or a lesson; the files that it uses are named whole
    at : the step of a still picture; None: the last
    clips : of a lesson: what the clips in the target folder end in; "": all in one file
    estimate : only say how large it will be, and how long it will take
    """

    what: Scene | Lesson
    target: Path
    export: Export
    at: int | None = None
    clips: str = ""
    estimate: bool = False

    def exporter(self) -> Exporter:
        """What carries it out.

        Raises
        ------
        LandscapeError
            if it cannot be done, before anything is computed.
        """
        if isinstance(self.what, Lesson):
            return LessonExporter(self.what, self.target, self.export, self.clips)
        if self.clips:
            raise LandscapeError("Only a lesson becomes clips: this is one scene.")
        return SceneExporter(self.what, self.target, self.export, self.at)

    def to_json(self) -> str:
        """The order as one line."""
        return json.dumps({
            "kind": "lesson" if isinstance(self.what, Lesson) else "scene", "what": self.what.to_toml(),
            "target": str(self.target), "export": asdict(self.export), "at": self.at, "clips": self.clips,
            "estimate": self.estimate,
        })  # fmt: skip

    @staticmethod
    def from_json(line: str) -> Order:
        """The order that is written in a line."""
        table = json.loads(line)
        read = Lesson.from_toml if table["kind"] == "lesson" else Scene.from_toml
        return Order(
            read(table["what"]), Path(table["target"]), Export(**table["export"]), table["at"],
            table["clips"], table["estimate"],
        )  # fmt: skip
