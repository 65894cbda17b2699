"""How right is the tagger? Counts, precision, recall and F1 with 95 % intervals, as a table in Markdown.

Run it as `python benchmarks/gold.py`, with TRIALWATCH_SHARED where the experts' annotations are; without them only our
own sentences are judged. A span counts where start, end and target are an annotator's; a span that no annotator has is
held against the tagger only in corpora that annotate every gene, in our sentences, and where a look-alike stands. Names
of families are neither asked for nor held against it. Intervals are Wilson's; that of F1 is the interval of
tp / (tp + fp + fn), of which F1 is a function.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from math import sqrt
from pathlib import Path
from typing import Any, NamedTuple

import models.vocabulary
from etl.tagging import Tagger, build_article_fields, build_tagger
from models.mention import Mention, TextField
from models.vocabulary import parse_vocabulary

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("TRIALWATCH_SHARED", ROOT / ".." / "shared"))
CASES = ROOT / "tests" / "etl" / "tag_cases.toml"
# Only these corpora annotate every gene of a text, so that what they leave out is no mention.
COMPLETE = {"NLM-Gene", "BioRED", "tmVar3", "GNormPlus(BC2GN+IGN)"}
Z = 1.959964

Span = tuple[int, int, str]
Interval = tuple[float, float]


class Judged(NamedTuple):
    """What was found rightly, wrongly, and not at all: one entry a span or a link, by target."""

    right: Counter[str]
    wrong: Counter[str]
    missed: Counter[str]

    def add(self, expected: set[Any], found: set[Any], target: Callable[[Any], str]) -> None:
        """Count one text's."""
        self.right.update(map(target, expected & found))
        self.wrong.update(map(target, found - expected))
        self.missed.update(map(target, expected - found))


def start_judging() -> Judged:
    """Return counts of nothing."""
    return Judged(Counter(), Counter(), Counter())


def find_interval(hits: int, trials: int) -> Interval:
    """Return Wilson's 95 % interval of a proportion; all of [0, 1] where there is no trial."""
    if trials == 0:
        return 0.0, 1.0
    share, square = hits / trials, Z * Z
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    half = Z / (1 + square / trials) * sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    return max(0.0, middle - half), min(1.0, middle + half)


def read_lines(name: str) -> list[dict[str, Any]]:
    """Return the records of one file of annotations; none where the folder is not here."""
    path = SHARED / "gold" / name
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def read_cases() -> list[dict[str, Any]]:
    """Return our own sentences."""
    cases: list[dict[str, Any]] = tomllib.loads(CASES.read_text("utf-8"))["case"]
    return cases


def find_spans(mentions: list[Mention], *vias: str) -> set[Span]:
    """Return where targets are linked in one of these ways."""
    return {(found.start, found.end, found.target) for found in mentions if found.target and found.via in vias}


def judge_annotated(tagger: Tagger, records: list[dict[str, Any]]) -> tuple[Judged, int, int]:
    """Return the spans of the experts' texts, how many look-alikes stand in them, and how many of those were linked."""
    judged, alike, taken = start_judging(), 0, 0
    for record in records:
        text = f"{record['title']} {record['abstract']}"
        found = find_spans(tagger.tag([TextField("abstract", "abstract", text)]), "name")
        rows = record["mentions"] or []
        spans = {True: set[Span](), False: set[Span]()}
        for row in rows:
            spans[row["class_level"]].add((row["start"], row["end"], row["target"]))
        traps = record.get("not_targets") or []
        trapped = {span for span in found for row in traps if span[0] < row["end"] and row["start"] < span[1]}
        is_complete = record["corpus"] in COMPLETE and record["mentions"] is not None
        counted = found - spans[True] if is_complete else (found & spans[False]) | trapped
        judged.add(spans[False], counted, lambda span: span[2])
        alike += len(traps)
        taken += sum(any(span[0] < row["end"] and row["start"] < span[1] for span in trapped) for row in traps)
    return judged, alike, taken


