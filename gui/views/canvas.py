"""The base of the painted views: a picture is a still layer, kept as a pixmap, and a moving one.

The same code paints on the screen and off it: `render_image` draws the view at any size and scale.
"""

from __future__ import annotations

from PyQt6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PyQt6.QtWidgets import QWidget

from gui.theme import DARK, Theme, font

BY_TAB = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


class Canvas(QWidget):
    """Paints `paint_still` once and `paint_moving` every frame."""

    corner = 12.0

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = DARK
        self.type_scale = 1.0
        self._still: QPixmap | None = None
        self._by_tab = False
        self.hint = ""
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(120, 90)

    def set_theme(self, theme: Theme, type_scale: float = 1.0) -> None:
        """Draw with these tokens from now on."""
        if (theme, type_scale) != (self.theme, self.type_scale):
            self.theme, self.type_scale = theme, type_scale
            self.still_changed()

    def set_hint(self, text: str) -> None:
        """What to say where there is nothing to see yet."""
        if text != self.hint:
            self.hint = text
            self.still_changed()

    def still_changed(self) -> None:
        """The still layer has to be painted anew."""
        self._still = None
        self.update()

    def render_image(self, size: QSize, scale: float = 1.0) -> QImage:
        """The view as a picture of this size in pixels; type and lines grow with `scale`."""
        image = QImage(size, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        try:
            self.paint_at(painter, QRect(QPoint(0, 0), size), scale)
        finally:  # a painter that outlives its picture takes the program with it
            painter.end()
        return image

    def paint_at(self, painter: QPainter, place: QRect, scale: float, keep: bool = False) -> None:
        """Paint in a place of a larger picture (pixels); `keep` the still layer for the next time."""
        painter.save()
        painter.setClipRect(place)
        if keep:
            if self._still is None or self._still.size() != place.size():
                self._still = self._still_layer(place.size(), scale)
            painter.drawPixmap(place.topLeft(), self._still)
        area = QRectF(0, 0, place.width() / scale, place.height() / scale)
        painter.translate(QPointF(place.topLeft()))
        painter.scale(scale, scale)
        try:
            if not keep:
                painter.fillRect(area, QColor(self.theme.window))
                self.paint_still(painter, area)
            self.paint_moving(painter, area)
        finally:
            painter.restore()

    def _still_layer(self, size: QSize, scale: float) -> QPixmap:
        layer = QPixmap(size)
        layer.fill(QColor(self.theme.window))
        painter = QPainter(layer)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(scale, scale)
        try:
            self.paint_still(painter, QRectF(0, 0, size.width() / scale, size.height() / scale))
        finally:
            painter.end()
        return layer

    def paint_still(self, painter: QPainter, area: QRectF) -> None:
        """What does not change from frame to frame."""

    def paint_moving(self, painter: QPainter, area: QRectF) -> None:
        """What does."""

    def card_outline(self, area: QRectF) -> QPainterPath:
        """The card's rounded outline."""
        outline = QPainterPath()
        outline.addRoundedRect(area, self.corner, self.corner)
        return outline

    def card(self, painter: QPainter, area: QRectF) -> QPainterPath:
        """Paint the card's ground and return its outline."""
        painter.fillRect(area, QColor(self.theme.window))
        outline = self.card_outline(area)
        painter.fillPath(outline, QColor(self.theme.card))
        return outline

    def card_edge(self, painter: QPainter, outline: QPainterPath) -> None:
        """Paint the card's edge, in themes that have one; after a picture that fills the card."""
        if self.theme.card_edge:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self.theme.card_edge), 1.5))
            painter.drawPath(outline)

    def paint_hint(self, painter: QPainter, area: QRectF) -> None:
        """Say why there is nothing to see, in the middle."""
        unit = min(self.theme.axis * self.type_scale, area.height() / 5, area.width() / 18)
        painter.setFont(font(1.08 * unit))
        painter.setPen(QColor(self.theme.dim))
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        painter.drawText(area.adjusted(2 * unit, unit, -2 * unit, -unit), flags, self.hint)

    def focus_ring(self, painter: QPainter, area: QRectF) -> None:
        """Paint who has got the keyboard with Tab, on the screen."""
        if self._by_tab and self.hasFocus() and painter.device() is self:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self.theme.accent), 1.5))
            painter.drawPath(self.card_outline(area.adjusted(1, 1, -1, -1)))

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        assert event is not None
        self._by_tab = event.reason() in BY_TAB
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        self.update()
        super().focusOutEvent(event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._still = None
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        area = QRectF(self.rect())
        ratio = self.devicePixelRatioF()
        if self._still is None or self._still.devicePixelRatio() != ratio:
            self._still = self._still_layer(self.size() * ratio, ratio)
            self._still.setDevicePixelRatio(ratio)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(0, 0, self._still)
        try:
            self.paint_moving(painter, area)
        finally:
            painter.end()
