"""Writes a trace in LLVM's language, for several numbers side by side."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Sequence

from landscape.tracing import Step

_ARITHMETIC = {"+": "fadd", "-": "fsub", "*": "fmul", "/": "fdiv"}
_COMPARISON = {"<": "olt", ">": "ogt", ">=": "oge", "==": "oeq"}


class Lanes:
    """Writes the lines of a function for so many lanes; each step of a trace once.

    >>> write = Lanes((("leaf", "x"), ("*", 0, 0)), 2)
    >>> write.need([1], {"x": "%x"})
    >>> write.lines, write.written[1]
    (['%v1 = fmul <2 x double> %x, %x'], '%v1')

    Attributes
    ----------
    lines : so far
    doubles, flags, shorts, ints : the types of as many numbers as there are lanes
    written : what each step that has been written is called
    """

    def __init__(self, steps: tuple[Step, ...], lanes: int, prefix: str = "v") -> None:
        self.steps, self.lanes, self.prefix = steps, lanes, prefix
        self.lines: list[str] = []
        self.doubles, self.flags = f"<{lanes} x double>", f"<{lanes} x i1>"
        self.shorts, self.ints = f"<{lanes} x i16>", f"<{lanes} x i32>"
        self.written: dict[int, str] = {}

    def __call__(self, *lines: str) -> None:
        """Write these."""
        self.lines.extend(lines)

    def spread(self, name: str, address: str) -> None:
        """The double at an address, for every lane."""
        self(f"{name}.1 = load double, ptr {address}",
             f"{name}.v = insertelement {self.doubles} poison, double {name}.1, i64 0",
             f"{name} = shufflevector {self.doubles} {name}.v, {self.doubles} poison, "
             f"{self.ints} zeroinitializer")  # fmt: skip

    def gather(self, name: str, kind: str, array: str, places: str) -> None:
        """The elements of an array at a vector of places."""
        before, several = "poison", f"<{self.lanes} x {kind}>"
        for lane in range(self.lanes):
            after = f"{name}.{lane}" if lane < self.lanes - 1 else name
            self(f"{name}.p{lane} = extractelement {self.ints} {places}, i64 {lane}",
                 f"{name}.a{lane} = getelementptr {kind}, ptr {array}, i32 {name}.p{lane}",
                 f"{name}.e{lane} = load {kind}, ptr {name}.a{lane}",
                 f"{after} = insertelement {several} {before}, {kind} {name}.e{lane}, i64 {lane}"
                 )  # fmt: skip
            before = after

    def gather_four(self, names: Sequence[str], array: str, places: str) -> None:
        """Four doubles in a row at each of four places, turned into four vectors."""
        whole, first = self.doubles, names[0]
        for lane in range(4):
            self(f"{first}.p{lane} = extractelement {self.ints} {places}, i64 {lane}",
                 f"{first}.a{lane} = getelementptr double, ptr {array}, i32 {first}.p{lane}",
                 f"{first}.r{lane} = load {whole}, ptr {first}.a{lane}, align 8")  # fmt: skip

        def mixed(name: str, a: str, b: str, *order: int) -> None:
            chosen = ", ".join(f"i32 {place}" for place in order)
            self(f"{name} = shufflevector {whole} {a}, {whole} {b}, <4 x i32> <{chosen}>")

        for pair in (0, 2):
            rows = f"{first}.r{pair}", f"{first}.r{pair + 1}"
            mixed(f"{first}.even{pair}", *rows, 0, 4, 2, 6)
            mixed(f"{first}.odd{pair}", *rows, 1, 5, 3, 7)
        for name, parity, *order in zip(names, ("even", "odd") * 2, (0, 0, 2, 2), (1, 1, 3, 3), strict=True):
            halves = f"{first}.{parity}0", f"{first}.{parity}2"
            mixed(name, *halves, *order, *(place + 4 for place in order))

    def whole(self, value: int, kind: str) -> str:
        """A whole number, for every lane."""
        return "<" + ", ".join([f"{kind} {value}"] * self.lanes) + ">"

    def need(self, places: Iterable[int], leaves: dict[str, str]) -> None:
        """Write the steps that these places need, in order."""
        wanted, stack = set[int](), list(places)
        while stack:
            place = stack.pop()
            if place in wanted or place in self.written:
                continue
            wanted.add(place)
            what, *operands = self.steps[place]
            if what not in ("leaf", "number", "column"):
                stack.extend(operands)
        for place in sorted(wanted):
            self.written[place] = self._written(place, leaves)

    def _written(self, place: int, leaves: dict[str, str]) -> str:
        what, *operands = self.steps[place]
        name, doubles = f"%{self.prefix}{place}", self.doubles
        if what == "leaf":
            return leaves[operands[0]]
        if what == "number":  # exactly, by its bits
            bits = int.from_bytes(ctypes.c_double(float.fromhex(operands[0])), "little")
            return "<" + ", ".join([f"double 0x{bits:016X}"] * self.lanes) + ">"
        if what == "column":
            self(f"{name}.a = getelementptr double, ptr %row, i64 {operands[0]}")
            self.spread(name, f"{name}.a")
            return name
        a, *others = (self.written[operand] for operand in operands)
        if what in _ARITHMETIC:
            self(f"{name} = {_ARITHMETIC[what]} {doubles} {a}, {others[0]}")
        elif what in _COMPARISON:
            self(f"{name} = fcmp {_COMPARISON[what]} {doubles} {a}, {others[0]}")
        elif what == "negate":
            self(f"{name} = fneg {doubles} {a}")
        elif what == "and":
            self(f"{name} = and {self.flags} {a}, {others[0]}")
        elif what == "choose":
            self(f"{name} = select {self.flags} {a}, {doubles} {others[0]}, {doubles} {others[1]}")
        else:
            function = {"sqrt": "sqrt", "abs": "fabs"}[what]
            self(f"{name} = call {doubles} @llvm.{function}.v{self.lanes}f64({doubles} {a})")
        return name
