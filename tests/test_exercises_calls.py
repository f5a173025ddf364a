"""What a reader calls, where its links lead, and how an exercise is declared: quickly, on an exercise or two."""

import re

import pytest

from nnlearn import exercises
from nnlearn.exercises import EXERCISES, all_links, check, grade, hint, links, progress, solution, starter
from nnlearn.exercises.exercise import Exercise, Hint, Misconception, function_from
from nnlearn.exercises.progress_file import Progress
from nnlearn.exercises.result import Result

STEP = EXERCISES["03-step"]


def right(z):
    return (z >= 0) * 1


@pytest.fixture(autouse=True)
def a_new_reader(tmp_path, monkeypatch):
    """Somebody who has solved nothing yet and asked for no hint."""
    monkeypatch.setenv("NNLEARN_PROGRESS", str(tmp_path))
    monkeypatch.setattr(exercises, "_progress", Progress())
    monkeypatch.setattr(exercises, "_hints_given", {})


# ---- check and grade -----------------------------------------------------------------------------------------------


def test_a_check_without_an_answer_and_a_seed_is_one_of_nothing_with_the_first_cases():
    assert check("03-step").kind == "not attempted"
    assert check("03-step", lambda z: z + 1).message.endswith("check('03-step', your_function, seed=0).")
    assert check("03-step", lambda z: z + 1, seed=7).message.endswith("check('03-step', your_function, seed=7).")


@pytest.mark.parametrize("seed", [-1, True, False, 1.0, "1", None])
def test_what_is_no_seed_is_refused(seed):
    with pytest.raises(ValueError) as error:
        check("03-step", right, seed=seed)
    assert str(error.value) == f"seed must be a whole number, 0 or larger, got {seed!r}"


def test_an_answer_and_seeds_stand_where_they_are_looked_for():
    with pytest.raises(TypeError):
        check("03-step", right, 0)
    with pytest.raises(TypeError):
        grade("03-step", right, (0,))
    assert check(id="03-step", answer=right).ok and grade(id="03-step", answer=right) is None


def test_only_what_was_tried_leaves_a_trace_and_the_checkers_fault_is_not_the_readers(monkeypatch):
    check("03-step")
    assert Progress().all() == {}
    monkeypatch.setattr(exercises, "check_answer", lambda exercise, answer, seed: Result(exercise.id, "fault"))
    check("03-step", right)
    assert Progress().all() == {}
    monkeypatch.undo()


def test_each_verdict_is_recorded_and_a_result_has_no_note_where_there_is_nothing_to_say():
    assert check("03-step", lambda z: z + 1).note == "" and Progress().all() == {"03-step": "wrong"}
    assert check("03-step", right).note == "" and Progress().all() == {"03-step": "ok"}


def test_what_happened_to_the_progress_is_said_with_the_check_in_which_it_happened():
    path = Progress().path
    path.write_text("{")
    first, second = check("03-step", right), check("03-step", right)
    assert first.ok and "damaged" in first.note and second.note == "" and "damaged" in progress().note


def test_grading_says_what_a_check_says():
    assert grade("03-step", right, seeds=(0, 1)) is None
    with pytest.raises(AssertionError, match="The values differ|The values are right, except") as error:
        grade("03-step", lambda z: (z > 0) * 1 + (z < -1) * 7)
    assert str(error.value) == str(check("03-step", lambda z: (z > 0) * 1 + (z < -1) * 7))
    with pytest.raises(AssertionError, match=r"seed=0\)"):
        grade("03-step", lambda z: z + 1)
    with pytest.raises(AssertionError, match=r"seed=5\)"):
        grade("03-step", lambda z: z + 1, seeds=(5, 6))


def test_grading_leaves_no_trace():
    grade("03-step", right)
    assert Progress().all() == {}


