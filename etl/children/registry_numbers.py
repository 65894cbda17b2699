"""Recognises the numbers that registries and funders give a trial, however people write them. Texts in, ids out.

Sources of the forms: EMA (EudraCT `2015-001234-56`; EU CT number `2023-501234-12-00`: its second part begins with 5,
its last counts resubmissions), WHO (Universal Trial Number `U1111-1234-5678`, and the primary registries of its
network), NCI (`NCI-2022-01234`), NIH (activity code, institute, serial number: `R01CA123456`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

_FLAGS = re.ASCII | re.IGNORECASE


class Form(NamedTuple):
    """How one scheme's numbers look: known wherever `name` and `body` (both patterns) stand together.

    Where the entry's type or domain holds one of `words`, the body alone is one too. `template` takes its groups.
    """

    scheme: str
    name: str
    body: str
    template: str
    words: str = "(?!)"  # matches nothing
    fold: Callable[[str], str] = str.upper


FORMS = (
    Form("ctis", "", r"(20\d\d)-(\d{6})-(\d\d)-(\d\d)", "{}-{}-{}-{}"),
    Form("ctis", "", r"(202\d)-(5\d{5})-(\d\d)", "{}-{}-{}"),  # without its last part
    Form("eudract", "", r"(20\d\d)-(\d{6})-(\d\d)", "{}-{}-{}"),
    Form("utn", "", r"U-?(1111)-?(\d{4})-?(\d{4})", "U{}-{}-{}"),
    Form("utn", "UTN", r"(1111)-?(\d{4})-?(\d{4})", "U{}-{}-{}", r"\butn\b|universal trial|\bwho\b"),
    Form("isrctn", "ISRCTN", r"(\d{8})", "ISRCTN{}", "isrctn"),
    Form("nct", "NCT", r"(\d{8})", "NCT{}", r"clinicaltrials\.gov"),
    Form("japiccti", "Japic[ -]?CTI", r"(\d{6})", "JapicCTI-{}", "japic"),
    Form("jrct", "jRCT", r"([a-z]?\d{9,10})", "jRCT{}", r"\bjrct\b|japan registry of clinical trials", str.lower),
    Form("jma", "JMA", r"(IIA\d{5})", "JMA-{}"),
    Form("umin", "UMIN", r"(\d{9})", "UMIN{}", r"\bumin\b"),
    Form("chictr", "Chi[ -]?CTR", r"([A-Z]{2,5})-?(\d{8})", "ChiCTR-{}-{}"),
    Form("chictr", "Chi[ -]?CTR", r"(\d{10})", "ChiCTR{}", "chictr|chinese clinical trial regist"),
    Form("chinadrugtrials", "CTR", r"(20\d{6})", "CTR{}", "chinadrugtrials|drug clinical trial registration"),
    Form("itmctr", "ITMCTR", r"(\d{10})", "ITMCTR{}"),
    Form("ctri", "CTRI", r"(20\d\d)[/-](\d\d)[/-](\d{6})", "CTRI/{}/{}/{}"),
    Form("kct", "KCT", r"(\d{7})", "KCT{}", r"\bcris\b"),
    Form("actrn", "ACTRN", r"(\d{14})", "ACTRN{}", "anzctr|australian new zealand"),
    Form("drks", "DRKS", r"(\d{8})", "DRKS{}", "drks|german clinical trials register"),
    Form("irct", "IRCT", r"(\d{10,17}N\d{1,4})", "IRCT{}"),
    Form("pactr", "PACTR", r"(\d{15,16})", "PACTR{}", "pan african"),
    Form("slctr", "SLCTR", r"(20\d\d)[/-](\d{3})", "SLCTR/{}/{}"),
    Form("tctr", "TCTR", r"(\d{11})", "TCTR{}", "thai clinical trials regist"),
    Form("rpcec", "RPCEC", r"(\d{8})", "RPCEC{}"),
    Form("rebec", "RBR", r"((?=[a-z]*\d)[0-9a-z]{6,10})", "RBR-{}", fold=str.lower),
    Form("repec", "PER", r"(\d{3})-(\d{2})", "PER-{}-{}"),
    Form("lbctr", "LBCTR", r"(\d{10})", "LBCTR{}"),
    Form("omon", "NL-OMON", r"(\d{4,6})", "NL-OMON{}"),
    Form("ccmo", "NL", r"(\d{4,5}\.\d{3}\.\d{2})", "NL{}"),
    Form("ntr", "NTR", r"(\d{1,5})", "NTR{}"),
    Form("snctp", "SNCTP", r"(\d{9})", "SNCTP{}"),
    Form("eupas", "EUPAS", r"(\d{4,12})", "EUPAS{}"),
    Form("idrcb", "", r"(20\d\d)-(A\d{5})-(\d\d)", "{}-{}-{}"),
    Form("iras", "IRAS", r"(\d{5,7})", "IRAS {}", r"\biras\b"),
    Form("caae", "", r"(\d{8}\.\d\.\d{4}\.\d{4})", "{}"),
    Form("nci", "NCI", r"(20\d\d)-(\d{5})", "NCI-{}-{}", r"\bctrp\b|clinical trials? reporting program"),
)
# Known only where the entry says so: sponsors' own codes look much like a grant or a bare row of digits.
_GRANT = Form(
    "nih",
    "",
    r"[1-9]? ?([A-Z](?:\d\d|[A-Z]\d))[ -]?([A-Z]{2})[ -]?(\d{6})",
    "{}{}{}",
    r"\bnih\b|national institutes of health",
)
_EU_LOOSE = re.compile(r"(20\d\d)\D?(\d{6})\D?(\d\d)(?:\D?(\d\d))?", _FLAGS)
_EU_WORDS = re.compile(
    r"eudra|\bctis\b|\beu[ -]?ctr?\b|clinical trials? information system|\beu clinical trial", _FLAGS
)

_GAP = r"[ :#./-]{0,3}(?:(?:no|nr|number|id)\b[ :#.]{0,3})?"
_DIGIT = re.compile(r"\d", re.ASCII)
_DASHES = re.compile(r"\s*[-‐‑‒–—―−]\s*")
# Those that the words beside an entry may tell, with the patterns of words and body.
_EXPECTED = [
    (form, re.compile(form.words, _FLAGS), re.compile(form.body, _FLAGS)) for form in FORMS if form.words != "(?!)"
]
_NAMED = [
    re.compile(
        rf"(?<![A-Z0-9]){form.name}{_GAP}{form.body}(?!\d)" if form.name else rf"(?<!\d){form.body}(?!\d)", _FLAGS
    )
    for form in FORMS
]


def find_numbers(text: str, declared: str = "", domain: str = "") -> list[tuple[str, str]]:
    """Return the (scheme, normalised id) pairs of an entry, each once; none where nothing of a known form is written.

    `text` is what was entered as the number, `declared` the registry's word for its type, `domain` the words beside
    it. The number may stand in the domain, where the text holds none.
    """
    written, beside = _fold(text), f"{declared} {_fold(domain)}"
    return _find_named(written) or _find_expected(written, beside) or _find_named(_fold(domain))


def _find_named(text: str) -> list[tuple[str, str]]:
    found: dict[tuple[str, str], None] = {}
    if not _DIGIT.search(text):  # every form has some
        return []
    for form, pattern in zip(FORMS, _NAMED, strict=True):
        if pattern.search(text):  # mostly none is there
            found |= dict.fromkeys((form.scheme, _render(form, match)) for match in pattern.finditer(text))
            # What one form has taken is no other's: an EU CT number begins like an EudraCT number.
            text = pattern.sub(lambda match: " " * len(match[0]), text)
    return list(found)


def _find_expected(text: str, beside: str) -> list[tuple[str, str]]:
    if _EU_WORDS.search(beside) and (match := _EU_LOOSE.fullmatch(text)):
        return _find_named("-".join(part for part in match.groups() if part))
    if not beside.strip():
        return []
    if re.search(_GRANT.words, beside, _FLAGS):
        grants = re.finditer(rf"(?<![A-Z0-9]){_GRANT.body}(?!\d)", text, _FLAGS)
        return list(dict.fromkeys((_GRANT.scheme, _render(_GRANT, match)) for match in grants))
    expected = ((form, body.fullmatch(text)) for form, words, body in _EXPECTED if words.search(beside))
    return [(form.scheme, _render(form, match)) for form, match in expected if match]


def _render(form: Form, match: re.Match[str]) -> str:
    return form.template.format(*map(form.fold, match.groups()))


def _fold(text: str) -> str:
    return _DASHES.sub("-", unicodedata.normalize("NFKC", text)).strip()
