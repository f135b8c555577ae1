"""The update rules: each is two pure functions, `init` and `update`, on plain arithmetic.

    state = optimizer.init(position)
    step, state = optimizer.update(gradient, state, position)
    position = position + step

Positions and gradients may be floats, `(2,)`, `(n, 2)` or `(networks, parameters)` arrays, and every
hyperparameter may be an array that broadcasts against them, such as `(networks, 1)`: the very same
rule draws one path, maps a basin of many starts and trains hundreds of networks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Literal, NamedTuple, Protocol, get_args

from landscape.errors import FieldError, LandscapeError
from landscape.hyperparameters import (
    EPSILON,
    FIRST_MOMENT,
    LEARNING_RATE,
    MOMENTUM,
    SECOND_MOMENT,
    SQUARES,
    WEIGHT_DECAY,
    described,
    hyperparameters,
)

Values = Any  # a float, or an array: the rules only add, multiply, divide and take powers
Form = Literal["ewma", "classical"]


class Optimizer(Protocol):
    """What every rule offers."""

    key: ClassVar[str]
    title: ClassVar[str]
    letter: ClassVar[str]
    learning_rate: Values

    @property
    def form(self) -> str:
        """The update form's name, since textbooks differ; empty where they agree."""

    @property
    def formula(self) -> str:
        """The update as written in symbols, one line a stage."""

    def init(self, position: Values) -> Any:
        """State before the first step, shaped like `position`."""

    def update(
        self, gradient: Values, state: Any, position: Values, learning_rate: Values | None = None
    ) -> tuple[Values, Any]:
        """The step to add to `position`, and the new state; a schedule passes `learning_rate`."""


class Rule:
    """Checks the described hyperparameters of the frozen dataclasses below."""

    form = ""

    def __post_init__(self) -> None:
        for name, hyperparameter in hyperparameters(self).items():
            hyperparameter.check(name, getattr(self, name))
        for item in fields(self):  # type: ignore[arg-type]
            value = getattr(self, item.name)
            if item.type == "bool" and not isinstance(value, bool):
                raise FieldError(item.name, f"{item.name} must be true or false, not {value!r}.")


class GradientDescentState(NamedTuple):
    """Gradient descent remembers nothing."""


@dataclass(frozen=True)
class GradientDescent(Rule):
    """Gradient descent: θ ← θ − αg.

    >>> GradientDescent(learning_rate=0.1).update(2.0, (), 1.0)[0]
    -0.2
    """

    key: ClassVar[str] = "gradient_descent"
    title: ClassVar[str] = "Gradient descent"
    letter: ClassVar[str] = "G"
    formula: ClassVar[str] = "θ ← θ − αg"

    learning_rate: Values = described(LEARNING_RATE)

    def init(self, position: Values) -> GradientDescentState:
        """No state."""
        return GradientDescentState()

    def update(
        self, gradient: Values, state: Any, position: Values, learning_rate: Values | None = None
    ) -> tuple[Values, Any]:
        """Step straight down the gradient."""
        alpha = self.learning_rate if learning_rate is None else learning_rate
        return -(alpha * gradient), state


class MomentumState(NamedTuple):
    """Momentum's memory: the velocity v, and the number of steps taken."""

    velocity: Values
    taken: int


@dataclass(frozen=True)
class Momentum(Rule):
    """Momentum, as an exponentially weighted average ("ewma", Ng) or as a heavy ball ("classical").

    - "ewma": v ← βv + (1−β)g; θ ← θ − αv
    - "classical" (Polyak 1964; PyTorch): v ← βv + g; θ ← θ − αv
    - `nesterov` steps along βv plus the new gradient's share: the look-ahead form as PyTorch writes it
    - `bias_correction` divides by the weights' sum, 1−βᵗ ("ewma" only); looking ahead, that is 1−βᵗ⁺¹

    >>> Momentum(learning_rate=1.0, beta=0.9).update(1.0, MomentumState(0.0, 0), 0.0)[0]
    -0.09999999999999998
    """

    key: ClassVar[str] = "momentum"
    title: ClassVar[str] = "Momentum"
    letter: ClassVar[str] = "M"

    learning_rate: Values = described(LEARNING_RATE)
    beta: Values = described(MOMENTUM)
    form: Form = "ewma"
    nesterov: bool = False
    bias_correction: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.form not in get_args(Form):
            raise FieldError("form", f"form is {self.form!r}; it must be 'ewma' or 'classical'.")
        if self.bias_correction and self.form == "classical":
            raise FieldError("bias_correction", "Only the ewma form has a bias to correct.")

    @property
    def formula(self) -> str:
        """The chosen form in symbols."""
        share = "(1−β)g" if self.form == "ewma" else "g"
        velocity = "(βv + " + share + ")" if self.nesterov else "v"
        power = "ᵗ⁺¹" if self.nesterov else "ᵗ"
        corrected = f"{velocity}/(1−β{power})" if self.bias_correction else velocity
        return f"v ← βv + {share}\nθ ← θ − α{corrected}"

    def init(self, position: Values) -> MomentumState:
        """Velocity zero."""
        return MomentumState(0.0 * position, 0)

    def update(
        self, gradient: Values, state: Any, position: Values, learning_rate: Values | None = None
    ) -> tuple[Values, Any]:
        """Step along the velocity."""
        alpha = self.learning_rate if learning_rate is None else learning_rate
        beta = self.beta
        velocity, taken = state
        taken += 1
        share = (1 - beta) * gradient if self.form == "ewma" else gradient
        velocity = beta * velocity + share
        move = beta * velocity + share if self.nesterov else velocity
        if self.bias_correction:
            move = move / (1 - beta ** (taken + self.nesterov))
        return -(alpha * move), MomentumState(velocity, taken)


