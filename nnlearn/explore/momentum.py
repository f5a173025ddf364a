"""The explorers, predictions and quiz of chapter 11, Momentum."""

import numpy as np

import nnlearn
from nnlearn.explore.controls import Choice, Values
from nnlearn.explore.explorer import Explorer
from nnlearn.explore.quiz import Answer, Near, NumericQuestion, Predict, Question, Quiz
from nnlearn.plots import style, valleys
from nnlearn.plots.numbers import written

RATES = [0.5, 1.5, 3, 6, 12, 24, 40]
STEPS = 60


def descent(lr, beta):
    """Return the optimizer for a factor β in the averaged form, and plain gradient descent for 0."""
    return nnlearn.Momentum(lr, beta) if beta else nnlearn.SGD(lr)


class MemoryExplorer(Explorer):
    """A stream of gradients, and the two velocities that momentum makes of it."""

    title = "What the velocity remembers"
    stream = Choice(
        {"steady": "steady", "zigzag": "zigzag", "one push": "one push", "steady and noisy": "noisy"},
        value="steady",
        label="gradients",
    )
    beta = Values([0, 0.5, 0.7, 0.8, 0.9, 0.95], value=0.9, label="factor β")
    size = (5.0, 4.0)

    @staticmethod
    def gradients(stream):
        """Return 40 gradients."""
        steps = np.arange(40)
        return {
            "steady": np.ones(40),
            "zigzag": np.where(steps % 2 == 0, 1.0, -1.0),
            "one push": (steps == 0).astype(float),
            "noisy": 1 + np.random.default_rng(11).normal(0, 1, 40),
        }[stream]

    @staticmethod
    def velocities(g, beta, classical):
        """Return the velocity after each gradient."""
        v, found = 0.0, []
        for gradient in g:
            v = beta * v + (gradient if classical else (1 - beta) * gradient)
            found.append(v)
        return np.array(found)

    def setup(self, figure):
        self.steps = np.arange(1, 41)
        above, below = figure.subplots(2, 1, sharex=True)
        above.set(xlim=(0, 41), ylim=(-1.6, 3.6), ylabel="averaged form")
        below.set(ylim=(-3, 19.5), ylabel="classical form", xlabel="step")
        moving = {"animated": True}
        self.stems, self.lines = [], []
        for axes in (above, below):
            axes.axhline(0, color=style.GRID, lw=1, zorder=0)
            self.stems += axes.plot([], [], color=style.BACKWARD, lw=1.2, **moving)
            self.lines += axes.plot([], [], color=style.WEIGHTS, lw=2.4, **moving)
            axes.text(0.02, 0.97, "thin: gradient g", color=style.BACKWARD, transform=axes.transAxes, va="top")
            axes.text(0.98, 0.97, "thick: velocity v", color=style.WEIGHTS, transform=axes.transAxes, va="top", ha="right")

    def update(self, stream, beta):
        g = self.gradients(stream)
        # One line for all stems: down to zero, up to the gradient, and a gap.
        x, y = np.repeat(self.steps, 3).astype(float), np.zeros(120)
        y[1::3], y[2::3] = g, np.nan
        found = [self.velocities(g, beta, classical) for classical in (False, True)]
        for stems, line, v in zip(self.stems, self.lines, found, strict=True):
            stems.set_data(x, y)
            line.set_data(self.steps, v)
        averaged, classical = found
        factor = 1 / (1 - beta)
        end = f"the classical one is {factor:.3g} times that" if beta else "with β = 0 both velocities are the gradient itself"
        last = averaged[-1]
        said = {
            "steady": f"every gradient is 1, and after 40 steps the averaged velocity is {last:.3g}",
            "zigzag": f"the gradients 1 and −1 cancel, and the averaged velocity ends at {written(last, '.3g')}",
            "one push": f"of one push the averaged velocity has {averaged[0]:.3g} at once and {averaged[10]:.2g} ten steps later",
            "noisy": f"over the last 20 steps g has the spread {g[20:].std():.2g}, the averaged velocity {averaged[20:].std():.2g}",
        }[stream]
        return f"β = {beta:g}: {said}; {end}."


