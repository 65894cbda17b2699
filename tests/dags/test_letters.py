"""A letter's files: their names, their forms, and the feed of the last ones, over the sample world."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from lxml import etree

from dags.inputs import Inputs
from dags.letters import FEED, Form, find_letter, write_file
from dags.nightly import run_nightly
from dags.sample.server import SampleServer
from dags.span import find_last_week, find_week
from dags.weekly import run_weekly
from etl.render_atom import NAMESPACE
from models.errors import DeliveryError
from tests.conftest import FirstNight, at_night

MONDAY = dt.datetime.combine(dt.date(2026, 2, 16), dt.time(7))


@pytest.mark.parametrize(
    ("label", "name"), [("2026-W07", "2026-W07.md"), ("2026-W05 to W07", "2026-W05_to_W07.md"), ("..", "_.md")]
)
def test_a_file_is_named_by_the_span(tmp_path: Path, label: str, name: str) -> None:
    assert find_letter(tmp_path, label) == tmp_path / name


@pytest.mark.parametrize("label", ["../../x", "a/b", "a\\b", "a\r\nb", "/x", "\x00", "..", ""])
def test_no_label_leads_out_of_the_folder(tmp_path: Path, label: str) -> None:
    file = find_letter(tmp_path, label, Form.html)
    assert file.resolve().parent == tmp_path.resolve()
    assert file.name.isprintable()


def test_a_file_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="cannot write"):
        write_file(tmp_path / "missing" / "2026-W07.md", "x")


def count_entries(folder: Path) -> int:
    return len(etree.parse(folder / FEED).findall(f"{{{NAMESPACE}}}entry"))


def test_the_forms_of_the_sample_world(
    sample_inputs: Inputs, sample_server: SampleServer, first_night: FirstNight
) -> None:
    first_night(sample_inputs, sample_server.world)
    sample_server.world.serve(sample_server.world.days[-1])
    run_nightly(sample_inputs, at_night(sample_server.world.days[-1]))
    folder = sample_inputs.home.digests
    week, before = find_last_week(MONDAY), find_week("2026-W06")
    run_weekly(sample_inputs, before, MONDAY)
    assert sorted(file.name for file in folder.iterdir()) == ["2026-W06.html", "2026-W06.md", FEED]
    assert count_entries(folder) == 1
    run_weekly(sample_inputs, week, MONDAY)
    assert count_entries(folder) == 2
    feed = (folder / FEED).read_bytes()
    run_weekly(sample_inputs, week, MONDAY + dt.timedelta(days=60))
    assert (folder / FEED).read_bytes() == feed
    plain = {form: run_weekly(sample_inputs, week, MONDAY, form=form).read_text("utf-8") for form in Form}
    explained = {
        form: run_weekly(sample_inputs, week, MONDAY, form=form, explain=True).read_text("utf-8") for form in Form
    }
    assert (folder / FEED).read_bytes() == feed
    for form in (Form.markdown, Form.text, Form.html, Form.atom):
        assert "Here because:" not in plain[form]
        assert "Here because: watched by its number" in explained[form]
    text = " ".join(explained[Form.text].split())
    assert '"zelbarimab" (blocks LAG-3) in brief title, agent zelbarimab is watched' in text
