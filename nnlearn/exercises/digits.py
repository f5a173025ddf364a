"""The exercises of chapter 15, Handwritten digits."""

import numpy as np

from nnlearn.exercises.exercise import Exercise, Hint, Misconception

# ---- Cases -------------------------------------------------------------------------------------------------------


def _confusion_cases(rng):
    fixed = [
        (np.array([0, 0, 1, 2]), np.array([0, 1, 1, 0]), 3),
        # The same pair twice: an array that is added to through row numbers counts it once.
        (np.array([1, 1, 1, 0]), np.array([0, 0, 1, 0]), 2),
        (np.array([0, 1]), np.array([1, 0]), 4),
    ]
    return fixed + [(rng.integers(0, k, n), rng.integers(0, k, n), k) for n, k in ((12, 3), (30, 5), (9, 9))]


def _mean_cases(rng):
    fixed = [
        (np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 9.0]]), np.array([0, 0, 1]), np.array([[1.0, 1.0], [0.0, 7.0], [3.0, 6.0]])),
        # A long mean has large products with everything: the nearest is not the one that is most alike by product.
        (np.array([[1.0, 1.0], [1.0, 1.2], [8.0, 9.0]]), np.array([0, 0, 1]), np.array([[1.5, 1.0], [6.0, 8.0], [2.0, 2.5]])),
        # The nearest single example is of class 0, the nearest mean of class 1.
        (np.array([[0.0, 0.0], [6.0, 0.0], [0.0, 2.0], [0.0, 2.4]]), np.array([0, 0, 1, 1]), np.array([[0.0, 0.5], [5.0, 0.5]])),
        # Two distances that square and absolute value rank differently.
        (np.array([[3.0, 3.0], [0.0, 5.0]]), np.array([0, 1]), np.array([[0.0, 0.0], [1.0, 1.0]])),
    ]
    random = []
    for classes, k, n in ((3, 4, 6), (4, 4, 8), (2, 6, 5)):
        centers = rng.uniform(0, 4, (classes, k)) * np.linspace(1, 3, classes)[:, None]
        y = np.concatenate([np.arange(classes), rng.integers(0, classes, 3 * classes)])
        x = centers[y] + rng.normal(0, 0.5, (len(y), k))
        random.append((x, y, centers[rng.integers(0, classes, n)] + rng.normal(0, 1.5, (n, k))))
    return fixed + random


def _dropout_cases(rng):
    fixed = [
        (np.array([[1.0, 2.0, 3.0, 4.0]]), np.array([[0.1, 0.6, 0.5, 0.9]]), 0.5, True),
        (np.array([[1.0, 2.0, 3.0, 4.0]]), np.array([[0.1, 0.6, 0.5, 0.9]]), 0.5, False),
        (np.array([[-1.0, 0.0], [2.0, 5.0]]), np.array([[0.3, 0.1], [0.9, 0.2]]), 0.2, True),
        (np.ones((2, 2)), np.array([[0.0, 0.99], [0.5, 0.3]]), 0.0, True),
    ]
    return fixed + [
        (rng.normal(0, 2, shape), rng.random(shape), rate, training)
        for shape, rate, training in (((4, 6), 0.3, True), ((5, 5), 0.8, True), ((3, 7), 0.3, False))
    ]


def _stopping_cases(rng):
    fixed = [
        (np.array([0.9, 0.5, 0.6, 0.4, 0.7, 0.45, 0.5, 0.3]), 3),
        (np.array([0.9, 0.5, 0.6, 0.4, 0.7, 0.45, 0.5, 0.3]), 1),
        (np.array([0.9, 0.8, 0.7, 0.6]), 2),
        (np.array([0.5, 0.4, 0.4, 0.4, 0.41, 0.3]), 3),
        # Above its best again and again, and yet never for three epochs in a row.
        (np.array([0.8, 0.9, 0.7, 0.75, 0.6, 0.65, 0.64, 0.5, 0.55, 0.56, 0.57, 0.2]), 3),
        (np.array([1.0, 1.1, 1.05, 1.02, 1.01, 1.005, 0.9]), 2),
    ]
    # Falling, with bumps, and then rising.
    return fixed + [
        (np.abs(np.linspace(1, -0.6, n)) + rng.uniform(0.1, 0.5, n), patience) for n, patience in ((12, 2), (20, 4), (30, 3))
    ]


