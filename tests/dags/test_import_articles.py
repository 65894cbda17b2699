"""Files of PubMed bring what a search would have found, in their order, and take out what PubMed took out."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dags.importing import ImportResult, run_import
from dags.inputs import Inputs, read_inputs
from dags.nightly import run_nightly
from dags.run import StepResult
from dags.sample.world import SAMPLE_FOLDER
from dags.span import find_last_week
from dags.weekly import run_weekly
from models.errors import ConfigurationError
from tests.conftest import Snapshot, at_night
from tests.extractors.pubmed_xml import BOOK_CHAPTER, write_abstract, write_article, write_set
from warehouse.landed import LandedNote, LandedPage
from warehouse.manifests import find_manifests, read_manifest
from warehouse.pages import rebuild_body

Ask = Callable[[Inputs, str], list[tuple[Any, ...]]]
DAY = dt.date(2026, 2, 12)
WATCH = """
trials = ["NCT99000101"]
agents = ["zelbarimab"]
targets = ["LAG-3", { name = "FAP", condition = "cancer" }]
"""
STATES = "SELECT pmid, title, state FROM article ORDER BY pmid"
EVENTS = "SELECT pmid, kind, origin FROM article_event ORDER BY ALL"


def show_date(tag: str, date: str) -> str:
    year, month, day = date.split("-")
    return f"<{tag}><Year>{year}</Year><Month>{month}</Month><Day>{day}</Day></{tag.partition(' ')[0]}>"


def write(
    number: int,
    title: str = "LAG-3 in a sample",
    abstract: str = "A text.",
    *,
    revised: str = "2026-01-05",
    entered: str = "2020-03-04",
    version: int = 1,
    inside: str = "",
    beside: str = "",
) -> str:
    article = f"<ArticleTitle>{title}</ArticleTitle>{write_abstract(abstract)}{inside}"
    history = "<History>" + show_date('PubMedPubDate PubStatus="entrez"', entered) + "</History>"
    return write_article(
        str(99_000_000 + number), article, show_date("DateRevised", revised) + beside, history, version=version
    )


def write_deletion(*numbers: int, version: int = 1) -> str:
    lines = "\n".join(f'<PMID Version="{version}">{99_000_000 + number}</PMID>' for number in numbers)
    return f"\n<DeleteCitation>\n{lines}\n</DeleteCitation>"


@pytest.fixture
def offline(tmp_path: Path) -> Inputs:
    """Inputs that watch a few things, in a data home that no night has run in."""
    return watch(tmp_path / "offline", WATCH)


def watch(folder: Path, text: str) -> Inputs:
    folder.mkdir(exist_ok=True)
    if not (folder / "vocabulary").exists():
        (folder / "vocabulary").symlink_to(SAMPLE_FOLDER / "vocabulary")
    file = folder / "watchlist.toml"
    file.write_text(f'[watch]\n{text}\n[vocabulary]\nextra = "vocabulary"\n', "utf-8")
    return read_inputs(file, environment={})


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    """Return a writer of gzipped files of NLM's names: number and records."""
    folder = tmp_path / "files"
    folder.mkdir()

    def write_file(number: int, *records: str, name: str = "pubmed26n{:04d}.xml.gz") -> Path:
        path = folder / name.format(number)
        path.write_bytes(gzip.compress(write_set(*records), mtime=0))
        return path

    return write_file


def load(
    inputs: Inputs, *paths: Path, hour: int = 15, report: Callable[[StepResult], None] = lambda _: None
) -> ImportResult:
    return run_import(inputs, paths, dt.datetime.combine(DAY, dt.time(hour)), report)


def pmids(inputs: Inputs, ask: Ask) -> list[int]:
    return [int(row[0]) - 99_000_000 for row in ask(inputs, "SELECT pmid FROM article ORDER BY pmid")]


