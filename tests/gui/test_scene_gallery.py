"""Ctrl+G: the bundled scenes as pictures."""

from __future__ import annotations

from driving import CTRL, KEY, press
from PyQt6.QtTest import QTest

from landscape.resources import scene_files, thumbnail_of
from landscape.scene import Scene


def opened(window, qtbot):
    press(KEY.Key_G, CTRL)
    qtbot.waitUntil(lambda: window.gallery.picker is not None, timeout=10_000)
    picker = window.gallery.picker
    qtbot.waitUntil(picker.isVisible, timeout=5000)
    return picker


def test_every_scene_has_a_picture_of_its_own(flat_window, qtbot):
    picker = opened(flat_window, qtbot)
    assert picker.list.count() == len(scene_files())
    seen = set()
    for place, file in enumerate(scene_files()):
        item = picker.list.item(place)
        assert item.text() == Scene.load(file).title
        image = item.icon().pixmap(picker.list.iconSize()).toImage()
        assert image.width() >= 170
        seen.add(bytes(image.bits().asarray(image.sizeInBytes())))
    assert len(seen) == len(scene_files())
    press(KEY.Key_Escape)


def test_scene_is_found_by_what_it_says_and_shown(flat_window, qtbot):
    picker = opened(flat_window, qtbot)
    QTest.keyClicks(picker.search, "zig-zag")
    QTest.keyClick(picker.search, KEY.Key_Return)
    assert not picker.isVisible()
    assert flat_window.document.scene.title.startswith("The ravine")
    flat_window.activateWindow()
    qtbot.waitUntil(flat_window.isActiveWindow, timeout=5000)
    press(KEY.Key_G, CTRL)  # a second time, it stands where we are
    qtbot.waitUntil(picker.isVisible, timeout=5000)
    assert picker.list.currentItem().text().startswith("The ravine")
    assert picker.says.text() == flat_window.document.scene.caption
    press(KEY.Key_Escape)


def test_pictures_are_small_and_none_is_left_over():
    folder = thumbnail_of(scene_files()[0]).parent
    assert sorted(folder.iterdir()) == [thumbnail_of(file) for file in scene_files()]
    assert sum(file.stat().st_size for file in folder.iterdir()) < 600_000
