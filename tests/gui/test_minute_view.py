"""Panda and caviar, checked by what must be seen in the two columns."""

from __future__ import annotations

import math

import numpy as np
import pytest
from driving import array, has_colour, near, rgb
from PyQt6.QtCore import QRectF, QSize
from searches import themes

from gui.theme import DARK, PROJECTOR
from gui.tune.minute_view import MinuteView
from landscape.tuning.minute import Minute

SIZE = QSize(700, 360)
AREA = QRectF(0, 0, 700, 360)
NAN = math.nan
DONE = Minute(10, 0.8, "caviar", 10.0, (0.5, 0.94, NAN), (0.9, 0.98, NAN, 0.3) * 18, True)


def view(qtbot, minute=DONE, theme=DARK, scale=1.0, learned=0.75, size=SIZE) -> MinuteView:
    made = MinuteView()
    qtbot.addWidget(made)
    made.resize(size)
    made.set_theme(theme, scale)
    made.show_minute(minute, learned)
    return made


def picture(made: MinuteView) -> np.ndarray:
    return array(made.render_image(made.size()))


def test_each_column_says_how_many_and_the_best(qtbot):
    made = view(qtbot)
    assert made.figure(0) == ("3", "models · best 0.940", "1 learned · 1 diverged")
    assert made.figure(1) == ("72", "models · best 0.980", "36 learned · 18 diverged")
    words = made.accessibleDescription()
    assert "Panda: 3, models · best 0.940, 1 learned · 1 diverged, 10.0 of 10 s." in words
    assert "the most one could try" in words
    assert made.accessibleName() == "Panda and caviar"


def test_where_it_is_not_said_what_has_learned_all_marks_are_filled(qtbot):
    made = view(qtbot, learned=None)
    assert made.figure(0) == ("3", "models · best 0.940", "1 diverged")
    assert made.figure(1)[2] == "18 diverged"
    image = picture(made)
    for (x, y), score in zip(made.spots(AREA, 1)[0], DONE.caviar, strict=True):
        assert math.isnan(score) or (image[round(y), round(x)] != rgb(DARK.card)).any()


def test_one_model_is_no_models(qtbot):
    made = view(qtbot, Minute(10, 0.8, "panda", 3.0, (0.9,)))
    assert made.figure(0) == ("1", "model · best 0.900", "1 learned")
    assert made.figure(1) == ("0", "models", "")


@themes
def test_there_is_a_mark_for_each_model(qtbot, theme):
    made = view(qtbot, theme=theme)
    image = picture(made)
    for side, count in ((0, 3), (1, 72)):
        spots, pitch = made.spots(AREA, side)
        assert len(spots) == count
        for x, y in spots:
            assert (near(image, x, y, round(0.4 * pitch)) != rgb(theme.card)).any()
        place = made.marks_area(AREA, side)
        assert (spots > (place.left(), place.top())).all()
        assert (spots < (place.right(), place.bottom())).all()


@themes
def test_what_became_of_a_model_is_told_by_its_shape(qtbot, theme):
    made = view(qtbot, Minute(10, 0.8, "caviar", 10.0, (0.9,), (0.9, 0.3, NAN), True), theme)
    image = picture(made)
    (learned, dull, lost), pitch = made.spots(AREA, 1)
    card = rgb(theme.card)
    edge = round(0.22 * pitch)
    assert (image[round(learned[1]), round(learned[0])] != card).any()
    assert (image[round(dull[1]), round(dull[0])] == card).all()  # hollow
    assert (near(image, *dull, round(0.4 * pitch)) != card).any()
    assert has_colour(near(image, *lost, 1), theme.warning, 60)  # a cross: its middle, and nothing beside it
    assert (image[round(lost[1]), round(lost[0]) + edge] == card).all()


def test_the_same_score_has_the_same_colour_in_both_columns(qtbot):
    made = view(qtbot, Minute(10, 0.8, "caviar", 10.0, (0.8, 0.95), (0.95, 0.8, 0.9, 0.99), True))
    image = picture(made)
    panda, caviar = (made.spots(AREA, side)[0] for side in (0, 1))
    colours = [image[round(y), round(x)].tolist() for x, y in (*panda, *caviar)]
    assert colours[0] == colours[3]
    assert colours[1] == colours[2]
    assert len({tuple(colour) for colour in colours}) == 4


