"""The explorers, predictions, twins and quiz of chapter 8, the third worked example: softmax and cross-entropy."""

import numpy as np

import nnlearn
from nnlearn import worked
from nnlearn.explore.controls import Choice, Range
from nnlearn.explore.explorer import Explorer
from nnlearn.explore.quiz import Answer, Predict, Question, Quiz
from nnlearn.explore.worked_steps import (
    COLUMNS,
    HALF_HEIGHT,
    HALF_WIDTH,
    Nudge,
    across,
    arrow,
    between,
    box,
    canvas,
    gap,
    moving_text,
    number,
    words,
)
from nnlearn.plots import style
from nnlearn.plots.numbers import written

# ---- Explorers ---------------------------------------------------------------------------------------------------


class SoftmaxSteps(Explorer):
    """All steps of the third example; input, weight, label and learning rate can be changed, class 1 keeps its numbers."""

    title = "One learning step: softmax and cross-entropy"
    x2 = Range(0, 3, step=0.5, value=2, label="input x₂")
    w2 = Range(-1.2, 0.8, step=0.5, value=-0.2, label="weight w₂")
    label = Choice({"class 1": 0, "class 2": 1}, value=1, label="label")
    lr = Choice({"0.1": 0.1, "0.5": 0.5, "1": 1.0, "2": 2.0}, value=0.1, label="learning rate η")
    size = (5.0, 5.0)

    x1, w1 = 1.0, 0.3
    forward, back, loss_row = (8.35, 4.35), (6.4, 2.4), 6.4

    def setup(self, figure):
        axes = canvas(figure, 10.0)
        blue, red, green = style.FORWARD, style.BACKWARD, style.WEIGHTS
        self.values, self.weights, self.gradients, self.inputs = [], [], [], []
        for k, (row, below) in enumerate(zip(self.forward, self.back, strict=True)):
            sub = "₁₂"[k]
            steps = ("", "2a", "2b") if k == 0 else ("", "", "")
            names = (f"input x{sub}", f"z{sub}", f"p{sub}")
            self.values.append([box(axes, x, row, n, blue, s) for x, n, s in zip(COLUMNS, names, steps, strict=False)])
            across(axes, row, 0, 1, blue)
            words(axes, between(0), row + 0.5, f"× w{sub}", green)
            self.weights.append(moving_text(axes, between(0), row - 0.42, green))
            steps = ("b1b", "b1a") if k == 0 else ("", "")
            names = (f"∂L/∂w{sub}", f"p{sub} − y{sub}")
            self.gradients.append([box(axes, x, below, n, red, s) for x, n, s in zip(COLUMNS, names, steps, strict=False)])
            across(axes, below, 0, 1, red, back=True)
            words(axes, between(0), below + 0.5, f"× x{sub}")
            self.inputs.append(moving_text(axes, between(0), below - 0.42, style.INK))
            for other in self.forward:  # each z goes into every p
                arrow(axes, (COLUMNS[1] + HALF_WIDTH + 0.06, row), (COLUMNS[2] - HALF_WIDTH - 0.06, other), blue)
        words(axes, between(1), self.forward[0] + 1.15, "softmax")
        self.loss = box(axes, COLUMNS[3], self.loss_row, "loss L", blue, "2c")
        for row, side in zip(self.forward, (1, -1), strict=True):
            tip = (COLUMNS[3] + (0.4 if side > 0 else 0), self.loss_row + side * (HALF_HEIGHT + 0.06))
            arrow(axes, (COLUMNS[2] + HALF_WIDTH + 0.06, row), tip, blue)
        self.truth = moving_text(axes, COLUMNS[3] + HALF_WIDTH, self.forward[0] + 1.15, style.INK, ha="right")
        right = COLUMNS[1] + HALF_WIDTH + 0.06
        arrow(axes, (COLUMNS[3] - HALF_WIDTH - 0.06, self.loss_row), (right, self.back[0]), red, dashed=True)
        down = COLUMNS[3] + 0.3
        axes.plot([down, down], [self.loss_row - HALF_HEIGHT - 0.06, self.back[1]], color=red, lw=1.5, ls=(0, (3, 2)))
        arrow(axes, (down, self.back[1]), (right, self.back[1]), red, dashed=True)
        axes.plot([0.1, 9.9], [1.45, 1.45], color=style.GRID, lw=1)
        words(axes, 0.1, 1.0, "b1c", green, ha="left")
        self.new = [moving_text(axes, 1.1, y, green, ha="left") for y in (1.0, 0.35)]

    def update(self, x2, w2, label, lr):
        y = (1.0, 0.0) if label == 0 else (0.0, 1.0)
        x, w = (self.x1, x2), (self.w1, w2)
        example = worked.softmax_example(x, w, y, lr)
        z, p, (loss,), d_z, d_w, new = (example[step].right for step in ("2a", "2b", "2c", "b1a", "b1b", "b1c"))
        for k in range(2):
            for text, value in zip(self.values[k], (written(x[k]), number(z[k]), number(p[k])), strict=True):
                text.set_text(value)
            self.weights[k].set_text(written(w[k]))
            self.inputs[k].set_text(written(x[k]))
            for text, value in zip(self.gradients[k], (d_w[k], d_z[k]), strict=True):
                text.set_text(number(value))
            step = number(d_w[k]) if d_w[k] >= 0 else f"({number(d_w[k])})"
            self.new[k].set_text(f"new w{'₁₂'[k]} = {written(w[k])} − {written(lr)} × {step} = {number(new[k])}")
        self.loss.set_text(number(loss))
        self.truth.set_text(f"label: class {label + 1}")
        return (
            f"p = {number(p[0])} and {number(p[1])}; class {label + 1} is true, loss {number(loss)}. Back: p − y = "
            f"{number(d_z[0])} and {number(d_z[1])}, times the inputs {number(d_w[0])} and {number(d_w[1])}. "
            f"New weights for η = {lr:g}: {number(new[0])} and {number(new[1])}."
        )


