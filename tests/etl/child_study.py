"""A study invented for tests with every list that becomes a table, and ways to set one in disorder."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

from tests.etl.studies import STUDY

Json = dict[str, Any]

ARMS: Json = {
    "armGroups": [
        {
            "label": "Zelbarimab + Docetaxel",
            "type": "EXPERIMENTAL",
            "description": "Both, until progression \\>= 20 %.",
            "interventionNames": ["Drug: Zelbarimab", "Drug: Docetaxel"],
        },
        {"label": "Docetaxel", "type": "ACTIVE_COMPARATOR", "interventionNames": ["Drug: Docetaxel"]},
        {"label": "Observation"},
    ],
    "interventions": [
        {
            "type": "DRUG",
            "name": "Zelbarimab",
            "description": "200 mg:\n\n* day 1\n* day 22",
            "otherNames": ["ZLB-201", "anti-LAG-3"],
            "armGroupLabels": ["Zelbarimab + Docetaxel"],
        },
        {"type": "DRUG", "name": "Docetaxel", "armGroupLabels": ["Zelbarimab + Docetaxel", "Docetaxel"]},
    ],
}
OUTCOMES: Json = {
    "primaryOutcomes": [
        {"measure": "Progression-free survival", "timeFrame": "24 months", "description": "By RECIST."},
        {"measure": "Response", "timeFrame": "12 weeks"},
        {"measure": "Response", "timeFrame": "24 weeks"},
    ],
    "secondaryOutcomes": [{"measure": "Response", "timeFrame": "24 weeks"}],
    "otherOutcomes": [{"measure": "Biomarkers"}],
}
REFERENCES: Json = {
    "references": [
        {"pmid": "99000031", "type": "BACKGROUND", "citation": "A B. A paper. 2020."},
        {"pmid": "99000031", "type": "RESULT", "citation": "A B. A paper. 2020."},
        {
            "pmid": "99000032",
            "type": "DERIVED",
            "citation": "C D. Another. 2021.",
            "retractions": [{"pmid": "99000099", "source": "Invented J. 2022"}],
        },
        {"type": "BACKGROUND", "citation": "E F. A book. 1999."},
    ]
}
GROUPS = [
    {"id": "OG000", "title": "Zelbarimab", "description": "With docetaxel."},
    {"id": "OG001", "title": "Docetaxel", "description": "Alone."},
]
SURVIVAL: Json = {
    "type": "PRIMARY",
    "title": "Progression-free survival",
    "timeFrame": "24 months",
    "populationDescription": "All randomised.",
    "reportingStatus": "POSTED",
    "paramType": "MEDIAN",
    "dispersionType": "95% Confidence Interval",
    "unitOfMeasure": "months",
    "groups": GROUPS,
    "denoms": [
        {"units": "Participants", "counts": [{"groupId": "OG000", "value": "68"}, {"groupId": "OG001", "value": "67"}]}
    ],
    "classes": [
        {
            "categories": [
                {
                    "measurements": [
                        {
                            "groupId": "OG000",
                            "value": "5.42",
                            "lowerLimit": "4.21",
                            "upperLimit": "NA",
                            "comment": "Open.",
                        },
                        {"groupId": "OG001", "value": "3.58", "lowerLimit": "2.73", "upperLimit": "4.44"},
                    ]
                }
            ]
        }
    ],
    "analyses": [
        {
            "groupIds": ["OG000", "OG001"],
            "groupDescription": "Stratified.",
            "statisticalMethod": "Log Rank",
            "pValue": "<0.001",
            "pValueComment": "One-sided.",
            "paramType": "Hazard Ratio (HR)",
            "paramValue": "0.57",
            "ciPctValue": "95",
            "ciNumSides": "TWO_SIDED",
            "ciLowerLimit": "0.37",
            "ciUpperLimit": "0.90",
            "nonInferiorityType": "SUPERIORITY",
        }
    ],
}
LESIONS: Json = {
    "type": "PRIMARY",
    "title": "Lesions gone",
    "timeFrame": "12 weeks",
    "paramType": "COUNT_OF_UNITS",
    "unitOfMeasure": "Lesions",
    "typeUnitsAnalyzed": "Lesions",
    "groups": [*GROUPS, {"id": "OG002", "title": "Observation"}],
    "denoms": [
        {
            "units": "Participants",
            "counts": [
                {"groupId": "OG000", "value": "10"},
                {"groupId": "OG001", "value": "12"},
                {"groupId": "OG002", "value": "0"},
            ],
        },
        {"units": "Lesions", "counts": [{"groupId": "OG000", "value": "1,031"}, {"groupId": "OG001", "value": "40"}]},
    ],
    "classes": [
        {
            "title": "Week 6",
            "categories": [
                {
                    "title": "Gone",
                    "measurements": [{"groupId": "OG000", "value": "7"}, {"groupId": "OG001", "value": "3"}],
                },
                {"title": "Smaller", "measurements": [{"groupId": "OG000", "value": "9", "spread": "1.5"}]},
            ],
        },
        {
            "title": "Week 12",
            "denoms": [{"units": "Participants", "counts": [{"groupId": "OG000", "value": "8"}]}],
            "categories": [{"title": "Gone", "measurements": [{"groupId": "OG000", "value": "8"}]}],
        },
    ],
}
UNPOSTED: Json = {"type": "PRIMARY", "title": "Overall survival", "reportingStatus": "NOT_POSTED"}
RESULTS: Json = {"outcomeMeasures": [SURVIVAL, LESIONS, UNPOSTED, SURVIVAL | {"type": "SECONDARY"}]}
IDENTITY: Json = {
    "orgStudyIdInfo": {"id": "FO-201"},
    "secondaryIdInfos": [
        {"id": "2022-999901-12", "type": "EUDRACT_NUMBER"},
        {"id": "X-1", "type": "OTHER", "domain": "Sample Hospital"},
    ],
    "nctIdAliases": ["NCT99000190"],
}


def make_study(**modules: Json) -> Json:
    """Return the study; each module named takes the place of its own."""
    study = copy.deepcopy(STUDY)
    protocol = study["protocolSection"]
    protocol["identificationModule"] |= IDENTITY | modules.get("identification", {})
    protocol["armsInterventionsModule"] = modules.get("arms", ARMS)
    protocol["outcomesModule"] = modules.get("outcomes", OUTCOMES)
    protocol["referencesModule"] = modules.get("references", REFERENCES)
    protocol["contactsLocationsModule"] = modules.get("sites", protocol["contactsLocationsModule"])
    study["resultsSection"] = {"outcomeMeasuresModule": modules.get("results", RESULTS)}
    return copy.deepcopy(study)


def shuffle_lists(value: Any, chance: random.Random) -> Any:
    """Return a payload with every list in it, however deep, in another order."""
    if isinstance(value, dict):
        return {key: shuffle_lists(item, chance) for key, item in value.items()}
    if isinstance(value, list):
        return chance.sample([shuffle_lists(item, chance) for item in value], len(value))
    return value


def spoil(value: Any, wrong: Any) -> Iterator[Any]:
    """Yield copies of a payload, each with something wrong in the place of another of its parts."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from ({**value, key: spoilt} for spoilt in spoil(item, wrong))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from ([*value[:place], spoilt, *value[place + 1 :]] for spoilt in spoil(item, wrong))
    yield wrong
