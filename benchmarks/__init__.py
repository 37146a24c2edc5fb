"""Measurements: time, memory and size of each stage and writer, over posts that are made here."""
