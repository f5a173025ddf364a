"""Exercises that check themselves: `check(id, answer)`, `hint(id)`, `solution(id)`, `progress()`.

The checker runs the reader's own function in the reader's own Python. It is no sandbox and does not try to be one, and
the solutions are hidden to spare the reader, not from the reader.
"""

import difflib
from dataclasses import replace

from nnlearn.exercises import (
    activations,
    adaptive_rates,
    backpropagation,
    beyond,
    descent,
    digits,
    initialization,
    losses,
    momentum,
    network,
    neuron,
    relu_example,
    sigmoid_example,
    softmax_example,
    spam,
    whole_network,
)
from nnlearn.exercises.checking import check_answer
from nnlearn.exercises.progress_file import Progress, ProgressError
from nnlearn.exercises.result import HEADINGS, Advice, Result, Table, Text

__all__ = [
    "EXERCISES", "ProgressError", "Result", "all_links", "check", "export_progress", "grade", "hint", "import_progress",
    "progress", "solution", "starter",
]  # fmt: skip

#: The chapters in the order of the book.
CHAPTERS = (
    neuron,
    network,
    activations,
    losses,
    backpropagation,
    sigmoid_example,
    relu_example,
    softmax_example,
    whole_network,
    descent,
    momentum,
    adaptive_rates,
    initialization,
    spam,
    digits,
    beyond,
)
EXERCISES = {exercise.id: exercise for chapter in CHAPTERS for exercise in chapter.EXERCISES}

_hints_given: dict[str, int] = {}
_progress = Progress()


def check(id, answer=None, *, seed=0):
    """Check an answer and say what is right or wrong with it: check("03-sigmoid", my_sigmoid).

    The result counts as true if the answer is correct. Whatever the answer does, this does not raise; it raises for an
    unknown id. `seed` chooses the random cases.
    """
    exercise = _find(id)
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise ValueError(f"seed must be a whole number, 0 or larger, got {seed!r}")
    result = check_answer(exercise, answer, seed)
    if result.kind not in ("not attempted", "fault"):
        known = _progress.note
        _progress.record(id, result.kind)
        if _progress.note != known:  # said once, when it happens; progress() says it again
            return replace(result, note=_progress.note)
    return result


def grade(id, answer, *, seeds=(0,)):
    """Check an answer for somebody who grades it: with the random cases of each seed, and without a trace in anybody's progress.

    Raises AssertionError with the checker's words where the answer is not right, and RuntimeError where the checker itself fails,
    so that a fault of ours costs nobody a point.
    """
    exercise = _find(id)
    for seed in seeds:
        result = check_answer(exercise, answer, seed)
        if result.kind == "fault":
            raise RuntimeError(str(result))
        if not result.ok:
            raise AssertionError(str(result))


def hint(id):
    """Return the next hint for an exercise: a nudge, then the rule, then nearly the code; then from the start."""
    exercise = _find(id)
    given = _hints_given.get(id, 0) % len(exercise.hints)
    _hints_given[id] = given + 1
    chosen, last = exercise.hints[given], given + 1 == len(exercise.hints)
    link = exercise.link(chosen.section) if chosen.section else ""
    tail = f"That was the last one; solution({id!r}) shows an answer." if last else ""
    return Advice(f"Hint {given + 1} of {len(exercise.hints)}", chosen.text, link, tail)


def solution(id):
    """Return a right answer as code."""
    return Text(_find(id).solution())


def starter(id):
    """Return the code that an exercise begins with."""
    return Text(_find(id).starter)


def progress():
    """Return a table of the book's exercises, with links, and of how the last check of each went."""
    verdicts = _progress.all()
    rows = [
        (
            "✓" if verdicts.get(id) == "ok" else "",
            id,
            exercise.title,
            HEADINGS.get(verdicts.get(id, ""), ""),
            exercise.link(f"exercise-{id}"),
        )
        for id, exercise in EXERCISES.items()
    ]
    done = sum(verdicts.get(id) == "ok" for id in EXERCISES)
    return Table(("", "exercise", "title", "last check"), rows, f"{done} of {len(EXERCISES)} solved.", _progress.note)


def all_links():
    """Return the links of all exercises, hints and messages: pages of the book with their anchors, in order."""
    return sorted(set().union(*(exercise.links() for exercise in EXERCISES.values())))


def export_progress(path):
    """Write your progress to a file, to take it to another machine."""
    _progress.export(path)


def import_progress(path):
    """Add the progress from an exported file to yours. Raises ProgressError if it is no such file."""
    _progress.import_from(path)


def _find(id):
    if not isinstance(id, str):
        raise TypeError(f"id must be an exercise's name in quotation marks, such as '03-sigmoid', got {type(id).__name__}")
    if id not in EXERCISES:
        near = difflib.get_close_matches(id, EXERCISES, n=3, cutoff=0.3)
        raise ValueError(f"no exercise {id!r}; {'near it: ' + ', '.join(near) if near else 'progress() lists them all'}")
    return EXERCISES[id]
