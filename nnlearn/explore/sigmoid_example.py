"""The explorers, predictions, twins and quiz of chapter 6, the first worked example: sigmoid and cross-entropy."""

import numpy as np

import nnlearn
from nnlearn import worked
from nnlearn.explore.controls import Choice, Range
from nnlearn.explore.explorer import Explorer
from nnlearn.explore.quiz import Answer, Predict, Question, Quiz
from nnlearn.explore.worked_steps import Chain, Nudge, gap, number
from nnlearn.plots.numbers import written

# ---- Explorers ---------------------------------------------------------------------------------------------------


class SigmoidSteps(Chain, Explorer):
    """All steps of the first example, with input, weight, label and learning rate to change."""

    title = "One learning step: sigmoid and cross-entropy"
    x = Range(-1, 2, step=0.5, value=0.5, label="input x")
    w = Range(-1.8, 2.2, step=1, value=0.2, label="weight w")
    y = Choice({"1": 1.0, "0": 0.0}, value=1.0, label="label y")
    lr = Choice({"0.1": 0.1, "0.5": 0.5, "1": 1.0, "2": 2.0}, value=0.1, label="learning rate η")
    size = Chain.size

    def update(self, x, w, y, lr):
        example = worked.sigmoid_example(x, w, y, lr)
        z, p, loss, d_z, slope, d_w, new = (example[step].right[0] for step in ("2a", "2b", "2c", "3a", "3b", "3c", "3d"))
        d_p = float(nnlearn.BinaryCrossEntropy().gradient([[p]], [[y]])[0, 0])
        self.show(x, w, y, lr, z, p, loss, d_p, slope, d_z, d_w)
        if x == 0:
            return (
                f"With x = 0 the weight has no say: p = 0.5, the error at z is {number(d_z)}, and the weight's gradient "
                f"{number(d_z)} × 0 is 0. The weight stays at {written(w)}."
            )
        return (
            f"p = {number(p)} for the label {y:g}: loss {number(loss)}. Back: p − y = {number(d_z)}, times x = {written(x)} gives "
            f"{number(d_w)}, and with η = {lr:g} the weight goes {'up' if new > w else 'down'} from {written(w)} to {number(new)}."
        )


def loss_of_weight(w, x=0.5):
    """Return -log σ(x w), the example's loss as a function of its weight."""
    return -np.log(nnlearn.sigmoid(x * w))


class SigmoidNudge(Nudge, Explorer):
    """Three claims about the slope of the loss at w = 0.2, and what two nudged weights say."""

    title = "A gradient check: nudge the weight and look"
    claim = Choice(["printed −0.118", "with its input −0.059", "(p − y) x"], value="printed −0.118", label="claimed slope")
    h = Choice({"1": 1.0, "0.5": 0.5, "0.1": 0.1, "0.01": 0.01}, value=0.5, label="nudge h")
    size = Nudge.size

    top = 1.25

    def setup(self, figure):
        example = worked.sigmoid_example()
        d_z, slope = example["3a"].right[0], example["3b"].right[0]
        self.claims = {"printed −0.118": -0.118, "with its input −0.059": d_z * slope * 0.5, "(p − y) x": d_z * 0.5}
        super().setup(figure)

    def curve(self, w):
        """Return the loss for an array of weights."""
        return loss_of_weight(w)


# ---- Predictions -------------------------------------------------------------------------------------------------

PREDICT_LABEL = Predict(
    "Everything stays as it is, but the label changes from 1 to 0. What happens to the weight's gradient, −0.238?",
    [
        Answer(
            "It changes its sign and keeps its size.",
            "The sign does change. But p − y goes from 0.525 − 1 to 0.525 − 0, and these two are not of one size. Set the label "
            "to 0 and look at 3c.",
        ),
        Answer(
            "It changes its sign, and its size a little.",
            "p − y was 0.525 − 1 = −0.475 and becomes 0.525 − 0 = 0.525. Times the input 0.5 that is 0.262, and the weight goes "
            "down now.",
            correct=True,
        ),
        Answer(
            "It stays, for neither x nor w has changed.",
            "The forward values stay, all but the loss. On the way back the label is the first thing that counts: p − y. Set it "
            "to 0 and look at 3a and 3c.",
        ),
    ],
    id="06-predict-label",
)

PREDICT_NUDGE = Predict(
    "Through the point w = 0.2 of the loss curve, draw a line with the printed slope, −0.118. How will it lie?",
    [
        Answer(
            "Along the curve, as a tangent does.",
            "So it would if −0.118 were the gradient. Choose it below and make the nudge small: the line through the two nudged "
            "weights is about twice as steep.",
        ),
        Answer(
            "Too steep, by a factor of about two.",
            "A factor of two is right, and the direction is not. Something too much was multiplied in, and σ′ is at most 1/4: "
            "such a factor makes a slope flatter.",
        ),
        Answer(
            "Too flat, by a factor of about two.",
            "Two nudged weights give −0.2375. The printed number has a factor σ′ = 0.249 too much and the input 0.5 too little; "
            "together that is about one half.",
            correct=True,
        ),
    ],
    id="06-predict-nudge",
)

