"""The explorers, predictions and quiz of chapter 12, RMSprop and Adam."""

import numpy as np

import nnlearn
from nnlearn.explore.controls import Choice, Player, Values
from nnlearn.explore.explorer import Explorer
from nnlearn.explore.quiz import Answer, Near, NumericQuestion, Predict, Question, Quiz
from nnlearn.plots import races, style, valleys
from nnlearn.plots.numbers import written

OPTIMIZERS = {"SGD": nnlearn.SGD, "Momentum": nnlearn.Momentum, "RMSprop": nnlearn.RMSprop, "Adam": nnlearn.Adam}
#: The rates that are tried for each runner: ten for each factor of ten.
RATES = np.logspace(-2, 2, 41)


def race(surface, rates=RATES, steps=200):
    """Return {optimizer: (points (steps + 1, rates, 2), losses (steps + 1, rates))} for walks down one of the surfaces."""
    return {name: walk(surface, name, rates, steps) for name in OPTIMIZERS}


def walk(surface, runner, rates, steps):
    """Return (points (steps + 1, rates, 2), losses (steps + 1, rates)) of one optimizer's walks, one for each rate."""
    surface = races.SURFACES[surface]
    with np.errstate(over="ignore", invalid="ignore"):  # a rate that is too large flies away
        points = OPTIMIZERS[runner](rates).path(surface.gradient, np.tile(surface.start, (len(rates), 1)), steps)
        return points, surface.loss(points)


def best_rates(surface):
    """Return {optimizer: (its best rate, the steps it needs)}: soonest below a thousandth of the first loss, for good."""
    found = {}
    for name, (_, losses) in race(surface).items():
        needed = races.steps_needed(losses)
        found[name] = float(RATES[needed.argmin()]), int(needed.min())
    return found


class RaceExplorer(Explorer):
    """Four optimizers walk down the same surface, each with its own best rate or all with the same one."""

    title = "A race of four"
    surface = Choice(
        {"a narrow valley": "valley", "the same valley, turned": "turned", "a plateau": "plateau", "a saddle": "saddle"},
        value="valley",
        label="surface",
    )
    rates = Choice({"for each its best": "best", "0.1 for all": "same"}, value="best", label="learning rates")
    step = Player(12, value=4, label="step ÷ 5", interval=500)
    size = (5.0, 5.6)

    WORDS = {"valley": "narrow valley", "turned": "turned valley", "plateau": "plateau", "saddle": "saddle"}
    LEVELS = {
        "valley": (0.03, 0.3, 1.2),
        "turned": (0.03, 0.3, 1.2),
        "plateau": (0.1, 0.5, 0.9, 0.99),
        "saddle": (0.2, 0.8, 1.4, 2.5),
    }
    STRIDE, LAST = 5, 60

    def setup(self, figure):
        above, below = figure.subplots(2, 1, height_ratios=[1.5, 1])
        above.set(xlim=(-5, 5), ylim=(-3.3, 3.3), xlabel="w₁", ylabel="w₂", aspect="equal")
        below.set(xlim=(0, self.LAST), ylim=(1e-5, 10), yscale="log", xlabel="step", ylabel="loss")
        races.names(above)
        moving = {"animated": True}
        self.walks, self.contours = {}, {}
        for name, surface in races.SURFACES.items():
            self.contours[name] = valleys.contours(above, surface.height, self.LEVELS[name])
            self.contours[name].set_animated(True)
            tuned = {runner: rate for runner, (rate, _) in best_rates(name).items()}
            for manner in ("best", "same"):
                walked = {}
                for runner in OPTIMIZERS:
                    rate = tuned[runner] if manner == "best" else 0.1
                    points, losses = walk(name, runner, np.array([rate]), self.LAST)
                    walked[runner] = rate, points[:, 0], losses[:, 0]
                self.walks[name, manner] = walked
        (self.start,) = above.plot([], [], "x", ms=8, mew=2, color=style.INK, **moving)
        self.paths, self.ends, self.curves = {}, {}, {}
        for runner, (color, dashes, mark, _) in races.LOOKS.items():
            (self.paths[runner],) = above.plot([], [], dashes, lw=1.5, color=color, **moving)
            (self.ends[runner],) = above.plot([], [], mark, ms=7, mec=style.CARD, color=color, **moving)
            (self.curves[runner],) = below.plot([], [], dashes, lw=1.8, color=color, **moving)

    def update(self, surface, rates, step):
        for name, lines in self.contours.items():
            lines.set_visible(name == surface)
        self.start.set_data(*np.transpose([races.SURFACES[surface].start]))
        now, said = self.STRIDE * step, []
        for runner, (rate, points, losses) in self.walks[surface, rates].items():
            inside = np.clip(points[: now + 1], -9, 9).round(2)
            self.paths[runner].set_data(*inside.T)
            self.ends[runner].set_data(*inside[-1:].T)
            self.curves[runner].set_data(np.arange(now + 1)[::2], np.clip(losses[: now + 1 : 2], 1e-6, 1e2))
            at = f" (η = {rate:.2g})" if rates == "best" else ""
            said.append(f"{runner} {max(losses[now], 1e-9):.2g}{at}")
        manner = "each with its best rate" if rates == "best" else "all with η = 0.1"
        return f"{self.WORDS[surface].capitalize()}, step {now}, {manner}. Losses: {', '.join(said)}."