def test_what_is_watched_is_taken_and_says_why(offline: Inputs, save: Callable[..., Path], ask: Ask) -> None:
    bank = (
        "<DataBankList><DataBank><DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList>"
        "<AccessionNumber>NCT99000101</AccessionNumber></AccessionNumberList></DataBank></DataBankList>"
    )
    file = save(
        1,
        write(1, "LAG\u20113 in a sample"),
        write(2, "Nothing", "Given <i>zelbari</i>mab weekly."),
        write(3, "Nothing", inside=bank),
        write(4, "Nothing", "Registered as NCT99000101."),
        write(5, "Fibroblast activation protein in cancers"),
        write(6, "Fibroblast activation protein in a polyp"),
        write(7, "A flag of 3", "Registered as NCT99000102."),
        write(8, "A trial", beside="<KeywordList><Keyword>LAG-3</Keyword></KeywordList>"),
        BOOK_CHAPTER,
    )
    result = load(offline, file)
    assert (result.exit_code, result.describe()) == (0, "9 citations read, 5 taken: 5 new, 0 changed")
    assert ask(
        offline, "SELECT record, item, field, synonym FROM watch_match WHERE source = 'pubmed' ORDER BY ALL"
    ) == [
        ("99000001", "target:LAG-3", "title", "LAG-3"),
        ("99000002", "agent:zelbarimab", "abstract", "zelbarimab"),
        ("99000003", "trial:NCT99000101", "databank", "NCT99000101"),
        ("99000004", "trial:NCT99000101", "abstract", "NCT99000101"),
        ("99000005", "target:FAP", "title", "fibroblast activation protein"),
    ]
    assert ask(offline, "SELECT pmid, target FROM article_target ORDER BY 1 LIMIT 1") == [("99000001", "LAG-3")]


@pytest.mark.slow
def test_papers_that_name_a_tracked_trial_belong_to_the_items_that_track_it(
    sample_inputs: Inputs, save: Callable[..., Path], ask: Ask
) -> None:
    run_nightly(sample_inputs, at_night(dt.date(2026, 2, 10)))
    numbers = "SELECT record, list(item ORDER BY item) FROM watch_match WHERE source = 'clinicaltrials' GROUP BY 1"
    tracked: dict[str, list[str]] = dict(
        ask(sample_inputs, f"{numbers} HAVING NOT bool_or(item LIKE 'trial:%') ORDER BY 1")
    )
    number, items = next(iter(tracked.items()))
    load(sample_inputs, save(1, write(900, "Nothing", f"Registered as {number}.")))
    found = ask(sample_inputs, "SELECT item, field, synonym FROM watch_match WHERE record = '99000900' ORDER BY 1")
    assert found == [(item, "abstract", number) for item in items]


def test_a_paper_of_the_list_is_taken_though_it_names_nothing(
    tmp_path: Path, save: Callable[..., Path], ask: Ask
) -> None:
    inputs = watch(tmp_path / "listed", 'articles = ["99000002"]')
    load(inputs, save(1, write(1, "Weather"), write(2, "Weather", "")))
    assert pmids(inputs, ask) == [2]
    query = "SELECT item, record, field FROM watch_match WHERE source = 'pubmed'"
    assert ask(inputs, query) == [("article:99000002", "99000002", "pmid")]


def test_with_everything_all_is_taken(tmp_path: Path, save: Callable[..., Path], ask: Ask) -> None:
    inputs = watch(tmp_path / "all", "everything = true")
    load(inputs, save(1, write(1), write(2, "Nothing"), BOOK_CHAPTER))
    assert pmids(inputs, ask) == [1, 2, 50]
    assert ask(inputs, "FROM watch_match") == []


def test_a_paper_held_is_revised_though_its_new_text_matches_nothing(
    offline: Inputs, save: Callable[..., Path], ask: Ask
) -> None:
    load(offline, save(1, write(1)))
    result = load(offline, save(2, write(1, "Nothing of it", revised="2026-02-01")), hour=16)
    assert result.articles[0].counts.changed == 1
    assert ask(offline, STATES) == [("99000001", "Nothing of it", "active")]
    assert ask(offline, "SELECT kind, detail, origin FROM article_event ORDER BY kind") == [
        ("new", None, "backfill"),
        ("revised", "title", "import"),
    ]


def test_of_a_number_that_stands_repeatedly_the_highest_version_stands(
    offline: Inputs, save: Callable[..., Path], ask: Ask
) -> None:
    versions = [write(1, f"LAG-3, version {number}", version=number) for number in (2, 4, 1, 3)]
    result = load(offline, save(1, *versions, write(2, "LAG-3 first"), write(2, "LAG-3 last")))
    assert ask(offline, STATES) == [
        ("99000001", "LAG-3, version 4", "active"),
        ("99000002", "LAG-3 last", "active"),
    ]
    assert result.describe() == (
        "6 citations read, 6 taken: 2 new, 0 changed, 4 repeated or older than what is held (left out)"
    )


