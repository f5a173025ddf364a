"""nnlearn: small, readable neural networks on numpy, and the lessons built on them.

The names below are the whole stack; `nnlearn.plots`, `nnlearn.explore` and `nnlearn.exercises`, which need matplotlib and
ipywidgets, are loaded when they are first used.

Bad input
    What cannot be right is refused, with a TypeError or ValueError that names the argument, what was expected and what came;
    nothing that was given is changed. Lists, whole numbers, views, read-only arrays, float16, long doubles and np.matrix give
    what the same numbers as a float64 array give; masked entries, complex numbers, objects and strings are refused.
nan and inf
    What computes is a formula and passes them on: nan in z is nan in `relu(z)`, in a network's output and in its loss, never a
    number; a walk that runs away (`Optimizer.path`) ends in nan. Where the formula has no value, or one too large for a float,
    the result is nan or inf with numpy's RuntimeWarning. What learns or judges refuses them: targets, the data and weights of
    `fit`, the gradients of a step, `gradient_check`, `standardize`, labels. What becomes nan or inf on the way stops `fit` with
    TrainingDiverged.
Where nothing is checked
    `Layer.backward`, `Loss.each`, `Loss.slope` and `Optimizer.rule` are the formulas alone, and trust what calls them:
    `Network.backward`, the loss and `Optimizer.step`, which check.
"""

from __future__ import annotations

import importlib
from typing import Any

from nnlearn.activations import (
    LeakyReLU,
    ReLU,
    Sigmoid,
    Softmax,
    Step,
    Tanh,
    leaky_relu,
    leaky_relu_derivative,
    log_softmax,
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    softmax,
    softmax_jacobian,
    step,
    step_derivative,
    tanh,
    tanh_derivative,
)
from nnlearn.gradcheck import GradientReport, KinkWarning, gradient_check
from nnlearn.initializers import (
    glorot_normal,
    glorot_uniform,
    he_normal,
    he_uniform,
    random_normal,
    random_uniform,
    zeros,
)
from nnlearn.layers import Dense, Dropout, Layer
from nnlearn.losses import (
    BinaryCrossEntropy,
    CrossEntropy,
    Loss,
    MeanAbsoluteError,
    MeanSquaredError,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
)
from nnlearn.network import Network
from nnlearn.optimizers import SGD, Adam, Momentum, Optimizer, RMSprop
from nnlearn.schedules import CosineDecay, ExponentialDecay, StepDecay, Warmup
from nnlearn.training import EarlyStopping, History, ProgressBar, TrainingDiverged, fit

__version__ = "0.1.0"

_LATER = {
    "autograd": "nnlearn.autograd",
    "datasets": "nnlearn.datasets",
    "exercises": "nnlearn.exercises",
    "explore": "nnlearn.explore",
    "load": "nnlearn.storage:load",
    "plots": "nnlearn.plots",
    "save": "nnlearn.storage:save",
    "storage": "nnlearn.storage",
    "to_torch": "nnlearn.torch_bridge:to_torch",
    "worked": "nnlearn.worked",
}

__all__ = [
    "SGD", "Adam", "BinaryCrossEntropy", "CosineDecay", "CrossEntropy", "Dense", "Dropout", "EarlyStopping",
    "ExponentialDecay", "GradientReport", "History", "KinkWarning", "Layer", "LeakyReLU", "Loss", "MeanAbsoluteError",
    "MeanSquaredError", "Momentum", "Network", "Optimizer", "ProgressBar", "RMSprop", "ReLU", "Sigmoid",
    "SigmoidCrossEntropy", "Softmax", "SoftmaxCrossEntropy", "Step", "StepDecay", "Tanh", "TrainingDiverged", "Warmup",
    "fit", "glorot_normal", "glorot_uniform", "gradient_check", "he_normal", "he_uniform", "leaky_relu",
    "leaky_relu_derivative", "log_softmax", "random_normal", "random_uniform", "relu", "relu_derivative", "sigmoid",
    "sigmoid_derivative", "softmax", "softmax_jacobian", "step", "step_derivative", "tanh", "tanh_derivative", "zeros",
    "load", "save", "to_torch",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load the modules that not every reader needs when they are first asked for (PEP 562)."""
    if name not in _LATER:
        raise AttributeError(f"module 'nnlearn' has no attribute {name!r}")
    module, _, attribute = _LATER[name].partition(":")
    found = importlib.import_module(module)
    value = getattr(found, attribute) if attribute else found
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*__all__, *_LATER})
