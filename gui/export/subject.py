"""What is exported: the scene, or the lesson that is open; and which of its slides is looked at."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from gui.widgets.rows import Choice, TitledRow
from landscape.lesson import Lesson


class SubjectRows(QWidget):
    """Two choices, which show only where there is something to choose.

    Signals
    -------
    chosen() : something else
    """

    chosen = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._lesson: Lesson | None = None
        self.subjects = Choice("What is exported", {"scene": "This scene"}, lambda _: self._choose())
        self.slides = Choice("Slide in the preview", {}, lambda _: self._choose())
        for choice in (self.subjects, self.slides):  # a long title leaves the column as wide as it is
            choice.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self._rows = TitledRow("Export", self.subjects), TitledRow("Shown", self.slides)
        for row in self._rows:
            column.addWidget(row)
        self._show_rows()

    @property
    def lesson(self) -> Lesson | None:
        """The lesson, if all of it is to be exported."""
        return self._lesson if self.subjects.currentData() == "lesson" else None

    @property
    def slide(self) -> int:
        """The slide of the lesson that is looked at."""
        return int(self.slides.currentData() or 0)

    def show_lesson(self, lesson: Lesson | None, titles: list[str], place: int) -> None:
        """The lesson that is open, if one is; all of it is still wanted when its next slide is shown."""
        whole = self.lesson is not None
        self._lesson = lesson
        self.subjects.clear()
        self.subjects.addItem("This scene", "scene")
        self.slides.clear()
        if lesson is not None:
            self.subjects.addItem(f"The lesson “{lesson.title}”", "lesson")
            for number, title in enumerate(titles):
                self.slides.addItem(f"{number + 1}  {title}", str(number))
            self.slides.setCurrentIndex(place)
            self.subjects.show_key("lesson" if whole else "scene")
        self._choose()

    def _choose(self) -> None:
        self._show_rows()
        self.chosen.emit()

    def _show_rows(self) -> None:
        subject, slide = self._rows
        self.setVisible(self._lesson is not None)
        subject.setVisible(self._lesson is not None)
        slide.setVisible(self.lesson is not None)