@pytest.mark.parametrize("is_newest_first", [True, False])
def test_the_last_word_on_a_paper_stands_though_it_names_nothing_watched(
    is_newest_first: bool, offline: Inputs, save: Callable[..., Path], ask: Ask
) -> None:
    versions = [write(1, "LAG-3"), write(1, "Nothing", version=2)]
    load(
        offline, save(1, *(reversed(versions) if is_newest_first else versions), write(2, "LAG-3"), write(2, "Nothing"))
    )
    held = [] if is_newest_first else [("99000001", "Nothing", "active")]
    assert ask(offline, STATES) == [*held, ("99000002", "Nothing", "active")]


def test_a_deletion_is_obeyed_and_a_paper_that_returns_is_restored(
    offline: Inputs, save: Callable[..., Path], ask: Ask
) -> None:
    load(offline, save(1, write(1), write(2)))
    result = load(offline, save(2, write_deletion(1, 77)), hour=16)
    assert result.describe() == "0 citations read, 0 taken; 1 paper taken out of PubMed"
    assert ask(offline, STATES) == [
        ("99000001", "LAG-3 in a sample", "deleted"),
        ("99000002", "LAG-3 in a sample", "active"),
    ]
    load(offline, save(3, write(1)), hour=17)
    assert ask(offline, STATES)[0][2] == "active"
    events = ask(offline, "SELECT kind, origin FROM article_event WHERE pmid = '99000001' ORDER BY observed_at")
    assert events == [("new", "backfill"), ("deleted", "import"), ("restored", "import")]


def test_word_of_an_older_version_takes_no_newer_one_out(offline: Inputs, save: Callable[..., Path], ask: Ask) -> None:
    load(offline, save(1, write(1, version=2)), save(2, write_deletion(1, version=1)))
    assert ask(offline, STATES)[0][2] == "active"
    load(offline, save(3, write_deletion(1, version=2)), hour=16)
    assert ask(offline, STATES)[0][2] == "deleted"


ORDER = (
    (1, (write(1, "LAG-3 as of 1"), write(2, "LAG-3 as of 1"), write(3, "LAG-3 as of 1"))),
    (2, (write(1, "LAG-3 as of 2"), write(4, "LAG-3 as of 2"), write_deletion(2, 5))),
    (3, (write(1, "LAG-3 as of 3"), write(2, "LAG-3 as of 3"), write_deletion(3))),
)
IN_THE_END = [
    ("99000001", "LAG-3 as of 3", "active"),
    ("99000002", "LAG-3 as of 3", "active"),
    ("99000003", "LAG-3 as of 1", "deleted"),
    ("99000004", "LAG-3 as of 2", "active"),
]


def test_files_given_in_any_order_are_read_in_theirs(offline: Inputs, save: Callable[..., Path], ask: Ask) -> None:
    files = [save(number, *records) for number, records in ORDER]
    result = load(offline, files[2], files[0], files[1])
    assert [tally.name for tally in result.articles] == [file.name for file in files]
    assert ask(offline, STATES) == IN_THE_END
    restored = ask(offline, "SELECT pmid FROM article_event WHERE kind = 'restored'")
    assert restored == [("99000002",)]


@pytest.mark.sampled(2)
@pytest.mark.parametrize("order", [(3, 2, 1), (2, 3, 1), (1, 3, 2), (3, 1, 2)])
def test_an_older_file_read_later_overwrites_nothing_and_brings_nothing_back(
    order: tuple[int, ...], offline: Inputs, save: Callable[..., Path], ask: Ask
) -> None:
    for place, number in enumerate(order):
        load(offline, save(number, *ORDER[number - 1][1]), hour=12 + place)
    states = ask(offline, STATES)
    # A paper that a newer file took out before it was ever held stays out.
    gone = [] if order.index(3) < order.index(1) else [IN_THE_END[2]]
    assert states == [*IN_THE_END[:2], *gone, IN_THE_END[3]]


@pytest.mark.slow
def test_a_file_read_late_says_so_and_the_newer_ones_are_read_anew(
    offline: Inputs, save: Callable[..., Path], ask: Ask
) -> None:
    files = [save(number, *records) for number, records in ORDER]
    load(offline, files[2])
    result = load(offline, files[0], files[1], hour=16)
    assert "read after pubmed26n0003.xml.gz, which stands" in result.steps[0].summary
    again = load(offline, *files, hour=17)
    assert [tally.is_known for tally in again.articles] == [True, True, False]
    assert all(tally.is_known for tally in load(offline, *files, hour=18).articles)


