"""One paper of a letter as an entry: its name, what became of it, the trials it is tied to. It renders nothing."""

from __future__ import annotations

from etl.view.pieces import Entry, Line, Run, link_record, say
from etl.view.trials import LONGEST_TEXT, explain
from etl.wording import join, shorten, show_stated_date, show_status
from models.digest import LinkedTrial, PaperItem

_MOST_LINKED = 5
_NOTICES = {
    "retracted": "Retracted",
    "retraction_withdrawn": "Retraction withdrawn",
    "concern": "Expression of concern",
    "corrected": "Corrected",
    "deleted": "No longer in PubMed",
    "merged": "No longer in PubMed",
    "restored": "In PubMed again",
    "updated": "Updated",
    "republished": "Republished",
    "new_version": "New version",
}


def build_paper_entry(paper: PaperItem) -> Entry:
    """Return a paper that came."""
    earlier = ""
    if paper.event == "now_mentions":
        names = join([shorten(name, LONGEST_TEXT) for name in paper.names])
        earlier = f"Names {names} since a revision." if names else "Entered earlier, found since a revision."
    lines = (say(earlier), _link_trials(paper), explain(paper.reasons))
    return Entry(name=link_record(paper.pmid, "PMID"), title=_cite(paper), lines=tuple(filter(None, lines)))


def build_notice_entry(paper: PaperItem) -> Entry:
    """Return what became of a paper: retracted, under concern, corrected."""
    number = shorten(paper.related_pmid or "", LONGEST_TEXT)
    notice = f" Notice {number}." if number else ""
    if paper.event == "merged":
        notice = f" Its DOI is that of PMID {number}."
    elif paper.event in ("updated", "republished"):
        notice = f" By PMID {number}." if number else ""
    links = _link_trials(paper) or say("Linked to no tracked trial.")
    return Entry(
        head=(Run(_NOTICES[paper.event], "strong"),),
        name=link_record(paper.pmid, "PMID"),
        title=(*_cite(paper), *say(notice)),
        lines=tuple(filter(None, (links, explain(paper.reasons)))),
    )


def _cite(paper: PaperItem) -> Line:
    """Return a paper's title, journal and date."""
    title = f"{shorten(paper.title, LONGEST_TEXT).rstrip('.')}."
    journal, date = shorten(paper.journal, LONGEST_TEXT), shorten(paper.pub_date_text, LONGEST_TEXT)
    shown = show_stated_date(date) if date else ""
    if journal:
        return (Run(f"{title} "), Run(journal, "emphasis"), *say(f", {shown}." if shown else "."))
    return say(f"{title} {shown}." if shown else title)


def _link_trials(paper: PaperItem) -> Line:
    """Return the trials a paper is tied to; those the letter tells of are not linked once more."""
    if not paper.trials:
        return ()
    runs = list(say(f"Linked {'trial' if len(paper.trials) == 1 else 'trials'}: "))
    for place, trial in enumerate(paper.trials[:_MOST_LINKED]):
        runs += [*(say("; ") if place else ()), *_link_trial(trial)]
    more = len(paper.trials) - _MOST_LINKED
    return (*runs, Run(f"; {more} more." if more > 0 else "."))


def _link_trial(trial: LinkedTrial) -> Line:
    name = Run(shorten(trial.nct_id, LONGEST_TEXT)) if trial.is_told else link_record(trial.nct_id)
    notes = [shorten(show_status(trial.status), LONGEST_TEXT)] if trial.status else []
    notes += ["cites it as background"] if trial.is_background else []
    notes += ["link no longer stated"] if trial.is_former else []
    title = shorten(trial.title, LONGEST_TEXT).rstrip(".")
    words = (f" {title}" if title and not trial.is_told else "") + (f" ({', '.join(notes)})" if notes else "")
    return (name, *say(words))
