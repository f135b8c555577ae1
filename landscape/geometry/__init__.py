"""What a surface is like: its minima."""
