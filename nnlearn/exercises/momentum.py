"""The exercises of chapter 11, Momentum."""

import numpy as np

from nnlearn.exercises.exercise import Exercise, Hint, Misconception

# ---- Cases -------------------------------------------------------------------------------------------------------


def _away_from_zero(rng, shape, low=0.5, high=2.0):
    return rng.choice([-1.0, 1.0], shape) * rng.uniform(low, high, shape)


def _step_cases(rng):
    fixed = [
        (np.array([1.0]), np.array([0.0]), np.array([2.0]), 0.1, 0.9),
        (np.array([2.0, -1.0]), np.array([2.0, 1.0]), np.array([12.0, -4.0]), 0.5, 0.9),
        (np.array([[1.0, 3.0], [5.0, -2.0]]), np.array([[0.5, -1.0], [2.0, 0.25]]), np.array([[1.0, 2.0], [-2.0, 4.0]]), 1.0, 0.5),
    ]
    random = []
    for shape, beta in (((4,), 0.8), ((3, 2), 0.9), ((3, 3), 0.6)):
        # v and g have the same signs, so that neither new velocity nor new weight comes out as mere rounding in 32 bits.
        v, g = rng.uniform(0.5, 2, shape), rng.uniform(0.5, 4, shape)
        random.append((rng.uniform(5, 8, shape), v, g, float(rng.uniform(0.1, 1)), beta))
    return fixed + random


def _stream_cases(rng):
    fixed = [
        (np.array([[1.0]]), 0.9),
        (np.array([[1.0], [1.0], [1.0]]), 0.5),
        (np.array([[8.0, 0.0], [0.0, 4.0]]), 0.75),
        (np.array([[1.0, 2.0], [-1.0, 2.0], [1.0, 2.0], [-1.0, 2.0]]), 0.8),
    ]
    sizes = (((5, 3), 0.9), ((4, 4), 0.7), ((12, 2), 0.8))
    return fixed + [(rng.uniform(0.5, 3, shape), beta) for shape, beta in sizes]


def _walk_cases(rng):
    fixed = [
        (np.array([1.0]), np.array([1.0]), 1.0, 0.5),
        (np.array([8.0, 4.0]), np.array([0.5, 1.0]), 1.0, 0.5),
        (np.array([1.0, -2.0]), np.array([1.0, 0.1]), 0.5, 0.9),
    ]
    random = []
    for d in (2, 3, 4):
        random.append((_away_from_zero(rng, d, 1, 4), rng.uniform(0.2, 1, d), float(rng.uniform(0.3, 1)), 0.8))
    return fixed + random


def _ahead_cases(rng):
    fixed = [
        (np.array([1.0]), np.array([0.0]), np.array([2.0]), 0.1, 0.9),
        (np.array([4.0, 2.0]), np.array([1.0, -2.0]), np.array([1.0, 0.5]), 0.5, 0.8),
    ]
    random = []
    for d, beta in ((3, 0.9), (4, 0.7), (2, 0.8)):
        lr = float(rng.uniform(0.2, 0.8))
        random.append((rng.uniform(4, 8, d), rng.uniform(0.5, 1.5, d), rng.uniform(0.3, 1, d), lr, beta))
    return fixed + random


def _choice_cases(rng):
    fixed = [
        (np.array([1.0, 0.04]), 3.0, np.array([0.3, 0.5, 0.9])),
        (np.array([1.0]), 0.1, np.array([0.0, 0.5, 0.8])),
        (np.array([1.0, 0.25]), 1.5, np.array([0.2, 0.6, 0.9, 0.95])),
    ]
    random = []
    while len(random) < 3:
        curvatures = np.append(1.0, rng.uniform(0.05, 0.4, len(random) + 1))
        case = (curvatures, float(rng.uniform(1, 4)), np.array([0.0, 0.4, 0.6, 0.8, 0.95])[rng.permutation(5)])
        found = np.sort([_distance(curvatures, case[1], beta) for beta in case[2]])
        # A clear winner, one that is not so near the minimum that 32 bits see only rounding, and not the largest factor.
        if found[0] > 1e-3 and found[1] > 1.2 * found[0] and np.argmax(case[2]) != best_factor(*case)[0]:
            random.append(case)
    return fixed + random


