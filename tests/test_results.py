"""What the package reaches on real data: held-out accuracy, the median of five seeds for the split and the weights."""

import numpy as np

import nnlearn as nn
from nnlearn import datasets

SEEDS = range(5)


def network(rng, n_in, n_out, *, rate):
    return nn.Network([
        nn.Dense(n_in, 64, rng=rng, init=nn.he_normal, dtype=np.float32),
        nn.ReLU(),
        nn.Dropout(rate, rng=rng),
        nn.Dense(64, n_out, rng=rng, dtype=np.float32),
    ])  # fmt: skip


def digits_accuracy(seed):
    rng = np.random.default_rng(seed)
    x, y, *_ = datasets.digits()
    split = datasets.train_test_split(rng, x / 16, y)
    digits = network(rng, 64, 10, rate=0.2)
    nn.fit(
        digits, split.x_train, split.y_train, loss=nn.SoftmaxCrossEntropy(), optimizer=nn.Adam(lr=0.003), epochs=40,
        batch_size=32, rng=rng,
    )  # fmt: skip
    return datasets.accuracy(digits.predict(split.x_test), split.y_test)


def spam_accuracy(seed):
    rng = np.random.default_rng(seed)
    x, y, *_ = datasets.spam()
    split = datasets.train_test_split(rng, np.log1p(x), y)  # counts and shares are spread over several powers of ten
    x_train, x_test = datasets.standardize(split.x_train, split.x_test)
    spam = network(rng, 57, 1, rate=0.3)
    nn.fit(
        spam, x_train, split.y_train, loss=nn.SigmoidCrossEntropy(), optimizer=nn.Adam(lr=0.003), epochs=15,
        batch_size=32, rng=rng,
    )  # fmt: skip
    return datasets.accuracy(spam.predict(x_test), split.y_test, threshold=0)


def test_digits():
    accuracies = [digits_accuracy(seed) for seed in SEEDS]
    assert np.median(accuracies) >= 0.97, accuracies


def test_spam():
    accuracies = [spam_accuracy(seed) for seed in SEEDS]
    assert np.median(accuracies) >= 0.935, accuracies
