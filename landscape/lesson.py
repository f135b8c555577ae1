"""A lesson: scenes in order, with what the audience reads and what the speaker says; TOML in and out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from pydantic import ConfigDict, Field, ValidationError, model_validator

from landscape.errors import FieldError, LandscapeError
from landscape.files import MAX_BYTES, read_text, seen_from, whole, write_whole
from landscape.parts import Part, Whole
from landscape.resources import scene_named
from landscape.scene import VERSION as SCENE_VERSION
from landscape.scene import Scene
from landscape.scene_errors import SceneError
from landscape.scene_text import check_version, parsed, refusal, written

VERSION = 1
MAX_SLIDES = 200
LONGEST = 36_000  # seconds for a slide


class Slide(Part):
    """One scene of a lesson: written out (`scene`), in a `file`, or one of the `bundled` ones.

    Attributes
    ----------
    own : the scene that is written out, `scene` in the file
    file : of a scene, seen from the lesson's folder
    bundled : name of a bundled scene, such as "the-ravine"
    caption, notes : instead of those of the scene, where there are any
    question : what the audience predicts before the scene is played, or ""
    seconds : how long the speaker means to stay
    """

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    bundled: Annotated[str, Field(max_length=200)] = ""
    file: Annotated[str, Field(max_length=1000)] = ""
    caption: Annotated[str, Field(max_length=1000)] = ""
    notes: Annotated[str, Field(max_length=2000)] = ""
    question: Annotated[str, Field(max_length=300)] = ""
    seconds: Annotated[Whole, Field(ge=1, le=LONGEST)] = 120
    own: Annotated[Scene | None, Field(alias="scene")] = None

    @model_validator(mode="after")
    def _one_of(self) -> Slide:
        if (self.own is not None) + bool(self.file) + bool(self.bundled) != 1:
            raise FieldError("bundled", "A slide takes one of bundled, file or a table scene, and only one.")
        try:
            if self.bundled:
                scene_named(self.bundled)
            if self.own is not None:
                check_version(self.own.version, "scene", SCENE_VERSION)
        except LandscapeError as error:
            raise FieldError("bundled" if self.bundled else "scene.version", str(error)) from None
        return self

    def scene(self, folder: Path | str = ".") -> Scene:
        """The scene with the slide's caption and notes.

        Parameters
        ----------
        folder : of the lesson, from which files are named

        Raises
        ------
        LandscapeError
            if its file cannot be read or holds no scene.

        >>> Slide(bundled="the-ravine", caption="See the zig-zag.").scene().caption
        'See the zig-zag.'
        """
        if self.own is not None:
            scene = self.own.believed().moved(lambda file: whole(Path(folder) / file))
        elif self.bundled:
            scene = Scene.load(scene_named(self.bundled))
        else:
            scene = self._read(Path(folder) / self.file)
        said = {"caption": self.caption or scene.caption, "notes": self.notes or scene.notes}
        return scene.model_copy(update=said)

    def _read(self, path: Path) -> Scene:
        try:
            return Scene.load(path)
        except LandscapeError as error:
            where = "" if str(path) in str(error) else f"{path}: "
            raise LandscapeError(f"{where}{error}") from None

    def moved(self, named: Callable[[Path], Path]) -> Slide:
        """The slide with its file, or that of its scene, named another way."""
        file = named(Path(self.file)).as_posix() if self.file else ""
        own = None if self.own is None else self.own.moved(named)
        return self.model_copy(update={"file": file, "own": own})

    def to_table(self) -> dict[str, Any]:
        """The slide as TOML has it, without what goes without saying."""
        table = self.model_dump(exclude={"own"}, exclude_defaults=True)
        return table if self.own is None else {**table, "scene": self.own.to_table()}


class Lesson(Part):
    """Slides in order.

    >>> lesson = Lesson(title="Ravines", slides=({"bundled": "the-ravine", "seconds": 90},))
    >>> Lesson.from_toml(lesson.to_toml()) == lesson
    True
    >>> lesson.seconds
    90
    """

    version: Whole = VERSION
    title: Annotated[str, Field(max_length=200)] = ""
    caption: Annotated[str, Field(max_length=1000)] = ""
    slides: Annotated[tuple[Slide, ...], Field(max_length=MAX_SLIDES)] = ()

    @property
    def seconds(self) -> int:
        """How long the whole is meant to take."""
        return sum(slide.seconds for slide in self.slides)

    def edited(self, **changes: Any) -> Lesson:
        """A new lesson with these fields changed, validated.

        Raises
        ------
        SceneError
            with the key that is to blame.
        """
        return _validated({**{name: getattr(self, name) for name in type(self).model_fields}, **changes}, "")

    def to_toml(self) -> str:
        """The lesson as text a person can read and edit."""
        table = self.model_dump(exclude={"slides"})
        return written({**table, "slides": [slide.to_table() for slide in self.slides]})

    @staticmethod
    def from_toml(text: str) -> Lesson:
        """The lesson written in this text; files that its slides name are not opened.

        Raises
        ------
        SceneError
            with the key and the line that are to blame.
        """
        table = parsed(text, "lesson", VERSION)
        slides = table.get("slides", ())
        if isinstance(slides, list) and len(slides) > MAX_SLIDES:  # before each of a million is looked at
            raise SceneError(f"A lesson has at most {MAX_SLIDES} slides, not {len(slides)}.", "slides")
        return _validated(table, text)

    @staticmethod
    def load(path: Path | str) -> Lesson:
        """Read a lesson file; the files that it names are looked for from its folder."""
        lesson = Lesson.from_toml(read_text(Path(path)))
        return lesson._moved(lambda file: whole(path).parent / file)

    def save(self, path: Path | str) -> None:
        """Write a lesson file, completely or not at all; files below its folder can be moved with it."""
        lesson = self._moved(lambda file: seen_from(whole(path).parent, file))
        content = lesson.to_toml().encode()
        if len(content) > MAX_BYTES:  # it could not be opened again
            raise LandscapeError(
                f"The lesson would be larger than {MAX_BYTES // 1_000_000} MB: keep scenes with many drawn "
                "points in files of their own, or make two lessons."
            )
        write_whole(Path(path), content)

    def _moved(self, named: Callable[[Path], Path]) -> Lesson:
        return self.model_copy(update={"slides": tuple(slide.moved(named) for slide in self.slides)})


def _validated(table: dict[str, Any], text: str) -> Lesson:
    try:
        return Lesson.model_validate(table)
    except ValidationError as error:
        raise refusal(error, text) from None
