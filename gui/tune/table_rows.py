"""How the table of trials looks and takes keys: its heads, its rows, and what is said without any."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QRect, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from gui.tune.trial_model import TrialModel
from gui.views.arrow_keys import arrow_move

DIGITS = {"number": 7, "round": 7, "state": 13}  # how wide a column is
OTHERS = 9
# Time and leaving; so are letters and digits.
OF_THE_WINDOW = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Escape)


class TableHeads(QHeaderView):
    """The heads of the columns; that where the keys are is framed."""

    def __init__(self, model: TrialModel) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._model = model
        self.setHighlightSections(False)
        self.setSectionsClickable(True)
        self.setStretchLastSection(True)

    def paintSection(self, painter: QPainter | None, rect: QRect, section: int) -> None:
        assert painter is not None
        painter.save()
        super().paintSection(painter, rect, section)
        painter.restore()
        if self._model.names[section] == self._model.chosen:
            painter.setPen(QPen(QColor(self._model.theme.accent), 1.5))
            painter.drawRoundedRect(rect.adjusted(0, 1, -1, -2), 4, 4)


class TableRows(QTableView):
    """Rows under heads; left and right alone belong to time.

    Signals
    -------
    copied() : what is marked is to be copied
    columnStepped(by) : the keys go to another column
    columnTaken() : sort by the one where they are
    columnLeft() : they are at none
    """

    copied = pyqtSignal()
    columnStepped = pyqtSignal(int)
    columnTaken = pyqtSignal()
    columnLeft = pyqtSignal()
    hint = ""  # what is said where no row is

    def __init__(self, model: TrialModel) -> None:
        super().__init__()
        self._trials = model
        self.setHorizontalHeader(TableHeads(model))
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        side = self.verticalHeader()
        assert side is not None
        side.hide()
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        model.modelReset.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        """As wide and high as what stands in cells needs in the present type."""
        digit, side = self.fontMetrics().horizontalAdvance("0"), self.verticalHeader()
        for place, name in enumerate(self._trials.names):
            self.setColumnWidth(place, DIGITS.get(name, OTHERS) * digit)
        if side is not None:
            side.setDefaultSectionSize(round(1.4 * self.fontMetrics().lineSpacing()))

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    @property
    def top(self) -> int:
        """The row at the upper edge."""
        bar = self.verticalScrollBar()
        return 0 if bar is None else bar.value()

    def keep_at_top(self, places: list[int]) -> None:
        """Scroll to the row that was at the upper edge, unless it was the first or is gone."""
        self.updateGeometries()  # else the bar does not know yet how many rows there are
        bar = self.verticalScrollBar()
        if bar is not None and bar.value() and places:
            bar.setValue(places[0])

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        along, chord = arrow_move(event)[0], event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copied.emit()
        elif along:
            self.columnStepped.emit(along)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.columnTaken.emit()
        elif event.key() == Qt.Key.Key_Escape and self._trials.chosen:
            self.columnLeft.emit()
        elif not chord and (event.key() in OF_THE_WINDOW or (event.text().isprintable() and event.text())):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        super().paintEvent(event)
        page = self.viewport()
        if page is not None and self.hint and not self._trials.rowCount():
            painter = QPainter(page)
            painter.setPen(QColor(self._trials.theme.dim))
            middle = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(page.rect().adjusted(16, 4, -16, -4), middle, self.hint)
            painter.end()
