"""How pages and live explorers feel: from a key press to the new picture, memory after many moves, weight, a kernel's part.

    make bench-pages          after a build of the book; writes bench/PAGES.md

On a page: every slider of every explorer is scrolled to and moved by real key presses, there and back. A move lasts from the key's
own event until the picture has changed and the browser has drawn it; a key that finds the slider at its end is no move, and every
other key has to change the picture. Memory is what lives after a collection, before and after `MOVES` moves.
In a kernel: the moves of every explorer through its live widget, all of Python's part: artists, image, sentence.
"""

import gzip
import importlib
import re
import statistics
import sys
import time
from pathlib import Path

from chrome import CHROMIUM, FLAGS
from playwright.sync_api import sync_playwright

from tests.pages.site import SITE, ensure_built, pages, served

HERE = Path(__file__).parent
#: Moves on one page before its memory is looked at again, and moves of a live explorer.
MOVES, LIVE_MOVES = 1000, 25
#: Milliseconds from scrolling to a slider to its first key, and from key to key: a key that is held down comes every 30 to 40.
SETTLED, BETWEEN = 500, 40
#: What is aimed at: milliseconds in the middle and at the 95th percentile, memory, seconds to the first picture, kilobytes.
AIMS = {"median": 30, "p95": 60, "growth": 1.3, "first": 1.5, "weight": 300}
LIVE_AIMS = {"svg": 25, "webp": 40}

# Notes, for every key press that moves a slider, how long it takes until the frame beside it is another and was drawn. The slider
# knows its new value as soon as the key's event has been told to everybody.
LISTEN = """() => {
  window.moves = [];
  window.missed = 0;
  addEventListener('keydown', (event) => {
    const explorer = event.target.closest('.nn-explorer');
    if (!explorer) return;
    const start = performance.now(), value = () => event.target.getAttribute('aria-valuenow');
    const picture = () => explorer.querySelector('.nn-frame')?.outerHTML;
    const before = picture(), stood = value();
    const look = () => {
      if (picture() !== before) return requestAnimationFrame(() => window.moves.push(performance.now() - start));
      if (performance.now() - start < 1000) return requestAnimationFrame(look);
      window.missed += 1;
    };
    requestAnimationFrame(() => { if (value() !== stood) look(); });
  }, true);
}"""
FIRST_FRAME = """() => new Promise((done) => {
  const frame = () => document.querySelector('.nn-frame img');
  const there = () => frame()?.complete && frame().getBoundingClientRect().height > 0;
  const look = () => there() ? done(performance.now()) : requestAnimationFrame(look);
  look();
})"""


def percentile(values, share):
    """Return the value below which that share of the values lies."""
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def weight(path):
    """Return the kilobytes of a page with its own pictures, as a server sends them."""
    page = SITE / path
    text = page.read_text(encoding="utf-8")
    pictures = {(page.parent / found).resolve() for found in re.findall(r'src="((?:\.\./)*_images/[^"]+)"', text)}
    return (len(gzip.compress(text.encode())) + sum(picture.stat().st_size for picture in pictures)) / 1000


def living(session):
    """Return the bytes that JavaScript holds after a collection."""
    session.send("HeapProfiler.collectGarbage")
    return next(m["value"] for m in session.send("Performance.getMetrics")["metrics"] if m["name"] == "JSHeapUsedSize")


