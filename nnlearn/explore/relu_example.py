"""The explorers, predictions, twins and quiz of chapter 7, the second worked example: ReLU and cross-entropy."""

import numpy as np

from nnlearn import worked
from nnlearn.explore.controls import Choice, Range
from nnlearn.explore.explorer import Explorer
from nnlearn.explore.quiz import Answer, Predict, Question, Quiz
from nnlearn.explore.worked_steps import Chain, Nudge, gap, number
from nnlearn.plots import style
from nnlearn.plots.numbers import written

# ---- Explorers ---------------------------------------------------------------------------------------------------


def relu_steps(x, w, y, lr):
    """Return z, p, L = -y log p, ∂L/∂p, the slope, ∂L/∂z and ∂L/∂w, also where the example breaks down."""
    z = x * w
    if z > 0 and y == 1:
        example = worked.relu_example(x, w, y, lr)
        p, loss, d_p, slope, d_w = (example[step].right[0] for step in ("2b", "2c", "3a", "3b", "3c"))
        return z, p, loss, d_p, slope, d_p * slope, d_w
    p, slope = max(0.0, z), float(z > 0)
    if y == 0:
        return z, p, 0.0, 0.0, slope, 0.0, 0.0
    return z, p, np.inf, -np.inf, slope, 0.0, 0.0


class ReluSteps(Chain, Explorer):
    """All steps of the second example, with input, weight, label and learning rate to change."""

    title = "One learning step: ReLU and cross-entropy"
    x = Range(-1, 2, step=0.5, value=0.5, label="input x")
    w = Range(-1.8, 2.2, step=1, value=0.2, label="weight w")
    y = Choice({"1": 1.0, "0": 0.0}, value=1.0, label="label y")
    lr = Choice({"0.01": 0.01, "0.1": 0.1, "0.5": 0.5, "1": 1.0}, value=0.1, label="learning rate η")
    size = Chain.size

    activation, slope, at_z, step_z, step_p = "ReLU", "f′", "∂L/∂z", "", "3a"
    loss_names = {1.0: "−log p", 0.0: "0 · log p"}

    def update(self, x, w, y, lr):
        z, p, loss, d_p, slope, d_z, d_w = relu_steps(x, w, y, lr)
        new = self.show(x, w, y, lr, z, p, loss, d_p, slope, d_z, d_w)
        if y == 0:
            return (
                f"Label 0: −y log p is 0 whatever p is, here {number(p)}. Every gradient is 0, and from all examples of class 0 "
                f"this loss learns nothing; the weight stays at {written(w)} for η = {lr:g}."
            )
        if z <= 0:
            return (
                f"z = {number(z)} is not above 0: p = 0, the loss is infinite, and the ReLU's slope is 0. Nothing comes back, and "
                f"the weight stays at {written(w)} for any η, also for {lr:g}: the unit is dead."
            )
        if p > 1:
            return (
                f"p = {number(p)} is no probability: the loss, {number(loss)}, is below 0. The gradient {number(d_w)} pushes p "
                f"further up still: with η = {lr:g} the weight goes from {written(w)} to {number(new)}."
            )
        return (
            f"p = {number(p)}: loss {number(loss)}. Back: −1/p = {number(d_p)}, times the slope 1 and x = {written(x)} "
            f"gives {number(d_w)}, and with η = {lr:g} the weight goes from {written(w)} to {number(new)}, "
            f"p to {number(max(0, x * new))}."
        )


