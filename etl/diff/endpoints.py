"""The usual end points of oncology trials, as the words and short forms that name them: data, and a reader of it.

Two measures that name different end points are two measures, however alike the rest of their words.
"""

from __future__ import annotations

import re
from functools import lru_cache

# The first rule that fits takes its words away from the later ones. Short forms are read in their usual case.
_RULES = (
    ("pfs2", r"(?i:progression[- ]free survival[- ](?:2|on next)|second progression)|\bPFS[- ]?2\b"),
    ("progression-free survival", r"(?i:progression[- ]free(?:[- ]survival)?)|\b[ri]?PFS\b"),
    ("event-free survival", r"(?i:event[- ]free(?:[- ]survival)?)|\bEFS\b"),
    ("metastasis-free survival", r"(?i:metasta(?:sis|ses|tic)[- ]free(?:[- ]survival)?)|\bD?MFS\b"),
    ("disease-free survival", r"(?i:disease[- ]free(?:[- ]survival)?)|\bi?DFS\b"),
    ("relapse-free survival", r"(?i:(?:relapse|recurrence)[- ]free(?:[- ]survival)?)|\bRFS\b"),
    ("failure-free survival", r"(?i:failure[- ]free(?:[- ]survival)?)|\bFFS\b"),
    ("overall survival", r"(?i:overall survival)|\bm?OS\b"),
    ("time to progression", r"(?i:time to (?:\w+ )?(?:disease )?progression)|\bTTP\b"),
    ("time to response", r"(?i:time to (?:\w+ )?response)|\bTTR\b"),
    ("duration of response", r"(?i:duration of (?:\w+ )?response)|\bD[Oo]R\b"),
    ("pathological complete response", r"(?i:patholog\w+ complete (?:response|remission))|\bp(?:ath)?CR\b"),
    ("major pathological response", r"(?i:major patholog\w+ response)|\bMPR\b"),
    ("complete response", r"(?i:complete (?:response|remission))|\bCRR\b"),
    ("objective response",
     r"(?i:(?:objective|(?:best )?overall|best) (?:tumou?r )?(?:response|remission))|\b(?:ORR|BOR)\b"),
    ("disease control", r"(?i:disease control)|\bDCR\b"),
    ("clinical benefit", r"(?i:clinical benefit)|\bCBR\b"),
    ("dose-limiting toxicity", r"(?i:dose[- ]limiting(?: toxicit\w+)?)|\bDLTs?\b"),
    ("recommended dose", r"(?i:maximum tolerated|recommended (?:phase|dose))|\bMTD\b|\bRP[23]D\b|\bRDE\b"),
    ("anti-drug antibodies", r"(?i:(?:anti[- ]?drug|neutrali[sz]ing) antibod\w*|immunogenicity)|\bADAs?\b"),
    ("adverse events",
     r"(?i:adverse (?:event|effect|reaction)s?|toxicit\w*|tolerability|safety)|\b(?:TE|TR|S|ir|im)?AEs?\b"),
    ("area under the curve", r"(?i:area under(?: the)?(?: \S+){0,3} curve)|(?i:area under)|\bAUC\w*"),
    ("maximum concentration", r"(?i:(?:maximum|peak|maximal)\b.{0,24}concentration)|(?i:\bC-?max\w*)"),
    ("trough concentration", r"(?i:(?:trough|minimum)\b.{0,24}concentration)|(?i:\bC-?(?:trough|min)\w*)"),
    ("time of maximum concentration", r"(?i:time (?:to|of) (?:maximum|peak))|(?i:\bT-?max\w*)"),
    ("half-life", r"(?i:half[- ]?life)|\bt\s?1/2|\bT\s?½"),
    ("clearance", r"(?i:clearance)"),
    ("volume of distribution", r"(?i:volume of distribution)|\bV(?:z|d|ss)\b"),
    ("quality of life", r"(?i:quality of life)|\bHRQ[Oo]L\b|\bQ[Oo]L\b"),
)  # fmt: skip
# What is measured of many substances, of many kinds or with many questionnaires: the rest of the words tells which.
NOT_TELLING = frozenset(
    {
        "adverse events", "anti-drug antibodies", "area under the curve", "maximum concentration",
        "trough concentration", "time of maximum concentration", "half-life", "clearance", "volume of distribution",
        "quality of life",
    }
)  # fmt: skip
_END_POINTS = tuple((name, re.compile(rule)) for name, rule in _RULES)


@lru_cache(maxsize=10_000)
def find_end_points(measure: str) -> tuple[frozenset[str], str]:
    """Return the names of the end points that a measure names, and the rest of its words."""
    found = set()
    rest = measure
    for name, rule in _END_POINTS:
        left = rule.sub(" ", rest)
        if left != rest:
            found.add(name)
            rest = left
    return frozenset(found), rest
