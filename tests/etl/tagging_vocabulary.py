"""Vocabularies for the tagger's tests: the real files, and a small one whose every word a test can see."""

from __future__ import annotations

from pathlib import Path

import models.vocabulary
from etl.tagging import Tagger, build_tagger
from models.mention import Mention, TextField
from models.vocabulary import Vocabulary, parse_vocabulary

SMALL = b"""
[[target]]
name = "LAG-3"
symbol = "LAG3"
source = "written for the tests"
synonyms = ["LAG3", "lymphocyte activation gene 3"]

[[target]]
name = "TIGIT"
symbol = "TIGIT"
source = "written for the tests"

[[target]]
name = "FAP"
symbol = "FAP"
source = "written for the tests"
synonyms = ["fibroblast activation protein", "seprase"]
needs_context = ["FAP"]
never_alone = ["SIMP"]
cues = ["stroma", "PET"]
blockers = ["polyposis", "FAP-1"]

[[agent]]
name = "twinmab"
role = "lead"
source = "written for the tests"
synonyms = ["TW-1000"]
needs_context = ["TWX1"]
actions = [{ gene = "LAG3", action = "blocks" }, { gene = "TIGIT", action = "blocks" }]

[[agent]]
name = "stromatrace"
role = "lead"
source = "written for the tests"
actions = [{ gene = "FAP", action = "images" }, { gene = "FAP", action = "delivers" }]

[[agent]]
name = "sidemab"
role = "backbone"
source = "written for the tests"
needs_context = ["SDM77"]
actions = [{ gene = "LAG3", action = "blocks", links = false }]

[[agent]]
name = "IMP701"
role = "lead"
source = "written for the tests"
needs_context = ["IMP-701"]
cues = ["checkpoint"]
actions = [{ gene = "LAG3", action = "blocks" }]
"""


def read_vocabulary() -> Vocabulary:
    """Read the files that are shipped."""
    folder = Path(models.vocabulary.__file__).parent
    return parse_vocabulary({path.name: path.read_bytes() for path in sorted(folder.glob("*.toml"))})


def build_small_tagger() -> Tagger:
    """Build a tagger for the small vocabulary."""
    return build_tagger(parse_vocabulary({"small.toml": SMALL}))


def tag(tagger: Tagger, *texts: str, path: str = "abstract") -> list[Mention]:
    """Tag one document of several fields of one kind."""
    return tagger.tag([TextField(path, "abstract", text) for text in texts])
