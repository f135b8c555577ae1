"""Colour, type and line tokens: dark, light and projector; and the look of each rule."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QFont, QFontDatabase, QPalette

from landscape.race import labels
from landscape.resources import ASSETS
from landscape.scene import Racer

ThemeName = Literal["dark", "light", "projector"]
Shape = Literal["disc", "square", "triangle", "diamond", "pentagon", "hexagon", "star"]


@dataclass(frozen=True)
class Theme:
    """Tokens of one theme; lengths are in pixels at scale 1."""

    name: ThemeName
    window: str
    card: str
    raised: str
    hairline: str
    text: str
    dim: str
    accent: str
    on_accent: str
    casing: str
    warning: str
    surface: tuple[str, ...]  # low to high loss
    contour: str
    card_edge: str = ""  # colour of the card's outline, if it has one
    font: int = 13
    small: int = 12
    axis: int = 11
    title: int = 17
    trail: float = 3.0
    ball: float = 9.0

    @property
    def is_dark(self) -> bool:
        """Whether text is lighter than its ground."""
        return QColor(self.text).lightness() > QColor(self.window).lightness()


DARK = Theme(
    "dark", "#121417", "#191C21", "#22262D", "#2C313A", "#E8EAED", "#98A1AE", "#6FB1FF", "#0B0D10",
    "#0B0D10", "#FF9D6B",
    ("#1A2230", "#22324A", "#2C4766", "#3D6285", "#5A82A0", "#86A6B8", "#B7C8CF", "#E3E6E4"), "#66FFFFFF",
)  # fmt: skip
LIGHT = Theme(
    "light", "#F4F5F7", "#FFFFFF", "#F0F2F5", "#DADEE5", "#171B22", "#5A6473", "#1B6FD0", "#FFFFFF",
    "#FFFFFF", "#B3440A",
    ("#2E4A6B", "#41668A", "#5E86A6", "#85A6BE", "#ABC3D2", "#CCDBE3", "#E5ECEF", "#F6F8F8"), "#73203247",
)  # fmt: skip
PROJECTOR = Theme(
    "projector", "#FFFFFF", "#FFFFFF", "#F2F4F7", "#B9C0CA", "#000000", "#2F3742", "#0B57B0", "#FFFFFF",
    "#FFFFFF", "#8A3200",
    ("#7E9DBB", "#93AEC8", "#A9C0D4", "#BFD0DF", "#D3DFE9", "#E4ECF2", "#F1F5F8", "#FBFCFD"), "#8C203247",
    card_edge="#B9C0CA", font=15, small=14, axis=17, title=26, trail=5.0, ball=13.0,
)  # fmt: skip
THEMES: dict[str, Theme] = {theme.name: theme for theme in (DARK, LIGHT, PROJECTOR)}


@dataclass(frozen=True)
class Look:
    """How a rule is told apart: letter and shape of its ball, colour, line style."""

    label: str
    shape: Shape
    colour: str
    dash: tuple[float, ...]  # pixels on, off, …; empty for a solid line


_FIRST: dict[str, tuple[Shape, str, str, tuple[float, ...]]] = {
    "gradient_descent": ("disc", "#D55E00", "#C14A00", ()),
    "momentum": ("square", "#56B4E9", "#0072B2", (9, 5)),
    "rmsprop": ("triangle", "#009E73", "#00704F", (2, 5)),
    "adam": ("diamond", "#CC79A7", "#A8417F", (12, 4, 2, 4)),
}
_FURTHER: tuple[tuple[Shape, str, str, tuple[float, ...]], ...] = (
    ("pentagon", "#E69F00", "#8A5A00", (16, 4)),
    ("hexagon", "#4C8FD6", "#004F7C", (5, 4)),
    ("star", "#F0E442", "#6B6200", (14, 3, 2, 3, 2, 3)),
    ("diamond", "#B5A1E5", "#5B3FA8", (20, 6)),
    ("square", "#8FD694", "#2E6B33", (3, 3)),
    ("triangle", "#F2A59D", "#9C2F24", (10, 3, 10, 3, 2, 3)),
    ("disc", "#C9CDD3", "#4A5560", (7, 7)),
)


# Classes of examples: shape and colour, and the colour on a light ground.
_CLASSES: tuple[tuple[Shape, str, str], ...] = (
    ("disc", "#E69F00", "#B87A00"),
    ("square", "#56B4E9", "#1F7FBA"),
    ("triangle", "#CC79A7", "#A8417F"),
    ("diamond", "#009E73", "#00704F"),
    ("pentagon", "#F0E442", "#6B6200"),
    ("hexagon", "#7F8CE0", "#3F4CA8"),
    ("star", "#D55E00", "#B24A00"),
    ("square", "#B7BDC6", "#5A6473"),
    ("triangle", "#8FD694", "#5F8A1E"),
    ("diamond", "#F2A59D", "#9C2F24"),
)


def class_looks(count: int, theme: Theme) -> list[Look]:
    """The looks of the classes of a data set, by their number."""
    places = [_CLASSES[number % len(_CLASSES)] for number in range(count)]
    return [
        Look(str(number), shape, bright if theme.is_dark else strong, ())
        for number, (shape, bright, strong) in enumerate(places)
    ]


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21 (WCAG 2.2).

    >>> contrast("#000000", "#FFFFFF")
    21.0
    """
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(name: str) -> float:
    parts = [float(part or 0) for part in QColor(name).getRgbF()[:3]]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def looks(racers: tuple[Racer, ...], theme: Theme) -> list[Look]:
    """The looks of a scene's rules, in order; the same in every view."""
    keys = [racer.optimizer.key for racer in racers]
    # Shapes that the first of a kind takes are not given to others while there are any left.
    taken = {_FIRST[key][0] for key in keys if key in _FIRST}
    free = [look for look in _FURTHER if look[0] not in taken] + list(_FURTHER)
    result: list[Look] = []
    for place, (key, label) in enumerate(zip(keys, labels(racers), strict=True)):
        first = key in _FIRST and key not in keys[:place]
        shape, colour, strong, dash = _FIRST[key] if first else free.pop(0)
        if not free:
            free = list(_FURTHER)
        pale = theme.name == "projector" or contrast(colour, theme.casing) < 3
        result.append(Look(label, shape, strong if pale else colour, dash))
    return result


