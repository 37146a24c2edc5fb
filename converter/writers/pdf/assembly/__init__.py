"""Joins the fragments that an engine laid out into one book."""
