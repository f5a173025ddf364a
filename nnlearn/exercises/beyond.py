"""The exercises of chapter 16, Beyond."""

import numpy as np

from nnlearn.exercises.exercise import Exercise, Hint, Misconception

# ---- Cases -------------------------------------------------------------------------------------------------------


def _dense_cases(rng):
    fixed = [
        (np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[5.0, 6.0]])),
        (np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.array([[0.5, -0.5, 1.0]])),
        (np.array([[2.0], [-1.0]]), np.array([[3.0]])),
    ]
    return fixed + [(rng.normal(size=shape), rng.normal(size=(1, shape[1]))) for shape in ((3, 3), (4, 2), (3, 5))]


def _setting_cases(rng):
    fixed = [(0.5, 0.9), (1.0, 0.5), (0.1, 0.0), (3.0, 0.99)]
    return fixed + [(float(rng.uniform(0.01, 2)), float(rng.uniform(0.55, 0.95))) for _ in range(3)]


def _share_cases(rng):
    fixed = [
        (np.array([[1.0], [5.0]]), np.array([6.0, 2.0])),
        (np.array([[1.0, -2.0], [3.0, 4.0]]), np.array([4.0, 4.0])),
        (np.array([[2.0, 1.0, 3.0]]), np.array([7.0])),
    ]
    random = []
    for shape in ((2, 3), (3, 3), (4, 2)):
        sizes = rng.permutation([3.0, 5.0, 9.0, 16.0])[: shape[0]]
        random.append((rng.uniform(0.5, 4, shape), sizes))
    return fixed + random


def _loop_cases(rng):
    fixed = [
        (np.array([0.0]), np.array([[[1.0]], [[2.0]], [[1.0]]]), np.array([[3.0], [4.0], [1.0]]), 0.1),
        (
            np.array([1.0, -1.0]),
            np.array([[[1.0, 0.0], [0.0, 1.0]], [[1.0, 1.0], [2.0, 1.0]]]),
            np.array([[2.0, 1.0], [0.0, 1.0]]),
            0.1,
        ),
    ]
    random = []
    for batches, n, d in ((3, 4, 2), (4, 3, 3), (5, 2, 3)):
        w, x = rng.uniform(1, 2, d), rng.uniform(0.2, 1, (batches, n, d))
        random.append((w, x, rng.uniform(3, 6, (batches, n)), float(rng.uniform(0.02, 0.05))))
    return fixed + random


# ---- References and slips ----------------------------------------------------------------------------------------


def torch_layout(W, b):
    """Each row of PyTorch's weight holds the weights of one unit; its bias is a list."""
    return W.T, b[0]


def torch_settings(lr, beta):
    """The classical velocity is 1 / (1 - β) times the averaged one, so its rate is (1 - β) times the other."""
    return lr * (1 - beta), beta


def whole_gradient(gradients, sizes):
    """Each share counts by its number of examples."""
    return sizes @ gradients / sizes.sum()


def train(w, x, y, lr):
    """The gradient starts at zero for every batch."""
    for x_batch, y_batch in zip(x, y, strict=True):
        grad = np.zeros_like(w)
        error = x_batch @ w - y_batch
        grad += 2 * x_batch.T @ error / len(error)
        w = w - lr * grad
    return w


def _train(w, x, y, lr, *, mean=True, two=2.0, sign=-1.0, first=False, last=False, summed=False):
    """Return what `train` returns, with one thing or another wrong."""
    steps = []
    for x_batch, y_batch in zip(x, y, strict=True):
        error = x_batch @ w - y_batch
        own = two * x_batch.T @ error / (len(error) if mean else 1)
        steps.append(own)
        if not (last or summed):
            w = w + sign * lr * own
        if first:
            return w
    if last or summed:
        w = w - lr * (steps[-1] if last else sum(steps))
    return w


def _zeroed_too_early(w, x, y, lr):
    """Return the weights as they were: every step is taken with a gradient of zero."""
    return w + 0.0


def _by_rows(w, x, y, lr):
    """Return what `train` returns, with the gradient added up row by row."""
    for rows, targets in zip(x, y, strict=True):
        grad = sum(2 * (row @ w - target) * row for row, target in zip(rows, targets, strict=True))
        w = w - lr * grad / len(rows)
    return w


