"""Mail servers on loopback for tests: a real one with TLS, AUTH and SIZE, and one that says what it is told to."""

import socket
import socketserver
import ssl
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

USER, PASSWORD = "harbour", "sea gull 7"


def certificate(folder: Path, name: str = "localhost") -> tuple[str, str]:
    """Return the paths of a certificate for a host, which is its own authority, and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    names: list[x509.GeneralName] = [x509.DNSName(name)]
    if name == "localhost":
        names.append(x509.IPAddress(ip_address("127.0.0.1")))
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / f"{name}.pem", folder / f"{name}.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return str(paths[0]), str(paths[1])


class Mailbox:
    """What a server has taken."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.refused: dict[str, list[str]] = {}
        """Answers to RCPT, by address; each is given once."""
        self.logins: list[str] = []

    async def handle_RCPT(  # noqa: N802  (the name is aiosmtpd's)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answers := self.refused.get(address):
            return answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.envelopes.append(envelope)
        return "250 OK"


class _Controller(Controller):
    """One that takes any free port: the other wants to know it before."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(cert: tuple[str, str], *, security: str = "starttls", size: int = 0) -> Iterator[tuple[Mailbox, int]]:
    """Run a server that wants a login; yield what it takes, and its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*cert)
    mailbox = Mailbox()

    def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        assert isinstance(data, LoginPassword)
        mailbox.logins.append(data.login.decode())
        return AuthResult(success=(data.login, data.password) == (USER.encode(), PASSWORD.encode()), handled=False)

    controller = _Controller(
        mailbox,
        hostname="127.0.0.1",
        port=0,
        ssl_context=context if security == "tls" else None,
        tls_context=context if security == "starttls" else None,
        require_starttls=security == "starttls",
        authenticator=authenticate,
        auth_required=True,
        auth_require_tls=security == "starttls",
        enable_SMTPUTF8=True,
        data_size_limit=size,
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Requiring AUTH")  # each time a login is wanted where all is TLS
        controller.start()
        try:
            yield mailbox, controller.port
        finally:
            controller.stop()


@dataclass
class Script:
    """What a server says, and what it was told."""

    greeting: str = "220 ready"
    answers: dict[str, list[str]] = field(default_factory=dict)
    """By command in capitals, and `.` for the end of a message: each is given once, then 250. Empty: it hangs up."""
    commands: list[str] = field(default_factory=list)


@contextmanager
def scripted_server(script: Script, extensions: Sequence[str] = ()) -> Iterator[int]:
    """Run a server that says what the script says; yield its port."""

    class Handler(socketserver.StreamRequestHandler):
        timeout = 10

        def handle(self) -> None:
            self.say(script.greeting)
            while line := self.rfile.readline(10_000).decode().strip():
                verb = line.upper().split(":")[0].split()[0]
                script.commands.append(line)
                if verb == "EHLO":
                    lines = ["localhost", *extensions]
                    for number, word in enumerate(lines):
                        self.say(f"250{' ' if number == len(lines) - 1 else '-'}{word}")
                elif verb == "QUIT":
                    self.say("221 bye")
                    return
                elif not self.answer(verb, "354 go on" if verb == "DATA" else "250 OK"):
                    return

        def answer(self, verb: str, usual: str) -> bool:
            answer = (script.answers.get(verb) or [usual]).pop(0)
            if not answer:
                self.connection.shutdown(socket.SHUT_RDWR)
                return False
            self.say(answer)
            if answer.startswith("354"):
                while self.rfile.readline(10_000).strip() != b".":
                    pass
                script.commands.append(".")
                return self.answer(".", "250 OK")
            return True

        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Take no notice: the client went away."""

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
