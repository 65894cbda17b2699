"""What was found in a text as files: a watchlist, a skeleton of claims, what a person must look at. Pure."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Sequence

import msgspec

from etl.adoption.names import find_acronyms
from etl.escaping import escape_markdown
from etl.wording import count, flatten, shorten
from models.adoption import Adoption, NamedThing, OpenPoint, Place, TrialCitation

_LONGEST_QUOTE = 110
_LONGEST_STATEMENT = 1000  # what the reader of claims takes
_LONGEST_LINE = 200
_NO_SECTION = "no heading"
_CONTROL = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029]")
_SLUG = re.compile(r"[^a-z0-9]+")


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What the files say beside what was found. `printed`: the day the text was published; `is_dated`: it was given.

    `extra` is the vocabulary's own folder, as the watchlist names it; `condition` narrows its agents and targets.
    """

    claims_file: str
    printed: dt.date
    is_dated: bool = True
    title: str = ""
    pmid: str = ""
    extra: str = ""
    condition: str = ""


def render_watchlist(adoption: Adoption, frame: Frame) -> str:
    """Return a watchlist: every item with the place it was found at."""
    trials = [(nct_id, _tell_trial(adoption, nct_id)) for nct_id in adoption.nct_ids]
    agents = [(one.name, _tell_name(one)) for one in adoption.agents]
    targets = [(one.name, _tell_name(one)) for one in adoption.targets]
    articles = [(pmid, _tell_place(place)) for pmid, place in adoption.articles]
    return "\n".join(
        [
            f"# What {_clean(adoption.source)} names, by `trialwatch adopt`: each item with its line in the text.",
            '# Take out what you do not follow. To narrow one: {name = "olaparib", condition = "lung"}.',
            "",
            "[watch]",
            *([f"condition = {_quote(frame.condition)}"] if frame.condition else []),
            *_render_list("trials", trials),
            *_render_list("agents", agents),
            *_render_backbones(adoption.backbones),
            *_render_list("targets", targets),
            *_render_list("articles", articles),
            *(["", "[vocabulary]", f"extra = {_quote(frame.extra)}"] if frame.extra else []),
            "",
            "[review]",
            "built_in = false",
            f"files = [{_quote(frame.claims_file)}]",
            "",
            "# [source.pubmed]",
            '# email = "you@example.org"            # yours: NCBI writes to it before it blocks a client',
            "",
        ]
    )


def _render_list(key: str, items: Sequence[tuple[str, str]]) -> Iterator[str]:
    if not items:
        yield f"{key} = []"
        return
    yield f"{key} = ["
    yield from (f"    {_quote(name)}, # {why}" for name, why in items)
    yield "]"


def _render_backbones(things: Sequence[NamedThing]) -> Iterator[str]:
    if things:
        yield "# Recognised, not watched (backbones, or without a name to search with): watch their trials by number."
    for one in things:
        yield f"#   {_clean(one.name)}: {_tell_name(one)}"


def _tell_trial(adoption: Adoption, nct_id: str) -> str:
    places = [one.place for one in adoption.trials if one.nct_id == nct_id]
    also = f"; also line {', '.join(str(place.line) for place in places[1:])}" if len(places) > 1 else ""
    return _tell_place(places[0]) + also


def _tell_name(one: NamedThing) -> str:
    written = [text for text in one.spellings if text.casefold() != one.name.casefold()]
    as_written = f"as {', '.join(_clean(text) for text in written[:3])}; " if written else ""
    return f"{count(one.mentions, 'time')}; {as_written}{_tell_place(one.place)}"


def _tell_place(place: Place) -> str:
    quote = shorten(place.quote, _LONGEST_QUOTE)
    return f"line {place.line}: “{_clean(quote)}”"


