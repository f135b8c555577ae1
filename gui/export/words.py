"""Sizes and durations in words."""

from __future__ import annotations


def size_words(count: float) -> str:
    """Bytes in words.

    >>> size_words(1_234_567)
    '1.2 MB'
    """
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(count / 1e3, 1):.0f} kB"


def duration_words(seconds: float) -> str:
    """Seconds in words.

    >>> duration_words(3.2), duration_words(32.1), duration_words(200)
    ('3.2 s', '32 s', '3:20 min')
    """
    if seconds < 99.5:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d} min"
