"""The commands that edit and list the watchlist."""

from __future__ import annotations

from typing import Annotated

import typer

from dags.commands.options import Clock, RowFormat

commands = typer.Typer(
    help="Add, remove or list what is watched.\n\nComments and layout of the file stay.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@commands.command()
def add(
    context: typer.Context,
    names: Annotated[
        list[str], typer.Argument(help="NCT numbers, PMIDs, agents or targets, by any name of the vocabulary.")
    ],
    condition: Annotated[
        str | None, typer.Option(help='Narrows the agents and targets added: lung, or "lung" OR "solid tumor".')
    ] = None,
    clock: Clock = None,
) -> None:
    """Add trials, papers, agents or targets, all or none; the kind is inferred."""
    from dags.clock import read_clock
    from dags.console import say
    from dags.watch_commands import add_to_watchlist

    for change in add_to_watchlist(context.obj, names, condition, read_clock(clock)):
        narrowed = f" (condition: {change.condition})" if change.condition else ""
        does = "is there already:" if change.action == "kept" else "added"
        say(f"{does} {change.kind} {change.name}{narrowed}")


@commands.command()
def remove(
    context: typer.Context,
    names: Annotated[list[str], typer.Argument(help="Items of the list, by any of their names.")],
    clock: Clock = None,
) -> None:
    """Take items out, all or none; they are read no more, and what they found is kept."""
    from dags.clock import read_clock
    from dags.console import say
    from dags.watch_commands import remove_from_watchlist

    for change in remove_from_watchlist(context.obj, names, read_clock(clock)):
        say(f"removed {change.kind} {change.name}; its history stays in the warehouse")


@commands.command("list")
def list_watched(
    context: typer.Context,
    form: Annotated[
        RowFormat | None, typer.Option("--format", help="Default: a table on a terminal, tabs where piped.")
    ] = None,
) -> None:
    """List what is watched, and what each item has found so far."""
    from dags.console import show_rows
    from dags.inputs import read_inputs
    from dags.watch_commands import list_items

    show_rows(*list_items(read_inputs(context.obj)), form)
