"""Claims as data: what a file of them may say, and how a mistake in one is named."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from dags.inputs import read_package_vocabulary, read_reviews
from etl.review.dossier import find_open_misprints
from models.errors import ConfigurationError
from models.review import Claim, parse_reviews
from models.settings import ReviewSettings, Settings

HEAD = '[review]\nid = "sample"\ntitle = "A sample"\nprinted = 2025-06-30\n'
CLAIM = '[[claim]]\nid = "one"\nsection = "LAG-3"\nstatement = "A trial runs."\nstate = "ongoing"\n'


def test_a_file_of_claims_is_read_with_its_numbers_normalised() -> None:
    (review,) = parse_reviews({"mine.toml": f'{HEAD}{CLAIM}trials = ["nct99000101"]\nphase = "1/2"\n'.encode()})
    assert (review.id, review.printed, review.file) == ("sample", dt.date(2025, 6, 30), "mine.toml")
    assert review.claims == (
        Claim(
            id="one",
            section="LAG-3",
            statement="A trial runs.",
            state="ongoing",
            trials=("NCT99000101",),
            phase="1/2",
        ),
    )


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("[review", "mine.toml: ", "TOML"),
        (HEAD.replace("2025-06-30", '"June"'), "mine.toml: review.printed: ", "a day without quotes"),
        (f"{HEAD}doi = 'https://doi.org/10.1/x'", "mine.toml: review.doi: not of the form", "without https"),
        (f"{HEAD}printd = 1", "mine.toml: review: printd: unknown key", "printed"),
        (f"{HEAD}[[claims]]", "mine.toml: claims: unknown key", "claim, misprint"),
        (f"{HEAD}{CLAIM}trial = []", 'mine.toml: claim "one": trial: unknown key', "trials"),
        (f"{HEAD}{CLAIM.replace('ongoing', 'running')}", 'mine.toml: claim "one": state: ', "results_not_released"),
        (f"{HEAD}[[claim]]\nsection = 'x'", "mine.toml: claim number 1: ", "docs/review.md"),
        (f'{HEAD}{CLAIM}trials = ["NCT9900010"]', 'mine.toml: claim "one": trials[0]: "NCT9900010" has 7', "check"),
        (f'{HEAD}{CLAIM}meant = ["x"]', 'mine.toml: claim "one": meant[0]: "x" is no NCT number', "check"),
        (f'{HEAD}{CLAIM}phase = "II"', 'mine.toml: claim "one": phase: not of the form', "1/2"),
        (f"{HEAD}{CLAIM}condition = '\"lung'", 'mine.toml: claim "one": condition: a quote', "OR"),
        (f'{HEAD}{CLAIM}articles = ["PMID 1"]', 'mine.toml: claim "one": articles[0]: not', "PMIDs in quotes"),
        (f'{HEAD}{CLAIM}note = "a\\u0007b"', 'mine.toml: claim "one": note: it holds a control', "one line"),
        (f"{HEAD}{CLAIM}{CLAIM}", 'mine.toml: claim "one" stands there twice', "id of its own"),
        (f'{HEAD}[[misprint]]\nprinted = "a"\nmeans = "b"\nkind = "x"', 'mine.toml: misprint "a": kind: ', "docs"),
    ],
)
def test_a_mistake_is_named_by_file_claim_and_remedy(text: str, message: str, hint: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_reviews({"mine.toml": text.encode()})
    assert caught.value.message.startswith(message)
    assert hint in caught.value.hint


def test_two_reviews_of_one_id_are_refused() -> None:
    with pytest.raises(ConfigurationError, match=r'b\.toml: review\.id: "sample" is that of a\.toml too'):
        parse_reviews({"a.toml": HEAD.encode(), "b.toml": HEAD.encode()})


def test_a_misprint_means_another_name_in_its_own_review_and_for_its_own_kind() -> None:
    misprint = '[[misprint]]\nprinted = "TIM-1"\nmeans = "TIM-3"\nkind = "target"\n'
    (review,) = parse_reviews({"mine.toml": (HEAD + misprint).encode()})
    found = [review.find_meaning("tim-1", kind) for kind in ("target", "agent")]
    assert found == ["TIM-3", "tim-1"]


def test_reviews_of_ones_own_stand_beside_the_watchlist_as_files_or_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "reviews").mkdir()
    (tmp_path / "reviews" / "a.toml").write_text(HEAD, "utf-8")
    (tmp_path / "b.toml").write_text(HEAD.replace('"sample"', '"other"'), "utf-8")
    settings = Settings(review=ReviewSettings(built_in=False, files=("reviews", "b.toml")))
    found = read_reviews(tmp_path / "watchlist.toml", settings)
    assert [(one.id, one.file) for one in found] == [("sample", "reviews/a.toml"), ("other", "b.toml")]


def test_a_file_of_claims_that_is_not_there_is_named(tmp_path: Path) -> None:
    settings = Settings(review=ReviewSettings(files=("none.toml",)))
    with pytest.raises(ConfigurationError, match=r"watchlist\.toml: review\.files\[0\]: there is no .*none\.toml"):
        read_reviews(tmp_path / "watchlist.toml", settings)


def test_the_reviews_own_claims_cite_its_23_numbers_25_times_and_name_what_the_vocabulary_knows() -> None:
    (review,) = read_reviews(Path("watchlist.toml"), Settings())
    cited = [number for claim in review.claims for number in claim.trials]
    assert (len(set(cited)), len(cited)) == (23, 25)
    vocabulary = read_package_vocabulary()
    agents = {name for claim in review.claims for name in claim.agents}
    unknown = {name for name in agents if vocabulary.find_agent(review.find_meaning(name, "agent")) is None}
    assert unknown == {"FAPα-targeted CAR-T", "FAPα-targeted oncolytic adenovirus"}
    assert not [name for claim in review.claims for name in claim.targets if vocabulary.find_target(name) is None]
    known = {pathway.name for pathway in vocabulary.pathways}
    assert {name for claim in review.claims for name in claim.pathways} <= known


def test_a_misprint_of_what_the_vocabulary_does_not_know_is_open() -> None:
    slips = [
        f'[[misprint]]\nprinted = "{printed}"\nmeans = "{means}"\nkind = "{kind}"\n'
        for printed, means, kind in (("a", "relatlimap", "agent"), ("b", "TIM-3", "target"), ("c", "c", "name"))
    ]
    (review,) = parse_reviews({"mine.toml": (HEAD + "".join(slips)).encode()})
    found = list(find_open_misprints(review, read_package_vocabulary()))
    assert found == ["misprint a: relatlimap is not in the vocabulary"]


def test_the_reviews_claims_cite_what_the_map_of_it_does(shared: Path) -> None:
    (review,) = read_reviews(Path("watchlist.toml"), Settings())
    rows = (shared / "facts" / "review_map.tsv").read_text("utf-8").splitlines()[1:]
    trials = [row.split("\t") for row in rows if row.startswith(("trial\t", "trial_named\t"))]
    cited = {tuple(re.findall(r"NCT\d{8}", row[2])) for row in trials}
    ours = {claim.trials or claim.meant for claim in review.claims}
    assert len(trials) >= 35
    assert not cited - ours
