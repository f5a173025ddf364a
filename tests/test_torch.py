"""The bridge to PyTorch: the same outputs, gradients, losses and steps; and the program that trains with two processes.

Without PyTorch these tests are skipped, which is said at the end of the run, and where CI is set the run then fails.
"""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest

import nnlearn
from nnlearn.explore import with_torch

ROOT = Path(__file__).resolve().parent.parent
CHAPTER = ROOT / "book" / "16-beyond.ipynb"
SCRIPT = ROOT / "book" / "scripts" / "train_parallel.py"
SEEDS = range(5)
EXACT = 1e-10


@pytest.fixture(scope="module")
def torch():
    """PyTorch with one thread, since other tests run beside this one."""
    found = pytest.importorskip("torch", reason="PyTorch is not installed: make .venv/.torch")
    found.set_num_threads(1)
    return found


def network(*activations, dtype=float, seed=0, widths=(5, 7, 4, 3)):
    """Return a network with random weights and biases, one activation after each dense layer but the last."""
    rng = np.random.default_rng(seed)
    layers = []
    for n_in, n_out, activation in zip(widths[:-1], widths[1:], (*activations, None), strict=True):
        layers.append(nnlearn.Dense(n_in, n_out, rng=rng, dtype=dtype))
        layers[-1].params["b"][:] = rng.normal(size=(1, n_out))
        layers += [activation] if activation else []
    return nnlearn.Network(layers)


def close(tensor, array):
    found = tensor.detach().numpy()
    assert found.shape == array.shape and found.dtype == array.dtype
    assert np.abs(found - array).max() <= EXACT


def gradients_agree(module, params):
    """Compare all gradients of a module with ours, whose weights are the other way round."""
    for key, gradient in params.items():
        place, name = key.split(".")
        layer = module[int(place)]
        if name == "W":
            close(layer.weight.grad.T, gradient)
        else:
            close(layer.bias.grad[None], gradient)


def losses(torch):
    """Yield our loss, PyTorch's, what its input has to be, and targets for both, for 6 rows of 3 outputs."""
    rng = np.random.default_rng(8)
    numbers, labels = rng.normal(size=(6, 3)), np.array([0, 2, 1, 1, 0, 2])
    yes_no, rows = rng.integers(0, 2, (6, 3)).astype(float), rng.dirichlet(np.ones(3), 6)
    logs = lambda p, y: torch.nn.NLLLoss()(torch.log(p), y)  # noqa: E731
    return [
        (nnlearn.MeanSquaredError(), torch.nn.MSELoss(), None, numbers),
        (nnlearn.MeanAbsoluteError(), torch.nn.L1Loss(), None, numbers),
        (nnlearn.BinaryCrossEntropy(), torch.nn.BCELoss(), nnlearn.Sigmoid(), yes_no),
        (nnlearn.SigmoidCrossEntropy(), torch.nn.BCEWithLogitsLoss(), None, yes_no),
        (nnlearn.CrossEntropy(), logs, nnlearn.Softmax(), labels),
        (nnlearn.SoftmaxCrossEntropy(), torch.nn.CrossEntropyLoss(), None, labels),
        (nnlearn.SoftmaxCrossEntropy(), torch.nn.CrossEntropyLoss(), None, rows),
    ]


ACTIVATIONS = [nnlearn.Sigmoid(), nnlearn.Tanh(), nnlearn.ReLU(), nnlearn.LeakyReLU(0.2), nnlearn.Softmax()]


# ---- Outputs, gradients, losses ------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("activation", ACTIVATIONS, ids=repr)
def test_outputs_and_all_gradients_agree(torch, activation, seed):
    rng = np.random.default_rng(100 + seed)
    ours = network(activation, activation, seed=seed)
    x, d_out = rng.normal(size=(6, 5)), rng.normal(size=(6, 3))
    values = ours.trace(x)
    d_x, gradients = ours.backward(values, d_out)
    module = nnlearn.to_torch(ours)
    inputs = torch.tensor(x, requires_grad=True)
    out = module(inputs)
    out.backward(torch.tensor(d_out))
    close(out, values[-1])
    close(inputs.grad, d_x)
    gradients_agree(module, gradients)


@pytest.mark.parametrize("shape", [(5,), (2, 6, 5)])
@pytest.mark.parametrize("activation", ACTIVATIONS, ids=repr)
def test_one_row_alone_and_a_stack_of_tables_agree_too(torch, activation, shape):
    ours = network(activation, activation)
    x = np.random.default_rng(0).normal(size=shape)
    out = nnlearn.to_torch(nnlearn.Network([ours, nnlearn.Softmax()]))(torch.tensor(x)).detach().numpy()
    rows = nnlearn.Network([ours, nnlearn.Softmax()]).predict(x.reshape(-1, 5))
    assert np.abs(out.reshape(rows.shape) - rows).max() <= EXACT


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("place", range(7))
def test_every_loss_and_its_gradient_agree(torch, place, seed):
    ours, theirs, last, y = losses(torch)[place]
    net = network(nnlearn.Tanh(), nnlearn.ReLU(), seed=seed)
    net = nnlearn.Network([net, last]) if last else net
    x = np.random.default_rng(seed).normal(size=(6, 5))
    values = net.trace(x)
    _, gradients = net.backward(values, ours.gradient(values[-1], y))
    module = nnlearn.to_torch(net)
    loss = theirs(module(torch.tensor(x)), torch.tensor(y))
    loss.backward()
    assert abs(loss.item() - ours(values[-1], y)) <= EXACT
    gradients_agree(module, gradients)