class ValleyExplorer(Explorer):
    """Two walks down the same surface with the same learning rate, one of them with momentum."""

    title = "Two walks down"
    surface = Choice(
        {"a narrow valley": "narrow", "a bent valley": "bent", "a saddle": "saddle"}, value="narrow", label="surface"
    )
    lr = Values(RATES, value=1.5, label="learning rate η")
    beta = Values([0.5, 0.8, 0.9, 0.99], value=0.9, label="factor β")
    size = (5.0, 4.8)

    WORDS = {"narrow": "In the narrow valley", "bent": "In the bent valley", "saddle": "From beside the saddle"}

    def setup(self, figure):
        above, below = figure.subplots(2, 1, height_ratios=[1.35, 1])
        above.set(xlim=(-10.5, 5), ylim=(-3.2, 3.2), xlabel="w₁", ylabel="w₂")
        below.set(xlim=(0, STEPS), ylim=(1e-6, 1e3), yscale="log", xlabel="step", ylabel="loss")
        below.text(0.98, 0.84, "solid: momentum", color=style.WEIGHTS, transform=below.transAxes, ha="right", va="top")
        below.text(0.98, 0.97, "dashed: plain descent", color=style.PLAIN, transform=below.transAxes, ha="right", va="top")
        moving = {"animated": True}
        self.contours = {}
        for name, surface in valleys.SURFACES.items():
            self.contours[name] = valleys.contours(above, surface.loss, surface.levels)
            self.contours[name].set_animated(True)
        self.paths, self.ends, self.curves = [], [], []
        for color, dashes, mark in ((style.PLAIN, "--", "s"), (style.WEIGHTS, "-", "o")):
            self.paths += above.plot([], [], dashes, marker=mark, ms=3.5, markevery=6, lw=1.4, color=color, **moving)
            self.ends += above.plot([], [], mark, ms=8, mfc="none", mew=2, color=color, **moving)
            self.curves += below.plot([], [], dashes, color=color, **moving)
        (self.start,) = above.plot([], [], "x", ms=8, mew=2, color=style.INK, **moving)

    def update(self, surface, lr, beta):
        for name, contours in self.contours.items():
            contours.set_visible(name == surface)
        shape = valleys.SURFACES[surface]
        self.start.set_data([shape.start[0]], [shape.start[1]])
        ends = []
        for optimizer, path, end, curve in zip(
            (nnlearn.SGD(lr), nnlearn.Momentum(lr, beta)), self.paths, self.ends, self.curves, strict=True
        ):
            points = optimizer.path(shape.gradient, shape.start, STEPS)
            losses = shape.loss(*points.T)
            inside = valleys.until_outside(points, 30)
            path.set_data(*inside.T)
            end.set_data(*points[-1:].T if len(inside) == len(points) else ([], []))
            curve.set_data(range(0, STEPS + 1, 2), np.clip(losses[::2], 1e-7, 1e4))
            ends.append("it flies out of the picture" if losses[-1] > 30 else f"{max(losses[-1], 1e-16):.2g}")
        return (
            f"{self.WORDS[surface]} with η = {lr:g}, the loss after {STEPS} steps. Plain descent: {ends[0]}; "
            f"momentum with β = {beta:g}: {ends[1]}."
        )


class DampingExplorer(Explorer):
    """The narrow valley taken apart: its steep and its flat direction, each on its own."""

    title = "The steep direction and the flat one"
    lr = Values(RATES, value=1.5, label="learning rate η")
    beta = Values([0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99], value=0, label="factor β")
    size = (5.0, 4.0)

    def setup(self, figure):
        panels = figure.subplots(2, 1, sharex=True)
        self.curves = []
        for axes, (name, curvature) in zip(panels, (("steep", 1), ("flat", 0.04)), strict=True):
            axes.set(xlim=(0, STEPS), ylim=(-1.15, 1.3), ylabel="w")
            axes.axhline(0, color=style.GRID, lw=1, zorder=0)
            axes.text(0.98, 0.97, f"{name} direction, curvature {curvature}", transform=axes.transAxes, ha="right", va="top")
            self.curves += axes.plot([], [], "-", marker="o", ms=2.5, markevery=3, color=style.WEIGHTS, animated=True)
        panels[1].set_xlabel("step")

    def update(self, lr, beta):
        said = []
        for curve, name, curvature in zip(self.curves, ("steep", "flat"), (1.0, 0.04), strict=True):
            path = descent(lr, beta).path(lambda w, c=curvature: c * w, np.ones(1), STEPS).ravel()
            inside = valleys.until_outside(path[:, None], 10).ravel()
            curve.set_data(range(len(inside)), inside)
            manner, factor = manner_and_factor(lr, beta, curvature)
            said.append(f"the {name} direction {manner}, times {factor:.3g} a step")
        return f"With η = {lr:g} and β = {beta:g}, {said[0]}; {said[1]}."


