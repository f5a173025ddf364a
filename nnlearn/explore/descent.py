"""The explorers, predictions and quiz of chapter 10, Gradient descent."""

import numpy as np

import nnlearn
from nnlearn.explore.controls import Choice, Range, Values
from nnlearn.explore.explorer import Explorer
from nnlearn.explore.quiz import Answer, Near, NumericQuestion, Predict, Question, Quiz
from nnlearn.plots import landscapes, style, valleys
from nnlearn.plots.numbers import written


class RollExplorer(Explorer):
    """One weight on a plain with two dips in it: where does it come to rest?"""

    title = "Roll a point"
    start = Range(-4.5, 5, step=0.5, value=-4, label="start w")
    lr = Values([0.01, 0.1, 0.3, 1, 4], value=0.1, label="learning rate η")
    size = (5.0, 4.4)

    STEPS = 100

    def setup(self, figure):
        grid = np.linspace(-5, 6, 221)
        above, below = figure.subplots(2, 1, height_ratios=[1.4, 1])
        above.set(xlim=(-5, 6), ylim=(0.2, 2.35), xlabel="w", ylabel="loss")
        above.plot(grid, landscapes.two_dips(grid), color=style.FORWARD)
        for w, height, words in ((-1.5, 0.82, "left dip"), (2.0, 0.22, "right dip"), (-4.4, 2.08, "plain"), (4.9, 2.08, "plain")):
            above.text(w, height, words, ha="center", va="bottom")
        below.set(xlim=(0, self.STEPS), ylim=(-5, 6), xlabel="step", ylabel="w")
        for centre, _, _ in landscapes.DIPS.values():
            below.axhline(centre, color=style.GRID, lw=1, zorder=0)
        moving = {"animated": True}
        (self.first,) = above.plot([], [], "x", ms=8, mew=2, color=style.INK, **moving)
        (self.trail,) = above.plot([], [], "o", ms=4.5, mfc="none", color=style.WEIGHTS, **moving)
        (self.point,) = above.plot([], [], "o", ms=9, color=style.WEIGHTS, **moving)
        (self.walk,) = below.plot([], [], color=style.WEIGHTS, lw=1.6, **moving)

    def update(self, start, lr):
        path = nnlearn.SGD(lr).path(landscapes.two_dips_slope, [start], self.STEPS).ravel()
        shown = np.clip(path, -5, 6)
        trail = shown[:40:2]
        self.first.set_data([start], [landscapes.two_dips(start)])
        self.trail.set_data(trail, landscapes.two_dips(trail))
        self.point.set_data(shown[-1:], landscapes.two_dips(shown[-1:]))
        self.walk.set_data(range(self.STEPS + 1), shown)
        end = path[-1]
        return (
            f"From w = {written(start)} with η = {lr:g}: after {self.STEPS} steps w is {written(end, '.2f')} and the loss "
            f"{landscapes.two_dips(end):.2f}; the point {self.manner(path)}."
        )

    @staticmethod
    def manner(path):
        """Return in words what became of a walk."""
        end, slope = path[-1], abs(float(landscapes.two_dips_slope(path[-1])))
        still = np.abs(np.diff(path[-6:])).max() < 1e-3
        dip = next((name for name, (centre, _, _) in landscapes.DIPS.items() if abs(end - centre) < 0.1), "")
        if dip and still:
            return f"rests in the {dip} dip, {'a local minimum' if dip == 'left' else 'the lowest place'}"
        if slope < 2e-3:
            return "lies on the plain, where the slope is next to nothing"
        if np.diff(path[-8:]).min() < -0.02 and np.diff(path[-8:]).max() > 0.02:
            return "jumps to and fro and does not settle"
        return "is still on its way"


