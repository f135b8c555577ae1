"""The confusion matrix, checked by what must be seen in it and by hands on it."""

from __future__ import annotations

import numpy as np
import pytest
from driving import KEY, RIGHT, array, click, drag, has_colour, move, rgb, seen
from PyQt6.QtCore import QPoint, QRectF, QSize, Qt
from PyQt6.QtGui import QHelpEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QToolTip

from gui.theme import DARK, THEMES
from gui.views.confusion_view import ConfusionView

themes = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
SIZE = QSize(560, 320)
AREA = QRectF(0, 0, 560, 320)
COUNTS = np.array([[28, 0, 2], [3, 25, 2], [0, 12, 18]])
NAMES = ("setosa", "versicolor", "virginica")


def board(qtbot, theme=DARK, counts=COUNTS, names=NAMES, scale: float = 1.0) -> ConfusionView:
    view = ConfusionView()
    qtbot.addWidget(view)
    view.resize(SIZE)
    view.set_theme(theme, scale)
    view.show_matrix(counts, names, "validation part")
    return view


def shown(qtbot, view: ConfusionView) -> ConfusionView:
    with qtbot.waitExposed(view):
        view.show()
    return view


def middle(view: ConfusionView, true: int, guess: int) -> tuple[float, float]:
    body, classes = view.body_area(AREA), len(view._counts)
    return (
        body.left() + (guess + 0.5) * body.width() / classes,
        body.top() + (true + 0.5) * body.height() / classes,
    )


def fill(picture: np.ndarray, view: ConfusionView, true: int, guess: int) -> np.ndarray:
    """The colour of a cell, beside its number."""
    x, y = middle(view, true, guess)
    return picture[round(y) + 22, round(x) - 30]


@themes
def test_a_larger_share_of_the_row_is_a_stronger_shade(qtbot, theme):
    view = board(qtbot, theme)
    picture = array(view.render_image(SIZE))
    ground = rgb(theme.raised)
    strength = {
        cell: int(np.abs(fill(picture, view, *cell) - ground).sum())
        for cell in ((2, 1), (1, 0), (0, 1), (0, 0), (2, 2))
    }
    assert strength[2, 1] > strength[1, 0] > strength[0, 1] == 0
    assert strength[0, 0] > strength[2, 2]


@themes
def test_the_diagonal_is_framed(qtbot, theme):
    """Told apart without colour: a frame runs around those that are right, and around no others."""
    view = board(qtbot, theme, np.full((3, 3), 5))
    grey = array(view.render_image(SIZE)).mean(axis=2)
    body = view.body_area(AREA)
    for true in range(3):
        for guess in range(3):
            left = round(body.left() + guess * body.width() / 3)
            y = round(middle(view, true, guess)[1])
            edge, inside = grey[y, left : left + 4], grey[y, left + 12]
            within = np.abs(edge[1:] - inside).max()  # the first pixel is the gap
            assert (within > 25) == (true == guess), (true, guess, within)


def test_rows_are_true_classes(qtbot):
    counts = np.zeros((2, 2), int)
    counts[0, 1] = 7  # truly 0, taken for 1: above, at the right
    view = board(qtbot, counts=counts, names=("a", "b"))
    picture = array(view.render_image(SIZE))
    above = fill(picture, view, 0, 1)
    assert not (above == fill(picture, view, 1, 0)).all()
    assert (fill(picture, view, 1, 0) == rgb(DARK.raised)).all()


def test_words_for_those_who_do_not_see_it(qtbot):
    view = board(qtbot)
    assert view.summary == "71 of 90 right, 78.9%"
    assert "virginica is taken for versicolor: 12 times" in view.accessibleDescription()
    assert view.words(0, 0) == "setosa: 28 of 30 found, 93.3% of them"
    assert view.words(2, 1) == "virginica: 12 of 30 taken for versicolor, 40.0% of them"


def test_a_cell_is_picked_by_a_click(qtbot):
    view = shown(qtbot, board(qtbot))
    found: list[tuple[int, int]] = []
    view.cellPicked.connect(lambda true, guess: found.append((true, guess)))
    for true in range(3):
        for guess in range(3):
            click(view, *middle(view, true, guess))
    assert found == [(true, guess) for true in range(3) for guess in range(3)]
    click(view, 20, 20)
    click(view, 20, middle(view, 1, 0)[1])  # a name is no cell
    drag(view, middle(view, 0, 0), button=RIGHT)
    assert len(found) == 9


ALT = Qt.KeyboardModifier.AltModifier


def test_a_cell_is_picked_with_the_keys_alone(qtbot):
    view = shown(qtbot, board(qtbot))
    view.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus, timeout=3000)
    found: list[tuple[int, int]] = []
    view.cellPicked.connect(lambda true, guess: found.append((true, guess)))
    before = seen(view)
    QTest.keyClick(view, KEY.Key_Space)  # nowhere yet
    QTest.keyClick(view, KEY.Key_Down)  # the first key goes to the first cell
    assert view.accessibleName() == "Confusion matrix: setosa: 28 of 30 found, 93.3% of them"
    for key, held in (
        (KEY.Key_Down, ALT),
        (KEY.Key_Down, Qt.KeyboardModifier.NoModifier),
        (KEY.Key_Right, ALT),
    ):
        QTest.keyClick(view, key, held)
    assert view.accessibleName().endswith(view.words(2, 1))
    marked = seen(view)
    assert (marked != before).any()
    for key in (KEY.Key_Return, KEY.Key_Enter, KEY.Key_Space):
        QTest.keyClick(view, key)
    assert found == [(2, 1)] * 3
    QTest.keyClick(view, KEY.Key_Right)  # which is an epoch further
    QTest.keyClick(view, KEY.Key_Down)  # there is no further row
    assert view.accessibleName().endswith(view.words(2, 1))
    view.show_matrix(COUNTS[:2, :2], NAMES[:2], "fewer classes")
    assert view.accessibleName() == "Confusion matrix"
    view.show_matrix(COUNTS, NAMES, "validation part")
    QTest.keyClick(view, KEY.Key_Up)
    QTest.keyClick(view, KEY.Key_Escape)
    assert view.accessibleName() == "Confusion matrix"
    assert (seen(view) == before).all()
    QTest.keyClick(view, KEY.Key_Return)
    assert len(found) == 3


