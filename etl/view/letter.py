"""A digest as a letter: title, three lines, band, parts and foot, in the words all forms share. It renders nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from etl.view.bar import build_bar
from etl.view.claims import build_claim_parts
from etl.view.papers import build_notice_entry, build_paper_entry
from etl.view.pieces import Group, Part, View
from etl.view.trials import build_trial_entry
from etl.wording import count, flatten, show_span
from models.change import Weight
from models.digest import GROUPS, Digest, Section

_HEADINGS = {
    "stopped": "Stopped or paused",
    "moved": "Other status moves",
    "dated": "Dates, enrollment and sites",
    "fresh": "New trials",
    "reported": "Results and linked papers",
    "designed": "Protocol and sponsor",
    "edited": "Other edits",
}
_FOOT = (
    "Sources: U.S. National Library of Medicine (ClinicalTrials.gov, PubMed).",
    "Not read: press, congresses, other registries.",
    "A registry status is not a result.",
)


def build_view(digest: Digest, minimum_weight: Weight) -> View:
    """Return what every form of a letter shows."""
    span, label = show_span(digest.since, digest.until), flatten(digest.label)
    parts = (*map(_build_part, digest.sections), *build_claim_parts(digest.claims))
    summary = _clean(_describe_quiet(digest, minimum_weight) if digest.is_quiet else digest.summary)
    return View(
        title=f"Trial watch {label} ({span})",
        label=label,
        span=span,
        is_quiet=digest.is_quiet,
        summary=summary,
        preheader=_find_top(parts) or (summary[0] if summary else ""),
        band=flatten(digest.incomplete),
        bar=build_bar(digest),
        parts=parts,
        older=_clean(digest.older),
        left_out=() if digest.is_quiet else _clean(digest.left_out),
        health=() if digest.is_quiet else _clean(digest.health or ("Every source was read on every night.",)),
        foot=_FOOT,
    )


def _clean(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(flatten, lines))


def _describe_quiet(digest: Digest, minimum_weight: Weight) -> Iterator[str]:
    """Yield the three lines of a span in which nothing moved, or the one of a span that nobody knows of."""
    if not digest.nights:
        yield "No nightly run in this span: nothing is known of it."
        return
    read = " that were read" if digest.incomplete else ""
    if digest.is_registry_read:
        where = "what you follow" if digest.is_narrow else count(digest.tracked, "trial")
        yield f"Nothing of {minimum_weight} weight or more moved in {where}{read}."
    else:
        yield f"The registry was not read in this span: nothing is known of {count(digest.tracked, 'trial')}."
    papers = "No papers to tell" if digest.counted_papers else "No new papers"
    papers += " in what was read" if digest.incomplete else ""
    if digest.is_narrow:
        papers += " for what you follow."
    else:
        papers += f" for {count(digest.targets, 'target')}." if digest.targets else "."
    yield " ".join([papers, *(f"{line}." for line in digest.left_out)])
    proved = f"All {count(digest.items, 'watch item')} were proved on all {count(digest.nights, 'night')}."
    yield " ".join(digest.health) or proved


def _build_part(section: Section) -> Part:
    groups = [
        Group(heading=_HEADINGS[name], entries=tuple(map(build_trial_entry, getattr(section, name)))) for name in GROUPS
    ]
    papers = tuple(map(build_paper_entry, section.papers))
    groups += [
        Group(heading="Papers", entries=papers, more=_clean(section.more_papers)),
        Group(heading="Retractions, concerns and corrections", entries=tuple(map(build_notice_entry, section.notices))),
    ]
    return Part(heading=flatten(section.name), groups=tuple(group for group in groups if group.entries))


def _find_top(parts: tuple[Part, ...]) -> str:
    """Return the gravest item in a few words: what an inbox shows beside the subject."""
    ranked = [
        (list(_HEADINGS.values()).index(group.heading), place, entry)
        for place, part in enumerate(parts)
        for group in part.groups
        if group.heading in _HEADINGS.values()
        for entry in group.entries[:1]
    ]
    if not ranked:
        return ""
    entry = min(ranked, key=lambda one: one[:2])[2]
    head = "".join(run.text for run in entry.head)
    return f"{head}: {entry.name.text}".removeprefix(": ") + "".join(f" {run.text}" for run in entry.title)
