from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from dags.sample.faults import Fault
from dags.sample.server import SampleServer
from dags.sample.world import SAMPLE_FOLDER, World

THIRD = dt.date(2026, 2, 12)
SORTED = {"sort": "LastUpdatePostDate:desc"}
FIFTEEN = [f"NCT990001{number:02d}" for number in range(1, 16)]


@pytest.fixture
def server() -> Iterator[SampleServer]:
    with SampleServer(World.read(SAMPLE_FOLDER)) as running:
        yield running


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5) as opened:
        yield opened


def ids_of(page: dict[str, Any]) -> list[str]:
    return [study["protocolSection"]["identificationModule"]["nctId"] for study in page["studies"]]


def ask(client: httpx.Client, server: SampleServer, **params: str) -> dict[str, Any]:
    answer = client.get(f"{server.ctg_url}/studies", params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    page: dict[str, Any] = answer.json()
    return page


def find(client: httpx.Client, server: SampleServer, **params: str) -> set[str]:
    return set(ids_of(ask(client, server, pageSize="1000", **params)))


def refuse(client: httpx.Client, server: SampleServer, **params: str) -> str:
    answer = client.get(f"{server.ctg_url}/studies", params=params)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "text/plain"
    return answer.text


def test_the_version_tells_the_timestamp_of_the_served_day(client: httpx.Client, server: SampleServer) -> None:
    server.world.serve(dt.date(2026, 2, 11))
    answer = client.get(f"{server.ctg_url}/version")
    assert answer.json() == {"apiVersion": "2.0.5", "dataTimestamp": "2026-02-11T09:00:05"}


def test_ten_studies_are_a_page_unless_asked_otherwise(client: httpx.Client, server: SampleServer) -> None:
    assert len(ask(client, server)["studies"]) == 10
    assert len(ask(client, server, pageSize="0")["studies"]) == 10
    assert len(ask(client, server, pageSize="4")["studies"]) == 4


def test_a_page_is_never_larger_than_a_thousand(tmp_path: Path, client: httpx.Client) -> None:
    lines = []
    for number in range(1, 1003):
        identification = {"nctId": f"NCT99{number:06d}"}
        lines.append({"day": "2026-02-10", "study": {"protocolSection": {"identificationModule": identification}}})
    (tmp_path / "studies.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    with SampleServer(World.read(tmp_path)) as server:
        page = ask(client, server, pageSize="5000", countTotal="true", **SORTED)
        assert (len(page["studies"]), page["totalCount"]) == (1000, 1002)
        assert len(ask(client, server, pageSize="5000", pageToken=page["nextPageToken"], **SORTED)["studies"]) == 2


def test_the_total_is_told_on_the_first_page_only_and_only_when_asked_for(
    client: httpx.Client, server: SampleServer
) -> None:
    assert "totalCount" not in ask(client, server, **SORTED)
    first = ask(client, server, countTotal="true", **SORTED)
    assert first["totalCount"] == 15
    second = ask(client, server, countTotal="true", pageToken=first["nextPageToken"], **SORTED)
    assert "totalCount" not in second
    assert "nextPageToken" not in second
    assert sorted(ids_of(first) + ids_of(second)) == FIFTEEN


def test_the_page_size_may_change_between_pages(client: httpx.Client, server: SampleServer) -> None:
    first = ask(client, server, pageSize="4", **SORTED)
    second = ask(client, server, pageSize="20", pageToken=first["nextPageToken"], **SORTED)
    assert sorted(ids_of(first) + ids_of(second)) == FIFTEEN


def test_an_empty_page_with_a_token_stands_between_pages_when_ordered(
    client: httpx.Client, server: SampleServer
) -> None:
    server.empty_pages = True
    sizes, ids, params = [], [], {"pageSize": "6", **SORTED}
    while True:
        page = ask(client, server, **params)
        sizes.append(len(page["studies"]))
        ids += ids_of(page)
        if "nextPageToken" not in page:
            break
        params["pageToken"] = page["nextPageToken"]
    assert sizes == [6, 0, 6, 0, 3]
    assert sorted(ids) == FIFTEEN


def test_a_token_with_other_parameters_answers_with_wrong_rows(client: httpx.Client, server: SampleServer) -> None:
    query = {"query.intr": '"pembrolizumab"', "pageSize": "2", **SORTED}
    right = find(client, server, **{"query.intr": '"pembrolizumab"'})
    token = ask(client, server, **query)["nextPageToken"]
    page = ask(client, server, **(query | {"query.intr": '"docetaxel"', "pageToken": token, "pageSize": "20"}))
    docetaxel = find(client, server, **{"query.intr": '"docetaxel"'})
    assert not set(ids_of(page)) <= docetaxel
    assert not set(ids_of(page)) <= right


def test_a_token_nobody_issued_is_refused(client: httpx.Client, server: SampleServer) -> None:
    assert "pageToken" in refuse(client, server, pageToken="bm9uZQ", **SORTED)


def test_without_a_sort_the_order_changes_between_requests(client: httpx.Client, server: SampleServer) -> None:
    orders = {tuple(ids_of(ask(client, server, pageSize="1000"))) for _ in range(5)}
    assert len(orders) > 1
    assert {frozenset(order) for order in orders} == {frozenset(FIFTEEN)}


def test_a_sort_orders_by_date_and_stays(client: httpx.Client, server: SampleServer) -> None:
    page = ask(client, server, pageSize="1000", **SORTED)
    dates = [study["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"] for study in page["studies"]]
    assert dates == sorted(dates, reverse=True)
    assert page == ask(client, server, pageSize="1000", **SORTED)
    both = ask(client, server, pageSize="1000", sort="LastUpdatePostDate:asc|StudyFirstPostDate:desc")
    assert ids_of(both)[0] == ids_of(page)[-1]


@pytest.mark.parametrize(
    "sort", ["NCTId", "LastUpdatePostDate:up", "LastUpdatePostDate,StudyFirstPostDate,LastUpdatePostDate"]
)
def test_a_sort_the_registry_does_not_know_is_refused(client: httpx.Client, server: SampleServer, sort: str) -> None:
    refuse(client, server, sort=sort)


@pytest.mark.parametrize(
    "params",
    [
        {"filter.phase": "PHASE2"},
        {"query.intr": '"open'},
        {"query.intr": "AREA[Phase]PHASE2"},
        {"filter.advanced": "AREA[Phase]PHASE2"},
        {"pageSize": "-1"},
        {"pageSize": "many"},
        {"format": "csv"},
    ],
)
def test_what_is_not_understood_is_refused(client: httpx.Client, server: SampleServer, params: dict[str, str]) -> None:
    refuse(client, server, **params)


def test_interventions_are_found_by_name_other_name_arm_and_title(client: httpx.Client, server: SampleServer) -> None:
    def intr(phrase: str) -> set[str]:
        return find(client, server, **{"query.intr": phrase})

    assert intr('"QX-9917"') == {"NCT99000103"}
    assert intr('"zlb-201"') == {"NCT99000101", "NCT99000115"}
    assert intr('"anti-TIGIT antibody"') == {"NCT99000102"}
    assert intr('"CD73 inhibitor"') == {"NCT99000104"}
    assert intr('"adenosine"') == set()  # a keyword is no intervention


def test_terms_are_found_anywhere_in_the_study(client: httpx.Client, server: SampleServer) -> None:
    found = find(client, server, **{"query.term": '"LAG-3" OR "lymphocyte activation gene 3"'})
    assert found == {"NCT99000101", "NCT99000111", "NCT99000113", "NCT99000115"}


def test_conditions_are_found_in_conditions_keywords_and_titles(client: httpx.Client, server: SampleServer) -> None:
    fap = {"query.term": '"FAP" OR "fibroblast activation protein"'}
    assert find(client, server, **fap) == {"NCT99000108", "NCT99000109", "NCT99000112"}
    assert find(client, server, **fap, **{"query.cond": '"cancer"'}) == {"NCT99000108", "NCT99000109", "NCT99000112"}
    assert find(client, server, **fap, **{"query.cond": '"lung cancer"'}) == {"NCT99000109"}
    assert find(client, server, **{"query.cond": '"stage IV" AND (NSCLC OR lymphoma)'}) == {
        "NCT99000102",
        "NCT99000111",
    }


def test_each_target_of_the_watchlist_is_found_by_name_or_agent(client: httpx.Client, server: SampleServer) -> None:
    for target in ("LAG-3", "TIM-3", "TIGIT", "CD73", "CCR4", "RIG-I", "FAP"):
        assert find(client, server, **{"query.term": f'"{target}"'}), target
    assert find(client, server, **{"query.term": '"CSF1R"'}) == set()
    assert find(client, server, **{"query.intr": '"dulzotinib"'}) == {"NCT99000106"}


def test_only_the_studies_asked_for_by_id_are_answered(client: httpx.Client, server: SampleServer) -> None:
    assert find(client, server, **{"filter.ids": "NCT99000101,NCT99000103"}) == {"NCT99000101", "NCT99000103"}
    assert find(client, server, **{"filter.ids": "NCT99000101|nct99000103"}) == {"NCT99000101", "NCT99000103"}


def test_an_id_nobody_has_is_silently_absent(client: httpx.Client, server: SampleServer) -> None:
    page = ask(client, server, countTotal="true", **{"filter.ids": "NCT99000101,NCT99009999"})
    assert (ids_of(page), page["totalCount"]) == (["NCT99000101"], 1)


@pytest.mark.parametrize("malformed", ["NCT990001011", "99000101", "NCT00000000", "", " NCT99000102"])
def test_one_malformed_id_fails_the_whole_batch(client: httpx.Client, server: SampleServer, malformed: str) -> None:
    refuse(client, server, **{"filter.ids": f"NCT99000101,{malformed}"})


def test_an_alias_answers_with_the_canonical_study_once(client: httpx.Client, server: SampleServer) -> None:
    page = ask(client, server, countTotal="true", **{"filter.ids": "NCT99000902,NCT99000102"})
    assert (ids_of(page), page["totalCount"]) == (["NCT99000102"], 1)


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ("2026-02-11,MAX", {"NCT99000101", "NCT99000102", "NCT99000103", "NCT99000104", "NCT99000115"}),
        ("2026-02-11,2026-02-11", {"NCT99000101", "NCT99000102"}),
        ("MIN,2023-12-31", {"NCT99000105"}),
    ],
)
def test_a_range_of_update_days_is_inclusive_and_misses_the_registry_own_changes(
    client: httpx.Client, server: SampleServer, limits: str, expected: set[str]
) -> None:
    assert find(client, server, **{"filter.advanced": f"AREA[LastUpdatePostDate]RANGE[{limits}]"}) == expected


