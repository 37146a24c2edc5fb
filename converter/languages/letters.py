"""Ranges of East Asian characters, as they stand between the brackets of a regular expression."""

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
KANA = "\u3041-\u30ff\u31f0-\u31ff"
HANGUL = "\uac00-\ud7af"
YI = "\ua000-\ua4cf"

SQUARES = f"\u2e80-\u303f\u3100-\u31ff\u3200-\u33ff\ufe30-\ufe6f\uff01-\uff60{KANA}{HAN}"
"""What stands in squares and has no spaces between words: Han and kana, Bopomofo, and their marks and symbols."""
