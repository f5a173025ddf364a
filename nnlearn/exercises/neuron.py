"""The exercises of chapter 1, The artificial neuron."""

import numpy as np

from nnlearn.exercises.exercise import Exercise, Hint, Misconception

# ---- Cases -------------------------------------------------------------------------------------------------------


def _sum_cases(rng):
    fixed = [([1.0, 2.0], [0.5, -1.0], 0.25), ([0.0, 0.0, 0.0], [1.0, 2.0, 3.0], -0.5), ([2.0], [3.0], 1.0)]
    random = []
    for n in (3, 5, 8):
        x, w = rng.normal(0, 1, (2, n))
        # A bias with the sign of the sum: the two must not cancel, or 32 bits are too few to tell right from wrong.
        random.append((x, w, float(np.copysign(rng.uniform(0.5, 1.5), x @ w))))
    return [(np.array(x), np.array(w), b) for x, w, b in fixed] + random


def _batch_cases(rng):
    fixed = [(np.array([[1.0, 2.0], [0.0, 0.0], [-1.0, 1.0]]), np.array([0.5, -1.0]), 0.25)]
    random = [(rng.normal(0, 1, shape), rng.normal(0, 1, shape[1]), float(rng.normal())) for shape in ((4, 4), (2, 5), (6, 3))]
    return fixed + random


def _gate_cases(rng):
    corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    random = [rng.integers(0, 2, (n, 2)).astype(float) for n in (5, 2, 7)]
    return [(corners,)] + [(x,) for x in random]


def _update_cases(rng):
    fixed = [
        (np.array([1.0, 2.0]), 1.0, np.array([-1.0, -1.0]), 0.5, 0.5),  # too low: says 0, right is 1
        (np.array([1.0, 2.0]), 0.0, np.array([1.0, 0.5]), -0.5, 0.5),  # too high: says 1, right is 0
        (np.array([1.0, -1.0]), 1.0, np.array([1.0, 0.5]), 0.25, 0.5),  # right already
        (np.array([1.0, 1.0]), 0.0, np.array([1.0, -1.0]), 0.0, 0.25),  # exactly on the line
        (np.array([1.0, 1.0]), 0.0, np.array([0.5, 0.25]), -1.0, 0.5),  # right, and off because of the bias
    ]
    random = []
    for n in (2, 3, 4, 5):
        x, w, b = rng.normal(0, 1, n), rng.normal(0, 1, n), float(rng.normal())
        y = float(x @ w + b < 0)  # a mistake for sure, so that something has to change
        random.append((x, y, w, b, float(rng.uniform(0.1, 0.9))))
    return fixed + random


# ---- References --------------------------------------------------------------------------------------------------


def weighted_sum(x, w, b):
    return np.sum(x * w) + b


def batch(x, w, b):
    return x @ w + b  # (n, k) @ (k,) -> (n,)


def bias_once(x, w, b):
    z = 0.0
    for i in range(len(x)):
        z = z + x[i] * w[i]
    return z + b  # once, after the loop


def nand(x):
    z = x @ np.array([-1.0, -1.0]) + 1.5
    return np.where(z >= 0, 1.0, 0.0)


def update(x, y, w, b, lr):
    prediction = 1.0 if x @ w + b >= 0 else 0.0
    error = y - prediction
    return w + lr * error * x, b + lr * error


def _updated(x, y, w, b, lr, *, sign=1.0, on_line=1.0, error=None, direction=None, move_bias=True, bias_counts=True):
    """Return the result of an update with one thing in it changed."""
    z = x @ w + b * bias_counts
    prediction = on_line if z == 0 else float(z > 0)
    error = sign * (y - prediction) if error is None else error(y, z, prediction)
    direction = x if direction is None else direction(x)
    return w + lr * error * direction, b + lr * error * move_bias


def _change_only(x, y, w, b, lr):
    new_w, new_b = update(x, y, w, b, lr)
    return new_w - w, new_b - b


def _bias_after_second_look(x, y, w, b, lr):
    new_w, _ = update(x, y, w, b, lr)
    return new_w, update(x, y, new_w, b, lr)[1]


def _first_only(x, w, b):
    return x[0] * w[0] + b


def _update_by_cases(x, y, w, b, lr):
    on = float(np.dot(x, w)) + b >= 0
    if on and y == 0:
        return w - lr * x, b - lr
    if not on and y == 1:
        return w + lr * x, b + lr
    return w, b