def test_a_query_of_nct_numbers_alone_ignores_the_filters(client: httpx.Client, server: SampleServer) -> None:
    params = {"query.term": "NCT99000101, NCT99000105", "filter.ids": "NCT99000110"}
    assert find(client, server, **params) == {"NCT99000101", "NCT99000105"}


def test_an_address_that_is_too_long_fails(client: httpx.Client, server: SampleServer) -> None:
    many = ",".join(["NCT99000101"] * 400)
    assert client.get(f"{server.ctg_url}/studies", params={"filter.ids": many}).status_code == 414


def test_a_study_is_answered_by_id_as_in_the_list(client: httpx.Client, server: SampleServer) -> None:
    listed = ask(client, server, **{"filter.ids": "NCT99000101"})["studies"][0]
    answer = client.get(f"{server.ctg_url}/studies/nct99000101", params={"format": "json"})
    assert (answer.status_code, answer.json()) == (200, listed)
    assert answer.json()["derivedSection"]["miscInfoModule"]["versionHolder"] == "2026-02-12"


def test_an_alias_is_redirected_and_loses_its_parameters(client: httpx.Client, server: SampleServer) -> None:
    answer = client.get(f"{server.ctg_url}/studies/NCT99000902", params={"format": "json"})
    assert (answer.status_code, answer.headers["location"]) == (301, "/api/v2/studies/NCT99000102")
    followed = client.get(f"{server.ctg_url}/studies/NCT99000902", follow_redirects=True)
    assert followed.json()["protocolSection"]["identificationModule"]["nctId"] == "NCT99000102"


