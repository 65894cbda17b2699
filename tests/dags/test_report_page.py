"""The landscape page in Debian's Chromium, driven by Playwright, as mouse, keyboard and printer meet it."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, expect, sync_playwright

from dags.inputs import read_inputs
from dags.report_command import run_report
from dags.sample.demo import run_demo
from etl.report.charts import build_charts
from etl.report.library import build_library
from etl.report.render import render_landscape
from tests.conftest import at_night
from tests.etl.hostile import HOSTILE
from tests.etl.landscape import UNTIL, build_change_row, build_many, build_paper_row, build_trial_row, gather

EXECUTABLE = shutil.which("chromium")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(EXECUTABLE is None, reason="there is no chromium here: apt-get install chromium"),
]
LONGEST = 60_000  # milliseconds, on a machine that does much else
MOST = 3_000_000  # bytes of a page of a thousand trials


class Visit:
    """A page that was opened from disk, with all that it complained of or asked for; every request is refused."""

    def __init__(self, page: Page, file: Path, fragment: str = "") -> None:
        self.page = page
        self.troubles: list[str] = []
        self.requests: list[str] = []
        page.set_default_timeout(LONGEST)
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.route(re.compile("^(?!file:)"), self._refuse)
        page.goto(f"{file.as_uri()}{fragment}")
        self.wait()

    def wait(self) -> None:
        """Wait until every chart is drawn for the filters as they are."""
        self.page.wait_for_timeout(250)  # typing is waited for
        self.page.wait_for_selector("html[data-drawn]", state="attached")

    def choose(self, name: str, value: str) -> None:
        self.page.locator(f"#f-{name}").select_option(value)
        self.wait()

    def list_rows(self) -> list[str]:
        rows = self.page.locator("#trials tbody tr:visible")
        return [str(number) for number in rows.evaluate_all("rows => rows.map(row => row.dataset.id)")]

    def _note(self, message: ConsoleMessage) -> None:
        self.troubles.append(f"{message.type}: {message.text}")

    def _refuse(self, route: Route) -> None:
        self.requests.append(route.request.url)
        route.abort()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=EXECUTABLE, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def sample_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the demo."""
    folder = tmp_path_factory.mktemp("report") / "demo"
    assert run_demo(folder) == 0
    run_report(read_inputs(folder / "watchlist.toml", {}), at_night(UNTIL), out=None, targets=(), since=None)
    return folder / "data" / "landscape.html"


