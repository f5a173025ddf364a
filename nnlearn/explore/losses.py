"""The explorers, predictions and quiz of chapter 4, Measuring the error."""

import numpy as np

import nnlearn
from nnlearn.explore.controls import Choice, Range
from nnlearn.explore.explorer import Explorer
from nnlearn.explore.quiz import Answer, Near, NumericQuestion, Predict, Question, Quiz
from nnlearn.plots import style
from nnlearn.plots.numbers import written

FOUR = np.array([1.0, 2.0, 3.0, 4.0])


def _small(value):
    """Write a number with three digits; a very small one as such, and not with a power of ten."""
    if 0 < abs(value) < 0.0005:
        return "nearly 0"
    return written(value, ".3g")


class OutlierExplorer(Explorer):
    """Five numbers, one of them moved far away, and one prediction for all: what each loss says."""

    title = "One prediction for five numbers"
    far = Range(0, 20, step=2, value=10, label="fifth number")
    guess = Range(0, 10, step=0.5, value=2, label="prediction ŷ")
    size = (5.0, 4.2)

    def setup(self, figure):
        self.grid = np.linspace(0, 10, 201)
        numbers, squared, absolute = figure.subplots(3, 1, height_ratios=[1.2, 2, 2])
        numbers.set(xlim=(-0.8, 20.8), ylim=(-1, 1.9))
        numbers.set_yticks([])
        numbers.set_xticks(range(0, 21, 5))
        numbers.spines["left"].set_visible(False)
        numbers.plot(FOUR, np.zeros(4), "o", color=style.INK)
        for axes, top, name in ((squared, 70, "squared error (MSE)"), (absolute, 8, "absolute error (MAE)")):
            axes.set(xlim=(0, 10), ylim=(0, top))
            axes.text(0.5, 0.97, name, transform=axes.transAxes, ha="center", va="top", color=style.FORWARD)
        squared.tick_params(labelbottom=False)
        absolute.set_xlabel("prediction ŷ")
        moving = {"animated": True}
        (self.fifth,) = numbers.plot([], [], "o", ms=9, color=style.BACKWARD, **moving)
        self.means = numbers.text(0, 1.0, "", color=style.FORWARD, ha="center", va="bottom", **moving)
        (self.mean_mark,) = numbers.plot([], [], "v", color=style.FORWARD, **moving)
        (self.median_mark,) = numbers.plot([], [], "^", color=style.WEIGHTS, **moving)
        self.medians = numbers.text(0, -0.9, "", color=style.WEIGHTS, ha="center", va="bottom", **moving)
        self.curves, self.points, self.lowest = [], [], []
        for axes, mark, color in ((squared, "v", style.FORWARD), (absolute, "^", style.WEIGHTS)):
            self.curves += axes.plot([], [], color=style.FORWARD, **moving)
            self.lowest += axes.plot([], [], mark, ms=8, color=color, **moving)
            self.points += axes.plot([], [], "o", ms=8, mfc="white", mew=2, mec=style.INK, **moving)

    def update(self, far, guess):
        y = np.append(FOUR, far)
        mean, median = float(y.mean()), float(np.median(y))
        self.fifth.set_data([far], [0])
        self.mean_mark.set_data([mean], [0.7])
        self.median_mark.set_data([median], [-0.7])
        self.means.set_position((mean, 1.0))
        self.means.set_text(f"mean {mean:g}")
        self.medians.set_position((median + 1.8, -1.0))
        self.medians.set_text(f"median {median:g}")
        away = self.grid[:, None] - y
        losses = ((away**2).mean(axis=1), np.abs(away).mean(axis=1))
        here = (float(((guess - y) ** 2).mean()), float(np.abs(guess - y).mean()))
        for curve, loss, point, value, lowest, at in zip(
            self.curves, losses, self.points, here, self.lowest, (mean, median), strict=True
        ):
            curve.set_data(self.grid, loss)
            point.set_data([guess], [value])
            lowest.set_data([at], [np.interp(at, self.grid, loss)])
        return (
            f"With the fifth number at {far:g}, MSE is lowest at the mean, {mean:g}, and MAE at the median, {median:g}. "
            f"The prediction {guess:g} costs {here[0]:.3g} and {here[1]:.3g}."
        )