@lru_cache(maxsize=32)
def lookup_table(name: str, theme: Theme) -> np.ndarray:
    """256 colours from low to high loss, `(256, 4)` uint8 RGBA."""
    if name == "landscape":
        stops = np.array([QColor(stop).getRgb() for stop in theme.surface], dtype=float)
        place = np.linspace(0, len(stops) - 1, 256)
        channels = [np.interp(place, np.arange(len(stops)), stops[:, c]) for c in range(4)]
        return np.stack(channels, axis=1).round().astype(np.uint8)
    import pyqtgraph as pg

    names = {"cet_l17": "CET-L17", "cet_d1": "CET-D1"}
    table = pg.colormap.get(names.get(name, name)).getLookupTable(nPts=256, alpha=True, mode="byte")
    return np.asarray(table, dtype=np.uint8)


@lru_cache(maxsize=1)
def _family() -> str:
    """The bundled typeface, or the system's where it cannot be loaded."""
    family = ""
    for file in sorted((ASSETS / "fonts").glob("*.otf")):
        number = QFontDatabase.addApplicationFont(str(file))
        if number >= 0 and not family:
            family = QFontDatabase.applicationFontFamilies(number)[0]
    return family or QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()


def font(pixels: float, weight: int = 400) -> QFont:
    """Interface type with tabular digits, so that numbers do not jitter."""
    result = QFont(_family())
    result.setPixelSize(max(round(pixels), 6))
    result.setWeight(QFont.Weight(weight))
    result.setFeature(QFont.Tag("tnum"), 1)
    if weight >= 600:
        result.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 99)
    return result


