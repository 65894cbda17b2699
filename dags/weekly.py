"""The weekly job: the letter of a span, from published facts to a file and, where asked, to everyone who follows."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from dags.delivery.jobs import close_step, send_letters
from dags.delivery.ledger import Follower
from dags.facts import read_facts
from dags.inputs import Inputs
from dags.run import Run, StepResult, open_run, open_store
from dags.span import Span
from etl.digest import build_digest
from etl.render_markdown import render_markdown
from models.errors import DeliveryError, WarehouseError


def run_weekly(
    inputs: Inputs,
    span: Span,
    clock: dt.datetime,
    followers: Sequence[Follower] = (),
    *,
    own: Span | None = None,
    is_named: bool = False,
    is_urged: bool = False,
    report: Callable[[StepResult], None] = lambda _: None,
) -> Path:
    """Write the letter of a span and send it to the followers; return its file. `report` hears what was sent.

    The same span again gives the same bytes, unless texts were tagged anew or a paper was revised meanwhile. What the
    followers are sent begins where each was told last, `own` being the newest week; with `is_named` it is the span.

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
        results = [_write_letter(run, span)]
        if followers:
            with run.step("delivery", is_atomic=False) as result:
                result.summary = send_letters(run, own or span, followers, is_named=is_named, is_urged=is_urged)
            results.append(result)
        close_step(run, results, started)
    for result in results:
        if result.error:
            raise result.error
    if followers:
        report(results[-1])
    return _find_file(inputs, span)


def _write_letter(run: Run, span: Span) -> StepResult:
    path = _find_file(run.inputs, span)
    with run.step("digest") as result:
        minimum_weight = run.inputs.settings.digest.minimum_weight
        digest = build_digest(
            read_facts(run.store, span),
            label=span.label,
            since=span.since,
            until=span.until,
            minimum_weight=minimum_weight,
        )
        content = render_markdown(digest, minimum_weight)
        _write_file(path, content)
        _write_ledger(run, span, path, content)
        result.summary = f"{path.name}: {' '.join(digest.summary) or 'a quiet span'}"
    return result


def _find_file(inputs: Inputs, span: Span) -> Path:
    return inputs.home.digests / f"{span.label.replace(' ', '_')}.md"


def _write_file(path: Path, content: str) -> None:
    fresh = path.with_suffix(".fresh")
    try:
        fresh.write_text(content, "utf-8")
        fresh.replace(path)
    except OSError as error:
        raise DeliveryError(f"cannot write {path}: {error.strerror}", "make room, or mend its permissions") from error


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
