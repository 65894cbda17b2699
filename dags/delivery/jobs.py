"""The steps that send: letters, the alerts of a night, and what waits. Each ends in lines for people, or an error."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence

import msgspec

from dags.delivery.ledger import (
    WEBHOOK,
    Delivery,
    Follower,
    clear_spool,
    interrupt,
    list_followers,
    list_open,
    register,
    settle,
)
from dags.delivery.outcome import Outcome
from dags.delivery.planning import Plan, plan_alerts, plan_letters
from dags.delivery.sending import Handed, send_due, write_plans
from dags.inputs import Inputs
from dags.run import Run, StepResult
from dags.run_ledger import close_run, open_run
from dags.schedule import Job
from dags.span import Span
from dags.working_file import open_store
from etl.wording import count
from models.errors import ConfigurationError, DeliveryError
from models.settings import Following, is_mail_address
from warehouse.reader import connect
from warehouse.store import Store

Say = Callable[[str], None]


def find_followers(inputs: Inputs) -> list[Follower]:
    """Return everyone the settings name."""
    return list_followers(inputs.settings, has_webhook=bool(inputs.secrets.webhook_url))


def choose_followers(inputs: Inputs, names: Sequence[str]) -> list[Follower]:
    """Return those that are named, else everyone; an address that the settings do not hold is a guest, told everything.

    Raises:
        ConfigurationError: a name is no address, or nobody is there to be told.
    """
    followers = find_followers(inputs)
    if not names:
        if not followers:
            raise ConfigurationError(
                f"{inputs.file.name}: there is no recipient",
                "add a [[digest.recipient]] with an address, or name one: --to",
            )
        return followers
    known = {one.name: one for one in followers}
    for name in names:
        if name.casefold() == WEBHOOK and WEBHOOK not in known:
            raise ConfigurationError("--to webhook: the webhook has no address", "set TRIALWATCH_WEBHOOK_URL")
        if name.casefold() not in known and not is_mail_address(name):
            raise ConfigurationError(f"--to: {name!r} is no mail address", "name an address, or webhook")
    guests = {name.casefold(): name for name in names}
    return [
        known.get(name) or Follower(name, "mail", Following(), address, is_guest=True)
        for name, address in guests.items()
    ]


def send_letters(
    run: Run, span: Span, followers: Sequence[Follower], *, is_named: bool, is_urged: bool, explain: bool
) -> str:
    """Plan the letters of a span, hand over what is due, and return what became of it in a line.

    Raises:
        DeliveryError: someone was not sent what was meant for them, or nobody knows; the ledger says the same.
    """
    interrupt(run)
    register(run, find_followers(run.inputs))
    plans = plan_letters(run.store, run.inputs, followers, span, is_named=is_named, is_urged=is_urged, explain=explain)
    write_plans(run, plans)
    urged = {one.name for one in followers} if is_urged else set()
    handed = send_due(run, [*find_followers(run.inputs), *followers], urged)
    clear_spool(run)
    reached = {one.delivery.recipient for one in handed}
    skipped = [f"{p.follower.name}: {p.reason}" for p in plans if p.reason and p.follower.name not in reached]
    return summarise(handed, skipped)


def send_alerts(run: Run) -> str:
    """Plan the alerts of this night, hand over what is due, and return what became of it in a line.

    Raises:
        DeliveryError: as for letters.
    """
    interrupt(run)
    followers = find_followers(run.inputs)
    register(run, followers)
    write_plans(run, plan_alerts(run.store, run.inputs, followers, run.clock))
    handed = send_due(run, followers)
    clear_spool(run)
    return summarise(handed, [])


def has_to_send(run: Run) -> bool:
    """Return whether anyone is, or was, to be told anything."""
    return bool(find_followers(run.inputs) or run.store.read_rows("recipients") or list_open(run.store))


def summarise(handed: Sequence[Handed], skipped: Sequence[str]) -> str:
    """Return what became of messages in one line.

    Raises:
        DeliveryError: one was not sent, or nobody knows.
    """
    sent = [one for one in handed if one.outcome.state == "sent"]
    parts = [f"{count(len(sent), 'message')} sent"] if sent or not skipped else []
    parts += skipped
    troubles = [_describe(one) for one in handed if one.outcome.state != "sent"]
    if troubles:
        hint = next((one.hint for one in handed if one.hint), "")
        raise DeliveryError("; ".join([*troubles, *parts]), hint or _find_remedy(handed))
    return "; ".join(parts)


def _describe(one: Handed) -> str:
    delivery, outcome = one.delivery, one.outcome
    what = f"{delivery.kind} {delivery.period.removeprefix('alert ')} to {delivery.recipient}"
    if outcome.state == "doubt":
        return f"{what} is in doubt, whether it was taken is not known: {outcome.answer}"
    return f"{what} refused{'' if outcome.is_permanent else ' for now'}: {outcome.answer}"


def _find_remedy(handed: Sequence[Handed]) -> str:
    if any(one.outcome.state == "doubt" for one in handed):
        return "ask the recipient; then `trialwatch digest --resend ADDRESS` or `--settle ADDRESS`"
    if any(one.outcome.is_permanent for one in handed):
        return "correct the address; the next letter tells what this one did"
    return "it is tried again later, by itself"


def settle_doubts(inputs: Inputs, clock: dt.datetime, names: Sequence[str], *, is_resent: bool) -> str:
    """Send again what is in doubt for some recipients, or take it as sent; return what became of it in a line.

    Raises:
        ConfigurationError: nothing of theirs is in doubt.
        DeliveryError: it was not taken now either.
    """

    def step(run: Run) -> str:
        interrupt(run)
        doubts = [one for one in _list_doubts(run) if one.recipient in {name.casefold() for name in names}]
        if not doubts:
            raise ConfigurationError(
                f"nothing to {' or '.join(names)} is in doubt", "`trialwatch status` shows what is"
            )
        if not is_resent:
            for one in doubts:
                settle(run, one, Outcome("sent", "settled by hand"))
            return f"{count(len(doubts), 'message')} taken as sent"
        for one in doubts:
            settle(run, one, Outcome("refused", "to be sent again, by hand"))
        handed = send_due(run, find_followers(inputs), {one.recipient for one in doubts})
        clear_spool(run)
        return summarise(handed, [])

    return run_job(inputs, clock, step)


def send_waiting(inputs: Inputs, clock: dt.datetime) -> str:
    """Offer again what was refused for now and is due; return what became of it in a line."""

    def step(run: Run) -> str:
        interrupt(run)
        handed = send_due(run, find_followers(inputs))
        clear_spool(run)
        return summarise(handed, [])

    return run_job(inputs, clock, step)


def run_job(inputs: Inputs, clock: dt.datetime, step: Callable[[Run], str]) -> str:
    """Run one step that sends, as a run of its own."""
    started = time.perf_counter()
    with (
        inputs.home.lock("digest"),
        open_store(inputs, clock) as store,
        open_run(inputs, store, "delivery", clock.date().isoformat(), clock) as run,
    ):
        with run.step("delivery", is_atomic=False, is_checked=False) as result:
            result.summary = step(run)
        close_step(run, [result], started)
    if result.error:
        raise result.error
    return result.summary


def close_step(run: Run, results: Sequence[StepResult], started: float, does: Job | None = None) -> None:
    """Close a run by how its steps went; `does` is the job whose period it did."""
    errors = [result.error.message for result in results if result.error]
    seconds = time.perf_counter() - started
    close_run(run, exit_code=1 if errors else 0, seconds=seconds, message="; ".join(errors), does=does)


def _list_doubts(run: Run) -> list[Delivery]:
    return [msgspec.convert(row, Delivery) for row in run.store.read_rows("doubtful_deliveries")]


def show_plans(
    inputs: Inputs, span: Span, followers: Sequence[Follower], *, is_named: bool, is_urged: bool, explain: bool
) -> list[Plan]:
    """Return what would be sent now, out of the published file; nothing is written, and nobody is asked.

    Raises:
        WarehouseError: there is no published warehouse, or it is of an older release.
    """
    with Store(connect(inputs.home.published)) as store:
        return plan_letters(store, inputs, followers, span, is_named=is_named, is_urged=is_urged, explain=explain)
