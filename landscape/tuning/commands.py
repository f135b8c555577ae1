"""The command `landscape tune`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

from landscape.command_options import argument, option, settings

SHOWN = 5  # of the best trials
WORTH_RANKING = 30  # trials, below which importance is mostly chance


def tune(
    spec: Annotated[Path | None, argument("A scene file with a [training] and a [tuning] table.")] = None,
    data: Annotated[str, option("A CSV file, or a set by name; digits if nothing is said.")] = "",
    label: Annotated[str, option("The column of the classes: its name or its number.")] = "",
    header: Annotated[bool | None, option("Whether the CSV file's first row holds names.")] = None,
    epochs: Annotated[int | None, option("Passes over the data of each trial.")] = None,
    optimizer: Annotated[str, option("The rule, if it is not searched, such as adam:beta1=0.9.")] = "",
    trials: Annotated[int | None, option("How many trials.")] = None,
    method: Annotated[str, option("random, grid or coarse-to-fine.")] = "",
    rounds: Annotated[int | None, option("Rounds of coarse-to-fine.")] = None,
    search: Annotated[
        list[str] | None,
        option("An axis: learning_rate=1e-4:1, units=8:128:log, optimizer=momentum|adam; repeatable."),
    ] = None,
    points: Annotated[str, option("Values of a grid's axes, such as learning_rate=5,units=3.")] = "",
    stopping: Annotated[str, option("Stop hopeless trials: none, median or halving.")] = "",
    minutes: Annotated[float | None, option("Begin nothing new after so many minutes.")] = None,
    failures: Annotated[int | None, option("Give up after so many failed trials.")] = None,
    workers: Annotated[str, option("So many processes, 0 for none, or dask:tcp://host:port.")] = "",
    seed: Annotated[int | None, option("Seed of the search.")] = None,
    storage: Annotated[str, option("Keep the study in this file, or at this Optuna storage URL.")] = "",
    resume: Annotated[bool, option("Go on with a study that has trials already.")] = False,
    csv: Annotated[str, option("Write all trials to this file, or to - for the screen.")] = "",
    best: Annotated[str, option("Write the best trial to this .toml scene, or as .py code.")] = "",
) -> int:
    """Search for good hyperparameters: at random, on a grid, or from coarse to fine."""
    from landscape.files import check_target
    from landscape.network.commands import chosen_data

    scene = _scene(spec)
    training = _training(scene.training, chosen_data(data, label, header), epochs, optimizer)
    given = {
        "trials": trials, "method": method or None, "rounds": rounds, "stopping": stopping or None,
        "minutes": minutes, "failures": failures, "seed": seed,
        "points": settings("points", points) or None,
        "space": _space(search) if search else None,
    }  # fmt: skip
    table = scene.tuning.model_dump(exclude_none=True)
    scene = scene.edited(
        training=training,
        tuning={**table, **{name: value for name, value in given.items() if value is not None}},
    )
    for path in filter(None, (csv if csv != "-" else "", best)):
        check_target(path)
    return _run(scene, workers, storage, resume, csv, best)


def _scene(spec: Path | None) -> Any:
    from landscape.scene import Scene

    if spec is not None:
        return Scene.load(spec)
    usual = {"data": {"name": "digits"}, "optimizer": {"rule": "momentum"}, "epochs": 20}
    return Scene().edited(training=usual)


def _training(training: Any, data: dict[str, Any], epochs: int | None, optimizer: str) -> dict[str, Any]:
    table: dict[str, Any] = training.model_dump(exclude_none=True)
    table["data"] = {**table["data"], **data}
    if epochs is not None:
        table["epochs"] = epochs
    if optimizer:
        rule, _, given = optimizer.partition(":")
        table["optimizer"] = {"rule": rule.strip(), **settings("optimizer", given)}
    return table


def _space(axes: list[str]) -> dict[str, Any]:
    """`name=low:high[:scale]` and `name=one|other` as the space's table."""
    from landscape.errors import FieldError

    space: dict[str, Any] = {}
    for text in axes:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals:
            space[name] = {}
            continue
        if "|" in value:
            words = [word.strip() for word in value.split("|")]
            space[name] = {"choices": [{"true": True, "false": False}.get(word, word) for word in words]}
            continue
        low, *rest = value.split(":")
        try:
            ends = {"low": _number(low), "high": _number(rest[0])}
        except (ValueError, IndexError):
            raise FieldError(
                "search",
                f"--search reads name=low:high, name=low:high:scale or name=one|other, not “{text}”.",
            ) from None
        space[name] = {**ends, **({"scale": rest[1]} if len(rest) > 1 else {})}
    return space


def _number(text: str) -> float | int:
    return int(text) if text.strip().isdigit() else float(text)


def _run(scene: Any, workers: str, storage: str, resume: bool, csv: str, best: str) -> int:
    """Search under a progress line; when interrupted, report what there is."""
    import os

    from rich.console import Console

    from landscape.errors import LandscapeError
    from landscape.tuning.search import search
    from landscape.tuning.workers import open_workers

    console = Console(stderr=True)
    interrupted, ended, failure = False, "", None
    # Where the processor's cores are counted, those that this program may use are meant.
    usual = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with open_workers(workers or usual) as crew:  # they begin while the data are read
        data, study = _opened(scene, storage, resume, console)
        reports = search(study, crew, data)
        try:
            ended = _watch(reports, console)
        except KeyboardInterrupt:
            interrupted = True
        except LandscapeError as error:
            ended, failure = "broken off", error
        finally:
            reports.close()
    try:  # also what there is of a search that was broken off
        _write(study, csv, best)
        if csv != "-":
            _report(study, data, ended, interrupted)
    except LandscapeError:
        if failure is None:
            raise
    if failure is not None:
        raise failure
    return 130 if interrupted else 0


