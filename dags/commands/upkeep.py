"""The commands that look after a home: what a run needs, the warehouse made again."""

from __future__ import annotations

from typing import Annotated

import typer

from dags.commands.options import RowFormat

commands = typer.Typer()


@commands.command()
def check(
    context: typer.Context,
    *,
    gaps: Annotated[
        bool, typer.Option("--gaps", help="List instead what the warehouse's trials give that matches no agent.")
    ] = False,
    is_all: Annotated[
        bool, typer.Option("--all", help="With --gaps: also placebos, procedures, devices, behaviour.")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no source and no mail server.")] = False,
    form: Annotated[
        RowFormat | None, typer.Option("--format", help="Default: lines; of --gaps a table, tabs where piped.")
    ] = None,
) -> None:
    """Check all that a run needs, and say what to do.

    Watchlist, vocabulary, sources, mail, disk, ledger, warehouse, landing.
    """
    from dags.checking import check_inputs, show_gaps

    if is_all and not gaps:
        raise typer.BadParameter("it goes with --gaps", param_hint="--all")
    if not gaps:
        raise typer.Exit(check_inputs(context.obj, form, is_offline=offline))
    show_gaps(context.obj, form, is_all=is_all)


@commands.command()
def rebuild(
    context: typer.Context,
    *,
    compare: Annotated[
        bool, typer.Option("--compare", help="Make it beside and say what differs; nothing is changed.")
    ] = False,
    until: Annotated[
        str | None, typer.Option(metavar="INSTANT", help="Leave out runs whose clock is later: it was wrong.")
    ] = None,
) -> None:
    """Make the whole warehouse again from the landing.

    The cure for damage; deliveries and edits are kept.
    """
    from dags.clock import read_clock
    from dags.console import say, show_progress
    from dags.inputs import read_inputs
    from dags.rebuilding import run_rebuild

    with show_progress("runs made again") as report:
        code = run_rebuild(
            read_inputs(context.obj),
            is_compared=compare,
            say=say,
            report=report,
            until=read_clock(until, "--until") if until else None,
        )
    raise typer.Exit(code)
