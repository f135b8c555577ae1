"""The Train workspace, driven as a user does."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from driving import has_colour, seen
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QColor
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QFileDialog

from gui.main_window import MainWindow
from gui.theme import THEMES, class_looks
from gui.train.page import TrainPage
from gui.train.pictures import scale_curves
from landscape.network.training import architecture_of
from landscape.resources import scene_files
from landscape.scene import Scene, opening_scene

TRAININGS = [file for file in scene_files() if Scene.load(file).workspace == "train"]


@pytest.fixture
def window(open_window: Any, qtbot: Any) -> MainWindow:
    """The window in Train, paused at its start, with everything trained."""
    made: MainWindow = open_window(gl=False)
    QTest.keyClick(made, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert made.train is not None
    settle(made, qtbot)
    return made


def page_of(window: MainWindow) -> TrainPage:
    assert window.train is not None
    return window.train


def settle(window: MainWindow, qtbot: Any) -> None:
    qtbot.waitUntil(lambda: not window.jobs.busy, timeout=90_000)


def run_of(window: MainWindow) -> Any:
    run = page_of(window).trainer.run
    assert run is not None
    return run


def go_to(window: MainWindow, epoch: int, qtbot: Any) -> None:
    page_of(window).playback.go_to(epoch)
    settle(window, qtbot)


def test_ctrl_2_opens_it_and_ctrl_1_goes_back(window: MainWindow, qtbot: Any) -> None:
    assert window.pages.currentWidget() is window.train
    assert run_of(window).last.state.epoch == window.document.scene.training.epochs
    QTest.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert window.pages.currentWidget() is window.explore
    assert window.document.undo_label == ""  # looking elsewhere is nothing to undo


def test_arrows_alone_are_epochs_wherever_the_keyboard_is(window: MainWindow, qtbot: Any) -> None:
    page = page_of(window)
    page.panels.choose("confusion")
    go_to(window, 4, qtbot)
    for view in (page.decision, page.network, page.panels.confusion):
        QTest.keyClick(view, Qt.Key.Key_Right)
        settle(window, qtbot)
        assert page.playback.step == 5
        QTest.keyClick(view, Qt.Key.Key_Left)
        settle(window, qtbot)
        assert page.playback.step == 4
    confusion = page.panels.confusion
    QTest.keyClick(confusion, Qt.Key.Key_Down)
    QTest.keyClick(confusion, Qt.Key.Key_Return)
    assert window.document.scene.train_view.picked is not None
    playing = page.playback.playing
    QTest.keyClick(confusion, Qt.Key.Key_Space)
    assert page.playback.playing == playing  # the key was the cell's
    QTest.keyClick(confusion, Qt.Key.Key_Escape)
    QTest.keyClick(confusion, Qt.Key.Key_Space)
    assert page.playback.playing != playing


def test_playing_moves_through_the_epochs(window: MainWindow, qtbot: Any) -> None:
    QTest.keyClick(page_of(window).decision, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: page_of(window).playback.step > 3, timeout=10_000)
    QTest.keyClick(page_of(window).decision, Qt.Key.Key_Space)
    settle(window, qtbot)
    now = page_of(window).now
    assert now is not None
    assert page_of(window).now_card.moment.text() == f"epoch {now.state.epoch}, step {now.step}"


def test_the_regions_are_coloured_by_the_class_that_wins(window: MainWindow, qtbot: Any) -> None:
    page = page_of(window)
    go_to(window, 80, qtbot)
    page.decision.show_points(np.empty((0, 2)), np.empty(0, int), np.empty(0, bool), np.empty(0, bool))
    image = page.decision.grab().toImage()
    values = page.decision._values
    assert values is not None
    looks = [np.array(QColor(look.colour).getRgb()[:3], float) for look in class_looks(3, window.theme)]
    plot = page.decision.plot_area(page.decision.rect().toRectF())
    sure = np.argwhere(values.max(axis=2) > 0.97)[::97]
    assert len(sure) > 30
    for iy, ix in sure:
        x = plot.left() + plot.width() * ix / (values.shape[1] - 1)
        y = plot.bottom() - plot.height() * iy / (values.shape[0] - 1)
        inside = (
            min(max(x, plot.left() + 2), plot.right() - 2),
            min(max(y, plot.top() + 2), plot.bottom() - 2),
        )
        seen = image.pixelColor(int(inside[0]), int(inside[1]))
        colour = np.array([seen.red(), seen.green(), seen.blue()], float)
        likeness = [colour @ look / np.linalg.norm(colour) / np.linalg.norm(look) for look in looks]
        assert int(np.argmax(likeness)) == values[iy, ix].argmax(), (iy, ix, inside, values.shape, plot)


def test_shift_right_trains_one_mini_batch(window: MainWindow, qtbot: Any) -> None:
    page = page_of(window)
    go_to(window, 4, qtbot)
    step = page.now.step
    for number in (1, 2):
        QTest.keyClick(page.decision, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
        qtbot.waitUntil(lambda number=number: page.now.step == step + number, timeout=5000)
        settle(window, qtbot)
    QTest.keyClick(page.decision, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: page.now.step == step + 1, timeout=5000)
    settle(window, qtbot)
    assert f"step {step + 1}" in page.now_card.moment.text()


@pytest.mark.parametrize("file", TRAININGS, ids=lambda file: file.stem)
def test_every_bundled_training_goes_by_mini_batches(open_window: Any, qtbot: Any, file: Path) -> None:
    scene = Scene.load(file)
    few = scene.training.model_copy(update={"epochs": 3})
    window = open_window(scene.edited(training=few), gl=False)
    page = page_of(window)
    go_to(window, 1, qtbot)
    step = page.now.step
    QTest.keyClick(page.decision, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: page.now.step == step + 1, timeout=5000)
    settle(window, qtbot)


def test_choosing_other_data_trains_on_them(window: MainWindow, qtbot: Any) -> None:
    page = page_of(window)
    QTest.mouseClick(page.data_card.buttons["iris"], Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    assert window.document.scene.training.data.name == "iris"
    assert "150 examples" in page.data_card.summary.text()
    assert run_of(window).data.training_inputs.shape[1] == 4
    assert "principal components of 4 features" in page.decision._note
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(window, qtbot)
    assert window.document.scene.training.data.name == "spirals"


def test_the_twin_differs_by_its_normalization_alone(window: MainWindow, qtbot: Any) -> None:
    trainer = page_of(window).trainer
    assert trainer.twin is not None
    assert trainer.twin.spec == trainer.run.spec.model_copy(update={"batch_norm": False})
    QTest.mouseClick(page_of(window).network_card.twin.toggle, Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    assert trainer.twin is None
    QTest.mouseClick(page_of(window).network_card.batch_norm.toggle, Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    assert run_of(window).spec.batch_norm is False


def test_a_panda_s_change_leaves_the_past_and_can_be_taken_back(window: MainWindow, qtbot: Any) -> None:
    page = page_of(window)
    before = [snapshot.training_loss[0] for snapshot in run_of(window).snapshots]
    QTest.mouseClick(page.rule_card.panda.toggle, Qt.MouseButton.LeftButton)
    go_to(window, 10, qtbot)
    field = page.rule_card.rows["learning_rate"].field
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "0.2")
    QTest.keyClick(field, Qt.Key.Key_Return)
    settle(window, qtbot)
    change = window.document.scene.training.changes[0]
    assert change.step == run_of(window).snapshots[10].step
    assert window.document.scene.training.optimizer.learning_rate == 0.01  # the beginning is as it was
    after = [snapshot.training_loss[0] for snapshot in run_of(window).snapshots]
    assert after[:11] == before[:11]
    assert after[11:] != before[11:]
    assert len(after) == len(before)
    page.panels.choose("diary")
    assert len(page.panels.diary.back) == 1
    assert page.playback.step == 10
    QTest.mouseClick(page.panels.diary.back[0], Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    assert window.document.scene.training.changes == ()
    assert [snapshot.training_loss[0] for snapshot in run_of(window).snapshots] == before


def test_the_diary_keeps_a_remark_and_is_exported(
    window: MainWindow, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_of(window)
    QTest.mouseClick(page.rule_card.panda.toggle, Qt.MouseButton.LeftButton)
    go_to(window, 20, qtbot)
    page.rule_card.batch.field.valueEdited.emit(8.0)
    settle(window, qtbot)
    page.panels.choose("diary")
    page.panels.diary.notes[0].setFocus()
    QTest.keyClicks(page.panels.diary.notes[0], "steadier, I hope")
    QTest.keyClick(page.panels.diary.notes[0], Qt.Key.Key_Return)
    assert window.document.scene.training.changes[0].note == "steadier, I hope"
    target = tmp_path / "diary.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *given: (str(target), ""))
    QTest.mouseClick(page.panels.diary.export, Qt.MouseButton.LeftButton)
    step = str(run_of(window).snapshots[20].step)
    row = {"step": step, "epoch": "20", "change": "mini-batch 32 → 8", "note": "steadier, I hope"}
    assert list(csv.DictReader(target.read_text().splitlines())) == [row]
    settle(window, qtbot)


def test_a_picked_point_is_taken_apart(window: MainWindow, qtbot: Any) -> None:
    page = page_of(window)
    go_to(window, 80, qtbot)
    plot = page.decision.plot_area(page.decision.rect().toRectF())
    inputs, labels = run_of(window).data.training_inputs, run_of(window).data.training_labels
    x, y = page.decision._pixels(inputs[5], plot)[0]
    QTest.mouseClick(page.decision, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
    settle(window, qtbot)
    shown = page.softmax._picture
    assert shown is not None
    assert shown.true_class == labels[5]
    assert shown.probabilities.sum() == pytest.approx(1)
    assert shown.cross_entropy == pytest.approx(-np.log(shown.probabilities[labels[5]]))
    assert "class 0" in page.softmax.accessibleDescription()


def test_a_clicked_unit_shows_what_it_answers_to(window: MainWindow, qtbot: Any) -> None:
    page = page_of(window)
    go_to(window, 30, qtbot)
    x, shown, y = page.network._columns(page.network.rect().toRectF())[2]
    QTest.mouseClick(page.network, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y[3])))
    settle(window, qtbot)
    assert page.decision._values is not None
    assert page.decision._values.ndim == 2
    assert page.decision._title == f"what unit {shown[3] + 1} of layer 2 gives"
    QTest.mouseClick(page.network, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y[3])))
    settle(window, qtbot)
    assert page.decision._values.ndim == 3


def test_a_file_of_one_s_own(
    window: MainWindow, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_of(window)
    random = np.random.default_rng(0)
    rows = [f"{a:.3f},{b:.3f},{'up' if a + b > 0 else 'down'}" for a, b in random.normal(size=(60, 2))]
    file = tmp_path / "mine.csv"
    file.write_text("\n".join(["left,right,kind", *rows]) + "\n")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *given: (str(file), ""))
    QTest.mouseClick(page.data_card.buttons["csv"], Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    assert run_of(window).data.dataset.class_names == ("down", "up")
    assert run_of(window).last.training_accuracy[0] > 0.9
    file.write_text("left,right,kind\n1,2,up\n1,x,down\n")
    page.edits.change("again", data={"name": "csv", "file": str(file), "header": True})
    settle(window, qtbot)
    assert window.banner.isVisible()
    assert "x" in window.banner.text()


def test_divergence_is_said_and_the_past_stays(open_window: Any, qtbot: Any) -> None:
    training = {"optimizer": {"rule": "gradient_descent", "learning_rate": 1e9}, "batch_norm": False}
    window = open_window(opening_scene().edited(workspace="train", training=training), gl=False)
    settle(window, qtbot)
    page = page_of(window)
    last = run_of(window).last
    assert last.diverged
    assert f"Diverged at step {last.state.diverged_at[0]}" in page.now_card.remark.text()


def test_a_saved_scene_opens_where_it_was(window: MainWindow, qtbot: Any, tmp_path: Path) -> None:
    page_of(window).edits.change("deeper", hidden=(16, 8, 4))
    page_of(window).edits.view("pick", picked=(0.25, -0.5))
    settle(window, qtbot)
    assert window.document.save(tmp_path / "mine.toml")
    scene = Scene.load(tmp_path / "mine.toml")
    assert scene == window.document.scene
    assert scene.workspace == "train"


@pytest.mark.parametrize(("data", "name"), [("digits", "light"), *(("blobs", name) for name in THEMES)])
def test_every_picture_is_painted_in_every_theme(
    window: MainWindow, qtbot: Any, name: str, data: str
) -> None:
    page = page_of(window)
    window.choose_theme(name)
    page.edits.change(
        "fewer", data={"name": data, "classes": 8}, epochs=1, batch_size=1 if data == "blobs" else 64
    )
    settle(window, qtbot)
    go_to(window, 1, qtbot)
    page.edits.view("pick", picked=(0.1, 0.1))
    for place in range(page.panels.tabs.count()):
        page.panels.tabs.setCurrentIndex(place)
        settle(window, qtbot)
        assert not page.grab().isNull()
    assert ("mini-batch of one" in page.now_card.remark.text()) == (data == "blobs")


def test_a_cell_of_the_learning_rates_is_taken(window: MainWindow, qtbot: Any) -> None:
    page = page_of(window)
    bar = page.panels.tabs.tabBar()
    assert bar is not None
    QTest.mouseClick(
        bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(page.panels.tabs.indexOf(page.panels.rates)).center()
    )
    settle(window, qtbot)
    rows = page.panels.rates._rows
    assert [row.title for row in rows] == ["with BN", "without BN"]
    assert all(0 < row.learned.sum() < len(row.rates) for row in rows)
    plot = page.panels.rates._plot(page.panels.rates.rect().toRectF())
    x = plot.left() + plot.width() * (10 + 0.5) / len(rows[0].rates)
    QTest.mouseClick(
        page.panels.rates, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(plot.top() + 12))
    )
    settle(window, qtbot)
    assert window.document.scene.training.optimizer.learning_rate == pytest.approx(10**-1.5, rel=1e-2)


def test_a_pair_of_features_is_chosen(window: MainWindow, qtbot: Any) -> None:
    page = page_of(window)
    page.edits.change("iris", data={"name": "iris"})
    settle(window, qtbot)
    box = page.look_card.axes[0]
    box.setCurrentIndex(3)
    box.activated.emit(3)
    settle(window, qtbot)
    assert window.document.scene.train_view.axes == (2, 0)
    assert page.decision._names[0] == "petal length (cm)"
    assert "others are at their mean" in page.decision._note
    page.edits.change("back", data={"name": "moons"})  # which have no third feature
    settle(window, qtbot)
    assert page.decision._names == ("x", "y")


def test_a_warm_softmax_is_flatter(window: MainWindow, qtbot: Any) -> None:
    page = page_of(window)
    go_to(window, 80, qtbot)
    page.edits.view("pick", picked=(0.4, 0.1))
    cold = page.softmax._picture.probabilities.max()
    page.look_card.temperature.valueEdited.emit(10.0)
    settle(window, qtbot)
    assert 1 / 3 < page.softmax._picture.probabilities.max() < cold


def test_points_are_drawn_by_hand_and_learned(window: MainWindow, qtbot: Any) -> None:
    page = page_of(window)
    QTest.mouseClick(page.data_card.buttons["drawn"], Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    QTest.mouseClick(page.data_card.clear, Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    assert "two classes" in page.now_card.remark.text()  # nothing to learn from yet
    QTest.mouseClick(page.data_card.draw, Qt.MouseButton.LeftButton)
    plot = page.decision.plot_area(page.decision.rect().toRectF())
    for number, share in ((0, 0.25), (5, 0.75)):
        page.data_card.number.setCurrentIndex(number)
        page.data_card.number.activated.emit(number)
        for up in (0.2, 0.4, 0.6, 0.8):
            spot = QPoint(round(plot.left() + share * plot.width()), round(plot.top() + up * plot.height()))
            QTest.mouseClick(page.decision, Qt.MouseButton.LeftButton, pos=spot)
    settle(window, qtbot)
    drawn = window.document.scene.training.data.drawn
    assert [point[2] for point in drawn] == [0] * 4 + [5] * 4
    assert drawn[0][0] < 0 < drawn[-1][0]
    assert run_of(window).last.training_accuracy[0] == 1
    assert run_of(window).data.dataset.class_names[5] == "class 5"
    QTest.mouseClick(page.data_card.buttons["moons"], Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    assert not page.data_card.draw.isChecked()  # clicks pick again
    QTest.mouseClick(page.decision, Qt.MouseButton.LeftButton, pos=plot.center().toPoint())
    settle(window, qtbot)
    assert window.document.scene.train_view.picked is not None


def test_a_file_that_has_changed_is_read_again_when_chosen_again(
    window: MainWindow, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, file = page_of(window), tmp_path / "mine.csv"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *given: (str(file), ""))
    for labels in ("ab", "xyz"):
        rows = [f"{k},{k % 7},{labels[k % len(labels)]}" for k in range(60)]
        file.write_text("\n".join(["one,two,kind", *rows]) + "\n")
        QTest.mouseClick(page.data_card.buttons["csv"], Qt.MouseButton.LeftButton)
        settle(window, qtbot)
        assert run_of(window).data.dataset.class_names == tuple(labels)
    assert page.trainer.twin is not None
    assert page.trainer.twin.data is run_of(window).data  # read once for both


def test_a_remark_in_the_diary_trains_nothing_anew(window: MainWindow, qtbot: Any) -> None:
    page = page_of(window)
    QTest.mouseClick(page.rule_card.panda.toggle, Qt.MouseButton.LeftButton)
    go_to(window, 20, qtbot)
    page.rule_card.batch.field.valueEdited.emit(8.0)
    settle(window, qtbot)
    before = list(run_of(window).snapshots)
    page.edits.note(0, "because")
    assert all(one is other for one, other in zip(run_of(window).snapshots, before, strict=True))
    assert page.losses._curves.flags == ((20.0, "mini-batch 32 → 8"),)
    settle(window, qtbot)


def test_a_cell_of_the_confusion_picks_an_example_of_it(window: MainWindow, qtbot: Any) -> None:
    page = page_of(window)
    go_to(window, 2, qtbot)
    page.panels.choose("confusion")
    counts = page.panels.confusion._counts
    true, guess = np.argwhere((counts > 0) & ~np.eye(3, dtype=bool))[0]
    cell = page.panels.confusion._cell(
        page.panels.confusion.body_area(page.panels.confusion.rect().toRectF()), true, guess
    )
    QTest.mouseClick(page.panels.confusion, Qt.MouseButton.LeftButton, pos=cell.center().toPoint())
    settle(window, qtbot)
    shown = page.softmax._picture
    assert shown is not None
    assert shown.true_class == true
    assert shown.probabilities.argmax() == guess


def test_the_softmax_follows_the_pointer_until_a_point_is_picked(window: MainWindow, qtbot: Any) -> None:
    page = page_of(window)
    go_to(window, 40, qtbot)
    assert page.softmax._picture is None
    plot = page.decision.plot_area(page.decision.rect().toRectF())
    QTest.mouseMove(page.decision, plot.center().toPoint())
    qtbot.waitUntil(lambda: page.softmax._picture is not None, timeout=3000)
    QTest.mouseClick(page.decision, Qt.MouseButton.LeftButton, pos=plot.center().toPoint())
    settle(window, qtbot)
    where = page.softmax._picture.where
    QTest.mouseMove(page.decision, plot.topLeft().toPoint() + QPoint(40, 40))
    qtbot.wait(50)
    assert page.softmax._picture.where == where


def test_gamma_and_beta_are_followed_unit_by_unit(window: MainWindow, qtbot: Any) -> None:
    page = page_of(window)
    settle(window, qtbot)
    page.panels.choose("scales")
    run = run_of(window)
    gamma, beta = scale_curves(run, 0, 0, window.theme)
    block = architecture_of(run.spec, run.data).blocks[0]
    for curves, place in ((gamma, block.gamma), (beta, block.beta)):
        learned = run.last.state.parameters[0, place]
        assert curves.values[0][-1] == learned[0]
        low, high = curves.bands[1]
        assert (low[-1], high[-1]) == (learned.min(), learned.max())
        assert low[-1] < curves.values[1][-1] < high[-1]
    assert (gamma.values[0][0], beta.values[0][0]) == (1, 0)  # where they begin
    for chart in page.panels.scales:
        assert has_colour(seen(chart), window.theme.accent, 40) > 50
