"""The checker: from "was it tried at all" over form and value to "which well-known slip is this"."""

import inspect
import linecache
import traceback

import numpy as np

from nnlearn.exercises.result import Result
from nnlearn.exercises.running import OutOfTime, run, time_budget


def check_answer(exercise, answer, seed=0):
    """Return the `Result` of checking a reader's function; nothing that the reader wrote makes this raise."""
    if not_attempted(exercise, answer):
        return Result(exercise.id, "not attempted", "Fill in the function, run its cell, and check again.")
    form = _form_of(exercise, answer)
    if form:
        return Result(exercise.id, "contract", form)
    try:
        cases = exercise.cases(np.random.default_rng(seed))
        expected = [_expected(exercise, arguments) for arguments in cases]
    except Exception as error:
        return Result(exercise.id, "fault", f"{type(error).__name__}: {error}")
    try:
        with time_budget():
            runs = [run(answer, arguments, exercise.names) for arguments in cases]
            again = run(answer, cases[-1], exercise.names)
    except OutOfTime:
        return Result(
            exercise.id, "timed out", "It ran for two seconds without an end. Look at the conditions of your loops."
        )
    return _judge(exercise, cases, expected, runs, again, seed)


def not_attempted(exercise, answer):
    """Whether the answer is still the starter: the same code, or nothing at all."""
    if answer is None or answer is Ellipsis:
        return True
    code, start = getattr(answer, "__code__", None), exercise.starter_function().__code__
    return code is not None and (code.co_code, _constants(code)) == (start.co_code, _constants(start))


def _constants(code):
    """Return a function's constants and names, without its docstring's place in them."""
    return tuple(repr(c) for c in code.co_consts if not isinstance(c, str)), code.co_names, code.co_varnames


def _form_of(exercise, answer):
    """Return what is wrong with the form of the answer, before it is called."""
    if not callable(answer):
        return f"Give the function itself, as in check({exercise.id!r}, my_function). You gave {_named(answer)}."
    try:
        inspect.signature(answer).bind(*exercise.names)
    except TypeError as error:
        return f"The function must take {len(exercise.names)} arguments, ({', '.join(exercise.names)}): {error}."
    except ValueError:
        return ""  # some built-in functions do not tell their signature
    return ""


def _expected(exercise, arguments):
    outcome = run(exercise.reference, arguments, exercise.names)
    if outcome.error is not None:
        raise outcome.error
    return np.asarray(outcome.value)


def _judge(exercise, cases, expected, runs, again, seed):
    failing = [
        (place, kind, message)
        for place, (arguments, right, got) in enumerate(zip(cases, expected, runs, strict=True))
        if (found := _problem(exercise, right, got))
        for kind, message in [found]
    ]
    if not failing:
        if _problem(exercise, expected[-1], again):
            return Result(
                exercise.id, "contract",
                "The second call with the same input gave something else. A function must not remember earlier calls.",
            )  # fmt: skip
        return Result(exercise.id, "ok")
    known = _known_misconception(exercise, cases, runs)
    if known is not None:
        return Result(exercise.id, "misconception", known.message, exercise.link(known.section))
    place, kind, message = min(failing, key=lambda item: (_size(cases[item[0]]), item[0]))
    if kind == "wrong" and len({message for _, kind, message in failing if kind == "wrong"}) > 1:
        message = "The values differ."  # what one case looks like is no pattern unless all look like it
    if kind != "error":
        message = f"{message}\n\n{_shown_case(exercise, cases[place], expected[place], runs[place], seed)}"
    return Result(exercise.id, kind, message)


def _problem(exercise, right, got):
    """Return (kind, message) for one case, or None if it is right. Form comes before value."""
    if got.error is not None:
        return "error", _readers_traceback(got.error)
    if got.value is None:
        return "contract", "The function returned None. Is there a `return` at its end?"
    value = _as_array(got.value)
    if value is None:
        return "contract", f"The function must return numbers, it returned {_named(got.value)}."
    if value.shape != right.shape:
        return "contract", f"The result must have the shape {right.shape}, it has {value.shape}."
    if not np.isfinite(value).all() and np.isfinite(right).all():
        return "contract", "The result holds nan or inf where a finite number is right."
    if got.changed:
        return "contract", f"The function changed its input {got.changed[0]}. Work on a new array."
    if not close(value, right, exercise.tolerance):
        return "wrong", _seen_in_the_error(value, right, exercise.tolerance)
    return None


