"""Writes a digest as a PDF that looks typeset, that a screen reader can read and an archive can keep."""

from converter.writers.pdf.writer import PdfWriter

__all__ = ["PdfWriter"]
