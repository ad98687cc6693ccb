"""The HTML report: complete, careful, safe with hostile text, the same bytes every time."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import tidewaiter.report
from tidewaiter.model.finding import Lead
from tidewaiter.report.render import RunSummary, html

FORBIDDEN = re.compile(
    r"\b(diverter|evader|guilty|culprit|criminal|smuggler|sanctioned)\b", re.IGNORECASE
)


class Page(HTMLParser):
    """Tags, ids, links and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect what the tests look at."""
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        found = dict(attrs)
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if tag == "a":
            self.links.append(str(found.get("href")))


def test_every_part_of_a_lead_is_on_the_page(leads: list[Lead], summary: RunSummary) -> None:
    """Sentence, threshold, evidence with checksum, against, clear, missing, ids."""
    text = html(leads, summary)
    for lead in leads:
        wanted = [lead.lead_id, *lead.counter_evidence, *lead.would_clear, *lead.missing]
        wanted += [flag.threshold for flag in lead.flags] + [e.locator for e in lead.evidence]
        wanted += [lead.evidence[0].sha256, lead.probability_reason, "1,234,567.5"]
        assert all(each in text for each in wanted)
    assert "not a verdict" in text


def test_every_link_lands(leads: list[Lead], summary: RunSummary) -> None:
    """Anchors exist once; files are named relative to the workspace, with their version."""
    page = Page(html(leads, summary))
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    files = [link for link in page.links if not link.startswith("#")]
    sha = leads[0].evidence[0].sha256
    assert f"../../raw/case/a%20folder/declarations.csv/{sha}.csv" in files
    assert all(link.startswith("../../raw/") for link in files)


def test_hostile_text_stays_text(leads: list[Lead], summary: RunSummary) -> None:
    """No element, attribute, terminal code or direction change comes out of the data."""
    text = html(leads, summary)
    page = Page(text)
    assert "script" not in page.tags
    assert "onmouseover" not in page.attributes
    assert "\u202e" not in text
    assert "\x1b" not in text
    assert "[U+202E]" in text


def test_the_page_needs_nothing_else(leads: list[Lead], summary: RunSummary) -> None:
    """No script, image, font, style sheet or address outside the file."""
    text = html(leads, summary)
    assert not {"script", "img", "link", "iframe", "object"} & set(Page(text).tags)
    assert "http://" not in text
    assert "https://" not in text
    assert "@import" not in text


def test_the_same_leads_give_the_same_bytes(leads: list[Lead], summary: RunSummary) -> None:
    """Rendering twice gives one result."""
    assert html(leads, summary) == html(leads, summary)


def test_an_empty_run_says_what_it_means(summary: RunSummary) -> None:
    """No lead: the page says what was examined, and that it says no more than that."""
    text = html([], summary)
    assert "0 leads" in text
    assert "declarations 1,200" in text
    assert "nothing about rows that are not in view" in text


def test_no_word_judges() -> None:
    """Templates and sentences never call anybody guilty, nor a listing just “sanctioned”."""
    package = Path(tidewaiter.report.__file__).parents[1]
    files = [
        *package.rglob("*.j2"),
        *package.glob("assess/**/*.yml"),
        *package.glob("assess/**/*.py"),
    ]
    assert files
    for path in files:
        assert not FORBIDDEN.search(path.read_text("utf-8")), path
