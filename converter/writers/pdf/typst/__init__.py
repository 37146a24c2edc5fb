"""Lays out parts of a book with Typst, which needs nothing of the system: the only folder that knows it."""
