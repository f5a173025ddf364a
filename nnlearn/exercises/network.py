"""The exercises of chapter 2, A network of units."""

import numpy as np

from nnlearn.exercises.exercise import Exercise, Hint, Misconception

# ---- Cases -------------------------------------------------------------------------------------------------------


def _dense_cases(rng):
    fixed = [(np.array([[1.0, 2.0]]), np.array([[1.0, -1.0], [0.5, 0.5]]), np.array([[-0.5, 0.25]]))]
    random = [
        (rng.normal(0, 1, (n, k)), rng.normal(0, 1, (k, m)), rng.normal(0, 1, (1, m)))
        for n, k, m in ((3, 2, 4), (4, 4, 4), (5, 3, 2))
    ]
    return fixed + random


def _two_layers(rng, n, k, m, out):
    # Large enough that some hidden units are on and some are off in every case.
    x = rng.normal(0, 1.5, (n, k))
    return x, rng.normal(0, 1, (k, m)), rng.normal(0, 1, (1, m)), rng.normal(0, 1, (m, out)), rng.normal(0, 1, (1, out))


def _forward_cases(rng):
    fixed = [
        (
            np.array([[1.0, 2.0], [-2.0, -2.0], [0.0, 0.0]]),
            np.array([[1.0, -1.0], [0.5, 0.5]]),
            np.array([[-0.5, -0.25]]),
            np.array([[2.0, 1.0], [-1.0, 0.5]]),
            np.array([[-0.5, 0.25]]),
        )
    ]
    return fixed + [_two_layers(rng, *sizes) for sizes in ((6, 2, 4, 3), (4, 4, 4, 4), (5, 3, 6, 1))]


def _collapse_cases(rng):
    fixed = [(np.array([[1.0, 2.0]]), np.array([[1.0, -1.0]]), np.array([[1.0], [3.0]]), np.array([[0.5]]))]
    # Positive numbers, so that nothing cancels and 32 bits are enough.
    random = [
        tuple(rng.uniform(0.2, 1.5, shape) for shape in ((k, m), (1, m), (m, out), (1, out)))
        for k, m, out in ((3, 3, 3), (2, 4, 3), (4, 2, 1))
    ]
    return fixed + random


def _size_cases(rng):
    fixed = [([2, 1],), ([2, 3, 1],), ([64, 128, 10],)]
    return fixed + [([int(n) for n in rng.integers(2, 20, length)],) for length in (3, 4, 6)]


def _gate_cases(rng):
    corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    return [(corners,)] + [(rng.integers(0, 2, (n, 2)).astype(float),) for n in (5, 2, 7)]


# ---- References --------------------------------------------------------------------------------------------------


def dense(x, W, b):
    return x @ W + b  # (n, k) @ (k, m) + (1, m) -> (n, m)


def forward(x, W1, b1, W2, b2):
    a1 = np.maximum(x @ W1 + b1, 0)  # the hidden layer bends
    return a1 @ W2 + b2  # the output layer does not


def count(sizes):
    total = 0
    for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=True):
        total = total + n_in * n_out + n_out  # weights and biases
    return total


