"""The exercises of chapter 14, Spam."""

import numpy as np

from nnlearn.exercises.exercise import Exercise, Hint, Misconception

# ---- Cases -------------------------------------------------------------------------------------------------------


def _judged(rng, n):
    """Return probabilities that are not near any threshold of a case, and labels, with all four outcomes among them."""
    p = np.concatenate([[0.95, 0.91, 0.88, 0.05, 0.08, 0.03, 0.06], rng.choice([0.15, 0.35, 0.45, 0.55, 0.65, 0.85], n)])
    y = np.concatenate([[1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0], rng.integers(0, 2, n).astype(float)])
    return p, y


def _threshold_cases(rng):
    fixed = [
        (np.array([0.9, 0.8, 0.3, 0.2, 0.6]), np.array([1.0, 0.0, 1.0, 0.0, 0.0]), 0.5),
        (np.array([0.9, 0.8, 0.3, 0.2, 0.6, 0.7]), np.array([1.0, 0.0, 1.0, 0.0, 1.0, 1.0]), 0.75),
        (np.array([0.5, 0.25, 0.75, 0.0]), np.array([1.0, 1.0, 0.0, 0.0]), 0.5),
    ]
    return fixed + [(*_judged(rng, n), t) for n, t in ((5, 0.4), (12, 0.6), (20, 0.2))]


def _scale_cases(rng):
    fixed = [(np.array([[1.0, 10.0], [3.0, 30.0]]), np.array([[2.0, 40.0], [8.0, 20.0]]))]
    random = []
    for n, m, k in ((5, 3, 2), (4, 4, 4), (6, 2, 3)):
        spread, middle = rng.uniform(0.5, 2, k) * rng.choice([1.0, 4.0], k), rng.uniform(1, 3, k)
        random.append((rng.normal(middle, spread, (n, k)), rng.normal(middle + 1, 2 * spread, (m, k))))
    return fixed + random


THRESHOLDS = np.array([0.1, 0.25, 0.5, 0.75, 0.9])


def _cost_cases(rng):
    # Costs with odd digits, so that no two thresholds cost the same.
    fixed = [
        (
            np.array([0.95, 0.8, 0.6, 0.3, 0.7, 0.4, 0.2, 0.05]),
            np.array([1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]),
            THRESHOLDS,
            10.1,
            1.03,
        ),
        (
            np.array([0.95, 0.8, 0.6, 0.3, 0.7, 0.4, 0.2, 0.05]),
            np.array([1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]),
            THRESHOLDS,
            1.03,
            10.1,
        ),
    ]
    return fixed + [
        (*_judged(rng, n), THRESHOLDS, float(a) + 0.01371, float(b) + 0.00713) for n, a, b in ((8, 7, 1), (15, 1, 5), (11, 2, 3))
    ]


# ---- References --------------------------------------------------------------------------------------------------


def confusion(p, y, threshold):
    said = p >= threshold
    caught, alarms = np.sum(said & (y == 1)), np.sum(said & (y == 0))
    missed, passed = np.sum(~said & (y == 1)), np.sum(~said & (y == 0))
    return caught, alarms, missed, passed


def precision_recall(p, y, threshold):
    said = p >= threshold
    caught = np.sum(said & (y == 1))
    return caught / np.sum(said), caught / np.sum(y == 1)


def standardized(train, test):
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    return (train - mean) / deviation, (test - mean) / deviation


def best_threshold(p, y, thresholds, cost_alarm, cost_missed):
    costs = []
    for threshold in thresholds:
        _, alarms, missed, _ = confusion(p, y, threshold)
        costs.append(alarms * cost_alarm + missed * cost_missed)
    return thresholds[np.argmin(costs)]


def _confusion_by_loop(p, y, threshold):
    table = [[0, 0], [0, 0]]
    for probability, label in zip(p, y, strict=True):
        table[int(probability >= threshold)][int(label)] += 1
    return table[1][1], table[1][0], table[0][1], table[0][0]


def _scaled(train, test, *, by=None, own=False, mean=True, deviation=np.std, axis=0):
    base = train if by is None else by(train, test)
    keep = {"axis": axis, "keepdims": True}

    def scaled(x, base):
        centre = base.mean(**keep) if mean else 0.0
        return (x - centre) / deviation(base, **keep)

    return scaled(train, train if own else base), scaled(test, test if own else base)


