"""Parts of a picture that change at different times: each is kept as a pixmap until it is forgotten."""

from __future__ import annotations

import weakref
from collections.abc import Callable

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QPainter, QPixmap
from PyQt6.QtWidgets import QWidget


class Layers:
    """The kept parts of a widget's picture, by name."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = weakref.ref(widget)  # which holds its layers: both would outlive their use
        self._kept: dict[str, QPixmap] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._kept

    def forget(self, *names: str) -> None:
        """Paint these anew next time; all of them if none is named."""
        for name in names or tuple(self._kept):
            self._kept.pop(name, None)

    def draw(
        self, painter: QPainter, name: str, paint: Callable[[QPainter], None], opacity: float = 1.0
    ) -> None:
        """Draw a part; off the screen, where sizes differ, it is painted each time."""
        widget = self._widget()
        if widget is None or painter.device() is not widget:
            painter.save()
            painter.setOpacity(opacity)
            paint(painter)
            painter.restore()
            return
        ratio = widget.devicePixelRatioF()
        kept = self._kept.get(name)
        if kept is None or kept.devicePixelRatio() != ratio:
            kept = QPixmap(widget.size() * ratio)
            kept.setDevicePixelRatio(ratio)
            kept.fill(Qt.GlobalColor.transparent)
            layer = QPainter(kept)
            layer.setRenderHint(QPainter.RenderHint.Antialiasing)
            try:
                paint(layer)
            finally:
                layer.end()
            self._kept[name] = kept
        painter.setOpacity(opacity)
        painter.drawPixmap(QPointF(0, 0), kept)
        painter.setOpacity(1.0)
