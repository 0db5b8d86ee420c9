"""What every page must be: without violations of WCAG 2.2 AA, and without a scroll bar to the right."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# WCAG 1.4.12: whoever needs wider text sets it, and nothing may be lost.
SPACED = """() => {
  const sheet = new CSSStyleSheet(), wide = "letter-spacing: .12em !important; word-spacing: .16em !important";
  sheet.replaceSync(`* { line-height: 1.5 !important; ${wide} }`);
  document.adoptedStyleSheets = [sheet];
}"""


def violations(page: Page) -> list[str]:
    """What axe finds, one line each."""
    answer = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response
    return [f"{found['id']}: {node['html'][:160]}" for found in answer["violations"] for node in found["nodes"]]


def too_wide(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def sound(page: Page) -> None:
    """Refuse a page with axe violations, or with a horizontal scroll bar, also with wide text. Needs scripts."""
    found = violations(page)
    assert not found, f"{page.url}: {found}"
    assert too_wide(page) == 0, page.url
    page.evaluate(SPACED)
    assert too_wide(page) == 0, f"{page.url} with wide text"
    page.evaluate("document.adoptedStyleSheets = []")
