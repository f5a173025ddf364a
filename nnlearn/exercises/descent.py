"""The exercises of chapter 10, Gradient descent."""

import numpy as np

from nnlearn.exercises.exercise import Exercise, Hint, Misconception

# ---- Cases -------------------------------------------------------------------------------------------------------


def _walk_cases(rng):
    fixed = [
        (np.array([4.0]), np.array([2.0]), np.array([1.0]), 0.25, 3),
        (np.array([2.0, -1.0]), np.array([1.0, 0.5]), np.array([5.0, 1.0]), 0.5, 2),
        (np.array([3.0]), np.array([1.0]), np.array([0.5]), 0.1, 1),
    ]
    random = []
    for d, steps in ((2, 4), (3, 3), (4, 6)):
        center = rng.uniform(2, 3, d)
        start = center + rng.uniform(1, 3, d)  # never near 0, where 32 bits would see only rounding
        random.append((start, rng.uniform(0.5, 1.5, d), center, float(rng.uniform(0.1, 0.4)), steps))
    return fixed + random


def _edge_cases(rng):
    fixed = [(np.array([4.0, 1.0]),), (np.array([1.0, 0.04]),), (np.array([0.5, 2.0, 8.0]),)]
    # Not in order of size, and the smallest, the mean and the largest well apart.
    random = []
    for d in (2, 3, 5):
        curvatures = np.append(rng.uniform(4, 9), rng.uniform(0.2, 2, d - 1))
        random.append((curvatures[rng.permutation(d)],))
    return fixed + random


def _batch_cases(rng):
    fixed = [
        (np.array([[1.0], [2.0], [3.0]]), np.array([1.0, 1.0, 1.0]), np.array([2.0]), np.array([1])),
        (
            np.array([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0], [3.0, 1.0]]),
            np.array([1.0, -1.0, 2.0, 0.0]),
            np.array([2.0, 1.0]),
            np.array([3, 0]),
        ),
    ]
    random = []
    for n, d, m in ((6, 3, 2), (8, 2, 3), (5, 5, 4)):
        x, w = rng.uniform(0.5, 2, (n, d)), rng.uniform(1, 2, d)
        random.append((x, x @ w - rng.uniform(1, 3, n), w, rng.permutation(n)[:m]))
    return fixed + random


def _epoch_cases(rng):
    fixed = [
        (np.array([1.0]), np.array([[1.0], [2.0], [1.0]]), np.array([3.0, 1.0, 2.0]), np.array([2, 0, 1]), 2, 0.1),
        (
            np.array([0.5, 1.0]),
            np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [2.0, 1.0], [1.0, 2.0]]),
            np.array([2.0, 3.0, 6.0, 8.0, 9.0]),
            np.array([4, 1, 3, 0, 2]),
            3,
            0.05,
        ),
    ]
    random = []
    for n, d, size in ((7, 2, 3), (9, 3, 4), (5, 5, 2)):
        x, w = rng.uniform(0.5, 1.5, (n, d)), rng.uniform(1, 2, d)
        y = x @ w + rng.uniform(1, 3, n)  # every residual has the same sign, so nothing cancels
        order = np.append(rng.permutation(n - 1) + 1, 0)
        random.append((w, x, y, order, size, 0.05))
    return fixed + random


