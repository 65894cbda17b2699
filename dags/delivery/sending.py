"""Writing plans to the ledger and handing over what is due, each message by itself. It decides no content."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import msgspec

from dags.delivery.ledger import (
    Delivery,
    Follower,
    begin,
    drop,
    is_due,
    keep_deliveries,
    list_open,
    list_untaken,
    settle,
    write_facts,
)
from dags.delivery.outcome import Outcome, UnreachableError
from dags.delivery.planning import Plan
from dags.delivery.smtp import MailServer
from dags.delivery.spool import read_message, write_message
from dags.delivery.webhook import post_message
from dags.run import Run
from etl.ledger_schemas import DELIVERY, DELIVERY_FACT
from etl.schemas import build_frame

# One way to hand a message over: its bytes, and what to call when it begins.
Send = Callable[[Delivery, bytes, Callable[[], None]], Outcome]
_LOST = Outcome("refused", "its bytes are no longer in the spool; the next letter tells it", is_permanent=True)


class Handed(msgspec.Struct, frozen=True):
    """A message and what became of it."""

    delivery: Delivery
    outcome: Outcome
    hint: str = ""


def write_plans(run: Run, plans: Sequence[Plan]) -> None:
    """Write what is to be sent, spool first; a letter takes the place of what it tells too and was not sent yet."""
    planned = [plan for plan in plans if not plan.reason]
    for plan in planned:
        write_message(run.inputs.home.spool, plan.delivery_id, plan.body)
    ids = [plan.delivery_id for plan in planned]
    with run.store.transaction():
        for delivery in list_untaken(run.store):
            if any(_replaces(plan, delivery) for plan in planned):
                drop(run, delivery)
        run.store.remove("delivery", ids, "delivery_id")
        run.store.remove("delivery_fact", ids, "delivery_id")
        run.store.append("delivery", build_frame([_build_row(run, plan) for plan in planned], DELIVERY))
        facts = [row for plan in planned for row in write_facts(plan.delivery_id, plan.follower.name, plan.facts)]
        run.store.append("delivery_fact", build_frame(facts, DELIVERY_FACT))
        keep_deliveries(run, ids, with_facts=True)


def _replaces(plan: Plan, delivery: Delivery) -> bool:
    """Return whether a letter takes the place of a message not taken: it holds its whole span, or one of its facts."""
    if plan.kind != "letter" or plan.follower.name != delivery.recipient:
        return False
    is_within = plan.span.since <= delivery.since_at and delivery.until_at <= plan.span.until
    return is_within or not {fact.key for fact in plan.facts}.isdisjoint(delivery.facts)


def _build_row(run: Run, plan: Plan) -> dict[str, object]:
    return {
        "delivery_id": plan.delivery_id,
        "recipient": plan.follower.name,
        "channel": plan.follower.channel,
        "kind": plan.kind,
        "period": plan.span.label,
        "since_at": plan.span.since,
        "until_at": plan.span.until,
        "subject": plan.subject,
        "message_id": plan.message_id,
        "content_hash": plan.content_hash,
        "state": "planned",
        "is_permanent": False,
        "tries": 0,
        "next_try_at": None,
        "answer": None,
        "planned_at": run.clock,
        "moved_at": run.clock,
        "run_id": run.run_id,
    }


def send_due(run: Run, followers: Sequence[Follower], urged: Collection[str] = ()) -> list[Handed]:
    """Hand over what is due; to the recipients `urged` also what is to wait longer. Return what became of each."""
    addresses = {one.name: one.address for one in followers}
    waiting = [one for one in list_open(run.store) if is_due(one, run.clock) or one.recipient in urged]
    unreachable: dict[str, UnreachableError] = {}
    with _open_channels(run, addresses) as channels:
        return [_hand_over(run, delivery, channels, unreachable) for delivery in waiting]


def _hand_over(
    run: Run, delivery: Delivery, channels: Mapping[str, Send], unreachable: dict[str, UnreachableError]
) -> Handed:
    body = read_message(run.inputs.home.spool, delivery.delivery_id)
    outcome, hint = _LOST, ""
    if body is not None:
        try:
            if delivery.channel in unreachable:
                raise unreachable[delivery.channel]
            outcome = channels[delivery.channel](delivery, body, lambda: begin(run, delivery))
        except UnreachableError as error:
            # What takes nothing from anyone is not asked once more for each of the others.
            unreachable[delivery.channel] = error
            outcome, hint = Outcome("refused", error.message), error.hint
    settle(run, delivery, outcome)
    return Handed(delivery, outcome, hint)


@contextlib.contextmanager
def _open_channels(run: Run, addresses: Mapping[str, str]) -> Iterator[dict[str, Send]]:
    """Return the ways to hand messages over by their names. A new one is one function here."""
    settings, secrets = run.inputs.settings, run.inputs.secrets
    with MailServer(settings.mail, secrets.smtp_user, secrets.smtp_password) as server:

        def send_mail(delivery: Delivery, body: bytes, begun: Callable[[], None]) -> Outcome:
            return server.send(addresses.get(delivery.recipient, delivery.recipient), body, begun)

        def post(_: Delivery, body: bytes, begun: Callable[[], None]) -> Outcome:
            if not secrets.webhook_url:
                raise UnreachableError("the webhook has no address now", "set TRIALWATCH_WEBHOOK_URL")
            return post_message(secrets.webhook_url, body, settings.digest.webhook.timeout_seconds, begun)

        yield {"mail": send_mail, "webhook": post}
