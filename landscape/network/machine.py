"""Writes loops of vector arithmetic in LLVM's language, with plain operators, and compiles them.

A kernel takes the address of a row of words (see `tape`), in which it finds its arguments.
"""

from __future__ import annotations

import ctypes
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir

from landscape.network.tape import WORDS

Kernel = Callable[..., None]
VECTOR = 64  # bytes of a vector: what a cache line holds
I32, I64 = ir.IntType(32), ir.IntType(64)
_SIGNATURE = ir.FunctionType(ir.VoidType(), [I64])


class Value:
    """A number or a vector of numbers of the program to be; arithmetic with it writes an instruction."""

    def __init__(self, at: Any, it: Any) -> None:
        self.at, self.it = at, it

    def _operand(self, other: Value | float) -> Any:
        return other.it if isinstance(other, Value) else constant(self.it.type, other)

    def _made(self, instruction: str, other: Value | float) -> Value:
        kind = self.it.type
        broken = not isinstance(getattr(kind, "element", kind), ir.IntType)
        return Value(self.at, getattr(self.at, "f" * broken + instruction)(self.it, self._operand(other)))

    def __add__(self, other: Value | float) -> Value:
        return self._made("add", other)

    def __sub__(self, other: Value | float) -> Value:
        return self._made("sub", other)

    def __mul__(self, other: Value | float) -> Value:
        return self._made("mul", other)

    def __truediv__(self, other: Value | float) -> Value:
        return self._made("div", other)

    def __floordiv__(self, other: Value | int) -> Value:
        return self._made("sdiv", other)

    def __neg__(self) -> Value:
        return Value(self.at, self.at.fneg(self.it))

    def compared(self, how: str, other: Value | float) -> Value:
        """Truth values; False for what is no number."""
        return Value(self.at, self.at.fcmp_ordered(how, self.it, self._operand(other)))

    def choose(self, a: Value, b: Value) -> Value:
        """`a` where this is true, else `b`."""
        return Value(self.at, self.at.select(self.it, a.it, b.it))


def constant(kind: Any, number: float) -> Any:
    """A number, for every lane."""
    return ir.Constant(kind, [number] * kind.count if isinstance(kind, ir.VectorType) else number)


@dataclass
class Turn:
    """One turn of a loop: its index, the values that it is given, and those that it hands on."""

    index: Value
    values: list[Value]
    following: list[Value] = field(default_factory=list)


class Writer:
    """Writes one kernel.

    Attributes
    ----------
    number, vector : the types of its numbers
    lanes : numbers in a vector
    size : bytes of a number
    """

    def __init__(self, module: Any, name: str, number: Any) -> None:
        self.module, self.number = module, number
        self.size = 4 if isinstance(number, ir.FloatType) else 8
        self.lanes = VECTOR // self.size
        self.vector = ir.VectorType(number, self.lanes)
        function = ir.Function(module, _SIGNATURE, name)
        self.at = ir.IRBuilder(function.append_basic_block())
        self.row = Value(self.at, function.args[0])

    def argument(self, place: int) -> Value:
        """The word at a place of the row."""
        word = self.at.inttoptr((self.row + place * 8).it, ir.PointerType())
        return Value(self.at, self.at.load(word, typ=I64))

    def _pointer(self, array: Value, index: Value | int) -> Any:
        return self.at.inttoptr((array + index * self.size).it, ir.PointerType())

    def load(self, array: Value, index: Value | int, lanes: int = 0) -> Value:
        """A vector that begins at an index of an array."""
        kind = ir.VectorType(self.number, lanes or self.lanes)
        return Value(self.at, self.at.load(self._pointer(array, index), align=self.size, typ=kind))

    def store(self, value: Value, array: Value, index: Value | int) -> None:
        """Write a vector, or a number, to where an index of an array is."""
        self.at.store(value.it, self._pointer(array, index), align=self.size)

    def spread(self, array: Value, index: Value | int) -> Value:
        """The number at an index of an array, for every lane."""
        return self.same(
            Value(self.at, self.at.load(self._pointer(array, index), align=self.size, typ=self.number))
        )

    def same(self, one: Value) -> Value:
        """A number of any type, for every lane."""
        nothing = ir.Constant(ir.VectorType(one.it.type, self.lanes), ir.Undefined)
        alone = Value(self.at, self.at.insert_element(nothing, one.it, I32(0)))
        return self.mixed(alone, alone, [0] * self.lanes)

    def every(self, number: float) -> Value:
        """A number that is known now, for every lane."""
        return Value(self.at, constant(self.vector, number))

    def mixed(self, a: Value, b: Value, lanes: list[int]) -> Value:
        """A vector of lanes of two, which are counted on from one to the other."""
        mask = ir.Constant(ir.VectorType(I32, len(lanes)), lanes)
        return Value(self.at, self.at.shuffle_vector(a.it, b.it, mask))

    def over_lanes(self, combine: Callable[[Value, Value], Value], value: Value) -> Value:
        """All lanes of a vector combined, for every lane."""
        shift = self.lanes // 2
        while shift:
            turned = [(lane + shift) % self.lanes for lane in range(self.lanes)]
            value, shift = combine(value, self.mixed(value, value, turned)), shift // 2
        return value

    def first(self, value: Value) -> Value:
        """The first lane."""
        return Value(self.at, self.at.extract_element(value.it, I32(0)))

    def call(self, intrinsic: str, *operands: Value) -> Value:
        """One of LLVM's own functions of vectors."""
        name = f"llvm.{intrinsic}.v{self.lanes}f{self.size * 8}"
        function = self.module.globals.get(name)
        if function is None:
            signature = ir.FunctionType(self.vector, [self.vector] * len(operands))
            function = ir.Function(self.module, signature, name)
        return Value(self.at, self.at.call(function, [operand.it for operand in operands]))

    def loop(
        self, start: Value | int, stop: Value, step: int, *carried: Value
    ) -> AbstractContextManager[Turn]:
        """Count from `start` in steps while below `stop`; `carried` values go from turn to turn.

        After it the turn's `values` are the last.
        """
        return _loop(self.at, start, stop, step, carried)


