"""The card of the search space."""

from __future__ import annotations

from typing import Any

import pytest
from driving import KEY, LEFT, enter_text
from PyQt6.QtTest import QTest

from gui.document import Document
from gui.tune.edits import TuneEdits
from gui.tune.space_card import SpaceCard
from landscape.scene import Scene
from landscape.tuning.space import KINDS


@pytest.fixture
def document(qtbot: Any) -> Document:
    return Document(Scene())


@pytest.fixture
def card(document: Document, qtbot: Any) -> SpaceCard:
    widget = SpaceCard(TuneEdits(document))
    qtbot.addWidget(widget)
    document.changed.connect(lambda scene, _: widget.show_scene(scene))
    widget.show_scene(document.scene)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def axes(document: Document) -> dict[str, Any]:
    return {dimension.name: dimension for dimension in document.scene.tuning.space.dimensions}


def test_every_hyperparameter_has_a_row_and_what_is_fixed_says_its_value(card: SpaceCard) -> None:
    assert list(card.rows) == list(KINDS)
    assert card.count.text() == "6 of 9 searched"
    assert card.rows["learning_rate"].toggle.isChecked()
    assert card.rows["learning_rate"].low.text() == "1e-4"
    assert card.rows["optimizer"].fixed.text() == "fixed: Adam"
    assert card.rows["batch_norm"].fixed.text() == "fixed: on"


def test_turning_one_off_fixes_it_and_back_on_searches_it(card: SpaceCard, document: Document) -> None:
    row = card.rows["beta"]
    QTest.mouseClick(row.toggle, LEFT)
    assert "beta" not in axes(document)
    assert row.fixed.isVisible()
    assert row.fixed.text() == "fixed: 0.9"
    QTest.keyClick(row.toggle, KEY.Key_Space)
    assert "beta" in axes(document)
    document.undo()
    assert not row.toggle.isChecked()


def test_ends_are_typed(card: SpaceCard, document: Document) -> None:
    enter_text(card.rows["learning_rate"].high, "0.1")
    assert axes(document)["learning_rate"].high == 0.1
    enter_text(card.rows["units"].high, "64")
    assert axes(document)["units"].high == 64


@pytest.mark.parametrize(
    ("name", "end", "text", "words"),
    [
        ("learning_rate", "low", "2", "low must be below high"),
        ("learning_rate", "low", "0", "learning_rate is 0"),
        ("learning_rate", "low", "-1", "above 0"),
        ("units", "high", "100", "cannot double"),
        ("beta", "high", "1", "beta"),
    ],
)
def test_what_makes_no_sense_is_refused_and_the_old_value_stands(
    card: SpaceCard, document: Document, qtbot: Any, name: str, end: str, text: str, words: str
) -> None:
    field = getattr(card.rows[name], end)
    before = (field.text(), axes(document)[name])
    with qtbot.waitSignal(card.refused) as caught:
        enter_text(field, text)
    assert words in caught.args[0]
    assert (field.text(), axes(document)[name]) == before


def test_the_last_one_cannot_be_turned_off(card: SpaceCard, document: Document, qtbot: Any) -> None:
    for name in list(axes(document))[1:]:
        QTest.mouseClick(card.rows[name].toggle, LEFT)
    with qtbot.waitSignal(card.refused) as caught:
        QTest.mouseClick(card.rows["learning_rate"].toggle, LEFT)
    assert "at least one" in caught.args[0]
    assert card.rows["learning_rate"].toggle.isChecked()


def test_choices_are_buttons_and_one_alone_is_refused(
    card: SpaceCard, document: Document, qtbot: Any
) -> None:
    QTest.mouseClick(card.rows["batch_norm"].toggle, LEFT)
    assert axes(document)["batch_norm"].choices == (True, False)
    with qtbot.waitSignal(card.refused) as caught:
        QTest.mouseClick(card.rows["batch_norm"].choices[False], LEFT)
    assert "at least two" in caught.args[0]
    assert card.rows["batch_norm"].choices[False].isChecked()
    QTest.mouseClick(card.rows["optimizer"].toggle, LEFT)
    QTest.mouseClick(card.rows["optimizer"].choices["adam"], LEFT)
    assert "adam" not in axes(document)["optimizer"].choices


def test_a_scale_is_chosen(card: SpaceCard, document: Document) -> None:
    choice = card.rows["units"].scale
    choice.setFocus()
    choice.setCurrentIndex(choice.findData("log"))
    choice.activated.emit(choice.currentIndex())
    assert axes(document)["units"].scale == "log"
    assert card.rows["beta"].scale.findData("powers of 2") < 0  # β is no whole number


def test_all_have_names(card: SpaceCard) -> None:
    row = card.rows["learning_rate"]
    assert row.low.accessibleName() == "learning rate, low"
    assert row.toggle.accessibleName() == "Search learning rate"
