"""The report in a real browser: nothing is fetched, links land, it fits a phone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the demonstration."""
    folder = tmp_path_factory.mktemp("demo") / "workspace"
    subprocess.run([sys.executable, "-m", "tidewaiter", "demo", str(folder)], check=True)
    return (folder / "out" / "report.html").resolve()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, without its own background traffic."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("no chromium on this system: the report's page is not tried in a browser")
    with sync_playwright() as playwright:
        quiet = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
        yield playwright.chromium.launch(executable_path=program, args=quiet)


def opened(browser: Browser, report: Path, width: int) -> tuple[Page, list[str], list[str]]:
    """The page at a width, the addresses it asked for, and what the console said."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(report.as_uri())
    return page, asked, said


def test_it_asks_for_nothing_and_complains_of_nothing(browser: Browser, report: Path) -> None:
    """One request, the file itself; an empty console."""
    page, asked, said = opened(browser, report, 1200)
    assert asked == [report.as_uri()]
    assert said == []
    assert "3 leads" in page.inner_text("h1")


def test_links_land_on_their_evidence_and_their_file(browser: Browser, report: Path) -> None:
    """A figure's link shows its row; a row's link opens the kept bytes."""
    page, _, _ = opened(browser, report, 1200)
    page.click(".queue tbody tr:first-child td:nth-child(4) a")
    page.click("article .flag a >> nth=0")
    target = page.locator(".evidence li:target")
    assert target.count() == 1
    href = target.locator("a").get_attribute("href")
    assert href
    assert (report.parent / href).resolve().is_file()


@pytest.mark.parametrize("width", [390, 1200])
def test_the_page_does_not_scroll_sideways(browser: Browser, report: Path, width: int) -> None:
    """Wide tables scroll by themselves, the page does not."""
    page, _, _ = opened(browser, report, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_is_readable_in_the_dark(browser: Browser, report: Path) -> None:
    """With a dark preference the paper is dark and the ink is light."""
    page, _, _ = opened(browser, report, 1200)
    page.emulate_media(color_scheme="dark")
    paper, ink = (
        page.evaluate(f"getComputedStyle(document.body).{name}")
        for name in ("backgroundColor", "color")
    )
    assert paper == "rgb(18, 25, 31)"
    assert ink == "rgb(230, 237, 243)"