# ---- The faded twins ---------------------------------------------------------------------------------------------


def _twice(d_z, z, x):
    """Return the weight's gradient with the sigmoid's slope counted twice."""
    return d_z * float(nnlearn.sigmoid_derivative(z)) * x


def _two_gaps(x=1.5, w=-0.4, y=0.0, lr=0.5):
    example = worked.sigmoid_example(x, w, y, lr)
    z, p, d_z, d_w = (example[step].right[0] for step in ("2a", "2b", "3a", "3c"))
    return Quiz(
        [
            gap(
                "06-twin-3a", "Twin with two gaps. Step 3a: what is the gradient at z?", d_z,
                "p − y with y = 0 is p itself. It is positive: a smaller z would make this loss smaller.",
                [
                    (p - 1, "That is p − 1, the gradient for the label 1. Here the label is 0."),
                    (-p, "The sign is the wrong way round: that is y − p. The gradient is p − y."),
                    (_twice(d_z, z, 1), "That is (p − y) σ′(z): the sigmoid's slope is counted twice. p − y contains it."),
                    (1 / (1 - p), "That is ∂L/∂p = 1/(1 − p), the gradient at the output p, one step before z."),
                ],
            ),
            gap(
                "06-twin-3c", "Twin with two gaps. Step 3c: what is the weight's gradient?", d_w,
                "The gradient at z times the input: 0.3543 × 1.5. The weight is multiplied by the input, so the input is the "
                "slope of z with respect to it.",
                [
                    (d_z, "That is the gradient at z. The chain has one more link: z = x w, so multiply by the input."),
                    (d_z * w, "You multiplied by the weight −0.4. That gives the gradient of the *input*; the weight's has x."),
                    (_twice(d_z, z, x), "The sigmoid's slope is counted twice: p − y is the gradient at z already."),
                    (-d_w, "The size is right, the sign is not: the error is p − y, and p is above y here."),
                ],
            ),
        ],
        id="06-twin-two",
    )  # fmt: skip


def _all_gaps(x=-2.0, w=0.5, y=1.0, lr=0.2):
    example = worked.sigmoid_example(x, w, y, lr)
    z, p, loss, d_z, d_w, new = (example[step].right[0] for step in ("2a", "2b", "2c", "3a", "3c", "3d"))
    return Quiz(
        [
            gap(
                "06-twin-all-2a", "2a. What is z?", z, "Input times weight, −2 × 0.5; there is no bias to add.",
                [
                    (x + w, "You added. A weight multiplies its input."),
                    (-z, "The size is right. The input is negative, so the product is negative too."),
                ],
            ),
            gap(
                "06-twin-all-2b", "2b. What is p?", p, "1 / (1 + e¹), for −z is 1. It is below one half because z is negative.",
                [
                    (1 - p, "That is 1 / (1 + e⁻¹) = σ(1): a minus got lost, as z is −1 and −z is 1."),
                    (np.exp(z), "That is e^z. The sigmoid still divides it by 1 + e^z."),
                    (p * (1 - p), "That is σ′(z), the slope. The value is asked."),
                ],
            ),
            gap(
                "06-twin-all-2c", "2c. What is the loss?", loss, "−log p, because the label is 1; log is the natural logarithm.",
                [
                    (-np.log(1 - p), "That is −log(1 − p), the loss for the label 0. Here the label is 1."),
                    (-np.log10(p), "That is the logarithm to the base 10. Cross-entropy uses the natural one."),
                    (0.5 * (p - y) ** 2, "That is ½(p − y)², the squared error. Cross-entropy is asked."),
                ],
            ),
            gap(
                "06-twin-all-3a", "3a. What is the gradient at z?", d_z, "p − y. Negative: a larger z makes this loss smaller.",
                [
                    (-d_z, "That is y − p. The gradient of the loss is p − y; the minus of the update comes later, in 3d."),
                    (-1 / p, "That is ∂L/∂p = −1/p, the gradient at the output. Times σ′(z) it becomes p − y."),
                    (_twice(d_z, z, 1), "The sigmoid's slope is counted twice: p − y contains it already."),
                ],
            ),
            gap(
                "06-twin-all-3c", "3c. What is the weight's gradient?", d_w,
                "(p − y) x, minus times minus. Positive: a larger weight makes z more negative, and the loss larger.",
                [
                    (-d_w, "The size is right. The error and the input are both negative; their product is not."),
                    (d_z, "That is the gradient at z. The input is missing: multiply by x."),
                    (_twice(d_z, z, x), "The sigmoid's slope is counted twice: (p − y) σ′ belongs to the squared error."),
                    (d_z * w, "You multiplied by the weight. The weight's gradient has the input."),
                ],
            ),
            gap(
                "06-twin-all-3d", "3d. What is the new weight?", new,
                "w − η ∂L/∂w = 0.5 − 0.2 × 1.4621. It goes down, z goes up, and so does p.",
                [
                    (w + lr * d_w, "You went uphill: the update *subtracts* η times the gradient."),
                    (w - d_w, "The learning rate is missing: the step is 0.2 times the gradient."),
                    (w - lr * _twice(d_z, z, x), "That is the step with the sigmoid's slope counted twice. It is too short."),
                ],
            ),
        ],
        id="06-twin-all",
    )  # fmt: skip


