"""A small picture of the next slide for the speaker: a race's map with where it will lead."""

from __future__ import annotations

from collections.abc import Iterator

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QPixmap
from PyQt6.QtWidgets import QLabel, QWidget

from gui.jobs import Jobs
from gui.theme import Theme, looks
from gui.views.map_view import MapView
from landscape.race import Race, solve
from landscape.relief import Relief, relief
from landscape.scene import Scene

SIZE = QSize(288, 180)
GRID = (144, 90)


class NextPicture(QLabel):
    """Drawn by the map's own code; hidden for slides that have no map."""

    def __init__(self, jobs: Jobs, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs, self._theme = jobs, theme
        self._shown: Scene | None = None
        self.setFixedSize(SIZE)
        self.setAccessibleName("Picture of the next slide")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hide()

    def show_scene(self, scene: Scene | None) -> None:
        """Show this scene, or nothing."""
        wanted = scene if scene is not None and scene.workspace == "explore" else None
        if wanted == self._shown:
            return
        self._shown = wanted
        self._jobs.cancel("next slide")
        self.hide()
        if wanted is not None:
            self._jobs.start("next slide", lambda: _prepared(wanted), self._draw)

    def _draw(self, found: tuple[Relief, Race]) -> None:
        ground, race = found
        board = MapView()
        board.set_theme(self._theme)
        board.show_domain(ground.x, ground.y)
        board.show_relief(ground, [], race.scene.view.colormap)
        board.show_race(race, looks(race.scene.optimizers, self._theme))
        board.set_step(race.scene.steps)
        ratio = self.devicePixelRatioF()
        picture = QPixmap.fromImage(board.render_image((SIZE.toSizeF() * ratio).toSize(), ratio))
        picture.setDevicePixelRatio(ratio)
        board.deleteLater()
        self.setPixmap(picture)
        self.show()


def _prepared(scene: Scene) -> Iterator[tuple[Relief, Race]]:
    """A coarse ground and the paths of the first start, away from the GUI thread."""
    surface = scene.surface.surface
    surface.compile()
    race = next(solve(scene))
    yield relief(surface, scene.log_scale, GRID), race
