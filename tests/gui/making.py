"""Hands for whoever tests the lesson maker."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QFileDialog, QMessageBox, QPushButton, QWidget
from test_accessibility import name_of

from gui.document import Document
from gui.jobs import Jobs
from gui.lecture import maker_keeping
from gui.lecture.maker import LessonMaker
from gui.theme import DARK
from landscape.lesson import Lesson
from landscape.scene import Scene

Answer = QMessageBox.StandardButton


class Answers:
    """Answers the file dialogs with a path, and the question about changes; `asked` has what it was."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch

    def __call__(self, path: Path | str = "", changes: Answer | None = None) -> list[str]:
        asked: list[str] = []
        names = [str(path)] if path else []
        self._patch.setattr(QFileDialog, "getSaveFileName", lambda *given: (str(path), ""))
        self._patch.setattr(QFileDialog, "getOpenFileName", lambda *given: (str(path), ""))
        self._patch.setattr(QFileDialog, "getOpenFileNames", lambda *given: (names, ""))

        def question(parent: Any, title: str, text: str, *buttons: Any) -> Answer | None:
            asked.append(text)
            return changes

        self._patch.setattr(QMessageBox, "question", question)
        return asked


def open_maker(document: Document, jobs: Jobs, qtbot: Any) -> LessonMaker:
    """The lesson maker on a scene of one's own, without the main window."""
    document.edit("a", title="Mine", caption="Look here.", steps=77)
    made = LessonMaker(lambda: document.scene, jobs, DARK)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow, timeout=5000)
    made.list.setFocus()
    return made


def settle(jobs: Jobs) -> None:
    """Until everything that is read or written is."""
    QTest.qWait(1)
    for _ in range(1000):
        if not jobs.busy:
            return
        QTest.qWait(10)
    raise AssertionError("a job does not end")


def titles(maker: LessonMaker) -> list[str]:
    return [maker.list.item(row).text() for row in range(maker.list.count())]


def filled(maker: LessonMaker, *names: str) -> None:
    """Slides with these titles, the first chosen."""
    maker.bench.draft.begin(Lesson(slides=tuple({"own": Scene(title=name)} for name in names)), None)
    maker.list.setFocus()


def button(maker: QWidget, name: str) -> QPushButton:
    return next(b for b in maker.findChildren(QPushButton) if name_of(b) == name)


def drop(target: QWidget, data: QMimeData, at: QPoint | None = None) -> None:
    """Drag something in and let go, with the events that Qt sends for it."""
    at = target.rect().center() if at is None else at
    actions, left = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(at, actions, data, left, none)
    QApplication.sendEvent(target, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(target, QDragMoveEvent(at, actions, data, left, none))
    QApplication.sendEvent(target, QDropEvent(QPointF(at), actions, data, left, none))


def of_files(*paths: Path | str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def type_into(field: QWidget, text: str) -> None:
    field.setFocus()
    QTest.keyClicks(field, text)


def copies() -> list[Path]:
    """The files of lessons that are not saved."""
    return sorted(maker_keeping._folder().glob("*.toml"))
