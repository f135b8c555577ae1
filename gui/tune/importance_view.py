"""How much each hyperparameter mattered, with the spread that chance leaves, beside the textbook's order."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPen
from PyQt6.QtWidgets import QWidget

from gui.theme import font
from gui.tune.plane_frame import fitting
from gui.views.arrow_keys import arrow_move
from gui.views.canvas import Canvas
from landscape.tuning.importance import Importance
from landscape.tuning.space import KINDS

NAME = "Importance of the hyperparameters"
PLACES = {1: "1st", 2: "2nd", 3: "3rd", 0: "–"}
NUMBERS, TEXTBOOK = "0.00 (0.00–0.00)", "textbook"
BESIDE_TITLE = 37.0  # pixels that a choice in the upper right corner reaches down to
LEAST_TRACK = 9.0  # units of type: a shorter one says nothing, so that titles give way to symbols
MOST_TRACK = 40.0
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Layout:
    """Where the columns stand, and what hyperparameters are called there."""

    names: tuple[str, ...]
    left: float
    track: tuple[float, float]
    numbers: float  # its right end
    textbook: float  # its right end


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
        self._taken = 0.0
        self._chosen: str | None = None  # where the keys are
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._describe()

    def set_taken(self, pixels: float) -> None:
        """So much of the title's line, from the right, lies below something else."""
        if pixels != self._taken:
            self._taken = pixels
            self.still_changed()

    def show_importance(self, found: Importance | None, sentence: str) -> None:
        """Show these shares, and what is to be said of them."""
        self._found, self._sentence = found, sentence
        if found is None or self._chosen not in found.names:
            self._chosen = None
        self._describe()
        self.still_changed()

    def words(self, name: str) -> str:
        """What a row says."""
        assert self._found is not None
        k = self._found.names.index(name)
        share, low, high = (float(part[k]) for part in (self._found.share, self._found.low, self._found.high))
        tier = KINDS[name].tier
        book = f"{PLACES[tier]} in the textbook" if tier else "the textbook is silent"
        return f"{KINDS[name].title}: {share:.2f}, {low:.2f} to {high:.2f}; {book}"

    def _describe(self) -> None:
        """Say it to those who do not see it."""
        found, name = self._found, self._chosen
        self.setAccessibleName(NAME if found is None or name is None else f"{NAME}: {self.words(name)}")
        rows = () if found is None else (self.words(name) for name in found.names)
        keys = "Up and down choose a row, Enter takes it"
        self.setAccessibleDescription(". ".join((*rows, self._sentence, keys)) if found else self._sentence)

    # --- geometry ----------------------------------------------------------------------------------

    def _unit(self, area: QRectF) -> float:
        """The size of type: smaller where there is little room for all rows and columns."""
        count = len(self._found.names) if self._found else 6
        return min(self.theme.axis * self.type_scale, area.height() / (1.5 * count + 8.5), area.width() / 30)

    def _head_top(self, area: QRectF) -> float:
        """Where the columns' names are: below whatever stands beside the title."""
        return area.top() + max(3.2 * self._unit(area), BESIDE_TITLE)

    def _rows(self, area: QRectF) -> list[QRectF]:
        """Where each hyperparameter stands; closer together where there is little room."""
        count, unit = len(self._found.names) if self._found else 0, self._unit(area)
        top, bottom = self._head_top(area) + 1.5 * unit, area.bottom() - 3.4 * unit
        height = min((bottom - top) / max(count, 1), 2.4 * unit)
        return [QRectF(area.left(), top + k * height, area.width(), height) for k in range(count)]

    def _layout(self, area: QRectF, names: tuple[str, ...]) -> Layout:
        """Titles where the bars keep enough room, else symbols."""
        unit = self._unit(area)
        metrics = QFontMetricsF(font(unit))
        left, textbook = area.left() + 1.2 * unit, area.right() - 1.4 * unit
        numbers = textbook - metrics.horizontalAdvance(TEXTBOOK) - 1.4 * unit
        end = numbers - metrics.horizontalAdvance(NUMBERS) - unit
        kinds = [KINDS[name] for name in names]
        long = tuple(f"{k.symbol}  {k.title}" if len(k.symbol) < 2 else k.title for k in kinds)
        begin = end
        for called in (long, tuple(kind.symbol for kind in kinds)):
            begin = left + max(map(metrics.horizontalAdvance, called)) + 1.2 * unit
            if end - begin >= LEAST_TRACK * unit:
                break
        return Layout(called, left, (begin, min(end, begin + MOST_TRACK * unit)), numbers, textbook)

    # --- painting ----------------------------------------------------------------------------------

    def paint_still(self, painter: QPainter, area: QRectF) -> None:
        self.card_edge(painter, self.card(painter, area))
        found, unit = self._found, self._unit(area)
        painter.setPen(QColor(self.theme.dim))
        type_ = font(1.08 * unit)
        painter.setFont(type_)
        title = area.adjusted(1.2 * unit, 0.6 * unit, -1.2 * unit, 0)
        title.setHeight(1.8 * unit)
        texts = [f"importance ({found.method})"] if found else []
        painter.drawText(title, LEFT, fitting(type_, [*texts, "importance"], title.width() - self._taken))
        if found is None:
            self.paint_hint(painter, area)
            return
        layout = self._layout(area, found.names)
        self._paint_heads(painter, layout, found, self._head_top(area), unit)
        for k, row in enumerate(self._rows(area)):
            self._paint_row(painter, layout, found, k, row, unit)
        painter.setPen(QColor(self.theme.dim))
        below = QRectF(
            area.left() + 1.2 * unit, area.bottom() - 3.3 * unit, area.width() - 2.4 * unit, 3.0 * unit
        )
        flags = int(Qt.TextFlag.TextWordWrap | LEFT)
        painter.setFont(font(unit))
        while painter.boundingRect(below, flags, self._sentence).height() > below.height() and unit > 6:
            unit *= 0.94
            painter.setFont(font(unit))
        painter.drawText(below, flags, self._sentence)

    def _paint_heads(
        self, painter: QPainter, layout: Layout, found: Importance, top: float, unit: float
    ) -> None:
        """What the columns are, and how many trials speak."""
        painter.setFont(font(0.92 * unit))
        line = QRectF(0, top, layout.textbook, 1.4 * unit)
        painter.drawText(line, RIGHT, TEXTBOOK)
        line.setRight(layout.numbers)
        painter.drawText(line, RIGHT, "share (90 %)")
        line.setLeft(layout.left)
        line.setRight(layout.track[1])
        words = f"{found.trials:,} trials" + (f", {found.bootstraps} bootstraps" if found.bootstraps else "")
        words = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(line.width()))
        painter.drawText(line, LEFT, words)

    def _paint_row(
        self, painter: QPainter, layout: Layout, found: Importance, k: int, row: QRectF, unit: float
    ) -> None:
        size = min(unit, 0.68 * row.height())
        share, low, high = (float(part[k]) for part in (found.share, found.low, found.high))
        begin, end = layout.track
        bar = QRectF(begin, row.center().y() - 0.3 * size, max(end - begin, 1.0), 0.6 * size)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.hairline))
        painter.drawRoundedRect(bar, 0.3 * size, 0.3 * size)
        painter.setBrush(QColor(self.theme.accent))
        full = QRectF(bar.left(), bar.top(), max(bar.width() * min(share, 1.0), 0.6 * size), bar.height())
        painter.drawRoundedRect(full, 0.3 * size, 0.3 * size)
        self._paint_spread(painter, bar, low, high, size)
        painter.setFont(font(size))
        painter.setPen(QColor(self.theme.text))
        line = QRectF(layout.left, row.top(), layout.numbers - layout.left, row.height())
        painter.drawText(line, LEFT, layout.names[k])
        painter.drawText(line, RIGHT, f"{share:.2f} ({low:.2f}–{high:.2f})")
        painter.setPen(QColor(self.theme.dim))
        line.setRight(layout.textbook)
        painter.drawText(line, RIGHT, PLACES[KINDS[found.names[k]].tier])

    def _paint_spread(self, painter: QPainter, bar: QRectF, low: float, high: float, size: float) -> None:
        """Between which shares nine in ten resampled searches lie; cased, to be seen on bar and track."""
        ends = [bar.left() + bar.width() * min(max(value, 0.0), 1.0) for value in (low, high)]
        middle, arm, thin = bar.center().y(), 0.42 * size, max(0.12 * size, 1.2)
        for ink, width in ((self.theme.card, thin + 1.6), (self.theme.text, thin)):
            painter.setPen(QPen(QColor(ink), width))
            painter.drawLine(QLineF(ends[0], middle, ends[1], middle))
            for x in ends:
                painter.drawLine(QLineF(x, middle - arm, x, middle + arm))

    def paint_moving(self, painter: QPainter, area: QRectF) -> None:
        if painter.device() is not self:
            return
        if self._found is not None and self._chosen is not None:
            unit = self._unit(area)
            row = self._rows(area)[self._found.names.index(self._chosen)]
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self.theme.accent), 1.5))
            painter.drawRoundedRect(row.adjusted(0.5 * unit, 0.5, -0.5 * unit, -0.5), 5, 5)
        self.focus_ring(painter, area)

    # --- pointer and keys --------------------------------------------------------------------------

    def _row_at(self, at: QPointF) -> int | None:
        rows = self._rows(QRectF(self.rect()))
        return next((k for k, row in enumerate(rows) if row.contains(at)), None)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        row = self._row_at(event.position())
        if self._found is not None and row is not None and event.button() == Qt.MouseButton.LeftButton:
            self._choose(self._found.names[row])
            self.namePicked.emit(self._found.names[row])

    def _choose(self, name: str | None) -> None:
        """Let the keys be at a row."""
        self._chosen = name
        self._describe()
        self.update()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        down, names = arrow_move(event)[1], self._found.names if self._found else ()
        if names and down:
            place = 0 if self._chosen is None else names.index(self._chosen) + down
            self._choose(names[min(max(place, 0), len(names) - 1)])
        elif self._chosen is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.namePicked.emit(self._chosen)
        elif self._chosen is not None and event.key() == Qt.Key.Key_Escape:
            self._choose(None)
        else:
            event.ignore()
