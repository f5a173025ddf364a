"""Schedules: their formulas at the steps that matter, and what they refuse."""

import math

import pytest

import nnlearn as nn


def test_step_decay():
    schedule = nn.StepDecay(0.8, factor=0.25, every=10)
    assert [schedule(t) for t in (0, 9, 10, 19, 20)] == [0.8, 0.8, 0.2, 0.2, 0.05]
    assert nn.StepDecay(1.0, every=1)(3) == 0.125  # the factor is 1/2 where none is given


def test_exponential_decay_halves_once_in_every_half_life():
    schedule = nn.ExponentialDecay(0.8, half_life=50)
    assert [schedule(t) for t in (0, 50, 100)] == [0.8, 0.4, 0.2]
    ratios = [schedule(t + 1) / schedule(t) for t in range(20)]
    assert ratios == pytest.approx([2 ** (-1 / 50)] * 20, rel=1e-14)
    assert schedule(10**9) == 0


def test_cosine_decay():
    schedule = nn.CosineDecay(1.0, steps=100, final=0.2)
    assert schedule(0) == 1
    assert schedule(50) == pytest.approx(0.6, rel=1e-14)
    assert schedule(25) == pytest.approx(0.2 + 0.8 * (1 + math.sqrt(0.5)) / 2, rel=1e-14)
    assert schedule(100) == schedule(1000) == pytest.approx(0.2, rel=1e-14)
    rates = [schedule(t) for t in range(101)]
    assert rates == sorted(rates, reverse=True)
    assert nn.CosineDecay(1.0, steps=1)(1) == 0


def test_warmup():
    schedule = nn.Warmup(4, then=nn.StepDecay(0.8, every=6))
    assert [schedule(t) for t in range(7)] == pytest.approx([0.2, 0.4, 0.6, 0.8, 0.8, 0.8, 0.4], rel=1e-15)
    assert nn.Warmup(1, then=0.3)(0) == 0.3


def test_a_schedule_shows_its_numbers():
    assert repr(nn.StepDecay(0.1, every=5)) == "StepDecay(lr=0.1, factor=0.5, every=5)"
    assert repr(nn.ExponentialDecay(0.1, half_life=5)) == "ExponentialDecay(lr=0.1, half_life=5.0)"
    assert repr(nn.SGD(nn.Warmup(3, then=0.1))) == "SGD(lr=Warmup(steps=3, then=0.1))"
    assert repr(nn.CosineDecay(0.1, steps=5)) == "CosineDecay(lr=0.1, steps=5, final=0.0)"


def test_every_schedule_works_in_an_optimizer():
    for schedule in (nn.StepDecay(0.1, every=2), nn.ExponentialDecay(0.1, half_life=2), nn.CosineDecay(0.1, steps=3),
                     nn.Warmup(2, then=0.1)):  # fmt: skip
        points = nn.SGD(schedule).path(lambda w: w / w, [1.0], 3).ravel()
        expected = [1.0]
        for t in range(3):
            expected.append(expected[-1] - schedule(t))
        assert points.tolist() == expected


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: nn.StepDecay(0, every=1), ValueError, ["lr", "positive", "0"]),
        (lambda: nn.StepDecay(0.1, every=0), ValueError, ["every", "at least 1", "0"]),
        (lambda: nn.StepDecay(0.1, every=2.5), TypeError, ["every", "whole number", "2.5"]),
        (lambda: nn.StepDecay(0.1, factor=2, every=1), ValueError, ["factor", "[0, 1]", "2"]),
        (lambda: nn.ExponentialDecay(0.1, half_life=0), ValueError, ["half_life", "positive", "0"]),
        (lambda: nn.ExponentialDecay("x", half_life=1), TypeError, ["lr", "number", "'x'"]),
        (lambda: nn.CosineDecay(0.1, steps=0), ValueError, ["steps", "at least 1", "0"]),
        (lambda: nn.CosineDecay(0.1, steps=5, final=0.2), ValueError, ["final", "0.1", "0.2"]),
        (lambda: nn.CosineDecay(0.1, steps=5, final=-0.1), ValueError, ["final", "between 0 and", "-0.1"]),
        (lambda: nn.Warmup(0, then=0.1), ValueError, ["steps", "at least 1", "0"]),
        (lambda: nn.Warmup(2, then="0.1"), TypeError, ["then", "number", "'0.1'"]),
        (lambda: nn.Warmup(2, then=-1), ValueError, ["then", "positive", "-1"]),
    ],
)
def test_errors_name_the_argument_what_came_and_what_was_expected(call, error, words):
    with pytest.raises(error) as caught:
        call()
    for word in words:
        assert word in str(caught.value)
