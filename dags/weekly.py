"""The weekly job: the letter of a span, from published facts to a file. It sends nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from dags.clock import read_clock
from dags.inputs import Inputs
from dags.letters import Form, find_letter, render_letter, write_feed, write_file
from dags.run import Run, StepResult, close_run, open_run, open_store
from etl.digest import Facts, build_digest
from etl.letter.reasons import explain_digest, list_records
from models.digest import Digest
from models.errors import ConfigurationError, WarehouseError
from warehouse.store import Store

_FILES = (Form.markdown, Form.html)  # what is written where no form is asked for, with the feed
_MOST_LETTERS = 10  # in the feed
_WEEK = re.compile(r"(\d{4})-W(\d{2})")
# The columns of trials that a paper is or was tied to.
_LINKS = ("nct_ids", "background_ids", "former_ids")


class Span(msgspec.Struct, frozen=True):
    """The time a letter tells of, UTC; `until` is outside it."""

    label: str
    since: dt.datetime
    until: dt.datetime


def find_last_week(clock: dt.datetime) -> Span:
    """Return the last ISO week (UTC) that ended before the clock."""
    monday = clock.date() - dt.timedelta(days=clock.isoweekday() - 1)
    return _build_week(monday - dt.timedelta(days=7))


def extend_back(week: Span, since: dt.datetime) -> Span:
    """Return a span of whole weeks that ends with `week` and begins with that of `since`, if it is earlier."""
    first = _build_week(since.date() - dt.timedelta(days=since.isoweekday() - 1))
    if first.since >= week.since:
        return week
    last = week.label.removeprefix(f"{first.since.isocalendar().year}-")
    return Span(f"{first.label} to {last}", first.since, week.until)


def find_week(text: str) -> Span:
    """Return the ISO week a user names (`2026-W07`).

    Raises:
        ConfigurationError: there is no such week.
    """
    match = _WEEK.fullmatch(text)
    try:
        if match is None:
            raise ValueError(text)
        return _build_week(dt.date.fromisocalendar(int(match[1]), int(match[2]), 1))
    except ValueError as error:
        raise ConfigurationError(f'--week: "{text}" is no ISO week', "write it as 2026-W07") from error


def _build_week(monday: dt.date) -> Span:
    year, week, _ = monday.isocalendar()
    since = dt.datetime.combine(monday, dt.time())
    return Span(f"{year}-W{week:02d}", since, since + dt.timedelta(days=7))


def find_span(since: dt.datetime, until: dt.datetime) -> Span:
    """Return any other span, labelled by its days.

    Raises:
        ConfigurationError: it ends before it begins.
    """
    if since >= until:
        raise ConfigurationError(f"--since {since} is not before --until {until}", "name the earlier instant first")
    return Span(f"{since:%Y-%m-%d} to {until:%Y-%m-%d}", since, until)


def choose_span(clock: dt.datetime, week: str | None, since: str | None, until: str | None) -> Span:
    """Return the span a user asks for: a week, an explicit span, or the last week that is over.

    Raises:
        ConfigurationError: a week and a span at once, half a span, or what cannot be read.
    """
    if week and (since or until):
        raise ConfigurationError("--week and --since cannot go together", "name one of them")
    if bool(since) != bool(until):
        raise ConfigurationError("--since and --until go together", "name both")
    if week:
        return find_week(week)
    return find_span(read_clock(since), read_clock(until)) if since else find_last_week(clock)


def run_weekly(
    inputs: Inputs, span: Span, clock: dt.datetime, *, form: Form | None = None, explain: bool = False
) -> Path:
    """Write the letter of a span; return its file: in one form, or else as Markdown, with HTML and the feed beside it.

    `explain` says of each trial and paper why it is here. The same span again gives the same bytes, unless texts were
    tagged anew or a paper was revised meanwhile.

    Raises:
        WarehouseError: there is no warehouse yet, or it cannot be opened.
        DeliveryError: the file cannot be written.
    """
    if not inputs.home.published.exists():
        raise WarehouseError(f"there is no warehouse at {inputs.home.published}", "run `trialwatch run` first")
    started = time.perf_counter()
    with (
        inputs.home.lock("digest"),
        open_store(inputs, clock) as store,
        open_run(inputs, store, "weekly", span.label, clock) as run,
    ):
        result = _write_letter(run, span, form, explain=explain)
        message = result.error.message if result.error else ""
        seconds = time.perf_counter() - started
        close_run(run, exit_code=1 if result.error else 0, seconds=seconds, message=message)
    if result.error:
        raise result.error
    return find_letter(inputs.home.digests, span.label, form or Form.markdown)


def _write_letter(run: Run, span: Span, form: Form | None, *, explain: bool) -> StepResult:
    folder, minimum_weight = run.inputs.home.digests, run.inputs.settings.digest.minimum_weight
    with run.step("digest") as result:
        plain = _read_digest(run, span)
        digest = _explain(run.store, plain, span) if explain else plain
        forms = (form,) if form else _FILES
        contents = [render_letter(one, digest, minimum_weight, _find_feed_name(run.store)) for one in forms]
        for one, content in zip(forms, contents, strict=True):
            write_file(find_letter(folder, span.label, one), content)
        path = find_letter(folder, span.label, forms[0])
        _write_ledger(run, span, path, contents[0])
        if form is None:
            write_feed(folder, list(_list_last(run, span, plain)), minimum_weight, _find_feed_name(run.store))
        result.summary = f"{path.name}: {' '.join(digest.summary) or 'a quiet span'}"
    return result


def _read_digest(run: Run, span: Span) -> Digest:
    return build_digest(
        read_facts(run.store, span),
        label=span.label,
        since=span.since,
        until=span.until,
        minimum_weight=run.inputs.settings.digest.minimum_weight,
    )


def _explain(store: Store, digest: Digest, span: Span) -> Digest:
    nct_ids, pmids = list_records(digest)
    rows = store.read("digest_reasons", nct_ids=nct_ids, pmids=pmids, until=span.until).to_dicts()
    return explain_digest(digest, rows)


def _list_last(run: Run, span: Span, digest: Digest) -> Iterator[Digest]:
    """Yield the last letters that were written, this one among them."""
    for row in run.store.read("digest_spans", most=_MOST_LETTERS).to_dicts():
        last = Span(row["period"], row["since"], row["until"])
        yield digest if last == span else _read_digest(run, last)


def _find_feed_name(store: Store) -> str:
    """Return what tells this warehouse's feed from others: the instant of its first run."""
    first: dt.datetime = store.read("first_run").row(0, named=True)["first_run_at"]
    return first.isoformat()


