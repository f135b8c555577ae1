"""Surfaces: a formula over a domain, and the catalogue of those chosen to teach."""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.errors import FieldError, LandscapeError
from landscape.resources import ASSETS

Array = NDArray[np.float64]
Range = tuple[float, float]


@dataclass(frozen=True)
class Parameter:
    """A named number in a formula, with the range of its slider."""

    name: str
    value: float
    low: float
    high: float
    log: bool = False
    help: str = ""


@dataclass(frozen=True)
class Surface:
    """A loss f(x, y) over a rectangle; values, gradients and Hessians on `(..., 2)` arrays.

    Outside the formula's domain (the logarithm of a negative) values are nan: a hole, not an error.

    Attributes
    ----------
    formula : the text, in x, y and `parameters`
    x, y : the rectangle shown, as (low, high)
    parameters : named numbers in the formula
    key, title, teaches, source, start, log_scale, equal_scales : what the catalogue says of it
    """

    formula: str
    x: Range = (-2.0, 2.0)
    y: Range = (-2.0, 2.0)
    parameters: tuple[Parameter, ...] = ()
    key: str = ""
    title: str = "Own formula"
    teaches: str = ""
    source: str = ""
    start: tuple[float, float] | None = field(default=None)
    log_scale: bool = False
    equal_scales: bool = False

    def __post_init__(self) -> None:
        for name in ("x", "y"):
            object.__setattr__(self, name, checked_range(name, getattr(self, name)))

    @classmethod
    def from_formula(
        cls,
        formula: str,
        x: Range = (-2.0, 2.0),
        y: Range = (-2.0, 2.0),
        parameters: Mapping[str, float] | None = None,
    ) -> Surface:
        """A surface from formula text; parsed, differentiated and checked at once.

        Raises
        ------
        FormulaError
            for a formula that is refused, with the place to blame.
        FieldError
            for a domain that is reversed, empty or infinite.

        >>> surface = Surface.from_formula("x^4 - 2x^2 + k*y^2", parameters={"k": 3})
        >>> surface.gradient([1.0, 1.0]).tolist()
        [0.0, 6.0]
        """
        given = parameters or {}
        for name, value in given.items():
            if not name.isidentifier() or name in ("x", "y") or name.startswith("_"):
                raise FieldError(name, f"“{name}” cannot name a parameter; use letters such as a or k.")
            _check_parameter(name, value)
        chosen = tuple(
            Parameter(name, float(value), min(0.0, 2 * value), max(1.0, 2 * value))
            for name, value in given.items()
        )
        surface = cls(formula, x, y, chosen)
        _ = surface.expression.second_derivatives
        return surface

    @cached_property
    def expression(self) -> Any:
        """The formula, ready to be evaluated; SymPy is only imported for its derivatives."""
        from landscape.expression import compile_formula

        return compile_formula(self.formula, self._names)

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(parameter.name for parameter in self.parameters)

    def compile(self) -> None:
        """Compile all that a race and its remarks need, so that nothing waits later."""
        expression = self.expression
        _ = expression.gradient_at, expression.gradient, expression.hessian

    @property
    def is_compiled(self) -> bool:
        """Whether a path can be computed at once, without compiling first."""
        from landscape.expression import is_compiled

        return is_compiled(self.formula, self._names)

    @property
    def values(self) -> tuple[float, ...]:
        """The parameters' values, in order."""
        return tuple(parameter.value for parameter in self.parameters)

    @property
    def _on_arrays(self) -> tuple[np.float64, ...]:
        """The values as NumPy's floats: a fractional power of a negative one is nan, not complex."""
        return tuple(np.float64(value) for value in self.values)

    @property
    def size(self) -> float:
        """Diagonal of the domain."""
        return math.hypot(self.x[1] - self.x[0], self.y[1] - self.y[0])

    def with_parameters(self, **values: float) -> Surface:
        """The same surface with other parameter values.

        >>> surfaces["ravine"].with_parameters(kappa=50).values
        (50.0,)
        """
        known = {parameter.name for parameter in self.parameters}
        for name, value in values.items():
            if name not in known:
                there = f"It has {', '.join(known)}." if known else "It has none."
                raise FieldError(name, f"{self.title} has no parameter “{name}”. {there}")
            _check_parameter(name, value)
        changed = tuple(
            replace(parameter, value=float(values.get(parameter.name, parameter.value)))
            for parameter in self.parameters
        )
        return replace(self, parameters=changed)

    def value(self, points: ArrayLike) -> Array:
        """Loss: points `(..., 2)` -> `(...)`; nan where undefined.

        >>> surfaces["himmelblau"].value([[3.0, 2.0], [0.0, 0.0]]).tolist()
        [0.0, 170.0]
        """
        x, y = _columns(points)
        with np.errstate(all="ignore"):
            return np.broadcast_to(self.expression.value(x, y, *self._on_arrays), x.shape).astype(float)

    def gradient(self, points: ArrayLike) -> Array:
        """Exact gradient: points `(..., 2)` -> `(..., 2)`; nan where undefined."""
        x, y = _columns(points)
        result = np.empty((*x.shape, 2))
        with np.errstate(all="ignore"):
            result[..., 0], result[..., 1] = self.expression.gradient(x, y, *self._on_arrays)
        return result

    def hessian(self, points: ArrayLike) -> Array:
        """Exact Hessian: points `(..., 2)` -> `(..., 2, 2)`, symmetric; nan where undefined."""
        x, y = _columns(points)
        result = np.empty((*x.shape, 2, 2))
        with np.errstate(all="ignore"):
            xx, xy, yy = self.expression.hessian(x, y, *self._on_arrays)
        result[..., 0, 0], result[..., 1, 1] = xx, yy
        result[..., 0, 1] = result[..., 1, 0] = xy
        return result