class ReluNudge(Nudge, Explorer):
    """Three claims about the slope of the loss at w = 0.2, and what two nudged weights say."""

    title = "A gradient check: −log of a ReLU"
    claim = Choice(["printed −0.45", "p − y = −0.9", "−1/p times x"], value="printed −0.45", label="claimed slope")
    h = Choice({"0.15": 0.15, "0.1": 0.1, "0.05": 0.05, "0.01": 0.01}, value=0.1, label="nudge h")
    size = Nudge.size

    reach, top = 0.6, 5.2

    def setup(self, figure):
        self.claims = {"printed −0.45": -0.45, "p − y = −0.9": -0.9, "−1/p times x": worked.relu_example()["3c"].right[0]}
        super().setup(figure)
        axes = figure.axes[0]
        axes.axvspan(-0.4, 0, facecolor=style.GRID, alpha=0.35, lw=0)
        axes.text(-0.2, 1.1, "w ≤ 0:\np = 0,\nthe loss\nis infinite", ha="center", va="center", color=style.INK)

    def curve(self, w):
        """Return the loss for an array of weights."""
        p = np.maximum(0, 0.5 * w)
        return -np.log(p, out=np.full_like(p, -np.inf), where=p > 0)


# ---- Predictions -------------------------------------------------------------------------------------------------

PREDICT_ABOVE = Predict(
    "With x = 2 and w = 1.2 the ReLU gives p = 2.4. The label is 1. What will the loss −log p be?",
    [
        Answer(
            "0, for p is more than large enough.",
            "A loss of 0 would be the perfect answer, and the formula does not stop there: log 2.4 is above 0. Set x to 2 and w "
            "to 1.2.",
        ),
        Answer(
            "Large, for 2.4 is far from the label.",
            "The squared error would see that distance. −log p does not: it falls and falls as p grows. Set x to 2 and w to 1.2.",
        ),
        Answer(
            "Below 0, a negative loss.",
            "−log 2.4 = −0.875. The logarithm was made for probabilities, and 2.4 is none. Go on and make w larger: the loss has "
            "no lowest value.",
            correct=True,
        ),
    ],
    id="07-predict-above",
)

PREDICT_NUDGE = Predict(
    "The document's gradient is −0.45. By how much is it off?",
    [
        Answer(
            "By a few hundredths, a slip in rounding.",
            "A slip in rounding does not change a method, and here the method is another one. Look at how steep the curve is at "
            "w = 0.2.",
        ),
        Answer(
            "It is eleven times too small.",
            "The slope is −5: −1/p is −10, times the input 0.5. The curve is that steep because p is as small as 0.1.",
            correct=True,
        ),
        Answer(
            "It is about twice too small.",
            "Twice was example 1. There a factor σ′ came in; here p − y stands in the place of −1/p, and at p = 0.1 these are far "
            "apart.",
        ),
    ],
    id="07-predict-nudge",
)

# ---- The faded twins ---------------------------------------------------------------------------------------------


def _two_gaps(x=2.0, w=0.3, lr=0.05):
    example = worked.relu_example(x, w, 1.0, lr)
    p, d_p, d_w = (example[step].right[0] for step in ("2b", "3a", "3c"))
    return Quiz(
        [
            gap(
                "07-twin-3a", "Twin with two gaps. Step 3a: what is the gradient at the output p?", d_p,
                "−1/p, the slope of −log p, at p = 0.6.",
                [
                    (p - 1, "That is p − y. It is the gradient at z behind a sigmoid; here it is the document's slip."),
                    (-d_p, "The sign: −log p falls as p grows, so its slope is negative."),
                    (np.log(p), "That is log p, the loss with the other sign. Its slope is asked: −1/p."),
                    (-p, "That is −p. The slope of −log p is −1/p."),
                ],
            ),
            gap(
                "07-twin-3c", "Twin with two gaps. Step 3c: what is the weight's gradient?", d_w,
                "−1/p times the slope 1 times the input 2.",
                [
                    (d_p, "That is the gradient at the output. The input is missing: z = x w has the slope x."),
                    ((p - 1) * x, "That is (p − y) x, the document's way. It belongs to ½(p − y)²."),
                    (d_p * w, "You multiplied by the weight. The weight's gradient has the factor x."),
                    (-d_w, "The size is right. A larger weight makes p larger and the loss smaller, so it is negative."),
                ],
            ),
        ],
        id="07-twin-two",
    )  # fmt: skip


