"""The Tune workspace: a search one can watch."""
