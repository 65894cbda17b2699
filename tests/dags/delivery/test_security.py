"""The connection to the mail server: secured as set or not at all, its certificate checked."""

from __future__ import annotations

import pytest
import trustme

from dags.delivery.outcome import UnreachableError
from dags.delivery.smtp import MailServer
from models.settings import MailSettings
from tests.dags.delivery.servers import PASSWORD, USER, Mailbox, build_context, serve_mail

MAIL = b"Subject: x\r\n\r\n.a line that begins with a dot\r\n"


def settings(port: int, security: str, host: str = "localhost") -> MailSettings:
    return MailSettings(sender="letters@trialwatch.test", host=host, port=port, security=security, timeout_seconds=5)  # type: ignore[arg-type]


def send(one: MailSettings, user: str = "", password: str = "") -> str:
    with MailServer(one, user, password) as server:
        return server.send("ann@example.org", MAIL, lambda: None).state


# aiosmtpd does not count a connection that is secured from its start.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.usefixtures("trust")
@pytest.mark.parametrize(("security", "implicit"), [("starttls", False), ("tls", True)])
def test_a_secured_connection_with_a_login_takes_the_mail_as_it_was(
    security: str, implicit: bool, mailbox: Mailbox, authority: trustme.CA
) -> None:
    context = build_context(authority, "localhost")
    with serve_mail(mailbox, context=context, implicit=implicit, login=True) as port:
        assert send(settings(port, security), USER, PASSWORD) == "sent"
        assert mailbox.raw == [MAIL]
        with pytest.raises(UnreachableError, match="refuses the login: 535") as caught:
            send(settings(port, security), USER, "wrong words")
    assert "wrong words" not in caught.value.message
    assert "TRIALWATCH_SMTP_PASSWORD" in caught.value.hint


@pytest.mark.usefixtures("trust")
@pytest.mark.parametrize(("security", "implicit"), [("starttls", False), ("tls", True)])
@pytest.mark.parametrize("name", ["elsewhere.test", "localhost"])
def test_a_certificate_of_another_name_or_of_nobody_known_is_refused(
    security: str, implicit: bool, name: str, mailbox: Mailbox, authority: trustme.CA
) -> None:
    signer = authority if name != "localhost" else trustme.CA()
    with (
        serve_mail(mailbox, context=build_context(signer, name), implicit=implicit) as port,
        pytest.raises(UnreachableError, match="certificate is not to be trusted") as caught,
    ):
        send(settings(port, security))
    assert "SSL_CERT_FILE" in caught.value.hint
    assert not mailbox.stages


def test_a_server_without_starttls_gets_nothing_unsecured(mailbox: Mailbox, port: int) -> None:
    with pytest.raises(UnreachableError, match="STARTTLS") as caught:
        send(settings(port, "starttls", "127.0.0.1"), USER, PASSWORD)
    assert "nothing is sent unsecured" in caught.value.hint
    assert not mailbox.stages


def test_a_server_that_refuses_the_sender_refuses_everyone_for_now(mailbox: Mailbox, port: int) -> None:
    mailbox.faults["MAIL"] = lambda *_: "550 no such sender"
    with pytest.raises(UnreachableError, match=r"takes no mail from letters@trialwatch\.test: 550 no such sender"):
        send(settings(port, "none", "127.0.0.1"))
