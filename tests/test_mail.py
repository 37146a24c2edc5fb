"""Editions by mail: what arrives is the file, nothing arrives twice, and what goes wrong is said."""

import email
import email.policy
import hashlib
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from converter.catalogues import SCHEMA as EDITIONS
from converter.catalogues import Manifest, PublishedEdition, PublishedFile
from converter.cli import cli
from converter.config import Config
from converter.config.mail import Mail
from converter.diagnostics import Code, Diagnostic, UsageError
from converter.mail.editions import last, named, of_digests
from converter.mail.message import address_of, ascii_name, message_of, new_id
from converter.mail.send import Delivery, send
from converter.mail.server import WAITS
from converter.model import Period, PeriodKind
from tests.mail_servers import PASSWORD, USER, Mailbox, Script, certificate, mail_server, scripted_server

NOW = datetime(2024, 6, 3, 8, tzinfo=timezone(timedelta(hours=8)))
DATA = bytes(range(256)) * 200


def an_edition(
    key: str = "港口-2024-W22", *, title: str = "港口新闻 · 2024年第22周", volumes: int = 1
) -> PublishedEdition:
    names = [f"{key}{f'-{number}' if volumes > 1 else ''}.epub" for number in range(1, volumes + 1)]
    first = date.fromisoformat(key[-8:])
    return PublishedEdition(
        key=key,
        title=title,
        language="zh-CN",
        updated=datetime(2024, 6, 1, 12, tzinfo=NOW.tzinfo),
        period=Period(PeriodKind.WEEK, first, first + timedelta(days=6)),
        headlines=("柳渡新渡船试航", "Drawing the water level"),
        posts=("a", "b", "c"),
        files=tuple(
            PublishedFile(name=name, format="epub", type="application/epub+zip", size=len(data), sha256=sha)
            for name in names
            for data in (content(name),)
            for sha in (hashlib.sha256(data).hexdigest(),)
        ),
    )


def content(name: str) -> bytes:
    return name.encode() + DATA


@pytest.fixture(scope="module")
def cert(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    return certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def out(tmp_path: Path) -> Callable[..., Path]:
    """Return what puts editions into a folder, with their list."""

    def put(*editions: PublishedEdition) -> Path:
        folder = tmp_path / "out"
        folder.mkdir(exist_ok=True)
        for edition in editions:
            for file in edition.files:
                (folder / file.name).write_bytes(content(file.name))
        (folder / "editions.json").write_bytes(msgspec.json.encode(Manifest(schema=EDITIONS, editions=editions)))
        return folder

    return put


def config_of(folder: Path, port: int, cert: tuple[str, str] | None = None, **more: object) -> Config:
    (folder.parent / "password").write_text(f"{PASSWORD}\n", "utf-8")
    given = {
        "server": "localhost",
        "port": port,
        "security": "starttls" if cert else "none",
        "ca_file": cert[0] if cert else "",
        "user": USER if cert else "",
        "password_file": str(folder.parent / "password") if cert else "",
        "sender": "Harbour News <news@harbour.example.org>",
        "to": ("ana@example.org",),
        "record": str(folder.parent / "mail.index"),
        "timeout": 10,
    }
    return Config(sources=(), output=str(folder), mail=Mail(**(given | more)))  # type: ignore[arg-type]


def deliver(
    config: Config, *editions: PublishedEdition, **more: object
) -> tuple[list[Delivery], list[Diagnostic], list[float]]:
    """Send, and return what became of it, what was said, and how long it would have waited."""
    said: list[Diagnostic] = []
    waits: list[float] = []
    options = {"now": NOW, "pause": waits.append} | more
    return [*send(editions, config, said.append, **options)], said, waits  # type: ignore[arg-type]


def attached(data: bytes) -> email.message.EmailMessage:
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, email.message.EmailMessage)
    [part] = message.iter_attachments()
    assert isinstance(part, email.message.EmailMessage)
    return part


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_each_volume_arrives_as_it_is_and_once(security: str, cert: tuple[str, str], out: Callable[..., Path]) -> None:
    edition = an_edition(volumes=2)
    folder = out(edition)

    with mail_server(cert, security=security, size=10_000_000) as (mailbox, port):
        config = config_of(folder, port, cert, security=security)
        first = deliver(config, edition)
        second = deliver(config, edition)
        third = deliver(config, edition, again=True)

    assert [one.state for one in first[0]] == ["sent", "sent"]
    assert [one.state for one in second[0]] == ["before", "before"]
    assert [one.state for one in third[0]] == ["sent", "sent"]
    assert not [*first[1], *second[1], *third[1]]
    assert len(mailbox.envelopes) == 4
    parts = [attached(bytes(envelope.content or b"")) for envelope in mailbox.envelopes]
    hashes = [hashlib.sha256(part.get_payload(decode=True)).hexdigest() for part in parts]
    assert hashes == [file.sha256 for file in edition.files] * 2
    ids = {email.message_from_bytes(bytes(one.content or b""))["Message-ID"] for one in mailbox.envelopes}
    assert len(ids) == 4
    assert set(mailbox.logins) == {USER}


