"""The settings of an export, as fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from gui.widgets.card import label
from gui.widgets.fields import NumberField
from gui.widgets.rows import Choice, TitledRow
from gui.widgets.toggle import ToggleRow
from landscape.errors import LandscapeError
from landscape.export_plan import FORMATS, SIZES, STILLS, TABLES, THEMES, Export, Kind, usual
from landscape.movie_codecs import CODECS

LESSON_FORMATS = {
    ".mp4": "One MP4 video", ".webm": "One WebM video", ".gif": "One moving GIF",
    "clips.mp4": "MP4 clips, one for each slide", "clips.webm": "WebM clips, one for each slide",
    "clips.gif": "GIF clips, one for each slide", ".pdf": "PDF hand-out, a page for each slide",
}  # fmt: skip
VIEWS = {"map": "Map", "surface": "Surface", "both": "Map and surface"}
CUSTOM = "custom"
LINES = (".svg", ".pdf")  # 3-D is no drawing in lines


class ExportForm(QWidget):
    """Shows an `Export` and a format, and says when the user wants another.

    Signals
    -------
    changed() : `export` or `format` is another one
    refused(sentence) : what was typed cannot be taken
    """

    changed = pyqtSignal()
    refused = pyqtSignal(str)

    def __init__(self, export: Export, format_: str) -> None:
        super().__init__()
        self._wanted, self.format = export, format_ if format_ in FORMATS else ".mp4"
        self._offered, self._lesson, self._solid = dict(FORMATS), False, True
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.formats = Choice("Format", dict(FORMATS), self._choose_format)
        sizes = {name: f"{name} · {w} × {h}" for name, (w, h) in SIZES.items()} | {CUSTOM: "Another size"}
        self.sizes = Choice("Size", sizes, self._choose_size)
        self.width_, self.height_ = (
            self._field(name, title, whole=True, digits=5)
            for name, title in (("width", "Width in pixels"), ("height", "Height in pixels"))
        )
        self.fps = self._field("fps", "Frames a second", digits=5)
        self.pace = self._field("seconds", "How long it moves, or how fast")
        self.paces = Choice("Pace", {"seconds": "seconds", "steps": "steps a second"}, self._choose_pace)
        self.hold = self._field("hold", "Seconds that the end stands", digits=5)
        self.ask = self._field("ask", "Seconds that a question stands", digits=5)
        self.theme = Choice("Theme", {name: name.capitalize() for name in THEMES}, self._setter("theme"))
        self.view = Choice("View", VIEWS, self._setter("view"))
        self.orbit = self._field("orbit", "Degrees that the camera goes round", digits=5)
        self.toggles = {
            name: ToggleRow(text)
            for name, text in (
                ("curves", "Loss curves"), ("caption", "Title and caption"),
                ("legend", "Legend"), ("loop", "Begin again at the end"),
            )
        }  # fmt: skip
        for name, row in self.toggles.items():
            row.toggle.toggled.connect(self._setter(name))
        self._rows: dict[str, QWidget] = {
            "format": TitledRow("Format", self.formats), "size": TitledRow("Size", self.sizes),
            "pixels": TitledRow("Pixels", self.width_, label("×"), self.height_),
            "theme": TitledRow("Theme", self.theme), "view": TitledRow("View", self.view),
            "orbit": TitledRow("Camera turns by (°)", self.orbit),
            "fps": TitledRow("Frames a second", self.fps),
            "pace": TitledRow("Moves at", self.pace, self.paces),
            "ask": TitledRow("Question stands (s)", self.ask),
            "hold": TitledRow("End stands (s)", self.hold), **self.toggles,
        }  # fmt: skip
        for widget in self._rows.values():
            column.addWidget(widget)
        column.addStretch(1)
        self._show()

    @property
    def export(self) -> Export:
        """The settings; what was wanted of 3-D is kept for when it can be had."""
        return self._wanted if self._solid and not self._lines else replace(self._wanted, view="map")

    @property
    def _lines(self) -> bool:
        return self.format in LINES

    @property
    def kind(self) -> Kind:
        """What is written: a movie, a still picture or a table."""
        return "movie" if self.clips else kind_of_format(self.format)

    @property
    def clips(self) -> str:
        """What each of the clips ends in, or ""."""
        return self.format.removeprefix("clips") if self.format.startswith("clips") else ""

    def show_subject(self, lesson: bool, solid: bool, race: bool) -> None:
        """Offer what fits: a lesson or a scene, a surface in 3-D where one can be drawn, a race's numbers."""
        scenes = {key: text for key, text in FORMATS.items() if race or key not in TABLES}
        offered = LESSON_FORMATS if lesson else scenes
        if offered != self._offered:
            self.formats.clear()
            for key, text in offered.items():
                self.formats.addItem(text, key)
            if self.format not in offered:
                self.format = ".mp4"
        self._offered, self._lesson, self._solid = offered, lesson, solid
        self._rows["legend"].setEnabled(race)
        self._show()

    def _show(self) -> None:
        """Put the settings into the fields, and hide those that mean nothing."""
        export = self.export
        size = next((k for k, v in SIZES.items() if v == (export.width, export.height)), CUSTOM)
        steps = export.steps_per_second
        self.formats.show_key(self.format)
        self.sizes.show_key(size)
        self.paces.show_key("seconds" if steps is None else "steps")
        self.theme.show_key(export.theme)
        self.view.show_key(export.view)
        for field, value in (
            (self.width_, export.width), (self.height_, export.height), (self.fps, export.fps),
            (self.pace, export.seconds if steps is None else steps), (self.hold, export.hold),
            (self.ask, export.ask), (self.orbit, export.orbit),
        ):  # fmt: skip
            field.show_value(value)
        for name, row in self.toggles.items():
            row.toggle.show_on(getattr(export, name))
        movie, drawn = self.kind == "movie", self.kind != "table"
        paper = self._lesson and self.format == ".pdf"
        loops = (self.clips or self.format) in CODECS and CODECS[self.clips or self.format].loop is not None
        for names, shown in (
            (("size", "pixels", "theme"), drawn and not paper), (("curves", "legend"), drawn),
            (("caption",), drawn and not paper), (("view",), drawn and self._solid and not self._lines),
            (("orbit",), movie and self._solid and export.view != "map"), (("fps", "pace", "hold"), movie),
            (("ask",), movie and self._lesson), (("loop",), movie and loops),
        ):  # fmt: skip
            for name in names:
                self._rows[name].setVisible(shown)

    def _take(self, **changes: object) -> None:
        try:
            self._wanted = replace(self._wanted, **changes)  # type: ignore[arg-type]
        except LandscapeError as error:
            self.refused.emit(str(error))
            self._show()
            return
        self._show()
        self.changed.emit()

    def _setter(self, name: str) -> Callable[[object], None]:
        return lambda value: self._take(**{name: value})

    def _field(self, name: str, title: str, whole: bool = False, digits: int = 6) -> NumberField:
        field = NumberField(title, lambda value: self._complaint(name, value, whole), whole, digits)
        field.valueEdited.connect(lambda value: self._take(**self._change(name, value, whole)))
        field.refused.connect(self.refused)
        return field

    def _change(self, name: str, value: float, whole: bool) -> dict[str, object]:
        steps = name == "seconds" and self.export.steps_per_second is not None
        return {"steps_per_second" if steps else name: int(value) if whole else value}

    def _complaint(self, name: str, value: float, whole: bool) -> str:
        try:
            replace(self._wanted, **self._change(name, value, whole))  # type: ignore[arg-type]
        except LandscapeError as error:
            return str(error)
        return ""

    def _choose_format(self, format_: str) -> None:
        """Another format; sizes and rates that are usual for it take the place of those usual before."""
        before, after = usual(self.clips or self.format), usual(format_.removeprefix("clips"))
        self.format = format_
        kept = {
            name: getattr(after, name)
            for name in ("width", "height", "fps", "seconds", "hold")
            if getattr(self.export, name) == getattr(before, name)
        }
        self._take(**kept)

    def _choose_size(self, name: str) -> None:
        if name == CUSTOM:
            self.width_.setFocus()
        else:
            self._take(width=SIZES[name][0], height=SIZES[name][1])

    def _choose_pace(self, key: str) -> None:
        self._take(steps_per_second=30.0 if key == "steps" else None)


def kind_of_format(format_: str) -> Kind:
    """What a file of this format holds."""
    return "still" if format_ in STILLS else "table" if format_ in TABLES else "movie"
