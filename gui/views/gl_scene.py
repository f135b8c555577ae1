"""Renders 3-D items into images, off the screen.

One OpenGL context for the whole program, one picture at a time, read back and painted like any
other: so 3-D views can be many, can be moved between windows, and are exported by the same code that
shows them; no window ever has to be one that OpenGL draws to. The ground is kept, with its depths,
for as long as it looks the same, and only the trails are drawn anew for each frame. The last picture is
kept too: what lies over a view and moves, has it painted again though nothing in it has changed.
"""

from __future__ import annotations

from typing import Any, ClassVar
from weakref import WeakSet

import numpy as np
import pyqtgraph.opengl as gl
from OpenGL import GL
from PyQt6.QtCore import QCoreApplication, QObject, QSize
from PyQt6.QtGui import (
    QColor,
    QImage,
    QMatrix4x4,
    QOffscreenSurface,
    QOpenGLContext,
    QSurfaceFormat,
)
from PyQt6.QtOpenGL import QOpenGLFramebufferObject, QOpenGLFramebufferObjectFormat
from pyqtgraph.opengl.GLViewWidget import GLViewMixin

from gui.views.camera import Box, Camera
from gui.views.gl_items import CASING, GROUND, HIDDEN, SHOWN, GrowingMesh, ground_shader
from gui.views.meshes import Mesh, Tube
from landscape.errors import LandscapeError

SAMPLES = 4


class _Context:
    """The program's OpenGL context, made when first needed."""

    _only: _Context | None = None
    scenes: ClassVar[WeakSet[GlScene]] = WeakSet()

    def __init__(self) -> None:
        application = QCoreApplication.instance()
        assert application is not None
        application.aboutToQuit.connect(self.release)
        wanted = QSurfaceFormat()
        wanted.setDepthBufferSize(24)
        self.surface = QOffscreenSurface()
        self.surface.setFormat(wanted)
        self.surface.create()
        self.context = QOpenGLContext()
        self.context.setFormat(wanted)
        if not self.context.create() or not self.context.makeCurrent(self.surface):
            raise LandscapeError("3-D needs OpenGL 2.1, which this screen does not offer.")
        version, is_es = self.context.format().version(), self.context.isOpenGLES()
        if is_es or version < (2, 1):
            kind = "OpenGL ES" if is_es else "OpenGL"
            raise LandscapeError(f"3-D needs OpenGL 2.1; here is {kind} {version[0]}.{version[1]}.")

    @classmethod
    def release(cls) -> None:
        """Let go of everything while there is still an application that OpenGL can be told of."""
        if cls._only is not None:
            cls._only.context.makeCurrent(cls._only.surface)
            for scene in list(cls.scenes):
                scene.release()
            cls._only.context.doneCurrent()
            cls._only = None

    @classmethod
    def current(cls) -> _Context:
        """The context, made current on this thread."""
        if cls._only is None:
            cls._only = _Context()
        if not cls._only.context.makeCurrent(cls._only.surface):
            raise LandscapeError("its context is lost")
        return cls._only


class _Layer(GLViewMixin, QObject):
    """Some items and the camera on them: what pyqtgraph's items ask of their view, without a widget."""

    def __init__(self) -> None:
        super().__init__()
        self.size = (1, 1)
        self.camera = Camera()

    def isValid(self) -> bool:
        return True

    def context(self) -> QOpenGLContext:
        return _Context.current().context

    def update(self) -> None:
        """Pictures are made when they are asked for."""

    def width(self) -> int:
        return self.size[0]

    def height(self) -> int:
        return self.size[1]

    def devicePixelRatioF(self) -> float:
        return 1.0

    def projectionMatrix(self, region: Any, viewport: Any) -> QMatrix4x4:
        return QMatrix4x4(*self.camera.projection_matrix(self.size[0] / self.size[1]).ravel().tolist())

    def viewMatrix(self) -> QMatrix4x4:
        return QMatrix4x4(*self.camera.view_matrix().ravel().tolist())

    def draw(self, camera: Camera, size: tuple[int, int]) -> None:
        """Draw all items into the bound buffer."""
        self.camera, self.size = camera, size
        viewport = (0, 0, *size)
        self.setProjection(viewport, viewport)
        self.setModelview()
        self.drawItemTree()


