"""Finds catalogues by name in the entry-point group `converter.catalogues`; ours come in by the same door."""

from converter.plugins import Group

_CATALOGUES = Group("converter.catalogues", "catalogue", ("files",))

plugins = _CATALOGUES.plugins
catalogue_type = _CATALOGUES.load
