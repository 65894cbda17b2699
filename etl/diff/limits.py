"""The numeric limits a criterion states, in one spelling: ages, scores, laboratory values, times; judges none."""

from __future__ import annotations

import re

_NUMBER = r"\d+(?:[,  ]\d{3})*(?:\.\d+)?"
# By the sign that they are shown as, the ways of writing a comparison; longer ones before those they contain.
_COMPARING = {
    "≥": (
        r">\s?=|=\s?>|≥|≧|⩾|(?:greater|more|higher) than or equal to|(?:equal to or|at or) (?:greater|more|above) than|"
        r"at least|no(?:t)? less than|not (?:below|under)|(?:a )?minimum(?: of)?"
    ),
    "≤": (
        r"<\s?=|=\s?<|≤|≦|⩽|(?:less|lower|fewer) than or equal to|at most|"
        r"(?:no|not) (?:more|greater|older|higher) than|not (?:above|exceeding)|(?:a )?maximum(?: of)?|up to|"
        r"within(?: the (?:last|past|previous|prior))?"
    ),
    ">": r">|(?:greater|more|older|higher|longer) than|over|above|exceeding",
    "<": r"<|(?:less|lower|younger|fewer|shorter) than|below|under",
    "=": r"=",
}
_SIGNS = dict(zip(("at_least", "at_most", "more", "less", "equal"), _COMPARING, strict=True))
_SIGN = "|".join(f"(?P<{name}>{_COMPARING[sign]})" for name, sign in _SIGNS.items())
_UNIT = (
    r"(?:x|×|\*)\s?10\s?\^?\s?\d{1,2}\s?/\s?[A-Za-zµμ]+\d?|(?:x|×|\*|times)?\s*(?:the )?(?:institutional )?"
    r"(?:ULN|LLN|upper limit of normal|lower limit of normal)|"
    r"%|percent|years?|months?|weeks?|days?|hours?|half-lives|[mµμ]?g/d?L\b|[mµμn]?mol/L|U/L|IU/m?L|"
    r"mL/min(?:ute)?(?:/1\.73\s?m\^?2)?|/\s?mm\^?3|/\s?[µμu]L|cells/\S+|copies/mL|mm ?Hg|ms(?:ec)?\b|"
    r"mg/day|mg\b|kg/m\^?2|kg\b|cm\b|mm\b|Gy\b"
)
_LIMIT = re.compile(
    rf"(?:{_SIGN})\s*(?P<low>{_NUMBER})(?:\s?(?:-|–|to|and)\s?(?P<high>{_NUMBER}))?\s*(?P<unit>{_UNIT})?"
    rf"|(?<![\w.^-])(?P<from>{_NUMBER})\s?%?\s?(?:-|–|to|and)\s?(?P<till>{_NUMBER})\s*(?P<of>{_UNIT})"
    rf"|(?<![\w.^/-])(?P<plain>{_NUMBER})\s*(?P<age>years?|months?|weeks?|days?)\b"
    r"(?P<upward>\s*(?:of age\s*)?(?:or|and)\s*(?:older|over|above|more|greater))?",
    re.IGNORECASE,
)
# Scores whose number has no unit; the words between name and number are left out.
_SCORE = re.compile(
    r"\b(?P<name>ECOG|Karnofsky|KPS|Lansky|WHO PS|performance status|Child[- ]Pugh|NYHA|grade|Gleason|MMSE|TPS|CPS)\b"
    r"(?:[\s\w()/-]{0,60}?)??[\s:=(]*(?:of|is|score|class|status|group)?\s*"
    r"(?P<sign>>\s?=|<\s?=|≥|≤|>|<|=)?\s*"
    r"(?P<value>\d{1,3}(?:\s?(?:-|–|to|or|and|,|/)\s?\d{1,3})*"
    r"|\b[ABC]\d{0,2}\b|\bI{1,3}V?\b(?:\s?(?:-|–|to|or|and|/)\s?I{1,3}V?\b)*)"
    r"(?P<percent>\s?%)?(?P<above>,? or (?:higher|greater|more|above|worse))?"
    r"(?P<under>,? or (?:lower|less|below|better))?",
    re.IGNORECASE,
)
_JOINT = re.compile(r"\s?(?:–|to|,|or|and|/|-)\s?")
_THOUSANDS = re.compile(r"[,  ](?=\d{3})")
_TIMES_LIMIT = re.compile(
    r"(?:x|×|\*|times)?\s*(?:the )?(?:institutional )?(ULN|LLN|upper|lower)(?: limit of normal)?", re.IGNORECASE
)


def find_limits(text: str) -> list[str]:
    """Return the limits a criterion states, such as "≥ 18 years" or "ECOG 0-1", in their order, each once."""
    scores = [(*found.span(), _show_score(found)) for found in _SCORE.finditer(text)]
    limits = [
        (*found.span(), _show_limit(found))
        for found in _LIMIT.finditer(text)
        if not any(start < found.end() and found.start() < end for start, end, _ in scores)
    ]
    return list(dict.fromkeys(shown for *_, shown in sorted(scores + limits)))


def _show_limit(found: re.Match[str]) -> str:
    if found["low"]:
        sign = next(sign for name, sign in _SIGNS.items() if found[name])
        high = f"-{_plain(found['high'])}" if found["high"] else ""
        return " ".join(filter(None, (sign, _plain(found["low"]) + high, _unit(found["unit"]))))
    if found["from"]:
        return f"{_plain(found['from'])}-{_plain(found['till'])} {_unit(found['of'])}"
    number = f"{_plain(found['plain'])} {_unit(found['age'])}"
    return f"≥ {number}" if found["upward"] else number


def _show_score(found: re.Match[str]) -> str:
    written = (found["sign"] or "").replace(" ", "")
    sign = {">=": "≥", "<=": "≤", "=": ""}.get(written, written)
    sign = "≥" if found["above"] else "≤" if found["under"] else sign
    values = [value for value in _JOINT.split(found["value"]) if value]
    shown = "-".join(dict.fromkeys((values[0], values[-1]))) + (found["percent"] or "").strip()
    return " ".join(filter(None, (found["name"], sign, shown)))


def _plain(number: str) -> str:
    return _THOUSANDS.sub("", number)


def _unit(unit: str | None) -> str:
    words = " ".join((unit or "").split())
    times = _TIMES_LIMIT.fullmatch(words)
    if times:
        return f"x {'LLN' if times[1][0] in 'lL' else 'ULN'}"
    return words.replace("×", "x").replace("* 10", "x 10").replace("μ", "µ")