def manner_and_factor(lr, beta, curvature):
    """Return how a weight moves on a parabola, in words, and the factor by which it shrinks a step in the long run."""
    roots = np.roots([1, -(1 + beta - (1 - beta) * lr * curvature), beta])
    largest = roots[np.abs(roots).argmax()]
    factor = float(np.abs(largest))
    if factor > 1 + 1e-9:
        return "flies away", factor
    if abs(largest.imag) > 1e-9:
        return "swings", factor
    return ("jumps from side to side" if largest.real < -1e-9 else "creeps"), factor


class DipExplorer(Explorer):
    """A ball that comes down a slope to a dip, behind which there is another low place."""

    title = "Through a dip, or not"
    depth = Values([0.2, 0.4, 0.6, 0.7, 1.2, 1.6, 2, 2.5], value=0.6, label="depth of the dip")
    beta = Values([0, 0.5, 0.8, 0.9, 0.95, 0.98], value=0, label="factor β")
    size = (5.0, 4.4)

    RATE, SHOWN = 0.25, 200

    def setup(self, figure):
        self.grid = np.linspace(-4.6, 7.6, 123)
        above, below = figure.subplots(2, 1, height_ratios=[1.3, 1])
        above.set(xlim=(-4.7, 7.7), ylim=(-1.9, 4.1), xlabel="w", ylabel="loss")
        below.set(xlim=(0, self.SHOWN), ylim=(-4.7, 7.7), xlabel="step", ylabel="w")
        for w, name in ((0, "dip, w = 0"), (4, "far minimum, w = 4")):
            below.axhline(w, color=style.GRID, lw=1, zorder=0)
            below.text(self.SHOWN - 2, w - 0.25, name, ha="right", va="top")
        moving = {"animated": True}
        (self.curve,) = above.plot([], [], color=style.FORWARD, **moving)
        (self.trail,) = above.plot([], [], "o", ms=4, mfc="none", color=style.WEIGHTS, **moving)
        (self.ball,) = above.plot([], [], "o", ms=10, color=style.WEIGHTS, **moving)
        (self.walk,) = below.plot([], [], color=style.WEIGHTS, **moving)

    def update(self, depth, beta):
        loss, gradient = valleys.dip(depth)
        path = descent(self.RATE, beta).path(gradient, [-4.0], 1000).ravel()
        self.curve.set_data(self.grid, loss(self.grid))
        trail = path[: self.SHOWN : 8]
        self.trail.set_data(trail, loss(trail))
        self.ball.set_data(path[-1:], loss(path[-1:]))
        self.walk.set_data(range(0, self.SHOWN + 1, 2), path[: self.SHOWN + 1 : 2])
        wall = valleys.wall(depth)
        floor = float(loss(np.linspace(-1, 1, 2001)).min())
        ends_in_dip = path[-1] < 2
        if not wall:
            return f"The dip has no wall behind it, it is only a flatter place. With β = {beta:g} the ball comes to rest at w = 4."
        where = "stays in the dip" if ends_in_dip else "goes through the dip and comes to rest at w = 4"
        lower = "the far minimum" if floor > 0 else "the dip"
        verdict = "there it is lowest" if (floor > 0) != ends_in_dip else f"but {lower} is lower"
        return f"The wall behind the dip is {wall:.2g} high. With β = {beta:g} the ball {where}; {verdict}."


# ---- Questions ---------------------------------------------------------------------------------------------------

PREDICT_VALLEY = Predict(
    "In the narrow valley both walks have the learning rate η = 1.5, at which plain descent does well. One of them gets momentum "
    "with β = 0.9. Which is lower after 60 steps?",
    [
        Answer(
            "The one with momentum, by far: it remembers the way",
            "The form here averages gradients, and an average is no larger than what goes into it. At the same rate it "
            "gains no speed.",
        ),
        Answer(
            "Plain descent: here momentum only swings",
            "0.0011 against 0.0055. What momentum gains comes with a larger rate: go to η = 3 and beyond, and plain "
            "descent flies away. "
            "At η = 3 a factor of 0.5 comes down to 0.00000002.",
            correct=True,
        ),
        Answer(
            "Neither: the learning rate alone decides",
            "The velocity starts at 0 and overshoots later, so the two walks differ. Look at the lower picture.",
        ),
    ],
    id="11-p-valley",
)

