"""Handing mails to an SMTP server, one a recipient over one connection. It knows nothing of letters or the ledger."""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from collections.abc import Callable
from typing import Self

from dags.delivery.outcome import Outcome, UnreachableError, refuse, show_answer
from models.settings import MailSettings

_DONE, _GO_ON = 2, 354
_REFUSED = (4, 5)
# A server may look long into a whole text: RFC 5321, 4.5.3.2.6, asks for ten minutes.
_PATIENCE = 10
_LINE_DOT = re.compile(rb"(?m)^\.")


class MailServer:
    """A context manager. It connects when the first mail is sent, and again where the server hung up meanwhile."""

    def __init__(self, settings: MailSettings, user: str, password: str) -> None:
        self._settings = settings
        self._user = user
        self._password = password
        self._client: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._leave()

    def greet(self) -> None:
        """Connect and log in, as before a mail.

        Raises:
            UnreachableError: the server takes no mail from us at all.
        """
        self._connect()

    def send(self, recipient: str, mail: bytes, begin: Callable[[], None]) -> Outcome:
        """Hand a mail over. `begin` is called when the server waits for the text, before any of it is sent.

        Only when the text has ended and no answer came, or none that says yes or no, nobody knows what became of it:
        before that end a server must not deliver (RFC 5321, 4.1.1.4).

        Raises:
            UnreachableError: the server takes no mail from us at all.
        """
        client = self._begin_mail()
        is_ended = False
        try:
            code, reply = client.rcpt(recipient)
            if code // 100 != _DONE:
                return self._refuse(client, code, reply)
            code, reply = client.docmd("DATA")
            if code != _GO_ON:
                return self._refuse(client, code, reply)
            begin()
            client.send(_LINE_DOT.sub(b"..", mail))
            client.send(b".\r\n")
            is_ended = True
            code, reply = self._wait_long(client)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Outcome("doubt" if is_ended else "refused", self._show(str(error) or type(error).__name__))
        if code // 100 in _REFUSED:
            return self._refuse(client, code, reply)
        if code // 100 != _DONE:
            self._drop()
            return Outcome("doubt", self._show(f"no answer of SMTP: {code} {_decode(reply)}"))
        return Outcome("sent", self._show(f"{code} {_decode(reply)}"))

    def _begin_mail(self) -> smtplib.SMTP:
        """Return a connection on which a mail was begun; one used before may have been ended since: then a new one."""
        is_fresh = self._client is None
        client = self._connect()
        try:
            code, reply = client.mail(self._settings.sender)
            said = f"{code} {_decode(reply)}"
        except (OSError, smtplib.SMTPException) as error:
            code, said = 0, str(error) or type(error).__name__
        if code // 100 == _DONE:
            return client
        self._drop()
        if not is_fresh:
            return self._begin_mail()
        raise UnreachableError(
            f"mail server {self._where} takes no mail from {self._settings.sender}: {self._show(said)}",
            "look at [mail] from, and at the login in the environment",
        )

    def _wait_long(self, client: smtplib.SMTP) -> tuple[int, bytes]:
        """Return the answer to a whole text, for which a server may take its time."""
        assert client.sock is not None  # noqa: S101  it has just been written to
        client.sock.settimeout(self._settings.timeout_seconds * _PATIENCE)
        answer = client.getreply()
        client.sock.settimeout(self._settings.timeout_seconds)
        return answer

    def _drop(self) -> None:
        """Let a connection go on which nothing more is to be said."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _refuse(self, client: smtplib.SMTP, code: int, reply: bytes) -> Outcome:
        """Return a refusal, and make the connection ready for the next recipient; one that is broken is let go."""
        try:
            client.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()
        return refuse(code, self._show(f"{code} {_decode(reply)}"))

    def _connect(self) -> smtplib.SMTP:
        if self._client is not None:
            return self._client
        try:
            self._client = self._open()
        except (OSError, smtplib.SMTPException) as error:
            raise UnreachableError(f"mail server {self._where}: {self._explain(error)}", _find_remedy(error)) from error
        return self._client

    @property
    def _where(self) -> str:
        return f"{self._settings.host}:{self._settings.port}"

    def _open(self) -> smtplib.SMTP:
        settings = self._settings
        # Certificate and host name are checked; SSL_CERT_FILE names further authorities.
        context = ssl.create_default_context()
        client: smtplib.SMTP
        if settings.security == "tls":
            client = smtplib.SMTP_SSL(settings.host, settings.port, timeout=settings.timeout_seconds, context=context)
        else:
            client = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout_seconds)
        try:
            if settings.security == "starttls":
                client.starttls(context=context)
            client.ehlo_or_helo_if_needed()
            if self._user:
                client.login(self._user, self._password)
        except BaseException:
            client.close()
            raise
        return client

    def _explain(self, error: Exception) -> str:
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"its certificate is not to be trusted: {error.verify_message}"
        if isinstance(error, smtplib.SMTPAuthenticationError):
            return self._show(f"it refuses the login: {error.smtp_code} {_decode(error.smtp_error)}")
        if isinstance(error, smtplib.SMTPResponseException):
            return self._show(f"{error.smtp_code} {_decode(error.smtp_error)}")
        return self._show(str(error) or type(error).__name__)

    def _show(self, text: str) -> str:
        return show_answer(text, (self._password,))

    def _leave(self) -> None:
        if self._client is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._client.quit()
            self._client.close()


def _decode(reply: bytes | str) -> str:
    return reply.decode(errors="replace") if isinstance(reply, bytes) else reply


def _find_remedy(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return "let [mail] host be the name in the certificate; SSL_CERT_FILE names an authority of your own"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "look at TRIALWATCH_SMTP_USER and TRIALWATCH_SMTP_PASSWORD"
    if isinstance(error, smtplib.SMTPNotSupportedError | ssl.SSLError):
        return "look at [mail] port and security; nothing is sent unsecured instead"
    return "look at [mail] host, port and security; it is tried again later"