@contextmanager
def _loop(
    at: Any, start: Value | int, stop: Value, step: int, carried: Sequence[Value] = ()
) -> Iterator[Turn]:
    before, head, body, after = at.block, *(at.append_basic_block() for _ in range(3))
    at.branch(head)
    at.position_at_end(head)
    turn = Turn(Value(at, at.phi(I64)), [Value(at, at.phi(value.it.type)) for value in carried])
    at.cbranch(at.icmp_signed("<", turn.index.it, stop.it), body, after)
    at.position_at_end(body)
    yield turn
    first = start if isinstance(start, Value) else Value(at, I64(start))
    given, handed = (first, *carried), (turn.index + step, *turn.following)
    for phi, old, new in zip((turn.index, *turn.values), given, handed, strict=True):
        phi.it.add_incoming(old.it, before)
        phi.it.add_incoming(new.it, at.block)
    at.branch(head)
    at.position_at_end(after)


@dataclass(frozen=True)
class Code:
    """Compiled kernels.

    Attributes
    ----------
    address : of each, by name
    run : runs a tape, given its address, the number of its calls, and how often
    """

    address: Mapping[str, int]
    run: Callable[[int, int, int], None]
    engine: Any  # owns what the addresses point to


def compiled(kernels: Mapping[str, Kernel], precision: str) -> Code:
    """Compile kernels, functions that write one with a `Writer` and its arguments."""
    module = ir.Module()
    number = {"float32": ir.FloatType(), "float64": ir.DoubleType()}[precision]
    for name, kernel in kernels.items():
        writer, taken = Writer(module, name, number), len(inspect.signature(kernel).parameters)
        kernel(writer, *map(writer.argument, range(1, taken)))
        writer.at.ret_void()
    _write_run(module)
    machine = _target().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=2
    )
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(str(module)), machine)
    engine.finalize_object()
    signature = ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * 3)
    addresses = {name: engine.get_function_address(name) for name in kernels}
    return Code(addresses, signature(engine.get_function_address("run")), engine)


@cache
def _target() -> Any:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_default_triple()


def _write_run(module: Any) -> None:
    """The function that runs a tape."""
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [I64] * 3), "run")
    at = ir.IRBuilder(function.append_basic_block())
    tape, calls, times = (Value(at, argument) for argument in function.args)
    row, words = ir.VectorType(I64, WORDS), WORDS * 8
    with _loop(at, 0, times, 1), _loop(at, 0, calls, 1) as call:
        start = tape + call.index * (2 * words)
        here, moves = (at.inttoptr((start + offset).it, ir.PointerType()) for offset in (0, words))
        at.call(at.inttoptr(at.load(here, typ=I64), _SIGNATURE.as_pointer()), [start.it])
        moved = at.add(at.load(here, typ=row, align=8), at.load(moves, typ=row, align=8))
        at.store(moved, here, align=8)
    at.ret_void()