class CorrectionExplorer(Explorer):
    """Adam's two averages in the first 40 steps, as they are and corrected, and the steps that come of both."""

    title = "The first forty steps of Adam"
    stream = Choice({"steady, 1": "steady", "noisy, about 1": "noisy"}, value="steady", label="gradients")
    beta1 = Values([0, 0.5, 0.9], value=0.9, label="β₁")
    beta2 = Values([0.9, 0.99, 0.999], value=0.999, label="β₂")
    size = (5.0, 5.4)

    COUNT = 40

    @classmethod
    def gradients(cls, stream):
        """Return 40 gradients."""
        return np.ones(cls.COUNT) + (np.random.default_rng(12).normal(0, 0.6, cls.COUNT) if stream == "noisy" else 0)

    @staticmethod
    def averages(g, beta):
        """Return the running average of g after each step, as it is and corrected."""
        average, found = 0.0, []
        for value in g:
            average = beta * average + (1 - beta) * value
            found.append(average)
        found = np.array(found)
        return found, found / (1 - beta ** np.arange(1, len(g) + 1))

    def setup(self, figure):
        panels = figure.subplots(3, 1, sharex=True)
        labels = ("average of g", "average of g²", "step / η")
        for axes, label, top in zip(panels, labels, (1.75, 2.6, 7.2), strict=True):
            axes.set(xlim=(0, self.COUNT + 1), ylim=(0, top), ylabel=label)
            axes.axhline(1, color=style.GRID, lw=1, zorder=0)
        panels[0].text(0.0, 1.03, "dashed: as it is", color=style.BACKWARD, transform=panels[0].transAxes, va="bottom")
        panels[0].text(
            1.0, 1.03, "solid: corrected", color=style.FORWARD, transform=panels[0].transAxes, va="bottom", ha="right"
        )
        panels[2].set_xlabel("step t")
        self.raw, self.corrected = [], []
        for axes in panels:
            self.raw += axes.plot([], [], "--", color=style.BACKWARD, animated=True)
            self.corrected += axes.plot([], [], "-", color=style.FORWARD, animated=True)

    def update(self, stream, beta1, beta2):
        g, steps = self.gradients(stream), np.arange(1, self.COUNT + 1)
        (m, m_hat), (s, s_hat) = self.averages(g, beta1), self.averages(g**2, beta2)
        without, with_it = m / np.sqrt(s), m_hat / np.sqrt(s_hat)
        for lines, found in ((self.raw, (m, s, without)), (self.corrected, (m_hat, s_hat, with_it))):
            for line, values in zip(lines, found, strict=True):
                line.set_data(steps, values)
        far = np.abs(without - with_it).argmax()
        return (
            f"β₁ = {beta1:g}, β₂ = {beta2:g}, {stream} gradients: the first step is {without[0]:.2f} η uncorrected and "
            f"{with_it[0]:.2f} η corrected; they differ most at step {far + 1}, {without[far]:.2f} η against {with_it[far]:.2f} η."
        )


