"""The review against records served: verdicts with their evidence, a move told once, and what the command writes."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from dags.backfill import run_backfill
from dags.cli import main
from dags.inputs import Inputs, read_inputs
from dags.nightly import run_nightly
from dags.sample.server import SampleServer
from dags.sample.world import SAMPLE_FOLDER, World
from dags.span import find_last_week
from dags.weekly import run_weekly
from models.errors import ConfigurationError
from tests.conftest import at_night
from tests.etl.studies import Json, change
from warehouse.reader import query_rows

NIGHTS = tuple(dt.date(2026, 2, day) for day in (10, 11, 17, 18, 19, 20))
HEAD = '[review]\nid = "served"\ntitle = "A review of what is served"\nprinted = 2025-06-30\n'


def build_study(number: int, /, **parts: Any) -> Json:
    """Return an invented trial of zelbarimab that recruits, with other values at dotted paths of its protocol."""
    arms = {
        "armGroups": [{"label": "Arm 1", "interventionNames": ["Drug: Zelbarimab"]}],
        "interventions": [{"type": "DRUG", "name": "Zelbarimab", "armGroupLabels": ["Arm 1"]}],
    }
    study = change("protocolSection.armsInterventionsModule", arms)
    study = change("protocolSection.identificationModule.nctId", f"NCT990006{number:02d}", study)
    for path, value in parts.items():
        study = change(path.replace("__", "."), value, study)
    return study


STATUS = "protocolSection__statusModule__"
RECORDS: Mapping[str, Json] = {
    "terminated": build_study(
        1,
        **{
            f"{STATUS}overallStatus": "TERMINATED",
            f"{STATUS}whyStopped": "Slow accrual.",
            f"{STATUS}lastUpdateSubmitDate": "2025-11-10",
        },
    ),
    "results": build_study(
        2,
        hasResults=True,
        **{
            f"{STATUS}overallStatus": "COMPLETED",
            f"{STATUS}resultsFirstPostDateStruct": {"date": "2025-09-01", "type": "ACTUAL"},
        },
    ),
    # Its title names the agent; no arm gives it.
    "wrong-agent": build_study(
        3,
        protocolSection__armsInterventionsModule={"interventions": [{"type": "DRUG", "name": "Nuvotrelimab"}]},
    ),
    "ended-before": build_study(
        4,
        **{
            f"{STATUS}overallStatus": "TERMINATED",
            f"{STATUS}completionDateStruct": {"date": "2025-03", "type": "ACTUAL"},
            f"{STATUS}lastUpdateSubmitDate": "2025-09-09",
        },
    ),
    # Of another sponsor, so that no other trial of the agent follows it.
    "open": build_study(6, protocolSection__sponsorCollaboratorsModule__leadSponsor={"name": "Example University"}),
    "results-before": build_study(
        8, hasResults=True, **{f"{STATUS}resultsFirstPostDateStruct": {"date": "2025-01-07", "type": "ACTUAL"}}
    ),
    "followed": build_study(9, protocolSection__designModule__phases=["PHASE1"]),
    "follower": build_study(
        10,
        protocolSection__designModule__phases=["PHASE3"],
        **{f"{STATUS}studyFirstPostDateStruct": {"date": "2025-12-01", "type": "ACTUAL"}},
    ),
    # Its arms give another; the text around them speaks of the agent.
    "described": build_study(
        13,
        protocolSection__armsInterventionsModule={
            "armGroups": [{"label": "Arm 1", "description": "Patients whose tumour grew under zelbarimab."}],
            "interventions": [
                {"type": "DRUG", "name": "Nuvotrelimab", "description": "Unlike zelbarimab, given every two weeks."}
            ],
        },
        protocolSection__descriptionModule={"briefSummary": "After zelbarimab."},
    ),
    "wrong-phase": build_study(11, protocolSection__designModule__phases=["PHASE1"]),
    "wrong-condition": build_study(
        12,
        protocolSection__conditionsModule={"conditions": ["Asthma"]},
        protocolSection__identificationModule__briefTitle="Zelbarimab in Asthma",
    ),
}
NUMBERS = {name: study["protocolSection"]["identificationModule"]["nctId"] for name, study in RECORDS.items()}
NUMBERS["never-read"] = "NCT99000605"
CLAIMS: Mapping[str, str] = {
    "terminated": "ongoing",
    "results": "results_not_released",
    "wrong-agent": "ongoing",
    "described": "ongoing",
    "ended-before": "ongoing",
    "never-read": "ongoing",
    "open": "ongoing",
    "results-before": "results_not_released",
    "followed": "ongoing",
    "wrong-phase": "ongoing",
    "wrong-condition": "ongoing",
}


def write_claims(file: Path) -> None:
    """Write a claim of each record; phase and condition are those the sentence would give."""
    claims = [
        f'[[claim]]\nid = "{name}"\nsection = "LAG-3"\nstatement = "Of {name}."\nstate = "{state}"\n'
        f'trials = ["{NUMBERS[name]}"]\nagents = ["zelbarimab"]\n'
        + ('phase = "2"\n' if name == "wrong-phase" else "")
        + ('condition = \'"lung" OR "NSCLC"\'\n' if name == "wrong-condition" else "")
        for name, state in CLAIMS.items()
    ]
    file.write_text("\n".join([HEAD, *claims]), "utf-8")


class Served:
    """A watchlist over records that are served, and what becomes of them in later nights."""

    def __init__(self, inputs: Inputs, world: World, first: Path) -> None:
        self.inputs = inputs
        self.world = world
        self._first = first

    def spend(self, *nights: dt.date) -> None:
        """Run some nights. The first one is alike for all tests, so it is run once and copied."""
        for night in nights:
            self.world.serve(night)
            home = self.inputs.home.folder
            is_first = night == NIGHTS[0] and not home.exists()
            if is_first and self._first.exists():
                shutil.copytree(self._first, home)
                continue
            assert run_nightly(self.inputs, at_night(night)).exit_code == 0
            if is_first:
                shutil.copytree(home, self._first)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the published file."""
        return query_rows(self.inputs.home.published, query)[1]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first night is kept."""
    return tmp_path_factory.mktemp("review") / "first"


@pytest.fixture
def serve(tmp_path: Path, write_watchlist: Callable[..., Path], first: Path) -> Iterator[Callable[..., Served]]:
    """Return what serves the records of the table, and later states of some."""
    servers: list[SampleServer] = []

    def start(*later: tuple[dt.date, Json], histories: Sequence[Json] = ()) -> Served:
        lines = [(NIGHTS[0], study) for study in RECORDS.values()] + list(later)
        texts = [json.dumps({"day": day.isoformat(), "study": study}) for day, study in lines]
        (tmp_path / "studies.jsonl").write_text("\n".join(texts) + "\n", "utf-8")
        (tmp_path / "histories.jsonl").write_text("\n".join(map(json.dumps, histories)), "utf-8")
        world = World.read(tmp_path, ["studies.jsonl"])
        server = SampleServer(world)
        servers.append(server)
        server.__enter__()
        (tmp_path / "vocabulary").symlink_to(SAMPLE_FOLDER / "vocabulary")
        write_claims(tmp_path / "claims.toml")
        file = write_watchlist(server, f"trials = {json.dumps(sorted(NUMBERS.values()))}")
        text = file.read_text("utf-8").replace("built_in = false", 'built_in = false\nfiles = ["claims.toml"]')
        file.write_text(f'{text}\n[vocabulary]\nextra = "vocabulary"\n', "utf-8")
        return Served(read_inputs(file, environment={}), world, first)

    yield start
    for server in servers:
        server.__exit__(None, None, None)


def test_verdicts_on_records_served_are_right_and_carry_their_evidence(serve: Callable[..., Served]) -> None:
    served = serve()
    served.spend(NIGHTS[0])
    found = {row[0]: row[1:] for row in served.ask("SELECT claim, verdict, rule FROM review_verdict")}
    assert found == {
        "terminated": ("outdated", "ongoing-stopped"),
        "results": ("outdated", "no-results-posted"),
        "wrong-agent": ("record_contradicts", "agent-not-in-record"),
        "described": ("record_contradicts", "agent-not-in-record"),
        "ended-before": ("outdated_at_press", "ongoing-stopped"),
        "never-read": ("cannot_tell", "record-not-read"),
        "open": ("stands", "ongoing-open"),
        "results-before": ("outdated_at_press", "no-results-posted"),
        "followed": ("outdated", "successor"),
        "wrong-phase": ("record_contradicts", "phase-not-in-record"),
        "wrong-condition": ("record_contradicts", "condition-not-in-record"),
    }
    evidence = dict(served.ask("SELECT claim, CAST(evidence[0] AS VARCHAR) FROM review_verdict"))
    first = {name: json.loads(text) for name, text in evidence.items()}
    assert first["terminated"]["nct_id"] == NUMBERS["terminated"]
    assert (first["terminated"]["status"], first["terminated"]["since"]) == ("TERMINATED", "2025-11-10")
    assert first["terminated"]["why_stopped"] == "Slow accrual."
    assert first["results"]["posted"] == "2025-09-01"
    assert first["wrong-agent"]["arms"] == ["Nuvotrelimab"]
    assert first["ended-before"]["completion_date"] == "2025-03"
    assert first["followed"]["successor"] == NUMBERS["follower"]
    (as_of,) = served.ask("SELECT DISTINCT as_of FROM review_verdict")
    assert as_of == (at_night(NIGHTS[0]),)


def test_a_first_verdict_is_no_move_and_a_move_is_one_line_once(serve: Callable[..., Served]) -> None:
    stopped = change(
        "protocolSection.statusModule.lastUpdateSubmitDate",
        "2026-02-09",
        change("protocolSection.statusModule.overallStatus", "WITHDRAWN", RECORDS["open"]),
    )
    served = serve((NIGHTS[1], stopped))
    served.spend(*NIGHTS[:3])
    moves = (
        "SELECT claim, previous_verdict, verdict, CAST(since_at AS DATE) FROM review_verdict_log WHERE cause <> 'first'"
    )
    assert served.ask(moves) == [("open", "stands", "outdated", NIGHTS[1])]
    (evidence,) = served.ask("SELECT CAST(evidence AS VARCHAR) FROM review_verdict WHERE claim = 'open'")
    (change_id,) = served.ask("SELECT change_id FROM trial_status_change")
    assert json.loads(evidence[0])[0]["change_ids"] == [change_id[0]]
    weeks = (at_night(dt.date(2026, 2, 16)), at_night(dt.date(2026, 2, 23)))
    letters = [run_weekly(served.inputs, find_last_week(week), weeks[1]).read_text("utf-8") for week in weeks]
    assert [text.count("**Stands → outdated**") for text in letters] == [1, 0]
    assert "A review of what is served" in letters[0]


def test_a_record_that_is_not_read_for_long_gives_no_verdict_and_no_line(serve: Callable[..., Served]) -> None:
    served = serve()
    served.spend(NIGHTS[0])
    later = at_night(NIGHTS[0] + dt.timedelta(days=15))
    page = read_json(served, "--clock", later.isoformat())
    (claim,) = [one for one in page["claims"] if one["claim"] == "terminated"]
    assert (claim["verdict"], claim["rule"]) == ("cannot_tell", "record-stale")
    assert "read last on 2026-02-10" in claim["reason"]


def read_json(served: Served, *arguments: str) -> dict[str, Any]:
    """Return the one review that `trialwatch review --format json` writes."""
    out = served.inputs.file.parent / "review.json"
    run_command(served, "--format", "json", "--out", str(out), *arguments)
    (page,) = json.loads(out.read_text("utf-8"))["reviews"]
    assert isinstance(page, dict)
    return page


def run_command(served: Served, *arguments: str) -> None:
    """Run `trialwatch review`."""
    with pytest.raises(SystemExit) as ended:
        main(["--config", str(served.inputs.file), "review", *arguments])
    assert ended.value.code in (0, None)


def test_an_edited_claim_begins_anew_and_one_taken_out_ends(serve: Callable[..., Served]) -> None:
    served = serve()
    served.spend(NIGHTS[0])
    file = served.inputs.file.parent / "claims.toml"
    text = file.read_text("utf-8")
    blocks = text.split("[[claim]]")
    kept = [block for block in blocks if '"results"' not in block]
    file.write_text("[[claim]]".join(kept).replace("Of open.", "Reworded.").replace(
        'id = "terminated"\nsection = "LAG-3"\nstatement = "Of terminated."\nstate = "ongoing"',
        'id = "terminated"\nsection = "LAG-3"\nstatement = "Of terminated."\nstate = "failed"',
    ), "utf-8")  # fmt: skip
    served.inputs = read_inputs(served.inputs.file, environment={})
    served.spend(NIGHTS[1])
    rows = served.ask("SELECT claim, verdict, cause, previous_verdict FROM review_verdict_log WHERE run_id = 2")
    assert rows == [("terminated", "cannot_tell", "claim", None)]
    assert served.ask("SELECT claim FROM review_verdict WHERE claim = 'results'") == []
    assert served.ask("SELECT statement FROM review_claim WHERE claim = 'open'") == [("Reworded.",)]


def test_the_same_night_again_and_a_back_fill_that_learns_nothing_add_no_verdict(
    serve: Callable[..., Served], snapshot: Callable[[Path], dict[str, Any]]
) -> None:
    served = serve()
    served.spend(NIGHTS[0])
    before = snapshot(served.inputs.home.published)
    served.spend(NIGHTS[0])
    assert snapshot(served.inputs.home.published) == before
    assert run_backfill(served.inputs, at_night(NIGHTS[0]), [], since=None, report=print).exit_code == 0
    assert served.ask("SELECT count(*) FROM review_verdict_log") == [(len(CLAIMS),)]


def test_history_learnt_late_moves_a_verdict_and_makes_no_line(serve: Callable[..., Served]) -> None:
    now = RECORDS["terminated"]
    moved = change("protocolSection.statusModule.overallStatus", "RECRUITING", now)
    versions = [
        change("protocolSection.statusModule.lastUpdateSubmitDate", "2024-01-10", moved),
        change("protocolSection.statusModule.lastUpdateSubmitDate", "2025-02-10", now),
        now,
    ]
    served = serve(histories=[build_history(versions)])
    served.spend(NIGHTS[0])
    # At the instant of the night itself.
    assert run_backfill(served.inputs, at_night(NIGHTS[0]), [], since=None, report=lambda _: None).exit_code == 0
    log = "SELECT verdict, cause, previous_verdict FROM review_verdict_log WHERE claim = 'terminated' ORDER BY run_id"
    assert served.ask(log) == [("outdated", "first", None), ("outdated_at_press", "history", "outdated")]
    served.spend(NIGHTS[1])
    assert len(served.ask(log)) == 2
    letter = run_weekly(served.inputs, find_last_week(at_night(dt.date(2026, 2, 16))), at_night(dt.date(2026, 2, 16)))
    assert "Verdicts that moved" not in letter.read_text("utf-8")


def build_history(versions: Sequence[Json]) -> Json:
    """Return a history of one record, as the registry's own site serves it."""
    modules = [study["protocolSection"]["statusModule"] for study in versions]
    return {
        "nct_id": versions[0]["protocolSection"]["identificationModule"]["nctId"],
        "changes": [
            {
                "version": number,
                "date": module["lastUpdateSubmitDate"],
                "status": module["overallStatus"],
                "studyType": "INTERVENTIONAL",
                "moduleLabels": ["Study Status"],
            }
            for number, module in enumerate(modules)
        ],
        "studies": {str(number): study for number, study in enumerate(versions)},
    }


