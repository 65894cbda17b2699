"""What is to be sent to whom: letters and alerts as bytes, with the facts in each. It reads, and sends nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from dags.delivery.ledger import (
    Follower,
    read_deliveries,
    read_pending,
    read_recipients,
    read_spans,
    read_told,
)
from dags.facts import explain_span, read_facts
from dags.inputs import Inputs
from dags.span import Span, extend_back, find_untold
from etl.alert import build_alert, build_alert_subject, select_alert
from etl.digest import Facts, build_digest
from etl.following import select_facts
from etl.mail import Envelope, build_delivery_id, build_mail, build_message_id
from etl.render_html import render_html
from etl.render_markdown import render_markdown
from etl.render_slack import Post, render_slack
from etl.render_text import render_text
from etl.subject import build_subject
from etl.telling import Fact, list_facts, mark_told, tell_retractions_once
from models.change import Weight
from models.digest import Digest
from warehouse.store import Store

# What weighs top is told the same night; where nights failed, up to so long after.
_ALERT_DAYS = 7
_SENT = ("sent", "doubt", "sending")


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One message to one follower. `told_before` counts the facts in it that were told before, which are not `facts`.

    `body` are the bytes that are sent; `reason` says why nothing is, where nothing is.
    """

    follower: Follower
    kind: str
    span: Span
    delivery_id: str = ""
    message_id: str = ""
    subject: str = ""
    body: bytes = b""
    text: str = ""
    facts: tuple[Fact, ...] = ()
    told_before: int = 0
    reason: str = ""

    @property
    def content_hash(self) -> str:
        """The BLAKE2b of the bytes."""
        return hashlib.blake2b(self.body, digest_size=16).hexdigest()


Mail = Callable[[Envelope, Digest, Weight], bytes]
_MAILS: dict[str, Mail] = {
    "html": lambda envelope, digest, weight: build_mail(
        envelope, render_text(digest, weight), render_html(digest, weight)
    ),
    "text": lambda envelope, digest, weight: build_mail(envelope, render_text(digest, weight)),
    "markdown": lambda envelope, digest, weight: build_mail(
        envelope, render_markdown(digest, weight), subtype="markdown"
    ),
}


def plan_letters(
    store: Store,
    inputs: Inputs,
    followers: Sequence[Follower],
    span: Span,
    *,
    is_named: bool,
    is_urged: bool,
    explain: bool,
) -> list[Plan]:
    """Return a letter for each follower, or why there is none.

    A span that the user named is told as it is; else `span` is the newest week, and each follower's letter begins with
    the first week that it was told nothing of.
    """
    facts: dict[Span, Facts] = {}
    known = read_recipients(store)
    plans = []
    for follower in followers:
        own = span if is_named or follower.is_guest else _find_span(store, follower, span, known.get(follower.name))
        if own is None:
            reason = _describe_doubt(store, follower, span) or f"{span.label} was sent before"
            plans.append(Plan(follower=follower, kind="letter", span=span, reason=reason))
            continue
        if own not in facts:
            facts[own] = read_facts(store, own)
        plans += _plan_letter(store, inputs, follower, own, facts[own], is_urged=is_urged, explain=explain)
    return plans


def _find_span(store: Store, follower: Follower, week: Span, known: Mapping[str, Any] | None) -> Span | None:
    """Return the weeks that a follower was told nothing of; one who never had a letter begins with the newest week."""
    spans = read_spans(store, follower.name)
    # What was meant for it and was not taken is still to be told.
    missed = [row["since_at"] for row in read_deliveries(store, follower.name) if _is_missed(row, known)]
    starts_at = min([known["starts_at"] if known else week.since, *missed])
    own = [one for one in spans if one[1] > starts_at]
    since = find_untold(own, starts_at if own else min(starts_at, week.since), week.until)
    return None if since is None else extend_back(week, since)


def _is_missed(row: Mapping[str, Any], known: Mapping[str, Any] | None) -> bool:
    is_own = known is not None and row["planned_at"] >= known["first_seen_at"]
    return is_own and row["kind"] == "letter" and row["state"] in ("refused", "dropped")


def _plan_letter(
    store: Store, inputs: Inputs, follower: Follower, span: Span, facts: Facts, *, is_urged: bool, explain: bool
) -> list[Plan]:
    weight = follower.following.minimum_weight or inputs.settings.digest.minimum_weight
    told = read_told(store, follower.name)
    followed = tell_retractions_once(select_facts(facts, follower.following), told)
    every = list_facts(followed, weight)
    fresh = tuple(fact for fact in every if fact.key not in told)
    plan = Plan(follower=follower, kind="letter", span=span, facts=fresh, told_before=len(every) - len(fresh))
    waiting = _find_waiting(store, follower, span)
    if waiting and not (is_urged and waiting["is_permanent"]):
        return [msgspec.structs.replace(plan, reason=_describe_waiting(span, waiting))]
    if not fresh and find_untold(read_spans(store, follower.name), span.since, span.until) is None:
        reason = _describe_doubt(store, follower, span) or f"all of {span.label} was told before"
        return [msgspec.structs.replace(plan, reason=reason)]
    digest = build_digest(
        mark_told(followed, told), label=span.label, since=span.since, until=span.until, minimum_weight=weight
    )
    digest = explain_span(store, digest, span) if explain else digest
    return _write(store, inputs, plan, digest, weight=weight, subject=build_subject(digest), written_at=span.until)


