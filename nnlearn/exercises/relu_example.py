"""The exercises of chapter 7, the second worked example: ReLU and cross-entropy."""

import numpy as np

from nnlearn.exercises.exercise import Exercise, Hint, Misconception

# ---- Cases -------------------------------------------------------------------------------------------------------


def _weight_cases(rng):
    # Among the random ones, dead units (z below 0) and outputs above 1 are sure to be there.
    fixed = [(0.5, 0.2), (2.0, 0.3), (-2.0, -0.4), (1.5, -0.3), (2.0, 1.2)]
    x, w = rng.uniform(0.3, 2, 4), rng.uniform(0.2, 1.5, 4)
    signs = [(1, 1), (-1, -1), (-1, 1), (1, -1)]
    return fixed + [(float(a * s), float(b * t)) for a, b, (s, t) in zip(x, w, signs, strict=True)]


def _diagnosis_cases(rng):
    fixed = [np.array([0.1]), np.array([0.0, 0.5, 1.0, 1.1]), np.array([-2.0, 3.0, 0.9])]
    return [(z,) for z in fixed] + [(rng.normal(0.6, 1, n),) for n in (5, 8, 14)]


def _mse_cases(rng):
    fixed = [(np.array([0.5]), 0.2, np.array([1.0])), (np.array([1.0, -1.0, 2.0]), 0.5, np.array([1.0, 0.5, 0.0]))]
    random = []
    for n, sign in ((4, 1), (7, -1), (16, 1)):
        # Positive outputs have errors of one sign, so that the mean is no small difference of large numbers.
        x, w = rng.uniform(0.5, 2, n) * sign, float(rng.uniform(0.4, 1.5)) * sign
        x[0] = -x[0]
        random.append((x, w, np.maximum(0, x * w) - rng.uniform(0.2, 1, n)))
    return fixed + random


# ---- References and slips ----------------------------------------------------------------------------------------


def weight_gradient(x, w):
    z = x * w
    if z <= 0:
        return 0.0                          # the slope of the ReLU is 0: nothing comes through
    return -1 / z * x                       # p is z here, and the slope is 1


def diagnosis(z):
    return np.where(z <= 0, 1, np.where(z > 1, 2, 0))


def mse_gradient(x, w, y):
    z = x * w
    p = np.maximum(0, z)
    return np.mean(2 * (p - y) * (z > 0) * x)


def _mse_by_loop(x, w, y):
    total = 0.0
    for a, b in zip(x, y, strict=True):
        if a * w > 0:
            total += 2 * (a * w - b) * a
    return total / len(x)


def _alive(x, w, value):
    return value if x * w > 0 else 0.0


_S, _B, _I = "relu-example-backward", "relu-example-probability", "relu-example-instead"

