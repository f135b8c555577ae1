"""The column of knobs, in the order in which one thinks: surface, start, rules, what is seen of them."""

from __future__ import annotations

from PyQt6.QtWidgets import QWidget

from gui.document import Document
from gui.explore.focus_card import FocusCard
from gui.explore.optimizer_rows import OptimizersCard
from gui.explore.run_cards import RunCard, StartCard, ViewCard
from gui.explore.shape_card import ShapeCard
from gui.explore.surface_card import SurfaceCard
from gui.jobs import Jobs
from gui.theme import Theme
from gui.widgets.card_column import CardColumn
from landscape.scene import Scene


class Inspector(CardColumn):
    """Shows the scene in cards; each edits the document by itself."""

    def __init__(self, document: Document, jobs: Jobs, parent: QWidget | None = None) -> None:
        self.surface_card = SurfaceCard(document, jobs)
        self.shape_card = ShapeCard(document)
        self.focus_card = FocusCard(document)
        self.start_card = StartCard(document)
        self.optimizers_card = OptimizersCard(document)
        self.run_card = RunCard(document)
        self.view_card = ViewCard(document)
        cards = (
            self.surface_card, self.start_card, self.optimizers_card, self.focus_card, self.shape_card,
            self.run_card, self.view_card,
        )  # fmt: skip
        super().__init__(cards, parent)
        self._controls: tuple[str, ...] = ()
        self.focus_card.rebuilt.connect(self.order_tabs)

    def show_scene(self, scene: Scene, theme: Theme) -> None:
        """Show this scene in all cards."""
        self.surface_card.show_scene(scene, theme)
        self.shape_card.show_scene(scene)
        self.focus_card.show_scene(scene, theme)
        self.start_card.show_scene(scene)
        self.optimizers_card.show_scene(scene, theme)
        self.run_card.show_scene(scene)
        self.view_card.show_scene(scene)
        controls = (
            *(parameter.name for parameter in scene.surface.surface.parameters),
            scene.schedule.kind,
            *(racer.optimizer.key for racer in scene.optimizers),
        )
        if controls != self._controls:  # some were taken out or put in
            self._controls = controls
            self.order_tabs()

    def refit(self, theme: Theme) -> None:
        """The type changed its size."""
        self.optimizers_card.refit()
        self.surface_card.message.refit()
        self.shape_card.refit()
        self.fit(theme)
