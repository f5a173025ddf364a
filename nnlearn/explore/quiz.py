"""Questions that answer: each answer has feedback of its own, with a kernel and without one."""

import html
import re
from dataclasses import dataclass, field

from ipywidgets import HTML, Button, FloatText, HBox, Layout, RadioButtons, Stack, VBox, jslink

from nnlearn import _checks
from nnlearn.explore.explorer import display, mode


@dataclass(frozen=True)
class Answer:
    """One answer to choose: its text, and the feedback that tells who chose it why it is right, or tempting and wrong."""

    text: str
    feedback: str
    correct: bool = False


@dataclass(frozen=True)
class Question:
    """A question with a few answers, one of them right. Texts may use `code` and *emphasis*; all else is plain."""

    text: str
    answers: list[Answer]
    id: str = field(kw_only=True)

    kind = "Question"

    def __post_init__(self):
        if len(self.answers) < 2:
            raise ValueError(f"answers of {self.id} must be at least two, got {len(self.answers)}")
        if sum(answer.correct for answer in self.answers) != 1:
            raise ValueError(f"answers of {self.id} must hold exactly one that is correct")

    @property
    def right(self):
        """The right answer."""
        return next(answer for answer in self.answers if answer.correct)

    def feedback_html(self, answer):
        """Return what a reader gets who chose `answer`; a wrong one leads on to the right one behind a fold."""
        verdict = "Right." if answer.correct else "Not quite."
        kind = "right" if answer.correct else "wrong"
        text = f'<p><strong class="nn-verdict-{kind}">{verdict}</strong> {_marked_up(answer.feedback)}</p>'
        if not answer.correct:
            text += (
                f"<details><summary>Show the right answer</summary><p><strong>{_marked_up(self.right.text)}</strong>. "
                f"{_marked_up(self.right.feedback)}</p></details>"
            )
        return f'<div class="nn-feedback nn-feedback-{kind}" role="status">{text}</div>'

    def widget(self):
        """Return the question as a widget that works with a kernel and without one."""
        choices = RadioButtons(
            options=[(_plain(answer.text), place) for place, answer in enumerate(self.answers)],
            value=None, layout=Layout(width="100%", max_width="100%"),
        )  # fmt: skip
        feedback = Stack(
            [HTML(self.feedback_html(answer), layout=Layout(width="100%")) for answer in self.answers],
            selected_index=None, layout=Layout(width="100%"),
        )  # fmt: skip
        jslink((choices, "index"), (feedback, "selected_index"))
        box = VBox([_question_text(self), choices, feedback], layout=Layout(width="100%"))
        box.add_class("nn-question")
        return box

    def _repr_mimebundle_(self, **kwargs):
        return display(self.widget, str(self), kwargs)

    def __str__(self):
        lines = [f"{self.kind}: {_plain(self.text)}"]
        lines += [f"  {'abcdefgh'[place]}) {_plain(answer.text)}" for place, answer in enumerate(self.answers)]
        return "\n".join(lines)

    __repr__ = __str__


class Predict(Question):
    """A question to answer before an explorer is moved; its feedback says what to try and what will be seen."""

    kind = "Predict"


@dataclass(frozen=True)
class Near:
    """A wrong number that a known slip leads to, and the feedback for who gives it."""

    value: float
    feedback: str


@dataclass(frozen=True)
class NumericQuestion:
    """A question whose answer is a number.

    On a page without a kernel the reader chooses among the right number and the near ones, in order of size. In a live
    kernel (see `widget(live=True)`) the number is typed and checked: within `tolerance` of the right one is right, within
    `tolerance` of a near one gets that one's feedback, and any other is told whether it is too small or too large.
    """

    text: str
    value: float
    feedback: str
    near: list[Near]
    tolerance: float = field(kw_only=True)
    id: str = field(kw_only=True)

    kind = "Question"

    def __post_init__(self):
        _checks.positive(self.tolerance, "tolerance")
        numbers = sorted([self.value, *(near.value for near in self.near)])
        if any(b - a <= 2 * self.tolerance for a, b in zip(numbers, numbers[1:], strict=False)):
            raise ValueError(f"near of {self.id} must hold numbers more than two tolerances apart, got {numbers}")
        if not self.near:
            raise ValueError(f"near of {self.id} must hold at least one number")

    def as_choice(self):
        """Return the same question with the numbers as answers to choose among."""
        answers = [Answer(f"{self.value:g}", self.feedback, correct=True)]
        answers += [Answer(f"{near.value:g}", near.feedback) for near in self.near]
        return Question(self.text, sorted(answers, key=lambda answer: float(answer.text)), id=self.id)

    def check(self, number):
        """Return (whether `number` is right, the feedback for it)."""
        number = _checks.number(number, "number")
        if abs(number - self.value) <= self.tolerance:
            return True, self.feedback
        for near in self.near:
            if abs(number - near.value) <= self.tolerance:
                return False, near.feedback
        return False, f"Your number is too {'small' if number < self.value else 'large'}."

    def widget(self, *, live=False):
        """Return the question as a widget: to choose in, or with `live=True` to type in."""
        if not live:
            return self.as_choice().widget()
        entry = FloatText(value=0, description="number")
        button, feedback = Button(description="Check"), HTML(layout=Layout(width="100%"))

        def answer(_):
            right, words = self.check(entry.value)
            kind, verdict = ("right", "Right.") if right else ("wrong", "Not quite.")
            feedback.value = (
                f'<div class="nn-feedback nn-feedback-{kind}" role="status"><p><strong class="nn-verdict-{kind}">'
                f"{verdict}</strong> {_marked_up(words)}</p></div>"
            )

        button.on_click(answer)
        box = VBox([_question_text(self), HBox([entry, button]), feedback], layout=Layout(width="100%"))
        box.add_class("nn-question")
        return box

    def _repr_mimebundle_(self, **kwargs):
        return display(lambda: self.widget(live=mode() == "live"), str(self.as_choice()), kwargs)

    def __str__(self):
        return f"{self.kind}: {_plain(self.text)}"

    __repr__ = __str__


@dataclass(frozen=True)
class Quiz:
    """Questions one below the other."""

    questions: list
    id: str = field(kw_only=True)

    def widget(self):
        """Return all questions as one widget; numbers are typed where a kernel can check them."""
        shown = [q.widget(live=mode() == "live") if isinstance(q, NumericQuestion) else q.widget() for q in self.questions]
        box = VBox(shown, layout=Layout(width="100%"))
        box.add_class("nn-quiz")
        return box

    def _repr_mimebundle_(self, **kwargs):
        return display(self.widget, str(self), kwargs)

    def __str__(self):
        return "\n\n".join(map(str, self.questions))

    __repr__ = __str__


# ---- Helpers -----------------------------------------------------------------------------------------------------


def _question_text(question):
    name = f'<span class="nn-kind">{question.kind}</span> ' if question.kind == "Predict" else ""
    return HTML(f'<p class="nn-question-text">{name}{_marked_up(question.text)}</p>', layout=Layout(width="100%"))


def _marked_up(text):
    """Return text as HTML: everything escaped, then `code` and *emphasis* marked up."""
    text = html.escape(text, quote=False)
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", text)
    return re.sub(r"(?<!\w)\*([^*\s][^*]*)\*(?!\w)", r"<em>\1</em>", text)


def _plain(text):
    """Return text without its marks, for places that show no markup, such as the label of a radio button."""
    text = re.sub(r"`([^`]+)`", r"\1", text)
    return re.sub(r"(?<!\w)\*([^*\s][^*]*)\*(?!\w)", r"\1", text)