EXERCISES = (
    Exercise(
        id="01-weighted-sum",
        title="The weighted sum",
        task="Return z, the weighted sum of the inputs x with the weights w, plus the bias b. x and w are arrays of one length.",
        starter="""
            def my_weighted_sum(x, w, b):
                ...
        """,
        reference=weighted_sum,
        accepted=(lambda x, w, b: x @ w + b, bias_once, lambda x, w, b: sum(xi * wi for xi, wi in zip(x, w, strict=True)) + b),
        cases=_sum_cases,
        hints=(
            Hint("For x = [1, 2], w = [0.5, -1] and b = 0.25, what is z on paper?", "neuron-weighted-sum"),
            Hint("Multiply each input by its own weight, add all of these up, and add the bias once.", "neuron-weighted-sum"),
            Hint("`return np.sum(x * w) + b`"),
        ),
        misconceptions=(
            Misconception(
                lambda x, w, b: np.sum(x * w + b),
                "The bias is inside the sum, so it is added once for each input. Add it after the sum.",
                "neuron-bias",
            ),
            Misconception(lambda x, w, b: np.sum(x * w), "The bias is missing: z = Σ x w + b.", "neuron-bias"),
            Misconception(
                lambda x, w, b: np.mean(x * w) + b, "You took the mean of the products. It is a sum.", "neuron-weighted-sum"
            ),
            Misconception(
                lambda x, w, b: np.sum(x) * np.sum(w) + b,
                "You multiplied the two sums. Each input has a weight of its own: multiply first, add up then.",
                "neuron-weighted-sum",
            ),
            Misconception(
                lambda x, w, b: np.sum(x * w) - b,
                "You took the bias away. A threshold is subtracted; a bias, which is minus the threshold, is added.",
                "neuron-bias",
            ),
            Misconception(
                lambda x, w, b: np.sum(x + w) + b, "You added each weight to its input. It multiplies it.", "neuron-weighted-sum"
            ),
            Misconception(
                lambda x, w, b: x * w + b,
                "Those are the products, each with the bias. Add the products up to one number, and add the bias to that.",
                "neuron-weighted-sum",
            ),
            Misconception(
                lambda x, w, b: x * w,
                "Those are the products, one for each input. Add them up to one number, and add the bias.",
                "neuron-weighted-sum",
            ),
            Misconception(
                lambda x, w, b: 1.0 if x @ w + b >= 0 else 0.0,
                "That is what the unit says after the step, 1 or 0. The sum z itself is asked.",
                "neuron-weighted-sum",
            ),
        ),
    ),
    Exercise(
        id="01-batch",
        title="Many examples at once",
        task="Return z for every row of x, shape (n, k): w holds one weight for each of the k columns. The result has shape (n,).",
        starter="""
            def my_batch(x, w, b):
                ...
        """,
        reference=batch,
        accepted=(
            lambda x, w, b: (x * w).sum(axis=1) + b,
            lambda x, w, b: np.array([row @ w for row in x]) + b,
            lambda x, w, b: np.einsum("nk,k->n", x, w) + b,
        ),
        cases=_batch_cases,
        hints=(
            Hint("How many numbers should come out: one for each row, or one for each column?", "neuron-batch"),
            Hint(
                "`x @ w` multiplies each row by the weights and adds up along the row. The bias is added to every z.",
                "neuron-batch",
            ),
            Hint("`return x @ w + b`"),
        ),
        misconceptions=(
            Misconception(
                lambda x, w, b: (x * w).sum(axis=0) + b,
                "You added up down the columns. Each example is a row: add up along the row, axis=1.",
                "neuron-batch",
            ),
            Misconception(
                lambda x, w, b: (x * w + b).sum(axis=1),
                "The bias is inside the sum, so each z has it once for each input. Add it after the sum.",
                "neuron-bias",
            ),
            Misconception(lambda x, w, b: x @ w, "The bias is missing.", "neuron-bias"),
            Misconception(
                lambda x, w, b: x @ w - b,
                "You took the bias away. A threshold is subtracted; a bias, which is minus the threshold, is added.",
                "neuron-bias",
            ),
            Misconception(
                lambda x, w, b: x * w + b,
                "Those are the products, not yet added up: one number for each input. Add up along each row, then add the bias.",
                "neuron-batch",
            ),
            Misconception(
                lambda x, w, b: np.where(x @ w + b >= 0, 1.0, 0.0),
                "That is what the unit says after the step, 1 or 0. The sums z themselves are asked.",
                "neuron-batch",
            ),
            Misconception(
                lambda x, w, b: np.sum(x * w) + b,
                "You added up over everything. Each row is an example and has a z of its own.",
                "neuron-batch",
            ),
            Misconception(
                lambda x, w, b: x.T @ w + b,
                "x is transposed. In this book the rows are the examples, and `x @ w` is what is needed.",
                "neuron-batch",
            ),
        ),
    ),
    Exercise(
        id="01-find-the-bug",
        title="Find the bug: a weighted sum in a loop",
        task="The function should return the weighted sum of x and w plus the bias b. It holds one mistake. Mend it.",
        starter="""
            def my_neuron(x, w, b):
                z = 0.0
                for i in range(len(x)):
                    z = z + x[i] * w[i] + b
                return z
        """,
        reference=bias_once,
        accepted=(weighted_sum, lambda x, w, b: float(np.dot(x, w)) + b),
        cases=_sum_cases,
        hints=(
            Hint("Try it with all weights at 0. What should come out, and what does?", "neuron-bias"),
            Hint("How often is the bias added? It belongs to the unit, and not to each input.", "neuron-bias"),
            Hint("Inside the loop `z = z + x[i] * w[i]`, and after it `return z + b`"),
        ),
        misconceptions=(
            Misconception(
                lambda x, w, b: np.sum(x * w),
                "Now the bias is gone altogether. It has to be added once, after the loop.",
                "neuron-bias",
            ),
            Misconception(
                lambda x, w, b: np.sum(x * w) + b / len(x),
                "You divided the bias by the number of inputs. Added once it needs no dividing.",
                "neuron-bias",
            ),
            Misconception(
                lambda x, w, b: np.sum(x * (w + b)),
                "Now the bias is multiplied by the inputs, as if it were part of the weights.",
                "neuron-bias",
            ),
            Misconception(
                lambda x, w, b: x[-1] * w[-1] + b,
                "z starts again at every turn of the loop, so that only the last input counts. Keep what was there: z = z + …",
                "neuron-weighted-sum",
            ),
            Misconception(
                _first_only,
                "Only the first input counts: the `return` stands inside the loop and ends it. Move it to the left.",
                "neuron-weighted-sum",
            ),
            Misconception(
                lambda x, w, b: x @ w + (len(x) + 1) * b,
                "The bias is added after the loop now, and inside it still. Take it out of the loop.",
                "neuron-bias",
            ),
            Misconception(
                lambda x, w, b: x @ w - b,
                "The bias is taken away now. It is added, once.",
                "neuron-bias",
            ),
        ),
    ),
    Exercise(
        id="01-nand",
        title="Choose the weights: NAND",
        task=(
            "x has shape (n, 2), and holds zeros and ones. Return for each row what one unit with a step says, with weights and "
            "a bias that you choose so that it computes NAND: 0 if both inputs are 1, otherwise 1."
        ),
        starter="""
            def my_nand(x):
                w, b = np.array([1.0, 0.0]), -0.5     # choose these
                z = x @ w + b
                return np.where(z >= 0, 1.0, 0.0)
        """,
        reference=nand,
        accepted=(
            lambda x: (x @ np.array([-3.0, -2.0]) + 4.0 >= 0).astype(float),
            lambda x: 1 - x[:, 0] * x[:, 1],
            lambda x: [0.0 if a == 1 and b == 1 else 1.0 for a, b in x],
        ),
        cases=_gate_cases,
        hints=(
            Hint("Draw the four corners. Where must the line run?", "neuron-line"),
            Hint(
                "Only (1, 1) may give a negative z. So both weights are negative, and the bias outweighs each of them alone, "
                "but not both together.",
                "neuron-line",
            ),
            Hint("`w, b = np.array([-1.0, -1.0]), 1.5`"),
        ),
        misconceptions=(
            Misconception(lambda x: x[:, 0] * x[:, 1], "That is AND. NAND is its opposite: turn all signs round.", "neuron-line"),
            Misconception(
                lambda x: 1 - np.maximum(x[:, 0], x[:, 1]),
                "That is NOR: it is off as soon as one input is 1. The bias is too small.",
                "neuron-line",
            ),
            Misconception(
                lambda x: np.maximum(x[:, 0], x[:, 1]),
                "That is OR: it is on where any input is 1. NAND is off only at (1, 1).",
                "neuron-line",
            ),
            Misconception(
                lambda x: x[:, 0] + x[:, 1] - 2 * x[:, 0] * x[:, 1], "That is XOR, which needs more than one unit.", "neuron-xor"
            ),
            Misconception(
                lambda x: np.ones(len(x)),
                "It says 1 to everything, to (1, 1) as well: z is not negative there. The bias is too large for these weights.",
                "neuron-line",
            ),
            Misconception(
                lambda x: np.zeros(len(x)),
                "It says 0 to everything, to (0, 0) as well. There z is the bias alone, so the bias must not be negative.",
                "neuron-line",
            ),
            Misconception(
                lambda x: x @ np.array([-1.0, -1.0]) + 1.5,
                "That is z. What the unit says is asked: 1 where z ≥ 0, otherwise 0.",
                "neuron-weighted-sum",
            ),
            Misconception(lambda x: 1 - x[:, 0], "That is NOT of the first input: the second one does not count.", "neuron-line"),
        ),
    ),
    Exercise(
        id="01-perceptron-step",
        title="One step of the perceptron's rule",
        task=(
            "Return the new weights and the new bias, `w, b`, after the perceptron has looked at one example x with the label y, "
            "0 or 1. It says 1 where z ≥ 0. The learning rate lr is the size of its step."
        ),
        starter="""
            def my_perceptron_step(x, y, w, b, lr):
                ...
        """,
        reference=update,
        accepted=(
            _update_by_cases,
            lambda x, y, w, b, lr: [w + lr * (y - (np.dot(w, x) + b >= 0)) * x, b + lr * (y - (np.dot(w, x) + b >= 0))],
        ),
        cases=_update_cases,
        hints=(
            Hint("What does the unit say for x? What should happen if that is right?", "neuron-perceptron"),
            Hint(
                "The error is y minus what it says. The weights move by lr × error × x, the bias by lr × error.",
                "neuron-perceptron",
            ),
            Hint("`error = y - (1.0 if x @ w + b >= 0 else 0.0)`, then `return w + lr * error * x, b + lr * error`"),
        ),
        misconceptions=(
            Misconception(
                lambda x, y, w, b, lr: _updated(x, y, w, b, lr, sign=-1.0),
                "The step goes the wrong way. Where the unit says 0 and right is 1, z has to grow: error = y - prediction.",
                "neuron-perceptron",
            ),
            Misconception(
                lambda x, y, w, b, lr: _updated(x, y, w, b, lr, move_bias=False),
                "The weights are right, and the bias has not moved. It learns, too: its input is always 1.",
                "neuron-perceptron",
            ),
            Misconception(
                lambda x, y, w, b, lr: _updated(x, y, w, b, lr, direction=np.ones_like),
                "All weights moved by the same. Each moves by its own input: an input of 0 had no part in the mistake.",
                "neuron-perceptron",
            ),
            Misconception(
                lambda x, y, w, b, lr: _updated(x, y, w, b, lr, error=lambda y, z, a: y - z),
                "You took y - z. The perceptron's error is y minus what it *says*, after the step: 1, 0 or −1.",
                "neuron-perceptron",
            ),
            Misconception(
                lambda x, y, w, b, lr: _updated(x, y, w, b, lr, on_line=0.0),
                "At z = 0 exactly you take the unit for off. The step is 1 where z ≥ 0.",
                "neuron-weighted-sum",
            ),
            Misconception(
                lambda x, y, w, b, lr: _updated(x, y, w, b, 1.0),
                "The learning rate is missing: the step is lr times the error.",
                "neuron-perceptron",
            ),
            Misconception(
                _change_only,
                "That is the change. Add it to the old weights and the old bias.",
                "neuron-perceptron",
            ),
            Misconception(
                lambda x, y, w, b, lr: _updated(x, y, w, b, lr, bias_counts=False),
                "What the unit says is decided without the bias. It says 1 where x w + b ≥ 0.",
                "neuron-weighted-sum",
            ),
            Misconception(
                lambda x, y, w, b, lr: _updated(x, y, w, b, lr, error=lambda y, z, a: y),
                "You took the label for the error. Where the unit is right, nothing may change: error = y - prediction.",
                "neuron-perceptron",
            ),
            Misconception(
                lambda x, y, w, b, lr: _updated(x, y, w, b, lr, error=lambda y, z, a: abs(y - a)),
                "Your error is never negative, so z only ever grows. Where the unit says 1 and right is 0, it has to fall.",
                "neuron-perceptron",
            ),
            Misconception(
                _bias_after_second_look,
                "The bias used what the unit says with the *new* weights. Compute the error once, before anything moves.",
                "neuron-perceptron",
            ),
        ),
    ),
)