def test_a_paper_never_held_that_was_taken_out_is_not_brought_by_an_older_file(
    offline: Inputs, save: Callable[..., Path], ask: Ask
) -> None:
    load(offline, save(2, write_deletion(1)))
    result = load(offline, save(1, write(1)), hour=16)
    assert ask(offline, STATES) == []
    assert result.articles[0].counts.older == 1


def test_numbers_that_were_never_read_are_named(offline: Inputs, save: Callable[..., Path], ask: Ask) -> None:
    result = load(offline, save(1, write(1)), save(3, write(3)), save(7, write(4)))
    assert result.exit_code == 0
    assert result.gaps == ["pubmed26n0002", "pubmed26n0004 to pubmed26n0006"]
    assert any("pubmed26n0002" in advice for advice in result.find_advice())
    assert ask(offline, "SELECT record FROM issue WHERE severity = 'info' ORDER BY 1") == [
        ("pubmed26n0002",),
        ("pubmed26n0004 to pubmed26n0006",),
    ]


def test_a_file_whose_checksum_differs_is_refused_and_the_rest_is_loaded(
    offline: Inputs, save: Callable[..., Path], ask: Ask
) -> None:
    files = [save(number, *records) for number, records in ORDER]
    for file in files:
        digest = hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()
        file.with_name(f"{file.name}.md5").write_text(f"MD5({file.name})= {digest}\n")
    whole = files[1].read_bytes()
    files[1].write_bytes(gzip.compress(write_set(write(1, "LAG-3 forged"))))
    reported: list[StepResult] = []
    result = load(offline, files[0].parent, report=reported.append)
    assert result.exit_code == 1
    assert [tally.is_failed for tally in result.articles] == [False, True, False]
    (error,) = [step.error for step in reported if step.error]
    assert "pubmed26n0002.xml.gz: its MD5 is" in error.message
    assert error.hint == "download the file and its .md5 again"
    assert result.gaps == ["pubmed26n0002"]
    assert ask(offline, STATES)[0] == IN_THE_END[0]
    assert "pubmed26n0002.xml.gz" in ask(offline, "SELECT message FROM issue WHERE severity = 'error'")[0][0]
    # Mended, it brings what was missing, and nothing of what newer ones said is undone.
    files[1].write_bytes(whole)
    mended = load(offline, files[0].parent, hour=16)
    assert (mended.exit_code, [tally.is_known for tally in mended.articles]) == (0, [True, False, False])
    assert ask(offline, STATES) == IN_THE_END


def test_checksums_named_beside_their_files_are_passed_over_and_a_lone_one_is_refused(
    offline: Inputs, save: Callable[..., Path]
) -> None:
    file = save(1, write(1))
    sidecar = file.with_name(f"{file.name}.md5")
    sidecar.write_text(f"{hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()}  {file.name}\n")
    assert load(offline, file, sidecar).articles[0].counts.new == 1
    file.unlink()
    with pytest.raises(ConfigurationError, match="checksum"):
        load(offline, sidecar, hour=16)


def break_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-60])


HOSTILE: dict[str, tuple[Callable[[Path], object], str]] = {
    "truncated": (break_off, "cut off"),
    "empty": (lambda path: path.write_bytes(b""), "no element"),
    "no gzip": (lambda path: path.write_bytes(b"\x1f\x8b\x08" + bytes(7) + b"\x07" * 20), "it is damaged"),
    "latin-1": (lambda path: path.write_bytes(write_set(write(11, "é")).decode().encode("latin-1")), "not UTF-8"),
    "utf-16": (lambda path: path.write_bytes(write_set(write(11)).decode().encode("utf-16")), "UTF-16"),
    "entities": (
        lambda path: path.write_bytes(write_set(write(11)).replace(b'.dtd">', b'.dtd" [<!ENTITY a "x">]>')),
        "entities",
    ),
    "a record that is not closed": (
        lambda path: path.write_bytes(write_set(write(11), write(12)).replace(b"</PubmedArticle>", b"", 1)),
        "99000011",
    ),
}


