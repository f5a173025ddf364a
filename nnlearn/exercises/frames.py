"""An error in a reader's function: what it says, and the reader's own lines on the way to it."""

import linecache
import re
import sysconfig
import traceback
from dataclasses import dataclass
from pathlib import Path

#: Of a long way (a function that calls itself without end) the first and the last stations are shown.
SHOWN = 4
#: So many characters of a line are shown.
WIDTH = 100
_OURS = str(Path(__file__).resolve().parent.parent)
_LIBRARIES = tuple(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))


#: What Python or NumPy says, as a regular expression, and what it means for somebody who meets it for the first time.
TIPS = (
    (
        "truth value of an array",
        "`if`, `and` and `max` decide once, for the whole array. np.where and np.maximum decide for each number.",
    ),
    (
        "only (length-1|size-1|0-dimensional) arrays can be converted|only integer scalar arrays",
        "A single number is wanted there, and an array came. Functions of `math` take one number, NumPy's take arrays: np.exp.",
    ),
    (
        "could not be broadcast",
        "The shapes do not fit. A sum or a maximum along an axis takes that axis away; keepdims=True keeps it, with length 1.",
    ),
    ("matmul: ", "In A @ B, the last axis of A must be as long as the last but one of B: (n, k) @ (k, m)."),
    ("NameError: name 'np' is", "Run `import numpy as np` first."),
    ("NameError: ", "Python does not know this name here. Is it spelt as where it was made, and was that cell run?"),
    ("RecursionError", "The function calls itself, and nothing makes it stop."),
)


@dataclass(frozen=True)
class Failure:
    """An error as text: the name of its class, and what to show."""

    name: str
    text: str


def failure(error, watch):
    """Describe an error, with the frames of the reader alone: ours and the libraries' are left out."""
    name = type(error).__name__
    places = [place for place in traceback.walk_tb(error.__traceback__) if _is_the_readers(place[0].f_code.co_filename)]
    stations = [_station(frame, number) for frame, number in places[: SHOWN // 2]]
    if len(places) > SHOWN:
        stations.append(f"  ... {len(places) - SHOWN} calls more ...")
    stations += [_station(frame, number) for frame, number in places[SHOWN // 2 :][-SHOWN // 2 :]]
    said = _said(error, watch)
    tip = next((tip for words, tip in TIPS if re.search(words, f"{name}: {said}")), "")
    return Failure(name, "\n".join([*stations, f"  {name}: {said}" if said else f"  {name}", *([tip] if tip else [])]))


def _said(error, watch):
    """Return the message of an error, unless the error cannot even tell it."""
    try:
        said = str(watch.call(str, error))
    # Whatever the reader's own __str__ does, the error itself is still told by its name.
    except BaseException:
        return ""
    return without_addresses("\n  ".join(said[:300].splitlines()[:5]))


def without_addresses(text):
    """Return text without addresses in memory, which differ from run to run."""
    return re.sub(r" at 0x[0-9a-fA-F]+", "", text)


def _is_the_readers(name):
    return not name.endswith(".pyx") and not name.startswith(("<frozen", _OURS, *_LIBRARIES))


def _station(frame, number):
    """Return where a frame is: its function and line, and the line marked between its neighbours."""
    code = frame.f_code
    where = f"  in {code.co_name}, line {number}:"
    lines = linecache.getlines(code.co_filename, frame.f_globals)
    if not 0 < number <= len(lines):
        return where.rstrip(":")  # typed at a plain prompt, which keeps no text
    end = max((line for *_, line in code.co_lines() if line), default=number)
    first, last = max(number - 1, code.co_firstlineno), min(number + 1, max(end, number), len(lines))
    shown = [f"  {'→' if n == number else ' '} {n:>4}  {_cut(lines[n - 1].rstrip())}" for n in range(first, last + 1)]
    return "\n".join([where, *shown])


def _cut(line):
    return line if len(line) <= WIDTH else line[: WIDTH - 3] + "..."
