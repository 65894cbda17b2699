"""Studies of arms, interventions, outcomes, criteria and sites made up for tests, and strategies that make more."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from etl.canonical import build_canonical
from etl.diff.context import DiffContext
from etl.diff.links import name_link
from tests.etl.studies import Json

CONTEXT = DiffContext()
WORDS = (
    "zelbarimab",
    "docetaxel",
    "cohort",
    "A",
    "B",
    "1",
    "2",
    "10 mg",
    "(closed to accrual)",
    "placebo",
    "overall",
    "survival",
    "ORR",
)
MEASURES = (
    "Overall survival",
    "OS",
    "Progression-free survival",
    "Response rate",
    "Response rate in part B",
    "Adverse events",
    "",
)
FRAMES = ("12 months", "24 Months", "24 months", "Up to 5 years")
LINES = (
    "Age ≥ 18 years",
    "Age >= 18 Years",
    "ECOG 0-1",
    "ECOG 0-2",
    "No prior zelbarimab",
    "Prior zelbarimab within 4 weeks",
    "HIV",
)
COUNTRIES = ("Belgium", "South Korea", "Korea, Republic of", "Japan", "")
FACILITIES = (
    "Research Site",
    "Research Site 12",
    "Local Institution - 0123",
    "Sample Hospital",
    "Sample Hospital ( Site 0012)",
    "",
)


def build_arms(*arms: Json, interventions: tuple[Json, ...] = ()) -> Json:
    """Return a canonical study with arms, and interventions whose `armGroupLabels` are what the arms' names say."""
    linked = [
        one | {"armGroupLabels": [arm["label"] for arm in arms if name_link(one) in arm.get("interventionNames", ())]}
        for one in interventions
    ]
    return build_module("armsInterventionsModule", {"armGroups": list(arms), "interventions": linked})


def build_outcomes(primary: Any = (), secondary: Any = (), other: Any = ()) -> Json:
    """Return a canonical study with outcomes, each a measure or (measure, time frame) or (… , description)."""
    lists = {"primaryOutcomes": primary, "secondaryOutcomes": secondary, "otherOutcomes": other}
    return build_module(
        "outcomesModule", {name: [build_outcome(one) for one in outcomes] for name, outcomes in lists.items()}
    )


def build_outcome(parts: str | tuple[str, ...]) -> Json:
    given = (parts,) if isinstance(parts, str) else parts
    return dict(zip(("measure", "timeFrame", "description"), given, strict=False))


def build_criteria(text: str, **fields: Any) -> Json:
    return build_module("eligibilityModule", {"eligibilityCriteria": text, **fields})


def build_sites(*sites: tuple[str, ...], removed: tuple[str, ...] = ()) -> Json:
    """Return a canonical study with sites, each (facility, country[, postal code[, state[, city[, status]]]])."""
    names = ("facility", "country", "zip", "state", "city", "status")
    locations = [dict(zip(names, site, strict=False)) for site in sites]
    study: Json = {"protocolSection": {"contactsLocationsModule": {"locations": locations}}}
    return build_canonical(study | {"derivedSection": {"miscInfoModule": {"removedCountries": list(removed)}}})


def build_module(name: str, content: Json) -> Json:
    return build_canonical({"protocolSection": {name: content}})


def merge(*parts: Json) -> Json:
    """Return one canonical study of several parts' modules."""
    merged: Json = {"protocolSection": {}}
    for part in parts:
        merged["protocolSection"] |= part.get("protocolSection", {})
        merged |= {key: value for key, value in part.items() if key != "protocolSection"}
    return merged


_texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
_maybe = st.one_of(st.just(""), _texts)
_interventions = st.lists(
    st.fixed_dictionaries(
        {"name": _texts, "type": st.sampled_from(["DRUG", "BIOLOGICAL", "DIAGNOSTIC_TEST"]), "description": _maybe},
        optional={"otherNames": st.lists(_texts, max_size=2)},
    ),
    max_size=4,
)


@st.composite
def arms_modules(draw: st.DrawFn) -> Json:
    interventions = draw(_interventions)
    links = [name_link(one) for one in interventions] or [""]
    company = st.lists(st.sampled_from(links), max_size=3, unique=True)
    arms = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "label": _texts,
                    "type": st.sampled_from(["EXPERIMENTAL", "OTHER"]),
                    "description": _maybe,
                    "interventionNames": company,
                }
            ),
            max_size=4,
        )
    )
    return build_arms(*arms, interventions=tuple(interventions))


_outcomes = st.lists(
    st.tuples(st.sampled_from(MEASURES), st.sampled_from(FRAMES), _maybe) | st.sampled_from(MEASURES), max_size=6
)
outcome_modules = st.builds(build_outcomes, _outcomes, _outcomes, _outcomes)


@st.composite
def eligibility_modules(draw: st.DrawFn) -> Json:
    lines = st.lists(st.sampled_from(LINES), max_size=5)
    headings = draw(st.booleans())
    inclusion, exclusion = draw(lines), draw(lines)
    text = "\n".join(
        [
            *(["Inclusion Criteria:", ""] if headings else []),
            *(f"* {line}" for line in inclusion),
            *(["", "Exclusion Criteria:", ""] if headings else []),
            *(f"* {line}" for line in exclusion),
        ]
    )
    ages = st.sampled_from(["18 Years", "12 Years", None])
    groups = st.lists(st.sampled_from(["CHILD", "ADULT"]), unique=True)
    return build_criteria(
        text,
        minimumAge=draw(ages),
        maximumAge=draw(ages),
        stdAges=draw(groups),
        sex=draw(st.sampled_from(["ALL", "FEMALE"])),
        healthyVolunteers=draw(st.sampled_from([True, False, None])),
    )


_sites = st.lists(
    st.tuples(
        st.sampled_from(FACILITIES),
        st.sampled_from(COUNTRIES),
        st.sampled_from(["", "1000", "1001", "01000"]),
        st.sampled_from(["", "Flanders"]),
    ),
    max_size=6,
)
site_modules = st.builds(
    lambda sites, removed: build_sites(*sites, removed=tuple(removed)),
    _sites,
    st.lists(st.sampled_from(COUNTRIES[:3]), max_size=2),
)
studies = st.builds(merge, arms_modules(), outcome_modules, eligibility_modules(), site_modules)