def _batch_cases(rng):
    fixed = [
        (np.arange(10.0).reshape(5, 2), np.arange(5) * 10, np.array([4, 2, 0, 1, 3]), 2),
        (np.arange(12.0).reshape(6, 2), np.arange(6), np.array([1, 0, 3, 2, 5, 4]), 3),
        (np.arange(4.0).reshape(4, 1), np.arange(4) + 7, np.array([3, 1, 2, 0]), 4),
    ]
    return fixed + [
        (rng.normal(size=(n, k)), rng.integers(0, 90, n) + np.arange(n) * 100, rng.permutation(n), size)
        for n, k, size in ((7, 3, 3), (9, 2, 4), (8, 8, 5))
    ]


def _choice_cases(rng):
    fixed = [
        # Setting 0 has the best single run, 1 the best median, 2 the best test.
        (np.array([[0.99, 0.80, 0.81], [0.92, 0.90, 0.91], [0.89, 0.88, 0.85]]),
         np.array([[0.90, 0.79, 0.83], [0.88, 0.905, 0.86], [0.93, 0.95, 0.97]])),
        (np.array([[0.5, 0.9, 0.91], [0.88, 0.89, 0.87]]), np.array([[0.70, 0.86, 0.81], [0.9, 0.95, 0.99]])),
    ]  # fmt: skip
    random = []
    for settings, seeds in ((3, 5), (4, 4), (5, 3)):
        base = rng.uniform(0.7, 0.95, (settings, 1))
        random.append((base + rng.normal(0, 0.03, (settings, seeds)), base[::-1] + rng.normal(0, 0.03, (settings, seeds))))
    return fixed + random


# ---- References --------------------------------------------------------------------------------------------------


def confusion(y, said, k):
    matrix = np.zeros((k, k), int)
    for truth, answer in zip(y, said, strict=True):
        matrix[truth, answer] += 1
    return matrix


def nearest_mean(x, y, new):
    means = np.array([x[y == digit].mean(axis=0) for digit in range(y.max() + 1)])
    differences = new[:, None, :] - means[None, :, :]
    return (differences**2).sum(axis=2).argmin(axis=1)


def dropout(a, u, rate, training):
    if not training:
        return a
    return np.where(u >= rate, a / (1 - rate), 0.0)


def early_stopping(losses, patience):
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best >= patience:
            break
    return best + 1, epoch + 1


def batches(x, y, order, size):
    result = []
    for start in range(0, len(x), size):
        rows = order[start : start + size]
        result.append([x[rows].sum(), y[rows].sum()])
    return np.array(result)


def choice(validation, test):
    best = np.argmax(np.median(validation, axis=1))
    return best, np.median(test[best])


# ---- Other right forms, and wrong ones ---------------------------------------------------------------------------


def _confusion_at_once(y, said, k):
    return np.bincount(np.asarray(y) * k + np.asarray(said), minlength=k * k).reshape(k, k)


def _confusion_one_hot(y, said, k):
    return np.eye(k)[y].T @ np.eye(k)[said]


def _confusion_without_repeats(y, said, k):
    matrix = np.zeros((k, k), int)
    matrix[y, said] += 1
    return matrix


def _nearest_by_loop(x, y, new):
    said = []
    for image in new:
        distances = [np.linalg.norm(image - x[y == digit].mean(axis=0)) for digit in np.unique(y)]
        said.append(int(np.argmin(distances)))
    return said


def _nearest(x, y, new, *, center=np.mean, compare=lambda d: (d**2).sum(axis=2), pick=np.argmin):
    means = np.array([center(x[y == digit], axis=0) for digit in range(y.max() + 1)])
    return pick(compare(new[:, None, :] - means), axis=1)


def _most_alike(x, y, new):
    means = np.array([x[y == digit].mean(axis=0) for digit in range(y.max() + 1)])
    return (new @ means.T).argmax(axis=1)


def _nearest_example(x, y, new):
    return y[((new[:, None, :] - x) ** 2).sum(axis=2).argmin(axis=1)]


def _stop(losses, patience, *, better=lambda loss, best: loss < best, least=1, restart=False):
    """Early stopping with a switch for each usual mistake; returns epochs counted from 1."""
    best, waited = 0, 0
    for epoch, loss in enumerate(losses):
        if epoch and better(loss, losses[best]):
            best, waited = epoch, 0
        elif epoch and restart and loss < losses[epoch - 1]:
            waited = 0
        elif epoch:
            waited += 1
        if waited >= patience + least - 1:
            break
    return best + 1, epoch + 1


def _batches(x, y, order, size, *, x_order=True, y_order=True, whole=False):
    n = len(x) // size * size if whole else len(x)
    x, y = (x[order] if x_order else x), (y[order] if y_order else y)
    return np.array([[x[k : k + size].sum(), y[k : k + size].sum()] for k in range(0, n, size)])


