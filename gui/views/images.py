"""Arrays to Qt images and back: the one place where the two memory layouts meet."""

from __future__ import annotations

import numpy as np
from PyQt6.QtGui import QImage


def coloured_image(heights: np.ndarray, table: np.ndarray) -> QImage:
    """Heights `(ny, nx)` in [0, 1] through a colour table `(256, 4)`; holes (nan) are transparent.

    Rows of the result run downwards, as in images; rows of `heights` run upwards, as y does.
    """
    index = np.nan_to_num(heights * 255, nan=0.0).round().astype(np.uint8)
    pixels = table[index]
    pixels[~np.isfinite(heights)] = 0
    return rgba_image(pixels)


def rgba_image(pixels: np.ndarray) -> QImage:
    """RGBA pixels `(ny, nx, 4)` uint8, whose rows run upwards, as an image."""
    rows, columns = pixels.shape[:2]
    image = QImage(pixels[::-1].tobytes(), columns, rows, 4 * columns, QImage.Format.Format_RGBA8888)
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)  # a copy, quick to draw


def rgba_bytes(image: QImage) -> bytes:
    """An image as rows of red, green, blue, alpha bytes."""
    rgba = image.convertToFormat(QImage.Format.Format_RGBA8888)
    bits = rgba.constBits()
    if bits is None:
        return b""
    return bits.asstring(rgba.sizeInBytes())


def image_pixels(image: QImage) -> np.ndarray:
    """A painted 32-bit picture as `(height, width, 4)`: its own memory, blue, green, red, unused."""
    return np.asarray(_Memory(image))


class _Memory:
    """Keeps a picture alive for as long as an array looks at its memory."""

    def __init__(self, image: QImage) -> None:
        self._image = image
        bits = image.bits()
        assert bits is not None
        self.__array_interface__ = {
            "data": (int(bits), False), "shape": (image.height(), image.width(), 4), "typestr": "|u1",
            "strides": (image.bytesPerLine(), 4, 1), "version": 3,
        }  # fmt: skip
