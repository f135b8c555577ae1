"""A scene as a text: it comes back whole, through any mail, and nothing hostile gets in."""

from __future__ import annotations

import base64
import contextlib
import re
import tracemalloc
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape import LandscapeError, Scene
from landscape.resources import scene_files
from landscape.share import _COMMON, MAX_TEXT, from_text, to_text


def packed(plain: bytes) -> str:
    packer = zlib.compressobj(9, zdict=_COMMON)
    content = packer.compress(plain) + packer.flush()
    whole = zlib.crc32(content).to_bytes(4, "big") + content
    return "landscape1:" + base64.urlsafe_b64encode(whole).decode()


SENT = to_text(Scene(title="Sent", steps=77))


@pytest.mark.parametrize("file", scene_files(), ids=lambda file: file.stem)
def test_every_bundled_scene_comes_back_and_is_short(file):
    scene = Scene.load(file)
    text = to_text(scene)
    assert from_text(text) == scene
    assert re.fullmatch(r"landscape1:[A-Za-z0-9_-]+\.", text)
    assert len(text) < 300 + 2 * len(scene.title + scene.caption + getattr(scene, "notes", ""))


# A text that was sent once is read for ever: if this fails, the version must change.
FIRST = "landscape1:-wsCVHj5sg29IMOag9yA9SyoWYGSlRA5yMQIWwYyJj8DjeaO0dwxKHMHAHMTAMA."


def test_text_of_the_first_version_is_still_read():
    assert from_text(FIRST) == Scene(title="For ever", steps=42, seed=3)


numbers = st.floats(-1.9, 1.9)


@given(
    title=st.text(max_size=200),
    caption=st.text(max_size=300),
    start=st.tuples(numbers, numbers),
    seed=st.integers(0, 2**63 - 1),
    noise=st.floats(0, 1e6),
    rate=st.floats(1e-9, 10),
)
@settings(max_examples=60, deadline=None)
def test_any_scene_comes_back_as_it_was(title, caption, start, seed, noise, rate):
    racers = ({"rule": "adam", "learning_rate": rate}, {"rule": "momentum", "learning_rate": rate})
    scene = Scene(title=title, caption=caption, start=start, seed=seed, noise=noise, optimizers=racers)
    assert from_text(to_text(scene)) == scene


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_what_mail_does_to_it_does_no_harm(data):
    width = data.draw(st.integers(8, 90))
    before = data.draw(st.sampled_from(["> ", ">> ", "  ", "\t", "| ", "\u200b", "> > "]))
    end = data.draw(st.sampled_from(["\n", "\r\n", "=\n", " \n"]))
    # The first word must be whole: no mail program breaks inside a word of ten letters.
    head, _, tail = SENT.partition(":")
    folded = head + ":" + "".join(tail[k : k + width] + end + before for k in range(0, len(tail), width))
    after = data.draw(st.sampled_from(["", "\n\nBest wishes, Anna", "”", "\n-- \nsent from afar."]))
    assert from_text(f"Dear all,\n{before}{folded}{after}") == Scene(title="Sent", steps=77)


@pytest.mark.parametrize("quotes", ['""', "''", "“”", "„“", "«»", "``"])
def test_quotation_marks_around_it_and_a_lost_full_stop_do_no_harm(quotes):
    assert from_text(quotes[0] + SENT + quotes[1]).steps == 77
    assert from_text(quotes[0] + SENT.rstrip(".") + quotes[1]).steps == 77


@given(st.integers(12, len(SENT) - 2), st.sampled_from("AZaz09-_"))
@settings(max_examples=80, deadline=None)
def test_one_changed_letter_is_seen(place, letter):
    changed = SENT[:place] + letter + SENT[place + 1 :]
    if changed != SENT and place < len(SENT) - 2:  # the last letter may hold bits that mean nothing
        with pytest.raises(LandscapeError, match="damaged"):
            from_text(changed)


@pytest.mark.parametrize("length", range(11, len(SENT) - 1))
def test_text_that_is_cut_off_anywhere_is_refused_in_one_sentence(length):
    with pytest.raises(LandscapeError, match="damaged"):
        from_text(SENT[:length])


@given(st.one_of(st.text(max_size=300), st.text(max_size=300).map(lambda text: "landscape1:" + text)))
@settings(max_examples=300, deadline=None)
def test_anything_else_is_refused_in_one_sentence(text):
    with pytest.raises(LandscapeError) as refused:
        from_text(text)
    assert "\n" not in str(refused.value)


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_anything_that_is_packed_rightly_is_a_scene_or_refused(plain):
    with contextlib.suppress(LandscapeError):
        assert isinstance(from_text(packed(plain)), Scene)


def test_a_bomb_is_refused_before_it_is_unpacked():
    bomb = packed(b"#" + b"a" * 100_000_000)
    assert len(bomb) < MAX_TEXT
    tracemalloc.start()
    try:
        with pytest.raises(LandscapeError, match="too large"):
            from_text(bomb)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_too_long_another_version_and_nothing_say_what_is_the_matter():
    for text, word in (("landscape1:" + "A" * MAX_TEXT, "too long"), ("landscape2:AAAA.", "version 2"),
                       ("", "landscape1:"), ("hello", "no shared scene")):  # fmt: skip
        with pytest.raises(LandscapeError, match=word):
            from_text(text)


def test_a_wrong_scene_is_refused_by_the_key_that_is_to_blame():
    with pytest.raises(LandscapeError, match="steps"):
        from_text(packed(b"version = 1\nsteps = -3\n"))
    with pytest.raises(LandscapeError, match="not a scene file"):
        from_text(packed(b"a = " + b"[" * 100_000))


def test_strangers_text_opens_no_file_and_own_data_is_not_sent():
    named = b'version = 1\n[training.data]\nname = "csv"\nfile = "/etc/passwd"\n'
    with pytest.raises(LandscapeError, match="data file"):
        from_text(packed(named))
    with pytest.raises(LandscapeError, match="data file"):
        to_text(Scene.from_toml(named.decode()))
