"""The exercises of chapter 6, the first worked example: sigmoid and cross-entropy."""

import numpy as np

from nnlearn.exercises.exercise import Exercise, Hint, Misconception

# ---- Cases -------------------------------------------------------------------------------------------------------


def _numbers(rng, count):
    """Random (x, w, y) with both labels; neither x nor w is near 0, and the sigmoid does not saturate."""
    sizes, signs = rng.uniform(0.4, 1.5, (count, 2)), rng.choice([-1.0, 1.0], (count, 2))
    return [(float(x), float(w), float(k % 2)) for k, (x, w) in enumerate(sizes * signs)]


def _step_cases(rng):
    return [(0.5, 0.2, 1.0), (1.5, -0.4, 0.0), (-2.0, 0.5, 1.0), *_numbers(rng, 5)]


def _update_cases(rng):
    fixed = [(0.5, 0.2, 1.0, 0.1), (1.5, -0.4, 0.0, 0.5), (-2.0, 0.5, 1.0, 0.2)]
    random = []
    while len(random) < 5:
        # A new weight close to 0 is a difference of two equal numbers: what is left in 32 bits is rounding.
        ((x, w, _),), y, lr = _numbers(rng, 1), float(len(random) % 2), float(rng.uniform(0.05, 0.8))
        if abs(new_weight(x, w, y, lr)) > 0.1:
            random.append((x, w, y, lr))
    return fixed + random


def _nudge_cases(rng):
    # A nudge that is not small tells the forms of the difference apart.
    fixed = [(0.5, 0.2, 1.0, 0.5), (1.5, -0.4, 0.0, 0.25)]
    return fixed + [(*case, float(h)) for case, h in zip(_numbers(rng, 4), rng.uniform(0.2, 0.6, 4), strict=True)]


# ---- References and slips ----------------------------------------------------------------------------------------


def loss(x, w, y):
    p = 1 / (1 + np.exp(-x * w))                        # 2a, 2b
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))   # 2c


def weight_gradient(x, w, y):
    p = 1 / (1 + np.exp(-x * w))
    d_z = p - y                             # the sigmoid's slope is in it
    return d_z * x


def new_weight(x, w, y, lr):
    p = 1 / (1 + np.exp(-x * w))
    d_w = (p - y) * x
    return w - lr * d_w


def nudged_slope(x, w, y, h):
    def loss(w):
        p = 1 / (1 + np.exp(-x * w))
        return -(y * np.log(p) + (1 - y) * np.log(1 - p))
    return (loss(w + h) - loss(w - h)) / (2 * h)


def _p(x, w):
    return 1 / (1 + np.exp(-x * w))


def _by_chain(x, w, y):
    """The gradient with every link of the chain written out."""
    p = _p(x, w)
    d_p = -y / p + (1 - y) / (1 - p)
    return d_p * (p * (1 - p)) * x


def _by_cases(x, w, y):
    p = _p(x, w)
    return -np.log(p) if y == 1 else -np.log(1 - p)


def _twice(x, w, y):
    p = _p(x, w)
    return (p - y) * p * (1 - p) * x


_TWICE = (
    "You multiplied by σ′(z), but p - y is the gradient at z and contains it already. (p - y) σ′ belongs to the squared error "
    "½(p - y)²."
)

