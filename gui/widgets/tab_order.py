"""Tab goes through a column as the eye does, also where controls were put in later."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLayout, QWidget


def follow_layout(layout: QLayout) -> None:
    """Let Tab visit what can have the focus in the order of the layout."""
    for before, after in pairwise(_focusable(layout)):
        QWidget.setTabOrder(before, after)


def _focusable(layout: QLayout) -> Iterator[QWidget]:
    for place in range(layout.count()):
        item = layout.itemAt(place)
        if item is None:
            continue
        widget, inner = item.widget(), item.layout()
        if inner is not None:
            yield from _focusable(inner)
        if widget is not None:
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                yield widget
            child = widget.layout()
            if child is not None:
                yield from _focusable(child)
