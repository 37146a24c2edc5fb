"""The stages in order, from paths to files: `run` is their table of contents."""
