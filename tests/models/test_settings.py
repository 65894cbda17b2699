"""Settings: the whole of CONTRACT's example is read, and every mistake is named with its place."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import ConfigurationError
from models.settings import NamedItem, Settings, parse_settings

EVERYTHING = """
[watch]
trials  = ["NCT99000101"]
agents  = ["zelbarimab", {name = "QX-9917", condition = "lung"}]
targets = ["LAG-3", {name = "FAP", condition = "cancer"}]
condition = ""
everything = false
[vocabulary]
extra = "vocabulary"
[source.clinicaltrials]
base_url = "https://clinicaltrials.gov/api/v2"
history_url = "https://clinicaltrials.gov/api/int"
requests_per_second = 1.0
transport = "auto"
max_drop = 0.5
gone_after = 3
[source.pubmed]
base_url = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
email = "you@example.org"
requests_per_second = 3.0
since = "2015-01-01"
overlap_days = 7
[warehouse]
home = "data"
[schedule]
nightly = "11:00"
weekly = "mon 07:00"
timezone = "UTC"
[digest]
minimum_weight = "medium"
[[digest.recipient]]
address = "team@example.org"
targets = ["LAG-3", "TIGIT"]
agents = ["zelbarimab"]
pathways = ["innate"]
sponsors = ["Fictional Oncology BV"]
phases = ["PHASE2"]
conditions = ["lung"]
minimum_weight = "high"
alerts = true
[mail]
from = "trialwatch@example.org"
host = "localhost"
port = 25
security = "starttls"
[report]
after_run = false
"""


def read(text: str) -> Settings:
    return parse_settings(text.encode(), "watchlist.toml")


def refuse(text: str) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        read(text)
    assert caught.value.message.startswith("watchlist.toml: ")
    assert caught.value.exit_code == 2
    return caught.value


def test_the_whole_block_of_the_contract_is_read() -> None:
    read_settings = read(EVERYTHING)
    assert read_settings.watch.trials == ("NCT99000101",)
    assert read_settings.watch.agents == ("zelbarimab", NamedItem(name="QX-9917", condition="lung"))
    assert read_settings.source.pubmed.since == dt.date(2015, 1, 1)
    assert read_settings.digest.recipient[0].minimum_weight == "high"
    assert read_settings.mail.sender == "trialwatch@example.org"


def test_an_empty_file_means_every_default_the_contract_states() -> None:
    read_settings = read("")
    assert read_settings == read("[watch]\n[source.pubmed]\n[digest]\n")
    registry, pubmed = read_settings.source.clinicaltrials, read_settings.source.pubmed
    assert (registry.base_url, registry.find_history_url()) == (
        "https://clinicaltrials.gov/api/v2",
        "https://clinicaltrials.gov/api/int",
    )
    assert (registry.requests_per_second, registry.max_drop, registry.gone_after) == (1.0, 0.5, 3)
    assert (pubmed.requests_per_second, pubmed.since, pubmed.overlap_days) == (3.0, dt.date(2015, 1, 1), 7)
    assert (read_settings.warehouse.home, read_settings.digest.minimum_weight) == ("data", "medium")
    assert (read_settings.schedule.nightly, read_settings.schedule.weekly, read_settings.schedule.timezone) == (
        "11:00", "mon 07:00", "UTC",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("base_url", "history_url", "found"),
    [
        ("http://mirror.example.org/ctg/api/v2", "", "http://mirror.example.org/ctg/api/int"),
        ("http://127.0.0.1:8000/api/v2/", "", "http://127.0.0.1:8000/api/int"),
        ("http://127.0.0.1:8000", "", "http://127.0.0.1:8000/int"),
        ("http://127.0.0.1:8000/", "", "http://127.0.0.1:8000/int"),
        ("http://127.0.0.1:8000/api/v2", "http://elsewhere.example.org/h", "http://elsewhere.example.org/h"),
    ],
)
def test_histories_are_asked_for_beside_the_registry_unless_set_otherwise(
    base_url: str, history_url: str, found: str
) -> None:
    text = f'[source.clinicaltrials]\nbase_url = "{base_url}"\nhistory_url = "{history_url}"'
    assert read(text).source.clinicaltrials.find_history_url() == found


def test_a_history_address_that_is_none_is_refused_with_its_place() -> None:
    with pytest.raises(ConfigurationError, match=r"source\.clinicaltrials\.history_url"):
        read('[source.clinicaltrials]\nhistory_url = "clinicaltrials.gov/api/int"')


def test_a_bare_date_is_read_as_one_in_quotes() -> None:
    assert read("[source.pubmed]\nsince = 2020-05-01").source.pubmed.since == dt.date(2020, 5, 1)


@pytest.mark.parametrize(
    ("text", "path", "suggestion"),
    [
        ("[wacth]\n", "wacth", "watch"),
        ("[watch]\ntrial = []", "watch.trial", "trials"),
        ("[watch]\nagents = [{name = 'x', conditon = 'y'}]", "watch.agents", "condition"),
        ("[watch]\ntargets = ['LAG-3', {nme = 'x'}]", "watch.targets", "name"),
        ("[vocabulary]\nextras = 'x'", "vocabulary.extras", "extra"),
        ("[source]\npub_med = {}", "source.pub_med", "pubmed"),
        ("[source.clinicaltrials]\nbaseurl = 'x'", "source.clinicaltrials.baseurl", "base_url"),
        ("[source.pubmed]\nemial = 'x'", "source.pubmed.emial", "email"),
        ("[warehouse]\nhme = 'x'", "warehouse.hme", "home"),
        ("[schedule]\nnigthly = '11:00'", "schedule.nigthly", "nightly"),
        ("[digest]\nmin_weight = 'low'", "digest.min_weight", "minimum_weight"),
        ("[[digest.recipient]]\nadress = 'x'", "digest.recipient", "address"),
        ("[[digest.recipient]]\naddress = 'x'\nalert = true", "digest.recipient", "alerts"),
        ("[mail]\nfrm = 'x'", "mail.frm", "from"),
        ("[report]\nafterrun = true", "report.afterrun", "after_run"),
    ],
)
def test_an_unknown_key_is_named_with_its_path_and_the_key_that_was_meant(
    text: str, path: str, suggestion: str
) -> None:
    error = refuse(text)
    assert error.message.startswith(f"watchlist.toml: {path}")
    assert "unknown key" in error.message
    assert error.hint == f'did you mean "{suggestion}"?'


def test_the_inner_name_of_a_key_is_never_suggested() -> None:
    error = refuse("[mail]\nsender = 'x@example.org'")
    assert error.message == "watchlist.toml: mail.sender: unknown key"
    assert "sender" not in error.hint
    assert "from" in error.hint


def test_an_unknown_key_like_no_other_gets_the_list_of_those_known_there() -> None:
    error = refuse("[warehouse]\nqqqq = 1")
    assert error.hint == "known here: home"


def test_an_unknown_key_of_the_second_recipient_says_which_recipient() -> None:
    error = refuse("[[digest.recipient]]\naddress = 'a'\n[[digest.recipient]]\naddress = 'b'\nzz = 1")
    assert error.message.startswith("watchlist.toml: digest.recipient[1].zz")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("watch = 3", "watch"),
        ("[watch]\ntrials = 'NCT99000101'", "watch.trials"),
        ("[watch]\ntrials = [99000101]", "watch.trials"),
        ("[watch]\neverything = 'yes'", "watch.everything"),
        ("[watch]\nagents = [{condition = 'lung'}]", "watch.agents"),
        ("[source.clinicaltrials]\nrequests_per_second = -1", "source.clinicaltrials.requests_per_second"),
        ("[source.clinicaltrials]\nrequests_per_second = nan", "source.clinicaltrials.requests_per_second"),
        ("[source.clinicaltrials]\nmax_drop = 1.5", "source.clinicaltrials.max_drop"),
        ("[source.clinicaltrials]\nmax_drop = nan", "source.clinicaltrials.max_drop"),
        ("[source.clinicaltrials]\ngone_after = 0", "source.clinicaltrials.gone_after"),
        ("[source.clinicaltrials]\ngone_after = 2.5", "source.clinicaltrials.gone_after"),
        ("[source.clinicaltrials]\nbase_url = 'ftp://x'", "source.clinicaltrials.base_url"),
        ("[source.clinicaltrials]\ntransport = 'carrier pigeon'", "source.clinicaltrials.transport"),
        ("[source.pubmed]\nsince = '2015-13-01'", "source.pubmed.since"),
        ("[source.pubmed]\noverlap_days = -1", "source.pubmed.overlap_days"),
        ("[schedule]\nnightly = '24:00'", "schedule.nightly"),
        ('[schedule]\nnightly = "11:00\\n"', "schedule.nightly"),
        ('[schedule]\nweekly = "mon 07:00\\n"', "schedule.weekly"),
        ("[schedule]\nnightly = '11'", "schedule.nightly"),
        ("[schedule]\nweekly = '0 07:00'", "schedule.weekly"),
        ("[digest]\nminimum_weight = 'heavy'", "digest.minimum_weight"),
        ("[[digest.recipient]]\ntargets = []", "digest.recipient"),
        ("[mail]\nport = 0", "mail.port"),
        ("[mail]\nport = 70000", "mail.port"),
        ("[mail]\nsecurity = 'ssl'", "mail.security"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named_with_its_path(text: str, path: str) -> None:
    error = refuse(text)
    assert error.message.startswith(f"watchlist.toml: {path}")
    assert error.hint


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("[schedule]\nnightly = '24:00'", "schedule.nightly: not of the form it takes", 'a time of day: "11:00"'),
        ("[digest]\nminimum_weight = 'heavy'", "minimum_weight: invalid enum value 'heavy'", "top, high, medium, low"),
        ("[watch]\nagents = [5]", "watch.agents[0]: expected text or a table, got a whole number", "docs/settings.md"),
        ("[watch]\nagents = [{}]", "watch.agents[0].name: it is missing", "docs/settings.md"),
        ("[source.pubmed]\nsince = '2015-13-01'", "since: invalid RFC3339 encoded date", "a day: 2015-01-01"),
    ],
)
def test_a_value_of_the_wrong_kind_says_in_words_what_belongs_there(text: str, message: str, hint: str) -> None:
    error = refuse(text)
    assert error.message.endswith(message)
    assert hint in error.hint


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "europe/amsterdam ", "../UTC"])
def test_a_zone_that_does_not_exist_is_refused(zone: str) -> None:
    error = refuse(f"[schedule]\ntimezone = '{zone}'")
    assert "schedule.timezone" in error.message


def test_a_zone_that_exists_is_taken() -> None:
    assert read("[schedule]\ntimezone = 'Europe/Amsterdam'").schedule.timezone == "Europe/Amsterdam"


@pytest.mark.parametrize("body", [b"[watch", b"\xff\xfe", b"a = 1\na = 2", b"[watch]\n[watch]\n"])
def test_what_is_no_toml_is_refused_in_words(body: bytes) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_settings(body, "watchlist.toml")
    assert caught.value.message.startswith("watchlist.toml: ")


def list_keys(table: dict[str, Any], path: str = "") -> set[str]:
    keys: set[str] = set()
    for key, value in table.items():
        place = f"{path}.{key}" if path else key
        inner = value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else value
        keys |= list_keys(inner, place) if isinstance(inner, dict) else {place}
    return keys


@given(st.sampled_from(sorted(list_keys(tomllib.loads(EVERYTHING)))), st.text("abcxyz_", min_size=1, max_size=3))
def test_any_misspelt_key_of_any_table_is_refused_with_its_table(path: str, suffix: str) -> None:
    table, _, key = path.rpartition(".")
    wrong = key + "q" + suffix
    if "." in table and table.startswith("digest.recipient"):
        table = "digest.recipient"
    head = f"[[{table}]]\naddress = 'a'" if table == "digest.recipient" else f"[{table}]"
    error = refuse(f"{head}\n{wrong} = 1")
    assert re.match(rf"watchlist\.toml: {re.escape(table)}.*\b{wrong}: unknown key", error.message)
