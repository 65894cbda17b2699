"""Facts of an invented week, as the warehouse's statements return them, for tests of letters."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import msgspec

from etl.digest import Facts, build_digest
from models.change import WEIGHT_OF, Weight, find_transition
from models.digest import Digest

Row = dict[str, Any]
SINCE, UNTIL = dt.datetime.combine(dt.date(2026, 2, 9), dt.time()), dt.datetime.combine(dt.date(2026, 2, 16), dt.time())
_NUMBERS = itertools.count(1)


def feb(number: int) -> dt.date:
    return dt.date(2026, 2, number)


def trial(nct_id: str, **parts: Any) -> Row:
    plain = {
        "nct_id": nct_id,
        "title": "Zelbarimab in treated NSCLC",
        "phases": ["PHASE2"],
        "sponsor": "Fictional Oncology BV",
        "status": "RECRUITING",
        "first_post_date": dt.date(2023, 5, 2),
        "targets": ["LAG-3"],
        "home": "LAG-3",
    }
    return {**plain, **parts}


FIELDS = {
    "status": "protocolSection.statusModule.overallStatus",
    "why_stopped": "protocolSection.statusModule.whyStopped",
    "arm": "protocolSection.armsInterventionsModule.armGroups",
    "intervention": "protocolSection.armsInterventionsModule.interventions",
    "primary_outcome": "protocolSection.outcomesModule.primaryOutcomes",
    "secondary_outcome": "protocolSection.outcomesModule.secondaryOutcomes",
    "other_outcome": "protocolSection.outcomesModule.otherOutcomes",
    "eligibility": "protocolSection.eligibilityModule.eligibilityCriteria",
    "phase": "protocolSection.designModule.phases",
    "study_type": "protocolSection.designModule.studyType",
    "design": "protocolSection.designModule.designInfo.allocation",
    "sponsor": "protocolSection.sponsorCollaboratorsModule.collaborators",
    "responsible_party": "protocolSection.sponsorCollaboratorsModule.responsibleParty",
    "reference": "protocolSection.referencesModule.references",
    "retraction": "protocolSection.referencesModule.references.retractions",
    "document": "documentSection.largeDocumentModule.largeDocs",
    "title": "protocolSection.identificationModule.briefTitle",
    "condition": "protocolSection.conditionsModule.conditions",
    "keyword": "protocolSection.conditionsModule.keywords",
    "description": "protocolSection.descriptionModule.briefSummary",
    "link": "protocolSection.referencesModule.seeAlsoLinks",
    "identity": "protocolSection.identificationModule.secondaryIdInfos",
    "disposition": "protocolSection.statusModule.dispFirstSubmitDate",
    "expanded_access": "protocolSection.statusModule.expandedAccessInfo",
    "oversight": "protocolSection.oversightModule.oversightHasDmc",
    "results": "hasResults",
}


def change(nct_id: str, kind: str, action: str, before: str | None, after: str | None, /, **parts: Any) -> Row:
    """Return one change as the letter reads it; a part that is no column goes into its detail."""
    plain = {
        "change_id": f"c{next(_NUMBERS)}",
        "nct_id": nct_id,
        "kind": kind,
        "action": action,
        "field": FIELDS.get(kind, kind),
        "item": "",
        "old_value": before,
        "new_value": after,
        "weight": WEIGHT_OF.get((kind, action), "low"),
        "origin": "live",
        "source_submit_date": feb(2),
        "source_post_date": feb(11),
        "source_day": feb(11),
    }
    detail = {name: parts.pop(name) for name in list(parts) if name not in plain}
    return {**plain, **parts, "detail": detail}


def move(nct_id: str, old: str, new: str, **parts: Any) -> Row:
    transition = find_transition(old, new)
    weight = WEIGHT_OF["status", transition]
    return change(nct_id, "status", "set", old, new, transition=transition, **{"weight": weight, **parts})


def paper(pmid: str, **parts: Any) -> Row:
    plain = {
        "pmid": pmid,
        "kind": "new",
        "related_pmid": None,
        "title": "Zelbarimab in NSCLC.",
        "journal": "J Fict Oncol",
        "pub_date_text": "2026 Feb",
        "home": "LAG-3",
        "nct_ids": None,
        "background_ids": None,
        "former_ids": None,
        "detail": None,
        "rank": 5,
        "weight": "medium",
        "reason": "with oncology or checkpoint context",
    }
    return {**plain, **parts}


def check(source: str, **parts: Any) -> Row:
    plain: Row = {"source": source, "last_read_on": feb(15), "failed_nights": None, "items": 12}
    plain |= {"unproved": None, "doubted": None}
    return {**plain, **parts}


def older(nct_id: str, moves: int, others: int, first: int, last: int) -> Row:
    return {"nct_id": nct_id, "moves": moves, "others": others, "first_year": first, "last_year": last}


def gather(**parts: Any) -> Facts:
    """Return the facts of a week with seven nights in which nothing happened, but for the parts given."""
    counts = {
        "targets": 3,
        "tracked": 312,
        "trials_now_tracked": 0,
        "papers_now_tracked": 0,
        "papers_revised": 0,
        "moved_by_vocabulary": 0,
        "moved_by_rules": 0,
        "moved_by_override": 0,
        "edits": 0,
        **parts.pop("counts", {}),
    }
    trials = {row["nct_id"]: row for row in parts.pop("trials", [])}
    plain: dict[str, Any] = {
        "changes": [],
        "new_trials": [],
        "papers": [],
        "older": [],
        "nights": [{"night": feb(number), "first_night": feb(1)} for number in range(9, 16)],
        "checks": [check("clinicaltrials"), check("pubmed")],
        "targets": ["LAG-3", "TIGIT", "TIM-3"],
    }
    return Facts(**{**plain, **parts}, counts=counts, trials=trials)


def write(facts: Facts, minimum_weight: Weight = "medium", **parts: Any) -> Digest:
    told: dict[str, Any] = {"label": "2026-W07", "since": SINCE, "until": UNTIL, **parts}
    return build_digest(facts, minimum_weight=minimum_weight, **told)


RICH = gather(
    trials=[
        trial("NCT99000101", targets=["LAG-3", "PD-1"], status="TERMINATED"),
        trial(
            "NCT99000117", title="QX-9917 dose finding", phases=["PHASE1"], sponsor="Sample Hospital",
            status="SUSPENDED",
        ),
        trial("NCT99000122", home="TIGIT", targets=["TIGIT"], title="Nuvotrelimab after surgery", phases=["PHASE3"]),
        trial("NCT99000130", home="TIGIT", targets=["TIGIT"], title="Nuvotrelimab in melanoma", phases=[]),
        trial("NCT99000131", home="myeloid", targets=None, title="Dulzotinib", sponsor=None, status="UNKNOWN"),
        trial("NCT99000132", home=None, targets=None, title=None, phases=None),
        trial("NCT99000133", home="TIGIT", targets=["TIGIT"], title="Nuvotrelimab alone"),
        trial("NCT99000140", home="TIM-3", targets=["TIM-3"], status="NOT_YET_RECRUITING", first_post_date=feb(10)),
        trial("NCT99000150", title="Zelbarimab in melanoma", status="COMPLETED"),
        trial("NCT99000151", title="Morvafusp alfa in volunteers", status="WITHDRAWN"),
    ],
    changes=[
        move("NCT99000101", "RECRUITING", "TERMINATED", why_stopped="Slow accrual.", **{"class": "accrual"}),
        change("NCT99000101", "enrollment", "actual", "142", "61", old_type="ESTIMATED", new_type="ACTUAL"),
        change("NCT99000101", "completion_date", "actualised", "2027-06", "2026-01-30", weight="low"),
        move("NCT99000117", "RECRUITING", "SUSPENDED"),
        change(
            "NCT99000122", "primary_completion_date", "slipped", "2026-06", "2027-03",
            old_type="ESTIMATED", new_type="ESTIMATED",
        ),
        move("NCT99000130", "RECRUITING", "SUSPENDED"),
        move("NCT99000130", "SUSPENDED", "RECRUITING", source_submit_date=feb(12), source_post_date=feb(13)),
        move("NCT99000131", "RECRUITING", "UNKNOWN", source_submit_date=None, source_post_date=None),
        change(
            "NCT99000132", "registry_state", "gone", "missing", "gone", source_submit_date=None, source_post_date=None
        ),
        change("NCT99000133", "why_stopped", "set", None, "Company decision", weight="high"),
    ],
    new_trials=[
        {
            "nct_id": "NCT99000140", "source_submit_date": feb(5), "source_post_date": feb(10), "source_day": feb(10),
        },
    ],
    papers=[
        paper("99000031", nct_ids=["NCT99000101"]),
        paper("99000032", home="TIGIT", title="[A title in brackets].", journal=None, pub_date_text=None),
        paper("99000033", home=None, title=None),
        paper("99000034", rank=1, weight="high", reason="linked to a tracked trial", nct_ids=["NCT99000150"]),
        paper("99000035", rank=4, weight="low", reason="on the virology of RIG-I"),
        paper(
            "99000007", kind="retracted", related_pmid="99000040", title="Morvafusp alfa in mice.",
            nct_ids=["NCT99000101"], background_ids=["NCT99000151"],
        ),
        paper("99000008", kind="concern", related_pmid=None, title="Another one."),
    ],
    older=[older("NCT99000101", 2, 1, 2021, 2023)],
    counts={"edits": 31},
)  # fmt: skip
QUIET = gather(counts={"edits": 4})
DEAD_SOURCE = msgspec.structs.replace(
    RICH,
    checks=[
        check("clinicaltrials", unproved=["target:FAP"]),
        check("pubmed", last_read_on=feb(12), failed_nights=[feb(13), feb(14), feb(15)]),
    ],
)
# A catch-up: what three weeks brought, in one letter.
CATCH_UP = write(
    msgspec.structs.replace(
        RICH,
        nights=[
            {"night": day, "first_night": dt.date(2026, 1, 1)}
            for day in (dt.date(2026, 1, 26) + dt.timedelta(days=number) for number in range(21))
            if day != feb(4)
        ],
    ),
    label="2026-W05 to W07",
    since=dt.datetime.combine(dt.date(2026, 1, 26), dt.time()),
)
