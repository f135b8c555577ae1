"""The `landscape` command: opens the window, and the same core without it.

Errors are one line on stderr and exit code 2. Heavy imports are late: each command brings its own.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from landscape import __version__
from landscape.command_options import argument, option, settings

if TYPE_CHECKING:
    from landscape.surface import Surface


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given in (["--version"], ["-V"]):
        print(f"landscape {__version__}")  # noqa: T201
        return 0
    from landscape.errors import LandscapeError

    try:
        # Without arguments the window opens at once: the parser alone would take a tenth of a second.
        return _run_command(given) if given else open_window()
    except KeyboardInterrupt:
        return _stopped()
    except LandscapeError as error:
        return _fail(str(error))
    except BrokenPipeError:  # the reader, such as `head`, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        # typer carries its own copy of click, or not, by version: its errors are known by this.
        if callable(sentence := getattr(error, "format_message", None)):
            return _fail(sentence())
        if os.environ.get("LANDSCAPE_DEBUG"):
            raise
        return _fail(f"something went wrong ({type(error).__name__}: {error}); please report it")


def _run_command(given: list[str]) -> int:
    import typer

    try:
        result = _commands().main(args=given, prog_name="landscape", standalone_mode=False, obj=given)
    except typer.Exit as stop:
        return stop.exit_code
    except typer.Abort:
        return _stopped()
    return result if isinstance(result, int) else 0


def _stopped() -> int:
    _fail("stopped")
    return 130  # as shells call the end by Ctrl-C


def _fail(message: str) -> int:
    print("landscape: " + " ".join(message.split()), file=sys.stderr)  # noqa: T201
    return 2


def _commands() -> Any:
    """The commands, built when needed."""
    import typer
    from typer.core import TyperGroup

    class SceneFirst(TyperGroup):
        """Anything that is not a command is a scene file: `landscape my.toml` opens it."""

        def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
            if args and args[0] not in self.commands and not args[0].startswith("-"):
                args = ["open", *args]
            if len(args) > 1 and args[0] in ("race", "points") and _is_formula(args[1]):
                args = [args[0], *args[2:], "--", args[1]]  # its minus would pass for an option
            parsed: list[str] = super().parse_args(ctx, args)
            return parsed

    app = typer.Typer(
        cls=SceneFirst, add_completion=True, pretty_exceptions_enable=False, rich_markup_mode=None,
        help="A desktop laboratory for gradient-based learning. `landscape` alone opens the window,"
        " `landscape SCENE.toml` opens that scene.",
    )  # fmt: skip
    app.command("open", hidden=True)(open_window)
    app.command("surfaces")(list_surfaces)
    app.command("race")(race)
    app.command("points")(points)
    from landscape.network.commands import predict, train

    app.command("train")(train)
    app.command("predict")(predict)
    from landscape.tuning.commands import tune

    app.command("tune")(tune)
    from gui.export.command import export

    app.command("export")(export)
    return typer.main.get_command(app)


def _is_formula(text: str) -> bool:
    """Whether an argument with a minus in front is a formula, and no option."""
    return text.startswith("-") and not text.startswith("--")


def open_window(scene: Annotated[Path | None, argument("A scene file.")] = None) -> int:
    """Open the window, with a scene if one is given."""
    from landscape.scene import Scene

    loaded = None if scene is None else Scene.load(scene)
    if not _has_display():
        return _export_instead(loaded)
    from gui.app import run

    return run(loaded, scene)


def list_surfaces() -> None:
    """List the catalogue: key, domain, formula and what each surface teaches."""
    from rich.console import Console
    from rich.table import Table

    from landscape.surface import surfaces

    table = Table("surface", "formula", "teaches", box=None, padding=(0, 2, 0, 0))
    for key, surface in surfaces.items():
        table.add_row(key, surface.formula, surface.teaches)
    Console(width=None if sys.stdout.isatty() else 200).print(table)


def race(
    surface: Annotated[str, argument("A surface of the catalogue, or a formula in x and y.")],
    x: Annotated[str, option("Domain of x: low,high.")] = "",
    y: Annotated[str, option("Domain of y: low,high.")] = "",
    start: Annotated[str, option("Start: x,y.")] = "",
    steps: Annotated[int, option("Number of steps.")] = 500,
    optimizer: Annotated[
        list[str] | None, option("A rule, such as adam:learning_rate=0.05,beta1=0.8; repeatable.")
    ] = None,
    parameter: Annotated[
        list[str] | None, option("A parameter of the formula, such as kappa=50; repeatable.")
    ] = None,
    noise: Annotated[float, option("Standard deviation of the gradient noise.")] = 0.0,
    seed: Annotated[int, option("Seed of the noise.")] = 0,
    schedule: Annotated[str, option("A schedule, such as cosine:over=200.")] = "constant",
    csv: Annotated[str, option("Write every step to this file, or to - for the screen.")] = "",
) -> None:
    """Let rules race down a surface and report where each gets."""
    from landscape.descent import checked_start, descend
    from landscape.optimizers import make_optimizer
    from landscape.path_tables import named
    from landscape.schedules import make_schedule

    chosen = _surface(surface, x, y, settings("parameter", ",".join(parameter or [])))
    begin = checked_start(_numbers("start", start, 2)) if start else _default_start(chosen)
    kind, _, given = schedule.partition(":")
    decay = make_schedule(kind.strip(), **settings("schedule", given))
    rules = []
    for text in optimizer or ["gradient_descent", "momentum", "rmsprop", "adam"]:
        rule, _, given = text.partition(":")
        rules.append(make_optimizer(rule, **settings("optimizer", given)))
    paths = named((rule.key, descend(chosen, rule, begin, steps, decay, noise, seed)) for rule in rules)
    if csv:
        _write_csv(paths, csv)
    if csv != "-":
        _report(paths)


def points(
    surface: Annotated[str, argument("A surface of the catalogue, or a formula in x and y.")],
    x: Annotated[str, option("Domain of x: low,high.")] = "",
    y: Annotated[str, option("Domain of y: low,high.")] = "",
    parameter: Annotated[
        list[str] | None, option("A parameter of the formula, such as kappa=50; repeatable.")
    ] = None,
    json: Annotated[str, option("Write them to this file, or to - for the screen.")] = "",
) -> None:
    """Find every critical point of a surface, and check that none is missing."""
    from landscape.geometry.critical_points import critical_points
    from landscape.geometry.tables import as_json

    found = critical_points(_surface(surface, x, y, settings("parameter", ",".join(parameter or []))))
    if json == "-":
        sys.stdout.write(as_json(found))
        sys.stdout.flush()
        return
    if json:
        from landscape.files import write_whole

        write_whole(Path(json), as_json(found).encode())
    _list_points(found)


def _list_points(found: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("kind", "x", "y", "loss", "eigenvalues", "index", box=None, padding=(0, 2, 0, 0))
    for point in found:
        low, high = point.eigenvalues
        table.add_row(
            point.kind, f"{point.position[0]:.10g}", f"{point.position[1]:.10g}", f"{point.loss:.10g}",
            f"{low:.6g}, {high:.6g}", str(point.index),
        )  # fmt: skip
    for place in found.singularities:
        x, y = place.position
        table.add_row(place.kind, f"{x:.10g}", f"{y:.10g}", f"{place.loss:.10g}", "–", str(place.index))
    for line in found.lines:
        (x, y), (x_end, y_end) = line.points[0], line.points[-1]
        where = "closed, through" if line.closed else f"to ({x_end:.4g}, {y_end:.4g}) from"
        table.add_row(f"line ({line.kind})", f"{x:.4g}", f"{y:.4g}", "", f"{where} ({x:.4g}, {y:.4g})", "")
    console = Console(width=None if sys.stdout.isatty() else 120)
    if table.row_count:
        console.print(table)
    console.print(found.sentence(), highlight=False, soft_wrap=True)


def _surface(text: str, x: str, y: str, parameters: dict[str, Any]) -> Surface:
    """The catalogue's surface of that name, else the surface of that formula."""
    from dataclasses import replace

    from landscape.errors import FormulaError, LandscapeError
    from landscape.surface import Surface, surfaces

    try:
        found = surfaces[text]
    except LandscapeError as unknown:
        domain = {name: _numbers(name, given, 2) for name, given in (("x", x), ("y", y)) if given}
        try:
            return Surface.from_formula(text, parameters=parameters, **domain)
        except FormulaError:
            looks_like_a_name = 2 < len(text) < 40 and text.replace("_", "").replace("-", "").isalpha()
            if looks_like_a_name:
                raise unknown from None
            raise
    if x:
        found = replace(found, x=_numbers("x", x, 2))
    if y:
        found = replace(found, y=_numbers("y", y, 2))
    return found.with_parameters(**parameters)