class ScaleExplorer(Explorer):
    """A stream of gradients of any size, and the steps that three optimizers make of it, with the learning rate 1."""

    title = "Gradients in, steps out"
    stream = Choice(
        {
            "steady": "steady", "fading to a tenth": "fading", "one sudden large one": "sudden", "noisy": "noisy",
            "zigzag": "zigzag",
        },
        value="steady",
        label="gradients",
    )  # fmt: skip
    scale = Values([0.001, 0.01, 0.1, 1, 10, 100], value=1, label="size")
    size = (5.0, 5.0)

    COUNT = 80
    SAID_AT = {"steady": 80, "fading": 42, "sudden": 41, "noisy": 80, "zigzag": 80}

    @classmethod
    def gradients(cls, stream, scale=1.0):
        """Return 80 gradients."""
        t = np.arange(cls.COUNT)
        return scale * {
            "steady": np.ones(cls.COUNT),
            "fading": np.where(t < 40, 1.0, 0.1),
            "sudden": np.where(t == 40, 1.0, 0.1),
            "noisy": 0.2 + np.random.default_rng(12).normal(0, 0.5, cls.COUNT),
            "zigzag": np.where(t % 2 == 0, 1.0, -1.0),
        }[stream]

    @staticmethod
    def steps(make, g):
        """Return the changes of a weight, turned so that a positive gradient makes a positive step, in units of η."""
        stream = iter(g)
        path = make(lr=1.0).path(lambda w: np.full_like(w, next(stream)), [0.0], len(g))
        return -np.diff(path.ravel())

    def setup(self, figure):
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=[1, 1.5])
        above.set(xlim=(0, self.COUNT + 1), ylim=(-1.7, 1.7), ylabel="gradient / size")
        below.set(ylim=(-3.6, 3.6), xlabel="step t", ylabel="step / η")
        for axes in (above, below):
            axes.axhline(0, color=style.GRID, lw=1, zorder=0)
        for level in (-1, 1):
            below.axhline(level, color=style.GRID, lw=1, ls=":", zorder=0)
        races.names(below, ["SGD", "RMSprop", "Adam"])
        (self.stems,) = above.plot([], [], color=style.BACKWARD, lw=1.4, animated=True)
        self.lines = {}
        for name in ("SGD", "RMSprop", "Adam"):
            color, dashes, _, _ = races.LOOKS[name]
            (self.lines[name],) = below.plot([], [], dashes, color=color, animated=True)
        self.outside = below.text(
            0.5, 0.03, "", color=races.LOOKS["SGD"][0], transform=below.transAxes, ha="center", animated=True
        )

    def update(self, stream, scale):
        plain, g = self.gradients(stream), self.gradients(stream, scale)
        t = np.arange(1, self.COUNT + 1)
        x, y = np.repeat(t, 3).astype(float), np.zeros(3 * self.COUNT)
        y[1::3], y[2::3] = plain, np.nan
        self.stems.set_data(x, y)
        found = {name: self.steps(OPTIMIZERS[name], g) for name in self.lines}
        for name, line in self.lines.items():
            line.set_data(t, np.where(np.abs(found[name]) < 3.6, found[name], np.nan))
        self.outside.set_text("SGD steps out of the picture" if np.abs(found["SGD"]).max() > 3.6 else "")
        at = self.SAID_AT[stream]
        values = {name: written(steps[at - 1], ".2g") for name, steps in found.items()}
        words = {
            "steady": f"Every gradient is {scale:g}.",
            "fading": f"The gradients fell from {scale:g} to {0.1 * scale:g} two steps ago.",
            "sudden": f"One gradient of {scale:g} came among those of {0.1 * scale:g}.",
            "noisy": f"Noise of size {0.5 * scale:g} around a mean of {0.2 * scale:g}.",
            "zigzag": f"The gradients change between {scale:g} and {written(-scale)}.",
        }[stream]
        return f"{words} Step {at}, in units of η: SGD {values['SGD']}, RMSprop {values['RMSprop']}, Adam {values['Adam']}."


# ---- Questions ---------------------------------------------------------------------------------------------------

PREDICT_RACE = Predict(
    "All four get the same learning rate, 0.1, in a valley that is steep across (curvature 1) and nearly flat along "
    "(0.01). Who is still near the start after 60 steps?",
    [
        Answer(
            "RMSprop and Adam: they take small steps where it is steep",
            "Across, all four get down quickly. Along the floor the gradient is about 0.04, and these two divide by "
            "its size, so they walk nearly 0.1 in each step.",
        ),
        Answer(
            "SGD and Momentum: the floor is nearly flat for them",
            "Their steps are in proportion to the gradient, and 0.1 times 0.04 is little. But is it fair to give all the same "
            "rate? Look what happens when each has its best.",
            correct=True,
        ),
        Answer(
            "SGD alone: Momentum gathers speed along the floor",
            "The averaged form that is used here averages gradients and makes no step longer by itself. At the rate 0.1 it is no "
            "faster than SGD.",
        ),
    ],
    id="12-predict-race",
)

