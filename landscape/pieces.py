"""Formula text cut into numbers, names and operators, in an order that makes sense."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from landscape.errors import FormulaError
from landscape.functions import FUNCTIONS

MAX_LENGTH = 1000
MAX_PIECES = 400  # numbers, names and operators
MAX_DEPTH = 32  # brackets, powers and functions inside one another

_SAME_AS = {"^": "**", "−": "-", "–": "-", "·": "*", "×": "*", "⋅": "*", "÷": "/", "[": "(", "]": ")"}
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_TOKEN = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z_\u0370-\u03ff][A-Za-z0-9_\u0370-\u03ff]*)"
    rf"|(?P<superscript>[{_SUPERSCRIPTS}]+)"
    r"|(?P<operator>\*\*|[-+*/^(),−–·×⋅÷\[\]])"
    r"|(?P<space>\s+)"
)


@dataclass(frozen=True)
class Piece:
    """One number, name or operator, with its place in the text as typed."""

    kind: str
    text: str
    position: int
    length: int


def pieces_of(formula: str) -> list[Piece]:
    """Cut the text into pieces; refuse characters that no formula needs."""
    if len(formula) > MAX_LENGTH:
        raise FormulaError(
            f"This formula has {len(formula):,} characters; at most {MAX_LENGTH:,} are read.",
            formula, MAX_LENGTH,
        )  # fmt: skip
    pieces: list[Piece] = []
    position = 0
    while position < len(formula):
        match = _TOKEN.match(formula, position)
        if match is None:
            raise FormulaError(f"“{formula[position]}” has no meaning here.", formula, position)
        kind, text = str(match.lastgroup), match.group()
        if kind == "operator":
            text = _SAME_AS.get(text, text)
        if kind == "superscript":
            power = "".join(str(_SUPERSCRIPTS.index(digit)) for digit in text)
            pieces.append(Piece("operator", "**", position, 1))
            pieces.append(Piece("number", power, position, len(text)))
        elif kind != "space":
            pieces.append(Piece(kind, text, position, len(text)))
        position = match.end()
    if not pieces:
        raise FormulaError("The formula is empty: type something like x^2 + y^2.", formula, 0)
    if len(pieces) > MAX_PIECES:
        raise FormulaError(
            f"This formula has {len(pieces)} pieces; at most {MAX_PIECES} are read.",
            formula, pieces[MAX_PIECES].position,
        )  # fmt: skip
    return pieces


def complete(pieces: list[Piece], formula: str, names: Sequence[str]) -> list[Piece]:
    """Check the order of the pieces and write out the multiplications that are left unsaid."""
    complete: list[Piece] = []
    brackets: list[tuple[Piece, bool]] = []  # an open bracket, and whether a function owns it
    wants_value = True
    for piece in pieces:
        before = complete[-1] if complete else None
        is_function = before is not None and before.text in FUNCTIONS and before.text not in names
        if is_function and piece.text != "(":
            assert before is not None
            raise FormulaError(
                f"{before.text} needs brackets: {before.text}(…).", formula, before.position, before.length
            )  # fmt: skip
        opens = piece.kind in ("number", "name") or piece.text == "("
        if opens:
            if not wants_value and not is_function:
                if piece.kind == "number":
                    raise FormulaError(
                        "An operator is missing before this number.", formula, piece.position, piece.length
                    )  # fmt: skip
                complete.append(Piece("operator", "*", piece.position, 1))
            if piece.text == "(":
                brackets.append((piece, is_function))
                if len(brackets) > MAX_DEPTH:
                    raise FormulaError(
                        f"Brackets are nested more than {MAX_DEPTH} deep.", formula, piece.position
                    )
            wants_value = piece.text == "("
        elif wants_value:
            if piece.text not in ("+", "-"):
                raise FormulaError(f"Something is missing before “{piece.text}”.", formula, piece.position)
        elif piece.text == ")":
            if not brackets:
                raise FormulaError("This bracket closes nothing.", formula, piece.position)
            brackets.pop()
        else:
            if piece.text == "," and not (brackets and brackets[-1][1]):
                raise FormulaError(
                    "A comma belongs inside a function such as max(x, y); decimals take a point.",
                    formula, piece.position,
                )  # fmt: skip
            wants_value = True
        complete.append(piece)
    last = complete[-1]
    if last.text in FUNCTIONS and last.text not in names:
        raise FormulaError(
            f"{last.text} needs brackets: {last.text}(…).", formula, last.position, last.length
        )
    if wants_value:
        raise FormulaError(f"Something is missing after “{last.text}”.", formula, last.position)
    if brackets:
        raise FormulaError("This bracket is never closed.", formula, brackets[-1][0].position)
    return complete
