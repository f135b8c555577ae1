"""The window: rail, workspace, commands, themes, files."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QSize, Qt, QTimer
from PyQt6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShortcut,
)
from PyQt6.QtWidgets import (
    QApplication,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QMenu,
    QMessageBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.actions import Action
from gui.command_palette import CommandPalette
from gui.document import Document
from gui.explore.page import ExplorePage
from gui.help_dialog import HelpDialog, pretty_key
from gui.jobs import Jobs
from gui.session import Session
from gui.settings import Settings
from gui.theme import THEMES, Theme, colour_scheme, palette, stylesheet
from gui.widgets.icons import icon
from landscape.errors import LandscapeError
from landscape.resources import scene_files
from landscape.scene import Scene
from landscape.surface import surfaces

FILTER = "Landscape scenes (*.toml)"
BANNER_SECONDS = 9


class Banner(QLabel):
    """A sentence that does not block: it goes by itself, or with a click."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setMargin(10)
        self.setAccessibleName("Message")
        self.hide()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(BANNER_SECONDS * 1000)
        self._timer.timeout.connect(self.hide)

    def say(self, sentence: str) -> None:
        """Show a sentence for some seconds."""
        self.setText(sentence)
        self.show()
        self.place()
        self.raise_()
        self._timer.start()

    def place(self) -> None:
        """Stand at the bottom, over the transport."""
        parent = self.parentWidget()
        if parent is not None:
            width = min(620, parent.width() - 40)
            self.setFixedWidth(width)
            self.setFixedHeight(max(self.heightForWidth(width), 38))
            self.move((parent.width() - width) // 2, parent.height() - self.height() - 84)

    def mousePressEvent(self, event: Any) -> None:
        self.hide()


class BlackScreen(QWidget):
    """Nothing at all: the audience should look at the speaker."""

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        painter.end()


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
        row.addWidget(self.explore, 1)
        self.setCentralWidget(central)
        self.session = Session(self.document, self.jobs, self)
        self.banner = Banner(central)
        self.black = BlackScreen(central)
        self.black.hide()
        self.actions_ = self._table()
        self._install(self.actions_)
        self.document.refused.connect(self.banner.say)
        self.explore.glStarting.connect(lambda: self.settings.set_gl_trying(True))
        self.explore.glStarted.connect(lambda: self.settings.set_gl_trying(False))
        self.document.stateChanged.connect(self._show_title)
        self._show_title()
        self.set_theme(theme)

    def begin(self) -> None:
        """Once the window stands: let the balls roll, and draw what is seen later."""
        self.explore.stage.map.setFocus()
        self.explore.playback.play()
        QTimer.singleShot(1500, self.explore.surface_card.load_thumbnails)

    # --- commands ----------------------------------------------------------------------------------

    def _table(self) -> list[Action]:
        """Every command, in menu order."""
        playback, page = self.explore.playback, self.explore
        return [
            Action("File", "Open …", ("Ctrl+O",), self.open_dialog),
            Action("File", "Save", ("Ctrl+S",), self.save),
            Action("File", "Save as …", ("Ctrl+Shift+S",), self.save_as),
            Action("File", "Reopen the last session", (), self.reopen_session),
            Action("File", "Quit", ("Ctrl+Q",), self.close),
            Action("Edit", "Undo", ("Ctrl+Z",), self.document.undo),
            Action("Edit", "Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), self.document.redo),
            Action("Edit", "Choose a surface …", ("Ctrl+L",), page.surface_card.open_picker),
            Action("Edit", "Type a formula", ("Ctrl+F",), self._focus_formula),
            Action("Playback", "Play or pause", ("Space",), playback.toggle, True),
            Action("Playback", "One step forward", ("Right",), lambda: playback.move(1), True),
            Action("Playback", "One step back", ("Left",), lambda: playback.move(-1), True),
            Action("Playback", "Ten steps forward", ("Ctrl+Right",), lambda: playback.move(10), True),
            Action("Playback", "Ten steps back", ("Ctrl+Left",), lambda: playback.move(-10), True),
            Action("Playback", "To the start", ("Home",), lambda: playback.go_to(0), True),
            Action("Playback", "To the end", ("End",), lambda: playback.go_to(playback.length), True),
            Action("View", "Map", ("1",), lambda: page.set_layout("map"), True),
            Action("View", "Surface", ("2",), lambda: page.set_layout("surface"), True),
            Action("View", "Both", ("3",), lambda: page.set_layout("both"), True),
            Action("View", "Look straight down", ("T",), page.top_down, True),
            Action("View", "Reset the view", ("R",), page.reset_view, True),
            Action("View", "Dark", (), lambda: self.choose_theme("dark")),
            Action("View", "Light", (), lambda: self.choose_theme("light")),
            Action("View", "Projector", (), lambda: self.choose_theme("projector")),
            Action("View", "Next theme", ("Ctrl+T",), self.next_theme),
            Action("Lecture", "Full screen for the lecture", ("F5", "F11"), self.toggle_lecture),
            Action("Lecture", "Black screen", ("B", "."), self.toggle_black, True),
            Action("Lecture", "Next scene", ("PgDown",), lambda: self.move_scene(1)),
            Action("Lecture", "Previous scene", ("PgUp",), lambda: self.move_scene(-1)),
            Action("Lecture", "Leave", ("Esc",), self.leave, True),
            Action("Help", "Command palette …", ("Ctrl+K",), self.open_palette),
            Action("Help", "Keys and help …", ("?", "F1"), self.open_help, True),
        ]

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

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Plain keys arrive here when the widget with the focus has no use for them."""
        assert event is not None
        keys = (event.text(), QKeySequence(event.keyCombination()).toString())
        action = self._plain.get(keys[0]) or self._plain.get(keys[1])
        if action is not None:
            action.run()
        else:
            super().keyPressEvent(event)

    def _build_rail(self) -> QFrame:
        rail = QFrame()
        column = QVBoxLayout(rail)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._rail_buttons: list[tuple[QToolButton, str]] = []
        deeds = (
            ("explore", "Explore", "Optimizers race down a surface", self._stay),
            ("", "", "", None),
            ("open", "Open", "Open a scene (Ctrl+O)", self.open_dialog),
            ("save", "Save", "Save the scene (Ctrl+S)", self.save),
            ("lecture", "Lecture", "Full screen, large type (F5)", self.toggle_lecture),
            ("theme", "Theme", "Dark, light, projector (Ctrl+T)", self.next_theme),
            ("help", "Help", "Keys and help (?)", self.open_help),
            ("menu", "Menu", "All commands (Ctrl+K to search them)", self.open_menu),
        )
        for name, text, help_text, run in deeds:
            if run is None:
                column.addStretch(1)
                continue
            button = QToolButton()
            button.setObjectName("rail")
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            button.setText(text)
            button.setToolTip(help_text)
            button.setIconSize(QSize(20, 20))
            button.setFixedSize(60, 54)
            button.setAutoRaise(True)
            button.clicked.connect(run)
            if name == "explore":
                button.setCheckable(True)
                button.setChecked(True)
                self._explore_button = button
            column.addWidget(button)
            self._rail_buttons.append((button, name))
        return rail

    def _stay(self) -> None:
        """The workspace is chosen already: a click must not switch its button off."""
        self._explore_button.setChecked(True)

    def menu(self) -> QMenu:
        """All commands as a menu, with recent files and bundled scenes."""
        menu = QMenu(self)
        menus: dict[str, QMenu] = {}
        for action in self.actions_:
            if action.menu not in menus:
                child = menu.addMenu(action.menu)
                assert child is not None
                menus[action.menu] = child
            entry = QAction(action.text, menu)
            if action.text == "Undo" and self.document.undo_label:
                entry.setText(f"Undo: {self.document.undo_label}")
            if action.text == "Redo" and self.document.redo_label:
                entry.setText(f"Redo: {self.document.redo_label}")
            if action.keys:
                entry.setText(f"{entry.text()}\t{pretty_key(action.keys[0])}")
            entry.triggered.connect(lambda _, run=action.run: run())
            menus[action.menu].addAction(entry)
        recent = QMenu("Open recent", menu)
        for path in self.settings.recent():
            recent.addAction(path.name, lambda path=path: self.open_path(path))
        recent.setEnabled(not recent.isEmpty())
        before = menus["File"].actions()[1]
        menus["File"].insertMenu(before, recent)
        scenes = QMenu("Scenes", menu)
        for place, path in enumerate(scene_files()):
            scenes.addAction(_title(path), lambda place=place: self.show_scene_number(place))
        menu.insertMenu(menus["Playback"].menuAction(), scenes)
        return menu

    def open_menu(self) -> None:
        """Pop the menu up beside its button."""
        button = self._rail_buttons[-1][0]
        self._menu = self.menu()
        at = button.mapToGlobal(button.rect().bottomRight())
        at.setY(at.y() - self._menu.sizeHint().height())
        self._menu.popup(at)

    def open_palette(self) -> None:
        """Search all commands, surfaces and scenes."""
        deeds = [
            (
                f"{action.menu}: {action.text.rstrip(' …')}",
                "  ".join(map(pretty_key, action.keys)),
                action.run,
            )
            for action in self.actions_
        ]
        for key, surface in surfaces.items():
            deeds.append((f"Surface: {surface.title}", "", partial(self.explore.surface_card.choose, key)))
        for place, path in enumerate(scene_files()):
            deeds.append((f"Scene: {_title(path)}", "", partial(self.show_scene_number, place)))
        self._palette = CommandPalette(deeds, self)
        self._palette.open()

    def open_help(self) -> None:
        """Keys and notices."""
        self._help = HelpDialog(self.actions_, self)
        self._help.open()

    def _focus_formula(self) -> None:
        field = self.explore.surface_card.formula
        self.explore.inspector.ensureWidgetVisible(field)
        field.setFocus()
        field.selectAll()

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
        self.setStyleSheet(stylesheet(theme, self._type_scale()))
        for button, name in self._rail_buttons:
            button.setIcon(icon(name, theme.text))
        self.explore.set_theme(theme, self._type_scale())

    def _type_scale(self) -> float:
        """On the projector, type grows with the picture: 24 pixels at 1080 lines."""
        if self.theme.name != "projector":
            return 1.0
        return min(max(self.height() / 760, 1.0), 3.0)

    def choose_theme(self, name: str) -> None:
        """Change the theme and remember it."""
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
        """Full screen in large type without the knobs, or back."""
        if self.in_lecture:
            assert self._theme_before_lecture is not None
            before, self._theme_before_lecture = self._theme_before_lecture, None
            self.rail.show()
            self.explore.set_lecture(False)
            self.showNormal()
            self.set_theme(before)
        else:
            self._theme_before_lecture = self.theme
            self.rail.hide()
            self.explore.set_lecture(True)
            self.showFullScreen()
            self.set_theme(THEMES["projector"])

    def toggle_black(self) -> None:
        """Cover everything in black, or uncover it."""
        central = self.centralWidget()
        assert central is not None
        self.black.setGeometry(central.rect())
        self.black.setVisible(not self.black.isVisible())
        self.black.raise_()

    def leave(self) -> None:
        """Esc: leave the black screen, the lecture, or a field."""
        if self.black.isVisible():
            self.toggle_black()
        elif self.in_lecture:
            self.toggle_lecture()
        elif self.banner.isVisible():
            self.banner.hide()
        else:
            self.explore.stage.map.setFocus()

    # --- scenes and files --------------------------------------------------------------------------

    def move_scene(self, by: int) -> None:
        """The next or the previous of the bundled scenes."""
        files = scene_files()
        titles = [_title(path) for path in files]
        here = self.document.scene.title
        place = titles.index(here) + by if here in titles else 0
        self.show_scene_number(place % len(files))

    def show_scene_number(self, place: int) -> None:
        """Show one of the bundled scenes and play it from its start."""
        try:
            scene = Scene.load(scene_files()[place])
        except LandscapeError as error:
            self.banner.say(str(error))
            return
        self.document.show_bundled(scene)
        self._play_from_start()

    def _play_from_start(self) -> None:
        self.explore.playback.go_to(0)
        self.explore.playback.play()

    def open_dialog(self) -> None:
        """Ask for a scene file and open it."""
        name, _ = QFileDialog.getOpenFileName(self, "Open a scene", str(self._folder()), FILTER)
        if name:
            self.open_path(Path(name))

    def open_path(self, path: Path) -> bool:
        """Open a scene file; the present scene can be had back with undo."""
        opened = self.document.open(path)
        if opened:
            self.settings.add_recent(path)
            self._play_from_start()
        return opened

    def reopen_session(self) -> None:
        """What was being explored when the program was last closed."""
        if not self.session.previous.is_file():
            self.banner.say("There is no earlier session to reopen.")
            return
        try:
            scene = Scene.load(self.session.previous)
        except LandscapeError as error:
            self.banner.say(f"The last session cannot be reopened: {error}")
            return
        self.document.replace(scene, "reopen the last session")
        self._play_from_start()

    def save(self) -> bool:
        """Save where the scene came from, else ask."""
        return self.save_to(self.document.path) if self.document.path else self.save_as()

    def save_as(self) -> bool:
        """Ask where to save."""
        name, _ = QFileDialog.getSaveFileName(
            self, "Save the scene", str(self._folder() / "scene.toml"), FILTER
        )
        if not name:
            return False
        path = Path(name)
        return self.save_to(path if path.suffix else path.with_suffix(".toml"))

    def save_to(self, path: Path) -> bool:
        """Save to this file."""
        saved = self.document.save(path)
        if saved:
            self.settings.add_recent(path)
            self.banner.say(f"Saved to {path}.")
        return saved

    def _folder(self) -> Path:
        return self.document.path.parent if self.document.path else Path.home()

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
            self.open_path(Path(files[0]))
        else:
            self.banner.say("Only a file can be opened: drop a scene (.toml) here.")
        event.acceptProposedAction()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.banner.place()
        central = self.centralWidget()
        if self.black.isVisible() and central is not None:
            self.black.setGeometry(central.rect())
        if self.theme.name == "projector":
            self.set_theme(self.theme)

    def closeEvent(self, event: QCloseEvent | None) -> None:
        assert event is not None
        if self.document.dirty and self.document.path is not None and not self._may_close():
            event.ignore()
            return
        self.explore.playback.pause()
        self.jobs.shut_down()
        self.session.close()
        if not self.in_lecture:
            self.settings.set_geometry(self.saveGeometry())
        super().closeEvent(event)

    def _may_close(self) -> bool:
        """Ask what should become of changes to a scene that has a file."""
        buttons = QMessageBox.StandardButton
        name = self.document.scene.title or "The scene"
        answer = QMessageBox.question(
            self, "Save the changes?", f"{name} has changed since it was saved.",
            buttons.Save | buttons.Discard | buttons.Cancel, buttons.Save,
        )  # fmt: skip
        if answer == buttons.Save:
            return self.save()
        return answer == buttons.Discard


def _title(path: Path) -> str:
    try:
        return Scene.load(path).title or path.stem
    except LandscapeError:
        return path.stem
