"""What an export will look like, at any of its moments: the same frames, drawn small."""

from __future__ import annotations

import time
from dataclasses import replace

from PyQt6.QtCore import QPoint, QRect, QSize, Qt, QTimer
from PyQt6.QtGui import QImage, QPainter, QPaintEvent, QPalette, QPixmap, QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QSlider, QVBoxLayout, QWidget

from gui.export.clip import Clip
from gui.views.film_frame import Reel
from gui.widgets.card import label
from landscape.errors import LandscapeError
from landscape.export_plan import Export
from landscape.movie import Frame

MOMENTS = 240  # of the slider
PLAY_MILLISECONDS = 40


def preview_steps(last: int, also: int | None = None) -> list[int]:
    """The steps that can be looked at: all, or some of them that are spread evenly, and one more.

    >>> preview_steps(3), len(preview_steps(10_000, 77))
    ([0, 1, 2, 3], 242)
    """
    count = min(MOMENTS, last)
    spread = {round(k * last / count) for k in range(count + 1)}
    return sorted(spread if also is None else spread | {min(also, last)})


class Picture(QWidget):
    """A picture in the middle, or a sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.pixmap = QPixmap()
        self.words = ""
        self.setMinimumSize(320, 240)
        self.setAccessibleName("Preview")

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        if self.words or self.pixmap.isNull():
            flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
            painter.drawText(self.rect().adjusted(20, 20, -20, -20), flags, self.words)
        else:
            size = self.pixmap.size() / self.pixmap.devicePixelRatio()
            place = QRect(QPoint(0, 0), size)
            place.moveCenter(self.rect().center())
            painter.drawPixmap(place.topLeft(), self.pixmap)
            painter.setPen(self.palette().color(QPalette.ColorRole.Mid))  # where the picture ends
            painter.drawRect(place.adjusted(0, 0, -1, -1))
        painter.end()


class Preview(QWidget):
    """Shows a prepared clip; the slider goes through its time."""

    def __init__(self) -> None:
        super().__init__()
        self.picture = Picture()
        self.time = QSlider(Qt.Orientation.Horizontal)
        self.time.setAccessibleName("Moment of the preview")
        self.play = QPushButton("Play")
        self.play.setCheckable(True)
        self.where = label("", "dim")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.picture, 1)
        row = QHBoxLayout()
        row.addWidget(self.play)
        row.addWidget(self.time, 1)
        row.addWidget(self.where)
        column.addLayout(row)
        self._clip: Clip | None = None
        self._reel: Reel | None = None
        self._drawn_for: tuple[Export, bool] | None = None
        self._steps: list[int] = []
        self._still = False
        self._began = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(PLAY_MILLISECONDS)
        self._timer.timeout.connect(self._advance)
        self.play.toggled.connect(self._set_playing)
        self.time.valueChanged.connect(lambda _: self._draw())

    @property
    def step(self) -> int:
        """The step, epoch or trial that is shown."""
        assert self._clip is not None
        if self._still:
            return self._steps[self.time.value()]
        return self._nearest(self._clip.moment(self._frame)[0])

    def _nearest(self, step: int) -> int:
        """The step nearest to this one that has been prepared."""
        return min(self._steps, key=lambda other: (abs(other - step), other))

    @property
    def _frame(self) -> int:
        """The frame of the movie that the slider stands at."""
        assert self._clip is not None
        return round(self.time.value() / MOMENTS * (self._clip.frames - 1))

    def say(self, words: str) -> None:
        """Show a sentence in place of the picture."""
        self.picture.words = words
        self.picture.update()

    def show_clip(self, clip: Clip, step: int | None, still: bool) -> None:
        """Show this clip, prepared for its `preview_steps`, at a step, or at its end.

        Parameters
        ----------
        still : the slider goes through the steps, and not through the time of a movie
        """
        self._close_reel()
        self._clip, self._still = clip, still
        self._steps = preview_steps(clip.last, step)
        self._go_to(clip.last if step is None else step)
        self.say("")
        self._draw()

    def show_export(self, export: Export, still: bool) -> None:
        """Show the same clip with other settings."""
        if self._clip is None:
            return
        step = self.step
        self._clip = self._clip.with_export(export)
        if still != self._still:
            self._still = still
            self._go_to(step)
        self._draw()

    def _go_to(self, step: int) -> None:
        """Put the slider where this step is."""
        clip = self._clip
        assert clip is not None
        if self._still:
            length, place = len(self._steps) - 1, self._steps.index(self._nearest(step))
        else:
            frame = clip.asking + (clip.export.moving(clip.last) - 1) * step / max(clip.last, 1)
            length, place = MOMENTS, round(MOMENTS * frame / max(clip.frames - 1, 1))
        self.play.setVisible(not self._still)
        self.time.blockSignals(True)
        self.time.setRange(0, length)
        self.time.setValue(place)
        self.time.blockSignals(False)

    def close_clip(self) -> None:
        """Let go of the views."""
        self.play.setChecked(False)
        self._close_reel()
        self._clip = None

    def _close_reel(self) -> None:
        if self._reel is not None:
            self._reel.sheet.close()
        self._reel, self._drawn_for = None, None

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._draw()

    def _draw(self) -> None:
        clip = self._clip
        if clip is None or self.picture.words:
            return
        small = _small(clip.export, self.picture.size() * self.devicePixelRatioF())
        frame = 0 if self._still else self._frame
        wanted = (small, frame < clip.asking and not self._still)
        try:
            if self._reel is None or self._drawn_for != wanted:
                self._close_reel()
                self._reel, self._drawn_for = clip.open(*wanted), wanted
            pixels = self._reel.frame(self.step, clip.moment(frame)[1])
        except LandscapeError as error:
            self.say(str(error))
            return
        self.picture.pixmap = pixmap_of(pixels, self.devicePixelRatioF())
        self.picture.update()
        rate = clip.export.fps
        when = "" if self._still else f"{frame / rate:.1f} of {clip.frames / rate:.1f} s · "
        self.where.setText(f"{when}{clip.unit} {self.step}")

    def _set_playing(self, on: bool) -> None:
        self.play.setText("Pause" if on else "Play")
        if on and self._clip is not None:
            if self.time.value() == MOMENTS:
                self.time.setValue(0)
            self._began = time.monotonic() - self.time.value() / MOMENTS * self._seconds
            self._timer.start()
        else:
            self._timer.stop()

    @property
    def _seconds(self) -> float:
        assert self._clip is not None
        return self._clip.frames / self._clip.export.fps

    def _advance(self) -> None:
        now = int(MOMENTS * (time.monotonic() - self._began) / self._seconds)
        self.time.setValue(min(now, MOMENTS))
        if now >= MOMENTS:
            self.play.setChecked(False)


def _small(export: Export, room: QSize) -> Export:
    """The export as large as there is room for."""
    share = min(room.width() / export.width, room.height() / export.height, 1.0)
    return replace(
        export, width=max(round(export.width * share), 64), height=max(round(export.height * share), 64)
    )


def pixmap_of(pixels: Frame, ratio: float) -> QPixmap:
    """A frame of a film as a picture on the screen."""
    height, width = pixels.shape[:2]
    image = QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGB32)
    pixmap = QPixmap.fromImage(image.copy())  # else it goes on reading what has been freed by then
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
