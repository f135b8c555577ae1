"""Class probabilities and responses over a plane as colours, and the lines between regions: arrays only."""

from __future__ import annotations

from typing import Any

import numpy as np
from PyQt6.QtGui import QColor

from gui.theme import Theme, class_looks

LEAST = 1e-38  # below it single precision has nothing but zero


def region_shades(probabilities: np.ndarray, theme: Theme) -> np.ndarray:
    """Probabilities `(ny, nx, classes)` as muted RGBA `(ny, nx, 4)` uint8, greyed where two come close.

    A place whose probabilities are not numbers has the card's colour: nothing is claimed of it.
    """
    classes = probabilities.shape[2]
    good = np.isfinite(probabilities).all(axis=2)
    shares = np.clip(np.nan_to_num(probabilities.astype(np.float32), posinf=0, neginf=0), 0, 1)
    table = np.array([_rgb(look.colour) for look in class_looks(classes, theme)])
    best = np.partition(shares, max(classes - 2, 0), axis=2)[..., -2:]
    margin = best[..., -1] - best[..., 0]
    if theme.is_dark:
        strength, edge = 0.1 + 0.54 * margin**0.7, _rgb(theme.casing)
    else:  # grey between regions: a fade to white would vanish on white
        strength, edge = 0.12 + 0.5 * margin**0.7, 0.55 * _rgb(theme.card) + 0.45 * _rgb(theme.hairline)
        # What is left of the colours is mixed with the card, so that the points stay the brightest.
        table = 0.82 * table + 0.18 * _rgb(theme.card)
    colour = strength[..., None] * (shares @ table - edge) + edge
    return _opaque(colour, good, theme)


def response_shades(values: np.ndarray, theme: Theme) -> np.ndarray:
    """One unit's response `(ny, nx)` as quiet RGBA `(ny, nx, 4)` uint8.

    Values of one sign run through the colours of the map. Those of both signs run from the card's colour
    at 0 to the accent above and the colour of warnings below, so that the sign is seen.
    """
    good = np.isfinite(values)
    some = values[good]
    low, high = (float(some.min()), float(some.max())) if some.size else (0.0, 0.0)
    filled = np.where(good, values, low).astype(np.float64)
    reach = max(-low, high)
    if low < 0 < high and min(-low, high) > 0.02 * reach:
        stops = np.array([_rgb(theme.warning), _rgb(theme.card), _rgb(theme.accent)])
        stops[[0, 2]] = 0.75 * stops[[0, 2]] + 0.25 * stops[1]
        place = 1 + filled / reach
    else:
        stops = np.array([_rgb(stop) for stop in theme.surface])
        flat = high - low <= 1e-9 * max(abs(low), abs(high))  # the same everywhere
        place = np.zeros_like(filled) if flat else (filled - low) / (high - low) * (len(stops) - 1)
    at = np.arange(len(stops))
    colour = np.stack([np.interp(place, at, stops[:, channel]) for channel in range(3)], axis=-1)
    return _opaque(colour, good, theme)


def borders(probabilities: np.ndarray) -> np.ndarray:
    """Where the two best classes are equal: `(n, 2)` in cells of the grid, nan between lines."""
    from contourpy import LineType, contour_generator

    classes = probabilities.shape[2]
    if min(probabilities.shape[:2]) < 2 or classes < 2:
        return np.empty((0, 2))
    good = np.isfinite(probabilities).all(axis=2)
    if not good.any():
        return np.empty((0, 2))
    # Differences of logarithms are those of the logits: smooth even where probabilities jump from 0 to 1.
    logs = np.log(np.maximum(np.where(good[..., None], probabilities, 1.0), LEAST))
    best = logs.argmax(axis=2)
    second, first = np.moveaxis(np.partition(logs, classes - 2, axis=2)[..., -2:], 2, 0)
    lines = []
    for number in range(classes - 1):  # every border has one of these at a side
        mine = best == number
        if not mine.any() or mine.all():
            continue
        ahead = logs[..., number] - np.where(mine, second, first)
        ahead[~good] = np.nan
        generator = contour_generator(z=ahead, line_type=LineType.ChunkCombinedNan)
        found = generator.lines(0.0)[0][0]
        if found is not None:
            lines += [found, np.full((1, 2), np.nan)]
    return np.concatenate(lines) if lines else np.empty((0, 2))


def between(one: str, other: str, share: float) -> QColor:
    """The colour this far on the way from one to the other."""
    pairs = zip(QColor(one).getRgb()[:3], QColor(other).getRgb()[:3], strict=True)
    red, green, blue = (round((1 - share) * a + share * b) for a, b in pairs)
    return QColor(red, green, blue)


def _opaque(colour: np.ndarray, good: np.ndarray, theme: Theme) -> np.ndarray:
    pixels = np.empty((*colour.shape[:2], 4), np.uint8)
    pixels[..., :3] = np.clip(np.where(good[..., None], colour, _rgb(theme.card)), 0, 255).round()
    pixels[..., 3] = 255
    return pixels


def _rgb(name: str) -> Any:
    return np.array(QColor(name).getRgb()[:3], dtype=np.float32)
