"""The exercises of chapter 12, RMSprop and Adam."""

import numpy as np

import nnlearn
from nnlearn.exercises.exercise import Exercise, Hint, Misconception

# ---- Cases -------------------------------------------------------------------------------------------------------


def _signed(rng, shape, low=0.5, high=2.0):
    return rng.choice([-1.0, 1.0], shape) * rng.uniform(low, high, shape)


def _rmsprop_cases(rng):
    fixed = [
        (np.array([1.0]), np.array([0.0]), np.array([2.0]), 0.1, 0.9, 1e-8),
        (np.array([3.0, -2.0]), np.array([4.0, 1.0]), np.array([2.0, -6.0]), 0.5, 0.9, 0.5),
        (np.full((2, 2), 3.0), np.array([[0.5, 9.0], [0.0, 0.25]]), np.array([[1.0, 0.0], [-2.0, 4.0]]), 1.0, 0.5, 0.1),
    ]
    random = []
    for shape, rho in (((4,), 0.8), ((3, 2), 0.9), ((3, 3), 0.6)):
        lr, eps = (float(value) for value in rng.uniform(0.1, 0.5, 2))
        random.append((rng.uniform(5, 8, shape), rng.uniform(0.5, 3, shape), _signed(rng, shape), lr, rho, eps))
    return fixed + random


def _adam_cases(rng):
    fixed = [
        (np.array([1.0]), np.array([0.0]), np.array([0.0]), np.array([2.0]), 1, 0.1, 0.9, 0.99, 1e-8),
        (np.array([3.0, -2.0]), np.array([1.0, 0.5]), np.array([2.0, 0.3]), np.array([2.0, -1.0]), 3, 0.5, 0.9, 0.95, 0.5),
        (
            np.array([[4.0, 3.0], [5.0, -2.0]]), np.array([[0.5, -1.0], [1.0, 0.25]]), np.array([[0.5, 2.0], [1.5, 0.25]]),
            np.array([[1.0, 0.5], [-2.0, 3.0]]), 2, 1.0, 0.5, 0.8, 0.1,
        ),
    ]  # fmt: skip
    random = []
    for shape, t, beta1, beta2 in (((4,), 2, 0.9, 0.95), ((3, 2), 5, 0.8, 0.9), ((3, 3), 12, 0.9, 0.99)):
        # The gradient has the sign of m, so that m does not come out as mere rounding in 32 bits.
        m = _signed(rng, shape)
        g = np.sign(m) * rng.uniform(0.5, 2, shape)
        lr, eps = (float(value) for value in rng.uniform(0.1, 0.5, 2))
        random.append((rng.uniform(9, 12, shape), m, rng.uniform(0.5, 3, shape), g, t, lr, beta1, beta2, eps))
    return fixed + random


def _average_cases(rng):
    fixed = [
        (np.array([[3.0]]), 0.9),
        (np.array([[1.0], [1.0], [1.0]]), 0.5),
        (np.array([[8.0, 1.0], [2.0, 4.0]]), 0.75),
        (np.array([[1.0, 2.0], [3.0, 2.0], [1.0, 2.0], [5.0, 2.0]]), 0.8),
    ]
    sizes = (((5, 3), 0.9), ((4, 4), 0.7), ((12, 2), 0.8))
    return fixed + [(rng.uniform(0.5, 3, shape), beta) for shape, beta in sizes]


def _walk_cases(rng):
    fixed = [
        (np.array([1.0]), np.array([1.0]), 0.1),
        (np.array([5.0, 4.0]), np.array([0.5, 2.0]), 0.5),
        (np.array([6.0, -5.0, 4.0]), np.array([1.0, 0.1, 3.0]), 0.2),
    ]
    random = []
    for d in (2, 3, 4):
        random.append((_signed(rng, d, 4, 8), rng.uniform(0.2, 3, d), float(rng.uniform(0.1, 0.4))))
    return fixed + random