def _all_gaps(x=-2.0, w=-0.4, lr=0.05):
    example = worked.relu_example(x, w, 1.0, lr)
    p, loss, d_p, slope, d_w, new = (example[step].right[0] for step in ("2b", "2c", "3a", "3b", "3c", "3d"))
    return Quiz(
        [
            gap(
                "07-twin-all-2b", "2a and 2b. What is p?", p, "z = −2 × −0.4 = 0.8 is positive, so the ReLU keeps it.",
                [
                    (0, "The weight is negative, but z is what counts: minus times minus is plus."),
                    (1 / (1 + np.exp(-p)), "That is σ(0.8). The activation is a ReLU here."),
                    (-p, "A ReLU never gives a negative number. And −2 × −0.4 is +0.8."),
                ],
            ),
            gap(
                "07-twin-all-2c", "2c. What is the loss?", loss, "−log 0.8, with the natural logarithm.",
                [
                    (-loss, "That is log 0.8. The minus in front makes the loss of a p below 1 positive."),
                    (-np.log10(p), "That is the logarithm to the base 10. Cross-entropy uses the natural one."),
                    ((1 - p) ** 2 / 2, "That is ½(p − y)², the squared error."),
                ],
            ),
            gap(
                "07-twin-all-3a", "3a. What is the gradient at the output p?", d_p, "−1/0.8. Nothing cancels behind a ReLU.",
                [
                    (p - 1, "That is p − y, the document's slip. It is right behind a sigmoid, and for ½(p − y)²."),
                    (1 / p, "The sign is missing: −log p falls as p grows."),
                    (-p, "That is −p. The slope of −log p is −1/p."),
                ],
            ),
            gap(
                "07-twin-all-3b", "3b. What is the slope of the ReLU?", slope,
                "z = 0.8 is above 0, where the ReLU rises as z does.",
                [
                    (0, "That is the slope for z below 0. Here z = 0.8."),
                    (p, "That is the value. The slope of max(0, z) above 0 is 1, however large z is."),
                    (p * (1 - p), "That is p (1 − p), the slope of a sigmoid."),
                ],
            ),
            gap(
                "07-twin-all-3c", "3c. What is the weight's gradient?", d_w,
                "−1.25 × 1 × −2. Here a larger weight makes z smaller.",
                [
                    (-d_w, "The size is right. The input is negative, and minus times minus is plus."),
                    ((p - 1) * x, "That is (p − y) x. The gradient at the output is −1/p, not p − y."),
                    (d_p, "The input is missing: multiply by −2."),
                ],
            ),
            gap(
                "07-twin-all-3d", "3d. What is the new weight?", new,
                "−0.4 − 0.05 × 2.5. And now p = −2 × −0.525 = 1.05: one small step, and the 'probability' is above 1.",
                [
                    (w + lr * d_w, "You went uphill: the update subtracts."),
                    (w - d_w, "The learning rate is missing: the step is η times the gradient."),
                    (w - lr * (p - 1) * x, "That is the step with p − y in the place of −1/p. It is too short."),
                ],
            ),
            gap(
                "07-twin-all-dead", "Once more with w = 0.4 in place of −0.4. What does the ReLU let through to the weight?", 0.0,
                "z = −0.8, so the slope is 0. The loss is infinite, the worst there is, and the weight learns nothing.",
                [
                    (2.5, "That would be so for z = +0.8. Now z is −0.8, and the slope of the ReLU is 0."),
                    (2.0, "That is −1 × −2, as if p were 0 and p − y came through. The slope 0 stops it."),
                ],
            ),
        ],
        id="07-twin-all",
    )  # fmt: skip


TWIN_TWO_GAPS = _two_gaps()
TWIN_ALL_GAPS = _all_gaps()

# ---- The quiz at the end -----------------------------------------------------------------------------------------