def palette(theme: Theme) -> QPalette:
    """Qt's palette in our colours."""
    roles = QPalette.ColorRole
    result = QPalette()
    for role, colour in {
        roles.Window: theme.window, roles.WindowText: theme.text, roles.Base: theme.raised,
        roles.AlternateBase: theme.card, roles.Text: theme.text, roles.Button: theme.raised,
        roles.ButtonText: theme.text, roles.Highlight: theme.accent,
        roles.HighlightedText: theme.on_accent, roles.ToolTipBase: theme.raised,
        roles.ToolTipText: theme.text, roles.PlaceholderText: theme.dim, roles.Link: theme.accent,
        roles.Mid: theme.hairline, roles.Light: theme.hairline, roles.Dark: theme.hairline,
    }.items():  # fmt: skip
        result.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.dim))
    return result


def colour_scheme(theme: Theme) -> Qt.ColorScheme:
    """What the platform's own parts (title bar, dialogs) should follow."""
    return Qt.ColorScheme.Dark if theme.is_dark else Qt.ColorScheme.Light


def stylesheet(theme: Theme, type_scale: float = 1.0, control_scale: float = 1.0) -> str:
    """What the palette cannot say: corners, spacing, focus rings; controls grow for a lecture only."""
    plain, small = round(theme.font * control_scale), round(theme.small * control_scale)
    title, caption = round(theme.title * type_scale), round((theme.font + 2) * type_scale)
    arrow = (ASSETS / "icons" / "down.svg").as_posix()
    edge = f"border: 1.5px solid {theme.card_edge};" if theme.card_edge else "border: none;"
    return f"""
    * {{ font-size: {plain}px; }}
    QMainWindow, QDialog {{ background: {theme.window}; }}
    QFrame#card {{ background: {theme.card}; border-radius: 12px; {edge} }}
    QLabel {{ background: transparent; }}
    QLabel#place {{ background: {theme.card}; border-radius: 12px; {edge} }}
    QLabel[kind="title"] {{ font-size: {title}px; font-weight: 600; }}
    QLabel[kind="caption"] {{ font-size: {caption if type_scale > 1 else plain}px; color: {theme.dim}; }}
    QLabel#banner {{ background: {theme.text}; color: {theme.window}; border-radius: 8px; }}
    QLabel#question {{ background: {theme.accent}; color: {theme.on_accent}; border-radius: 14px;
        font-size: {round(1.35 * title)}px; font-weight: 600; }}
    QLabel[kind="heading"] {{ font-size: {small}px; font-weight: 600; color: {theme.dim}; }}
    QLabel[kind="dim"] {{ font-size: {small}px; color: {theme.dim}; }}
    QLabel[kind="warning"] {{ font-size: {small}px; color: {theme.warning}; }}
    QLabel[kind="name"] {{ font-weight: 600; }}
    QLabel[kind="formula"] {{ font-size: {plain}px; }}
    QLabel[kind="link"] {{ font-size: {small}px; color: {theme.text}; padding: 1px 2px; border-radius: 4px; }}
    QLabel[kind="link"]:hover, QLabel[kind="link"]:focus {{ background: {theme.raised}; }}
    QTabWidget::pane {{ border: none; }}
    QTabBar {{ qproperty-drawBase: 0; }}
    QTabBar::tab {{ background: {theme.raised}; color: {theme.text}; border: 1.5px solid transparent;
        border-radius: 7px; padding: 4px 5px; margin: 0 2px 6px 0; font-size: {small}px; }}
    QTabBar::tab:hover, QTabBar::tab:selected {{ background: {theme.hairline}; }}
    QTabBar:focus::tab:selected {{ border-color: {theme.accent}; }}
    QTabBar QToolButton {{ padding: 0; border-radius: 4px; }}
    QListWidget {{ background: {theme.raised}; color: {theme.text}; border: 1.5px solid transparent;
        border-radius: 7px; padding: 2px; font-size: {small}px; outline: none; }}
    QListWidget:focus {{ border-color: {theme.accent}; }}
    QListWidget::item {{ padding: 2px 4px; border-radius: 4px; }}
    QListWidget::item:selected {{ background: {theme.hairline}; color: {theme.text}; }}
    QTableView {{ background: {theme.card}; color: {theme.text}; border: none; outline: none;
        selection-background-color: {theme.hairline}; selection-color: {theme.text}; }}
    QTableView:focus {{ border: 1.5px solid {theme.accent}; border-radius: 7px; }}
    QHeaderView, QHeaderView::section {{ background: {theme.card}; color: {theme.dim}; border: none;
        padding: 3px 4px; font-size: {small}px; }}
    QScrollBar:horizontal {{ background: transparent; height: 8px; margin: 0; }}
    QScrollBar::handle:horizontal {{ background: {theme.hairline}; border-radius: 4px; min-width: 30px; }}
    QPushButton#letter {{ padding: 2px 6px; min-width: 14px; }}
    QPushButton#letter:checked {{ background: {theme.accent}; color: {theme.on_accent}; }}
    QLineEdit, QComboBox, QPushButton, QToolButton {{
        background: {theme.raised}; color: {theme.text}; border: 1.5px solid transparent;
        border-radius: 7px; padding: 4px 8px; min-height: 18px; }}
    QLineEdit {{ selection-background-color: {theme.accent}; selection-color: {theme.on_accent}; }}
    QLineEdit[wrong="true"] {{ border-color: {theme.warning}; }}
    QLineEdit:focus, QComboBox:focus, QPushButton:focus, QToolButton:focus {{ border-color: {theme.accent}; }}
    QPushButton:hover, QToolButton:hover, QComboBox:hover {{ background: {theme.hairline}; }}
    QPushButton:checked, QToolButton:checked {{ background: {theme.hairline}; color: {theme.text}; }}
    QLineEdit:disabled, QComboBox:disabled, QPushButton:disabled, QToolButton:disabled,
    QPushButton#primary:disabled, QPushButton#letter:disabled, QTabBar::tab:disabled {{
        background: transparent; color: {theme.dim}; border-color: {theme.hairline}; }}
    QToolButton#rail {{ background: transparent; color: {theme.dim}; font-size: 11px;
        padding: 2px; border-radius: 10px; }}
    QToolButton#rail:hover, QToolButton#rail:checked {{ background: {theme.raised}; color: {theme.text}; }}
    QPushButton#primary {{ background: {theme.accent}; color: {theme.on_accent}; }}
    QPushButton#primary:focus {{ border-color: {theme.text}; }}
    QPushButton#plain, QToolButton#plain {{
        background: transparent; color: {theme.dim}; padding: 3px 4px; }}
    QPushButton#plain:hover, QToolButton#plain:hover {{ color: {theme.text}; }}
    QToolButton::menu-indicator, QPushButton::menu-indicator {{ image: none; width: 0; }}
    QComboBox::drop-down {{ border: none; width: 20px; }}
    QComboBox::down-arrow {{ image: url({arrow}); width: 12px; height: 12px; }}
    QComboBox QAbstractItemView, QMenu, QListView {{
        background: {theme.card}; color: {theme.text}; border: 1px solid {theme.hairline};
        selection-background-color: {theme.accent}; selection-color: {theme.on_accent}; outline: none; }}
    QMenu {{ border-radius: 6px; padding: 5px; }}
    QMenu::item {{ padding: 5px 22px 5px 12px; border-radius: 4px; }}
    QMenu::item:selected {{ background: {theme.accent}; color: {theme.on_accent}; }}
    QMenu::separator {{ height: 1px; background: {theme.hairline}; margin: 4px 6px; }}
    QToolTip {{ background: {theme.raised}; color: {theme.text}; border: 1px solid {theme.hairline};
        padding: 4px 6px; }}
    QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
    QScrollBar:vertical {{ background: transparent; width: 8px; margin: 0; }}
    QScrollBar::handle:vertical {{ background: {theme.hairline}; border-radius: 4px; min-height: 30px; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; width: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    """
