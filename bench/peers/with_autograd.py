"""HIPS autograd: the loss in its numpy, Adam by hand in place."""

import autograd.numpy as anp
import numpy as np
from autograd import grad

from bench.networks import ADAM


class Autograd:
    """`grad` of the loss with respect to the list of weights."""

    name = "HIPS autograd"

    def __init__(self, task):
        self.x, self.y, self.batch, self.lr, self.t = task.x, task.targets, task.batch, task.lr, 0
        self.own = [w.copy() for w in task.weights]
        self.memories = [(np.zeros_like(w), np.zeros_like(w)) for w in self.own]
        activation = {"tanh": anp.tanh, "relu": lambda z: anp.maximum(z, 0)}[task.activation]

        def loss(weights, x, y):
            for layer in range(0, len(weights), 2):
                x = anp.dot(x, weights[layer]) + weights[layer + 1]
                if layer < len(weights) - 2:
                    x = activation(x)
            if task.is_binary:
                return anp.mean(anp.maximum(x, 0) - x * y + anp.log1p(anp.exp(-anp.abs(x))))
            x = x - anp.max(x, axis=-1, keepdims=True)
            return -anp.mean(anp.sum(y * (x - anp.log(anp.sum(anp.exp(x), axis=-1, keepdims=True))), axis=-1))

        self.gradient = grad(loss)

    def train(self, orders):
        """Train for one epoch on each order."""
        beta1, beta2, eps = ADAM.values()
        for order in orders:
            for start in range(0, len(order), self.batch):
                rows = order[start : start + self.batch]
                gradients = self.gradient(self.own, self.x[rows], self.y[rows])
                self.t += 1
                for w, g, (m, s) in zip(self.own, gradients, self.memories, strict=True):
                    m += (1 - beta1) * (g - m)
                    s += (1 - beta2) * (g * g - s)
                    w -= self.lr * (m / (1 - beta1**self.t)) / (np.sqrt(s / (1 - beta2**self.t)) + eps)

    def weights(self):
        """Return the weights as they are now."""
        return self.own
