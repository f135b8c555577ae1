"""The formats of movies, and how frames become one of them; FFmpeg does it, by way of PyAV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]

FASTEST = 240.0
BT709 = 1  # FFmpeg's number for HD's primaries, transfer curve and matrix
SMALL_COLOURS = 48  # of a GIF's 255
EVEN_PIXELS = 24  # from which on a colour is no accident of smooth edges
CENTISECOND = Fraction(1, 100)


@dataclass(frozen=True)
class Codec:
    """One format.

    Attributes
    ----------
    name, container : FFmpeg's encoder and muxer
    pixels : how it holds a pixel
    options, file_options : of the encoder, of the muxer
    loop : the muxer's option for beginning again: its name, the value for ever and that for once
    even : whether width and height must be
    fastest : frames a second; browsers show a GIF whose delays are below 20 ms at a tenth of its speed
    tick : what its times are whole multiples of; None: the time of a frame
    """

    name: str
    container: str
    pixels: str
    options: dict[str, str]
    file_options: dict[str, str] = field(default_factory=dict)
    loop: tuple[str, str, str] | None = None
    even: bool = False
    fastest: float = FASTEST
    tick: Fraction | None = None


@dataclass(frozen=True)
class Movie:
    """What all frames have in common.

    Attributes
    ----------
    width, height : pixels
    frames : how many there are
    rate : frames a second
    loop : whether GIF, APNG and WebP begin again at their end
    """

    width: int
    height: int
    frames: int
    rate: float
    loop: bool = True


CODECS = {
    ".mp4": Codec(
        "libx264", "mp4", "yuv420p",
        # A film has no cuts to look for: half the time for a file not much larger.
        {"crf": "19", "preset": "superfast", "x264-params": "scenecut=0:b-adapt=0"},
        {"movflags": "+faststart"}, even=True,
    ),
    ".webm": Codec(
        "libvpx-vp9", "webm", "yuv420p",
        {"crf": "24", "b": "0", "deadline": "realtime", "cpu-used": "5", "row-mt": "1"}, even=True,
    ),
    ".gif": Codec("gif", "gif", "pal8", {}, loop=("loop", "0", "-1"), fastest=50.0, tick=CENTISECOND),
    ".apng": Codec("apng", "apng", "rgb24", {"pred": "up"}, loop=("plays", "0", "1")),
    ".webp": Codec(
        "libwebp_anim", "webp", "bgra", {"lossless": "1", "compression_level": "2"}, loop=("loop", "0", "1")
    ),
}  # fmt: skip


def encode(codec: Codec, movie: Movie, palette: Any, target: Path, frames: Iterator[Frame]) -> None:
    """Encode all frames into this file; `palette` is a picture of `palette_of`, for a GIF."""
    import av

    rate = Fraction(movie.rate).limit_denominator(1001)
    tick = codec.tick or 1 / rate
    options = dict(codec.file_options)
    if codec.loop is not None:
        name, for_ever, once = codec.loop
        options[name] = for_ever if movie.loop else once
    if codec.tick is not None:
        options["final_delay"] = str(_time(movie.frames, rate, tick) - _time(movie.frames - 1, rate, tick))
    with av.open(str(target), "w", format=codec.container, options=options) as container:
        stream = container.add_stream(codec.name, rate=rate, options=codec.options)
        stream.width, stream.height, stream.pix_fmt = movie.width, movie.height, codec.pixels
        context = stream.codec_context
        context.time_base = tick
        if codec.even:
            context.color_primaries = context.color_trc = context.colorspace = context.color_range = BT709
        convert = _Converter(codec.pixels, palette)
        for number, frame in enumerate(frames):
            picture = convert(frame)
            picture.pts, picture.time_base = _time(number, rate, tick), tick
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))


def _time(frame: int, rate: Fraction, tick: Fraction) -> int:
    """When a frame begins, in ticks: rounded from the beginning, so that nothing adds up."""
    return round(frame / rate / tick)


class _Converter:
    """Arrays as frames of FFmpeg's; the same array again costs nothing."""

    def __init__(self, pixels: str, palette: Any) -> None:
        from av.video.reformatter import VideoReformatter

        self._pixels, self._palette = pixels, palette
        self._reformatter = VideoReformatter()
        self._before: tuple[Frame, Any] | None = None

    def __call__(self, frame: Frame) -> Any:
        if self._before is None or self._before[0] is not frame:
            self._before = (frame, self._converted(frame))
        return self._before[1]

    def _converted(self, frame: Frame) -> Any:
        from av import VideoFrame
        from av.video.reformatter import ColorRange, Colorspace

        if self._palette is not None:
            indices = np.asarray(picture_of(frame).quantize(palette=self._palette, dither=0))
            return VideoFrame.from_ndarray((indices, _argb(self._palette)), format="pal8")
        whole = np.ascontiguousarray(frame)
        if self._pixels == "bgra" and frame.shape[2] == 4:
            whole = whole | np.array([0, 0, 0, 255], np.uint8)  # what is not used is no transparency
        picture = VideoFrame.from_numpy_buffer(whole, format="rgb24" if frame.shape[2] == 3 else "bgra")
        if self._pixels == "yuv420p":
            return self._reformatter.reformat(
                picture, format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
            )
        return self._reformatter.reformat(picture, format=self._pixels)


def picture_of(frame: Frame) -> Any:
    """A frame as a picture of Pillow's."""
    from PIL import Image

    height, width, channels = frame.shape
    layout = "RGB" if channels == 3 else "BGRX"
    return Image.frombuffer("RGB", (width, height), np.ascontiguousarray(frame), "raw", layout, 0, 1)


def palette_of(samples: Sequence[Frame]) -> Any:
    """255 colours for all frames, as a picture of Pillow's that carries them.

    Most serve what takes the most room; the others go, one by one, to the even colour that is served worst:
    what is told apart by colour is often small.
    """
    from PIL import Image

    packed = [np.asarray(picture_of(sample)).astype(np.int32) @ [1 << 16, 1 << 8, 1] for sample in samples]
    codes, counts = np.unique(np.concatenate([sample.ravel() for sample in packed]), return_counts=True)
    colours = np.stack([codes >> 16, codes >> 8 & 255, codes & 255], axis=-1)
    row = np.repeat(colours, np.ceil(counts**0.6).astype(int), axis=0).astype(np.uint8)
    found = Image.fromarray(row[None]).quantize(
        255 - SMALL_COLOURS, method=Image.Quantize.MEDIANCUT, kmeans=1
    )
    table = np.array(found.getpalette()).reshape(-1, 3)[: len(found.getcolors() or [])]
    even = colours[counts >= EVEN_PIXELS]
    apart = np.full(len(even), np.inf)
    for colour in table:
        apart = np.minimum(apart, np.abs(even - colour).sum(axis=1))
    while len(table) < 255 and len(even) and apart.max() > 0:
        worst = even[apart.argmax()]
        table = np.vstack([table, worst])
        apart = np.minimum(apart, np.abs(even - worst).sum(axis=1))
    palette = Image.new("P", (1, 1))
    palette.putpalette(table.astype(np.uint8).tobytes())
    return palette


def _argb(palette: Any) -> NDArray[np.uint8]:
    """The table as FFmpeg has it; its last colour is no colour, which stands for “as before”."""
    table = np.zeros((256, 4), np.uint8)
    colours = np.array(palette.getpalette(), np.uint8).reshape(-1, 3)[:255]
    table[: len(colours), 1:] = colours
    table[:255, 0] = 255
    return table
