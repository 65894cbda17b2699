"""One letter to one recipient as the bytes of a mail, the same for the same letter. Pure: it sends nothing."""

from __future__ import annotations

import datetime as dt
import email.policy
import email.utils
import hashlib
from email.headerregistry import Address
from email.message import EmailMessage

import msgspec

from etl.wording import flatten

# Quoted-printable passes every server, 8BITMIME or not, and is read by people in a pinch.
_ENCODING = "quoted-printable"
_POLICY = email.policy.SMTP.clone(max_line_length=76, cte_type="7bit")
_NAME = "Trial watch"


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """What a mail says beside its text. `written_at` is UTC; `delivery_id` names kind, period and recipient."""

    sender: str
    recipient: str
    subject: str
    delivery_id: str
    written_at: dt.datetime


def build_delivery_id(kind: str, period: str, recipient: str) -> str:
    """Return the name of one message to one recipient: the same whenever it is built; it gives no address away."""
    return hashlib.blake2b(f"{kind}\n{period}\n{recipient.casefold()}".encode(), digest_size=12).hexdigest()


def build_message_id(delivery_id: str, sender: str) -> str:
    """Return the Message-ID of a delivery, with angle brackets."""
    return f"<{delivery_id}.trialwatch@{_find_domain(sender)}>"


def build_mail(envelope: Envelope, text: str, html: str = "", *, subtype: str = "plain") -> bytes:
    """Return a mail with a text, and its HTML twin where there is one; `subtype` is that of the text.

    No header can bring another with it: the subject is made one line, addresses must be plain ones.

    Raises:
        ValueError: an address that is none.
    """
    domain = _find_domain(envelope.sender)
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Address(_NAME, addr_spec=envelope.sender)
    mail["To"] = Address(addr_spec=envelope.recipient)
    mail["Subject"] = flatten(envelope.subject)
    mail["Date"] = email.utils.format_datetime(envelope.written_at.replace(tzinfo=dt.UTC))
    mail["Message-ID"] = build_message_id(envelope.delivery_id, envelope.sender)
    mail["List-Id"] = f"{_NAME} <trialwatch.{domain}>"
    mail["List-Unsubscribe"] = f"<mailto:{envelope.sender}?subject=unsubscribe>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text, subtype=subtype, charset="utf-8", cte=_ENCODING)
    if html:
        mail.add_alternative(html, subtype="html", charset="utf-8", cte=_ENCODING)
        # Left to chance, it would make other bytes of the same letter.
        mail.set_boundary(f"=_{envelope.delivery_id}_=")
    return mail.as_bytes()


def _find_domain(address: str) -> str:
    return address.rpartition("@")[2]
