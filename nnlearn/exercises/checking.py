"""The checker: from "was it tried at all" over form and value to "which well-known slip is this"."""

import dis
import inspect
import types
from functools import cache

import numpy as np

from nnlearn.exercises.diagnosis import close, pattern
from nnlearn.exercises.frames import without_addresses
from nnlearn.exercises.result import Result
from nnlearn.exercises.running import TimedOut, Watch, kind_of, run, steps
from nnlearn.exercises.standard import standard

#: The form of an answer is looked at in this order, and before its values.
STAGES = ("error", "none", "type", "dtype", "shape", "finite", "changed", "state", "value")

FILL_IN = "Fill in the function, run its cell, and check again."


def check_answer(exercise, answer, seed=0):
    """Return the `Result` of checking a reader's function; nothing that the reader wrote makes this raise."""
    try:
        with Watch() as watch:
            return Check(exercise, answer, seed, watch).result()
    except Exception as error:
        said = without_addresses(f"{type(error).__name__}: {error}")
        return Result(exercise.id, "fault", f"{said}\nPlease report it, together with your function.")


class Check:
    """One answer on its way through the stages; each stage returns a `Result`, or None if there is nothing to say."""

    def __init__(self, exercise, answer, seed, watch):
        self.exercise, self.answer, self.seed, self.watch = exercise, answer, seed, watch
        self.place = -1

    def result(self):
        """Return the first verdict that a stage comes to."""
        if not_attempted(self.exercise, self.answer):
            return self._say("not attempted", FILL_IN)
        for stage in (self._signature, self._run, self._unchanged_starter, self._misconception, self._problem, self._loop):
            if (found := stage()) is not None:  # by `is`, because a result that is not "ok" counts as false
                return found
        return self._say("ok")

    def _say(self, kind, message="", detail="", section=None):
        link = self.exercise.link(section) if section else ""
        return Result(self.exercise.id, kind, message, link, detail)

    # ---- Before anything runs

    def _signature(self):
        names, answer = self.exercise.names, self.answer
        if not callable(answer):
            brackets = "" if isinstance(answer, str) else " Is there a pair of brackets too many behind its name?"
            return self._say(
                "contract",
                f"Give the function itself, as in check({self.exercise.id!r}, my_function). You gave {kind_of(answer)}.{brackets}",
                "signature",
            )
        try:
            signature = self.watch.call(inspect.signature, answer)
        except Exception:
            return None  # some built-in functions do not tell their signature
        try:
            signature.bind(*names)
        except TypeError:
            return self._say(
                "contract",
                f"The function must take {_arguments(names)}; yours takes {_arguments(tuple(signature.parameters))}.",
                "signature",
            )
        return None

    def _run(self):
        """Make the cases, and what is right for each: an error there is the checker's own. Then run the answer on them."""
        self.standard = standard(self.exercise, self.seed)
        self.cases, self.expected, self.form = self.standard.cases, self.standard.expected, self.standard.form
        try:
            self._run_all()
        except TimedOut:
            return self._timed_out()
        return None

    def _run_all(self):
        self.runs = []
        for place, arguments in enumerate(self.cases):
            self.place = place
            self.runs.append(run(self.watch, self.answer, arguments, self.exercise.names, self.form))
            error = self.runs[-1].error
            if error and error.name == "KeyboardInterrupt":
                self.runs = [self.runs[-1]] * len(self.cases)  # whoever interrupts it does not want the rest
                return
        # A second time, in the other order: a function that remembers earlier calls now gives something else.
        again = [run(self.watch, self.answer, case, self.exercise.names, self.form) for case in reversed(self.cases)]
        self.again = again[::-1]

    def _timed_out(self):
        shown = self._arguments(self.cases[self.place])
        return self._say(
            "timed out",
            "It was stopped. Is there a loop whose condition never becomes false, or that goes over far too much?\n\n"
            f"The case that it was working on:\n{shown}",
        )

    # ---- When it has run

    def _unchanged_starter(self):
        """Whether the answer still does what the starter does, in other words (if the starter does anything)."""
        theirs = self.standard.starter
        errors = {outcome.error.name for outcome in self.runs if outcome.error}
        if errors == {"NotImplementedError"} or all(outcome.returned == "..." for outcome in self.runs):
            return self._say("not attempted", FILL_IN)
        if all(outcome.parts for outcome in theirs) and self._same_as(theirs):
            return self._say("not attempted", "Your function still gives what it gave at the start. Change it, and check again.")
        return None

    def _misconception(self):
        """The misconception that gives what the reader's function gave.

        In every case, or else in every case in which the reader's function gives numbers: somebody can make two
        mistakes at once, one of them in the cases that overflow.
        """
        if not any(self._stage(place) for place in range(len(self.cases))):
            return None
        for same in (self._same_as, self._same_where_finite):
            for misconception, runs in zip(self.exercise.misconceptions, self.standard.misconceptions, strict=True):
                if same(runs):
                    return self._say("misconception", misconception.message, section=misconception.section)
        return None

    def _same_as(self, others):
        return any(outcome.parts for outcome in self.runs) and all(
            _same_outcome(a, b, self.exercise.tolerance) for a, b in zip(self.runs, others, strict=True)
        )

    def _same_where_finite(self, others):
        finite = [place for place, outcome in enumerate(self.runs) if _finite(outcome)]
        return any(self._stage(place) == "value" for place in finite) and all(
            _same_outcome(self.runs[place], others[place], self.exercise.tolerance) for place in finite
        )

    def _problem(self):
        """What is wrong with the form or the values, shown by the smallest case that has the earliest problem."""
        found = {place: stage for place in range(len(self.cases)) if (stage := self._stage(place))}
        if not found:
            return None
        place = min(found, key=lambda place: (STAGES.index(found[place]), _size(self.cases[place]), place))
        stage, outcome = found[place], self.runs[place]
        if stage == "error":
            return self._say("error", outcome.error.text + self._shown(place, "This happened in the case:", result=False))
        if stage == "value":
            wrong = [other for other, what in found.items() if what == "value"]
            return self._say("wrong", self._pattern(wrong) + self._shown(place, "The smallest case that fails:"))
        message = getattr(self, f"_say_{stage}")(place)
        return self._say("contract", message + self._shown(place, "The smallest case that fails:"), stage)

    def _stage(self, place):
        """Return the first stage at which a case is not right, or ""."""
        outcome, right = self.runs[place], self.expected[place]
        if outcome.error:
            return "error"
        if outcome.returned in ("None", "..."):
            return "none"
        if outcome.parts is None:
            return "type"
        pairs = [(outcome.parts[label], right.parts[label].value) for label in self.form.labels]
        if any(part.value is None for part, _ in pairs):
            return "dtype" if all(part.dtype for part, _ in pairs if part.value is None) else "type"
        if any(part.value.shape != value.shape for part, value in pairs):
            return "shape"
        if any(np.isfinite(value).all() and not np.isfinite(part.value).all() for part, value in pairs):
            return "finite"
        if outcome.changed:
            return "changed"
        if not _same_outcome(outcome, self.again[place], 1e-9):
            return "state"
        if not all(close(part.value, value, self.exercise.tolerance) for part, value in pairs):
            # 16 bits hold three digits: the values are not wrong, there is too little of them.
            rough = all(close(part.value, value, 5e-3) for part, value in pairs)
            return "dtype" if rough and any(part.dtype == "float16" for part, _ in pairs) else "value"
        return ""

    def _loop(self):
        """Whether it goes through the numbers one by one where that was not asked."""
        if not self.exercise.vectorised:
            return None
        smallest, largest = min(self.cases, key=_size), max(self.cases, key=_size)
        try:
            few, many = (steps(self.watch, self.answer, case) for case in (smallest, largest))
        except TimedOut:
            return self._timed_out()
        if many - few < len(largest[0]) - len(smallest[0]):
            return None
        return self._say(
            "contract",
            "The values are right, but the function goes through the numbers one after the other in Python. NumPy does it for "
            "all at once, and many times faster: use the whole array as if it were one number.",
            "loop",
        )

    # ---- Words

    def _say_none(self, place):
        printed = " It printed something: printing shows a value, `return` gives it back." if self.runs[place].printed else ""
        return f"The function returned None. Is there a `return` on every way through it?{printed}"

    def _say_type(self, place):
        labels, returned = self.form.labels, self.runs[place].returned
        if self.runs[place].parts is not None:
            label, part = self._first(place, lambda part, _: part.value is None)
            return f"{_in(label)}The function must return numbers; it returned {part.returned}."
        if self.form.kind == "dict":
            return f"The function must return a dict with the keys {', '.join(map(repr, labels))}; it returned {returned}."
        return f"The function must return {len(labels)} results, as in `return a, b`; it returned {returned}."

    def _say_dtype(self, place):
        label, part = self._first(place, lambda part, _: part.value is None or part.dtype == "float16")
        if part.dtype == "float16":
            return f"{_in(label)}The values are right to three digits. float16 holds no more: use float32 or float64."
        more = " Multiply by 1.0, or use np.where, to get 1 and 0." if part.dtype == "bool" else ""
        return f"{_in(label)}The function must return real numbers; it returned {part.returned} (dtype {part.dtype}).{more}"

    def _say_shape(self, place):
        right = self.expected[place].parts
        label, part = self._first(place, lambda part, value: part.value.shape != value.shape)
        wanted, came = right[label].value.shape, part.value.shape
        more = ""
        if came == ():
            more = " It is a single number."
        elif len(came) > 1 and came == wanted[::-1]:
            more = " Those are the same two the other way round: is something transposed?"
        elif part.value.size == right[label].value.size:
            more = " The number of entries is right: is there an axis of length 1 too many, or too few?"
        return f"{_in(label)}The result must have the shape {wanted}, it has {came}.{more}"

    def _say_finite(self, place):
        label, part = self._first(place, lambda part, _: not np.isfinite(part.value).all())
        what = "nan" if np.isnan(part.value).any() else "inf"
        return (
            f"{_in(label)}The result holds {what} where a finite number is right. Is something divided by 0, or an exponential "
            "too large?"
        )

    def _say_changed(self, place):
        return f"The function changed its input {self.runs[place].changed[0]}. Work on a new array: `z = z * 2`, not `z *= 2`."

    def _say_state(self, place):
        return "The second call with the same input gave something else. A function must not remember earlier calls, or use chance."

    def _first(self, place, wrong):
        """Return (label, part) of the first result of a case that is wrong."""
        parts, right = self.runs[place].parts, self.expected[place].parts
        return next((label, parts[label]) for label in self.form.labels if wrong(parts[label], right[label].value))

    def _pattern(self, wrong):
        """What all cases with wrong values have in common, in the first result that is wrong."""
        tolerance = self.exercise.tolerance

        def differs(place, label):
            return not close(self.runs[place].parts[label].value, self.expected[place].parts[label].value, tolerance)

        def pair(place):
            return self.expected[place].parts[label].value, self.runs[place].parts[label].value, self.cases[place]

        label = next(label for label in self.form.labels if any(differs(place, label) for place in wrong))
        bad = [pair(place) for place in wrong if differs(place, label)]
        fine = [pair(place) for place in range(len(self.cases)) if not self._stage(place)]
        return _in(label) + pattern(bad, fine, tolerance, self.exercise.names[0])

    def _shown(self, place, head, result=True):
        """Return a case as text: inputs, what is right, what came, what was printed, and how to see it again."""
        lines = ["", "", head, self._arguments(self.cases[place])]
        outcome = self.runs[place]
        if result:
            digits = 4 if _results(self.expected[place], 4) != _results(outcome, 4) else 12
            lines.append(f"  expected: {_results(self.expected[place], digits)}")
            lines.append(f"  got:      {_results(outcome, digits)}")
        if outcome.printed.strip():
            lines.append(f"  printed:  {_indented(_short(without_addresses(outcome.printed.strip())))}")
        lines.append(f"To see the same cases again: check({self.exercise.id!r}, your_function, seed={self.seed}).")
        return "\n".join(lines)

    def _arguments(self, arguments):
        return "\n".join(
            f"  {name} = {_text(argument, len(name) + 5)}"
            for name, argument in zip(self.exercise.names, arguments, strict=True)
        )


