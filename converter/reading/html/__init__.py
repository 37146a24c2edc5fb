"""HTML as it stands in posts -> blocks and notes."""

from converter.reading.html.cleaning import CleaningRule, Removal, fault_of, rules_for
from converter.reading.html.prepare import Markup, line_mark, prepare
from converter.reading.html.reader import Body, read_html

__all__ = ["Body", "CleaningRule", "Markup", "Removal", "fault_of", "line_mark", "prepare", "read_html", "rules_for"]
