"""JAX: one compiled call for each step, one for each epoch (`lax.scan`), and a population by `vmap` over the latter."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from bench.networks import ADAM


def logits(weights, x, activation):
    """Return the network's output."""
    for layer in range(0, len(weights), 2):
        x = x @ weights[layer] + weights[layer + 1]
        if layer < len(weights) - 2:
            x = activation(x)
    return x


def binary_loss(z, y):
    """Sigmoid and binary cross-entropy in one."""
    return jnp.mean(jnp.maximum(z, 0) - z * y + jnp.log1p(jnp.exp(-jnp.abs(z))))


def class_loss(z, y):
    """Softmax and cross-entropy in one."""
    return -jnp.mean(jnp.sum(y * jax.nn.log_softmax(z), axis=-1))


def make_step(activation, loss):
    """Return step(state, lr, x, y, rows) -> state for a state of (weights, m, s, t)."""

    def objective(weights, x, y):
        return loss(logits(weights, x, activation), y)

    def step(state, lr, x, y, rows):
        weights, m, s, t = state
        value, gradients = jax.value_and_grad(objective)(weights, x[rows], y[rows])
        t += 1
        m = [ADAM["beta1"] * old + (1 - ADAM["beta1"]) * g for old, g in zip(m, gradients, strict=True)]
        s = [ADAM["beta2"] * old + (1 - ADAM["beta2"]) * g**2 for old, g in zip(s, gradients, strict=True)]
        m_scale, s_scale = 1 / (1 - ADAM["beta1"] ** t), 1 / (1 - ADAM["beta2"] ** t)
        weights = [
            w - lr * (one * m_scale) / (jnp.sqrt(two * s_scale) + ADAM["eps"])
            for w, one, two in zip(weights, m, s, strict=True)
        ]
        return (weights, m, s, t), value

    return step


def first_state(weights):
    """Return the state before training."""
    weights = [jnp.asarray(w) for w in weights]
    zeros = [jnp.zeros_like(w) for w in weights]
    return weights, zeros, [jnp.zeros_like(w) for w in weights], jnp.float32(0)


class JaxStep:
    """`jit` of one step."""

    name = "JAX, jit per step"

    def __init__(self, task):
        self.batch, self.lr, self.state = task.batch, jnp.float32(task.lr), first_state(task.weights)
        self.x, self.y = jnp.asarray(task.x), jnp.asarray(task.targets)
        self.step = make_step({"tanh": jnp.tanh, "relu": jax.nn.relu}[task.activation],
                              binary_loss if task.is_binary else class_loss)  # fmt: skip
        self.run = jax.jit(self.step)
        self.run(self.state, self.lr, self.x, self.y, np.arange(self.batch, dtype=np.int32))  # compiles

    def train(self, orders):
        """Train for one epoch on each order."""
        for order in orders:
            for rows in np.split(order.astype(np.int32), len(order) // self.batch):
                self.state, _ = self.run(self.state, self.lr, self.x, self.y, rows)
        jax.block_until_ready(self.state)

    def weights(self):
        """Return the weights as they are now."""
        return [np.asarray(w) for w in self.state[0]]


class JaxScan(JaxStep):
    """`jit` of a `lax.scan` over the steps of an epoch."""

    name = "JAX, scan per epoch"

    def __init__(self, task):
        super().__init__(task)
        self.run = jax.jit(self.epoch)
        self.run(self.state, self.lr, self.x, self.y, self.batches(np.arange(len(task.x))))

    def epoch(self, state, lr, x, y, batches):
        """Take a step on each of the batches."""
        return jax.lax.scan(lambda state, rows: self.step(state, lr, x, y, rows), state, batches)

    def batches(self, order):
        """Return the row numbers, one line for each batch."""
        return order.astype(np.int32).reshape(-1, self.batch)

    def train(self, orders):
        """Train for one epoch on each order."""
        for order in orders:
            self.state, _ = self.run(self.state, self.lr, self.x, self.y, self.batches(order))
        jax.block_until_ready(self.state)


class JaxPopulation(JaxScan):
    """`jit(vmap(scan))`: several networks, each with its own rate, on the same batches."""

    name = "JAX, jit(vmap(scan))"

    def __init__(self, tasks):
        super().__init__(tasks[0])
        self.lr = jnp.asarray([task.lr for task in tasks], jnp.float32)
        states = [first_state(task.weights) for task in tasks]
        self.state = jax.tree.map(lambda *arrays: jnp.stack(arrays), *states)
        self.run = jax.jit(jax.vmap(partial(self.epoch), in_axes=(0, 0, None, None, None)))
        self.run(self.state, self.lr, self.x, self.y, self.batches(np.arange(len(tasks[0].x))))

    def weights(self):
        """Return the weights of the first network."""
        return [np.asarray(w[0]) for w in self.state[0]]
