"""Movies, pictures and tables of a scene or a lesson, drawn off the screen by the window's own views."""
