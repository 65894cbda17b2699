"""Says whether a sentence denies what a span names, after NegEx (Chapman 2001); knows no names."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from etl.tagging.hooks import Hooks
from etl.tagging.pieces import DASHES

_REACH = 6  # words of prose between a cue and the span; symbols and codes of a list do not count
_FARTHEST = 400  # code points

# What denies, and the words of which one stands in it as a whole (by the letters alone): most sentences have none.
_CUES = (
    (r"no(?![.-])", "no"),
    (r"never(?!-)|neither|nor|cannot", "never neither nor cannot"),
    (r"lack(?:s|ed|ing)?(?:\s+of)?", "lack lacks lacked lacking"),
    (r"absence\s+of", "absence"),
    (r"(?<!with\sor\s)(?<!with\sand\s)(?<!with/)(?<!with/or\s)without", "without"),
    (r"negative\s+for|negativity\s+for|free\s+of|devoid\s+of", "negative negativity free devoid"),
    (r"fail(?:s|ed|ure)?\s+to", "fail fails failed failure"),
    (
        r"(?:do|does|did|is|are|was|were|has|have|had|can|could|may|must|should|will|would)n['\u2019]t",
        "don doesn didn isn aren wasn weren hasn haven hadn cann couldn mayn mustn shouldn willn wouldn",
    ),
    (r"not(?!\s+(?:only|just|merely|necessarily|limited\s+to)\b)", "not"),
    (r"na[i\u00ef]ve\s+(?:to|for)", "naive na"),
)
_CUE = re.compile(rf"\b(?:{'|'.join(cue for cue, _ in _CUES)})\b", re.IGNORECASE)
_CUE_WORDS = frozenset(word.encode() for _, words in _CUES for word in words.split())
# Denied is a change, an effect, an end point, a risk, not the thing: "no difference in LAG-3", "not reached with X".
_PSEUDO = re.compile(
    r"""(?:\s+(?:a|any|the|significant|apparent|obvious|clear|further|other|new|such|prospective|published|history\s+of|
        major|direct|marked|substantial|meaningful|overall|known|severe|serious|be|been|have|had|to|[a-z]+ly))*
    \s+(?:or\s+(?:low|weak|little|minimal|faint)|evidence\s+that|chang|differ|increas|decreas|reduc|effect|impact|influenc|
        alter|associat|correlat|relat|affect|improv|prolong|inhibit|block|suppress|induc|caus|prevent|interfer|compet|
        compar|respon[ds]|efficacy|benefit|activity|progress|disease|toxicit|advers|safety|death|dose[- ]limiting|
        unexpected|expect|hypersensitiv|contraindicat|allerg|intoleran|reach|achiev|met\b|meet|estimable|evaluable|
        superior|inferior|sufficient|enough|longer\b|doubt|clear\b|known\b|understood|surpris|data\b|information|
        consensus|randomi[sz])""",
    re.VERBOSE | re.IGNORECASE,
)
# "No TIGIT selection was required", "no CD73 effect".
_ABOUT = re.compile(
    r"\s(?:(?:expression|level|status|based|dependent|related)\s)?(?:changes?|differences?|effects?|correlations?|"
    r"associations?|interactions?|selection|preselection|testing|screening|requirements?|cut-?offs?|data)\b",
    re.IGNORECASE,
)
_ENDS_SCOPE = re.compile(
    r"[;:]|[.!?]\s|\b(?:but|however|although|though|except|excepting|unless|whereas|while|yet|despite|because|since|"
    r"which|who|whose|until|if|than|apart\s+from|aside\s+from|occurred|were|was|emerged|will|should)\b|"
    r"(?:\band|,)\s+(?:\w+ly\s+)?(?:positive\s+for|express(?:ed|es|ing)?|showed|displayed|exhibited|retained|"
    r"maintained|gained|upregulated|up-regulated)\b",
    re.IGNORECASE,
)
_OPENING = re.compile(r"\A\W*(?:in\s+(?:the\s+)?)?(?:without|absence\s+of|lack\s+of)\Z", re.IGNORECASE)
_PROSE_COMMA = re.compile(r"\b[a-z]{3,},")
_PROSE_WORD = re.compile(rf"(?<![\w{DASHES}])[a-z]{{2,}}(?![\w{DASHES}]*[A-Z\d])")
# "3 with and 10 without", "with (n = 4) or without".
_COUNT = r"(?:[\d.,]+%?\s+|\([^()]{0,20}\)\s+){0,2}"
_WITH_AND = re.compile(rf"\bwith\s+{_COUNT}(?:and|or)\s+{_COUNT}\Z", re.IGNORECASE)
_JOINING = frozenset({"or", "and", "nor", "of", "to", "the", "an", "any", "for", "with", "in", "as", "anti", "by"})
_SHOUTED = re.compile(r"\s+(?:[A-Z]{2,}|prior|previous|known)\b")

# A marker's sign or level: the dash before such a marker is the sign of the one before it, no hyphen.
_LEVEL = r"(?:\+|\u207a|\u207b|hi|high|lo|low|int|dim|bright|neg|pos)(?![a-z])"
_MARKER = rf"[A-Z][A-Za-z]*\d*[A-Z]{{0,2}}(?:[{DASHES}]\d+)?"
_MINUS = "[\u2212\u2013-]"
_CHAIN = rf"(?:{_MARKER}{_MINUS}){{0,6}}{_MARKER}(?:{_LEVEL}|{_MINUS}(?![\w/{DASHES}]|\s(?:and|or|to)\b))"
_SIGNED = rf"{_MARKER}(?:{_LEVEL}|{_MINUS}(?![\w/{DASHES}]|\s(?:and|or|to)\b)|{_MINUS}(?={_CHAIN}))"
_SIGN_BEFORE = re.compile(rf"(?:\+|\u207a|\(\+\)|\d{_LEVEL})\Z")
_SIGN_AFTER = re.compile(rf"{_MINUS}(?=\s|[,;.)]|$)")
# After a dash and a space that a line's end or a slip left: TIGIT- humanized mice, CD73- mediated.
_COMPOUND = (
    "humani[sz]ed|mediated|dependent|independent|deficient|expressing|specific|targeted|targeting|driven|induced|"
    "positive|based|blocking|directed|derived|associated|related|bearing|transduced|knockout|blockade"
)
_NON = re.compile(rf"\bnon[{DASHES}\s]?(?:anti[{DASHES}\s]?)?\Z", re.IGNORECASE)
_AFTER = re.compile(
    rf"""
    (?:[{DASHES}]|\s)?\(?\s?(?:negative|neg)(?-i:(?![a-z]))(?!\s+(?:regulat|feedback|control|correlat|selecti|impact|effect|
        immun|signal|checkpoint|co-?stimul|modulat|predict|prognos))
  | \u207b|\u2212(?![/\w])                                                # a minus, not a hyphen
  | \s?\(\s?[\u207b{DASHES}]\s?\)                                       # LAG3(-)
  | {_MINUS}/?(?-i:{_SIGNED})                                             # CD73-CD39+, CCR4-CCR6-, CD73-/CD39-
  | [\u2013-](?=[;.)\]]|$)                                               # (CD24+ CCR4-)
  | [\u2013-]\s(?!(?:and|or|to|{_COMPOUND})\b)(?:[\w+-]+\s){{0,3}}?(?:cells?|lymphocytes|macrophages|
        monocytes|fibroblasts|subsets?|populations?|fractions?|clones?|lines?|tumou?rs|samples|patients|TILs?|Tregs?|CAFs|TAMs|DCs|MSCs|PBMCs?|blasts|
        thymocytes|splenocytes|neutrophils|progenitors)\b
  | [{DASHES}](?:free|lacking)\b
  | (?:(?:,|,?\s(?:and|or))\s(?-i:[A-Z][\w{DASHES}]*)){{0,5}}               # "TIGIT, CD226 and CD96 were not seen"
    (?:\s(?:protein|expression|staining|mrna|transcripts?|levels?|positivity|receptors?|cells?|molecules?)){{0,3}}
    \s(?:was|were|is|are|has\s+been|have\s+been|had\s+been|could|can|did|does|do)\s+
    (?:(?:not|never|no\s+longer)\s+(?:be\s+)?(?!only|mere|sole|exclusive|simpl|necessar)(?:\w+ly\s+)?
        (?:detect|express|observ|found|seen|present|measur|visible|identif)\w*
      | (?:completely\s+|largely\s+)?(?:absent|undetectable|negative|lacking|lost)\b)
    """,
    re.VERBOSE | re.IGNORECASE,
)

# "prior anti-TIGIT therapy are excluded", "anti-TIM-3 antibody-naive".
_LEFT_OUT = re.compile(
    r"""(?:[^\S\n]+(?!(?:but|and|or|who|which|that|were|was|is|are|if|unless|not|except)\b)[\w/()-]+){0,6}?[^\S\n]*,?[^\S\n]*
    (?:\b(?:is|are|was|were|will\s+be|must\s+be|should\s+be)\s+(?:(?:also|therefore|always|strictly)\s+)?
        (?:excluded(?!\s+(?:from|by|if|unless|as|that))|ineligible|not\s+eligible|not\s+(?:allowed|permitted)|prohibited|
            disallowed|exclusionary)\b
      | (?<=[\s-])(?:inhibitor|antibody|antibodies|therapy|treatment|blockade|mabs?)s?[\s-]na[i\u00ef]ve\b)""",
    re.VERBOSE | re.IGNORECASE,
)


# What no denial is without, which is much faster to see than that there is none: most sentences have neither the words
# (by the letters alone), nor a sign or a beginning of "negative" behind the name.
_LEFT_OUT_WORDS = frozenset(
    b"excluded ineligible eligible allowed permitted prohibited disallowed exclusionary naive na".split()
)
_AFTER_WORDS = frozenset(b"not never longer absent undetectable negative lacking lost".split())
_WORDS = sorted(_LEFT_OUT_WORDS | _AFTER_WORDS | _CUE_WORDS)
_LEFT_OUT_NUMBERS, _AFTER_NUMBERS, _CUE_NUMBERS = (
    frozenset(map(_WORDS.index, words)) for words in (_LEFT_OUT_WORDS, _AFTER_WORDS, _CUE_WORDS)
)
_SIGN = re.compile(rf"\s{{0,2}}[nN({DASHES}\u207b]")
_REMEMBERED = 32  # sentences: each is asked about once for every name in it


class _Signs(NamedTuple):
    """Which denials a sentence has words for: who is left out of a study, what follows a name, what goes before it.

    Of the first two it says where the last such word ends, of the third where each begins.
    """

    last_left_out: int
    last_after: int
    cues: tuple[int, ...]


_NONE = _Signs(0, 0, ())


class Negation:
    """The question of denial. Like what it searches with it belongs to one thread."""

    def __init__(self) -> None:
        self._hooks = Hooks(((word, False) for word in _WORDS), are_words=True)
        self.find_signs = lru_cache(_REMEMBERED)(self._find_signs)

    def is_negated(self, sentence: str, start: int, end: int) -> bool:
        """Return whether `sentence` denies what its code points [start, end) name: "no TIGIT", "LAG-3-negative"."""
        last_left_out, last_after, cues = self.find_signs(sentence)
        if last_left_out > end and _LEFT_OUT.match(sentence, end):
            return True  # who had it is not in the study
        has_sign = _SIGN.match(sentence, end) is not None
        if (has_sign or last_after > end) and _AFTER.match(sentence, end):
            return True
        before = sentence[max(0, start - 10) : start]
        if "non" in before.lower() and _NON.search(before):
            return True
        if has_sign and _SIGN_AFTER.match(sentence, end) and _SIGN_BEFORE.search(before):
            return True  # "CD39+CD73- and", where a dash after a word alone may belong to the next one
        reach = max(0, start - _FARTHEST)
        if before[-1:].isalnum():  # a word is cut before the name, and is none of the sentence's
            cues = tuple(reach + cue for cue in self.find_signs(sentence[reach:start]).cues)
        for place in cues:
            cue = _CUE.match(sentence, place, start) if reach <= place < start else None
            if cue is not None and _reaches(sentence, cue, start, end):
                return True
        return False

    def _find_signs(self, sentence: str) -> _Signs:
        body = sentence.encode() if sentence.isascii() else _fold(sentence).encode("ascii", "replace")
        hits = self._hooks.find(body)
        if not hits:
            return _NONE
        return _Signs(
            last_left_out=max((end for end, number in hits if number in _LEFT_OUT_NUMBERS), default=0),
            last_after=max((end for end, number in hits if number in _AFTER_NUMBERS), default=0),
            cues=tuple(sorted(end - len(_WORDS[number]) for end, number in hits if number in _CUE_NUMBERS)),
        )


def _fold(sentence: str) -> str:
    """Return `sentence` with those of ASCII for the letters that a pattern of any case takes for them."""
    return sentence.replace("\u0130", "i").replace("\u0131", "i").replace("\u017f", "s").replace("\u212a", "k")


def _reaches(sentence: str, cue: re.Match[str], start: int, end: int) -> bool:
    between = sentence[cue.end() : start]
    if cue[0].casefold() == "no" and _ABOUT.match(sentence, end):
        return False
    if _WITH_AND.search(sentence, max(0, cue.start() - 30), cue.start()):
        return False
    if _PSEUDO.match(between) or _ENDS_SCOPE.search(between):
        return False
    if cue[0] == "NO" and not _SHOUTED.match(between):
        return False  # nitric oxide
    if _OPENING.match(sentence[: cue.end()]) and _PROSE_COMMA.search(between):
        return False  # "Without treatment, LAG-3 rises"
    words = [word for word in _PROSE_WORD.findall(between) if word not in _JOINING]
    return len(words) <= _REACH
