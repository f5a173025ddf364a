"""Small faults that no other test noticed when they were put into the package on purpose: see MUTANTS.md."""

import dataclasses

import numpy as np
import pytest

import nnlearn
from nnlearn import _checks
from nnlearn.autograd import Value
from nnlearn.exercises import exercise, frames, progress_file, running, solution, starter
from nnlearn.exercises.result import Advice, Result, Table, Text


def test_a_new_value_has_no_gradient_and_shows_its_label():
    assert Value(2.0).grad == 0
    assert repr(Value(2.0, "w")) == "Value(w = 2, grad 0)" and repr(Value(2.0)) == "Value(2, grad 0)"


def test_the_logarithm_of_a_negative_value_is_refused_in_our_words():
    with pytest.raises(ValueError, match="log needs a value above 0, got -1"):
        Value(-1.0).log()


def test_a_power_of_zero_has_no_slope_and_zero_has_a_root():
    assert (Value(2.0) ** 0).slopes == (0.0,) and (Value(0.0) ** 1.5).data == 0


def test_every_kind_of_result_has_its_mark():
    marks = {kind: str(Result("03-step", kind))[0] for kind in ("ok", "not attempted", "wrong", "error", "contract", "timed out")}
    assert marks.pop("ok") == "✓" and marks.pop("not attempted") == "·" and set(marks.values()) == {"✗"}
    assert Result("03-step", "ok") and not Result("03-step", "wrong")


def test_a_hint_without_a_link_and_a_tail_has_no_empty_lines():
    assert str(Advice("Hint 1 of 2", "Look at z.")) == "Hint 1 of 2: Look at z."
    assert Advice("Hint 1 of 2", "Look.")._repr_html_().count("<p>") == 1
    assert Advice("Hint 2 of 2", "Look.", tail="The last.")._repr_html_().endswith("<p>The last.</p></div>")


FOUND_OUT = [
    Advice, Result, Table, Text, frames.Failure, running.Form, running.Part, running.Run, exercise.Exercise, exercise.Hint,
    exercise.Misconception, nnlearn.gradcheck.GradientReport, nnlearn.gradcheck.ParameterCheck, nnlearn.worked.Example,
    nnlearn.worked.ExampleStep,
]  # fmt: skip


@pytest.mark.parametrize("kind", FOUND_OUT)
def test_what_was_found_out_or_declared_cannot_be_changed_afterwards(kind):
    for field in dataclasses.fields(kind):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(object.__new__(kind), field.name, "something else")


def test_a_solution_and_a_starter_show_themselves_as_code():
    for text in (solution("03-step"), starter("03-step")):
        assert repr(text) == str(text) and str(text).splitlines()[0].startswith("def ")


def test_what_came_is_shown_whole_up_to_60_characters():
    assert _checks.describe("x" * 58) == repr("x" * 58)
    assert _checks.describe("x" * 59) == "'" + "x" * 56 + "... (str)"


def test_a_number_that_float32_cannot_hold_is_refused_and_infinity_stays_what_it_is():
    assert _checks.as_dtype(np.array([1.5, np.inf]), np.float32, "x").tolist() == [1.5, np.inf]
    for numbers in ([1.5, 1e300], [np.inf, -1e300]):
        with pytest.raises(ValueError, match=r"x must hold numbers that float32 can hold, got up to (1e\+300|inf)"):
            _checks.as_dtype(np.array(numbers), np.float32, "x")


def test_without_any_variable_the_folders_are_those_of_the_system(monkeypatch, tmp_path):
    for name in ("NNLEARN_PROGRESS", "APPDATA", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(progress_file.Path, "home", lambda: tmp_path)
    monkeypatch.setattr(progress_file, "BROWSERS_FILES", tmp_path)
    folders = {}
    for system in ("linux", "darwin", "win32", "emscripten"):
        monkeypatch.setattr(progress_file.sys, "platform", system)
        folders[system] = progress_file.folder().relative_to(tmp_path).as_posix()
    assert folders == {
        "linux": ".local/share/nnlearn", "darwin": "Library/Application Support/nnlearn", "win32": "AppData/Roaming/nnlearn",
        "emscripten": ".",
    }  # fmt: skip
    assert progress_file.Progress().note == ""
    monkeypatch.setattr(progress_file, "BROWSERS_FILES", tmp_path / "none")
    assert progress_file.Progress().note == progress_file.WITHOUT_FILES


class OwnLoss(nnlearn.MeanSquaredError):
    """A reader's own loss, with which training goes through the plain loop."""


@pytest.mark.parametrize("loss", [nnlearn.MeanSquaredError(), OwnLoss()], ids=["workshop", "plain loop"])
def test_the_loss_of_an_epoch_is_the_mean_over_its_rows(loss):
    rng = np.random.default_rng(0)
    network = nnlearn.Network([nnlearn.Dense(2, 1, rng=rng)])
    x, y = rng.normal(size=(5, 2)), rng.normal(size=(5, 1))
    before = loss(network.predict(x), y)
    history = nnlearn.fit(
        network, x, y, loss=loss, optimizer=nnlearn.SGD(lr=1e-12), epochs=1, batch_size=2, rng=np.random.default_rng(1)
    )
    assert history.loss[0] == pytest.approx(before, rel=1e-9)