def _check_parameter(name: str, value: Any) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not -1e300 < value < 1e300:
        raise FieldError(name, f"Parameter {name} must be a finite number, not {str(value)[:40]}.")


def checked_range(name: str, given: Any) -> Range:
    """A domain's side as (low, high) floats.

    >>> checked_range("x", (-1, 2))
    (-1.0, 2.0)
    """
    try:
        low, high = (float(end) for end in given)
    except (TypeError, ValueError):
        raise FieldError(name, f"The domain of {name} must be two numbers: low, high.") from None
    if not (math.isfinite(low) and math.isfinite(high)):
        raise FieldError(name, f"The domain of {name} must be finite, not {low:g} to {high:g}.")
    if max(abs(low), abs(high)) > 1e9:
        raise FieldError(name, f"The domain of {name} must stay within ±1e9.")
    if low > high:
        raise FieldError(name, f"The domain of {name} is reversed: {low:g} is above {high:g}.")
    if high - low <= 1e-9 * max(abs(low), abs(high), 1.0):
        raise FieldError(name, f"The domain of {name} is empty: {low:g} to {high:g}.")
    return low, high


def _columns(points: ArrayLike) -> tuple[Array, Array]:
    array = np.asarray(points, dtype=float)
    if array.ndim == 0 or array.shape[-1] != 2:
        raise LandscapeError(f"Points must have shape (..., 2), not {array.shape}.")
    return array[..., 0].copy(), array[..., 1].copy()  # contiguous, and 0-d stays 0-d


class Catalogue(Mapping[str, Surface]):
    """The surfaces of `assets/surfaces.toml` by key, read when first asked for.

    >>> surfaces["Double well"].key
    'double_well'
    """

    @cached_property
    def _entries(self) -> dict[str, Surface]:
        with (ASSETS / "surfaces.toml").open("rb") as file:
            return {key: _entry(key, fields) for key, fields in tomllib.load(file).items()}

    def __getitem__(self, name: str) -> Surface:
        key = name.strip().lower().replace(" ", "_").replace("-", "_")
        if key not in self._entries:
            near = difflib.get_close_matches(key, self._entries, n=1, cutoff=0.5)
            hint = f" Did you mean {near[0]}?" if near else " See `landscape surfaces`."
            raise UnknownSurfaceError(f"There is no surface “{name}”.{hint}")
        return self._entries[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


class UnknownSurfaceError(LandscapeError, KeyError):
    """A name that is not in the catalogue."""

    __str__ = Exception.__str__


def _entry(key: str, fields: dict[str, Any]) -> Surface:
    start_x, start_y = fields["start"]
    return Surface(
        formula=fields["formula"],
        x=tuple(fields["x"]),
        y=tuple(fields["y"]),
        parameters=tuple(
            Parameter(name, **described) for name, described in fields.get("parameters", {}).items()
        ),
        key=key,
        title=fields["title"],
        teaches=fields["teaches"],
        source=fields["source"],
        start=(float(start_x), float(start_y)),
        log_scale=fields.get("log_scale", False),
        equal_scales=fields.get("equal_scales", False),
    )


surfaces = Catalogue()
