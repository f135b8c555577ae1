"""The OpenGL items of the 3-D view: the ground with its contour lines, and trails that grow."""

from __future__ import annotations

import numpy as np
import pyqtgraph.opengl as gl
from OpenGL import GL
from pyqtgraph.opengl.shaders import FragmentShader, ShaderProgram, VertexShader

LEVELS = 18

SHOWN = {
    GL.GL_DEPTH_TEST: True,
    GL.GL_BLEND: False,
    GL.GL_CULL_FACE: False,
    GL.GL_POLYGON_OFFSET_FILL: False,
    "glDepthFunc": (GL.GL_LEQUAL,),
    "glDepthMask": (GL.GL_TRUE,),
}
# The ground is pushed back a little, so that what lies on it does not flicker through.
GROUND = {**SHOWN, GL.GL_POLYGON_OFFSET_FILL: True, "glPolygonOffset": (1.5, 1.5)}
# What is behind the ground, faintly.
HIDDEN = {
    **SHOWN,
    GL.GL_BLEND: True,
    "glBlendFuncSeparate": (GL.GL_SRC_ALPHA, GL.GL_ONE_MINUS_SRC_ALPHA, GL.GL_ONE, GL.GL_ONE),
    "glDepthFunc": (GL.GL_GREATER,),
    "glDepthMask": (GL.GL_FALSE,),
}
# A thicker tube of which only the far side is drawn: an edge all round the tube in front of it.
CASING = {**SHOWN, GL.GL_CULL_FACE: True, "glCullFace": (GL.GL_BACK,)}


def ground_shader() -> ShaderProgram:
    """Colours with contour lines drawn from the height in alpha; the underside a shade darker."""
    return ShaderProgram(
        None,
        [
            VertexShader("""#version 120
                uniform mat4 u_mvp;
                attribute vec4 a_position;
                attribute vec4 a_color;
                varying vec4 v_color;
                void main() {
                    v_color = a_color;
                    gl_Position = u_mvp * a_position;
                }
            """),
            FragmentShader("""#version 120
                uniform float levels[1];
                uniform float line[4];
                uniform float width[1];
                varying vec4 v_color;
                void main() {
                    vec3 rgb = v_color.rgb;
                    float height = v_color.a * levels[0] - 0.5;
                    float away = abs(fract(height - 0.5) - 0.5) / max(fwidth(height), 1e-6);
                    float on = 1.0 - smoothstep(width[0] * 0.5 - 0.5, width[0] * 0.5 + 0.5, away);
                    on *= step(0.001, v_color.a) * step(v_color.a, 0.999);
                    if (!gl_FrontFacing) on *= 0.45;
                    rgb = mix(rgb, vec3(line[0], line[1], line[2]), on * line[3]);
                    if (!gl_FrontFacing) rgb *= 0.86;
                    gl_FragColor = vec4(rgb, 1.0);
                }
            """),
        ],
        uniforms={"levels": [float(LEVELS)], "line": [0.0, 0.0, 0.0, 0.0], "width": [1.0]},
    )


class GrowingMesh(gl.GLMeshItem):
    """A mesh of which only the first faces are drawn: a trail up to now, without uploading it again."""

    count = 0
    faces: np.ndarray | None
    _whole: np.ndarray | None = None

    def paint(self) -> None:
        """Draw the first `count` faces."""
        changed = self.parseMeshData()
        if changed:
            self.upload_vertex_buffers(changed)
            self._whole = self.faces
        if self._whole is not None and self.count:
            self.faces = self._whole[: self.count]  # its size is what the base class draws
            super().paint()