@pytest.mark.slow
def test_a_record_that_left_the_registry_gives_no_verdict(serve: Callable[..., Served]) -> None:
    served = serve()
    served.spend(NIGHTS[0])
    served.world.hide(NUMBERS["terminated"])
    served.spend(*NIGHTS[2:])
    (row,) = served.ask(
        "SELECT verdict, rule, is_read, previous_verdict FROM review_verdict WHERE claim = 'terminated'"
    )
    assert row == ("cannot_tell", "record-gone", True, "outdated")


def test_a_clock_before_the_newest_run_and_a_review_that_is_not_there_are_refused(
    serve: Callable[..., Served], capsys: pytest.CaptureFixture[str]
) -> None:
    served = serve()
    served.spend(NIGHTS[0])
    for arguments, message in (
        (("--clock", "2026-02-01"), "is earlier than the newest run"),
        (("--review", "other"), 'there is no review "other"'),
    ):
        with pytest.raises(SystemExit) as ended:
            main(["--config", str(served.inputs.file), "review", *arguments])
        assert ended.value.code == 2
        assert message in capsys.readouterr().err


def test_a_watchlist_that_follows_no_review_is_told_how(write_sample_inputs: Callable[[str], Inputs]) -> None:
    from dags.review_command import ReviewWish, show_review  # noqa: PLC0415

    with pytest.raises(ConfigurationError, match="follows no review"):
        show_review(write_sample_inputs('trials = ["NCT99000101"]'), at_night(NIGHTS[0]), ReviewWish())


