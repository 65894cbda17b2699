"""`trialwatch digest`: the letter to a file, to those who follow, or only to the terminal. It chooses no content."""

from __future__ import annotations

import datetime as dt

import msgspec

from dags.console import note, say, show_step
from dags.delivery.jobs import choose_followers, find_followers, settle_doubts, show_plans
from dags.delivery.planning import Plan
from dags.inputs import Inputs
from dags.letters import Form
from dags.span import Span, choose_span
from dags.weekly import run_weekly
from etl.wording import count
from models.errors import ConfigurationError


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """The options of the command, as they were given."""

    week: str | None = None
    since: str | None = None
    until: str | None = None
    is_sent: bool = False
    is_dry: bool = False
    to: tuple[str, ...] = ()
    resend: tuple[str, ...] = ()
    settle: tuple[str, ...] = ()
    form: str | None = None
    is_explained: bool = False

    @property
    def is_named(self) -> bool:
        """Whether a span was asked for."""
        return bool(self.week or self.since or self.until)


def run_digest(inputs: Inputs, clock: dt.datetime, wish: Wish) -> None:
    """Do what was asked for.

    Raises:
        ConfigurationError: options that contradict each other, or a recipient that is none.
        DeliveryError: someone was not sent what was meant for them.
    """
    _check(wish)
    if wish.resend or wish.settle:
        names = wish.resend or wish.settle
        say(settle_doubts(inputs, clock, names, is_resent=bool(wish.resend)))
        return
    span = choose_span(clock, wish.week, wish.since, wish.until)
    if wish.is_dry:
        _show(inputs, span, wish)
        return
    followers = choose_followers(inputs, wish.to) if wish.is_sent else []
    path = run_weekly(
        inputs,
        span,
        clock,
        followers,
        form=Form(wish.form) if wish.form else None,
        explain=wish.is_explained,
        is_named=wish.is_named,
        is_urged=bool(wish.to),
        report=show_step,
    )
    if find_followers(inputs) and not wish.is_sent:
        note("written to a file alone, nobody is told: --send sends it, --dry-run shows to whom")
    say(str(path))


def _check(wish: Wish) -> None:
    if wish.to and not (wish.is_sent or wish.is_dry):
        raise ConfigurationError("--to says to whom, and nothing is sent", "add --send, or --dry-run to see it first")
    if wish.is_sent and wish.is_dry:
        raise ConfigurationError("--send and --dry-run cannot go together", "name one of them")
    if wish.is_dry and wish.form:
        raise ConfigurationError("--format is of a file, and --dry-run writes none", "leave one of them out")
    settles = bool(wish.resend) + bool(wish.settle)
    others = (wish.is_named, wish.is_sent, wish.is_dry, wish.to, wish.form, wish.is_explained)
    if settles > 1 or (settles and any(others)):
        raise ConfigurationError("--resend and --settle stand alone", "name one of them, with an address")


def _show(inputs: Inputs, span: Span, wish: Wish) -> None:
    followers = choose_followers(inputs, wish.to)
    for plan in show_plans(
        inputs, span, followers, is_named=wish.is_named, is_urged=bool(wish.to), explain=wish.is_explained
    ):
        say(f"to {plan.follower.address or plan.follower.name}: {_describe(plan)}")
        if plan.text:
            say("\n" + plan.text)
    note("dry run: nothing was written, nothing was sent")


def _describe(plan: Plan) -> str:
    if plan.reason:
        return f"nothing, {plan.reason}"
    before = f", {plan.told_before} told before" if plan.told_before else ""
    return f"{plan.subject}\n{count(len(plan.facts), 'fact')}{before}; {plan.message_id}"
