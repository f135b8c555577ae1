"""Interval arithmetic with derivatives: over a whole box of the plane, where f, ∇f and ∇²f can lie.

A `Jet` holds lower and upper bounds of f, f_x, f_y, f_xx, f_xy and f_yy over many boxes at once. Every
operation rounds outwards, so that what a bound excludes is excluded for certain (Moore 1966; Neumaier
1990). That is how a point can be shown to be the only one, and not merely the only one that was found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from landscape.surface import Array

ULP = 2.0**-52  # twice the error of a correctly rounded operation
ROUGHLY = 8 * ULP  # of the library's sin, exp and so on
LARGEST = np.finfo(float).max

VOID, TORN = 1, 2  # flags: nowhere defined in the box; not defined, or not continuous, in some of it
Flags = np.ndarray[Any, np.dtype[np.uint8]]
Bounds = tuple[Array, Array]  # lower, upper


@dataclass(frozen=True)
class Jet:
    """Bounds over n boxes.

    Attributes
    ----------
    lo, hi : `(6, n)`: f, f_x, f_y, f_xx, f_xy, f_yy; infinite second derivatives mean that f may have a
        kink or an edge in the box
    flags : `(n,)`, VOID or TORN bits
    """

    lo: Array
    hi: Array
    flags: Flags

    @classmethod
    def of(cls, lo: Array, hi: Array, axis: int) -> Jet:
        """The coordinate x (axis 0) or y (axis 1) over intervals `(n,)`."""
        low, high = np.zeros((6, len(lo))), np.zeros((6, len(lo)))
        low[0], high[0] = lo, hi
        low[1 + axis] = high[1 + axis] = 1.0
        return cls(low, high, np.zeros(len(lo), dtype=np.uint8))

    def constant(self, value: float) -> Jet:
        """A constant over the same boxes."""
        bounds = np.zeros_like(self.lo)
        bounds[0] = value
        return Jet(bounds, bounds, np.zeros_like(self.flags))

    def __neg__(self) -> Jet:
        return Jet(-self.hi, -self.lo, self.flags)

    def __add__(self, other: Jet | float) -> Jet:
        if isinstance(other, Jet):
            return Jet(*plus((self.lo, self.hi), (other.lo, other.hi)), self.flags | other.flags)
        lo, hi = self.lo.copy(), self.hi.copy()
        lo[:1], hi[:1] = outward(lo[:1] + other, hi[:1] + other)
        return Jet(lo, hi, self.flags)

    __radd__ = __add__

    def __sub__(self, other: Jet | float) -> Jet:
        return self + (-other)

    def __rsub__(self, other: float) -> Jet:
        return (-self) + other

    def __mul__(self, other: Jet | float) -> Jet:
        if not isinstance(other, Jet):
            ends = self.lo * other, self.hi * other
            return Jet(*outward(*(ends if other >= 0 else ends[::-1])), self.flags)
        f, g = (self.lo, self.hi), (other.lo, other.hi)
        lo, hi = times(_rows(f, slice(0, 1)), g)
        rest = times(_rows(g, slice(0, 1)), _rows(f, slice(1, 6)))
        lo[1:], hi[1:] = plus((lo[1:], hi[1:]), rest)
        cross = times(_rows(f, [1, 1, 2, 2]), _rows(g, [1, 2, 1, 2]))  # f_x g_x, f_x g_y, f_y g_x, f_y g_y
        mixed = plus(_rows(cross, [0, 1, 3]), _rows(cross, [0, 2, 3]))
        lo[3:], hi[3:] = plus((lo[3:], hi[3:]), mixed)
        return Jet(lo, hi, self.flags | other.flags)

    __rmul__ = __mul__

    def __truediv__(self, other: Jet | float) -> Jet:
        if isinstance(other, Jet):
            return self * other.reciprocal()
        if other == 0:  # a parameter can be: then this is defined nowhere
            return Jet(
                np.full_like(self.lo, -np.inf), np.full_like(self.hi, np.inf), self.flags | np.uint8(VOID)
            )
        return self * (1.0 / other)

    def __rtruediv__(self, other: float) -> Jet:
        return self.reciprocal() * other

    def reciprocal(self) -> Jet:
        """1/f; over a box with a pole only the signs of its derivatives are known."""
        lo, hi = self.lo[0], self.hi[0]
        pole = (lo <= 0) & (hi >= 0)
        widest = np.maximum(np.abs(lo), np.abs(hi))
        nearest = np.where(pole, 0.0, np.minimum(np.abs(lo), np.abs(hi)))
        inverse = np.where(pole, -np.inf, 1 / hi), np.where(pole, np.inf, 1 / lo)
        first = -1 / (nearest * nearest), -1 / (widest * widest)
        second = np.where(pole, -np.inf, 2 / hi**3), np.where(pole, np.inf, 2 / lo**3)
        return self.chain(inverse, first, second, torn=pole)

    def squared(self) -> Jet:
        """f²."""
        value = self.lo[0], self.hi[0]
        two = np.full_like(value[0], 2.0)
        return self.chain(_whole_power(value, 2), _scaled(value, 2.0), (two, two))

    def power(self, exponent: float) -> Jet:
        """The value to a constant power; only f ≥ 0 has one that is not whole."""
        if exponent == int(exponent):
            n = int(exponent)
            if n < 0:
                return self.power(-n).reciprocal()
            if n < 2:
                return self if n else self.constant(1.0)  # 0⁰ is 1, as it is for floats
            value = self.lo[0], self.hi[0]
            first, second = _whole_power(value, n - 1), _whole_power(value, n - 2)
            return self.chain(_whole_power(value, n), _scaled(first, n), _scaled(second, n * (n - 1)))
        lo, hi = np.maximum(self.lo[0], 0.0), np.maximum(self.hi[0], 0.0)

        def derivative(k: int, factor: float) -> Bounds:
            ends = lo ** (exponent - k), hi ** (exponent - k)
            return _scaled(ends if exponent > k else ends[::-1], factor)

        return self.chain(
            derivative(0, 1.0), derivative(1, exponent), derivative(2, exponent * (exponent - 1)),
            void=self.hi[0] < 0, torn=self.lo[0] < 0 if exponent > 0 else self.lo[0] <= 0,
            rough=self.lo[0] <= 0,
        )  # fmt: skip

    def chain(
        self, value: Bounds, first: Bounds, second: Bounds, void: Any = None, torn: Any = None,
        rough: Any = None,
    ) -> Jet:  # fmt: skip
        """φ(f) from bounds `(n,)` of φ, φ′ and φ″ over the values of f: the chain rule.

        Parameters
        ----------
        void, torn, rough : `(n,)` masks: where φ is nowhere defined; where not everywhere; where it has
            no bounded second derivative
        """
        lo, hi = np.empty_like(self.lo), np.empty_like(self.hi)
        lo[0], hi[0] = outward(*value, ROUGHLY)
        first, second = outward(*first, ROUGHLY), outward(*second, ROUGHLY)
        f = (self.lo, self.hi)
        lo[1:], hi[1:] = times(first, _rows(f, slice(1, 6)))
        squares = np.empty((3, len(lo[0]))), np.empty((3, len(lo[0])))
        for row, part in ((0, 1), (2, 2)):
            squares[0][row], squares[1][row] = _whole_power((self.lo[part], self.hi[part]), 2)
        squares[0][1], squares[1][1] = times((self.lo[1], self.hi[1]), (self.lo[2], self.hi[2]))
        lo[3:], hi[3:] = plus((lo[3:], hi[3:]), times(second, outward(*squares)))
        flags = self.flags
        unsure = None
        for mask, bit in ((void, VOID), (torn, TORN), (rough, 0)):
            if mask is not None and mask.any():
                flags = flags | np.where(mask, np.uint8(bit), np.uint8(0))
                unsure = mask if unsure is None else unsure | mask
        if unsure is not None:
            lo[3:, unsure], hi[3:, unsure] = -np.inf, np.inf
        return Jet(lo, hi, flags)


def _rows(bounds: Bounds, rows: Any) -> Bounds:
    return bounds[0][rows], bounds[1][rows]


def outward(lo: Array, hi: Array, error: float = ULP) -> Bounds:
    """Bounds rounded outwards; what is no number bounds nothing, an overflow is at least the largest one."""
    less, more = 1 - error, 1 + error
    low = np.minimum(np.minimum(lo * less, lo * more), LARGEST)
    high = np.maximum(np.maximum(hi * less, hi * more), -LARGEST)
    return np.fmax(low, -np.inf), np.fmin(high, np.inf)


def plus(a: Bounds, b: Bounds) -> Bounds:
    """Bounds of a sum."""
    return outward(a[0] + b[0], a[1] + b[1])


def times(a: Bounds, b: Bounds) -> Bounds:
    """Bounds of a product, where 0·∞ is 0."""
    products = [a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1]]
    low, high = np.minimum(products[0], products[1]), np.maximum(products[0], products[1])
    low, high = np.minimum(low, products[2]), np.maximum(high, products[2])
    low, high = np.minimum(low, products[3]), np.maximum(high, products[3])
    if np.isnan(low).any():
        products = [np.where(np.isnan(product), 0.0, product) for product in products]
        low, high = np.minimum.reduce(products), np.maximum.reduce(products)
    return outward(low, high)


def _scaled(bounds: Bounds, factor: float) -> Bounds:
    ends = bounds[0] * factor, bounds[1] * factor
    return outward(*(ends if factor >= 0 else ends[::-1]))


def _whole_power(bounds: Bounds, n: int) -> Bounds:
    """Bounds of tⁿ, n ≥ 0."""
    lo, hi = bounds
    if n == 0:
        return np.ones_like(lo), np.ones_like(hi)
    low, high = lo**n, hi**n
    if n % 2:
        return outward(low, high, ROUGHLY)
    across = (lo < 0) & (hi > 0)
    return outward(np.where(across, 0.0, np.minimum(low, high)), np.maximum(low, high), ROUGHLY)


def _even(function: Callable[[Array], Array], bounds: Bounds, falling: bool) -> Bounds:
    """Bounds of an even function that falls, or rises, with |t|."""
    lo, hi = bounds
    least = np.where((lo <= 0) & (hi >= 0), 0.0, np.minimum(np.abs(lo), np.abs(hi)))
    ends = function(least), function(np.maximum(np.abs(lo), np.abs(hi)))
    return ends[::-1] if falling else ends


def _wave(function: Callable[[Array], Array], peak: float, lo: Array, hi: Array) -> Bounds:
    """Bounds of sin or cos, which has a peak there: ±1 where an extremum lies inside."""
    slack = 1e-12 * (1 + np.maximum(np.abs(lo), np.abs(hi)))  # rather one extremum too many
    first, last = np.ceil((lo - peak - slack) / np.pi), np.floor((hi - peak + slack) / np.pi)
    inside, several = last >= first, last > first
    even = first % 2 == 0
    at_lo, at_hi = function(lo), function(hi)
    low = np.where(several | (inside & ~even), -1.0, np.minimum(at_lo, at_hi))
    high = np.where(several | (inside & even), 1.0, np.maximum(at_lo, at_hi))
    known = np.isfinite(lo) & np.isfinite(hi)
    return np.where(known, low, -1.0), np.where(known, high, 1.0)


def _negative(bounds: Bounds) -> Bounds:
    return -bounds[1], -bounds[0]


def cos(f: Jet) -> Jet:
    """Cosine."""
    value = f.lo[0], f.hi[0]
    sine, cosine = _wave(np.sin, np.pi / 2, *value), _wave(np.cos, 0.0, *value)
    return f.chain(cosine, _negative(sine), _negative(cosine))


def sin(f: Jet) -> Jet:
    """Sine."""
    value = f.lo[0], f.hi[0]
    sine, cosine = _wave(np.sin, np.pi / 2, *value), _wave(np.cos, 0.0, *value)
    return f.chain(sine, cosine, _negative(sine))


def tan(f: Jet) -> Jet:
    """Tangent; rises between its poles."""
    lo, hi = f.lo[0], f.hi[0]
    pole = ~(np.floor(lo / np.pi + 0.5 - 1e-12) == np.floor(hi / np.pi + 0.5 + 1e-12))
    value = np.where(pole, -np.inf, np.tan(lo)), np.where(pole, np.inf, np.tan(hi))
    first = plus((np.ones_like(lo), np.ones_like(lo)), _whole_power(value, 2))
    return f.chain(value, first, times(_scaled(value, 2.0), first), torn=pole)


def asin(f: Jet) -> Jet:
    """Arc sine, on [−1, 1]."""
    lo, hi = np.clip(f.lo[0], -1, 1), np.clip(f.hi[0], -1, 1)

    def below_one(t: Array) -> Array:
        return (1 - t) * (1 + t)  # 1 − t² without cancellation

    first = _even(lambda t: 1 / np.sqrt(below_one(t)), (lo, hi), falling=False)
    second = lo / below_one(lo) ** 1.5, hi / below_one(hi) ** 1.5
    outside = (f.lo[0] <= -1) | (f.hi[0] >= 1)
    beyond = (f.hi[0] < -1) | (f.lo[0] > 1)
    return f.chain((np.arcsin(lo), np.arcsin(hi)), first, second, void=beyond, torn=outside)


def acos(f: Jet) -> Jet:
    """Arc cosine, on [−1, 1]."""
    return np.pi / 2 - asin(f)


def atan(f: Jet) -> Jet:
    """Arc tangent."""
    value = f.lo[0], f.hi[0]
    first = _even(lambda t: 1 / (1 + t * t), value, falling=True)
    second = times(_scaled(value, -2.0), _even(lambda t: 1 / (1 + t * t) ** 2, value, falling=True))
    return f.chain((np.arctan(value[0]), np.arctan(value[1])), first, second)


def sinh(f: Jet) -> Jet:
    """Hyperbolic sine."""
    value = f.lo[0], f.hi[0]
    rising = np.sinh(value[0]), np.sinh(value[1])
    return f.chain(rising, _even(np.cosh, value, falling=False), rising)


def cosh(f: Jet) -> Jet:
    """Hyperbolic cosine."""
    value = f.lo[0], f.hi[0]
    even = _even(np.cosh, value, falling=False)
    return f.chain(even, (np.sinh(value[0]), np.sinh(value[1])), even)


def tanh(f: Jet) -> Jet:
    """Hyperbolic tangent."""
    value = f.lo[0], f.hi[0]
    rising = np.tanh(value[0]), np.tanh(value[1])
    first = _even(lambda t: 1 / np.cosh(t) ** 2, value, falling=True)
    return f.chain(rising, first, times(_scaled(rising, -2.0), first))


def sigmoid(f: Jet) -> Jet:
    """1/(1 + e⁻ᵗ)."""
    value = f.lo[0], f.hi[0]
    rising = 1 / (1 + np.exp(-value[0])), 1 / (1 + np.exp(-value[1]))

    def slope(t: Array) -> Array:
        small = np.exp(-np.abs(t))
        return small / (1 + small) ** 2

    first = _even(slope, value, falling=True)
    turned = _scaled(rising, -2.0)
    return f.chain(rising, first, times(first, outward(turned[0] + 1, turned[1] + 1)))


def exp(f: Jet) -> Jet:
    """Exponential."""
    rising = np.exp(f.lo[0]), np.exp(f.hi[0])
    return f.chain(rising, rising, rising)


def log(f: Jet) -> Jet:
    """Natural logarithm, of what is positive."""
    lo, hi = np.maximum(f.lo[0], 0.0), np.maximum(f.hi[0], 0.0)
    return f.chain(
        (np.log(lo), np.log(hi)), (1 / hi, 1 / lo), (-1 / (lo * lo), -1 / (hi * hi)),
        void=f.hi[0] <= 0, torn=f.lo[0] <= 0,
    )  # fmt: skip


def absolute(f: Jet) -> Jet:
    """|t|; at its kink every slope from −1 to 1 counts (Clarke 1983)."""
    lo, hi = f.lo[0], f.hi[0]
    kink = (lo <= 0) & (hi >= 0)
    sign = np.where(lo > 0, 1.0, -1.0), np.where(hi < 0, -1.0, 1.0)
    flat = np.zeros_like(lo)
    return f.chain(_even(np.abs, (lo, hi), falling=False), sign, (flat, flat), rough=kink)


def maximum(f: Jet, g: Jet) -> Jet:
    """The larger of two; where either may be it, the slopes of both and all between count."""
    first, second = f.lo[0] > g.hi[0], g.lo[0] > f.hi[0]
    lo = np.where(first, f.lo, np.where(second, g.lo, np.minimum(f.lo, g.lo)))
    hi = np.where(first, f.hi, np.where(second, g.hi, np.maximum(f.hi, g.hi)))
    lo[0], hi[0] = np.maximum(f.lo[0], g.lo[0]), np.maximum(f.hi[0], g.hi[0])
    either = ~(first | second)
    lo[3:, either], hi[3:, either] = -np.inf, np.inf
    return Jet(lo, hi, f.flags | g.flags)


def minimum(f: Jet, g: Jet) -> Jet:
    """The smaller of two."""
    return -maximum(-f, -g)


def angle(v: Jet, u: Jet) -> Jet:
    """atan2(v, u): its slopes are those of the angle, which its jump at ±π does not change."""
    squared = u.squared() + v.squared()
    by_v, by_u = u / squared, -v / squared
    lo, hi = np.empty_like(u.lo), np.empty_like(u.hi)
    jump = (u.lo[0] <= 0) & (v.lo[0] <= 0) & (v.hi[0] >= 0)
    corners = np.array([np.arctan2(a, b) for a in (v.lo[0], v.hi[0]) for b in (u.lo[0], u.hi[0])])
    value = outward(corners.min(axis=0), corners.max(axis=0), ROUGHLY)
    lo[0], hi[0] = np.where(jump, -np.pi, value[0]), np.where(jump, np.pi, value[1])

    def bounds(jet: Jet, row: int) -> Bounds:
        return jet.lo[row], jet.hi[row]

    for i in (1, 2):
        lo[i], hi[i] = plus(
            times(bounds(by_v, 0), bounds(v, i)), times(bounds(by_u, 0), bounds(u, i))
        )  # fmt: skip
    for row, i, j in ((3, 1, 1), (4, 1, 2), (5, 2, 2)):
        along_v = plus(
            times(bounds(by_v, j), bounds(v, i)), times(bounds(by_v, 0), bounds(v, row))
        )  # fmt: skip
        along_u = plus(times(bounds(by_u, j), bounds(u, i)), times(bounds(by_u, 0), bounds(u, row)))
        lo[row], hi[row] = plus(along_v, along_u)
    flags = by_v.flags | by_u.flags | np.where(jump, np.uint8(TORN), np.uint8(0))
    lo[3:, jump], hi[3:, jump] = -np.inf, np.inf
    return Jet(lo, hi, flags)