EXERCISES = (
    Exercise(
        id="06-loss",
        title="The forward pass, for both labels",
        task="Return the cross-entropy loss for one input x, one weight w and a label y that is 0 or 1 (steps 2a to 2c).",
        starter="""
            def my_loss(x, w, y):
                ...
        """,
        reference=loss,
        accepted=(_by_cases, lambda x, w, y: np.log1p(np.exp(x * w)) - y * x * w),
        cases=_step_cases,
        hints=(
            Hint("For x = 0.5, w = 0.2 and y = 1 the result must be 0.6444. What must it be for y = 0?", "sigmoid-example-forward"),
            Hint("The loss is -log of the probability that the label got: p if y is 1, and 1 - p if y is 0.",
                 "sigmoid-example-forward"),
            Hint("`p = 1 / (1 + np.exp(-x * w))`, then `return -(y * np.log(p) + (1 - y) * np.log(1 - p))`"),
        ),
        misconceptions=(
            Misconception(
                lambda x, w, y: -y * np.log(_p(x, w)),
                "For y = 0 yours is 0 whatever p is: the example is forgotten. The term (1 - y) log(1 - p) is missing.",
                "sigmoid-example-forward",
            ),
            Misconception(
                lambda x, w, y: -np.log(_p(x, w)),
                "That is right for the label 1. For the label 0 the probability that counts is 1 - p.",
                "sigmoid-example-forward",
            ),
            Misconception(
                lambda x, w, y: _by_cases(x, w, 1 - y),
                "The labels are swapped: yours is the loss of the class that it was not.",
                "sigmoid-example-forward",
            ),
            Misconception(
                lambda x, w, y: -loss(x, w, y),
                "The sign is wrong: logarithms of probabilities are negative, and the minus in front makes the loss positive.",
                "sigmoid-example-forward",
            ),
            Misconception(
                lambda x, w, y: loss(x, w, y) / np.log(10),
                "That is the logarithm to the base 10. Cross-entropy uses the natural one, np.log.",
                "sigmoid-example-forward",
            ),
            Misconception(
                lambda x, w, y: loss(1.0, x + w, y), "You added input and weight. A weight multiplies its input.",
                "sigmoid-example-forward",
            ),
            Misconception(
                lambda x, w, y: 0.5 * (_p(x, w) - y) ** 2,
                "That is the squared error. Cross-entropy is asked: -log of the probability of the label.",
                "sigmoid-example-other-loss",
            ),
        ),
    ),
    Exercise(
        id="06-find-the-bug",
        title="Find the bug: the document's backward pass",
        task=(
            "The function should return ∂L/∂w of the cross-entropy for any x, w and label y. It does what the document does. "
            "Mend it."
        ),
        starter="""
            def my_weight_gradient(x, w, y):
                p = 1 / (1 + np.exp(-x * w))
                error = p - y                    # 3a
                slope = p * (1 - p)              # 3b
                return error * slope * x         # 3c
        """,
        reference=weight_gradient,
        accepted=(_by_chain, lambda x, w, y: x / (1 + np.exp(-x * w)) - x * y),
        cases=_step_cases,
        hints=(
            Hint("Nudge the weight for x = 0.5, w = 0.2, y = 1: the slope of the loss is -0.2375. What does the function say?",
                 "sigmoid-example-nudge"),
            Hint("Which derivative is p - y: the one at the output p, or the one at z? How often does σ′ come in then?",
                 "sigmoid-example-cancels"),
            Hint("p - y is the gradient at z already: `return error * x`"),
        ),
        misconceptions=(
            Misconception(
                lambda x, w, y: (y - _p(x, w)) * x,
                "The slope is gone, and now the sign is the wrong way round: the gradient is (p - y) x.",
                "sigmoid-example-cancels",
            ),
            Misconception(
                lambda x, w, y: _p(x, w) - y,
                "That is the gradient at z. One link is left, z = x w: multiply by the input.",
                "sigmoid-example-backward",
            ),
            Misconception(
                lambda x, w, y: (_p(x, w) - y) * _p(x, w) * (1 - _p(x, w)),
                "You took out the wrong factor: the slope belongs out, the input belongs in.",
                "sigmoid-example-cancels",
            ),
            Misconception(
                lambda x, w, y: (_p(x, w) - y) * w,
                "You multiplied by the weight. That is the gradient of the input; the weight's has the factor x.",
                "sigmoid-example-backward",
            ),
            Misconception(
                lambda x, w, y: (-y / _p(x, w) + (1 - y) / (1 - _p(x, w))) * x,
                "That is the derivative at the output p, times x. Between them stands the sigmoid: its slope turns it into p - y.",
                "sigmoid-example-cancels",
            ),
            Misconception(
                lambda x, w, y: (_p(x, w) - 1) * x,
                "That is right for the label 1 alone. For any label the error is p - y.",
                "sigmoid-example-backward",
            ),
        ),
    ),
    Exercise(
        id="06-new-weight",
        title="All steps at once",
        task="Return the weight after one step of gradient descent with the learning rate lr (steps 2a to 3d).",
        starter="""
            def my_new_weight(x, w, y, lr):
                ...
        """,
        reference=new_weight,
        accepted=(lambda x, w, y, lr: w - lr * _by_chain(x, w, y), lambda x, w, y, lr: w + lr * x * (y - _p(x, w))),
        cases=_update_cases,
        hints=(
            Hint("For the document's numbers, 0.5, 0.2, 1 and 0.1, the result must be 0.2238.", "sigmoid-example-backward"),
            Hint("p, then p - y at z, then times x for the weight; the new weight is w minus lr times that.",
                 "sigmoid-example-backward"),
            Hint("`p = 1 / (1 + np.exp(-x * w))`, then `return w - lr * (p - y) * x`"),
        ),
        misconceptions=(
            Misconception(lambda x, w, y, lr: w - lr * _twice(x, w, y), _TWICE, "sigmoid-example-cancels"),
            Misconception(
                lambda x, w, y, lr: w + lr * weight_gradient(x, w, y),
                "Your step goes uphill. The gradient says where the loss grows; the update subtracts it.",
                "sigmoid-example-backward",
            ),
            Misconception(
                lambda x, w, y, lr: w - weight_gradient(x, w, y),
                "The learning rate is missing: the step is lr times the gradient.",
                "sigmoid-example-backward",
            ),
            Misconception(
                lambda x, w, y, lr: w - lr * (_p(x, w) - y),
                "The input is missing. p - y is the gradient at z; the weight's is that times x.",
                "sigmoid-example-backward",
            ),
            Misconception(
                lambda x, w, y, lr: -lr * weight_gradient(x, w, y),
                "That is the step. The new weight is the old one plus this step.",
                "sigmoid-example-backward",
            ),
            Misconception(
                lambda x, w, y, lr: w - lr * (_p(x, w) - y) * w,
                "You multiplied by the weight. That is the gradient of the input; the weight's has the factor x.",
                "sigmoid-example-backward",
            ),
            Misconception(
                lambda x, w, y, lr: w - lr * (x * w - y) * x,
                "The sigmoid is missing: the error is p - y, and yours is z - y.",
                "sigmoid-example-forward",
            ),
            Misconception(
                lambda x, w, y, lr: w - lr * (_p(x, w) - (1 - y)) * x,
                "The labels are swapped: yours pulls p towards 1 - y.",
                "sigmoid-example-backward",
            ),
        ),
    ),
    Exercise(
        id="06-nudge",
        title="A gradient check of your own",
        task="Return the slope of the loss between w - h and w + h: the difference of the two losses over the distance.",
        starter="""
            def my_nudged_slope(x, w, y, h):
                ...
        """,
        reference=nudged_slope,
        accepted=(
            lambda x, w, y, h: (loss(x, w + h, y) - loss(x, w - h, y)) / ((w + h) - (w - h)),
            lambda x, w, y, h: (np.log1p(np.exp(x * (w + h))) - np.log1p(np.exp(x * (w - h)))) / (2 * h) - y * x,
        ),
        cases=_nudge_cases,
        tolerance=1e-4,  # a difference of two losses has fewer digits than either
        hints=(
            Hint("You need the loss twice: once with w + h and once with w - h.", "sigmoid-example-nudge"),
            Hint("A slope is a difference of heights over a distance. How far is it from w - h to w + h?", "sigmoid-example-nudge"),
            Hint("`return (loss(w + h) - loss(w - h)) / (2 * h)`, with a function loss(w) that holds steps 2a to 2c"),
        ),
        misconceptions=(
            Misconception(
                lambda x, w, y, h: (loss(x, w + h, y) - loss(x, w - h, y)) / h,
                "From w - h to w + h the distance is 2 h, not h.",
                "sigmoid-example-nudge",
            ),
            Misconception(
                lambda x, w, y, h: (loss(x, w + h, y) - loss(x, w, y)) / h,
                "That is a nudge to one side. It errs by about h; nudged to both sides the error is about h².",
                "sigmoid-example-nudge",
            ),
            Misconception(
                lambda x, w, y, h: loss(x, w + h, y) - loss(x, w - h, y),
                "That is how much the loss changes. Divide by how far the weight went, 2 h.",
                "sigmoid-example-nudge",
            ),
            Misconception(
                lambda x, w, y, h: (loss(x + h, w, y) - loss(x - h, w, y)) / (2 * h),
                "You nudged the input. The slope with respect to the weight is asked.",
                "sigmoid-example-nudge",
            ),
            Misconception(
                lambda x, w, y, h: (loss(x, w - h, y) - loss(x, w + h, y)) / (2 * h),
                "The order is the wrong way round: first the loss at w + h, minus the loss at w - h.",
                "sigmoid-example-nudge",
            ),
            Misconception(
                lambda x, w, y, h: weight_gradient(x, w, y),
                "That is the gradient by the formula. A check must not use the formula that it is to check.",
                "sigmoid-example-nudge",
            ),
            Misconception(
                lambda x, w, y, h: (_p(x, w + h) - _p(x, w - h)) / (2 * h),
                "That is the slope of the output p. The slope of the loss is asked.",
                "sigmoid-example-nudge",
            ),
        ),
    ),
)
