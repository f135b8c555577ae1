"""The update rules as they stand in a program: in NumPy, and in PyTorch where `torch.optim` has another."""

from __future__ import annotations

from typing import Any

from landscape.optimizers import Adam, AdamW, Momentum


def rule_name(rule: Any) -> str:
    """The name of a rule's function: each form has one of its own.

    >>> rule_name(Momentum(form="classical", nesterov=True)), rule_name(Adam(bias_correction=False))
    ('momentum_classical_nesterov', 'adam_uncorrected')
    """
    if isinstance(rule, Momentum):
        parts = ["momentum", rule.form, "nesterov" * rule.nesterov, "corrected" * rule.bias_correction]
        return "_".join(filter(None, parts))
    uncorrected = isinstance(rule, Adam) and not rule.bias_correction
    return f"{rule.key}_uncorrected" if uncorrected else str(rule.key)


def arguments(rule: Any) -> dict[str, float]:
    """The numbers that the function takes, the learning rate first, by their names in the library."""
    numbers = {"alpha": rule.learning_rate}
    for name in ("beta", "rho", "beta1", "beta2", "epsilon", "weight_decay"):
        if hasattr(rule, name):
            numbers[name] = getattr(rule, name)
    return {name: float(value) for name, value in numbers.items()}


def numpy_rule(rule: Any) -> str:
    """The rule as a function of the gradient g at p, and of its own memory; it returns the step."""
    formula = rule.formula.replace("\n", "; ")
    if isinstance(rule, Momentum):
        memory, body = "v=0.0, ", _momentum(rule)
    elif isinstance(rule, Adam):
        memory, body = "m=0.0, v=0.0, ", _adam(rule)
    elif rule.key == "gradient_descent":
        memory, body = "", ["return (-(alpha*g),)"]
    else:
        memory = "s=0.0, "
        kept = "s = rho*s + (1 - rho)*(g*g)" if rule.key == "rmsprop" else "s = s + g*g"
        body = [kept, "return -(alpha*g/(root(s) + epsilon)), s"]
    names = ", ".join(name for name in arguments(rule) if name != "alpha")
    head = f"def {rule_name(rule)}(t, g, p, alpha, {memory}*, {names}):" if names else (
        f"def {rule_name(rule)}(t, g, p, alpha):"
    )  # fmt: skip
    return "\n    ".join([head, f'"""{rule.title}: {formula}."""', *body])


def _momentum(rule: Momentum) -> list[str]:
    share = "(1 - beta)*g" if rule.form == "ewma" else "g"
    move = f"(beta*v + {share})" if rule.nesterov else "v"
    if rule.bias_correction:
        move += f"/(1 - beta**{'(t + 1)' if rule.nesterov else 't'})"
    if move == "v":
        return [f"v = beta*v + {share}", "return -(alpha*v), v"]
    return [f"v = beta*v + {share}", f"return -(alpha*({move})), v"]


def _adam(rule: Adam) -> list[str]:
    decay = " - alpha*weight_decay*p" if isinstance(rule, AdamW) else ""
    body = ["m = beta1*m + (1 - beta1)*g", "v = beta2*v + (1 - beta2)*(g*g)"]
    if not rule.bias_correction:
        return [*body, f"return -(alpha*m/(root(v) + epsilon)){decay}, m, v"]
    corrected = "m_hat, v_hat = m/(1 - beta1**t), v/(1 - beta2**t)"
    return [*body, corrected, f"return -(alpha*m_hat/(root(v_hat) + epsilon)){decay}, m, v"]


def torch_rule(rule: Any) -> str:
    """The call that makes this rule for some parameters: of `torch.optim`, or of a class written out."""
    alpha = float(rule.learning_rate)
    given = {name: repr(value) for name, value in arguments(rule).items()}
    if torch_class(rule):
        rest = "".join(f", {name}={value}" for name, value in given.items() if name != "alpha")
        extra = f", nesterov={rule.nesterov}" if isinstance(rule, Momentum) else ""
        return f"{_class_name(rule)}(parameters, lr={alpha!r}{rest}{extra})"
    if isinstance(rule, Momentum):
        beta = float(rule.beta)
        rate = f"{alpha!r}*(1 - {beta!r})" if rule.form == "ewma" else repr(alpha)
        looks_ahead = ", nesterov=True" if rule.nesterov and beta else ""  # without β there is none
        return f"torch.optim.SGD(parameters, lr={rate}, momentum={beta!r}{looks_ahead})"
    name, settings = {
        "gradient_descent": ("SGD", ""),
        "rmsprop": ("RMSprop", ", alpha={rho}, eps={epsilon}"),
        "adagrad": ("Adagrad", ", eps={epsilon}"),
        "adam": ("Adam", ", betas=({beta1}, {beta2}), eps={epsilon}"),
        "adamw": ("AdamW", ", betas=({beta1}, {beta2}), eps={epsilon}, weight_decay={weight_decay}"),
    }[rule.key]
    return f"torch.optim.{name}(parameters, lr={alpha!r}{settings.format(**given)})"


def torch_remark(rule: Any) -> str:
    """What is to be said of the conversion, or ""."""
    if isinstance(rule, Momentum) and rule.form == "ewma" and not rule.bias_correction:
        return "v ← βv + (1−β)g at the rate α is the heavy ball v ← βv + g at the rate α(1−β)"
    return ""


def _class_name(rule: Any) -> str:
    return "CorrectedMomentum" if isinstance(rule, Momentum) else "UncorrectedAdam"


def torch_class(rule: Any) -> str:
    """The class for a form that `torch.optim` has not, or ""."""
    if isinstance(rule, Momentum) and rule.bias_correction:
        return _CORRECTED_MOMENTUM
    return _UNCORRECTED_ADAM if isinstance(rule, Adam) and not rule.bias_correction else ""


_CORRECTED_MOMENTUM = '''\
class CorrectedMomentum(torch.optim.Optimizer):
    """v ← βv + (1−β)g; θ ← θ − αv/(1−βᵗ), which torch.optim has not."""

    def __init__(self, parameters, lr, beta, nesterov):
        super().__init__(parameters, {"lr": lr, "beta": beta, "nesterov": nesterov})
        self.t, self.v = 0, 0.0

    @torch.no_grad()
    def step(self):
        self.t += 1
        [group] = self.param_groups
        [p], beta, nesterov = group["params"], group["beta"], group["nesterov"]
        self.v = beta*self.v + (1 - beta)*p.grad
        move = beta*self.v + (1 - beta)*p.grad if nesterov else self.v
        p -= group["lr"]*move/(1 - beta**(self.t + nesterov))'''

_UNCORRECTED_ADAM = '''\
class UncorrectedAdam(torch.optim.Optimizer):
    """Adam without its bias correction, which torch.optim has not: θ ← θ − αm/(√v + ε) − αλθ."""

    def __init__(self, parameters, lr, beta1, beta2, epsilon, weight_decay=0.0):
        super().__init__(parameters, {"lr": lr})
        self.beta1, self.beta2, self.epsilon, self.weight_decay = beta1, beta2, epsilon, weight_decay
        self.m = self.v = 0.0

    @torch.no_grad()
    def step(self):
        [group] = self.param_groups
        [p], lr = group["params"], group["lr"]
        self.m = self.beta1*self.m + (1 - self.beta1)*p.grad
        self.v = self.beta2*self.v + (1 - self.beta2)*p.grad**2
        p -= lr*self.m/(self.v.sqrt() + self.epsilon) + lr*self.weight_decay*p'''
