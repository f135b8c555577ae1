"""The slides of the lesson that is being made, one a row: to choose, to drag, to drop files on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtCore import QMimeData, QModelIndex, QPoint, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QDrag,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QTextOption,
)
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from gui.theme import Theme
from landscape.lesson_overview import minutes

SLIDE = "application/x-landscape-slide"  # what a dragged row carries: its place
ROW = Qt.ItemDataRole.UserRole
EMPTY = "No slides yet: set up a scene in the window and add it here, or drop scene files (.toml)."


@dataclass(frozen=True)
class Row:
    """What a slide shows of itself; `reason` is why it cannot be shown, or ""."""

    title: str
    asks: bool
    seconds: int
    origin: str
    reason: str = ""

    def spoken(self, place: int) -> str:
        """The row in words."""
        parts = [f"Slide {place + 1}: {self.title}", "asks a question" if self.asks else ""]
        return ", ".join(filter(None, (*parts, f"{minutes(self.seconds)} minutes", self.reason)))


class SlideList(QListWidget):
    """Shows rows and says what is wanted; it changes nothing by itself.

    Signals
    -------
    chosen(place) : another slide
    moved(place, to) : a slide was dragged to where it shall be at place `to`
    removed(), shown() : of the chosen slide
    filesDropped(paths, place) : to be put in before the slide at `place`
    """

    chosen = pyqtSignal(int)
    moved = pyqtSignal(int, int)
    removed = pyqtSignal()
    shown = pyqtSignal()
    filesDropped = pyqtSignal(list, int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Slides")
        self.setAccessibleDescription(EMPTY)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(92)
        self._rows: list[Row] = []
        self._paint = _RowPaint(self)
        self.setItemDelegate(self._paint)
        self.currentRowChanged.connect(self._choose)
        self.itemActivated.connect(lambda _: self.shown.emit())

    def set_theme(self, theme: Theme) -> None:
        """Colours that the palette has not."""
        self._paint.warning, self._paint.dim = QColor(theme.warning), QColor(theme.dim)
        self.scheduleDelayedItemsLayout()

    def show_rows(self, rows: Sequence[Row], place: int) -> None:
        """Show these slides, and which is chosen."""
        self.blockSignals(True)
        while self.count() > len(rows):
            self.takeItem(self.count() - 1)
        for number, row in enumerate(rows):
            item = self.item(number)
            if item is None:
                item = QListWidgetItem(self)
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsDropEnabled)  # between rows, not on them
            if item.data(ROW) != row:
                item.setData(ROW, row)
                item.setText(row.title)  # typing its first letters finds it
                item.setToolTip(f"{row.title}\n{row.reason or row.origin}\nEnter shows it in the window.")
                item.setData(Qt.ItemDataRole.AccessibleTextRole, row.spoken(number))
        self._rows = list(rows)
        self.setCurrentRow(place)
        self.blockSignals(False)
        self.viewport_().update()

    def viewport_(self) -> QWidget:
        """The part with the rows."""
        viewport = self.viewport()
        assert viewport is not None
        return viewport

    def _choose(self, place: int) -> None:
        if place >= 0:
            self.chosen.emit(place)

    def place_at(self, at: QPoint) -> int:
        """Before which slide a drop at this pixel belongs."""
        index = self.indexAt(at)
        if not index.isValid():
            return self.count()
        return index.row() + (at.y() > self.visualRect(index).center().y())

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.shown.emit()
        else:
            super().keyPressEvent(event)

    # --- drag and drop ---------------------------------------------------------------------------

    def mimeTypes(self) -> list[str]:
        return [SLIDE, "text/uri-list"]

    def mimeData(self, items: Iterable[QListWidgetItem]) -> QMimeData:
        data = QMimeData()
        data.setData(SLIDE, b"".join(str(self.row(item)).encode() for item in items))
        return data

    def startDrag(self, supported: Qt.DropAction) -> None:
        item = self.currentItem()
        if item is not None:
            drag = QDrag(self)
            drag.setMimeData(self.mimeData([item]))
            drag.exec(Qt.DropAction.CopyAction)  # the row goes when the lesson says so

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        super().dragEnterEvent(event)
        _accept(event)

    def dragMoveEvent(self, event: QDragMoveEvent | None) -> None:
        super().dragMoveEvent(event)  # draws where the drop would go
        _accept(event)

    def dropEvent(self, event: QDropEvent | None) -> None:
        data = event.mimeData() if event is not None else None
        if event is None or data is None:
            return
        place = self.place_at(event.position().toPoint())
        if data.hasFormat(SLIDE):
            came = int(data.data(SLIDE).data() or b"-1")
            self.moved.emit(came, place - (came < place))
        else:
            self.filesDropped.emit(dropped_files(data), place)
        _accept(event)
        self.setState(QAbstractItemView.State.NoState)
        self.viewport_().update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        super().paintEvent(event)
        if not self.count():
            painter = QPainter(self.viewport_())
            painter.setPen(self._paint.dim)
            room = self.viewport_().rect().adjusted(16, 8, -16, -8)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(room, int(flags), EMPTY)
            painter.end()


class _RowPaint(QStyledItemDelegate):
    """Number, title, a mark if it asks, minutes; below, why it cannot be shown."""

    warning = dim = QColor()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        line = option.fontMetrics.lineSpacing()
        row = index.data(ROW)
        return QSize(0, line + 12 + (2 * line if row is not None and row.reason else 0))

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        row = index.data(ROW)
        if painter is None or row is None:
            return
        self.initStyleOption(option, index)
        option.text = ""
        style = option.widget.style() if option.widget is not None else QApplication.style()
        assert style is not None
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        painter.save()
        roles = QPalette.ColorRole
        metrics = option.fontMetrics
        right, centre = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignVCenter
        inner = option.rect.adjusted(4, 0, -8, 0)
        line = QRect(inner.left(), inner.top() + 6, inner.width(), metrics.lineSpacing())
        number, clock = metrics.horizontalAdvance("200"), metrics.horizontalAdvance("600:00")
        painter.setFont(option.font)
        painter.setPen(self.dim)
        painter.drawText(QRect(line.left(), line.top(), number, line.height()), right | centre,
                         str(index.row() + 1))  # fmt: skip
        painter.drawText(line, right | centre, minutes(row.seconds))
        room = QRect(line.left() + number + 10, line.top(), line.width() - number - clock - 34, line.height())
        painter.setPen(self.warning if row.reason else option.palette.color(roles.Text))
        elided = metrics.elidedText(row.title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | centre, elided)
        if row.asks:
            painter.setPen(option.palette.color(roles.Highlight))
            mark = QRect(room.right() + 4, line.top(), 16, line.height())
            painter.drawText(mark, Qt.AlignmentFlag.AlignCenter, "?")
        if row.reason:
            below = QRect(room.left(), line.bottom() + 1, inner.right() - room.left(), 2 * line.height())
            painter.setPen(self.dim)
            wrapped = QTextOption()
            wrapped.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
            painter.drawText(QRectF(below), row.reason, wrapped)
        painter.restore()


def dropped_files(data: QMimeData) -> list[Path]:
    """The files of a drop, in order; addresses of other kinds are left out."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def _accept(event: QDropEvent | None) -> None:
    data = event.mimeData() if event is not None else None
    if event is not None and data is not None and (data.hasFormat(SLIDE) or data.hasUrls()):
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
