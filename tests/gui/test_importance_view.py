"""How much each hyperparameter mattered, checked by what must be seen and by hands on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from driving import KEY, RIGHT, array, click, drag, has_colour, rgb, seen
from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtTest import QTest
from searches import heard, shown, themes

from gui.theme import DARK, LIGHT
from gui.tune.importance_view import ImportanceView
from landscape.tuning.importance import Importance
from landscape.tuning.space import KINDS

SIZE = QSize(600, 360)
AREA = QRectF(0, 0, 600, 360)
NAMES = ("learning_rate", "beta", "units", "l2")
SENTENCE = "By PED-ANOVA, these 236 trials agree with the textbook's order."


def shares(names=NAMES, share=(0.6, 0.25, 0.1, 0.05), spread: float = 0.04) -> Importance:
    share = np.array(share)
    low, high = np.maximum(share - spread, 0), np.minimum(share + 2 * spread, 1)
    return Importance("PED-ANOVA", names, share, low, high, 236, 20)


def bars(qtbot, found: Importance | None, theme=DARK, scale=1.0, size=SIZE, said=SENTENCE) -> ImportanceView:
    view = ImportanceView()
    qtbot.addWidget(view)
    view.resize(size)
    view.set_theme(theme, scale)
    view.show_importance(found, said)
    return view


@themes
def test_bars_are_as_long_as_their_shares(qtbot, theme):
    view = bars(qtbot, shares(spread=0.0), theme)
    picture = array(view.render_image(SIZE))
    begin, end = view._layout(AREA, NAMES).track
    for row, share in zip(view._rows(AREA), (0.6, 0.25, 0.1, 0.05), strict=True):
        bright = np.flatnonzero(np.abs(picture[round(row.center().y())] - rgb(theme.accent)).max(axis=1) < 24)
        assert bright.max() - begin == pytest.approx(share * (end - begin), abs=6)


@themes
def test_whiskers_end_where_resampled_searches_do(qtbot, theme):
    plain, spread = bars(qtbot, shares(spread=0.0), theme), bars(qtbot, shares(spread=0.1), theme)
    changed = np.abs(array(plain.render_image(SIZE)) - array(spread.render_image(SIZE))).max(axis=2) > 20
    begin, end = plain._layout(AREA, NAMES).track
    row = plain._rows(AREA)[0]
    line = changed[round(row.top()) : round(row.bottom()), round(begin) : round(end)].any(axis=0)
    ends = np.flatnonzero(line)
    assert ends.min() == pytest.approx(0.5 * (end - begin), abs=4)
    assert ends.max() == pytest.approx(0.8 * (end - begin), abs=4)


def test_words_for_those_who_do_not_see_it(qtbot):
    view = bars(qtbot, shares())
    assert view.words("learning_rate") == "learning rate: 0.60, 0.56 to 0.68; 1st in the textbook"
    assert view.words("l2") == "L2 regularization: 0.05, 0.01 to 0.13; the textbook is silent"
    for part in (*(view.words(name) for name in NAMES), SENTENCE):
        assert part in view.accessibleDescription()
    view.show_importance(None, "")
    assert view.accessibleName() == "Importance of the hyperparameters"
    assert view.accessibleDescription() == ""


def test_a_row_is_picked_by_a_click(qtbot):
    view = shown(qtbot, bars(qtbot, shares()))
    found = heard(view.namePicked)
    for row in view._rows(AREA):
        click(view, 60, row.center().y())
        click(view, 500, row.center().y())
    assert found == [name for name in NAMES for _ in range(2)]
    click(view, 100, 12)
    click(view, 100, 350)
    drag(view, (100, view._rows(AREA)[0].center().y()), button=RIGHT)
    assert len(found) == 8


def test_a_row_is_picked_with_the_keys_alone(qtbot):
    view = shown(qtbot, bars(qtbot, shares()))
    assert view.focusPolicy() & Qt.FocusPolicy.TabFocus
    found, before = heard(view.namePicked), seen(view)
    QTest.keyClick(view, KEY.Key_Return)  # nowhere yet
    QTest.keyClick(view, KEY.Key_Down)
    assert view.accessibleName().endswith(view.words("learning_rate"))
    QTest.keyClick(view, KEY.Key_Down)
    changed = np.flatnonzero((seen(view) != before).any(axis=(1, 2)))
    row = view._rows(AREA)[1]
    assert (changed.min(), changed.max()) == pytest.approx((row.top(), row.bottom()), abs=3)
    QTest.keyClick(view, KEY.Key_Return)
    QTest.keyClick(view, KEY.Key_Up)
    QTest.keyClick(view, KEY.Key_Up)  # there is no row above
    QTest.keyClick(view, KEY.Key_Enter)
    assert found == ["beta", "learning_rate"]
    QTest.keyClick(view, KEY.Key_Escape)
    assert (seen(view) == before).all()


def test_the_keys_stay_with_their_hyperparameter_while_the_search_goes_on(qtbot):
    view = shown(qtbot, bars(qtbot, shares()))
    found = heard(view.namePicked)
    QTest.keyClick(view, KEY.Key_Down)
    view.show_importance(shares(("beta", "learning_rate", "units", "l2")), SENTENCE)
    QTest.keyClick(view, KEY.Key_Return)
    assert found == ["learning_rate"]
    QTest.keyClick(view, KEY.Key_Down)
    assert view.accessibleName().endswith(view.words("units"))
    view.show_importance(shares(("beta", "l2"), (0.7, 0.3)), SENTENCE)  # which is searched no more
    assert view.accessibleName() == "Importance of the hyperparameters"
    QTest.keyClick(view, KEY.Key_Return)
    assert len(found) == 1


def test_titles_give_way_to_symbols_where_there_is_little_room(qtbot):
    view = bars(qtbot, shares())
    wide = view._layout(AREA, NAMES)
    assert wide.names == ("α  learning rate", "β  momentum", "hidden units", "L2 regularization")
    tight = view._layout(QRectF(0, 0, 330, 300), NAMES)
    assert tight.names == ("α", "β", "units", "L2")
    for layout in (wide, tight):
        assert layout.left < layout.track[0] < layout.track[1] < layout.numbers < layout.textbook


def test_a_hint_stands_where_nothing_is_known(qtbot):
    view = shown(qtbot, bars(qtbot, None, said=""))
    found, before = heard(view.namePicked), seen(view)
    view.set_hint("Importance needs at least 10 trials.")
    assert (seen(view) != before).any()
    click(view, 100, 100)
    for key in (KEY.Key_Down, KEY.Key_Return, KEY.Key_Escape):
        QTest.keyClick(view, key)
    assert not found


def test_what_is_not_known_of_resampling_is_not_said(qtbot):
    view = bars(qtbot, shares())
    told = array(view.render_image(SIZE))
    view.show_importance(replace(shares(), bootstraps=0), SENTENCE)
    untold = array(view.render_image(SIZE))
    changed = np.flatnonzero((told != untold).any(axis=(1, 2)))
    assert changed.max() < view._rows(AREA)[0].top() + 2  # the line of the columns' heads alone


EDGES = {
    "one": shares(("learning_rate",), (1.0,)),
    "equal": shares(NAMES, (0.25,) * 4),
    "nothing and all": shares(NAMES, (1.0, 0.0, 0.0, 0.0), 0.0),
    "nan": shares(NAMES, (float("nan"),) * 4),
    "every kind": shares(tuple(KINDS), tuple(np.full(len(KINDS), 1 / len(KINDS)))),
}


@themes
@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.parametrize("found", EDGES.values(), ids=EDGES)
@pytest.mark.parametrize("size", [(130, 100), (300, 180), (420, 300), (1200, 900)])
def test_every_size_and_number_of_rows_is_painted(qtbot, theme, scale, found, size):
    view = bars(qtbot, found, theme, scale, QSize(*size), SENTENCE * 3)
    picture = array(view.render_image(QSize(*size)))
    if theme is LIGHT and size[0] > 130:  # nothing touches the edge
        for strip in (picture[20:-20, :4], picture[20:-20, -4:], picture[:3, 20:-20]):
            assert (strip == 255).all()
    assert has_colour(picture, theme.dim, 60)


def test_the_title_gives_way_to_what_lies_over_its_end(qtbot):
    view = bars(qtbot, shares())
    whole = array(view.render_image(SIZE))[:34]
    view.set_taken(500)
    short = array(view.render_image(SIZE))[:34]
    changed = np.flatnonzero((whole != short).any(axis=(0, 2)))
    assert changed.max() > 110  # “(PED-ANOVA)” is gone
    assert not (short[8:, 110:-8] != short[8:, 109:110]).any()
