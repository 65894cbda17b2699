"""What to ask PubMed for, in its own query language: phrases in title and abstract. Pure text; it asks nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from models.errors import ConfigurationError
from models.nct import parse_nct_id

# A quote (PubMed reads curly ones as quotes too) would end the phrase, a bracket would begin a field tag, an
# asterisk would search for every word that begins so.
_UNSAFE = re.compile(r"[\x00-\x1f\"\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\[\]*\\]")
_TOKEN = re.compile(
    r'\s*(?:"(?P<phrase>[^"]*)"|(?P<word>AND|OR)(?![A-Za-z])|(?P<bracket>[()])|(?P<other>\S))', re.IGNORECASE
)
# Forms have no end, but a query that long is nobody's habit: more names make more queries, whose finds are joined.
LONGEST_TERM = 4_000
_OR = " OR "
_REMEDY = 'one phrase, or quoted phrases with AND, OR and parentheses: "lung cancer" OR "mesothelioma"'


def build_terms(names: Iterable[str], condition: str = "", *, longest: int = LONGEST_TERM) -> list[str]:
    """Return the queries for papers with any of `names` in title or abstract, narrowed by `condition`.

    As many as it takes for each to stay within `longest` characters (a single name may be longer): every name stands
    in one of them, the condition in all. Together their finds are what was asked for.

    A condition without double quotes is one phrase; with them an expression of quoted phrases, AND, OR and
    parentheses, in which AND binds closer (PubMed itself reads from left to right: the parentheses are written out).

    Raises:
        ConfigurationError: no name left to search with, or a condition that cannot be read.
    """
    return [
        _narrow(part, condition) for part in _share_out(_build_phrases(names), longest - len(_narrow([], condition)))
    ]


def build_trial_terms(nct_ids: Iterable[str]) -> list[str]:
    """Return queries, as `build_terms`, for papers that declare a trial or name its number in title or abstract.

    Raises:
        ValueError: no number at all, or one that is no NCT number.
    """
    numbers = dict.fromkeys(parse_nct_id(nct_id) for nct_id in nct_ids)
    if not numbers:
        raise ValueError("no trial to search for")
    phrases = [f'{number}[si] OR "{number}"[tiab]' for number in numbers]
    return [_OR.join(part) for part in _share_out(phrases, LONGEST_TERM)]


def _share_out(phrases: Sequence[str], room: int) -> Iterator[list[str]]:
    """Yield the phrases in batches that take at most `room` characters when joined, one phrase at least."""
    batch: list[str] = []
    for phrase in phrases:
        if batch and len(_OR.join([*batch, phrase])) > room:
            yield batch
            batch = []
        batch.append(phrase)
    yield batch


def _build_phrases(names: Iterable[str]) -> list[str]:
    phrases = dict.fromkeys(tag for name in names if (tag := _build_phrase(name)))
    if not phrases:
        raise ConfigurationError("pubmed: no name to search with", "give the item a name with letters or digits")
    return list(phrases)


def _narrow(phrases: Sequence[str], condition: str) -> str:
    term = _OR.join(phrases)
    return f"({term}) AND ({_build_condition(condition)})" if condition.strip() else term


def _build_phrase(name: str) -> str:
    cleaned = " ".join(_UNSAFE.sub(" ", name).split())
    return f'"{cleaned}"[tiab]' if any(letter.isalnum() for letter in cleaned) else ""


def _build_condition(condition: str) -> str:
    if '"' not in condition:
        phrase = _build_phrase(condition)
        if not phrase:
            raise _unreadable(condition, "holds no word")
        return phrase
    tokens = [*_find_tokens(condition), ""]
    built = _read_any(tokens, condition)
    if tokens != [""]:
        raise _unreadable(condition, f"cannot be read from {tokens[0]} on")
    return built


def _find_tokens(condition: str) -> Iterator[str]:
    """Yield `"…"[tiab]`, AND, OR and parentheses."""
    for match in _TOKEN.finditer(condition):
        if match["other"]:
            raise _unreadable(condition, f"cannot be read from {condition[match.start('other') :]} on")
        phrase = _build_phrase(match["phrase"]) if match["phrase"] is not None else ""
        if match["phrase"] is not None and not phrase:
            raise _unreadable(condition, "holds an empty phrase")
        yield phrase or (match["word"] or match["bracket"]).upper()


def _read_any(tokens: list[str], condition: str) -> str:
    groups = [_read_all(tokens, condition)]
    while tokens[0] == "OR":
        tokens.pop(0)
        groups.append(_read_all(tokens, condition))
    if len(groups) == 1:
        return " AND ".join(groups[0])
    return " OR ".join(group[0] if len(group) == 1 else f"({' AND '.join(group)})" for group in groups)


def _read_all(tokens: list[str], condition: str) -> list[str]:
    operands = [_read_operand(tokens, condition)]
    while tokens[0] == "AND":
        tokens.pop(0)
        operands.append(_read_operand(tokens, condition))
    return operands


def _read_operand(tokens: list[str], condition: str) -> str:
    first = tokens.pop(0) if tokens[0] else ""
    if first.startswith('"'):
        return first
    if first != "(":
        raise _unreadable(condition, f"has {first or 'nothing'} where a quoted phrase belongs")
    inner = _read_any(tokens, condition)
    if tokens[0] != ")":
        raise _unreadable(condition, "has a parenthesis that does not close")
    tokens.pop(0)
    return f"({inner})"


def _unreadable(condition: str, reason: str) -> ConfigurationError:
    return ConfigurationError(f"condition: {condition} {reason}", _REMEDY)