PREDICT_MEMORY = Predict(
    "Every gradient is 1, and β = 0.9. After many steps, how large are the two velocities?",
    [
        Answer(
            "Both grow without end, since something is added in every step",
            "Something is lost in every step too: a tenth of the velocity. Where the loss equals the gain, it stands still.",
        ),
        Answer(
            "Both come to 1, since all gradients are 1",
            "An average of ones is 1, so that is right for the averaged form. The classical one adds the whole gradient each time.",
        ),
        Answer(
            "The averaged one comes to 1, the classical one to 10",
            "A steady v must be β v + (1 − β) g, which gives v = g; or β v + g, which gives v = g / (1 − β), ten times as much.",
            correct=True,
        ),
    ],
    id="11-p-memory",
)

PREDICT_DAMPING = Predict(
    "On a parabola, β is raised from 0.9 to 0.99 and the weight swings in both cases. When does it settle sooner?",
    [
        Answer(
            "With 0.99, since it carries more speed to the minimum",
            "It carries the speed through the minimum too, and out on the other side. Try it at η = 6.",
        ),
        Answer(
            "With 0.9, since it loses more of its speed in each step",
            "While it swings, the distance shrinks by √β a step: 0.949 for 0.9, and 0.995 for 0.99, which is ten times slower.",
            correct=True,
        ),
        Answer(
            "It depends on how steep the parabola is",
            "That decides how fast it swings to and fro. How fast the swings die away depends on β alone, as long as it swings.",
        ),
    ],
    id="11-p-damping",
)

PREDICT_DIP = Predict(
    "A ball rolls down a slope, through a dip with a wall behind it, to a far minimum. Does momentum bring it to the "
    "lower of the two?",
    [
        Answer(
            "It brings it through any dip, if β is below 1",
            "Try a dip of depth 2 with β = 0.95. The ball loses speed in every step, and the wall is too high for what is left.",
        ),
        Answer(
            "It carries it over low walls, whichever side is lower",
            "It is speed and no judgement. At a depth of 1.2 the dip is the lower place, and with β = 0.95 the ball "
            "rolls on all the same.",
            correct=True,
        ),
        Answer(
            "Yes: it is what momentum has been made for",
            "A ball does not know what lies ahead. At a depth of 1.2 the dip is the lower place: look where β = 0.95 ends.",
        ),
    ],
    id="11-p-dip",
)

