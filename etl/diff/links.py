"""How arms and interventions name each other, and what a rename of one carries over to the other; tells no change.

The registry keeps one table of who receives what and shows it twice: `interventionNames` ("Drug: Olaparib") in an arm
and `armGroupLabels` in an intervention. So that one fact is one row, the names in an arm follow a renamed intervention,
and the labels in an intervention follow its arms: whoever applies the changes carries both over with these functions.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from etl.diff.items import Json, read_text, read_texts

Contents = Sequence[tuple[Json | None, Json | None]]


def name_link(intervention: Json) -> str:
    """Return the words by which an arm names an intervention: its type in words, a colon, its name."""
    kind = read_text(intervention, "type").replace("_", " ").title()
    return f"{kind}: {read_text(intervention, 'name')}"


def map_links(pairs: Contents) -> dict[str, str]:
    """Return what became of the words by which arms name interventions, for those that were renamed or retyped."""
    return _map_one_way((name_link(old), name_link(new)) for old, new in pairs if old and new)


def map_labels(pairs: Contents) -> dict[str, str]:
    """Return the new label of every arm that was renamed, by its old one."""
    return _map_one_way((read_text(old, "label"), read_text(new, "label")) for old, new in pairs if old and new)


def expect_names(old_arm: Json, links: Mapping[str, str]) -> list[str]:
    """Return the `interventionNames` an arm has if nothing but the names of interventions moved."""
    return sorted(links.get(name, name) for name in read_texts(old_arm, "interventionNames"))


def expect_labels(old: Json, new_link: str, arms: Contents, labels: Mapping[str, str]) -> list[str]:
    """Return the `armGroupLabels` an intervention has if they follow its arms.

    `arms` are all of them as (old, new) contents, None where there was or is none; `new_link` is how an arm names the
    intervention now. Old labels are renamed, those of arms that went are dropped, and what an arm gained or lost is.
    """
    old_link = name_link(old)
    kept = Counter(labels.get(label, label) for label in read_texts(old, "armGroupLabels"))
    standing = {read_text(new, "label") for _, new in arms if new}
    for before, after in arms:
        if before and not after and read_text(before, "label") not in standing:
            del kept[read_text(before, "label")]
    held: Counter[str] = Counter()
    holds: Counter[str] = Counter()
    for before, after in arms:
        if before and old_link in read_texts(before, "interventionNames"):
            held[labels.get(read_text(before, "label"), read_text(before, "label"))] += 1
        if after and new_link in read_texts(after, "interventionNames"):
            holds[read_text(after, "label")] += 1
    return sorted(((kept - (held - holds)) + (holds - held)).elements())


def _map_one_way(moves: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the moves of names that went one way only; of two namesakes that parted, neither is carried over."""
    found: dict[str, set[str]] = defaultdict(set)
    for old, new in moves:
        found[old].add(new)
    return {old: next(iter(news)) for old, news in found.items() if len(news) == 1}
