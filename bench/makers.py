"""The makers' day: how long it takes to build the book, to build it again, and to test it.

    make bench-makers         writes bench/MAKERS.md; takes a quarter of an hour, with nothing else going on

The book is built in a fresh copy of this folder, so that nothing of it is there before. The tests run here, as `make test` runs
them; what they spend their time on is read from pytest's own report.
"""

import os
import platform
import re
import shutil
import subprocess
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

import nbformat
import reproducible

ROOT = Path(__file__).resolve().parent.parent
#: What is aimed at, in seconds.
AIMS = {
    "`make html` from clean": 240,
    "`make html` after a change in one chapter's text": 20,
    "`make test-stack`: the stack's own tests": 45,
    "`make test`: lint, the book from clean, all tests": 480,
}
#: Which tests belong together, by the beginning of their names; the first that fits.
KINDS = {
    "the chapters under nbval": ("book.",),
    "the pages in a browser": ("tests.test_pages", "tests.test_everyone", "tests.test_security"),
    "the chapters in the browser's own Python": ("tests.test_lite",),
    "every exercise": ("tests.test_exercises.",),
    "the book on paper": ("tests.test_pdf",),
    "the book's build, and whoever waits for it": ("tests.test_build", "tests.test_finding"),
    "all else": ("",),
}


def seconds(function, *arguments):
    """Return how long a call takes."""
    start = time.monotonic()
    function(*arguments)
    return time.monotonic() - start


def make(target, **environment):
    """Run a target of make here; what it says is shown where it fails."""
    run = subprocess.run(["make", target], cwd=ROOT, env=os.environ | environment, capture_output=True, text=True)
    if run.returncode:
        raise SystemExit(f"make {target} failed:\n{run.stdout}{run.stderr}")


def add_a_word(chapter):
    """Change the text of a chapter."""
    notebook = nbformat.read(chapter, as_version=4)
    text = [cell for cell in notebook.cells if cell.cell_type == "markdown"][-1]
    text.source += "\n\nOne more word."
    nbformat.write(notebook, chapter)


def spent(report):
    """Return {kind: seconds} of pytest's report, over both processes."""
    found = Counter()
    for test in ElementTree.parse(report).getroot().iter("testcase"):
        name = f"{test.get('classname')}."
        found[next(kind for kind, starts in KINDS.items() if name.startswith(starts))] += float(test.get("time"))
    return found


def measured():
    """Return ({what: seconds}, {kind of test: seconds})."""
    took, names = {}, list(AIMS)
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place, "copy")
        reproducible.copy_into(copy)
        took[names[0]] = seconds(reproducible.build, copy)
        add_a_word(copy / "book" / "03-activations.ipynb")
        took[names[1]] = seconds(reproducible.build, copy)
        took[names[2]] = seconds(make, "test-stack")
        shutil.rmtree(ROOT / "_build", ignore_errors=True)  # with what the notebooks gave, so that all of them are run again
        report = Path(place, "tests.xml")
        options = f"--junitxml={report} -o junit_duration_report=total"
        took[names[3]] = seconds(lambda: make("test", PYTEST_ADDOPTS=options))
        return took, spent(report)


def report(took, kinds):
    """Return the page."""
    why = re.search(r"## Why .*", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL) if PAGE.exists() else None
    lines = [
        "# The makers' day, measured", "",
        "`make bench-makers` writes this page, all but the text below the tables; `makers.py` says how it is measured.", "",
        f"Machine: {platform.machine()}, {os.cpu_count()} cores; Python {platform.python_version()}.", "",
        "| what | aim, s | measured, s | |", "|---|---|---|---|",
    ]  # fmt: skip
    for what, aim in AIMS.items():
        lines.append(f"| {what} | {aim} | {took[what]:.0f} | {'reached' if took[what] <= aim else 'not reached'} |")
    whole = sum(kinds.values())
    lines += ["", "## What `make test` spends its time on", "", "Over both test processes.", ""]
    lines += ["| tests | s | share |", "|---|---|---|"]
    lines += [f"| {kind} | {time:.0f} | {time / whole:.0%} |" for kind, time in kinds.most_common()]
    return "\n".join(lines) + "\n" + (f"\n{why[0]}" if why else "")


PAGE = ROOT / "bench" / "MAKERS.md"

if __name__ == "__main__":
    PAGE.write_text(report(*measured()), encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))
