"""Writes loops of vector arithmetic in LLVM's language with plain operators, and compiles them.

A kernel is a function of whole numbers and addresses, which it finds in a row of 64-bit words:

    words = function, 15 arguments, and what is added to all of these after each call

A tape is an array of such rows, `(calls, 32)`; running it makes the calls in order, as often as one likes.
"""

from __future__ import annotations

import ctypes
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir

Kernel = Callable[..., None]
ARGUMENTS = 16  # words of a call, its function included; as many again say how they move on
VECTOR = 64  # bytes of a vector: what a cache line holds
I1, I32, I64 = ir.IntType(1), ir.IntType(32), ir.IntType(64)
_SIGNATURE = ir.FunctionType(ir.VoidType(), [ir.PointerType()])


class Value:
    """A number or a vector of numbers of the program to be; arithmetic with it writes an instruction."""

    def __init__(self, at: Any, it: Any) -> None:
        self.at, self.it = at, it

    def _made(self, whole: str, broken: str, other: Any) -> Value:
        kind = self.it.type
        scalar = getattr(kind, "element", kind)
        operand = other.it if isinstance(other, Value) else constant(kind, other)
        name = whole if isinstance(scalar, ir.IntType) else broken
        return Value(self.at, getattr(self.at, name)(self.it, operand))

    def __add__(self, other: Any) -> Value:
        return self._made("add", "fadd", other)

    def __sub__(self, other: Any) -> Value:
        return self._made("sub", "fsub", other)

    def __mul__(self, other: Any) -> Value:
        return self._made("mul", "fmul", other)

    def __truediv__(self, other: Any) -> Value:
        return self._made("sdiv", "fdiv", other)

    def __neg__(self) -> Value:
        return Value(self.at, self.at.fneg(self.it))

    def compared(self, how: str, other: Value | float) -> Value:
        """Truth values; False for what is no number."""
        operand = other.it if isinstance(other, Value) else constant(self.it.type, other)
        return Value(self.at, self.at.fcmp_ordered(how, self.it, operand))

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
        self.row = function.args[0]

    def argument(self, place: int) -> Value:
        """The word at a place of the row."""
        word = self.at.gep(self.row, [I64(place)], source_etype=I64)
        return Value(self.at, self.at.load(word, typ=I64))

    def _pointer(self, array: Value, index: Value | int) -> Any:
        return self.at.inttoptr((array + _scaled(index, self.size)).it, ir.PointerType())

    def load(self, array: Value, index: Value | int, lanes: int = 0) -> Value:
        """A vector that begins at an index of an array."""
        kind = ir.VectorType(self.number, lanes or self.lanes)
        return Value(self.at, self.at.load(self._pointer(array, index), align=self.size, typ=kind))

    def store(self, value: Value, array: Value, index: Value | int) -> None:
        """Write a vector, or a number, to where an index of an array is."""
        self.at.store(value.it, self._pointer(array, index), align=self.size)

    def spread(self, array: Value, index: Value | int) -> Value:
        """The number at an index of an array, for every lane."""
        one = self.at.load(self._pointer(array, index), align=self.size, typ=self.number)
        alone = self.at.insert_element(ir.Constant(self.vector, ir.Undefined), one, I32(0))
        return self.mixed(Value(self.at, alone), Value(self.at, alone), [0] * self.lanes)

    def every(self, number: float) -> Value:
        """A number, for every lane."""
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

    @contextmanager
    def loop(self, start: Value | int, stop: Value, step: int, *carried: Value) -> Iterator[Turn]:
        """Count from `start` in steps while below `stop`; `carried` values go from turn to turn.

        After it the turn's `values` are the last.
        """
        at = self.at
        before, head, body, after = at.block, *(at.append_basic_block() for _ in range(3))
        at.branch(head)
        at.position_at_end(head)
        turn = Turn(Value(at, at.phi(I64)), [Value(at, at.phi(value.it.type)) for value in carried])
        at.cbranch(at.icmp_signed("<", turn.index.it, stop.it), body, after)
        at.position_at_end(body)
        yield turn
        turn.following.insert(0, turn.index + step)
        first = start if isinstance(start, Value) else Value(at, I64(start))
        for phi, given, handed in zip(
            (turn.index, *turn.values), (first, *carried), turn.following, strict=True
        ):
            phi.it.add_incoming(given.it, before)
            phi.it.add_incoming(handed.it, at.block)
        at.branch(head)
        at.position_at_end(after)


def _scaled(index: Value | int, size: int) -> Value | int:
    return index * size


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
        writer = Writer(module, name, number)
        kernel(
            writer, *(writer.argument(place) for place in range(1, len(inspect.signature(kernel).parameters)))
        )
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
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [I64] * 3), "run")
    writer = Writer.__new__(Writer)
    at = writer.at = ir.IRBuilder(function.append_basic_block())
    tape, calls, times = (Value(at, argument) for argument in function.args)
    words = ir.VectorType(I64, ARGUMENTS)
    with writer.loop(0, times, 1), writer.loop(0, calls, 1) as call:
        row = tape + call.index * (2 * ARGUMENTS * 8)
        here, moves = (at.inttoptr((row + offset).it, ir.PointerType()) for offset in (0, ARGUMENTS * 8))
        kernel = at.inttoptr(at.load(here, typ=I64), _SIGNATURE.as_pointer())
        at.call(kernel, [here])
        moved = at.add(at.load(here, typ=words, align=8), at.load(moves, typ=words, align=8))
        at.store(moved, here, align=8)
    at.ret_void()