# ---- References and slips ----------------------------------------------------------------------------------------


def momentum_step(w, v, g, lr, beta):
    """First the velocity, then the weight with the new velocity."""
    v = beta * v + (1 - beta) * g
    return w - lr * v, v


def velocity(g, beta):
    """The last gradient counts 1 - β, the one before it (1 - β) β, and so on back."""
    ages = np.arange(len(g))[::-1]
    return (1 - beta) * beta**ages @ g


def walk(w, curvature, lr, beta):
    """The velocity is made once, before the loop, and kept from step to step."""
    path = [w]
    v = 0.0
    for _ in range(10):
        g = curvature * w
        v = beta * v + (1 - beta) * g
        w = w - lr * v
        path.append(w)
    return np.array(path)


def nesterov_step(w, v, curvature, lr, beta):
    """The gradient is taken where the old velocity alone would carry the weight; the step starts at the weight itself."""
    ahead = w - lr * beta * v
    v = beta * v + (1 - beta) * curvature * ahead
    return w - lr * v, v


def best_factor(curvatures, lr, betas):
    """Walk once with each factor, and see which one ends nearest to the minimum."""
    distances = []
    for beta in betas:
        w, v = np.ones(len(curvatures)), 0.0
        for _ in range(20):
            v = beta * v + (1 - beta) * curvatures * w
            w = w - lr * v
        distances.append(np.sqrt(np.sum(w**2)))
    best = np.argmin(distances)
    return np.array([best, distances[best]])


def _walked(curvatures, lr, beta, *, share=None):
    """Return where a walk from ones ends; `share` is what a gradient counts, 1 - β if not given."""
    w, v = np.ones(len(curvatures)), 0.0
    for _ in range(20):
        v = beta * v + (1 - beta if share is None else share) * curvatures * w
        w = w - lr * v
    return w


def _distance(curvatures, lr, beta):
    return np.linalg.norm(_walked(curvatures, lr, beta))


def _choose(curvatures, lr, betas, *, measure=np.linalg.norm, pick=np.argmin, share=None):
    found = [measure(_walked(curvatures, lr, beta, share=share)) for beta in betas]
    best = int(pick(found))
    return np.array([best, found[best]])


def _walk(w, curvature, lr, beta, *, share=None, first=False, late=False, still=False, sign=-1):
    """Return what `walk` gives, with one thing or another wrong."""
    path, v, start = [w], 0.0, w
    for step in range(10):
        g = curvature * (start if still else w)
        old = v
        v = g if first and step == 0 else beta * v + (1 - beta if share is None else share) * g
        w = w + sign * lr * (old if late else v)
        path.append(w)
    return np.array(path)


def _nesterov(w, v, curvature, lr, beta, *, ahead=1.0, share=None, start=0.0):
    """Return what `nesterov_step` gives; `ahead` and `start` say how far in front the gradient and the step begin."""
    seen = w - ahead * v
    v_new = beta * v + (1 - beta if share is None else share) * curvature * seen
    return w - start * v - lr * v_new, v_new


def _by_two_points(w, curvature, lr, beta):
    """Return the walk from its points alone: what the last step kept, β of it, and the new gradient's share."""
    path = [w, w]
    for _ in range(10):
        path.append(path[-1] + beta * (path[-1] - path[-2]) - lr * (1 - beta) * curvature * path[-1])
    return np.array(path[1:])


def _one_velocity_for_all(curvatures, lr, betas):
    v, distances = 0.0, []
    for beta in betas:
        w = np.ones(len(curvatures))
        for _ in range(20):
            v = beta * v + (1 - beta) * curvatures * w
            w = w - lr * v
        distances.append(np.linalg.norm(w))
    return np.array([np.argmin(distances), min(distances)])


def _velocity_by_loop(g, beta):
    v = np.zeros(g.shape[1])
    for row in g:
        v = beta * v + (1 - beta) * row
    return v