def test_the_reviews_own_claim_is_judged_on_a_real_record(
    shared: Path, tmp_path: Path, write_watchlist: Callable[..., Path]
) -> None:
    """CITYSCAPE is the one trial of the review among the real records: completed, with results posted since."""
    world = World.read(shared / "recorded", ["trials.jsonl.gz"])
    with SampleServer(world) as server:
        file = write_watchlist(server, 'trials = ["NCT03563716"]')
        file.write_text(file.read_text("utf-8").replace("built_in = false", "built_in = true"), "utf-8")
        inputs = read_inputs(file, environment={})
        served = Served(inputs, world, tmp_path / "unused")
        served.spend(world.days[-1])
    claim = "FROM review_verdict WHERE claim = 'tiragolumab-cityscape'"
    assert served.ask(f"SELECT verdict, rule {claim}") == [("cannot_tell", "efficacy")]
    evidence = json.loads(served.ask(f"SELECT CAST(evidence AS VARCHAR) {claim}")[0][0])
    posted = served.ask("SELECT CAST(results_first_post_date AS VARCHAR) FROM trial")[0][0]
    assert {"results_posted", "ended"} <= {piece["kind"] for piece in evidence}
    assert [piece["posted"] for piece in evidence if piece["kind"] == "results_posted"] == [posted]
    assert served.ask("SELECT count(*) FROM review_claim WHERE len(unresolved) > 0") == [(3,)]
    page = read_json(served, "--clock", at_night(world.days[-1]).isoformat())
    (own,) = [one for one in page["claims"] if one["claim"] == "tiragolumab-cityscape"]
    values = served.ask("SELECT value FROM trial_result WHERE nct_id = 'NCT03563716'")
    shown = [value["value"] for outcome in own["trials"][0]["outcomes"] for value in outcome["values"]]
    assert sorted(shown) == sorted(value or "" for (value,) in values)
