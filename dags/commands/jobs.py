"""The commands that write: a watchlist to start from, nights, letters, the service."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from dags.commands.options import Clock

commands = typer.Typer()


@commands.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Where watchlist.toml is written.")] = Path(),
) -> None:
    """Write a watchlist.toml to start from.

    It watches the review's trials, agents and targets.
    """
    from dags.console import say
    from dags.inputs import write_watchlist

    file = write_watchlist(folder)
    say(f"wrote {file}")
    say("next: put your address into [source.pubmed] email, then `trialwatch run`")


@commands.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="An empty or new folder for its data.")] = Path("demo"),
) -> None:
    """Run an invented sample world end to end, without network.

    Three nights and a letter.
    """
    from dags.sample.demo import run_demo

    raise typer.Exit(run_demo(folder))


@commands.command()
def run(context: typer.Context, clock: Clock = None) -> None:
    """Read every source, record what changed, publish the warehouse."""
    from dags.clock import read_clock
    from dags.console import describe_news, note, say, show_step, waiting
    from dags.inputs import read_inputs
    from dags.nightly import run_nightly

    inputs = read_inputs(context.obj)
    if not inputs.items and not inputs.settings.watch.is_everything:
        note(f"{inputs.file.name} watches nothing; add to [watch] trials, agents or targets")
    with waiting("reading the sources"):
        result = run_nightly(inputs, read_clock(clock), report=show_step)
    say(f"{describe_news(result.news)}. Warehouse: {inputs.home.published}. Exit {result.exit_code}.")
    raise typer.Exit(result.exit_code)


@commands.command()
def digest(
    context: typer.Context,
    *,
    clock: Clock = None,
    week: Annotated[str | None, typer.Option(metavar="2026-W07", help="This ISO week.")] = None,
    since: Annotated[str | None, typer.Option(metavar="INSTANT", help="From here on, with --until.")] = None,
    until: Annotated[str | None, typer.Option(metavar="INSTANT", help="Up to here.")] = None,
    send: Annotated[
        bool, typer.Option("--send", help="Send it to everyone who follows, each what is new to them.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what --send would send to whom; nothing is written or sent.")
    ] = False,
    to: Annotated[
        list[str] | None, typer.Option(metavar="ADDRESS", help="With --send or --dry-run: to these alone, and at once.")
    ] = None,
    resend: Annotated[
        list[str] | None, typer.Option(metavar="ADDRESS", help="Send again what is in doubt for this recipient.")
    ] = None,
    settle: Annotated[
        list[str] | None, typer.Option(metavar="ADDRESS", help="Take as sent what is in doubt for this recipient.")
    ] = None,
    form: Annotated[
        Literal["markdown", "html", "text", "json", "atom"] | None,
        typer.Option("--format", help="Write this form alone. Default: Markdown, with HTML and the feed beside it."),
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say of each trial and paper why it is here.")] = False,
) -> None:
    """Write the letter of a week to a file; --send mails it.

    By default of the last ISO week (UTC) that is over.
    """
    from dags.clock import read_clock
    from dags.digest_command import Wish, run_digest
    from dags.inputs import read_inputs

    wish = Wish(
        week=week,
        since=since,
        until=until,
        is_sent=send,
        is_dry=dry_run,
        to=tuple(to or ()),
        resend=tuple(resend or ()),
        settle=tuple(settle or ()),
        form=form,
        is_explained=explain,
    )
    run_digest(read_inputs(context.obj), read_clock(clock), wish)


@commands.command()
def serve(
    context: typer.Context,
    listen: Annotated[
        str | None,
        typer.Option(metavar="PORT", help="Answer /healthz, /readyz and /metrics there, on this machine alone."),
    ] = None,
) -> None:
    """Run the jobs by the [schedule] until stopped.

    What was missed, nights or letters, is made good first.
    """
    from dags.inputs import read_inputs
    from dags.logs import writes_text
    from dags.serve_command import serve_home

    form = context.find_root().params["log_format"]
    serve_home(read_inputs(context.obj), listen, is_text=writes_text(form))
