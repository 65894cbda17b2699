"""The commands that read texts of your own: what the tagger finds in them, a watchlist made of an article."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from dags.commands.options import Clock

commands = typer.Typer()


@commands.command()
def tag(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help='JSON lines {"id", "text"}, or - for standard input.')],
    processes: Annotated[int, typer.Option(min=1, help="How many work at it at once; the answers are the same.")] = 1,
    *,
    is_explained: Annotated[
        bool, typer.Option("--explain", help="Also every name seen, linked or not, and why.")
    ] = False,
) -> None:
    """Find targets and agents in texts of your own.

    Writes JSON lines with the places.
    """
    from dags.inputs import find_watchlist, read_package_vocabulary, read_settings, read_vocabulary
    from dags.tag_texts import tag_lines

    config = find_watchlist(context.obj)
    vocabulary = read_vocabulary(config, read_settings(config)) if config else read_package_vocabulary()
    raise typer.Exit(tag_lines(file, vocabulary, processes, explain=is_explained))


@commands.command()
def adopt(
    context: typer.Context,
    source: Annotated[
        str,
        typer.Argument(metavar="FILE", help="Text, Markdown, HTML, what pdftotext made of a PDF; a PMID held; or -."),
    ],
    *,
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where to write. Default: adopted-NAME.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the files of that folder.")] = False,
    printed: Annotated[str | None, typer.Option(metavar="DAY", help="The day the text was published.")] = None,
    condition: Annotated[str, typer.Option(help="Narrows the agents and targets of the watchlist: lung.")] = "",
    form: Annotated[Literal["text", "json"], typer.Option("--format", help="How what was found is shown.")] = "text",
    clock: Clock = None,
) -> None:
    """Make a watchlist of an article.

    With a skeleton of its claims and a list of what a person must look at.
    """
    from dags.adopting import Wish, adopt, show_adopted
    from dags.clock import read_clock, read_day
    from dags.inputs import find_watchlist

    wish = Wish(
        source=source,
        config=find_watchlist(context.obj),
        folder=out,
        printed=read_day(printed, "--printed") if printed else None,
        condition=condition,
        is_forced=force,
    )
    show_adopted(adopt(wish, read_clock(clock)), form)