class SoftmaxNudge(Nudge, Explorer):
    """Three claims about the slope of the loss in w₂, and what two nudged weights say."""

    title = "A gradient check of the second weight"
    claim = Choice(
        ["printed −1.29", "input left out −0.668", "(p₂ − 1) x₂"], value="printed −1.29", label="claimed slope"
    )  # fmt: skip
    h = Choice({"1": 1.0, "0.5": 0.5, "0.1": 0.1, "0.01": 0.01}, value=0.1, label="nudge h")
    size = Nudge.size

    weight, reach, top, axis_name = -0.2, 1.2, 3.6, "weight w₂"

    def setup(self, figure):
        example = worked.softmax_example()
        self.claims = {
            "printed −1.29": -1.29,
            "input left out −0.668": example["b1a"].right[1],
            "(p₂ − 1) x₂": example["b1b"].right[1],
        }
        super().setup(figure)

    def curve(self, w):
        """Return the loss for an array of weights w₂."""
        logits = np.stack([np.full_like(w, 0.3), 2 * w], axis=-1)
        return -nnlearn.log_softmax(logits)[..., 1]


# ---- Predictions -------------------------------------------------------------------------------------------------

PREDICT_OTHER = Predict(
    "Move w₂ from −0.2 up to 0.3 and touch nothing of class 1. What happens to the gradient of w₁, which is 0.668?",
    [
        Answer(
            "It becomes smaller.",
            "z₂ goes up, so p₂ goes up and p₁ goes down, for they sum to 1. p₁ − 0 is the gradient at z₁: 0.426.",
            correct=True,
        ),
        Answer(
            "It stays, for z₁ has not changed.",
            "Its z stays, its p does not: the exponentials are divided by their sum, and the other one is in that sum. Move w₂ and "
            "look at p₁.",
        ),
        Answer(
            "It grows, as class 2 grows.",
            "What class 2 gains, class 1 loses. And the gradient at z₁ is p₁ itself, because class 1 is not the true one.",
        ),
    ],
    id="08-predict-other",
)

PREDICT_NUDGE = Predict(
    "The document's method is right here, and only its exponentials are not. Its gradient for w₂ is −1.29. Will a check find that?",
    [
        Answer(
            "No, for a right method passes a check.",
            "A check compares numbers, and knows no methods. Choose −1.29 below with a small nudge and read the sentence.",
        ),
        Answer(
            "Only with a large nudge, as it is off by little.",
            "A large nudge is the poorer measure: the loss is bent, and the chord's own error hides what you look for. Make h "
            "small.",
        ),
        Answer(
            "Yes: it is off by 3.5 %, far more than rounding.",
            "The picture hardly shows it, the number does. A difference of a few per cent is never rounding in a check; there is a "
            "reason to be found.",
            correct=True,
        ),
    ],
    id="08-predict-nudge",
)

# ---- The faded twins ---------------------------------------------------------------------------------------------


