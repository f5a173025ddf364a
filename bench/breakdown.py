"""Where the time of a step goes: every call of the workshop is timed in its place, while it trains."""

import statistics
import time
from collections import defaultdict

import numpy as np
from threadpoolctl import threadpool_limits

from bench.peers.ours import Ours
from nnlearn import _workshop

#: The parts of a step, as the report names them.
PRODUCTS, OTHER, OPTIMIZER, FETCHING, LOSSES, REST = (
    "matrix products", "activations, biases, slope", "optimizer", "fetching the batch", "value of the loss", "rest: Python, epochs",
)  # fmt: skip
EPOCHS = 6


def breakdown(peer: Ours):
    """Return the microseconds of a step for each part, on one thread, in the form {part: microseconds}."""
    workshop = _workshop.open_workshop(peer.network, peer.loss, peer.optimizer, peer.x, peer.y, peer.batch)
    steps, n = len(peer.x) // peer.batch, len(peer.x)
    orders = [np.random.default_rng(seed).permutation(n) for seed in range(EPOCHS)]
    with threadpool_limits(1):
        whole = statistics.median(_seconds(workshop.epoch, order) for order in orders) / steps * 1e6
        found = _watch(workshop)
        for order in orders:
            workshop.epoch(order)
    cost = statistics.median(_seconds(lambda: None) for _ in range(10_000))  # of the clock itself
    parts = {
        name: sum(statistics.median(took) * len(took) - cost * len(took) for took in calls.values()) / EPOCHS / steps * 1e6
        for name, calls in found.items()
    }
    return parts | {REST: whole - sum(parts.values()), "calls": sum(len(calls) for calls in found.values())}


def _watch(workshop):
    """Put a watch on every call of the workshop; return what it will fill, {part: {place of the call: seconds}}."""
    found = {name: defaultdict(list) for name in (PRODUCTS, OTHER, OPTIMIZER, FETCHING, LOSSES)}
    (batches,) = workshop.batches
    of_optimizer = len(workshop.update.calls)
    for calls in (batches.calls, batches.backward):
        for place, call in enumerate(calls):
            function = getattr(call, "func", None)
            name = PRODUCTS if function in (np.dot, np.matmul) else OTHER
            if calls is batches.backward and place >= len(calls) - of_optimizer:
                name = OPTIMIZER
            calls[place] = _watched(call, found[name][id(calls), place])
    batches.x, batches.y = (_Watched(array, found[FETCHING][name]) for name, array in (("x", batches.x), ("y", batches.y)))
    batches._losses = _watched(batches._losses, found[LOSSES]["all"])
    return found


class _Watched:
    """An array whose `take` is timed."""

    def __init__(self, array, took):
        self.array, self.took = array, took
        self.ndim, self.shape = array.ndim, array.shape

    def take(self, *arguments):
        """Fetch rows."""
        return _watched(self.array.take, self.took)(*arguments)

    def __getitem__(self, rows):
        return self.array[rows]


def _watched(call, took):
    def timed(*arguments):
        start = time.perf_counter()
        result = call(*arguments)
        took.append(time.perf_counter() - start)
        return result

    return timed


def _seconds(call, *arguments):
    start = time.perf_counter()
    call(*arguments)
    return time.perf_counter() - start
