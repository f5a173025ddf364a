"""The explorers, predictions and quiz of chapter 3, Activation functions."""

import numpy as np

import nnlearn
from nnlearn.explore.controls import Choice, Range
from nnlearn.explore.explorer import Explorer
from nnlearn.explore.quiz import Answer, Near, NumericQuestion, Predict, Question, Quiz
from nnlearn.plots import curves, style

# Each activation with the derivative that stands beside it in the stack.
PAIRS = {
    "step": (nnlearn.step, nnlearn.step_derivative),
    "sigmoid": (nnlearn.sigmoid, nnlearn.sigmoid_derivative),
    "tanh": (nnlearn.tanh, nnlearn.tanh_derivative),
    "ReLU": (nnlearn.relu, nnlearn.relu_derivative),
    "leaky ReLU": (
        lambda z: nnlearn.leaky_relu(z, alpha=0.1),
        lambda z: nnlearn.leaky_relu_derivative(z, alpha=0.1),
    ),
}


class TangentExplorer(Explorer):
    """Value, slope and tangent: f(z) above, f′(z) below, on one z axis."""

    title = "An activation, its slope and its tangent"
    activation = Choice(list(PAIRS), value="sigmoid", label="activation")
    z = Range(-5, 5, step=0.25, value=0, label="z")
    size = (5.0, 4.2)

    reach = 5.4

    def setup(self, figure):
        self.grid = np.linspace(-self.reach, self.reach, 401)
        self.above, self.below = figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
        for axes, low, high in ((self.above, -1.3, 2.2), (self.below, -0.15, 1.25)):
            axes.set(xlim=(-self.reach, self.reach), ylim=(low, high))
            curves.cross_at_zero(axes)
        self.below.set_xlabel("z")
        curves.note(self.above, "f(z)", style.FORWARD)
        curves.note(self.below, "slope f′(z)", style.BACKWARD)
        moving = {"animated": True}
        (self.curve,) = self.above.plot([], [], color=style.FORWARD, **moving)
        (self.tangent,) = self.above.plot([], [], "--", color=style.BACKWARD, **moving)
        (self.point,) = self.above.plot([], [], "o", color=style.FORWARD, ms=7, **moving)
        (self.slopes,) = self.below.plot([], [], color=style.BACKWARD, **moving)
        (self.slope_point,) = self.below.plot([], [], "s", color=style.BACKWARD, ms=6, **moving)

    def update(self, activation, z):
        f, derivative = PAIRS[activation]
        value, slope = float(f(z)), float(derivative(z))
        self.curve.set_data(*curves.broken_at_jump(self.grid, f(self.grid)))
        self.slopes.set_data(*curves.broken_at_jump(self.grid, derivative(self.grid)))
        reach = 1.4 / np.hypot(1, slope)
        ends = np.array([z - reach, z + reach])
        self.tangent.set_data(ends, value + slope * (ends - z))
        self.point.set_data([z], [value])
        self.slope_point.set_data([z], [slope])
        return (
            f"{activation} at z = {z:g}: the value is {value:.3g} and the slope is {slope:.3g}"
            f"{self.remark(activation, z, slope)}."
        )

    def remark(self, activation, z, slope):
        """Say in a few words what is special at this point."""
        if z == 0 and activation in ("step", "ReLU", "leaky ReLU"):
            corner = "jump" if activation == "step" else "corner"
            return f"; z = 0 is its {corner}, where {slope:.3g} is the value that this book uses"
        if activation == "step":
            return ", so no small change of z changes the output"
        if slope == 0:
            return ", so this unit passes no gradient back"
        if slope < 0.05:
            return ", almost flat: the unit is saturated"
        if z == 0:
            return ", the steepest place of the curve"
        return ""