class ConfidenceExplorer(Explorer):
    """Loss and gradient of one sigmoid output, for three losses, as its logit moves."""

    title = "What being sure costs"
    label = Choice({"1": 1, "0": 0}, value=1, label="label y")
    z = Range(-6, 6, step=0.5, value=-3, label="logit z")
    size = (5.0, 4.6)

    def setup(self, figure):
        self.grid = np.linspace(-6, 6, 121)
        above, below = figure.subplots(2, 1, sharex=True)
        above.set(xlim=(-6.2, 6.2), ylim=(-0.3, 6.6), ylabel="loss")
        below.set(ylim=(-1.15, 1.15), ylabel="slope at z", xlabel="logit z")
        below.axhline(0, color=style.GRID, lw=1, zorder=0)
        names = (
            ("cross-entropy", style.FORWARD, "-"),
            ("squared error", style.BACKWARD, "--"),
            ("the printed form", style.OTHER, ":"),
        )
        for k, (name, color, _) in enumerate(names):
            above.text(
                0.36,
                0.97 - 0.1 * k,
                name,
                transform=above.transAxes,
                color=color,
                va="top",
            )
        marks = ("o", "s", "^")
        self.curves, self.points = [], []
        for axes in (above, below):
            for (_, color, dashes), mark in zip(names, marks, strict=True):
                self.curves += axes.plot([], [], dashes, color=color, animated=True)
                self.points += axes.plot([], [], mark, color=color, ms=7, animated=True)
        for k, (mark, (_, color, _)) in enumerate(zip(marks, names, strict=True)):
            above.plot([0.33], [0.935 - 0.1 * k], mark, color=color, ms=5, transform=above.transAxes)

    @staticmethod
    def losses(z, y):
        """Return the three losses of the logit z, then their three slopes."""
        p = nnlearn.sigmoid(z)
        right = np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))
        printed = np.maximum(-z, 0) + np.log1p(np.exp(-np.abs(z)))  # -log p
        return (right, (p - y) ** 2, y * printed, p - y, 2 * (p - y) * p * (1 - p), y * (p - 1))

    def update(self, label, z):
        for curve, values in zip(self.curves, self.losses(self.grid, label), strict=True):
            curve.set_data(self.grid, values)
        here = [float(value) + 0.0 for value in self.losses(z, label)]
        for point, value in zip(self.points, here, strict=True):
            point.set_data([z], [value])
        p = float(nnlearn.sigmoid(z))
        said = (
            f"y = {label}, p = {_small(p)}: cross-entropy {_small(here[0])} with slope {_small(here[3])}, "
            f"squared error {_small(here[1])} with {_small(here[4])}"
        )
        return f"{said}, the printed form {_small(here[2])} with {_small(here[5])}."


class PlainExplorer(Explorer):
    """The gradient at the true class's logit, which trails by a gap: the plain way against the fused one."""

    title = "Where the plain way breaks"
    width = Choice({"32 bits": np.float32, "64 bits": np.float64}, value=np.float32, label="numbers of")
    gap = Range(0, 800, step=20, value=40, label="gap")
    size = (5.0, 2.9)

    def setup(self, figure):
        self.gaps = np.arange(0, 801, 1.0)
        axes = figure.subplots()
        axes.set(xlim=(-10, 810), ylim=(-0.08, 1.18), xlabel="how far the true class's logit trails", ylabel="size of the gradient")
        axes.text(0.99, 0.98, "● fused, on logits", color=style.FORWARD, transform=axes.transAxes, ha="right", va="top")
        axes.text(
            0.99,
            0.14,
            "■ plain, softmax and then the logarithm",
            color=style.BACKWARD,
            transform=axes.transAxes,
            ha="right",
            va="top",
        )
        moving = {"animated": True}
        (self.fused,) = axes.plot([], [], color=style.FORWARD, **moving)
        (self.plain,) = axes.plot([], [], "--", color=style.BACKWARD, **moving)
        (self.fused_point,) = axes.plot([], [], "o", color=style.FORWARD, ms=7, **moving)
        (self.plain_point,) = axes.plot([], [], "s", color=style.BACKWARD, ms=7, **moving)

    @staticmethod
    def gradients(gaps, width):
        """Return the sizes of the two gradients at the true class's logit."""
        z = np.stack([-np.asarray(gaps, float), np.zeros(len(gaps))], axis=-1).astype(width)
        y = np.zeros_like(z)
        y[:, 0] = 1
        p = nnlearn.softmax(z)
        plain, _ = nnlearn.Softmax().backward(z, p, nnlearn.CrossEntropy().gradient(p, y))
        fused = nnlearn.SoftmaxCrossEntropy().gradient(z, y)
        return np.abs(plain[:, 0]) * len(z), np.abs(fused[:, 0]) * len(z)

    def update(self, width, gap):
        curves = self.gradients(self.gaps, width)
        at = int(gap)
        for line, point, sizes in zip((self.plain, self.fused), (self.plain_point, self.fused_point), curves, strict=True):
            line.set_data(self.gaps[::4], sizes[::4])
            point.set_data([gap], [sizes[at]])
        plain, fused = (float(sizes[at]) for sizes in curves)
        bits = 32 if width is np.float32 else 64
        end = "the plain one has died, though the network is as wrong as can be" if plain < 0.01 < fused else "the two agree"
        return (
            f"In {bits} bits, with the true class {gap:g} behind, the gradient is {_small(fused)} fused "
            f"and {_small(plain)} plain: {end}."
        )