def test_a_grader_looks_at_every_seed_and_is_told_of_a_fault_of_ours_by_another_error(monkeypatch):
    asked = []

    def verdicts(exercise, answer, seed):
        asked.append(seed)
        return Result(exercise.id, {4: "fault"}.get(seed, "ok"), "oh")

    monkeypatch.setattr(exercises, "check_answer", verdicts)
    assert grade("03-step", right) is None and asked == [0]
    with pytest.raises(RuntimeError, match="The checker itself failed; this is not your fault.\noh"):
        grade("03-step", right, seeds=(2, 3, 4, 5))
    assert asked == [0, 2, 3, 4]


# ---- hint, solution, starter, progress -----------------------------------------------------------------------------


def test_hints_come_one_after_the_other_and_then_from_the_start():
    n = len(STEP.hints)
    given = [hint("03-step") for _ in range(2 * n)]
    assert [advice.head for advice in given] == 2 * [f"Hint {k} of {n}" for k in range(1, n + 1)]
    assert [advice.text for advice in given] == 2 * [one.text for one in STEP.hints]
    assert [advice.link for advice in given] == 2 * [STEP.link(one.section) if one.section else "" for one in STEP.hints]
    tails = (n - 1) * [""] + ["That was the last one; solution('03-step') shows an answer."]
    assert [advice.tail for advice in given] == 2 * tails
    assert hint("03-tanh-derivative").head.startswith("Hint 1 of "), "each exercise counts by itself"


def test_a_solution_and_a_starter_are_code_that_runs():
    assert check("03-step", function_from(str(solution("03-step")))).ok
    assert check("03-step", function_from(str(starter("03-step")))).kind == "not attempted"


def test_the_table_of_progress_says_of_each_exercise_how_its_last_check_went():
    check("03-step", right)
    check("03-relu-derivative", lambda z: z + 7)
    table = progress()
    assert table.heads == ("", "exercise", "title", "last check") and table.note == ""
    rows = {row[1]: row for row in table.rows}
    assert list(rows) == list(EXERCISES)
    assert rows["03-step"] == ("✓", "03-step", STEP.title, "Correct.", "03-activations.html#exercise-03-step")
    assert rows["03-relu-derivative"][::3] == ("", "Not quite.")
    assert rows["03-tanh-derivative"][::3] == ("", "")
    assert table.sum == f"1 of {len(EXERCISES)} solved."


def test_the_exercises_stand_in_the_order_of_the_book():
    assert list(EXERCISES) == sorted(EXERCISES, key=lambda id: id[:2]) and {id[:2] for id in EXERCISES} == set(links.CHAPTERS)


def test_all_links_are_those_of_every_exercise_once_and_in_order():
    found = all_links()
    assert found == sorted(set(found)) and {link for one in EXERCISES.values() for link in one.links()} == set(found)


# ---- Names that do not exist ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", [check, grade, hint, solution, starter], ids=lambda call: call.__name__)
def test_an_unknown_exercise_is_told_with_what_is_near_it(call):
    more = (right,) if call is grade else ()
    with pytest.raises(ValueError, match=r"^no exercise '03-sigmoi'; near it: 03-sigmoid(, [\w-]+){2}$"):
        call("03-sigmoi", *more)
    with pytest.raises(ValueError) as error:
        call("§", *more)
    assert str(error.value) == "no exercise '§'; progress() lists them all"
    with pytest.raises(TypeError) as error:
        call(3, *more)
    assert str(error.value) == "id must be an exercise's name in quotation marks, such as '03-sigmoid', got int"


# ---- How an exercise is declared -----------------------------------------------------------------------------------


def declared(**changes):
    """Return an exercise of which only what has to be said is said."""
    said = {
        "id": "03-one", "title": "One", "task": "Return 1.", "starter": "\n    def one(z, k):\n        return k\n\n",
        "reference": one, "cases": lambda rng: [], "hints": (Hint("a"), Hint("b", "relu")),
    }  # fmt: skip
    return Exercise(**{**said, **changes})


def one(z, k):
    return 1


