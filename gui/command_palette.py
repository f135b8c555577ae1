"""Ctrl+K: every command, surface and scene by typing a part of its name."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget


class CommandPalette(QDialog):
    """A list of named deeds that narrows while one types."""

    def __init__(self, deeds: list[tuple[str, str, Callable[[], object]]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Commands")
        self.resize(520, 420)
        self._deeds = deeds
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Type a command, a surface or a scene")
        self.search.setAccessibleName("Command")
        self.list = QListWidget()
        self.list.setAccessibleName("Commands")
        column.addWidget(self.search)
        column.addWidget(self.list)
        for number, (name, keys, _) in enumerate(deeds):
            item = QListWidgetItem(f"{name}    {keys}" if keys else name)
            item.setData(Qt.ItemDataRole.UserRole, number)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._run)
        self.list.itemActivated.connect(lambda item: self._run())
        self.search.installEventFilter(self)

    def _filter(self, text: str) -> None:
        words = text.lower().split()
        first, best = -1, -1  # the best has the words as they were typed, in a row
        for row, (name, _, _) in enumerate(self._deeds):
            item = self.list.item(row)
            if item is None:
                continue
            hidden = not all(word in name.lower() for word in words)
            item.setHidden(hidden)
            if first < 0 and not hidden:
                first = row
            if best < 0 and text.strip().lower() in name.lower():
                best = row
        self.list.setCurrentRow(best if best >= 0 else first)

    def _run(self) -> None:
        item = self.list.currentItem()
        if item is not None and not item.isHidden():
            self.accept()
            self._deeds[item.data(Qt.ItemDataRole.UserRole)][2]()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Arrow keys in the search field move through the list."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            if step:
                row = self.list.currentRow() + step
                while 0 <= row < self.list.count():
                    item = self.list.item(row)
                    if item is not None and not item.isHidden():
                        self.list.setCurrentRow(row)
                        break
                    row += step
                return True
        return super().eventFilter(watched, event)