def test_a_study_nobody_has_is_not_found_in_plain_text(client: httpx.Client, server: SampleServer) -> None:
    server.world.hide("NCT99000101")
    answer = client.get(f"{server.ctg_url}/studies/NCT99000101")
    assert (answer.status_code, answer.text) == (404, "NCT number NCT99000101 not found")
    assert answer.headers["content-type"] == "text/plain"


def test_a_malformed_number_is_refused(client: httpx.Client, server: SampleServer) -> None:
    assert client.get(f"{server.ctg_url}/studies/NCT").status_code == 400
    assert client.get(f"{server.ctg_url}/studies/NCT99000101", params={"no": "1"}).status_code == 400


def test_a_new_day_is_served_without_a_new_server(client: httpx.Client, server: SampleServer) -> None:
    server.world.serve(dt.date(2026, 2, 10))
    assert ask(client, server, countTotal="true", **SORTED)["totalCount"] == 14
    server.world.serve(THIRD)
    assert ask(client, server, countTotal="true", **SORTED)["totalCount"] == 15


def test_a_history_and_its_versions_are_answered(tmp_path: Path, client: httpx.Client) -> None:
    (tmp_path / "studies.jsonl").write_bytes((SAMPLE_FOLDER / "studies.jsonl").read_bytes())
    changes = [{"version": 0, "date": "2025-02-01", "status": "RECRUITING", "moduleLabels": ["Study Status"]}]
    line = {"nct_id": "NCT99000101", "changes": changes, "studies": {"0": {"hasResults": False}}}
    (tmp_path / "histories.jsonl").write_text(json.dumps(line))
    with SampleServer(World.read(tmp_path)) as server:
        history = f"{server.history_url}/studies/NCT99000101/history"
        assert client.get(history).json() == {"changes": changes}
        assert client.get(history.replace("NCT", "nct")).json() == {"changes": changes}
        assert client.get(f"{history}/0").json() == {"studyVersion": 0, "study": {"hasResults": False}}


