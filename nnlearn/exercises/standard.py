"""What an answer is held to: the cases of one seed, what is right for each, and what the starter and the misconceptions give."""

from functools import cached_property, lru_cache

import numpy as np

from nnlearn.exercises.running import Form, Screen, Unlimited, run, silence

#: Our own functions have all the time that they need; the reader's may have left them none.
UNLIMITED = Unlimited()


class Standard:
    """All that can be known of an exercise's cases before a reader's function runs.

    Nothing in it is the reader's, and a reader's function only ever gets copies of it; so it serves for the next answer, too.
    """

    def __init__(self, exercise, seed):
        self.exercise = exercise
        self.cases = exercise.cases(np.random.default_rng(seed))
        self.expected = [right_outcome(exercise, arguments) for arguments in self.cases]
        with silence(Screen()):
            self.form = Form.of(exercise.reference(*self.cases[0]))

    @cached_property
    def starter(self):
        """The runs of the unchanged starter, a `Run` for each case."""
        return self._runs(self.exercise.starter_function())

    @cached_property
    def misconceptions(self):
        """The runs of each misconception, in their order."""
        return [self._runs(misconception.function) for misconception in self.exercise.misconceptions]

    def _runs(self, function):
        return [run(UNLIMITED, function, case, self.exercise.names, self.form) for case in self.cases]


@lru_cache(maxsize=8)
def standard(exercise, seed):
    """Return the `Standard` of an exercise and a seed; those that were asked for last are kept."""
    return Standard(exercise, seed)


def right_outcome(exercise, arguments):
    """Return the `Run` of the reference; an error in it is the checker's fault, and raised."""
    outcome = run(UNLIMITED, exercise.reference, arguments, exercise.names)
    if outcome.error or not outcome.parts or any(part.value is None for part in outcome.parts.values()):
        raise RuntimeError(f"the reference gave {outcome.error.text.strip() if outcome.error else outcome.returned}")
    return outcome