def _choice(validation, test, *, judge=np.median, by=None, report=None):
    by = validation if by is None else by
    best = int(np.argmax(judge(by, axis=1)))
    return best, judge((test if report is None else report)[best])


EXERCISES = (
    Exercise(
        id="15-nearest-mean",
        title="A number to beat",
        task=(
            "x holds one image in each row, y its class from 0 on. Return, for each row of new, the class whose mean image is "
            "nearest to it."
        ),
        starter="""
            def my_nearest_mean(x, y, new):
                ...
        """,
        reference=nearest_mean,
        accepted=(_nearest_by_loop, _nearest),
        cases=_mean_cases,
        hints=(
            Hint("Two steps: first a mean image for each class, from x and y; then distances from each new image to all means."),
            Hint("`x[y == 3].mean(axis=0)` is the mean of class 3. The nearest has the smallest sum of squared differences.",
                 "digits-baseline"),
            Hint("`((image - means)**2).sum(axis=1).argmin()` is the answer for one image; do it for every row of new."),
        ),
        misconceptions=(
            Misconception(
                lambda x, y, new: _nearest(x, y, new, pick=np.argmax),
                "You chose the mean that is farthest away. The nearest has the smallest distance: argmin.",
                "digits-baseline",
            ),
            Misconception(
                lambda x, y, new: _nearest(x, y, new, compare=lambda d: np.abs(d.sum(axis=2))),
                "You summed the differences before you made them positive, so that plus and minus cancel. Square each one first.",
                "digits-baseline",
            ),
            Misconception(
                lambda x, y, new: _nearest(x, y, new, compare=lambda d: np.abs(d).sum(axis=2)),
                "You summed absolute differences. Distance here is the usual one, with squares.",
                "digits-baseline",
            ),
            Misconception(
                _most_alike,
                "You took the largest product with a mean. It favours bright means, whatever the image; take the "
                "smallest distance.",
                "digits-baseline",
            ),
            Misconception(
                _nearest_example,
                "You took the class of the nearest single example. That is the nearest neighbour, a good method and another one.",
                "digits-baseline",
            ),
            Misconception(
                lambda x, y, new: _nearest(x, y, new, center=np.sum),
                "You summed the images of each class and did not divide by how many there are.",
                "digits-baseline",
            ),
        ),
    ),
    Exercise(
        id="15-confusion",
        title="What was taken for what",
        task=(
            "y holds true classes, said what the network said, k is the number of classes. Return the k × k matrix that counts, in "
            "row i and column j, how often class i was said to be j."
        ),
        starter="""
            def my_confusion(y, said, k):
                ...
        """,
        reference=confusion,
        accepted=(_confusion_at_once, _confusion_one_hot),
        cases=_confusion_cases,
        hints=(
            Hint("Begin with zeros, and let each example add 1 in one place. In which row, in which column?"),
            Hint("Row: what it was. Column: what was said. `np.zeros((k, k), int)` is the empty table.", "digits-mistakes"),
            Hint("`for truth, answer in zip(y, said): matrix[truth, answer] += 1`"),
        ),
        misconceptions=(
            Misconception(
                lambda y, said, k: confusion(said, y, k),
                "Rows and columns have changed places. The row is what it was, the column is what was said.",
                "digits-mistakes",
            ),
            Misconception(
                _confusion_without_repeats,
                "A pair that occurs several times is counted once: `matrix[y, said] += 1` adds 1 to each *place*, not for each "
                "example. Use a loop, or np.add.at.",
                "digits-mistakes",
            ),
            Misconception(
                lambda y, said, k: confusion(y, said, k) / np.maximum(confusion(y, said, k).sum(axis=1, keepdims=True), 1),
                "Those are shares of each row. Counts are asked.",
                "digits-mistakes",
            ),
            Misconception(
                lambda y, said, k: confusion(y, said, k) - np.diag(np.diag(confusion(y, said, k))),
                "The diagonal is empty. What was said rightly is counted as well: it stands there.",
                "digits-mistakes",
            ),
            Misconception(
                lambda y, said, k: confusion(y, said, k) + confusion(said, y, k),
                "You counted each pair in both directions. A 3 read as an 8 and an 8 read as a 3 are two different mistakes.",
                "digits-mistakes",
            ),
        ),
    ),
    Exercise(
        id="15-dropout",
        title="Dropout",
        task=(
            "a holds activations, u random numbers from 0 to 1 of the same shape. While training, keep a value where u is at least "
            "rate, silence it otherwise, and scale so that the expected value stays what it was. When not training, change nothing."
        ),
        starter="""
            def my_dropout(a, u, rate, training):
                ...
        """,
        reference=dropout,
        accepted=(
            lambda a, u, rate, training: a * (u >= rate) / (1 - rate) if training else a * 1.0,
            lambda a, u, rate, training: (1.0 if not training else (1 - (u < rate)) / (1 - rate)) * a,
        ),
        cases=_dropout_cases,
        hints=(
            Hint("A value survives with probability 1 − rate. By what must the survivors be divided, so that the mean stays?"),
            Hint("While training: a · mask / (1 − rate), where the mask is 1 where u ≥ rate. Otherwise: a.", "digits-dropout"),
            Hint("`if not training: return a`, then `np.where(u >= rate, a / (1 - rate), 0.0)`"),
        ),
        misconceptions=(
            Misconception(
                lambda a, u, rate, training: np.where(u >= rate, a, 0.0) if training else a,
                "The scale is missing: of the sum that the next layer gets, only the share 1 − rate is left. Divide by 1 − rate.",
                "digits-dropout",
            ),
            Misconception(
                lambda a, u, rate, training: np.where(u >= rate, a, 0.0) if training else a * (1 - rate),
                "You scale when not training. That works as well, if all do it so; here the survivors are scaled while "
                "training, and later nothing is left to do.",
                "digits-dropout",
            ),
            Misconception(
                lambda a, u, rate, training: np.where(u >= rate, a * (1 - rate), 0.0) if training else a,
                "You multiplied by 1 − rate. Values are missing, so the others have to grow: divide.",
                "digits-dropout",
            ),
            Misconception(
                lambda a, u, rate, training: np.where(u >= rate, a / rate if rate else a, 0.0) if training else a,
                "You divided by rate, the share that is silenced. It is the share that is kept, 1 − rate.",
                "digits-dropout",
            ),
            Misconception(
                lambda a, u, rate, training: np.where(u < rate, a / (1 - rate), 0.0) if training else a,
                "You kept what should be silenced. A value is kept where u is at least rate.",
                "digits-dropout",
            ),
            Misconception(
                lambda a, u, rate, training: np.where(u >= rate, a / (1 - rate), 0.0),
                "You silence always. When not training nothing is silenced, or the same image would be read differently each time.",
                "digits-dropout",
            ),
        ),
    ),
    Exercise(
        id="15-early-stopping",
        title="When to stop",
        task=(
            "losses holds the loss on held-back digits after each epoch. Training stops after the epoch in which the loss has not "
            "been lower than its best for patience epochs, or at the end. Return (best epoch, last epoch), both counted from 1."
        ),
        starter="""
            def my_early_stopping(losses, patience):
                ...
        """,
        reference=early_stopping,
        accepted=(
            _stop,
            lambda losses, patience: next(
                (int(np.argmin(losses[:end])) + 1, end)
                for end in range(1, len(losses) + 1)
                if end == len(losses) or end - 1 - int(np.argmin(losses[:end])) >= patience
            ),
        ),
        cases=_stopping_cases,
        hints=(
            Hint("Walk through the losses and remember one thing: in which epoch the lowest so far was."),
            Hint("If the loss is lower than the best, this epoch is the best. If the best is patience epochs ago, stop.",
                 "digits-stopping"),
            Hint("`for epoch, loss in enumerate(losses):`, renew `best`, and `if epoch - best >= patience: break`; at the end "
                 "`return best + 1, epoch + 1`"),
        ),
        misconceptions=(
            Misconception(
                lambda losses, patience: (_stop(losses, patience)[1], _stop(losses, patience)[1]),
                "As best epoch you return the last one. By then the loss has been higher for a while: go back to where "
                "it was lowest.",
                "digits-stopping",
            ),
            Misconception(
                lambda losses, patience: (int(np.argmin(losses)) + 1, len(losses)),
                "You looked at all losses. Training that has stopped does not see what would have come later.",
                "digits-stopping",
            ),
            Misconception(
                lambda losses, patience: _stop(losses, 1),
                "You stop at the first epoch that is no better. Losses jump about; wait for patience epochs.",
                "digits-stopping",
            ),
            Misconception(
                lambda losses, patience: _stop(losses, patience, least=2),
                "You wait one epoch too long: stop when the best is patience epochs ago, and not more than that.",
                "digits-stopping",
            ),
            Misconception(
                lambda losses, patience: _stop(losses, patience, better=lambda loss, best: loss <= best),
                "You count an equal loss as better. It has to be lower than the best.",
                "digits-stopping",
            ),
            Misconception(
                lambda losses, patience: _stop(losses, patience, restart=True),
                "You begin to wait afresh whenever the loss falls. What counts is whether it falls below its *best*.",
                "digits-stopping",
            ),
            Misconception(
                lambda losses, patience: tuple(epoch - 1 for epoch in early_stopping(losses, patience)),
                "Your epochs are counted from 0. The first epoch is number 1.",
                "digits-stopping",
            ),
            Misconception(
                lambda losses, patience: early_stopping(losses, patience)[::-1],
                "Both numbers are right, in the wrong order: first the best epoch, then the last.",
                "digits-stopping",
            ),
        ),
    ),
    Exercise(
        id="15-find-the-bug",
        title="Find the bug: it learns nothing",
        task=(
            "An epoch goes through the rows in the order given, size at a time. To check it, the function returns the "
            "sum of x and the "
            "sum of y for each batch. Networks trained like this stay at chance. The function holds one mistake. Mend it."
        ),
        starter="""
            def my_batches(x, y, order, size):
                x = x[order]
                result = []
                for start in range(0, len(x), size):
                    x_batch = x[start:start + size]
                    y_batch = y[start:start + size]
                    result.append([x_batch.sum(), y_batch.sum()])
                return np.array(result)
        """,
        reference=batches,
        accepted=(
            _batches,
            lambda x, y, order, size: np.array(
                [
                    [x[rows].sum(), y[rows].sum()]
                    for rows in (order[start : start + size] for start in range(0, len(order), size))
                ]
            ),
        ),
        cases=_batch_cases,
        hints=(
            Hint("Which label does the first image of the first batch get? Follow it with the numbers of a small example."),
            Hint("Images and labels have to be put into the same order.", "digits-wrong"),
            Hint("`x, y = x[order], y[order]` at the start."),
        ),
        misconceptions=(
            Misconception(
                lambda x, y, order, size: _batches(x, y, order, size, x_order=False, y_order=False),
                "Now images and labels belong together, and nothing is shuffled any more. Put both into the order that is given.",
                "digits-wrong",
            ),
            Misconception(
                lambda x, y, order, size: _batches(x, y, order, size, x_order=False),
                "Now the labels are shuffled and the images are not. Both need the same order.",
                "digits-wrong",
            ),
            Misconception(
                lambda x, y, order, size: _batches(x, y, order, size, whole=True),
                "The rows are right, and the last, smaller batch is gone. Every example is looked at in an epoch.",
                "digits-wrong",
            ),
            Misconception(
                lambda x, y, order, size: _batches(x[order], y, order, size, x_order=True),
                "The images went through the order twice, the labels once. Both need it exactly once.",
                "digits-wrong",
            ),
        ),
    ),
    Exercise(
        id="15-choose",
        title="Choose, and report",
        task=(
            "Row i of validation and of test holds the accuracies of setting i, a column for each seed. Choose the "
            "setting with the best median, and return (its number, the accuracy that may be reported for it: its median)."
        ),
        starter="""
            def my_choice(validation, test):
                ...
        """,
        reference=choice,
        accepted=(
            _choice,
            lambda validation, test: max(
                (np.median(row), -i, i, np.median(test[i])) for i, row in enumerate(validation)
            )[2:],
        ),
        cases=_choice_cases,
        hints=(
            Hint("Which of the two tables is for choosing, and which for reporting?", "digits-seeds"),
            Hint("Medians run over the seeds, axis=1. Choose by the validation medians, report the test median of what was chosen.",
                 "digits-wrong"),
            Hint("`best = np.argmax(np.median(validation, axis=1))`, then `np.median(test[best])`"),
        ),
        misconceptions=(
            Misconception(
                lambda v, t: _choice(v, t, by=t),
                "You chose by the test set. Then its number is too good: choose by the validation set.",
                "digits-wrong",
            ),
            Misconception(
                lambda v, t: _choice(v, t, report=v),
                "You reported the validation accuracy, by which you chose. What may be reported is the accuracy on the test set.",
                "digits-wrong",
            ),
            Misconception(
                lambda v, t: _choice(v, t, judge=np.max),
                "You took the best seed of each setting. One lucky run says little; take the median.",
                "digits-seeds",
            ),
            Misconception(
                lambda v, t: _choice(v, t, judge=np.mean),
                "You took means. The median is asked: one run that went astray should not decide.",
                "digits-seeds",
            ),
            Misconception(
                lambda v, t: (_choice(v, t)[0], float(np.max(t[_choice(v, t)[0]]))),
                "The setting is right. As its accuracy you report the best of its runs; the median is asked.",
                "digits-seeds",
            ),
            Misconception(
                lambda v, t: _choice(v, t)[::-1],
                "Both numbers are right, in the wrong order: first the number of the setting, then its accuracy.",
                "digits-seeds",
            ),
        ),
    ),
)