@pytest.fixture
def visit(browser: Browser, sample_page: Path) -> Iterator[Visit]:
    """The page of the demo, opened; whatever a test does there, nothing complains and nothing is asked for."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    visit = Visit(context.new_page(), sample_page)
    yield visit
    context.close()
    assert visit.troubles == []
    assert visit.requests == []


def test_every_chart_is_drawn_and_says_what_it_shows(visit: Visit) -> None:
    page = visit.page
    assert page.locator(".tl-block:visible").count() == 9  # eight targets, and the trials of none
    for chart in page.locator(".tl-chart:visible, #heat-chart, #papers-chart").all():
        expect(chart.locator("svg")).to_be_visible()
        assert len(chart.get_attribute("aria-label") or "") > 30
    assert page.locator(".tl-chart .mark-rect path").count() > 15
    fills = page.locator(".tl-chart .mark-rect path").evaluate_all("all => all.map(one => one.getAttribute('fill'))")
    assert any(fill.startswith("url(") for fill in fills)
    assert "var(--stopped-e)" in fills
    assert page.locator("#heat-chart .mark-text.role-mark text", has_text=re.compile(r"^1$")).count() > 5
    assert page.locator("#papers-chart .mark-rect path").count() > 10


def test_each_chart_can_be_read_as_a_table(visit: Visit) -> None:
    page = visit.page
    for name, heads in (("timeline", ["Trial", "Target"]), ("heat", ["Target", "Phase"]), ("papers", ["Month"])):
        details = page.locator(f"details[data-table={name}]")
        details.locator("summary").click()
        table = details.locator("table")
        expect(table).to_be_visible()
        assert table.locator("thead th").all_inner_texts()[: len(heads)] == heads
    slip = page.locator("details[data-table=timeline] tr", has_text="NCT99000102")
    expect(slip.first).to_contain_text("primary completion: Jun 2026 → Mar 2027, 9 months later")


def test_filters_narrow_table_moves_and_charts_together(visit: Visit) -> None:
    page = visit.page
    assert len(visit.list_rows()) == 15
    visit.choose("target", "LAG-3")
    assert visit.list_rows() == ["NCT99000101", "NCT99000113", "NCT99000115"]
    assert page.locator(".tl-block:visible h3").all_inner_texts() == ["LAG-3 · 3 trials"]
    expect(page.locator("#count")).to_have_text("3 of 15 trials: LAG-3")
    assert {move.get_attribute("data-id") for move in page.locator(".move:visible").all()} == {
        "NCT99000101",
        "NCT99000115",
    }
    visit.choose("status", "look:stopped")
    assert visit.list_rows() == ["NCT99000101", "NCT99000113"]
    visit.choose("phase", "3")
    assert visit.list_rows() == []
    expect(page.locator("#table .empty")).to_contain_text("No trial matches LAG-3 + phase 3 + All: stopped.")
    page.locator("#table .empty button").click()
    visit.wait()
    assert visit.list_rows() == []
    page.locator("#clear").click()
    visit.wait()
    assert len(visit.list_rows()) == 15


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("agent", "dulzotinib", ["NCT99000106"]),
        ("phase", "Early 1", ["NCT99000109"]),
        ("status", "SUSPENDED", ["NCT99000103"]),
        ("country", "Japan", ["NCT99000102", "NCT99000108"]),
        ("target", "-", ["NCT99000111", "NCT99000112"]),
    ],
)
def test_each_filter_finds_its_trials(visit: Visit, name: str, value: str, expected: list[str]) -> None:
    visit.choose(name, value)
    assert visit.list_rows() == expected


def test_search_finds_words_of_title_sponsor_and_number(visit: Visit) -> None:
    page = visit.page
    page.keyboard.press("/")
    expect(page.locator("#f-text")).to_be_focused()
    page.keyboard.type("zelbarimab nsclc")
    visit.wait()
    assert visit.list_rows() == ["NCT99000101", "NCT99000115"]
    page.locator("#f-text").fill("99000107")
    visit.wait()
    assert visit.list_rows() == ["NCT99000107"]
    page.locator("#f-text").fill("")
    page.locator("#f-sponsor").fill("invented")
    visit.wait()
    assert visit.list_rows() == ["NCT99000104", "NCT99000106"]


def test_the_address_keeps_the_view(visit: Visit, browser: Browser, sample_page: Path) -> None:
    visit.choose("target", "TIGIT")
    visit.page.locator("th[data-key=primary] .sort").click()
    fragment = visit.page.evaluate("location.hash")
    assert fragment == "#target=TIGIT&sort=primary"
    other = Visit(browser.new_page(), sample_page, f"{fragment}&trial=NCT99000102")
    assert other.list_rows() == visit.list_rows() == ["NCT99000102", "NCT99000114", "NCT99000115"]
    expect(other.page.locator("dialog")).to_be_visible()
    other.page.close()
    assert not other.troubles


def test_columns_sort_and_say_so(visit: Visit) -> None:
    head = visit.page.locator("th[data-key=sponsor]")
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    sponsors = visit.page.locator("#trials tbody td:nth-child(6)").all_inner_texts()
    assert sponsors == sorted(sponsors)
    head.locator("button").press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert visit.page.locator("#trials tbody td:nth-child(6)").all_inner_texts() == sponsors[::-1]
    assert visit.page.locator("th[aria-sort]").count() == 1


def test_the_mouse_opens_a_trial_with_its_whole_history(visit: Visit) -> None:
    page = visit.page
    page.locator("#trials button", has_text="Zelbarimab in Treated NSCLC").click()
    panel = page.get_by_role("dialog")
    expect(panel).to_be_visible()
    expect(panel.locator(".history")).to_contain_text("Recruiting")
    expect(panel.locator(".history")).to_contain_text("Terminated")
    expect(panel.locator(".history")).to_contain_text("“Slow accrual.”")
    expect(panel.locator(".history")).to_contain_text("142 (estimated)")
    expect(panel.locator(".history")).to_contain_text("61 (actual)")
    expect(panel.locator(".history")).to_contain_text("Sponsor dated 2 Feb 2026, public 11 Feb 2026 (9 days)")
    links = panel.locator("a").evaluate_all("all => all.map(one => one.href)")
    assert "https://clinicaltrials.gov/study/NCT99000101" in links
    assert "https://pubmed.ncbi.nlm.nih.gov/99000001/" in links
    page.locator("#panel-close").click()
    expect(panel).to_be_hidden()


def test_the_keyboard_opens_a_trial_and_comes_back(visit: Visit) -> None:
    page = visit.page
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")  # the table's own scroll box, or its first control
    button = page.locator("#trials tbody button").nth(1)
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.locator("#panel-title")).to_be_focused()
    for _ in range(12):  # what lies behind the panel is out of reach
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(button).to_be_focused()


def test_arrows_walk_a_timeline(visit: Visit) -> None:
    page = visit.page
    names = page.locator(".tl-block", has_text="LAG-3 · 3 trials").locator(".tl-names button")
    names.nth(0).focus()
    page.keyboard.press("ArrowDown")
    expect(names.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(names.nth(0)).to_be_focused()


def test_a_cell_of_the_heat_map_chooses_its_trials(visit: Visit) -> None:
    cell = visit.page.locator("#heat-chart .mark-text.role-mark text", has_text=re.compile(r"^1$")).first
    cell.click()
    visit.wait()
    assert len(visit.list_rows()) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark_follow_the_system_in_page_and_charts(browser: Browser, sample_page: Path, scheme: str) -> None:
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    visit = Visit(context.new_page(), sample_page)
    paper = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
    bar = "getComputedStyle(document.querySelector('#papers-chart .mark-rect path')).fill"
    label = "getComputedStyle(document.querySelector('#papers-chart .role-axis-label text')).fill"
    found = (paper, visit.page.evaluate(bar), visit.page.evaluate(label))
    expected = {
        "light": ("rgb(255, 255, 255)", "rgb(31, 92, 158)", "rgb(74, 85, 98)"),
        "dark": ("rgb(18, 22, 28)", "rgb(90, 169, 230)", "rgb(174, 184, 196)"),
    }
    assert found == expected[scheme]
    assert visit.troubles == []
    context.close()


@pytest.mark.parametrize("width", [375, 800, 1280])
def test_no_screen_scrolls_sideways_and_what_is_pressed_is_large_enough(
    browser: Browser, sample_page: Path, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    visit = Visit(context.new_page(), sample_page)
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    small = visit.page.locator("button:visible, select:visible, input:visible").evaluate_all(
        "all => all.filter(one => one.getBoundingClientRect().height < 24).map(one => one.outerHTML.slice(0, 80))"
    )
    assert small == []
    visit.page.locator("#trials button.opens").first.click()
    box = visit.page.locator("dialog").bounding_box()
    assert box is not None
    assert box["width"] <= width
    context.close()


def test_paper_has_the_chosen_rows_and_no_controls(visit: Visit, tmp_path: Path) -> None:
    visit.choose("target", "LAG-3")
    visit.page.emulate_media(media="print", color_scheme="dark")
    expect(visit.page.locator("#filters")).to_be_hidden()
    assert visit.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert len(visit.list_rows()) == 3
    visit.page.pdf(path=tmp_path / "page.pdf", format="A4")
    assert (tmp_path / "page.pdf").stat().st_size > 20_000


def test_without_scripts_moves_and_table_stand(browser: Browser, sample_page: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(sample_page.as_uri())
    expect(page.locator("#trials")).to_contain_text("Zelbarimab in Treated NSCLC")
    expect(page.locator("#moved")).to_contain_text("“Slow accrual.”")
    expect(page.locator("noscript p.band")).to_be_visible()
    expect(page.locator("#filters")).to_be_hidden()
    context.close()


def test_hostile_records_stay_text_in_table_panel_and_tips(browser: Browser, tmp_path: Path) -> None:
    texts = {f"NCT990{place:05}": text for place, text in enumerate(HOSTILE.values())}
    landscape = gather(
        [build_trial_row(nct_id, text) for nct_id, text in texts.items()],
        changes=[
            build_change_row(nct_id, "title", "changed", text or "x", f"{text} y") for nct_id, text in texts.items()
        ],
        papers=[build_paper_row(nct_id, "99000001", text) for nct_id, text in texts.items()],
    )
    file = tmp_path / "hostile.html"
    file.write_text(render_landscape(landscape, build_charts(), build_library()), "utf-8")
    page = browser.new_page()
    page.add_init_script("window.alert = () => { document.documentElement.dataset.harmed = ''; }")
    visit = Visit(page, file)
    for nct_id in texts:
        page.locator(f"#trials button.opens[data-id={nct_id}]").click()
        expect(page.locator(".history > li")).to_have_count(1)
        page.keyboard.press("Escape")
    page.locator(".tl-chart .mark-rect path").first.hover(force=True)
    expect(page.locator("#tip")).to_be_visible()
    assert page.locator("img, iframe, object, embed, [onerror], [onmouseover]").count() == 0
    assert page.locator("script").count() == 4  # two that run, two that hold what is packed
    assert page.locator("html[data-harmed]").count() == 0
    assert visit.troubles == []
    assert visit.requests == []
    page.close()


def test_a_thousand_trials_stay_small_and_open_soon(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "many.html"
    file.write_text(render_landscape(build_many(1000), build_charts(), build_library()), "utf-8")
    size = file.stat().st_size
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    begun = time.monotonic()
    visit = Visit(page, file)
    opened = page.evaluate("performance.getEntriesByName('ready')[0].startTime")
    drawn = time.monotonic() - begun
    visit.choose("target", "TIGIT")
    assert 0 < len(visit.list_rows()) < 1000
    print(f"1,000 trials: {size:,} bytes, usable after {opened / 1000:.1f} s, drawn after {drawn:.1f} s")  # noqa: T201
    assert size < MOST
    assert drawn < LONGEST / 1000
    assert visit.troubles == []
    context.close()