PREDICT_FIRST = Predict(
    "Both of Adam's averages start at 0, which is too small. Suppose that nobody corrects them. With β₁ = 0.9 and β₂ = 0.999, how "
    "large are the first steps?",
    [
        Answer(
            "Too small, since both averages are",
            "Both are, but one stands above the fraction line and one below, under a root. What counts is which of "
            "them is *more* too small.",
        ),
        Answer(
            "Too large, three to seven times",
            "The first average holds 0.1 g and the second 0.001 g², whose root is 0.032 g: the first step is 3.2 η, "
            "and the twelfth 6.6 η.",
            correct=True,
        ),
        Answer(
            "Right, since the errors cancel",
            "They would cancel if both averages filled up in the same way. Set β₁ and β₂ so that (1 − β₁)² = 1 − β₂, "
            "0.9 and 0.99, and the first step is right indeed, but not the second.",
        ),
    ],
    id="12-predict-first",
)

PREDICT_SCALE = Predict(
    "For 40 steps all gradients are 0.1. Then one of 1 comes, ten times as large, and then 0.1 again. What does RMSprop do at the "
    "large one?",
    [
        Answer(
            "It takes a smaller step: that is what it is for",
            "So it is often told. But it compares the gradient with those *before* it, and these were small. Smaller steps come "
            "afterwards.",
        ),
        Answer(
            "A step of the usual size: it divides the size out",
            "It would if it divided by this gradient's own size. It divides by the running size, in which this "
            "gradient counts only a tenth.",
        ),
        Answer(
            "A step three times as large as usual",
            "s rises from 0.01 to 0.9 · 0.01 + 0.1 · 1 = 0.109, and 1/√0.109 = 3.03. The steps after it are too small, "
            "until the large one is forgotten.",
            correct=True,
        ),
    ],
    id="12-predict-scale",
)

