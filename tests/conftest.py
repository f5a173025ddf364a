"""What all tests share: hypothesis profiles, a backend without a screen, and a loud word about what was skipped."""

import os

import hypothesis
import numpy as np
import pytest

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


# Tests in these files take seconds each and share nothing, so that they are handed out one by one.
ONE_BY_ONE = ("tests/test_pages.py", "tests/test_notebooks.py", "tests/test_build.py", "tests/test_lite.py")


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
    """Leave the nightly cases out of a usual run, without counting them as skipped."""
    if not os.environ.get("NNLEARN_NIGHTLY"):
        items[:] = [item for item in items if item.get_closest_marker("nightly") is None]


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
