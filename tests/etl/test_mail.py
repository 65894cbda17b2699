"""A letter as a mail: the same bytes each time, headers that nothing can break out of, a text and its twin."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
from email.message import EmailMessage

import pytest

from etl.mail import Envelope, build_delivery_id, build_mail

ID = build_delivery_id("letter", "2026-W07", "ann@example.org")
TEXT = "Recruiting → Terminated\n.a dot\nFrom the start\n" + "long " * 60 + "\n"


def build(subject: str = "Quiet week (2026-W07)", recipient: str = "ann@example.org", html: str = "") -> bytes:
    envelope = Envelope(
        sender="letters@trialwatch.test",
        recipient=recipient,
        subject=subject,
        delivery_id=ID,
        written_at=dt.datetime.fromisoformat("2026-02-16T00:00"),
    )
    return build_mail(envelope, TEXT, html)


def read(mail: bytes) -> EmailMessage:
    return email.message_from_bytes(mail, policy=email.policy.SMTP)


def test_the_same_letter_is_the_same_bytes_of_seven_bits_and_short_lines() -> None:
    mail = build(html="<p>é</p>\n")
    assert mail == build(html="<p>é</p>\n")
    assert mail.isascii()
    assert max(map(len, mail.split(b"\r\n"))) <= 78
    assert b"\n" not in mail.replace(b"\r\n", b"")
    parts = {part.get_content_type(): part.get_content().replace("\r\n", "\n") for part in read(mail).iter_parts()}
    assert parts == {"text/plain": TEXT, "text/html": "<p>é</p>\n"}


def test_the_id_of_a_letter_follows_from_kind_period_and_recipient_whatever_its_case() -> None:
    assert build_delivery_id("letter", "2026-W07", "Ann@Example.org") == ID
    others = {build_delivery_id("alert", "2026-W07", "ann@example.org")}
    others |= {build_delivery_id("letter", "2026-W08", "ann@example.org")}
    others |= {build_delivery_id("letter", "2026-W07", "bob@example.org")}
    assert len(others | {ID}) == 4
    assert b"Message-ID: <" + ID.encode() + b".trialwatch@trialwatch.test>\r\n" in build()


@pytest.mark.parametrize("breaks", ["\r\n", "\n", "\r", "\x00", "\x0b", "\u2028", "\x85"])
def test_no_subject_brings_another_header_with_it(breaks: str) -> None:
    mail = read(build(f"2 stopped{breaks}Bcc: eve@example.org{breaks}{breaks}<script>"))
    assert set(mail.keys()) == set(read(build()).keys())
    assert mail["Bcc"] is None
    assert mail.get_content().replace("\r\n", "\n") == TEXT


@pytest.mark.parametrize("recipient", ["ann@example.org\r\nBcc: eve@example.org", "ann@example.org\nX: y"])
def test_no_address_brings_another_header_with_it(recipient: str) -> None:
    with pytest.raises(ValueError, match=r"(?i)newline|address|cr or lf|expected"):
        build(recipient=recipient)
