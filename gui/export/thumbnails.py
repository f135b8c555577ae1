"""Draws the thumbnails of the bundled scenes: `python -m gui.export.thumbnails` after a scene has changed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PIL import Image

from gui.export.lesson_exporter import slide_clip
from landscape.export_plan import Export
from landscape.lesson import Slide
from landscape.movie_codecs import picture_of
from landscape.resources import scene_files, thumbnail_of

SIZE = (256, 144)
DRAWN = Export(
    width=512, height=288, theme="dark", curves=False, caption=False, legend=False
)  # twice as large, since type and lines have a least width


def draw(scene: Path) -> Image.Image:
    """The end of a bundled scene as a small picture."""
    clip = slide_clip(Slide(file=str(scene)), DRAWN)
    for _ in clip.prepare([clip.last]):
        pass
    with clip.reel() as reel:
        picture = picture_of(reel.frame(clip.last))
    return picture.resize(SIZE, Image.Resampling.LANCZOS).quantize(128, dither=Image.Dither.NONE)


def main() -> int:
    """Draw them all."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from gui.export.worker import application_without_window

    application = application_without_window()
    for scene in scene_files():
        target = thumbnail_of(scene)
        target.parent.mkdir(exist_ok=True)
        draw(scene).save(target, optimize=True)
    del application
    return 0


if __name__ == "__main__":
    sys.exit(main())
