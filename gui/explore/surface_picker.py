"""The catalogue of surfaces as pictures."""

from __future__ import annotations

from PyQt6.QtCore import QSize
from PyQt6.QtWidgets import QWidget

from gui.widgets.picture_picker import Pick, PicturePicker
from landscape.surface import surfaces

PICTURE = QSize(96, 80)


class SurfacePicker(PicturePicker):
    """Lets the user choose a surface."""

    def __init__(self, parent: QWidget | None = None) -> None:
        picks = (
            Pick(
                key,
                each.title,
                f"{each.title}: {each.teaches}",
                each.source,
                f"{each.formula}\n{each.source}",
            )
            for key, each in surfaces.items()
        )
        super().__init__("Surfaces", picks, PICTURE, parent)
        self.resize(660, 560)
