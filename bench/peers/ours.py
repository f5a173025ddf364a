"""nnlearn: `fit`, as a reader calls it; its plain loop without the workshop; a population; and the products of matrices alone."""

from unittest import mock

import numpy as np

import nnlearn


class GivenOrders(np.random.Generator):
    """A generator that hands out the orders of the rows that every peer gets."""

    def __init__(self, orders):
        super().__init__(np.random.PCG64(0))
        self.orders = iter(orders)

    def permutation(self, n):
        """Return the next order."""
        return next(self.orders)


def network(task):
    """Return the task's network with its first weights."""
    layers, activation = [], {"tanh": nnlearn.Tanh, "relu": nnlearn.ReLU}[task.activation]
    for n_in, n_out in zip(task.sizes, task.sizes[1:], strict=False):
        layers += [nnlearn.Dense(n_in, n_out, rng=np.random.default_rng(0), dtype=np.float32), activation()]
    made = nnlearn.Network(layers[:-1])
    for array, first in zip(made.params.values(), task.weights, strict=True):
        array[...] = first
    return made


class Ours:
    """One call of `fit`."""

    name = "nnlearn"

    def __init__(self, task):
        self.batch, self.x, self.y = task.batch, task.x, task.targets
        self.network, self.optimizer = network(task), nnlearn.Adam(task.lr)
        self.loss = nnlearn.SigmoidCrossEntropy() if task.is_binary else nnlearn.SoftmaxCrossEntropy()

    def train(self, orders):
        """Train for one epoch on each order."""
        nnlearn.fit(
            self.network, self.x, self.y, loss=self.loss, optimizer=self.optimizer, epochs=len(orders), batch_size=self.batch,
            rng=GivenOrders(orders),
        )  # fmt: skip

    def weights(self):
        """Return the weights as they are now."""
        return list(self.network.params.values())


class Plain(Ours):
    """The same without the workshop: the loop that the book shows."""

    name = "nnlearn, plain loop"

    def train(self, orders):
        """Train for one epoch on each order."""
        with mock.patch("nnlearn._workshop.open_workshop", lambda *parts: None):
            super().train(orders)


class Population(Ours):
    """Several tasks of one form as a population, with a learning rate for each."""

    name = "nnlearn, one population"

    def __init__(self, tasks):
        super().__init__(tasks[0])
        self.network = nnlearn.Network.population([network(task) for task in tasks])
        self.optimizer = nnlearn.Adam([task.lr for task in tasks])

    def weights(self):
        """Return the weights of the first network."""
        return list(self.network.member(0).params.values())


class Gemms:
    """The products of matrices of every step and nothing else: what no numpy program can do without."""

    name = "its matrix products alone"

    def __init__(self, task):
        rng, rows = np.random.default_rng(0), task.batch
        new = lambda *shape: rng.normal(size=shape).astype(np.float32)  # noqa: E731
        values = [new(rows, width) for width in task.sizes]
        self.steps, self.products = task.steps, []
        for layer, w in enumerate(task.weights[::2]):
            x, out = values[layer], values[layer + 1]
            self.products += [(x, w, np.empty_like(out)), (x.T, out, np.empty_like(w))]
            if layer > 0:
                self.products.append((out, w.T, np.empty_like(x)))

    def train(self, orders):
        """Multiply as often as training for these epochs does."""
        for _ in range(len(orders) * self.steps):
            for a, b, out in self.products:
                np.dot(a, b, out)

    def weights(self):
        """It learns nothing."""
        return None