def judge_cases(tagger: Tagger, cases: list[dict[str, Any]]) -> tuple[Judged, Judged, list[str]]:
    """Return the spans of our sentences, the denied ones alone, and which sentences without a target got a link."""
    judged, denied, invented = start_judging(), start_judging(), []
    for case in cases:
        mentions = tagger.tag(build_article_fields("", case["text"]))
        rows = [row for row in case["spans"] if "target" in row]
        expected = {(row["start"], row["start"] + len(row["text"]), row["target"]) for row in rows}
        found = find_spans(mentions, "name", "agent", "tracer")
        judged.add(expected, found, lambda span: span[2])
        denied.add(
            {(row["start"], row["target"]) for row in rows if row.get("negated")},
            {(each.start, each.target) for each in mentions if each.target and each.is_negated},
            lambda span: span[1],
        )
        if found and not expected:
            invented.append(case["text"])
    return judged, denied, invented


def judge_documents(tagger: Tagger, records: list[dict[str, Any]]) -> Judged:
    """Return the links of whole papers to targets."""
    judged = start_judging()
    for record in records:
        mentions = tagger.tag(build_article_fields(record["title"], record["abstract"]))
        judged.add(set(record["targets"]), {each.target for each in mentions if each.target}, str)
    return judged


def pool(*parts: Judged) -> Judged:
    """Return the sums."""
    pooled = start_judging()
    for part in parts:
        for total, counts in zip(pooled, part, strict=True):
            total.update(counts)
    return pooled


def render_table(title: str, judged: Judged) -> Iterator[str]:
    """Yield the lines of one table: a row a target, and one of all."""
    yield f"| {title} | right | wrong | missed | precision | recall | F1 |"
    yield "|---|---|---|---|---|---|---|"
    for target in sorted(set().union(*judged)):
        yield render_row(target, judged.right[target], judged.wrong[target], judged.missed[target])
    yield render_row("**all**", *(counts.total() for counts in judged))
    yield ""


def render_row(name: str, right: int, wrong: int, missed: int) -> str:
    """Return one row."""
    low, high = find_interval(right, right + wrong + missed)
    whole = right + (wrong + missed) / 2
    shares = (
        render_share(right / (right + wrong) if right + wrong else 1, find_interval(right, right + wrong)),
        render_share(right / (right + missed) if right + missed else 1, find_interval(right, right + missed)),
        render_share(right / whole if whole else 1, (2 * low / (1 + low), 2 * high / (1 + high))),
    )
    return f"| {name} | {right} | {wrong} | {missed} | {' | '.join(shares)} |"


def render_share(share: float, interval: Interval) -> str:
    """Return a share with its interval."""
    return f"{share:.3f} ({interval[0]:.3f}-{interval[1]:.3f})"


def main() -> None:
    """Print the tables."""
    folder = Path(models.vocabulary.__file__).parent
    vocabulary = parse_vocabulary({path.name: path.read_bytes() for path in sorted(folder.glob("*.toml"))})
    tagger = build_tagger(vocabulary)
    annotated, alike, taken = judge_annotated(tagger, read_lines("spans.jsonl"))
    cases = read_cases()
    own, denied, invented = judge_cases(tagger, cases)
    documents = judge_documents(tagger, read_lines("documents.jsonl"))
    without = sum(not any("target" in row for row in case["spans"]) for case in cases)
    print(f"{dt.datetime.now(tz=dt.UTC):%Y-%m-%d}, vocabulary {vocabulary.version}\n")
    lines = (
        *render_table("spans, experts' and ours", pool(annotated, own)),
        *render_table("spans, experts' alone", annotated),
        *render_table("denied, ours", denied),
        *render_table("papers", documents),
    )
    print("\n".join(lines))
    print(f"Look-alikes marked by experts: {alike}, linked: {taken}.")
    print(f"Our sentences without a target: {without}, linked: {len(invented)}.")


if __name__ == "__main__":
    main()
