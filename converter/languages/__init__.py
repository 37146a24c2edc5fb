"""Languages by their BCP 47 tags: scripts and directions, labels and dates, time zones, characters."""

from converter.languages.scripts import Direction as Direction
from converter.languages.scripts import direction_of as direction_of
from converter.languages.scripts import is_language as is_language
from converter.languages.scripts import script_of as script_of
