"""The networks and data that are timed, the same for every peer: first weights, rows, order of the rows, rate."""

from dataclasses import dataclass

import numpy as np

import nnlearn

ADAM = {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8}


@dataclass(frozen=True)
class Task:
    """One network to be trained with Adam, in float32.

    `x` (n, n_in); `y` (n,) labels; `weights` is [W, b, W, b, …] before training, b of shape (1, n_out). One output means sigmoid
    and binary cross-entropy, more mean softmax and cross-entropy.
    """

    name: str
    title: str
    sizes: tuple
    activation: str
    x: np.ndarray
    y: np.ndarray
    batch: int
    weights: list
    lr: float = 0.002

    @property
    def is_binary(self):
        """Whether there are two classes and one output."""
        return self.sizes[-1] == 1

    @property
    def steps(self):
        """How many steps an epoch has; every batch is full."""
        return len(self.x) // self.batch

    @property
    def targets(self):
        """The labels as float32 rows: a column of 0 and 1, or one-hot."""
        return (self.y[:, None] if self.is_binary else nnlearn.datasets.one_hot(self.y)).astype(np.float32)

    def orders(self, epochs):
        """Return the order of the rows for each epoch, as every peer gets it."""
        rng = np.random.default_rng(7)
        return [rng.permutation(len(self.x))[: self.steps * self.batch] for _ in range(epochs)]

    def accuracy(self, weights):
        """Return the share of rows that a network with these weights gets right."""
        a = self.x
        for layer in range(0, len(weights), 2):
            a = a @ np.asarray(weights[layer]) + np.asarray(weights[layer + 1])
            if layer < len(weights) - 2:
                a = np.tanh(a) if self.activation == "tanh" else np.maximum(a, 0)
        return nnlearn.datasets.accuracy(a, self.y, threshold=0.0)


def task(name, seed=0):
    """Return one of the tasks "a", "b", "c", "d"."""
    return _MAKERS[name](np.random.default_rng(seed))


def _small(rng):
    x, y = nnlearn.datasets.moons(np.random.default_rng(1), 1024, noise=0.15)
    return _made("a", "2-16-16-1 tanh, moons, batch 32", (2, 16, 16, 1), "tanh", x, y, 32, rng)


def _digits(rng):
    x, y, *_ = nnlearn.datasets.digits()
    n = len(x) // 32 * 32
    return _made("b", "64-32-10 ReLU, digits, batch 32", (64, 32, 10), "relu", x[:n] / x.max(), y[:n], 32, rng)


def _wide(rng):
    return _made("c", "784-128-10 ReLU, 784 inputs, batch 64", (784, 128, 10), "relu", *_pictures(6400), 64, rng)


def _wide_and_deep(rng):
    return _made("d", "784-512-512-10 ReLU, 784 inputs, batch 256", (784, 512, 512, 10), "relu", *_pictures(6400), 256, rng)


_MAKERS = {"a": _small, "b": _digits, "c": _wide, "d": _wide_and_deep}


def _made(name, title, sizes, activation, x, y, batch, rng):
    weights = []
    for n_in, n_out in zip(sizes, sizes[1:], strict=False):
        weights += [nnlearn.glorot_uniform(rng, (n_in, n_out)).astype(np.float32), np.zeros((1, n_out), np.float32)]
    return Task(name, title, sizes, activation, np.ascontiguousarray(x, np.float32), y, batch, weights)


def _pictures(n):
    """Return n rows in the shape of Fashion-MNIST (784 numbers from 0 to 1, 10 classes): a blurred pattern each, and noise."""
    rng = np.random.default_rng(3)
    patterns = rng.random((10, 28, 28))
    for axis in (1, 2):
        patterns = sum(np.roll(patterns, shift, axis) for shift in range(-2, 3)) / 5
    y = rng.integers(0, 10, n)
    x = patterns.reshape(10, 784)[y] + rng.normal(0, 0.7, (n, 784))
    return np.clip(x, 0, 1), y
