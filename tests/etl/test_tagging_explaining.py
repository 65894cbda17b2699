from __future__ import annotations

import json

import pytest

from dags.tag_texts import tag_chunk
from etl.tagging import Tagger, build_tagger
from models.mention import Reading, TextField
from tests.etl.tagging_vocabulary import read_vocabulary
from tests.etl.test_tagging_cases import CASES


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return build_tagger(read_vocabulary())


def explain(tagger: Tagger, text: str) -> list[Reading]:
    return tagger.explain([TextField("text", "abstract", text)])


@pytest.mark.parametrize(
    ("text", "spelt", "why"),
    [
        ("Sulindac for patients with FAP and polyps.", "FAP", "its sentence speaks against it: polyps, sulindac"),
        ("Functional abdominal pain (FAP) in children.", "FAP", "the document defines it as something else"),
        ("Twelve patients with FAP came.", "FAP", "what stands beside it is said of an illness"),
        ("FAP was seen.", "FAP", "a name that needs context: nothing here speaks for it"),
        ("The CCR4-NOT complex.", "CCR4", 'it is part of "CCR4-NOT", which is something else'),
        ("LAG-3Ig was given.", "LAG-3", 'it is part of "LAG-3Ig", which is eftilagimod alpha'),
        (
            "eNT1 and eNT were blocked.",
            "eNT",
            "a name that counts only in a document that names the thing otherwise too",
        ),
        (
            "Yeast grew. Ccr4 was lost.",
            "Ccr4",
            "the document speaks of something else of that name, and nowhere of this",
        ),
    ],
)
def test_a_name_that_is_left_out_says_why(tagger: Tagger, text: str, spelt: str, why: str) -> None:
    left_out = [one for one in explain(tagger, text) if not one.is_linked]
    assert (left_out[-1].text, left_out[-1].why) == (spelt, why)


@pytest.mark.parametrize(
    ("text", "spelt", "why"),
    [
        ("LAG-3 was seen.", "LAG-3", "a name that is safe wherever it stands"),
        ("FAP in the stroma of tumours.", "FAP", "its sentence speaks for it: stroma"),
        ("The stroma was cut. FAP was seen.", "FAP", "the document speaks for it"),
        ("An anti-FAP antibody.", "FAP", "what stands beside it is said of a protein"),
        ("Fibroblast activation protein (FAP) was seen. FAP rose.", "FAP", "the document names it otherwise too"),
        ("Talabostat was given. FAP fell.", "FAP", "the document names an agent of it"),
        ("APCP blocks CD73.", "APCP", "the document names its target"),
        ("M6223 plus avelumab.", "M6223", "its sentence names another drug"),
        ("LAG3, TIGIT, NT5E and FAP were in the list.", "FAP", "it stands in a list of genes"),
    ],
)
def test_a_name_that_links_says_why(tagger: Tagger, text: str, spelt: str, why: str) -> None:
    assert (spelt, why) in [(one.text, one.why) for one in explain(tagger, text) if one.is_linked]


def test_what_is_said_to_link_is_what_is_tagged(tagger: Tagger) -> None:
    for case in CASES[::9]:
        fields = [TextField("text", "abstract", case["text"])]
        readings = tagger.explain(fields)
        linked = {(one.start, one.end) for one in readings if one.is_linked}
        assert linked == {(one.start, one.end) for one in tagger.tag(fields)}
        assert all(one.why for one in readings)


def test_the_command_adds_the_readings_where_it_is_asked_to(tagger: Tagger) -> None:
    line = b'{"id": "a", "text": "Patients with FAP had polyps; LAG-3 rose."}'
    plain, explained = (
        json.loads(answer) for flag in (False, True) for answer, _ in tag_chunk(tagger, [(1, line)], explain=flag)
    )
    assert explained.pop("readings") == [
        {
            "start": 14,
            "end": 17,
            "text": "FAP",
            "kind": "target",
            "name": "FAP",
            "is_linked": False,
            "why": "its sentence speaks against it: polyps",
        },
        {
            "start": 30,
            "end": 35,
            "text": "LAG-3",
            "kind": "target",
            "name": "LAG-3",
            "is_linked": True,
            "why": "a name that is safe wherever it stands",
        },
    ]
    assert explained == plain
