"""Words and dates in the language of the book."""

import tomllib
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest
from babel import Locale

import converter.languages.labels
from converter.languages.labels import collation_key, format_date, format_period, label
from converter.model import Period, PeriodKind

CATALOGUE = tomllib.loads(Path(converter.languages.labels.__file__).with_suffix(".toml").read_text("utf-8"))


@pytest.mark.parametrize("language", sorted(CATALOGUE))
def test_every_language_has_every_word_with_the_same_places(language: str) -> None:
    def places(text: str | dict[str, str]) -> tuple[int, bool, bool]:
        text = text if isinstance(text, str) else text["other"]
        return text.count("{}"), "{week}" in text, "{year}" in text

    assert {key: places(text) for key, text in CATALOGUE["en"].items()} == {
        key: places(text) for key, text in CATALOGUE[language].items()
    }


@pytest.mark.parametrize(
    ("language", "word"),
    [
        ("zh-CN", "目录"),
        ("zh", "目录"),
        ("zh-Hant-HK", "目錄"),
        ("ja-JP", "目次"),
        ("EN-gb", "Contents"),
        ("tlh", "Contents"),
    ],
)
def test_the_nearest_language_serves(language: str, word: str) -> None:
    assert word == label(language, "contents")


@pytest.mark.parametrize(
    ("language", "key", "forms"),
    [
        ("en", "posts", ["0 posts", "1 post", "2 posts", "21 posts"]),
        ("tlh", "posts", ["0 posts", "1 post", "2 posts", "21 posts"]),
        ("zh-CN", "posts", ["共 0 篇", "共 1 篇", "共 2 篇", "共 21 篇"]),
        ("he", "posts", ["0 פוסטים", "פוסט אחד", "שני פוסטים", "21 פוסטים"]),
        ("ar", "reading_time", ["0 دقيقة قراءة", "1 دقيقة قراءة", "دقيقتا قراءة", "21 دقيقة قراءة"]),
        ("fa", "posts", ["0 نوشته", "1 نوشته", "2 نوشته", "21 نوشته"]),
    ],
)
def test_words_that_count_have_the_form_of_their_number(language: str, key: str, forms: list[str]) -> None:
    assert forms == [label(language, key, number) for number in (0, 1, 2, 21)]


@pytest.mark.parametrize("language", sorted(CATALOGUE))
def test_every_form_of_words_that_count_is_one_of_their_language(language: str) -> None:
    kinds = {*Locale.parse(language, sep="-").plural_form.tags, "other"}

    for forms in CATALOGUE[language].values():
        assert isinstance(forms, str) or ("other" in forms and forms.keys() <= kinds)


def test_a_day_is_that_of_the_zone() -> None:
    moment = datetime(2024, 5, 31, 20, 0, tzinfo=UTC)

    assert "2024年6月1日" == format_date("zh-CN", moment, "Asia/Shanghai")
    assert "May 31, 2024" == format_date("en", moment, "UTC")


@pytest.mark.parametrize(
    ("kind", "chinese", "english"),
    [
        (PeriodKind.NONE, "", ""),
        (PeriodKind.DAY, "2024年12月30日", "December 30, 2024"),
        (PeriodKind.WEEK, "2025年第1周", "Week 1, 2025"),
        (PeriodKind.MONTH, "2024年12月", "December 2024"),
        (PeriodKind.QUARTER, "2024年第4季度", "4th quarter 2024"),
        (PeriodKind.YEAR, "2024年", "2024"),
    ],
)
def test_a_period_has_a_name(kind: PeriodKind, chinese: str, english: str) -> None:
    period = Period(kind, date(2024, 12, 30))

    assert (chinese, english) == (
        format_period("zh-CN", period.kind, period.first),
        format_period("en", period.kind, period.first),
    )


def test_chinese_is_sorted_by_sound_and_the_rest_without_regard_to_case() -> None:
    words = ["charts", "图书馆", "Python", "交通", "民生", "安全"]

    assert ["charts", "Python", "安全", "交通", "民生", "图书馆"] == sorted(words, key=partial(collation_key, "zh-CN"))
    assert ["Äpfel", "äpfel"] == sorted(["Äpfel", "äpfel"], key=partial(collation_key, "de"))
