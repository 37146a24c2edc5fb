"""Lays out pages with WeasyPrint: the only folder that knows it."""