def _choice_cases(rng):
    fixed = [
        (np.array([1.0, 0.01]), np.array([1.5, 4.0, 0.04, 0.1])),
        (np.array([1.0, 1.0]), np.array([0.5, 1.0, 0.01, 0.01])),
        (np.array([1.0, 0.5, 0.2]), np.array([0.1, 2.0, 0.01, 0.02])),
        (np.array([2.0, 0.02]), np.array([0.1, 0.5, 0.04, 0.01])),
    ]
    random = []
    while len(random) < 2:
        curvature = rng.uniform(0.02, 1.0, len(random) + 2)
        rates = rng.uniform([0.2, 0.2, 0.005, 0.005], [1.5, 3.0, 0.05, 0.1])
        found = np.sort(_distances(curvature, rates))
        if found[0] > 1e-2 and found[1] > 1.2 * found[0]:  # a clear winner, and no mere rounding in 32 bits
            random.append((curvature, rates))
    return fixed + random


# ---- References and slips ----------------------------------------------------------------------------------------


def rmsprop_step(w, s, g, lr, rho, eps):
    """First the average of squares, then the step, with the average that has just been made."""
    s = rho * s + (1 - rho) * g**2
    return w - lr * g / (np.sqrt(s) + eps), s


def adam_step(w, m, s, g, t, lr, beta1, beta2, eps):
    """The corrected averages make the step; the uncorrected ones are remembered."""
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    s_hat = s / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(s_hat) + eps), m, s


def corrected_average(g, beta):
    """The average itself goes on uncorrected; each row of the result is divided by its own 1 - βᵗ."""
    average, found = 0.0, []
    for t, row in enumerate(g, start=1):
        average = beta * average + (1 - beta) * row
        found.append(average / (1 - beta**t))
    return np.array(found)


def adam_walk(w, curvature, lr):
    """t counts steps: it rises once in each, for all weights together."""
    w = np.array(w, float)
    m, s, t = np.zeros(len(w)), np.zeros(len(w)), 0
    for _ in range(5):
        g = curvature * w
        t = t + 1
        for k in range(len(w)):
            m[k] = 0.9 * m[k] + 0.1 * g[k]
            s[k] = 0.99 * s[k] + 0.01 * g[k] ** 2
            m_hat = m[k] / (1 - 0.9**t)
            s_hat = s[k] / (1 - 0.99**t)
            w[k] = w[k] - lr * m_hat / (np.sqrt(s_hat) + 1e-8)
    return w


def best_optimizer(curvature, rates):
    """Let each walk with the rate that belongs to it, and see which one ends nearest to the minimum."""
    start = np.ones(len(curvature))
    runners = nnlearn.SGD, nnlearn.Momentum, nnlearn.RMSprop, nnlearn.Adam
    distances = []
    for make, lr in zip(runners, rates, strict=True):
        path = make(lr=lr).path(lambda w: curvature * w, start, 30)
        distances.append(np.sqrt(np.sum(path[-1] ** 2)))
    best = np.argmin(distances)
    return np.array([best, distances[best]])


def _distances(curvature, rates, measure=np.linalg.norm):
    makers = nnlearn.SGD, nnlearn.Momentum, nnlearn.RMSprop, nnlearn.Adam
    ends = [
        make(lr=float(lr)).path(lambda w: np.asarray(curvature) * w, np.ones(len(curvature)), 30)[-1]
        for make, lr in zip(makers, rates, strict=True)
    ]
    return np.array([measure(end) for end in ends])


def _chosen(curvature, rates, *, measure=np.linalg.norm, pick=np.argmin):
    found = _distances(curvature, rates, measure)
    best = int(pick(found))
    return np.array([best, found[best]])


def _by_hand(curvature, rates):
    """Return the choice by loops that use nothing of the package."""
    found = []
    for name, lr in zip("smra", rates, strict=True):
        w, v, s = np.ones(len(curvature)), 0.0, 0.0
        for t in range(1, 31):
            g = curvature * w
            if name == "s":
                change = g
            elif name == "r":
                s = 0.9 * s + 0.1 * g * g
                change = g / (np.sqrt(s) + 1e-8)
            else:
                v = 0.9 * v + 0.1 * g
                s = 0.999 * s + 0.001 * g * g
                change = v if name == "m" else v / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)
            w = w - lr * change
        found.append(float(np.hypot.reduce(w)))
    return [found.index(min(found)), min(found)]


