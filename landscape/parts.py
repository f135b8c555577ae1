"""What the pieces of a scene have in common: frozen, strict, and without surprises."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from landscape.errors import FieldError
from landscape.optimizers import make_optimizer, settings
from landscape.schedules import Schedule, make_schedule


class Part(BaseModel):
    """Frozen; unknown keys and infinite numbers are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, allow_inf_nan=False)


# `true` and "3" are not numbers here, although Python would take them.
Whole = Annotated[int, Field(strict=True, lt=2**63)]  # one of thousands of digits could not be written
Number = Annotated[float, Field(strict=True)]
Switch = Annotated[bool, Field(strict=True)]


def rule_from_table(given: Any) -> Any:
    """The update rule that a table such as `{ rule = "adam", beta1 = 0.8 }` names; a rule passes.

    Raises
    ------
    FieldError
        with the key that is to blame.
    """
    if not isinstance(given, dict):
        if hasattr(given, "update") and hasattr(given, "init"):
            return given
        raise FieldError("rule", 'A rule is a table such as { rule = "adam", learning_rate = 0.01 }.')
    given = dict(given)
    rule = given.pop("rule", None)
    if not isinstance(rule, str):
        raise FieldError("rule", 'Each optimizer needs a rule, such as rule = "adam".')
    for name, value in given.items():
        if isinstance(value, list | dict):
            raise FieldError(name, f"{name} must be one number or word, not a list or a table.")
    return make_optimizer(rule, **given)


def rule_table(optimizer: Any) -> dict[str, Any]:
    """The table that names this rule and every setting of it."""
    return {"rule": optimizer.key, **settings(optimizer)}


def _schedule(given: Any) -> Any:
    if isinstance(given, dict):
        given = dict(given)
        return make_schedule(str(given.pop("kind", "constant")), **given)
    if not isinstance(given, Schedule):
        raise FieldError("kind", 'A schedule is a table such as { kind = "cosine", over = 200 }.')
    return given


def _schedule_table(schedule: Schedule) -> dict[str, Any]:
    return {"kind": schedule.kind, **settings(schedule)}


RuleTable = Annotated[Any, BeforeValidator(rule_from_table), PlainSerializer(rule_table)]
ScheduleTable = Annotated[Schedule, BeforeValidator(_schedule), PlainSerializer(_schedule_table)]
