"""What the explorers of chapter 11 say is what happens."""

import numpy as np
import pytest

import nnlearn
from nnlearn.explore import momentum


@pytest.mark.parametrize("curvature", [1.0, 0.04])
@pytest.mark.parametrize("beta", [0.0, 0.5, 0.8, 0.95])
@pytest.mark.parametrize("lr", [0.5, 1.5, 12.0])
def test_the_factor_that_is_said_is_the_one_of_the_walk(lr, beta, curvature):
    manner, factor = momentum.manner_and_factor(lr, beta, curvature)
    path = momentum.descent(lr, beta).path(lambda w: curvature * w, np.ones(1), 240).ravel()
    shrunk = (np.abs(path[120:]).max() / np.abs(path[:121]).max()) ** (1 / 120)
    assert (manner == "flies away") == (factor > 1) == (shrunk > 1)
    assert abs(shrunk - factor) < 0.02 * max(factor, 1)
    turns = (np.diff(np.sign(path[:60])) != 0).sum()
    assert (manner == "creeps") <= (turns == 0) and (manner == "jumps from side to side") <= (turns > 20)


def test_the_velocities_are_those_of_the_optimizers():
    g = momentum.MemoryExplorer.gradients("noisy")
    for classical in (False, True):
        optimizer, w, found = nnlearn.Momentum(1.0, 0.8, classical=classical), np.zeros(1), []
        for gradient in g:
            before = w.copy()
            optimizer.step(w, np.array([gradient]))
            found.append(float((before - w)[0]))
        assert np.allclose(found, momentum.MemoryExplorer.velocities(g, 0.8, classical))


@pytest.mark.parametrize(
    ("depth", "beta", "words"),
    [
        (0.6, 0, "stays in the dip; but the far minimum is lower."),
        (0.6, 0.9, "goes through the dip and comes to rest at w = 4; there it is lowest."),
        (1.2, 0.95, "goes through the dip and comes to rest at w = 4; but the dip is lower."),
        (2, 0.95, "stays in the dip; there it is lowest."),
    ],
)
def test_where_the_ball_comes_to_rest_is_said(depth, beta, words):
    assert momentum.DipExplorer().frame(depth=depth, beta=beta).sentence.endswith(words)
