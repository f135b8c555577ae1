"""A scene as a short text that fits into a mail or a chat, and back; nothing in it can be run.

`landscape1:` and then, in base64url, a checksum of four bytes and the scene's TOML, compressed. A full
stop ends it, so that it may stand in the middle of a letter.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib

from landscape.errors import LandscapeError
from landscape.scene import Scene

VERSION = 1
MAX_TEXT = 400_000  # characters, of all that is pasted
MAX_SCENE = 1_000_000  # bytes, once it is decompressed
_CHECKSUM = 4
_START = re.compile(r"landscape(\d{1,9}):")
# What mail programs put between the letters: spaces and line breaks, marks of quoted lines, a line's
# soft end, quotation marks, and characters that nobody sees.
_BETWEEN = re.compile("[\\s>|=\"'“”„‘’«»`\u00ad\u200b-\u200f\u2060\ufeff]+")
# What most scenes say; the compressor only writes down what is different. Part of version 1: a change
# of one letter makes every text unreadable that was ever sent.
_COMMON = b"""
[training.schedule] kind = "step" "exponential" gamma = "1/t" decay = every = over = final =
[[training.changes]] step = note = "" [tuning.space.learning_rate] low = high = scale = "log" choices =
[tuning.points] [tune_view] brushes states = ["complete", "running", "stopped", "diverged", "failed"]
evaluator = "PED-ANOVA" contest = false width = 0.1 method = "random" trials = 64 rounds = 3 boxes = []
seed = 0 stopping = "none" x = "learning_rate" y = "beta" beta = batch_size units layers l2 batch_norm
[train_view] twin = true test_time = true temperature = 1.0 layer = 0 panda = false picked = [0.0, 0.0]
name = "moons" name = "digits" name = "spirals" rates = "tuned" rates = "equal_rate" tuning_evaluations =
[surface] formula = " x = [-2.0, 2.0] y = [-2.0, 2.0] [more_starts] kind = "ring" count = 16 radius = 0.2
workspace = "train" workspace = "tune"
[training]
hidden = [32, 32]
activation = "relu"
batch_norm = true
running_beta = 0.9
epsilon = 1e-05
initialization = "auto"
batch_size = 32
l2 = 0.0
epochs = 80
validation = 0.25
seed = 0
precision = "float32"
changes = []

[training.data]
name = "spirals"
classes = 3
points = 330
seed = 0
drawn = []
file = ""

[training.optimizer]
rule = "adam"
learning_rate = 0.01
beta1 = 0.9
beta2 = 0.999
epsilon = 1e-08
bias_correction = true

[training.schedule]
kind = "cosine"
warm_up = 0
version = 1
title = "
caption = "
notes = "
steps = 300
noise = 0.0
seed = 0
start = [0.025, 1.75]

[surface]
name = "double_well"

[surface.parameters]
kappa = 20.0

[schedule]
kind = "constant"
warm_up = 0

[view]
layout = "both"
contours = true
colormap = "landscape"
measure = "gradient"
azimuth = -60.0
elevation = 35.0
distance = 1.0

[overlays]
critical_points = true
watersheds = false
plateaus = true
basins = false
stability = false
focus = 0

[[optimizers]]
rule = "gradient_descent"
learning_rate = 0.03

[[optimizers]]
rule = "momentum"
learning_rate = 0.08
beta = 0.9
form = "ewma"
nesterov = false
bias_correction = false

[[optimizers]]
rule = "rmsprop"
learning_rate = 0.02
rho = 0.9
epsilon = 1e-08

[[optimizers]]
rule = "adam"
learning_rate = 0.035
beta1 = 0.9
beta2 = 0.999
epsilon = 1e-08
bias_correction = true
"""


def to_text(scene: Scene) -> str:
    """The scene as one short line.

    Raises
    ------
    LandscapeError
        if it needs a file of the user's own, or is too large for a text.

    >>> from_text(to_text(Scene(steps=7))).steps
    7
    """
    _refuse_files(scene)
    plain = scene.to_toml().encode()
    packer = zlib.compressobj(9, zdict=_COMMON)
    packed = packer.compress(plain) + packer.flush()
    content = zlib.crc32(packed).to_bytes(_CHECKSUM, "big") + packed
    text = f"landscape{VERSION}:{base64.urlsafe_b64encode(content).decode().rstrip('=')}."
    if len(plain) > MAX_SCENE or len(text) > MAX_TEXT:
        raise LandscapeError("This scene is too large for a text; save it and send the file.")
    return text


def from_text(text: str) -> Scene:
    r"""The scene in a text that was made by `to_text`, wherever in a mail it stands.

    Raises
    ------
    LandscapeError
        if there is none, or it is damaged, too large, or not a scene.

    >>> sent = to_text(Scene(title="Hello"))
    >>> from_text("Look at this:\n> " + sent[:40] + "\n> " + sent[40:] + "\nSee you!").title
    'Hello'
    """
    if len(text) > MAX_TEXT:
        raise LandscapeError("This text is too long to be a shared scene.")
    start = _START.search(text)
    if start is None:
        raise LandscapeError(
            f"There is no shared scene in this text: it would begin with landscape{VERSION}:."
        )
    if int(start[1]) != VERSION:
        raise LandscapeError(
            f"This shared scene needs another Landscape: it has version {int(start[1])}, this one reads"
            f" version {VERSION}."
        )
    scene = Scene.from_toml(_unpacked(_BETWEEN.sub("", text[start.end() :].partition(".")[0])))
    _refuse_files(scene)
    return scene


def _unpacked(letters: str) -> str:
    damaged = "This shared scene is damaged: a part is missing or was changed. Copy the whole text again."
    try:
        content = base64.b64decode(letters + "=" * (-len(letters) % 4), altchars=b"-_", validate=True)
        packed = content[_CHECKSUM:]
        if len(content) <= _CHECKSUM or zlib.crc32(packed) != int.from_bytes(content[:_CHECKSUM], "big"):
            raise LandscapeError(damaged)
        unpacker = zlib.decompressobj(zdict=_COMMON)
        plain = unpacker.decompress(packed, MAX_SCENE + 1)  # a few bytes can unpack to gigabytes: not here
        if len(plain) > MAX_SCENE:
            raise LandscapeError("This shared scene is too large to be one.")
        if not unpacker.eof or unpacker.unused_data:
            raise LandscapeError(damaged)
        return plain.decode()
    except (binascii.Error, zlib.error, UnicodeError, ValueError) as error:
        raise error if isinstance(error, LandscapeError) else LandscapeError(damaged) from None


def _refuse_files(scene: Scene) -> None:
    """A name of a file means nothing elsewhere, and a stranger's text shall not open one."""
    if scene.training.data.file:
        raise LandscapeError(
            "This scene needs a data file, which a text cannot hold; send both files instead."
        )
