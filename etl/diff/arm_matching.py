"""Which arm and which intervention became which: the likeness of labels, names, texts and company; tells no change."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from rapidfuzz import fuzz

from etl.diff.context import DiffContext
from etl.diff.items import Item, read_text, read_texts
from etl.diff.likeness import Weigher, find_words, fold_key
from etl.diff.matching import Pair, match_items
from etl.diff.numbering import names_other_part, names_same_part

# Of the evidence that two items have, the part that must speak for their being one.
_FLOOR = 0.5
# What "Arm A" of both labels speaks for, whatever the rest of them says.
_SAME_NUMBER = 0.7
# A drug's development code: what is to be called otherwise one day, and then may keep nothing but its text.
_CODE = re.compile(r"[a-z]{1,6}[- ]?[a-z]?\d{2,}\w*", re.IGNORECASE)
_SAME_TEXT = 0.6
_SPELT_ALIKE = 85.0  # percent of the letters
_DIGITS = re.compile(r"\d+")
# Words of a drug's name that tell how it is given, not which it is.
_FORM_WORDS = frozenset(
    {
        "mg", "kg", "ml", "g", "mcg", "μg", "iv", "sc", "po", "im", "intravenou", "subcutaneou", "oral", "injection",
        "infusion", "tablet", "capsule", "solution", "powder", "dose", "daily", "weekly", "qd", "bid", "q2w", "q3w",
        "q4w", "q6w", "treatment", "therapy", "drug", "product", "administration", "for", "in", "and", "of", "the",
        "with",
    }
)  # fmt: skip


def match_arms(old: Sequence[Item], new: Sequence[Item]) -> list[Pair]:
    """Return the places of the arms that are one: by label, else by label, interventions, text and type together."""
    labels = Weigher((item.name for item in old), (item.name for item in new))
    texts = Weigher(*((read_text(item.content, "description") for item in side) for side in (old, new)))
    companies = [Counter(_company(item, "interventionNames") for item in side) for side in (old, new)]

    def score(before: Item, after: Item) -> float:
        one, other = _company(before, "interventionNames"), _company(after, "interventionNames")
        telling = one == other and max(count[one] for count in companies) == 1
        described = [read_text(item.content, "description") for item in (before, after)]
        label = labels.score(before.name, after.name)
        label = max(label, _SAME_NUMBER) if names_same_part(before.name, after.name) else label
        parts = [(0.4, label), (0.1, _same(before, after, "type"))]
        if one or other:
            parts.append((0.4 if telling else 0.15, _overlap(one, other)))
        if any(described):
            parts.append((0.25, texts.score(*described)))
        found = sum(weight * part for weight, part in parts) / sum(weight for weight, _ in parts)
        same_text = described[0] and fold_key(described[0]) == fold_key(described[1])
        return found / 2 if names_other_part(before.name, after.name) and not same_text else found

    return match_items(old, new, (lambda item: item.key, lambda item: fold_key(item.name) or None), score, _FLOOR)


def match_interventions(old: Sequence[Item], new: Sequence[Item], context: DiffContext) -> list[Pair]:
    """Return the places of the interventions that are one: by type and name, by name, else by likeness.

    Names that the vocabulary knows for one thing are one; for things that each differ, never.
    """
    texts = Weigher(*((read_text(item.content, "description") for item in side) for side in (old, new)))
    names = Weigher()
    known = {item.name: frozenset(context.find_names(item.name)) for item in _only_here(old, new)}

    def score(before: Item, after: Item) -> float:
        one, other = (known.get(item.name, frozenset()) for item in (before, after))
        if one - other and other - one:
            return 0.0
        described = texts.score(read_text(before.content, "description"), read_text(after.content, "description"))
        arms = _overlap(_company(before, "armGroupLabels"), _company(after, "armGroupLabels"))
        if (one and one == other) or _is_alias(before, after) or _is_alias(after, before):
            return 0.9 + 0.05 * described + 0.05 * arms
        one_drug, other_drug = _drug_words(before.name), _drug_words(after.name)
        named = max(names.score(one_drug, other_drug), _spelt_alike(one_drug, other_drug))
        if not named:
            return 0.55 if _is_code_and_name(before.name, after.name) and described >= _SAME_TEXT else 0.0
        return 0.65 * named + 0.2 * described + 0.1 * arms + 0.05 * _same(before, after, "type")

    keys = (
        lambda item: item.key,
        lambda item: (read_text(item.content, "type"), fold_key(item.name)),
        lambda item: fold_key(item.name) or None,
    )
    return match_items(old, new, keys, score, _FLOOR)


def _only_here(old: Sequence[Item], new: Sequence[Item]) -> list[Item]:
    """Return the items whose name stands on one side alone: the others need no vocabulary to be known again."""
    before, after = ({fold_key(item.name) for item in side} for side in (old, new))
    return [item for item in (*old, *new) if (fold_key(item.name) in before) != (fold_key(item.name) in after)]


def _drug_words(name: str) -> str:
    """Return the words of a name that tell which drug it is; all of them where none does."""
    words = find_words(name)
    telling = sorted(word for word in words if word not in _FORM_WORDS and not word.isdigit())
    return " ".join(telling) if telling else name


def _spelt_alike(one: str, other: str) -> float:
    """Return how alike two names are by their letters, 0 where little.

    Another number, or another beginning (nab-paclitaxel), is another drug.
    """
    before, after = one.casefold(), other.casefold()
    if _DIGITS.findall(before) != _DIGITS.findall(after) or before[:1] != after[:1]:
        return 0.0
    return fuzz.ratio(before, after, score_cutoff=_SPELT_ALIKE) / 100


def _is_alias(one: Item, other: Item) -> bool:
    """Return whether the other item lists this one's name among its other names, or its code in its text.

    Or both list the same code.
    """
    name = fold_key(one.name)
    if not name:
        return False
    if _codes(one) & _codes(other):
        return True
    is_told = _CODE.fullmatch(one.name) is not None and name in fold_key(read_text(other.content, "description"))
    return is_told or name in map(fold_key, read_texts(other.content, "otherNames"))


def _codes(item: Item) -> frozenset[str]:
    """Return the development codes among an item's names: no two drugs share one."""
    return frozenset(
        fold_key(name) for name in (item.name, *read_texts(item.content, "otherNames")) if _CODE.fullmatch(name)
    )


def _is_code_and_name(one: str, other: str) -> bool:
    return (_CODE.fullmatch(one) is None) != (_CODE.fullmatch(other) is None)


def _company(item: Item, field: str) -> frozenset[str]:
    return frozenset(map(fold_key, read_texts(item.content, field)))


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 1.0


def _same(before: Item, after: Item, field: str) -> float:
    return float(before.content.get(field) == after.content.get(field))
