"""A living review as GitHub-flavoured Markdown. All text from outside is escaped; links lead to records alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import groupby

from etl.escaping import escape_markdown
from etl.review import lines
from etl.review.words import SIGNS, VERDICT_WORDS, quote, show_long
from etl.wording import flatten, show_day
from models.review_page import ReviewPage


def render_markdown(page: ReviewPage, parts: Collection[str] = ()) -> str:
    """Return a living review as Markdown; the same page gives the same bytes. `parts`: none are all."""
    blocks = ["\n".join(_render_head(page))]
    for name, render in _PARTS.items():
        if not parts or name in parts:
            block = "\n".join(render(page))
            blocks += [block] if block else []
    blocks.append(_say(f"Sources: U.S. National Library of Medicine (ClinicalTrials.gov, PubMed). {lines.NOT_READ}"))
    return "\n\n".join(blocks) + "\n"


def _render_head(page: ReviewPage) -> Iterator[str]:
    yield f"# {_say(page.title)}"
    yield ""
    cited = f"{_say(page.citation)}. " if page.citation else ""
    doi = f" · [doi:{_say(page.doi)}](<https://doi.org/{page.doi}>)" if page.doi else ""
    pmid = f" · [PMID {page.pmid}](https://pubmed.ncbi.nlm.nih.gov/{page.pmid}/)" if page.pmid else ""
    yield f"{cited}Printed {show_day(page.printed)}{doi}{pmid}\\"
    if page.note:
        yield f"{_say(page.note)}\\"
    yield f"**{_say(lines.describe_counts(page))}** {_say(lines.describe_week(page))}\\"
    yield lines.describe_reading(page)


def _render_claims(page: ReviewPage) -> Iterator[str]:
    for place, (section, claims) in enumerate(groupby(page.claims, key=lambda one: one.section)):
        yield from ([""] if place else [])
        yield f"## {_say(section)}"
        yield ""
        yield "| verdict | statement | said | records | what it rests on |"
        yield "|---|---|---|---|---|"
        for claim in claims:
            also = [f"*Also:* {_link(text)}" for text in lines.list_also(claim, show_long)]
            cells = (
                f"**{SIGNS[claim.verdict]} {VERDICT_WORDS[claim.verdict]}**",
                _say(claim.statement),
                _say(claim.said),
                _link(lines.describe_cited(claim)),
                "<br>".join([_link(lines.describe_reason(claim, show_long)), *also]),
            )
            yield f"| {' | '.join(cells)} |"


def _render_week(page: ReviewPage) -> Iterator[str]:
    yield "## Since last week"
    yield ""
    if not page.moved:
        yield lines.describe_still(page, show_day(page.week_since.date()))
    for one in page.moved:
        rest = f"{_say(one.statement)} {_link(lines.describe_move(one, show_long))}"
        yield f"- **{lines.name_move(one)}** ({show_day(one.moved_at.date())}) {rest}"


def _render_printing(page: ReviewPage) -> Iterator[str]:
    yield f"## Changed since printing ({show_day(page.printed)})"
    yield ""
    told, others = lines.split_since(page)
    for one in told:
        yield f"- {_link(one.nct_id)} {_say(one.title)}"
        for text in lines.list_since(one, show_long):
            yield f"  - {_link(text)}"
    if others:
        yield f"- {_link(others)}"


def _render_agents(page: ReviewPage) -> Iterator[str]:
    if page.agents:
        yield "## Agents"
        yield ""
    for card in page.agents:
        yield f"- **{_say(card.agent)}**"
        for text in lines.describe_agent(card, show_long):
            yield f"  - {_link(text)}"


def _render_due(page: ReviewPage) -> Iterator[str]:
    for is_cited, group in groupby(page.readouts, key=lambda one: one.is_cited):
        yield "## Results due in the registry" if is_cited else "## Results due of other trials of its agents"
        yield ""
        for one in group:
            yield f"- {_link(lines.describe_readout(one, show_long))} {_say(one.title)}"
        yield ""


def _render_results(page: ReviewPage) -> Iterator[str]:
    told = lines.list_reported(page)
    if told:
        yield "## Posted results, as posted"
        yield ""
        yield "Beside what the review says; no verdict on an effect is made."
        yield ""
    for trial, claims in told:
        yield f"- {_link(trial.nct_id)} {_say(trial.title)}"
        yield from (f"  - *the review:* {_say(claim.statement)}" for claim in claims)
        for outcome in trial.outcomes:
            yield f"  - {_say(lines.describe_outcome(outcome))}"
            if outcome.population:
                yield f"    - *analysed:* {_say(quote(outcome.population))}"
            yield from (f"    - {_say(lines.describe_value(value))}" for value in lines.list_values(outcome))
            yield from (f"    - *analysis:* {_say(flatten(analysis))}" for analysis in outcome.analyses)


def _render_open(page: ReviewPage) -> Iterator[str]:
    if page.unresolved:
        yield "## Open"
        yield ""
        yield from (f"- {_say(text)}" for text in page.unresolved)


_PARTS = {
    "claims": _render_claims,
    "week": _render_week,
    "printing": _render_printing,
    "agents": _render_agents,
    "due": _render_due,
    "results": _render_results,
    "open": _render_open,
}


def _say(text: str) -> str:
    return escape_markdown(text, longest=None, begins_line=False)


def _link(text: str) -> str:
    return "".join(
        f"[{_say(run.text)}]({run.url})" if run.url else _keep_ends(run.text) for run in lines.split_records(text)
    )


def _keep_ends(text: str) -> str:
    """Escape a stretch of a sentence, with the spaces that part it from the links beside it."""
    return f"{' ' * text.startswith(' ')}{_say(text)}{' ' * text.endswith(' ')}" if text.strip() else " "