EXERCISES = (
    Exercise(
        id="16-layout",
        title="Move a layer to PyTorch",
        task=(
            "Given our W of shape (n_in, n_out) and b of shape (1, n_out), return the arrays (weight, bias) that belong "
            "into PyTorch's "
            "Linear layer: weight of shape (n_out, n_in), bias of shape (n_out,). There x @ weight.T + bias is computed."
        ),
        starter="""
            def my_layout(W, b):
                ...
        """,
        reference=torch_layout,
        accepted=(
            lambda W, b: (np.swapaxes(W, 0, 1).copy(), np.asarray(b).reshape(-1)),
            lambda W, b: (np.array([W[:, unit] for unit in range(W.shape[1])]), np.squeeze(b, axis=0)),
        ),
        cases=_dense_cases,
        hints=(
            Hint("In which of the two shapes are the weights of one unit a row, and in which a column?", "beyond-agree"),
            Hint("x @ weight.T has to be x @ W for every x. So weight.T is W.", "beyond-agree"),
            Hint("`return W.T, ...`, and the bias is the one row of b: `b[0]`"),
        ),
        misconceptions=(
            Misconception(
                lambda W, b: (np.reshape(W, W.shape[::-1]), b[0]),
                "The shape is right and the numbers stand in the wrong places: reshape fills the new rows in the order "
                "of the old ones. Rows have to become columns.",
                "beyond-agree",
            ),
            Misconception(
                lambda W, b: (W, b[0]),
                "The weights are as they were. With a square layer no shape complains, and every unit gets the weights of others.",
                "beyond-agree",
            ),
            Misconception(
                lambda W, b: (W.T, b),
                "The weights are right. The bias still has the shape (1, n_out): PyTorch keeps it as a list, (n_out,).",
                "beyond-agree",
            ),
            Misconception(
                lambda W, b: (b[0], W.T),
                "Both are right, in the wrong order: first the weight, then the bias.",
                "beyond-agree",
            ),
            Misconception(
                lambda W, b: (W.T[::-1], b[0]),
                "The units are in reverse order, and the biases are not. Turning a matrix by a quarter is not transposing it.",
                "beyond-agree",
            ),
        ),
    ),
    Exercise(
        id="16-momentum",
        title="Translate a setting",
        task=(
            "A training uses our averaged momentum with lr and beta. Return the pair (lr, momentum) with which "
            "torch.optim.SGD, whose velocity is v ← momentum · v + g, takes the same steps."
        ),
        starter="""
            def my_settings(lr, beta):
                ...
        """,
        reference=torch_settings,
        accepted=(
            lambda lr, beta: (lr - lr * beta, beta),
            lambda lr, beta: np.array([lr * (1 - beta), beta]).tolist(),
        ),
        cases=_setting_cases,
        hints=(
            Hint("With a steady gradient of 1, where does each of the two velocities end?", "beyond-optimizers"),
            Hint("The classical velocity is 1 / (1 − β) times the averaged one; the step is η v.", "beyond-optimizers"),
            Hint("`return lr * (1 - beta), ...`, and the factor stays what it is"),
        ),
        misconceptions=(
            Misconception(
                lambda lr, beta: (lr / (1 - beta), beta),
                "That is the way back, from PyTorch to us. PyTorch's velocity is the larger one, so its rate is the smaller one.",
                "beyond-optimizers",
            ),
            Misconception(
                lambda lr, beta: (lr, beta),
                "With the same rate every step is 1 / (1 − β) times too long, since PyTorch adds the whole gradient to "
                "its velocity.",
                "beyond-optimizers",
            ),
            Misconception(
                lambda lr, beta: (lr, 1 - beta),
                "The factor is the same in both forms. What differs is what stands in front of the gradient, 1 − β or 1.",
                "beyond-optimizers",
            ),
            Misconception(
                lambda lr, beta: (lr * beta, beta),
                "You multiplied the rate by β. The two velocities differ by the factor 1 − β.",
                "beyond-optimizers",
            ),
            Misconception(
                lambda lr, beta: (lr * (1 - beta), 1 - beta),
                "The rate is right. The factor stays β: it says in both forms how much of the old velocity is kept.",
                "beyond-optimizers",
            ),
            Misconception(
                lambda lr, beta: (beta, lr * (1 - beta)),
                "Both are right, in the wrong order: first the rate, then the factor.",
                "beyond-optimizers",
            ),
        ),
    ),
    Exercise(
        id="16-shares",
        title="The average of unequal shares",
        task=(
            "K processes had shares of one batch. gradients (K, d) holds the mean gradient that each found on its own "
            "share, sizes (K,) the number of examples in each. Return the mean gradient of the whole batch, shape (d,)."
        ),
        starter="""
            def my_gradient(gradients, sizes):
                ...
        """,
        reference=whole_gradient,
        accepted=(
            lambda gradients, sizes: np.average(gradients, axis=0, weights=sizes),
            lambda gradients, sizes: (gradients * (sizes / sizes.sum())[:, None]).sum(axis=0),
            lambda gradients, sizes: sum(n * g for g, n in zip(gradients, sizes, strict=True)) / np.sum(sizes),
        ),
        cases=_share_cases,
        hints=(
            Hint("From a mean and a number of examples you get their sum. What does the whole batch need?", "beyond-shares"),
            Hint("Add up size times mean gradient over the processes, and divide by the number of all examples.", "beyond-shares"),
            Hint("`sizes[:, None] * gradients` has a row for each process; sum over the rows, then divide by `sizes.sum()`"),
        ),
        misconceptions=(
            Misconception(
                lambda gradients, sizes: gradients.mean(axis=0),
                "You counted each process the same. That is right for equal shares alone; here the examples in a small share "
                "count too much.",
                "beyond-shares",
            ),
            Misconception(
                lambda gradients, sizes: gradients.sum(axis=0),
                "That is the sum of the means, which grows with the number of processes, and the step with it.",
                "beyond-shares",
            ),
            Misconception(
                lambda gradients, sizes: sizes @ gradients,
                "That is the sum over all examples. Divide by how many there are to get their mean.",
                "beyond-shares",
            ),
            Misconception(
                lambda gradients, sizes: sizes @ gradients / len(sizes),
                "You divided by the number of processes. The sum of size times mean runs over examples, so divide by their number.",
                "beyond-shares",
            ),
            Misconception(
                lambda gradients, sizes: (1 / sizes) @ gradients / (1 / sizes).sum(),
                "The smaller shares count more in yours. A mean over more examples has to count more.",
                "beyond-shares",
            ),
            Misconception(
                lambda gradients, sizes: gradients.sum(axis=0) / sizes.sum(),
                "The gradients are means already. Multiply each by its number of examples before you divide by the number of all.",
                "beyond-shares",
            ),
        ),
    ),
    Exercise(
        id="16-find-the-bug",
        title="Find the bug: a gradient that stays",
        task=(
            "x (batches, n, d) and y (batches, n) hold mini-batches; the prediction is x @ w, the loss the mean squared "
            "error. The function "
            "should take one step of gradient descent for each batch and return the last weights. It learns strangely. Mend it."
        ),
        starter="""
            def my_training(w, x, y, lr):
                grad = np.zeros_like(w)
                for x_batch, y_batch in zip(x, y):
                    error = x_batch @ w - y_batch
                    grad += 2 * x_batch.T @ error / len(error)
                    w = w - lr * grad
                return w
        """,
        reference=train,
        accepted=(
            lambda w, x, y, lr: _train(w, x, y, lr),
            lambda w, x, y, lr: _by_rows(w, x, y, lr),
        ),
        cases=_loop_cases,
        hints=(
            Hint("What is in grad when the second batch comes?", "beyond-hides"),
            Hint("Every batch's step needs that batch's gradient alone. PyTorch's loop has a line for it.", "beyond-loop"),
            Hint("`grad = np.zeros_like(w)` is right where it stands for the first batch. Which line should stand above it?"),
        ),
        misconceptions=(
            Misconception(
                lambda w, x, y, lr: _train(w, x, y, lr, last=True),
                "One step only, with the gradient of the last batch. Each batch has its own step, inside the loop.",
                "beyond-loop",
            ),
            Misconception(
                lambda w, x, y, lr: _train(w, x, y, lr, first=True),
                "One step only, with the first batch. Does the `return` stand inside the loop?",
                "beyond-loop",
            ),
            Misconception(
                lambda w, x, y, lr: _train(w, x, y, lr, summed=True),
                "Yours comes to one long step with the gradients of all batches at the first weights. That is "
                "accumulating, and has its "
                "uses; here every batch has a step of its own, and the next gradient is taken after it.",
                "beyond-hides",
            ),
            Misconception(
                lambda w, x, y, lr: _train(w, x, y, lr, mean=False),
                "The gradient is cleared in the right place now. But the loss is a mean: the division by the number of "
                "rows is gone.",
                "beyond-hides",
            ),
            Misconception(
                lambda w, x, y, lr: _train(w, x, y, lr, sign=1.0),
                "You walk up the slope: the step goes against the gradient, with a minus.",
                "beyond-loop",
            ),
            Misconception(
                lambda w, x, y, lr: _train(w, x, y, lr, two=1.0),
                "The 2 of the squared error's derivative is gone. It was no bug.",
                "beyond-hides",
            ),
            Misconception(
                lambda w, x, y, lr: _zeroed_too_early(w, x, y, lr),
                "The gradient is cleared before the step is taken, so that no step changes anything. Clear it before the "
                "new one is added.",
                "beyond-hides",
            ),
        ),
    ),
)