class ChainExplorer(Explorer):
    """What is left of a gradient after it has passed back through k activations, all at the same z."""

    title = "A gradient on its way back through ten activations"
    activation = Choice(["sigmoid", "tanh", "ReLU", "leaky ReLU"], value="sigmoid", label="activation")
    z = Range(-4, 4, step=0.5, value=1, label="z in each layer")
    size = (5.0, 3.2)

    layers = 10
    floor = 1e-30

    def setup(self, figure):
        axes = figure.subplots()
        axes.set(xlim=(-0.4, self.layers + 0.4), yscale="log", ylim=(self.floor, 1e3))
        axes.set(xlabel="activations passed on the way back, k", ylabel="share left, f′(z)ᵏ")
        axes.set_xticks(range(0, self.layers + 1))
        axes.set_yticks([1, 1e-6, 1e-12, 1e-18, 1e-24, 1e-30])
        axes.axhline(1, color=style.GRID, lw=1)
        (self.line,) = axes.plot([], [], "-s", color=style.BACKWARD, ms=5, animated=True)
        self.message = axes.text(
            5, 1e-15, "", color=style.BACKWARD, ha="center", va="center", animated=True
        )

    def update(self, activation, z):
        slope = float(PAIRS[activation][1](z))
        passed = np.arange(self.layers + 1)
        left = slope**passed.astype(float)
        shown = left > 0
        self.line.set_data(passed[shown], left[shown])
        self.message.set_text("" if slope > 0 else "nothing is left after the first one")
        return (
            f"{activation} with z = {z:g} in every layer: each passes on {slope:.3g} of the gradient, "
            f"and after {self.layers} of them {self.share(left[-1])} is left."
        )

    @staticmethod
    def share(left):
        """Write the share that is left as a reader would say it."""
        if left == 1:
            return "all of it"
        if left == 0:
            return "nothing"
        if left >= 0.001:
            return f"{left:.2g} of it"
        mantissa, exponent = f"{left:.1e}".split("e")
        raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
        return f"{mantissa} × 10{raised} of it"


class LeakyExplorer(Explorer):
    """What the slope α on the negative side does for a unit that starts out dead."""

    title = "The leak α, and a unit that starts out dead"
    alpha = Range(0, 0.5, step=0.02, value=0.1, label="α")
    size = (5.0, 4.2)

    steps = 120

    def setup(self, figure):
        above, below = figure.subplots(2, 1, height_ratios=[1, 1])
        self.grid = np.array([-4.0, 0.0, 4.0])
        above.set(xlim=(-4, 4), ylim=(-2.3, 4.2), xlabel="z")
        curves.cross_at_zero(above)
        curves.note(above, "f(z)", style.FORWARD)
        below.set(xlim=(0, self.steps), ylim=(0, 4.4), xlabel="training step")
        curves.note(below, "loss of the unit", style.BACKWARD)
        self.losses = {alpha: self.train(alpha) for alpha in self.controls["alpha"].values}
        (self.curve,) = above.plot([], [], color=style.FORWARD, animated=True)
        (self.loss_line,) = below.plot([], [], color=style.BACKWARD, animated=True)

    def train(self, alpha):
        """Return the loss before each step of one unit that is negative for all its examples, for y = x."""
        x = np.array([[0.5], [1.0], [1.5], [2.0], [2.5]])
        dense = nnlearn.Dense(1, 1, rng=np.random.default_rng(0))
        dense.params["W"][:], dense.params["b"][:] = -0.5, -0.5
        unit = nnlearn.Network([dense, nnlearn.LeakyReLU(alpha)])
        history = nnlearn.fit(
            unit, x, x, loss=nnlearn.MeanSquaredError(), optimizer=nnlearn.SGD(lr=0.1),
            epochs=self.steps, rng=np.random.default_rng(0),
        )  # fmt: skip
        return np.array(history.loss)

    def update(self, alpha):
        losses = self.losses[alpha]
        self.curve.set_data(self.grid, nnlearn.leaky_relu(self.grid, alpha))
        self.loss_line.set_data(np.arange(len(losses)), losses)
        if alpha == 0:
            return (
                f"α = 0 is the plain ReLU: the slope is 0 for all examples, and after {self.steps} steps the loss is "
                f"still {losses[-1]:.3g}, as it was at the start."
            )
        below = np.flatnonzero(losses < 0.1)
        end = f"falls below 0.1 at step {below[0]}" if below.size else f"is {losses[-1]:.3g} at step {self.steps}"
        return f"α = {alpha:g}: a share of {alpha:g} of the gradient comes through, and the loss {end}."