# ---- Questions ---------------------------------------------------------------------------------------------------

PREDICT_OUTLIER = Predict(
    "One prediction has to serve the numbers 1, 2, 3, 4 and a fifth one. The fifth moves from 10 to 20. What happens to "
    "the best prediction?",
    [
        Answer(
            "For both losses it follows the fifth number",
            "For the absolute error only *which side* a number lies on counts. The fifth is above the middle at 10 and at 20.",
        ),
        Answer(
            "It moves for the squared error, and stays for the absolute error",
            "The best constant for the squared error is the mean, which moves by 10/5 = 2. For the absolute error it is the "
            "median, the number in the middle, and that is 3 in both cases.",
            correct=True,
        ),
        Answer(
            "It stays for both, since four of five numbers have not moved",
            "That is true of the median. A mean feels every number, and the further away the more.",
        ),
    ],
    id="04-p-outlier",
)

PREDICT_SURE = Predict(
    "A network is sure, and wrong: the label is 1, and its logit is −6, so p = 0.002. Which loss tells it more loudly to change?",
    [
        Answer(
            "The squared error, since squares grow fast",
            "The square of an error of at most 1 is at most 1. And behind a sigmoid its slope is multiplied by p (1 − "
            "p), which is tiny here.",
        ),
        Answer(
            "Both about equally, since both are far from 0",
            "The sizes of the losses do not count for learning, their slopes do. Look at the lower picture.",
        ),
        Answer(
            "Cross-entropy, by far",
            "Its slope at the logit is p − y, almost −1. That of the squared error is 2 (p − y) p (1 − p), about −0.005.",
            correct=True,
        ),
    ],
    id="04-p-sure",
)

PREDICT_PLAIN = Predict(
    "A classifier computes probabilities first and takes their logarithm afterwards, in 32 bits. The true class's logit "
    "trails by 200. What gradient does it get?",
    [
        Answer(
            "About 1, as it should be, since the formula is right",
            "The formula is right on paper. In 32 bits e to the power of −200 is 0, and what is multiplied by 0 stays 0.",
        ),
        Answer(
            "An error message, since numbers overflow",
            "Nothing overflows, because the softmax subtracts the largest logit. The probability underflows to 0, silently.",
        ),
        Answer(
            "0: the network is told that all is well",
            "The probability of the true class underflows to 0, and the softmax's slope p (1 − p) with it. Nothing warns you.",
            correct=True,
        ),
    ],
    id="04-p-plain",
)

