"""Hands and eyes for the tests: keys, pointer, pictures as arrays, and a projection of their own."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QColor, QImage, QMouseEvent, QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QLineEdit, QWidget

from gui.main_window import MainWindow
from gui.views.images import rgba_bytes

KEY = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
PLAIN = Qt.KeyboardModifier.NoModifier
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


def finish_jobs(window: MainWindow) -> None:
    """Let what runs in the background come to its end."""
    for _ in range(1000):
        if not window.jobs.busy:
            return
        QTest.qWait(10)
    raise AssertionError("a job does not end")


def press(key: Qt.Key | str, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
    """A key, to whoever has the focus."""
    target = QApplication.focusWidget() or QApplication.activeWindow()
    assert target is not None, "nobody has the keyboard"
    QTest.keyClick(target, key, modifiers)


def enter_text(field: QLineEdit, text: str, key: Qt.Key | None = KEY.Key_Return) -> None:
    """Replace what stands in a field by typing, and finish with a key."""
    field.setFocus()
    field.selectAll()
    QTest.keyClick(field, KEY.Key_Delete)
    if len(text) > 200 or not text.isascii():
        field.insert(text)
        field.textEdited.emit(field.text())  # as pasting does
    else:
        QTest.keyClicks(field, text)
    if key is not None:
        QTest.keyClick(field, key)


def move(widget: QWidget, x: float, y: float, held: Qt.MouseButton = Qt.MouseButton.NoButton) -> None:
    """The pointer moves, with these buttons held."""
    at = QPointF(x, y)
    none, there = Qt.MouseButton.NoButton, QPointF(widget.mapToGlobal(at))
    QApplication.sendEvent(widget, QMouseEvent(QEvent.Type.MouseMove, at, there, none, held, PLAIN))


def drag(
    widget: QWidget, *points: tuple[float, float], button: Qt.MouseButton = LEFT,
    between: Callable[[], object] = lambda: None,
) -> None:  # fmt: skip
    """Press at the first point, move over the others, let go at the last."""
    pixels = [QPoint(round(x), round(y)) for x, y in points]
    QTest.mousePress(widget, button, PLAIN, pixels[0])
    for pixel in pixels[1:]:
        between()
        move(widget, pixel.x(), pixel.y(), button)
    QTest.mouseRelease(widget, button, PLAIN, pixels[-1])


def click(widget: QWidget, x: float, y: float) -> None:
    """A click at a pixel."""
    drag(widget, (x, y))


def wheel(widget: QWidget, x: float, y: float, notches: float) -> None:
    """Turn the wheel over a pixel."""
    at = QPointF(x, y)
    turn = QPoint(0, round(120 * notches))
    event = QWheelEvent(
        at, QPointF(widget.mapToGlobal(at)), QPoint(), turn, Qt.MouseButton.NoButton, PLAIN,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def array(image: QImage) -> np.ndarray:
    """A picture as `(height, width, 3)` whole numbers."""
    pixels = np.frombuffer(rgba_bytes(image), dtype=np.uint8)
    return pixels.reshape(image.height(), image.width(), 4)[..., :3].astype(int)


def seen(widget: QWidget) -> np.ndarray:
    """What a widget shows, in pixels."""
    return array(widget.grab().toImage())


def rgb(colour: str) -> np.ndarray:
    """A colour as three whole numbers."""
    return np.array(QColor(colour).getRgb()[:3])


def near(pixels: np.ndarray, x: float, y: float, reach: int) -> np.ndarray:
    """The pixels of a square around a point."""
    x, y = round(x), round(y)
    return pixels[max(y - reach, 0) : y + reach + 1, max(x - reach, 0) : x + reach + 1]


def has_colour(pixels: np.ndarray, colour: str, most: int = 24) -> int:
    """How many pixels are this colour, nearly."""
    return int((np.abs(pixels - rgb(colour)).max(axis=-1) <= most).sum())


def map_pixel(window: MainWindow, x: float, y: float) -> tuple[float, float]:
    """Where a point of the surface is on the map: worked out from the ranges, not asked of the map."""
    board = window.explore.stage.map
    (x0, x1), (y0, y1) = board.x_range, board.y_range
    return (x - x0) / (x1 - x0) * board.width(), (y1 - y) / (y1 - y0) * board.height()


def surface_pixel(view: Any, x: float, y: float, height: float) -> tuple[float, float]:
    """Where a surface point at a height in [0, 1] is in a 3-D view, by a projection of our own.

    The camera stands on a sphere around the box's middle, upright, with a vertical field of view of 28°.
    """
    box, camera = view.box, view.camera
    world = np.array(
        [
            (2 * (x - box.x[0]) / (box.x[1] - box.x[0]) - 1) * box.half[0],
            (2 * (y - box.y[0]) / (box.y[1] - box.y[0]) - 1) * box.half[1],
            (2 * height - 1) * box.half[2],
        ]
    )
    a, e = math.radians(camera.azimuth), math.radians(camera.elevation)
    towards = np.array([math.cos(e) * math.cos(a), math.cos(e) * math.sin(a), math.sin(e)])
    eye = towards * camera.distance * camera.fit
    right = np.array([-math.sin(a), math.cos(a), 0.0])
    up = np.cross(towards, right)
    depth = -(world - eye) @ towards
    scale = view.height() / 2 / math.tan(math.radians(14.0)) / depth
    return (
        view.width() / 2 + float((world - eye) @ right) * scale,
        view.height() / 2 - float((world - eye) @ up) * scale,
    )


def start_on_surface(window: MainWindow) -> tuple[float, float]:
    """The pixel of the 3-D view at which the start lies."""
    x, y = window.document.scene.start
    return on_surface(window, x, y)


def on_surface(window: MainWindow, x: float, y: float) -> tuple[float, float]:
    """The pixel of the 3-D view at which this point of the surface lies."""
    stage = window.explore.stage
    assert stage.ground is not None
    loss = window.document.scene.surface.surface.value([x, y])
    return surface_pixel(stage.surface, x, y, float(stage.ground.map.scale.height(loss)))


def focusable(window: QWidget) -> Iterator[QWidget]:
    """Everything in a window that the keyboard can reach."""
    for widget in window.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled():
            yield widget