def _two_gaps(x=(0.5, -1.0), w=(0.8, -0.6), y=(1.0, 0.0), lr=0.5):
    example = worked.softmax_example(x, w, y, lr)
    z, p, (loss,), d_w = (example[step].right for step in ("2a", "2b", "2c", "b1b"))
    return Quiz(
        [
            gap(
                "08-twin-2c", "Twin with two gaps. Step 2c: what is the loss?", loss,
                "−log p₁ = −log 0.4502, because class 1 is the true one.",
                [
                    (-np.log(p[1]), "That is −log p₂, the loss of the wrong class. The label is class 1."),
                    (-np.log(p).sum(), "Both classes were summed. The label is 0 for class 2 and takes its term away."),
                    (-np.log(p[0]) / 2, "That is the mean over the two classes. Cross-entropy sums over classes."),
                    (-z[0], "That is −log e^0.4: the exponential was not normalised. Take the logarithm of p₁."),
                ],
            ),
            gap(
                "08-twin-b1b", "Twin with two gaps. Step b1b: what is the second weight's gradient?", d_w[1],
                "p₂ − 0 = 0.5498, times the input −1.",
                [
                    (p[1], "That is the gradient at z₂. The input −1 is missing."),
                    ((1 - p[1]), "That is (p₂ − 1) x₂, as if class 2 were the true one. The label is class 1."),
                    (0.0, "A class that is not the true one gets a gradient too: its p is to go down."),
                    (-p[1] * (1 - p[1]), "That multiplies by p₂ (1 − p₂), one number of the Jacobian. p − y contains all of it."),
                ],
            ),
        ],
        id="08-twin-two",
    )  # fmt: skip


def _all_gaps(x=(2.0, 1.0), w=(-0.1, 0.4), y=(0.0, 1.0), lr=0.2):
    example = worked.softmax_example(x, w, y, lr)
    z, p, (loss,), d_z, d_w, new = (example[step].right for step in ("2a", "2b", "2c", "b1a", "b1b", "b1c"))
    return Quiz(
        [
            gap(
                "08-twin-all-2a", "2a. What is z₁?", z[0], "2 × −0.1, and z₂ = 1 × 0.4 = 0.4.",
                [
                    (z[0] + z[1], "Either a minus got lost, or both products were added. Each class has an input of its own here."),
                    (x[0] + w[0], "You added. A weight multiplies its input."),
                ],
            ),
            gap(
                "08-twin-all-2b", "2b. What is p₂?", p[1], "e^0.4 / (e^−0.2 + e^0.4) = 1.4918 / 2.3106.",
                [
                    (p[0], "That is p₁. The larger logit gets the larger probability."),
                    (np.exp(z[1]), "That is e^0.4, not divided by the sum yet."),
                    (float(nnlearn.sigmoid(z[1])), "That is σ(0.4), as if z₁ were 0."),
                ],
            ),
            gap(
                "08-twin-all-2c", "2c. What is the loss?", loss, "−log p₂, because class 2 is the true one.",
                [
                    (-np.log(p[0]), "That is −log p₁, the loss if class 1 were the true one."),
                    (-np.log(p[0]) - np.log(p[1]), "Both classes were summed. The label is 0 for class 1 and takes its term away."),
                    (-np.log10(p[1]), "That is the logarithm to the base 10. Cross-entropy uses the natural one."),
                ],
            ),
            gap(
                "08-twin-all-b1a", "b1a. What is the gradient at z₁?", d_z[0],
                "p₁ − 0. Positive: a smaller z₁ makes this loss smaller.",
                [
                    (-d_z[0], "The sign: p₁ is above its label 0, so p₁ − y₁ is positive."),
                    (0.0, "That takes the diagonal of the softmax's derivative alone. z₁ moves p₂ too, and p₂ makes the loss."),
                    (p[0] * p[0] * (1 - p[0]), "That multiplies p₁ by p₁ (1 − p₁). p − y contains the softmax's derivative."),
                ],
            ),
            gap(
                "08-twin-all-b1b", "b1b. What is the first weight's gradient?", d_w[0],
                "0.3543 × 2, the gradient at z₁ times its input.",
                [
                    (d_z[0], "That is the gradient at z₁. The input 2 is missing."),
                    (d_z[0] * w[0], "You multiplied by the weight −0.1. The weight's gradient has the input."),
                    (-d_w[0], "The size is right, the sign is not: p₁ − 0 and the input are both positive."),
                ],
            ),
            gap(
                "08-twin-all-b1c", "b1c. What is the new first weight?", new[0],
                "−0.1 − 0.2 × 0.7087. Class 1 was not it, so its logit goes down.",
                [
                    (w[0] + lr * d_w[0], "You went uphill: the update subtracts."),
                    (w[0] - d_w[0], "The learning rate is missing: the step is η times the gradient."),
                    (w[0] - lr * d_z[0], "The input is missing in the gradient."),
                ],
            ),
        ],
        id="08-twin-all",
    )  # fmt: skip


