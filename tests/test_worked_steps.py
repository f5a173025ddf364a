"""The explorers of the worked examples: their numbers at the places where an example breaks down, and their nudges."""

import numpy as np
import pytest

from nnlearn.explore import relu_example, sigmoid_example, softmax_example
from nnlearn.explore.worked_steps import number
from nnlearn.plots.numbers import written


@pytest.mark.parametrize(("x", "w"), [(0.5, 0.2), (-2.0, -0.4), (2.0, 1.2)])
def test_the_gradient_behind_a_relu_is_the_slope_of_its_loss(x, w):
    *_, d_w = relu_example.relu_steps(x, w, 1.0, 0.1)
    assert d_w == pytest.approx((-np.log(x * (w + 1e-6)) + np.log(x * (w - 1e-6))) / 2e-6, rel=1e-6)


def test_where_the_second_example_breaks_down():
    dead, above, zero = (relu_example.relu_steps(*case, 0.1) for case in ((1.0, -0.3, 1.0), (2.0, 1.2, 1.0), (0.5, 0.2, 0.0)))
    assert dead == (-0.3, 0.0, np.inf, -np.inf, 0.0, 0.0, 0.0)
    assert above[1] == 2.4 and above[2] < 0 and above[6] < 0
    assert zero[2:] == (0.0, 0.0, 1.0, 0.0, 0.0)
    assert "dead" in relu_example.ReluSteps().frame(x=1.0, w=-0.8).sentence


@pytest.mark.parametrize(
    ("explorer", "right", "wrong"),
    [
        (sigmoid_example.SigmoidNudge, "(p − y) x", "4.01 times apart"),
        (relu_example.ReluNudge, "−1/p times x", "11.1 times apart"),
        (softmax_example.SoftmaxNudge, "(p₂ − 1) x₂", "3.5 % apart"),
    ],
)
def test_a_nudge_agrees_with_the_right_slope_and_with_no_other(explorer, right, wrong):
    shown = explorer()
    sentences = {claim: shown.frame(claim=claim, h=0.01).sentence for claim in explorer.controls["claim"].values}
    assert [claim for claim, sentence in sentences.items() if "they agree" in sentence] == [right]
    assert any(wrong in sentence for sentence in sentences.values())


def test_numbers_are_written_for_readers():
    assert [number(v) for v in (-0.4754, -0.0001, np.inf, -np.inf)] == ["−0.475", "0.000", "∞", "−∞"]
    assert written(-1.8) == "−1.8"


def test_the_curve_of_a_nudge_is_the_examples_loss():
    for explorer, loss in ((sigmoid_example.SigmoidNudge, 0.644397), (relu_example.ReluNudge, 2.302585)):
        assert explorer().curve(np.array([0.2]))[0] == pytest.approx(loss, abs=1e-6)
    assert softmax_example.SoftmaxNudge().curve(np.array([-0.2]))[0] == pytest.approx(1.103186, abs=1e-6)
