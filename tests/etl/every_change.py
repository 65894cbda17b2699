"""One change of every kind and action there is, in invented trials, as the warehouse's statements return them."""

from __future__ import annotations

from etl.digest import Facts
from models.change import WEIGHT_OF
from tests.etl.facts import Row, change, feb, gather, move, trial

MODULES = "protocolSection"
ARMS = f"{MODULES}.armsInterventionsModule.armGroups"
OUTCOMES = f"{MODULES}.outcomesModule"
LIMITS = f"{MODULES}.eligibilityModule"
RESULTS = "resultsSection"
STATUS = f"{MODULES}.statusModule"
LONG = "Participants must have a measurable lesion that was not irradiated before, by the criteria of the investigator,"

COHORT = {"label": "Cohort C", "type": "EXPERIMENTAL", "interventionNames": ["Drug: Zelbarimab", "Drug: Docetaxel"]}

STATUSES = [
    move("NCT99000201", "RECRUITING", "WITHDRAWN", why_stopped="Business decision", **{"class": "business"}),
    move("NCT99000202", "SUSPENDED", "RECRUITING", origin="gap"),
    move("NCT99000203", "COMPLETED", "ACTIVE_NOT_RECRUITING"),
    move("NCT99000204", "NOT_YET_RECRUITING", "RECRUITING"),
    move("NCT99000204", "RECRUITING", "ACTIVE_NOT_RECRUITING", source_submit_date=feb(9), source_post_date=feb(12)),
    move("NCT99000204", "ACTIVE_NOT_RECRUITING", "COMPLETED", source_submit_date=feb(10), source_post_date=feb(13)),
    move("NCT99000205", "RECRUITING", "UNKNOWN", source_submit_date=None, source_post_date=None),
    change("NCT99000206", "why_stopped", "set", "Slow.", "Slow accrual", weight="high", **{"class": "accrual"}),
    change("NCT99000207", "why_stopped", "cleared", "Slow.", None),
    change("NCT99000208", "registry_state", "missing", "listed", "missing", source_submit_date=None),
    change("NCT99000208", "registry_state", "gone", "missing", "gone", source_submit_date=None),
    change("NCT99000209", "registry_state", "reopened", "gone", "listed", source_submit_date=None),
]
DATES = [
    change("NCT99000211", "start_date", "slipped", "2026-03-01", "2026-03-20", old_type="ESTIMATED"),
    change("NCT99000211", "primary_completion_date", "slipped", "2026-06", "2032-06", implausible=True),
    change("NCT99000211", "primary_completion_date", "slipped", "2032-06", "2032-09", source_submit_date=feb(3)),
    change("NCT99000211", "completion_date", "cleared", "2027", None, old_type="ESTIMATED"),
    change("NCT99000212", "primary_completion_date", "pulled_in", "2027-03", "2026-06", new_type="ESTIMATED"),
    change("NCT99000212", "completion_date", "refined", "2027", "2027-06"),
    change("NCT99000212", "start_date", "actualised", "2026-01", "2026-01-15", old_type="ESTIMATED", new_type="ACTUAL"),
    change("NCT99000213", "enrollment", "raised", "40", "60", old_type="ESTIMATED", new_type="ESTIMATED", percent=50.0),
    change("NCT99000213", "enrollment", "cut", "60", "40", old_type="ESTIMATED", new_type="ESTIMATED", percent=-33.3),
    change("NCT99000214", "enrollment", "set", None, "40", new_type="ESTIMATED"),
]
PLACES = [
    *(change("NCT99000215", "country", "added", None, name, item=name) for name in ("Spain", "Italy", "Japan")),
    *(change("NCT99000215", "country", "removed", name, None, item=name) for name in ("France", "Japan")),
    change("NCT99000215", "site", "count", "12", "18", added={"Spain": 5, "Italy": 2}, removed={"France": 1}),
    change("NCT99000216", "site", "count", "18", None, removed={"Italy": 18}, listing="withdrawn"),
    change("NCT99000216", "country", "removed", "Italy", None, item="Italy", listing="withdrawn", weight="low"),
]
ARM_CHANGES = [
    change(
        "NCT99000221", "arm", "closed", f"{LONG} first part", f"{LONG} first part. Closed to enrollment.",
        item="Cohort B", field=f"{ARMS}.description", says="Closed to enrollment",
    ),
    change(
        "NCT99000221", "arm", "added", None, "Cohort C (EXPERIMENTAL): Drug: Zelbarimab; Drug: Docetaxel",
        item="Cohort C", content=COHORT, agents=["zelbarimab"], weight="high",
    ),
    change("NCT99000221", "arm", "removed", "Cohort D", None, item="Cohort D", content={"label": "Cohort D"}),
    change("NCT99000222", "arm", "renamed", "Arm 1", "Arm A", item="Arm 1", field=f"{ARMS}.label"),
    change(
        "NCT99000222", "arm", "changed", "Drug: A", "Drug: A; Drug: B", item="Arm 2", added=["Drug: B"], removed=[],
        field=f"{ARMS}.interventionNames",
    ),
    change("NCT99000222", "arm", "changed", "EXPERIMENTAL", "ACTIVE_COMPARATOR", item="Arm 3", field=f"{ARMS}.type"),
    change(
        "NCT99000223", "intervention", "added", None, "Zelbarimab (BIOLOGICAL)", item="Zelbarimab",
        content={"name": "Zelbarimab", "type": "BIOLOGICAL"}, agents=["zelbarimab"], weight="high",
    ),
    change("NCT99000224", "intervention", "removed", "Docetaxel", None, item="Docetaxel", content={"type": "DRUG"}),
    change("NCT99000224", "intervention", "renamed", "ZB-1", "Zelbarimab", item="ZB-1", field=f"{ARMS}.name"),
]  # fmt: skip
OUTCOME_CHANGES = [
    change(
        "NCT99000231", "primary_outcome", "added", None, "Overall survival [2 years]", item="Overall survival",
        content={"measure": "Overall survival", "timeFrame": "2 years"}, after_completion=True,
    ),
    change("NCT99000231", "primary_outcome", "dropped", "ORR", None, item="ORR", content={}, after_completion=True),
    change("NCT99000232", "primary_outcome", "demoted", "primary", "secondary", item="ORR", after_completion=False),
    change("NCT99000232", "primary_outcome", "promoted", "secondary", "primary", item="PFS", after_completion=False),
    change(
        "NCT99000233", "primary_outcome", "reworded", f"{LONG} response at 12 weeks", f"{LONG} response at 24 weeks",
        item=f"{LONG} response at 12 weeks", field=f"{OUTCOMES}.primaryOutcomes.measure",
    ),
    change(
        "NCT99000234", "primary_outcome", "time_frame", "12 months", "6 months", item="PFS",
        field=f"{OUTCOMES}.primaryOutcomes.timeFrame", after_completion=True,
    ),
    *(
        change("NCT99000235", "secondary_outcome", "added", None, name, item=name, content={"measure": name})
        for name in ("OS", "PFS", "DoR", "DCR", "ORR", "AEs", "QoL")
    ),
    change("NCT99000236", "other_outcome", "dropped", "Ki-67", None, item="Ki-67", content={"measure": "Ki-67"}),
]  # fmt: skip
CRITERIA = [
    change("NCT99000241", "eligibility", "limits", "18 Years", "21 Years", field=f"{LIMITS}.minimumAge"),
    change("NCT99000241", "eligibility", "limits", "ALL", "FEMALE", field=f"{LIMITS}.sex"),
    change(
        "NCT99000241", "eligibility", "changed", "ECOG 0 or 1", "ECOG 0 to 2", item="inclusion",
        numbers={"old": ["ECOG 0-1"], "new": ["ECOG 0-2"]}, weight="medium",
    ),
    change("NCT99000241", "eligibility", "dropped", f"{LONG} twice", None, item="inclusion", weight="medium"),
    change(
        "NCT99000241", "eligibility", "added", None, "Prior LAG-3 inhibitor", item="exclusion", targets=["LAG-3"],
        weight="medium",
    ),
]  # fmt: skip
REPORTS = [
    change("NCT99000251", "results", "submitted", None, "2026-02-01", event="RELEASE", date="2026-02-01"),
    change("NCT99000252", "results", "posted", "false", "true", first_posted="2026-02-11"),
    change("NCT99000252", "results", "submitted", None, "2025-11-01", event="RELEASE", date="2025-11-01"),
    change("NCT99000253", "results", "withdrawn", "true", "false"),
    change(
        "NCT99000254", "results", "overdue", None, "2025-01", months=12, primary_completion_type="ACTUAL",
        source_submit_date=None, source_post_date=None,
    ),
    change(
        "NCT99000255", "results", "updated", None, None, field=f"{RESULTS}.outcomeMeasuresModule",
        measures={"added": ["ORR"], "changed": ["OS", "PFS"], "removed": []},
    ),
    change("NCT99000255", "results", "updated", None, None, field=f"{RESULTS}.adverseEventsModule"),
    change(
        "NCT99000256", "reference", "added", None, "RESULT", item="99000051", type="RESULT",
        content={"citation": "Doe J. Zelbarimab in NSCLC. J Fict Oncol. 2026."},
    ),
    change("NCT99000256", "reference", "added", None, "DERIVED", item="99000052", type="DERIVED", content={}),
    change("NCT99000256", "reference", "added", None, "Read", item="99000053", type="BACKGROUND", weight="medium"),
    change("NCT99000257", "reference", "removed", "RESULT", None, item="99000054", type="RESULT", weight="medium"),
    change(
        "NCT99000258", "retraction", "added", None, "Retraction in: J Fict Oncol; 99000056", item="99000055",
        citation="Roe R. Another paper.",
    ),
]  # fmt: skip
PARTS = [
    change("NCT99000261", "phase", "changed", "PHASE1", "PHASE1; PHASE2", old=["PHASE1"], new=["PHASE1", "PHASE2"]),
    change("NCT99000261", "study_type", "changed", "INTERVENTIONAL", "OBSERVATIONAL"),
    change("NCT99000262", "design", "changed", "RANDOMIZED", "NON_RANDOMIZED"),
    change(
        "NCT99000262", "design", "changed", "NONE", "DOUBLE",
        field=f"{MODULES}.designModule.designInfo.maskingInfo.masking",
    ),
    change(
        "NCT99000263", "sponsor", "changed", "Sample Hospital (OTHER)", "Fictional Oncology BV (INDUSTRY)",
        field=f"{MODULES}.sponsorCollaboratorsModule.leadSponsor", weight="high",
        old={"class": "OTHER", "name": "Sample Hospital"}, new={"class": "INDUSTRY", "name": "Fictional Oncology BV"},
    ),
    change("NCT99000263", "sponsor", "added", None, "Fund", item="Fund", content={"name": "Fund", "class": "OTHER"}),
    change(
        "NCT99000264", "document", "added", None, "Prot_000.pdf", item="Prot_000.pdf",
        content={"label": "Study Protocol", "filename": "Prot_000.pdf"},
    ),
    change("NCT99000265", "title", "changed", f"{LONG} A", f"{LONG} B"),
    change("NCT99000265", "condition", "added", None, "Melanoma", item="Melanoma", content="Melanoma"),
    change("NCT99000265", "condition", "removed", "NSCLC", None, item="NSCLC", content="NSCLC"),
    change("NCT99000266", "identity", "added", None, "C-50", item="C-50", content={"id": "C-50", "type": "CTIS"}),
    change(
        "NCT99000266", "identity", "added", None, "NCT99000199", item="NCT99000199",
        field=f"{MODULES}.identificationModule.nctIdAliases",
    ),
    change("NCT99000267", "disposition", "added", None, "submitted 2026-02-01"),
    change(
        "NCT99000268", "expanded_access", "changed", "false", "true; NCT99000300",
        old={"hasExpandedAccess": False}, new={"hasExpandedAccess": True, "nctId": "NCT99000300"},
    ),
    change("NCT99000269", "oversight", "changed", "false", "true"),
    change(
        "NCT99000269", "oversight", "added", None, "VIOLATION_IDENTIFIED", item="VIOLATION_IDENTIFIED",
        field="annotationSection.annotationModule.violationAnnotation.violationEvents", weight="high",
        content={"type": "VIOLATION_IDENTIFIED"},
    ),
    change(
        "NCT99000270", "responsible_party", "changed", "SPONSOR", "PRINCIPAL_INVESTIGATOR; Doe",
        old={"type": "SPONSOR"}, new={"type": "PRINCIPAL_INVESTIGATOR", "investigatorFullName": "Jane Doe"},
    ),
    change("NCT99000270", "keyword", "added", None, "PD-1", item="PD-1", content="PD-1"),
    change("NCT99000270", "description", "changed", f"{LONG} A", f"{LONG} B"),
    change("NCT99000270", "link", "added", None, "Our site", item="https://a.example", content={"label": "Our site"}),
]  # fmt: skip
EVERY: list[Row] = [
    *STATUSES, *DATES, *PLACES, *ARM_CHANGES, *OUTCOME_CHANGES, *CRITERIA, *REPORTS, *PARTS
]  # fmt: skip
# Names by which a change may weigh, and that are no actions of their own.
SPECIAL = {
    "respelt", "lead", "text", "background", "violation", "listed", "unlisted", "none", "number", "after_completion",
}  # fmt: skip
# Every pair of kind and action that stands nowhere above, as plain as can be.
OTHERS: list[Row] = [
    change("NCT99000280", kind, action, "Before", "After", item="Item", type="RESULT")
    for kind, action in sorted(WEIGHT_OF.keys() - {(row["kind"], row["action"]) for row in EVERY})
    if kind != "status" and action not in SPECIAL
]


def build_trials(rows: list[Row]) -> list[Row]:
    """Return a trial a number, listed as the newest of its moves says."""
    statuses = {row["nct_id"]: row["new_value"] for row in rows if row["kind"] == "status"}
    ids = dict.fromkeys(row["nct_id"] for row in rows)
    return [trial(nct_id, status=statuses.get(nct_id, "RECRUITING")) for nct_id in ids]


# Letters of few enough trials that each is told whole.
LETTERS = {
    "statuses": STATUSES,
    "dates_and_places": [*DATES, *PLACES],
    "arms_and_outcomes": [*ARM_CHANGES, *OUTCOME_CHANGES],
    "criteria_and_reports": [*CRITERIA, *REPORTS],
    "parts": PARTS,
}


def gather_every(rows: list[Row]) -> Facts:
    """Return the facts of a week with these changes and nothing else."""
    return gather(trials=build_trials(rows), changes=rows)
