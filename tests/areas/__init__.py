"""What the cases under `tests/cases/AREA/` are run with: the function `run` of the module AREA in this package."""