QUIZ = Quiz(
    [
        NumericQuestion(
            "The velocity is 2, the gradient is 12 and β = 0.9. What is the new velocity in the averaged form?",
            3,
            "0.9 × 2 + 0.1 × 12 = 1.8 + 1.2 = 3.",
            [
                Near(13.8, "That is the classical form, which adds the whole gradient: 0.9 × 2 + 12."),
                Near(
                    11,
                    "You gave β to the gradient and 1 − β to the velocity: 0.1 × 2 + 0.9 × 12. It is the other way round.",
                ),
                Near(
                    -0.6,
                    "The sign of the gradient is turned round. The minus stands in the update of the weight, w − η v.",
                ),
                Near(1.2, "That is the gradient's part alone. The old velocity brings 0.9 × 2 with it."),
            ],
            tolerance=0.01,
            id="11-q-step",
        ),
        Question(
            "A program has the classical form, with η = 0.02 and β = 0.9. You rewrite it in the averaged form. Which "
            "rate walks the same way?",
            [
                Answer(
                    "0.002",
                    "That is the wrong direction. The averaged velocity is ten times smaller, so the rate must be larger.",
                ),
                Answer(
                    "0.02, since β is the same",
                    "Then every step is ten times smaller than before. β fixes the ratio of the velocities.",
                ),
                Answer(
                    "0.2",
                    "The averaged velocity is (1 − β) times the classical one, so the rate is divided by 0.1.",
                    correct=True,
                ),
                Answer("0.018", "You multiplied by β. The two velocities differ by the factor 1 − β = 0.1."),
            ],
            id="11-q-forms",
        ),
        Question(
            "The gradients across a valley alternate: 1, −1, 1, −1, … What does the averaged velocity do with β = 0.9?",
            [
                Answer(
                    "It alternates too, with about 0.05",
                    "Neighbours nearly cancel: in the long run ±(1 − β)/(1 + β) is left, 0.053.",
                    correct=True,
                ),
                Answer(
                    "It alternates too, with about 1",
                    "Each new gradient counts only a tenth, and what is remembered speaks against it.",
                ),
                Answer(
                    "It grows in the end to about 10",
                    "That is what the classical form does with gradients that all agree. These do not.",
                ),
            ],
            id="11-q-zigzag",
        ),
        Question(
            "On a parabola a weight swings about the minimum under momentum. What decides by which factor its swings "
            "shrink in a step?",
            [
                Answer(
                    "The curvature: steep walls stop it sooner",
                    "A steep wall turns it round sooner and sends it back as fast. The curvature sets how often it swings.",
                ),
                Answer(
                    "β alone: the factor is √β",
                    "The product of the two roots is β, and while it swings both have the same size.",
                    correct=True,
                ),
                Answer(
                    "The learning rate: the factor is 1 − η",
                    "That looks like plain descent on a parabola of curvature 1. With momentum, once it swings, η only "
                    "sets the pace.",
                ),
            ],
            id="11-q-damping",
        ),
        NumericQuestion(
            "Across a valley of curvature 4 plain descent flies away above η = 0.5. Up to which η does the averaged form "
            "with β = 0.8 come down?",
            4.5,
            "The edge moves by the factor (1 + β)/(1 − β) = 1.8/0.2 = 9.",
            [
                Near(
                    0.5,
                    "That is the edge without momentum. The averaged velocity answers only a part of each gradient at once.",
                ),
                Near(
                    0.9,
                    "That is the edge of the classical form, 2 (1 + β)/curvature. The averaged one has 1/(1 − β) more room.",
                ),
                Near(2.5, "That is 0.5/(1 − β). The factor is (1 + β)/(1 − β)."),
            ],
            tolerance=0.05,
            id="11-q-edge",
        ),
        Question(
            "You train with β = 0.9, and the first few steps in the averaged form are tiny. Why?",
            [
                Answer(
                    "The velocity starts at 0 and gets a tenth of a gradient each time",
                    "The first velocity is 0.1 g, the second 0.19 g if the gradient stays. It fills up within some "
                    "tens of steps.",
                    correct=True,
                ),
                Answer(
                    "Gradients are small at the start of a training, and grow larger later",
                    "Often they are largest at the start. Look at the first velocity: it is 0.1 times the gradient.",
                ),
                Answer(
                    "The learning rate has been divided by ten, as it has to be for momentum",
                    "Nobody divided it: the factor 1 − β is in the velocity. In the long run it is made up for by the sum.",
                ),
            ],
            id="11-q-start",
        ),
        Question(
            "A friend says: with momentum my network cannot get stuck in a local minimum any more. What do you answer?",
            [
                Answer(
                    "True, as long as β is near enough to 1",
                    "A ball without friction escapes, but then it never comes to rest anywhere. With friction a wall "
                    "can be too high.",
                ),
                Answer(
                    "It can pass low walls, and it can roll past a good minimum too",
                    "Both are to be seen in the ball and the dip. Nothing in the rule asks which minimum is lower.",
                    correct=True,
                ),
                Answer(
                    "False: momentum has no influence on where a walk ends",
                    "It has some. In this chapter's random landscapes a few of a hundred walks ended elsewhere.",
                ),
            ],
            id="11-q-promise",
        ),
        Question(
            "What is the one thing that Nesterov's momentum does differently?",
            [
                Answer(
                    "It uses the velocity of the step before last",
                    "It remembers no more than plain momentum. What is new is where the gradient is taken.",
                ),
                Answer(
                    "It divides by the size of the past gradients",
                    "That is RMSprop, in the next chapter. Nesterov's form scales nothing.",
                ),
                Answer(
                    "It takes the gradient where the velocity will carry it",
                    "So it feels the wall a little earlier and brakes in time.",
                    correct=True,
                ),
            ],
            id="11-q-nesterov",
        ),
    ],
    id="11-quiz",
)
