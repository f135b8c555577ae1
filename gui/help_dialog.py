"""`?`: the keys, what can be touched, and the notices."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from gui.actions import Action, pretty_key
from gui.widgets.card import label
from landscape import __version__

_POINTER = (
    ("Map", "Click or drag: move the start. Wheel: zoom. Right drag: pan. 0: whole map."),
    (
        "Surface",
        "Drag, or W A S D: turn. Click, or drag the ring: move the start. Wheel, + and −: nearer, farther.",
    ),
    ("Curves", "Click or drag: go to that step."),
    (
        "Plane",
        "Click or drag: pick a point. ↑ and ↓, and Alt with any arrow, move it; Enter draws there while "
        "a class is being drawn.",
    ),
    (
        "Network",
        "Click: choose a unit, or leave it. ↑ and ↓, and Alt with any arrow: another one. Esc: none.",
    ),
    (
        "Confusion",
        "Click: pick an example of a cell. ↑ and ↓, and Alt with any arrow, go over the cells; Enter or "
        "Space picks; Esc leaves the cell.",
    ),
    (
        "Question",
        "Click the map: pin where a ball will end. 1 to 9 and Tab choose the rule, arrows (with Shift: far) "
        "move its pin, Delete takes it away. Space or Page Down: the answer.",
    ),
    ("Magnifier", "Arrows, the mouse or Tab move it; + and −: stronger, weaker. Esc leaves."),
    (
        "Trials",
        "↑ and ↓, and Alt with any arrow, go from one to the next. In the scatter Shift and Alt with arrows "
        "move the brush, with Ctrl they resize it, Esc takes it away. In the table Alt with ← and → chooses "
        "a column, Enter sorts by it, Ctrl+C copies the marked rows.",
    ),
    ("Pictures", "Tab goes from one to the next; ← and → alone are steps and epochs in all of them."),
    ("Fields", "↑ and ↓ step a number; Enter takes it; Esc gives the old one back."),
    ("Window", "Drop a scene or a lesson (.toml) on it to open it."),
)
_NOTICES = (
    f"Landscape {__version__}. Free software under the GNU General Public License, version 3 or later: you "
    "may use, study, share and change it; it comes without any warranty. Built on Qt (LGPL 3) through PyQt6 "
    "(GPL 3), NumPy, SciPy, SymPy, contourpy, pyqtgraph, PyOpenGL, pydantic, Pillow, typer and rich (BSD, "
    "MIT and similar). Type: Inter, by The Inter Project Authors, SIL Open Font License 1.1. Colours of the "
    "rules: Okabe & Ito 2008. Colour maps: viridis, cividis (CC0), CET by Peter Kovesi (CC BY 4.0)."
)


class HelpDialog(QDialog):
    """Shows the table of commands as it is, so that it cannot be out of date."""

    def __init__(self, actions: list[Action], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Keys and help")
        self.resize(760, 600)
        outer = QVBoxLayout(self)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setSpacing(14)
        columns = QHBoxLayout()
        columns.setSpacing(32)
        grids = [QGridLayout(), QGridLayout()]
        for grid in grids:
            grid.setHorizontalSpacing(18)
            grid.setVerticalSpacing(5)
            columns.addLayout(grid)
        menus = list(dict.fromkeys(action.menu for action in actions))
        lines = [0, 0]
        for menu in menus:
            side = 0 if lines[0] <= lines[1] else 1
            grids[side].addWidget(label(menu, "heading"), lines[side], 0)
            lines[side] += 1
            for action in actions:
                if action.menu == menu and action.keys:
                    grids[side].addWidget(label(action.text.rstrip(" …")), lines[side], 0)
                    shown = "  ".join(pretty_key(key) for key in action.keys)
                    grids[side].addWidget(label(shown, "dim"), lines[side], 1)
                    lines[side] += 1
        for side, grid in enumerate(grids):
            grid.setRowStretch(lines[side], 1)
        column.addLayout(columns)
        column.addWidget(label("Pictures and fields", "heading"))
        pointer = QGridLayout()
        pointer.setHorizontalSpacing(18)
        pointer.setColumnStretch(1, 1)
        for row, (what, how) in enumerate(_POINTER):
            pointer.addWidget(label(what, "name"), row, 0, Qt.AlignmentFlag.AlignTop)
            pointer.addWidget(label(how, wrap=True), row, 1)
        column.addLayout(pointer)
        column.addWidget(label("About", "heading"))
        column.addWidget(label(_NOTICES, "dim", wrap=True))
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setAccessibleName("Keys and help")
        scroll.setWidget(content)
        scroll.setWidgetResizable(True)
        outer.addWidget(scroll)
        self._scroll = scroll

    def showEvent(self, event: QShowEvent | None) -> None:
        """As wide as the longest keys need in the type that it has by now."""
        super().showEvent(event)
        content, page = self._scroll.widget(), self._scroll.viewport()
        if content is not None and page is not None:
            for each in content.findChildren(QLabel):
                each.ensurePolished()
            arranged = content.layout()
            assert arranged is not None
            arranged.invalidate()
            arranged.activate()
            more = content.minimumSizeHint().width() - page.width()
            self.resize(self.width() + max(more, 0), self.height())
