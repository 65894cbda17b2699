"""Take the pictures of docs/report.md: `python -m tests.take_report_pictures demo/data/landscape.html`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.conftest import ROOT

FOLDER = ROOT / "docs" / "images"


def take_pictures(file: Path) -> None:
    """Write landscape.png, timeline.png and panel.png."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 760})
        page.goto(file.resolve().as_uri())
        page.wait_for_selector("html[data-drawn]", state="attached")
        page.screenshot(path=FOLDER / "landscape.png")
        page.set_viewport_size({"width": 1120, "height": 1150})
        page.wait_for_timeout(800)  # it is drawn anew
        page.add_style_tag(content=".filters{position:static!important}")
        page.locator("#timeline h2").scroll_into_view_if_needed()
        top = page.locator("#timeline h2").bounding_box()
        assert top is not None
        page.evaluate(f"scrollBy({{top: {top['y'] - 16}, behavior: 'instant'}})")
        page.screenshot(path=FOLDER / "timeline.png")
        page.set_viewport_size({"width": 1120, "height": 800})
        page.locator("#trials button", has_text="Zelbarimab in Treated NSCLC").click()
        page.wait_for_timeout(300)
        page.screenshot(path=FOLDER / "panel.png")
        browser.close()


if __name__ == "__main__":
    take_pictures(Path(sys.argv[1]))