def _unrolled(g, beta, *, exponents=None, share=None):
    ages = np.arange(len(g))[::-1] if exponents is None else exponents
    return (1 - beta if share is None else share) * (beta ** np.asarray(ages, float)) @ g


def _started_with_the_first(g, beta):
    v = g[0]
    for row in g[1:]:
        v = beta * v + (1 - beta) * row
    return v


EXERCISES = (
    Exercise(
        id="11-step",
        title="One step of momentum",
        task=(
            "Given the weights w, the velocity v, the gradient g, the learning rate lr and the factor beta, return the new "
            "weights and the new velocity, (w, v), in the averaged form."
        ),
        starter="""
            def my_momentum_step(w, v, g, lr, beta):
                ...
        """,
        reference=momentum_step,
        accepted=(
            lambda w, v, g, lr, beta: (w - lr * (v + (1 - beta) * (g - v)), v + (1 - beta) * (g - v)),
            lambda w, v, g, lr, beta: (w - lr * beta * v - lr * (1 - beta) * g, beta * v + g - beta * g),
        ),
        cases=_step_cases,
        hints=(
            Hint("With v = 2, g = 12 and beta = 0.9 the new velocity is 3. Which parts is the 3 made of?", "momentum-rule"),
            Hint("First v ← β v + (1 − β) g, then w ← w − η v with the v that you have just made.", "momentum-rule"),
            Hint("`v = beta * v + (1 - beta) * g`, then `return w - lr * v, v`"),
        ),
        misconceptions=(
            Misconception(
                lambda w, v, g, lr, beta: (w - lr * (beta * v + g), beta * v + g),
                "The factor 1 − β in front of the gradient is missing. Without it you have the classical form, whose velocity is "
                "1 / (1 − β) times larger.",
                "momentum-forms",
            ),
            Misconception(
                lambda w, v, g, lr, beta: (w - lr * ((1 - beta) * v + beta * g), (1 - beta) * v + beta * g),
                "β and 1 − β have changed places: most of the velocity has to stay, and the gradient brings the rest.",
                "momentum-rule",
            ),
            Misconception(
                lambda w, v, g, lr, beta: (w - lr * v, beta * v + (1 - beta) * g),
                "The weights went with the old velocity. Make the new one first, then take the step with it.",
                "momentum-rule",
            ),
            Misconception(
                lambda w, v, g, lr, beta: (w - lr * (beta * v + (1 - beta) * g), v),
                "The step is right. What you return as velocity is the old one, so the next step would remember nothing new.",
                "momentum-rule",
            ),
            Misconception(
                lambda w, v, g, lr, beta: (w + lr * (beta * v + (1 - beta) * g), beta * v + (1 - beta) * g),
                "The sign of the update is turned round: you walk up the slope. The velocity averages gradients, which "
                "point upwards.",
                "momentum-rule",
            ),
            Misconception(
                lambda w, v, g, lr, beta: (w - (beta * v + (1 - beta) * g), beta * v + (1 - beta) * g),
                "The learning rate is missing in the update of the weights.",
                "momentum-rule",
            ),
            Misconception(
                lambda w, v, g, lr, beta: (w - (beta * v + (1 - beta) * lr * g), beta * v + (1 - beta) * lr * g),
                "You put the learning rate into the velocity. Some programs do so; here the velocity averages gradients, and the "
                "rate multiplies it in the update.",
                "momentum-rule",
            ),
            Misconception(
                lambda w, v, g, lr, beta: momentum_step(w, v, g, lr, beta)[::-1],
                "Both results are right, in the wrong order: first the weights, then the velocity.",
                "momentum-rule",
            ),
            Misconception(
                lambda w, v, g, lr, beta: (w - lr * g, beta * v + (1 - beta) * g),
                "The velocity is right, but the weights went with the gradient alone. That is plain descent.",
                "momentum-rule",
            ),
            Misconception(
                lambda w, v, g, lr, beta: (w - lr * (beta * v - (1 - beta) * g), beta * v - (1 - beta) * g),
                "There is a minus in your velocity. The one minus of the rule stands in the update of the weights.",
                "momentum-rule",
            ),
        ),
    ),
    Exercise(
        id="11-velocity",
        title="What is left of every gradient",
        task=(
            "g holds one gradient in each row, the oldest first, shape (t, d). Starting from v = 0, return the averaged velocity "
            "after all of them, shape (d,). A loop is fine; so is a single weighted sum."
        ),
        starter="""
            def my_velocity(g, beta):
                ...
        """,
        reference=velocity,
        accepted=(
            _velocity_by_loop,
            lambda g, beta: sum((1 - beta) * beta ** (len(g) - 1 - k) * row for k, row in enumerate(g)),
            lambda g, beta: ((1 - beta) * beta ** np.arange(len(g))[::-1, None] * g).sum(axis=0),
        ),
        cases=_stream_cases,
        hints=(
            Hint("How much of the last gradient is in the velocity? And of the one before it?", "momentum-memory"),
            Hint(
                "A gradient counts 1 − β when it comes in, and is multiplied by β in every later step.",
                "momentum-memory",
            ),
            Hint("`v = 0.0`, then for each row: `v = beta * v + (1 - beta) * row`"),
        ),
        misconceptions=(
            Misconception(
                lambda g, beta: _unrolled(g, beta, share=1.0),
                "The factor 1 − β is missing: yours is the classical velocity.",
                "momentum-forms",
            ),
            Misconception(
                lambda g, beta: _unrolled(g, beta, exponents=np.arange(len(g))),
                "Your weights are in the wrong order: the oldest gradient counts most. The rows begin with the oldest.",
                "momentum-memory",
            ),
            Misconception(
                lambda g, beta: g.mean(axis=0),
                "That is the plain mean, in which all gradients count alike. The velocity forgets: older ones count less.",
                "momentum-memory",
            ),
            Misconception(
                lambda g, beta: _unrolled(g, beta) / (1 - beta ** len(g)),
                "You divided by the sum of the weights, 1 − βᵗ. That is a sensible mend, and chapter 12 makes it; the rule as it "
                "stands starts from 0 and leaves it out.",
                "momentum-memory",
            ),
            Misconception(
                _started_with_the_first,
                "Yours starts with the first gradient as its velocity. Here v is 0 before the first gradient comes in.",
                "momentum-memory",
            ),
            Misconception(
                lambda g, beta: _unrolled(g, beta, exponents=np.arange(len(g), 0, -1)),
                "Every weight is a factor β too small. The last gradient counts 1 − β, and nothing has been forgotten of it yet.",
                "momentum-memory",
            ),
            Misconception(
                lambda g, beta: _unrolled(g, 1 - beta),
                "β and 1 − β have changed places. The larger β is, the longer the velocity remembers.",
                "momentum-rule",
            ),
            Misconception(
                lambda g, beta: (1 - beta) * g[-1] + (beta * g[-2] if len(g) > 1 else 0),
                "You took the last two gradients alone. What is multiplied by β is the previous velocity, which holds "
                "all earlier ones.",
                "momentum-memory",
            ),
        ),
    ),
    Exercise(
        id="11-find-the-bug",
        title="Find the bug: a walk without memory",
        task=(
            "The function should walk ten steps down the bowl whose gradient at w is curvature * w, with averaged momentum, and "
            "return the start and the ten points after it, as an array of 11 rows. It walks, but slowly. Mend it."
        ),
        starter="""
            def my_walk(w, curvature, lr, beta):
                path = [w]
                for _ in range(10):
                    v = 0.0
                    g = curvature * w
                    v = beta * v + (1 - beta) * g
                    w = w - lr * v
                    path.append(w)
                return np.array(path)
        """,
        reference=walk,
        accepted=(
            lambda w, curvature, lr, beta: _walk(w, curvature, lr, beta),
            # The velocity can be read off the last two points.
            _by_two_points,
        ),
        cases=_walk_cases,
        hints=(
            Hint("Print v in every step. What is it at the moment when it is multiplied by beta?", "momentum-by-hand"),
            Hint(
                "A velocity has to live longer than one step: it is made once, and every step changes it.",
                "momentum-by-hand",
            ),
            Hint("Move `v = 0.0` up, in front of the loop."),
        ),
        misconceptions=(
            Misconception(
                lambda w, curvature, lr, beta: _walk(w, curvature, lr, beta, share=1.0),
                "It remembers now, but the 1 − β has gone. The task asks for the averaged form.",
                "momentum-forms",
            ),
            Misconception(
                lambda w, curvature, lr, beta: _walk(w, curvature, lr, 0.0),
                "That is plain descent. The velocity has to keep β of itself from step to step.",
                "momentum-rule",
            ),
            Misconception(
                lambda w, curvature, lr, beta: _walk(w, curvature, lr, beta, late=True),
                "The weight moves before the velocity has heard of the new gradient. First the velocity, then the weight.",
                "momentum-rule",
            ),
            Misconception(
                lambda w, curvature, lr, beta: _walk(w, curvature, lr, beta, first=True),
                "Yours begins with the whole first gradient as velocity. It starts at 0.",
                "momentum-by-hand",
            ),
            Misconception(
                lambda w, curvature, lr, beta: _walk(w, curvature, lr, beta, still=True),
                "The velocity remembers now, but the gradient is that of the start in every step. Take it at the current w.",
                "momentum-by-hand",
            ),
            Misconception(
                lambda w, curvature, lr, beta: _walk(w, curvature, lr, beta)[1:],
                "The start is missing in the path: 11 points are asked for.",
                "momentum-by-hand",
            ),
        ),
    ),
    Exercise(
        id="11-nesterov",
        title="Look ahead, then step",
        task=(
            "One step of Nesterov's momentum in the averaged form, on the bowl whose gradient at w is curvature * w. "
            "The gradient is taken at the point w - lr * beta * v. Return the new weights and the new velocity, (w, "
            "v)."
        ),
        starter="""
            def my_nesterov_step(w, v, curvature, lr, beta):
                ...
        """,
        reference=nesterov_step,
        accepted=(
            lambda w, v, curvature, lr, beta: _nesterov(w, v, curvature, lr, beta, ahead=lr * beta),
            lambda w, v, curvature, lr, beta: (
                w - lr * beta * v - lr * (1 - beta) * curvature * (w - lr * beta * v),
                beta * v + (1 - beta) * curvature * (w - lr * beta * v),
            ),
        ),
        cases=_ahead_cases,
        hints=(
            Hint("Where would the weights be after this step if the new gradient were 0?", "momentum-nesterov"),
            Hint(
                "Look ahead to w − η β v and take the gradient there. Then the velocity as ever, and the step from w itself.",
                "momentum-nesterov",
            ),
            Hint("`ahead = w - lr * beta * v`, `v = beta * v + (1 - beta) * curvature * ahead`, `return w - lr * v, v`"),
        ),
        misconceptions=(
            Misconception(
                lambda w, v, curvature, lr, beta: _nesterov(w, v, curvature, lr, beta, ahead=0.0),
                "Your gradient is the one at w, so this is plain momentum. Take it at the point ahead.",
                "momentum-nesterov",
            ),
            Misconception(
                lambda w, v, curvature, lr, beta: _nesterov(w, v, curvature, lr, beta, ahead=-lr * beta),
                "You looked behind: the weights move *against* the velocity, so ahead is w − η β v.",
                "momentum-nesterov",
            ),
            Misconception(
                lambda w, v, curvature, lr, beta: _nesterov(w, v, curvature, lr, beta, ahead=lr),
                "You looked too far ahead. Of the old velocity only β is left in this step: w − η β v.",
                "momentum-nesterov",
            ),
            Misconception(
                lambda w, v, curvature, lr, beta: _nesterov(w, v, curvature, lr, beta, ahead=beta),
                "The learning rate is missing in the point ahead: it is w − η β v.",
                "momentum-nesterov",
            ),
            Misconception(
                lambda w, v, curvature, lr, beta: _nesterov(w, v, curvature, lr, beta, ahead=lr * beta, start=lr * beta),
                "You took the step from the point ahead. The gradient is taken there; the step starts at w.",
                "momentum-nesterov",
            ),
            Misconception(
                lambda w, v, curvature, lr, beta: momentum_step(w, v, curvature * w - lr * beta * v, lr, beta),
                "You took lr * beta * v off the gradient. It comes off the weights, and the curvature multiplies what is left.",
                "momentum-nesterov",
            ),
            Misconception(
                lambda w, v, curvature, lr, beta: _nesterov(w, v, curvature, lr, beta, ahead=lr * beta, share=1.0),
                "The gradient is taken at the right place. In the averaged form it counts 1 − β.",
                "momentum-forms",
            ),
        ),
    ),
    Exercise(
        id="11-choose",
        title="Choose a factor, and justify it by a run",
        task=(
            "A bowl has the given curvatures, one for each weight; its gradient at w is curvatures * w, its minimum 0. Walk 20 "
            "steps from w = (1, 1, …) with averaged momentum, once for each factor in betas. Return [the number of the best "
            "factor, its distance from 0], where the distance is the root of the sum of squares."
        ),
        starter="""
            def my_choice(curvatures, lr, betas):
                ...
        """,
        reference=best_factor,
        accepted=(
            lambda curvatures, lr, betas: _choose(curvatures, lr, betas),
            lambda curvatures, lr, betas: [
                int(np.argmin([_distance(curvatures, lr, beta) for beta in betas])),
                min(_distance(curvatures, lr, beta) for beta in betas),
            ],
        ),
        cases=_choice_cases,
        tolerance=1e-4,
        hints=(
            Hint("Is the largest factor the best one? You can only know by walking with each.", "momentum-damping"),
            Hint(
                "Two loops: over the factors, and inside over the steps. Each walk has a velocity of its own.",
                "momentum-by-hand",
            ),
            Hint(
                "For each beta: `w, v = np.ones(len(curvatures)), 0.0`, walk, append `np.sqrt(np.sum(w**2))`; then "
                "`np.argmin` of the distances"
            ),
        ),
        misconceptions=(
            Misconception(
                lambda curvatures, lr, betas: np.array(
                    [np.argmax(betas), _distance(curvatures, lr, max(betas))]
                ),
                "You took the largest factor. More memory is not better without end: beyond some point the walk only swings.",
                "momentum-damping",
            ),
            Misconception(
                lambda curvatures, lr, betas: _choose(curvatures, lr, betas, share=1.0),
                "You walked with the classical form. In the averaged form the gradient counts 1 − β.",
                "momentum-forms",
            ),
            Misconception(
                lambda curvatures, lr, betas: _choose(curvatures, lr, betas, pick=np.argmax),
                "You took the factor that ends farthest from the minimum: argmin, not argmax.",
                "momentum-damping",
            ),
            Misconception(
                lambda curvatures, lr, betas: _choose(curvatures, lr, betas, measure=lambda w: np.sum(w**2)),
                "The root is missing in your distance: it is the root of the sum of squares.",
                "momentum-damping",
            ),
            Misconception(
                lambda curvatures, lr, betas: _choose(
                    curvatures, lr, betas, measure=lambda w: np.sum(curvatures * w**2) / 2
                ),
                "You compared losses. Asked is the distance of w from 0, in which every weight counts alike.",
                "momentum-damping",
            ),
            Misconception(
                lambda curvatures, lr, betas: np.array(
                    [betas[int(_choose(curvatures, lr, betas)[0])], _choose(curvatures, lr, betas)[1]]
                ),
                "The distance is right. In front of it stands the factor itself; asked is its number in betas, counted from 0.",
                "momentum-damping",
            ),
            Misconception(
                lambda curvatures, lr, betas: _one_velocity_for_all(curvatures, lr, betas),
                "One walk's velocity lives on in the next. Each factor needs a start of its own: w of ones and v of 0.",
                "momentum-by-hand",
            ),
        ),
    ),
)