def test_the_envelope_is_what_send_to_kindle_takes(out: Callable[..., Path]) -> None:
    edition = an_edition()
    script = Script()
    folder = out(edition)

    with scripted_server(script) as port:
        deliver(config_of(folder, port, to=("Ana <ana@kindle.com>",)), edition)

    message = _message(edition)
    text, book = message.iter_parts()
    assert message.get_content_type() == "multipart/mixed"
    assert text.get_content().splitlines() == [
        "港口新闻 · 2024年第22周", "共 3 篇", "", "- 柳渡新渡船试航", "- Drawing the water level", "", "https://b.example/x.epub",
    ]  # fmt: skip
    assert book.get_content_type() == "application/epub+zip"
    assert book.get_filename() == "港口-2024-W22.epub"
    raw = _raw(edition).decode("ascii")
    assert "filename*=UTF-8''%E6%B8%AF%E5%8F%A3-2024-W22.epub; filename=\"2024-W22.epub\"" in raw.replace("\r\n", "")
    assert re.search(r"Message-ID: <[0-9a-f]{32}@harbour\.example\.org>", raw)
    assert message["Subject"] == edition.title
    assert message["Date"] == "Mon, 03 Jun 2024 08:00:00 +0800"
    assert "X-Mailer" not in message
    assert script.commands[-5:] == [
        "mail FROM:<news@harbour.example.org>",
        "rcpt TO:<ana@kindle.com>",
        "data",
        ".",
        "quit",
    ]
    assert script.commands[0] == "ehlo harbour.example.org"


def _raw(edition: PublishedEdition, name: str = "Harbour News") -> bytes:
    sender = address_of(f"{name} <news@harbour.example.org>", "from")
    to = address_of("ana@kindle.com", "to")
    [file] = edition.files
    made = message_of(
        edition,
        file,
        content(file.name),
        sender=sender,
        to=to,
        id_=new_id(sender),
        now=NOW,
        url="https://b.example/x.epub",
    )
    return made.data


def _message(edition: PublishedEdition) -> email.message.EmailMessage:
    message = email.message_from_bytes(_raw(edition), policy=email.policy.default)
    assert isinstance(message, email.message.EmailMessage)
    return message


@given(st.text(max_size=300))
def test_no_title_is_a_header(title: str) -> None:
    edition = an_edition(title=f"{title}\r\nBcc: eve@example.org\n\nX: y")

    raw = _raw(edition)
    message = email.message_from_bytes(raw, policy=email.policy.default)

    assert [*message.keys()] == ["From", "To", "Subject", "Date", "Message-ID", "Content-Type", "MIME-Version"]
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert " ".join(str(message["Subject"]).split()).endswith("Bcc: eve@example.org X: y")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ana",
        "ana@",
        "ana@b c",
        "ana@b.org\nBcc: eve@b.org",
        "a@b@c",
        "ana@b.org, eve@b.org",
        "a\0@b.org",
        "é" * 70 + "@" + "é" * 70 + ".org",
    ],
)
def test_what_is_no_address_is_an_error(text: str) -> None:
    with pytest.raises(UsageError, match="is not an address"):
        address_of(text, "[mail] to")


