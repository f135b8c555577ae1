"""What the commands share: arguments, options, and settings written as `name=value`."""

from __future__ import annotations

from typing import Any


def argument(help_text: str) -> Any:
    """A positional argument; typer is imported only where a command line is parsed."""
    import typer

    return typer.Argument(help=help_text, show_default=False)


def option(help_text: str, *names: str) -> Any:
    """An option; called as its parameter unless names are given."""
    import typer

    return typer.Option(*names, help=help_text, show_default=False)


def settings(name: str, text: str) -> dict[str, Any]:
    """`a=1,b=true,c=word` -> {"a": 1.0, "b": True, "c": "word"}."""
    from landscape.errors import FieldError

    given: dict[str, Any] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not key or not equals or not value:
            raise FieldError(name, f"In --{name}, “{part}” should read name=value.")
        if value.lower() in ("true", "false"):
            given[key] = value.lower() == "true"
            continue
        try:
            number = float(value)
        except ValueError:
            given[key] = value
        else:
            given[key] = int(number) if value.lstrip("+-").isdigit() else number
    return given
