"""Model files: what is written is read back; what is damaged or hostile is refused with one sentence."""

from __future__ import annotations

import contextlib
import io
import json
import pickle
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape.errors import LandscapeError
from landscape.network.model import probabilities
from landscape.network.model_file import MAX_BYTES, load_model, save_model, state_dict, trained
from landscape.network.spec import Training
from landscape.network.training import split_data, train

NAN, INF = float("nan"), float("inf")


def model_of(**given: Any) -> Any:
    spec = Training(**{"data": {"name": "iris"}, "hidden": (5, 4), "epochs": 2, **given})
    data = split_data(spec)
    last = list(train(spec, data))[-1]
    return trained(spec, data, last), data, last


def specification_of(model: Any) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        save_model(model, Path(folder, "model.npz"))
        with np.load(Path(folder, "model.npz")) as arrays:
            return json.loads(str(arrays["specification"]))


MODEL, DATA, LAST = model_of()
SPECIFICATION = specification_of(MODEL)


def written(arrays: dict[str, Any] | None = None, compressed: bool = False, **specification: Any) -> bytes:
    """A model file with some arrays (None: left out) and parts of its specification replaced."""
    buffer = io.BytesIO()
    parts = {**state_dict(MODEL), **(arrays or {})}
    text = json.dumps({**SPECIFICATION, **specification})
    save = np.savez_compressed if compressed else np.savez
    save(buffer, specification=np.array(text), **{name: a for name, a in parts.items() if a is not None})
    return buffer.getvalue()


def zipped(members: dict[str, bytes], kind: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", kind) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return buffer.getvalue()


def members() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(written())) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def header(shape: str) -> bytes:
    """An array file that says to have that shape, and holds nothing."""
    text = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: Any) -> Path:
    return tmp_path_factory.mktemp("models")


def refused(folder: Path, content: bytes) -> str:
    path = folder / "bad.npz"
    path.write_bytes(content)
    with pytest.raises(LandscapeError) as caught:
        load_model(path)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400 + len(str(path))
    assert path.read_bytes() == content
    return str(caught.value)


# --- there and back ------------------------------------------------------------------------------------


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize(
    "given_spec",
    [{}, {"batch_norm": False}, {"hidden": ()}, {"activation": "tanh", "epsilon": 0.01},
     {"data": {"name": "digits"}, "epochs": 1}, {"changes": ({"step": 3, "l2": 0.1},)}],
    ids=str,
)  # fmt: skip
def test_what_is_written_is_read_back_and_predicts_the_same(tmp_path, given_spec, precision):
    model, data, last = model_of(**given_spec, precision=precision)
    save_model(model, tmp_path / "model.npz")
    again = load_model(tmp_path / "model.npz")
    assert again.architecture == model.architecture
    assert again.parameters.dtype == np.dtype(precision)
    assert np.array_equal(again.parameters, model.parameters)
    assert np.array_equal(again.averages.mean, model.averages.mean)
    assert np.array_equal(again.averages.variance, model.averages.variance)
    assert (again.mean.tolist(), again.scale.tolist()) == (data.mean.tolist(), data.scale.tolist())
    assert (again.feature_names, again.class_names) == (model.feature_names, model.class_names)
    assert again.steps == last.step
    rows = data.dataset.inputs[data.validation_rows]
    found = again.predict(rows)
    assert np.array_equal(found, model.predict(rows))
    accuracy = (found.argmax(axis=1) == data.validation_labels).mean()
    assert accuracy == last.validation_accuracy[0]
    state = last.state
    seen = data.validation_inputs.astype(precision)
    expected = probabilities(model.architecture, state.parameters, seen, state.averages)[0]
    np.testing.assert_allclose(found, expected, atol=1e-6 if precision == "float32" else 1e-13)


def test_the_training_can_be_had_again_from_the_file(tmp_path):
    spec = Training(
        data={"points": 44}, epochs=2, schedule={"kind": "cosine", "over": 9}, hidden=(4,),
        changes=({"step": 2, "optimizer": {"rule": "momentum"}, "note": "slower"},),
    )  # fmt: skip
    data = split_data(spec)
    last = list(train(spec, data))[-1]
    save_model(trained(spec, data, last), tmp_path / "model.npz")
    again = Training(**load_model(tmp_path / "model.npz").training)
    assert again == spec
    assert np.array_equal(list(train(again))[-1].state.parameters, last.state.parameters)