TWIN_TWO_GAPS = _two_gaps()
TWIN_ALL_GAPS = _all_gaps()

# ---- The quiz at the end -----------------------------------------------------------------------------------------

QUIZ = Quiz(
    [
        Question(
            "Which gradient is p − y, for a sigmoid with cross-entropy?",
            [
                Answer(
                    "That of the loss with respect to z",
                    "∂L/∂z = ∂L/∂p · σ′(z) = p − y. The slope of the sigmoid is one of its two factors.",
                    correct=True,
                ),
                Answer(
                    "That of the loss with respect to p",
                    "This is the slip of the document: it took p − y for ∂L/∂p and multiplied by σ′ to get to z. But ∂L/∂p is "
                    "−1/p for the label 1.",
                ),
                Answer(
                    "That of the loss with respect to w",
                    "One link is missing: z = x w, so ∂L/∂w is (p − y) times the input x.",
                ),
            ],
            id="06-q-which",
        ),
        Question(
            "To which loss does the gradient (p − y) σ′(z) at z belong?",
            [
                Answer(
                    "To no loss; such a product is a mistake by itself",
                    "It is wrong for cross-entropy, but it is a right answer to another question: try ½(p − y)² and the chain "
                    "rule.",
                ),
                Answer(
                    "To the squared error, ½(p − y)²",
                    "∂L/∂p is p − y there, and the chain rule multiplies it by σ′(z). Nothing cancels.",
                    correct=True,
                ),
                Answer(
                    "To cross-entropy, if the label is 0",
                    "For the label 0 the loss is −log(1 − p), and its gradient at z is p − 0. No slope is left over there either.",
                ),
            ],
            id="06-q-other-loss",
        ),
        Question(
            "z = −5 and the label is 1: the unit is sure and wrong. How does its gradient at z compare for the two losses?",
            [
                Answer(
                    "Both are tiny, for the sigmoid is saturated",
                    "The slope is tiny, 0.0066, and the squared error suffers from it. In cross-entropy −1/p is as large as the "
                    "slope is small.",
                ),
                Answer(
                    "Both are near −1, for p is almost 0",
                    "p − y is near −1 in both. With the squared error it is then multiplied by the slope, 0.0066.",
                ),
                Answer(
                    "Cross-entropy −0.99, squared error −0.007",
                    "The slope cancels in one and not in the other. This is why classification uses cross-entropy.",
                    correct=True,
                ),
            ],
            id="06-q-saturated",
        ),
        Question(
            "Which check finds the slip in `0.2 - (0.1 * -0.118) = 0.2 + 0.0059` with no calculus at all?",
            [
                Answer(
                    "Nudge the weight by a little and watch the loss",
                    "That finds that −0.118 is no gradient, and needs the loss twice. The printed line is wrong in itself, before "
                    "any of that.",
                ),
                Answer(
                    "Work out the product that is printed in it",
                    "0.1 × 0.118 is 0.0118, and 0.0059 is half of it. Somewhere between the two numbers the input 0.5 came in.",
                    correct=True,
                ),
                Answer(
                    "See whether the loss is smaller after the step",
                    "It is, a little: 0.2059 lies in the right direction. A loss that falls does not show that a gradient is "
                    "right.",
                ),
            ],
            id="06-q-product",
        ),
        Question(
            "The loss falls at every step of a training. What does that say about the gradient in the code?",
            [
                Answer(
                    "It points roughly downhill, and may still be wrong",
                    "With σ′ counted twice the loss falls too, only more slowly. Whether a gradient is right is what a gradient "
                    "check tells.",
                    correct=True,
                ),
                Answer(
                    "It is right, for a wrong one would make the loss grow",
                    "Only a wrong *direction* does that. A wrong size, as in the document, moves the weight the right way by too "
                    "little.",
                ),
                Answer(
                    "Nothing at all, as any random step can lower the loss",
                    "At every step of a long run, chance does not do that. The direction is right on the whole; the size is what "
                    "you do not know.",
                ),
            ],
            id="06-q-falls",
        ),
        Question(
            "The input is x = 0. What does this example teach the weight?",
            [
                Answer(
                    "As much as others, for p − y is ±0.5 then",
                    "That is the gradient at z. It is multiplied by the input on its way to the weight, and the input is 0.",
                ),
                Answer(
                    "Nothing: its gradient (p − y) x is 0",
                    "The weight had no part in this output, so changing it would not have changed the loss.",
                    correct=True,
                ),
                Answer(
                    "To be 0, since the output was undecided",
                    "p = 0.5 comes from z = 0, whatever the weight is. The step is η times 0, so the weight stays where it is.",
                ),
            ],
            id="06-q-zero-input",
        ),
    ],
    id="06-quiz",
)
