"""A race as a short script, for NumPy or for PyTorch, that walks the very same paths without this program.

Only numbers, and formulas that were parsed and are printed anew, become code: what a user typed as text
stands in comments, from the third line on, where it cannot even name an encoding.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

from landscape.code_printers import float_names, float_printer, torch_names, torch_printer
from landscape.race import labels
from landscape.scene import Scene
from landscape.schedules import Schedule

_PLAIN_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")

_NUMPY = """\
# A race of update rules down a loss surface, written by Landscape. It needs NumPy, and nothing else.
# Each path is an array (STEPS + 1, 2), the start first; where a rule left the numbers it is nan.
{comments}
{imports}import numpy as np

{settings}{helpers}

def loss(x, y):
    return {loss}


def gradient(x, y):
{gradient}


{schedule}


def run(rule, learning_rate):
    # Plain floats: at two coordinates, arrays would only cost time.
    x, y = START
    mx = my = vx = vy = 0.0
    path, losses = np.full((STEPS + 1, 2), np.nan), np.full(STEPS + 1, np.nan)
    for t in range(STEPS + 1):
        path[t] = x, y
        try:
            losses[t] = loss(x, y)
            if t == STEPS:
                break
            gx, gy = gradient(x, y)
            a = factor(t) * learning_rate
            step_x, mx, vx = rule(gx + noise[t][0], x, mx, vx, t + 1, a)
            step_y, my, vy = rule(gy + noise[t][1], y, my, vy, t + 1, a)
        except (ArithmeticError, ValueError):
            break
        x, y = x + step_x, y + step_y
    return path, losses


# Each rule gives the step to add to a coordinate p with gradient g; m and v are its memory of it,
# t counts from 1, a is the learning rate.
{rules}
paths = {{}}
for name, (rule, learning_rate) in RULES.items():
    paths[name], losses = run(rule, learning_rate)
    print(name, "ends at", *paths[name][-1], "with loss", losses[-1])
"""

_TORCH = """\
# A race of update rules down a loss surface, written by Landscape. It needs PyTorch and NumPy.
# Each path is a tensor (STEPS + 1, 2), the start first; where a rule left the numbers it is nan.
# PyTorch's derivatives round in other places: a rule that swings about a minimum parts from ours in time.
{comments}
{imports}import numpy as np
import torch

torch.set_default_dtype(torch.float64)
{settings}{helpers}

def loss(x, y):
    return {loss}


def gradient(p):
    p = p.detach().requires_grad_()
    loss(*p).backward()
    return p.grad


{schedule}


def run(rule, learning_rate):
    p, m, v = torch.tensor(START), torch.zeros(2), torch.zeros(2)
    path, losses = torch.full((STEPS + 1, 2), torch.nan), torch.full((STEPS + 1,), torch.nan)
    for t in range(STEPS + 1):
        path[t], losses[t] = p, loss(*p)
        g = gradient(p)
        if t == STEPS or not torch.isfinite(g).all():
            break
        step, m, v = rule(g + noise[t], p, m, v, t + 1, factor(t) * learning_rate)
        p = p + step
    return path, losses


# Each rule gives the step to add to p; m and v are its memory, t counts from 1, a is the learning rate.
{rules}
noise = torch.tensor(noise)
paths = {{}}
for name, (rule, learning_rate) in RULES.items():
    paths[name], losses = run(rule, learning_rate)
    print(name, "ends at", *paths[name][-1].tolist(), "with loss", losses[-1].item())
"""


def numpy_script(scene: Scene) -> str:
    """The race's paths as a script that needs NumPy only, with the gradient written out.

    It calculates just as the program does, down to the last bit: some paths, such as RMSProp's about a
    minimum, make a large difference of the smallest. Further starts, and how it is looked at, are left out.

    >>> script = numpy_script(Scene(surface={"name": "bowl"}))
    >>> "return [x, y]" in script
    True
    """
    # The very code that the program runs: other code for the same formula rounds differently.
    _, *body = inspect.getsource(scene.surface.surface.expression.gradient_at).rstrip().splitlines()
    gradient = re.sub(r"\b_t(\d+)", r"t\1", "\n".join(body))
    loss = float_printer().doprint(_neutral(scene))
    imports, helpers = float_names(f"{loss}\n{gradient}")
    return _script(_NUMPY, scene, imports=imports, helpers=helpers, loss=loss, gradient=gradient)


def torch_script(scene: Scene) -> str:
    """The race's paths as a PyTorch script, with the gradient by automatic differentiation.

    That rounds in other places: a path that makes a large difference of the smallest leaves ours in time.
    """
    tree = _neutral(scene)
    loss = torch_printer().doprint(tree)
    imports, helpers = torch_names(loss)
    loss += " + 0*x" if tree.is_number else ""  # something to differentiate
    return _script(_TORCH, scene, imports=imports, helpers=helpers, loss=loss)


def _neutral(scene: Scene) -> Any:
    """The formula's tree with parameters called p0, p1, …: no name of the user's becomes one of the code."""
    import sympy as sp

    surface = scene.surface.surface
    renamed = {
        sp.Symbol(parameter.name, real=True): sp.Symbol(f"p{place}", real=True)
        for place, parameter in enumerate(surface.parameters)
    }
    return surface.expression.tree.xreplace(renamed)


def _script(template: str, scene: Scene, imports: str, **parts: str) -> str:
    schedule = _schedule(scene.schedule)
    return template.format(
        comments=_comments(scene),
        imports=("import math\n" if "math." in schedule else "") + imports,
        settings=_settings(scene),
        schedule=schedule,
        rules=_rules(scene),
        **parts,
    )


def _comments(scene: Scene) -> str:
    said = [scene.title, scene.caption, f"f(x, y) = {scene.surface.surface.formula}"]
    if scene.more_starts is not None:
        said.append("The further starts of the race are left out.")
    return "\n".join(f"# {_one_line(text)}" for text in said if text.strip())


def _one_line(text: str) -> str:
    """Text that cannot end a comment."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _settings(scene: Scene) -> str:
    lines = [f"START = {scene.start!r}", f"STEPS = {scene.steps}"]
    for place, parameter in enumerate(scene.surface.surface.parameters):
        lines.append(f"p{place} = {float(parameter.value)!r}  # {_one_line(parameter.name)}")
    if scene.noise:
        random = f"np.random.default_rng({scene.seed}).standard_normal((STEPS, 2))"
        lines.append(f"noise = ({scene.noise!r} * {random}).tolist()")
    else:
        lines.append("noise = [(0.0, 0.0)] * STEPS")
    return "\n".join(lines) + "\n"