def test_arrays_have_the_names_and_shapes_of_a_torch_state_dict():
    shapes = {name: array.shape for name, array in state_dict(MODEL).items()}
    normalized = ("weight", "bias", "running_mean", "running_var")
    assert shapes == {
        "0.weight": (5, 4), **{f"1.{name}": (5,) for name in normalized}, "1.num_batches_tracked": (),
        "3.weight": (4, 5), **{f"4.{name}": (4,) for name in normalized}, "4.num_batches_tracked": (),
        "6.weight": (3, 4), "6.bias": (3,),
    }  # fmt: skip
    plain = state_dict(model_of(batch_norm=False)[0])
    assert list(plain) == ["0.weight", "0.bias", "2.weight", "2.bias", "4.weight", "4.bias"]


def test_a_file_that_another_program_packed_is_read_too(tmp_path):
    (tmp_path / "packed.npz").write_bytes(written(compressed=True))
    assert np.array_equal(load_model(tmp_path / "packed.npz").parameters, MODEL.parameters)


def test_the_other_network_of_a_pair_can_be_kept():
    pair = LAST.state._replace(
        parameters=np.concatenate([LAST.state.parameters, MODEL.parameters + 1]),
        averages=type(LAST.state.averages)(*(np.repeat(a, 2, axis=0) for a in LAST.state.averages)),
    )
    spec = Training(**MODEL.training)
    second = trained(spec, DATA, type(LAST)(**{**vars(LAST), "state": pair}), network=1)
    assert np.array_equal(second.parameters, MODEL.parameters + 1)


# --- damage --------------------------------------------------------------------------------------------

GOOD = written()


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(GOOD) - 1))
def test_a_file_that_is_cut_off_is_refused(folder, length):
    refused(folder, GOOD[:length])


def loads_or_is_refused(folder: Path, content: bytes) -> None:
    path = folder / "damaged.npz"
    path.write_bytes(content)
    with contextlib.suppress(LandscapeError):
        load_model(path)


def flipped(content: bytes, changes: list[tuple[int, int]]) -> bytes:
    damaged = bytearray(content)
    for place, value in changes:
        damaged[place % len(damaged)] = value
    return bytes(damaged)


damage = st.lists(st.tuples(st.integers(0, 2**31), st.integers(0, 255)), min_size=1, max_size=4)


@settings(max_examples=300, deadline=None)
@given(damage)
def test_a_file_with_wrong_bytes_loads_or_is_refused(folder, changes):
    loads_or_is_refused(folder, flipped(GOOD, changes))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"\x93NUMPY"]))
def test_any_bytes_are_refused(folder, content, start):
    refused(folder, start + content)