def collapse(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W2 + b2


def xor(x):
    W1, b1 = np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([0.0, -1.0])
    W2, b2 = np.array([1.0, -2.0]), 0.0
    return np.maximum(x @ W1 + b1, 0) @ W2 + b2


def _relu(z):
    return np.maximum(z, 0)


def _dense_by_loop(x, W, b):
    z = np.empty((len(x), W.shape[1]))
    for i, row in enumerate(x):
        for j in range(W.shape[1]):
            z[i, j] = sum(row * W[:, j]) + b[0, j]
    return z


def _forward_by_rows(x, W1, b1, W2, b2):
    rows = []
    for row in x:
        hidden = [max(0.0, float(row @ w + b)) for w, b in zip(W1.T, b1[0], strict=True)]
        rows.append([float(np.dot(hidden, w) + b) for w, b in zip(W2.T, b2[0], strict=True)])
    return rows


def _forward_with(x, W1, b1, W2, b2):
    a1 = np.where(x @ W1 + b1 > 0, x @ W1 + b1, 0.0)
    return np.einsum("nm,mo->no", a1, W2) + b2


def _forward_bug(x, W1, b1, W2, b2):
    return (_relu(x @ W1) + b1) @ W2 + b2


_NO_BEND = "There is no activation in it: without one, two layers are one. Put np.maximum(…, 0) around the hidden sums."
_BEND_AT_THE_END = "You bent the output, too. Here the output layer has no activation: it may be negative."
_BEND_ONLY_AT_THE_END = "You bent the output and not the hidden layer. The activation belongs between the two layers."
_BEND_FIRST = "You bent the inputs before the first product. The activation takes the hidden sums z, and not x."

_FORWARD_MISCONCEPTIONS = (
    Misconception(lambda x, W1, b1, W2, b2: _relu(_relu(x @ W1 + b1) @ W2 + b2), _BEND_AT_THE_END, "network-forward"),
    Misconception(lambda x, W1, b1, W2, b2: (x @ W1 + b1) @ W2 + b2, _NO_BEND, "network-collapse"),
    Misconception(lambda x, W1, b1, W2, b2: _relu((x @ W1 + b1) @ W2 + b2), _BEND_ONLY_AT_THE_END, "network-forward"),
    Misconception(lambda x, W1, b1, W2, b2: (_relu(x) @ W1 + b1) @ W2 + b2, _BEND_FIRST, "network-forward"),
    Misconception(
        lambda x, W1, b1, W2, b2: _relu(x @ W1 + b1) @ W2,
        "The output's bias is missing. Every unit that computes has one.",
        "network-forward",
    ),
    Misconception(lambda x, W1, b1, W2, b2: _relu(x @ W1) @ W2 + b2, "The hidden layer's bias is missing.", "network-forward"),
    Misconception(lambda x, W1, b1, W2, b2: _relu(x @ W1) @ W2, "Both biases are missing.", "network-forward"),
    Misconception(
        lambda x, W1, b1, W2, b2: _relu(_relu(x @ W1 + b1) @ W2) + b2,
        "You bent the output's sum. Only the hidden layer has an activation here.",
        "network-forward",
    ),
    Misconception(
        lambda x, W1, b1, W2, b2: np.minimum(x @ W1 + b1, 0) @ W2 + b2,
        "Your bend keeps what is negative. ReLU keeps what is positive: np.maximum(z, 0).",
        "network-forward",
    ),
    Misconception(
        lambda x, W1, b1, W2, b2: np.tanh(x @ W1 + b1) @ W2 + b2,
        "That is tanh in the hidden layer. ReLU is asked: np.maximum(z, 0).",
        "network-forward",
    ),
    Misconception(
        lambda x, W1, b1, W2, b2: _relu(x @ W1 + b1), "Those are the hidden values. The output layer follows.", "network-forward"
    ),
)

EXERCISES = (
    Exercise(
        id="02-dense",
        title="A dense layer",
        task="Return the weighted sums of a dense layer: x has shape (n, k), W (k, m) and b (1, m). The result has shape (n, m).",
        starter="""
            def my_dense(x, W, b):
                ...
        """,
        reference=dense,
        accepted=(_dense_by_loop, lambda x, W, b: np.einsum("nk,km->nm", x, W) + b, lambda x, W, b: (W.T @ x.T + b.T).T),
        cases=_dense_cases,
        hints=(
            Hint("Which axis of x and which axis of W have the same length, and have to disappear?", "network-matrices"),
            Hint("(n, k) @ (k, m) gives (n, m). The row b is then added to every row.", "network-matrices"),
            Hint("`return x @ W + b`"),
        ),
        misconceptions=(
            Misconception(lambda x, W, b: x @ W, "The bias is missing.", "network-matrices"),
            Misconception(
                lambda x, W, b: x @ W.T + b,
                "W is transposed. Its rows belong to the inputs and its columns to the units, so `x @ W` fits as it is.",
                "network-matrices",
            ),
            Misconception(
                lambda x, W, b: x @ (W + b),
                "The bias is added to the weights, and so it is multiplied by the inputs. Add it after the product.",
                "network-matrices",
            ),
            Misconception(
                lambda x, W, b: x @ W + b.sum(),
                "You added all biases to every unit. Each unit has its own: b is a row, and NumPy adds it to each row.",
                "network-matrices",
            ),
            Misconception(
                lambda x, W, b: x @ W - b, "You took the biases away. A bias is added, as in chapter 1.", "network-matrices"
            ),
            Misconception(
                lambda x, W, b: W.T @ x.T + b.T,
                "Everything is turned round: examples have become columns. In this book they are rows, so x comes first: x @ W.",
                "network-matrices",
            ),
            Misconception(lambda x, W, b: _relu(x @ W + b), "The sums alone are asked, without an activation.", "network-matrices"),
            Misconception(
                lambda x, W, b: x @ W + W.shape[0] * b,
                "The bias is inside the sum, and so it is added once for each input.",
                "network-matrices",
            ),
        ),
    ),
    Exercise(
        id="02-forward",
        title="Forward through two layers",
        task="Return the output of a network with one hidden layer: ReLU in the hidden layer, no activation at the output.",
        starter="""
            def my_forward(x, W1, b1, W2, b2):
                ...
        """,
        reference=forward,
        accepted=(_forward_by_rows, _forward_with),
        cases=_forward_cases,
        hints=(
            Hint("What goes into the second layer: the hidden sums, or what the activation makes of them?", "network-forward"),
            Hint("Hidden layer: z1 = x W1 + b1 and a1 = max(0, z1). Output: a1 W2 + b2.", "network-forward"),
            Hint("`return np.maximum(x @ W1 + b1, 0) @ W2 + b2`"),
        ),
        misconceptions=(
            *_FORWARD_MISCONCEPTIONS,
            Misconception(
                _forward_bug,
                "The activation comes before the bias. First the whole sum, with its bias, then the activation.",
                "network-forward",
            ),
        ),
    ),
    Exercise(
        id="02-count",
        title="Count the parameters",
        task=(
            "sizes lists the layers of a dense network from the input to the output, such as [2, 3, 1]. Return how many "
            "parameters it has."
        ),
        starter="""
            def my_count(sizes):
                ...
        """,
        reference=count,
        accepted=(
            lambda sizes: sum((a + 1) * b for a, b in zip(sizes[:-1], sizes[1:], strict=True)),
            lambda sizes: int(np.dot(sizes[:-1], sizes[1:]) + np.sum(sizes[1:])),
        ),
        cases=_size_cases,
        hints=(
            Hint("Draw the network 2-3-1. How many edges are there, and how many units that compute?", "network-count"),
            Hint("Between two layers there are n_in × n_out weights, and each unit of the later one has a bias.", "network-count"),
            Hint("`sum(n_in * n_out + n_out for n_in, n_out in zip(sizes[:-1], sizes[1:]))`"),
        ),
        misconceptions=(
            Misconception(
                lambda sizes: sum(a * b for a, b in zip(sizes[:-1], sizes[1:], strict=True)),
                "Those are the weights. Each unit that computes has a bias as well.",
                "network-count",
            ),
            Misconception(
                lambda sizes: sum(a * b for a, b in zip(sizes[:-1], sizes[1:], strict=True)) + sum(sizes),
                "You gave the inputs a bias, too. They compute nothing and have none.",
                "network-count",
            ),
            Misconception(
                lambda sizes: sum(sizes),
                "You counted the units. Parameters are the weights on the edges, and a bias for each unit.",
                "network-count",
            ),
            Misconception(
                lambda sizes: sum(a * b for a, b in zip(sizes[:-1], sizes[1:], strict=True)) + len(sizes) - 1,
                "You counted one bias for each layer. It is one for each unit of it.",
                "network-count",
            ),
            Misconception(
                lambda sizes: sum(a * b + a for a, b in zip(sizes[:-1], sizes[1:], strict=True)),
                "You counted a bias for each unit of the earlier layer. Biases belong to the units that compute, in the later one.",
                "network-count",
            ),
            Misconception(
                lambda sizes: sum(a * b for a, b in zip(sizes[:-1], sizes[1:], strict=True)) + sum(sizes[1:-1]),
                "The output units have no bias in yours. They compute, and so each has one.",
                "network-count",
            ),
            Misconception(
                lambda sizes: sum(a * b for a, b in zip(sizes[:-1], sizes[1:], strict=True)) + 1,
                "You counted a single bias for the whole network. Each unit that computes has its own.",
                "network-count",
            ),
            Misconception(
                lambda sizes: sum(a + b for a, b in zip(sizes[:-1], sizes[1:], strict=True)),
                "You added the sizes of neighbouring layers. Every unit is connected to every unit of the next layer: multiply.",
                "network-count",
            ),
            Misconception(
                lambda sizes: int(np.prod(np.array(sizes, dtype=float))),
                "You multiplied all sizes. Each layer is connected to the next one only.",
                "network-count",
            ),
        ),
    ),
    Exercise(
        id="02-collapse",
        title="Two layers without an activation are one",
        task=(
            "Two dense layers follow each other without an activation. Return the weights and the bias, `W, b`, of one layer "
            "that does the same."
        ),
        starter="""
            def my_collapse(W1, b1, W2, b2):
                ...
        """,
        reference=collapse,
        accepted=(
            lambda W1, b1, W2, b2: (np.einsum("km,mo->ko", W1, W2), np.einsum("am,mo->ao", b1, W2) + b2),
            lambda W1, b1, W2, b2: ((np.eye(len(W1)) @ W1) @ W2, (0 * W1[:1] + b1) @ W2 + b2),
        ),
        cases=_collapse_cases,
        hints=(
            Hint("Write (x W1 + b1) W2 + b2 and multiply it out.", "network-collapse"),
            Hint(
                "What stands behind x is the new W. What is left over is the new b: b1 has gone through W2 on its way.",
                "network-collapse",
            ),
            Hint("`return W1 @ W2, b1 @ W2 + b2`"),
        ),
        misconceptions=(
            Misconception(
                lambda W1, b1, W2, b2: (W2 @ W1, b1 @ W2 + b2),
                "The order is turned round. x meets W1 first, so W1 stands to the left: W1 @ W2.",
                "network-collapse",
            ),
            Misconception(
                lambda W1, b1, W2, b2: (W1 @ W2, b1 + b2),
                "b1 goes through the second layer too, and so it is multiplied by W2.",
                "network-collapse",
            ),
            Misconception(
                lambda W1, b1, W2, b2: (W1 @ W2, b2),
                "The first bias got lost. It reaches the output through W2.",
                "network-collapse",
            ),
            Misconception(lambda W1, b1, W2, b2: (W1 @ W2, b1 @ W2), "The second bias got lost.", "network-collapse"),
            Misconception(
                lambda W1, b1, W2, b2: (W1 + W2, b1 + b2),
                "You added the two layers. One after the other means multiplied.",
                "network-collapse",
            ),
        ),
    ),
    Exercise(
        id="02-find-the-bug",
        title="Find the bug: a forward pass",
        task="The function should be the forward pass of exercise 2, with ReLU in the hidden layer. It holds one mistake. Mend it.",
        starter="""
            def my_mended_forward(x, W1, b1, W2, b2):
                a1 = np.maximum(x @ W1, 0) + b1
                return a1 @ W2 + b2
        """,
        reference=forward,
        accepted=(_forward_by_rows, _forward_with),
        cases=_forward_cases,
        hints=(
            Hint("What can a hidden value be here that no ReLU ever gives?", "network-forward"),
            Hint("The bias shifts the place of the bend, so it has to be there before the bend.", "network-forward"),
            Hint("`a1 = np.maximum(x @ W1 + b1, 0)`"),
        ),
        misconceptions=_FORWARD_MISCONCEPTIONS,
    ),
    Exercise(
        id="02-xor",
        title="Choose the weights: XOR",
        task=(
            "x has shape (n, 2), and holds zeros and ones. Choose weights and biases so that the network returns XOR of each "
            "row, 1 or 0."
        ),
        starter="""
            def my_xor(x):
                W1 = np.array([[1.0, 1.0], [1.0, 1.0]])     # choose these
                b1 = np.array([0.0, 0.0])
                W2, b2 = np.array([1.0, 1.0]), 0.0
                return np.maximum(x @ W1 + b1, 0) @ W2 + b2
        """,
        reference=xor,
        accepted=(
            lambda x: _relu(x @ np.array([[1.0, -1.0], [-1.0, 1.0]])).sum(axis=1),
            lambda x: np.abs(x[:, 0] - x[:, 1]),
            lambda x: [float(a != b) for a, b in x],
        ),
        cases=_gate_cases,
        hints=(
            Hint("What does the first hidden unit say at the four corners, if it adds up the two inputs?", "network-xor"),
            Hint(
                "Let one unit add up the inputs: 0, 1, 1, 2. Only the last corner is wrong. A second unit can be on at "
                "that corner alone.",
                "network-xor",
            ),
            Hint("`b1 = np.array([0.0, -1.0])` and `W2 = np.array([1.0, -2.0])`"),
        ),
        misconceptions=(
            Misconception(
                lambda x: x[:, 0] + x[:, 1],
                "That is the sum of the inputs: 2 at (1, 1), where 0 is right. The second unit has to take 2 away there.",
                "network-xor",
            ),
            Misconception(
                lambda x: np.maximum(x[:, 0], x[:, 1]), "That is OR: at (1, 1) it gives 1, where 0 is right.", "network-xor"
            ),
            Misconception(lambda x: x[:, 0] * x[:, 1], "That is AND. XOR is on where exactly one input is 1.", "network-xor"),
            Misconception(
                lambda x: 1 - np.abs(x[:, 0] - x[:, 1]), "That is XOR turned round: on where the inputs are equal.", "network-xor"
            ),
            Misconception(
                lambda x: 0 * x[:, 0],
                "It gives 0 everywhere: what the two hidden units bring cancels, or neither is ever on. They must not be alike.",
                "network-xor",
            ),
            Misconception(
                lambda x: x[:, 0] + x[:, 1] + x[:, 0] * x[:, 1],
                "It gives 3 at (1, 1): what the second unit says is added there. It must be taken away: a negative weight.",
                "network-xor",
            ),
            Misconception(
                lambda x: -x[:, 0] - x[:, 1],
                "Both hidden units say the same, 0, 1, 1, 2. The second one should be on at (1, 1) alone: give it a bias of −1.",
                "network-xor",
            ),
            Misconception(
                lambda x: 2 * np.abs(x[:, 0] - x[:, 1]),
                "The shape is right, and twice as high as it should be: 1 is asked where exactly one input is 1.",
                "network-xor",
            ),
            Misconception(lambda x: 1 - x[:, 0] * x[:, 1], "That is NAND: at (0, 0) it gives 1, where 0 is right.", "network-xor"),
        ),
    ),
)
