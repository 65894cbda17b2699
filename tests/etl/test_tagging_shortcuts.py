"""What is looked at first, because it is cheap, never hides what is there."""

# ruff: noqa: SLF001  what may be passed over is the rules' own
from __future__ import annotations

from bisect import bisect_right

from hypothesis import given, settings
from hypothesis import strategies as st

from etl.tagging import negation
from etl.tagging.cues import Cues
from etl.tagging.sentences import Sentences, find_sentence_starts
from etl.tagging.shape import build_shape
from tests.etl.tagging_vocabulary import read_vocabulary

WORDS = (
    *("no", "No", "NO", "non-", "never", "neither", "nor", "cannot", "lacks", "lack of", "absence of", "without"),
    *(
        "negative for",
        "negativity for",
        "free of",
        "devoid of",
        "failed to",
        "failure to",
        "didn't",
        "don\u2019t",
        "not",
    ),
    *("not only", "with or without", "ab\u017fence of", "lac\u212a of", "w\u0130thout", "w\u0131thout", "_no", "no1"),
    *(
        "were",
        "is",
        "therapy",
        "are excluded",
        "ineligible",
        "na\u00efve",
        "NAIVE",
        "not allowed",
        "is exclu\u017fionary",
    ),
    *(
        "neg",
        "(NEGATIVE)",
        "(-)",
        "\u2212",
        "\u207b",
        "- cells",
        "-free",
        "was never detected",
        "and CD96 were lo\u017ft",
    ),
    *("expression", "has been", "no longer found", "-/CD39-", "-antibody-naive", "inhibitor"),
    *("evidence", "the", "TIGIT", "(", "-", ",", "\u00a0", "\n", "na\u00efve"),
)
NEGATION = negation.Negation()
SENTENCES = st.lists(st.sampled_from(WORDS) | st.text(max_size=2), max_size=8).map(" ".join)
SIGNS = (
    *(". ", ".", "! ", "?\u201d ", ".) ", "\n", " \n ", "\r\n", "-\n", " \u2022 ", "\n\u00b7 ", '."', "  ", "e.g. "),
    *("al. ", "no. ", "vs. ", "cells", "Approximately", "A", "b", "1", "(", "x" * 200),
)
TEXTS = st.lists(st.sampled_from(SIGNS), max_size=30).map("".join)


@settings(max_examples=300)
@given(SENTENCES)
def test_a_sentence_with_a_denial_is_never_passed_over(sentence: str) -> None:
    signs = NEGATION.find_signs(sentence)
    for end in range(len(sentence) + 1):
        cues = [cue.span() for cue in negation._CUE.finditer(sentence, 0, end)]
        near = (negation._CUE.match(sentence, place, end) for place in signs.cues if place < end)
        assert [cue.span() for cue in near if cue] == cues or sentence[end - 1].isalnum()  # then it is read anew
        assert signs.last_left_out > end or not negation._LEFT_OUT.match(sentence, end)
        is_looked_at = negation._SIGN.match(sentence, end) or signs.last_after > end
        assert is_looked_at or not (negation._AFTER.match(sentence, end) or negation._SIGN_AFTER.match(sentence, end))


@settings(max_examples=300)
@given(TEXTS, st.integers(0, 5000), st.integers(1, 300))
def test_a_sentence_looked_for_around_a_place_is_that_of_the_whole_text(text: str, start: int, length: int) -> None:
    if not text:
        return
    start %= len(text)
    end = min(len(text), start + length)
    starts = find_sentence_starts(text)
    last = bisect_right(starts, max(start, end - 1))
    expected = starts[bisect_right(starts, start) - 1], starts[last] if last < len(starts) else len(text)
    sentences = Sentences(text)
    assert sentences.bounds(start, end) == expected
    assert sentences.bounds(start, end) == expected


@settings(max_examples=200)
@given(st.lists(st.sampled_from([sign for sign in SIGNS if not set(sign) & set("!?\r\n\u2022\u00b7")])).map("".join))
def test_a_text_with_no_sign_but_points_has_the_sentences_it_has_with_another_at_its_end(text: str) -> None:
    assert find_sentence_starts(text) == find_sentence_starts(f"{text}\u00b7")


def test_a_cue_stands_only_where_one_of_its_words_does() -> None:
    things = (*read_vocabulary().targets, *read_vocabulary().agents)
    for phrases in (phrases for thing in things for phrases in (thing.cues, thing.blockers) if phrases):
        cues = Cues(phrases)
        for phrase in phrases:
            for text in (f"Of {phrase}s,", phrase.upper(), phrase.replace(" ", "\u2011"), phrase.replace("-", " ")):
                places = cues.find_places(build_shape(text))
                assert places is None or places or not cues.find(text, 0, len(text))


PHRASES = sorted({phrase for target in read_vocabulary().targets for phrase in (*target.cues, *target.blockers)})
BETWEEN = (" ", " ", ", ", "-", " \u2011 ", "s ", "", ". The cells ", " expression of ", " x" * 20, "\n")
CUED = st.lists(st.tuples(st.sampled_from(PHRASES), st.sampled_from(BETWEEN)), max_size=9)
RULES = [Cues(phrases) for target in read_vocabulary().targets for phrases in (target.cues, target.blockers) if phrases]


@settings(max_examples=200)
@given(CUED, st.sampled_from(RULES), st.integers(0, 200), st.integers(0, 400))
def test_the_cues_around_their_words_are_those_of_the_whole_stretch(
    said: list[tuple[str, str]], cues: Cues, begin: int, length: int
) -> None:
    text = "".join(phrase + between for phrase, between in said)
    begin, end = min(begin, len(text)), min(begin + length, len(text))
    places = cues.find_places(build_shape(text))
    assert places is not None
    near = [place for place in places if begin < place <= end]
    assert cues.find(text, begin, end, near) == cues.find(text, begin, end)
