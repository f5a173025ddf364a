"""A short training with each optimizer in both widths, shuffling and dropout included: what each leaves, printed as JSON.

tests/test_same_run.py runs this in processes of its own: python -m tests.short_trainings
"""

import hashlib
import json

import numpy as np

import nnlearn as nn

OPTIMIZERS = {
    "SGD": lambda: nn.SGD(0.1),
    "Momentum": lambda: nn.Momentum(0.1),
    "Nesterov": lambda: nn.Momentum(0.02, classical=True, nesterov=True),
    "RMSprop": lambda: nn.RMSprop(0.005),
    "Adam": lambda: nn.Adam(nn.CosineDecay(0.02, steps=70)),
}


def training(optimizer, dtype):
    """Train 70 steps, on data and weights of one seed; return the network and its history."""
    rng = np.random.default_rng(7)
    x = rng.normal(size=(210, 6))
    labels = np.argmax(np.column_stack([x[:, 0] * x[:, 1], x[:, 2], np.abs(x[:, 3]) - 0.5]), axis=1)
    network = nn.Network([
        nn.Dense(6, 16, rng=rng, init=nn.he_normal, dtype=dtype), nn.ReLU(), nn.Dropout(0.2, rng=rng),
        nn.Dense(16, 8, rng=rng, dtype=dtype), nn.Tanh(), nn.Dense(8, 3, rng=rng, dtype=dtype),
    ])  # fmt: skip
    history = nn.fit(network, x, labels, loss=nn.SoftmaxCrossEntropy(), optimizer=optimizer, epochs=10, batch_size=32, rng=rng)
    return network, history


def fingerprint(network, history):
    """Return a hash of every bit of the weights and of the losses."""
    bits = hashlib.sha256()
    for name, array in network.params.items():
        bits.update(name.encode() + array.tobytes())
    bits.update(np.array(history.loss).tobytes())
    return bits.hexdigest()


def all_trainings():
    """Return for "Adam float32" and all others: the last epoch's loss, the sum of all |w|, and a hash of every bit."""
    found = {}
    for name, make in OPTIMIZERS.items():
        for dtype in (np.float64, np.float32):
            network, history = training(make(), dtype)
            found[f"{name} {dtype.__name__}"] = {
                "loss": float(history.loss[-1]),
                "weights": float(sum(np.abs(array, dtype=float).sum() for array in network.params.values())),
                "bits": fingerprint(network, history),
            }
    return found


if __name__ == "__main__":
    print(json.dumps(all_trainings()))
