"""The plane of the data: class probabilities as shading, the examples on top, and a point that is picked."""

from __future__ import annotations

from typing import Any

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPen, QPixmap, QResizeEvent
from PyQt6.QtWidgets import QWidget

from gui.theme import class_looks, font
from gui.views.canvas import Canvas
from gui.views.images import rgba_image
from gui.views.marks import draw_label, shape_path
from gui.views.ticks import ticks

NEUTRAL = 0.5  # how strong the colour of a certain class is


class DecisionView(Canvas):
    """Shows which class the network gives to each place.

    Signals
    -------
    pointPicked(x, y) : clicked, dragged to, or moved to with the arrow keys
    """

    pointPicked = pyqtSignal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._values: np.ndarray | None = None  # (ny, nx, classes), or (ny, nx) of one unit
        self._title = ""
        self._x_range, self._y_range = (-1.0, 1.0), (-1.0, 1.0)
        self._xy = np.empty((0, 2))
        self._labels = np.empty(0, int)
        self._held = self._wrong = np.empty(0, bool)
        self._names = ("x", "y")
        self._note = ""
        self._points: QPixmap | None = None
        self.picked: tuple[float, float] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Decision regions")
        self.setAccessibleDescription("Arrow keys move the point whose softmax is shown")
        self.setCursor(Qt.CursorShape.CrossCursor)

    def show_regions(self, probabilities: np.ndarray) -> None:
        """Shade by class probabilities, `(ny, nx, classes)` from below."""
        self._values, self._title, self._image = probabilities, "", None
        self.update()

    def show_response(self, values: np.ndarray, title: str) -> None:
        """Shade by one unit's output instead, `(ny, nx)`."""
        self._values, self._title, self._image = values, title, None
        self.update()

    def show_points(self, xy: np.ndarray, labels: Any, held: Any, wrong: Any) -> None:
        """The examples `(n, 2)`, their classes, which are held back, which are classified wrongly."""
        self._xy, self._labels, self._held, self._wrong = xy, labels, held, wrong
        self._points = None
        self.update()

    def show_picked(self, at: tuple[float, float] | None) -> None:
        """Mark this point."""
        self.picked = at
        self.update()

    def show_axes(self, x_name: str, y_name: str, x_range: Any, y_range: Any) -> None:
        """Name the axes, and say what is shown of them: what was shaded on others is gone."""
        self._names = (x_name, y_name)
        if (x_range, y_range) != (self._x_range, self._y_range):
            self._x_range, self._y_range = x_range, y_range
            self._points = self._values = None
        self.update()

    def set_note(self, text: str) -> None:
        """A line about what is seen."""
        self._note = text
        self.update()

    def still_changed(self) -> None:
        self._image = self._points = None
        super().still_changed()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._points = None
        super().resizeEvent(event)

    # --- geometry ----------------------------------------------------------------------------------

    def plot_area(self, area: QRectF) -> QRectF:
        """Where the plane is drawn, inside the axes."""
        unit = self.theme.axis * self.type_scale
        return area.adjusted(3.6 * unit, 1.0 * unit, -1.0 * unit, -3.4 * unit)

    def _pixels(self, xy: Any, plot: QRectF) -> np.ndarray:
        at = np.asarray(xy, float).reshape(-1, 2)
        (x_low, x_high), (y_low, y_high) = self._x_range, self._y_range
        x = plot.left() + plot.width() * (at[:, 0] - x_low) / (x_high - x_low)
        y = plot.bottom() - plot.height() * (at[:, 1] - y_low) / (y_high - y_low)
        return np.stack([x, y], axis=1)

    # --- painting ----------------------------------------------------------------------------------

    def paint_still(self, painter: QPainter, area: QRectF) -> None:
        outline = self.card(painter, area)
        if self.theme.card_edge:
            painter.setPen(QPen(QColor(self.theme.card_edge), 1.5))
            painter.drawPath(outline)

    def paint_moving(self, painter: QPainter, area: QRectF) -> None:
        plot = self.plot_area(area)
        if self._values is not None:
            if self._image is None:
                self._image = self._shaded(self._values)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.save()
            painter.setClipRect(plot)
            # Values belong to the grid's points: half a cell of the picture lies outside the plane.
            rows, columns = self._values.shape[:2]
            dx, dy = plot.width() / (columns - 1) / 2, plot.height() / (rows - 1) / 2
            painter.drawImage(plot.adjusted(-dx, -dy, dx, dy), self._image)
            painter.restore()
        self._paint_axes(painter, area, plot)
        self._paint_cached_points(painter, area, plot)
        if self.picked is not None:
            (x, y), ring = self._pixels(self.picked, plot)[0], 9 * (0.6 + 0.4 * self.type_scale)
            if plot.adjusted(-1, -1, 1, 1).contains(x, y):
                for colour, width in ((self.theme.casing, 5.0), (self.theme.accent, 2.2)):
                    painter.setPen(QPen(QColor(colour), width))
                    painter.setBrush(Qt.BrushStyle.NoBrush)
                    painter.drawEllipse(QPointF(x, y), ring, ring)
        if self._title:
            at = QPointF(plot.left() + 8, plot.top() + 1.8 * self.theme.small * self.type_scale)
            draw_label(painter, at, self._title, self.theme, font(self.theme.small * self.type_scale, 600))

    def _shaded(self, values: np.ndarray) -> QImage:
        """Colours by probability, greyed where two classes are close; nan is the card's own colour."""
        ground = _rgb(self.theme.card)
        with np.errstate(all="ignore"):
            if values.ndim == 2:
                low, high = np.nanmin(values), np.nanmax(values)
                share = (values - low) / max(float(high - low), 1e-12)
                table = np.array([_rgb(stop) for stop in self.theme.surface])
                place = np.nan_to_num(share) * (len(table) - 1)
                colour = np.stack(
                    [np.interp(place, np.arange(len(table)), table[:, channel]) for channel in range(3)],
                    axis=-1,
                )
                good = np.isfinite(values)
            else:
                looks = class_looks(values.shape[2], self.theme)
                table = np.array([_rgb(look.colour) for look in looks])
                best = np.sort(values, axis=2)
                margin = np.clip(best[..., -1] - best[..., -2], 0, 1)[..., None]
                strength = (0.12 + 0.5 * margin**0.7) if self.theme.is_dark else (0.05 + 0.42 * margin**0.7)
                edge = _rgb(self.theme.casing) if self.theme.is_dark else ground
                colour = strength * (np.nan_to_num(values) @ table) + (1 - strength) * edge
                good = np.isfinite(values).all(axis=2)
        colour = np.where(good[..., None], colour, ground)
        pixels = np.dstack([colour, np.full(values.shape[:2], 255.0)])
        return rgba_image(pixels.round().astype(np.uint8))  # which turns rows upside down itself

    def _paint_axes(self, painter: QPainter, area: QRectF, plot: QRectF) -> None:
        unit = self.theme.axis * self.type_scale
        painter.setFont(font(unit))
        painter.setPen(QColor(self.theme.dim))
        middle = Qt.AlignmentFlag.AlignCenter
        for tick in ticks(*self._x_range, max(2, int(plot.width() / (6 * unit)))):
            x = self._pixels((tick, 0), plot)[0, 0]
            painter.drawText(
                QRectF(x - 3 * unit, plot.bottom() + 2, 6 * unit, 1.5 * unit), middle, f"{tick:g}"
            )
        for tick in ticks(*self._y_range, max(2, int(plot.height() / (4 * unit)))):
            y = self._pixels((0, tick), plot)[0, 1]
            box = QRectF(area.left() + 2, y - unit, 3.2 * unit, 2 * unit)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, right, f"{tick:g}".replace("-", "−"))
        line = QRectF(plot.left(), plot.bottom() + 1.6 * unit, plot.width(), 1.6 * unit)
        words = self._note or (
            "" if self._names == ("x", "y") else f"→ {self._names[0]}   ↑ {self._names[1]}"
        )
        if self._note and self._names != ("x", "y"):
            words = f"→ {self._names[0]}   ↑ {self._names[1]}   ·   {self._note}"
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(line.width()))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_cached_points(self, painter: QPainter, area: QRectF, plot: QRectF) -> None:
        """Stroking hundreds of shapes takes long: on screen they are drawn once."""
        if painter.device() is not self:
            self._paint_points(painter, plot)
            return
        ratio = self.devicePixelRatioF()
        if self._points is None or self._points.devicePixelRatio() != ratio:
            self._points = QPixmap(self.size() * ratio)
            self._points.setDevicePixelRatio(ratio)
            self._points.fill(Qt.GlobalColor.transparent)
            layer = QPainter(self._points)
            layer.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_points(layer, plot)
            layer.end()
        painter.drawPixmap(0, 0, self._points)

    def _paint_points(self, painter: QPainter, plot: QRectF) -> None:
        if not len(self._labels):
            return
        size = 4.2 if len(self._labels) < 600 else 2.8
        size *= 0.6 + 0.4 * self.type_scale
        looks = class_looks(int(self._labels.max()) + 1, self.theme)
        casing = QPen(QColor(self.theme.casing), 1.1)
        painter.save()
        painter.setClipRect(plot)
        for (x, y), label, held, wrong in zip(
            self._pixels(self._xy, plot), self._labels, self._held, self._wrong, strict=True
        ):
            look = looks[int(label)]
            painter.save()
            painter.translate(x, y)
            path = shape_path(look.shape, size)
            if wrong:
                painter.setPen(QPen(QColor(self.theme.text), 1.4))
                painter.drawEllipse(QPointF(0, 0), 1.9 * size, 1.9 * size)
            if held:
                painter.setBrush(QColor(self.theme.casing))
                painter.setPen(QPen(QColor(look.colour), 1.6))
            else:
                painter.setBrush(QColor(look.colour))
                painter.setPen(casing)
            painter.drawPath(path)
            painter.restore()
        painter.restore()

    # --- pointer and keys --------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        self._pick(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._pick(event)

    def _pick(self, event: QMouseEvent | None) -> None:
        assert event is not None
        plot = self.plot_area(QRectF(self.rect()))
        across = (event.position().x() - plot.left()) / max(plot.width(), 1)
        up = (plot.bottom() - event.position().y()) / max(plot.height(), 1)
        self._emit(across, up)

    def _emit(self, across: float, up: float) -> None:
        (x_low, x_high), (y_low, y_high) = self._x_range, self._y_range
        across, up = min(max(across, 0.0), 1.0), min(max(up, 0.0), 1.0)
        self.pointPicked.emit(x_low + across * (x_high - x_low), y_low + up * (y_high - y_low))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        by = {Qt.Key.Key_Up: (0, 0.02), Qt.Key.Key_Down: (0, -0.02)}.get(Qt.Key(event.key()))
        if by is None or self.picked is None or event.modifiers():
            event.ignore()  # left and right step through time, as everywhere
            return
        (x_low, x_high), (y_low, y_high) = self._x_range, self._y_range
        across = (self.picked[0] - x_low) / (x_high - x_low)
        self._emit(across, (self.picked[1] - y_low) / (y_high - y_low) + by[1])


def _rgb(name: str) -> np.ndarray:
    return np.array(QColor(name).getRgb()[:3], dtype=float)
