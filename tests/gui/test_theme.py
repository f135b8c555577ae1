"""Colours that can be read, and rules that can be told apart, in every theme."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from driving import has_colour, seen
from PyQt6.QtGui import QColor, QFontMetricsF
from PyQt6.QtWidgets import QFrame, QPushButton

from gui.theme import THEMES, font, looks, lookup_table, palette, stylesheet
from landscape.optimizers import RULES, make_optimizer
from landscape.scene import Racer

themes = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
FOUR = ("gradient_descent", "momentum", "rmsprop", "adam")


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = np.array(QColor(colour).getRgbF()[:3])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, two: str) -> float:
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(colour: str) -> np.ndarray:
    """CIE L*a*b* under D65."""
    channels = np.array(QColor(colour).getRgbF()[:3])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ linear
    xyz = xyz / [0.9505, 1.0, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def apart(one: str, two: str) -> float:
    return float(np.linalg.norm(lab(one) - lab(two)))


def racers(*keys: str) -> tuple[Racer, ...]:
    return tuple(Racer(optimizer=make_optimizer(key)) for key in keys)


def test_contrast_is_measured_rightly():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@themes
@pytest.mark.parametrize("ground", ["window", "card", "raised"])
@pytest.mark.parametrize("ink", ["text", "dim"])
def test_text_can_be_read(theme, ground, ink):
    least = 7.0 if theme.name == "projector" else 4.5
    assert contrast(getattr(theme, ink), getattr(theme, ground)) >= least


@themes
def test_warnings_and_accents_can_be_read(theme):
    least = 7.0 if theme.name == "projector" else 4.5
    assert contrast(theme.warning, theme.card) >= least
    assert contrast(theme.on_accent, theme.accent) >= 4.5
    assert contrast(theme.accent, theme.card) >= 3  # a focus ring


SCENES = [(*FOUR, *more) for more in itertools.combinations_with_replacement(["adagrad", "adamw", *FOUR], 3)]
COPIES = [(key,) * 7 for key in RULES]


@themes
@pytest.mark.parametrize("scenes", [SCENES, COPIES], ids=["different", "copies"])
def test_seven_rules_are_told_apart_by_shape_by_dash_and_by_colour(theme, scenes):
    for keys in scenes:
        chosen = looks(racers(*keys), theme)
        assert len({look.label for look in chosen}) == 7, keys
        assert len({look.shape for look in chosen}) == 7, keys
        assert len({look.dash for look in chosen}) == 7, keys
        nearest = min(apart(a.colour, b.colour) for a, b in itertools.combinations(chosen, 2))
        assert nearest > 10, keys


@themes
def test_looks_stay_when_a_rule_is_switched_off(theme):
    on = racers(*FOUR)
    off = (on[0], on[1].model_copy(update={"enabled": False}), *on[2:])
    assert looks(on, theme) == looks(off, theme)


@themes
def test_rules_do_not_vanish_on_the_map(theme):
    """Their casing stands between them and the map, and their colour is none of the map's."""
    chosen = looks(racers(*FOUR, "adagrad", "adamw", "adam"), theme)
    for look, stop in itertools.product(chosen, theme.surface):
        seen = max(contrast(look.colour, stop), contrast(theme.casing, stop))
        assert seen > 1.5 or apart(look.colour, stop) > 35, (look.label, stop)
        assert apart(look.colour, stop) > 12, (look.label, stop)
    for look in chosen:
        assert contrast(look.colour, theme.casing) >= 3, look.label
        assert contrast(look.colour, theme.card) >= 3, look.label  # curves, on a plain card


@themes
def test_map_grows_steadily_from_low_to_high(theme):
    table = lookup_table("landscape", theme)
    assert table.shape == (256, 4)
    light = np.array([luminance(QColor(*map(int, row)).name()) for row in table])
    assert (np.diff(light) >= -1e-3).all()
    assert light[-1] / max(light[0], 1e-3) > 2


@pytest.mark.parametrize("name", ["viridis", "cividis", "cet_l17", "cet_d1"])
def test_other_maps_are_there(name):
    table = lookup_table(name, THEMES["dark"])
    assert table.shape == (256, 4)
    assert len(np.unique(table, axis=0)) > 100


@themes
def test_projector_type_is_large_and_lines_are_thick(theme):
    if theme.name == "projector":
        assert theme.trail >= 3
        assert theme.font > THEMES["dark"].font
    assert theme.small >= 11
    assert f"{theme.font}px" in stylesheet(theme)
    assert palette(theme).window().color() == QColor(theme.window)


def test_digits_are_all_of_one_width(qapp):
    metrics = QFontMetricsF(font(24))
    assert len({round(metrics.horizontalAdvance(digit * 10), 3) for digit in "0123456789"}) == 1


@themes
@pytest.mark.parametrize("name", ["", "primary"])
def test_what_cannot_be_pressed_does_not_look_as_if_it_could(qtbot, theme, name):
    ground = QFrame()
    ground.setObjectName("card")
    ground.setStyleSheet(stylesheet(theme))
    qtbot.addWidget(ground)
    button = QPushButton("Stop", ground)
    button.setObjectName(name)
    ground.resize(button.sizeHint())
    raised = theme.accent if name else theme.raised
    assert has_colour(seen(button), raised, 2) > 200
    button.setEnabled(False)
    assert not has_colour(seen(button), raised, 2)
    assert has_colour(seen(button), theme.dim, 30)
