"""The commands that load what nights do not bring: histories from before, downloaded files."""

from __future__ import annotations

from typing import Annotated

import typer

from dags.commands.options import Clock

commands = typer.Typer()


@commands.command()
def backfill(
    context: typer.Context,
    numbers: Annotated[list[str] | None, typer.Argument(metavar="[NCT...]", help="Trials of the warehouse.")] = None,
    *,
    is_all: Annotated[bool, typer.Option("--all", help="Every trial of the warehouse.")] = False,
    since: Annotated[str | None, typer.Option(metavar="DAY", help="No further back than this day.")] = None,
    clock: Clock = None,
) -> None:
    """Read histories of trials from before they were watched.

    Resumes where an earlier one stopped.
    """
    from dags.backfill import choose_trials, run_backfill
    from dags.clock import read_clock, read_day
    from dags.console import note, say, show_progress
    from dags.inputs import read_inputs

    nct_ids = choose_trials(numbers or [], is_all=is_all)
    day = read_day(since, "--since") if since else None
    inputs = read_inputs(context.obj)
    with show_progress("reading histories of trials") as tell:
        result = run_backfill(inputs, read_clock(clock), nct_ids, since=day, report=note, tell=tell)
    if result.message:
        note(result.message)
    say(result.describe())
    raise typer.Exit(result.exit_code)


@commands.command("import")
def import_files(
    context: typer.Context,
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...",
            help="Files or folders: ClinicalTrials.gov's JSON, also packed; PubMed's baseline and update files.",
        ),
    ],
    *,
    workers: Annotated[int, typer.Option(min=0, help="So many processes read and tag at once, by Dask.")] = 0,
    scheduler: Annotated[
        str, typer.Option(metavar="tcp://...", help="Instead the workers of this Dask scheduler, on any machines.")
    ] = "",
    staging: Annotated[
        str,
        typer.Option(metavar="FOLDER|URL", help="Where workers leave what they read; all see it. Default: at home."),
    ] = "",
    clock: Clock = None,
) -> None:
    """Load what is watched out of downloaded files.

    Studies (also a zip of them), PubMed's XML, a folder of either.
    """
    from dags.clock import read_clock
    from dags.cluster.workers import read_wish
    from dags.console import note, say, show_progress, show_step
    from dags.importing import run_import
    from dags.inputs import read_inputs

    wish = read_wish(workers, scheduler, staging)
    inputs = read_inputs(context.obj)
    with show_progress("reading files") as tell:
        result = run_import(inputs, paths, read_clock(clock), report=show_step, tell=tell, wish=wish)
    for advice in result.find_advice():
        note(advice)
    say(f"{result.describe()}. Warehouse: {inputs.home.published}. Exit {result.exit_code}.")
    raise typer.Exit(result.exit_code)
