"""Renew the pictures of docs/tour: `./run tour`. It starts the demo, looks at each portal's first screen, stops it.

Two widths (1280 and 390 CSS pixels), two languages, a real Chromium.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
TOUR = ROOT / "docs" / "tour"
WIDTHS = (1280, 390)
LANGUAGES = ("en", "fr")
TALLEST = 2400
LINK = re.compile(r"^ +(?P<role>[^,\n]+), .+? (?P<address>http://\S+/demo/sign-in/\S+)$", re.MULTILINE)
# Picture -> the role that looks (None: a stranger), and where.
STOPS: dict[str, tuple[str | None, str]] = {
    "faculty": ("proposer", "/faculty/"),
    "employer": ("partner reviewer", "/reviews/"),
    "quality": ("quality assurance officer", "/quality/"),
    "learner": ("learner", "/learning/"),
    "public": (None, "/"),
    "register": (None, "/register"),
    "badge": (None, "badge"),
}


@contextmanager
def demo() -> Iterator[str]:
    """The demo, and what it says when it is ready."""
    command = [sys.executable, str(ROOT / "deploy" / "demo.py"), "start"]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ)
    said = ""
    try:
        assert running.stdout is not None
        for line in running.stdout:
            said += line
            if "Ctrl-C stops it" in line:
                break
        yield said
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(timeout=60)


def _visit(browser: Browser, said: str, stop: str, language: str, width: int) -> None:
    role, path = STOPS[stop]
    links = {found["role"]: found["address"] for found in LINK.finditer(said)}
    base = next(iter(links.values())).split("/demo/")[0]
    shown = re.search(r"A badge to verify[^:]*:\s+(\S+)", said)
    page = browser.new_page(viewport={"width": width, "height": 900}, locale=f"{language}-CA")
    if role is not None:
        page.goto(links[role])
        page.click("main button")
    address = shown.group(1) if path == "badge" and shown else base + path
    page.goto(f"{address}?lang={language}")
    _shoot(page, TOUR / f"{stop}-{language}-{width}.png", width)
    page.context.close()


def _shoot(page: Page, target: Path, width: int) -> None:
    height = min(TALLEST, int(page.evaluate("document.documentElement.scrollHeight")))
    page.set_viewport_size({"width": width, "height": height})
    page.screenshot(path=str(target))
    print(f"{target.relative_to(ROOT)}", file=sys.stderr)


def main() -> None:
    """Every stop, in both languages and at both widths."""
    chromium = next((path for path in ("/usr/bin/chromium", "/usr/bin/google-chrome") if Path(path).is_file()), None)
    if chromium is None:
        sys.exit("No Chromium was found. Install your system's chromium, then call `./run tour` again.")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    TOUR.mkdir(exist_ok=True)
    with demo() as said, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium, args=sandbox)
        for stop in STOPS:
            for language in LANGUAGES:
                for width in WIDTHS:
                    _visit(browser, said, stop, language, width)
        browser.close()


if __name__ == "__main__":
    main()
