"""The Explore workspace: optimizers race down a surface."""