class RateExplorer(Explorer):
    """A parabola, whose curvature and the learning rate together decide how a walk goes."""

    title = "The learning rate and the curvature"
    lr = Values([0.05, 0.2, 0.4, 0.5, 0.8, 0.95, 1, 1.05, 1.5, 2, 2.1], value=0.2, label="learning rate η")
    curvature = Values([0.5, 1, 2, 4], value=1, label="curvature c")
    size = (5.0, 4.4)

    STEPS = 30

    def setup(self, figure):
        self.grid = np.linspace(-3.2, 3.2, 81)
        above, below = figure.subplots(2, 1, height_ratios=[1.4, 1])
        above.set(xlim=(-3.2, 3.2), ylim=(-0.5, 10), xlabel="w", ylabel="loss ½ c w²")
        below.set(xlim=(0, self.STEPS), ylim=(1e-5, 1e4), yscale="log", xlabel="step", ylabel="distance |w|")
        below.axhline(2, color=style.GRID, lw=1, zorder=0)
        below.text(self.STEPS - 0.3, 2.6, "the start", ha="right", va="bottom")
        moving = {"animated": True}
        (self.curve,) = above.plot([], [], color=style.FORWARD, **moving)
        (self.walk,) = above.plot([], [], "-o", ms=4.5, lw=1, mfc="none", color=style.WEIGHTS, **moving)
        (self.first,) = above.plot([], [], "x", ms=8, mew=2, color=style.INK, zorder=4, **moving)
        (self.distance,) = below.plot([], [], "-o", ms=3, lw=1.4, color=style.WEIGHTS, **moving)

    def update(self, lr, curvature):
        path = nnlearn.SGD(lr).path(lambda w: curvature * w, [2.0], self.STEPS).ravel()
        inside = valleys.until_outside(path[:, None], 4).ravel()
        self.curve.set_data(self.grid, curvature * self.grid**2 / 2)
        self.walk.set_data(inside, curvature * inside**2 / 2)
        self.first.set_data([2], [2 * curvature])
        # 0 has no logarithm: a walk that has arrived leaves the picture through the bottom.
        self.distance.set_data(range(self.STEPS + 1), np.clip(np.abs(path), 1e-6, 1e5))
        factor = round(1 - lr * curvature, 10)
        return (
            f"η c = {lr * curvature:.3g}, so each step multiplies w by 1 − {lr * curvature:.3g} = {written(factor, '.3g')}: "
            f"w {manner(factor)}. The edge for this curvature is η = {2 / curvature:g}."
        )


def manner(factor):
    """Return in words how a weight moves that is multiplied by `factor` in every step."""
    if abs(factor) > 1:
        return "jumps from side to side, farther out each time, and flies away"
    if factor == -1:
        return "jumps from side to side for ever and comes no closer"
    if factor < 0:
        return "jumps from side to side and comes closer"
    if factor == 0:
        return "is at the minimum after a single step"
    return "creeps to the minimum from one side" if factor > 0.7 else "walks to the minimum from one side"


