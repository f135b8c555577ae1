"""Around the scatter of a search: places within cells, words that fit, names of its rounds."""

from __future__ import annotations

from typing import Any

import numpy as np
from PyQt6.QtCore import QRectF
from searches import drawn

from gui.theme import font
from gui.tune.plane_frame import count_words, fitting, spread
from gui.tune.round_boxes import place_names
from gui.tune.upright_axis import UprightAxis
from landscape.tuning.space import Space

SPACE = Space().dimensions
BATCH, LAYERS = SPACE[2], SPACE[4]


def test_trials_in_a_common_cell_lie_apart_within_it() -> None:
    columns, axes = drawn(3000), (UprightAxis("batch_size", BATCH), UprightAxis("layers", LAYERS))
    places = spread(axes, columns)
    for axis, own in zip(axes, places.T, strict=True):
        off = own - columns.place(axis.name)
        assert np.abs(off).max() < 0.5 / (axis.dimension.count or 1)  # the place is the middle of the cell
    assert len(np.unique(places.round(9), axis=0)) == len(columns)
    cell = (places[:, 0] < 0.2) & (places[:, 1] < 1 / 3)
    assert cell.sum() > 100
    assert abs(np.corrcoef(places[cell].T)[0, 1]) < 0.3  # all over the cell, not along a line
    assert (spread(axes, drawn(40)) == places[:40]).all()  # where a trial lies does not change as others come


def test_the_grids_few_values_are_said_even_where_room_is_short(qtbot: Any) -> None:
    words = ["; ".join(pair) for pair in count_words(256, "α", 3)]
    assert words[0] == "256 different values of α; a grid: 3"
    assert all(text.startswith("256") and text.endswith("a grid: 3") for text in words)
    assert fitting(font(11), words, 1e4) == words[0]
    assert fitting(font(11), words, 120) in words[1:]
    assert count_words(1, "β", 0)[0] == ("1 value of β", "")


def test_names_of_rounds_keep_clear_of_one_another_and_of_the_edges(qtbot: Any) -> None:
    area, random = QRectF(60, 40, 480, 340), np.random.default_rng(3)
    for _ in range(60):
        boxes, inside = [], QRectF(area)
        for number in range(2, 5):
            a, b = np.sort(random.random((2, 2)), axis=0) * (inside.width(), inside.height())
            inside = QRectF(inside.left() + a[0], inside.top() + a[1], b[0] - a[0], b[1] - a[1])
            boxes.append((QRectF(inside), f"round {number}: 46 trials"))
        placed = place_names(area, boxes, 11)
        assert len(placed) == 3
        assert {text.split(":")[0] for _, text in placed} == {"round 2", "round 3", "round 4"}
        for k, (box, _) in enumerate(placed):
            assert area.adjusted(-1, -1, 1, 1).contains(box)
            assert not any(box.intersects(other) for other, _ in placed[:k])


def test_names_without_room_are_shortened_or_left_out(qtbot: Any) -> None:
    whole = QRectF(0, 0, 70, 60)
    assert [text for _, text in place_names(whole, [(whole, "round 2: 46 trials")], 11)] == ["round 2"]
    assert place_names(QRectF(0, 0, 20, 60), [(QRectF(0, 0, 20, 60), "round 2: 46 trials")], 11) == []
