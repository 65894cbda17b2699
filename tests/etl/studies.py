"""A study invented for tests, as the registry's API v2 serves one, and words to change it with."""

from __future__ import annotations

import copy
from typing import Any

import msgspec

from models.trial import Study

Json = dict[str, Any]

STUDY: Json = {
    "protocolSection": {
        "identificationModule": {
            "nctId": "NCT99000101",
            "briefTitle": "Zelbarimab in Treated NSCLC",
            "secondaryIdInfos": [{"id": "2022-999901-12", "type": "EUDRACT_NUMBER"}, {"id": "X-1"}],
        },
        "statusModule": {
            "statusVerifiedDate": "2026-01",
            "overallStatus": "RECRUITING",
            "startDateStruct": {"date": "2023-05-15", "type": "ACTUAL"},
            "primaryCompletionDateStruct": {"date": "2026-06", "type": "ESTIMATED"},
            "completionDateStruct": {"date": "2027-06-30", "type": "ESTIMATED"},
            "studyFirstPostDateStruct": {"date": "2023-05-02", "type": "ACTUAL"},
            "lastUpdateSubmitDate": "2026-01-05",
            "lastUpdatePostDateStruct": {"date": "2026-01-07", "type": "ESTIMATED"},
        },
        "sponsorCollaboratorsModule": {
            "leadSponsor": {"name": "Fictional Oncology BV", "class": "INDUSTRY"},
            "collaborators": [{"name": "Sample Hospital"}, {"name": "Invented Fund"}],
        },
        "descriptionModule": {"briefSummary": "Patients with PD-L1 >= 50 % and * two lines & more."},
        "conditionsModule": {"conditions": ["NSCLC", "Lung Cancer"]},
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE2"],
            "enrollmentInfo": {"count": 142, "type": "ESTIMATED"},
        },
        "armsInterventionsModule": {"interventions": [{"name": "Zelbarimab"}, {"name": "Docetaxel"}]},
        "contactsLocationsModule": {
            "centralContacts": [{"name": "A. Person", "phone": "555-0100"}],
            "locations": [
                {
                    "facility": "Sample Hospital",
                    "city": "Utrecht",
                    "country": "Netherlands",
                    "status": "RECRUITING",
                    "contacts": [{"name": "B. Person"}],
                    "geoPoint": {"lat": 52.1, "lon": 5.1},
                },
                {"facility": "Other Hospital", "city": "Ghent", "country": "Belgium"},
            ],
        },
    },
    "derivedSection": {
        "miscInfoModule": {"versionHolder": "2026-02-10"},
        "conditionBrowseModule": {"ancestors": [{"id": "D99", "term": "Invented"}]},
    },
    "hasResults": False,
}


def change(path: str = "", value: Any = None, study: Json | None = None) -> Json:
    """Return a copy of a study with another value at a dotted path (list places as numbers); None takes it away."""
    changed = copy.deepcopy(STUDY if study is None else study)
    place: Any = changed
    *parents, last = path.split(".") if path else [""]
    for step in parents:
        place = place[int(step)] if step.isdigit() else place.setdefault(step, {})
    if last:
        key: Any = int(last) if last.isdigit() else last
        if value is None:
            place.pop(key, None) if isinstance(place, dict) else place.pop(key)
        else:
            place[key] = value
    return changed


def status(value: Any = None, **parts: Any) -> Json:
    """Return a copy with another overall status and other parts of the status module, by their JSON names."""
    changed = copy.deepcopy(STUDY)
    module = changed["protocolSection"]["statusModule"]
    module |= {"overallStatus": value} if value else {}
    module |= parts
    for name in [name for name, part in parts.items() if part is None]:
        del module[name]
    return changed


def typed(study: Json) -> Study:
    """Return a study as the diff reads it."""
    return msgspec.convert(study, Study)
