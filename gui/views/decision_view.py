"""The plane of the data: class probabilities as shading, the examples on top, and a point that is picked."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PyQt6.QtWidgets import QWidget

from gui.theme import Theme, class_looks, font
from gui.views.arrow_keys import arrow_move
from gui.views.canvas import Canvas
from gui.views.examples import draw_examples, draw_picked, draw_shape, example_radius
from gui.views.images import rgba_image
from gui.views.lines import draw_broken_line
from gui.views.marks import draw_label
from gui.views.plane_axes import draw_axes, draw_note, plane_area
from gui.views.shading import between, borders, region_shades, response_shades
from landscape.numerals import numeral, pair
from landscape.surface import Range

NUDGE = 0.02  # of what is shown: how far an arrow key moves the picked point
APART = 9.0  # pixels between points that are drawn in one stroke


class DecisionView(Canvas):
    """Shows which class the network gives to each place.

    Signals
    -------
    pointPicked(x, y) : clicked, dragged to, or moved to with the arrow keys
    pointDrawn(x, y) : a point of the class that is being drawn shall be here
    hovered(x, y) : the pointer is over this place; (nan, nan) when it leaves
    """

    pointPicked = pyqtSignal(float, float)
    pointDrawn = pyqtSignal(float, float)
    hovered = pyqtSignal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._regions: np.ndarray | None = None
        self._response: np.ndarray | None = None
        self._title = ""
        self._image: QImage | None = None  # of what is shaded, a pixel a place of the grid
        self._borders = np.empty((0, 2))
        self._x_range: Range = (-1.0, 1.0)
        self._y_range: Range = (-1.0, 1.0)
        self._equal = False
        self._xy = np.empty((0, 2))
        self._labels = np.empty(0, int)
        self._held = self._wrong = np.empty(0, bool)
        self._points: QPixmap | None = None
        self._names = ("x", "y")
        self._note = ""
        self._drawing: int | None = None
        self._pressed = False
        self._last: QPointF | None = None  # where the stroke has left a point
        self._pointer: QPointF | None = None
        self.picked: tuple[float, float] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Decision regions")
        self._describe()

    # --- what is shown -----------------------------------------------------------------------------

    def show_regions(
        self, probabilities: np.ndarray, x_range: Range | None = None, y_range: Range | None = None
    ) -> None:
        """Shade by class probabilities `(ny, nx, classes)`, whose rows run upwards, as y does."""
        self._look_at(x_range, y_range)
        self._regions, self._response, self._title = probabilities, None, ""
        self._shading_changed()

    def show_response(self, values: np.ndarray | None, title: str = "") -> None:
        """Shade by one unit's output `(ny, nx)` instead; None goes back to the regions."""
        self._response, self._title = values, "" if values is None else title
        self._shading_changed()

    def show_points(self, xy: Any, labels: Any, validation: Any, wrong: Any = None) -> None:
        """The examples `(n, 2)`, their classes, which are held back, and which are taken for another."""
        places, classes = np.asarray(xy, dtype=float).reshape(-1, 2), np.asarray(labels, dtype=int)
        held = np.asarray(validation, dtype=bool)
        missed = np.zeros(len(classes), bool) if wrong is None else np.asarray(wrong, dtype=bool)
        new = (places, classes, held, missed)
        if all(map(np.array_equal, new, (self._xy, self._labels, self._held, self._wrong))):
            return
        self._xy, self._labels, self._held, self._wrong = new
        self._points_changed()

    def show_picked(self, at: tuple[float, float] | None) -> None:
        """Mark this point."""
        self.picked = at
        self._describe()
        self.update()

    def show_axes(
        self, x_name: str, y_name: str, x_range: Range | None = None, y_range: Range | None = None
    ) -> None:
        """Name the axes, and say what is shown of them: what was shaded on others is gone."""
        if (x_name, y_name) != self._names:
            self._names = (x_name, y_name)
            self._geometry_changed()
        if self._look_at(x_range, y_range):
            self._regions = self._response = None
            self._title = ""
            self._shading_changed()

    def set_note(self, text: str) -> None:
        """A line about what is seen; two, if it is long."""
        if text != self._note:
            self._note = text
            self._geometry_changed()

    def set_equal_scales(self, equal: bool) -> None:
        """Draw x and y at the same scale, so that a circle is round; some room is then left empty."""
        if equal != self._equal:
            self._equal = equal
            self._geometry_changed()

    def set_drawing(self, number: int | None) -> None:
        """Let the hand draw points of this class, or None: pick again."""
        self._drawing, self._pressed = number, False
        self._describe()
        self.update()

    @property
    def _values(self) -> np.ndarray | None:
        """What is shaded."""
        return self._regions if self._response is None else self._response

    def _look_at(self, x_range: Range | None, y_range: Range | None) -> bool:
        """Whether this is another part of the plane than before."""
        new = (x_range or self._x_range, y_range or self._y_range)
        if new == (self._x_range, self._y_range):
            return False
        self._x_range, self._y_range = new
        self._geometry_changed()
        return True

    def _shading_changed(self) -> None:
        self._image = None
        self.still_changed()

    def _points_changed(self) -> None:
        self._points = None
        self.update()

    def _geometry_changed(self) -> None:
        self._points = None
        self.still_changed()

    def set_theme(self, theme: Theme, type_scale: float = 1.0) -> None:
        if (theme, type_scale) != (self.theme, self.type_scale):
            self._image = self._points = None
        super().set_theme(theme, type_scale)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._points = None
        super().resizeEvent(event)

    def _describe(self) -> None:
        """For those who cannot see it."""
        where = "no point is picked" if self.picked is None else f"the picked point is {pair(self.picked, 3)}"
        drawing = "" if self._drawing is None else f"; Return draws a point of class {self._drawing} there"
        keys = "Up and down, and Alt with any arrow key, move the point whose softmax is shown"
        self.setAccessibleDescription(f"{keys}; {where}{drawing}")

    # --- geometry ----------------------------------------------------------------------------------

    def plot_area(self, area: QRectF) -> QRectF:
        """Where the plane is drawn, inside the axes."""
        unit = self.theme.axis * self.type_scale
        spans = (self._x_range[1] - self._x_range[0], self._y_range[1] - self._y_range[0])
        return plane_area(area, unit, self._note, spans[0] / spans[1] if self._equal else None)

    def _pixels(self, xy: Any, plot: QRectF) -> np.ndarray:
        at = np.asarray(xy, float).reshape(-1, 2)
        (x_low, x_high), (y_low, y_high) = self._x_range, self._y_range
        x = plot.left() + plot.width() * (at[:, 0] - x_low) / (x_high - x_low)
        y = plot.bottom() - plot.height() * (at[:, 1] - y_low) / (y_high - y_low)
        return np.stack([x, y], axis=1)

    def _place(self, at: QPointF) -> tuple[float, float]:
        """A pixel -> the place there, or the nearest that is shown."""
        plot = self.plot_area(QRectF(self.rect()))
        across = min(max((at.x() - plot.left()) / max(plot.width(), 1), 0.0), 1.0)
        up = min(max((plot.bottom() - at.y()) / max(plot.height(), 1), 0.0), 1.0)
        (x_low, x_high), (y_low, y_high) = self._x_range, self._y_range
        return x_low + across * (x_high - x_low), y_low + up * (y_high - y_low)

    def _is_inside(self, at: QPointF, reach: float = 0.0) -> bool:
        plot = self.plot_area(QRectF(self.rect()))
        return plot.adjusted(-reach, -reach, reach, reach).contains(at)

    # --- painting ----------------------------------------------------------------------------------

    def paint_still(self, painter: QPainter, area: QRectF) -> None:
        self.card_edge(painter, self.card(painter, area))
        plot, unit = self.plot_area(area), self.theme.axis * self.type_scale
        painter.save()
        painter.setClipRect(plot)
        self._paint_shading(painter, plot)
        painter.restore()
        if self.theme.card_edge:
            painter.setPen(QPen(QColor(self.theme.card_edge), 1.0))
            painter.drawRect(plot)
        draw_axes(painter, plot, unit, self.theme, self._names, (self._x_range, self._y_range))
        draw_note(painter, area, unit, self.theme, self._note)

    def _paint_shading(self, painter: QPainter, plot: QRectF) -> None:
        values = self._values
        if values is None or not values.size:
            painter.fillRect(plot, QColor(self.theme.raised))
            return
        if self._image is None:
            self._borders = borders(values) if values.ndim == 3 else np.empty((0, 2))
            shades = region_shades if values.ndim == 3 else response_shades
            self._image = rgba_image(shades(values, self.theme))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        # Values belong to the grid's points: half a cell of the picture lies outside the plane.
        rows, columns = values.shape[:2]
        dx, dy = plot.width() / max(columns - 1, 1), plot.height() / max(rows - 1, 1)
        painter.drawImage(plot.adjusted(-dx / 2, -dy / 2, dx / 2, dy / 2), self._image)
        line = between(self.theme.card, self.theme.text, 0.62)  # opaque: some borders are drawn twice
        painter.setPen(QPen(line, self.theme.trail * 0.4 * (0.6 + 0.4 * self.type_scale)))
        draw_broken_line(painter, self._borders * [dx, -dy] + [plot.left(), plot.bottom()])

    def paint_moving(self, painter: QPainter, area: QRectF) -> None:
        plot, scale = self.plot_area(area), 0.6 + 0.4 * self.type_scale
        self._paint_cached_points(painter, plot)
        type_ = font(self.theme.small * self.type_scale, 600)
        first_line = plot.top() + 1.5 * self.theme.small * self.type_scale
        if self._response is not None:
            words = QFontMetricsF(type_).elidedText(
                self._span(), Qt.TextElideMode.ElideRight, plot.width() - 16
            )
            draw_label(painter, QPointF(plot.left() + 8, first_line), words, self.theme, type_)
        if self._drawing is not None:
            look, radius = class_looks(self._drawing + 1, self.theme)[self._drawing], 1.4 * scale
            radius *= example_radius(1, self.theme)
            right = QPointF(plot.right() - 8 - 3 * radius, first_line)
            words = f"drawing class {look.label}"
            draw_label(painter, right, words, self.theme, type_, Qt.AlignmentFlag.AlignRight)
            beside = QPointF(plot.right() - 8 - radius, first_line - 0.35 * QFontMetricsF(type_).ascent())
            draw_shape(painter, beside, look, self.theme, radius)
            if self._pointer is not None and painter.device() is self and self._is_inside(self._pointer):
                painter.setOpacity(0.75)
                draw_shape(painter, self._pointer, look, self.theme, radius)
                painter.setOpacity(1.0)
        if self.picked is not None:
            at = QPointF(*self._pixels(self.picked, plot)[0])
            if plot.adjusted(-1, -1, 1, 1).contains(at):
                draw_picked(painter, at, self.theme, self.theme.ball * scale)
        self.focus_ring(painter, area)

    def _span(self) -> str:
        """The response's title and what its darkest and brightest stand for."""
        finite = self._response[np.isfinite(self._response)] if self._response is not None else np.empty(0)
        if not finite.size:
            return self._title
        return f"{self._title}: {numeral(float(finite.min()), 2)} to {numeral(float(finite.max()), 2)}"

    def _paint_cached_points(self, painter: QPainter, plot: QRectF) -> None:
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
            self._paint_points(layer, plot, ratio)
            layer.end()
        painter.drawPixmap(0, 0, self._points)

    def _paint_points(self, painter: QPainter, plot: QRectF, ratio: float | None = None) -> None:
        radius = example_radius(len(self._labels), self.theme) * (0.6 + 0.4 * self.type_scale)
        painter.save()
        painter.setClipRect(plot)
        pixels = self._pixels(self._xy, plot)
        draw_examples(painter, pixels, self._labels, self._held, self._wrong, self.theme, radius, ratio)
        painter.restore()

    # --- pointer and keys --------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if event.button() != Qt.MouseButton.LeftButton or not self._is_inside(event.position(), APART):
            return
        self._pressed, self._last = True, None
        self._touch(event.position())

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        at = event.position()
        if self._pressed and event.buttons() & Qt.MouseButton.LeftButton:
            self._touch(at)
        self.hovered.emit(*(self._place(at) if self._is_inside(at) else (math.nan, math.nan)))
        if self._drawing is not None:
            self._pointer = at
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        self._pressed = False

    def leaveEvent(self, event: QEvent | None) -> None:
        self._pointer = None
        self.hovered.emit(math.nan, math.nan)
        self.update()

    def _touch(self, at: QPointF) -> None:
        if self._drawing is None:
            self.pointPicked.emit(*self._place(at))
        elif self._is_inside(at) and (
            self._last is None or math.hypot(at.x() - self._last.x(), at.y() - self._last.y()) >= APART
        ):
            self._last = at
            self.pointDrawn.emit(*self._place(at))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._drawing is not None and self.picked:
            self.pointDrawn.emit(*self.picked)
            return
        along, down = arrow_move(event)
        if not (along or down):
            event.ignore()
            return
        (x_low, x_high), (y_low, y_high) = self._x_range, self._y_range
        x, y = self.picked or ((x_low + x_high) / 2, (y_low + y_high) / 2)
        if self.picked is not None:
            x += along * NUDGE * (x_high - x_low)
            y -= down * NUDGE * (y_high - y_low)
        self.pointPicked.emit(min(max(x, x_low), x_high), min(max(y, y_low), y_high))
