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
def test_what_makes_no_sense_is_refused_below_its_row_and_what_was_typed_stays(
    card: SpaceCard, document: Document, name: str, end: str, text: str, words: str
) -> None:
    row = card.rows[name]
    field, before = getattr(row, end), axes(document)[name]
    refusals: list[str] = []
    document.refused.connect(refusals.append)
    enter_text(field, text)
    assert words in row.remark.text()
    assert row.remark.isVisible()
    assert not refusals  # it is said in one place
    assert (
        row.remark.mapTo(card, row.remark.rect().topLeft()).y()
        >= field.mapTo(card, field.rect().bottomLeft()).y()
    )
    assert field.property("wrong")
    assert words in field.accessibleDescription()
    assert field.text() == text
    assert axes(document)[name] == before
    others = [each for each in card.rows.values() if each is not row]
    assert not any(each.remark.isVisible() for each in others)
    QTest.keyClick(field, KEY.Key_Escape)
    assert not row.remark.isVisible()
    assert not field.property("wrong")
    assert field.value() == getattr(before, end)


def test_what_was_refused_is_mended_by_the_other_end(card: SpaceCard, document: Document) -> None:
    row = card.rows["learning_rate"]
    enter_text(row.low, "2")
    assert row.remark.isVisible()
    enter_text(row.high, "8")
    assert not row.remark.isVisible()
    assert not row.low.property("wrong")
    assert (axes(document)["learning_rate"].low, axes(document)["learning_rate"].high) == (2, 8)


def test_what_is_no_number_stays_with_a_sentence(card: SpaceCard, document: Document) -> None:
    row = card.rows["beta"]
    enter_text(row.low, "much")
    assert row.low.text() == "much"
    assert "not a number" in row.remark.text()
    enter_text(row.low, "0.8")
    assert not row.remark.isVisible()
    assert axes(document)["beta"].low == 0.8


def test_another_scene_takes_refusals_away(card: SpaceCard, document: Document) -> None:
    row = card.rows["learning_rate"]
    enter_text(row.high, "0.1")
    enter_text(row.low, "2")
    assert row.remark.isVisible()
    document.undo()
    assert not row.remark.isVisible()
    assert row.low.text() == "1e-4"


def test_a_scale_may_wait_for_the_end_that_suits_it(card: SpaceCard, document: Document) -> None:
    row = card.rows["units"]

    def choose(key: str) -> None:
        row.scale.setCurrentIndex(row.scale.findData(key))
        row.scale.activated.emit(row.scale.currentIndex())

    choose("log")
    enter_text(row.low, "10")
    choose("powers of 2")
    assert "cannot double" in row.remark.text()
    enter_text(row.high, "80")
    assert not row.remark.isVisible()
    assert (axes(document)["units"].low, axes(document)["units"].scale) == (10, "powers of 2")


def test_a_grid_with_more_points_than_values_is_refused_in_its_row(
    card: SpaceCard, document: Document
) -> None:
    document.edit("test", tuning={"method": "grid", "points": {"units": 5}})
    enter_text(card.rows["units"].high, "32")
    assert "only 3 values" in card.rows["units"].remark.text()


@pytest.mark.parametrize(
    ("name", "end", "key", "value"),
    [
        ("units", "low", KEY.Key_Up, 16),
        ("units", "low", KEY.Key_Down, 4),
        ("units", "high", KEY.Key_Down, 64),
        ("batch_size", "high", KEY.Key_Up, 512),
        ("learning_rate", "low", KEY.Key_Up, 2e-4),
        ("learning_rate", "high", KEY.Key_Down, 0.5),
        ("beta", "high", KEY.Key_Down, 0.998),
        ("beta", "low", KEY.Key_Up, 0.8),
        ("layers", "high", KEY.Key_Up, 4),
    ],
)
def test_arrow_keys_step_along_the_scale(
    card: SpaceCard, document: Document, name: str, end: str, key: Any, value: float
) -> None:
    field = getattr(card.rows[name], end)
    field.setFocus()
    QTest.keyClick(field, key)
    assert getattr(axes(document)[name], end) == value
    assert field.value() == value
    assert not card.rows[name].remark.isVisible()


def test_arrow_keys_stop_where_values_end(card: SpaceCard, document: Document) -> None:
    for name, end, key in (("units", "high", KEY.Key_Up), ("units", "low", KEY.Key_Up),
                           ("layers", "low", KEY.Key_Down), ("batch_size", "low", KEY.Key_Down)):  # fmt: skip
        for _ in range(12):
            QTest.keyClick(getattr(card.rows[name], end), key)
        assert not card.rows[name].remark.isVisible()
    assert (axes(document)["units"].low, axes(document)["units"].high) == (256, 512)
    assert (axes(document)["layers"].low, axes(document)["batch_size"].low) == (0, 1)


def test_turned_on_again_it_has_its_range(card: SpaceCard, document: Document) -> None:
    row = card.rows["learning_rate"]
    enter_text(row.high, "0.1")
    before = axes(document)["learning_rate"]
    QTest.mouseClick(row.toggle, LEFT)
    assert "learning_rate" not in axes(document)
    QTest.mouseClick(row.toggle, LEFT)
    assert axes(document)["learning_rate"] == before
    QTest.mouseClick(card.rows["optimizer"].toggle, LEFT)
    QTest.mouseClick(card.rows["optimizer"].choices["adam"], LEFT)
    chosen = axes(document)["optimizer"].choices
    for _ in range(2):
        QTest.mouseClick(card.rows["optimizer"].toggle, LEFT)
    assert axes(document)["optimizer"].choices == chosen


def test_layers_that_differ_are_all_said(card: SpaceCard, document: Document) -> None:
    row = card.rows["units"]
    document.edit("test", training={"hidden": (64, 16)}, tuning={"space": {"learning_rate": {}}})
    assert row.fixed.text() == "fixed: 64, 16"
    assert card.rows["layers"].fixed.text() == "fixed: 2"
    document.edit("test", tuning={"space": {"layers": {}}})  # which makes all layers as the widest
    assert row.fixed.text() == "fixed: 64"
    document.edit("test", training={"hidden": (512, 256) * 5}, tuning={"space": {"learning_rate": {}}})
    assert row.fixed.text().endswith("…")
    assert row.fixed.toolTip().count("512") == 5
    document.edit("test", training={"hidden": ()})
    assert row.fixed.text() == "fixed: none"


def test_the_last_one_cannot_be_turned_off(card: SpaceCard, document: Document, qtbot: Any) -> None:
    for name in list(axes(document))[1:]:
        QTest.mouseClick(card.rows[name].toggle, LEFT)
    QTest.mouseClick(card.rows["learning_rate"].toggle, LEFT)
    assert "at least one" in card.rows["learning_rate"].remark.text()
    assert card.rows["learning_rate"].remark.isVisible()
    assert card.rows["learning_rate"].toggle.isChecked()
    QTest.mouseClick(card.rows["units"].toggle, LEFT)
    assert not card.rows["learning_rate"].remark.isVisible()


def test_choices_are_buttons_and_one_alone_is_refused(
    card: SpaceCard, document: Document, qtbot: Any
) -> None:
    QTest.mouseClick(card.rows["batch_norm"].toggle, LEFT)
    assert axes(document)["batch_norm"].choices == (True, False)
    QTest.mouseClick(card.rows["batch_norm"].choices[False], LEFT)
    assert "at least two" in card.rows["batch_norm"].remark.text()
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
