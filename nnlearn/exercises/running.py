"""Running a reader's function: on copies, in silence, and within a time budget."""

import contextlib
import copy
import io
import signal
import sys
import threading
import time
import warnings
from dataclasses import dataclass

import numpy as np

from nnlearn.exercises import frames

#: Seconds that a reader's function has for all cases together.
BUDGET = 3.0
#: Seconds between two interruptions of a function that has used up its budget, and went on.
TICK = 0.02
#: So many characters of what a function prints are kept.
PRINTED = 2000


class TimedOut(Exception):
    """The reader's function has used up its time."""


@dataclass(frozen=True)
class Part:
    """One result: an array of floats, or None where it is not one of real numbers; its dtype before; what it was, in words."""

    value: np.ndarray | None
    dtype: str
    returned: str


@dataclass(frozen=True)
class Run:
    """What one call gave. Nothing in it is the reader's own object, so that it can be looked at without care.

    - `parts`: the results by their labels, {"": part} where there is only one; None where their number or names are wrong.
    - `returned`: in words, what came back; `error`: a `frames.Failure`, if there was one.
    - `changed`: the names of the arguments that are no longer what they were; `printed`: what was printed.
    """

    parts: dict[str, Part] | None = None
    returned: str = ""
    error: frames.Failure | None = None
    changed: tuple = ()
    printed: str = ""


@dataclass(frozen=True)
class Form:
    """How results come back: one array, a tuple of so many, or a dict with these keys. The reference's result shows it."""

    kind: str = "array"
    labels: tuple = ("",)

    @classmethod
    def of(cls, value):
        """Return the form of a value that a reference gave."""
        if isinstance(value, dict):
            return cls("dict", tuple(value))
        if isinstance(value, tuple):
            return cls("tuple", tuple(f"result {k + 1}" for k in range(len(value))))
        return cls()

    def split(self, value):
        """Return {label: what came back for it}, or None where the form does not fit."""
        if self.kind == "array":
            return {"": value}
        if self.kind == "dict":
            fits = isinstance(value, dict) and set(value) == set(self.labels)
            return {label: value[label] for label in self.labels} if fits else None
        fits = isinstance(value, (tuple, list, np.ndarray)) and len(value) == len(self.labels)
        return dict(zip(self.labels, value, strict=True)) if fits else None


def run(watch, function, arguments, names, form=None):
    """Call `function` on copies of `arguments`. Errors of the reader are caught and told; only TimedOut comes through.

    Without a `form`, the form is that of the result.
    """
    copies = copy.deepcopy(arguments)
    screen = Screen()
    try:
        with silence(screen):
            parts, returned = watch.call(_outcome, function, copies, form)
    except TimedOut:
        raise
    # SystemExit and KeyboardInterrupt in the reader's code are errors of the reader's code, too.
    except BaseException as error:
        with silence(Screen()):
            return Run(error=frames.failure(error, watch), printed=screen.text())
    changed = tuple(
        name for name, before, after in zip(names, arguments, copies, strict=True) if not _same(before, after)
    )
    return Run(parts, returned, None, changed, screen.text())


def _outcome(function, arguments, form):
    """Return the parts of what a function gives, or None if they are not those of the form, and in words what it was."""
    value = function(*arguments)
    if value is None or value is Ellipsis:
        return None, "None" if value is None else "..."
    parts = (form or Form.of(value)).split(value)
    if parts is None:
        size = f" of {len(value)}" if isinstance(value, (tuple, list, dict)) else ""
        return None, kind_of(value) + size
    return {label: _part(part) for label, part in parts.items()}, kind_of(value)


def _part(value):
    if value is None:
        return Part(None, "", "None")
    try:
        array = np.asarray(value)
    except Exception:
        return Part(None, "", f"{kind_of(value)} that cannot be made an array (rows of different lengths, perhaps)")
    if array.dtype.kind in "iuf":
        return Part(array.astype(float), array.dtype.name, kind_of(value))
    if array.dtype.kind in "bc":
        return Part(None, array.dtype.name, "True and False" if array.dtype.kind == "b" else "complex numbers")
    if array.dtype.kind in "US":
        return Part(None, "", "text")
    holder = isinstance(value, (list, tuple, np.ndarray))
    return Part(None, "", f"{kind_of(value)} with something in it that is no plain number" if holder else kind_of(value))


def kind_of(value):
    """Return what a value is, in words; without its `repr`, which may be long, may hold an address, and may fail."""
    name = type(value).__name__
    known = {"ndarray": "an array", "str": "text", "float64": "a number", "float": "a number", "int": "a whole number"}
    return known.get(name) or f"{'an' if name[:1] in 'aeiouAEIOU' else 'a'} {name}"


def _same(before, after):
    """Whether an argument is still what it was."""
    if isinstance(before, np.ndarray):
        return (
            isinstance(after, np.ndarray)
            and before.shape == after.shape
            and before.dtype == after.dtype
            and (before.tobytes() == after.tobytes() or np.array_equal(before, after, equal_nan=True))
        )
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(_same(before[key], after[key]) for key in before)
    if isinstance(before, (list, tuple)):
        return len(before) == len(after) and all(map(_same, before, after))
    return type(before) is type(after) and before == after