TWIN_TWO_GAPS = _two_gaps()
TWIN_ALL_GAPS = _all_gaps()

# ---- The quiz at the end -----------------------------------------------------------------------------------------

QUIZ = Quiz(
    [
        Question(
            "The document's 0.645 and 0.355 sum to 1. What would have shown that they are wrong?",
            [
                Answer(
                    "Their product, which must be e^(−0.1)",
                    "The product of two probabilities is nothing that the logits fix in so simple a way. It is the ratio that "
                    "they fix.",
                ),
                Answer(
                    "Their ratio, which must be e^0.7",
                    "The sum in the denominator cancels in a ratio, so p₁/p₂ = e^(0.3 + 0.4) = 2.0138. The printed pair has 1.817.",
                    correct=True,
                ),
                Answer(
                    "Their order, which must be the other way",
                    "The order is right: the larger logit, 0.3, has the larger probability.",
                ),
            ],
            id="08-q-ratio",
        ),
        Question(
            "Why does the sum not find that slip?",
            [
                Answer(
                    "Any two numbers that were divided by their sum add up to 1",
                    "Normalising makes the sum right, whatever went in. The check looks at the last operation alone.",
                    correct=True,
                ),
                Answer(
                    "Because of rounding, which three decimals cannot show",
                    "0.668 and 0.645 differ far more than rounding does. And both pairs sum to 1 exactly.",
                ),
                Answer(
                    "Since softmax outputs need not sum to 1 for two classes",
                    "They always do, for any number of classes. A check that always passes finds nothing.",
                ),
            ],
            id="08-q-sum",
        ),
        Question(
            "Class 2 is the true one. Which weights get a gradient?",
            [
                Answer(
                    "Those of class 2, for only log p₂ is in the loss",
                    "p₂ holds all logits, in the sum below the fraction. So z₁ moves the loss too: its gradient is p₁.",
                ),
                Answer(
                    "Those of class 1, for it was the one that was wrong",
                    "Class 1 gets p₁ − 0, and class 2 gets p₂ − 1. The two are of one size here and of opposite sign.",
                ),
                Answer(
                    "Those of both, as every logit has a share in p₂",
                    "At z₁ it is p₁ − 0, at z₂ it is p₂ − 1. They always sum to 0: what one gains, the other loses.",
                    correct=True,
                ),
            ],
            id="08-q-who",
        ),
        Question(
            "In the printed line, −log 0.355 = 1.034. What is to be said of it?",
            [
                Answer(
                    "It is right, for the rest is rounding",
                    "−log 0.355 is 1.0356. Rounded to three decimals that is 1.036, not 1.034.",
                ),
                Answer(
                    "Both the 0.355 and its logarithm are off",
                    "0.355 should be 0.332, and −log 0.355 is 1.0356. Two slips in one line; the right loss is 1.103.",
                    correct=True,
                ),
                Answer(
                    "It took the logarithm to the wrong base",
                    "To the base 10 it would be 0.450, and to the base 2, 1.494. The natural logarithm was used.",
                ),
            ],
            id="08-q-log",
        ),
        Question(
            "A dense layer with 2 inputs and 2 classes, instead of the example's wiring: how many numbers can learn?",
            [
                Answer(
                    "6: a weight for each pair of input and class, and two biases",
                    "W has 2 × 2 entries and b has 2. The example has only the diagonal of W.",
                    correct=True,
                ),
                Answer(
                    "2: a weight for each input, as it was in the example",
                    "In the example each class sees one input. In a dense layer each class sees all inputs, with a weight for "
                    "each.",
                ),
                Answer(
                    "4: a weight for each pair of input and class, no more",
                    "The weights are counted right. Each class has a bias too.",
                ),
            ],
            id="08-q-dense",
        ),
        Question(
            "For two classes, softmax and sigmoid are close relatives. How does p₁ depend on z₁ and z₂?",
            [
                Answer(
                    "p₁ = σ(z₁), and z₂ belongs to p₂ alone",
                    "Then p₁ + p₂ would not be 1. It holds only where z₂ is 0.",
                ),
                Answer(
                    "p₁ = σ(z₁ / z₂), the sigmoid of the ratio",
                    "Only differences of logits count, not ratios: adding the same number to both changes nothing.",
                ),
                Answer(
                    "p₁ = σ(z₁ − z₂), the sigmoid of the difference",
                    "Divide numerator and denominator by e^z₁. With 0.3 − (−0.4) = 0.7 it is σ(0.7) = 0.668: a second way to "
                    "compute it.",
                    correct=True,
                ),
            ],
            id="08-q-sigmoid",
        ),
    ],
    id="08-quiz",
)
