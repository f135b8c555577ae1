"""Machine code that walks starts to their ends: a rule, a slope and the look at who has settled in one loop.

Where plain NumPy writes every intermediate result to memory and reads it back, here a block of starts stays
in the processor's registers from its first step to its last. The arithmetic is that of a trace, operation
for operation in double precision; nothing is reordered or contracted, so that not a bit differs.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from landscape.tracing import Step

LANES = 16  # starts in a block: several independent chains for each unit to work on
FACTS = ("x", "y", "reach²", "floor", "rim", "stiffness", "stiffness x", "stiffness y")
UNDECIDED, LOST = -2, -1

_DOUBLES, _FLAGS = f"<{LANES} x double>", f"<{LANES} x i1>"
_INTS, _SHORTS, _PLACES = f"<{LANES} x i32>", f"<{LANES} x i16>", f"<{LANES} x ptr>"
_ARITHMETIC = {"+": "fadd", "-": "fsub", "*": "fmul", "/": "fdiv"}
_COMPARISON = {"<": "olt", ">": "ogt", ">=": "oge", "==": "oeq"}


@dataclass(frozen=True)
class Program:
    """What to compile: a trace, and which of its steps are what.

    Attributes
    ----------
    steps : see `Trace`; its leaves are "position 0", "position 1", "state 0" …, and FACTS of the well
    columns : how many known numbers a step has
    initial : the states' steps before the first step; they know the positions
    moves : the two steps to add to the positions
    states : the states' steps after a step
    near : whether a position is in the well that is nearest
    sure : whether it cannot leave that any more
    """

    steps: tuple[Step, ...]
    columns: int
    initial: tuple[int, ...]
    moves: tuple[int, int]
    states: tuple[int, ...]
    near: int
    sure: int


Code = Callable[..., None]


@lru_cache(maxsize=64)
def compiled(program: Program) -> Code:
    """The loop as a function of addresses and counts, in the order of `_HEAD`; it runs without the GIL."""
    import llvmlite.binding as llvm

    module = llvm.parse_assembly(_source(program))
    # All that an optimizer would find is gone from a trace: no passes are worth their time.
    engine = llvm.create_mcjit_compiler(module, _machine())
    engine.finalize_object()
    signature = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 8, *[ctypes.c_int64] * 2)
    code = signature(engine.get_function_address("walk"))
    code.engine = engine  # type: ignore[attr-defined]  # owns the code
    return code


@cache
def _target() -> Any:
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_default_triple()


def _machine() -> Any:
    import llvmlite.binding as llvm

    return _target().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=2
    )


class _Writer:
    """Writes the lines of a function; each step of the trace once, where it is first needed."""

    def __init__(self, program: Program) -> None:
        self.program, self.lines = program, list[str]()
        self.written: dict[int, str] = {}

    def __call__(self, *lines: str) -> None:
        self.lines.extend(lines)

    def need(self, places: Iterable[int], leaves: dict[str, str]) -> None:
        """Write the steps that these places need, in order."""
        wanted, stack = set[int](), list(places)
        while stack:
            place = stack.pop()
            if place in wanted or place in self.written:
                continue
            wanted.add(place)
            what, *operands = self.program.steps[place]
            if what not in ("leaf", "number", "column"):
                stack.extend(operands)
        for place in sorted(wanted):
            self.written[place] = self._written(place, leaves)

    def _written(self, place: int, leaves: dict[str, str]) -> str:
        what, *operands = self.program.steps[place]
        if what == "leaf":
            return leaves[operands[0]]
        if what == "number":
            return splat(float.fromhex(operands[0]))
        name = f"%v{place}"
        if what == "column":
            self(f"%c{place} = getelementptr double, ptr %row, i64 {operands[0]}",
                 f"%s{place} = load double, ptr %c{place}",
                 f"%i{place} = insertelement {_DOUBLES} poison, double %s{place}, i64 0",
                 f"{name} = shufflevector {_DOUBLES} %i{place}, {_DOUBLES} poison, {_INTS} zeroinitializer")  # fmt: skip
            return name
        a, *others = (self.written[operand] for operand in operands)
        if what in _ARITHMETIC:
            self(f"{name} = {_ARITHMETIC[what]} {_DOUBLES} {a}, {others[0]}")
        elif what in _COMPARISON:
            self(f"{name} = fcmp {_COMPARISON[what]} {_DOUBLES} {a}, {others[0]}")
        elif what == "negate":
            self(f"{name} = fneg {_DOUBLES} {a}")
        elif what == "and":
            self(f"{name} = and {_FLAGS} {a}, {others[0]}")
        elif what == "choose":
            self(f"{name} = select {_FLAGS} {a}, {_DOUBLES} {others[0]}, {_DOUBLES} {others[1]}")
        else:
            function = {"sqrt": "sqrt", "abs": "fabs"}[what]
            self(f"{name} = call {_DOUBLES} @llvm.{function}.v{LANES}f64({_DOUBLES} {a})")
        return name


def splat(value: float) -> str:
    """The same number for every lane, as LLVM writes it: exactly, by its bits."""
    bits = int.from_bytes(ctypes.c_double(value), "little")
    return "<" + ", ".join([f"double 0x{bits:016X}"] * LANES) + ">"


def _whole(value: int, kind: str) -> str:
    return "<" + ", ".join([f"{kind} {value}"] * LANES) + ">"


_HEAD = f"""
declare {_DOUBLES} @llvm.sqrt.v{LANES}f64({_DOUBLES})
declare {_DOUBLES} @llvm.fabs.v{LANES}f64({_DOUBLES})
declare {_DOUBLES} @llvm.masked.gather.v{LANES}f64.v{LANES}p0({_PLACES}, i32, {_FLAGS}, {_DOUBLES})
declare {_INTS} @llvm.masked.gather.v{LANES}i32.v{LANES}p0({_PLACES}, i32, {_FLAGS}, {_INTS})