class SoftmaxExplorer(Explorer):
    """Three logits, a temperature, and the probabilities that softmax makes of them."""

    title = "Softmax of three logits, with a temperature"
    z1 = Range(-4, 4, step=1, value=2, label="z₁")
    z2 = Range(-4, 4, step=1, value=1, label="z₂")
    temperature = Choice({"0.5": 0.5, "1": 1.0, "2": 2.0, "5": 5.0}, value=1.0, label="T")
    size = (5.0, 3.0)

    def setup(self, figure):
        left, right = figure.subplots(1, 2, sharey=True)
        names = ["class 1", "class 2", "class 3"]
        left.set(xlim=(-4.9, 4.9), ylim=(2.6, -0.6), xlabel="logit z")
        left.set_yticks(range(3), names)
        left.axvline(0, color=style.GRID, lw=1)
        right.set(xlim=(0, 1.2), xlabel="probability p")
        right.set_xticks([0, 0.5, 1])
        self.logits = left.barh(range(3), [0, 0, 0], height=0.5, color=style.FORWARD, animated=True)
        self.bars = right.barh(
            range(3), [0, 0, 0], height=0.5, color=style.CLASSES[:3], hatch="//", edgecolor=style.CARD, animated=True
        )
        self.numbers = [right.text(0, k, "", va="center", animated=True) for k in range(3)]

    def update(self, z1, z2, temperature):
        z = np.array([z1, z2, 0.0])
        p = nnlearn.softmax(z / temperature)
        for k in range(3):
            self.logits[k].set_width(z[k])
            self.bars[k].set_width(p[k])
            self.numbers[k].set_position((p[k] + 0.03, k))
            self.numbers[k].set_text(f"{p[k]:.3f}")
        return (
            f"Logits {z1:g}, {z2:g} and 0 at temperature {temperature:g} give the probabilities "
            f"{p[0]:.3f}, {p[1]:.3f} and {p[2]:.3f}, which sum to 1."
        )


# ---- Predictions, each before its explorer -----------------------------------------------------------------------

PREDICT_SLOPE = Predict(
    "Set the activation to sigmoid and move z from 0 to 5. What will happen to the slope?",
    [
        Answer(
            "It grows, because the value grows.",
            "The value does grow, and it is easy to read that as the slope. But the slope says how *fast* the value "
            "grows. Move z and watch the lower curve: it falls.",
        ),
        Answer(
            "It falls from 1/4 towards 0.",
            "At z = 0 the curve is steepest, with slope 0.25; at z = 5 the slope is 0.0066. The curve has gone flat.",
            correct=True,
        ),
        Answer(
            "It stays as it is and the value moves.",
            "That would be so for a straight line. The sigmoid bends, so its tangent turns as you move along it: "
            "watch the dashed line.",
        ),
    ],
    id="03-predict-slope",
)

PREDICT_LEAK = Predict(
    "The unit is dead at the start. With α = 0, a plain ReLU, how far will 120 steps of training bring it?",
    [
        Answer(
            "Slowly to the right answer.",
            "Slowly would need a small slope. Here the slope is exactly 0 for each of the five examples, and 120 "
            "times nothing is nothing. Move α to 0 and see.",
        ),
        Answer(
            "Nowhere: the loss does not move.",
            "Every example has a negative z, so every slope is 0 and no weight changes. Any α above 0 sets it free: "
            "try how soon.",
            correct=True,
        ),
        Answer(
            "First away, then back to it.",
            "That happens with a learning rate that is too large. Here no step is taken at all: the gradient of each "
            "example is 0. Move α to 0 and see.",
        ),
    ],
    id="03-predict-leak",
)

PREDICT_TEMPERATURE = Predict(
    "All three logits are divided by T = 5 in place of T = 1. What happens to the three probabilities?",
    [
        Answer(
            "All three become five times smaller.",
            "Then they would no longer sum to 1, and softmax always divides by the sum. Change T and look at the "
            "numbers beside the bars.",
        ),
        Answer(
            "They come closer to one another.",
            "Smaller differences between the logits make smaller differences between the probabilities; as T grows, "
            "all three approach 1/3. A small T does the opposite.",
            correct=True,
        ),
        Answer(
            "Nothing, for only ratios of logits count.",
            "Close: it is *differences* of logits that count, and dividing by 5 makes these smaller. Adding the same "
            "number to all logits is what changes nothing.",
        ),
    ],
    id="03-predict-temperature",
)

