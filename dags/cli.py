"""The command line: its global options, its commands put together, known errors turned into exit codes."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Annotated, Literal

import typer

from dags.commands import jobs, loading, reading, texts, upkeep, watchlist
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
for group in (jobs, reading, texts, loading, upkeep):
    app.add_typer(group.commands)
app.add_typer(watchlist.commands, name="watch")
_GLOBALS = {"--config", "--log-format"}


def _say_version(is_asked: bool) -> None:
    if is_asked:
        import importlib.metadata  # noqa: PLC0415

        typer.echo(f"trialwatch {importlib.metadata.version('trialwatch')}")
        raise typer.Exit


@app.callback()
def read_globals(
    context: typer.Context,
    config: Annotated[Path, typer.Option(help="The watchlist.")] = Path("watchlist.toml"),
    log_format: Annotated[
        Literal["auto", "text", "json"], typer.Option(help="auto: text on a terminal, else JSON lines.")
    ] = "auto",
    _: Annotated[
        bool,
        typer.Option("--version", help="Say which release this is, and end.", callback=_say_version, is_eager=True),
    ] = False,
) -> None:
    """Read the options every command takes."""
    from dags.logs import configure_logs  # noqa: PLC0415

    configure_logs(log_format, is_service=context.invoked_subcommand == "serve")
    context.obj = config


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