class BatchExplorer(Explorer):
    """The same examples, looked at all at once, or a few at a time, or one by one."""

    title = "How many examples for a step"
    size_of_batch = Values([1, 4, 16, 64], value=64, label="examples in a batch")
    lr = Values([0.01, 0.03, 0.1, 0.3, 0.9], value=0.1, label="learning rate η")
    schedule = Choice({"stays as it is": "stays", "falls from step to step": "falls"}, value="stays", label="the rate")
    size = (5.0, 4.8)

    EPOCHS = 8
    START = (-1.0, 2.4)

    def setup(self, figure):
        rng = np.random.default_rng(10)
        self.x = rng.normal(0, 1, (64, 2)) * [1.0, 0.6]
        self.y = self.x @ [1.5, -0.8] + rng.normal(0, 1, 64)
        self.best = np.linalg.lstsq(self.x, self.y, rcond=None)[0]
        self.lowest = self.loss(*self.best)
        above, below = figure.subplots(2, 1, height_ratios=[1.5, 1])
        above.set(xlim=(-1.8, 3.6), ylim=(-2.6, 2.8), xlabel="w₁", ylabel="w₂")
        valleys.contours(above, lambda u, v: self.loss(u, v) - self.lowest, (0.03, 0.25, 0.8, 2, 4, 7, 11))
        above.plot(*self.best[:, None], "*", ms=11, color=style.INK, zorder=1)
        above.annotate("minimum", self.best, (9, -13), textcoords="offset points")
        below.set(xlim=(0, self.EPOCHS), ylim=(1e-5, 30), yscale="log", xlabel="epoch", ylabel="above the lowest")
        moving = {"animated": True}
        (self.path,) = above.plot([], [], "-", lw=1, marker="o", ms=2.2, color=style.WEIGHTS, **moving)
        (self.first,) = above.plot([], [], "x", ms=8, mew=2, color=style.INK, **moving)
        (self.curve,) = below.plot([], [], color=style.WEIGHTS, lw=1.3, **moving)

    def loss(self, w1, w2):
        """Return the mean squared error of all 64 examples, for single weights or for arrays of them."""
        w1, w2 = np.asarray(w1, float)[..., None], np.asarray(w2, float)[..., None]
        return ((w1 * self.x[:, 0] + w2 * self.x[:, 1] - self.y) ** 2).mean(axis=-1)

    def descend(self, batch, lr, schedule):
        """Return all points of a walk of `EPOCHS` epochs."""
        rng = np.random.default_rng(3)
        per_epoch = len(self.x) // batch
        w, points = np.array(self.START), [self.START]
        for epoch in range(self.EPOCHS):
            for k, rows in enumerate(nnlearn.training.shuffled_batches(rng, len(self.x), batch)):
                done = epoch + k / per_epoch
                rate = lr / (1 + done) if schedule == "falls" else lr
                x, y = self.x[rows], self.y[rows]
                w = w - rate * 2 / batch * x.T @ (x @ w - y)
                points.append(w)
        return np.array(points)

    def update(self, size_of_batch, lr, schedule):
        points = self.descend(size_of_batch, lr, schedule)
        inside = valleys.until_outside(points, 9)
        above = self.loss(*points.T) - self.lowest
        every = max(1, (len(points) - 1) // 64)
        self.first.set_data([self.START[0]], [self.START[1]])
        self.path.set_data(*inside[::every].T.round(3))
        self.curve.set_data(np.linspace(0, self.EPOCHS, len(points))[::every], np.clip(above[::every], 1e-6, 1e3))
        steps = len(points) - 1
        last = above[-max(1, steps // self.EPOCHS) :].mean()
        end = f"over the last one the loss lies {last:.2g} above the lowest"
        if not np.isfinite(last) or last > 30:
            end = "it has flown away"
        falls = ", with a rate that falls" if schedule == "falls" else ""
        return (
            f"Batches of {size_of_batch}, η = {lr:g}{falls}: {steps} steps in {self.EPOCHS} epochs, "
            f"{steps // self.EPOCHS} an epoch; {end}."
        )


class PlacesExplorer(Explorer):
    """A point on a surface of two weights, from a start that the reader chooses."""

    title = "Where a point comes to rest"
    surface = Choice(
        {"two bowls": "bowls", "a saddle": "saddle", "a basin in a plain": "plain"}, value="bowls", label="surface"
    )
    w1 = Values([-3, -2, -1, -0.1, 0, 0.1, 1, 2, 3], value=-2, label="start w₁")
    w2 = Values([-2, 0, 2], value=2, label="start w₂")
    size = (5.0, 4.6)

    RATE, STEPS = 0.3, 100
    WORDS = {"bowls": "Two bowls", "saddle": "The saddle", "plain": "The basin"}

    def setup(self, figure):
        above, below = figure.subplots(2, 1, height_ratios=[1.5, 1])
        above.set(xlim=(-3.6, 3.6), ylim=(-2.4, 2.4), xlabel="w₁", ylabel="w₂", aspect="equal")
        below.set(xlim=(0, self.STEPS), ylim=(0, 2.6), xlabel="step", ylabel="loss")
        moving = {"animated": True}
        self.contours = {}
        for name, surface in landscapes.LANDSCAPES.items():
            self.contours[name] = [valleys.contours(above, surface.loss, surface.levels)]
            for places in surface.places.values():
                self.contours[name] += above.plot(*np.array(places).T, "*", ms=10, color=style.INK, zorder=1)
            for artist in self.contours[name]:
                artist.set_animated(True)
        (self.path,) = above.plot([], [], "-", lw=1.4, marker="o", ms=3.5, markevery=3, color=style.WEIGHTS, **moving)
        (self.end,) = above.plot([], [], "o", ms=9, mfc="none", mew=2, color=style.WEIGHTS, **moving)
        (self.first,) = above.plot([], [], "x", ms=8, mew=2, color=style.INK, **moving)
        (self.curve,) = below.plot([], [], color=style.WEIGHTS, **moving)

    def update(self, surface, w1, w2):
        for name, artists in self.contours.items():
            for artist in artists:
                artist.set_visible(name == surface)
        shape = landscapes.LANDSCAPES[surface]
        points = nnlearn.SGD(self.RATE).path(shape.gradient, [w1, w2], self.STEPS)
        losses = shape.loss(*points.T)
        self.path.set_data(*points[::2].T.round(2))
        self.end.set_data(*points[-1:].T)
        self.first.set_data([w1], [w2])
        self.curve.set_data(range(0, self.STEPS + 1, 2), losses[::2])
        slope = float(np.linalg.norm(shape.gradient(points[-1])))
        return (
            f"{self.WORDS[surface]}, from ({written(w1)}, {written(w2)}): after {self.STEPS} steps the loss is "
            f"{written(losses[-1], '.3g')} and the gradient's length {written(slope, '.1g')}; "
            f"the point is {self.where(shape, points[-1], slope)}."
        )

    @staticmethod
    def where(shape, point, slope):
        """Return in words at which of the surface's places a point is."""
        for name, places in shape.places.items():
            distance = min(np.hypot(*(point - np.array(place))) for place in places)
            if distance < 1e-6 or (distance < 0.1 and name != "the saddle"):
                return f"at {name}"
            if distance < 0.1:
                return f"still near {name}"
        return "still out on the plain" if slope < 0.02 else "still on its way"


# ---- Questions ---------------------------------------------------------------------------------------------------

PREDICT_ROLL = Predict(
    "A point starts on the plain at w = −4, far to the left of both dips. It takes 100 steps of gradient descent with η "
    "= 0.1. Where is it then?",
    [
        Answer(
            "In the right dip, which is the deepest place of all",
            "Nothing in the rule knows of a place that it has not been to. The point sees the slope under it, and no farther.",
        ),
        Answer(
            "In the left dip, which is the first one on its way",
            "It would stop there if it came so far. On the plain the slope is nearly 0, and so is every step. Try w = −3.",
        ),
        Answer(
            "Still about where it started, out on the plain",
            "A step is η times the slope, and where there is next to no slope there are next to no steps. That is a plateau.",
            correct=True,
        ),
    ],
    id="10-p-roll",
)

PREDICT_RATE = Predict(
    "On a parabola of curvature 1 the walk comes down for every learning rate below 2. You make the parabola four times as steep. "
    "Below which rate does it come down now?",
    [
        Answer(
            "Below 8, since a steeper wall brings it down faster",
            "The steeper wall makes the steps longer: they are η times the slope. Too long a step is what throws a walk out.",
        ),
        Answer(
            "Below 2, since the edge belongs to the method",
            "What counts is the product of rate and curvature. Set the curvature to 4 and the rate to 0.8.",
        ),
        Answer(
            "Below 0.5, since only the product of the two counts",
            "Each step multiplies w by 1 − η c, and that must stay above −1. So η must be below 2 / c.",
            correct=True,
        ),
    ],
    id="10-p-rate",
)

PREDICT_BATCH = Predict(
    "There are 64 examples, and one epoch looks at each once. With a learning rate of 0.03, which walk is nearer to the "
    "minimum after 8 epochs?",
    [
        Answer(
            "The one that takes all 64 for each step: its gradients are exact",
            "They are, and it gets 8 of them. The other has 512 that are about right.",
        ),
        Answer(
            "The one that takes a single example for each step: it takes 512 steps",
            "It looks at as many examples as the other and moves 64 times as often. Only near the minimum does its noise "
            "hold it up.",
            correct=True,
        ),
        Answer(
            "Neither, since both have looked at the same examples equally often",
            "What they did after looking differs: one took 8 steps, the other 512. Compare the lower curves.",
        ),
    ],
    id="10-p-batch",
)

PREDICT_PLACES = Predict(
    "On the saddle a point starts at w₁ = 0, exactly on the ridge between the two low places. Another starts at w₁ = "
    "0.1. What do they do?",
    [
        Answer(
            "The first ends at the saddle, the second leaves it",
            "On the ridge nothing points to the side. Beside it, the small slope grows with every step. Chance never "
            "starts exactly on a ridge.",
            correct=True,
        ),
        Answer(
            "Both end at the saddle, since its gradient is 0",
            "It is 0 at the saddle itself. At a distance of 0.1 it is small, it points away, and it grows as the point moves.",
        ),
        Answer(
            "Neither ends there, since a saddle is not a minimum",
            "The first one does: from the ridge, gradient descent has no reason to go to one side rather than to the other.",
        ),
    ],
    id="10-p-places",
)

QUIZ = Quiz(
    [
        NumericQuestion(
            "The loss is L = w², so the gradient is 2w. The weight is 3 and η = 0.4. What is the weight after two steps?",
            0.12,
            "3 − 0.4 · 6 = 0.6, and then 0.6 − 0.4 · 1.2 = 0.12. Each step multiplies by 1 − 0.8 = 0.2.",
            [
                Near(-1.8, "You used the first gradient, 6, twice. After the first step the weight is 0.6 and its gradient 1.2."),
                Near(9.72, "You added the gradient. It points uphill, and the step goes against it."),
                Near(0.6, "That is the weight after one step. The second one goes on from there."),
                Near(1.08, "The derivative of w² is 2w; you seem to have taken w."),
            ],
            tolerance=0.01,
            id="10-q-step",
        ),
        Question(
            "A walk on a parabola jumps from side to side, and each time it lands a little nearer to the minimum. What "
            "do you know of η?",
            [
                Answer(
                    "Above 2 / c, where c stands for the curvature",
                    "There it would land farther out each time. Nearer means that the factor 1 − η c lies between −1 and 0.",
                ),
                Answer(
                    "Between 1 / c and 2 / c, where c is the curvature",
                    "The factor 1 − η c is negative there, so it changes sides, and its size is below 1, so it comes nearer.",
                    correct=True,
                ),
                Answer(
                    "Below 1 / c, where c stands for the curvature",
                    "There the factor 1 − η c is positive, and the walk stays on one side.",
                ),
            ],
            id="10-q-jumps",
        ),
        NumericQuestion(
            "A bowl has curvature 8 in one direction and 0.5 in another. What is the edge of the learning rate, from "
            "which on walks no longer come down?",
            0.25,
            "The steepest direction flies away first: 2 / 8 = 0.25.",
            [
                Near(4, "That is 2 / 0.5, the edge of the flat direction. The steep one has flown away long before."),
                Near(0.125, "That is 1 / 8, where the steep direction arrives in a single step. The edge is twice that."),
                Near(0.47, "That is 2 / (mean curvature). One steep direction is enough to throw the walk out."),
            ],
            tolerance=0.01,
            id="10-q-edge",
        ),
        Question(
            "You have 1,000 examples and batches of 50. How many steps does an epoch have, and how many gradients of "
            "single examples go into it?",
            [
                Answer(
                    "20 steps and 1,000 gradients",
                    "Each example is looked at once: 20 batches of 50. The full batch would need the same 1,000 for a single step.",
                    correct=True,
                ),
                Answer(
                    "50 steps and 1,000 gradients",
                    "50 is the number of rows in a batch. There are 1,000 / 50 = 20 batches.",
                ),
                Answer(
                    "1,000 steps and 50,000 gradients",
                    "That would be a batch for every example. In an epoch every example is looked at once.",
                ),
            ],
            id="10-q-epoch",
        ),
        Question(
            "The mini-batch gradient scatters about the full one. What happens to its scatter if the batches become four "
            "times as large?",
            [
                Answer(
                    "It stays the same, since the examples do",
                    "A mean of more examples is steadier. Only the mean of the scatter, 0, is the same for every size.",
                ),
                Answer(
                    "It falls to a quarter, as the batch has four times as many",
                    "The variance falls to a quarter. The spread, its root, falls to a half.",
                ),
                Answer(
                    "It falls to a half, at four times the work for each step",
                    "The spread falls with one over the root of the size. So large batches are a poor bargain for a single step.",
                    correct=True,
                ),
            ],
            id="10-q-noise",
        ),
        Question(
            "With small batches and a rate that stays as it is, the loss falls fast at first and then hovers. What is "
            "the cause, and what helps?",
            [
                Answer(
                    "It is stuck in a local minimum; a larger rate frees it",
                    "It hovers in a bowl that has only one minimum, too. A larger rate makes it hover higher.",
                ),
                Answer(
                    "The noise of the batches; a rate that falls lets it settle",
                    "Near the minimum the gradient is small and the noise is not. Smaller steps average more batches.",
                    correct=True,
                ),
                Answer(
                    "The gradients vanish; a different activation brings them back",
                    "Small gradients would make it stand still. It hovers because single batches still push it about.",
                ),
            ],
            id="10-q-hover",
        ),
        Question(
            "At some point the gradient is exactly 0. What can you conclude?",
            [
                Answer(
                    "It is a minimum, perhaps a local one",
                    "It can also be a hilltop, a saddle or a plain. The gradient says nothing of how the surface bends.",
                ),
                Answer(
                    "It is the lowest point of the whole surface",
                    "The gradient is a matter of this point alone. Of other places it knows nothing.",
                ),
                Answer(
                    "Gradient descent stays there, whatever it is",
                    "A step of η times 0 goes nowhere. Whether it is a good place only the curvatures and other runs can tell.",
                    correct=True,
                ),
            ],
            id="10-q-zero",
        ),
        Question(
            "Why are saddle points a commoner trouble than bad local minima in a network with many weights?",
            [
                Answer(
                    "For a minimum every direction has to bend upwards; one that bends down makes a saddle",
                    "With many directions it is a lot to ask of all of them. That is a plausible argument; the counts in "
                    "this chapter bear it out.",
                    correct=True,
                ),
                Answer(
                    "Gradient descent is attracted by saddle points, since the gradient is 0 there",
                    "It is slow near them, and leaves in the end: a small step aside grows. From a random start it "
                    "almost never ends at one.",
                ),
                Answer(
                    "It has been proved that large networks have no bad local minima at all",
                    "There are such proofs for special cases, and counterexamples for others. In general neither is known.",
                ),
            ],
            id="10-q-many",
        ),
    ],
    id="10-quiz",
)
