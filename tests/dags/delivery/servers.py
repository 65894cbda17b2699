"""A mail server that takes, refuses, dawdles or hangs up as a test says; it is aiosmtpd, and speaks SMTP in earnest."""

from __future__ import annotations

import asyncio
import email
import email.policy
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "letters", "correct horse"
# What happens at a stage of the conversation: a reply instead of the server's own, or nothing.
Fault = Callable[["Mailbox", SMTP, str], str | None]


class Mailbox:
    """Everything that was accepted. `faults` by stage: MAIL, RCPT, DATA (the text ended), STORED (it is kept)."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, EmailMessage]] = []
        self.raw: list[bytes] = []
        self.stages: list[tuple[str, str]] = []
        self.faults: dict[str, Fault] = {}

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for recipient, mail in self.mails if recipient == address]

    async def handle_MAIL(  # noqa: N802  as aiosmtpd names it
        self, server: SMTP, _: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := await self._meet("MAIL", server, address):
            return answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _: Session, envelope: Envelope, address: str, __: list[str]
    ) -> str:
        if answer := await self._meet("RCPT", server, address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802
        recipient = envelope.rcpt_tos[0]
        if answer := await self._meet("DATA", server, recipient):
            return answer
        content = envelope.original_content or b""
        assert len(envelope.rcpt_tos) == 1
        self.raw.append(content)
        self.mails.append((recipient, email.message_from_bytes(content, policy=email.policy.SMTP)))
        return await self._meet("STORED", server, recipient) or "250 taken"

    async def _meet(self, stage: str, server: SMTP, address: str) -> str | None:
        self.stages.append((stage, address))
        fault = self.faults.get(stage)
        answer = await asyncio.to_thread(fault, self, server, address) if fault else None
        if answer == "drop":
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            await asyncio.sleep(0)
            return "421 gone"
        return answer


def check_login(_: Any, __: Any, ___: Any, ____: str, data: LoginPassword) -> AuthResult:
    is_right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_right, handled=is_right)


@contextmanager
def serve_mail(
    mailbox: Mailbox, *, context: ssl.SSLContext | None = None, implicit: bool = False, login: bool = False
) -> Iterator[int]:
    """Run a server on a free port of loopback; yield the port."""
    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=0,
        ssl_context=context if implicit else None,
        tls_context=None if implicit else context,
        require_starttls=context is not None and not implicit,
        auth_required=login,
        auth_require_tls=context is not None and not implicit,
        authenticator=check_login if login else None,
        server_hostname="mail.test",
    )
    with _free_port(controller):
        yield controller.port


@contextmanager
def _free_port(controller: Controller) -> Iterator[None]:
    # Its own start knocks at the port it was given; with port 0 the one it got is known only afterwards.
    loop_ready: Callable[[], None] = controller._trigger_server  # noqa: SLF001

    def find_port() -> None:
        controller.port = controller.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        loop_ready()

    controller._trigger_server = find_port  # type: ignore[method-assign]  # noqa: SLF001
    controller.start()
    try:
        yield
    finally:
        controller.stop()


def build_context(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*names).configure_cert(context)
    return context
