"""Studies on the shelf: found again by what is searched, and taken further."""

import json

import pytest

from landscape.network.spec import Training
from landscape.tuning.plan import Tuning
from landscape.tuning.search import search
from landscape.tuning.shelf import Shelf, read_header
from landscape.tuning.space import Axis, Space
from landscape.tuning.study import Study
from landscape.tuning.workers import open_workers

TRAINING = Training(epochs=2, hidden=(8,))
SPACE = Space({"learning_rate": Axis(), "batch_size": Axis()})


def made(study):
    with open_workers(0) as workers:
        for _ in search(study, workers):
            pass
    return study


def facts(study):
    return [(t.number, t.values, t.seed, t.state, t.score) for _, t in sorted(study.finished().items())]


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "studies")


def test_a_search_finds_its_study_again(shelf):
    tuning = Tuning(space=SPACE, trials=6, seed=1)
    first = made(shelf.open(TRAINING, tuning))
    again = shelf.open(TRAINING, tuning)
    assert facts(again) == facts(first)
    assert not shelf.open(TRAINING, tuning.model_copy(update={"seed": 2})).finished()
    assert not shelf.open(TRAINING.model_copy(update={"epochs": 3}), tuning).finished()


def test_what_is_kept_says_what_it_searches(shelf):
    tuning = Tuning(space=SPACE, trials=6, seed=1)
    made(shelf.open(TRAINING, tuning))
    (kept,) = shelf.kept()
    assert (kept.training, kept.tuning, kept.finished) == (TRAINING, tuning, 6)
    shelf.remove(kept)
    assert shelf.kept() == []


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff", b"{}\n", b'{"user_attr": {"landscape": "{}"}}\n', b"[1]\n"]
)
def test_files_that_are_no_studies_are_passed_over(shelf, content):
    shelf.folder.mkdir()
    (shelf.folder / "odd.journal").write_bytes(content)
    assert shelf.kept() == []


def test_a_study_of_a_newer_program_is_passed_over(shelf):
    shelf.folder.mkdir()
    said = json.dumps({"training": {"wings": 2}, "tuning": {}})
    (shelf.folder / "new.journal").write_text(json.dumps({"user_attr": {"landscape": said}}) + "\n")
    with pytest.raises(Exception, match="not a study of this program"):
        read_header(shelf.folder / "new.journal")
    assert shelf.kept() == []


def test_without_a_folder_the_study_is_in_memory_and_says_so(tmp_path):
    (tmp_path / "file").write_text("")
    study = Shelf(tmp_path / "file").open(TRAINING, Tuning(space=SPACE, trials=4))
    assert "not kept" in study.remarks[0]
    assert len(made(study).finished()) == 4


def test_more_trials_keep_those_that_were_made():
    fewer = made(Study(TRAINING, Tuning(space=SPACE, trials=6, seed=1)))
    more = Study(TRAINING, Tuning(space=SPACE, trials=9, seed=1))
    more.adopt(fewer)
    assert facts(more) == facts(fewer)
    assert facts(made(more)) == facts(made(Study(TRAINING, Tuning(space=SPACE, trials=9, seed=1))))


@pytest.mark.parametrize("tuning", [
    Tuning(space=SPACE, trials=7, seed=3),
    Tuning(space=SPACE, trials=8, rounds=3, method="coarse-to-fine", seed=3),
    Tuning(space=SPACE, trials=8, boxes=({"learning_rate": (0.2, 0.6)},), seed=3),
])  # fmt: skip
def test_a_further_round_in_a_box_keeps_the_rounds_before(tuning):
    before = made(Study(TRAINING, tuning))
    box = {"learning_rate": (0.4, 0.5)}
    further = Study(TRAINING, tuning.refined(before.finished(), box))
    further.adopt(before)
    assert facts(further) == facts(before)
    made(further)
    assert further.tuning.round_ends[:-1] == tuning.round_ends
    new = [trial for number, trial in further.finished().items() if number >= len(before.finished())]
    rate = SPACE.dimensions[0]
    assert len(new) >= 2
    assert all(0.4 <= rate.place(trial.values["learning_rate"]) <= 0.5 for trial in new)


def test_a_grid_is_followed_by_a_search_at_random():
    grid = Tuning(space=SPACE, trials=9, method="grid")
    refined = grid.refined({}, {"learning_rate": (0.4, 0.5)})
    assert refined.method == "random"
    assert refined.trials == 2 * grid.count


def test_nothing_is_taken_over_where_hopeless_trials_are_stopped_or_seeds_differ():
    before = made(Study(TRAINING, Tuning(space=SPACE, trials=6, seed=1)))
    for other in ({"stopping": "median"}, {"seed": 2}):
        study = Study(TRAINING, before.tuning.model_copy(update=other))
        study.adopt(before)
        assert not study.finished()
