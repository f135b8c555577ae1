"""How much each hyperparameter mattered, with the spread that chance leaves, beside the textbook's order."""

from __future__ import annotations

from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen
from PyQt6.QtWidgets import QWidget

from gui.theme import font
from gui.views.arrow_keys import arrow_move
from gui.views.canvas import Canvas
from landscape.tuning.importance import Importance
from landscape.tuning.space import KINDS

PLACES = {1: "1st", 2: "2nd", 3: "3rd", 0: "–"}


class ImportanceView(Canvas):
    """Bars, the most important first.

    Signals
    -------
    namePicked(name) : this hyperparameter is meant, by a click or with Enter
    """

    namePicked = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: Importance | None = None
        self._sentence = ""
        self._chosen: int | None = None
        self.reserved = 0.0  # pixels at the right of the title, for whoever puts something there
        self.setAccessibleName("Importance of the hyperparameters")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_importance(self, found: Importance | None, sentence: str) -> None:
        """Show these shares, and what is to be said of them."""
        self._found, self._sentence = found, sentence
        self._chosen = None
        self.setAccessibleDescription(sentence)
        self.still_changed()

    @property
    def _unit(self) -> float:
        """The size of type: smaller where there is little room for all rows."""
        count = len(self._found.names) if self._found else 6
        return min(self.theme.axis * self.type_scale, self.height() / (1.5 * count + 8.5))

    def _rows(self, area: QRectF) -> list[QRectF]:
        """Where each hyperparameter stands; smaller where there is little room."""
        count = len(self._found.names) if self._found else 0
        unit = self._unit
        top, bottom = area.top() + 4.7 * unit, area.bottom() - 3.4 * unit
        height = min((bottom - top) / max(count, 1), 2.2 * unit)
        return [QRectF(area.left(), top + k * height, area.width(), height) for k in range(count)]

    def paint_still(self, painter: QPainter, area: QRectF) -> None:
        self.card_edge(painter, self.card(painter, area))
        found, unit = self._found, self._unit
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(self.theme.dim))
        painter.setFont(font(1.08 * unit))
        title = QRectF(
            area.left() + 1.2 * unit, area.top() + 0.6 * unit, area.width() - 2.4 * unit, 1.8 * unit
        )
        words = "importance"
        if found is not None:
            words += f" · {found.trials} trials, resampled {found.bootstraps} times"
        room = int(title.width() - self.reserved)
        ends = Qt.TextElideMode.ElideRight
        painter.drawText(title, left, painter.fontMetrics().elidedText(words, ends, room))
        if found is None:
            self.paint_hint(painter, area)
            return
        rows = self._rows(area)
        size = min(unit, 0.68 * rows[0].height())
        names = 9.5 * unit if area.width() > 34 * unit else 4.6 * unit
        track_left, track_right = area.left() + names + 1.2 * unit, area.right() - 14.5 * unit
        painter.setFont(font(0.9 * unit))
        heads = QRectF(area.left(), area.top() + 3.5 * unit, area.width() - 1.2 * unit, 1.3 * unit)
        painter.drawText(heads, right, "textbook")
        painter.drawText(heads.adjusted(0, 0, -5 * unit, 0), right, "share (90 %)")
        for k, row in enumerate(rows):
            name, (share, low, high) = (
                found.names[k],
                (float(v[k]) for v in (found.share, found.low, found.high)),
            )
            kind = KINDS[name]
            painter.setFont(font(size))
            painter.setPen(QColor(self.theme.text))
            words = kind.title if names > 9 * unit else kind.symbol
            if names > 9 * unit and len(kind.symbol) < 3:
                words = f"{kind.symbol}  {kind.title}"
            spot = QRectF(area.left() + 1.2 * unit, row.top(), names - 0.5 * unit, row.height())
            painter.drawText(
                spot,
                left,
                painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(spot.width())),
            )
            bar = QRectF(track_left, row.center().y() - 0.3 * size, track_right - track_left, 0.6 * size)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self.theme.hairline))
            painter.drawRoundedRect(bar, 0.3 * size, 0.3 * size)
            painter.setBrush(QColor(self.theme.accent))
            full = QRectF(bar.left(), bar.top(), max(bar.width() * share, 0.6 * size), bar.height())
            painter.drawRoundedRect(full, 0.3 * size, 0.3 * size)
            self._paint_spread(painter, bar, low, high, size)
            painter.setPen(QColor(self.theme.text))
            numbers = QRectF(area.left(), row.top(), area.width() - 6.2 * unit, row.height())
            painter.drawText(numbers, right, f"{share:.2f} ({low:.2f}–{high:.2f})")
            painter.setPen(QColor(self.theme.dim))
            painter.drawText(numbers.adjusted(0, 0, 5 * unit, 0), right, PLACES[kind.tier])
        painter.setFont(font(unit))
        painter.setPen(QColor(self.theme.dim))
        below = QRectF(
            area.left() + 1.2 * unit, area.bottom() - 3.2 * unit, area.width() - 2.4 * unit, 2.9 * unit
        )
        flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        while painter.boundingRect(below, int(flags), self._sentence).height() > below.height() and unit > 6:
            unit *= 0.94
            painter.setFont(font(unit))
        painter.drawText(below, int(flags), self._sentence)

    def _paint_spread(self, painter: QPainter, bar: QRectF, low: float, high: float, size: float) -> None:
        """Between which shares nine in ten resampled searches lie."""
        ends = [bar.left() + bar.width() * min(max(value, 0.0), 1.0) for value in (low, high)]
        middle, arm = bar.center().y(), 0.45 * size
        painter.setPen(QPen(QColor(self.theme.text), max(0.12 * size, 1.2)))
        painter.drawLine(QLineF(ends[0], middle, ends[1], middle))
        for x in ends:
            painter.drawLine(QLineF(x, middle - arm, x, middle + arm))

    def paint_moving(self, painter: QPainter, area: QRectF) -> None:
        if self._found is not None and self._chosen is not None:
            row = self._rows(area)[self._chosen]
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self.theme.accent), 1.5))
            painter.drawRoundedRect(row.adjusted(0.5 * self._unit, 0, -0.5 * self._unit, 0), 5, 5)
        self.focus_ring(painter, area)

    def _row_at(self, at: QPointF) -> int | None:
        rows = self._rows(QRectF(self.rect()))
        return next((k for k, row in enumerate(rows) if row.contains(at)), None)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        row = self._row_at(event.position())
        if self._found is not None and row is not None:
            self._choose(row)
            self.namePicked.emit(self._found.names[row])

    def _choose(self, row: int) -> None:
        self._chosen = row
        self.update()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        down = arrow_move(event)[1]
        if self._found is None:
            event.ignore()
        elif down:
            last = len(self._found.names) - 1
            self._choose(0 if self._chosen is None else min(max(self._chosen + down, 0), last))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._chosen is not None:
            self.namePicked.emit(self._found.names[self._chosen])
        else:
            event.ignore()
