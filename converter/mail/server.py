"""The way to a server that takes mail (SMTP): a connection, and what its answers mean."""

import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress

from converter.config.mail import PORTS, Mail
from converter.diagnostics import Code, ConverterError, shortened
from converter.mail.message import Message

MEGABYTE = 1_000_000
WAITS = (2.0, 15.0, 60.0)
"""Seconds before each new attempt, where a server says that it cannot do something now."""
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_HINTS = {
    "starttls": 'security = "tls" is for servers that speak TLS from the first byte (port 465)',
    "tls": 'security = "starttls" is for servers that begin without (port 587)',
    "none": "ask who runs the server which port and `security` it wants",
}


class MailError(ConverterError):
    """A message, or none at all, can be sent."""


class UncertainError(MailError):
    """A message was handed over, and no answer came."""


class UnreachableError(MailError):
    """The server takes no message of ours, whatever it is."""


class _TemporaryError(Exception):
    """The server cannot do it now."""


class Session:
    """A connection that is made when it is needed, and made again when it was lost."""

    def __init__(self, settings: Mail, password: str, domain: str, pause: Callable[[float], None] = time.sleep) -> None:
        """`domain` is what we say that we are."""
        self._settings, self._password, self._domain, self._pause = settings, password, domain, pause
        self._smtp: smtplib.SMTP | None = None

    def deliver(self, message: Message, begin: Callable[[], None]) -> None:
        """Send a message; `begin` is called when the server has taken the addresses, before it gets the message.

        Raises `MailError` when the server has not taken it, for good or after all attempts, `UncertainError` when
        nobody knows, and `UnreachableError`.
        """
        for wait in (*WAITS, None):
            try:
                self._attempt(message, begin)
                return
            except _TemporaryError as error:
                self.close()
                if wait is None:
                    reason = f"the server could not do it in {len(WAITS) + 1} attempts: {error}"
                    raise self._error(MailError, reason, "run the same command later") from error
                self._pause(wait)

    def close(self) -> None:
        """End the connection, if there is one."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                smtp.quit()
            smtp.close()

    def _attempt(self, message: Message, begin: Callable[[], None]) -> None:
        smtp = self._open()
        said = smtp.esmtp_features.get("size", "")
        check_size(message, int(said) if said.isdecimal() else 0, "the server takes")
        try:
            self._check(*smtp.mail(str(message.sender), self._options(smtp, message)))
            self._check(*smtp.rcpt(str(message.to)))
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            raise _TemporaryError(f"the connection was lost ({error})") from error
        begin()
        try:
            code, answer = smtp.data(message.data)
        except smtplib.SMTPDataError as error:
            code, answer = error.smtp_code, _bytes(error.smtp_error)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self.close()
            reason = f"the connection was lost before the server said that it has the message ({error})"
            hint = "ask the reader; --again sends it once more"
            raise self._error(UncertainError, reason, hint, Code.MAIL_UNCERTAIN) from error
        self._check(code, answer)

    def _options(self, smtp: smtplib.SMTP, message: Message) -> list[str]:
        """Return what is said with the sender. Raises `MailError` for an address that the server does not know."""
        options = [f"SIZE={len(message.data)}"] if smtp.has_extn("size") else []
        if not (message.to.needs_utf8 or message.sender.needs_utf8):
            return options
        if not smtp.has_extn("smtputf8"):
            reason = "an address has letters that the server does not take (it has no SMTPUTF8)"
            raise self._error(MailError, reason, "use an address in ASCII")
        smtp.command_encoding = "utf-8"
        return [*options, "SMTPUTF8", "BODY=8BITMIME"]

    def _check(self, code: int, answer: bytes) -> None:
        """Raise for an answer that is none of success."""
        if 200 <= code < 300:
            return
        said = self._said(code, answer)
        if 400 <= code < 500:
            raise _TemporaryError(said)
        if self._smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.rset()
        raise self._error(
            MailError, f"the server refused it: {said}", "correct the address, or ask who runs the server"
        )

    def _open(self) -> smtplib.SMTP:
        if self._smtp is None:
            try:
                self._smtp = self._connected()
            except smtplib.SMTPResponseException as error:
                said = self._said(error.smtp_code, _bytes(error.smtp_error))
                if 400 <= error.smtp_code < 500:
                    raise _TemporaryError(said) from error
                is_login = isinstance(error, smtplib.SMTPAuthenticationError)
                what, hint = ("does not let us in", "check `user` and the password") if is_login else ("refuses us", "")
                raise self._error(UnreachableError, f"{self._place} {what}: {said}", hint) from error
            except ssl.SSLCertVerificationError as error:
                reason = f"the certificate of {self._place} is not to be trusted: {error.verify_message}"
                hint = "check `server`; `ca_file` names certificates of your own"
                raise self._error(UnreachableError, reason, hint) from error
            except smtplib.SMTPNotSupportedError as error:
                what = "does not encrypt (it has no STARTTLS)" if "STARTTLS" in str(error) else "has no way to log in"
                hint = (
                    _HINTS["starttls"]
                    if "STARTTLS" in str(error)
                    else "leave out `user`, or check `security` and `port`"
                )
                raise self._error(UnreachableError, f"{self._place} {what}", hint) from error
            except (smtplib.SMTPException, OSError) as error:
                why = "no answer in time" if isinstance(error, TimeoutError) else str(error)
                hint = _HINTS[self._settings.security] if not isinstance(error, socket.gaierror) else "check `server`"
                raise self._error(UnreachableError, f"{self._place} cannot be used: {why}", hint) from error
        return self._smtp

    def _connected(self) -> smtplib.SMTP:
        """Return a connection that is encrypted and logged in as the settings say, or raise what smtplib raises."""
        mail = self._settings
        context = self._context()
        place = (mail.server, self._port, self._domain)
        smtp = (
            smtplib.SMTP_SSL(*place, timeout=mail.timeout, context=context)
            if mail.security == "tls"
            else smtplib.SMTP(*place, timeout=mail.timeout)
        )
        try:
            if mail.security == "starttls":
                smtp.starttls(context=context)
            smtp.ehlo_or_helo_if_needed()
            if mail.user:
                smtp.login(mail.user, self._password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _context(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self._settings.ca_file or None)
        except OSError as error:  # of TLS, too
            reason = f"`ca_file` cannot be used: {error.strerror or error}"
            raise self._error(UnreachableError, reason, "it is a file of certificates in the form PEM") from error

    @property
    def _port(self) -> int:
        return self._settings.port or PORTS[self._settings.security]

    @property
    def _place(self) -> str:
        return f"{self._settings.server}:{self._port}"

    def _said(self, code: int, answer: bytes) -> str:
        """Return an answer on one line; a server that repeats a password is not repeated."""
        text = " ".join(answer.decode("utf-8", "replace").split())
        return shortened(f"{code} {text.replace(self._password, '…') if self._password else text}")

    def _error(self, kind: type[MailError], reason: str, hint: str, code: Code = Code.MAIL_FAILED) -> MailError:
        return kind(code, reason, hint=hint or None)


def check_size(message: Message, most: int, whose: str) -> None:
    """Raise `MailError` for a message of more than `most` bytes; 0 is no bound."""
    if most and len(message.data) > most:
        raise MailError(
            Code.MAIL_TOO_LARGE,
            f"the message has {len(message.data):,} bytes, and {whose} {most:,}",
            hint=f"volumes are small enough with `megabytes = {max(1, int(most / MEGABYTE / 1.4))}` in [output.epub]",
        )


def is_loopback(server: str) -> bool:
    """Return whether a server is on this machine."""
    return server.lower() in _LOOPBACK


def _bytes(answer: bytes | str) -> bytes:
    return answer if isinstance(answer, bytes) else answer.encode()