# ---- Steps ---------------------------------------------------------------------------------------------------------

OPTIMIZERS = {
    "SGD": (lambda: nnlearn.SGD(0.1), lambda torch, p: torch.optim.SGD(p, lr=0.1)),
    "classical momentum": (
        lambda: nnlearn.Momentum(0.05, 0.9, classical=True),
        lambda torch, p: torch.optim.SGD(p, lr=0.05, momentum=0.9),
    ),
    "averaged momentum": (
        lambda: nnlearn.Momentum(0.5, 0.9),
        lambda torch, p: torch.optim.SGD(p, lr=0.5 * (1 - 0.9), momentum=0.9),
    ),
    "Nesterov": (
        lambda: nnlearn.Momentum(0.5, 0.9, nesterov=True),
        lambda torch, p: torch.optim.SGD(p, lr=0.5 * (1 - 0.9), momentum=0.9, nesterov=True),
    ),
    "RMSprop": (
        lambda: nnlearn.RMSprop(0.01, 0.9, 1e-6),
        lambda torch, p: torch.optim.RMSprop(p, lr=0.01, alpha=0.9, eps=1e-6),
    ),
    "Adam": (
        lambda: nnlearn.Adam(0.01, 0.8, 0.99, 1e-6),
        lambda torch, p: torch.optim.Adam(p, lr=0.01, betas=(0.8, 0.99), eps=1e-6),
    ),
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_ten_steps_agree(torch, name, seed):
    ours, theirs = OPTIMIZERS[name]
    net = network(nnlearn.Tanh(), nnlearn.Sigmoid(), seed=seed)
    module = nnlearn.to_torch(net).train()
    optimizer, other = ours(), theirs(torch, module.parameters())
    loss, other_loss = nnlearn.SoftmaxCrossEntropy(), torch.nn.CrossEntropyLoss()
    rng = np.random.default_rng(seed)
    for _ in range(10):
        x, y = rng.normal(size=(8, 5)), rng.integers(0, 3, 8)
        values = net.trace(x)
        _, gradients = net.backward(values, loss.gradient(values[-1], y))
        optimizer.step(net.params, gradients)
        other.zero_grad()
        other_loss(module(torch.tensor(x)), torch.tensor(y)).backward()
        other.step()
    for key, array in net.params.items():
        place, kind = key.split(".")
        layer = module[int(place)]
        close(layer.weight.T if kind == "W" else layer.bias[None], array)


def test_dampening_is_the_averaged_form_but_for_the_first_step(torch):
    """PyTorch puts the whole first gradient into the velocity, undamped, so that this is no exact translation."""
    w = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=1.0, momentum=0.9, dampening=0.9)
    places = []
    for _ in range(3):
        w.grad = torch.ones_like(w)
        optimizer.step()
        places.append(w.item())
    assert np.allclose(places, [-1, -2, -3])
    averaged = nnlearn.Momentum(1.0, 0.9).path(lambda w: np.ones(1), [0.0], 3).ravel()[1:]
    assert np.allclose(averaged, [-0.1, -0.29, -0.561])


# ---- What the bridge promises --------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_is_kept_and_nothing_is_shared(torch, dtype):
    net = network(nnlearn.ReLU(), nnlearn.ReLU(), dtype=dtype)
    module = nnlearn.to_torch(net)
    assert {parameter.dtype for parameter in module.parameters()} == {getattr(torch, np.dtype(dtype).name)}
    assert sum(parameter.numel() for parameter in module.parameters()) == net.n_params
    assert all(parameter.requires_grad and parameter.is_contiguous() for parameter in module.parameters())
    before = net.copy()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter += 1
    assert all((net.params[key] == before.params[key]).all() for key in net.params)


def test_pytorchs_random_generator_stays_where_it_was(torch):
    state = torch.random.get_rng_state()
    nnlearn.to_torch(network(nnlearn.ReLU(), nnlearn.ReLU()))
    assert torch.equal(state, torch.random.get_rng_state())


def test_dropout_has_the_mode_of_the_network_and_the_same_scale(torch):
    net = nnlearn.Network([nnlearn.Dropout(0.25, rng=np.random.default_rng(0))])
    x = torch.ones(2000, 5, dtype=torch.float64)
    assert torch.equal(nnlearn.to_torch(net)(x), x)
    with net.training():
        module = nnlearn.to_torch(net)
    torch.manual_seed(0)
    out = module(x)
    assert set(out.unique().tolist()) == {0.0, 1 / 0.75} and abs(out.mean().item() - 1) < 0.02
    assert torch.equal(module.eval()(x), x)


