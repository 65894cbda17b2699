"""Whether an arm's text says that the arm is closed to new participants: rules as data, and a reader of them."""

from __future__ import annotations

import re

_GROUP = r"(?:arm|cohort|group|part|phase|stage|stratum|strata|sub-?study|sub-?protocol|expansion|dose level|regimen)s?"
# What the group is called, if it is: "B", "III", "1a", "Z1A", "A and B".
_CALLED = r"(?:[a-z]|[ivx]{1,4}|[a-z]{0,2}\d+[a-z]{0,2})"
_NAMED_GROUP = rf"{_GROUP}(?: {_CALLED}(?:,? (?:and|&) {_CALLED})?)?"
_ENROLMENT = r"(?:enrol+ments?|accrual|recruitment|inclusion|randomi[sz]ation)"
_PEOPLE = r"(?:patients|participants|subjects)"
_IS = r"(?:is|are|was|were|has been|have been|been)"
_HOW = r"(?:now |currently |permanently |temporarily |prematurely |early )?"
_SHUT = rf"{_HOW}(?:closed|terminated|discontinued|halted|suspended|stopped|cancel+ed)"
# What follows where a drug or a person was stopped, not the arm.
_NO_OBJECT = r"(?!\s+(?:treatment|therapy|study|drug|dosing|the|all|their|from|due to (?:toxicity|progression)|-))"
_WHEN_OR_WHY = r"(?:to|for|as|after|due|early|effective|on|in|since|with|per|by|pending|because|following)\b|\d"

# What says so. Each names the arm or its enrolment as what was closed, or stands where a label has such a remark:
# "closed-label", "eyes closed", "treatment discontinued" do neither.
_SAYS_CLOSED = {
    "closed to enrolment": (
        r"\bclosed (?:to|for)\s+(?:(?:all|any|new|further|patient|participant|subject) )*"
        rf"(?:{_ENROLMENT}|entry|{_PEOPLE}|enrol+ing|recruiting)"
    ),
    "enrolment closed": (
        rf"\b{_ENROLMENT}(?: (?:to|in|into|for|of)(?: this)? {_NAMED_GROUP})?,?:? (?:{_IS} )?(?:{_SHUT}|completed?)\b"
        rf"{_NO_OBJECT}"
    ),
    "arm is closed": rf"\b{_NAMED_GROUP} {_IS} (?:{_SHUT}|dropped)\b{_NO_OBJECT}",
    "arm closed": (
        rf"\b{_NAMED_GROUP}:? (?:{_HOW}closed|suspended|cancel+ed)(?=\s*(?:$|[.,;:()\[\]–—]|-\s|{_WHEN_OR_WHY}))"
    ),
    "no longer open": r"\bno longer (?:open|enrol+ing|recruiting|accruing|being enrol+ed)\b",
    "no further enrolment": (
        rf"\bno (?:further|more) (?:{_ENROLMENT}|{_PEOPLE} (?:will be|are(?: being)?) enrol+ed)"
    ),
    "(closed)": (
        r"[(\[{]\s*(?:(?:now|currently|permanently|temporarily|early|arm|cohort) )?(?:closed|terminated|discontinued)"
        rf"(?:\s*[)\]}}]|[,;:]|\s+(?:{_WHEN_OR_WHY}))"
    ),
    "closed: at the start": r"(?:^|\n)\W*closed\s*(?:[:.–—]|-\s|$)",
    "- closed at the end": r"(?:\s[-–—]|[:;.,])\s*(?:now )?closed\s*\W*$",
    "closed as of": r"\bclosed (?:as of|effective)\b",
}  # fmt: skip
_CLOSED = re.compile("|".join(f"(?:{rule})" for rule in _SAYS_CLOSED.values()), re.IGNORECASE)
# What, in the same clause before it, takes it back: denied, planned or conditional.
_TAKEN_BACK = re.compile(
    r"\b(?:not|never|\w+n't|nor|without|will|would|may|might|can|could|should|shall|must|if|when|whenever|once|until|"
    r"unless|before|in case|to be|whether|either)\b[^.;:()\[\]\n]*$|\b(?:after|following|time|that)(?: the)? $",
    re.IGNORECASE,
)
_LOOK_BACK = 120
_CLAUSE_END = re.compile(r"[;)\]}\n]|\.(?:\s|$)|$")


def find_closing(text: str) -> str:
    """Return the words of a text, to the end of their clause, that say its arm is closed; "" where none do."""
    for match in _CLOSED.finditer(text):
        if not _TAKEN_BACK.search(text[max(0, match.start() - _LOOK_BACK) : match.start()]):
            end = _CLAUSE_END.search(text, match.end())
            return text[match.start() : end.start() if end else len(text)].strip(" \n\t,;:-–—([{")
    return ""