def close(value, right, tolerance):
    """Whether two arrays of the same shape agree by norm. Written so that a nan never passes."""
    scale = max(float(np.linalg.norm(right)), 1e-12)
    return bool(float(np.linalg.norm(value - right)) <= tolerance * scale)


def _as_array(value):
    """Return what a reader's function gave as an array of real numbers, or None."""
    try:
        array = np.asarray(value)
    except Exception:
        return None
    return array.astype(float) if array.dtype.kind in "iuf" else None


def _known_misconception(exercise, cases, runs):
    """Return the misconception that gives what the reader's function gave, in every case."""
    for misconception in exercise.misconceptions:
        theirs = [run(misconception.function, arguments, exercise.names) for arguments in cases]
        if all(_same_outcome(a, b, exercise.tolerance) for a, b in zip(theirs, runs, strict=True)):
            return misconception
    return None


def _same_outcome(a, b, tolerance):
    if a.error is not None or b.error is not None:
        return type(a.error) is type(b.error)
    x, y = _as_array(a.value), _as_array(b.value)
    if x is None or y is None or x.shape != y.shape:
        return False
    finite = np.isfinite(x)
    if not np.array_equal(finite, np.isfinite(y)):
        return False
    return close(y[finite], x[finite], tolerance)


def _seen_in_the_error(value, right, tolerance):
    """Say what the difference looks like, where it looks like something."""
    if close(-value, right, tolerance):
        return "The sign is the wrong way round, everything else is right."
    norm = float(np.sum(value * value))
    if norm > 0:
        factor = float(np.sum(value * right)) / norm
        if close(factor * value, right, tolerance):
            return f"Every number is off by the same factor: multiplied by {factor:.4g} it would be right."
    if value.ndim == 2 and value.shape[0] == value.shape[1] and close(value.T, right, tolerance):
        return "Rows and columns are swapped: the transpose would be right."
    if value.size > 1 and close(value - np.mean(value - right), right, tolerance):
        gap = float(np.mean(value - right))
        return f"Every number is too {'large' if gap > 0 else 'small'} by {abs(gap):.4g}."
    return "The values differ."


def _shown_case(exercise, arguments, right, got, seed):
    lines = ["The smallest case that fails:"]
    with np.printoptions(precision=4, suppress=True, threshold=40):
        lines += [f"  {name} = {_text(argument)}" for name, argument in zip(exercise.names, arguments, strict=True)]
        lines.append(f"  expected: {_text(right)}")
        lines.append(f"  got:      {_text(got.value)}")
    lines.append(f"To see the same cases again: check({exercise.id!r}, your_function, seed={seed}).")
    return "\n".join(lines)


def _text(value):
    if _as_array(value) is None:
        return _named(value)
    text = str(value.tolist() if isinstance(value, np.ndarray) and value.ndim == 0 else value)
    text = text if len(text) <= 400 else text[:397] + "..."
    return text.replace("\n", "\n             ")


def _readers_traceback(error):
    """Return the error and the reader's own lines on the way to it; ours and the libraries' are left out."""
    ours = __file__.rsplit("/", 1)[0].rsplit("\\", 1)[0]
    lines = []
    for frame, number in traceback.walk_tb(error.__traceback__):
        name = frame.f_code.co_filename
        if name.startswith(ours) or "site-packages" in name or "/lib/python" in name or name.startswith("<frozen"):
            continue
        source = linecache.getline(name, number).strip()
        lines.append(f"  in {frame.f_code.co_name}, line {number}:  → {source}")
    message = str(error)
    return "\n".join([*lines, f"  {type(error).__name__}" + (f": {message[:300]}" if message else "")])


def _size(arguments):
    return sum(int(np.size(argument)) for argument in arguments)


def _named(value):
    """Describe what a reader gave without the address in memory that `repr` can hold."""
    return f"{value!r}"[:60] if isinstance(value, (int, float, str, complex, bool)) else f"a {type(value).__name__}"