def _best_by(cost):
    def best(p, y, thresholds, cost_alarm, cost_missed):
        costs = [cost(*confusion(p, y, t), cost_alarm, cost_missed) for t in thresholds]
        return thresholds[int(np.argmin(costs))]

    return best


def _lowest_cost(p, y, thresholds, cost_alarm, cost_missed):
    return min(
        (alarms * cost_alarm + missed * cost_missed)
        for _, alarms, missed, _ in (confusion(p, y, threshold) for threshold in thresholds)
    )


EXERCISES = (
    Exercise(
        id="14-confusion",
        title="Four kinds of outcome",
        task=(
            "Mails with p of at least the threshold are called spam; y is 1 for spam. Return four counts: spam caught, false "
            "alarms, spam missed, good mail let through."
        ),
        starter="""
            def my_confusion(p, y, threshold):
                ...
        """,
        reference=confusion,
        accepted=(
            _confusion_by_loop,
            lambda p, y, t: [sum((p >= t) * y), sum((p >= t) * (1 - y)), sum((p < t) * y), sum((p < t) * (1 - y))],
        ),
        cases=_threshold_cases,
        hints=(
            Hint("What is `p >= threshold`, and how do you combine it with `y == 1`?", "spam-threshold"),
            Hint("`&` is and, `~` is not. A false alarm was called spam and is none.", "spam-threshold"),
            Hint("`said = p >= threshold`, then `np.sum(said & (y == 1))`, `np.sum(said & (y == 0))`, and the same with `~said`"),
        ),
        misconceptions=(
            Misconception(
                lambda p, y, t: tuple(confusion(p, y, t)[k] for k in (0, 2, 1, 3)),
                "False alarms and missed spam are swapped. A false alarm is a good mail that was called spam.",
                "spam-threshold",
            ),
            Misconception(lambda p, y, t: confusion(p, y, 0.5), "You always use 0.5. The threshold is given.", "spam-threshold"),
            Misconception(
                lambda p, y, t: tuple(confusion(p, y, t)[k] for k in (3, 2, 1, 0)),
                "The classes are swapped: spam is 1, and it is called spam from the threshold upwards.",
                "spam-threshold",
            ),
            Misconception(
                lambda p, y, t: confusion(np.where(p == t, 0, p), y, t),
                "A mail with p exactly at the threshold is called spam: use >= and not >.",
                "spam-threshold",
            ),
            Misconception(
                lambda p, y, t: tuple(n / len(p) for n in confusion(p, y, t)),
                "Those are shares. Counts are asked.",
                "spam-threshold",
            ),
        ),
    ),
    Exercise(
        id="14-precision-recall",
        title="Precision and recall",
        task="Return `precision, recall` if mails with p of at least the threshold are called spam; y is 1 for spam.",
        starter="""
            def my_precision_recall(p, y, threshold):
                ...
        """,
        reference=precision_recall,
        accepted=(
            lambda p, y, t: [y[p >= t].mean(), (p[y == 1] >= t).mean()],
            lambda p, y, t: (
                confusion(p, y, t)[0] / sum(confusion(p, y, t)[:2]),
                confusion(p, y, t)[0] / sum(confusion(p, y, t)[::2]),
            ),
        ),
        cases=_threshold_cases,
        hints=(
            Hint("Both have the spam that was caught on top. Of what is it a share in each of them?", "spam-precision"),
            Hint("Precision: of all that was called spam. Recall: of all that is spam.", "spam-precision"),
            Hint("`caught / np.sum(said), caught / np.sum(y == 1)`"),
        ),
        misconceptions=(
            Misconception(
                lambda p, y, t: precision_recall(p, y, t)[::-1], "They are swapped: first precision, then recall.", "spam-precision"
            ),
            Misconception(
                lambda p, y, t: (np.mean((p >= t) == (y == 1)), precision_recall(p, y, t)[1]),
                "The first is the accuracy. Precision looks only at what was called spam.",
                "spam-precision",
            ),
            Misconception(
                lambda p, y, t: (precision_recall(p, y, t)[0], confusion(p, y, t)[0] / len(p)),
                "The second divides by all mails. Recall is a share of the spam.",
                "spam-precision",
            ),
            Misconception(
                lambda p, y, t: (precision_recall(p, y, t)[0], confusion(p, y, t)[1] / np.sum(y == 0)),
                "The second is the share of the good mail that was called spam, the rate of false alarms. Recall looks "
                "at the spam.",
                "spam-precision",
            ),
            Misconception(
                lambda p, y, t: (1 - precision_recall(p, y, t)[0], 1 - precision_recall(p, y, t)[1]),
                "Those are the shares that went wrong. Precision and recall are what went right.",
                "spam-precision",
            ),
        ),
    ),
    Exercise(
        id="14-standardize",
        title="Standardize without leaking",
        task=(
            "Return train and test with every column brought to mean 0 and standard deviation 1, as far as the training set "
            "can tell."
        ),
        starter="""
            def my_standardize(train, test):
                ...
        """,
        reference=standardized,
        accepted=(
            lambda train, test: tuple((x - np.mean(train, 0)) / np.sqrt(np.var(train, 0)) for x in (train, test)),
            lambda train, test: _scaled(train, test),
        ),
        cases=_scale_cases,
        hints=(
            Hint("Which numbers will you have when the first new mail arrives?", "spam-prepare"),
            Hint("Mean and deviation of each column of train, axis=0; and the same two for both sets.", "spam-prepare"),
            Hint("`mean, deviation = train.mean(axis=0), train.std(axis=0)`, then `(x - mean) / deviation` for both"),
        ),
        misconceptions=(
            Misconception(
                lambda train, test: _scaled(train, test, own=True),
                "The test set is scaled by its own mean and deviation. It has to be scaled as the training set was.",
                "spam-prepare",
            ),
            Misconception(
                lambda train, test: _scaled(train, test, by=lambda a, b: np.vstack([a, b])),
                "Mean and deviation are taken from both sets together. So the training gets to know something of the "
                "test set: it leaks.",
                "spam-leak",
            ),
            Misconception(
                lambda train, test: _scaled(train, test, by=lambda a, b: b),
                "Mean and deviation are taken from the test set. They come from the training set.",
                "spam-prepare",
            ),
            Misconception(
                lambda train, test: _scaled(train, test, deviation=np.var),
                "You divided by the variance. The standard deviation is its root.",
                "spam-prepare",
            ),
            Misconception(
                lambda train, test: _scaled(train, test, mean=False), "The mean has to be taken away first.", "spam-prepare"
            ),
            Misconception(
                lambda train, test: _scaled(train, test, deviation=lambda x, **keep: 1.0),
                "The columns are centred and not scaled yet: divide by their standard deviations.",
                "spam-prepare",
            ),
        ),
    ),
    Exercise(
        id="14-choose",
        title="Choose a threshold, and justify it by its cost",
        task=(
            "A false alarm costs cost_alarm, a missed spam cost_missed. Return that one of the thresholds at which the mails with "
            "probabilities p and labels y cost least in all."
        ),
        starter="""
            def my_threshold(p, y, thresholds, cost_alarm, cost_missed):
                ...
        """,
        reference=best_threshold,
        accepted=(
            _best_by(lambda caught, alarms, missed, passed, a, m: alarms * a + missed * m),
            lambda p, y, ts, a, m: min(ts, key=lambda t: a * ((p >= t) & (y == 0)).sum() + m * ((p < t) & (y == 1)).sum()),
        ),
        cases=_cost_cases,
        hints=(
            Hint(
                "For one threshold: how many false alarms are there, how many missed, and what do they cost together?", "spam-costs"
            ),
            Hint("Compute the cost for every threshold, and return the threshold with the lowest.", "spam-costs"),
            Hint("`costs = [...]` in a loop over thresholds, then `return thresholds[np.argmin(costs)]`"),
        ),
        misconceptions=(
            Misconception(
                _best_by(lambda caught, alarms, missed, passed, a, m: alarms * m + missed * a),
                "The two costs are swapped: cost_alarm belongs to good mail that was called spam.",
                "spam-costs",
            ),
            Misconception(
                _best_by(lambda caught, alarms, missed, passed, a, m: -(alarms * a + missed * m)),
                "That is the threshold with the highest cost.",
                "spam-costs",
            ),
            Misconception(_lowest_cost, "That is the cost itself. The threshold that has it is asked.", "spam-costs"),
            Misconception(
                lambda p, y, ts, a, m: np.argmin([a * confusion(p, y, t)[1] + m * confusion(p, y, t)[2] for t in ts]),
                "That is the place in the list. Return the threshold that stands there.",
                "spam-costs",
            ),
        ),
    ),
)
