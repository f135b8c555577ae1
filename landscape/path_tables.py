"""The paths of a race as tables for others to use: CSV, or NumPy's NPZ; every number exact."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping

import numpy as np

from landscape.descent import Path


def named(pairs: Iterable[tuple[str, Path]]) -> dict[str, Path]:
    """Paths by the key of their rule; the second of a rule has _2 behind it.

    >>> list(named([("adam", None), ("momentum", None), ("adam", None)]))
    ['adam', 'momentum', 'adam_2']
    """
    found: dict[str, Path] = {}
    for key, path in pairs:
        name, copy = key, 2
        while name in found:
            name, copy = f"{key}_{copy}", copy + 1
        found[name] = path
    return found


def as_csv(paths: Mapping[str, Path]) -> str:
    """Every step of every path, with 17 significant digits: enough to restore each number exactly."""
    lines = ["optimizer,step,x,y,loss"]
    for name, path in paths.items():
        for step in range(path.last + 1):
            x, y = path.points[step]
            lines.append(f"{name},{step},{x:.17g},{y:.17g},{path.losses[step]:.17g}")
    return "\n".join(lines) + "\n"


def as_npz(paths: Mapping[str, Path]) -> bytes:
    """The same as five arrays of one length: `optimizer`, `step`, `x`, `y`, `loss`."""
    ends = [path.last + 1 for path in paths.values()]
    points = np.concatenate([path.points[:end] for path, end in zip(paths.values(), ends, strict=True)])
    losses = np.concatenate([path.losses[:end] for path, end in zip(paths.values(), ends, strict=True)])
    steps = np.concatenate([np.arange(end) for end in ends])
    content = io.BytesIO()
    np.savez_compressed(
        content,
        optimizer=np.repeat(list(paths), ends),
        step=steps,
        x=points[:, 0],
        y=points[:, 1],
        loss=losses,
    )
    return content.getvalue()
