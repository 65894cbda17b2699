"""The commands that read the published warehouse: its state, trial histories, the living review, the landscape, SQL."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer

from dags.commands.options import Clock

commands = typer.Typer()


class ReviewPart(StrEnum):  # typer reads lists of an Enum, not of a Literal
    """A part of the living review."""

    claims = "claims"
    week = "week"
    printing = "printing"
    agents = "agents"
    due = "due"
    results = "results"
    open = "open"


class VerdictName(StrEnum):
    """A verdict on a claim."""

    stands = "stands"
    outdated = "outdated"
    outdated_at_press = "outdated_at_press"
    record_contradicts = "record_contradicts"
    cannot_tell = "cannot_tell"


@commands.command()
def status(
    context: typer.Context,
    clock: Clock = None,
    form: Annotated[Literal["text", "json"], typer.Option("--format", help="How it is written.")] = "text",
) -> None:
    """Show the last runs, how fresh all is, and what is due next.

    Exit 1 where something is wrong.
    """
    from dags.clock import read_clock
    from dags.inputs import read_inputs
    from dags.status import show_status

    raise typer.Exit(show_status(read_inputs(context.obj), read_clock(clock), form))


@commands.command()
def history(
    context: typer.Context,
    number: Annotated[str, typer.Argument(metavar="NCT...", help="A trial, by its number or an alias.")],
    form: Annotated[
        Literal["text", "json", "csv", "md"],
        typer.Option("--format", help="text is for reading; json, csv and md hold every text whole."),
    ] = "text",
) -> None:
    """Show a trial's life: its statuses and every change.

    Each with the sponsor's day and the day it was first seen.
    """
    from dags.history_view import show_history
    from dags.inputs import find_home, read_settings

    show_history(find_home(context.obj, read_settings(context.obj)), number, form)


@commands.command()
def review(
    context: typer.Context,
    *,
    clock: Clock = None,
    form: Annotated[
        Literal["text", "markdown", "html", "json"], typer.Option("--format", help="How it is written.")
    ] = "text",
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it to this file.")] = None,
    part: Annotated[
        list[ReviewPart] | None,
        typer.Option("--part", help="These parts alone. Default: on a terminal claims, week, due, open; in files all."),
    ] = None,
    section: Annotated[str, typer.Option(metavar="TEXT", help="Only sections whose name holds this.")] = "",
    verdict: Annotated[
        list[VerdictName] | None,
        typer.Option("--verdict", help="Only claims of this verdict."),
    ] = None,
    name: Annotated[str, typer.Option("--review", metavar="ID", help="This one of several reviews.")] = "",
) -> None:
    """Show the living review: which of its claims stand today.

    Each with the rule that decided and its evidence.
    """
    from dags.clock import read_clock
    from dags.inputs import read_inputs
    from dags.review_command import ReviewForm, ReviewWish, show_review

    wish = ReviewWish(
        form=ReviewForm(form),
        out=out,
        review=name,
        section=section,
        verdicts=tuple(verdict or ()),
        parts=tuple(part or ()),
    )
    show_review(read_inputs(context.obj), read_clock(clock), wish)


@commands.command()
def report(
    context: typer.Context,
    *,
    clock: Clock = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it to this file.")] = None,
    target: Annotated[list[str] | None, typer.Option(help="Only trials of this target; may be given again.")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DAY", help="What moved from this day on. Default: 28 days back.")
    ] = None,
) -> None:
    """Write the landscape as one HTML file to look at.

    What moved, timelines, a heat map, papers a month, every trial with its history.
    """
    from dags.clock import read_clock
    from dags.inputs import read_inputs
    from dags.report_command import run_report

    run_report(read_inputs(context.obj), read_clock(clock), out=out, targets=target or (), since=since)


@commands.command(context_settings={"ignore_unknown_options": True})  # a query may begin with a comment: --
def sql(
    context: typer.Context,
    query: Annotated[str | None, typer.Argument(help="DuckDB SQL, or - to read it from standard input.")] = None,
    *,
    named: Annotated[str | None, typer.Option(metavar="NAME", help="A query that comes with the program.")] = None,
    given: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A DuckDB variable that the query uses.")
    ] = None,
    is_list: Annotated[bool, typer.Option("--list", help="List the named queries and what each can be told.")] = False,
    form: Annotated[
        Literal["table", "tsv", "csv", "json", "parquet"] | None,
        typer.Option("--format", help="Default: a table on a terminal, tabs where piped, by the ending of --out."),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the answer there.")] = None,
    clock: Clock = None,
) -> None:
    """Ask the published warehouse; read-only.

    A query has no access to other files.
    """
    from dags.asking import answer, read_question, show_queries
    from dags.clock import read_clock
    from dags.inputs import find_home, read_settings

    if is_list:
        if form == "parquet":
            raise typer.BadParameter("it goes with a query", param_hint="--format parquet")
        show_queries(form)
        return
    question = read_question(query, named, given or [], read_clock(clock).date())
    home = find_home(context.obj, read_settings(context.obj))
    answer(home.published, question, form, out)