def test_names_in_ascii() -> None:
    assert ascii_name("café 港口-1.kepub.epub") == "cafe-1.kepub.epub"
    assert ascii_name("港口.epub") == "book.epub"
    assert ascii_name('a";x="b.epub') == "a-x-b.epub"


def test_an_address_in_other_letters_needs_a_server_that_takes_it(
    cert: tuple[str, str], out: Callable[..., Path]
) -> None:
    edition = an_edition()
    folder = out(edition)

    with mail_server(cert) as (mailbox, port):
        sent, said, _ = deliver(config_of(folder, port, cert, to=("安娜@例え.jp",)), edition)
    assert ([one.state for one in sent], said) == (["sent"], [])
    assert mailbox.envelopes[0].rcpt_tos == ["安娜@xn--r8jz45g.jp"]

    with scripted_server(Script()) as port:
        sent, said, _ = deliver(config_of(folder, port, to=("安娜2@example.org", "ana@example.org")), edition)
    assert [one.state for one in sent] == ["failed", "sent"]
    assert "SMTPUTF8" in said[0].message


def test_a_large_message_is_refused_before_it_travels(cert: tuple[str, str], out: Callable[..., Path]) -> None:
    edition = an_edition()
    folder = out(edition)

    with mail_server(cert, size=60_000) as (mailbox, port):
        ours = deliver(config_of(folder, port, cert, max_megabytes=0.06), edition)
        theirs = deliver(config_of(folder, port, cert), edition)

    for sent, said, _ in (ours, theirs):
        assert [one.state for one in sent] == ["failed"]
        assert [one.code for one in said] == [Code.MAIL_TOO_LARGE]
        assert re.search("has 7[01],... bytes", said[0].message)  # 51,200 bytes are 70,000 in base64
        assert "megabytes = 1" in str(said[0].hint)
    assert not mailbox.envelopes


