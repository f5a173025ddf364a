"""The calculations that chapter 5 walks through: their gradients are those of nudges, and no number is shown before its step."""

import math

import pytest

from nnlearn.explore import backpropagation as chapter


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def squared(x, w, b, y):
    return 0.5 * (sigmoid(x * w + b) - y) ** 2


def cross_entropy(x, w, b, y):
    a = sigmoid(x * w + b)
    return -math.log(a if y == 1 else 1 - a)


def chain(x, w1, w2, y):
    return 0.5 * (sigmoid(sigmoid(x * w1) * w2) - y) ** 2


def fork(x, w, v1, v2, y1, y2):
    return 0.5 * (x * w * v1 - y1) ** 2 + 0.5 * (x * w * v2 - y2) ** 2


WALKS = [
    *[(chapter.NeuronGraph, squared, numbers, chapter.neuron(numbers, chapter.SQUARED)) for numbers in chapter.NEURONS.values()],
    *[
        (chapter.NeuronGraph, cross_entropy, numbers, chapter.neuron(numbers, chapter.CROSS_ENTROPY))
        for numbers in chapter.NEURONS.values()
    ],
    *[(chapter.ChainGraph, chain, numbers, chapter.chain(numbers)) for numbers in chapter.CHAINS.values()],
    *[(chapter.ForkGraph, fork, numbers, chapter.fork(numbers)) for numbers in chapter.FORKS.values()],
]
every_walk = pytest.mark.parametrize(("explorer", "loss", "numbers", "run"), WALKS)


@every_walk
def test_the_gradients_are_those_of_nudges_and_the_step_lowers_the_loss(explorer, loss, numbers, run):
    assert run.values["L"] == pytest.approx(loss(**numbers))
    for name in numbers:
        if name.startswith("y"):
            continue
        up, down = (loss(**numbers | {name: numbers[name] + h}) for h in (1e-5, -1e-5))
        assert run.gradients[name] == pytest.approx((up - down) / 2e-5, abs=1e-8)
    assert run.after["L"] < run.values["L"]


@every_walk
def test_every_number_appears_once_and_forward_comes_first(explorer, loss, numbers, run):
    assert len(run.steps) == len(explorer.controls["step"])
    values = [name for step in run.steps[:-1] for name in step.values]
    gradients = [name for step in run.steps for name in step.gradients]
    assert sorted(values) == sorted(explorer.edges)
    assert sorted(gradients) == sorted(name for name in explorer.edges if not name.startswith("y"))
    backward = [bool(step.gradients) for step in run.steps[:-1]]
    assert backward == sorted(backward), "no value is computed after the way back has begun"


def test_a_step_shows_what_is_known_by_then_and_nothing_more():
    explorer = chapter.NeuronGraph()
    shown = lambda texts: {name for name, text in texts.items() if text.get_visible()}  # noqa: E731
    explorer.frame(step=2)
    assert shown(explorer.graph.above) == {"x", "w", "b", "y", "xw", "z"} and not shown(explorer.graph.below)
    explorer.frame(step=7)
    assert shown(explorer.graph.above) == set(explorer.edges) and shown(explorer.graph.below) == {"L", "a", "z"}
    assert explorer.graph.below["z"].get_fontweight() == "bold" and explorer.graph.above["z"].get_fontweight() == "normal"
