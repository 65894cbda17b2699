"""The command line: reads arguments, calls one function a command, turns known errors into exit codes.

Imports stay inside the commands: `trialwatch --help` must not wait for spaCy or polars.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import Annotated, Literal

import typer

from models.errors import TrialwatchError

app = typer.Typer(
    name="trialwatch",
    help="Keep a review article alive: ClinicalTrials.gov and PubMed every night, what changed every week.",
    epilog="Global options, before or after the command: --config FILE (default watchlist.toml), "
    "--log-format auto|text|json. Exit: 0 done, 1 a source or the job failed, 2 usage or configuration.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
watch = typer.Typer(
    help="Add items to the watchlist, take them out, or list them; comments and layout of the file stay.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(watch, name="watch")
_GLOBALS = {"--config", "--log-format"}


class RowFormat(StrEnum):
    """How rows are written."""

    table = "table"
    tsv = "tsv"
    csv = "csv"
    json = "json"


class AnswerFormat(StrEnum):
    """How the answer to a query is written."""

    table = "table"
    tsv = "tsv"
    csv = "csv"
    json = "json"
    parquet = "parquet"


class ReviewPart(StrEnum):
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


class LogFormat(StrEnum):
    """How the log is written."""

    auto = "auto"
    text = "text"
    json = "json"


Clock = Annotated[
    str | None,
    typer.Option(
        metavar="INSTANT", help="The one instant for everything in this command (ISO 8601, UTC). Default: now."
    ),
]


@app.callback()
def read_globals(
    context: typer.Context,
    config: Annotated[Path, typer.Option(help="The watchlist.")] = Path("watchlist.toml"),
    log_format: Annotated[LogFormat, typer.Option(help="auto: text on a terminal, else JSON lines.")] = LogFormat.auto,
) -> None:
    """Read the options every command takes."""
    from dags.logs import configure_logs  # noqa: PLC0415

    configure_logs(log_format.value, is_service=context.invoked_subcommand == "serve")
    context.obj = config


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Where watchlist.toml is written.")] = Path(),
) -> None:
    """Write a watchlist.toml to start from: the review's trials, agents and targets."""
    from dags.console import say  # noqa: PLC0415
    from dags.inputs import write_watchlist  # noqa: PLC0415

    file = write_watchlist(folder)
    say(f"wrote {file}")
    say("next: put your address into [source.pubmed] email, then `trialwatch run`")


@app.command()
def run(context: typer.Context, clock: Clock = None) -> None:
    """Read every source, record what changed, publish the warehouse."""
    from dags.clock import read_clock  # noqa: PLC0415
    from dags.console import describe_news, note, say, show_step, waiting  # noqa: PLC0415
    from dags.inputs import read_inputs  # noqa: PLC0415
    from dags.nightly import run_nightly  # noqa: PLC0415

    inputs = read_inputs(context.obj)
    if not inputs.items:
        note(f"{inputs.file.name} watches nothing; add to [watch] trials, agents or targets")
    if inputs.settings.watch.everything:
        note("everything = true is for imports; a night reads what the items watch, not the whole registry")
    with waiting("reading the sources"):
        result = run_nightly(inputs, read_clock(clock), report=show_step)
    say(f"{describe_news(result.news)}. Warehouse: {inputs.home.published}. Exit {result.exit_code}.")
    raise typer.Exit(result.exit_code)


@app.command()
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
    """Write the letter of a week to a file: by default of the last ISO week (UTC) that is over. --send mails it."""
    from dags.clock import read_clock  # noqa: PLC0415
    from dags.digest_command import Wish, run_digest  # noqa: PLC0415
    from dags.inputs import read_inputs  # noqa: PLC0415

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


@app.command()
def serve(
    context: typer.Context,
    listen: Annotated[
        str | None,
        typer.Option(metavar="PORT", help="Answer /healthz, /readyz and /metrics there, on this machine alone."),
    ] = None,
) -> None:
    """Run the nightly and weekly jobs by the [schedule], catching up what is due, until stopped."""
    from dags.inputs import read_inputs  # noqa: PLC0415
    from dags.logs import writes_text  # noqa: PLC0415
    from dags.serve_command import serve_home  # noqa: PLC0415

    form = context.find_root().params["log_format"]
    serve_home(read_inputs(context.obj), listen, is_text=writes_text(form.value))


@app.command()
def status(
    context: typer.Context,
    clock: Clock = None,
    form: Annotated[Literal["text", "json"], typer.Option("--format", help="How it is written.")] = "text",
) -> None:
    """Show the last runs, how fresh each source and item is, and what is due next; exit 1 where something is wrong."""
    from dags.clock import read_clock  # noqa: PLC0415
    from dags.inputs import read_inputs  # noqa: PLC0415
    from dags.status import show_status  # noqa: PLC0415

    raise typer.Exit(show_status(read_inputs(context.obj), read_clock(clock), form))


