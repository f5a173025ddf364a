"""Small faults that no other test noticed when they were put into the package on purpose: see MUTANTS.md."""

import dataclasses
import inspect
import re

import numpy as np
import pytest

import nnlearn
from nnlearn import _checks, exercises
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


# ---- What may be left out of a call, and what has to be named --------------------------------------------------------

#: Every public call with a default or with an argument that has to be named. Whoever changes one changes what readers' code does.
CALLS = {
    "Adam(lr=0.001, beta1=0.9, beta2=0.999, eps=1e-08)",
    "CosineDecay(lr, *, steps, final=0.0)",
    "Dense(n_in, n_out, *, rng, init=glorot_uniform, dtype=float)",
    "Dropout(rate, *, rng)",
    "EarlyStopping(patience=5, *, min_delta=0.0)",
    "ExponentialDecay(lr, *, half_life)",
    "GradientReport(parameters, tolerance, warnings=())",
    "LeakyReLU(alpha=0.01)",
    "Momentum(lr, beta=0.9, *, classical=False, nesterov=False)",
    "Network.backward(self, values, d_out, *, input_gradient=True)",
    "Network.training(self, on=True)",
    "RMSprop(lr=0.001, rho=0.9, eps=1e-08)",
    "StepDecay(lr, *, factor=0.5, every)",
    "Warmup(steps, *, then)",
    "autograd.Value(data, label='', *, parents=(), slopes=(), operation='')",
    "check_layer(layer, *, n_in=3)",
    "datasets.accuracy(out, y, *, threshold=0.5)",
    "datasets.blobs(rng, n=300, *, centers=((-2.0, 0.0), (2.0, 0.0), (0.0, 3.0)), noise=0.8)",
    "datasets.confusion_matrix(y, said, n_classes=None)",
    "datasets.fashion_mnist(folder=None)",
    "datasets.moons(rng, n=200, *, noise=0.1)",
    "datasets.one_hot(labels, n_classes=None, *, dtype=float)",
    "datasets.predicted_labels(out, *, threshold=0.5)",
    "datasets.read_idx(path, *, dimensions)",
    "datasets.spirals(rng, n=300, *, classes=3, turns=0.75, noise=0.05)",
    "datasets.train_test_split(rng, x, y, *, test_share=0.2)",
    "exercises.check(id, answer=None, *, seed=0)",
    "exercises.grade(id, answer, *, seeds=(0,))",
    "fit(network, x, y, *, loss, optimizer, epochs, batch_size=None, rng, validation=None, metrics=None, callbacks=())",
    "gradcheck.numeric_gradient(network, loss, x, y, name, coordinates, *, h=1e-05)",
    "gradient_check(network, loss, x, y, *, h=1e-05, tolerance=1e-07, samples=200, rng=None)",
    "leaky_relu(z, alpha=0.01)",
    "leaky_relu_derivative(z, alpha=0.01)",
    "load(path, *, limit=1073741824)",
    "random_normal(rng, shape, std=0.05)",
    "random_uniform(rng, shape, limit=0.05)",
    "storage.write_atomically(path, content, *, private=False)",
    "training.Progress(network, optimizer, history, epochs, epoch=0, step=0)",
    "worked.ExampleStep(number, name, formula, right, printed=None, digits=3, why='', implied=None)",
    "worked.relu_example(x=0.5, w=0.2, y=1.0, lr=0.1)",
    "worked.sigmoid_example(x=0.5, w=0.2, y=1.0, lr=0.1)",
    "worked.softmax_example(x=(1.0, 2.0), w=(0.3, -0.2), y=(0.0, 1.0), lr=0.1)",
}


def public_calls():
    """Yield (name, function or class) of all that a reader can call, methods too."""
    modules = [getattr(nnlearn, name) for name in ("autograd", "datasets", "gradcheck", "storage", "training", "worked")]
    for module in [nnlearn, *modules, exercises]:
        for name in getattr(module, "__all__", None) or vars(module):
            value, short = getattr(module, name), module.__name__.removeprefix("nnlearn").removeprefix(".")
            own = module is nnlearn or getattr(value, "__module__", None) == module.__name__ and not hasattr(nnlearn, name)
            if name[0] == "_" or not own or not callable(value):
                continue
            yield f"{short}.{name}".removeprefix("."), value
            for method, function in vars(value).items() if inspect.isclass(value) else ():
                function = getattr(function, "__func__", function)
                if inspect.isfunction(function) and method[0] != "_":
                    yield f"{name}.{method}", function


def test_what_may_be_left_out_of_a_call_and_what_has_to_be_named():
    found = set()
    for name, value in public_calls():
        try:
            signature = inspect.signature(value)
        except ValueError:
            continue  # an error that takes a message
        plain = [parameter.replace(annotation=parameter.empty) for parameter in signature.parameters.values()]
        if any(p.default is not p.empty or p.kind not in (p.POSITIONAL_OR_KEYWORD, p.VAR_POSITIONAL) for p in plain):
            text = str(inspect.Signature(plain))
            found.add(name + re.sub(r"<(?:class '|function )(\w+)[^>]*>", r"\1", text))
    assert {line for line in found if "<factory>" not in line} == CALLS