def read_facts(store: Store, span: Span) -> Facts:
    """Read what the warehouse knew at the end of a span."""
    within = {"since": span.since, "until": span.until}
    changes = [_decode(row) for row in store.read("digest_changes", **within).to_dicts()]
    new_trials = store.read("digest_new_trials", **within).to_dicts()
    papers = store.read("digest_papers", **within).to_dicts()
    linked = {nct_id for row in papers for name in _LINKS for nct_id in row[name] or ()}
    ids = sorted({row["nct_id"] for row in (*changes, *new_trials)} | linked)
    trials = store.read("digest_trials", nct_ids=ids, until=span.until).to_dicts()
    counts = store.read("digest_counts", **within).row(0, named=True)
    targets = store.read("target_names").to_dicts()
    watched = [row["target"] for row in targets if row["is_watched"]]
    # Where only trials are watched, every target of the vocabulary may head a section.
    heads = watched or [row["target"] for row in targets]
    return Facts(
        changes=changes,
        new_trials=new_trials,
        trials={row["nct_id"]: _place(row, heads) for row in trials},
        papers=[_place(row, heads) for row in papers],
        older=store.read("digest_older", **within).to_dicts(),
        counts={**counts, "targets": len(watched)},
        nights=store.read("digest_nights", **within).to_dicts(),
        checks=store.read("digest_checks", **within).to_dicts(),
        targets=heads,
    )


def _decode(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "detail": msgspec.json.decode(row["detail"])}


def _place(row: dict[str, Any], heads: Sequence[str]) -> dict[str, Any]:
    """Say which section a record stands in: its strongest target that heads one, else its pathway."""
    home = next((target for target in row["targets"] or () if target in heads), row.get("pathway"))
    return {**row, "home": home}


def _write_ledger(run: Run, span: Span, path: Path, content: str) -> None:
    run.store.run(
        "add_digest",
        period=span.label,
        since=span.since,
        until=span.until,
        path=path.name,
        content_hash=hashlib.blake2b(content.encode(), digest_size=16).hexdigest(),
        clock=run.clock,
        run_id=run.run_id,
    )
