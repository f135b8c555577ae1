"""Time in the Tune workspace: it is counted in trials, and moves on as the search does."""

from __future__ import annotations

from PyQt6.QtCore import QObject

from gui.tune.searcher import Searcher
from gui.widgets.playback import Playback

TRIALS_PER_SECOND = 16.0


class SearchPlayback(Playback):
    """Playing means searching while there is anything to search, and afterwards seeing it again."""

    def __init__(self, searcher: Searcher, parent: QObject | None = None) -> None:
        super().__init__(parent, TRIALS_PER_SECOND, loop=False)
        self._searcher = searcher
        searcher.stateChanged.connect(lambda: self.playingChanged.emit(self.playing))

    @property
    def playing(self) -> bool:
        return self._searcher.running or super().playing

    @property
    def at_the_head(self) -> bool:
        """Whether all that was found is shown, and what will be found as well."""
        return self.step >= self.length

    def follow(self, done: int) -> None:
        """So many trials are finished; whoever looks at the latest goes on doing so."""
        followed = self.at_the_head
        self.set_length(max(done, 1))
        if followed:
            self.go_to(self.length)

    def play(self) -> None:
        found = self._searcher.found
        if found is not None and found.complete:
            super().play()
        elif not self._searcher.running:
            self.go_to(self.length)
            self._searcher.start()

    def pause(self) -> None:
        """Stand still; the search goes on."""
        if super().playing:
            super().pause()

    def toggle(self) -> None:
        if self._searcher.running:
            self._searcher.stop()
        elif super().playing:
            super().pause()
        else:
            self.play()
