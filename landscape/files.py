"""Reading and writing the user's files: a failed write leaves what was there, a failure is a sentence."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from landscape.errors import LandscapeError

MAX_BYTES = 4_000_000


def read_text(path: Path) -> str:
    """The text of a small file.

    Raises
    ------
    LandscapeError
        if it cannot be read, is too large, or is not text.
    """
    try:
        if path.is_dir():
            raise LandscapeError(f"{path} is a folder, not a file.")
        if path.is_fifo() and path.parent != Path("/dev"):  # nobody may ever write to it
            raise LandscapeError(f"{path} is a pipe, not a file.")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except LandscapeError:
        raise
    except OSError as error:
        raise LandscapeError(f"{path} cannot be read: {_reason(error)}.") from None
    except ValueError:  # a name with a null character in it
        raise LandscapeError("This file name cannot be used.") from None
    if len(content) > MAX_BYTES:
        raise LandscapeError(f"{path} is larger than {MAX_BYTES // 1_000_000} MB: not a file of ours.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise LandscapeError(f"{path} is not a text file.")
    return text


def whole(path: Path | str) -> Path:
    """The path from the root of the disk on."""
    return Path(os.path.abspath(path))  # noqa: PTH100 -- resolve refuses names with a null in them


def seen_from(folder: Path, file: Path) -> Path:
    """How a file is named in `folder`: below it, so that both can be moved together, else whole.

    >>> seen_from(Path("/lessons"), Path("/lessons/data/mine.csv")).as_posix()
    'data/mine.csv'
    """
    there = whole(file)
    return there.relative_to(folder) if there.is_relative_to(folder) else there


def check_target(path: Path | str) -> None:
    """Refuse a place for a file before the work is done that it shall hold.

    Raises
    ------
    LandscapeError
        if it is a folder, or in none.
    """
    target = _resolved(Path(path))
    reason = ""
    try:
        if target.is_dir():
            reason = "it is a folder"
        elif not target.parent.is_dir():
            reason = "there is no such folder"
    except OSError as error:  # a name that is too long
        reason = _reason(error)
    if reason:
        raise LandscapeError(f"{path} cannot be written: {reason}.")


def check_whole_folder(path: Path, ours: re.Pattern[str], what: str) -> None:
    """Refuse a place for a folder that would replace anything else than one of the same kind.

    Parameters
    ----------
    ours : what the names of the files look like that may be replaced
    what : they are, for the sentence

    Raises
    ------
    LandscapeError
        if it is a file, in no folder, or has other files in it.
    """
    reason = ""
    try:
        if not _resolved(path).parent.is_dir():
            reason = "there is no such folder"
        elif path.exists() and not path.is_dir():
            reason = f"it is a file, and {what} need a folder"
        elif path.is_dir() and not all(ours.fullmatch(item.name) for item in path.iterdir()):
            reason = "there are other files in this folder"
    except OSError as error:  # a name that is too long, a folder that cannot be read
        reason = _reason(error)
    if reason:
        raise LandscapeError(f"{path} cannot be written: {reason}.")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file completely or not at all.

    Raises
    ------
    LandscapeError
        if it cannot be written; what was there before is then untouched.
    """
    with replaced(path) as temporary:
        temporary.write_bytes(content)


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """An empty file beside `path` to write to, which takes its place once all of it is on the disk.

    Raises
    ------
    LandscapeError
        if it cannot be written; what was there before is then untouched.
    """
    try:
        try:
            path = _resolved(path)
            # Renaming would replace a write-protected file, too; the user protected it for a reason.
            if path.exists() and not os.access(path, os.W_OK):
                raise PermissionError(13, "it is write-protected")
            mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
            handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
        except ValueError:
            raise LandscapeError("This file name cannot be used.") from None
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
            temporary.chmod(mode)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise LandscapeError(f"{path} cannot be written: {_reason(error)}.") from None


@contextmanager
def replaced_folder(path: Path) -> Iterator[Path]:
    """An empty folder beside `path` to fill, which takes its place once it is full.

    Raises
    ------
    LandscapeError
        if it cannot be written; what was there before is then untouched.
    """
    try:
        path = path.resolve()
        temporary = Path(tempfile.mkdtemp(prefix=f".{path.name[:40]}.", dir=path.parent))
        try:
            yield temporary
            temporary.chmod(0o777 & ~_umask())
            old = temporary.with_name(f"{temporary.name}.old")
            if path.exists():  # a folder with something in it cannot be renamed over
                path.replace(old)
            temporary.replace(path)
            shutil.rmtree(old, ignore_errors=True)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
    except OSError as error:
        raise LandscapeError(f"{path} cannot be written: {_reason(error)}.") from None


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except ValueError:  # a name with a null character in it
        raise LandscapeError("This file name cannot be used.") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _reason(error: OSError) -> str:
    text = (error.strerror or str(error)).rstrip(".")
    return text[:1].lower() + text[1:]