def _opened(scene: Any, storage: str, resume: bool, console: Any) -> tuple[Any, Any]:
    """The data and the study, with a line for all that is worth a remark."""
    from landscape.errors import LandscapeError
    from landscape.network.training import split_data
    from landscape.tuning.study import Study

    tuning = scene.tuning
    data = split_data(scene.training)
    study = Study(scene.training, tuning, storage)
    for remark in (*data.dataset.remarks, *data.remarks, *study.remarks):
        console.print(remark, style="dim", highlight=False, markup=False)
    if study.finished() and not resume:
        raise LandscapeError(
            f"{storage} holds {len(study.finished())} finished trials: --resume goes on with them."
        )
    lost = sum(trial.lost for trial in study.finished().values())
    if lost:
        console.print(f"Trials that were lost with their workers, and are made again: {lost}.", style="dim")
    if tuning.method == "grid":
        shape = " × ".join(str(count) for count in tuning.grid)
        console.print(f"The grid has {shape} = {tuning.count} points.", style="dim", highlight=False)
    return data, study


def _watch(reports: Any, console: Any) -> str:
    """Show how far it has got; returns why it ended."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    words = TextColumn("{task.description}")
    count = TextColumn("{task.completed}/{task.total} trials")
    best, failed, ended = float("nan"), 0, ""
    with Progress(
        words, BarColumn(), count, TimeRemainingColumn(), console=console, transient=True
    ) as progress:
        task = progress.add_task("tuning", total=None)
        for report in reports:
            scores = [trial.score for trial in report.finished if trial.state == "complete"]
            best = max([*scores, best], key=lambda score: score if score == score else -1)
            failed += sum(trial.state in ("failed", "diverged") for trial in report.finished)
            shown = f"best {best:.4f}" if best == best else "no score yet"
            description = f"{shown}, {len(report.running)} running, {failed} failed or diverged"
            progress.update(task, completed=report.done, total=report.total, description=description)
            ended = report.ended
    return ended


def _write(study: Any, csv: str, best: str) -> None:
    import sys

    from landscape.files import write_whole
    from landscape.scene import Scene
    from landscape.tuning.plan import best_of
    from landscape.tuning.tables import as_code, as_csv, training_of

    trials = study.finished().values()
    if csv:
        text = as_csv(trials, study.tuning.space.dimensions)
        if csv == "-":
            sys.stdout.write(text)
            sys.stdout.flush()
        else:
            write_whole(Path(csv), text.encode())
    winner = best_of(trials)
    if best and winner is not None:
        if best.endswith(".py"):
            write_whole(Path(best), as_code(study.training, winner).encode())
        else:
            title = f"Trial {winner.number}"
            scene = Scene(workspace="train", title=title, training=training_of(study.training, winner))
            scene.save(best)


def _report(study: Any, data: Any, ended: str, interrupted: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    from landscape.tuning.plan import ranked
    from landscape.tuning.samplers import luck
    from landscape.tuning.space import KINDS

    trials, dimensions = study.finished(), study.tuning.space.dimensions
    table = Table(
        "trial", "score", *(KINDS[d.name].symbol for d in dimensions), box=None, padding=(0, 2, 0, 0)
    )
    good = ranked(trials.values())
    for trial in good[:SHOWN]:
        values = (_short(trial.values[d.name]) for d in dimensions)
        table.add_row(str(trial.number), f"{trial.score:.4f}", *values)
    console = Console()
    if good:
        console.print(table)
    states = Counter(trial.state for trial in trials.values())
    how = "interrupted" if interrupted else ended
    counts = ", ".join(f"{count} {state}" for state, count in states.items()) or "none"
    console.print(
        f"{len(trials)} of {study.tuning.count} trials ({counts}): {how}", highlight=False, soft_wrap=True
    )
    for reason, count in Counter(t.reason for t in trials.values() if t.state == "failed").most_common(3):
        console.print(f"{count} failed: {reason}", highlight=False, markup=False, soft_wrap=True)
    if study.tuning.method == "random" and len(trials):
        chance = luck(len(trials))
        words = f"The chance that one of {len(trials)} random trials lies in the best 5 % is {chance:.4f}."
        console.print(words, highlight=False, soft_wrap=True)
    if len(trials) >= WORTH_RANKING and len(dimensions) > 1 and not interrupted:
        _rank(console, study, 1 / len(data.dataset.class_names))


def _rank(console: Any, study: Any, guessing: float) -> None:
    from landscape.errors import LandscapeError
    from landscape.tuning.importance import agreement, importance
    from landscape.tuning.space import KINDS

    try:
        found = importance(study.finished().values(), study.tuning.space.dimensions, guessing=guessing)
    except LandscapeError:
        return
    parts = zip(found.names, found.share, found.low, found.high, strict=True)
    shares = ", ".join(
        f"{KINDS[name].symbol} {share:.2f} ({low:.2f}–{high:.2f})" for name, share, low, high in parts
    )
    console.print(f"Importance ({found.method}): {shares}", highlight=False, soft_wrap=True)
    console.print(agreement(found), highlight=False, soft_wrap=True)


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value).lower()
