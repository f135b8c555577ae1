"""Calls of machine code, written down once and made many times: what a step of training consists of.

A call is two rows of 64-bit words: a function with its arguments, and what is added to all of these after
each time, so that an argument may walk along an array.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from landscape.network.layers import Array

WORDS = 16  # of a row: the function's address, and its arguments


@dataclass(frozen=True)
class Moving:
    """An array that moves on by so many of its rows after each call."""

    array: Array
    by: int


class Tape:
    """Calls of kernels, one after the other; a kernel is given by name and takes addresses and numbers."""

    def __init__(self, address: Mapping[str, int]) -> None:
        self.address = address
        self.calls: list[Any] = []
        self.arrays: list[Any] = []  # that are pointed to

    def __call__(self, kernel: str, *given: Array | Moving | int) -> None:
        """Add a call."""
        words = np.zeros((2, WORDS), np.int64)
        words[0, 0] = self.address[kernel]
        for place, each in enumerate(given, 1):
            if isinstance(each, Moving):
                words[:, place] = each.array.ctypes.data, each.by * each.array.strides[0]
            else:
                words[0, place] = each if isinstance(each, int) else each.ctypes.data
        self.calls.append(words)
        self.arrays.append(given)

    def run(self, code: Any, times: int = 1) -> None:
        """Make the calls so many times, from where the arrays begin; after it none can be added."""
        calls = self._whole.copy()  # its addresses move on
        code.run(calls.ctypes.data, len(calls), times)

    @cached_property
    def _whole(self) -> Any:
        return np.array(self.calls)
