"""The registry's field names and codes as people read them: data and a reader. Pure text, no markup."""

from __future__ import annotations

import re

from etl.wording import lower_first, quote, shorten, show_phases, show_stated_date
from models.partial_date import parse_partial_date
from models.registry_fields import find_values

_ANSWERS = {"true": "yes", "false": "no"}
_AGE = re.compile(r"[0-9]{1,4} (?:Year|Month|Week|Day|Hour|Minute)s?")
_LONGEST_CODE = 60
_HUMP = re.compile(r"(?<!^)[A-Z]")
_CODES = {
    "NA": "not applicable",
    "NON_RANDOMIZED": "non-randomized",
    "INDIV": "individual",
    "FED": "federal",
    "ICF": "consent form",
    "SAP": "statistical analysis plan",
    "EUDRACT_NUMBER": "EudraCT number",
    "CTIS": "CTIS number",
}
# Where the record's own name of a field, its words set apart, would not be understood.
_FIELDS = {
    "acronym": "short name",
    "nctId": "NCT number",
    "studyType": "type of study",
    "phases": "phase",
    "bioSpec": "samples kept",
    "designInfo": "design",
    "masking": "masking",
    "whoMasked": "who is masked",
    "leadSponsor": "lead sponsor",
    "collaborators": "collaborator",
    "orgStudyIdInfo": "sponsor's study number",
    "secondaryIdInfos": "other study number",
    "nctIdAliases": "other NCT number",
    "stdAges": "age groups",
    "conditions": "condition",
    "keywords": "keyword",
    "seeAlsoLinks": "link",
    "availIpds": "shared data set",
    "largeDocs": "document",
    "noSap": "without statistical analysis plan",
    "expandedAccessInfo": "expanded access",
    "hasExpandedAccess": "available",
    "expandedAccessTypes": "types of expanded access",
    "dispFirstSubmitDate": "certificate that delays results",
    "dispFirstSubmitQcDate": "certificate that delays results",
    "dispFirstPostDateStruct": "certificate that delays results",
    "delayedPosting": "delayed posting of results",
    "resultsWaived": "results waived",
    "oversightHasDmc": "data monitoring committee",
    "isFdaRegulatedDrug": "FDA-regulated drug",
    "isFdaRegulatedDevice": "FDA-regulated device",
    "isUnapprovedDevice": "unapproved device",
    "isPpsd": "pediatric postmarket surveillance",
    "isUsExport": "export from the USA",
    "fdaaa801Violation": "violation of FDAAA 801",
    "violationEvents": "noncompliance notice",
    "estimatedResultsFirstSubmitDate": "results expected by",
}


def show_code(code: str) -> str:
    """Return a code of the registry's closed lists as people read it: `active comparator`."""
    return _CODES.get(code) or shorten(code.replace("_", " ").lower(), _LONGEST_CODE)


def split_name(name: str) -> str:
    """Return a name of the record's as words: `intervention model` for `interventionModel`."""
    return lower_first(_HUMP.sub(lambda hump: f" {hump[0].lower()}", name))


def show_field(field: str) -> str:
    """Return the name of a field of the record as people read it: `Intervention model`."""
    name = field.rpartition(".")[2]
    words = _FIELDS.get(name) or split_name(name)
    return words[:1].upper() + words[1:]


def show_value(field: str, value: str | None, longest: int) -> str:
    """Return the value of a field as people read it: a date, a code in words, yes or no, or the record's own words."""
    if value is None:
        return "not stated"
    if is_free_text(field, value):
        return quote(value, longest)
    if value in _ANSWERS:
        return _ANSWERS[value]
    if _is_age(field, value):
        return value.lower()
    codes = value.split("; ")
    if field.endswith(".phases"):
        return shorten(show_phases(codes), longest) or "no phase"
    return shorten(", ".join(map(show_code, codes)), longest) if find_values(field) else show_stated_date(value)


def is_free_text(field: str, value: str) -> bool:
    """Return whether a field's value is the record's own words: no answer, no code, no date, no age."""
    return not (value in _ANSWERS or find_values(field) or parse_partial_date(value) or _is_age(field, value))


def _is_age(field: str, value: str) -> bool:
    return field.endswith("Age") and _AGE.fullmatch(value) is not None