# ---- Whether it was tried ------------------------------------------------------------------------------------------


def not_attempted(exercise, answer):
    """Whether the answer is still the starter, whatever its names are, or an empty function, or nothing at all."""
    if answer is None or answer is Ellipsis:
        return True
    if type(answer) is not types.FunctionType:
        return False
    code = _instructions(answer.__code__)
    return code in (_starters_instructions(exercise), _instructions(_empty.__code__))


@cache
def _starters_instructions(exercise):
    return _instructions(exercise.starter_function().__code__)


def _empty(z):
    pass


def _instructions(code):
    """Return what a function's code does, without names of its own variables, line numbers and docstrings."""
    found = []
    for step in dis.get_instructions(code):
        if step.opname in ("RESUME", "NOP", "CACHE"):
            continue
        if "FAST" in step.opname or "DEREF" in step.opname:
            found.append((step.opname, step.arg))
        elif isinstance(step.argval, types.CodeType):
            found.append((step.opname, _instructions(step.argval)))
        else:
            found.append((step.opname, repr(step.argval)))
    return tuple(found)


# ---- Outcomes ------------------------------------------------------------------------------------------------------


def _same_outcome(a, b, tolerance):
    """Whether two runs gave the same: the same error, or the same numbers."""
    if a.error or b.error:
        return bool(a.error and b.error and a.error.name == b.error.name)
    if not a.parts or not b.parts or a.parts.keys() != b.parts.keys():
        return a.parts is b.parts and a.returned == b.returned
    return all(_same_part(a.parts[label].value, b.parts[label].value, tolerance) for label in a.parts)