PREDICT_CHAIN = Predict(
    "Ten sigmoids in a row, each at z = 0, where it is steepest. Which share of the gradient gets through?",
    [
        Answer(
            "About a quarter, 0.25.",
            "A quarter is what *one* sigmoid lets through. The next takes a quarter of that, and so on.",
        ),
        Answer(
            "About a fortieth, 0.025.",
            "That divides by ten as if the layers shared the loss. They do not add up, they multiply: 0.25 ten times "
            "over.",
        ),
        Answer(
            "About one part in a million.",
            "0.25 multiplied by itself ten times is 0.00000095. And z = 0 is the best case; move z and see the rest.",
            correct=True,
        ),
    ],
    id="03-predict-chain",
)

# ---- The quiz at the end -----------------------------------------------------------------------------------------

QUIZ = Quiz(
    [
        Question(
            "A network has five dense layers and no activation anywhere. What can it compute?",
            [
                Answer(
                    "What one dense layer can, and no more",
                    "The weights multiply to one matrix and the biases add up to one bias. Depth gives nothing.",
                    correct=True,
                ),
                Answer(
                    "Any continuous function, given enough units",
                    "That is what networks *with* an activation can approximate. Without one, five matrices in a row "
                    "multiply to one matrix.",
                ),
                Answer(
                    "Polynomials, up to the fifth degree",
                    "It is tempting to count a degree for each layer. But a layer multiplies x by constants, never x "
                    "by x, so the result stays of degree one.",
                ),
            ],
            id="03-q-linear",
        ),
        Question(
            "Why can a network of step functions not be trained with gradients?",
            [
                Answer(
                    "The step has no derivative at 0, so the program stops",
                    "A single point is hardly ever met, and a program can return any number there. ReLU has such a "
                    "point too and trains well.",
                ),
                Answer(
                    "Its outputs are only 0 and 1, too coarse to measure an error",
                    "The error of a 0 or a 1 can be measured very well. What is missing is a hint in which direction to "
                    "change the weights.",
                ),
                Answer(
                    "Its derivative is 0 wherever it has one",
                    "A small change of a weight changes nothing in the output, so every gradient behind it is 0.",
                    correct=True,
                ),
            ],
            id="03-q-step",
        ),
        NumericQuestion(
            "A sigmoid unit has the output a = 0.9. What is the slope of the sigmoid there?",
            0.09,
            "a (1 - a) = 0.9 · 0.1. The output alone is enough to know the slope.",
            [
                Near(0.1, "That is 1 - a, half of the formula. The factor a = 0.9 is missing."),
                Near(
                    0.206,
                    "That is the sigmoid's derivative evaluated *at* 0.9, as if 0.9 were z. It is the output; z is about 2.2.",
                ),
                Near(
                    0.25,
                    "That is the slope at z = 0, where the output is 0.5. At 0.9 the curve is flatter already.",
                ),
            ],
            tolerance=0.002,
            id="03-q-slope",
        ),
        Question(
            "What is true of a saturated sigmoid unit?",
            [
                Answer(
                    "Its output is wrong, and by a large amount",
                    "It may well be right: a sure and correct answer is saturated too. Saturation says only that the "
                    "curve is flat there.",
                ),
                Answer(
                    "Its output hardly answers to its weights",
                    "The slope is nearly 0, so small changes of the weights hardly move the output, and little gradient "
                    "passes back.",
                    correct=True,
                ),
                Answer(
                    "Its weights have become zero in training",
                    "Rather the contrary: large weights make a large |z|, and that is where the curve is flat.",
                ),
            ],
            id="03-q-saturated",
        ),
        Question(
            "A ReLU unit gives 0 for 60 of the 100 examples in a batch. Is it dead?",
            [
                Answer(
                    "Yes, since most of its outputs are 0",
                    "Many zeros are usual for ReLU, and useful. Dead means that *no* example gets through.",
                ),
                Answer(
                    "It cannot be known without its weights",
                    "The outputs are enough: an output above 0 means z > 0 and slope 1, and so a gradient for the weights.",
                ),
                Answer(
                    "No: for 40 examples its slope is 1",
                    "These 40 give it a gradient, so its weights still change. It would be dead with 100 of 100.",
                    correct=True,
                ),
            ],
            id="03-q-dead",
        ),
        Question(
            "Softmax gives the logits 3, 1, 1 certain probabilities. Which logits give the same ones?",
            [
                Answer(
                    "6, 2, 2",
                    "Twice the logits means twice the differences: the first class gets an even larger share. Ratios "
                    "do not count here.",
                ),
                Answer(
                    "0.6, 0.2, 0.2",
                    "These are the logits divided by their sum, which is another way to get shares. Softmax takes the "
                    "exponentials first, and the differences 0.4 and 2 are not the same.",
                ),
                Answer(
                    "103, 101, 101",
                    "100 was added to all three. The factor e¹⁰⁰ stands above and below the fraction and cancels.",
                    correct=True,
                ),
            ],
            id="03-q-shift",
        ),
        Question(
            "p has one row for each of 32 examples and one column for each of 10 classes. Which check finds a softmax "
            "over the wrong axis?",
            [
                Answer(
                    "`p.sum()` is 32",
                    "With the wrong axis the 10 columns sum to 1 each, and the total is 10, so this does find it; but "
                    "with as many classes as examples it would not. The check by rows always does.",
                ),
                Answer(
                    "`p.sum(axis=1)` is 1 in all 32 rows",
                    "Each row is one example, and its probabilities over the classes have to sum to 1.",
                    correct=True,
                ),
                Answer(
                    "`p.sum(axis=0)` is 1 in all 10 columns",
                    "That is what the *wrong* axis gives: the 32 examples would share one class among them.",
                ),
                Answer(
                    "`p.min()` is at least 0 and `p.max()` at most 1",
                    "That holds for both axes, so it finds nothing here.",
                ),
            ],
            id="03-q-axis",
        ),
        Question(
            "Your network predicts the price of a house. Which activation belongs in its last layer?",
            [
                Answer(
                    "Sigmoid",
                    "It would press every price into a number from 0 to 1. It belongs to a yes-or-no question.",
                ),
                Answer(
                    "Softmax",
                    "With a single output softmax gives 1 whatever the logit is. It belongs to a choice among classes.",
                ),
                Answer(
                    "None",
                    "The weighted sum can be any number, which is what a price needs. (A ReLU would do no harm for "
                    "positive prices, but its slope of 0 below can stop the learning.)",
                    correct=True,
                ),
                Answer(
                    "Tanh",
                    "Its outputs lie between -1 and 1. It belongs to hidden layers.",
                ),
            ],
            id="03-q-output",
        ),
        Question(
            "Why do many prefer tanh to the sigmoid in a hidden layer?",
            [
                Answer(
                    "Its outputs are centred on 0 and its slope there is 1",
                    "Centred outputs suit the next layer, and a slope of 1 passes the gradient on whole where the "
                    "sigmoid's 1/4 does not.",
                    correct=True,
                ),
                Answer(
                    "It does not saturate",
                    "It does, at both ends, and even sooner: tanh(3) is already 0.995.",
                ),
                Answer(
                    "It is computed faster, with fewer exponentials in its formula",
                    "Its formula has even more of them. Speed is an argument for ReLU.",
                ),
            ],
            id="03-q-tanh",
        ),
        Question(
            "Somebody sets α = 1 in a leaky ReLU. What do they get?",
            [
                Answer(
                    "An ordinary ReLU",
                    "That is α = 0, at the other end: nothing leaks.",
                ),
                Answer(
                    "No bend, and so no activation at all",
                    "f(z) = z on both sides is a straight line, and the layers collapse into one.",
                    correct=True,
                ),
                Answer(
                    "The absolute value of z, for every z",
                    "That would be α = -1, which turns the left half upwards.",
                ),
            ],
            id="03-q-alpha",
        ),
    ],
    id="03-quiz",
)