@pytest.mark.sampled(6)
@pytest.mark.parametrize("name", ["pubmed26n{:04d}.xml.gz", "mine.xml"])
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_with_the_reason_and_the_rest_is_loaded(
    kind: str, name: str, offline: Inputs, save: Callable[..., Path], ask: Ask
) -> None:
    spoil, reason = HOSTILE[kind]
    bad = save(2, write(11), write(12), name=name)
    spoil(bad)
    result = load(offline, save(1, write(1)), bad, save(3, write(3)))
    assert result.exit_code == 1
    assert pmids(offline, ask) == [1, 3]
    (error,) = [step.error for step in result.steps if step.error]
    assert bad.name in error.message
    assert reason in error.message
    assert error.hint
    assert ask(offline, "SELECT name FROM import_file ORDER BY 1") == [
        ("pubmed26n0001.xml.gz",),
        ("pubmed26n0003.xml.gz",),
    ]
    assert ask(offline, "SELECT DISTINCT record FROM watch_match ORDER BY 1") == [("99000001",), ("99000003",)]


def test_a_record_that_cannot_be_read_costs_itself_alone(offline: Inputs, save: Callable[..., Path], ask: Ask) -> None:
    broken = "<PubmedArticle><MedlineCitation><PMID>LAG-3</PMID></MedlineCitation></PubmedArticle>"
    result = load(offline, save(1, write(1), broken, write(2)))
    assert (result.exit_code, result.articles[0].counts.unreadable) == (0, 1)
    assert pmids(offline, ask) == [1, 2]
    ((record, message),) = ask(offline, "SELECT record, message FROM issue WHERE severity = 'error'")
    assert record
    assert "pubmed26n0001.xml.gz" in message


@pytest.mark.parametrize(
    ("text", "reason"),
    [(f"LAG-3 {'<i>' * 1000}x{'</i>' * 1000}", "Excessive depth"), ("LAG-3 <i>x</b>", "tag mismatch")],
)
def test_a_record_that_no_parser_reads_is_set_aside_and_the_rest_of_its_file_is_loaded(
    text: str, reason: str, offline: Inputs, save: Callable[..., Path], ask: Ask
) -> None:
    file = save(1, write(1), write(2, text), write(3))
    result = load(offline, file, save(2, write(4)))
    assert (result.exit_code, result.articles[0].counts.unreadable) == (1, 1)
    assert "1 unreadable" in result.describe()
    assert pmids(offline, ask) == [1, 3, 4]
    ((record, message),) = ask(offline, "SELECT record, message FROM issue WHERE severity = 'error'")
    assert record == "PMID 99000002"
    assert message.startswith(f"{file.name}: ")
    assert reason in message
    assert message.endswith("download the file again")
    ((told,),) = ask(offline, "SELECT message FROM run")
    assert told == f"{file.name}: 1 citation set aside, which no parser reads"
    again = load(offline, file, hour=16)
    assert (again.exit_code, again.articles[0].is_known) == (0, True)


@pytest.mark.slow
def test_the_same_files_again_change_only_the_ledger(
    offline: Inputs, save: Callable[..., Path], ask: Ask, snapshot: Snapshot
) -> None:
    files = [save(number, *records) for number, records in ORDER]
    load(offline, *files)
    before = snapshot(offline.home.published)
    again = load(offline, *files, hour=16)
    assert again.describe() == "3 files read before, passed over"
    assert snapshot(offline.home.published) == before


def test_where_the_watchlist_asks_something_else_a_file_is_read_anew(
    offline: Inputs, save: Callable[..., Path], ask: Ask
) -> None:
    file = save(1, write(1), write(2, "TIGIT in a sample"))
    load(offline, file)
    assert pmids(offline, ask) == [1]
    wider = watch(offline.file.parent, WATCH.replace('["LAG-3"', '["LAG-3", "TIGIT"'))
    result = load(wider, file, hour=16)
    assert not result.articles[0].is_known
    assert result.articles[0].counts.held == 1
    assert pmids(wider, ask) == [1, 2]
    assert ask(wider, EVENTS) == [("99000001", "new", "backfill"), ("99000002", "new", "backfill")]


def test_an_import_that_is_stopped_keeps_the_files_done_and_goes_on_behind_them(
    offline: Inputs, save: Callable[..., Path], ask: Ask
) -> None:
    files = [save(number, *records) for number, records in ORDER]
    seen: list[StepResult] = []

    def stop(result: StepResult) -> None:
        seen.append(result)
        if len(seen) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(offline, *files, report=stop)
    assert not offline.home.published.exists()
    result = load(offline, *files, hour=16)
    assert [tally.is_known for tally in result.articles] == [True, True, False]
    assert ask(offline, STATES) == IN_THE_END


