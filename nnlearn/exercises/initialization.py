"""The exercises of chapter 13, Initialization."""

import numpy as np

from nnlearn.exercises.exercise import Exercise, Hint, Misconception

# ---- Cases -------------------------------------------------------------------------------------------------------


def _he_cases(rng):
    fixed = [(np.array([[1.0, -1.0, 2.0], [0.5, 0.0, 1.0]]),), (np.ones((3, 3)),), (np.array([[2.0, 1.0]]),)]
    return fixed + [(rng.normal(size=shape),) for shape in ((8, 3), (4, 9), (6, 6))]


def _limit_cases(rng):
    fixed = [(2, 4), (6, 6), (100, 50)]
    return fixed + [(int(a), int(b)) for a, b in zip(rng.integers(3, 60, 3), rng.integers(70, 300, 3), strict=True)]


def _spread_cases(rng):
    fixed = [(1.0, 0.1, 100, 2), (2.0, 0.5, 9, 3), (1.0, 0.05, 100, 4)]
    return fixed + [
        (float(rng.uniform(0.5, 3)), float(rng.uniform(0.05, 0.4)), int(rng.integers(5, 40)), int(rng.integers(2, 6)))
        for _ in range(4)
    ]


def _rescale_cases(rng):
    fixed = [
        (np.array([[1.0, 2.0], [3.0, -1.0], [0.0, 1.0]]), np.array([[1.0, 0.5], [-1.0, 2.0]])),
        (np.array([[2.0, 0.0], [0.0, 1.0]]), np.array([[3.0, 1.0], [1.0, 5.0]])),
    ]
    return fixed + [
        (rng.normal(1, 2, (n, k)), rng.normal(0, 0.4, (k, m)) * np.linspace(1, 4, m))
        for n, k, m in ((9, 3, 4), (5, 5, 5), (12, 2, 3))
    ]


# ---- References --------------------------------------------------------------------------------------------------


def he_weights(z):
    n_in, n_out = z.shape
    return z * np.sqrt(2 / n_in)


def glorot_limit(n_in, n_out):
    variance = 2 / (n_in + n_out)
    return np.sqrt(3 * variance)  # a uniform variable in ±a has the variance a²/3


def spread_after(spread, std, n, depth):
    return spread * (std * np.sqrt(n)) ** depth


def rescaled(x, W):
    return W / np.std(x @ W)


def _spread_by_loop(spread, std, n, depth):
    variance = spread**2
    for _ in range(depth):
        variance = n * std**2 * variance
    return variance**0.5


def _rescaled_by_sums(x, W):
    z = np.asarray(x) @ np.asarray(W)
    return np.asarray(W) / ((z - z.mean()) ** 2).mean() ** 0.5