def _seed_cases(rng):
    nan = np.nan
    fixed = [
        (np.array([0.01, 0.1, 1.0]), np.array([[0.9, 0.8, 0.85], [0.3, 0.35, 0.4], [0.1, 2.0, 3.0]])),
        # The highest rate has one lucky run and has flown away twice.
        (np.array([0.1, 0.3, 1.0]), np.array([[0.5, 0.52, 0.55], [0.3, 0.32, 0.36], [nan, 0.05, nan]])),
        # One bad run spoils the mean of the better rate.
        (np.array([0.03, 0.3]), np.array([[0.6, 0.7, 0.65, 0.62, 0.68], [0.2, 0.25, 9.0, 0.22, 0.24]])),
    ]
    random = []
    for rates, seeds in ((4, 5), (5, 5), (3, 7)):
        losses = rng.uniform(0.5, 0.9, (rates, seeds))
        best = int(rng.integers(1, rates - 1))
        losses[best] = rng.uniform(0.2, 0.3, seeds)
        losses[best, 0] = rng.uniform(8, 12)
        losses[best - 1, 0] = rng.uniform(0.01, 0.05)
        losses[best + 1, : seeds // 2 + 1] = nan
        losses[best + 1, seeds // 2 + 1 :] = rng.uniform(0.1, 0.15, seeds - seeds // 2 - 1)
        random.append((np.sort(rng.uniform(0.01, 1, rates)), losses))
    return fixed + random


# ---- References and slips ----------------------------------------------------------------------------------------


def walk(w, curvature, center, lr, steps):
    """The gradient is asked for anew in every step, at the place where the weights are then."""
    path = [w]
    for _ in range(steps):
        g = curvature * (w - center)
        w = w - lr * g
        path.append(w)
    return np.array(path)


def edge_and_best(curvatures):
    """The steepest direction sets the edge; at the best rate the steepest and the flattest shrink alike."""
    low, high = curvatures.min(), curvatures.max()
    best = 2 / (low + high)
    return np.array([2 / high, best, 1 - best * low])


def batch_gradient(x, y, w, rows):
    """Only the rows of the batch, and the mean over as many as there are."""
    x, y = x[rows], y[rows]
    return 2 / len(rows) * x.T @ (x @ w - y)


def one_epoch(w, x, y, order, batch_size, lr):
    """The last batch may be smaller. It is taken all the same, and divided by its own length."""
    for start in range(0, len(x), batch_size):
        rows = order[start : start + batch_size]
        g = 2 / len(rows) * x[rows].T @ (x[rows] @ w - y[rows])
        w = w - lr * g
    return w


def best_rate(rates, losses):
    """A run that flew away is worse than any other; the median does not care by how much."""
    medians = np.median(np.where(np.isnan(losses), np.inf, losses), axis=1)
    best = np.argmin(medians)
    return np.array([rates[best], medians[best]])


def _walk(w, curvature, center, lr, steps, *, sign=-1, still=False, rate=None, slope=None):
    """Return what `walk` gives, with one thing or another wrong."""
    path, first = [w], w
    for _ in range(steps):
        at = first if still else w
        g = curvature * (at - center) if slope is None else slope(at)
        w = w + sign * (lr if rate is None else rate) * g
        path.append(w)
    return np.array(path)


def _walk_by_powers(w, curvature, center, lr, steps):
    """Return the walk from its formula: each step multiplies the distance by 1 - lr · curvature."""
    powers = np.arange(steps + 1)[:, None]
    return center + (1 - lr * curvature) ** powers * (w - center)


def _by_loop(x, y, w, rows):
    total = np.zeros(len(w))
    for row in rows:
        total = total + 2 * (x[row] @ w - y[row]) * x[row]
    return total / len(rows)


def _epoch(w, x, y, order, batch_size, lr, *, still=False, divide=None, other=False, sign=-1):
    """Return what `one_epoch` gives, with one thing or another wrong."""
    first = w
    for start in range(0, len(x), batch_size):
        rows = order[start : start + batch_size]
        targets = y[start : start + len(rows)] if other else y[rows]
        residual = x[rows] @ (first if still else w) - targets
        w = w + sign * lr * 2 / (len(rows) if divide is None else divide(rows)) * x[rows].T @ residual
    return w


def _epoch_of_parts(w, x, y, order, batch_size, lr):
    places = np.arange(batch_size, len(order), batch_size)
    for rows in np.split(np.asarray(order), places):
        w = w - lr * np.mean([2 * (x[row] @ w - y[row]) * x[row] for row in rows], axis=0)
    return w


def _pick(rates, losses, summary, *, fill=np.inf, pick=np.argmin):
    filled = losses if fill is None else np.where(np.isnan(losses), fill, losses)
    found = summary(filled)
    best = int(pick(found))
    return np.array([rates[best], found[best]])


def _pick_by_sorting(rates, losses):
    found = []
    for row in losses:
        runs = sorted(np.inf if np.isnan(loss) else loss for loss in row)
        middle = len(runs) // 2
        found.append(runs[middle] if len(runs) % 2 else (runs[middle - 1] + runs[middle]) / 2)
    best = min(range(len(found)), key=found.__getitem__)
    return [rates[best], found[best]]


EXERCISES = (
    Exercise(
        id="10-walk",
        title="Walk down a bowl",
        task=(
            "The gradient of a bowl at w is curvature * (w - center). Walk the given number of steps of gradient descent "
            "from w, and return all points, the start first, as an array of steps + 1 rows."
        ),
        starter="""
            def my_walk(w, curvature, center, lr, steps):
                ...
        """,
        reference=walk,
        accepted=(_walk_by_powers, lambda w, curvature, center, lr, steps: _walk(w, curvature, center, lr, steps)),
        cases=_walk_cases,
        hints=(
            Hint("After the first step you are somewhere else. Which gradient belongs to the second step?", "descent-rule"),
            Hint("In each step: the gradient at the present w, then w ← w − η g, then note the new point.", "descent-rule"),
            Hint("`path = [w]`; in the loop `w = w - lr * curvature * (w - center)` and `path.append(w)`; then `np.array(path)`"),
        ),
        misconceptions=(
            Misconception(
                lambda w, curvature, center, lr, steps: _walk(w, curvature, center, lr, steps, sign=1),
                "The sign is turned round: the gradient points uphill, and you followed it. The step goes against it: minus.",
                "descent-rule",
            ),
            Misconception(
                lambda w, curvature, center, lr, steps: _walk(w, curvature, center, lr, steps, still=True),
                "Every step uses the gradient of the start. Ask for it again at the point that you have reached.",
                "descent-rule",
            ),
            Misconception(
                lambda w, curvature, center, lr, steps: _walk(w, curvature, center, lr, steps, rate=1.0),
                "The learning rate is missing: the step is lr times the gradient.",
                "descent-rule",
            ),
            Misconception(
                lambda w, curvature, center, lr, steps: walk(w, curvature, center, lr, steps)[1:],
                "The start is missing in the path: steps + 1 points are asked for.",
                "descent-rule",
            ),
            Misconception(
                lambda w, curvature, center, lr, steps: _walk(w, curvature, center, lr, steps, slope=lambda at: curvature * at),
                "Your gradient is that of a bowl whose minimum is 0. This one's minimum is center.",
                "descent-rule",
            ),
            Misconception(
                lambda w, curvature, center, lr, steps: _walk(
                    w, curvature, center, lr, steps, slope=lambda at: curvature * np.sign(at - center)
                ),
                "You used the sign of the distance alone. The gradient gets smaller towards the minimum, and so do the steps.",
                "descent-rule",
            ),
        ),
    ),
    Exercise(
        id="10-edge",
        title="The edge, and the best rate",
        task=(
            "A bowl has the given curvatures, all positive, one for each weight. Return three numbers: [the learning "
            "rate from which on "
            "a walk no longer comes down, the rate at which the slowest direction is as fast as it can be, the factor by "
            "which the slowest direction shrinks in a step at that rate]."
        ),
        starter="""
            def my_edge_and_best(curvatures):
                ...
        """,
        reference=edge_and_best,
        accepted=(
            lambda curvatures: [
                2 / max(curvatures),
                2 / (max(curvatures) + min(curvatures)),
                (max(curvatures) - min(curvatures)) / (max(curvatures) + min(curvatures)),
            ],
            lambda curvatures: np.array(
                [
                    (2 / curvatures).min(),
                    2 / (np.sort(curvatures)[0] + np.sort(curvatures)[-1]),
                    np.abs(1 - 2 / (np.sort(curvatures)[0] + np.sort(curvatures)[-1]) * curvatures).max(),
                ]
            ),
        ),
        cases=_edge_cases,
        hints=(
            Hint("Each direction walks by itself. Which of them is thrown out first, and which is the slowest?", "descent-edge"),
            Hint(
                "Each step multiplies a direction by 1 − η c. The edge is where this is −1; the best rate is where the steepest "
                "and the flattest have the same size, with opposite signs.",
                "descent-edge",
            ),
            Hint("With `low, high = curvatures.min(), curvatures.max()`: `2 / high`, `2 / (low + high)`, and 1 − that rate · low"),
        ),
        misconceptions=(
            Misconception(
                lambda curvatures: np.array([1 / curvatures.max(), *edge_and_best(curvatures)[1:]]),
                "At 1 / c a single step arrives at the minimum; between there and 2 / c the walk still comes down, from "
                "side to side.",
                "descent-edge",
            ),
            Misconception(
                lambda curvatures: np.array([2 / curvatures.min(), *edge_and_best(curvatures)[1:]]),
                "You took the edge of the flattest direction. The steepest flies away long before.",
                "descent-edge",
            ),
            Misconception(
                lambda curvatures: np.array([2 / curvatures.mean(), *edge_and_best(curvatures)[1:]]),
                "The edge is not set by the mean curvature. One steep direction is enough to throw the walk out.",
                "descent-edge",
            ),
            Misconception(
                lambda curvatures: np.array(
                    [2 / curvatures.max(), 1 / curvatures.max(), 1 - curvatures.min() / curvatures.max()]
                ),
                "1 / c is best for the steepest direction alone. The flattest is the slow one, and it gains from a "
                "somewhat larger rate.",
                "descent-edge",
            ),
            Misconception(
                lambda curvatures: np.array(
                    [2 / curvatures.max(), 1 / curvatures.mean(), np.abs(1 - curvatures / curvatures.mean()).max()]
                ),
                "You used the mean of all curvatures. Only the smallest and the largest decide: 2 / (smallest + largest).",
                "descent-edge",
            ),
            Misconception(
                lambda curvatures: np.array(
                    [*edge_and_best(curvatures)[:2], 1 - edge_and_best(curvatures)[1] * curvatures.max()]
                ),
                "The size of your factor is right. You gave the steepest direction's, which is negative; asked is the slowest "
                "direction's shrinking, 1 − η · smallest.",
                "descent-edge",
            ),
        ),
    ),
    Exercise(
        id="10-batch",
        title="The gradient of a mini-batch",
        task=(
            "The loss is the mean squared error of x @ w, where x has the shape (n, d), y (n,) and w (d,). Return its "
            "gradient for w, shape (d,), over the mini-batch whose row numbers are given in rows."
        ),
        starter="""
            def my_batch_gradient(x, y, w, rows):
                ...
        """,
        reference=batch_gradient,
        accepted=(
            _by_loop,
            lambda x, y, w, rows: np.mean(2 * (x[rows] @ w - y[rows])[:, None] * x[rows], axis=0),
        ),
        cases=_batch_cases,
        hints=(
            Hint("Which rows may have a say in this step, and how many are they?", "descent-batches"),
            Hint(
                "One row's gradient is 2 (x · w − y) x. The batch's is the mean of its rows' gradients.",
                "descent-batches",
            ),
            Hint("`x, y = x[rows], y[rows]`, then `2 / len(rows) * x.T @ (x @ w - y)`"),
        ),
        misconceptions=(
            Misconception(
                lambda x, y, w, rows: 2 / len(x) * x.T @ (x @ w - y),
                "That is the full batch: all rows of x. Only those in rows belong to this mini-batch.",
                "descent-batches",
            ),
            Misconception(
                lambda x, y, w, rows: 2 / len(x) * x[rows].T @ (x[rows] @ w - y[rows]),
                "You divided by the number of all examples. A mini-batch's loss is the mean over its own rows.",
                "descent-batches",
            ),
            Misconception(
                lambda x, y, w, rows: 2 * x[rows].T @ (x[rows] @ w - y[rows]),
                "That is the sum over the batch. As a mean it does not grow with the batch, and one learning rate fits "
                "several sizes.",
                "descent-batches",
            ),
            Misconception(
                lambda x, y, w, rows: x[rows].T @ (x[rows] @ w - y[rows]) / len(rows),
                "The 2 is missing, which comes from the square.",
                "descent-batches",
            ),
            Misconception(
                lambda x, y, w, rows: 2 / len(rows) * x[rows].T @ (y[rows] - x[rows] @ w),
                "The sign is turned round: the derivative of (ŷ − y)² for ŷ is 2 (ŷ − y). The minus of the step comes later.",
                "descent-batches",
            ),
            Misconception(
                lambda x, y, w, rows: 2 / len(rows) * x[: len(rows)].T @ (x[: len(rows)] @ w - y[: len(rows)]),
                "You took the first rows of x, as many as the batch has. The numbers in rows say which ones are meant.",
                "descent-batches",
            ),
        ),
    ),
    Exercise(
        id="10-find-the-bug",
        title="Find the bug: an epoch that is too short",
        task=(
            "The function should go once through all examples in the given order, in mini-batches of batch_size rows of "
            "which the last may be "
            "smaller, take a step of gradient descent on the mean squared error of x @ w for each, and return the "
            "weights after the epoch. Mend it."
        ),
        starter="""
            def my_epoch(w, x, y, order, batch_size, lr):
                for start in range(0, len(x) - batch_size + 1, batch_size):
                    rows = order[start : start + batch_size]
                    g = 2 / batch_size * x[rows].T @ (x[rows] @ w - y[rows])
                    w = w - lr * g
                return w
        """,
        reference=one_epoch,
        accepted=(_epoch_of_parts, lambda w, x, y, order, batch_size, lr: _epoch(w, x, y, order, batch_size, lr)),
        cases=_epoch_cases,
        hints=(
            Hint("Print rows in every round, for 5 examples in batches of 3. Who is never seen?", "descent-batches"),
            Hint(
                "Every example counts once in an epoch. The last batch holds what is left, and its loss is the mean over "
                "what it holds.",
                "descent-batches",
            ),
            Hint("`range(0, len(x), batch_size)`, and `2 / len(rows)` in place of `2 / batch_size`"),
        ),
        misconceptions=(
            Misconception(
                lambda w, x, y, order, batch_size, lr: _epoch(w, x, y, order, batch_size, lr, divide=lambda rows: batch_size),
                "All examples are seen now. The last batch is smaller, and you still divide by the size of a full one.",
                "descent-batches",
            ),
            Misconception(
                lambda w, x, y, order, batch_size, lr: _epoch(w, x, y, order, batch_size, lr, divide=lambda rows: len(x)),
                "You divide by the number of all examples. Each batch's gradient is the mean over its own rows.",
                "descent-batches",
            ),
            Misconception(
                lambda w, x, y, order, batch_size, lr: _epoch(w, x, y, order, batch_size, lr, still=True),
                "Every batch uses the weights from the start of the epoch. A mini-batch's step is taken before the next "
                "one is looked at.",
                "descent-batches",
            ),
            Misconception(
                lambda w, x, y, order, batch_size, lr: _epoch(w, x, y, order, batch_size, lr, other=True),
                "The rows of x are taken in the given order, those of y as they stand. Every example then gets another "
                "one's answer.",
                "descent-batches",
            ),
            Misconception(
                lambda w, x, y, order, batch_size, lr: _epoch(w, x, y, np.arange(len(x)), batch_size, lr),
                "You went through the rows as they stand. The epoch has to follow the given order.",
                "descent-batches",
            ),
            Misconception(
                lambda w, x, y, order, batch_size, lr: _epoch(w, x, y, order, batch_size, lr, sign=1),
                "The sign of the update is turned round: the loss grows with every batch.",
                "descent-rule",
            ),
        ),
    ),
    Exercise(
        id="10-choose",
        title="Choose a rate from many runs",
        task=(
            "Row k of losses holds the final losses of training with rates[k], one for each seed; nan stands for a run "
            "that has flown away, "
            "and counts as worse than any loss. Return [the rate with the lowest median loss, that median]."
        ),
        starter="""
            def my_choice(rates, losses):
                ...
        """,
        reference=best_rate,
        accepted=(
            _pick_by_sorting,
            # The cases have odd numbers of seeds.
            lambda rates, losses: _pick(rates, losses, lambda found: np.sort(found, axis=1)[:, found.shape[1] // 2]),
        ),
        cases=_seed_cases,
        hints=(
            Hint("A rate has one very good run, and its other runs flew away. Would you use it tomorrow?", "descent-seeds"),
            Hint(
                "Put inf where nan stands, take the median of each row, and look for the smallest.",
                "descent-seeds",
            ),
            Hint("`medians = np.median(np.where(np.isnan(losses), np.inf, losses), axis=1)`, then `np.argmin(medians)`"),
        ),
        misconceptions=(
            Misconception(
                lambda rates, losses: _pick(rates, losses, lambda found: found.min(axis=1)),
                "You chose by the best run of each rate. One lucky seed says little about the next one.",
                "descent-seeds",
            ),
            Misconception(
                lambda rates, losses: _pick(rates, losses, lambda found: found.mean(axis=1)),
                "You chose by the mean, which one bad run can spoil. The median asks what a run in the middle does.",
                "descent-seeds",
            ),
            Misconception(
                lambda rates, losses: _pick(rates, losses, lambda found: np.nanmedian(found, axis=1), fill=None),
                "You left out the runs that flew away. Those are the worst of all, and they have to count.",
                "descent-seeds",
            ),
            Misconception(
                lambda rates, losses: _pick(rates, losses, lambda found: np.median(found, axis=1), fill=0.0),
                "You counted a run that flew away as a loss of 0, which makes it the best of all.",
                "descent-seeds",
            ),
            Misconception(
                lambda rates, losses: _pick(
                    rates, losses, lambda found: np.median(found, axis=1),
                    pick=lambda found: np.argmax(np.where(np.isinf(found), -1, found)),
                ),
                "You took the rate with the highest median: argmin, not argmax.",
                "descent-seeds",
            ),
            Misconception(
                lambda rates, losses: np.array(
                    [float(np.flatnonzero(rates == best_rate(rates, losses)[0])[0]), best_rate(rates, losses)[1]]
                ),
                "The median is right. In front of it stands the number of the rate; asked is the rate itself.",
                "descent-seeds",
            ),
        ),
    ),
)