QUIZ = Quiz(
    [
        NumericQuestion(
            "The predictions are 2 and 5, the right numbers 3 and 2. What is the mean squared error?",
            5,
            "The errors are −1 and 3, their squares 1 and 9, and the mean of these is 5.",
            [
                Near(10, "That is the sum of the squares. Divide by the number of examples."),
                Near(2, "That is the mean absolute error: (1 + 3) / 2."),
                Near(1, "You squared the mean of the errors, in which they partly cancel. Square each one first."),
            ],
            tolerance=0.01,
            id="04-q-mse",
        ),
        Question(
            "Prices are predicted, and a few in the data are typing errors with three zeros too many. Which loss suffers less?",
            [
                Answer(
                    "Mean squared error", "An error of a million counts as a million squared, and pulls the whole fit towards it."
                ),
                Answer(
                    "Mean absolute error",
                    "Its slope does not grow with the error, so a wrong price pulls no harder than any other.",
                    correct=True,
                ),
                Answer("Cross-entropy", "It is for probabilities. A price is none."),
            ],
            id="04-q-outlier",
        ),
        Question(
            "Where has the mean absolute error no derivative?",
            [
                Answer(
                    "Nowhere, because it is made of straight lines",
                    "The lines meet in a corner, and there the slope jumps from −1 to 1.",
                ),
                Answer(
                    "Where an error is exactly 0",
                    "There |ŷ − y| has its corner. This book takes the slope 0 there, which is a convention.",
                    correct=True,
                ),
                Answer(
                    "Where an error is very large",
                    "There it is a straight line with the slope 1 or −1. Far away nothing special happens.",
                ),
            ],
            id="04-q-kink",
        ),
        NumericQuestion(
            "A network gives the true class the probability 0.25. What is its cross-entropy?",
            1.386,
            "Minus the logarithm of 0.25 is the logarithm of 4, which is 1.386.",
            [
                Near(0.602, "That is the logarithm to base 10. The losses here use the natural one."),
                Near(2, "That is the logarithm to base 2, which gives bits. The losses here use the natural one."),
                Near(0.288, "That is −log 0.75, the cost if the *other* class were true."),
                Near(0.75, "That is 1 − p. Cross-entropy is −log p, which grows without end as p goes to 0."),
            ],
            tolerance=0.01,
            id="04-q-ce",
        ),
        Question(
            "A single sigmoid output has −y log p alone as its loss, as printed, on e-mails of which half are spam (y = "
            "1). What does this loss ask it to do?",
            [
                Answer(
                    "To say spam to everything",
                    "Only spam costs anything, and it costs least at p = 1. No example ever asks for a smaller p.",
                    correct=True,
                ),
                Answer(
                    "To tell the two apart, only more slowly",
                    "For y = 0 both the loss and its gradient are 0, so these e-mails teach it nothing at all.",
                ),
                Answer(
                    "To say 0.5 to everything", "That would cost log 2 for every spam, and going up costs nothing for the others."
                ),
            ],
            id="04-q-printed",
        ),
        Question(
            "What is the gradient of softmax with cross-entropy at the logits, for one example?",
            [
                Answer(
                    "p − y",
                    "What the network says minus what is right. The softmax's own derivative is in it already.",
                    correct=True,
                ),
                Answer("(p − y) p (1 − p)", "There the softmax's slope is counted a second time."),
                Answer("−y / p", "That is the gradient at the probabilities, before it has passed the softmax."),
                Answer(
                    "y − p",
                    "The sign is turned round: for the true class p − y is negative, so that going against it raises its logit.",
                ),
            ],
            id="04-q-logits",
        ),
        Question(
            "`loss` is the mean over a batch of 10 examples with 3 classes. By what is the sum of all −y log p divided?",
            [
                Answer("By 10", "Cross-entropy adds up over the classes and takes the mean over the examples.", correct=True),
                Answer(
                    "By 3", "The classes belong to one example and are added up. Of their terms only the true class's is not 0."
                ),
                Answer("By 30", "That would be the mean over all entries, a third of the right loss."),
                Answer("By 13", "Examples and classes are two axes of a table, with 30 entries and no 13 of anything."),
            ],
            id="04-q-mean",
        ),
        Question(
            "Why does a program compute cross-entropy from logits and not from probabilities?",
            [
                Answer("It needs one function call less", "The point is not speed. Try a logit of 1000 both ways."),
                Answer(
                    "A probability can round to 0 or 1, and what it was is lost",
                    "From the logit z the loss of y = 1 is log(1 + e^(−z)), which needs no p that is nearly 0.",
                    correct=True,
                ),
                Answer(
                    "Logits are between 0 and 1 and so are easier to handle",
                    "Logits can be any numbers. Probabilities are between 0 and 1.",
                ),
            ],
            id="04-q-fused",
        ),
    ],
    id="04-quiz",
)