def measure(browser, site, path):
    """Return what one page does: a dict with the names of `AIMS`, or None for a page without an explorer."""
    if "nn-explorer" not in (SITE / path).read_text(encoding="utf-8"):
        return None
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.goto(f"{site}/{path}", wait_until="commit")
    first = page.evaluate(FIRST_FRAME) / 1000
    page.wait_for_function("() => document.querySelectorAll('.noUi-handle').length > 0")
    page.evaluate(LISTEN)
    session = context.new_cdp_session(page)
    session.send("Performance.enable")
    handles = page.query_selector_all(".nn-explorer .noUi-handle")
    for handle in handles:
        handle.scroll_into_view_if_needed()
        handle.focus()
        page.wait_for_timeout(SETTLED)
        for key in ["End", "Home", *["ArrowRight"] * 6, *["ArrowLeft"] * 6]:
            handle.press(key)
            page.wait_for_timeout(BETWEEN)
    page.wait_for_timeout(1000)
    times, missed = page.evaluate("() => [window.moves, window.missed]")
    assert not missed, f"{path}: {missed} moves did not change the picture within a second"
    before = living(session)
    for move in range(MOVES):
        handle = handles[move // 20 % len(handles)]
        handle.press("ArrowRight" if move % 20 < 10 else "ArrowLeft")
    growth = living(session) / before
    context.close()
    return {
        "median": statistics.median(times), "p95": percentile(times, 0.95), "growth": growth, "first": first,
        "weight": weight(path), "moves": len(times),
    }  # fmt: skip


def live():
    """Return (name, kind of frames, median milliseconds of a move) of every explorer, as a kernel draws it."""
    from nnlearn.explore.explorer import Explorer

    for module in sorted(Path(importlib.import_module("nnlearn.explore").__file__).parent.glob("*.py")):
        importlib.import_module(f"nnlearn.explore.{module.stem}")
    rows = []
    for kind in _all_below(Explorer):
        explorer = kind()
        positions = list(kind.positions())
        some = positions[:: max(1, len(positions) // LIVE_MOVES)][:LIVE_MOVES]
        explorer.frame(**some[0])
        times = []
        for values in some:
            start = time.perf_counter()
            explorer.frame(**values).html()
            times.append(1000 * (time.perf_counter() - start))
        rows.append((f"{kind.__module__.rsplit('.', 1)[-1]}.{kind.__name__}", kind.frames, statistics.median(times)))
    return sorted(rows, key=lambda row: -row[2])


def _all_below(kind):
    """Yield the explorers of the book: the classes below `kind` that have controls."""
    for below in kind.__subclasses__():
        if below.controls and below.__module__.startswith("nnlearn.explore."):
            yield below
        yield from _all_below(below)


def report(rows, live_rows):
    """Return what was measured as Markdown."""
    lines = [
        "# How the pages feel, measured", "",
        "`make bench-pages` writes this page; do not edit it. Milliseconds are those of one machine with two cores.", "",
        "## Pages", "",
        f"Aimed at: from a key press to the new frame {AIMS['median']} ms in the middle, {AIMS['p95']} ms at the 95th percentile; "
        f"{AIMS['growth']} times the memory after {MOVES:,} moves; {AIMS['first']} s to the first frame; {AIMS['weight']} kB.", "",
        "| page | median ms | 95 % ms | moves | memory | first frame s | kB | |", "|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for path, row in rows.items():
        missed = [name for name, aim in AIMS.items() if row[name] > aim]
        lines.append(
            f"| {path.removeprefix('book/').removesuffix('.html')} | {row['median']:.0f} | {row['p95']:.0f} | {row['moves']} | "
            f"{row['growth']:.2f} | {row['first']:.2f} | {row['weight']:.0f} | {', '.join(missed) or 'reached'} |"
        )
    lines += ["", "## A move in a live kernel", ""]
    lines += [f"Aimed at: {LIVE_AIMS['svg']} ms for lines, {LIVE_AIMS['webp']} ms for maps.", ""]
    lines += ["| explorer | frames | median ms | |", "|---|---|---|---|"]
    lines += [f"| {n} | {k} | {ms:.1f} | {'reached' if ms <= LIVE_AIMS[k] else 'not reached'} |" for n, k, ms in live_rows]
    return "\n".join(lines) + "\n"


def main():
    """Measure all pages and all explorers, and write `bench/PAGES.md`."""
    if CHROMIUM is None:
        sys.exit("this needs Chromium")
    ensure_built()
    with served(SITE) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        rows = {path: row for path in pages() if (row := measure(browser, site, path))}
        browser.close()
    text = report(rows, live())
    (HERE / "PAGES.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