class MeanSquareState(NamedTuple):
    """Running mean (RMSProp) or sum (AdaGrad) of the squared gradient."""

    mean_square: Values


@dataclass(frozen=True)
class RMSProp(Rule):
    """RMSProp (Hinton 2012, lecture 6e): s ← ρs + (1−ρ)g²; θ ← θ − αg/(√s + ε), s₀ = 0.

    >>> step, _ = RMSProp(learning_rate=0.01, rho=0.9).update(5.0, MeanSquareState(0.0), 0.0)
    >>> round(step, 6)  # α/√(1−ρ), whatever the gradient
    -0.031623
    """

    key: ClassVar[str] = "rmsprop"
    title: ClassVar[str] = "RMSProp"
    letter: ClassVar[str] = "R"
    formula: ClassVar[str] = "s ← ρs + (1−ρ)g²\nθ ← θ − αg/(√s + ε)"

    learning_rate: Values = described(LEARNING_RATE)
    rho: Values = described(SQUARES)
    epsilon: Values = described(EPSILON)

    def init(self, position: Values) -> MeanSquareState:
        """Mean square zero."""
        return MeanSquareState(0.0 * position)

    def update(
        self, gradient: Values, state: Any, position: Values, learning_rate: Values | None = None
    ) -> tuple[Values, Any]:
        """Step along the gradient in units of its own recent size."""
        alpha = self.learning_rate if learning_rate is None else learning_rate
        rho = self.rho
        mean_square = rho * state[0] + (1 - rho) * (gradient * gradient)
        return -(alpha * gradient / (mean_square**0.5 + self.epsilon)), MeanSquareState(mean_square)


@dataclass(frozen=True)
class AdaGrad(Rule):
    """AdaGrad (Duchi et al. 2011): s ← s + g²; θ ← θ − αg/(√s + ε).

    >>> step, _ = AdaGrad(learning_rate=0.1, epsilon=0.0).update(3.0, MeanSquareState(16.0), 0.0)
    >>> round(step, 12)
    -0.06
    """

    key: ClassVar[str] = "adagrad"
    title: ClassVar[str] = "AdaGrad"
    letter: ClassVar[str] = "D"
    formula: ClassVar[str] = "s ← s + g²\nθ ← θ − αg/(√s + ε)"

    learning_rate: Values = described(LEARNING_RATE)
    epsilon: Values = described(EPSILON)

    def init(self, position: Values) -> MeanSquareState:
        """Sum of squares zero."""
        return MeanSquareState(0.0 * position)

    def update(
        self, gradient: Values, state: Any, position: Values, learning_rate: Values | None = None
    ) -> tuple[Values, Any]:
        """Step along the gradient in units of all its past."""
        alpha = self.learning_rate if learning_rate is None else learning_rate
        total = state[0] + gradient * gradient
        return -(alpha * gradient / (total**0.5 + self.epsilon)), MeanSquareState(total)


class AdamState(NamedTuple):
    """Adam's memory: running means of the gradient and of its square, and the steps taken."""

    first_moment: Values
    second_moment: Values
    taken: int


