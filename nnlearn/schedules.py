"""Schedules make the learning rate a function of the step: give one to an optimizer as its `lr`."""

from __future__ import annotations

import math

from nnlearn import _checks
from nnlearn._types import Numbers, Schedule


class _Schedule:
    """A function of the step t = 0, 1, 2, …, a whole number."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value}' for name, value in vars(self).items())})"


class StepDecay(_Schedule):
    """Multiply the rate by `factor` after every `every` steps: lr · factor^⌊t / every⌋.

    Raises ValueError for a rate that is not positive, a factor outside [0, 1], or `every` below 1.

    >>> schedule = StepDecay(0.1, factor=0.5, every=100)
    >>> schedule(0), schedule(99), schedule(100)
    (0.1, 0.1, 0.05)
    """

    def __init__(self, lr: float, *, factor: float = 0.5, every: int) -> None:
        self.lr = _checks.positive(lr, "lr")
        self.factor = _checks.share(factor, "factor", closed=True)
        self.every = _checks.count(every, "every")

    def __call__(self, t: int) -> float:
        return self.lr * self.factor ** (_checks.count(t, "t", least=0) // self.every)


class ExponentialDecay(_Schedule):
    """Let the rate fall by the same factor at every step, to half after `half_life` steps: lr · 2^(-t / half_life).

    Raises ValueError for a rate or a half-life that is not positive.

    >>> schedule = ExponentialDecay(0.1, half_life=10)
    >>> schedule(0), schedule(10)
    (0.1, 0.05)
    """

    def __init__(self, lr: float, *, half_life: float) -> None:
        self.lr = _checks.positive(lr, "lr")
        self.half_life = _checks.positive(half_life, "half_life")

    def __call__(self, t: int) -> float:
        return self.lr * 2 ** (-_checks.count(t, "t", least=0) / self.half_life)


class CosineDecay(_Schedule):
    """Fall along half a cosine wave from `lr` to `final` within `steps` steps, and stay there.

    From Loshchilov & Hutter 2017, without the restarts.

    Raises ValueError for a rate that is not positive, `steps` below 1, or a final rate above the first.

    >>> schedule = CosineDecay(0.1, steps=100)
    >>> [round(schedule(t), 3) for t in (0, 50, 100, 200)]
    [0.1, 0.05, 0.0, 0.0]
    """

    def __init__(self, lr: float, *, steps: int, final: float = 0.0) -> None:
        self.lr = _checks.positive(lr, "lr")
        self.steps = _checks.count(steps, "steps")
        self.final = _checks.number(final, "final")
        if not 0 <= self.final <= self.lr:
            raise ValueError(f"final must lie between 0 and lr = {self.lr}, got {self.final}")

    def __call__(self, t: int) -> float:
        done = min(_checks.count(t, "t", least=0) / self.steps, 1)
        return self.final + (self.lr - self.final) * (1 + math.cos(math.pi * done)) / 2


class Warmup(_Schedule):
    """Rise in equal steps to the rate of another schedule, `then`, within the first `steps` steps.

    Raises ValueError for `steps` below 1, or a rate that is not positive.

    >>> schedule = Warmup(4, then=0.1)
    >>> [round(schedule(t), 3) for t in range(5)]
    [0.025, 0.05, 0.075, 0.1, 0.1]
    """

    def __init__(self, steps: int, *, then: float | Schedule) -> None:
        self.steps = _checks.count(steps, "steps")
        self.then = then if callable(then) else _checks.positive(then, "then")

    def __call__(self, t: int) -> Numbers:
        t = _checks.count(t, "t", least=0)
        lr = self.then(t) if callable(self.then) else self.then
        return lr * min((t + 1) / self.steps, 1)
