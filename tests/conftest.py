"""What all tests share: hypothesis profiles, a backend without a screen, and a loud word about what was skipped."""

import os

import hypothesis
import pytest

os.environ.setdefault("MPLBACKEND", "agg")
# Kernels come from this environment and not from whatever else is installed on the machine.
os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")

hypothesis.settings.register_profile("default", max_examples=50, deadline=None, derandomize=True)
hypothesis.settings.register_profile("nightly", max_examples=2000, deadline=None)
hypothesis.settings.load_profile("nightly" if os.environ.get("NNLEARN_NIGHTLY") else "default")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Leave the nightly cases out of a usual run, and keep the cells of one notebook together."""
    if not os.environ.get("NNLEARN_NIGHTLY"):
        # They are left out without a word: what is skipped, on the other hand, is told at the end.
        items[:] = [item for item in items if item.get_closest_marker("nightly") is None]
    for item in items:
        if item.path.suffix == ".ipynb":
            item.add_marker(pytest.mark.xdist_group(item.path.name))


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
