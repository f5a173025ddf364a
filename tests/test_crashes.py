"""A crash in the middle of a write, at each of its steps: the old file or the new one is there, and nothing piles up beside it."""

import os
import signal
import subprocess
import sys

import pytest

from nnlearn import storage
from nnlearn.exercises import progress_file
from nnlearn.exercises.progress_file import Progress

# Where a call raises that had just opened a file, nobody is left to close it.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")

OLD, NEW = b"old" * 1000, b"new" * 5000
MOST = 300  # steps: more than any write takes

# Python tells of every call of a function in C before it makes it. That is a call of the system, or leads to one.
def at_step(step, act):
    """Have `act` called in the place of the step's call; return a list whose number counts the calls."""
    seen = [0]
    def look(frame, event, argument):
        if event == "c_call" and argument is not sys.setprofile:
            seen[0] += 1
            if seen[0] == step:
                act()
    sys.setprofile(look)
    return seen


class Died(BaseException):
    """What no `except Exception` catches."""


def crashes(kind, write, steps=range(1, MOST)):
    """Yield each step of `write` at which it was made to raise, until there are no more."""

    def fail():
        raise kind("in the middle")

    for step in steps:
        seen = at_step(step, fail)
        try:
            write()
        except kind:
            pass
        finally:
            sys.setprofile(None)
        if seen[0] < step:
            return
        yield step


@pytest.mark.parametrize("kind", [OSError, Died])
@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("old", [OLD, None])
def test_at_every_step_there_is_the_old_file_or_the_new_one(tmp_path, kind, private, old):
    path, steps = tmp_path / "file", 0
    if old is not None:
        path.write_bytes(old)
    for _ in crashes(kind, lambda: storage.write_atomically(path, NEW, private=private)):
        steps += 1
        assert (path.read_bytes() if path.exists() else None) in (old, NEW)
        assert len(os.listdir(tmp_path)) <= 2
        for part in tmp_path.glob("*.part"):  # a crash in the clearing away itself leaves it for later
            part.unlink()
        if old is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(old)
    assert 10 < steps < MOST - 1 and path.read_bytes() == NEW


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
def test_a_disk_that_is_full_half_way_leaves_the_old_file(tmp_path):
    resource = pytest.importorskip("resource")
    path = tmp_path / "file"
    path.write_bytes(OLD)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(NEW) // 2, before[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            storage.write_atomically(path, NEW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert path.read_bytes() == OLD and os.listdir(tmp_path) == ["file"]


def test_at_every_step_of_recording_what_was_solved_stays(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLEARN_PROGRESS", str(tmp_path))
    Progress().record("03-step", "ok")
    whole = (tmp_path / "progress.json").read_bytes()
    for kind in (OSError, Died):
        steps = 0
        for _ in crashes(kind, lambda: Progress().record("03-tanh", "ok"), range(1, MOST, 2)):
            steps += 1
            assert progress_file._parsed(tmp_path / "progress.json")["03-step"] == "ok"
            for part in tmp_path.glob("*.part"):
                part.unlink()
            assert sorted(os.listdir(tmp_path)) == ["progress.json", "progress.lock"]
            (tmp_path / "progress.json").write_bytes(whole)
        assert steps > 20


KILLED = """
import os, signal, sys
from pathlib import Path
from nnlearn import storage

def look(frame, event, argument):
    if event == "c_call" and argument.__name__ == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

sys.setprofile(look)
storage.write_atomically(Path(sys.argv[1]), b"new" * 5000)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_process_that_is_killed_leaves_the_old_file_and_what_it_left_is_cleared_away(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(OLD)
    for step in ("open", "write", "flush", "fsync", "replace"):
        ended = subprocess.run([sys.executable, "-c", KILLED, path, step], timeout=60)
        assert ended.returncode == -signal.SIGKILL, step
        assert path.read_bytes() == OLD
    parts = set(tmp_path.glob("*.part"))
    assert len(parts) == 4, "all but the first"
    storage.write_atomically(path, NEW)
    assert set(tmp_path.iterdir()) == {path, *parts}, "somebody may be writing these"
    other = tmp_path / ".nnlearn-00000000-x.part"  # of another file
    other.touch()
    for part in (other, *parts):
        os.utime(part, (0, 0))
    storage.write_atomically(path, OLD)
    assert set(tmp_path.iterdir()) == {path, other} and path.read_bytes() == OLD
