"""The one place where the scene changes: edits, merging, undo, refusals."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

import gui.document
from gui.document import MAX_UNDO, MERGE_SECONDS
from landscape.scene import Scene, opening_scene


@pytest.fixture
def clock(monkeypatch):
    now = {"now": 1000.0}
    monkeypatch.setattr(gui.document, "time", SimpleNamespace(monotonic=lambda: now["now"]))
    return now


def test_edit_announces_new_and_old(document, qtbot):
    old = document.scene
    with qtbot.waitSignal(document.changed) as changed:
        assert document.edit("a", steps=10)
    assert changed.args == [document.scene, old]
    assert document.scene.steps == 10
    assert old == opening_scene()


def test_edit_that_changes_nothing_is_no_step(document, qtbot):
    with qtbot.assertNotEmitted(document.changed):
        assert document.edit("a", steps=document.scene.steps)
    assert document.undo_label == ""


@pytest.mark.parametrize(
    "changes", [{"steps": 0}, {"steps": 10_000_000}, {"noise": -1.0}, {"noise": float("nan")},
                {"start": (float("inf"), 0.0)}, {"seed": -1}, {"nonsense": 3}],
)  # fmt: skip
def test_edit_that_is_not_possible_is_refused_with_a_sentence(document, qtbot, changes):
    old = document.scene
    with qtbot.assertNotEmitted(document.changed), qtbot.waitSignal(document.refused) as refused:
        assert not document.edit("a", **changes)
    assert len(refused.args[0]) > 10
    assert document.scene is old
    assert document.undo_label == ""


def test_undo_and_redo_walk_back_and_forth(document):
    scenes = [document.scene]
    for steps in (10, 20, 30):
        document.edit(f"to {steps}", steps=steps)
        scenes.append(document.scene)
    assert document.undo_label == "to 30"
    for scene in scenes[2::-1]:
        document.undo()
        assert document.scene == scene
    assert (document.undo_label, document.redo_label) == ("", "to 10")
    document.undo()
    assert document.scene == scenes[0]
    for scene in scenes[1:]:
        document.redo()
        assert document.scene == scene
    document.redo()
    assert document.scene == scenes[3]


def test_edit_after_undo_forgets_what_was_undone(document):
    document.edit("a", steps=10)
    document.undo()
    document.edit("b", steps=20)
    assert document.redo_label == ""
    document.redo()
    assert document.scene.steps == 20


def test_quick_edits_of_one_kind_are_one_step(document, clock):
    old = document.scene
    for steps in (10, 11, 12):
        document.edit("drag", merge=True, steps=steps)
        clock["now"] += MERGE_SECONDS / 2
    document.undo()
    assert document.scene == old


@pytest.mark.parametrize("wait", [0.0, 2 * MERGE_SECONDS])
def test_other_or_later_edits_are_steps_of_their_own(document, clock, wait):
    document.edit("drag", merge=True, steps=10)
    clock["now"] += wait
    document.edit("drag" if wait else "another", merge=True, steps=11)
    document.undo()
    assert document.scene.steps == 10


def test_nothing_merges_with_what_was_undone(document, clock):
    old = document.scene
    document.edit("drag", merge=True, steps=10)
    document.undo()
    document.edit("drag", merge=True, steps=11)
    document.undo()
    assert document.scene == old


def test_undo_has_an_end(document):
    for k in range(MAX_UNDO + 20):
        document.edit("a", steps=k + 1)
    for _ in range(MAX_UNDO + 20):
        document.undo()
    assert document.scene.steps == 20


def test_dirty_until_saved(document, tmp_path):
    assert not document.dirty
    document.edit("a", steps=10)
    assert document.dirty
    assert document.save(tmp_path / "a.toml")
    assert not document.dirty
    document.undo()
    assert document.dirty
    document.redo()
    assert not document.dirty


def test_replacing_by_the_same_scene_is_no_step(document):
    document.replace(document.scene, "again", None, saved=True)
    assert document.undo_label == ""
    document.replace(Scene(steps=3), "another", None, saved=True)
    assert document.undo_label == "another"
