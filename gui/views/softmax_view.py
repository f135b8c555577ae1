"""The softmax of one point: logits → exponentials → probabilities, their sums, and the cross-entropy."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen
from PyQt6.QtWidgets import QWidget

from gui.theme import Look, font
from gui.views.canvas import Canvas
from gui.views.marks import shape_path
from landscape.numerals import numeral

# Room for numbers is fixed, so that bars do not jump with their digits.
SHARE, LOGIT, LARGE = "<0.000", "−00.00", "−000000"
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class SoftmaxPicture:
    """What is shown; arrays are `(classes,)`, exponentials scaled by the largest."""

    logits: np.ndarray
    exponentials: np.ndarray
    probabilities: np.ndarray
    cross_entropy: float  # nan where the true class is not known
    true_class: int | None
    temperature: float
    class_names: Sequence[str]
    looks: Sequence[Look]
    where: str


class SoftmaxView(Canvas):
    """One row a class: name, logit, exponential, probability; the sums below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: SoftmaxPicture | None = None
        self._hint = ""
        self.setAccessibleName("Softmax")

    def show_point(self, picture: SoftmaxPicture) -> None:
        """Show the stages at a point."""
        self._picture = picture
        words = [f"{n} {p:.3f}" for n, p in zip(picture.class_names, picture.probabilities, strict=True)]
        if picture.true_class is not None:
            words.append(f"cross-entropy of {picture.class_names[picture.true_class]} {_entropy(picture)}")
        self.setAccessibleDescription(", ".join(words))
        self.update()

    def show_nothing(self, text: str) -> None:
        """Say how to pick a point."""
        self._picture, self._hint = None, text
        self.setAccessibleDescription(text)
        self.update()

    # --- painting ----------------------------------------------------------------------------------

    def paint_still(self, painter: QPainter, area: QRectF) -> None:
        self.card_edge(painter, self.card(painter, area))

    def _unit(self, area: QRectF, rows: int) -> float:
        """The height of the type: smaller where large type would not leave every class its row."""
        wanted = self.theme.axis * self.type_scale
        return max(min(wanted, area.height() / (7.6 + 1.25 * rows), area.width() / 37), 6.0)

    def paint_moving(self, painter: QPainter, area: QRectF) -> None:
        picture = self._picture
        unit = self._unit(area, 0 if picture is None else len(picture.logits))
        inner = area.adjusted(1.2 * unit, 0.6 * unit, -1.2 * unit, -0.7 * unit)
        painter.setFont(font(1.08 * unit))
        painter.setPen(QColor(self.theme.dim))
        head = QRectF(inner.left(), inner.top(), inner.width(), 1.8 * unit)
        if picture is None:
            painter.drawText(head, LEFT, "softmax")
            flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
            painter.drawText(inner.adjusted(2 * unit, 0, -2 * unit, 0), flags, self._hint)
            return
        painter.drawText(head, RIGHT, f"T = {numeral(picture.temperature, 3)}")
        room = inner.width() - 7 * unit
        shown = painter.fontMetrics().elidedText(picture.where, Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(head, LEFT, shown)
        columns = self._columns(picture, inner, unit)
        self._paint_heads(painter, picture, columns, head.bottom(), unit)
        top = head.bottom() + 1.6 * unit
        height = min((inner.bottom() - 3.6 * unit - top) / max(len(picture.logits), 1), 5.0 * unit)
        for place in range(len(picture.logits)):
            row = QRectF(inner.left(), top + place * height, inner.width(), height)
            self._paint_row(painter, picture, place, row, columns, unit)
        self._paint_sums(painter, picture, columns, top + len(picture.logits) * height, unit)
        self._paint_entropy(
            painter,
            picture,
            QRectF(inner.left(), inner.bottom() - 1.7 * unit, inner.width(), 1.7 * unit),
            unit,
        )

    def _columns(self, picture: SoftmaxPicture, inner: QRectF, unit: float) -> list[tuple[float, float]]:
        """Left edge and right edge: name, logit, exponential, probability."""
        metrics = QFontMetricsF(font(unit, 650))
        widest = max((metrics.horizontalAdvance(name) for name in picture.class_names), default=0.0)
        tag = metrics.horizontalAdvance(" true")
        name = min(2.0 * unit + widest + tag, 0.28 * inner.width())
        left, rest, between = inner.left() + name + 0.6 * unit, inner.width() - name - 0.6 * unit, unit
        result = [(inner.left(), inner.left() + name)]
        for begin, end in itertools.pairwise((0.0, 0.31, 0.6, 1.0)):
            result.append((left + begin * rest, left + end * rest - (between if end < 1 else 0)))
        return result

    def _paint_heads(
        self,
        painter: QPainter,
        picture: SoftmaxPicture,
        columns: list[tuple[float, float]],
        top: float,
        unit: float,
    ) -> None:
        exponent = "z" if picture.temperature == 1 else "z/T"
        heads: tuple[list[tuple[str, bool]], ...] = (
            [("logit z", False)],
            [("e", False), (exponent, True)],
            [("p = e", False), (exponent, True), (" ÷ Σ", False)],
        )
        painter.setPen(QColor(self.theme.dim))
        for (_, right), parts in zip(columns[1:], heads, strict=True):
            for text, raised in reversed(parts):
                painter.setFont(font(0.78 * unit if raised else unit))
                width = painter.fontMetrics().horizontalAdvance(text)
                lift = 0.4 * unit if raised else 0.0
                painter.drawText(QRectF(right - width, top - lift, width + 2, 1.5 * unit), LEFT, text)
                right -= width

    def _paint_row(
        self,
        painter: QPainter,
        picture: SoftmaxPicture,
        place: int,
        row: QRectF,
        columns: list[tuple[float, float]],
        unit: float,
    ) -> None:
        look, true = picture.looks[place], place == picture.true_class
        if true:
            ground = QPainterPath()
            ground.addRoundedRect(row.adjusted(-0.5 * unit, 0.5, 0.5 * unit, -0.5), 6, 6)
            painter.fillPath(ground, QColor(self.theme.raised))
        unit = min(unit, 0.86 * row.height())
        painter.save()
        painter.translate(QPointF(row.left() + 0.6 * unit, row.center().y()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.colour))
        painter.drawPath(shape_path(look.shape, 0.42 * unit))
        painter.restore()
        tag = 0.0
        if true:
            painter.setFont(font(unit))
            painter.setPen(QColor(self.theme.accent))
            tag = painter.fontMetrics().horizontalAdvance("true") + 0.4 * unit
            painter.drawText(
                QRectF(row.left(), row.top(), columns[0][1] - row.left(), row.height()), RIGHT, "true"
            )
        painter.setFont(font(unit, 650 if true else 400))
        painter.setPen(QColor(self.theme.text if true else self.theme.dim))
        box = QRectF(
            row.left() + 1.5 * unit, row.top(), columns[0][1] - row.left() - 1.5 * unit - tag, row.height()
        )
        name = picture.class_names[place]
        painter.drawText(
            box,
            LEFT,
            painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(box.width()) + 1),
        )
        painter.setPen(QColor(self.theme.text))
        reach = _reach(picture.logits)
        z, e, p = (
            float(values[place]) for values in (picture.logits, picture.exponentials, picture.probabilities)
        )
        thick = min(0.62 * unit + 0.06 * row.height(), 0.7 * row.height())
        bold = QFontMetricsF(font(unit, 650))
        cells = (
            (_logit(z, reach), LOGIT if reach < 99.995 else LARGE),
            (_share(e), SHARE),
            (_share(p), SHARE),
        )
        for column, ((left, right), (text, widest)) in enumerate(zip(columns[1:], cells, strict=True)):
            width = right - left - bold.horizontalAdvance(widest) - 0.4 * unit
            track = QRectF(left, row.center().y() - thick / 2, max(width, 4.0), thick)
            if column == 0:
                self._paint_signed(painter, track, z / reach, look.colour)
            else:
                self._paint_bar(painter, track, e if column == 1 else p, look.colour)
            painter.drawText(QRectF(left, row.top(), right - left, row.height()), RIGHT, text)

    def _paint_bar(self, painter: QPainter, track: QRectF, share: float, colour: str) -> None:
        """A bar from the left; rounded, as far as it is long enough."""
        self._paint_track(painter, track)
        if math.isfinite(share) and share > 0:
            bar = QRectF(track.left(), track.top(), track.width() * min(share, 1.0), track.height())
            radius = min(track.height() / 2, bar.width() / 2)
            path = QPainterPath()
            path.addRoundedRect(bar, radius, radius)
            painter.fillPath(path, QColor(colour))

    def _paint_signed(self, painter: QPainter, track: QRectF, share: float, colour: str) -> None:
        """A bar from the middle, to either side."""
        self._paint_track(painter, track)
        middle = track.center().x()
        if not math.isnan(share):
            length = track.width() / 2 * min(max(share, -1.0), 1.0)
            bar = QRectF(middle + min(length, 0.0), track.top(), abs(length), track.height())
            painter.fillRect(bar, QColor(colour))
        pen = painter.pen()
        painter.setPen(QPen(QColor(self.theme.dim), 1.2))
        painter.drawLine(QLineF(middle, track.top() - 1.5, middle, track.bottom() + 1.5))
        painter.setPen(pen)

    def _paint_track(self, painter: QPainter, track: QRectF) -> None:
        path = QPainterPath()
        path.addRoundedRect(track, track.height() / 2, track.height() / 2)
        ground = QColor(self.theme.hairline)
        ground.setAlphaF(1.0 if self.theme.is_dark else 0.5)
        painter.fillPath(path, ground)

    def _paint_sums(
        self,
        painter: QPainter,
        picture: SoftmaxPicture,
        columns: list[tuple[float, float]],
        top: float,
        unit: float,
    ) -> None:
        """Below the columns, as under an addition."""
        painter.setFont(font(unit))
        figures = painter.fontMetrics().horizontalAdvance("Σ = 0.000")
        note = QRectF(columns[0][0], top + 0.25 * unit, columns[1][1] - columns[0][0], 1.5 * unit)
        for (_, right), values in zip(
            columns[2:], (picture.exponentials, picture.probabilities), strict=True
        ):
            painter.setPen(QPen(QColor(self.theme.dim), 1))
            painter.drawLine(QLineF(right - figures, top + 0.15 * unit, right, top + 0.15 * unit))
            total = float(np.sum(values))
            painter.setPen(QColor(self.theme.text))
            painter.drawText(
                QRectF(right - 12 * unit, top + 0.25 * unit, 12 * unit, 1.5 * unit), RIGHT,
                f"Σ = {total:.3f}" if math.isfinite(total) else "Σ = –",
            )  # fmt: skip
        painter.setPen(QColor(self.theme.dim))
        painter.drawText(note, LEFT, "e^z scaled by the largest")

    def _paint_entropy(self, painter: QPainter, picture: SoftmaxPicture, line: QRectF, unit: float) -> None:
        if picture.true_class is None:
            return
        p = float(picture.probabilities[picture.true_class])
        painter.setFont(font(1.08 * unit))
        number = _entropy(picture)
        painter.setPen(QColor(self.theme.text))
        painter.drawText(line, RIGHT, number)
        room = line.width() - painter.fontMetrics().horizontalAdvance(number) - 0.5 * unit
        # Where p has been rounded to a bound, its logarithm is not that of the figures shown.
        of = _share(p) if p >= 0.0005 and math.isfinite(p) else "p"
        words = f"cross-entropy of {picture.class_names[picture.true_class]}: −ln {of} ="
        painter.setPen(QColor(self.theme.dim))
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, int(room))
        painter.drawText(QRectF(line.left(), line.top(), room, line.height()), RIGHT, shown)


def _reach(logits: np.ndarray) -> float:
    """The largest size among the logits that are numbers."""
    finite = np.abs(logits[np.isfinite(logits)])
    return max(float(finite.max(initial=0.0)), 1e-9)


def _logit(value: float, reach: float) -> str:
    """With as many decimals for every class, so that the points stand below each other."""
    if not math.isfinite(value):
        return "–" if math.isnan(value) else "∞" if value > 0 else "−∞"
    if reach >= 99_999.5:
        return numeral(value, 2)
    text = f"{value:.{2 if reach < 99.995 else 1 if reach < 999.95 else 0}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def _share(value: float) -> str:
    """A number from 0 to 1; what is there is never written as 0."""
    if not math.isfinite(value):
        return "–"
    return "<0.001" if 0 < value < 0.0005 else f"{value:.3f}"


def _entropy(picture: SoftmaxPicture) -> str:
    value = picture.cross_entropy
    if math.isinf(value):
        return "∞"
    return f"{value:.3f}" if abs(value) < 1000 else numeral(value, 4)
