"""How fast are abstracts tagged of which one in a hundred, one in ten, or each names something? Against three others.

Run it as `python benchmarks/tagging.py [abstracts]`, with TRIALWATCH_SHARED where the recorded articles are. Abstracts
as long as those are made from them by altering words and numbers, so that no two are alike. All read the same ones, in
turn, five times, every time in a process of its own on one core; the seconds are of the processor, without imports and
building, and medians are told. The others look for the same names: spaCy's PhraseMatcher over lower case in documents
of `nlp.pipe`; flashtext2 and gilda, in an environment of their own, made in the temporary folder if it is not there.
gilda is spared its disambiguation, whose models it would fetch. They know neither our spellings nor sense, sentence or
negation: what ours does beyond them is in its time.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import re
import statistics
import sys
import tempfile
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

from peers.environment import find_peer, read

from dags.inputs import read_vocabulary
from etl.tagging import Tagger, build_tagger
from extractors.pubmed.parse import parse
from models.article import Article
from models.mention import TextField
from models.settings import Settings

ROUNDS = 5
SHARES = (1, 10, 100)  # per cent of the abstracts that name something
ALTERED = 0.1  # of the words and numbers
SHORTEST = 600  # code points of an abstract
NEEDED = {1: 50, 10: 10, 100: 2}  # times as fast as PhraseMatcher
TAGGERS = ("ours", "PhraseMatcher", "flashtext2", "gilda")
REQUIREMENTS = ("flashtext2", "gilda")
READING = Path(__file__).parent / "tags" / "reading.py"
_WORD = re.compile(r"\b(?:[a-z]{4,}|\d{2,})\b")


def read_abstracts() -> list[str]:
    """Return the abstracts of the recorded articles, the shortest left out."""
    shared = Path(os.environ.get("TRIALWATCH_SHARED", Path(__file__).parents[1] / ".." / "shared"))
    body = gzip.decompress((shared / "recorded" / "articles.xml.gz").read_bytes())
    found = (one.abstract for one in parse(io.BytesIO(body)) if isinstance(one, Article))
    return [text for text in found if text and len(text) >= SHORTEST]


def alter(text: str, chance: random.Random) -> str:
    """Return `text` with some of its words and numbers changed by a letter or a digit."""

    def change(found: re.Match[str]) -> str:
        word = found[0]
        if chance.random() > ALTERED:
            return word
        place = chance.randrange(len(word))
        letters = "0123456789" if word.isdigit() else "abcdefghijklmnopqrstuvwxyz"
        return word[:place] + chance.choice(letters) + word[place + 1 :]

    return _WORD.sub(change, text)


def make_abstracts(tagger: Tagger, count: int, share: int) -> list[str]:
    """Return `count` abstracts, `share` per cent of which name something, spread evenly."""
    chance = random.Random(share)  # noqa: S311  the same abstracts every time
    kinds: dict[bool, list[str]] = {True: [], False: []}
    for text in read_abstracts():
        kinds[bool(_find(tagger, text))].append(text)
    made = {is_hit: _alter_all(tagger, texts, chance, is_hit=is_hit) for is_hit, texts in kinds.items()}
    return [next(made[(number * share) % 100 < share]) for number in range(count)]


def _alter_all(tagger: Tagger, texts: list[str], chance: random.Random, *, is_hit: bool) -> Iterator[str]:
    altered = (alter(text, chance) for text in cycle(texts))
    return (text for text in altered if bool(_find(tagger, text)) == is_hit)


def _find(tagger: Tagger, text: str) -> list[Any]:
    return list(tagger.tag([TextField("abstract", "abstract", text)]))


def measure(path: Path, peer: Path, count: int, share: int) -> float:
    """Let each read the file in turn; print medians and ratios, return our longest start."""
    answers: dict[str, list[dict[str, Any]]] = {tagger: [] for tagger in TAGGERS}
    for _ in range(ROUNDS):
        for tagger, found in list(answers.items()):
            answer = read(READING, tagger, path, peer if tagger in REQUIREMENTS else None)
            if answer:
                found.append(answer)
            else:
                del answers[tagger]
    median = {tagger: statistics.median(one["seconds"] for one in found) for tagger, found in answers.items()}
    for tagger, seconds in median.items():
        ratio = "" if tagger == "ours" else f", ours {seconds / median['ours']:.1f} times as fast"
        needed = f" (needed: {NEEDED[share]})" if tagger == "PhraseMatcher" else ""
        told = f"{seconds / count * 1e6:8.1f} µs an abstract, something in {answers[tagger][0]['found']}"
        print(f"  {tagger:<14}{seconds:8.3f} s, {told}{ratio}{needed}")
    start: float = statistics.median(one["start"] for one in answers["ours"])
    return start


def main(count: int = 5_000) -> None:
    """Measure and print."""
    peer = find_peer("tagging", REQUIREMENTS)
    vocabulary = read_vocabulary(Path(), Settings())
    names = sorted({name for thing in (*vocabulary.targets, *vocabulary.agents) for name, _ in thing.graded()})
    tagger = build_tagger(vocabulary)
    print("PhraseMatcher, flashtext2 and gilda find these names as they are listed, in any case, and no more;")
    print("ours finds their other spellings too, and tells sense, role, sentence and denial, all of it timed.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "abstracts.json"
        for share in SHARES:
            texts = make_abstracts(tagger, count, share)
            path.write_text(json.dumps({"names": names, "texts": texts}), "utf-8")
            mean = statistics.mean(map(len, texts))
            print(f"{count} abstracts of {mean:.0f} characters, {share} % name one of {len(names)} names", flush=True)
            start = measure(path, peer, count, share)
        print(f"from spaCy's import to the first answer: {start:.2f} s (needed: 1.5)")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