QUIZ = Quiz(
    [
        Question(
            "Why is the output of a ReLU no probability?",
            [
                Answer(
                    "It can be 0, and it can be above 1",
                    "At 0 the loss −log p is infinite, above 1 it is negative. A sigmoid stays strictly between 0 and 1.",
                    correct=True,
                ),
                Answer(
                    "It is not random, as a probability would have to be",
                    "A probability is a number between 0 and 1, and no random number. The sigmoid's output is not random either.",
                ),
                Answer(
                    "It has a corner, where no derivative exists",
                    "The corner is no trouble in practice. What is wrong here is the range of the values.",
                ),
            ],
            id="07-q-probability",
        ),
        Question(
            "Behind a sigmoid, −1/p turns into p − y. Why not behind a ReLU?",
            [
                Answer(
                    "The ReLU's slope is 1, so there is nothing to cancel −1/p",
                    "The sigmoid's slope p (1 − p) has the factor p that cancels. The ReLU's slope has none.",
                    correct=True,
                ),
                Answer(
                    "The ReLU's slope is 0, so that nothing at all is left of it",
                    "For z below 0 that is so. In the example z is 0.1 and the slope is 1, and the gradient is still not p − y.",
                ),
                Answer(
                    "It does too, but the label must be 0 and not 1",
                    "For the label 0 this loss is 0 for every p, and so is its gradient. p − y does not come out.",
                ),
            ],
            id="07-q-cancel",
        ),
        Question(
            "The document's −0.45 is a right gradient of something. Of what?",
            [
                Answer(
                    "Of cross-entropy behind a sigmoid, for the same numbers",
                    "There p is 0.525, so (p − y) x is −0.2375. −0.45 needs p = 0.1, the ReLU's output.",
                ),
                Answer(
                    "Of ½(p − y)² behind the ReLU, for the same numbers",
                    "Its slope at p is p − y = −0.9, times 1, times 0.5. So the step is a right step, for another loss.",
                    correct=True,
                ),
                Answer(
                    "Of the absolute error |p − y| behind the ReLU",
                    "Its slope at p is −1, so the weight's gradient would be −0.5.",
                ),
            ],
            id="07-q-other-loss",
        ),
        Question(
            "A ReLU output unit has z below 0 for an example of class 1. What does training do to it, from this example?",
            [
                Answer(
                    "It pulls hard, because the loss is infinite",
                    "The loss is, and the pull would be. But on its way to the weight it meets the slope 0.",
                ),
                Answer(
                    "It pulls with p − y = −1, because p is 0",
                    "That is what the formula from the sigmoid would do. The true gradient has the ReLU's slope in it, and that "
                    "is 0.",
                ),
                Answer(
                    "Nothing: the slope is 0, the unit is dead",
                    "It is as wrong as can be and gets no correction. A sigmoid with the same z would get p − y, near −1.",
                    correct=True,
                ),
            ],
            id="07-q-dead",
        ),
        Question(
            "Your network has ReLUs in its hidden layers and has to say spam or not. Which output goes with that?",
            [
                Answer(
                    "A ReLU, to match the layers before it",
                    "Layers need not match. The output has to be what the loss takes it for, and a ReLU is no probability.",
                ),
                Answer(
                    "A sigmoid, with cross-entropy on its logit",
                    "The ReLUs do their work inside, the sigmoid makes a probability of the last z, and the gradient there is p "
                    "− y.",
                    correct=True,
                ),
                Answer(
                    "None, with cross-entropy on the raw number",
                    "A raw number can be below 0, where the logarithm has no value. A loss *on the logit* applies the sigmoid "
                    "itself.",
                ),
            ],
            id="07-q-instead",
        ),
        Question(
            "You train p = ReLU(z) with −log p on examples of class 1 and −y log p on the others, for long. Where does it end?",
            [
                Answer(
                    "At p = 1 for class 1 and at p = 0 for class 0",
                    "Nothing stops p at 1, and nothing pushes it down for class 0: for the label 0 the loss is 0 whatever p is.",
                ),
                Answer(
                    "At p = 0 for both classes, all units dead",
                    "Examples with z below 0 are stuck there, but those with z above 0 are pushed up, and never down.",
                ),
                Answer(
                    "It does not end: the loss falls without limit",
                    "−log p has no lowest value when p may be anything. That a loss falls below 0 is a sign to stop and look.",
                    correct=True,
                ),
            ],
            id="07-q-without-limit",
        ),
    ],
    id="07-quiz",
)