def _walk(w, curvature, lr, *, clock=lambda t, k: t, shared=False, reset=False, correct=True, stale=False):
    """Return where Adam ends, with one thing or another wrong; `clock` says what t is for weight k in step t."""
    w = np.array(w, float)
    d = len(w)
    m, s = np.zeros(d), np.zeros(d)
    start = w.copy()
    for step in range(1, 6):
        g = curvature * (start if stale else w)
        if reset:
            m, s = np.zeros(d), np.zeros(d)
        for k in range(d):
            place, t = 0 if shared else k, clock(step, k)
            m[place] = 0.9 * m[place] + 0.1 * g[k]
            s[place] = 0.99 * s[place] + 0.01 * g[k] ** 2
            m_hat = m[place] / (1 - 0.9**t) if correct else m[place]
            s_hat = s[place] / (1 - 0.99**t) if correct else s[place]
            w[k] = w[k] - lr * m_hat / (np.sqrt(s_hat) + 1e-8)
    return w


def _walk_at_once(w, curvature, lr):
    return nnlearn.Adam(lr=float(lr), beta2=0.99).path(lambda w: np.asarray(curvature) * w, w, 5)[-1]


def _rms(w, s, g, lr, rho, eps, *, divisor=None, s_new=None, kept=None, sign=-1.0):
    """Return an RMSprop step with one thing or another wrong."""
    s_new = rho * s + (1 - rho) * g**2 if s_new is None else s_new
    divisor = np.sqrt(s_new) + eps if divisor is None else divisor
    return w + sign * lr * g / divisor, s_new if kept is None else kept


def _adam(w, m, s, g, t, lr, beta1, beta2, eps, *, top=True, below=True, inside=False, keep_hats=False, push=None, sign=-1.0):
    """Return an Adam step with one thing or another wrong."""
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * (g if push is None else push(m)) ** 2
    m_hat = m / (1 - beta1**t) if top else m
    s_hat = s / (1 - beta2**t) if below else s
    divisor = np.sqrt(s_hat + eps) if inside else np.sqrt(s_hat) + eps
    return w + sign * lr * m_hat / divisor, m_hat if keep_hats else m, s_hat if keep_hats else s


def _adam_in_one(w, m, s, g, t, lr, beta1, beta2, eps):
    """Return the step with both corrections drawn into the learning rate, and ε scaled to match."""
    m, s = m + (1 - beta1) * (g - m), s + (1 - beta2) * (g * g - s)
    root = np.sqrt(1 - beta2**t)
    return w - lr * root / (1 - beta1**t) * m / (np.sqrt(s) + eps * root), m, s


def _adam_eps_on_raw(w, m, s, g, t, lr, beta1, beta2, eps):
    m, s = beta1 * m + (1 - beta1) * g, beta2 * s + (1 - beta2) * g**2
    return w - lr * np.sqrt(1 - beta2**t) / (1 - beta1**t) * m / (np.sqrt(s) + eps), m, s


def _adam_without_momentum(w, m, s, g, t, lr, beta1, beta2, eps):
    _, m, s = adam_step(w, m, s, g, t, lr, beta1, beta2, eps)
    return w - lr * g / (np.sqrt(s / (1 - beta2**t)) + eps), m, s


def _averages(g, beta, *, power=lambda t, n: t, share=None, feed_back=False, first=False):
    """Return running averages with one thing or another wrong."""
    average, found = 0.0, []
    for t, row in enumerate(g, start=1):
        average = row if first and t == 1 else beta * average + (1 - beta if share is None else share) * row
        shown = average if first else average / (1 - beta ** power(t, len(g)))
        if feed_back:
            average = shown
        found.append(shown)
    return np.array(found)


