"""Play, pause, step, scrub, speed, loop."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QEvent, QSize, Qt, QTimer
from PyQt6.QtGui import QCursor, QResizeEvent
from PyQt6.QtWidgets import (
    QComboBox,
    QFrame,
    QGraphicsOpacityEffect,
    QHBoxLayout,
    QPushButton,
    QWidget,
)

from gui.theme import Theme
from gui.widgets.card import label
from gui.widgets.icons import icon
from gui.widgets.playback import SPEEDS, Playback
from gui.widgets.sliders import Slider
from landscape.numerals import plain_numeral

WATCH_MS, FADE_MS = 400, 3000


class Transport(QFrame):
    """A row of controls over a `Playback`, which counts in `unit`s."""

    def __init__(self, playback: Playback, unit: str = "step", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._playback = playback
        self._theme: Theme | None = None
        self._prefix = "" if unit == "step" else f"{unit} "
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        self._first = self._button("first", "To the start (Home)", lambda: playback.go_to(0))
        self._back = self._button("back", f"One {unit} back (←)", lambda: playback.move(-1))
        self.play = self._button("play", "Play or pause (Space)", playback.toggle)
        self.play.setObjectName("primary")
        self._forward = self._button("forward", f"One {unit} forward (→)", lambda: playback.move(1))
        self._last = self._button("last", "To the end (End)", lambda: playback.go_to(playback.length))
        self.slider = Slider(unit.capitalize())
        self._count = label("0 / 0")
        self._count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._count.setMinimumWidth(92 if unit == "step" else 120)
        self.speed = QComboBox()
        self.speed.setAccessibleName("Speed")
        self.speed.setToolTip("Speed")
        for speed in SPEEDS:
            self.speed.addItem(f"{plain_numeral(speed)}×", speed)
        self.speed.setCurrentIndex(SPEEDS.index(1.0))
        self.loop = QPushButton("Loop")
        self.loop.setCheckable(True)
        self.loop.setChecked(playback.loop)
        self.loop.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.loop.setToolTip("Begin again after the end")
        for widget in (self._first, self._back, self.play, self._forward, self._last):
            row.addWidget(widget)
        row.addWidget(self.slider, 1)
        row.addWidget(self._count)
        row.addWidget(self.speed)
        row.addWidget(self.loop)
        # Left out in this order where there is not room for all; their keys still work.
        self._spare = (self.loop, self.speed, self._first, self._last, self._back, self._forward)

        self._fade = QGraphicsOpacityEffect(self)
        self._fade.setOpacity(1.0)
        self.setGraphicsEffect(self._fade)
        self._pointer, self._still_for = QCursor.pos(), 0
        self._watch = QTimer(self)
        self._watch.setInterval(WATCH_MS)
        self._watch.timeout.connect(self._look_at_pointer)
        self.slider.placeEdited.connect(self._scrubbed)
        self.speed.currentIndexChanged.connect(self._speed_chosen)
        self.loop.toggled.connect(self._loop_chosen)
        playback.stepChanged.connect(self._show)
        playback.playingChanged.connect(self._show_playing)
        playback.lengthChanged.connect(self._show_length)
        self._show_length(playback.length)

    def add(self, *widgets: QWidget) -> None:
        """More at the right end."""
        row = self.layout()
        assert row is not None
        for widget in widgets:
            row.addWidget(widget)

    def minimumSizeHint(self) -> QSize:
        """Without what can be left out."""
        hint = super().minimumSizeHint()
        shown = [widget for widget in self._spare if not widget.isHidden()]
        return QSize(hint.width() - sum(self._width_of(widget) for widget in shown), hint.height())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._leave_out()

    def event(self, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.LayoutRequest:  # type, or words, have grown
            self._leave_out()
        return super().event(event)

    def _leave_out(self) -> None:
        """Show as much as there is room for."""
        room = self.width() - self.minimumSizeHint().width()
        for widget in reversed(self._spare):
            room -= self._width_of(widget)
            widget.setHidden(room < 0)

    def _width_of(self, widget: QWidget) -> int:
        row = self.layout()
        return widget.minimumSizeHint().width() + (row.spacing() if row is not None else 0)

    def set_theme(self, theme: Theme) -> None:
        """Icons in the theme's colours."""
        self._theme = theme
        for button, name in ((self._first, "first"), (self._back, "back"), (self._forward, "forward"),
                             (self._last, "last")):  # fmt: skip
            button.setIcon(icon(name, theme.text))
        self._show_playing(self._playback.playing)

    def set_fading(self, on: bool) -> None:
        """For a lecture: be gone while nobody moves the pointer."""
        self._pointer, self._still_for = QCursor.pos(), 0
        self._fade.setOpacity(1.0)
        self._watch.start() if on else self._watch.stop()

    def _look_at_pointer(self) -> None:
        pointer = QCursor.pos()
        self._still_for = 0 if pointer != self._pointer else self._still_for + 1
        self._pointer = pointer
        self._fade.setOpacity(0.0 if self._still_for * WATCH_MS > FADE_MS else 1.0)

    def _button(self, name: str, help_text: str, on_click: Callable[[], None]) -> QPushButton:
        button = QPushButton()
        button.setToolTip(help_text)
        button.setAccessibleName(help_text.split(" (")[0])
        button.setIconSize(QSize(20, 20))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a click, arrow keys still step the race
        button.clicked.connect(on_click)
        return button

    def _scrubbed(self, place: float) -> None:
        self._playback.pause()
        self._playback.go_to(round(place * self._playback.length))

    def _speed_chosen(self) -> None:
        self._playback.speed = float(self.speed.currentData())

    def _loop_chosen(self, loop: bool) -> None:
        self._playback.loop = loop

    def _show(self, step: int) -> None:
        self._count.setText(f"{self._prefix}{step} / {self._playback.length}")
        self.slider.show_place(step / max(self._playback.length, 1))

    def _show_length(self, length: int) -> None:
        self.slider.setRange(0, max(length, 1))
        self.slider.setSingleStep(1)
        self.slider.setPageStep(max(length // 10, 1))
        self._show(self._playback.step)

    def _show_playing(self, playing: bool) -> None:
        if self._theme is not None:
            self.play.setIcon(icon("pause" if playing else "play", self._theme.on_accent))
