"""A search as an export: its trials appear one after the other, over two hyperparameters and all of them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

from PyQt6.QtCore import QRect

from gui.theme import Theme
from gui.tune.contest_page import show_contest_of
from gui.tune.contest_view import ContestView
from gui.tune.coverage_view import CoverageView
from gui.tune.curves_view import CurvesView
from gui.tune.parallel_view import ParallelView
from gui.tune.searcher import Found, studies
from gui.tune.words import counts, heading, round_words, shown_axes
from gui.views.canvas import Canvas
from gui.views.film_frame import GAP, TYPE_SCALE, Film, Place, Reel, Sheet, columns, give_size, rows
from landscape.errors import LandscapeError
from landscape.export_plan import Export
from landscape.network.training import split_data
from landscape.scene import Scene
from landscape.tuning.search import search
from landscape.tuning.selection import columns_of, lit
from landscape.tuning.study import Study
from landscape.tuning.workers import open_workers


def _trials(scene: Scene) -> int:
    return 1 if scene.tune_view.picture == "contest" else scene.tuning.count


def _prepared(scene: Scene, export: Export, trials: Sequence[int]) -> Iterator[Any]:
    """Searches anew, or takes the study that is kept: the same scene has the same trials in either case."""
    if export.view != "map":
        raise LandscapeError("A search has no surface to be seen in 3-D: its view is the map.")
    if scene.tune_view.picture == "minute":
        raise LandscapeError("How much a machine does in a minute is seen in the window only.")
    training, tuning, shelf = scene.training, scene.tuning, studies()
    data = split_data(training)
    if scene.tune_view.picture == "study":
        study = Study(training, tuning)
        if shelf.place(training, tuning).exists():
            kept = shelf.open(training, tuning)
            study = kept if len(kept.finished()) >= tuning.count else study
            study.adopt(kept)
        with open_workers(max(os.cpu_count() or 1, 1)) as crew:
            reports = search(study, crew, data)
            try:
                for report in reports:
                    yield f"Searching: trial {report.done} of {report.total} …"
            finally:
                reports.close()
        known = study.finished()
        table = columns_of(list(known.values()), tuning.space.dimensions, training.epochs)
        boxes = tuple(tuning.box(k, tuning.complete_rounds(known)) for k in range(1, len(tuning.round_ends)))
    else:
        table, boxes = columns_of([], tuning.space.dimensions, training.epochs), ()
    yield scene, Found(training, tuning, data, table, len(table), boxes)


def _opened(drawn: tuple[Scene, Found], theme: Theme, export: Export, question: str) -> Reel:
    scene, found = drawn
    if scene.tune_view.picture == "contest":
        return _contest_reel(scene, theme, export, question)
    coverage, curves, parallel = CoverageView(), CurvesView(), ParallelView()
    views: list[Canvas] = [coverage, *([curves] if export.curves else []), parallel]
    for view in views:
        view.set_theme(theme, TYPE_SCALE)
    title, _ = heading(scene, None)
    caption = scene.caption or counts(found)
    sheet = Sheet(theme, export, title, caption, _placing(views), question)
    x, y, ghost = shown_axes(scene, found.columns.dimensions)
    coverage.show_axes(x, y)
    coverage.show_ghost(ghost)

    def show(trials: int, turn: float) -> None:
        table = found.columns.first(trials)
        mask = lit(table, scene.tune_view)
        for each in (coverage, curves, parallel):
            each.show_trials(table)
            each.show_lit(mask)
            each.show_picked(scene.tune_view.picked)
        reached = [k for k in range(len(found.boxes)) if trials >= found.tuning.round_ends[k]]
        coverage.show_boxes([(found.boxes[k], round_words(table, k + 1)) for k in reached])

    return Reel(sheet, show)


def _contest_reel(scene: Scene, theme: Theme, export: Export, question: str) -> Reel:
    view = ContestView()
    view.set_theme(theme, TYPE_SCALE)
    title, _ = heading(scene, None)
    sheet = Sheet(theme, export, title, scene.caption, _placing([view]), question)
    for found in () if question else show_contest_of(view, scene):
        view.show_contest(found)
    return Reel(sheet, lambda trials, turn: None)


def _placing(views: Sequence[Canvas]) -> Any:
    def placed(area: QRect, scale: float) -> list[Place]:
        places = search_places(area, len(views), GAP * scale)
        for view, place in zip(views, places, strict=True):
            give_size(view, place, scale)
        return list(zip(views, places, strict=True))

    return placed


def search_places(area: QRect, count: int, gap: float) -> list[QRect]:
    """Where scatter, curves and parallel coordinates are; fewer pictures share the room."""
    if count == 1:
        return [area]
    if area.height() > 1.3 * area.width():
        return rows(area, [0.45, 0.25, 0.3] if count == 3 else [0.6, 0.4], gap)
    above, below = rows(area, [0.62, 0.38], gap)
    return [*(columns(above, [0.52, 0.48], gap) if count == 3 else [above]), below]


SEARCH_FILM = Film(_trials, _prepared, _opened)