def test_the_errors_say_what_is_wrong(torch):
    with pytest.raises(TypeError, match=r"layers\[0\] is Step\(\).*derivative is 0 everywhere"):
        nnlearn.to_torch(nnlearn.Network([nnlearn.Step()]))
    with pytest.raises(ValueError, match=r"single network, got a population; convert network.member\(k\)"):
        nnlearn.to_torch(nnlearn.Network.population([network(nnlearn.ReLU(), nnlearn.ReLU())] * 2))
    with pytest.raises(TypeError, match="network must be"):
        nnlearn.to_torch(nnlearn.ReLU())

    class Doubled(nnlearn.ReLU):
        def forward(self, x):
            return 2 * super().forward(x)

    with pytest.raises(TypeError, match=r"layers\[0\] must be one of Dense, .*does not know Doubled\(\)"):
        nnlearn.to_torch(nnlearn.Network([Doubled()]))


def test_a_missing_pytorch_is_said_with_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ImportError, match=r'pip install "nnlearn\[torch\]"'):
        nnlearn.to_torch(network(nnlearn.ReLU(), nnlearn.ReLU()))


def test_pytorch_is_not_loaded_before_it_is_asked_for():
    code = "import sys, nnlearn, nnlearn.exercises, nnlearn.explore.beyond; nnlearn.to_torch; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


# ---- The chapter ---------------------------------------------------------------------------------------------------


def cells():
    return [cell for cell in nbformat.read(CHAPTER, as_version=4).cells if cell.cell_type == "code"]


def printed_on_the_page():
    """Return what the cells that need PyTorch have printed in the committed notebook, by their names."""
    found = {}
    for cell in cells():
        if cell.source.startswith("@with_torch"):
            name = cell.source.split("def ", 1)[1].split("(")[0]
            found[name] = "".join(output.text for output in cell.outputs)
    return found


def test_the_page_shows_what_is_recorded():
    kept = json.loads(with_torch.RECORDED.read_text(encoding="utf-8"))
    page = printed_on_the_page()
    assert len(page) >= 5 and kept["printed"] == page
    pinned = (ROOT / "requirements-torch.txt").read_text(encoding="utf-8")
    assert f"torch=={kept['torch']}" in pinned.splitlines()


def test_what_is_recorded_is_what_the_cells_print(torch, capsys):
    """Run the page's cells with PyTorch and compare; what is only shown to a reader is left out."""
    assert with_torch.torch_version() is not None
    namespace = {}
    for cell in cells():
        if "remove-input" in cell.metadata.get("tags", []) or "check(" in cell.source or "solution(" in cell.source:
            continue
        capsys.readouterr()
        exec(compile(cell.source, "<page>", "exec"), namespace)  # our own text
        if cell.source.startswith("@with_torch"):
            assert capsys.readouterr().out == "".join(output.text for output in cell.outputs), cell.source


def test_without_pytorch_a_cell_shows_what_is_recorded(monkeypatch, capsys):
    monkeypatch.setattr(with_torch, "torch_version", lambda: None)
    name, text = next(iter(printed_on_the_page().items()))

    def cell():
        raise AssertionError("a cell was run that needs PyTorch")

    cell.__name__ = name
    assert with_torch.with_torch(cell) is cell
    assert capsys.readouterr().out == text
    assert "not installed here" in with_torch.STATUS.sentence()


def test_with_pytorch_a_cell_runs(torch, capsys):
    with_torch.with_torch(lambda: print("run"))
    assert capsys.readouterr().out == "run\n"
    assert "is installed here" in with_torch.STATUS.sentence()


def test_the_lines_on_the_page_are_those_of_the_program():
    program = SCRIPT.read_text(encoding="utf-8")
    text = "\n".join(cell.source for cell in nbformat.read(CHAPTER, as_version=4).cells if cell.cell_type == "markdown")
    listing = text.split("<!-- train_parallel.py -->\n```python\n")[1].split("\n```")[0]
    lines = {line.strip() for line in program.splitlines()}
    assert set(filter(str.strip, listing.splitlines())) <= lines


def test_two_processes_take_the_steps_of_one(torch):
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])}
    run = subprocess.run(
        [sys.executable, str(SCRIPT)], capture_output=True, text=True, timeout=120, env=environment
    )
    assert run.returncode == 0, run.stderr
    assert "the average over the processes agrees: True" in run.stdout
    assert "the weights agree with those of one process: True" in run.stdout
    text = "\n".join(cell.source for cell in nbformat.read(CHAPTER, as_version=4).cells if cell.cell_type == "markdown")
    assert run.stdout.strip() in text, run.stdout


def test_the_program_refuses_shares_that_are_not_equal(torch):
    run = subprocess.run([sys.executable, str(SCRIPT), "--processes", "3"], capture_output=True, text=True, timeout=60)
    assert run.returncode == 2 and "must divide the batch of 64, got 3" in run.stderr


def test_pytorch_is_there_in_ci():
    """A run with CI set installs PyTorch first; `make` says so when it fails, and this says so once more."""
    if os.environ.get("CI"):
        assert importlib.util.find_spec("torch") is not None, "CI is set and PyTorch is missing: make .venv/.torch"