@contextlib.contextmanager
def silence(screen):
    """Keep what is printed for `screen`, and warnings for nobody."""
    with warnings.catch_warnings(), np.errstate(all="ignore"), contextlib.redirect_stdout(screen):
        warnings.simplefilter("ignore")
        yield


class Screen(io.TextIOBase):
    """Keeps the beginning of what is printed."""

    def __init__(self):
        self._kept = ""

    def write(self, text):
        self._kept += text[: max(PRINTED - len(self._kept), 0)]
        return len(text)

    def text(self):
        """Return what was printed, or as much of it as was kept."""
        return self._kept


# ---- The time budget -----------------------------------------------------------------------------------------------


class _Interrupt(BaseException):
    """Ends the reader's function. Not an Exception, so that `except Exception` does not swallow it.

    What swallows it all the same (`except:` in an endless loop) sets it free, and then the next line raises it again.
    """

    def __init__(self, watch):
        self.watch = watch

    def __del__(self):
        self.watch.insist(sys._getframe(1))


class Watch:
    """A time budget for calls: `with Watch(seconds) as watch: watch.call(function, ...)`.

    What it holds, where:

    - In the main thread of a system with signals (a script, a prompt, a notebook) a timer interrupts whatever runs, a
      sleep too, and does so again until the function gives up.
    - In another thread and in the browser, where there are no signals, Python's trace function looks at the clock. The
      reader's code then runs several times slower, a sleep is not cut short, and what goes on without end in a `finally`, or
      keeps what it catches, goes on.
    - Nowhere can one single call of compiled code be interrupted: a large matrix product, or `sum(itertools.count())`.
      What runs too long is ended as soon as that call returns; if it never does, the kernel has to be restarted.
    """

    def __init__(self, seconds=None):
        self.deadline = time.monotonic() + (BUDGET if seconds is None else seconds)
        self.expired = False
        self._by_signal = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
        self._events = 0

    def __enter__(self):
        if self._by_signal:
            self._handler = signal.signal(signal.SIGALRM, self._tick)
            left = max(self.deadline - time.monotonic(), 1e-3)
            self._timer = signal.setitimer(signal.ITIMER_REAL, left, TICK)
        return self

    def __exit__(self, *exception):
        if self._by_signal:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._handler)
            signal.setitimer(signal.ITIMER_REAL, *self._timer)  # somebody else's, if there was one

    def call(self, function, *arguments):
        """Return function(*arguments); raise TimedOut if the time is up, before, during or at the end of it."""
        if self.expired or time.monotonic() > self.deadline:
            raise TimedOut
        before = sys.gettrace()
        if not self._by_signal:
            sys.settrace(self._look)
        try:
            return function(*arguments)
        except _Interrupt:
            raise TimedOut from None
        finally:
            sys.settrace(before)
            if self.expired:  # and the interruption was swallowed, so that the function came to some end
                raise TimedOut from None

    def _tick(self, signum, frame):
        """Called by the timer."""
        if time.monotonic() >= self.deadline and _interruptible(frame):
            self.expired = True
            self.insist(frame)
            raise _Interrupt(self)

    def _look(self, frame, event, argument):
        """Called by Python for every line, where there is no timer; looks at the clock now and then."""
        self._events += 1
        if self._events % 200 == 0 and time.monotonic() >= self.deadline and _interruptible(frame):
            self.expired = True
            raise _Interrupt(self)
        return self._look

    def insist(self, frame):
        """Have the next line of the reader's code raise: whatever swallowed an interruption gets another one at once."""
        if not _interruptible(frame):
            return
        while frame.f_code is not _CALL:
            frame.f_trace = self._again
            frame = frame.f_back
        sys.settrace(self._again)

    def _again(self, frame, event, argument):
        if event in ("line", "call") and _interruptible(frame):
            raise _Interrupt(self)  # which also ends the tracing
        return self._again


class Unlimited:
    """A watch that never ends anything, for functions of our own."""

    def call(self, function, *arguments):
        """Return function(*arguments)."""
        return function(*arguments)


_CALL = Watch.call.__code__
#: Code that must not be interrupted, although the reader's code has called it.
_OURS = {_CALL, Watch._tick.__code__, Watch._look.__code__, Watch.insist.__code__, _Interrupt.__del__.__code__,
         _Interrupt.__init__.__code__}  # fmt: skip


def _interruptible(frame):
    """Whether a frame is the reader's code, called by a watch, or something that the reader's code has called."""
    if frame is None or frame.f_code in _OURS or frame.f_code is _interruptible.__code__:
        return False
    while frame is not None and frame.f_code is not _CALL:
        frame = frame.f_back
    return frame is not None


# ---- Loops ---------------------------------------------------------------------------------------------------------


def steps(watch, function, arguments):
    """Return how many lines of Python a call takes: with a loop over the numbers, the more numbers the more lines."""
    count = 0

    def trace(frame, event, argument):
        nonlocal count
        count += 1
        return trace

    def traced(*arguments):
        before = sys.gettrace()
        sys.settrace(trace)
        try:
            function(*arguments)
        finally:
            sys.settrace(before)

    with silence(Screen()):
        watch.call(traced, *copy.deepcopy(arguments))
    return count
