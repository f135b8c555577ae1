"""Scenes on disk: cut off, binary, protected, and saved completely or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from landscape import LandscapeError, Scene
from landscape.files import write_whole
from landscape.resources import scene_files


def test_file_that_is_cut_off_anywhere_is_refused_or_a_scene(tmp_path):
    content = scene_files()[1].read_bytes() + 'caption2 = "α"'.encode()
    file, refused = tmp_path / "cut.toml", 0
    for length in range(len(content)):
        file.write_bytes(content[:length])
        try:
            assert isinstance(Scene.load(file), Scene)
        except LandscapeError:
            refused += 1
    assert refused > len(content) / 3


def test_files_that_are_no_scenes_say_so(tmp_path):
    binary, folder, huge = tmp_path / "binary.toml", tmp_path / "folder.toml", tmp_path / "huge.toml"
    binary.write_bytes(bytes(range(256)))
    folder.mkdir()
    huge.write_bytes(b"# " + b"x" * 5_000_000)
    for path, word in ((binary, "not a text file"), (folder, "folder"), (huge, "larger than"),
                       (tmp_path / "missing.toml", "cannot be read"),
                       (Path("a\0b"), "cannot be used")):  # fmt: skip
        with pytest.raises(LandscapeError, match=word):
            Scene.load(path)
    assert binary.read_bytes() == bytes(range(256))


def test_byte_order_mark_and_windows_lines_are_read(tmp_path):
    file = tmp_path / "windows.toml"
    file.write_bytes(b"\xef\xbb\xbf" + Scene(steps=7).to_toml().replace("\n", "\r\n").encode())
    assert Scene.load(file).steps == 7


@pytest.mark.parametrize("at", ["replace", "fsync"])
def test_save_that_fails_leaves_the_old_file_and_nothing_else(at, tmp_path, monkeypatch):
    file = tmp_path / "mine.toml"
    Scene(steps=5).save(file)
    before = file.read_bytes()

    def full(*_args, **_named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path if at == "replace" else os, at, full)
    with pytest.raises(LandscapeError, match="no space left"):
        Scene(steps=6).save(file)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["mine.toml"]


def test_save_that_is_interrupted_leaves_nothing_behind(tmp_path, monkeypatch):
    def stop(*_args, **_named):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        Scene().save(tmp_path / "mine.toml")
    assert list(tmp_path.iterdir()) == []


def test_protected_file_is_not_replaced(tmp_path, monkeypatch):
    file = tmp_path / "mine.toml"
    file.write_text("# keep me")
    # Root may write anything: the question "may I?" is answered here instead.
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    with pytest.raises(LandscapeError, match="write-protected"):
        Scene().save(file)
    assert file.read_text() == "# keep me"


def test_places_that_cannot_be_written_say_so(tmp_path):
    for path in (tmp_path / "no" / "such" / "folder.toml", tmp_path, Path("a\0b")):
        with pytest.raises(LandscapeError, match="cannot be"):
            Scene().save(path)


def test_saving_keeps_permissions_and_follows_links(tmp_path):
    file, link = tmp_path / "mine.toml", tmp_path / "link.toml"
    file.write_text("")
    file.chmod(0o640)
    link.symlink_to(file)
    Scene().save(link)
    assert link.is_symlink()
    assert file.stat().st_mode & 0o777 == 0o640
    assert Scene.load(file) == Scene()
    write_whole(tmp_path / ("n" * 200), b"a long name is no trouble")