@app.command()
def history(
    context: typer.Context,
    number: Annotated[str, typer.Argument(metavar="NCT...", help="A trial, by its number or an alias.")],
    form: Annotated[
        Literal["text", "json", "csv", "md"],
        typer.Option("--format", help="text is for reading; json, csv and md hold every text whole."),
    ] = "text",
) -> None:
    """Show a trial's life: its statuses, and every change with the sponsor's day and the day it was first seen."""
    from dags.history_view import show_history  # noqa: PLC0415
    from dags.inputs import find_home, read_settings  # noqa: PLC0415

    show_history(find_home(context.obj, read_settings(context.obj)), number, form)


@app.command()
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
    """Show the living review: which of its claims stand today, by which rule and on what evidence."""
    from dags.clock import read_clock  # noqa: PLC0415
    from dags.inputs import read_inputs  # noqa: PLC0415
    from dags.review_command import ReviewForm, ReviewWish, show_review  # noqa: PLC0415

    wish = ReviewWish(
        form=ReviewForm(form),
        out=out,
        review=name,
        section=section,
        verdicts=tuple(one.value for one in verdict or ()),
        parts=tuple(one.value for one in part or ()),
    )
    show_review(read_inputs(context.obj), read_clock(clock), wish)


@app.command(context_settings={"ignore_unknown_options": True})  # a query may begin with a comment: --
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
        AnswerFormat | None,
        typer.Option("--format", help="Default: a table on a terminal, tabs where piped, by the ending of --out."),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the answer there.")] = None,
    clock: Clock = None,
) -> None:
    """Ask the published warehouse; read-only, without access to other files."""
    from dags.asking import answer, read_question, show_queries  # noqa: PLC0415
    from dags.clock import read_clock  # noqa: PLC0415
    from dags.inputs import find_home, read_settings  # noqa: PLC0415

    if is_list:
        show_queries(None)
        return
    question = read_question(query, named, given or [], read_clock(clock).date())
    home = find_home(context.obj, read_settings(context.obj))
    answer(home.published, question, form.value if form else None, out)


@app.command()
def tag(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help='JSON lines {"id", "text"}, or - for standard input.')],
    processes: Annotated[int, typer.Option(min=1, help="How many work at it at once; the answers are the same.")] = 1,
    *,
    is_explained: Annotated[
        bool, typer.Option("--explain", help="Also every name seen, linked or not, and why.")
    ] = False,
) -> None:
    """Find targets and agents in texts of your own; writes JSON lines with the places."""
    from dags.inputs import DEFAULT_WATCHLIST, read_settings, read_vocabulary  # noqa: PLC0415
    from dags.tag_texts import tag_lines  # noqa: PLC0415
    from models.settings import Settings  # noqa: PLC0415

    # Without a watchlist, and none asked for, the vocabulary is the one that comes with the program.
    is_bare = context.obj == Path(DEFAULT_WATCHLIST) and not context.obj.exists()
    settings = Settings() if is_bare else read_settings(context.obj)
    raise typer.Exit(tag_lines(file, read_vocabulary(context.obj, settings), processes, explain=is_explained))


@app.command()
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
    """Make a watchlist of an article, with a skeleton of its claims and a list of what a person must look at."""
    from dags.adopting import Wish, adopt, show_adopted  # noqa: PLC0415
    from dags.clock import read_clock, read_day  # noqa: PLC0415
    from dags.inputs import DEFAULT_WATCHLIST  # noqa: PLC0415

    # Without a watchlist, and none asked for, the vocabulary is the one that comes with the program.
    is_bare = context.obj == Path(DEFAULT_WATCHLIST) and not context.obj.exists()
    wish = Wish(
        source=source,
        config=None if is_bare else context.obj,
        folder=out,
        printed=read_day(printed, "--printed") if printed else None,
        condition=condition,
        is_forced=force,
    )
    show_adopted(adopt(wish, read_clock(clock)), form)


@app.command()
def backfill(
    context: typer.Context,
    numbers: Annotated[list[str] | None, typer.Argument(metavar="[NCT...]", help="Trials of the warehouse.")] = None,
    *,
    is_all: Annotated[bool, typer.Option("--all", help="Every trial of the warehouse.")] = False,
    since: Annotated[str | None, typer.Option(metavar="DAY", help="No further back than this day.")] = None,
    clock: Clock = None,
) -> None:
    """Read the record histories of trials from before they were watched; resumes where an earlier one stopped."""
    from dags.backfill import choose_trials, run_backfill  # noqa: PLC0415
    from dags.clock import read_clock, read_day  # noqa: PLC0415
    from dags.console import note, say, waiting  # noqa: PLC0415
    from dags.inputs import read_inputs  # noqa: PLC0415

    nct_ids = choose_trials(numbers or [], is_all=is_all)
    day = read_day(since, "--since") if since else None
    with waiting("reading histories"):
        result = run_backfill(read_inputs(context.obj), read_clock(clock), nct_ids, since=day, report=note)
    if result.message:
        note(result.message)
    say(result.describe())
    raise typer.Exit(result.exit_code)


