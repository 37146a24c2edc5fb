"""One name of a zone means one zone wherever it stands, and the ends of time have periods too."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from converter.digest import DigestSpec, compile_digests
from converter.languages.labels import format_date, format_month_day, format_period
from converter.languages.zones import in_zone, zone_named
from converter.model import Metadata, Period, PeriodKind, Post, Site
from converter.pipeline.load import load_posts

NAMES = ["+08:00", "UTC+8", "utc+08", "+0800", "−05:30", "Z", "utc", "GMT", "Asia/Shanghai", " Asia/Shanghai "]
ENDS = [
    datetime(9999, 12, 31, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=-12))),
    datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(2150, 6, 1, tzinfo=UTC),
]


@pytest.mark.parametrize("name", NAMES)
def test_a_zone_that_reading_accepts_serves_everywhere(name: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "_posts").mkdir()
    (tmp_path / "_config.yml").write_text(f'timezone: "{name}"\nurl: https://a.example\n', "utf-8")
    (tmp_path / "_posts/2024-05-31-a.md").write_text("---\ntitle: A\ndate: 2024-05-31 23:30\n---\nx\n", "utf-8")

    loaded = load_posts(str(tmp_path))
    [digest] = compile_digests(loaded.posts, DigestSpec(period=PeriodKind.DAY), site=loaded.site)

    assert () == loaded.diagnostics
    assert date(2024, 5, 31) == digest.period.first
    [post] = loaded.posts
    assert post.metadata.published
    assert "May 31, 2024" == format_date("en", post.metadata.published, loaded.site.timezone)
    assert "https://a.example/2024/05/31/a.html" == post.metadata.url


@pytest.mark.parametrize("name", ["", "+25:00", "Mars/Olympus", "..", "/etc/passwd", "Asia", "Asia/Shanghai\0", "+8x"])
def test_what_is_no_zone_is_none(name: str) -> None:
    assert zone_named(name) is None


@pytest.mark.parametrize("moment", ENDS, ids=str)
@pytest.mark.parametrize("kind", PeriodKind)
@pytest.mark.parametrize("zone", ["UTC", "+14:00", "-12:00", "Asia/Shanghai", "America/New_York"])
def test_every_moment_has_a_period_and_a_name(moment: datetime, kind: PeriodKind, zone: str) -> None:
    post = Post(key="a", path="a.md", metadata=Metadata(title="A", published=moment), blocks=())

    [digest] = compile_digests((post,), DigestSpec(period=kind), site=Site(timezone=zone))

    assert (post,) == digest.posts
    if digest.period.first and digest.period.last:
        assert digest.period.first <= digest.period.last
    for language in ("en", "zh", "ar"):
        assert format_date(language, moment, zone)
        assert format_month_day(language, moment, zone)
        assert kind is PeriodKind.NONE or format_period(language, digest.period.kind, digest.period.first)


def test_the_last_week_of_all_ends_with_the_last_day() -> None:
    post = Post(key="a", path="a.md", metadata=Metadata(title="A", published=ENDS[0]), blocks=())

    [digest] = compile_digests((post,), DigestSpec(period=PeriodKind.WEEK))

    assert Period(PeriodKind.WEEK, date(9999, 12, 27), date.max) == digest.period


def test_a_moment_without_a_date_in_a_zone_keeps_its_own() -> None:
    assert ENDS[1].replace(tzinfo=UTC) == in_zone(ENDS[1], UTC)
