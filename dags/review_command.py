"""`trialwatch review`: the living review, judged on the published file for the instant asked; it changes none."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum
from pathlib import Path

import msgspec

from dags.clock import show_instant
from dags.console import note, say, show_lines
from dags.inputs import Inputs
from dags.letters import write_file
from dags.review_dossiers import build_dossiers
from etl.review.dossier import Row
from etl.review.judging import judge
from etl.review.page import WEEK, build_page
from etl.review.render_html import render_html
from etl.review.render_json import render_json
from etl.review.render_markdown import render_markdown
from etl.review.render_text import render_text
from etl.styled import Line, Piece
from models.errors import ConfigurationError, WarehouseError
from models.review import Review
from models.review_page import ReviewPage
from warehouse.reader import Published

_COLUMNS = 100  # of a file; on a terminal at most


class ReviewForm(StrEnum):
    """A form of the living review."""

    text = "text"
    markdown = "markdown"
    html = "html"
    json = "json"


class ReviewWish(msgspec.Struct, frozen=True, kw_only=True):
    """What of the reviews is to be shown: none of a thing is all of it. `section` is part of a section's name."""

    form: ReviewForm = ReviewForm.text
    out: Path | None = None
    review: str = ""
    section: str = ""
    verdicts: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


def show_review(inputs: Inputs, clock: dt.datetime, wish: ReviewWish) -> None:
    """Write the living review to standard output, or to a file.

    Raises:
        ConfigurationError: no review is followed, or none of that name; a clock earlier than the newest run.
        WarehouseError: there is no published warehouse, or one of an older release.
        DeliveryError: the file cannot be written.
    """
    reviews = _choose(inputs, wish.review)
    narrowed = [_narrow(page, wish) for page in read_pages(inputs, reviews, clock)]
    # Of several reviews those that have nothing of what is asked for are left out.
    pages = [page for page in narrowed if page.claims] or narrowed
    if wish.form is ReviewForm.text and wish.out is None:
        show_lines(lambda width: _render_all(pages, width, wish.parts))
        return
    content = _render(pages, wish)
    if wish.out is None:
        # As bytes of text: nothing is wrapped, coloured or read as markup on the way.
        sys.stdout.write(content)
    else:
        write_file(wish.out, content)
        say(f"wrote {wish.out}")


def read_pages(inputs: Inputs, reviews: Sequence[Review], clock: dt.datetime) -> list[ReviewPage]:
    """Judge the claims of some reviews on the published file, and return a page for each."""
    with Published(inputs.home.published) as published:
        return _read_pages(inputs, reviews, clock, published)


def _read_pages(
    inputs: Inputs, reviews: Sequence[Review], clock: dt.datetime, published: Published
) -> list[ReviewPage]:
    read = published.read
    newest = read("newest_run")[0]
    if newest["clock_at"] is not None and clock < newest["clock_at"]:
        raise ConfigurationError(
            f"--clock {show_instant(clock)} is earlier than the newest run ({show_instant(newest['clock_at'])})",
            "time runs one way here; name a later instant",
        )
    if not published.has_table("review_verdict_log"):
        raise WarehouseError(f"{inputs.home.published} was made by an older release", "run `trialwatch run` first")
    settings = inputs.settings
    dossiers = build_dossiers(reviews, inputs.vocabulary, read, clock, settings.review.stale_after_days)
    judged = [(one, judge(one)) for one in dossiers]
    months = settings.source.clinicaltrials.results_due_months
    pages = []
    for review in reviews:
        own = [(one, ruling) for one, ruling in judged if one.review is review]
        cited = sorted({one.row["nct_id"] for dossier, _ in own for one in (*dossier.cited, *dossier.meant) if one.row})
        trials = {(row["agent"], row["nct_id"]): row for dossier, _ in own for row in dossier.agent_trials}
        agents = [trials[key] for key in sorted(trials)]
        followed = sorted({*cited, *(row["nct_id"] for row in agents)})
        rows: dict[str, Sequence[Row]] = {
            "since": read("review_since"),
            "moves": read("digest_verdicts", since=clock - WEEK, until=clock + dt.timedelta(microseconds=1)),
            "changes": read("review_changes", nct_ids=cited, day=review.printed),
            "agents": agents,
            "readouts": read("review_readouts", nct_ids=followed, months=months),
            "results": read("review_results", nct_ids=cited),
            "analyses": read("review_analyses", nct_ids=cited),
        }
        pages.append(build_page(review, own, rows, clock))
    return pages


def _choose(inputs: Inputs, wanted: str) -> tuple[Review, ...]:
    known = ", ".join(review.id for review in inputs.reviews)
    if not inputs.reviews:
        raise ConfigurationError(
            f"{inputs.file.name} follows no review",
            "name a file of claims under [review] files; docs/review.md shows one",
        )
    chosen = tuple(review for review in inputs.reviews if wanted in ("", review.id))
    if not chosen:
        raise ConfigurationError(f'--review: there is no review "{wanted}"', f"known here: {known}")
    return chosen


def _narrow(page: ReviewPage, wish: ReviewWish) -> ReviewPage:
    """Return a page with the claims asked for; the counts stay those of the whole review."""
    if not (wish.section or wish.verdicts):
        return page
    kept = tuple(
        claim
        for claim in page.claims
        if wish.section.casefold() in claim.section.casefold() and (not wish.verdicts or claim.verdict in wish.verdicts)
    )
    if wish.section and not any(wish.section.casefold() in claim.section.casefold() for claim in page.claims):
        names = ", ".join(f'"{name}"' for name in dict.fromkeys(claim.section for claim in page.claims))
        note(f'{page.review} has no section "{wish.section}"; it has {names}')
    cited = {trial.nct_id for claim in kept for trial in claim.trials}
    ids = {claim.claim for claim in kept}
    agents = {name for claim in kept for name in claim.agents}
    return msgspec.structs.replace(
        page,
        claims=kept,
        moved=tuple(one for one in page.moved if one.claim in ids),
        since_printing=tuple(one for one in page.since_printing if one.nct_id in cited),
        agents=tuple(one for one in page.agents if one.agent in agents),
        readouts=tuple(one for one in page.readouts if one.nct_id in cited),
        unresolved=tuple(one for one in page.unresolved if one.partition(":")[0] in ids),
    )


def _render(pages: Sequence[ReviewPage], wish: ReviewWish) -> str:
    match wish.form:
        case ReviewForm.json:
            return render_json(pages)
        case ReviewForm.html:
            if len(pages) > 1:
                raise ConfigurationError(
                    "--format html writes one review a file", f"add --review {pages[0].review}, or another"
                )
            return render_html(pages[0], wish.parts)
        case ReviewForm.markdown:
            return "\n".join(render_markdown(page, wish.parts) for page in pages)
        case ReviewForm.text:
            texts = [_join(line) for page in pages for line in render_text(page, _COLUMNS, wish.parts)]
            return "\n".join(texts) + "\n"


def _join(line: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in line).rstrip()


def _render_all(pages: Sequence[ReviewPage], width: int | None, parts: Collection[str]) -> Iterator[Line]:
    for place, page in enumerate(pages):
        if place:
            yield []
        yield from render_text(page, width and min(width, _COLUMNS), parts)
