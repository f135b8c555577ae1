"""The few icons of the window, drawn as lines in the theme's colour."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

_Draw = Callable[[QPainter], None]


def icon(name: str, colour: str, size: int = 20) -> QIcon:
    """An icon by name, sharp on every screen."""
    result = QIcon()
    for ratio in (1, 2):
        pixmap = QPixmap(size * ratio, size * ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(size * ratio / 20, size * ratio / 20)
        pen = QPen(QColor(colour), 1.7)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        _DRAW[name](painter)
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        result.addPixmap(pixmap)
    return result


def _filled(painter: QPainter, *corners: tuple[float, float]) -> None:
    painter.setBrush(painter.pen().color())
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _lines(painter: QPainter, *lines: tuple[float, float, float, float]) -> None:
    for x1, y1, x2, y2 in lines:
        painter.drawLine(QPointF(x1, y1), QPointF(x2, y2))


def _play(p: QPainter) -> None:
    _filled(p, (7, 5), (15, 10), (7, 15))


def _pause(p: QPainter) -> None:
    p.fillRect(QRectF(6, 5, 2.8, 10), p.pen().color())
    p.fillRect(QRectF(11.2, 5, 2.8, 10), p.pen().color())


def _back(p: QPainter) -> None:
    _filled(p, (12.5, 5.5), (6.5, 10), (12.5, 14.5))


def _forward(p: QPainter) -> None:
    _filled(p, (7.5, 5.5), (13.5, 10), (7.5, 14.5))


def _first(p: QPainter) -> None:
    _filled(p, (14, 5.5), (8, 10), (14, 14.5))
    _lines(p, (6, 5.5, 6, 14.5))


def _last(p: QPainter) -> None:
    _filled(p, (6, 5.5), (12, 10), (6, 14.5))
    _lines(p, (14, 5.5, 14, 14.5))


def _explore(p: QPainter) -> None:
    path = QPainterPath(QPointF(3, 13))
    path.cubicTo(6, 1, 9, 6, 10.5, 11)
    path.cubicTo(12, 17, 14.5, 14, 17, 5)
    p.drawPath(path)


def _train(p: QPainter) -> None:
    for x, y in ((4, 6), (4, 14), (10, 4), (10, 10), (10, 16), (16, 10)):
        p.drawEllipse(QPointF(x, y), 1.6, 1.6)
    _lines(p, (5.7, 6, 8.3, 4.5), (5.6, 13.8, 8.3, 11), (11.6, 5, 14.5, 9), (11.6, 15, 14.5, 11))


def _tune(p: QPainter) -> None:
    p.setBrush(p.pen().color())
    for x, y in ((4, 13), (7, 7), (9, 15), (12, 10), (13, 4), (16, 14), (16.5, 8)):
        p.drawEllipse(QPointF(x, y), 0.9, 0.9)
    p.setBrush(Qt.BrushStyle.NoBrush)


def _lesson(p: QPainter) -> None:
    p.drawRoundedRect(QRectF(3.5, 3.5, 13, 13), 1.5, 1.5)
    _lines(p, (6.5, 7.5, 13.5, 7.5), (6.5, 10.5, 13.5, 10.5), (6.5, 13.5, 10.5, 13.5))


def _menu(p: QPainter) -> None:
    _lines(p, (4, 6, 16, 6), (4, 10, 16, 10), (4, 14, 16, 14))


def _open(p: QPainter) -> None:
    p.drawPolyline(QPolygonF([QPointF(*c) for c in ((3, 15), (3, 5), (8, 5), (10, 7.5), (17, 7.5), (17, 15), (3, 15))]))  # fmt: skip  # noqa: E501


def _save(p: QPainter) -> None:
    _lines(p, (10, 3.5, 10, 12), (6.5, 8.8, 10, 12.2), (13.5, 8.8, 10, 12.2), (4, 16, 16, 16))


def _theme(p: QPainter) -> None:
    p.drawEllipse(QPointF(10, 10), 6.5, 6.5)
    half = QPainterPath(QPointF(10, 3.5))
    half.arcTo(QRectF(3.5, 3.5, 13, 13), 90, 180)
    p.fillPath(half, p.pen().color())


def _help(p: QPainter) -> None:
    path = QPainterPath(QPointF(7, 7.5))
    path.cubicTo(7, 3.5, 13, 3.5, 13, 7.2)
    path.cubicTo(13, 9.6, 10, 9.6, 10, 12.2)
    p.drawPath(path)
    p.drawPoint(QPointF(10, 15.6))


def _lecture(p: QPainter) -> None:
    p.drawRoundedRect(QRectF(3, 4, 14, 9.5), 1.5, 1.5)
    _lines(p, (10, 13.5, 10, 16.5), (6.5, 16.5, 13.5, 16.5))


def _more(p: QPainter) -> None:
    p.drawPolyline(QPolygonF([QPointF(8, 6), QPointF(12, 10), QPointF(8, 14)]))


def _less(p: QPainter) -> None:
    p.drawPolyline(QPolygonF([QPointF(6, 8), QPointF(10, 12), QPointF(14, 8)]))


_DRAW: dict[str, _Draw] = {
    "play": _play, "pause": _pause, "back": _back, "forward": _forward, "first": _first, "last": _last,
    "explore": _explore, "train": _train, "tune": _tune, "lesson": _lesson, "menu": _menu, "open": _open,
    "save": _save, "theme": _theme, "help": _help, "lecture": _lecture, "more": _more, "less": _less,
}  # fmt: skip