def _average_by_weights(g, beta):
    """Return each average as a weighted mean: the weights are powers of β, divided by their sum."""
    found = []
    for t in range(1, len(g) + 1):
        weights = beta ** np.arange(t)[::-1]
        found.append(weights @ g[:t] / weights.sum())
    return np.array(found)


def _average_by_matrix(g, beta):
    ages = np.arange(len(g))[:, None] - np.arange(len(g))
    weights = np.where(ages >= 0, float(beta) ** np.maximum(ages, 0), 0.0)
    return weights @ g / weights.sum(axis=1, keepdims=True)


EXERCISES = (
    Exercise(
        id="12-rmsprop",
        title="One step of RMSprop",
        task=(
            "Given the weights w, the average of squares s, the gradient g, the learning rate lr, rho and eps, return "
            "the new weights and the new average, (w, s). eps stands outside the root."
        ),
        starter="""
            def my_rmsprop_step(w, s, g, lr, rho, eps):
                ...
        """,
        reference=rmsprop_step,
        accepted=(
            lambda w, s, g, lr, rho, eps: (w - lr * g / (np.sqrt(s + (1 - rho) * (g * g - s)) + eps), s + (1 - rho) * (g * g - s)),
            lambda w, s, g, lr, rho, eps: (
                w - lr / ((rho * s + g**2 - rho * g**2) ** 0.5 + eps) * g,
                rho * s + g**2 - rho * g**2,
            ),
        ),
        cases=_rmsprop_cases,
        hints=(
            Hint("Two lines: one for s, one for w. Which of them has to come first?", "adaptive-rmsprop"),
            Hint(
                "s ← ρ s + (1 − ρ) g², then w ← w − η g / (√s + ε), with the s that you have just made.",
                "adaptive-rmsprop",
            ),
            Hint("`s = rho * s + (1 - rho) * g**2`, then `return w - lr * g / (np.sqrt(s) + eps), s`"),
        ),
        misconceptions=(
            Misconception(
                lambda w, s, g, lr, rho, eps: _rms(
                    w, s, g, lr, rho, eps, divisor=rho * s + (1 - rho) * g**2 + eps
                ),
                "The root is missing: you divide by the average of squares. Then a gradient ten times as large makes a "
                "step ten times as small.",
                "adaptive-rmsprop",
            ),
            Misconception(
                lambda w, s, g, lr, rho, eps: _rms(
                    w, s, g, lr, rho, eps, divisor=np.sqrt(rho * s + (1 - rho) * g**2 + eps)
                ),
                "Your ε stands inside the root. Here it stands outside, √s + ε; inside it counts as much as √ε does outside.",
                "adaptive-eps",
            ),
            Misconception(
                lambda w, s, g, lr, rho, eps: _rms(w, s, g, lr, rho, eps, divisor=np.sqrt(s) + eps),
                "You divided by the old average. Make the new one first, then take the step with it.",
                "adaptive-rmsprop",
            ),
            Misconception(
                lambda w, s, g, lr, rho, eps: _rms(w, s, g, lr, rho, eps, kept=s),
                "The step is right. What you return as average is the old one, so the next step would remember nothing new.",
                "adaptive-rmsprop",
            ),
            Misconception(
                lambda w, s, g, lr, rho, eps: _rms(w, s, g, lr, rho, eps, s_new=(1 - rho) * s + rho * g**2),
                "ρ and 1 − ρ have changed places: most of the old average has to stay.",
                "adaptive-rmsprop",
            ),
            Misconception(
                lambda w, s, g, lr, rho, eps: _rms(w, s, g, lr, rho, eps, s_new=rho * s + g**2),
                "The factor 1 − ρ in front of g² is missing. Without it s grows to 1 / (1 − ρ) times the usual square.",
                "adaptive-rmsprop",
            ),
            Misconception(
                lambda w, s, g, lr, rho, eps: _rms(w, s, g, lr, rho, eps, s_new=rho * s + (1 - rho) * np.abs(g)),
                "You averaged the sizes |g|. It is the squares that are averaged; the root comes afterwards.",
                "adaptive-rmsprop",
            ),
            Misconception(
                lambda w, s, g, lr, rho, eps: _rms(w, s, g, lr, rho, eps, s_new=rho * s + (1 - rho) * np.mean(g**2)),
                "You averaged g² over all weights, so that they share one rate. Each weight keeps an average of its own.",
                "adaptive-rmsprop",
            ),
            Misconception(
                lambda w, s, g, lr, rho, eps: _rms(w, s, g, lr, rho, eps, sign=1.0),
                "The sign of the update is turned round: you walk up the slope. The step goes against the gradient.",
                "adaptive-rmsprop",
            ),
        ),
    ),
    Exercise(
        id="12-adam",
        title="One step of Adam",
        task=(
            "Given w, m, s, the gradient g, the number t of this step (1 at the first), lr, beta1, beta2 and eps, "
            "return (w, m, s) after the step."
        ),
        starter="""
            def my_adam_step(w, m, s, g, t, lr, beta1, beta2, eps):
                ...
        """,
        reference=adam_step,
        accepted=(
            _adam_in_one,
            lambda w, m, s, g, t, lr, beta1, beta2, eps: (
                w
                - lr
                * ((beta1 * m + g - beta1 * g) / (1 - beta1**t))
                / (((beta2 * s + g**2 - beta2 * g**2) / (1 - beta2**t)) ** 0.5 + eps),
                beta1 * m + g - beta1 * g,
                beta2 * s + g**2 - beta2 * g**2,
            ),
        ),
        cases=_adam_cases,
        hints=(
            Hint("Five lines, in the order of the rule. Which of the five results have to be remembered?", "adaptive-adam"),
            Hint(
                "m and s first; m̂ = m / (1 − β₁ᵗ) and ŝ = s / (1 − β₂ᵗ) are made new in each step; w ← w − η m̂ / (√ŝ + ε).",
                "adaptive-adam",
            ),
            Hint(
                "`m_hat = m / (1 - beta1**t)`, the same for s, and `return w - lr * m_hat / (np.sqrt(s_hat) + eps), m, s`",
            ),
        ),
        misconceptions=(
            Misconception(
                lambda *a: _adam(*a, top=False, below=False),
                "The correction is missing: both averages start at 0 and are too small at first, by 1 − β₁ᵗ and 1 − β₂ᵗ.",
                "adaptive-correction",
            ),
            Misconception(
                lambda *a: _adam(*a, below=False),
                "You corrected m and not s. The second average starts at 0 too, and fills up even more slowly.",
                "adaptive-correction",
            ),
            Misconception(
                lambda *a: _adam(*a, top=False),
                "You corrected s and not m. The first average starts at 0 too.",
                "adaptive-correction",
            ),
            Misconception(
                lambda *a: _adam(*a, keep_hats=True),
                "The step is right, but you return the corrected averages to be remembered. They would be corrected "
                "again in the next step; remember m and s as they are.",
                "adaptive-correction",
            ),
            Misconception(
                lambda *a: _adam(*a, inside=True),
                "Your ε stands inside the root. Here it stands outside, √ŝ + ε; inside it counts as much as √ε does outside.",
                "adaptive-eps",
            ),
            Misconception(
                _adam_eps_on_raw,
                "You added ε to the root of s before the correction. That is a variant that exists; in the rule it is "
                "added to √ŝ.",
                "adaptive-eps",
            ),
            Misconception(
                lambda w, m, s, g, t, lr, beta1, beta2, eps: _adam(w, m, s, g, t, lr, beta2, beta1, eps),
                "β₁ and β₂ have changed places: β₁ belongs to the average of gradients, β₂ to that of squares.",
                "adaptive-adam",
            ),
            Misconception(
                lambda *a: _adam(*a, push=lambda m: m),
                "You averaged the squares of m. It is the squares of the gradients that are averaged: m forgets noise, "
                "s has to see it.",
                "adaptive-adam",
            ),
            Misconception(
                _adam_without_momentum,
                "Above the fraction line stands the gradient itself. It should be m̂; yours is RMSprop with a correction.",
                "adaptive-adam",
            ),
            Misconception(
                lambda *a: _adam(*a, sign=1.0),
                "The sign of the update is turned round: you walk up the slope. The step goes against the gradient.",
                "adaptive-adam",
            ),
        ),
    ),
    Exercise(
        id="12-corrected-average",
        title="An average that is right from the start",
        task=(
            "g holds one gradient in each row, the oldest first, shape (t, d). Return the corrected running average "
            "after every row, shape (t, d): its first row is the first gradient itself."
        ),
        starter="""
            def my_corrected_average(g, beta):
                ...
        """,
        reference=corrected_average,
        accepted=(_average_by_weights, _average_by_matrix),
        cases=_average_cases,
        hints=(
            Hint(
                "After one gradient the plain average is (1 − β) g. By what must it be divided to give g?",
                "adaptive-correction",
            ),
            Hint(
                "Keep the plain average in one variable, and write down average / (1 − βᵗ) for t = 1, 2, 3, …",
                "adaptive-correction",
            ),
            Hint("`for t, row in enumerate(g, start=1):` renew the average, then append `average / (1 - beta**t)`"),
        ),
        misconceptions=(
            Misconception(
                lambda g, beta: _averages(g, beta) * (1 - float(beta) ** np.arange(1, len(g) + 1))[:, None],
                "That is the plain average, which starts too small. Divide what you show after t gradients by 1 − βᵗ.",
                "adaptive-correction",
            ),
            Misconception(
                lambda g, beta: _averages(g, beta, power=lambda t, n: n),
                "You divided every row by the last 1 − βᵗ. Each row has a t of its own.",
                "adaptive-correction",
            ),
            Misconception(
                lambda g, beta: _averages(g, beta, power=lambda t, n: t + 1),
                "Your t is one too large: after the first gradient t is 1, so that (1 − β) g / (1 − β) = g.",
                "adaptive-correction",
            ),
            Misconception(
                lambda g, beta: _averages(g, beta, power=lambda t, n: 1),
                "You divided every row by 1 − β. That is right for the first; later the average has filled up by 1 − βᵗ.",
                "adaptive-correction",
            ),
            Misconception(
                lambda g, beta: _averages(g, beta, feed_back=True),
                "You went on with the corrected average, and so corrected it again and again. Go on with the plain "
                "one, and correct only what you show.",
                "adaptive-correction",
            ),
            Misconception(
                lambda g, beta: _averages(g, beta, first=True),
                "You started the average with the first gradient. That first one then counts for too much, as β says "
                "how slowly it is forgotten.",
                "adaptive-correction",
            ),
            Misconception(
                lambda g, beta: np.cumsum(g, axis=0) / np.arange(1, len(g) + 1)[:, None],
                "That is the plain mean of all gradients so far, in which all count alike. Here older ones count less.",
                "adaptive-correction",
            ),
        ),
    ),
    Exercise(
        id="12-find-the-bug",
        title="Find the bug: the second weight limps",
        task=(
            "Adam on L = ½ Σ curvature · w², with β₁ = 0.9, β₂ = 0.99 and ε = 1e-8; the function returns the weights "
            "after five steps. For one weight it is right, for more it is not. It holds one mistake. Mend it."
        ),
        starter="""
            def my_adam_walk(w, curvature, lr):
                w = np.array(w, float)
                m, s, t = np.zeros(len(w)), np.zeros(len(w)), 0
                for _ in range(5):
                    g = curvature * w
                    for k in range(len(w)):
                        t = t + 1
                        m[k] = 0.9 * m[k] + 0.1 * g[k]
                        s[k] = 0.99 * s[k] + 0.01 * g[k] ** 2
                        m_hat = m[k] / (1 - 0.9**t)
                        s_hat = s[k] / (1 - 0.99**t)
                        w[k] = w[k] - lr * m_hat / (np.sqrt(s_hat) + 1e-8)
                return w
        """,
        reference=adam_walk,
        accepted=(_walk_at_once, _walk),
        cases=_walk_cases,
        hints=(
            Hint(
                "In the first step every weight should move by lr. What does t say when the second weight's turn comes?",
                "adaptive-adam",
            ),
            Hint("t counts the steps, for all weights together. In your loops it counts something else.", "adaptive-adam"),
            Hint("Move `t = t + 1` out of the inner loop, below `g = curvature * w`."),
        ),
        misconceptions=(
            Misconception(
                lambda *a: _walk(*a, clock=lambda t, k: k + 1),
                "Your t starts afresh in each step and counts the weights. It has to count the steps.",
                "adaptive-adam",
            ),
            Misconception(
                lambda *a: _walk(*a, correct=False),
                "The correction is gone, or its t stays at 1, which comes to the same here. It was right as it stood; its t has to "
                "rise by one with each step.",
                "adaptive-correction",
            ),
            Misconception(
                lambda *a: _walk(*a, shared=True),
                "All weights share one m and one s. Each keeps its own: that is what makes the rates adaptive.",
                "adaptive-adam",
            ),
            Misconception(
                lambda *a: _walk(*a, reset=True),
                "m and s are made new in every step, so that nothing is remembered. They belong before the loop.",
                "adaptive-adam",
            ),
            Misconception(
                lambda *a: _walk(*a, stale=True),
                "The gradient is that of the start in every step. It has to be taken where the weights are now.",
                "adaptive-adam",
            ),
        ),
    ),
    Exercise(
        id="12-choose",
        title="Choose, and justify it by a run",
        task=(
            "On L = ½ Σ curvature · w² SGD, Momentum, RMSprop and Adam start at w = 1, 1, … and take 30 steps, each "
            "with its own rate of the four in rates. Return [which one ends nearest to 0, its distance], with 0 for "
            "SGD, 1 for Momentum, 2 for RMSprop and 3 for Adam. Use nnlearn's, with its default settings."
        ),
        starter="""
            def my_best_optimizer(curvature, rates):
                ...
        """,
        reference=best_optimizer,
        accepted=(_chosen, _by_hand),
        cases=_choice_cases,
        hints=(
            Hint(
                "The gradient of ½ c w² is c w. Every optimizer has a method that walks down a gradient.",
                "adaptive-race",
            ),
            Hint(
                "`path(gradient, start, steps)` returns all points of a walk. Take the last, and the root of the sum "
                "of its squares.",
                "adaptive-race",
            ),
            Hint(
                "`nnlearn.Adam(lr=rates[3]).path(lambda w: curvature * w, np.ones(len(curvature)), 30)[-1]`, the same "
                "for all; np.argmin",
            ),
        ),
        misconceptions=(
            Misconception(
                lambda curvature, rates: _chosen(curvature, np.full(4, rates[0])),
                "All four walked with the first rate. Each has a rate of its own: comparing them at one and the same "
                "tells little.",
                "adaptive-race",
            ),
            Misconception(
                lambda curvature, rates: _chosen(curvature, rates, pick=np.argmax),
                "You chose the one that ends farthest from 0. The nearest is asked: np.argmin.",
                "adaptive-race",
            ),
            Misconception(
                lambda curvature, rates: _chosen(curvature, rates, measure=lambda w: float(np.sum(curvature * w**2) / 2)),
                "You compared the losses. Distances are asked, and there the flat direction counts as much as the steep one.",
                "adaptive-race",
            ),
            Misconception(
                lambda curvature, rates: _chosen(curvature, rates, measure=lambda w: float(np.sum(w**2))),
                "That is the square of the distance. The root is missing.",
                "adaptive-race",
            ),
            Misconception(
                lambda curvature, rates: _chosen(curvature, rates)[::-1],
                "Both numbers are right, in the wrong order: first which optimizer, then its distance.",
                "adaptive-race",
            ),
        ),
    ),
)
