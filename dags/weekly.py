"""The weekly job: the letter of a span, from published facts to a file and, where asked, to everyone who follows."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from dags.delivery.jobs import close_step, find_followers, send_letters
from dags.delivery.ledger import Follower
from dags.facts import explain_span, read_facts
from dags.inputs import Inputs
from dags.letters import Form, find_letter, render_letter, write_feed, write_file
from dags.run import Run, StepResult
from dags.run_ledger import open_run
from dags.schedule import find_period
from dags.span import Span
from dags.working_file import open_store
from etl.digest import build_digest
from etl.following import leave_out_unmatched
from etl.telling import tell_retractions_once
from models.digest import Digest
from models.errors import WarehouseError
from warehouse.journal import Entry, write_journal
from warehouse.store import Store

_FILES = (Form.markdown, Form.html)  # what is written where no form is asked for, with the feed
_MOST_LETTERS = 10  # in the feed


def run_weekly(
    inputs: Inputs,
    span: Span,
    clock: dt.datetime,
    followers: Sequence[Follower] = (),
    *,
    form: Form | None = None,
    explain: bool = False,
    own: Span | None = None,
    is_named: bool = False,
    is_urged: bool = False,
    report: Callable[[StepResult], None] = lambda _: None,
) -> Path:
    """Write the letter of a span and send it to the followers; return its file. `report` hears what was sent.

    It is written in one form, or else as Markdown, with HTML and the feed beside it. `explain` says of each trial and
    paper why it is here. The same span again gives the same bytes, unless texts were tagged anew or a paper was revised
    meanwhile. What the followers are sent begins where each was told last, `own` being the newest week; with `is_named`
    it is the span.

    Raises:
        WarehouseError: there is no warehouse yet, or it cannot be opened.
        DeliveryError: the file cannot be written, or someone was not sent what was meant for them.
    """
    if not inputs.home.published.exists():
        raise WarehouseError(f"there is no warehouse at {inputs.home.published}", "run `trialwatch run` first")
    started = time.perf_counter()
    with (
        inputs.home.lock("digest"),
        open_store(inputs, clock) as store,
        open_run(inputs, store, "weekly", span.label, clock) as run,
    ):
        results = [_write_letter(run, span, form, explain=explain)]
        if followers:
            with run.step("delivery", is_atomic=False, is_checked=False) as result:
                result.summary = send_letters(
                    run, own or span, followers, is_named=is_named, is_urged=is_urged, explain=explain
                )
            results.append(result)
        is_told = not is_named and _is_told(run, span, followers, results)
        close_step(run, results, started, does="weekly" if is_told else None)
    for result in results:
        if result.error:
            raise result.error
    if followers:
        report(results[-1])
    return find_letter(inputs.home.digests, span.label, form or Form.markdown)


def _is_told(run: Run, span: Span, followers: Sequence[Follower], results: Sequence[StepResult]) -> bool:
    """Return whether the week that is due was told: in a file, and where anyone follows, planned for all of them.

    A letter that someone did not take is offered again by itself, and is not written anew.
    """
    digest, *delivery = results
    due = find_period(run.inputs.settings.schedule, "weekly", run.clock).week
    wanted = {one.name for one in find_followers(run.inputs)}
    if digest.error or span.until < due.until or not wanted <= {one.name for one in followers}:
        return False
    is_planned: bool = run.store.read_value("letters_planned", since=run.clock)
    return is_planned or not any(step.error for step in delivery)


def _write_letter(run: Run, span: Span, form: Form | None, *, explain: bool) -> StepResult:
    folder, minimum_weight = run.inputs.home.digests, run.inputs.settings.digest.minimum_weight
    with run.step("digest", is_checked=False) as result:
        plain = _read_digest(run, span)
        digest = explain_span(run.store, plain, span) if explain else plain
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
        tell_retractions_once(leave_out_unmatched(read_facts(run.store, span))),
        label=span.label,
        since=span.since,
        until=span.until,
        minimum_weight=run.inputs.settings.digest.minimum_weight,
    )


def _list_last(run: Run, span: Span, digest: Digest) -> Iterator[Digest]:
    """Yield the last letters that were written, this one among them."""
    for row in run.store.read_rows("digest_spans", most=_MOST_LETTERS):
        last = Span(row["period"], row["since"], row["until"])
        yield digest if last == span else _read_digest(run, last)


def _find_feed_name(store: Store) -> str:
    """Return what tells this warehouse's feed from others: the instant of its first run."""
    first: dt.datetime = store.read("first_run").row(0, named=True)["first_run_at"]
    return first.isoformat()


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
    rows = run.store.read_rows("journal_digest", run_id=run.run_id)
    write_journal(run.inputs.home.journal, [Entry("digest", ["run_id"], rows)])
