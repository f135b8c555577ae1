"""Pictures to choose from, with a search field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PyQt6.QtCore import QEvent, QObject, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QIcon, QKeyEvent
from PyQt6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from gui.widgets.card import label

FRAME = QSize(16, 48)  # what a window manager puts around a dialog


def fitting(size: QSize, window: QWidget) -> QSize:
    """The size, or as much of it as there is room for on the screen of the window."""
    screen = window.screen()
    return size if screen is None else size.boundedTo(screen.availableSize() - FRAME)


@dataclass(frozen=True)
class Pick:
    """What can be chosen.

    Attributes
    ----------
    says : one sentence about it, shown while it is current
    words : that it is found by, besides these two
    help : on hovering
    """

    key: str
    title: str
    says: str
    words: str = ""
    help: str = ""


class PicturePicker(QDialog):
    """Lets the user choose one of some pictures, with the mouse or with keys alone.

    Parameters
    ----------
    what : it is, as a plural: "Surfaces"
    size : of a picture

    Signals
    -------
    chosen(key)
    """

    chosen = pyqtSignal(str)

    def __init__(self, what: str, picks: Iterable[Pick], size: QSize, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(what)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 14, 14, 14)
        column.setSpacing(8)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search by name or by what it teaches")
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(f"Search {what.lower()}")
        self.list = QListWidget()
        self.list.setViewMode(QListWidget.ViewMode.IconMode)
        self.list.setIconSize(size)
        self.list.setGridSize(size + QSize(24, 38))
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.setMovement(QListWidget.Movement.Static)
        self.list.setUniformItemSizes(True)
        self.list.setWordWrap(True)
        self.list.setAccessibleName(what)
        self.says = label("", "dim", wrap=True)
        self.says.setMinimumHeight(36)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addWidget(self.says)
        self._picks = {pick.key: pick for pick in picks}
        self._items: dict[str, QListWidgetItem] = {}
        for key, pick in self._picks.items():
            item = QListWidgetItem(pick.title)
            item.setData(Qt.ItemDataRole.UserRole, key)
            item.setToolTip(pick.help)
            item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter)
            self.list.addItem(item)
            self._items[key] = item
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.list.currentItemChanged.connect(self._show_current)
        self.list.itemClicked.connect(lambda item: self._take())
        self.list.itemActivated.connect(lambda item: self._take())
        self.search.returnPressed.connect(self._take)

    def show_picture(self, key: str, picture: QIcon) -> None:
        """Give an entry its picture."""
        self._items[key].setIcon(picture)

    def open_at(self, key: str | None) -> None:
        """Open with this entry current."""
        self.search.clear()
        if key in self._items:
            self.list.setCurrentItem(self._items[str(key)])
        self.search.setFocus()
        self.open()

    def _filter(self, text: str) -> None:
        words = text.lower().split()
        first = None
        for key, item in self._items.items():
            pick = self._picks[key]
            content = f"{key} {pick.title} {pick.says} {pick.words}".lower()
            hidden = not all(word in content for word in words)
            item.setHidden(hidden)
            first = item if first is None and not hidden else first
        current = self.list.currentItem()
        if first is not None and (current is None or current.isHidden()):
            self.list.setCurrentItem(first)

    def _show_current(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.says.setText(self._picks[item.data(Qt.ItemDataRole.UserRole)].says)

    def _take(self) -> None:
        item = self.list.currentItem()
        if item is not None and not item.isHidden() and self.isVisible():
            self.accept()
            self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Arrow keys in the search field move through the pictures."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in (
            Qt.Key.Key_Down, Qt.Key.Key_Up,
        ):  # fmt: skip
            self.list.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)
