"""Which classes are taken for which: counts of true against predicted classes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFontMetricsF, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PyQt6.QtWidgets import QToolTip, QWidget

from gui.theme import Look, class_looks, contrast, font
from gui.views.arrow_keys import arrow_move
from gui.views.canvas import Canvas
from gui.views.examples import draw_shape
from gui.views.shading import between

WIDEST = 2.4  # a cell's width to its height
CENTRE = Qt.AlignmentFlag.AlignCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
TAKES = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
NAME = "Confusion matrix"


class ConfusionView(Canvas):
    """Rows are true classes, columns predicted ones; the share found of each stands at the right.

    Signals
    -------
    cellPicked(true, predicted) : this cell was clicked, or Enter or Space pressed on it
    """

    cellPicked = pyqtSignal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts = np.zeros((0, 0), int)
        self._names: Sequence[str] = ()
        self._title = ""
        self._over: tuple[int, int] | None = None
        self._at: tuple[int, int] | None = None  # where the keys are
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(NAME)

    def show_matrix(self, counts: np.ndarray, class_names: Sequence[str], title: str) -> None:
        """Show these counts, `(classes, classes)`: `[true, predicted]`."""
        self._counts, self._title = np.asarray(counts), title
        self._names = [*class_names, *map(str, range(len(class_names), len(self._counts)))]
        self._over = None
        keys = "Up and down, and Alt with any arrow key, go over the cells; Enter picks an example of one"
        self.setAccessibleDescription(f"{self.summary}. {self._worst()}. {keys}")
        self._go_to(None if self._at is None or max(self._at) >= len(self._counts) else self._at)
        self.still_changed()

    @property
    def summary(self) -> str:
        """How many are right, of all."""
        total, right = int(self._counts.sum()), int(np.trace(self._counts))
        return f"{right} of {total} right, {right / total:.1%}" if total else "no examples"

    def _worst(self) -> str:
        """The most frequent mistake, in words."""
        mistakes = self._counts - np.diag(np.diag(self._counts))
        if not mistakes.size or not mistakes.any():
            return ""
        true, guess = divmod(int(mistakes.argmax()), len(mistakes))
        return f"Most often, {self._names[true]} is taken for {self._names[guess]}: {mistakes.max()} times"

    def words(self, true: int, guess: int) -> str:
        """What a cell says."""
        count, whole = int(self._counts[true, guess]), int(self._counts[true].sum())
        share = f", {count / whole:.1%} of them" if whole else ""
        verb = "found" if true == guess else f"taken for {self._names[guess]}"
        return f"{self._names[true]}: {count} of {whole} {verb}{share}"

    # --- geometry ----------------------------------------------------------------------------------

    @property
    def _unit(self) -> float:
        return self.theme.axis * self.type_scale

    def _name_room(self, area: QRectF) -> float:
        """The width of the column of names: what they take, up to a quarter of the card."""
        metrics = QFontMetricsF(font(self._unit))
        widest = max((metrics.horizontalAdvance(name) for name in self._names), default=0.0)
        return min(max(widest + 2.6 * self._unit, 4 * self._unit), 0.26 * area.width())

    def _is_tight(self, area: QRectF) -> bool:
        """Whether every line counts: then it is not said that columns are the predicted ones."""
        return area.height() < (10 + 1.5 * len(self._counts)) * self._unit

    def body_area(self, area: QRectF) -> QRectF:
        """Where the cells are drawn."""
        unit = self._unit
        left = 1.2 * unit + self._name_room(area)
        body = area.adjusted(left, (3.9 if self._is_tight(area) else 5.2) * unit, -6 * unit, -0.9 * unit)
        body.setWidth(min(body.width(), WIDEST * max(body.height(), 1.0)))  # cells no longer than that
        return body

    def _cell(self, body: QRectF, true: int, guess: int) -> QRectF:
        width, height = body.width() / len(self._counts), body.height() / len(self._counts)
        gap = 0.5 if min(width, height) < 20 else 1.0
        cell = QRectF(body.left() + guess * width, body.top() + true * height, width, height)
        return cell.adjusted(gap, gap, -gap, -gap)

    def _cell_at(self, at: QPointF) -> tuple[int, int] | None:
        body, classes = self.body_area(QRectF(self.rect())), len(self._counts)
        if not classes or body.width() <= 0 or body.height() <= 0 or not body.contains(at):
            return None
        true = int((at.y() - body.top()) / body.height() * classes)
        guess = int((at.x() - body.left()) / body.width() * classes)
        return min(true, classes - 1), min(guess, classes - 1)

    # --- painting ----------------------------------------------------------------------------------

    def paint_still(self, painter: QPainter, area: QRectF) -> None:
        self.card_edge(painter, self.card(painter, area))
        unit, classes = self._unit, len(self._counts)
        self._paint_head(painter, area, unit)
        if not classes:
            self.paint_hint(painter, area)
            return
        body, looks = self.body_area(area), class_looks(classes, self.theme)
        self._paint_captions(painter, area, body, unit)
        for place in range(classes):
            self._paint_names(painter, area, body, looks[place], place)
            for guess in range(classes):
                self._paint_cell(painter, self._cell(body, place, guess), place, guess)

    def paint_moving(self, painter: QPainter, area: QRectF) -> None:
        if painter.device() is not self:
            return
        body = self.body_area(area)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._over is not None:
            painter.setPen(QPen(QColor(self.theme.text), 1.6))
            painter.drawRoundedRect(self._cell(body, *self._over), 3, 3)
        if self._at is not None and self.hasFocus():
            # Two tones, so that it is seen on every fill and beside the frame of those that are right.
            cell = self._cell(body, *self._at)
            for ink, width in ((self.theme.casing, 4.6), (self.theme.text, 2.4)):
                painter.setPen(QPen(QColor(ink), width))
                painter.drawRoundedRect(cell, 3, 3)
        self.focus_ring(painter, area)

    def _paint_head(self, painter: QPainter, area: QRectF, unit: float) -> None:
        """The title is dim, what it comes to is bright; where room is short, the title gives way."""
        head = QRectF(
            area.left() + 1.2 * unit, area.top() + 0.6 * unit, area.width() - 2.4 * unit, 1.8 * unit
        )
        painter.setFont(font(1.08 * unit))
        metrics = QFontMetricsF(painter.font())
        summary = self.summary if len(self._counts) else ""
        room = head.width() - metrics.horizontalAdvance(f"  {summary}")
        title = metrics.elidedText(self._title, Qt.TextElideMode.ElideRight, max(room, 0.0))
        painter.setPen(QColor(self.theme.dim))
        painter.drawText(head, LEFT, title)
        gone = metrics.horizontalAdvance(f"{title}  ") if title else 0.0
        painter.setPen(QColor(self.theme.text))
        rest = head.adjusted(gone, 0, 0, 0)
        painter.drawText(rest, LEFT, metrics.elidedText(summary, Qt.TextElideMode.ElideRight, rest.width()))

    def _paint_captions(self, painter: QPainter, area: QRectF, body: QRectF, unit: float) -> None:
        """Which way is true and which predicted, and what the last column is."""
        painter.setFont(font(0.92 * unit))
        painter.setPen(QColor(self.theme.dim))
        if not self._is_tight(area):
            line = QRectF(body.left(), body.top() - 2.9 * unit, body.width(), 1.3 * unit)
            painter.drawText(line, LEFT, "predicted →")
        left = QRectF(
            area.left() + 1.2 * unit, body.top() - 1.5 * unit, body.left() - area.left(), 1.4 * unit
        )
        painter.drawText(left, LEFT, "true ↓")
        found = QRectF(body.right() + 0.4 * unit, left.top(), 4.4 * unit, left.height())
        painter.drawText(found, RIGHT, "recall")

    def _paint_names(self, painter: QPainter, area: QRectF, body: QRectF, look: Look, place: int) -> None:
        """One class beside its row and above its column, with the shape it has in the plane."""
        unit, name = self._unit, self._names[place]
        row, column = self._cell(body, place, 0), self._cell(body, 0, place)
        size = font(min(unit, 0.68 * row.height()))
        metrics, radius = QFontMetricsF(size), 0.34 * min(unit, 0.8 * row.height())
        painter.setFont(size)
        left = area.left() + 1.2 * unit
        draw_shape(painter, QPointF(left + 0.6 * unit, row.center().y()), look, self.theme, radius)
        box = QRectF(left + 1.6 * unit, row.top(), row.left() - left - 2.1 * unit, row.height())
        painter.setPen(QColor(self.theme.text))
        painter.drawText(box, LEFT, metrics.elidedText(name, Qt.TextElideMode.ElideRight, box.width()))
        whole = int(self._counts[place].sum())
        recall = f"{self._counts[place, place] / whole:.0%}" if whole else "–"
        painter.drawText(
            QRectF(body.right() + 0.4 * unit, row.top(), 4.4 * unit, row.height()), RIGHT, recall
        )

        painter.setFont(font(unit))
        metrics, radius = QFontMetricsF(painter.font()), min(0.34 * unit, 0.3 * column.width())
        room = column.width() - 1.5 * unit
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room) if room > 0 else ""
        if shown != name and len(shown) < 4:  # the shape says more than a letter and …
            shown = ""
        width = metrics.horizontalAdvance(shown) + 0.4 * unit if shown else 0.0
        middle, left = body.top() - 0.8 * unit, column.center().x() - width / 2
        draw_shape(painter, QPointF(left, middle), look, self.theme, radius)
        painter.setPen(QColor(self.theme.dim))
        painter.drawText(QRectF(left + 0.8 * unit, middle - unit, width + 2, 2 * unit), LEFT, shown)

    def _paint_cell(self, painter: QPainter, cell: QRectF, true: int, guess: int) -> None:
        """Shaded by its share of the row; those that are right are framed and bold as well."""
        count, whole = int(self._counts[true, guess]), int(self._counts[true].sum())
        hit, share = true == guess, count / whole if whole else 0.0
        tint = self.theme.accent if hit else self.theme.warning
        most = 0.66 if self.theme.is_dark else 0.52  # bright or pale enough for dark ink
        fill = between(self.theme.raised, tint, 0.14 + most * share if count else 0.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(cell, 3, 3)
        if hit:
            painter.setPen(QPen(QColor(self.theme.accent), 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(cell.adjusted(0.8, 0.8, -0.8, -0.8), 3, 3)
        size = min(1.1 * self._unit, 0.68 * cell.height())
        text = str(count) if count else "·"
        widest = QFontMetricsF(font(size, 650)).horizontalAdvance(text)
        if widest > cell.width() - 4:  # rather small than cut off
            size *= max((cell.width() - 4) / widest, 0.4)
        painter.setFont(font(size, 650 if hit else 400))
        inks = (self.theme.text, self.theme.window if self.theme.is_dark else "#FFFFFF")
        ink = max(inks, key=lambda colour: contrast(colour, fill.name())) if count else self.theme.dim
        painter.setPen(QColor(ink))
        painter.drawText(cell, CENTRE, text)

    # --- pointer and keys ---------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        cell = self._cell_at(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            if self._at is not None:
                self._go_to(cell)
            self.cellPicked.emit(*cell)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        key, (along, down), classes = event.key(), arrow_move(event), len(self._counts)
        if classes and (along or down):
            true, guess = (0, 0) if self._at is None else (self._at[0] + down, self._at[1] + along)
            self._go_to((min(max(true, 0), classes - 1), min(max(guess, 0), classes - 1)))
        elif self._at is not None and key in TAKES:
            self.cellPicked.emit(*self._at)
        elif self._at is not None and key == Qt.Key.Key_Escape:
            self._go_to(None)
        else:
            event.ignore()  # without a cell, Space plays and Esc leaves, as everywhere

    def _go_to(self, cell: tuple[int, int] | None) -> None:
        """Let the keys be at a cell."""
        self._at = cell
        self.setAccessibleName(NAME if cell is None else f"{NAME}: {self.words(*cell)}")
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        over = self._cell_at(event.position())
        if over != self._over:
            self._over = over
            self.update()

    def leaveEvent(self, event: QEvent | None) -> None:
        self._over = None
        self.update()

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell = self._cell_at(QPointF(event.pos()))
            if cell is None:
                QToolTip.hideText()
                event.ignore()
            else:
                place = self._cell(self.body_area(QRectF(self.rect())), *cell).toRect()
                QToolTip.showText(event.globalPos(), self.words(*cell), self, place)
            return True
        return super().event(event)