def _default_start(surface: Surface) -> tuple[float, float]:
    """The catalogue's start; for a formula, off the middle so that symmetry does not trap it."""
    (x_low, x_high), (y_low, y_high) = surface.x, surface.y
    return surface.start or (x_low + 0.2 * (x_high - x_low), y_low + 0.7 * (y_high - y_low))


def _numbers(name: str, text: str, count: int) -> Any:
    from landscape.errors import FieldError

    parts = text.replace(";", ",").split(",")
    try:
        numbers = tuple(float(part) for part in parts)
    except ValueError:
        numbers = ()
    if len(numbers) != count:
        raise FieldError(name, f"--{name} takes {count} numbers with a comma between, not “{text}”.")
    return numbers


def _write_csv(paths: dict[str, Any], target: str) -> None:
    from landscape.files import write_whole
    from landscape.path_tables import as_csv

    if target == "-":
        sys.stdout.write(as_csv(paths))
        sys.stdout.flush()
    else:
        write_whole(Path(target), as_csv(paths).encode())


def _report(paths: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("optimizer", "status", "x", "y", "loss", box=None, padding=(0, 2, 0, 0))
    for name, path in paths.items():
        status = path.status if path.ended_at is None else f"{path.status} at step {path.ended_at}"
        (x, y), loss = path.points[path.last], path.losses[path.last]
        table.add_row(name, status, f"{x:.6g}", f"{y:.6g}", f"{loss:.6g}")
    Console().print(table)


def _has_display() -> bool:
    """Whether a window can open: always so on Windows and macOS, and where the user chose a platform."""
    named = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform in ("win32", "darwin") or any(os.environ.get(name) for name in named)


def _export_instead(scene: Any) -> int:
    """Without a display: the scene as a movie beside the user."""
    from gui.export.command import carry_out
    from gui.export.order import Order
    from landscape.export_plan import Export
    from landscape.scene import opening_scene

    target = Path.cwd() / "landscape-opening.mp4"
    print("There is no display here, so the scene is drawn into a movie instead …")  # noqa: T201
    export = Export(1280, 720, fps=30.0, seconds=7.0)
    return carry_out(Order(scene or opening_scene(), target, export))


if __name__ == "__main__":
    sys.exit(main())