def test_what_need_not_be_said_of_an_exercise():
    exercise = declared()
    assert (exercise.misconceptions, exercise.accepted, exercise.tolerance, exercise.vectorised) == ((), (), 1e-5, False)
    assert exercise.hints[0].section == "" and Misconception(one, "no").section == ""


def test_a_starter_is_shown_from_the_margin_and_tells_the_names_of_the_arguments():
    exercise = declared()
    assert exercise.starter == "def one(z, k):\n    return k\n" and exercise.names == ("z", "k")
    assert exercise.starter_function()(3, 4) == 4
    assert exercise.solution() == "def one(z, k):\n    return 1\n"


def test_exercises_are_told_apart_by_which_they_are():
    exercise = declared(hints=[Hint("a")])
    assert exercise == exercise and exercise != declared(hints=[Hint("a")]) and len({exercise, declared()}) == 2
    with pytest.raises(TypeError):
        declared(names=("z",))


def test_an_exercise_links_to_itself_and_to_what_its_hints_and_messages_name():
    exercise = declared(misconceptions=[Misconception(one, "no", section) for section in ("sigmoid", "relu", "")])
    page = "03-activations.html"
    assert exercise.links() == {f"{page}#exercise-03-one", f"{page}#relu", f"{page}#sigmoid"}
    assert exercise.link("tanh") == f"{page}#tanh"
    assert declared(hints=(Hint("a", "tanh"),)).links() == {f"{page}#exercise-03-one", f"{page}#tanh"}


def test_of_a_source_the_last_function_is_taken_and_it_knows_numpy_and_nnlearn():
    source = "def first():\n    return 1\n\ndef last():\n    return first(), float(np.ones(3).sum()), nnlearn.relu(-1.0)\n\nk = 3\n"
    assert function_from(source)() == (1, 3.0, 0.0)


# ---- Links ---------------------------------------------------------------------------------------------------------


def test_a_link_leads_to_a_page_or_to_a_section_of_it():
    assert links.link("03") == "03-activations.html" and links.link("03", "relu") == "03-activations.html#relu"
    with pytest.raises(LookupError) as error:
        links.link("99", "relu")
    assert str(error.value) == "CHAPTERS in nnlearn/exercises/links.py has no chapter '99'"


@pytest.mark.parametrize(
    ("link", "words", "live"),
    [
        ("03-activations.html#leaky-relu", "chapter 03, Leaky ReLU", "03-activations.ipynb#5.-Leaky-ReLU"),
        ("03-activations.html#exercise-03-step", "chapter 03, Activation functions", "03-activations.ipynb#Exercises"),
        ("03-activations.html", "chapter 03, Activation functions", "03-activations.ipynb"),
        ("06-sigmoid-example.html#sigmoid-example-forward", "chapter 06, Forward pass", "06-sigmoid-example.ipynb#2)-Forward-pass"),
    ],
)
def test_a_link_in_words_in_the_book_and_in_jupyter(link, words, live, monkeypatch):
    assert links.words(link) == words
    monkeypatch.setenv("NNLEARN_EXPLORERS", "recorded")
    assert links.href(link) == link
    monkeypatch.setenv("NNLEARN_EXPLORERS", "live")
    assert links.href(link) == live
    monkeypatch.delenv("NNLEARN_EXPLORERS")
    assert links.href(link) == live


def test_the_words_of_every_link_begin_with_a_letter():
    assert [link for link in all_links() if not re.match(r"chapter \d\d, [A-Z]", links.words(link))] == []


def test_a_chapter_is_declared_once_and_stays_as_it_is():
    for number, chapter in links.CHAPTERS.items():
        assert chapter.page.startswith(f"{number}-") and chapter.title and chapter.headings
        assert all(re.fullmatch("[a-z0-9-]+", anchor) for anchor in chapter.headings)
        with pytest.raises(AttributeError):
            chapter.page = "elsewhere"
