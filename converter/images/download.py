"""Fetches images from the web: only from hosts that the user allows, never from a private network, within budgets.

Posts are untrusted, and so are the servers they name. Every address, that of every redirect too, is resolved once,
checked, and connected to by number, so that a name cannot mean one machine when it is checked and another when it is
used.
"""

import hashlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import quote

from converter.limits.values import FetchLimits
from converter.model.urls import join_url, split_url
from converter.storage import remove_leftovers, write_quickly

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

MAX_REDIRECTS = 5
CHUNK = 64 * 1024
_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class FetchError(Exception):
    """The image was not fetched; the message is a clause that says why."""


def is_public(address: Address) -> bool:
    """Say whether an address belongs to the public internet, also when it is wrapped in another."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


class Fetcher:
    """Fetches images one by one and remembers them: the results in a folder, the failures for this run."""

    def __init__(self, limits: FetchLimits, cache: Path, *, allowed: Callable[[Address], bool] = is_public) -> None:
        self._limits = limits
        self._cache = cache
        self._allowed = allowed
        self._failures: dict[str, str] = {}
        self._requests = 0
        self._bytes = 0
        self._seconds = 0.0

    def fetch(self, url: str) -> Path:
        """Return the file that holds what is at `url`; one that was fetched before is taken as it was.

        Raises `FetchError`, for the same address always with the same words.
        """
        if url in self._failures:
            raise FetchError(self._failures[url])
        path = self._path(url)
        if path.is_file():
            return path
        try:
            with self._budget():
                self._keep(self._download(url), path)
        except FetchError as error:
            self._failures[url] = str(error)
            raise
        except (OSError, ssl.SSLError, http.client.HTTPException, ValueError) as error:
            self._failures[url] = f"the server did not answer as it should: {str(error) or type(error).__name__}"
            raise FetchError(self._failures[url]) from error
        return path

    def reject(self, url: str, reason: str) -> None:
        """Forget what was fetched from `url`: it is no image, and may be one another day."""
        self._path(url).unlink(missing_ok=True)
        self._failures[url] = reason

    def _path(self, url: str) -> Path:
        return self._cache / hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()

    @contextmanager
    def _budget(self) -> Iterator[None]:
        limits = self._limits
        if self._requests >= limits.max_images:
            raise FetchError(f"{limits.max_images} images were asked for already")
        if self._seconds >= limits.max_seconds:
            raise FetchError(f"fetching has taken {limits.max_seconds:g} seconds already")
        self._requests += 1
        start = time.monotonic()
        try:
            yield
        finally:
            self._seconds += time.monotonic() - start

    def _keep(self, data: bytes, path: Path) -> None:
        """Write a finished file: another run may look at the same moment."""
        remove_leftovers(self._cache)
        write_quickly(str(path), data)

    def _download(self, url: str) -> bytes:
        deadline = time.monotonic() + self._limits.timeout
        for _ in range(MAX_REDIRECTS + 1):
            with self._response(url, deadline) as response:
                if response.status in (301, 302, 303, 307, 308):
                    url = join_url(url, response.getheader("Location") or "") or ""
                    continue
                if response.status != 200:
                    raise FetchError(f"the server answered {response.status} {response.reason}".rstrip())
                return self._body(response, deadline)
        raise FetchError(f"there were more than {MAX_REDIRECTS} redirects")

    @contextmanager
    def _response(self, url: str, deadline: float) -> Iterator[http.client.HTTPResponse]:
        scheme, host, port, path = self._parts(url)
        connection = http.client.HTTPConnection(host, port)
        connection.sock = self._connected(scheme, host, port, deadline)
        headers = {
            "User-Agent": "digest-converter",
            "Accept": "image/*",
            "Accept-Encoding": "identity",
            "Connection": "close",
        }
        # A server that sends a byte now and then keeps every single wait short, so the line is cut from outside.
        cut = threading.Timer(_left(deadline), connection.sock.shutdown, (socket.SHUT_RDWR,))
        cut.daemon = True
        cut.start()
        try:
            connection.request("GET", path, headers=headers | self._referer())
            yield connection.getresponse()
        except (OSError, http.client.HTTPException):
            _left(deadline)
            raise
        finally:
            cut.cancel()
            connection.close()

    def _referer(self) -> dict[str, str]:
        return {"Referer": self._limits.referer} if self._limits.referer else {}

    def _parts(self, url: str) -> tuple[str, str, int, str]:
        """Return scheme, host, port and path of an address that may be asked. Raises `FetchError`."""
        if (parts := split_url(url)) is None:
            raise FetchError("the URL is malformed")
        host = (parts.hostname or "").encode("idna").decode("ascii")
        if parts.scheme not in _PORTS or not host:
            raise FetchError(f"'{parts.scheme or url[:40]}' is not a URL on the web")
        if parts.username is not None:
            raise FetchError("the URL contains a password")
        if not any(fnmatchcase(host, pattern.lower()) for pattern in self._limits.allow):
            raise FetchError(f"the host '{host}' is not allowed")
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
        return parts.scheme, host, parts.port or _PORTS[parts.scheme], path + query

    def _connected(self, scheme: str, host: str, port: int, deadline: float) -> socket.socket:
        """Return a connection to an address that was checked. Raises `FetchError` where one of a host's is private."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
        if refused := next((address for address in addresses if not self._allowed(address)), None):
            raise FetchError(f"the host '{host}' has the address {refused}, which is not public")
        plain = socket.create_connection((str(addresses[0]), port), timeout=_left(deadline))
        if scheme == "http":
            return plain
        try:
            return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        except OSError:
            plain.close()
            raise

    def _body(self, response: http.client.HTTPResponse, deadline: float) -> bytes:
        if response.getheader("Content-Encoding", "identity") != "identity":
            raise FetchError("the server sent the image in an encoding that was not asked for")
        data = bytearray()
        while chunk := response.read1(CHUNK):
            data += chunk
            self._bytes += len(chunk)
            if len(data) > self._limits.max_bytes:
                raise FetchError(f"the image has more than {self._limits.max_bytes} bytes")
            if self._bytes > self._limits.max_total_bytes:
                raise FetchError(f"{self._limits.max_total_bytes} bytes were fetched already")
        _left(deadline)
        if response.length:
            raise FetchError(f"the server sent {response.length} bytes less than it said")
        return bytes(data)


def _left(deadline: float) -> float:
    """Return the seconds that are left. Raises `FetchError` where there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise FetchError("the server took too long")
    return left
