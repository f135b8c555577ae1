"""How numbers are written for people: everywhere the same."""

from __future__ import annotations

import math
from typing import Any


def numeral(value: float, digits: int = 4) -> str:
    """A number with so many digits, a true minus sign, and no exponent where it can be helped.

    >>> numeral(-0.5), numeral(1234567.0), numeral(2e-05), numeral(-1e-08)
    ('−0.5', '1.235e6', '2e−5', '−1e−8')
    """
    return plain_numeral(value, digits).replace("-", "−")


def plain_numeral(value: float, digits: int = 6) -> str:
    """The same with an ASCII minus sign, as people type it.

    >>> plain_numeral(0.05), plain_numeral(1e-08), plain_numeral(-3.0)
    ('0.05', '1e-8', '-3')
    """
    if not math.isfinite(value):
        return "–"
    text = f"{value:.{digits}g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = f"{value:.0f}" if 0 <= int(exponent) < 6 else f"{mantissa}e{int(exponent)}"
    return "0" if text == "-0" else text


def counted(count: int, what: str) -> str:
    """So many things.

    >>> counted(1, "trial"), counted(12000, "trial")
    ('1 trial', '12,000 trials')
    """
    return f"{count:,} {what}" + ("" if count == 1 else "s")


def pair(value: Any, digits: int = 4) -> str:
    """A point or a vector in the plane.

    >>> pair((0.5, -2))
    '(0.5, −2)'
    """
    x, y = value
    return f"({numeral(float(x), digits)}, {numeral(float(y), digits)})"
