"""`trialwatch demo`: three nights and a letter over the sample world, by real HTTP on loopback. It is all invented."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from pathlib import Path

from dags.console import describe_news, note, say, show_rows, show_step
from dags.inputs import DEFAULT_WATCHLIST, read_inputs
from dags.nightly import run_nightly
from dags.sample.server import SampleServer
from dags.sample.world import SAMPLE_FOLDER, World
from dags.span import find_last_week
from dags.weekly import run_weekly
from models.errors import ConfigurationError
from warehouse.reader import query_rows

_MARK = ".trialwatch-demo"
_NIGHT = dt.time(14)
_CHANGES = """
SELECT CAST(observed_at AS DATE) AS seen, nct_id, old_status, new_status, why_stopped, source_submit_date AS submitted
FROM trial_status_change
ORDER BY observed_at, nct_id
"""


def run_demo(folder: Path) -> int:
    """Run the sample world into `folder` (made anew); print what happened and where it lies. Return the exit code."""
    note("The sample world is invented: its trials (NCT99…), papers (PMID 99…) and drugs do not exist.")
    _prepare(folder)
    world = World.read(SAMPLE_FOLDER)
    exit_code = 0
    with SampleServer(world) as server:
        file = _write_watchlist(folder, server)
        # The demo must not depend on, or send, what the environment holds for the real sources.
        inputs = read_inputs(file, environment={})
        for day in world.days:
            world.serve(day)
            note(f"\nnight of {day}")
            result = run_nightly(inputs, dt.datetime.combine(day, _NIGHT), report=show_step)
            note(f"  {describe_news(result.news)}")
            exit_code = max(exit_code, result.exit_code)
        monday = dt.datetime.combine(world.days[-1], dt.time(7)) + dt.timedelta(days=8 - world.days[-1].isoweekday())
        letter = run_weekly(inputs, find_last_week(monday), monday)
    say("\nstatus changes found:")
    show_rows(*query_rows(inputs.home.published, _CHANGES), None)
    say(f"\nwarehouse: {inputs.home.published}")
    say(f"digest:    {letter}")
    say(f'try:       {sys.argv[0]} --config {file} sql "from trial"')
    return exit_code


def _prepare(folder: Path) -> None:
    """Make the folder anew if a demo made it; anyone else's is left alone."""
    if folder.exists():
        if not folder.is_dir() or (any(folder.iterdir()) and not (folder / _MARK).exists()):
            raise ConfigurationError(f"{folder} is there already, and is no demo", "name an empty or new folder")
        shutil.rmtree(folder)
    try:
        folder.mkdir(parents=True)
        (folder / _MARK).touch()
    except OSError as error:
        raise ConfigurationError(f"cannot make {folder}: {error.strerror}", "name another folder") from error


def _write_watchlist(folder: Path, server: SampleServer) -> Path:
    """Copy the sample's watchlist, vocabulary and review, with the server's addresses filled in."""
    for name in ("vocabulary", "reviews"):
        shutil.copytree(SAMPLE_FOLDER / name, folder / name)
    text = (SAMPLE_FOLDER / DEFAULT_WATCHLIST).read_text("utf-8")
    for table, url in (("clinicaltrials", server.ctg_url), ("pubmed", server.eutils_url)):
        head = f"[source.{table}]\n"
        text = text.replace(head, f'{head}base_url = "{url}"\n', 1)
    file = folder / DEFAULT_WATCHLIST
    file.write_text(text, "utf-8")
    return file
