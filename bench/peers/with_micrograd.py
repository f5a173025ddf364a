"""micrograd: every number is an object. For the smallest network alone, and for a few steps."""

import numpy as np
from micrograd.engine import Value

from bench.networks import ADAM


class Micrograd:
    """The network of the task in micrograd's `Value`s, with Adam by hand; it has no exponential, and so tanh is added to it."""

    name = "micrograd"

    def __init__(self, task):
        self.x, self.y, self.batch, self.lr, self.t = task.x, task.targets, task.batch, task.lr, 0
        self.own = [[[Value(float(number)) for number in row] for row in w] for w in task.weights]
        self.flat = [value for w in self.own for row in w for value in row]
        self.m, self.s = [0.0] * len(self.flat), [0.0] * len(self.flat)

    def logit(self, row):
        """Return the output for one example."""
        a = list(map(float, row))
        for layer in range(0, len(self.own), 2):
            w, (b,) = self.own[layer], self.own[layer + 1]
            a = [sum((x * w[i][j] for i, x in enumerate(a)), b[j]) for j in range(len(b))]
            if layer < len(self.own) - 2:
                a = [_function(z, np.tanh(z.data), 1 - np.tanh(z.data) ** 2) for z in a]
        return a[0]

    def train(self, orders):
        """Train for one epoch on each order."""
        beta1, beta2, eps = ADAM.values()
        for order in orders:
            for start in range(0, len(order), self.batch):
                rows = order[start : start + self.batch]
                losses = [_cross_entropy(self.logit(self.x[row]), float(self.y[row, 0])) for row in rows]
                loss = sum(losses) / len(losses)
                for value in self.flat:
                    value.grad = 0
                loss.backward()
                self.t += 1
                for k, value in enumerate(self.flat):
                    self.m[k] = beta1 * self.m[k] + (1 - beta1) * value.grad
                    self.s[k] = beta2 * self.s[k] + (1 - beta2) * value.grad**2
                    m, s = self.m[k] / (1 - beta1**self.t), self.s[k] / (1 - beta2**self.t)
                    value.data -= self.lr * m / (s**0.5 + eps)

    def weights(self):
        """Return the weights as they are now, in the form of the task."""
        return [np.array([[value.data for value in row] for row in w]) for w in self.own]


def _function(z, result, slope):
    """Return a `Value` that is a function of `z`, whose derivative there is `slope`."""
    out = Value(float(result), (z,), "f")

    def backward():
        z.grad += float(slope) * out.grad

    out._backward = backward
    return out


def _cross_entropy(z, y):
    p = 1 / (1 + np.exp(-z.data))
    return _function(z, np.maximum(z.data, 0) - z.data * y + np.log1p(np.exp(-abs(z.data))), p - y)
