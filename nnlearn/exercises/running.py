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

#: Seconds that a reader's function has for all cases together.
BUDGET = 2.0


class OutOfTime(BaseException):
    """The reader's function used up its time. Not an Exception, so that `except Exception` does not swallow it."""


@dataclass(frozen=True)
class Run:
    """What one call gave: a value or an error, and which of its arguments it changed."""

    value: object = None
    error: BaseException | None = None
    changed: tuple = ()


def run(function, arguments, names):
    """Call `function` on copies of `arguments`; errors of the reader are caught and returned."""
    copies = copy.deepcopy(arguments)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            value = function(*copies)
    except OutOfTime:
        raise
    # SystemExit and KeyboardInterrupt raised by the reader's code are the reader's errors too.
    except BaseException as error:
        return Run(error=error)
    changed = tuple(
        name for name, before, after in zip(names, arguments, copies, strict=True) if not _same(before, after)
    )
    return Run(value=value, changed=changed)


@contextlib.contextmanager
def time_budget(seconds=BUDGET):
    """Raise OutOfTime in the code inside once `seconds` have passed.

    In the main thread of a system with signals (a script, a notebook) a timer interrupts whatever runs, again and again,
    so that not even a bare `except:` in an endless loop survives it. Elsewhere (another thread, a browser) Python's trace
    function looks at the clock; there a bare `except:` can swallow the one interruption. A long call inside numpy
    ends before either can act.
    """
    if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
        with _timer(seconds):
            yield
    else:
        with _tracer(seconds):
            yield


@contextlib.contextmanager
def _timer(seconds):
    ticks = 0

    def interrupt(signum, frame):
        nonlocal ticks
        ticks += 1
        _raise_again_after(ticks % 8, frame)
        raise OutOfTime

    before, tracing = signal.signal(signal.SIGALRM, interrupt), sys.gettrace()
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.05)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        sys.settrace(tracing)


def _raise_again_after(lines, frame):
    """Raise OutOfTime once more, so many lines after the reader's code has swallowed the first.

    An endless loop inside `try: ... except: pass` swallows each interruption that comes inside the `try`. A second one
    a few lines later, a different number at each tick, sooner or later comes where nothing catches it.
    """

    def trace(frame, event, argument):
        nonlocal lines
        if event == "line":
            lines -= 1
            if lines < 0:
                raise OutOfTime
        return trace

    while frame is not None and frame.f_code is not run.__code__:
        frame.f_trace = trace
        frame = frame.f_back
    if frame is not None:
        sys.settrace(trace)


@contextlib.contextmanager
def _tracer(seconds):
    deadline, events = time.monotonic() + seconds, 0

    def trace(frame, event, argument):
        nonlocal events
        events += 1
        if events % 500 == 0 and time.monotonic() > deadline:
            raise OutOfTime
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)


def _same(before, after):
    """Whether an argument is still what it was."""
    if isinstance(before, np.ndarray):
        return (
            isinstance(after, np.ndarray)
            and before.shape == after.shape
            and before.dtype == after.dtype
            and np.array_equal(before, after, equal_nan=True)
        )
    return type(before) is type(after) and before == after