def test_marks_are_as_large_in_both_columns_and_shrink_in_steps(qtbot):
    made = view(qtbot)
    assert made.spots(AREA, 0)[1] == made.spots(AREA, 1)[1]
    pitches = []
    for count in range(1, 400):
        made.show_minute(Minute(10, 0.8, "caviar", 5.0, (0.9,), (0.9,) * count), 0.5)
        pitches.append(made.spots(AREA, 1)[1])
    assert pitches == sorted(pitches, reverse=True)
    assert 2 <= len(set(pitches)) <= 12


def test_the_clock_runs_for_who_has_the_turn(qtbot):
    made = view(qtbot, Minute(10, 0.8, "panda", 4.0, (0.9,)))
    assert [made.clock(side) for side in (0, 1)] == ["4.0 of 10 s", "0.0 of 10 s"]
    made.show_minute(Minute(10, 0.8, "caviar", 2.5, (0.9,), (0.9,)), 0.5)
    assert [made.clock(side) for side in (0, 1)] == ["10.0 of 10 s", "2.5 of 10 s"]
    column = made.column_area(AREA, 1)
    image = picture(made)
    band = image[round(column.top()) : round(column.top() + 30), round(column.left()) :]
    done = [x for x in range(band.shape[1]) if has_colour(band[:, x], DARK.accent, 40)]
    assert max(done) == pytest.approx(0.25 * column.width(), abs=3)


def test_while_the_workers_start_it_says_that_nobody_pays_for_it(qtbot):
    made = view(qtbot, Minute(10, 1.25))
    assert made.sentence == "The workers are starting: 1.2 s, which count for neither."
    assert made.sentence in made.accessibleDescription()
    made.show_minute(Minute(10, 1.25, "panda", 0.2), 0.5)
    assert "Whoever babysits changes one model" in made.sentence


def test_before_the_start_there_is_a_hint(qtbot):
    made = view(qtbot, None)
    before = picture(made)
    made.set_hint("Press Start to let them run.")
    assert (picture(made) != before).any()
    assert made.accessibleDescription() == made.sentence


def test_all_diverged_and_all_equal_are_drawn(qtbot):
    lost = view(qtbot, Minute(10, 0.8, "caviar", 10.0, (NAN,), (NAN,) * 30, True))
    assert lost.figure(1) == ("30", "models", "30 diverged")
    image = picture(lost)
    for x, y in lost.spots(AREA, 1)[0]:
        assert has_colour(near(image, x, y, 2), DARK.warning, 60)
    equal = view(qtbot, Minute(10, 0.8, "caviar", 10.0, (0.9,), (0.9,) * 30, True))
    image = picture(equal)
    assert len({tuple(image[round(y), round(x)]) for x, y in equal.spots(AREA, 1)[0]}) == 1


@themes
@pytest.mark.parametrize("count", [0, 1, 20_000])
def test_every_size_and_number_is_painted_and_no_card_is_overfull(qtbot, theme, count):
    for size in ((120, 90), (420, 300), (1300, 900)):
        scores = (0.9, NAN, 0.1) * count
        made = view(qtbot, Minute(10, 0.8, "caviar", 9.0, (0.9,), scores), theme, 1.5, 0.5, QSize(*size))
        image = picture(made)
        for strip in (image[20:-20, 3:5], image[20:-20, -5:-3]) if size[0] > 120 else ():
            assert (strip == rgb(theme.card)).all()
        assert len(made.spots(QRectF(0, 0, *size), 1)[0]) <= 3 * count


def test_words_of_a_low_card_do_not_run_into_each_other(qtbot):
    """Between the sentence and the last row of marks there is ground."""
    made = view(qtbot, DONE, PROJECTOR, 1.5, size=QSize(520, 300))
    area = QRectF(0, 0, 520, 300)
    bottom = round(made.marks_area(area, 0).bottom())
    image = picture(made)
    assert (image[bottom : bottom + 2, 10:-10] == rgb(PROJECTOR.card)).all()
