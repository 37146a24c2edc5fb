"""Pages -> a browser on this machine, which shows them anew when something has changed."""

import json
import secrets
from collections.abc import Callable, Sequence
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from socket import socket
from threading import BoundedSemaphore, Condition, Lock
from urllib.parse import unquote

from converter.diagnostics import Code, Diagnostic, Severity, UsageError
from converter.preview.pages import Look, render

HOST = "127.0.0.1"
CONNECTIONS = 64
"""That are served at a time, streams included."""
STREAMS = 16
"""Windows that are told of changes."""
SHOWN = 50
"""Problems that a page has room for."""
SECONDS = 30.0
"""That a client may take to ask."""
HEARTBEAT = 10.0
"""Seconds between two signs of life: a window that was closed is found out by them."""
_OWN = {"watch.js": "text/javascript", "watch.css": "text/css", "watch.html": "text/html"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'"
)


class PreviewServer(ThreadingHTTPServer):
    """A server for browsers of this machine only."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, look: Callable[[], Look], lock: Lock) -> None:
        """Listen; port 0 is any free one. `lock` is held while a page is made. Raises `UsageError` for a taken one."""
        self.look, self.lock = look, lock
        self.streams = BoundedSemaphore(STREAMS)
        self._connections = BoundedSemaphore(CONNECTIONS)
        self._changed = Condition()
        self._version, self._run, self._is_closing = 0, secrets.token_hex(4), False
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as error:
            hint = "--port 0 takes any that is free"
            raise UsageError(Code.USAGE, f"port {port} cannot be used: {error.strerror}", hint=hint) from error

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server_port}/"

    def tell(self) -> None:
        """Have all windows show what there is now."""
        with self._changed:
            self._version += 1
            self._changed.notify_all()

    def close(self) -> None:
        """End: windows are told, nobody is waited for."""
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
        self.shutdown()
        self.server_close()

    def wait(self, seen: str) -> str | None:
        """Return the name of what there is, as soon as it is not `seen`; empty after a while; `None` at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_closing or self.name != seen, HEARTBEAT)
            return None if self._is_closing else self.name if self.name != seen else ""

    @property
    def name(self) -> str:
        """What tells one state of the site from all others."""
        return f"{self._run}-{self._version}"

    def process_request(self, request: socket | tuple[bytes, socket], client_address: object) -> None:
        """Serve a client in a thread of its own, unless there are too many."""
        if self._connections.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: socket | tuple[bytes, socket], client_address: object) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._connections.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """Take no notice: a client that goes away is nobody's fault."""


class _Handler(BaseHTTPRequestHandler):
    server: PreviewServer
    timeout = SECONDS
    protocol_version = "HTTP/1.1"
    server_version = "converter"
    sys_version = ""

    def do_GET(self) -> None:
        path = unquote(self.path.partition("?")[0]).removeprefix("/")
        if not self._is_ours():
            # A page of the web whose name was made to lead here (DNS rebinding) must not read posts.
            self._answer(HTTPStatus.FORBIDDEN, "text/plain", b"this host name is not served\n")
        elif path == "events":
            self._stream()
        elif path in ("watch.js", "watch.css"):
            self._answer(HTTPStatus.OK, _OWN[path], _own(path))
        elif path.startswith("page/"):
            self._page(path.removeprefix("page/"))
        elif not path or path.endswith(".html"):
            self._answer(HTTPStatus.OK, "text/html", _own("watch.html"), policy=_POLICY)
        else:
            self._answer(HTTPStatus.NOT_FOUND, "text/plain", b"there is nothing here\n")

    do_HEAD = do_GET  # noqa: N815

    def _is_ours(self) -> bool:
        hosts = {f"{name}:{self.server.server_port}" for name in (HOST, "localhost")}
        return self.headers.get("Host", "").lower() in hosts

    def _page(self, path: str) -> None:
        with self.server.lock:
            data, said = render(self.server.look(), path)
        if data is None:
            self._answer(HTTPStatus.NOT_FOUND, "text/html", _fault("\n".join(map(str, said))))
        else:
            self._answer(HTTPStatus.OK, "text/html", data)

    def _stream(self) -> None:
        """Tell of every change until the window is closed (server-sent events)."""
        if not self.server.streams.acquire(blocking=False):
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE, "text/plain", b"too many windows\n")
            return
        try:
            self.close_connection = True
            self._head(HTTPStatus.OK, "text/event-stream", None)
            seen = ""
            while self.command != "HEAD" and (name := self.server.wait(seen)) is not None:
                seen = name or seen
                event = f"id: {name}\ndata: {_problems(self.server.look().said)}\n\n" if name else ": \n\n"
                self.wfile.write(event.encode())
        finally:
            self.server.streams.release()

    def _answer(self, status: HTTPStatus, kind: str, data: bytes, policy: str = "") -> None:
        self._head(status, kind, len(data), policy)
        if self.command != "HEAD":
            self.wfile.write(data)

    def _head(self, status: HTTPStatus, kind: str, size: int | None, policy: str = "") -> None:
        self.send_response(status)
        headers = {
            "Content-Type": f"{kind}; charset=utf-8",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Content-Security-Policy": policy,
            "Content-Length": "" if size is None else str(size),
        }
        for name, value in headers.items():
            if value:
                self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the name is the library's)
        """Say nothing: the terminal is for what is wrong with posts."""


def problems(said: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Return what a reader should see: errors, then warnings."""
    wanted = [one for one in said if one.severity is not Severity.NOTICE]
    return sorted(wanted, key=lambda one: one.severity is not Severity.ERROR)


def _problems(said: Sequence[Diagnostic]) -> str:
    found = problems(said)
    shown = [{"severity": one.severity.value, "text": str(one)} for one in found[:SHOWN]]
    return json.dumps({"problems": shown, "more": len(found) - len(shown)})


def _fault(text: str) -> bytes:
    """Return a page that stands for one that is not there; the frame shows it until the next change."""
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Preview</title>'
        '<link rel="stylesheet" href="/watch.css"></head><body class="index"><h1>Nothing to show</h1>'
        f"<pre>{escape(text or 'There is no such page now.')}</pre>"
        '<p><a href="/page/">All posts</a></p></body></html>\n'
    ).encode()


def _own(name: str) -> bytes:
    return files("converter.preview").joinpath(name).read_bytes()