@pytest.mark.parametrize("path", ["NCT99000101/history/7", "NCT99000103/history", "NCT99000103/history/0"])
def test_a_history_or_version_nobody_has_is_not_found_in_plain_text(
    path: str, client: httpx.Client, server: SampleServer
) -> None:
    answer = client.get(f"{server.history_url}/studies/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/plain")
    assert answer.text.startswith(f"NCT number {path[:11]} ")
    assert client.get(f"{server.history_url}/studies/NCT9/history").status_code == 404
    assert client.get(f"{server.history_url}/studies/NCT/history").status_code == 400


def test_the_history_endpoint_can_be_switched_off(client: httpx.Client, server: SampleServer) -> None:
    history = f"{server.history_url}/studies/NCT99000101/history"
    assert server.has_histories
    server.has_histories = False
    for path in (history, f"{history}/0"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert "NCT" not in answer.text
    server.has_histories = True
    assert client.get(history).status_code == 200


def test_histories_are_spoilt_by_path_like_any_answer(client: httpx.Client, server: SampleServer) -> None:
    server.faults = [Fault(kind="status", path="NCT99000101/history", after=1)]
    answers = [
        client.get(f"{server.history_url}/studies/{path}").status_code
        for path in ("NCT99000102/history", "NCT99000101/history", "NCT99000101/history/0", "NCT99000101/history/1")
    ]
    assert answers == [200, 200, 503, 200]


def test_every_request_is_recorded_as_it_came(client: httpx.Client, server: SampleServer) -> None:
    client.get(f"{server.ctg_url}/studies", params={"query.intr": '"QX-9917"'}, headers={"User-Agent": "sample/1"})
    client.get(f"{server.ctg_url}/studies/NCT99009999")
    first, second = server.requests
    assert (first.method, first.path, first.status) == ("GET", "/api/v2/studies", 200)
    assert (first.params, first.user_agent) == ({"query.intr": '"QX-9917"'}, "sample/1")
    assert (second.path, second.params, second.status) == ("/api/v2/studies/NCT99009999", {}, 404)
    assert second.time >= first.time


def test_a_connection_is_kept_for_the_next_request(server: SampleServer) -> None:
    with httpx.Client(limits=httpx.Limits(max_connections=1)) as client:
        streams = [
            client.get(f"{server.ctg_url}/version").extensions["network_stream"].get_extra_info("client_addr")
            for _ in range(3)
        ]
    assert len(set(streams)) == 1


def test_only_the_utilities_take_posts(client: httpx.Client, server: SampleServer) -> None:
    assert client.post(f"{server.ctg_url}/studies").status_code == 405
    assert client.get(f"{server.ctg_url}/elsewhere").status_code == 404
