"""What is saved is shown by a real browser, on a site of a thousand posts."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.conformance.browser import HERE, node

pytestmark = [pytest.mark.conformance, pytest.mark.needs("a browser", "node")]

POSTS = 1000
CHANGES = 5
TEXT = "渡口今天开放，船每四十分钟一班，下雨也开。" * 55
"""About as long as a piece of news."""


def test_what_is_saved_is_shown_by_the_browser(
    tmp_path: Path, record_testsuite_property: Callable[[str, object], None]
) -> None:
    posts = tmp_path / "site" / "_posts"
    posts.mkdir(parents=True)
    (tmp_path / "site" / "_config.yml").write_text("title: Thousand\nurl: https://a.example\n", "utf-8")
    for number in range(POSTS):
        day = date(2023, 1, 1) + timedelta(days=number)
        (posts / f"{day}-post.md").write_text(f"---\ntitle: 第{number}篇\n---\nbegin\n\n{number}{TEXT}\n", "utf-8")
    file, broken = posts / "2024-05-15-post.md", posts / "2025-12-31-broken.md"
    command = [sys.executable, "-m", "converter", "watch", str(tmp_path / "site"), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        try:
            assert process.stderr
            found = next(filter(None, (re.search(r"http://\S+", line) for line in process.stderr)))[0]
            program = "from converter.writers.names import post_name as n; print(n('2024-05-15-post'))"
            page = subprocess.check_output([sys.executable, "-c", program], text=True).strip()
            said = json.loads(node(HERE / "watch.cjs", f"{found}thousand/{page}.html", file, broken, str(CHANGES)))
        finally:
            process.kill()
    record_testsuite_property("milliseconds until each change was shown", said["times"])
    assert len(said["times"]) == CHANGES
    assert "empty-file" in said["problems"]
    assert said["title"].startswith("第500篇")