define void @walk(ptr %xs, ptr %ys, ptr %labels, ptr %table, ptr %looks, ptr %guide, ptr %raster,
                  ptr %facts, i64 %blocks, i64 %steps) {{
"""


def _source(program: Program) -> str:
    """The loop over blocks of starts, and inside it the one over steps."""
    write = _Writer(program)
    states = range(len(program.states))
    write("start:", "br label %block", "block:",
          "%b = phi i64 [0, %start], [%b.next, %done]",
          f"%first = mul i64 %b, {LANES}")  # fmt: skip
    for axis, array in enumerate(("xs", "ys")):
        write(f"%at{axis} = getelementptr double, ptr %{array}, i64 %first",
              f"%start{axis} = load {_DOUBLES}, ptr %at{axis}, align 8")  # fmt: skip
    write("%label = getelementptr i16, ptr %labels, i64 %first")
    write.need(program.initial, {f"position {axis}": f"%start{axis}" for axis in (0, 1)})
    initial = [write.written[place] for place in program.initial]
    write.written.clear()  # the loop has other positions

    write("br label %step", "step:", "%k = phi i64 [0, %block], [%k.next, %move]")
    for axis in (0, 1):
        write(f"%p{axis} = phi {_DOUBLES} [%start{axis}, %block], [%p{axis}.next, %move]")
    # What is set within the loop has names that are known before it is written.
    news = [f"%state{i}.next" for i in states]
    for i in states:
        write(f"%state{i} = phi {_DOUBLES} [{initial[i]}, %block], [{news[i]}, %move]")
    leaves = {f"position {axis}": f"%p{axis}" for axis in (0, 1)} | {f"state {i}": f"%state{i}" for i in states}
    write(f"%offset = mul i64 %k, {program.columns}", "%row = getelementptr double, ptr %table, i64 %offset")
    write.need([*program.moves, *program.states], leaves)
    write("%flag = getelementptr i8, ptr %looks, i64 %k", "%f = load i8, ptr %flag", "%looking = icmp ne i8 %f, 0",
          "br i1 %looking, label %look, label %move")  # fmt: skip
    written = dict(write.written)
    _look(write, leaves)
    write.written = written
    write("move:")
    for axis in (0, 1):
        write(f"%p{axis}.next = fadd {_DOUBLES} %p{axis}, {written[program.moves[axis]]}")
    for i in states:  # a copy, for the name
        write(f"{news[i]} = select i1 true, {_DOUBLES} {written[program.states[i]]}, {_DOUBLES} zeroinitializer")
    write("%k.next = add i64 %k, 1", "%more = icmp ult i64 %k.next, %steps", "br i1 %more, label %step, label %done",
          "done:")  # fmt: skip
    for axis in (0, 1):
        write(f"%end{axis} = phi {_DOUBLES} [%p{axis}.next, %move], [%p{axis}, %look], [%p{axis}, %well]")
    for axis in (0, 1):
        write(f"store {_DOUBLES} %end{axis}, ptr %at{axis}, align 8")
    write("%b.next = add i64 %b, 1", "%further = icmp ult i64 %b.next, %blocks",
          "br i1 %further, label %block, label %end", "end:", "ret void", "}")  # fmt: skip
    return _HEAD + "\n".join(write.lines)


def _look(write: _Writer, leaves: dict[str, str]) -> None:
    """Who has left the numbers, and who is sure to stay in a well; on to the next block if that is all."""
    write("look:",
          f"%known = load {_SHORTS}, ptr %label, align 2",
          f"%sum = fadd {_DOUBLES} %p0, %p1", f"%zero = fsub {_DOUBLES} %sum, %sum",
          f"%open = icmp eq {_SHORTS} %known, {_whole(UNDECIDED, 'i16')}",
          f"%lost = fcmp uno {_DOUBLES} %zero, %zero",
          f"%losing = and {_FLAGS} %open, %lost",
          f"%kept = select {_FLAGS} %losing, {_SHORTS} {_whole(LOST, 'i16')}, {_SHORTS} %known",
          f"store {_SHORTS} %kept, ptr %label, align 2",
          f"%walking = icmp eq {_SHORTS} %kept, {_whole(UNDECIDED, 'i16')}")  # fmt: skip
    # The guide holds: low x, low y, scale x, scale y, last column, last row.
    for i in range(6):
        write(f"%g{i} = getelementptr double, ptr %guide, i64 {i}", f"%h{i} = load double, ptr %g{i}",
              f"%j{i} = insertelement {_DOUBLES} poison, double %h{i}, i64 0",
              f"%guide{i} = shufflevector {_DOUBLES} %j{i}, {_DOUBLES} poison, {_INTS} zeroinitializer")  # fmt: skip
    for axis in (0, 1):
        # Outside, and also nan, is brought to the raster's edge, where there is no well.
        write(f"%from{axis} = fsub {_DOUBLES} %p{axis}, %guide{axis}",
              f"%cell{axis} = fmul {_DOUBLES} %from{axis}, %guide{2 + axis}",
              f"%right{axis} = fcmp ogt {_DOUBLES} %cell{axis}, zeroinitializer",
              f"%low{axis} = select {_FLAGS} %right{axis}, {_DOUBLES} %cell{axis}, {_DOUBLES} zeroinitializer",
              f"%left{axis} = fcmp olt {_DOUBLES} %low{axis}, %guide{4 + axis}",
              f"%in{axis} = select {_FLAGS} %left{axis}, {_DOUBLES} %low{axis}, {_DOUBLES} %guide{4 + axis}",
              f"%index{axis} = fptosi {_DOUBLES} %in{axis} to {_INTS}")  # fmt: skip
    write(f"%last = fptosi {_DOUBLES} %guide4 to {_INTS}", f"%width = add {_INTS} %last, {_whole(1, 'i32')}",
          f"%rows = mul {_INTS} %index1, %width", f"%spot = add {_INTS} %rows, %index0",
          f"%spots = getelementptr i32, ptr %raster, {_INTS} %spot",
          f"%nearest = call {_INTS} @llvm.masked.gather.v{LANES}i32.v{LANES}p0({_PLACES} %spots, i32 4, "
          f"{_FLAGS} %walking, {_INTS} {_whole(-1, 'i32')})",
          f"%near = icmp sge {_INTS} %nearest, zeroinitializer",
          f"%near.bits = bitcast {_FLAGS} %near to i{LANES}", f"%some = icmp ne i{LANES} %near.bits, 0",
          f"%walking.bits = bitcast {_FLAGS} %walking to i{LANES}",
          f"%none = icmp eq i{LANES} %walking.bits, 0",
          "br i1 %none, label %done, label %search", "search:",
          "br i1 %some, label %well, label %move", "well:",
          f"%entry = mul {_INTS} %nearest, {_whole(len(FACTS) + 1, 'i32')}")  # fmt: skip
    for i, fact in enumerate((*FACTS, "owner")):
        write(f"%e{i} = add {_INTS} %entry, {_whole(i, 'i32')}",
              f"%facts{i} = getelementptr double, ptr %facts, {_INTS} %e{i}",
              f"%fact{i} = call {_DOUBLES} @llvm.masked.gather.v{LANES}f64.v{LANES}p0({_PLACES} %facts{i}, "
              f"i32 8, {_FLAGS} %near, {_DOUBLES} zeroinitializer)")  # fmt: skip
        leaves = {**leaves, fact: f"%fact{i}"}
    program = write.program
    write.need([program.near, program.sure], leaves)
    write(f"%sure = and {_FLAGS} {write.written[program.near]}, {write.written[program.sure]}",
          f"%settling = and {_FLAGS} %near, %sure",
          f"%owner = fptosi {_DOUBLES} %fact{len(FACTS)} to {_SHORTS}",
          f"%new = select {_FLAGS} %settling, {_SHORTS} %owner, {_SHORTS} %kept",
          f"store {_SHORTS} %new, ptr %label, align 2",
          f"%still = icmp eq {_SHORTS} %new, {_whole(UNDECIDED, 'i16')}",
          f"%still.bits = bitcast {_FLAGS} %still to i{LANES}", f"%idle = icmp eq i{LANES} %still.bits, 0",
          "br i1 %idle, label %done, label %move")  # fmt: skip
