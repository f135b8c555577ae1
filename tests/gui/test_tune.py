"""The Tune workspace, driven as a user does."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from driving import ALT, CTRL, KEY, LEFT, drag, enter_text, finish_jobs, focusable, move, press
from PyQt6.QtCore import QPoint, QRectF, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from gui.main_window import MainWindow
from gui.theme import DARK, PROJECTOR, THEMES
from gui.tune.page import TunePage
from landscape.scene import Scene

SCENE = Scene().edited(
    training={
        "data": {"name": "moons", "points": 120},
        "epochs": 5,
        "hidden": [8],
        "optimizer": {"rule": "momentum"},
    },
    tuning={"trials": 24, "space": {"learning_rate": {}, "beta": {}, "batch_size": {"low": 16, "high": 64}}},
)


@pytest.fixture
def window(open_window: Any, qtbot: Any) -> MainWindow:
    """The window in Tune, nothing searched yet."""
    made: MainWindow = open_window(gl=False)
    made.document.replace(SCENE, "test", None, saved=True)
    QTest.keyClick(made, KEY.Key_3, CTRL)
    page = page_of(made)
    page.searcher.workers = "0"
    qtbot.waitUntil(lambda: page.searcher.found is not None, timeout=10_000)
    finish_jobs(made)
    return made


@pytest.fixture
def searched(window: MainWindow, qtbot: Any) -> MainWindow:
    """The same when all trials are made."""
    page = page_of(window)
    page.focus_picture()
    press(KEY.Key_Space)
    qtbot.waitUntil(lambda: page.searcher.found.complete and not page.searcher.running, timeout=60_000)
    finish_jobs(window)
    return window


def page_of(window: MainWindow) -> TunePage:
    assert window.tune is not None
    return window.tune


def columns_of(window: MainWindow) -> Any:
    found = page_of(window).searcher.found
    assert found is not None
    return found.columns


def lit(window: MainWindow) -> int:
    return int(page_of(window).study.lit.sum())


def pixel(window: MainWindow, row: int) -> tuple[float, float]:
    """Where a trial is in the scatter: worked out from its values, not asked of the view."""
    view, trial = page_of(window).study.coverage, columns_of(window).trials[row]
    plot = view.plot_area(QRectF(view.rect()))
    x, y = (columns_of(window).place(name)[row] for name in ("learning_rate", "beta"))
    assert trial.values["learning_rate"] > 0
    return plot.left() + x * plot.width(), plot.bottom() - y * plot.height()


def test_ctrl_3_opens_it_and_says_how_to_begin(window: MainWindow) -> None:
    page = page_of(window)
    assert window.pages.currentWidget() is page
    assert "Space" in page.study.coverage.hint
    assert "24 trials" in page.headline.caption.text()
    assert not page.searcher.shelf.kept()  # looking leaves no file


def test_space_searches_and_everything_shows_the_trials(searched: MainWindow) -> None:
    page = page_of(searched)
    assert "24 of 24 trials" in page.headline.caption.text()
    assert "best" in page.headline.caption.text()
    assert page.playback.step == 24
    assert page.study.table.model.rowCount() == 24
    assert page.studies_card.list.count() == 1
    assert "24 random trials" in page.luck.sentence


def test_space_pauses_and_goes_on_with_the_same_trials(window: MainWindow, qtbot: Any) -> None:
    page = page_of(window)
    page.edits.change("more", trials=80)
    finish_jobs(window)
    qtbot.waitUntil(lambda: page.searcher.found.tuning.trials == 80, timeout=10_000)
    page.focus_picture()
    press(KEY.Key_Space)
    assert page.searcher.running
    qtbot.wait(100)
    press(KEY.Key_Space)
    assert not page.searcher.running
    press(KEY.Key_Space)
    qtbot.waitUntil(lambda: page.searcher.found.complete, timeout=60_000)
    assert columns_of(window).number.tolist() == list(range(80))


def test_brushing_in_one_picture_lights_up_in_all(searched: MainWindow) -> None:
    page = page_of(searched)
    view = page.study.coverage
    plot = view.plot_area(QRectF(view.rect()))
    drag(
        view,
        (plot.left() + 2, plot.top() + 2),
        (plot.center().x(), plot.top() + 9),
        (plot.center().x(), plot.bottom() - 2),
    )
    inside = columns_of(searched).place("learning_rate") <= 0.5
    assert 0 < inside.sum() < 24
    assert lit(searched) == pytest.approx(inside.sum(), abs=1)  # one may lie on the edge
    assert f"{lit(searched)} of 24 lit" in page.selection_card.count.text()
    np.testing.assert_array_equal(page.study.table.model.lit, page.study.lit)
    np.testing.assert_array_equal(page.study.curves.lit, page.study.lit)
    assert set(searched.document.scene.tune_view.brushes) == {"learning_rate", "beta"}
    press(KEY.Key_Escape)
    view.setFocus()
    QTest.keyClick(view, KEY.Key_Escape)
    assert lit(searched) == 24


def test_a_click_picks_a_trial_and_all_show_it(searched: MainWindow, qtbot: Any) -> None:
    page = page_of(searched)
    row = int(np.nanargmax(columns_of(searched).score))
    drag(page.study.coverage, pixel(searched, row))
    picked = searched.document.scene.tune_view.picked
    assert picked is not None
    assert f"#{picked}" in page.trial_card.number.text()
    assert page.study.table.model.rows[page.study.table.table.currentIndex().row()] == columns_of(
        searched
    ).row(picked)
    page.study.trials.setCurrentWidget(page.study.trial)
    finish_jobs(searched)
    qtbot.waitUntil(lambda: page.study.trial._portrait is not None, timeout=10_000)
    shown = page.study.trial._portrait.snapshots[-1]
    trial = columns_of(searched).trials[columns_of(searched).row(picked)]
    # The same training by itself: the same but for rounding.
    assert float(shown.validation_accuracy[0]) == pytest.approx(trial.score, abs=0.05)


def test_keys_alone_pick_a_trial_and_brush(searched: MainWindow) -> None:
    page = page_of(searched)
    page.study.coverage.setFocus()
    press(KEY.Key_Up)
    first = searched.document.scene.tune_view.picked
    assert first is not None  # the best
    assert columns_of(searched).score[columns_of(searched).row(first)] == np.nanmax(
        columns_of(searched).score
    )
    for key in (KEY.Key_Left, KEY.Key_Right, KEY.Key_Down):
        press(key, ALT)
    assert searched.document.scene.tune_view.picked is not None
    press(KEY.Key_Right, ALT | Qt.KeyboardModifier.ShiftModifier)
    assert set(searched.document.scene.tune_view.brushes) == {"learning_rate", "beta"}
    before = lit(searched)
    for _ in range(30):
        press(KEY.Key_Right, ALT | Qt.KeyboardModifier.ShiftModifier)
    assert lit(searched) != before or before == 0


def test_search_here_more_finely_keeps_the_trials_and_stays_in_the_box(
    searched: MainWindow, qtbot: Any
) -> None:
    page = page_of(searched)
    before = columns_of(searched).score.tolist()
    page.edits.view("brush", brushes={"learning_rate": (0.4, 0.6)})
    QTest.mouseClick(page.selection_card.refine, LEFT)
    qtbot.waitUntil(
        lambda: page.searcher.found.tuning.trials == 48 and page.searcher.found.complete, timeout=60_000
    )
    columns = columns_of(searched)
    assert columns.score[:24].tolist() == before
    later = columns.place("learning_rate")[24:]
    assert ((later >= 0.4) & (later <= 0.6)).all()
    assert "round 2" in page.study.coverage._boxes[0][1]
    searched.document.undo()
    finish_jobs(searched)
    qtbot.waitUntil(lambda: page.searcher.found.tuning.trials == 24, timeout=10_000)
    assert page.searcher.found.complete


def test_without_a_brush_there_is_nothing_to_refine(searched: MainWindow) -> None:
    page = page_of(searched)
    assert not page.selection_card.refine.isEnabled()
    page.refine()
    assert "Brush" in searched.banner.text()


def test_a_trial_opens_in_train_and_as_a_panda(searched: MainWindow, qtbot: Any) -> None:
    page = page_of(searched)
    page.study._picked(3)
    trial = page.study.picked
    assert trial is not None
    QTest.mouseClick(page.trial_card.panda, LEFT)
    scene = searched.document.scene
    assert scene.workspace == "train"
    assert scene.train_view.panda
    assert scene.training.optimizer.learning_rate == trial.values["learning_rate"]
    assert scene.training.epochs == 10
    assert searched.train is not None
    finish_jobs(searched)
    assert searched.train.playback.step == 5
    searched.document.undo()
    assert searched.document.scene.workspace == "tune"


def test_code_of_a_trial_is_copied(searched: MainWindow) -> None:
    page = page_of(searched)
    page.study._picked(3)
    QTest.mouseClick(page.trial_card.code, LEFT)
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    compile(clipboard.text(), "trial", "exec")
    assert "train(spec)" in clipboard.text()


def test_going_back_in_trials_shows_fewer(searched: MainWindow) -> None:
    page = page_of(searched)
    page.study.coverage.setFocus()
    for _ in range(4):
        press(KEY.Key_Left)
    assert page.playback.step == 20
    assert page.study.table.model.rowCount() == 20
    press(KEY.Key_End)
    assert page.study.table.model.rowCount() == 24


def test_the_table_is_written_as_csv(searched: MainWindow, tmp_path: Path) -> None:
    page = page_of(searched)
    page.studies.write_table(tmp_path / "t.csv")
    finish_jobs(searched)
    with (tmp_path / "t.csv").open() as file:
        assert len(list(csv.DictReader(file))) == 24
    page.studies.write_table(tmp_path / "no" / "t.csv")
    finish_jobs(searched)
    assert "cannot be written" in searched.banner.text()


def test_studies_are_kept_and_opened_again(searched: MainWindow, qtbot: Any) -> None:
    page = page_of(searched)
    page.edits.change("another seed", seed=7)
    qtbot.waitUntil(lambda: page.searcher.found.tuning.seed == 7, timeout=10_000)
    finish_jobs(searched)
    assert page.searcher.found.done == 0
    page.studies_card.list.setCurrentRow(0)
    QTest.mouseClick(page.studies_card.open, LEFT)
    qtbot.waitUntil(lambda: page.searcher.found.tuning.seed == 0, timeout=10_000)
    assert page.searcher.found.done == 24
    QTest.mouseClick(page.studies_card.remove, LEFT)
    assert "is shown" in searched.banner.text()


def test_a_file_that_is_no_study_is_a_sentence(window: MainWindow, tmp_path: Path, qtbot: Any) -> None:
    (tmp_path / "x.journal").write_text("hello")
    page_of(window).studies.open_file(tmp_path / "x.journal")
    finish_jobs(window)
    assert "not a study" in window.banner.text()


def test_random_against_grid_has_its_chances(window: MainWindow) -> None:
    page = page_of(window)
    page.edits.change("nine", trials=9)
    QTest.mouseClick(page.picture_buttons["contest"], LEFT)
    finish_jobs(window)
    found = page.contest.view._contest
    assert found is not None
    assert (found.trials, found.values) == (9, 3)
    assert found.random == pytest.approx(1 - 0.9**9)
    page.focus_picture()
    press(KEY.Key_Up)
    finish_jobs(window)
    assert window.document.scene.tune_view.width == pytest.approx(0.11)


def test_panda_and_caviar_are_counted(window: MainWindow, qtbot: Any) -> None:
    page = page_of(window)
    QTest.mouseClick(page.picture_buttons["minute"], LEFT)
    page.minute.times.addItem("1 s", "1")
    page.minute.times.setCurrentIndex(page.minute.times.count() - 1)
    QTest.mouseClick(page.minute.run, LEFT)
    qtbot.waitUntil(lambda: page.minute.run.text() == "Compare", timeout=30_000)
    assert "model" in page.minute.view.accessibleDescription()


@pytest.mark.parametrize("theme", list(THEMES))
def test_it_is_painted_in_every_theme(searched: MainWindow, theme: str) -> None:
    page = page_of(searched)
    page.study._picked(2)
    searched.set_theme(THEMES[theme])
    for tabs in (page.study.charts, page.study.trials):
        for place in range(tabs.count()):
            tabs.setCurrentIndex(place)
            finish_jobs(searched)
            assert not searched.grab().isNull()


def test_a_search_that_cannot_begin_says_why(window: MainWindow, tmp_path: Path, qtbot: Any) -> None:
    page = page_of(window)
    training = window.document.scene.training
    data = {"name": "csv", "file": str(tmp_path / "gone.csv")}
    window.document.edit("lose the data", training={**dict(training), "data": data})
    qtbot.waitUntil(lambda: "gone.csv" in page.study.coverage.hint, timeout=10_000)
    assert "gone.csv" in window.banner.text()
    assert not page.searcher.running


def test_workers_that_there_are_not_are_refused(window: MainWindow) -> None:
    field = page_of(window).method_card.workers
    field.setFocus()
    field.setText("many")
    QTest.keyClick(field, KEY.Key_Return)
    assert "many" in window.banner.text()
    assert field.text() != "many"


def test_a_dead_cluster_is_a_sentence_within_seconds(window: MainWindow, qtbot: Any) -> None:
    pytest.importorskip("distributed")
    page = page_of(window)
    field = page.method_card.workers
    field.setFocus()
    field.setText("dask:tcp://127.0.0.1:9")
    QTest.keyClick(field, KEY.Key_Return)
    page.focus_picture()
    press(KEY.Key_Space)
    qtbot.waitUntil(lambda: "scheduler" in window.banner.text(), timeout=15_000)
    assert not page.searcher.running


def test_a_tooltip_names_the_trial_under_the_pointer(searched: MainWindow) -> None:
    page = page_of(searched)
    x, y = pixel(searched, 0)
    move(page.study.coverage, x, y)
    assert "Trial" in page.study.coverage.toolTip()
    assert QPoint(round(x), round(y)) in page.study.coverage.rect()


def test_no_card_of_the_inspector_is_cut_off(searched: MainWindow, qtbot: Any) -> None:
    page = page_of(searched)
    page.study._picked(3)
    for theme in (DARK, PROJECTOR):
        searched.set_theme(theme)
        QTest.qWait(50)
        room = page.inspector.viewport().width()
        for card in (
            page.method_card,
            page.space_card,
            page.selection_card,
            page.trial_card,
            page.studies_card,
        ):
            assert card.minimumSizeHint().width() <= room - 6, type(card).__name__
            assert card.geometry().right() < room


def test_a_search_in_a_file_is_called_by_its_name_and_one_trial_is_one(
    open_window: Any, qtbot: Any, tmp_path: Path
) -> None:
    path = tmp_path / "flowers.csv"
    path.write_text("a,b,kind\n" + "".join(f"{k % 7},{k % 5},{'xy'[k % 2]}\n" for k in range(40)))
    window = open_window(gl=False)
    scene = SCENE.edited(
        training={"data": {"name": "csv", "file": str(path)}, "epochs": 1}, tuning={"trials": 1}
    )
    window.document.replace(scene, "test", None, saved=True)
    QTest.keyClick(window, KEY.Key_3, CTRL)
    page = page_of(window)
    qtbot.waitUntil(lambda: page.searcher.found is not None, timeout=10_000)
    finish_jobs(window)
    assert page.headline.title.text() == "flowers.csv: at random"
    assert page.headline.caption.text() == "1 trial of 1 epoch: press play to search."
    assert page.method_card.count.text() == "1 trial"
    choice = page.method_card.data
    choice.activated.emit(choice.findData("csv"))  # the same once more: its file stays
    assert window.document.scene.training.data.file == str(path)
    choice.setCurrentIndex(choice.findData("moons"))
    choice.activated.emit(choice.currentIndex())
    assert window.document.scene.training.data.name == "moons"
    with qtbot.waitSignal(window.document.refused) as caught:
        choice.setCurrentIndex(choice.findData("csv"))
        choice.activated.emit(choice.currentIndex())
    assert "Train (Ctrl+2)" in caught.args[0]
    assert choice.currentData() == "moons"
    finish_jobs(window)


def test_what_the_keyboard_reaches_has_a_name_and_minutes_that_are_none_are_refused(
    window: MainWindow, qtbot: Any
) -> None:
    page = page_of(window)
    nameless = [
        type(widget).__name__
        for widget in focusable(page)
        if widget.isVisible() and not (widget.accessibleName() or getattr(widget, "text", str)())
    ]
    assert not nameless
    with qtbot.waitSignal(window.document.refused) as caught:
        enter_text(page.method_card.minutes, "soon")
    assert "“soon” is not a number" in caught.args[0]
