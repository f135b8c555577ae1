"""A line for each rule: whose turn it is to be predicted, and afterwards how far off the pin was."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFontMetricsF, QIcon, QPainter, QPixmap
from PyQt6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QWidget

from gui.theme import DARK, Look, Theme, font
from gui.views.marks import draw_ball
from gui.widgets.card import Card

ROUND_WORDS = 40  # pixels of a button beside its words and its ball
LEGIBLE = 0.85  # of the type's size: before it would be smaller, names are left out
FEW = 4  # lines that go into two columns, more take three


@dataclass(frozen=True)
class Line:
    """What is said of a rule; `index` is its place among the scene's optimizers."""

    index: int
    look: Look
    title: str
    words: str
    is_chosen: bool

    @property
    def sentence(self) -> str:
        """The words with the rule's name."""
        return f"{self.title}: {self.words}"


class PredictionPanel(Card):
    """Signals: chosen(index) : this rule shall be predicted."""

    chosen = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.body.setContentsMargins(10, 6, 10, 6)
        self._grid = QGridLayout()
        self._grid.setSpacing(4)
        self.body.addLayout(self._grid)
        self.buttons: list[QPushButton] = []
        self._lines: list[Line] = []
        self._theme = DARK
        self._pixels = float(DARK.font)
        self.hide()

    def set_theme(self, theme: Theme, type_scale: float) -> None:
        """Show them in these tokens."""
        self._theme, self._pixels = theme, (theme.font + 2 * (type_scale > 1)) * type_scale
        lines, self._lines = self._lines, []
        self.show_lines(lines)

    def show_lines(self, lines: list[Line]) -> None:
        """Show these, in order."""
        if lines == self._lines:
            return
        if len(lines) != len(self.buttons):
            self._rebuild(len(lines))
        self._lines = lines
        self._fit()
        for number, (button, line) in enumerate(zip(self.buttons, lines, strict=True), 1):
            button.setAccessibleName(line.sentence)
            button.setToolTip(f"{line.sentence} ({number})" if number < 10 else line.sentence)
            button.setChecked(line.is_chosen)

    def resizeEvent(self, event: object) -> None:
        self._fit()

    def _fit(self) -> None:
        """All lines in the same type, without names or smaller where one would not be seen to its end."""
        columns = min(_columns(len(self.buttons)), max(len(self.buttons), 1))
        metrics = QFontMetricsF(font(self._pixels))
        room = self.width() / columns - 1.3 * self._pixels - ROUND_WORDS

        def share(texts: list[str]) -> float:
            widest = max(map(metrics.horizontalAdvance, texts), default=0.0)
            return min(max(room / max(widest, 1.0), 0.6), 1.0)

        texts = [line.sentence for line in self._lines]
        if share(texts) < LEGIBLE:  # the ball beside the words has the rule's letter, too
            texts = [line.words for line in self._lines]
        pixels = self._pixels * share(texts)
        side = round(1.3 * pixels)
        for button, line, text in zip(self.buttons, self._lines, texts, strict=True):
            button.setText(text)
            button.setStyleSheet(f"text-align: left; font-size: {int(pixels)}px;")
            button.setIconSize(QSize(side, side))
            button.setIcon(QIcon(_ball(line.look, self._theme, side, self.devicePixelRatioF())))

    def _rebuild(self, count: int) -> None:
        for button in self.buttons:
            self._grid.removeWidget(button)
            button.hide()
            button.deleteLater()
        columns = _columns(count)
        self.buttons = []
        for place in range(count):
            button = QPushButton()
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a click, arrow keys still move the pin
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _, place=place: self._clicked(place))
            self._grid.addWidget(button, place // columns, place % columns)
            self.buttons.append(button)

    def _clicked(self, place: int) -> None:
        line = self._lines[place]
        self.buttons[place].setChecked(line.is_chosen)  # what is chosen is shown when it is
        self.chosen.emit(line.index)


def _columns(count: int) -> int:
    return 2 if count <= FEW else 3


def _ball(look: Look, theme: Theme, side: int, ratio: float) -> QPixmap:
    picture = QPixmap(QSize(side, side) * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw_ball(painter, QPointF(side / 2, side / 2), look, theme, 0.38 * side)
    painter.end()
    return picture