def test_one_address_that_is_refused_does_not_keep_others_from_theirs(
    cert: tuple[str, str], out: Callable[..., Path]
) -> None:
    edition = an_edition()
    folder = out(edition)

    with mail_server(cert) as (mailbox, port):
        mailbox.refused = {"eve@example.org": ["550 no such user"], "bob@example.org": ["451 greylisted"]}
        config = config_of(folder, port, cert, to=("eve@example.org", "bob@example.org", "ana@example.org"))
        sent, said, waits = deliver(config, edition)
        again, *_ = deliver(config, edition)

    assert [one.state for one in sent] == ["failed", "sent", "sent"]
    assert [(one.code, one.file) for one in said] == [(Code.MAIL_FAILED, "港口-2024-W22.epub")]
    assert "eve@example.org: the server refused it: 550 no such user" in said[0].message
    assert waits == [WAITS[0]]
    assert [one.state for one in again] == ["sent", "before", "before"]  # it was never sent
    assert [envelope.rcpt_tos for envelope in mailbox.envelopes] == [
        ["bob@example.org"], ["ana@example.org"], ["eve@example.org"]
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("script", "words", "waits"),
    [
        (Script(answers={"RCPT": ["450 later"] * 4}), "in 4 attempts: 450 later", WAITS),
        (Script(answers={"DATA": ["421 going down"] * 4}), "in 4 attempts: 421 going down", WAITS),
        (Script(answers={".": ["452 full"] * 4}), "in 4 attempts: 452 full", WAITS),
        (Script(answers={"MAIL": [""] * 4}), "the connection was lost", WAITS),
        (Script(greeting="421 busy"), "in 4 attempts: 421 busy", WAITS),
        (Script(answers={".": ["554 spam"]}), "the server refused it: 554 spam", ()),
        (Script(answers={"MAIL": ["550 not you"]}), "the server refused it: 550 not you", ()),
        (Script(greeting="554 no"), "refuses us: 554 no", ()),
        (Script(greeting="HTTP/1.1 400 Bad Request"), "refuses us", ()),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_a_server_does_not_take_can_be_sent_later(
    script: Script, words: str, waits: tuple[float, ...], out: Callable[..., Path]
) -> None:
    edition = an_edition()
    folder = out(edition)

    with scripted_server(script) as port:
        sent, said, waited = deliver(config_of(folder, port), edition)
    script.greeting, script.answers = "220 ready", {}
    with scripted_server(script) as port:
        later, *_ = deliver(config_of(folder, port), edition)

    assert ([one.state for one in sent], [one.state for one in later]) == (["failed"], ["sent"])
    assert [one.code for one in said] == [Code.MAIL_FAILED]
    assert words in said[0].message
    assert tuple(waited) == waits


def test_what_may_have_arrived_is_not_sent_again_unasked(out: Callable[..., Path]) -> None:
    edition = an_edition()
    folder = out(edition)
    script = Script(answers={".": [""]})

    with scripted_server(script) as port:
        config = config_of(folder, port)
        first, second, third = deliver(config, edition), deliver(config, edition), deliver(config, edition, again=True)
        fourth = deliver(config, edition)

    assert [one[0][0].state for one in (first, second, third, fourth)] == ["failed", "failed", "sent", "before"]
    assert [one[1][0].code for one in (first, second)] == [Code.MAIL_UNCERTAIN] * 2
    assert script.commands.count("data") == 2


class _Killed(BaseException):
    """What a signal does."""


def test_a_run_that_ends_while_it_sends_is_told_of(out: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    edition = an_edition()
    folder = out(edition)

    def kill(*_: object) -> None:
        raise _Killed

    with scripted_server(Script()) as port:
        config = config_of(folder, port)
        for step, to in (("data", "ana@example.org"), ("rcpt", "bob@example.org")):
            with monkeypatch.context() as patch:
                patch.setattr(f"smtplib.SMTP.{step}", kill)
                with pytest.raises(_Killed):
                    deliver(config, edition, to=[to])
        ana = deliver(config, edition)
        bob = deliver(config, edition, to=["bob@example.org"])

    assert ([one.code for one in ana[1]], ana[0][0].state) == ([Code.MAIL_UNCERTAIN], "failed")
    assert (bob[1], bob[0][0].state) == ([], "sent")


def test_nobody_is_sent_anything_without_the_encryption_that_was_asked_for(
    cert: tuple[str, str], out: Callable[..., Path], tmp_path: Path
) -> None:
    edition = an_edition()
    folder = out(edition)
    other = certificate(tmp_path, "elsewhere.example.org")

    with scripted_server(Script(), ["AUTH PLAIN"]) as port:
        plain = deliver(config_of(folder, port, cert), edition)
        mistaken = deliver(config_of(folder, port, cert, security="tls"), edition)
    with mail_server(cert) as (mailbox, port):
        unknown = deliver(config_of(folder, port, cert, ca_file=other[0]), edition)
        missing = deliver(config_of(folder, port, cert, ca_file="/nowhere"), edition)
    with mail_server(other) as (mailbox, port):
        wrong = deliver(config_of(folder, port, cert, ca_file=other[0]), edition)
    closed = deliver(config_of(folder, port, cert), edition)

    said = [str(one[1][0]) for one in (plain, mistaken, unknown, missing, wrong, closed)]
    assert all(len(one[1]) == 1 for one in (plain, mistaken, unknown, missing, wrong, closed))
    assert "does not encrypt (it has no STARTTLS)" in said[0]
    assert "cannot be used" in said[1]
    assert "the certificate of" in said[2]
    assert "`ca_file` cannot be used" in said[3]
    assert "Hostname mismatch" in said[4]
    assert "cannot be used" in said[5]
    assert not mailbox.envelopes


def test_a_wrong_password_is_said_and_never_shown(cert: tuple[str, str], out: Callable[..., Path]) -> None:
    edition = an_edition()
    folder = out(edition)
    wrong = folder.parent / "wrong"
    wrong.write_text("swordfish\nsecond line\n", "utf-8")

    with mail_server(cert) as (_, port):
        sent, said, _ = deliver(
            config_of(folder, port, cert, password_file=str(wrong), to=("a@b.org", "c@d.org")), edition
        )

    assert [one.state for one in sent] == ["failed", "failed"]
    assert len(said) == 1
    assert "does not let us in: 535" in said[0].message
    script = Script(answers={"AUTH": ["535 your password swordfish is wrong"] * 3})
    with scripted_server(script, ["AUTH PLAIN LOGIN"]) as port:
        config = config_of(folder, port, cert, security="none", password_file=str(wrong))
        _, echoed, _ = deliver(config, edition)
    assert "swordfish" not in f"{said}{echoed}"
    assert "your password … is wrong" in echoed[0].message


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"server": ""}, "has no `server`"),
        ({"server": "a\r\nb"}, "is not the name of a host"),
        ({"sender": ""}, "has no `from`"),
        ({"sender": "news"}, "is not an address"),
        ({"user": "u", "password_file": ""}, "one place for a password"),
        ({"user": "u", "password_env": "X"}, "one place for a password"),
        ({"user": "u", "password_file": "", "password_env": "NOT_THERE"}, "the environment has no 'NOT_THERE'"),
        ({"user": "u", "password_file": "/nowhere"}, "password_file cannot be read"),
        ({"user": "ü"}, "not ASCII"),
        ({"user": "u", "security": "none", "server": "mail.example.org"}, "without encryption"),
    ],
    ids=str,
)
def test_settings_that_nothing_can_be_sent_with(
    changes: dict[str, str], words: str, cert: tuple[str, str], out: Callable[..., Path]
) -> None:
    edition = an_edition()

    with pytest.raises(UsageError, match=re.escape(words)):
        deliver(config_of(out(edition), 1, cert, **changes), edition)