def test_a_first_import_is_history_and_no_letter_tells_it(offline: Inputs, save: Callable[..., Path], ask: Ask) -> None:
    load(offline, save(1, write(1, entered="2026-02-11"), write(2)))
    assert {row[2] for row in ask(offline, EVENTS)} == {"backfill"}
    monday = dt.datetime(2026, 2, 16, 7)  # noqa: DTZ001  the warehouse's instants are UTC without offset
    assert "99000001" not in run_weekly(offline, find_last_week(monday), monday).read_text("utf-8")


def test_what_entered_after_its_item_was_first_read_is_news_and_a_letter_tells_it(
    sample_inputs: Inputs, save: Callable[..., Path], ask: Ask
) -> None:
    run_nightly(sample_inputs, at_night(dt.date(2026, 2, 10)))
    file = save(1, write(901, entered="2026-02-11"), write(902, entered="2026-02-09"), write(903, entered="2026-02-10"))
    load(sample_inputs, file)
    found = f"SELECT pmid, origin FROM ({EVENTS}) WHERE kind = 'new' AND pmid > '99000900' ORDER BY 1"
    assert ask(sample_inputs, found) == [
        ("99000901", "import"),
        ("99000902", "backfill"),
        ("99000903", "backfill"),
    ]
    monday = dt.datetime(2026, 2, 16, 7)  # noqa: DTZ001  as above
    letter = run_weekly(sample_inputs, find_last_week(monday), monday).read_text("utf-8")
    assert "99000902" not in letter
    told = ask(sample_inputs, "SELECT count(*) FROM article_event WHERE origin = 'import'")
    assert told == [(1,)]


def test_a_file_without_a_number_is_as_new_as_its_reading(offline: Inputs, save: Callable[..., Path], ask: Ask) -> None:
    load(offline, save(1, write(1)), save(2, write_deletion(1)))
    load(offline, save(0, write(1, "LAG-3 by hand"), name="mine.xml.gz"), hour=16)
    assert ask(offline, STATES) == [("99000001", "LAG-3 by hand", "active")]
    load(offline, save(3, write_deletion(1)), hour=17)
    assert ask(offline, STATES)[0][2] == "deleted"


def test_a_record_revised_earlier_than_the_one_held_is_left_out(
    offline: Inputs, save: Callable[..., Path], ask: Ask
) -> None:
    load(offline, save(0, write(1, "LAG-3 now", revised="2026-02-01"), name="now.xml.gz"))
    load(offline, save(0, write(1, "LAG-3 then", revised="2025-02-01"), name="then.xml.gz"), hour=16)
    assert ask(offline, STATES) == [("99000001", "LAG-3 now", "active")]


def test_papers_and_studies_may_lie_in_one_folder(
    offline: Inputs, save: Callable[..., Path], tmp_path: Path, ask: Ask
) -> None:
    study = (SAMPLE_FOLDER / "studies.jsonl").read_bytes()
    assert study
    file = save(1, write(1))
    file.with_name("README.txt").write_text("hello")
    result = load(offline, file.parent)
    assert (result.exit_code, len(result.articles), result.tallies) == (0, 1, [])
    assert ask(offline, "SELECT record FROM issue") == [("README.txt",)]


def test_the_landing_keeps_what_is_taken_and_what_is_deleted(offline: Inputs, save: Callable[..., Path]) -> None:
    first = write(1)
    load(offline, save(1, first, write(2, "Nothing"), write_deletion(9)))
    lines = list(read_manifest(find_manifests(offline.home.landing)[1]))
    notes = [line.content for line in lines if isinstance(line, LandedNote) and line.kind == "import"]
    assert [note["name"] for note in notes] == ["pubmed26n0001.xml.gz"]
    pages = [line for line in lines if isinstance(line, LandedPage)]
    assert {(page.source, page.item) for page in pages} == {("pubmed", "import:pubmed26n0001.xml.gz")}
    bodies = [rebuild_body(offline.home.landing, page) for page in pages]
    assert first.encode() in bodies[0]
    assert b"Nothing" not in bodies[0]
    assert b"99000009" in bodies[1]
