"""What a reader has solved: a small versioned file that no crash and no second notebook can spoil.

The file lies in the user's data folder, or in the folder that the environment variable NNLEARN_PROGRESS names; where Python runs
in the browser, among the notebooks that the browser keeps. It is read again and merged before every write, under a lock, and
written whole to a temporary file that then takes its place.
"""

import contextlib
import errno
import json
import os
import sys
import time
from pathlib import Path

from nnlearn.storage import parse_json, write_atomically

try:
    from fcntl import LOCK_EX, LOCK_NB, flock
except ImportError:  # Windows, which has a lock of its own, and Python in the browser, which has none
    flock = None
try:
    import msvcrt
except ImportError:
    msvcrt = None

VERSION = 1
#: A progress file is a few kilobytes; whatever is larger is not one, and is not read.
LARGEST = 2**20
#: So many damaged files are set aside; after that nothing is written any more, so that none is lost.
MOST_ASIDE = 999
#: Seconds to wait for another notebook that writes.
PATIENCE = 5.0


class ProgressError(ValueError):
    """A file is no progress file; the message says why."""


class NewerProgressError(ProgressError):
    """A progress file was written by a newer nnlearn. It is not damaged, and stays as it is."""


def folder():
    """Return the folder for the file, by the custom of the system."""
    if named := os.environ.get("NNLEARN_PROGRESS"):
        return Path(named)
    if sys.platform == "emscripten" and BROWSERS_FILES.is_dir():
        return BROWSERS_FILES
    if sys.platform == "win32":
        base = os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "nnlearn"


#: Where Python in the browser finds the notebooks that the browser keeps. What is written there outlives the page.
BROWSERS_FILES = Path("/drive")
WITHOUT_FILES = "In this browser your progress lasts until the page is closed."


class Progress:
    """The verdicts on a reader's answers, by exercise: "ok" once it was solved, else the last one.

    Where nothing can be written, it is kept in memory until Python ends, and `note` says so.
    """

    def __init__(self):
        self._memory = {}
        self.note = WITHOUT_FILES if sys.platform == "emscripten" and not BROWSERS_FILES.is_dir() else ""

    @property
    def path(self):
        """Where the file is, or would be."""
        return folder() / "progress.json"

    def all(self):
        """Return {exercise: verdict}, from the file and from this session."""
        try:
            return merged(self._read(), self._memory)
        except NewerProgressError as error:
            self.note = f"Your progress file cannot be used: {error}. Until Python ends, what you solve is kept in memory."
            return self._memory
        except (OSError, RuntimeError) as error:
            self.note = self.note or f"Your progress cannot be read ({getattr(error, 'strerror', None) or error})."
            return self._memory

    def record(self, exercise, verdict):
        """Keep a verdict. One that says "ok" stays, whatever comes after it."""
        self.add({exercise: verdict})

    def add(self, verdicts):
        """Keep several verdicts, in memory and in the file."""
        self._memory = merged(self._memory, verdicts)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with _lock(self.path.with_suffix(".lock")):
                _write(self.path, merged(self._read(), self._memory))
            self._memory = {}  # from here on the file is what holds, as another notebook may know something newer
        except NewerProgressError as error:
            self.note = f"Your progress file cannot be used: {error}. Until Python ends, what you solve is kept in memory."
        except (OSError, RuntimeError) as error:  # RuntimeError: a user without a home
            reason = getattr(error, "strerror", None) or error
            self.note = f"Your progress cannot be saved ({reason}); it is kept until Python ends."

    def export(self, path):
        """Write the progress to a file that `import_from` reads, on another machine for instance."""
        _write(Path(path), self.all())

    def import_from(self, path):
        """Add what an exported file holds; nothing that is solved here gets lost. Raises ProgressError."""
        try:
            verdicts = _parsed(Path(path))
        except ProgressError as error:
            raise type(error)(f"{path} cannot be imported: {error}") from None
        self.add(verdicts)

    def _read(self):
        """Return what the file holds; a damaged file is set aside, and `note` says where.

        Raises OSError where it cannot be read now: then nothing may be written over it, since it may well be whole.
        """
        try:
            return _parsed(self.path)
        except FileNotFoundError:
            return {}
        except NewerProgressError:
            raise
        except ProgressError as error:
            return self._set_aside(error)

    def _set_aside(self, error):
        for number in range(1, MOST_ASIDE + 1):
            aside = self.path.with_name(f"progress.damaged-{number}.json")
            if not aside.exists():
                with contextlib.suppress(FileNotFoundError):  # another notebook was quicker
                    os.replace(self.path, aside)
                self.note = f"Your progress file was damaged ({error}); it was set aside as {aside.name}."
                return {}
        raise OSError(errno.EEXIST, f"it is damaged, and {MOST_ASIDE} damaged ones stand beside it already", str(self.path))


def merged(one, other):
    """Return both tables in one. "ok" wins over everything; otherwise what `other` says is newer.

    >>> merged({"a": "ok", "b": "wrong"}, {"a": "wrong", "b": "error"})
    {'a': 'ok', 'b': 'error'}
    """
    return one | {name: "ok" if one.get(name) == "ok" else verdict for name, verdict in other.items()}


def _parsed(path):
    """Return the verdicts in a file; raises ProgressError where it is not a progress file."""
    if path.exists() and not path.is_file():  # to open a pipe would wait for ever
        raise OSError(errno.EINVAL, "it is a folder or a device, and not a file", str(path))
    if path.stat().st_size > LARGEST:
        raise ProgressError("it is too large")
    try:
        content = parse_json(path.read_bytes())
    except (ValueError, RecursionError):
        raise ProgressError("it is not JSON") from None
    if not isinstance(content, dict) or content.get("format") != "nnlearn progress":
        raise ProgressError("it does not say that it is a progress file")
    version = content.get("version")
    if type(version) is int and version > VERSION:
        raise NewerProgressError(f"a newer nnlearn wrote it (version {str(version)[:40]}; this one reads {VERSION})")
    if type(version) is not int or version != VERSION:
        raise ProgressError(f"it has version {str(version)[:40]}, and this nnlearn reads version {VERSION}")
    verdicts = content.get("verdicts")
    if not isinstance(verdicts, dict) or not all(isinstance(verdict, str) for verdict in verdicts.values()):
        raise ProgressError("its table of verdicts is not one")
    return verdicts


def _write(path, verdicts):
    content = {"format": "nnlearn progress", "version": VERSION, "verdicts": dict(sorted(verdicts.items()))}
    write_atomically(path, json.dumps(content, indent=1).encode(), private=True)


@contextlib.contextmanager
def _lock(path):
    """Hold the lock that stands for a file; wait for it, but not for ever.

    The system gives it back when a process dies, so that there are no old locks to clear away. Where a file system knows no
    locks, it goes without: what is written is still merged and whole.
    """
    if not flock and not msvcrt:
        yield
        return
    deadline = time.monotonic() + PATIENCE
    with open(path, "ab") as file:
        while (held := _try_to_lock(file)) is False:
            if time.monotonic() > deadline:
                raise OSError("another notebook holds the file")
            time.sleep(0.01)
        try:
            yield
        finally:
            if held and msvcrt:
                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)


def _try_to_lock(file):
    """Return True if the lock is ours now, False if somebody else holds it, None if there are no locks."""
    try:
        if flock:
            flock(file, LOCK_EX | LOCK_NB)
        else:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return None
    return True