def render_claims(adoption: Adoption, frame: Frame) -> str:
    """Return a skeleton of claims: a claim for each sentence that cites trials, its state unsorted."""
    sentences: dict[tuple[str, str], list[TrialCitation]] = {}
    for one in adoption.trials:
        sentences.setdefault((one.section, one.sentence), []).append(one)
    title = frame.title or adoption.source
    lines = [
        "# A skeleton of claims, by `trialwatch adopt`: each statement is the text's own sentence. Write it in your",
        "# own words; say in `state` what it says (ongoing, results_not_released, early_results, positive, failed,",
        "# approved, preclinical); keep of agents and targets what it says of its trials. See docs/review.md.",
        "",
        "[review]",
        f"id = {_quote(build_slug(title))}",
        f"title = {_quote(_cut(title, _LONGEST_LINE))}{'' if frame.title else '  # to do: the title'}",
        f"printed = {frame.printed.isoformat()}{'' if frame.is_dated else '  # to do: the day it was published'}",
        *([f"pmid = {_quote(frame.pmid)}"] if frame.pmid else []),
    ]
    for number, ((section, sentence), cited) in enumerate(sentences.items(), 1):
        lines += ["", *_render_claim(number, section, sentence, cited)]
    return "\n".join([*lines, ""])


def _render_claim(number: int, section: str, sentence: str, cited: Sequence[TrialCitation]) -> Iterator[str]:
    names = [one.text for one in find_acronyms(sentence, ())]
    places = sorted({one.place.line for one in cited})
    yield "[[claim]]"
    yield f"id = {_quote(f'claim-{number:02}')}"
    yield f"section = {_quote(_cut(section, _LONGEST_LINE) or _NO_SECTION)}"
    yield f"statement = {_quote(_cut(sentence, _LONGEST_STATEMENT))}  # to do: in your own words"
    yield 'state = "unsorted"  # to do'
    if len(names) == 1:
        yield f"name = {_quote(names[0])}"
    yield f"trials = [{_quote_all(list(dict.fromkeys(one.nct_id for one in cited)))}]"
    yield from (
        f"{key} = [{_quote_all(values)}]"
        for key, values in (("agents", cited[0].agents), ("targets", cited[0].targets))
        if values
    )
    yield f"note = {_quote(f'line {chr(44).join(map(str, places))}')}"


def render_points(adoption: Adoption) -> str:
    """Return what a person must look at, as Markdown."""
    kinds: dict[str, list[OpenPoint]] = {}
    for point in adoption.points:
        kinds.setdefault(point.kind, []).append(point)
    lines = [f"# To look at in {escape_markdown(adoption.source, begins_line=False)}", ""]
    if not kinds:
        lines.append("Nothing.")
    for kind, points in kinds.items():
        lines += [f"## {kind}", "", *(_render_point(point) for point in points), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _render_point(point: OpenPoint) -> str:
    advice = f": {escape_markdown(point.advice, begins_line=False)}" if point.advice else ""
    quote = escape_markdown(point.place.quote, _LONGEST_QUOTE, begins_line=False)
    return f"- **{escape_markdown(point.text, begins_line=False)}**{advice} (line {point.place.line}: “{quote}”)"


def render_summary(adoption: Adoption) -> str:
    """Return what was found, in some lines for people."""
    trials = f"{count(len(adoption.nct_ids), 'trial')}, cited {count(len(adoption.trials), 'time')}"
    watched = (("agent", adoption.agents), ("target", adoption.targets), ("paper", adoption.articles))
    others = ", ".join(count(len(things), noun) for noun, things in watched)
    lines = [f"{_clean(adoption.source)}: {trials}; {others} to watch"]
    parts = (("agents", adoption.agents), ("targets", adoption.targets), ("not watched", adoption.backbones))
    lines += [f"{label}: {', '.join(one.name for one in things)}" for label, things in parts if things]
    kinds = list(dict.fromkeys(point.kind for point in adoption.points))
    lines += [f"to look at: {kind.lower()}: {_list_points(adoption, kind)}" for kind in kinds]
    return "\n".join(lines)


def _list_points(adoption: Adoption, kind: str) -> str:
    return ", ".join(_clean(point.text) for point in adoption.points if point.kind == kind)


def build_slug(text: str) -> str:
    """Return a text as an id: lower case, digits and hyphens."""
    return _SLUG.sub("-", flatten(text).casefold()).strip("-")[:60].strip("-") or "review"


def _cut(text: str, longest: int) -> str:
    return shorten(text, longest).strip()


def _clean(text: str) -> str:
    """Return a text that may stand in a comment."""
    return _CONTROL.sub(" ", text)


def _quote(text: str) -> str:
    """Return a TOML string: JSON's escapes are TOML's too."""
    return json.dumps(_clean(text), ensure_ascii=False)


def _quote_all(texts: Sequence[str]) -> str:
    return ", ".join(_quote(text) for text in texts)
