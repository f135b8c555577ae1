"""The studies that the program keeps: one journal for each search, found again by what is searched."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from landscape.errors import LandscapeError
from landscape.network.spec import Training
from landscape.tuning.plan import Tuning
from landscape.tuning.study import FREE, Study

ENDING = ".journal"
NUMBER = re.compile(rb'"number":\s*(\d+)')  # in a journal, of a finished trial
HEADER_BYTES = 2_000_000  # within which a journal says what it searches


@dataclass(frozen=True)
class Kept:
    """A study on the shelf.

    Attributes
    ----------
    finished : trials, as far as they are known without reading all of it
    changed : when it was last written, seconds since 1970
    """

    path: Path
    training: Training
    tuning: Tuning
    finished: int
    changed: float

    @property
    def title(self) -> str:
        """What is searched, how, and how far it has got."""
        done = f"{self.finished} of {self.tuning.count}" if self.finished < self.tuning.count else "all"
        data = self.training.data
        name = Path(data.file).name if data.name == "csv" else data.name
        return f"{name}, {self.tuning.method}, {done} trials"


class Shelf:
    """A folder of studies.

    >>> Shelf(Path("studies")).place(Training(), Tuning(seed=1)).name[:18]
    'spirals-random-64-'
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def place(self, training: Training, tuning: Tuning) -> Path:
        """Where this search is kept: the same for the same search."""
        said = [training.model_dump(mode="json"), tuning.model_dump(mode="json", exclude=FREE)]
        digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:8]
        return self.folder / f"{training.data.name}-{tuning.method}-{tuning.trials}-{digest}{ENDING}"

    def open(self, training: Training, tuning: Tuning) -> Study:
        """The study of this search; in memory if the folder cannot be written, with a remark on it."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            return Study(training, tuning, str(self.place(training, tuning)))
        except (OSError, LandscapeError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            study = Study(training, tuning)
            study.remarks.append(f"This study is not kept when the program ends: {reason}")
            return study

    def kept(self) -> list[Kept]:
        """All studies, the latest first; what is not a study of ours is passed over."""
        found = []
        try:
            paths = list(self.folder.glob(f"*{ENDING}"))
        except OSError:
            return []
        for path in paths:
            try:
                found.append(read_header(path))
            except LandscapeError:
                continue
        return sorted(found, key=lambda kept: -kept.changed)

    def remove(self, kept: Kept) -> None:
        """Delete a study.

        Raises
        ------
        LandscapeError
            if it cannot be.
        """
        try:
            kept.path.unlink(missing_ok=True)
        except OSError as error:
            raise LandscapeError(f"{kept.path.name} cannot be deleted: {error.strerror}.") from None


def read_header(path: Path) -> Kept:
    """What a journal searches, without reading its trials.

    Raises
    ------
    LandscapeError
        if it cannot be read, or is not a study of this program.
    """
    try:
        with path.open("rb") as file:
            start = file.read(HEADER_BYTES)
            size = path.stat()
    except OSError as error:
        raise LandscapeError(f"{path} cannot be read: {error.strerror}.") from None
    for entry in _entries(start):
        said = entry.get("user_attr")
        if isinstance(said, dict) and isinstance(said.get("landscape"), str):
            try:
                table = json.loads(said["landscape"])
                training = Training.model_validate_json(json.dumps(table["training"]))
                tuning = Tuning.model_validate_json(json.dumps(table["tuning"]))
            except (ValueError, KeyError, TypeError, ValidationError, LandscapeError):
                break
            return Kept(path, training, tuning, _count(path), size.st_mtime)
    raise LandscapeError(f"{path.name} is not a study of this program: it does not say what it searches.")


def _entries(content: bytes) -> Iterator[dict[str, object]]:
    for line in content.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            yield entry


def _count(path: Path) -> int:
    """Finished trials in a journal: each is one line, and says its number; one made again has two."""
    try:
        with path.open("rb") as file:
            return len({found[1] for found in map(NUMBER.search, file) if found})
    except OSError:
        return 0
