"""What the program remembers between two starts: window, theme, recent files."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from PyQt6.QtCore import QByteArray, QSettings

from landscape.export_plan import Export

MAX_RECENT = 8


class Settings:
    """A typed face on QSettings; a damaged value is the default, never an error."""

    def __init__(self) -> None:
        self._store = QSettings(
            QSettings.Format.IniFormat, QSettings.Scope.UserScope, "Landscape", "landscape"
        )

    def theme(self) -> str:
        """The theme's name, "" when none was chosen."""
        return str(self._store.value("theme", "", type=str))

    def set_theme(self, name: str) -> None:
        """Remember the theme."""
        self._store.setValue("theme", name)

    def geometry(self) -> QByteArray:
        """The window's place and size."""
        value = self._store.value("geometry")
        return value if isinstance(value, QByteArray) else QByteArray()

    def set_geometry(self, geometry: QByteArray) -> None:
        """Remember the window's place and size."""
        self._store.setValue("geometry", geometry)

    def recent(self) -> list[Path]:
        """Scene files opened or saved lately, the latest first, as far as they are still there."""
        value = self._store.value("recent", [])
        names = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return [Path(name) for name in names if isinstance(name, str) and name and Path(name).is_file()]

    def add_recent(self, path: Path) -> None:
        """Remember a scene file."""
        name = str(path.resolve())
        others = [str(other) for other in self.recent() if str(other) != name]
        self._store.setValue("recent", [name, *others][:MAX_RECENT])

    def export(self) -> tuple[Export, str, Path]:
        """How the last export was made: its settings, its format, and the folder it went to."""
        try:
            settings = Export(**json.loads(self._store.value("export", "{}", type=str)))
        except (ValueError, TypeError):
            settings = Export()
        folder = Path(self._store.value("export_folder", "", type=str) or Path.home())
        format_ = self._store.value("export_format", ".mp4", type=str)
        return settings, format_, folder if folder.is_dir() else Path.home()

    def set_export(self, settings: Export, format_: str, folder: Path) -> None:
        """Remember how an export was made."""
        self._store.setValue("export", json.dumps(asdict(settings)))
        self._store.setValue("export_format", format_)
        self._store.setValue("export_folder", str(folder))

    def gl_was_fatal(self) -> bool:
        """Whether the last start began with OpenGL and never got to a picture: a driver that crashes."""
        return bool(self._store.value("gl_trying", False, type=bool))

    def set_gl_trying(self, trying: bool) -> None:
        """Note that OpenGL is being started, or that it has worked."""
        self._store.setValue("gl_trying", trying)
        self._store.sync()