@pytest.mark.parametrize("kind", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_a_packed_file_with_wrong_bytes_loads_or_is_refused(folder, kind):
    packed = zipped(members(), kind)
    for place in range(0, len(packed), 7):
        loads_or_is_refused(folder, flipped(packed, [(place, packed[place] ^ 255)]))


@pytest.mark.parametrize(
    "bad",
    [header("(10000000000000,)"), header("(3, 99999999999999999999)"),
     b"\x93NUMPY\x01\x00\x10\x00" + b"('''((((((((((((\n"],
    ids=["huge", "beyond counting", "unfinished header"],
)  # fmt: skip
def test_an_array_that_lies_about_itself_is_refused(folder, bad):
    refused(folder, zipped({**members(), "0.weight.npy": bad}))


@pytest.mark.parametrize(
    ("name", "value"),
    [("sizes", [INF, 5, 3]), ("sizes", []), ("sizes", {}), ("sizes", [10**13, 5, 3]),
     ("sizes", [4, 5, 10**13]), ("epsilon", 10**400), ("steps", INF), ("mean", [10**400] * 4)],
    ids=lambda value: str(value)[:20],
)  # fmt: skip
def test_numbers_beyond_all_bounds_are_refused(folder, name, value):
    refused(folder, written(**{name: value}))


@pytest.mark.parametrize(
    ("name", "value"),
    [("mean", [NAN, 0, 0, 0]), ("mean", [INF, 0, 0, 0]), ("mean", [[0], [0], [0], [0]]),
     ("scale", [0, 1, 1, 1]), ("scale", [NAN, 1, 1, 1]), ("scale", [-1, 1, 1, 1]), ("epsilon", NAN),
     ("epsilon", -1), ("epsilon", INF), ("steps", -1), ("sizes", [4, 5.7, 4, 3])],
)  # fmt: skip
def test_a_specification_that_would_predict_nonsense_is_refused(folder, name, value):
    refused(folder, written(**{name: value}))


VALUES = state_dict(MODEL)


@pytest.mark.parametrize(
    ("name", "array"),
    [("1.weight", VALUES["1.weight"].astype(complex)), ("1.weight", np.full(5, 1e300)),
     ("1.bias", np.zeros(5, "M8[s]")), ("4.running_var", -np.ones(4, np.float32))],
    ids=["complex", "overflows", "dates", "negative variance"],
)  # fmt: skip
def test_an_array_that_does_not_suit_is_refused(folder, name, array):
    refused(folder, written({name: array}))


@pytest.mark.parametrize(
    ("name", "array", "word"),
    [("0.weight", VALUES["0.weight"].T, "shape"), ("6.bias", np.zeros(4, np.float32), "shape"),
     ("3.weight", VALUES["3.weight"] * np.nan, "no number"),
     ("1.weight", VALUES["1.weight"] + INF, "no number"),
     ("4.running_mean", None, "running_mean"), ("0.weight", None, "0.weight"),
     ("0.weight", np.array([["a"] * 4] * 5), "floating"), ("0.weight", np.ones((5, 4), int), "floating"),
     ("0.weight", VALUES["0.weight"].astype(np.float16), "floating"), ("6.bias", np.array(["a"] * 3), ""),
     ("6.bias", np.array([None] * 3), "pickle"), ("0.weight", np.array([[print] * 4] * 5), "pickle")],
)  # fmt: skip
def test_arrays_that_do_not_fit_are_refused_by_name(folder, name, array, word):
    assert word in refused(folder, written({name: array})).lower()


@pytest.mark.parametrize(
    ("name", "value"),
    [("version", 2), ("version", "1"), ("version", None), ("sizes", [4, 5, 3]), ("sizes", [3, 5, 4, 3]),
     ("sizes", "ab"), ("sizes", None), ("sizes", [4, 5, 4, 2]), ("sizes", [4, 5, -4, 3]),
     ("sizes", [NAN, 5, 4, 3]),
     ("sizes", [4] + [5] * 20 + [3]), ("activation", "swish"), ("activation", None), ("activation", [1]),
     ("batch_norm", False), ("epsilon", "x"), ("steps", "many"), ("mean", [0, 0]), ("mean", ["a"] * 4),
     ("scale", None), ("feature_names", ["a"]), ("feature_names", None), ("class_names", ["a", "b"]),
     ("training", 5), ("training", None)],
)  # fmt: skip
def test_a_specification_that_does_not_fit_is_refused(folder, name, value):
    refused(folder, written(**{name: value}))


class Attack:
    def __reduce__(self) -> Any:
        return (pytest.fail, ("it was executed",))


@pytest.mark.parametrize("name", ["specification.npy", "0.weight.npy"])
def test_nothing_in_a_file_is_executed(folder, name):
    buffer = io.BytesIO()
    with contextlib.suppress(BaseException):
        np.save(buffer, np.array([Attack()], object), allow_pickle=True)
    assert b"it was executed" in buffer.getvalue()
    assert "pickle" in refused(folder, zipped({**members(), name: buffer.getvalue()})).lower()
    refused(folder, pickle.dumps(Attack()))


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "3", "{", '{"version": 1}', "[" * 100_000, "{}" * 3, "\0"]
)
def test_a_specification_that_is_none_is_refused(folder, text):
    buffer = io.BytesIO()
    np.savez(buffer, specification=np.array(text), **state_dict(MODEL))
    refused(folder, buffer.getvalue())


def test_a_file_that_would_unpack_to_gigabytes_is_refused_before_it_does(folder):
    bomb = zipped({**members(), "bomb.npy": bytes(MAX_BYTES + 1)}, zipfile.ZIP_DEFLATED)
    assert len(bomb) < 1_000_000
    assert "too large" in refused(folder, bomb)


def test_what_is_no_model_file_is_refused(folder, tmp_path):
    for path in (tmp_path / "none.npz", tmp_path, tmp_path / ("x" * 300), "\0"):
        with pytest.raises(LandscapeError, match=r"no such file|cannot be read"):
            load_model(path)
    files = (b"", b"x,y,class\n1,2,3\n", b"version = 1\n", members()["0.weight.npy"])
    archives = ({}, {"readme.txt": b"hello"}, {"specification": b"{}"})
    for content in (*files, *map(zipped, archives)):
        refused(folder, content)


def test_a_write_that_fails_leaves_the_old_file(tmp_path):
    path = tmp_path / "model.npz"
    save_model(MODEL, path)
    before = path.read_bytes()
    for bad in (tmp_path, tmp_path / "none" / "model.npz"):
        with pytest.raises(LandscapeError):
            save_model(MODEL, bad)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["model.npz"]


@pytest.mark.parametrize("rows", [[[1.0, 2.0]], [[1e300, 0.0, 0.0, 0.0]], [[float("nan")] * 4]])
def test_rows_that_cannot_be_calculated_with_are_refused(rows):
    with pytest.raises(LandscapeError):
        MODEL.predict(rows)