def test_a_file_that_is_not_what_was_made_is_not_sent(out: Callable[..., Path]) -> None:
    edition, gone = an_edition(), an_edition("port-2024-W21")
    folder = out(edition, gone)
    (folder / edition.files[0].name).write_bytes(b"other")
    (folder / gone.files[0].name).unlink()

    with scripted_server(script := Script()) as port:
        sent, said, _ = deliver(config_of(folder, port), edition, gone)

    assert [one.state for one in sent] == ["failed", "failed"]
    assert "not what editions.json says" in said[0].message
    assert "cannot be read" in said[1].message
    assert not script.commands


def test_a_kindle_wants_a_book_of_its_profile(out: Callable[..., Path]) -> None:
    from converter.writers.epub import EpubWriter

    edition = an_edition()
    with scripted_server(Script()) as port:
        config = replace(config_of(out(edition), port, to=("ana@free.kindle.com",)), writers={"epub": EpubWriter()})
        sent, said, _ = deliver(config, edition)
        kindle = replace(config, writers={"epub": EpubWriter(profile="kindle")})
        _, none, _ = deliver(kindle, edition, again=True)

    assert ([one.state for one in sent], [one.code for one in said], none) == (["sent"], [Code.MAIL_UNSUITABLE], [])


def test_readers_are_those_of_the_digest(out: Callable[..., Path]) -> None:
    weekly, other = an_edition("weekly-2024-W22"), an_edition("other-2024-W22")
    to = {"Weekly": ("ana@example.org", "Ana <ana@example.org>"), "daily": ("bob@example.org",)}

    with scripted_server(Script()) as port:
        sent, said, _ = deliver(config_of(out(weekly, other), port, to=to), weekly, other)

    assert [(one.edition, one.to) for one in sent] == [("weekly-2024-W22", "ana@example.org")]
    assert [one.message for one in said] == ["'other-2024-W22' has no readers"]


def test_editions_are_chosen_as_build_chooses_them() -> None:
    weeks = [an_edition(f"weekly-2024-W{week}") for week in (20, 21, 22)]
    others = [an_edition(f"other-2024-W{week}") for week in (21, 22)]
    said: list[Diagnostic] = []

    assert of_digests([*weeks, *others], ["Weekly"]) == tuple(weeks)
    assert named([*weeks, *others], ["2024-w22"]) == (weeks[2], others[1])
    assert named(weeks, ["weekly-2024-W20"]) == (weeks[0],)
    # The week ends on Sunday, 2 June; at 08:00 in Shanghai it is still that day in London.
    assert last([*weeks, *others], NOW, said.append) == (weeks[2], others[1])
    assert last(weeks, NOW - timedelta(hours=9), said.append) == (weeks[1],)
    assert not said
    assert last(weeks, datetime(2023, 1, 1, tzinfo=UTC), said.append) == ()
    assert [one.code for one in said] == [Code.PERIOD_INCOMPLETE]
    for wrong in (lambda: named(weeks, ["2024-W23"]), lambda: of_digests(weeks, ["weakly"])):
        with pytest.raises(UsageError, match=r"there is no edition"):
            wrong()