@app.command("import")
def import_files(
    context: typer.Context,
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...",
            help="Files or folders: ClinicalTrials.gov's JSON, also packed; PubMed's baseline and update files.",
        ),
    ],
    clock: Clock = None,
) -> None:
    """Load what is watched out of downloaded files: studies (also a zip of them), PubMed's XML, a folder of either."""
    from dags.clock import read_clock  # noqa: PLC0415
    from dags.console import note, say, show_step, waiting  # noqa: PLC0415
    from dags.importing import run_import  # noqa: PLC0415
    from dags.inputs import read_inputs  # noqa: PLC0415

    inputs = read_inputs(context.obj)
    with waiting("reading files"):
        result = run_import(inputs, paths, read_clock(clock), report=show_step)
    for advice in result.find_advice():
        note(advice)
    say(f"{result.describe()}. Warehouse: {inputs.home.published}. Exit {result.exit_code}.")
    raise typer.Exit(result.exit_code)


@app.command()
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
    """Check all that a run needs: watchlist, vocabulary, sources, mail, disk, ledger, warehouse, landing."""
    from dags.checking import check_inputs, show_gaps  # noqa: PLC0415

    if is_all and not gaps:
        raise typer.BadParameter("it goes with --gaps", param_hint="--all")
    if not gaps:
        raise typer.Exit(check_inputs(context.obj, form.value if form else None, is_offline=offline))
    show_gaps(context.obj, form.value if form else None, is_all=is_all)


@app.command()
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
    """Make the whole warehouse again from the landing: the cure for damage; deliveries and edits are kept."""
    from dags.clock import read_clock  # noqa: PLC0415
    from dags.console import say, show_progress  # noqa: PLC0415
    from dags.inputs import read_inputs  # noqa: PLC0415
    from dags.rebuilding import run_rebuild  # noqa: PLC0415

    with show_progress("runs made again") as report:
        code = run_rebuild(
            read_inputs(context.obj),
            is_compared=compare,
            say=say,
            report=report,
            until=read_clock(until) if until else None,
        )
    raise typer.Exit(code)


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="An empty or new folder for its data.")] = Path("demo"),
) -> None:
    """Run an invented sample world end to end: three nights and a letter, without network."""
    from dags.sample.demo import run_demo  # noqa: PLC0415

    raise typer.Exit(run_demo(folder))


@watch.command()
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
    from dags.clock import read_clock  # noqa: PLC0415
    from dags.console import say  # noqa: PLC0415
    from dags.watch_commands import add_to_watchlist  # noqa: PLC0415

    for change in add_to_watchlist(context.obj, names, condition, read_clock(clock)):
        narrowed = f" (condition: {change.condition})" if change.condition else ""
        does = "is there already:" if change.action == "kept" else "added"
        say(f"{does} {change.kind} {change.name}{narrowed}")


@watch.command()
def remove(
    context: typer.Context,
    names: Annotated[list[str], typer.Argument(help="Items of the list, by any of their names.")],
    clock: Clock = None,
) -> None:
    """Take items out, all or none; they are read no more, and what they found is kept."""
    from dags.clock import read_clock  # noqa: PLC0415
    from dags.console import say  # noqa: PLC0415
    from dags.watch_commands import remove_from_watchlist  # noqa: PLC0415

    for change in remove_from_watchlist(context.obj, names, read_clock(clock)):
        say(f"removed {change.kind} {change.name}; its history stays in the warehouse")


@watch.command("list")
def list_watched(
    context: typer.Context,
    form: Annotated[
        RowFormat | None, typer.Option("--format", help="Default: a table on a terminal, tabs where piped.")
    ] = None,
) -> None:
    """List what is watched, and what each item has found so far."""
    from dags.console import show_rows  # noqa: PLC0415
    from dags.inputs import read_inputs  # noqa: PLC0415
    from dags.watch_commands import list_items  # noqa: PLC0415

    show_rows(*list_items(read_inputs(context.obj)), form.value if form else None)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit."""
    ordered = hoist_globals(sys.argv[1:] if arguments is None else arguments)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _stop)
    try:
        app(ordered, prog_name="trialwatch")
    except TrialwatchError as error:
        from dags.console import show_error  # noqa: PLC0415

        show_error(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)


def _stop(number: int, _: FrameType | None) -> None:
    """End as by an error: what was begun is rolled back, and who holds the lock lets go."""
    sys.exit(128 + number)


def hoist_globals(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with the global options in front, wherever they stood; after `--` nothing moves."""
    ahead: list[str] = []
    rest: list[str] = []
    pending = iter(arguments)
    for argument in pending:
        if argument == "--":
            rest += [argument, *pending]
        elif argument in _GLOBALS:
            ahead += [argument, *([value] if (value := next(pending, None)) is not None else [])]
        elif argument.partition("=")[0] in _GLOBALS:
            ahead.append(argument)
        else:
            rest.append(argument)
    return ahead + rest


if __name__ == "__main__":
    main()
