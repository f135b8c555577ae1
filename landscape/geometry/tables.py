"""Critical points as JSON, for other programs."""

from __future__ import annotations

import json
import math
from typing import Any

from landscape.geometry.critical_points import CriticalPoint, CriticalPoints, Singularity


def as_json(found: CriticalPoints) -> str:
    """The points and the check as JSON text; numbers that do not exist are null.

    Keys: `points` (kind, x, y, loss, eigenvalues, index), `singularities` (the same without eigenvalues),
    `lines` (kind, closed, points), `flat_share`, `index_sum`, `winding_number`, `complete`, `proven`,
    `check` (the sentence).

    >>> from landscape import surfaces
    >>> from landscape.geometry.critical_points import critical_points
    >>> table = json.loads(as_json(critical_points(surfaces["bowl"])))
    >>> table["points"], table["complete"]
    ([{'kind': 'minimum', 'x': 0.0, 'y': 0.0, 'loss': 0.0, 'eigenvalues': [1.0, 1.0], 'index': 1}], True)
    """
    table = {
        "points": [_row(point) for point in found],
        "singularities": [_row(place) for place in found.singularities],
        "lines": [
            {"kind": line.kind, "closed": line.closed, "points": line.points.tolist()} for line in found.lines
        ],
        "flat_share": found.flat_share,
        "index_sum": found.index_sum,
        "winding_number": found.winding_number,
        "complete": found.complete,
        "proven": found.proven,
        "check": found.sentence(),
    }
    return json.dumps(table, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _row(place: CriticalPoint | Singularity) -> dict[str, Any]:
    x, y = place.position.tolist()
    row: dict[str, Any] = {"kind": place.kind, "x": x, "y": y, "loss": _number(place.loss)}
    if isinstance(place, CriticalPoint):
        row["eigenvalues"] = [_number(value) for value in place.eigenvalues.tolist()]
    return {**row, "index": place.index}


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
