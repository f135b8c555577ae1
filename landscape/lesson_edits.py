"""The edits of whoever makes a lesson, each a new lesson: slides put in, taken out, moved, changed."""

from __future__ import annotations

from typing import Any

from landscape.errors import LandscapeError
from landscape.lesson import MAX_SLIDES, Lesson, Slide


def inserted(lesson: Lesson, place: int, *slides: Slide) -> Lesson:
    """The lesson with these slides before the one at `place`, or at its end.

    Raises
    ------
    LandscapeError
        if there would be too many.

    >>> lesson = inserted(Lesson(), 0, Slide(bundled="the-ravine"), Slide(bundled="a-plateau"))
    >>> [slide.bundled for slide in inserted(lesson, 1, Slide(bundled="a-kink")).slides]
    ['the-ravine', 'a-kink', 'a-plateau']
    """
    count = len(lesson.slides)
    if count + len(slides) > MAX_SLIDES:
        raise LandscapeError(
            f"A lesson has at most {MAX_SLIDES} slides, and this would make {count + len(slides)}: "
            "take some out first, or begin a second lesson."
        )
    if not 0 <= place <= count:
        raise LandscapeError(f"No slide can be put in place {place + 1}: the lesson has {count}.")
    return lesson.edited(slides=(*lesson.slides[:place], *slides, *lesson.slides[place:]))


def removed(lesson: Lesson, place: int) -> Lesson:
    """The lesson without this slide.

    >>> removed(inserted(Lesson(), 0, Slide(bundled="the-ravine")), 0).slides
    ()
    """
    _check(lesson, place)
    return lesson.edited(slides=(*lesson.slides[:place], *lesson.slides[place + 1 :]))


def moved(lesson: Lesson, place: int, to: int) -> Lesson:
    """The lesson with a slide moved to where it is at place `to` afterwards.

    >>> lesson = inserted(Lesson(), 0, *(Slide(bundled="a-kink", seconds=s) for s in (1, 2, 3)))
    >>> [slide.seconds for slide in moved(lesson, 0, 2).slides]
    [2, 3, 1]
    """
    _check(lesson, place)
    _check(lesson, to)
    slides = list(lesson.slides)
    slides.insert(to, slides.pop(place))
    return lesson.edited(slides=tuple(slides))


def changed(lesson: Lesson, place: int, **fields: Any) -> Lesson:
    """The lesson with these fields of a slide changed; a scene that is given takes the old one's place.

    Raises
    ------
    SceneError
        with the key that is to blame, such as `slides[1].seconds`.

    >>> lesson = inserted(Lesson(), 0, Slide(bundled="the-ravine"))
    >>> changed(lesson, 0, question="Who is first?").slides[0].question
    'Who is first?'
    """
    _check(lesson, place)
    slide = lesson.slides[place]
    table = {name: getattr(slide, name) for name in Slide.model_fields}
    if fields.keys() & {"own", "file", "bundled"}:
        table |= {"own": None, "file": "", "bundled": ""}
    slides: list[Any] = list(lesson.slides)
    slides[place] = {**table, **fields}
    return lesson.edited(slides=tuple(slides))


def _check(lesson: Lesson, place: int) -> None:
    if not 0 <= place < len(lesson.slides):
        raise LandscapeError(f"There is no slide {place + 1}: the lesson has {len(lesson.slides)}.")
