"""Initializers: variances, limits, populations, and the errors."""

import numpy as np
import pytest

import nnlearn as nn

SHAPE = (300, 200)
# name: function, variance, limit of the uniform ones
KINDS = {
    "random_uniform": (nn.random_uniform, 0.05**2 / 3, 0.05),
    "random_normal": (nn.random_normal, 0.05**2, None),
    "glorot_uniform": (nn.glorot_uniform, 2 / 500, np.sqrt(6 / 500)),
    "glorot_normal": (nn.glorot_normal, 2 / 500, None),
    "he_uniform": (nn.he_uniform, 2 / 300, np.sqrt(6 / 300)),
    "he_normal": (nn.he_normal, 2 / 300, None),
}
ALL = [nn.zeros, *(kind[0] for kind in KINDS.values())]


@pytest.mark.parametrize("name", KINDS)
def test_mean_variance_and_limit(name):
    function, variance, limit = KINDS[name]
    w = function(np.random.default_rng(0), SHAPE)
    n = w.size
    assert w.shape == SHAPE and w.dtype == np.float64
    assert abs(w.mean()) < 5 * np.sqrt(variance / n)
    # The variance of a sample's variance is below 2 σ⁴ / n for both forms; five deviations are allowed.
    assert abs(w.var() - variance) < 5 * variance * np.sqrt(2 / n)
    if limit is None:
        assert np.abs(w).max() > 3.5 * np.sqrt(variance)  # a normal has tails
    else:
        assert np.abs(w).max() <= limit
        assert np.abs(w).max() > 0.999 * limit


def test_the_exact_draws():
    """Each is one call of the generator, so a reader can draw the same numbers by hand."""
    def rng():
        return np.random.default_rng(7)

    np.testing.assert_array_equal(nn.glorot_uniform(rng(), (4, 2)), rng().uniform(-1.0, 1.0, (4, 2)))
    np.testing.assert_array_equal(nn.he_normal(rng(), (2, 5)), rng().normal(0.0, 1.0, (2, 5)))
    np.testing.assert_array_equal(nn.he_uniform(rng(), (6, 1)), rng().uniform(-1.0, 1.0, (6, 1)))
    np.testing.assert_array_equal(nn.glorot_normal(rng(), (1, 1)), rng().normal(0.0, 1.0, (1, 1)))
    np.testing.assert_array_equal(nn.random_uniform(rng(), (2, 2), limit=3), rng().uniform(-3, 3, (2, 2)))
    np.testing.assert_array_equal(nn.random_normal(rng(), (2, 2), std=3), rng().normal(0, 3, (2, 2)))
    np.testing.assert_array_equal(nn.zeros(rng(), (2, 2)), np.zeros((2, 2)))


@pytest.mark.parametrize("function", ALL, ids=lambda f: f.__name__)
def test_more_entries_in_front_are_a_population(function):
    """The fans are those of one network, whatever the size of the population."""
    many = function(np.random.default_rng(3), (4, 30, 20))
    rng = np.random.default_rng(3)
    assert many.shape == (4, 30, 20)
    np.testing.assert_array_equal(many, [function(rng, (30, 20)) for _ in range(4)])


@pytest.mark.parametrize("function", ALL, ids=lambda f: f.__name__)
def test_the_shape_may_be_a_list_and_the_generator_alone_decides(function):
    first = function(np.random.default_rng(5), [3, np.int64(4)])
    np.testing.assert_array_equal(first, function(np.random.default_rng(5), (3, 4)))


@pytest.mark.parametrize("function", ALL, ids=lambda f: f.__name__)
@pytest.mark.parametrize(
    ("rng", "shape", "error", "words"),
    [
        (0, (2, 3), TypeError, ["rng", "default_rng", "got 0"]),
        (None, (2, 3), TypeError, ["rng", "None"]),
        (np.random.default_rng(0), 3, ValueError, ["shape", "(n_in, n_out)", "3"]),
        (np.random.default_rng(0), (3,), ValueError, ["shape", "(3,)"]),
        (np.random.default_rng(0), (3, 0), ValueError, ["shape", "at least 1", "0"]),
        (np.random.default_rng(0), (3.0, 2), TypeError, ["shape", "whole number", "3.0"]),
        (np.random.default_rng(0), (10**8, 10**8), ValueError, ["shape", "at most 1e+15 weights", "(100000000, 100000000)"]),
    ],
)
def test_errors(function, rng, shape, error, words):
    with pytest.raises(error) as caught:
        function(rng, shape)
    for word in words:
        assert word in str(caught.value)


def test_scale_errors():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="limit must be positive, got 0"):
        nn.random_uniform(rng, (2, 2), limit=0)
    with pytest.raises(ValueError, match="std must be positive, got -1"):
        nn.random_normal(rng, (2, 2), std=-1)
