"""Machine code that walks starts to their ends: a rule, a slope and the look at who has settled in one loop.

Where plain NumPy writes every intermediate result to memory and reads it back, here a block of starts stays
in the processor's registers from its first step to its last. The arithmetic is that of a trace, operation
for operation in double precision; nothing is reordered or contracted, so that not a bit differs.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from landscape.geometry.lanes import Lanes
from landscape.tracing import Step

LANES = 16  # starts in a block: several independent chains for each unit to work on
FEW = 4  # of them are looked at together: a look is long, and for more lanes takes long to compile
FACTS = ("x", "y", "reach²", "floor", "rim", "stiffness", "stiffness x", "stiffness y")
UNDECIDED, LOST = -2, -1


@dataclass(frozen=True)
class Program:
    """What to compile: a trace, and which of its steps are what.

    Attributes
    ----------
    steps : see `Trace`; its leaves are "position 0", "position 1", "state 0" …, and FACTS of the well
    columns : how many known numbers a step has
    initial : the states' steps before the first step; they know the positions
    push : the gradient's two steps
    moves : the two steps to add to the positions
    states : the states' steps after a step
    near : whether a position is in the well that is nearest
    sure : whether it cannot leave that any more
    """

    steps: tuple[Step, ...]
    columns: int
    initial: tuple[int, ...]
    push: tuple[int, ...]
    moves: tuple[int, ...]
    states: tuple[int, ...]
    near: int
    sure: int

    @property
    def shared(self) -> tuple[int, ...]:
        """What is known before a look that it needs, too."""
        return (*self.push, *self.moves)


@dataclass(frozen=True)
class Code:
    """The loop as a function of addresses and counts, in the order of `_walk`; it runs without the GIL."""

    function: Callable[..., None]
    engine: Any  # owns what the function's address points to

    def __call__(self, *given: int) -> None:
        """Walk."""
        self.function(*given)


@lru_cache(maxsize=64)
def compiling(program: Program) -> Future[Code]:
    """The code to come; a thread of its own compiles it, and ends with that."""
    compiler = ThreadPoolExecutor(1)
    code = compiler.submit(_compiled, program)
    compiler.shutdown(wait=False)
    return code


def _compiled(program: Program) -> Code:
    import llvmlite.binding as llvm

    module = llvm.parse_assembly(_declarations() + _walk(program) + _look(program))
    # All that an optimizer would find is gone from a trace: no passes are worth their time.
    engine = llvm.create_mcjit_compiler(module, _machine())
    engine.finalize_object()
    signature = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 9, *[ctypes.c_int64] * 3)
    return Code(signature(engine.get_function_address("walk")), engine)


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


def _declarations() -> str:
    return "".join(
        f"declare <{lanes} x double> @llvm.{function}.v{lanes}f64(<{lanes} x double>)\n"
        for lanes in (LANES, FEW)
        for function in ("sqrt", "fabs")
    )


def _walk(program: Program) -> str:
    """The loop over blocks of starts, and inside it the one over steps."""
    write = Lanes(program.steps, LANES, "initial")
    doubles, states, axes = write.doubles, range(len(program.states)), (0, 1)
    write("define void @walk(ptr %xs, ptr %ys, ptr %labels, ptr %table, ptr %looks, ptr %guide, ptr %raster, "
          "ptr %facts, ptr %following, i64 %blocks, i64 %steps, i64 %most) {", "start:",
          f"%seen = alloca [{2 + len(states) + len(program.shared)} x {doubles}], align 64",
          "br label %next", "next:",
          "%taken = phi i64 [0, %start], [%taken.next, %done]",
          "%b = atomicrmw add ptr %following, i64 1 monotonic", "%there = icmp ult i64 %b, %blocks",
          "br i1 %there, label %block, label %end", "block:", f"%first = mul i64 %b, {LANES}")  # fmt: skip
    for axis in axes:
        write(f"%at{axis} = getelementptr double, ptr %{'xy'[axis]}s, i64 %first",
              f"%start{axis} = load {doubles}, ptr %at{axis}, align 8")  # fmt: skip
    write("%label = getelementptr i16, ptr %labels, i64 %first")
    write.need(program.initial, {f"position {axis}": f"%start{axis}" for axis in axes})
    initial = [write.written[place] for place in program.initial]

    # In the loop, positions and states are others: what is written from here on has other names.
    rest = Lanes(program.steps, LANES)
    rest("br label %step", "step:", "%k = phi i64 [0, %block], [%k.next, %move]")
    for axis in axes:
        rest(f"%p{axis} = phi {doubles} [%start{axis}, %block], [%p{axis}.next, %move]")
    lines, rest.lines = rest.lines, []
    leaves = {f"position {axis}": f"%p{axis}" for axis in axes} | {f"state {i}": f"%s{i}" for i in states}
    rest.need([*program.shared, *program.states], leaves)
    arithmetic, rest.lines = rest.lines, lines
    for i in states:
        rest(f"%s{i} = phi {doubles} [{initial[i]}, %block], [{rest.written[program.states[i]]}, %move]")
    rest(f"%offset = mul i64 %k, {program.columns}", "%row = getelementptr double, ptr %table, i64 %offset",
         *arithmetic,
         "%flag = getelementptr i8, ptr %looks, i64 %k", "%f = load i8, ptr %flag",
         "%looking = icmp ne i8 %f, 0", "br i1 %looking, label %look, label %move", "look:")  # fmt: skip
    for i, value in enumerate((*leaves.values(), *(rest.written[place] for place in program.shared))):
        rest(f"%seen{i} = getelementptr {doubles}, ptr %seen, i64 {i}",
             f"store {doubles} {value}, ptr %seen{i}, align 64")  # fmt: skip
    rest("%more = call i1 @look(ptr %seen, ptr %label, ptr %row, ptr %guide, ptr %raster, ptr %facts)",
         "br i1 %more, label %move, label %done", "move:")  # fmt: skip
    for axis in axes:
        rest(f"%p{axis}.next = fadd {doubles} %p{axis}, {rest.written[program.moves[axis]]}")
    rest("%k.next = add i64 %k, 1", "%going = icmp ult i64 %k.next, %steps",
         "br i1 %going, label %step, label %done", "done:")  # fmt: skip
    for axis in axes:
        rest(f"%end{axis} = phi {doubles} [%p{axis}.next, %move], [%p{axis}, %look]")
    for axis in axes:
        rest(f"store {doubles} %end{axis}, ptr %at{axis}, align 8")
    rest("%taken.next = add i64 %taken, 1", "%further = icmp ult i64 %taken.next, %most",
         "br i1 %further, label %next, label %end", "end:", "ret void", "}", "")  # fmt: skip
    return "\n".join([*write.lines, *rest.lines])


def _look(program: Program) -> str:
    """Labels who of a block has left the numbers or is sure to stay in a well; whether any walks on."""
    write = Lanes(program.steps, FEW)
    doubles, flags, shorts, ints = write.doubles, write.flags, write.shorts, write.ints
    write("define internal i1 @look(ptr %seen, ptr %labels, ptr %row, ptr %guide, ptr %raster, ptr %facts) "
          "noinline {", "start:")  # fmt: skip
    # The guide holds: low x, low y, scale x, scale y, last column, last row.
    for i in range(6):
        write(f"%guide{i}.a = getelementptr double, ptr %guide, i64 {i}")
        write.spread(f"%guide{i}", f"%guide{i}.a")
    write(f"%last = fptosi {doubles} %guide4 to {ints}",
          f"%width = add {ints} %last, {write.whole(1, 'i32')}",
          "br label %few", "few:", "%i = phi i64 [0, %start], [%i.next, %next]",
          "%any = phi i1 [false, %start], [%any.next, %next]",
          "%label = getelementptr i16, ptr %labels, i64 %i",
          f"%known = load {shorts}, ptr %label, align 2")  # fmt: skip
    names = ["position 0", "position 1", *(f"state {i}" for i in range(len(program.states)))]
    for i in range(len(names) + len(program.shared)):
        write(f"%offset{i} = add i64 %i, {i * LANES}",
              f"%a{i} = getelementptr double, ptr %seen, i64 %offset{i}",
              f"%seen{i} = load {doubles}, ptr %a{i}, align 8")  # fmt: skip
    leaves = {name: f"%seen{i}" for i, name in enumerate(names)}
    write.written = {place: f"%seen{len(names) + i}" for i, place in enumerate(program.shared)}
    write(f"%sum = fadd {doubles} %seen0, %seen1", f"%zero = fsub {doubles} %sum, %sum",
          f"%open = icmp eq {shorts} %known, {write.whole(UNDECIDED, 'i16')}",
          f"%lost = fcmp uno {doubles} %zero, %zero", f"%losing = and {flags} %open, %lost",
          f"%kept = select {flags} %losing, {shorts} {write.whole(LOST, 'i16')}, {shorts} %known",
          f"%walking = icmp eq {shorts} %kept, {write.whole(UNDECIDED, 'i16')}")  # fmt: skip
    for axis in (0, 1):
        # Outside, and also nan, is brought to the raster's edge, where there is no well.
        write(f"%from{axis} = fsub {doubles} %seen{axis}, %guide{axis}",
              f"%cell{axis} = fmul {doubles} %from{axis}, %guide{2 + axis}",
              f"%right{axis} = fcmp ogt {doubles} %cell{axis}, zeroinitializer",
              f"%low{axis} = select {flags} %right{axis}, {doubles} %cell{axis}, {doubles} zeroinitializer",
              f"%left{axis} = fcmp olt {doubles} %low{axis}, %guide{4 + axis}",
              f"%in{axis} = select {flags} %left{axis}, {doubles} %low{axis}, {doubles} %guide{4 + axis}",
              f"%index{axis} = fptosi {doubles} %in{axis} to {ints}")  # fmt: skip
    write(f"%rows = mul {ints} %index1, %width", f"%spot = add {ints} %rows, %index0")
    write.gather("%nearest", "i32", "%raster", "%spot")
    write(f"%wells = icmp sge {ints} %nearest, zeroinitializer", f"%near = and {flags} %wells, %walking",
          f"%near.bits = bitcast {flags} %near to i{FEW}", f"%some = icmp ne i{FEW} %near.bits, 0",
          "br i1 %some, label %well, label %next", "well:",
          f"%real = select {flags} %near, {ints} %nearest, {ints} zeroinitializer",
          f"%entry0 = mul {ints} %real, {write.whole(len(FACTS) + 1, 'i32')}",
          f"%entry4 = add {ints} %entry0, {write.whole(4, 'i32')}",
          f"%entry8 = add {ints} %entry0, {write.whole(8, 'i32')}")  # fmt: skip
    for first in (0, 4):
        write.gather_four([f"%fact{first + i}" for i in range(4)], "%facts", f"%entry{first}")
    write.gather("%fact8", "double", "%facts", "%entry8")
    leaves.update({fact: f"%fact{i}" for i, fact in enumerate(FACTS)})
    write.need([program.near, program.sure], leaves)
    write(f"%in = and {flags} {write.written[program.near]}, {write.written[program.sure]}",
          f"%settling = and {flags} %near, %in", f"%owner = fptosi {doubles} %fact8 to {shorts}",
          f"%settled = select {flags} %settling, {shorts} %owner, {shorts} %kept", "br label %next", "next:",
          f"%new = phi {shorts} [%kept, %few], [%settled, %well]",
          f"store {shorts} %new, ptr %label, align 2",
          f"%still = icmp eq {shorts} %new, {write.whole(UNDECIDED, 'i16')}",
          f"%still.bits = bitcast {flags} %still to i{FEW}", f"%goes = icmp ne i{FEW} %still.bits, 0",
          "%any.next = or i1 %any, %goes", f"%i.next = add i64 %i, {FEW}",
          f"%further = icmp ult i64 %i.next, {LANES}", "br i1 %further, label %few, label %end", "end:",
          "ret i1 %any.next", "}")  # fmt: skip
    return "\n".join(write.lines)
