"""The commands `landscape train` and `landscape predict`."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from csv import writer
from pathlib import Path
from typing import Annotated, Any

from landscape.command_options import argument, option, settings

SCORES = ("training_loss", "validation_loss", "training_accuracy", "validation_accuracy")
LOG_HEAD = ",".join(("epoch", "step", "learning_rate", *SCORES))


def train(
    spec: Annotated[Path | None, argument("A scene file with a [training] table.")] = None,
    data: Annotated[str, option("A CSV file, or a set by name: spirals, moons, digits, iris …")] = "",
    label: Annotated[str, option("The column of the classes: its name or its number.")] = "",
    header: Annotated[bool | None, option("Whether the CSV file's first row holds names.")] = None,
    classes: Annotated[int | None, option("Number of classes of a generated set.")] = None,
    points: Annotated[int | None, option("Number of points of a generated set.")] = None,
    hidden: Annotated[str, option("Units of each hidden layer, such as 32,32; none for no such layer.")] = "",
    activation: Annotated[str, option("relu, tanh or sigmoid.")] = "",
    batch_norm: Annotated[bool | None, option("Whether to normalize batches.")] = None,
    optimizer: Annotated[str, option("A rule, such as adam:learning_rate=0.01.")] = "",
    schedule: Annotated[str, option("A schedule over the epochs, such as cosine:over=80.")] = "",
    batch_size: Annotated[int | None, option("Examples in a mini-batch.")] = None,
    l2: Annotated[float | None, option("L2 regularization.")] = None,
    epochs: Annotated[int | None, option("Passes over the data.")] = None,
    validation: Annotated[float | None, option("Share of the data to check with.")] = None,
    seed: Annotated[int | None, option("Seed of the weights, the split and the order.")] = None,
    log: Annotated[str, option("Write losses and accuracies after each epoch to this CSV file.")] = "",
    save: Annotated[str, option("Write the trained network to this .npz file.")] = "",
) -> int:
    """Train a batch-normalized softmax network and report how well it does."""
    from landscape.files import check_target
    from landscape.scene import Scene

    scene = Scene() if spec is None else Scene.load(spec)
    chosen = {name: value for name, value in (("classes", classes), ("points", points)) if value is not None}
    source = {**dict(scene.training.data), **chosen_data(data, label, header)}
    _refuse_what_is_not_taken(source["name"], chosen)
    table: dict[str, Any] = {
        "data": {**source, **chosen},
        "activation": activation or None,
        "batch_norm": batch_norm,
        "batch_size": batch_size,
        "l2": l2,
        "epochs": epochs,
        "validation": validation,
        "seed": seed,
    }
    if hidden:
        table["hidden"] = _sizes(hidden)
    for name, text, key in (("optimizer", optimizer, "rule"), ("schedule", schedule, "kind")):
        if text:
            kind, _, given = text.partition(":")
            table[name] = {key: kind.strip(), **settings(name, given)}
    changed = {name: value for name, value in table.items() if value is not None}
    kept = scene.training.model_dump(exclude_none=True)
    training = scene.edited(training={**kept, **changed}).training
    for path in filter(None, (log, save)):
        check_target(path)
    return _run(training, log, save)


def predict(
    model: Annotated[Path, argument("A model file, written by `landscape train --save`.")],
    data: Annotated[Path, option("The CSV file with the rows to classify.")],
    csv: Annotated[str, option("Write class probabilities to this file, or to - for the screen.")] = "-",
    label: Annotated[
        str, option("The column of the true classes: its name or number. Default: as in training, if there.")
    ] = "",
    header: Annotated[bool | None, option("Whether the first row holds names.")] = None,
) -> None:
    """Classify the rows of a CSV file with a trained network; count the hits where the classes are known."""
    from landscape.files import write_whole
    from landscape.network.csv_data import read_inputs
    from landscape.network.model_file import load_model

    network = load_model(model)
    column = _column(label) if label else network.label_name or _usual_column(network.training)
    table = read_inputs(data, network.feature_names, column, header, needs_label=bool(label))
    rows = network.predict(table.inputs)
    names = network.class_names
    written = io.StringIO()
    answers = writer(written, lineterminator="\n")
    answers.writerow([*names, "prediction"])
    answers.writerows([*(f"{value:.9g}" for value in row), names[row.argmax()]] for row in rows)
    remarks = [*table.remarks]
    if table.labels is not None:
        remarks.append(_hits(table.labels, names, rows))
    for remark in remarks:
        print("landscape: " + remark, file=sys.stderr)  # noqa: T201
    if csv == "-":
        sys.stdout.write(written.getvalue())
        sys.stdout.flush()
    else:
        write_whole(Path(csv), written.getvalue().encode())


def _usual_column(training: dict[str, Any]) -> int | None:
    """The number of the column of the classes in training, where columns had no names."""
    column = training.get("data", {}).get("label")
    return column if isinstance(column, int) else None


def _hits(labels: Sequence[str], class_names: Sequence[str], rows: Any) -> str:
    """How many rows are classified rightly, of those whose class is filled in."""
    from landscape.network.csv_data import class_places

    known = [place for place, text in enumerate(labels) if text]
    if not known:
        return "No row has its class filled in, so it is not known how many are classified rightly."
    true = class_places([labels[place] for place in known], class_names)
    right = sum(rows[place].argmax() == one for place, one in zip(known, true, strict=True))
    strange = sum(one is None for one in true)
    others = f"; {strange} {'is' if strange == 1 else 'are'} of classes that it has not learned"
    words = f"{right} of {len(known)} are classified rightly ({right / len(known):.4f})"
    return words + (others if strange else "") + "."


def _run(spec: Any, log: str, save: str) -> int:
    """Train under a progress bar; when interrupted, keep what there is."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from landscape.files import write_whole
    from landscape.network.model_file import save_model, trained
    from landscape.network.training import split_data
    from landscape.network.training import train as snapshots_of

    console = Console(stderr=True)
    split = split_data(spec)
    for remark in (*split.dataset.remarks, *split.remarks):
        console.print(remark, style="dim", highlight=False, markup=False)
    last, lines = None, [LOG_HEAD]
    interrupted = False
    count = TextColumn("{task.completed}/{task.total} epochs")
    columns = (TextColumn("{task.description}"), BarColumn(), count, TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("training", total=spec.epochs)
        try:
            for snapshot in snapshots_of(spec, split):
                last = snapshot
                lines.append(_log_line(snapshot))
                words = f"loss {snapshot.training_loss[0]:.4f}"
                progress.update(task, completed=snapshot.state.epoch, description=words)
        except KeyboardInterrupt:
            interrupted = True
    if last is None:
        raise KeyboardInterrupt
    if save:
        save_model(trained(spec, split, last), save)
    if log:
        write_whole(Path(log), ("\n".join(lines) + "\n").encode())
    _report(split, last, interrupted)
    return 130 if interrupted else 0


def _report(split: Any, last: Any, interrupted: bool) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    dataset = split.dataset
    table = Table(escape(dataset.title), "loss", "accuracy", "examples", box=None, padding=(0, 2, 0, 0))
    parts = (
        ("training", last.training_loss, last.training_accuracy, len(split.training_labels)),
        ("validation", last.validation_loss, last.validation_accuracy, len(split.validation_labels)),
    )
    for name, loss, accuracy, count in parts:
        if count:
            table.add_row(name, f"{loss[0]:.6g}", f"{accuracy[0]:.4f}", str(count))
    console = Console()
    console.print(table)
    state = last.state
    how = "interrupted" if interrupted else "ended"
    if last.diverged:
        console.print("The numbers became infinite; a smaller learning rate may help.", soft_wrap=True)
        how = "diverged"
    console.print(f"{how} after {state.epoch} epochs, {state.step} steps", highlight=False, soft_wrap=True)


def _log_line(snapshot: Any) -> str:
    scores = (f"{getattr(snapshot, name)[0]:.9g}" for name in SCORES)
    return f"{snapshot.state.epoch},{snapshot.step},{snapshot.learning_rate:.9g}," + ",".join(scores)


def chosen_data(data: str, label: str, header: bool | None) -> dict[str, Any]:
    """What `--data` and its companions say."""
    from landscape.network.datasets import DATASETS

    column = {"label": _column(label)} if label else {}
    if data in DATASETS:
        usual = DATASETS[data].settings
        return {"name": data, **({"classes": usual["classes"]} if "classes" in usual else {})}
    if data:
        return {"name": "csv", "file": data, "header": header, **column}
    return column


def _column(label: str) -> str | int:
    return int(label) if label.lstrip("+-").isdigit() else label


def _refuse_what_is_not_taken(name: str, chosen: dict[str, Any]) -> None:
    """Nothing that was asked for is passed over in silence."""
    from landscape.errors import FieldError
    from landscape.network.datasets import DATASETS

    takes = DATASETS[name].settings if name in DATASETS else {}
    for setting in chosen:
        if setting not in takes:
            raise FieldError(setting, f"--{setting} is for generated data; “{name}” is as it is.")


def _sizes(text: str) -> tuple[int, ...]:
    from landscape.errors import FieldError

    if text.strip().lower() == "none":
        return ()
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise FieldError("hidden", f"--hidden takes whole numbers such as 32,32, not “{text}”.") from None
