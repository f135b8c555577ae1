"""A stretch of accuracies that lights up, drawn upright in a chart."""

from __future__ import annotations

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QPainter

from gui.theme import Theme

LEAST = 5.0  # pixels of a drag, below which it was a click
Stretch = tuple[float, float]


class ScoreBrush:
    """The stretch, and the drag that is under way."""

    def __init__(self) -> None:
        self.stretch: Stretch | None = None
        self._began: float | None = None
        self._dragged = False

    def paint(self, painter: QPainter, theme: Theme, plot: QRectF, ends: Stretch) -> None:
        """A band over the plot."""
        if self.stretch is None:
            return
        low, high = ((value - ends[0]) / (ends[1] - ends[0]) for value in self.stretch)
        top, bottom = plot.bottom() - high * plot.height(), plot.bottom() - low * plot.height()
        band = QRectF(plot.left(), top, plot.width(), bottom - top).intersected(plot)
        colour = QColor(theme.accent)
        colour.setAlphaF(0.14)
        painter.fillRect(band, colour)
        painter.fillRect(QRectF(band.right() - 4, band.top(), 4, band.height()), QColor(theme.accent))

    def press(self, y: float) -> None:
        """A drag may begin."""
        self._began, self._dragged = y, False

    def drag(self, y: float, plot: QRectF, ends: Stretch) -> Stretch | None:
        """The stretch as it is now; None while it is no drag yet."""
        if self._began is None or (not self._dragged and abs(y - self._began) < LEAST):
            return None
        self._dragged = True
        shares = [(plot.bottom() - at) / max(plot.height(), 1) for at in (self._began, y)]
        low, high = sorted(ends[0] + min(max(share, 0.0), 1.0) * (ends[1] - ends[0]) for share in shares)
        return (0.0 if min(shares) <= 0 else low), high  # what lies at the lower edge may be below it

    def release(self) -> bool:
        """Whether it was a drag, and not a click."""
        dragged, self._began, self._dragged = self._dragged, None, False
        return dragged
