"""What became of papers that a review cites, or that report a trial it cites, as findings. It knows no rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from etl.review.dossier import Dossier, Row, find_end
from etl.review.finding import Finding, show_partial
from models.verdicts import FindingKind


def find_paper_findings(dossier: Dossier, papers: Iterable[Row], base: dict[str, Any]) -> Iterator[Finding]:
    """Yield retractions, concerns and corrections of papers that the review cites, or that report a trial it cites."""
    printed = dossier.review.printed
    for paper in papers:
        noticed = find_end(paper, "noticed_on")
        was_before = noticed <= printed if noticed else None
        notice = {"notice_pmid": paper["related_pmid"], "noticed_on": show_partial(paper, "noticed_on")}
        evidence = base | describe_paper(paper) | notice
        is_cited = paper["nct_id"] is None
        retracted: FindingKind = "paper_retracted" if is_cited else "report_retracted"
        match paper["notice"]:
            case "retracted" if paper["is_retracted"] or not paper["is_held"]:
                yield Finding(kind=retracted, evidence=evidence, was_before=was_before)
            case None if paper["is_retracted"]:
                yield Finding(kind=retracted, evidence=evidence)
            case "concern" if was_before is not True:
                yield Finding(kind="paper_concern", evidence=evidence)
            case "corrected" if is_cited and was_before is not True:
                yield Finding(kind="paper_corrected", evidence=evidence)


def list_once(papers: Iterable[Row]) -> list[Row]:
    """Return a row a paper, of several notices on it any."""
    return list({paper["pmid"]: paper for paper in papers}.values())


def describe_paper(paper: Row) -> dict[str, Any]:
    """Return a paper as evidence."""
    return {
        "pmid": paper["pmid"],
        "title": paper["title"],
        "published": show_partial(paper, "pub_date"),
        "said_by": [*paper["said_by"]],
    }
