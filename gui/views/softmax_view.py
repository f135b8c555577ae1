"""The softmax of one point: logits → exponentials → probabilities, their sum, and the cross-entropy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen
from PyQt6.QtWidgets import QWidget

from gui.theme import Look, font
from gui.views.canvas import Canvas
from gui.views.marks import shape_path
from landscape.numerals import numeral


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
    """One row a class."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: SoftmaxPicture | None = None
        self._hint = ""
        self.setAccessibleName("Softmax")

    def show_point(self, picture: SoftmaxPicture) -> None:
        """Show the stages at a point."""
        self._picture = picture
        words = (f"{n} {p:.3f}" for n, p in zip(picture.class_names, picture.probabilities, strict=True))
        self.setAccessibleDescription(", ".join(words))
        self.update()

    def show_nothing(self, text: str) -> None:
        """Say how to pick a point."""
        self._picture, self._hint = None, text
        self.update()

    def paint_still(self, painter: QPainter, area: QRectF) -> None:
        outline = self.card(painter, area)
        if self.theme.card_edge:
            painter.setPen(QPen(QColor(self.theme.card_edge), 1.5))
            painter.drawPath(outline)

    def paint_moving(self, painter: QPainter, area: QRectF) -> None:
        unit = self.theme.axis * self.type_scale
        inner = area.adjusted(1.2 * unit, 0.6 * unit, -1.2 * unit, -0.8 * unit)
        painter.setFont(font(1.08 * unit))
        painter.setPen(QColor(self.theme.dim))
        head = QRectF(inner.left(), inner.top(), inner.width(), 1.8 * unit)
        picture = self._picture
        if picture is None:
            painter.drawText(head, Qt.AlignmentFlag.AlignVCenter, "softmax")
            flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
            painter.drawText(inner, flags, self._hint)
            return
        painter.drawText(head, Qt.AlignmentFlag.AlignVCenter, picture.where)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        columns = self._columns(inner, unit)
        painter.setFont(font(unit))
        heads = (
            "",
            "logit z",
            "e^z" if picture.temperature == 1 else f"e^(z/{picture.temperature:g})",
            "probability",
        )
        for (left, width), text in zip(columns, heads, strict=True):
            painter.drawText(QRectF(left, head.bottom(), width, 1.5 * unit), right, text)
        top = head.bottom() + 1.7 * unit
        height = min((inner.bottom() - 2.6 * unit - top) / max(len(picture.logits), 1), 3.2 * unit)
        for place in range(len(picture.logits)):
            self._paint_row(
                painter, picture, place, QRectF(inner.left(), top + place * height, inner.width(), height)
            )
        painter.setFont(font(1.08 * unit))
        line = QRectF(inner.left(), inner.bottom() - 1.8 * unit, inner.width(), 1.8 * unit)
        painter.setPen(QColor(self.theme.dim))
        total = float(picture.probabilities.sum())
        painter.drawText(
            line, Qt.AlignmentFlag.AlignVCenter, f"e^z is scaled by its largest   Σ p = {total:.3f}"
        )
        if picture.true_class is not None:
            painter.setPen(QColor(self.theme.text))
            entropy = numeral(picture.cross_entropy, 3)
            painter.drawText(line, right, f"cross-entropy −ln p = {entropy}")

    def _columns(self, inner: QRectF, unit: float) -> list[tuple[float, float]]:
        """Left edge and width: name, logit, exponential, probability."""
        name = min(9 * unit, 0.24 * inner.width())
        logit, exponential = 0.2 * inner.width(), 0.2 * inner.width()
        edges = [inner.left(), inner.left() + name, inner.left() + name + logit]
        edges.append(edges[-1] + exponential)
        return [
            (left, end - left - 0.6 * unit)
            for left, end in zip(edges, [*edges[1:], inner.right()], strict=True)
        ]

    def _paint_row(self, painter: QPainter, picture: SoftmaxPicture, place: int, row: QRectF) -> None:
        unit = min(self.theme.axis * self.type_scale, 0.75 * row.height())
        columns = self._columns(row, self.theme.axis * self.type_scale)
        look, true = picture.looks[place], place == picture.true_class
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.save()
        painter.translate(QPointF(row.left() + 0.6 * unit, row.center().y()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.colour))
        painter.drawPath(shape_path(look.shape, 0.42 * unit))
        painter.restore()
        painter.setFont(font(unit, 650 if true else 400))
        painter.setPen(QColor(self.theme.text if true else self.theme.dim))
        left, width = columns[0]
        box = QRectF(left + 1.5 * unit, row.top(), width - 1.5 * unit, row.height())
        words = picture.class_names[place] + (" ✓" if true else "")
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setPen(QColor(self.theme.text))
        values = (picture.logits[place], picture.exponentials[place], picture.probabilities[place])
        reach = max(float(np.abs(np.nan_to_num(picture.logits)).max()), 1e-9)
        for (left, width), value, kind in zip(columns[1:], values, ("z", "e", "p"), strict=True):
            figures = 4.4 * unit
            track = QRectF(left, row.center().y() - 0.28 * unit, max(width - figures, 4), 0.56 * unit)
            painter.fillRect(track, QColor(self.theme.hairline))
            if math.isfinite(value):
                bar = QRectF(track)
                if kind == "z":  # from the middle, to either side
                    half = track.width() / 2
                    length = half * float(value) / reach
                    bar.setLeft(track.center().x() + min(length, 0))
                    bar.setWidth(abs(length))
                else:
                    bar.setWidth(track.width() * float(value))
                painter.fillRect(bar, QColor(look.colour))
            text = (
                "–"
                if not math.isfinite(value)
                else f"{value:.3f}"
                if kind != "z"
                else numeral(float(value), 3)
            )
            painter.drawText(QRectF(left, row.top(), width, row.height()), right, text)
        if true:
            painter.setPen(QPen(QColor(self.theme.accent), 1.2))
            painter.drawLine(QPointF(row.left(), row.bottom() - 1), QPointF(row.right(), row.bottom() - 1))