@themes
def test_the_cell_of_the_keys_is_seen_on_every_fill(qtbot, theme):
    view = shown(qtbot, board(qtbot, theme))
    view.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus, timeout=3000)
    for cell in ((0, 0), (0, 1), (2, 1)):
        view._go_to(cell)
        edge = view._cell(view.body_area(AREA), *cell).toRect().adjusted(-2, -2, 3, 3)
        part = seen(view)[edge.top() : edge.bottom(), edge.left() : edge.right()]
        assert has_colour(part, theme.text, 40) > edge.width()
        assert has_colour(part, theme.casing, 40) > edge.width()


def test_the_cell_under_the_pointer_is_marked(qtbot):
    view = shown(qtbot, board(qtbot))
    before = seen(view)
    move(view, *middle(view, 1, 2))
    assert (seen(view) != before).any()
    assert (array(view.render_image(SIZE)) == array(board(qtbot).render_image(SIZE))).all()  # on screen only
    move(view, 3, 3)
    assert (seen(view) == before).all()


def test_tooltip_says_what_a_cell_is(qtbot):
    view = shown(qtbot, board(qtbot))
    at = QPoint(*map(round, middle(view, 2, 1)))
    QApplication.sendEvent(view, QHelpEvent(QHelpEvent.Type.ToolTip, at, view.mapToGlobal(at)))
    assert QToolTip.text() == view.words(2, 1)
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible(), timeout=3000)


def test_rows_without_examples_and_no_classes_at_all(qtbot):
    empty = board(qtbot, counts=np.zeros((3, 3), int))
    assert empty.summary == "no examples"
    assert not empty.render_image(SIZE).isNull()
    assert empty.words(1, 1) == "versicolor: 0 of 0 found"
    nothing = shown(qtbot, board(qtbot, counts=np.zeros((0, 0), int), names=()))
    click(nothing, 200, 150)
    move(nothing, 200, 150)
    assert not nothing.render_image(SIZE).isNull()


@themes
@pytest.mark.parametrize("classes", [1, 2, 5, 10, 14])
@pytest.mark.parametrize("size", [(130, 100), (400, 260), (1200, 900)])
def test_every_size_and_number_of_classes_is_painted(qtbot, theme, classes, size):
    random = np.random.default_rng(classes)
    counts = random.integers(0, 2000, (classes, classes))
    names = ["a class whose name is longer than any table has room for", "b"][: max(classes - 1, 1)]
    view = board(qtbot, theme, counts, names, 1.4)  # the others are called by their numbers
    assert view.render_image(QSize(*size)).size() == QSize(*size)


@themes
def test_long_names_stay_out_of_the_cells(qtbot, theme):
    long = board(qtbot, theme, names=("a very long name indeed, which does not end", "b", "c"))
    short = board(qtbot, theme, names=("a very long name indeed", "b", "c"))
    body = long.body_area(AREA)
    assert body == short.body_area(AREA)  # both have reached what names are given
    assert body.width() > 0.4 * AREA.width()
    one, other = (array(view.render_image(SIZE)) for view in (long, short))
    inside = np.s_[round(body.top()) : round(body.bottom()), round(body.left()) : round(body.right())]
    assert (one[inside] == other[inside]).all()


def test_nothing_touches_the_edge(qtbot):
    view = board(qtbot, counts=COUNTS * 100, names=("x" * 60,) * 3)
    picture = array(view.render_image(SIZE))
    for strip in (picture[60:260, :6], picture[60:260, -6:], picture[-6:, 30:-30], picture[:5, 30:-30]):
        assert (strip == rgb(DARK.card)).all()


def test_it_is_gone_through_by_key_and_enter_picks(qtbot):
    view = ConfusionView()
    qtbot.addWidget(view)
    view.resize(500, 400)
    view.show_matrix(np.array([[5, 2], [1, 7]]), ("cat", "dog"), "validation part")
    shown(qtbot, view)
    view.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus, timeout=3000)
    picked = []
    view.cellPicked.connect(lambda *cell: picked.append(cell))
    before = array(view.grab().toImage())
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert picked == []  # nothing is chosen yet
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert "cat: 2 of 7 taken for dog" in view.accessibleName()
    assert (array(view.grab().toImage()) != before).any()  # a frame shows where one is
    QTest.keyClick(view, Qt.Key.Key_Return)
    for _ in range(3):  # the edge holds
        QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Enter)
    assert picked == [(0, 1), (1, 1)]
    view.show_matrix(np.array([[4, 3], [1, 7]]), ("cat", "dog"), "validation part")
    assert "dog: 7 of 8 found" in view.accessibleName()  # it stays while the network trains