# ---- the command ----


@pytest.fixture
def run(tmp_path: Path, out: Callable[..., Path]) -> Callable[..., Result]:
    """Return what runs the command with a configuration beside the output."""
    out(an_edition("weekly-2024-W21"), an_edition("weekly-2024-W22"))

    def command(port: int, *arguments: str, toml: str = "") -> Result:
        (tmp_path / "converter.toml").write_text(
            f'[mail]\nserver = "127.0.0.1"\nport = {port}\nsecurity = "none"\nfrom = "news@b.org"\n{toml}', "utf-8"
        )
        config = ("--config", str(tmp_path / "converter.toml"), "--output", str(tmp_path / "out"))
        return CliRunner().invoke(cli, ["mail", *config, *arguments])

    return command


def test_the_command_sends_the_last_edition_once(run: Callable[..., Result], tmp_path: Path) -> None:
    script = Script()
    with scripted_server(script) as port:
        dry = run(port, "--last", "--dry-run", "--to", "ana@example.org")
        assert not script.commands
        assert not (tmp_path / "mail.index").exists()
        first = run(port, "--last", "--to", "ana@example.org")
        second = run(port, "--last", "--to", "ana@example.org")

    assert (dry.stdout, dry.exit_code) == ("would send weekly-2024-W22.epub to ana@example.org (0.1 MB)\n", 0)
    assert (first.stdout, first.exit_code) == ("sent weekly-2024-W22.epub to ana@example.org (0.1 MB)\n", 0)
    assert (second.stdout, second.exit_code) == ("weekly-2024-W22.epub was sent to ana@example.org before\n", 0)
    assert script.commands.count("data") == 1
    assert b"ana@example.org" not in (tmp_path / "mail.index").read_bytes()


def test_the_command_ends_with_1_where_something_was_not_sent(run: Callable[..., Result]) -> None:
    with scripted_server(Script(answers={"RCPT": ["550 unknown"]})) as port:
        result = run(port, "--all", toml='to = ["ana@example.org"]\n')

    assert result.exit_code == 1
    assert "550 unknown" in result.output
    assert "sent weekly-2024-W22.epub to ana@example.org" in result.output


@pytest.mark.parametrize(
    ("arguments", "toml", "words"),
    [
        ([], "", "say which editions"),
        (["--last", "--edition", "2024-W22"], "", "say which editions"),
        (["--edition", "2024-W50"], "", "there is no edition '2024-W50'"),
        (["--all"], "prt = 5\n", "did you mean 'port'?"),
        (["--all"], 'to = { daily = ["a@b.org"] }\n[[digest]]\nname = "dayly"\n', "did you mean 'dayly'?"),
        (["--all", "-o", "/nowhere"], "", "editions.json is not there"),
    ],
)
def test_what_cannot_be_meant_is_said(arguments: list[str], toml: str, words: str, run: Callable[..., Result]) -> None:
    result = run(1, *arguments, toml=toml)

    assert result.exit_code == 2
    assert words in result.output


def test_a_damaged_record_stops_everything(run: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "mail.index").write_bytes(b"nonsense" * 1000)

    result = run(1, "--all", "--to", "ana@example.org")

    assert result.exit_code == 2
    assert "the record of what was sent cannot be used" in result.output
    assert "is sent again" in result.output


def test_the_schema_of_the_list_is_known() -> None:
    assert json.loads(msgspec.json.encode(Manifest(schema=EDITIONS)))["schema"] == "converter/editions/1"
    assert Mailbox().envelopes == []
