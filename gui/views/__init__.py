"""Canvases used by more than one workspace: verbs in, signals out, arrays in between."""
