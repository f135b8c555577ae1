"""The window: rail, workspaces, commands, themes, the lecture's full screen."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QRect, Qt
from PyQt6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
)
from PyQt6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QWidget,
)

from gui.actions import Action
from gui.command_palette import CommandPalette
from gui.commands import build_menu, command_table, deeds
from gui.document import Document
from gui.explore.page import ExplorePage
from gui.export.desk import ExportDesk
from gui.filing import Filing
from gui.help_dialog import HelpDialog
from gui.jobs import Jobs
from gui.lecture.desk import LectureDesk
from gui.overlays import Banner, BlackScreen
from gui.rail import Rail
from gui.scene_gallery import SceneGallery
from gui.session import Session
from gui.settings import Settings
from gui.sharing import Sharing
from gui.theme import THEMES, Theme, colour_scheme, palette, stylesheet
from landscape.scene import Scene

if TYPE_CHECKING:
    from gui.train.page import TrainPage
    from gui.tune.page import TunePage


class MainWindow(QMainWindow):
    """Holds the document and the workspaces."""

    def __init__(
        self, scene: Scene, path: Path | None, settings: Settings, gl_reason: str, theme: Theme
    ) -> None:
        super().__init__()
        self.settings = settings
        self.document = Document(scene, path, self)
        self.jobs = Jobs(self)
        self.theme = theme
        self._theme_before_lecture: Theme | None = None
        self._was_maximized, self._place_before_lecture = False, QRect()
        self.ended = True  # False if something could not be stopped in time
        # Made when they are first looked at: the window shows first.
        self.train: TrainPage | None = None
        self.tune: TunePage | None = None
        self._styled_for: tuple[str, float] = ("", 0.0)
        self.setAcceptDrops(True)
        self.setMinimumSize(900, 600)
        self.resize(1280, 800)
        self.explore = ExplorePage(self.document, self.jobs, gl_reason)
        self.rail = self._build_rail()
        central = QWidget()
        row = QHBoxLayout(central)
        row.setContentsMargins(8, 10, 8, 10)
        row.setSpacing(8)
        row.addWidget(self.rail)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.explore)
        row.addWidget(self.pages, 1)
        self.setCentralWidget(central)
        self.session = Session(self.document, self.jobs, self)
        self.banner = Banner(central)
        self.black = BlackScreen(central)
        self.black.hide()
        self.gallery = SceneGallery(self.document, self.jobs, self)
        self.gallery.said.connect(self.banner.say)
        self.gallery.shown.connect(self._play_from_start)
        self.sharing = Sharing(self.document, self.jobs, self)
        self.sharing.said.connect(self.banner.say)
        self.sharing.pasted.connect(self._play_from_start)
        self.desk = LectureDesk(self.document, self.jobs, central, self)
        self.desk.player.said.connect(self.banner.say)
        self.desk.player.played.connect(self._play_from_start)
        self.desk.player.held.connect(lambda: self.page.hold_at_start())
        self.desk.player.opened.connect(self._offer_stage)
        self.desk.player.slideLeft.connect(self.explore.predictions.clear)
        self.desk.keyGiven.connect(self._run_key)
        self.files = Filing(self.document, self.jobs, settings, self.session, self.desk.player, self)
        self.files.said.connect(self.banner.say)
        self.files.shown.connect(self._play_from_start)
        self.exports = ExportDesk(
            self.document, self.jobs, settings, self.desk.player,
            lambda: self.page.playback.step, lambda: self.explore.stage.has_gl, self,
        )  # fmt: skip
        self.exports.said.connect(self.banner.say)
        self.desk.player.changed.connect(self._show_question)
        self._follow_time(self.explore)
        self.actions_ = command_table(self)
        self._install(self.actions_)
        self.document.refused.connect(self.banner.say)
        self.explore.glStarting.connect(lambda: self.settings.set_gl_trying(True))
        self.explore.glStarted.connect(lambda: self.settings.set_gl_trying(False))
        self.document.stateChanged.connect(self._show_title)
        self.document.changed.connect(self._show_workspace)
        self._show_title()
        self.set_theme(theme)
        self._show_workspace(scene, None)

    def begin(self) -> None:
        """Once the window stands: let the balls roll."""
        self.page.focus_picture()
        self._play_from_start()

    # --- workspaces --------------------------------------------------------------------------------

    @property
    def page(self) -> ExplorePage | TrainPage | TunePage:
        """The workspace that is seen."""
        return {"train": self.train, "tune": self.tune}.get(self.document.scene.workspace) or self.explore

    @property
    def _made_pages(self) -> list[ExplorePage | TrainPage | TunePage]:
        return [page for page in (self.explore, self.train, self.tune) if page is not None]

    def choose_workspace(self, name: str) -> None:
        """Go to another workspace; the scene remembers which. A question that waits belongs to this one."""
        if self.desk.player.asking and name != self.document.scene.workspace:
            self.desk.player.reveal(play=False)
        self.document.edit("go to another workspace", record=False, workspace=name)
        self.page.focus_picture()

    def _show_workspace(self, scene: Scene, old: Scene | None) -> None:
        if old is not None and scene.workspace == old.workspace:
            return
        if scene.workspace == "train" and self.train is None:
            from gui.train.page import TrainPage

            self.train = TrainPage(self.document, self.jobs)
            self.train.panels.diary.said.connect(self.banner.say)
            self._add_page(self.train)
        if scene.workspace == "tune" and self.tune is None:
            from gui.tune.page import TunePage

            self.tune = TunePage(self.document, self.jobs)
            self.tune.said.connect(self.banner.say)
            self.tune.trainWanted.connect(lambda epoch: self.page.playback.go_to(epoch))
            self._add_page(self.tune)
        self.pages.setCurrentWidget(self.page)
        self.rail.mark(scene.workspace)
        for page in self._made_pages:
            page.set_active(page is self.page)

    def _add_page(self, page: TrainPage | TunePage) -> None:
        self.pages.addWidget(page)
        page.set_theme(self.theme, self._type_scale())
        page.set_lecture(self.in_lecture)
        page.set_asking(self.desk.player.asking)
        self._follow_time(page)

    def _follow_time(self, page: ExplorePage | TrainPage | TunePage) -> None:
        """Whoever lets time run while a question waits, or goes to its end, has asked for the answer."""
        player, playback = self.desk.player, page.playback

        def answer(wanted: bool) -> None:
            if wanted and player.asking and page is self.page:
                player.reveal(play=False)

        playback.playingChanged.connect(answer)
        playback.stepChanged.connect(lambda step: answer(step >= playback.length))

    def _show_question(self) -> None:
        for page in self._made_pages:
            page.set_asking(self.desk.player.asking and page is self.page)

        question = self.desk.question
        self.banner.set_clear(question.height() + 8 if question.isVisible() else 0)

    def _offer_stage(self) -> None:
        if not self.in_lecture:
            self.banner.say(self.desk.offer_stage())

    def predict(self) -> None:
        """Freeze the race at its start and ask where the balls will end; Space shows it."""
        self.choose_workspace("explore")
        self.desk.player.ask("Where will each ball end?")

    # --- commands ----------------------------------------------------------------------------------

    def _install(self, actions: list[Action]) -> None:
        """Shortcuts for chords and function keys; plain keys are taken in `keyPressEvent`."""
        self._plain: dict[str, Action] = {}
        for action in actions:
            for key in action.keys:
                if action.plain_key:
                    self._plain[QKeySequence(key).toString()] = action
                else:
                    shortcut = QShortcut(QKeySequence(key), self)
                    shortcut.activated.connect(action.run)

    def _run_key(self, event: QKeyEvent) -> None:
        """A key of the speaker's window means what it means here."""
        asked = self.desk.player.asking and self.page is self.explore
        if self.desk.magnifier.take_key(event) or (asked and self.explore.predictions.take_key(event)):
            return
        pressed = QKeySequence(event.keyCombination())
        for action in self.actions_:
            if any(QKeySequence(key) == pressed or key == event.text() for key in action.keys):
                action.run()
                return

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Plain keys arrive here when the widget with the focus has no use for them."""
        assert event is not None
        keys = (event.text(), QKeySequence(event.keyCombination()).toString())
        action = self._plain.get(keys[0]) or self._plain.get(keys[1])
        if action is not None:
            action.run()
        else:
            super().keyPressEvent(event)

    def _build_rail(self) -> Rail:
        rail = Rail()
        for name, text, help_text in (
            ("explore", "Explore", "Optimizers race down a surface (Ctrl+1)"),
            ("train", "Train", "A network with batch normalization learns (Ctrl+2)"),
            ("tune", "Tune", "Hyperparameters are searched for (Ctrl+3)"),
        ):
            rail.add_workspace(name, text, help_text, partial(self.choose_workspace, name))
        self._lesson_button = rail.add(
            "lesson", "Lesson", "A lesson: scenes in order, with questions and notes",
            lambda: self.desk.open_menu(self._lesson_button, self.theme),
        )  # fmt: skip
        rail.add_space()
        rail.add("open", "Open", "Open a scene (Ctrl+O)", lambda: self.files.open_dialog())
        rail.add("save", "Save", "Save the scene (Ctrl+S)", lambda: self.files.save())
        rail.add("lecture", "Lecture", "Full screen, large type (F5)", self.toggle_lecture)
        rail.add("theme", "Theme", "Dark, light, projector (Ctrl+T)", self.next_theme)
        rail.add("help", "Help", "Keys and help (?)", self.open_help)
        self._menu_button = rail.add("menu", "Menu", "All commands (Ctrl+K to search them)", self.open_menu)
        return rail

    def menu(self) -> QMenu:
        """All commands as a menu."""
        return build_menu(self, self.actions_)

    def open_menu(self) -> None:
        """Pop the menu up beside its button."""
        button = self._menu_button
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        at = button.mapToGlobal(button.rect().bottomRight())
        at.setY(at.y() - menu.sizeHint().height())
        menu.popup(at)

    def open_palette(self) -> None:
        """Search all commands, surfaces and scenes."""
        CommandPalette(deeds(self, self.actions_), self).open()

    def open_help(self) -> None:
        """Keys and notices."""
        HelpDialog(self.actions_, self).open()

    # --- themes and lecture ------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Put the whole window into a theme."""
        self.theme = theme
        hints = QGuiApplication.styleHints()
        if hints is not None:
            hints.setColorScheme(colour_scheme(theme))
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.setPalette(palette(theme))
        scale = self._type_scale()
        self._styled_for = (theme.name, scale)
        self.setStyleSheet(stylesheet(theme, scale, scale if self.in_lecture else 1.0))
        self.rail.set_theme(theme)
        self.desk.set_theme(theme)
        for page in self._made_pages:
            page.set_theme(theme, scale)

    def _type_scale(self) -> float:
        """On the projector, type grows with the picture: 24 pixels at 1080 lines."""
        if self.theme.name != "projector":
            return 1.0
        return round(min(max(self.height() / 760, 1.0), 3.0), 1)

    def choose_theme(self, name: str) -> None:
        """Change the theme; that of a lecture is forgotten with it, any other is remembered."""
        if not self.in_lecture:
            self.settings.set_theme(name)
        self.set_theme(THEMES[name])

    def next_theme(self) -> None:
        """Dark, light, projector, and round again."""
        names = list(THEMES)
        self.choose_theme(names[(names.index(self.theme.name) + 1) % len(names)])

    @property
    def in_lecture(self) -> bool:
        """Whether the window is laid out for an audience."""
        return self._theme_before_lecture is not None

    def toggle_lecture(self) -> None:
        """Full screen in large type without the knobs, or back; a lesson goes to the projector."""
        self.banner.hide()
        if self.in_lecture:
            assert self._theme_before_lecture is not None
            before, self._theme_before_lecture = self._theme_before_lecture, None
            self.rail.show()
            self._set_lecture(False)
            self.desk.leave_stage()
            self.showNormal()
            self.setGeometry(self._place_before_lecture)  # it may have been on another screen
            if self._was_maximized:
                self.showMaximized()
            self.set_theme(before)
        else:
            before = self._theme_before_lecture = self.theme
            self._was_maximized, self._place_before_lecture = self.isMaximized(), self.normalGeometry()
            self.rail.hide()
            self._set_lecture(True)
            self.desk.go_on_stage(before)
            self.set_theme(THEMES["projector"])

    def _set_lecture(self, on: bool) -> None:
        self.desk.question.set_lecture(on)
        for page in self._made_pages:
            page.set_lecture(on)

    def toggle_black(self) -> None:
        """Cover everything in black, or uncover it."""
        central = self.centralWidget()
        assert central is not None
        self.black.setGeometry(central.rect())
        self.black.setVisible(not self.black.isVisible())
        self.black.raise_()

    def leave(self) -> None:
        """Esc: leave the black screen, the magnifier, the pointer, the question, the lecture, or a field."""
        if self.black.isVisible():
            self.toggle_black()
        elif self.desk.put_away():
            pass
        elif self.desk.player.asking:
            self.desk.player.reveal()
        elif self.explore.dissection.on:
            self.explore.dissection.leave()
        elif self.in_lecture:
            self.toggle_lecture()
        elif self.banner.isVisible():
            self.banner.hide()
        else:
            self.page.focus_picture()

    # --- scenes and files --------------------------------------------------------------------------

    def move_scene(self, by: int) -> None:
        """The lesson's next or previous slide; without a lesson, the next of the bundled scenes."""
        if self.desk.has_lesson:
            self.desk.move(by)
        else:
            self.gallery.move(by)

    def toggle_play(self) -> None:
        """Play or pause; where a question waits, its answer is what plays."""
        if self.desk.player.asking:
            self.desk.player.reveal()
        else:
            self.page.playback.toggle()

    def to_the_end(self) -> None:
        """The last step or epoch."""
        playback = self.page.playback
        playback.go_to(playback.length)

    def _play_from_start(self) -> None:
        self.page.play_from_start()

    def _show_title(self) -> None:
        name = self.document.path.name if self.document.path else "Landscape"
        self.setWindowTitle(f"{name}[*]" + (" – Landscape" if self.document.path else ""))
        self.setWindowModified(self.document.dirty)

    # --- events ------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        data = event.mimeData() if event is not None else None
        if event is not None and data is not None and data.hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        data = event.mimeData() if event is not None else None
        if event is None or data is None:
            return
        files = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
        if files:
            self.files.open(Path(files[0]))
        else:
            self.banner.say("Only a file can be opened: drop a scene or a lesson (.toml) here.")
        event.acceptProposedAction()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.banner.place()
        self.desk.place()
        central = self.centralWidget()
        if self.black.isVisible() and central is not None:
            self.black.setGeometry(central.rect())
        if self._styled_for != (self.theme.name, self._type_scale()):
            self.set_theme(self.theme)

    def closeEvent(self, event: QCloseEvent | None) -> None:
        assert event is not None
        if not (self.files.may_close() and self.desk.may_close() and self.exports.may_close()):
            event.ignore()
            return
        self.page.playback.pause()
        self.desk.close()
        self.exports.close()
        self.ended = self.jobs.shut_down()
        self.session.close()
        if not self.in_lecture:
            self.settings.set_geometry(self.saveGeometry())
        super().closeEvent(event)