@dataclass(frozen=True)
class Adam(Rule):
    """Adam (Kingma & Ba 2015, Algorithm 1); the bias correction can be switched off to see it matter.

    m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; m̂ = m/(1−β₁ᵗ); v̂ = v/(1−β₂ᵗ); θ ← θ − αm̂/(√v̂ + ε)

    >>> step, _ = Adam(learning_rate=0.01).update(123.0, AdamState(0.0, 0.0, 0), 0.0)
    >>> round(step, 9)  # the first step is α, whatever the gradient
    -0.01
    """

    key: ClassVar[str] = "adam"
    title: ClassVar[str] = "Adam"
    letter: ClassVar[str] = "A"

    learning_rate: Values = described(LEARNING_RATE)
    beta1: Values = described(FIRST_MOMENT)
    beta2: Values = described(SECOND_MOMENT)
    epsilon: Values = described(EPSILON)
    bias_correction: bool = True

    @property
    def form(self) -> str:  # type: ignore[override]
        """Whether the running means are corrected for their start at zero."""
        return "corrected" if self.bias_correction else "uncorrected"

    @property
    def formula(self) -> str:
        """The chosen form in symbols."""
        averages = "m ← β₁m + (1−β₁)g\nv ← β₂v + (1−β₂)g²\n"
        if not self.bias_correction:
            return f"{averages}θ ← θ − αm/(√v + ε)"
        return f"{averages}m̂ = m/(1−β₁ᵗ), v̂ = v/(1−β₂ᵗ)\nθ ← θ − αm̂/(√v̂ + ε)"

    def init(self, position: Values) -> AdamState:
        """Both moments zero."""
        return AdamState(0.0 * position, 0.0 * position, 0)

    def update(
        self, gradient: Values, state: Any, position: Values, learning_rate: Values | None = None
    ) -> tuple[Values, Any]:
        """Step along the mean gradient in units of its root mean square."""
        alpha = self.learning_rate if learning_rate is None else learning_rate
        beta1, beta2 = self.beta1, self.beta2
        first, second, taken = state
        taken += 1
        first = beta1 * first + (1 - beta1) * gradient
        second = beta2 * second + (1 - beta2) * (gradient * gradient)
        state = AdamState(first, second, taken)
        if self.bias_correction:
            first = first / (1 - beta1**taken)
            second = second / (1 - beta2**taken)
        return -(alpha * first / (second**0.5 + self.epsilon)), state


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov & Hutter 2019): θ also shrinks by αλθ.

    >>> step, _ = AdamW(learning_rate=0.1, weight_decay=0.5).update(1.0, AdamState(0.0, 0.0, 0), 2.0)
    >>> round(step, 6)
    -0.2
    """

    key: ClassVar[str] = "adamw"
    title: ClassVar[str] = "AdamW"
    letter: ClassVar[str] = "W"

    weight_decay: Values = described(WEIGHT_DECAY)

    @property
    def formula(self) -> str:
        """The chosen form in symbols."""
        return super().formula + " − αλθ"

    def update(
        self, gradient: Values, state: Any, position: Values, learning_rate: Values | None = None
    ) -> tuple[Values, Any]:
        """Adam's step and the decay."""
        alpha = self.learning_rate if learning_rate is None else learning_rate
        step, state = super().update(gradient, state, position, alpha)
        return step - alpha * self.weight_decay * position, state


RULES: dict[str, type[Any]] = {
    rule.key: rule for rule in (GradientDescent, Momentum, RMSProp, Adam, AdaGrad, AdamW)
}
_SHORT: dict[str, Callable[..., Any]] = {
    "gd": GradientDescent,
    "sgd": GradientDescent,
    "nesterov": lambda **given: Momentum(**{"nesterov": True, **given}),
}


def make_optimizer(rule: str, **settings: Any) -> Optimizer:
    """The rule of that name with these settings.

    Raises
    ------
    FieldError
        for an unknown rule, an unknown setting or a value outside its limits.

    >>> make_optimizer("adam", learning_rate=0.05).learning_rate
    0.05
    """
    key = rule.strip().lower().replace("-", "_").replace(" ", "_")
    make = RULES.get(key) or _SHORT.get(key)
    if make is None:
        raise FieldError("rule", f"There is no rule “{rule}”. There are {', '.join(RULES)}.")
    owner = RULES.get(key, Momentum if key == "nesterov" else GradientDescent)
    known = [item.name for item in fields(owner)]
    for name in settings:
        if name not in known:
            raise FieldError(name, f"{owner.title} has no “{name}”. It has {', '.join(known)}.")
    try:
        made: Optimizer = make(**settings)
    except (TypeError, ValueError) as error:
        if isinstance(error, LandscapeError):
            raise
        raise FieldError("rule", f"{owner.title} cannot take these settings: {error}.") from None
    return made


def settings(optimizer: Any) -> dict[str, Any]:
    """Every setting of a rule by name, such as it takes to make it again."""
    return {item.name: getattr(optimizer, item.name) for item in fields(optimizer)}
