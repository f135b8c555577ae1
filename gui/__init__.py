"""The window: it draws and listens, and computes nothing that the core can."""
