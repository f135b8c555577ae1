"""The Explore workspace: turns the document into a race, and what is touched into edits."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui.document import Document
from gui.explore.analysis import Analysis
from gui.explore.dissection import Dissection
from gui.explore.inspector import Inspector
from gui.explore.predictions import Predictions
from gui.explore.stage import Ground, Stage, load_gl, prepare_ground, prepare_part
from gui.explore.tuning import RateTuning
from gui.explore.words import Words
from gui.jobs import Jobs
from gui.theme import DARK, Theme
from gui.widgets.card import Headline
from gui.widgets.playback import Playback
from gui.widgets.transport import Transport
from landscape.errors import LandscapeError
from landscape.race import Race, solve
from landscape.scene import Scene, View

INLINE_STEPS = 2500  # rule-steps that take less than 10 ms: more goes through a job
HINT = "Drag the ring to move the start.   Space plays, ← and → step.   ? shows all keys."
ASKED_HINT = (
    "Click the map to pin where a ball will end: 1 to 9 and Tab choose the rule, arrows move its pin, Delete "
    "takes it away.   Space shows the answer."
)
_RACE = ("surface", "start", "steps", "noise", "seed", "schedule", "optimizers", "more_starts")


class ExplorePage(QWidget):
    """Pictures at the left, knobs at the right."""

    glStarting = pyqtSignal()
    glStarted = pyqtSignal()  # and has drawn its first pictures, or has been found missing

    def __init__(
        self, document: Document, jobs: Jobs, without_gl: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.document = document
        self.jobs = jobs
        self.playback = Playback(self)
        self.stage = Stage()
        self.analysis = Analysis(document, jobs, self)
        self.tuning = RateTuning(document, jobs, self)
        self.dissection = Dissection(document, self.stage, self.playback, self)
        self.predictions = Predictions(document, jobs, self.stage, self.playback, self.analysis, self)
        self._without_gl = without_gl
        self._gl_wanted = not without_gl
        self._theme = DARK
        self._was_playing = False
        self._play_when_ready = False
        self._asking = False
        self._computed: Scene | None = None  # what the pictures are of
        self._build()
        self._connect()
        document.changed.connect(self._changed)
        document.refused.connect(self._refused)
        self._show_scene(document.scene)
        self.stage.set_camera(document.scene)
        self._say_hint()
        if without_gl:
            self._do_without_gl(without_gl)
        self._follow(document.scene)

    # --- layout ------------------------------------------------------------------------------------

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        left = QVBoxLayout()
        left.setSpacing(10)
        header = Headline()
        self.headline, self.title, self.caption = header, header.title, header.caption
        self.layout_buttons: dict[str, QPushButton] = {}
        group = QButtonGroup(self)
        for name, text, key in (("both", "Both", "3"), ("map", "Map", "1"), ("surface", "Surface", "2")):
            button = QPushButton(text)
            button.setCheckable(True)
            button.setToolTip(f"Show {text.lower()} ({key})")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _, name=name: self.set_layout(name))
            group.addButton(button)
            header.addWidget(button)
            self.layout_buttons[name] = button
        left.addLayout(header)
        left.addWidget(self.predictions.panel)
        left.addWidget(self.stage, 1)
        left.addWidget(self.dissection.panel)
        self.inspector = Inspector(self.document, self.jobs)
        self.words = Words(
            self.document,
            self.stage,
            self.playback,
            self.inspector,
            self.analysis,
            self.dissection,
            self.jobs,
            self,
        )
        self.readout = self.words.readout
        self.readout.setTextFormat(Qt.TextFormat.PlainText)
        self.readout.setProperty("kind", "dim")
        self.readout.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        left.addWidget(self.readout)
        self.transport = Transport(self.playback)
        left.addWidget(self.transport)
        row.addLayout(left, 1)

        self.surface_card = self.inspector.surface_card
        self.start_card = self.inspector.start_card
        self.optimizers_card = self.inspector.optimizers_card
        self.run_card = self.inspector.run_card
        self.view_card = self.inspector.view_card
        row.addWidget(self.inspector)

    def _connect(self) -> None:
        stage = self.stage
        for view in (stage.map, stage.surface):
            view.startPicked.connect(self._start_picked)
            view.startReleased.connect(self._start_released)
            view.hovered.connect(self._hovered)
        self._gl_timer = QTimer(self)  # a child: what is scheduled must not outlive the page
        self._gl_timer.setSingleShot(True)
        self._gl_timer.setInterval(500)
        self._gl_timer.timeout.connect(self.glStarted)
        self._camera_timer = QTimer(self)
        self._camera_timer.setSingleShot(True)
        self._camera_timer.setInterval(400)
        self._camera_timer.timeout.connect(self._keep_camera)
        stage.surface.cameraChanged.connect(lambda *_: self._camera_timer.start())
        stage.map.viewChanged.connect(self._zoomed)
        stage.loss.scrubbed.connect(self._scrubbed)
        stage.measure.scrubbed.connect(self._scrubbed)
        self.playback.stepChanged.connect(stage.set_step)
        self.analysis.shapeChanged.connect(self._shape_changed)
        self.analysis.areasChanged.connect(self._areas_changed)
        self.tuning.said.connect(self._say_rates)
        self.optimizers_card.ratesChosen.connect(self.tuning.choose)
        self.inspector.shape_card.chosen.connect(self._look_at)
        self.inspector.shape_card.clicked.connect(self.focus_picture)
        focus_card = self.inspector.focus_card
        focus_card.anatomyWanted.connect(self.set_anatomy)
        focus_card.stepWanted.connect(self._scrubbed)
        self.dissection.changed.connect(lambda: focus_card.show_anatomy(self.dissection.on))

    def _load_gl(self) -> None:
        """Bring the 3-D view to life, once the map is there."""
        if self._gl_wanted:
            self._gl_wanted = False
            self.glStarting.emit()
            self.stage.surface.failed.connect(self._do_without_gl)
            self.jobs.start("3-D", load_gl, lambda _: self._start_gl(), self._do_without_gl)

    def _start_gl(self) -> None:
        try:
            self.stage.start_gl()
        except LandscapeError as error:
            self._do_without_gl(str(error))
        self._gl_timer.start()

    def _do_without_gl(self, reason: str) -> None:
        """The map alone, and a sentence why; nothing else is lost."""
        self._without_gl = reason
        self.stage.has_gl = False
        for name in ("both", "surface"):
            self.layout_buttons[name].setEnabled(False)
            self.layout_buttons[name].setToolTip(reason)
        self.stage.show_layout(self.document.scene.view.layout)
        self._say_hint()

    def _say_hint(self) -> None:
        hint = ASKED_HINT if self._asking else f"{self._without_gl}   {HINT}".strip()
        self.readout.setText(hint)

    def set_theme(self, theme: Theme, type_scale: float = 1.0) -> None:
        """Draw with these tokens."""
        self._theme = theme
        self.stage.set_theme(theme, type_scale)
        self.transport.set_theme(theme)
        self.dissection.set_theme(theme)
        self.predictions.set_theme(theme, type_scale)
        self._show_scene(self.document.scene)
        self.inspector.refit(theme)

    def set_active(self, on: bool) -> None:
        """Whether this workspace is the one that is seen."""
        if not on:
            self.playback.pause()

    def set_lecture(self, on: bool) -> None:
        """Hide the knobs and let the pictures have the room; a legend then tells who is who."""
        self.inspector.setVisible(not on)
        self.readout.setVisible(not on)
        self.stage.legend.setVisible(on)
        self.stage.measure.setVisible(not on)
        for button in self.layout_buttons.values():
            button.setVisible(not on)
        self.transport.set_fading(on)

    def set_asking(self, on: bool) -> None:
        """While a question waits, nothing here gives its answer away, and pins can be placed."""
        self._asking = on
        self.stage.set_asking(on)
        self.words.set_asking(on)
        self.predictions.set_open(on)
        self.inspector.shape_card.show_shape(None if on else self.analysis.shape)
        self.surface_card.message.setVisible(not on)  # what the surface teaches may be the answer
        self._say_hint()
        self._show_scene(self.document.scene)

    # --- the scene ---------------------------------------------------------------------------------

    def _changed(self, scene: Scene, old: Scene) -> None:
        self._show_scene(scene)
        if _camera(scene) != _camera(old):  # else a turn by hand that is not kept yet would snap back
            self.stage.set_camera(scene)
        self._follow(scene)
        self.tuning.scene_changed(scene, old)

    def _refused(self) -> None:
        """What was refused is not in force: show what is."""
        self._show_scene(self.document.scene)

    def _show_scene(self, scene: Scene) -> None:
        surface = scene.surface.surface
        mine = scene.workspace == "explore"  # else the scene's own words are of something else
        self.headline.say(
            (scene.title if mine else "") or surface.title, (scene.caption if mine else "") or surface.teaches
        )
        self.inspector.show_scene(scene, self._theme)
        if self.tuning.progress:
            self.optimizers_card.say(self.tuning.progress)
        self.layout_buttons[scene.view.layout].setChecked(True)
        self.stage.scene = scene
        self.stage.comparing = scene.against is not None
        self.stage.show_layout(scene.view.layout)
        self.playback.set_length(scene.steps)

    def _follow(self, scene: Scene) -> None:
        """Compute what a scene asks for, if it is to be looked at here."""
        if scene.workspace == "explore":
            before, self._computed = self._computed, scene
            self._recompute(scene, before)

    def _recompute(self, scene: Scene, old: Scene | None) -> None:
        """Compute again what depends on what has changed, and nothing else."""
        surface = scene.surface.surface
        if old is None or scene.surface != old.surface or scene.log_scale != old.log_scale:
            log = scene.log_scale
            self.jobs.cancel("part")
            self.jobs.start(
                "ground", lambda: prepare_ground(surface, log), self._ground_ready, self.document.refused.emit
            )
        elif _painting(scene) != _painting(old):
            self.stage.restyle(scene)
        if old is not None and scene.overlays != old.overlays:
            self.stage.show_shape(self.analysis.shape, scene)
            self.analysis.find_unstable(self.stage.race, self.playback.step)
            self._areas_changed()
        if old is not None and scene.view.measure != old.view.measure:
            self.stage.show_measure(scene.view.measure)
        if old is None or any(getattr(scene, name) != getattr(old, name) for name in _RACE):
            self._compute_race(scene, new_surface=old is None or scene.surface != old.surface)
        self.analysis.map_basins(scene)
        if old is not None and scene.overlays.focus != old.overlays.focus:
            self.dissection.refresh()

    def _compute_race(self, scene: Scene, new_surface: bool) -> None:
        """Small races at once, so that they follow the hand; all others, and swarms, in a job."""
        rules = sum(racer.enabled for racer in scene.optimizers)
        at_once = scene.surface.surface.is_compiled and rules * scene.steps <= INLINE_STEPS
        if at_once:
            self.jobs.cancel("race")
            self._race_ready(next(solve(scene)))
        elif new_surface:
            self.stage.clear_race()  # the old trails would lie over another surface
        if not at_once or scene.more_starts is not None:
            self.jobs.start("race", lambda: _solved(scene), self._race_ready, self.document.refused.emit)

    def _ground_ready(self, ground: Ground) -> None:
        self.stage.show_ground(ground, self.document.scene)
        if not ground.part:
            if self.stage.map.needs_part:
                self._zoomed()
            self._load_gl()  # the map is there: now there is time for it
            known = self.analysis.shape
            if known is None or known.surface != ground.map.surface:
                self.stage.show_shape(None, self.document.scene)
                self.inspector.shape_card.show_shape(None)
                self.words.watch(None)
                self.analysis.find_shape(self.document.scene)
                self._areas_changed()

    def _shape_changed(self) -> None:
        self.stage.show_shape(self.analysis.shape, self.document.scene)
        self.inspector.shape_card.show_shape(None if self._asking else self.analysis.shape)
        self.analysis.find_unstable(self.stage.race, self.playback.step)
        self._areas_changed()

    def _areas_changed(self) -> None:
        self.stage.show_areas(*self.analysis.areas())
        analysis, card = self.analysis, self.inspector.focus_card
        card.show_basins(analysis.basins, analysis.other_basins)
        card.show_stability(analysis.unstable, *analysis.sharpest)

    def _say_rates(self, sentence: str) -> None:
        """How a search for learning rates goes on; then again how the present ones came about."""
        self._show_scene(self.document.scene)
        if sentence:
            self.optimizers_card.say(sentence)

    def _look_at(self, place: Any) -> None:
        """Fly to a critical point; a saddle is looked at through the microscope, too."""
        self.stage.map.fly_to((float(place.position[0]), float(place.position[1])))
        self.words.watch(place)

    def _race_ready(self, race: Race) -> None:
        if race is self.stage.race:
            return  # a swarm is still walking
        self.stage.show_race(race)
        self.stage.set_step(self.playback.step)
        self.dissection.refresh()
        self.stage.describe()
        self.predictions.show_race()
        if self._play_when_ready:
            self._play_when_ready = False
            self.playback.play()

    def move_within(self, stages: int) -> None:
        """Go some stages of the present step forward or back."""
        self.dissection.move(stages)

    def hold_at_start(self) -> None:
        """Stand still at the start, until one plays."""
        self._play_when_ready = False
        self.playback.pause()
        self.playback.go_to(0)

    def play_from_start(self) -> None:
        """Play from step 0, as soon as the race of this scene is there."""
        self.playback.pause()
        self.playback.go_to(0)
        race = self.stage.race
        if race is not None and race.surface == self.document.scene.surface.surface:
            self.playback.play()
        else:
            self._play_when_ready = True

    # --- what is touched ---------------------------------------------------------------------------

    def _start_picked(self, x: float, y: float) -> None:
        if self._asking:
            self.predictions.place(x, y)
            return
        ranges = (self.stage.map.x_range, self.stage.map.y_range)
        digits = [max(0, 4 - math.floor(math.log10(high - low))) for low, high in ranges]
        start = (round(x, digits[0]), round(y, digits[1]))
        if self.playback.playing:
            self._was_playing = True
            self.playback.pause()
            self.playback.go_to(self.playback.length)  # the hand wants to know where it leads
        self.document.hold()
        self.document.edit("move the start", merge=True, start=start)

    def _start_released(self) -> None:
        if self._asking:
            self.predictions.let_go()
            return
        self.document.release()
        if self._was_playing:
            self._was_playing = False
            self.playback.go_to(0)
            self.playback.play()

    def _scrubbed(self, step: int) -> None:
        self.playback.pause()
        self.playback.go_to(step)

    def set_layout(self, layout: str) -> None:
        """Show map, surface or both."""
        if layout != "map" and not self.stage.has_gl:
            self.document.refused.emit(self._without_gl)
            return
        scene = self.document.scene
        view = scene.view.model_copy(update={"layout": layout})
        if scene.against is None:
            self.document.edit("change the layout", record=False, view=view)
        else:  # two maps side by side leave no room for another layout
            overlays = scene.overlays.model_copy(update={"against": None})
            self.document.edit("end the comparison", view=view, overlays=overlays)
        self.focus_picture()

    def focus_picture(self) -> None:
        """Put the keyboard where the race is: a picture that is hidden gives its focus to anybody."""
        (self.stage.surface if self.stage.map.isHidden() else self.stage.map).setFocus()

    def reset_view(self) -> None:
        """The whole domain, and the camera where it stands by default."""
        self.stage.map.reset_view()
        usual = View()
        self._look_from(usual.azimuth, usual.elevation, usual.distance)

    def top_down(self) -> None:
        """Look straight down on the surface, aligned with the map."""
        self._look_from(-90.0, 90.0, 1.0)

    def _look_from(self, azimuth: float, elevation: float, distance: float) -> None:
        change = {"azimuth": azimuth, "elevation": elevation, "distance": distance}
        view = self.document.scene.view.model_copy(update=change)
        self.document.edit("turn the view", record=False, view=view)
        self.stage.set_camera(self.document.scene)

    def _keep_camera(self) -> None:
        place = self.stage.surface.camera
        self.document.edit(
            "turn the view",
            record=False,
            view=self.document.scene.view.model_copy(
                update={
                    "azimuth": round(place.azimuth, 1),
                    "elevation": round(place.elevation, 1),
                    "distance": round(place.distance, 3),
                }
            ),
        )

    def _zoomed(self) -> None:
        ground, view = self.stage.ground, self.stage.map
        if ground is None:
            return
        if not view.needs_part:
            self.jobs.cancel("part")
            contours = ground.contours if self.document.scene.view.contours else []
            view.show_relief(ground.map, contours, self.document.scene.view.colormap)
            return
        x, y = view.x_range, view.y_range
        self.jobs.start("part", lambda: prepare_part(ground.map, x, y), self._ground_ready)

    def focus_formula(self) -> None:
        """Put the cursor into the formula."""
        field = self.surface_card.formula
        if not self.inspector.isVisible():
            return
        self.inspector.ensureWidgetVisible(field)
        field.setFocus()
        field.selectAll()

    def switch_overlay(self, name: str) -> None:
        """Show or hide what is drawn of the surface's shape or of the rule in focus."""
        overlays = self.document.scene.overlays
        change = {name: not getattr(overlays, name)}
        deed = "show" if change[name] else "hide"
        self.document.edit(f"{deed} {name.replace('_', ' ')}", overlays=overlays.model_copy(update=change))

    def next_focus(self) -> None:
        """Put the next rule that takes part into focus."""
        scene = self.document.scene
        running = [place for place, racer in enumerate(scene.optimizers) if racer.enabled]
        if scene.focus is not None:
            place = running[(running.index(scene.focus) + 1) % len(running)]
            overlays = scene.overlays.model_copy(update={"focus": place})
            self.document.edit("change the rule in focus", overlays=overlays)

    def set_anatomy(self, on: bool) -> None:
        """Take the present step apart, or look at steps as a whole again."""
        if on:
            self.dissection.enter()
        else:
            self.dissection.leave()

    def _hovered(self, x: float, y: float) -> None:
        if not self.words.hover(self.document.scene.surface.surface, x, y):
            self._say_hint()


def _camera(scene: Scene) -> tuple[float, float, float]:
    return (scene.view.azimuth, scene.view.elevation, scene.view.distance)


def _painting(scene: Scene) -> tuple[str, bool, bool]:
    return (scene.view.colormap, scene.view.contours, scene.equal_scales)


def _solved(scene: Scene) -> Iterator[Race]:
    """The race, on a surface that is compiled first."""
    scene.surface.surface.compile()
    yield from solve(scene)
