"""From the events of papers to what a letter says of them: the papers that came, what became of others, and counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from etl.letter.reasons import CITED
from models.change import WEIGHTS, Weight
from models.digest import LinkedTrial, PaperItem

Row = Mapping[str, Any]
# Of a section, so many papers are told one by one; those of high weight always.
MOST_PAPERS = 10
_ENTERED = ("new", "now_mentions")
# Told of every paper; the others only of one that is about a tracked trial or stands in the list, elsewhere counted.
_ALWAYS = ("retracted", "retraction_withdrawn", "concern")
# A retraction stands beside its withdrawal.
_ORDER = {
    "retracted": 0, "retraction_withdrawn": 0, "concern": 1, "corrected": 2, "deleted": 3, "merged": 4, "restored": 5,
    "updated": 6, "republished": 6, "new_version": 6,
}  # fmt: skip
_COUNTED_AS = {"corrected": "corrected", "deleted": "no longer in PubMed", "merged": "no longer in PubMed"}
_BACK = "in PubMed again"
# What takes the place of a paper, by the detail of its revision: NLM's words, and a field of the record.
_SUCCESSORS = {"UpdateIn": "updated", "RepublishedIn": "republished"}
# What becomes of a paper's trust reaches every trial it was ever tied to, be the link stated no more.
_REACHING = ("retracted", "retraction_withdrawn", "concern", "corrected")


class PaperNews(msgspec.Struct, frozen=True, kw_only=True):
    """The papers that are news, in the order they are told in, each with its section; `counted` by reason.

    `light` is how many came that weigh too little to be told.
    """

    entered: tuple[PaperItem, ...] = ()
    notices: tuple[PaperItem, ...] = ()
    counted: Mapping[str, int] = {}
    light: int = 0
    homes: Mapping[str, str | None] = {}

    def of(self, home: str | None) -> PaperNews:
        """Return those of one section; None: of none."""
        entered, notices = (
            tuple(one for one in papers if self.homes[one.pmid] == home) for papers in (self.entered, self.notices)
        )
        return msgspec.structs.replace(self, entered=entered, notices=notices, counted={})


def build_paper_news(
    rows: Sequence[Row], trials: Mapping[str, Row], minimum: Weight, told_trials: Collection[str]
) -> PaperNews:
    """Return what the events of a span say, each paper once among those that came, by rank.

    `rows` are in the order in which the events of a paper were seen.
    `trials` are rows of linked trials by number, `told_trials` those that the letter tells of.
    """
    items = [(row, _build_paper(row, trials, told_trials)) for row in rows]
    notices = [one for row, one in items if _is_told_notice(row)]
    standing = {one.pmid: one.event for one in notices if one.event in ("retracted", "retraction_withdrawn")}
    retracted = {pmid for pmid, event in standing.items() if event == "retracted"}
    came = _merge([(row, one) for row, one in items if row["kind"] in _ENTERED and one.pmid not in retracted])
    told = {pmid: one for pmid, (row, one) in came.items() if _weighs(row, minimum)}
    counted = Counter(str(row["reason"]) for pmid, (row, _) in sorted(came.items(), key=_place) if pmid not in told)
    others = [row for row, _ in items if row["kind"] not in _ENTERED and not _is_told_notice(row)]
    # Of one that went and came back, what is so at the end.
    counted.update(
        {(row["pmid"], row["kind"] == "corrected"): _COUNTED_AS.get(row["kind"], _BACK) for row in others}.values()
    )
    return PaperNews(
        entered=tuple(sorted(told.values(), key=lambda one: (one.rank, -int(one.pmid)))),
        notices=tuple(sorted(notices, key=_place_notice)),
        counted=counted,
        light=len(came) - len(told),
        homes={row["pmid"]: row["home"] for row in rows},
    )


def list_more(papers: Sequence[PaperItem]) -> tuple[list[PaperItem], list[str]]:
    """Return the papers of a section that are told one by one, and what is said of the others."""
    told = [one for place, one in enumerate(papers) if place < MOST_PAPERS or one.is_heavy]
    more = Counter(one.reason for one in papers if one not in told)
    return told, [f"{number} more {reason}".rstrip() for reason, number in more.items()]


def _build_paper(row: Row, trials: Mapping[str, Row], told_trials: Collection[str]) -> PaperItem:
    is_notice = row["kind"] not in _ENTERED
    linked = [(nct_id, "") for nct_id in row["nct_ids"] or ()]
    # What the sponsor cites as background is news of the trial only where it is retracted.
    linked += [(nct_id, "background") for nct_id in (row["background_ids"] or ()) if is_notice]
    linked += [(nct_id, "former") for nct_id in (row["former_ids"] or ()) if row["kind"] in _REACHING]
    return PaperItem(
        pmid=row["pmid"],
        title=row["title"] or "(no title)",
        url=f"https://pubmed.ncbi.nlm.nih.gov/{row['pmid']}/",
        journal=row["journal"] or "",
        pub_date_text=row["pub_date_text"] or "",
        trials=tuple(
            _build_trial(nct_id, trials.get(nct_id, {}), link, is_told=nct_id in told_trials) for nct_id, link in linked
        ),
        event=_SUCCESSORS.get(row["detail"], "new_version") if row["kind"] == "revised" else row["kind"],
        related_pmid=row["related_pmid"],
        names=(row["detail"],) if row["kind"] == "now_mentions" and row["detail"] else (),
        rank=row["rank"] or 0,
        reason=row["reason"] or "",
        is_heavy=_weighs(row, "high"),
        reasons=(CITED,) if row.get("is_watched") else (),
    )


def _build_trial(nct_id: str, trial: Row, link: str, *, is_told: bool) -> LinkedTrial:
    return LinkedTrial(
        nct_id=nct_id,
        url=f"https://clinicaltrials.gov/study/{nct_id}",
        title=trial.get("title") or "",
        status=trial.get("status") or "",
        is_background=link == "background",
        is_former=link == "former",
        is_told=is_told,
    )


def is_told_paper(row: Row, minimum: Weight) -> bool:
    """Return whether a letter of this weight tells of an event; what it only counts is not told."""
    return _is_told_notice(row) or (row["kind"] in _ENTERED and _weighs(row, minimum))


def _is_told_notice(row: Row) -> bool:
    kind = row["kind"]
    is_tied = bool(row["nct_ids"]) or (kind in _REACHING and bool(row["former_ids"]))
    return kind in _ALWAYS or (kind not in _ENTERED and (is_tied or bool(row.get("is_watched"))))


def _weighs(row: Row, minimum: Weight) -> bool:
    """Whether a paper is told; one that was never weighed is."""
    return row["weight"] is None or WEIGHTS.index(row["weight"]) <= WEIGHTS.index(minimum)


def _merge(items: Iterable[tuple[Row, PaperItem]]) -> dict[str, tuple[Row, PaperItem]]:
    """Return each paper once: one that is new is so, whatever it names since; else all that it names since."""
    merged: dict[str, tuple[Row, PaperItem]] = {}
    for row, one in items:
        before = merged.get(one.pmid)
        if before is None or (before[1].event != "new" and one.event == "new"):
            merged[one.pmid] = row, one
        elif before[1].event != "new":
            names = tuple(dict.fromkeys((*before[1].names, *one.names)))
            merged[one.pmid] = row, msgspec.structs.replace(one, names=names)
    return merged


def _place(pair: tuple[str, tuple[Row, PaperItem]]) -> tuple[int, int]:
    return pair[1][1].rank, int(pair[0])


def _place_notice(one: PaperItem) -> tuple[bool, int, int]:
    return not one.trials, _ORDER[one.event], int(one.pmid)
