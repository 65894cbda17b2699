"""One tagger reads one file of abstracts, in a process of its own on one core; prints what it cost.

    python reading.py TAGGER names-and-texts.json

Runs in the environment of the tagger it names. Neither imports nor the building of the tagger are timed; for ours,
the start is told too: from spaCy's import to the first answer.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

Read = Callable[[list[str]], int]


def prepare_ours(_: list[str]) -> Read:
    """The whole of it: mentions with sense, role, sentence and negation."""
    from dags.inputs import read_vocabulary  # noqa: PLC0415  not in the environment of the others
    from etl.tagging import build_tagger  # noqa: PLC0415  same
    from models.mention import TextField  # noqa: PLC0415  same
    from models.settings import Settings  # noqa: PLC0415  same

    tagger = build_tagger(read_vocabulary(Path(), Settings()))
    return lambda texts: sum(map(bool, tagger.pipe([TextField("abstract", "abstract", text)] for text in texts)))


def prepare_phrase_matcher(names: list[str]) -> Read:
    """Names in any case in documents of spaCy's own tokenizer."""
    import spacy  # noqa: PLC0415  not in the environment of the others
    from spacy.matcher import PhraseMatcher  # noqa: PLC0415  same

    nlp = spacy.blank("en")
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    matcher.add("names", list(nlp.pipe(names)))
    return lambda texts: sum(bool(matcher(doc)) for doc in nlp.pipe(texts))


def prepare_flashtext2(names: list[str]) -> Read:
    """Names in any case as words of their own."""
    from flashtext2 import KeywordProcessor  # noqa: PLC0415  not in our environment

    processor = KeywordProcessor(case_sensitive=False)
    for name in names:
        processor.add_keyword(name, name)
    return lambda texts: sum(bool(processor.extract_keywords_with_span(text)) for text in texts)


def prepare_gilda(names: list[str]) -> Read:
    """Its annotation of texts, with a grounder over these terms alone, without disambiguation."""
    import gilda  # noqa: PLC0415  not in our environment
    from gilda.ner import annotate  # noqa: PLC0415  same
    from gilda.process import normalize  # noqa: PLC0415  same

    terms: dict[str, list[gilda.Term]] = {}
    for name in names:
        key = normalize(name)
        terms.setdefault(key, []).append(gilda.Term(key, name, "names", name, name, "synonym", "names"))
    grounder = gilda.Grounder(terms)
    grounder.gilda_disambiguators = {}  # models that it would fetch from the network for the first annotation
    grounder.adeft_disambiguators = {}  # likewise
    return lambda texts: sum(bool(annotate(text, grounder=grounder)) for text in texts)


TAGGERS = {
    "ours": prepare_ours,
    "PhraseMatcher": prepare_phrase_matcher,
    "flashtext2": prepare_flashtext2,
    "gilda": prepare_gilda,
}


def main(tagger: str, path: str) -> None:
    """Prepare, read, tell."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    given = json.loads(Path(path).read_text("utf-8"))
    if tagger in ("ours", "PhraseMatcher"):
        import spacy  # noqa: F401, PLC0415  so that its import is no part of the start
    began = time.perf_counter()
    read = TAGGERS[tagger](given["names"])
    read(["Anti-LAG-3 antibodies were given."])
    start, began = time.perf_counter() - began, time.process_time()
    found = read(given["texts"])
    print(json.dumps({"seconds": time.process_time() - began, "found": found, "start": start}))


if __name__ == "__main__":
    main(*sys.argv[1:])
