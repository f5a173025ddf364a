"""What all tests share: hypothesis profiles, a backend without a screen, and a loud word about what was skipped."""

import os

import chrome
import hypothesis
import numpy as np
import pytest

from tests.pages import browser, site

os.environ.setdefault("MPLBACKEND", "agg")
# Kernels come from this environment and not from whatever else is installed on the machine.
os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")

hypothesis.settings.register_profile("default", max_examples=50, deadline=None, derandomize=True)
hypothesis.settings.register_profile("nightly", max_examples=2000, deadline=None)
hypothesis.settings.load_profile("nightly" if os.environ.get("NNLEARN_NIGHTLY") else "default")


@pytest.fixture(autouse=True)
def numbers_print_as_usual():
    """Take back what a test changed for the whole process: a page's opening cell sets how numpy prints numbers."""
    with np.printoptions():
        yield


# ---- The book in a browser -----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def built():
    """The folder of the built book, built here if need be."""
    site.ensure_built()
    return site.SITE


# Of a module, not of the session: while it runs, nothing else in this process can wait for a loop of asyncio, as notebooks do.
@pytest.fixture(scope="module")
def chromium():
    """A running browser; without one the tests that need it are skipped, and the end of the run says so."""
    if chrome.CHROMIUM is None:
        pytest.skip(browser.HOW)
    from playwright.sync_api import sync_playwright  # slow to import, and most tests need no browser

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chrome.CHROMIUM, args=browser.ALONE)
        yield running
        running.close()


@pytest.fixture(scope="session")
def address(built, tmp_path_factory):
    """The address of the book, which lies below a sub-path, as on many hosts."""
    host = tmp_path_factory.mktemp("host")
    (host / "some").mkdir()
    (host / "some" / "book").symlink_to(built)
    with site.served(host) as at:
        yield f"{at}/some/book"


@pytest.fixture(scope="module")
def visits(chromium, address):
    """The windows in which the pages of the book are opened."""
    opened = browser.Visits(chromium, address)
    yield opened
    opened.close()


@pytest.fixture
def visit(visits):
    """A function that opens a page of the book: `visit(path, width=..., scheme=..., scripts=...)`."""
    yield visits
    visits.leave()


# ---- Who runs what -------------------------------------------------------------------------------------------------

# Tests in these files take seconds each and share nothing, so that they are handed out one by one.
ONE_BY_ONE = (
    "tests/test_lite.py", "tests/test_pages.py", "tests/test_notebooks.py", "tests/test_build.py",
)  # fmt: skip


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Of two test processes one gets a whole file, and with that all cells of a notebook, in their order."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            file = nodeid.split("::")[0]
            return nodeid if file in ONE_BY_ONE else file

    return ByFile(config, log)


def pytest_collection_modifyitems(items):
    """Leave the nightly cases out of a usual run, without counting them as skipped, and put what builds the book first.

    While one process builds, the other runs what needs no page; what is handed out one by one comes last, so that both
    processes end at about the same time.
    """
    if not os.environ.get("NNLEARN_NIGHTLY"):
        items[:] = [item for item in items if item.get_closest_marker("nightly") is None]
    file = lambda item: item.nodeid.split("::")[0]  # noqa: E731
    on_pages = {file(item) for item in items if "built" in getattr(item, "fixturenames", ())}

    def turn(item):
        if item.get_closest_marker("builds_the_book"):
            return 0
        return 1 if file(item) not in on_pages else 2 if file(item) not in ONE_BY_ONE else 3

    items.sort(key=turn)


def pytest_terminal_summary(terminalreporter):
    """Say at the very end what was skipped and why; nobody reads a lonely letter s."""
    skipped = terminalreporter.stats.get("skipped", [])
    if not skipped:
        return
    terminalreporter.section(f"NOT TESTED: {len(skipped)}", sep="!", red=True, bold=True)
    reasons = {report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr) for report in skipped}
    for reason in sorted(reasons):
        terminalreporter.write_line(reason.removeprefix("Skipped: "))
    if os.environ.get("CI"):
        terminalreporter.write_line("CI is set: what was skipped has not passed, and so this run fails.")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """Where CI is set, nothing may be skipped: what did not run has not passed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped") and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
