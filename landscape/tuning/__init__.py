"""Hyperparameter search: random, grid and coarse to fine, of one model or of very many."""