QUIZ = Quiz(
    [
        NumericQuestion(
            "RMSprop with ρ = 0.9 and η = 0.01. For one weight s = 4, and the gradient is 2 as it has been for long. "
            "By how much does the weight change? (ε is so small that it does not count.)",
            -0.01,
            "s stays 0.9 · 4 + 0.1 · 4 = 4, and the step is 0.01 · 2/√4 = 0.01, downwards.",
            [
                Near(
                    0.01,
                    "The size is right. The gradient is positive, so the loss rises with the weight, and the weight goes down.",
                ),
                Near(-0.02, "That is SGD's step, η g. Here it is divided by √s = 2."),
                Near(-0.005, "You divided by s = 4. It is divided by the root of it."),
            ],
            tolerance=0.0005,
            id="12-q-rmsprop",
        ),
        NumericQuestion(
            "The very first gradient that Adam sees for a weight is −250. With η = 0.001, β₁ = 0.9 and β₂ = 0.999, by "
            "how much does the weight change?",
            0.001,
            "After the correction m̂ = −250 and ŝ = 250², so the fraction is −1. The first step is η, whatever the gradient.",
            [
                Near(
                    -0.001,
                    "The size is right. The gradient is negative, so the loss falls as the weight grows, and the "
                    "weight goes up.",
                ),
                Near(0.25, "That is SGD's step. Adam divides by √ŝ, which is 250 here."),
                Near(0.0032, "That is what comes out without the correction: 0.1/√0.001 = 3.2 times η."),
                Near(0.0001, "You kept the factor 1 − β₁ = 0.1 in m. The correction divides it out again."),
            ],
            tolerance=0.00002,
            id="12-q-first",
        ),
        Question(
            "You multiply the loss by 1000 and change nothing else. What happens to a training with Adam?",
            [
                Answer(
                    "Practically nothing: the factor cancels",
                    "Every gradient is 1000 times as large, m̂ too, and so is √ŝ. Only ε counts a thousand times less.",
                    correct=True,
                ),
                Answer(
                    "The steps get 1000 times as large",
                    "So it is with SGD, where you would have to divide the learning rate by 1000.",
                ),
                Answer(
                    "The steps get 1000 times as small",
                    "You divided by s, which grows a million times. Under the root it grows a thousand times, as the "
                    "gradient does.",
                ),
            ],
            id="12-q-scale",
        ),
        Question(
            "A weight's gradient has been exactly 0 since the training began, as that of a dead ReLU unit. What does "
            "Adam do with it?",
            [
                Answer(
                    "It takes its largest steps there, since the gradient is smallest",
                    "Small gradients are scaled up, but 0 divided by anything is 0.",
                ),
                Answer(
                    "It stops with an error, since it divides 0 by 0",
                    "That is what ε prevents: 0 / (0 + ε) is 0.",
                ),
                Answer(
                    "Nothing: the fraction is 0 / (0 + ε), and the weight stays",
                    "Adaptive rates make up for small gradients. They cannot make a direction out of none.",
                    correct=True,
                ),
            ],
            id="12-q-zero",
        ),
        Question(
            "The gradients of a weight are 1, −1, 1, −1, … What are the steps in the long run, in units of η?",
            [
                Answer(
                    "About 1 for RMSprop and about 0.05 for Adam",
                    "Both divide by about 1. RMSprop has the gradient above the line, Adam the average, in which "
                    "neighbours cancel.",
                    correct=True,
                ),
                Answer(
                    "About 1 for both, since both divide by the same size",
                    "Below the line they agree. Above it RMSprop has the gradient itself and Adam an average of gradients.",
                ),
                Answer(
                    "About 0 for both, since the gradients cancel out",
                    "They cancel in an average of gradients. Squares do not cancel, and RMSprop averages nothing else.",
                ),
            ],
            id="12-q-zigzag",
        ),
        Question(
            "Why is the second average of Adam not the variance of the gradient, as it is sometimes called?",
            [
                Answer(
                    "It is an average of squares, and the mean has not been subtracted",
                    "A gradient that never changes has the variance 0, and its s is g². The right name is the second moment.",
                    correct=True,
                ),
                Answer(
                    "It is the variance, and after the root it is the standard deviation",
                    "Only where the mean gradient is 0. Take a gradient that never changes: no variance at all, and yet s = g².",
                ),
                Answer(
                    "It is corrected by 1 − β₂ᵗ, while a variance is not corrected",
                    "The correction makes up for the start at 0. It is another matter what is averaged.",
                ),
            ],
            id="12-q-variance",
        ),
        Question(
            "On a long valley Adam does well. You turn the valley by 45°, so that it runs across both weights. What changes?",
            [
                Answer(
                    "Nothing: a valley stays a valley, wherever it points",
                    "For SGD and Momentum that is so, for they turn with it. Adam scales each weight by itself.",
                ),
                Answer(
                    "Each weight is steep and flat at once: scaling does not help",
                    "Its best rate becomes another, and what is left of its lead is what its momentum gives.",
                    correct=True,
                ),
                Answer(
                    "It gets stuck, since it can only walk along the axes",
                    "It walks in any direction, as its path shows. What it cannot do is to scale in any direction.",
                ),
            ],
            id="12-q-turned",
        ),
        Question(
            "In a program ε = 10⁻⁸ stands inside the root, √(ŝ + ε). A weight has gradients of about 10⁻⁶. What "
            "becomes of its steps?",
            [
                Answer(
                    "They are nearly as before: 10⁻⁸ is tiny wherever it stands",
                    "Tiny beside what? Inside it stands beside ŝ = 10⁻¹², and that is ten thousand times smaller.",
                ),
                Answer(
                    "They are about a hundred times smaller",
                    "Inside, the root is about √10⁻⁸ = 10⁻⁴ and not 10⁻⁶. An ε inside the root counts as √ε outside.",
                    correct=True,
                ),
                Answer(
                    "They are about a hundred times larger",
                    "A larger number below the fraction line makes the fraction smaller.",
                ),
            ],
            id="12-q-eps",
        ),
        Question(
            "One example in a thousand has a gradient of −999, all others have +1 and a bit. You train with batches of one. Which "
            "optimizer feels the rare one at its full weight?",
            [
                Answer(
                    "SGD: its steps add up as the gradients do",
                    "999 small steps down and one large one up: in the mean it goes where the mean gradient points.",
                    correct=True,
                ),
                Answer(
                    "RMSprop: it answers to each gradient at once",
                    "It does, and divides it by its own size: one step of some 3 η against 999 of 1 η each. The rare example is "
                    "outvoted.",
                ),
                Answer(
                    "Adam: its second average remembers a thousand steps",
                    "Better than RMSprop's ten, and no longer than the way from one rare example to the next. With one in a "
                    "hundred it came to three quarters.",
                ),
            ],
            id="12-q-rare",
        ),
    ],
    id="12-quiz",
)