def _find_waiting(store: Store, follower: Follower, span: Span) -> dict[str, Any] | None:
    """Return the message of this very span that was refused, or not sent yet: it is not planned a second time."""
    rows = read_deliveries(store, follower.name)
    of_span = [row for row in rows if (row["kind"], row["period"]) == ("letter", span.label)]
    return next((row for row in of_span if row["state"] in ("planned", "refused")), None)


def _describe_doubt(store: Store, follower: Follower, span: Span) -> str:
    """Return that nobody knows whether a span was told; "" where that is known."""
    for row in read_deliveries(store, follower.name):
        is_within = row["kind"] == "letter" and row["since_at"] < span.until and span.since < row["until_at"]
        if is_within and row["state"] == "doubt":
            return f"{row['period']} is in doubt ({row['answer']}); --resend sends it again, --settle takes it as sent"
    return ""


def _describe_waiting(span: Span, row: Mapping[str, Any]) -> str:
    if row["is_permanent"]:
        return f"{span.label} was refused for good ({row['answer']}); --to tries it once more"
    return f"{span.label} waits to be offered again"


def plan_alerts(store: Store, inputs: Inputs, followers: Sequence[Follower], clock: dt.datetime) -> list[Plan]:
    """Return an alert for each follower who wants them and for whom something of top weight was found."""
    known = read_recipients(store)
    return [
        plan
        for follower in followers
        if follower.following.alerts
        for plan in _plan_alert(store, inputs, follower, known[follower.name]["first_seen_at"], clock)
    ]


def _plan_alert(
    store: Store, inputs: Inputs, follower: Follower, first_seen_at: dt.datetime, clock: dt.datetime
) -> list[Plan]:
    since = max(first_seen_at, clock - dt.timedelta(days=_ALERT_DAYS))
    span = Span(f"alert {clock:%Y-%m-%dT%H:%M}", since, clock + dt.timedelta(seconds=1))
    told = read_told(store, follower.name).keys() | read_pending(store, follower.name)
    facts = select_alert(select_facts(read_facts(store, span), follower.following), told)
    if not (facts.changes or facts.papers):
        return []
    fresh = tuple(fact for fact in list_facts(facts, "top") if fact.key not in told)
    digest = build_alert(
        facts, label=f"{clock:%Y-%m-%d}", since=dt.datetime.combine(clock.date(), dt.time()), until=span.until
    )
    plan = Plan(follower=follower, kind="alert", span=span, facts=fresh)
    return _write(store, inputs, plan, digest, weight="top", subject=build_alert_subject(digest), written_at=clock)


def _write(
    store: Store,
    inputs: Inputs,
    plan: Plan,
    digest: Digest,
    *,
    weight: Weight,
    subject: str,
    written_at: dt.datetime,
) -> list[Plan]:
    """Return a plan with the bytes of its message, for the webhook as many as it takes; a digest gives its bytes."""
    follower, period = plan.follower, plan.span.label
    # What was sent of the same period before has its own Message-ID: this one tells what that one did not.
    sent = sum(
        (row["kind"], row["period"]) == (plan.kind, period) and row["state"] in _SENT
        for row in read_deliveries(store, follower.name)
    )
    delivery_id = build_delivery_id(plan.kind, f"{period}+{sent}" if sent else period, follower.name)
    sender = inputs.settings.mail.sender
    whole = msgspec.structs.replace(plan, subject=subject, text=render_text(digest, weight))
    if follower.channel != "mail":
        return _divide(whole, delivery_id, sender, render_slack(digest, weight, subject))
    envelope = Envelope(
        sender=sender, recipient=follower.address, subject=subject, delivery_id=delivery_id, written_at=written_at
    )
    return [_name(whole, delivery_id, sender, _MAILS[follower.form](envelope, digest, weight))]


def _name(plan: Plan, delivery_id: str, sender: str, body: bytes) -> Plan:
    return msgspec.structs.replace(
        plan, delivery_id=delivery_id, message_id=build_message_id(delivery_id, sender), body=body
    )


def _divide(plan: Plan, delivery_id: str, sender: str, posts: Sequence[Post]) -> list[Plan]:
    """Return a plan for each post, with the facts told in it first; what is no entry of its own stands in the last."""
    plans = []
    left = list(plan.facts)
    for place, post in enumerate(posts):
        is_last = place == len(posts) - 1
        own = tuple(fact for fact in left if is_last or fact.record in post.records)
        left = [fact for fact in left if fact not in own]
        # The order of their names is that in which they are sent.
        name = f"{delivery_id}-{place + 1:03d}" if place else delivery_id
        part = msgspec.structs.replace(plan, facts=own, told_before=plan.told_before if not place else 0)
        plans.append(_name(msgspec.structs.replace(part, text=part.text if not place else ""), name, sender, post.body))
    return plans