EXERCISES = (
    Exercise(
        id="13-he",
        title="He's rule",
        task=(
            "z holds normal random numbers of mean 0 and standard deviation 1, in the shape (n_in, n_out) of a weight "
            "matrix. Turn these numbers into first weights by He's rule; draw no others."
        ),
        starter="""
            def my_he_weights(z):
                ...
        """,
        reference=he_weights,
        accepted=(lambda z: z * (2 / len(z)) ** 0.5, lambda z: np.multiply(z, np.sqrt(2) / np.sqrt(np.shape(z)[0]))),
        cases=_he_cases,
        hints=(
            Hint("Which of the two sizes counts: how many numbers a unit adds up, or how many units there are?", "init-variance"),
            Hint("Var(w) = 2 / n_in. A number of spread 1 gets the spread s when it is multiplied by s.", "init-variance"),
            Hint("`z * np.sqrt(2 / z.shape[0])`"),
        ),
        misconceptions=(
            Misconception(
                lambda z: z * 2 / z.shape[0],
                "You multiplied by the variance. The factor is the standard deviation, its root.",
                "init-variance",
            ),
            Misconception(
                lambda z: z * np.sqrt(2) / z.shape[0],
                "The root is taken of the 2 alone. It belongs to the whole fraction, √(2 / n_in).",
                "init-which",
            ),
            Misconception(
                lambda z: z * np.sqrt(2 / z.size),
                "You counted all weights, n_in · n_out. He's rule counts the inputs that one unit adds up, n_in: the rows.",
                "init-variance",
            ),
            Misconception(
                lambda z: z * np.sqrt(2 / z.shape[1]),
                "You counted the units, n_out. He's rule counts the inputs that each unit adds up, n_in: the rows.",
                "init-variance",
            ),
            Misconception(
                lambda z: z * np.sqrt(2 / sum(z.shape)),
                "That is Xavier's rule, 2 / (n_in + n_out). He's is 2 / n_in.",
                "init-which",
            ),
            Misconception(
                lambda z: z * np.sqrt(1 / z.shape[0]),
                "The 2 is missing: ReLU throws half of the mean square away.",
                "init-variance",
            ),
            Misconception(
                lambda z: z * np.sqrt(6 / z.shape[0]),
                "√(6 / n_in) is the limit of the uniform form. Normal numbers are multiplied by √(2 / n_in).",
                "init-which",
            ),
            Misconception(
                lambda z: z / np.sqrt(2 / z.shape[0]),
                "You divided by the standard deviation. Multiply.",
                "init-variance",
            ),
        ),
    ),
    Exercise(
        id="13-glorot-limit",
        title="The limit of Xavier's uniform form",
        task=(
            "Return the number a, so that weights drawn evenly from −a to a have the variance of Xavier's rule for a layer "
            "n_in → n_out."
        ),
        starter="""
            def my_glorot_limit(n_in, n_out):
                ...
        """,
        reference=glorot_limit,
        accepted=(lambda n_in, n_out: (6 / (n_in + n_out)) ** 0.5, lambda n_in, n_out: np.sqrt(3) / np.sqrt((n_in + n_out) / 2)),
        cases=_limit_cases,
        hints=(
            Hint("Which variance does Xavier's rule ask for, and which have numbers drawn evenly from −a to a?"),
            Hint("Var(w) = 2 / (n_in + n_out), and evenly drawn numbers have the variance a²/3.", "init-which"),
            Hint("a²/3 = 2 / (n_in + n_out), so a = √(6 / (n_in + n_out))."),
        ),
        misconceptions=(
            Misconception(
                lambda n_in, n_out: np.sqrt(2 / (n_in + n_out)),
                "That is the standard deviation. Numbers drawn evenly from −a to a have a smaller one than a, by √3.",
                "init-which",
            ),
            Misconception(
                lambda n_in, n_out: 2 / (n_in + n_out),
                "That is the variance. What is the limit a with a²/3 equal to it?",
                "init-which",
            ),
            Misconception(
                lambda n_in, n_out: 6 / (n_in + n_out),
                "That is a². The root is missing.",
                "init-which",
            ),
            Misconception(
                lambda n_in, n_out: np.sqrt(6) / (n_in + n_out),
                "The root is taken of the 6 alone. It belongs to the whole fraction.",
                "init-which",
            ),
            Misconception(
                lambda n_in, n_out: np.sqrt(6 / n_in),
                "That is He's limit. Xavier's rule counts inputs and outputs.",
                "init-which",
            ),
            Misconception(
                lambda n_in, n_out: np.sqrt(6 / (n_in * n_out)),
                "You multiplied n_in and n_out. They are added.",
                "init-which",
            ),
            Misconception(
                lambda n_in, n_out: np.sqrt(2 / (n_in + n_out)) / np.sqrt(3),
                "You divided by √3. The edges lie farther out than the standard deviation: multiply.",
                "init-which",
            ),
        ),
    ),
    Exercise(
        id="13-spread",
        title="What comes out of many layers",
        task=(
            "Values of the given spread (standard deviation, mean 0) go through depth layers without activation or bias, "
            "each with n "
            "inputs and n units, and weights of standard deviation std. Return the spread that is to be expected at the end."
        ),
        starter="""
            def my_spread_after(spread, std, n, depth):
                ...
        """,
        reference=spread_after,
        accepted=(_spread_by_loop, lambda spread, std, n, depth: spread * std**depth * n ** (depth / 2)),
        cases=_spread_cases,
        hints=(
            Hint("By which factor does the variance change in a single layer?", "init-variance"),
            Hint("Var(z) = n · std² · Var(a), so the spread is multiplied by std · √n, once for each layer.", "init-variance"),
            Hint("`spread * (std * np.sqrt(n)) ** depth`"),
        ),
        misconceptions=(
            Misconception(
                lambda spread, std, n, depth: spread * (std * n) ** depth,
                "n terms of random sign add up to √n times one of them, and not to n times.",
                "init-variance",
            ),
            Misconception(
                lambda spread, std, n, depth: spread * (std**2 * n) ** depth,
                "That factor belongs to the variance. The spread is its root: std · √n.",
                "init-variance",
            ),
            Misconception(
                lambda spread, std, n, depth: spread**2 * (std**2 * n) ** depth,
                "That is the variance at the end. The spread is its root.",
                "init-variance",
            ),
            Misconception(
                lambda spread, std, n, depth: spread * std**depth * np.sqrt(n),
                "The √n is there once. Each layer adds up n terms anew, so it stands inside the power.",
                "init-variance",
            ),
            Misconception(
                lambda spread, std, n, depth: spread * (std * np.sqrt(n / 2)) ** depth,
                "You halved the mean square in each layer, as ReLU does. These layers have no activation.",
                "init-variance",
            ),
            Misconception(
                lambda spread, std, n, depth: spread * std**depth,
                "You multiplied by the spread of the weights alone. Each unit adds up n terms.",
                "init-variance",
            ),
            Misconception(
                lambda spread, std, n, depth: spread * std * np.sqrt(n) * depth,
                "You multiplied by the depth. Each layer multiplies by the same factor, so it is a power.",
                "init-variance",
            ),
            Misconception(
                lambda spread, std, n, depth: spread * std * np.sqrt(n),
                "That is one layer. The factor comes once for each.",
                "init-variance",
            ),
            Misconception(
                lambda spread, std, n, depth: (std * np.sqrt(n)) ** depth,
                "The spread of what goes in is missing.",
                "init-variance",
            ),
        ),
    ),
    Exercise(
        id="13-rescale",
        title="Let the data set the scale",
        task="Return W times one positive number, chosen so that all entries of x @ W together have the standard deviation 1.",
        starter="""
            def my_rescaled(x, W):
                ...
        """,
        reference=rescaled,
        accepted=(_rescaled_by_sums, lambda x, W: W * (np.var(x @ W) ** -0.5)),
        cases=_rescale_cases,
        hints=(
            Hint("Measure first: what standard deviation has x @ W as it is?", "init-data"),
            Hint("If W is multiplied by c, so is x @ W, and its standard deviation.", "init-data"),
            Hint("`W / np.std(x @ W)`"),
        ),
        misconceptions=(
            Misconception(
                lambda x, W: W / np.var(x @ W),
                "You divided by the variance. A factor acts on the standard deviation.",
                "init-data",
            ),
            Misconception(
                lambda x, W: W / np.std(W),
                "You gave the weights the spread 1. It is x @ W that should have it.",
                "init-data",
            ),
            Misconception(
                lambda x, W: W / np.std(x),
                "You measured the spread of what goes in. It is x @ W that should come out with the spread 1.",
                "init-data",
            ),
            Misconception(
                lambda x, W: W / np.mean(np.std(x @ W, axis=0)),
                "You averaged the spreads of the units. The spread of all entries together is asked: the units' means differ, too.",
                "init-data",
            ),
            Misconception(
                lambda x, W: W / np.std(x @ W, axis=0),
                "You scaled each unit by itself. One number for all of W is asked.",
                "init-data",
            ),
            Misconception(
                lambda x, W: W * np.std(x @ W),
                "You multiplied. Where the spread is too large the weights have to shrink.",
                "init-data",
            ),
            Misconception(
                lambda x, W: W / np.sqrt(np.mean((x @ W) ** 2)),
                "You divided by the root of the mean square. That is the standard deviation only where the mean is 0.",
                "init-data",
            ),
            Misconception(
                lambda x, W: x @ W / np.std(x @ W),
                "Those are the scaled outputs. The scaled weights are asked.",
                "init-data",
            ),
        ),
    ),
)
