"""What a surface is like: its minima, and the curvature along a path."""
