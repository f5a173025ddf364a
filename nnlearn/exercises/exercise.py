"""An exercise is declared once: what is asked, what is right, what tempts, and what helps."""

import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

import nnlearn
from nnlearn.exercises import links


@dataclass(frozen=True)
class Hint:
    """A piece of help, and the section of the chapter to read again, by the name of its anchor."""

    text: str
    section: str = ""


@dataclass(frozen=True)
class Misconception:
    """A wrong answer that tempts: a function that runs, and the message that its believer needs."""

    function: Callable
    message: str
    section: str = ""


# Told apart by which it is and not by what is in it, so that what is kept for one can be found by it, lists or not.
@dataclass(frozen=True, eq=False)
class Exercise:
    """One exercise with all that the checker, the hints and the tests need.

    - `id`: the chapter's number and a name, such as "03-sigmoid"; `title` and `task` say what is asked.
    - `starter`: the source text that the reader begins with, one function.
    - `reference`: the right function; `accepted`: other right ones of a different form, for the tests. If the reference
      returns a tuple or a dict, the answer has to return as many results, or the same keys; otherwise it is one array.
    - `cases(rng)`: a list of argument tuples, the fixed edge cases first, then random ones.
    - `hints`: a nudge, then the rule, then nearly the code.
    - `misconceptions`: each told apart from all others by at least one case.
    - `tolerance`: the largest ‖got - expected‖ / ‖expected‖ of a case that still counts as equal. An answer that computes in
      float32 throughout has to pass.
    - `vectorised`: whether a loop over the numbers, right as it is, is not what was asked. The largest case must have at
      least eight rows more than the smallest.
    """

    id: str
    title: str
    task: str
    starter: str
    reference: Callable
    cases: Callable
    hints: tuple[Hint, ...]
    misconceptions: tuple[Misconception, ...] = ()
    accepted: tuple[Callable, ...] = ()
    tolerance: float = 1e-5
    vectorised: bool = False
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "starter", textwrap.dedent(self.starter).strip() + "\n")
        object.__setattr__(self, "names", tuple(inspect.signature(self.starter_function()).parameters))

    def starter_function(self):
        """Return the starter as a function, to know what has not been changed yet."""
        return function_from(self.starter)

    def solution(self):
        """Return the source text of the reference."""
        return textwrap.dedent(inspect.getsource(self.reference))

    def link(self, section):
        """Return where a section of the exercise's chapter is, relative to the chapters' folder."""
        return links.link(self.id.split("-")[0], section)

    def links(self):
        """Return all links of the exercise: to itself, and to the sections that its hints and messages name."""
        sections = {item.section for item in (*self.hints, *self.misconceptions)} - {""}
        return {self.link(section) for section in {f"exercise-{self.id}", *sections}}


def function_from(source):
    """Return the last function that `source` defines; it may use np and nnlearn, as every chapter does."""
    namespace = {"np": np, "nnlearn": nnlearn}
    exec(compile(source, "<exercise>", "exec"), namespace)  # our own text, never the reader's
    return [value for value in namespace.values() if inspect.isfunction(value)][-1]
