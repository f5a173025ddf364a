"""Questions: the mechanism, and what every question of the book must have."""

import itertools

import pytest
from ipywidgets import HTML, Button, FloatText, RadioButtons, Stack

from nnlearn.explore.quiz import Answer, Near, NumericQuestion, Predict, Question, Quiz
from tests.test_explorer import MODULES, find


def book_questions():
    """Return every question that a module of explorers declares, once."""
    found = {}
    for value in itertools.chain.from_iterable(vars(module).values() for module in MODULES):
        for question in value.questions if isinstance(value, Quiz) else [value]:
            if isinstance(question, (Question, NumericQuestion)):
                found[id(question)] = question
    return list(found.values())


QUESTIONS = book_questions()
TWO = [Answer("one", "feedback for one"), Answer("two", "feedback for two", correct=True)]


def test_the_books_questions_are_found():
    assert len(QUESTIONS) >= 15
    assert any(isinstance(question, Predict) for question in QUESTIONS)


def test_ids_are_unique():
    ids = [question.id for question in QUESTIONS]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_every_answer_has_feedback_of_its_own(question):
    choice = question.as_choice() if isinstance(question, NumericQuestion) else question
    assert len(choice.answers) >= 3
    feedback = [answer.feedback for answer in choice.answers]
    assert len(set(feedback)) == len(feedback)
    assert all(len(text) >= 30 and text.endswith((".", ")")) for text in feedback)
    assert len({answer.text for answer in choice.answers}) == len(choice.answers)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_the_right_answer_does_not_stand_out_by_its_length(question):
    if isinstance(question, NumericQuestion):
        return
    longest_wrong = max(len(answer.text) for answer in question.answers if not answer.correct)
    assert len(question.right.text) <= 1.15 * longest_wrong + 5


def test_picking_the_longest_or_a_fixed_place_does_not_pay():
    questions = [question for question in QUESTIONS if isinstance(question, Question)]
    longest = sum(max(q.answers, key=lambda answer: len(answer.text)).correct for q in questions)
    assert longest <= len(questions) / 2
    for place in range(3):
        assert sum(q.answers[place].correct for q in questions) <= 0.7 * len(questions)


def test_a_choice_shows_the_feedback_that_belongs_to_it():
    question = Question("Which?", TWO, id="t")
    widget = question.widget()
    (choices,), (stack,) = find(widget, RadioButtons), find(widget, Stack)
    assert choices.value is None and stack.selected_index is None
    assert len(stack.children) == len(choices.options) == 2
    for place, answer in enumerate(question.answers):
        assert answer.feedback in stack.children[place].value
    wrong, right = (child.value for child in stack.children)
    assert "Not quite." in wrong and "Show the right answer" in wrong and "feedback for two" in wrong
    assert "Right." in right and "Show the right answer" not in right


def test_text_never_becomes_markup_but_code_and_emphasis_do():
    question = Question(
        "Is `a < b` *really* <b>bold</b>?",
        [Answer("`x` & <i>y</i>", "see <script>", correct=True), Answer("2 * 3 * 4", "no")],
        id="t",
    )
    widget = question.widget()
    page = " ".join(html.value for html in find(widget, HTML))
    assert "<b>" not in page and "<script>" not in page and "<i>" not in page
    assert "<code>a &lt; b</code>" in page and "<em>really</em>" in page
    assert find(widget, RadioButtons)[0].options[0][0] == "x & <i>y</i>"
    assert find(widget, RadioButtons)[0].options[1][0] == "2 * 3 * 4"


def test_the_plain_text_holds_the_answers_and_not_the_solution():
    quiz = Quiz([Question("Which?", TWO, id="t"), Predict("And now?", TWO, id="p")], id="q")
    assert str(quiz) == "Question: Which?\n  a) one\n  b) two\n\nPredict: And now?\n  a) one\n  b) two"


def test_what_a_question_must_have():
    with pytest.raises(ValueError, match="exactly one that is correct"):
        Question("?", [TWO[0], TWO[0]], id="t")
    with pytest.raises(ValueError, match="at least two, got 1"):
        Question("?", [TWO[1]], id="t")


NEAR = [Near(0, "You subtracted."), Near(22, "Side by side.")]
NUMERIC = NumericQuestion("2 + 2?", 4, "Two and two.", NEAR, tolerance=0.1, id="n")


def test_a_numeric_question_is_a_choice_by_size_in_a_page():
    assert [answer.text for answer in NUMERIC.as_choice().answers] == ["0", "4", "22"]
    assert NUMERIC.as_choice().right.feedback == "Two and two."


@pytest.mark.parametrize(
    ("number", "right", "words"),
    [(4.05, True, "Two and two."), (0, False, "You subtracted."), (3, False, "too small"), (5, False, "too large")],
)
def test_a_numeric_question_checks_what_is_typed(number, right, words):
    assert NUMERIC.check(number)[0] is right and words in NUMERIC.check(number)[1]
    widget = NUMERIC.widget(live=True)
    find(widget, FloatText)[0].value = number
    find(widget, Button)[0].click()
    assert words in find(widget, HTML)[-1].value


@pytest.mark.parametrize(("mode", "kind"), [("live", FloatText), ("recorded", RadioButtons)])
def test_a_quiz_types_numbers_in_a_kernel_and_chooses_them_in_a_page(monkeypatch, mode, kind):
    monkeypatch.setenv("NNLEARN_EXPLORERS", mode)
    assert len(find(Quiz([NUMERIC], id="q").widget(), kind)) == 1


def test_a_numeric_question_needs_numbers_that_can_be_told_apart():
    with pytest.raises(ValueError, match="more than two tolerances apart"):
        NumericQuestion("?", 1, "yes", [Near(1.1, "no")], tolerance=0.1, id="n")
