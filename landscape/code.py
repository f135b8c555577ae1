"""The present race as a short program of its own, in NumPy or in PyTorch, that gives the same paths.

The NumPy program does the same arithmetic in the same order, to the last bit. PyTorch differentiates the
loss in an order of its own, so its paths agree to rounding: a rule that jitters around a minimum, or
diverges, makes any rounding grow, there as everywhere.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from landscape.code_rules import arguments, numpy_rule, rule_name, torch_class, torch_remark, torch_rule
from landscape.descent import descend
from landscape.formula_code import NumPyText, TorchText, gradient_text, parameter_names, value_text
from landscape.schedules import Cosine, Exponential, InverseTime, Schedule, Step

if TYPE_CHECKING:
    from landscape.scene import Scene

WIDTH = 100  # of comments
ULP = 2.0**-52
AGREEMENT = 1e-11  # far enough below the 1e-9 that a program is meant to agree to


def numpy_script(scene: Scene) -> str:
    """The race as a NumPy program whose `paths` are those of the scene: name -> (steps+1, 2).

    >>> from landscape import Scene
    >>> made = {}
    >>> exec(numpy_script(Scene(steps=5)), made)
    >>> list(made["paths"]), made["paths"]["Adam"].shape
    (['Gradient descent', 'Momentum', 'RMSProp', 'Adam'], (6, 2))
    """
    expression = scene.surface.surface.expression
    gradient, rules, schedule = gradient_text(expression), _rules(scene), _schedule(scene.schedule)
    functions = [*dict.fromkeys(numpy_rule(rule) for rule in rules)]
    imports = [
        "import math" if "math." in schedule else "",
        f"from math import {', '.join(gradient.imported)}" if gradient.imported else "",
        "import numpy as np",
    ]
    body = "\n    ".join(gradient.lines)
    blocks = [
        f"def loss(x, y):\n    return {value_text(expression, NumPyText).text}",
        _SIGMOID if gradient.sigmoid else "",
        f"def gradient(x, y):\n    {body}",
        schedule,
        *functions,
        _NUMPY_DESCEND.format(
            rate="alpha*schedule(t)" if schedule else "alpha",
            noise=" + noise[t]" if scene.noise else "",
            far=_far(scene),
        ),
    ]
    needs_root = any("root(" in function for function in functions)
    runs = [
        f"descend({', '.join([rule_name(rule), *(f'{n}={v!r}' for n, v in arguments(rule).items())])})"
        for rule in rules
    ]
    return _assembled(
        [_head(scene), "\n".join(filter(None, imports)), _settings(scene, _ROOT * needs_root)],
        blocks, rules, runs,
    )  # fmt: skip


def torch_script(scene: Scene) -> str:
    """The race as a PyTorch program whose `paths` are those of the scene: name -> (steps+1, 2).

    >>> from landscape import Scene
    >>> "torch.optim.Adam(parameters, lr=0.035" in torch_script(Scene())
    True
    """
    rules, schedule = _rules(scene), _schedule(scene.schedule)
    value = value_text(scene.surface.surface.expression, TorchText)
    text = value.text if value.varies else f"{value.text} + 0*x"  # autograd wants something to vary
    imports = [
        "import math" if "math." in text + schedule else "",
        "import numpy as np" if scene.noise or "np." in schedule else "",
        "import torch",
        "\ntorch.set_default_dtype(torch.float64)",
    ]
    remarks = [*dict.fromkeys(filter(None, map(torch_remark, rules))), *_jitters(scene)]
    blocks = [
        f"def loss(x, y):\n    return {text}",
        schedule,
        *dict.fromkeys(filter(None, map(torch_class, rules))),
        _TORCH_DESCEND.format(
            scheduler=_SCHEDULER if schedule else "",
            noise="\n        p.grad += torch.tensor(noise[t])" if scene.noise else "",
            stepped="\n        scheduler.step()" if schedule else "",
            far=_far(scene),
        ),
    ]
    runs = [f"descend(lambda parameters: {torch_rule(rule)})" for rule in rules]
    return _assembled(
        [_head(scene), "\n".join(filter(None, imports)), _settings(scene)], blocks, rules, runs, remarks
    )


def agrees_until(scene: Scene, rule: Any) -> int | None:
    """The step up to which two programs agree that round differently; None: to the end.

    Where a rule jitters around a minimum, any difference doubles every few steps. It is found by a
    second walk whose gradients are rounded in another way: computed with more digits, then changed in
    the last one.
    """
    surface = scene.surface.surface
    path = descend(surface, rule, scene.start, scene.steps, scene.schedule, scene.noise, scene.seed)
    other, position = np.full_like(path.points, np.nan), np.array(scene.start)
    state, last_digit = (
        rule.init(position),
        np.random.default_rng(0).choice([1 - ULP, 1 + ULP], path.noise.shape),
    )
    with np.errstate(all="ignore"):
        for t in range(path.last):
            other[t] = position
            long = surface.expression.gradient(*position.astype(np.longdouble), *surface.values)
            gradient = np.array(long, dtype=float) * last_digit[t] + path.noise[t]
            step, state = rule.update(gradient, state, position, path.learning_rates[t])
            position = position + step
        other[path.last] = position
        apart = np.abs(path.points - other) > AGREEMENT * np.maximum(np.abs(path.points), 1)
    apart |= np.isnan(path.points) != np.isnan(other)
    return int(apart.any(axis=1).argmax()) if apart.any() else None


def _jitters(scene: Scene) -> list[str]:
    """For each path that no other program can follow to its end, a sentence."""
    found = []
    for name, rule in zip(_names(_rules(scene)), _rules(scene), strict=True):
        until = agrees_until(scene, rule)
        if until is not None:
            found.append(f"{name} makes rounding errors grow: from step {until} on, another order may show")
    return found


def _names(rules: Sequence[Any]) -> list[str]:
    """What each path is called: the second of a rule has a 2 behind its name."""
    titles = [rule.title for rule in rules]
    counts = [titles[: place + 1].count(title) for place, title in enumerate(titles)]
    return [f"{title} {k}" if k > 1 else title for title, k in zip(titles, counts, strict=True)]


def _rules(scene: Scene) -> list[Any]:
    return [racer.optimizer for racer in scene.optimizers if racer.enabled]


def _far(scene: Scene) -> str:
    return f"{1e6 * scene.surface.surface.size!r}"


def _assembled(
    top: Sequence[str],
    blocks: Iterable[str],
    rules: Sequence[Any],
    runs: Sequence[str],
    remarks: Iterable[str] = (),
) -> str:
    lines = [f"# {remark}." for remark in remarks] + ["paths = {"]
    lines += [f'    "{name}": {run},' for name, run in zip(_names(rules), runs, strict=True)]
    return "\n\n".join(top) + "\n\n\n" + "\n\n\n".join(filter(None, blocks)) + (
        "\n\n\n" + "\n".join([*lines, "}"]) + "\n"
    )  # fmt: skip


def _head(scene: Scene) -> str:
    """What it is, in words; whatever was typed stands in comments, without its line breaks."""
    surface = scene.surface.surface
    # A string comes first: a comment on the first lines could name an encoding.
    lines = ['"""A race of optimizers down a surface, as Landscape runs it."""', ""]
    for words in (scene.title, scene.caption, f"{surface.title}: {surface.formula}"):
        plain = "".join(letter if letter.isprintable() else " " for letter in words)
        lines += [f"# {line}" for line in textwrap.wrap(plain, WIDTH)]
    if scene.more_starts is not None:
        lines.append("# The further starts of the scene are left out.")
    return "\n".join(lines)


def _settings(scene: Scene, root: str = "") -> str:
    surface = scene.surface.surface
    names = parameter_names(surface.expression.parameters).values()
    lines = [f"{name} = {value!r}" for name, value in zip(names, surface.values, strict=True)]
    lines.append(f"start, steps = ({scene.start[0]!r}, {scene.start[1]!r}), {scene.steps}")
    if scene.noise:
        drawn = f"np.random.default_rng({scene.seed}).standard_normal((steps, 2))"
        lines.append(f"noise = {float(scene.noise)!r}*{drawn}  # on the gradient, the same for every rule")
    return "\n".join([*lines, *filter(None, [root])])


def _schedule(schedule: Schedule) -> str:
    """The schedule as a function of the step, or "" if the learning rate is constant."""
    if schedule == Schedule():
        return ""
    lines = [
        "def schedule(t):",
        f'"""The factor on the learning rate at step t, from 0: {schedule.formula}."""',
    ]
    if schedule.warm_up:
        lines += [
            f"if t < {schedule.warm_up}:",
            f"    return (t + 1)/{schedule.warm_up}",
            f"t -= {schedule.warm_up}",
        ]
    match schedule:
        case InverseTime():
            lines.append(f"return 1/(1 + {float(schedule.decay)!r}*t)")
        case Exponential():
            lines.append(f"return {_base(schedule.gamma)}**t")
        case Step():
            lines.append(f"return {_base(schedule.gamma)}**(t//{schedule.every})")
        case Cosine():
            final, over = float(schedule.final), schedule.over
            fall = f"(1 + math.cos(math.pi*min(t/{over}, 1.0)))/2"
            lines.append(f"return {final!r} + (1 - {final!r})*{fall}" if final else f"return {fall}")
        case _:
            lines.append("return 1.0")
    return "\n    ".join(lines)


def _base(gamma: float) -> str:
    """The base of a power; one above 1 may overflow, which is infinity in NumPy and an error in Python."""
    return f"np.float64({float(gamma)!r})" if gamma > 1 else repr(float(gamma))


_ROOT = "root = np.vectorize(lambda s: s**0.5)  # as Python's floats have it, to the last bit"

_SIGMOID = """\
def sigmoid(t):
    return 1/(1 + exp(-t)) if t >= 0 else exp(t)/(1 + exp(t))"""

_NUMPY_DESCEND = '''\
@np.errstate(all="ignore")
def descend(rule, alpha, **settings):
    """All positions of one rule; nan from where its path leaves the numbers."""
    points, p, memory = np.full((steps + 1, 2), np.nan), np.array(start), ()
    for t in range(steps + 1):
        if not np.isfinite(p).all():
            break
        try:
            g = np.array(gradient(*p.tolist()), dtype=float)
        except (ArithmeticError, ValueError):
            g = np.array([np.nan, np.nan])
        good = np.isfinite([loss(*p), *g]).all()
        if good or abs(p).max() <= {far}:  # in a hole, not far outside
            points[t] = p
        if not good or t == steps:
            break
        step, *memory = rule(t + 1, g{noise}, p, {rate}, *memory, **settings)
        p = p + step
    return points'''

_SCHEDULER = "\n    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, schedule)"

_TORCH_DESCEND = '''\
def descend(make):
    """All positions of one rule; nan from where its path leaves the numbers."""
    points = torch.full((steps + 1, 2), torch.nan)
    p = torch.tensor(start, requires_grad=True)
    optimizer = make([p]){scheduler}
    for t in range(steps + 1):
        if not p.isfinite().all():
            break
        optimizer.zero_grad()
        value = loss(*p)
        value.backward()
        good = value.isfinite() and p.grad.isfinite().all()
        if good or p.abs().max() <= {far}:  # in a hole, not far outside
            points[t] = p.detach()
        if not good or t == steps:
            break{noise}
        optimizer.step(){stepped}
    return points.numpy()'''
