"""`converter init`: the sites that it finds, and the files that it writes."""

import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from converter.cli.init import configuration, find_site, period_of
from converter.config import Options, load_config
from converter.diagnostics import ConverterError
from tests.test_cli import converter

POST = "---\ntitle: T\n---\nText.\n"
SITES = {
    "Jekyll": {"_config.yml": "title: Harbour\n", "_posts/2024-05-31-a.md": POST},
    "Hugo": {"hugo.toml": 'title = "Harbour"\n', "content/posts/a.md": POST},
    "Hexo": {"_config.yml": "title: Harbour\n", "source/_posts/a.md": POST, "package.json": '{"hexo": {}}'},
    "Zola": {"config.toml": 'base_url = "https://a.example"\ntitle = "Harbour"\n', "content/a.md": POST},
    "Pelican": {"pelicanconf.py": "SITENAME = 'Harbour'\n", "content/a.md": "Title: T\n\nText.\n"},
    "Astro": {"astro.config.mjs": "", "src/content/blog/a.md": POST},
    "Eleventy": {".eleventy.js": "", "posts/a.md": POST},
    "Obsidian": {".obsidian/app.json": "{}", "a.md": POST},
    "": {"a.md": POST},
}


def site(folder: Path, system: str) -> Path:
    for name, text in SITES[system].items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("system", SITES)
def test_a_site_of_each_system_is_found_here_and_in_a_folder(
    system: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for where in (".", "docs/的 site"):
        root = tmp_path / (f"below{system}" if where != "." else f"here{system}")
        site(root / where, system)

        found = find_site(root)

        assert (system, 1) == (found.system, found.posts)
        assert (where if system else ".") == found.folder
        (root / "converter.toml").write_text(configuration(found), "utf-8")
        monkeypatch.chdir(root)
        config = load_config()
        assert (str(root / found.folder),) == tuple(str(Path(source)) for source in map(str, config.sources))
        assert ("week" if system == "Jekyll" else "month") == config.digests[0].period


def test_every_line_that_is_commented_out_loads_too(tmp_path: Path) -> None:
    text = configuration(find_site(site(tmp_path, "Jekyll")))
    lines = [line.removeprefix("# ") for line in text.splitlines()[3:]]
    (tmp_path / "converter.toml").write_text("\n".join(lines), "utf-8")

    config = load_config(str(tmp_path / "converter.toml"), Options())

    assert "Harbour" == config.site["title"]
    assert config.state.folder.endswith(".converter-state")


def test_sites_that_are_left_out_are_named(tmp_path: Path) -> None:
    site(tmp_path / "one", "Jekyll")
    site(tmp_path / "two", "Hugo")

    result = converter("init", cwd=tmp_path)

    assert ["one"] == tomllib.loads((tmp_path / "converter.toml").read_text("utf-8"))["sources"]
    assert "found a Jekyll site in one: 1 post, configured by _config.yml" in result.stderr
    assert "left out: two" in result.stderr


@pytest.mark.parametrize(
    ("step", "period"), [(timedelta(hours=6), "day"), (timedelta(days=2), "week"), (timedelta(days=20), "month")]
)
def test_the_period_follows_from_how_often_posts_come(step: timedelta, period: str) -> None:
    days = [date(2024, 1, 1) + number * step for number in range(90)]

    assert period == period_of(days, 90)[0]
    assert "month" == period_of(days[:10], 90)[0]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    site(tmp_path, "Jekyll")
    (tmp_path / "converter.toml").write_text("# mine\n", "utf-8")
    (tmp_path / ".gitlab-ci.yml").symlink_to("nowhere")

    first = converter("init", "--workflow", "gitlab", cwd=tmp_path)
    second = converter("init", "--workflow", "github", cwd=tmp_path)

    assert [2, 0] == [first.returncode, second.returncode]
    assert "# mine\n" == (tmp_path / "converter.toml").read_text("utf-8")
    assert not (tmp_path / "nowhere").exists()
    assert (tmp_path / ".github/workflows/digests.yml").is_file()


def test_a_dry_run_prints_all_and_writes_nothing(tmp_path: Path) -> None:
    before = sorted(site(tmp_path, "Jekyll").rglob("*"))

    result = converter("init", "--workflow", "github", "--dry-run", cwd=tmp_path)

    assert 0 == result.returncode
    assert "period = " in result.stdout
    assert "jobs:" in result.stdout
    assert before == sorted(tmp_path.rglob("*"))


def test_a_workflow_stands_at_the_top_of_the_repository_and_names_the_configuration(tmp_path: Path) -> None:
    folder = site(tmp_path / '的 "100%" site', "Jekyll")
    (tmp_path / ".git").mkdir()

    for name in ("github", "gitlab", "cron"):
        assert 0 == converter("init", "--workflow", name, cwd=folder).returncode

    config = '的 "100%" site/converter.toml'
    github = yaml.safe_load((tmp_path / ".github/workflows/digests.yml").read_text("utf-8"))
    steps = github["jobs"]["build"]["steps"]
    assert [config] == [step["env"]["CONVERTER_CONFIG"] for step in steps if "env" in step]
    gitlab = yaml.safe_load((tmp_path / ".gitlab-ci.yml").read_text("utf-8"))
    assert config == gitlab["pages"]["variables"]["CONVERTER_CONFIG"]
    cron = (tmp_path / "digests.crontab").read_text("utf-8")
    assert f"cd {tmp_path} && " in cron
    assert "--config '的 \"100\\%\" site/converter.toml'" in cron


def test_what_is_no_site_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x", "utf-8")

    for name, said in (
        ("empty", "there is no post in 'empty'"),
        ("file", "no folder 'file'"),
        ("no", "no folder 'no'"),
    ):
        result = converter("init", name, cwd=tmp_path)

        assert 2 == result.returncode
        assert said in result.stderr


@pytest.mark.needs("Linux")
def test_a_folder_whose_name_is_no_unicode_is_refused(tmp_path: Path) -> None:
    folder = Path(f"{tmp_path}/\udcff")
    site(folder, "Jekyll")

    with pytest.raises(ConverterError, match="is not Unicode"):
        configuration(find_site(tmp_path))