EXERCISES = (
    Exercise(
        id="07-weight-gradient",
        title="The right gradient behind a ReLU",
        task="Return ∂L/∂w for p = max(0, x w) and L = -log p, the label being 1. Where z is 0 or less, nothing comes through.",
        starter="""
            def my_weight_gradient(x, w):
                ...
        """,
        reference=weight_gradient,
        accepted=(lambda x, w: -1 / w if x * w > 0 else 0.0, lambda x, w: -x / max(x * w, 1e-300) * (x * w > 0)),
        cases=_weight_cases,
        hints=(
            Hint("For the document's numbers, 0.5 and 0.2, the result must be -5.", _S),
            Hint("Three links: the slope of -log p is -1/p, the slope of the ReLU is 1 or 0, the slope of z = x w is x.", _S),
            Hint("`z = x * w`; `return 0.0 if z <= 0 else -1 / z * x`"),
        ),
        misconceptions=(
            Misconception(
                lambda x, w: (max(0.0, x * w) - 1) * (x * w > 0) * x,
                "You used p - y. That belongs to a sigmoid or a softmax with cross-entropy; behind a ReLU the gradient at p is "
                "-1/p.",
                _S,
            ),
            Misconception(
                lambda x, w: (max(0.0, x * w) - 1) * x,
                "You used p - y, and left out the slope of the ReLU. The gradient at p is -1/p, and for z below 0 nothing comes "
                "through.",
                _S,
            ),
            Misconception(
                lambda x, w: -x / (x * w),
                "Right where z is positive. Where it is negative the ReLU's slope is 0, and the gradient with it.",
                _S,
            ),
            Misconception(
                lambda x, w: _alive(x, w, 1 / w), "The sign: -log p falls as p grows, so its slope is -1/p.", _S
            ),
            Misconception(
                lambda x, w: _alive(x, w, -1 / (x * w)),
                "That is the gradient at z. The input is missing: z = x w has the slope x.",
                _S,
            ),
            Misconception(
                lambda x, w: _alive(x, w, -x * w * x), "You multiplied by p. The slope of -log p is -1/p.", _S
            ),
        ),
    ),
    Exercise(
        id="07-what-goes-wrong",
        title="What goes wrong, and where",
        task=(
            "z holds raw values for examples of class 1, and max(0, z) is taken for a probability. Return for each z: 1 if the "
            "loss "
            "is infinite, 2 if it is negative, 0 if it is neither."
        ),
        starter="""
            def my_diagnosis(z):
                ...
        """,
        reference=diagnosis,
        accepted=(
            lambda z: 1 * (z <= 0) + 2 * (z > 1),
            lambda z: [1 if v <= 0 else 2 if v > 1 else 0 for v in z],
        ),
        cases=_diagnosis_cases,
        hints=(
            Hint("For which p is -log p infinite, and for which is it below 0?", _B),
            Hint("Infinite at p = 0, which is every z of 0 or less; negative for p above 1; at p = 1 it is exactly 0.", _B),
            Hint("`return np.where(z <= 0, 1, np.where(z > 1, 2, 0))`"),
        ),
        misconceptions=(
            Misconception(
                lambda z: np.where(z < 0, 1, np.where(z > 1, 2, 0)),
                "At z = 0 exactly the output is 0 too, and -log 0 is infinite: use <=.",
                _B,
            ),
            Misconception(
                lambda z: np.where(z <= 0, 1, np.where(z >= 1, 2, 0)),
                "At p = 1 exactly the loss is 0, neither infinite nor negative: use > 1.",
                _B,
            ),
            Misconception(
                lambda z: np.where(z <= 0, 2, np.where(z > 1, 1, 0)),
                "The two codes are swapped: 1 is for an infinite loss, where p is 0.",
                _B,
            ),
            Misconception(
                lambda z: np.where(z > 1, 2, 0), "The infinite losses are missing: where z is 0 or less, p is 0.", _B
            ),
            Misconception(
                lambda z: np.where(z <= 0, 1, 0), "The negative losses are missing: -log p is below 0 where p is above 1.", _B
            ),
        ),
    ),
    Exercise(
        id="07-relu-mse",
        title="What to do instead: a ReLU with the squared error",
        task="Return ∂L/∂w for p = max(0, x w) and L = mean of (p - y)², with n inputs x, n targets y and one weight w.",
        starter="""
            def my_gradient(x, w, y):
                ...
        """,
        reference=mse_gradient,
        accepted=(_mse_by_loop, lambda x, w, y: 2 * ((np.maximum(0, x * w) - y) @ (x * (x * w > 0))) / len(x)),
        cases=_mse_cases,
        hints=(
            Hint("For one example, x = 0.5, w = 0.2, y = 1, the result must be -0.9.", _I),
            Hint("Each example gives 2 (p - y), times the slope of the ReLU, times its input. Then take the mean.", _I),
            Hint("`z = x * w`; `return np.mean(2 * (np.maximum(0, z) - y) * (z > 0) * x)`"),
        ),
        misconceptions=(
            Misconception(
                lambda x, w, y: np.mean((np.maximum(0, x * w) - y) * (x * w > 0) * x),
                "The factor 2 of the square is missing. It goes only where the loss is defined with ½.",
                _I,
            ),
            Misconception(
                lambda x, w, y: np.mean(2 * (np.maximum(0, x * w) - y) * x),
                "The slope of the ReLU is missing: an example with z below 0 gives nothing.",
                _I,
            ),
            Misconception(
                lambda x, w, y: np.sum(2 * (np.maximum(0, x * w) - y) * (x * w > 0) * x),
                "That is the sum over the examples. The loss is a mean, and so is its gradient.",
                _I,
            ),
            Misconception(
                lambda x, w, y: np.mean(2 * (np.maximum(0, x * w) - y) * (x * w > 0)),
                "That is the gradient at z. The input is missing.",
                _I,
            ),
            Misconception(
                lambda x, w, y: np.mean(2 * (y - np.maximum(0, x * w)) * (x * w > 0) * x),
                "The sign is the wrong way round: the slope of (p - y)² with respect to p is 2 (p - y).",
                _I,
            ),
            Misconception(
                lambda x, w, y: np.mean(-x[x * w > 0] / (x * w)[x * w > 0]) * np.mean(x * w > 0),
                "-1/p is the slope of -log p. The slope of (p - y)² with respect to p is 2 (p - y).",
                _I,
            ),
            Misconception(
                lambda x, w, y: np.mean(2 * (x * w - y) * x),
                "You left out the ReLU altogether: z in the place of p, and no slope.",
                _I,
            ),
        ),
    ),
)