def _schedule(schedule: Schedule) -> str:
    lines = ["def factor(t):", '    """What the learning rate is multiplied by before step t, from 0."""']
    if schedule.warm_up:
        lines += [f"    if t < {int(schedule.warm_up)}:", f"        return (t + 1) / {int(schedule.warm_up)}"]
        lines.append(f"    t = t - {int(schedule.warm_up)}")
    lines.append(f"    return {_FACTORS[schedule.kind](schedule)}")
    return "\n".join(lines)


_FACTORS: dict[str, Callable[[Any], str]] = {
    "constant": lambda s: "1.0",
    "1/t": lambda s: f"1 / (1 + {float(s.decay)!r} * t)",
    "exponential": lambda s: f"{float(s.gamma)!r} ** t",
    "step": lambda s: f"{float(s.gamma)!r} ** (t // {int(s.every)})",
    "cosine": lambda s: (
        f"{float(s.final)!r} + (1 - {float(s.final)!r})"
        f" * (1 + math.cos(math.pi * min(t / {int(s.over)}, 1.0))) / 2"
    ),
}


def _rules(scene: Scene) -> str:
    """A function for each rule that takes part, and the table of them."""
    functions: list[str] = []
    table: list[str] = []
    for racer, label in zip(scene.optimizers, labels(scene.optimizers), strict=True):
        if racer.enabled:
            name, rule = f"rule_{len(table) + 1}", racer.optimizer
            body = "\n".join(f"    {line}" for line in _UPDATES[rule.key](rule))
            functions.append(f"def {name}(g, p, m, v, t, a):  # {rule.title}\n{body}\n\n")
            key = label.translate(_PLAIN_DIGITS)
            table.append(f'    "{key}": ({name}, {float(rule.learning_rate)!r}),')
    rows = "".join(row + "\n" for row in table)
    return "\n".join([*functions, f"RULES = {{\n{rows}}}"])


def _gradient_descent(rule: Any) -> list[str]:
    return ["return -(a * g), m, v"]


def _momentum(rule: Any) -> list[str]:
    beta = repr(float(rule.beta))
    share = f"(1 - {beta}) * g" if rule.form == "ewma" else "g"
    move = f"({beta} * m + {share})" if rule.nesterov else "m"
    if rule.bias_correction:
        move = f"({move} / (1 - {beta} ** (t + {int(rule.nesterov)})))"
    return [f"m = {beta} * m + {share}", f"return -(a * {move}), m, v"]


def _rmsprop(rule: Any) -> list[str]:
    rho = repr(float(rule.rho))
    return [
        f"v = {rho} * v + (1 - {rho}) * (g * g)",
        f"return -(a * g / (v ** 0.5 + {float(rule.epsilon)!r})), m, v",
    ]


def _adagrad(rule: Any) -> list[str]:
    return ["v = v + g * g", f"return -(a * g / (v ** 0.5 + {float(rule.epsilon)!r})), m, v"]


def _adam(rule: Any) -> list[str]:
    beta1, beta2, epsilon = (repr(float(value)) for value in (rule.beta1, rule.beta2, rule.epsilon))
    first, second = ("m", "v")
    if rule.bias_correction:
        first, second = f"(m / (1 - {beta1} ** t))", f"(v / (1 - {beta2} ** t))"
    decay = f" - a * {float(rule.weight_decay)!r} * p" if rule.key == "adamw" else ""
    return [
        f"m = {beta1} * m + (1 - {beta1}) * g",
        f"v = {beta2} * v + (1 - {beta2}) * (g * g)",
        f"return -(a * {first} / ({second} ** 0.5 + {epsilon})){decay}, m, v",
    ]


_UPDATES: dict[str, Callable[[Any], list[str]]] = {
    "gradient_descent": _gradient_descent,
    "momentum": _momentum,
    "rmsprop": _rmsprop,
    "adagrad": _adagrad,
    "adam": _adam,
    "adamw": _adam,
}