def _same_part(x, y, tolerance):
    if x is None or y is None or x.shape != y.shape:
        return x is y
    finite = np.isfinite(x)
    if finite.all():
        return close(y, x, tolerance)
    return np.array_equal(x[~finite], y[~finite], equal_nan=True) and close(y[finite], x[finite], tolerance)


def _finite(outcome):
    return bool(outcome.parts) and all(
        part.value is not None and np.isfinite(part.value).all() for part in outcome.parts.values()
    )


def _size(arguments):
    return sum(int(np.size(argument)) for argument in arguments)


# ---- Words ---------------------------------------------------------------------------------------------------------


def _text(value, indent=12, digits=4):
    # 0.0000001 is written 1e-07 and not 0.0: that it is not 0 may be the very thing to see.
    tiny = isinstance(value, np.ndarray) and bool(((value != 0) & (np.abs(value) < 5e-5)).any())
    with np.printoptions(precision=digits, suppress=digits == 4 and not tiny, threshold=40, linewidth=90):
        if isinstance(value, (float, np.ndarray)) and np.ndim(value) == 0:
            text = f"{float(value):.{max(digits, 6)}g}"
        else:
            text = str(value)
    return _indented(_short(text), indent)


def _results(outcome, digits):
    if outcome.parts is None:
        return outcome.returned
    texts = {
        label: part.returned if part.value is None else _text(part.value, digits=digits) for label, part in outcome.parts.items()
    }
    return "\n            ".join(f"{label} = {text}" if label else text for label, text in texts.items())


def _short(text, most=400):
    return text if len(text) <= most else text[: most - 3] + "..."


def _indented(text, indent=12):
    return text.replace("\n", "\n" + " " * indent)


def _in(label):
    return f"In {label}: " if label else ""


def _arguments(names):
    if not names:
        return "none"
    return f"{len(names)} argument{'s' if len(names) > 1 else ''} ({', '.join(names)})"
