"""The ledger of deliveries: who is a recipient since when, who was told what, what waits. It sends nothing.

A message is `planned`, then `sending` from the moment the server waits for its text, then `sent`, `refused` or, where
nobody knows, `doubt`. Each step is committed before the next: a crash loses none and repeats none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import msgspec

from dags.delivery.outcome import Outcome
from dags.delivery.spool import clear_messages
from dags.run import Run
from etl.telling import Fact
from models.digest import Told
from models.settings import Following, Settings
from warehouse.journal import Entry, write_journal
from warehouse.store import Store

WEBHOOK = "webhook"
# Hours until a message that was refused for now is offered again, by how often it was.
_HOURS = (0.25, 1, 4, 12, 24)


class Follower(msgspec.Struct, frozen=True):
    """One who is told: a mail address, or the webhook. `name` is the ledger's, whatever the case of the address.

    `form` is that of the mail. `is_guest`: named on the command line alone, not in the settings.
    """

    name: str
    channel: str
    following: Following
    address: str = ""
    form: str = "html"
    is_guest: bool = False


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """A message that waits."""

    delivery_id: str
    recipient: str
    channel: str
    kind: str
    period: str
    since_at: dt.datetime
    until_at: dt.datetime
    subject: str
    state: str
    tries: int
    next_try_at: dt.datetime | None
    facts: tuple[str, ...] = ()


def list_followers(settings: Settings, *, has_webhook: bool) -> list[Follower]:
    """Return everyone the settings name, in their order."""
    digest = settings.digest
    followers = [Follower(one.address.casefold(), "mail", one, one.address, one.form) for one in digest.recipient]
    return [*followers, Follower(WEBHOOK, WEBHOOK, digest.webhook)] if has_webhook else followers


def interrupt(run: Run) -> None:
    """Call in doubt what a crash left half handed over."""
    with run.store.transaction():
        run.store.run("interrupt_deliveries", clock=run.clock, run_id=run.run_id)


def register(run: Run, followers: Sequence[Follower]) -> None:
    """Note who came and who left since the last run that looked; what waits for one who left is dropped."""
    held = {row["recipient"] for row in run.store.read_rows("recipients")}
    wanted = {one.name: one for one in followers}
    with run.store.transaction():
        for name in sorted(held - wanted.keys()):
            run.store.run("leave_recipient", recipient=name, clock=run.clock)
        for delivery in list_untaken(run.store):
            if delivery.recipient in held and delivery.recipient not in wanted:
                drop(run, delivery)
        for name in wanted.keys() - held:
            starts_at = find_monday(run.clock)
            run.store.run(
                "add_recipient", recipient=name, channel=wanted[name].channel, starts_at=starts_at, clock=run.clock
            )
        if held != wanted.keys():
            _keep_recipients(run)


def find_monday(clock: dt.datetime) -> dt.datetime:
    """Return the start of the ISO week (UTC) of an instant."""
    return dt.datetime.combine(clock.date() - dt.timedelta(days=clock.isoweekday() - 1), dt.time())


def read_recipients(store: Store) -> dict[str, dict[str, Any]]:
    """Return who is known to be in the settings, by name."""
    return {row["recipient"]: row for row in store.read_rows("recipients")}


def read_spans(store: Store, recipient: str) -> list[tuple[dt.datetime, dt.datetime]]:
    """Return the spans that letters told a recipient of, in order."""
    rows = store.read_rows("delivered_spans")
    return [(row["since_at"], row["until_at"]) for row in rows if row["recipient"] == recipient]


def read_told(store: Store, recipient: str) -> dict[str, Told]:
    """Return when a recipient was told each fact, by its key."""
    rows = store.read_rows("told_facts", recipient=recipient)
    return {row["fact"]: Told(row["told_on"], row["is_unsure"]) for row in rows}


def read_pending(store: Store, recipient: str) -> set[str]:
    """Return the keys of what stands in an alert to a recipient, or in a message that waits for it."""
    return set(store.read("pending_facts", recipient=recipient).get_column("fact"))


def read_deliveries(store: Store, recipient: str) -> list[dict[str, Any]]:
    """Return every message to a recipient, the newest first."""
    return store.read_rows("deliveries", recipient=recipient)


def list_open(store: Store) -> list[Delivery]:
    """Return what waits to be handed over, in the order it was planned in."""
    return [msgspec.convert(row, Delivery) for row in store.read_rows("open_deliveries")]


def list_untaken(store: Store) -> list[Delivery]:
    """Return every message that was not taken, also those refused for good, with the keys of the facts in each."""
    return [msgspec.convert(row, Delivery) for row in store.read_rows("untaken_deliveries")]


def is_due(delivery: Delivery, clock: dt.datetime) -> bool:
    """Return whether a message may be offered now."""
    return delivery.next_try_at is None or delivery.next_try_at <= clock


def write_facts(delivery_id: str, recipient: str, facts: Sequence[Fact]) -> list[dict[str, Any]]:
    """Return the rows of what a message tells."""
    return [
        {"delivery_id": delivery_id, "recipient": recipient, "fact": fact.key, "record": fact.record} for fact in facts
    ]


def begin(run: Run, delivery: Delivery) -> None:
    """Commit that a message is being handed over: from here on a crash leaves it in doubt."""
    _move(run, delivery, "sending", tries=delivery.tries + 1, answer=None)


def settle(run: Run, delivery: Delivery, outcome: Outcome) -> None:
    """Commit what became of a message."""
    tries = delivery.tries + 1
    is_tried_again = outcome.state == "refused" and not outcome.is_permanent
    next_try_at = run.clock + dt.timedelta(hours=_HOURS[min(tries, len(_HOURS)) - 1]) if is_tried_again else None
    _move(run, delivery, outcome.state, tries=tries, answer=outcome.answer, next_try_at=next_try_at,
          is_permanent=outcome.is_permanent)  # fmt: skip


def drop(run: Run, delivery: Delivery) -> None:
    """Say that a message is never sent: a later letter tells it, or nobody waits for it. In the open transaction."""
    _write(run, delivery, "dropped", tries=delivery.tries, answer=None)


def _move(run: Run, delivery: Delivery, state: str, **parts: Any) -> None:
    with run.store.transaction():
        _write(run, delivery, state, **parts)
        keep_deliveries(run, [delivery.delivery_id])


def keep_deliveries(run: Run, delivery_ids: Sequence[str], *, with_facts: bool = False) -> None:
    """Write messages as they now stand to the journal that outlives a working file that is lost before it is published.

    In the open transaction: what is committed is in the journal before.
    """
    entries = [Entry("delivery", ["delivery_id"], run.store.read_rows("journal_deliveries", ids=list(delivery_ids)))]
    if with_facts:
        facts = run.store.read_rows("journal_facts", ids=list(delivery_ids))
        entries.append(Entry("delivery_fact", ["delivery_id"], facts))
    write_journal(run.inputs.home.journal, entries)


def _keep_recipients(run: Run) -> None:
    rows = run.store.read_rows("journal_recipients")
    write_journal(run.inputs.home.journal, [Entry("recipient", ["recipient"], rows)])


def _write(run: Run, delivery: Delivery, state: str, **parts: Any) -> None:
    row = {"is_permanent": False, "next_try_at": None, **parts}
    run.store.run(
        "move_delivery", delivery_id=delivery.delivery_id, state=state, clock=run.clock, run_id=run.run_id, **row
    )


def clear_spool(run: Run) -> None:
    """Remove the bytes of messages that nobody will ask for again."""
    keep = set(run.store.read("kept_deliveries").get_column("delivery_id"))
    clear_messages(run.inputs.home.spool, keep)