class GlScene:
    """The ground and the trails of one 3-D view.

    Raises
    ------
    LandscapeError
        if there is no OpenGL that will do, with a sentence that says so.
    """

    def __init__(self) -> None:
        _Context.current()
        _Context.scenes.add(self)
        self._ground_layer, self._trail_layer = _Layer(), _Layer()
        self._ground = gl.GLMeshItem(computeNormals=False, glOptions="opaque")
        self._ground.setGLOptions(GROUND)
        self._ground.setVisible(False)  # until there are heights
        self._shader = ground_shader()  # one program for good: each new one would stay in the driver
        self._ground.setShader(self._shader)
        self._frame = gl.GLLinePlotItem(mode="lines", width=1, antialias=False, glOptions="opaque")
        self._frame.setGLOptions(SHOWN)
        self._frame.setDepthValue(-10)
        self._ground_layer.addItem(self._ground)
        self._ground_layer.addItem(self._frame)
        self._trails: list[tuple[np.ndarray, GrowingMesh]] = []
        self._lines: list[GrowingMesh] = []
        self._kept: QOpenGLFramebufferObject | None = None
        self._target: QOpenGLFramebufferObject | None = None
        self._kept_for: tuple[Any, ...] = ()
        self._changes = 0
        self._trail_changes = 0
        self._last: tuple[tuple[Any, ...], QImage] | None = None

    def show_ground(self, mesh: Mesh, line: QColor, width: float) -> None:
        """Show this height field, with contour lines in this colour."""
        _Context.current()
        self._ground.setVisible(bool(len(mesh.faces)))
        if len(mesh.faces):
            self._ground.setMeshData(vertexes=mesh.vertices, faces=mesh.faces, vertexColors=mesh.colours)
        self._shader["line"] = list(line.getRgbF())
        self._shader["width"] = [width]
        self._changes += 1

    def show_frame(self, lines: np.ndarray, colour: QColor) -> None:
        """Show these lines `(2n, 3)` behind everything."""
        self._frame.setData(pos=lines.astype(np.float32), color=colour)
        self._changes += 1

    def show_lines(self, lines: list[tuple[Tube, Tube]]) -> None:
        """Show these lines on the ground, each with its casing; they stay as they are in every frame."""
        _Context.current()
        for item in self._lines:
            self._ground_layer.removeItem(item)
        self._lines = []
        for line, casing in lines:
            faint = line.mesh.colours.copy()
            faint[:, 3] = 0.28
            self._lines += [
                self._grown(line, faint, HIDDEN, 1, self._ground_layer),
                self._grown(casing, casing.mesh.colours, CASING, 2, self._ground_layer),
                self._grown(line, line.mesh.colours, SHOWN, 3, self._ground_layer),
            ]
        for item in self._lines:
            item.count = 1 << 30  # all of it
        self._changes += 1

    def show_trails(self, trails: list[tuple[Tube, Tube]]) -> None:
        """Show these trails, each with its casing."""
        _Context.current()
        self._trail_layer.clear()
        self._trails = []
        self._trail_changes += 1
        for trail, casing in trails:
            faint = trail.mesh.colours.copy()
            faint[:, 3] = 0.28
            for built, colours, options, depth in (
                (trail, faint, HIDDEN, 1),
                (casing, casing.mesh.colours, CASING, 2),
                (trail, trail.mesh.colours, SHOWN, 3),
            ):
                item = self._grown(built, colours, options, depth, self._trail_layer)
                self._trails.append((built.faces_until, item))

    @staticmethod
    def _grown(built: Tube, colours: np.ndarray, options: Any, depth: int, layer: _Layer) -> GrowingMesh:
        item = GrowingMesh(
            vertexes=built.mesh.vertices, faces=built.mesh.faces, vertexColors=colours.astype(np.float32),
            computeNormals=False,
        )  # fmt: skip
        item.setGLOptions(options)
        item.setDepthValue(depth)
        layer.addItem(item)
        return item

    def picture(self, size: QSize, camera: Camera, box: Box, background: QColor, step: int) -> QImage:
        """The scene at a step, seen by this camera, in this many pixels."""
        pixels = (max(size.width(), 1), max(size.height(), 1))
        wanted = (pixels, camera, box, background.rgba(), self._changes)
        asked = (*wanted, step, self._trail_changes)
        if self._last is not None and self._last[0] == asked:
            return self._last[1]
        _Context.current()
        for _ in range(20):  # some drivers leave errors of Qt's own behind, which would be blamed on us
            if GL.glGetError() == GL.GL_NO_ERROR:
                break
        for faces_until, item in self._trails:
            item.count = int(faces_until[min(step, len(faces_until) - 1)])
        kept, target = self._buffers(QSize(*pixels))
        if wanted != self._kept_for:
            kept.bind()
            GL.glViewport(0, 0, *pixels)
            GL.glDepthMask(GL.GL_TRUE)
            GL.glClearColor(*background.getRgbF())
            GL.glClear(GL.GL_COLOR_BUFFER_BIT | GL.GL_DEPTH_BUFFER_BIT)
            self._ground_layer.draw(camera, pixels)
            self._kept_for = wanted
        both = GL.GL_COLOR_BUFFER_BIT | GL.GL_DEPTH_BUFFER_BIT
        QOpenGLFramebufferObject.blitFramebuffer(target, kept, both)
        target.bind()
        GL.glViewport(0, 0, *pixels)
        self._trail_layer.draw(camera, pixels)
        image = target.toImage()
        target.release()
        self._last = (asked, image)
        return image

    def release(self) -> None:
        """Give the pictures' memory back; a scene that is shown once more takes it again."""
        self._kept = self._target = self._last = None
        self._kept_for = ()

    def _buffers(self, size: QSize) -> tuple[QOpenGLFramebufferObject, QOpenGLFramebufferObject]:
        if self._kept is None or self._target is None or self._kept.size() != size:
            layout = QOpenGLFramebufferObjectFormat()
            layout.setAttachment(QOpenGLFramebufferObject.Attachment.Depth)
            layout.setSamples(SAMPLES)
            self._kept = QOpenGLFramebufferObject(size, layout)
            self._target = QOpenGLFramebufferObject(size, layout)
            self._kept_for = ()
            if not (self._kept.isValid() and self._target.isValid()):
                raise LandscapeError(f"it has no room for a picture of {size.width()} × {size.height()}")
        return self._kept, self._target
