"""The explorers, predictions and quiz of chapter 9, A whole network."""

import functools

import numpy as np

import nnlearn
from nnlearn.explore.controls import Choice, Player, Range
from nnlearn.explore.explorer import Explorer
from nnlearn.explore.quiz import Answer, Near, NumericQuestion, Predict, Question, Quiz
from nnlearn.plots import chains, curves, style
from nnlearn.plots.numbers import written

# ---- One update of a whole network -------------------------------------------------------------------------------

X, LR = np.array([[0.5, 1.0]]), 0.5
START = {
    "W1": np.array([[0.2, -0.4], [0.3, 0.1]]),
    "b1": np.array([[0.1, -0.2]]),
    "W2": np.array([[0.6], [-0.5]]),
    "b2": np.array([[-0.1]]),
}  # fmt: skip
HIDDEN = {
    "tanh": (nnlearn.tanh, nnlearn.tanh_derivative),
    "ReLU": (nnlearn.relu, nnlearn.relu_derivative),
}


def signed(number):
    """Write a number with four decimals, as the chapter does."""
    return written(number, ".4f")


def forward(params, hidden, y):
    """Return every value on the way forward through the 2-2-1 network, with the loss."""
    z1 = X @ params["W1"] + params["b1"]
    a1 = HIDDEN[hidden][0](z1)
    z2 = a1 @ params["W2"] + params["b2"]
    loss = nnlearn.SigmoidCrossEntropy()(z2, [[y]])
    return {"z1": z1, "a1": a1, "z2": z2, "p": nnlearn.sigmoid(z2), "loss": float(loss)}


def backward(params, values, hidden, y):
    """Return every gradient on the way back."""
    d_z2 = values["p"] - y
    d_a1 = d_z2 @ params["W2"].T
    d_z1 = d_a1 * HIDDEN[hidden][1](values["z1"])
    return {
        "z2": d_z2, "W2": values["a1"].T @ d_z2, "b2": d_z2, "a1": d_a1, "z1": d_z1, "W1": X.T @ d_z1, "b1": d_z1,
    }  # fmt: skip


class UpdateExplorer(Explorer):
    """One update of a network with two inputs, two hidden units and one output, step by step, with every number."""

    title = "One update of a whole network, every number shown"
    step = Player(11, label="step", interval=1800)
    y = Choice({"1": 1.0, "0": 0.0}, value=1.0, label="label y")
    hidden = Choice(list(HIDDEN), value="tanh", label="hidden activation")
    size = (5.0, 4.3)

    inputs = ((0.75, 6.0), (0.75, 2.3))
    units = ((4.75, 6.0), (4.75, 2.3))
    output = (8.5, 4.15)

    def setup(self, figure):
        axes = figure.subplots()
        axes.set(xlim=(0, 10), ylim=(-0.1, 8.3), aspect="equal")
        axes.set_axis_off()
        (x1, x2), (h1, h2), out = self.inputs, self.units, self.output
        for start in self.inputs:
            for end in self.units:
                chains.edge(axes, start, end)
        for start in self.units:
            chains.edge(axes, start, out)
        stubs = [((3.7, 7.55), h1), ((3.7, 0.75), h2), ((7.75, 2.0), out)]
        for start, end in stubs:
            chains.edge(axes, start, end)
        for at, name in ((x1, "x₁"), (x2, "x₂"), (h1, "1"), (h2, "2"), (out, "out")):
            chains.node(axes, at, name)
        for at, value in ((x1, X[0, 0]), (x2, X[0, 1])):
            axes.text(at[0], at[1] + 0.8, f"{value:g}", color=style.FORWARD, ha="center", va="center")
        between = lambda a, b, share: (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))  # noqa: E731
        places = {
            "W1_00": between(x1, h1, 0.5), "W1_01": between(x1, h2, 0.27), "W1_10": between(x2, h1, 0.27),
            "W1_11": between(x2, h2, 0.5), "b1_00": (3.3, 7.6), "b1_01": (3.3, 0.7),
            "W2_00": between(h1, out, 0.48), "W2_10": between(h2, out, 0.48), "b2_00": (7.6, 1.85),
        }  # fmt: skip
        self.weights = {key: chains.tag(axes, (at[0], at[1] + 0.19), style.WEIGHTS) for key, at in places.items()}
        self.slopes = {key: chains.tag(axes, (at[0], at[1] - 0.21), style.BACKWARD) for key, at in places.items()}
        value = functools.partial(chains.tag, axes, color=style.FORWARD)
        self.values = {"z1_0": value((5.0, 7.3)), "z1_1": value((4.85, 3.55)), "z2_0": value((8.75, 5.35))}
        error = functools.partial(chains.tag, axes, color=style.BACKWARD)
        self.errors = {"z1_0": error((4.85, 4.85)), "z1_1": error((5.2, 1.0)), "z2_0": error((8.9, 3.3))}
        self.loss = chains.tag(axes, (8.5, 0.35), style.INK)
        self.kind = chains.tag(axes, (4.95, 8.1), style.INK)
        curves.note(axes, "value", style.FORWARD, at=(0.74, 0.99))
        curves.note(axes, "weight or bias,", style.WEIGHTS, at=(0.74, 0.935))
        curves.note(axes, "its gradient below", style.BACKWARD, at=(0.74, 0.88))

    def update(self, step, y, hidden):
        before = forward(START, hidden, y)
        d = backward(START, before, hidden, y)
        moved = {key: START[key] - LR * d[key] for key in START}
        after = forward(moved, hidden, y)
        params, values = (START, before) if step < 10 else (moved, before if step == 10 else after)
        self._write_parameters(params, d, step)
        self._write_units(values, d, step)
        number = "−log p" if y == 1 else "−log(1 − p)"
        shown = {True: f"L = {number}\n= {signed(values['loss'])}", False: f"y = {y:g}"}[step >= 4]
        chains.write(self.kind, f"hidden: {hidden}")
        chains.write(self.loss, shown, new=step in (4, 11))
        return self.sentence(step, before, d, moved, after, y, hidden)

    def _write_parameters(self, params, d, step):
        when = {"W2": 6, "b2": 6, "W1": 9, "b1": 9}
        for key, text in self.weights.items():
            name, place = key.split("_")
            i, j = int(place[0]), int(place[1])
            chains.write(text, signed(params[name][i, j]), new=step == 10)
            chains.write(self.slopes[key], signed(d[name][i, j]) if step >= when[name] else "", new=step == when[name])

    def _write_units(self, values, d, step):
        again = step == 11
        for k in (0, 1):
            z, a = signed(values["z1"][0, k]), signed(values["a1"][0, k])
            words = {0: "", 1: f"z {z}"}.get(step, f"z {z}\na {a}")
            chains.write(self.values[f"z1_{k}"], words, new=step in (1, 2) or again)
            d_a, d_z = signed(d["a1"][0, k]), signed(d["z1"][0, k])
            words = "" if step < 7 else f"d_a {d_a}" if step == 7 else f"d_a {d_a}\nd_z {d_z}"
            chains.write(self.errors[f"z1_{k}"], words, new=step in (7, 8))
        z, p = signed(values["z2"][0, 0]), signed(values["p"][0, 0])
        words = "" if step < 3 else f"z {z}" if step == 3 else f"z {z}\np {p}"
        chains.write(self.values["z2_0"], words, new=step in (3, 4) or again)
        chains.write(self.errors["z2_0"], f"d_z {signed(d['z2'][0, 0])}" if step >= 5 else "", new=step == 5)

    def sentence(self, step, v, d, moved, after, y, hidden):
        """Say what this step does, with its numbers."""
        pair = lambda array: f"{signed(array.flat[0])} and {signed(array.flat[1])}"  # noqa: E731
        one = lambda array: signed(array.flat[0])  # noqa: E731
        return {
            0: f"The start: six weights, three biases, {hidden} in the hidden units; the inputs are 0.5 and 1, the label is {y:g}.",
            1: f"Hidden weighted sums, z = x W + b: {pair(v['z1'])}; the first is 0.5 · 0.2 + 1 · 0.3 + 0.1.",
            2: f"Hidden activations, a = {hidden}(z): {pair(v['a1'])}.",
            3: f"Output: z = {signed(v['a1'][0, 0])} · 0.6 + {signed(v['a1'][0, 1])} · (−0.5) − 0.1 = {one(v['z2'])}.",
            4: f"The probability p = σ(z) is {one(v['p'])}, and the label is {y:g}: the loss is {signed(v['loss'])}.",
            5: f"Back now: at the output d_z = p − y = {one(d['z2'])}.",
            6: f"Output layer: d_W = a · d_z, which is {pair(d['W2'])}; d_b = 1 · d_z = {one(d['b2'])}.",
            7: f"Through the weights 0.6 and −0.5, which have not changed yet: d_a = d_z · W = {pair(d['a1'])}.",
            8: f"Through {hidden}: d_z = d_a · f′(z), with the slopes {pair(HIDDEN[hidden][1](v['z1']))}, is {pair(d['z1'])}.",
            9: f"Hidden layer: d_W = x · d_z, four products, {pair(d['W1'][:1])} for x₁; d_b = d_z. All nine gradients are known.",
            10: f"Update: {self.changes(d)} by −0.5 times its gradient; the output bias goes from −0.1 to {one(moved['b2'])}.",
            11: (
                f"Forward again with the new numbers: p goes from {one(v['p'])} to {one(after['p'])}, and the loss from "
                f"{signed(v['loss'])} to {signed(after['loss'])}."
            ),
        }[step]  # fmt: skip

    @staticmethod
    def changes(d):
        """Say how many of the nine numbers change."""
        count = sum(int((d[key] != 0).sum()) for key in START)
        if count == 9:
            return "each of the nine numbers changes"
        return f"{count} of the nine numbers change (the others have gradient 0), each"


# ---- What depth does to a gradient -------------------------------------------------------------------------------

WIDTH, EXAMPLES, SEEDS = 32, 32, 20
SCALES = [0.5, 0.75, 1.0, 1.25, 1.4142, 1.75, 2.0, 2.5, 3.0]
ACTIVATIONS = {
    "sigmoid": (nnlearn.sigmoid, lambda a: a * (1 - a)),
    "tanh": (np.tanh, lambda a: 1 - a**2),
    "ReLU": (nnlearn.relu, lambda a: (a > 0).astype(float)),
}


@functools.cache
def sizes(activation, depth):
    """Return the sizes of the values and of d_z at each layer, (depth, scales, seeds), against their beginning.

    All scales and all seeds are one population, so that a layer is one product.
    """
    f, slope_of_output = ACTIVATIONS[activation]
    rng = np.random.default_rng(9)
    scale = np.array(SCALES)[:, None, None, None]
    weights = [rng.normal(0, 1 / np.sqrt(WIDTH), (SEEDS, WIDTH, WIDTH)) * scale for _ in range(depth)]
    a = rng.normal(size=(EXAMPLES, WIDTH))
    d = rng.normal(size=(SEEDS, EXAMPLES, WIDTH))
    size = lambda array: np.linalg.norm(array, axis=(-2, -1))  # noqa: E731
    values, first = [a], size(a)
    for W in weights:
        values.append(f(values[-1] @ W))
    errors = []
    for W, a in zip(reversed(weights), reversed(values[1:]), strict=True):
        d_z = d * slope_of_output(a)
        errors.append(size(d_z))
        d = d_z @ W.swapaxes(-1, -2)
    return np.array([size(a) / first for a in values[1:]]), np.array(errors[::-1]) / errors[0]


class DepthExplorer(Explorer):
    """How large the values and the gradients are at each layer of a deep network, with random weights."""

    title = "Values and gradients through a deep network"
    activation = Choice(list(ACTIVATIONS), value="ReLU", label="activation")
    depth = Choice({"5 layers": 5, "10 layers": 10, "20 layers": 20}, value=20, label="depth")
    scale = Choice({f"{s:.3g}" if s != 1.4142 else "√2 = 1.41": s for s in SCALES}, value=1.0, label="weight scale s")
    size = (5.0, 3.6)

    def setup(self, figure):
        axes = figure.subplots()
        axes.set(xlim=(0, 1), yscale="log", ylim=(1e-18, 1e10))
        axes.set_yticks([1e-15, 1e-10, 1e-5, 1, 1e5])
        axes.set_xticks([0, 1], ["first layer", "last layer"])
        axes.get_xticklabels()[0].set_ha("left")
        axes.get_xticklabels()[1].set_ha("right")
        axes.set_ylabel("size, against its beginning")
        axes.axhline(1, color=style.GRID, lw=1)
        curves.note(axes, "values a, forward: from the left", style.FORWARD, at=(0.03, 0.99))
        curves.note(axes, "gradients d_z, backward: from the right", style.BACKWARD, at=(0.03, 0.91))
        (self.forward,) = axes.plot([], [], "-o", color=style.FORWARD, ms=3.5, lw=1.4, animated=True)
        (self.back,) = axes.plot([], [], "-s", color=style.BACKWARD, ms=3.5, lw=1.4, animated=True)
        (self.low,) = axes.plot([], [], "--", color=style.BACKWARD, lw=0.9, animated=True)
        (self.high,) = axes.plot([], [], "--", color=style.BACKWARD, lw=0.9, animated=True)

    def update(self, activation, depth, scale):
        values, errors = (array[:, SCALES.index(scale)] for array in sizes(activation, depth))
        layers = np.linspace(0.02, 0.98, depth)
        self.forward.set_data(layers, np.median(values, axis=1))
        self.back.set_data(layers, np.median(errors, axis=1))
        self.low.set_data(layers, errors.min(axis=1))
        self.high.set_data(layers, errors.max(axis=1))
        left, passed = np.median(errors[0]), np.median(values[-1])
        kinds = [(0.01, "it vanishes"), (0.3, "it shrinks"), (3, "it keeps its order of size"), (100, "it grows")]
        kind = next((words for most, words in kinds if left < most), "it explodes")
        return (
            f"{depth} layers of {activation}, s = {scale:.3g}: d_z at the first layer is {power(left)} of that at the last "
            f"({power(errors[0].min())} to {power(errors[0].max())} over {SEEDS} seeds): {kind}; "
            f"the values end at {power(passed)} of the input."
        )


def power(number):
    """Write a positive number as a reader would say it: 0.52, 3.1 × 10⁻⁷."""
    if 0.01 <= number < 1000:
        return f"{number:.2g}" if number < 100 else f"{number:.0f}"
    mantissa, exponent = f"{number:.1e}".split("e")
    return f"{mantissa} × 10{str(int(exponent)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


# ---- The error of a nudge against its size -----------------------------------------------------------------------

POWERS = np.arange(-12, 0.01, 0.5)
PRECISION = {"float64": np.float64, "float32": np.float32}
DIFFERENCES = ["centred", "one-sided"]


def nudged_gradient(loss_of, theta, h, difference):
    """Return the numeric gradient of `loss_of` at the flat parameters theta, with nudges of size h."""
    out = np.empty_like(theta)
    for k in range(len(theta)):
        up, down = theta.copy(), theta.copy()
        up[k] += h
        if difference == "centred":
            down[k] -= h
        out[k] = (loss_of(up) - loss_of(down)) / (up[k] - down[k]) if up[k] != down[k] else 0
    return out


def small_problem(dtype):
    """Return (loss of flat parameters, the parameters, their exact gradient) of a 3-4-1 network with tanh."""
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(6, 3)), np.array([[1.0], [0], [0], [1], [1], [0]])
    theta = np.concatenate([rng.normal(0, 0.6, 12), rng.normal(0, 0.3, 4), rng.normal(0, 0.8, 4), rng.normal(0, 0.3, 1)])

    def parts(t):
        return t[:12].reshape(3, 4), t[12:16], t[16:20].reshape(4, 1), t[20:]

    def loss_of(t):
        W1, b1, W2, b2 = parts(t)
        z = np.tanh(x.astype(t.dtype) @ W1 + b1) @ W2 + b2
        return (np.logaddexp(0, z) - z * y.astype(t.dtype)).mean()

    theta = theta.astype(dtype).astype(float)  # the same numbers in both precisions
    W1, b1, W2, b2 = parts(theta)
    a = np.tanh(x @ W1 + b1)
    d_z2 = (nnlearn.sigmoid(a @ W2 + b2) - y) / len(x)
    d_z1 = d_z2 @ W2.T * (1 - a**2)
    exact = np.concatenate([(x.T @ d_z1).ravel(), d_z1.sum(axis=0), (a.T @ d_z2).ravel(), d_z2.sum(axis=0)])
    return loss_of, theta.astype(dtype), exact


def nudge_errors(precision, difference):
    """Return the norm-wise relative error of the numeric gradient for every h of POWERS."""
    loss_of, theta, exact = small_problem(PRECISION[precision])
    errors = []
    for h in 10.0**POWERS:
        numeric = nudged_gradient(loss_of, theta, theta.dtype.type(h), difference).astype(float)
        errors.append(np.linalg.norm(numeric - exact) / (np.linalg.norm(numeric) + np.linalg.norm(exact)))
    return np.maximum(errors, 1e-16)


class NudgeExplorer(Explorer):
    """The error of a numeric gradient against the size of the nudge: too large is wrong, and so is too small."""

    title = "How large should a nudge be?"
    difference = Choice(DIFFERENCES, value="centred", label="difference")
    precision = Choice(list(PRECISION), value="float64", label="numbers")
    exponent = Range(-12, 0, step=1, value=-2, label="h = 10 to the power of")
    size = (5.0, 3.4)

    def setup(self, figure):
        axes = figure.subplots()
        axes.set(xscale="log", yscale="log", xlim=(0.5e-12, 3), ylim=(1e-13, 5))
        axes.set(xlabel="size of the nudge, h", ylabel="relative error")
        axes.set_xticks([1e-12, 1e-9, 1e-6, 1e-3, 1])
        axes.set_yticks([1e-12, 1e-9, 1e-6, 1e-3, 1])
        axes.axhline(1e-7, color=style.GRID, lw=1)
        axes.text(2.4, 1.3e-7, "10⁻⁷", ha="right", va="bottom", size=8.5)
        curves.note(axes, "← too small: rounding", style.INK, at=(0.02, 0.07))
        axes.text(0.98, 0.07, "too large: curvature →", transform=axes.transAxes, ha="right", va="top")
        self.errors = {(p, d): nudge_errors(p, d) for p in PRECISION for d in DIFFERENCES}
        (self.line,) = axes.plot([], [], "-", color=style.BACKWARD, animated=True)
        (self.point,) = axes.plot([], [], "o", color=style.BACKWARD, ms=8, animated=True)

    def update(self, difference, precision, exponent):
        errors = self.errors[precision, difference]
        k = int(np.flatnonzero(exponent == POWERS)[0])
        best = int(errors.argmin())
        self.line.set_data(10**POWERS, errors)
        self.point.set_data([10.0**exponent], [errors[k]])
        if errors[k] > 0.9 and k < best:
            where = "nothing is left: with so small a nudge the loss does not even change"
        elif errors[k] < 3 * errors[best]:
            where = "about the best that can be had here"
        elif k < best:
            where = "rounding spoils it: the two losses are nearly equal, and few of the digits of their difference are right"
        else:
            where = "the nudge is too large: the loss bends on the way"
        h = "1" if exponent == 0 else power(10.0**exponent).replace("1.0 × ", "")
        return f"A {difference} difference in {precision} with h = {h} is wrong by {power(errors[k])} of the gradient; {where}."


# ---- Predictions, each before its explorer -----------------------------------------------------------------------

PREDICT_UPDATE = Predict(
    "The hidden units are tanh, the label is 1, and one gradient step is taken. How many of the nine numbers change?",
    [
        Answer(
            "Three: those of the output layer",
            "The error is measured at the output, but it is passed on: the output's weights hand it back to the hidden "
            "units. Step to 9 and count the gradients that are not 0.",
        ),
        Answer(
            "Six: the weights, not the biases",
            "A bias is a weight whose input is always 1, and it gets a gradient like any other: that of its z. Look at the "
            "three short lines that come from nowhere.",
        ),
        Answer(
            "Nine: every weight and every bias",
            "All nine have a gradient, and all nine take a step at the same time. Then set the activation to ReLU and count "
            "again: four gradients are 0, because unit 2 is switched off.",
            correct=True,
        ),
    ],
    id="09-predict-update",
)

PREDICT_NUDGE = Predict(
    "The smaller the nudge h, the closer the difference comes to the derivative. So which h is best on a computer?",
    [
        Answer(
            "About 10⁻⁵, neither large nor tiny",
            "Below it, rounding takes over: two nearly equal losses are subtracted, and the error is divided by a tiny h. "
            "Move h to both sides and watch the error rise.",
            correct=True,
        ),
        Answer(
            "The smallest that is not 0, such as 10⁻¹²",
            "In exact arithmetic it would be. But the loss is known to about 16 digits only, and its rounding error is "
            "divided by h. Move h to 10⁻¹² and read the error.",
        ),
        Answer(
            "About 0.01, as in the calculus class",
            "On that way the loss already bends, and the error is thousands of times larger than at the best h. Move h and "
            "look for the bottom of the V.",
        ),
    ],
    id="09-predict-nudge",
)

PREDICT_DEPTH = Predict(
    "20 layers of ReLU with s = 1. Double every weight, s = 2. What happens to the share of d_z that reaches the first layer?",
    [
        Answer(
            "It doubles",
            "It doubles at *one* layer. On its way to the first layer the gradient passes 19 weight matrices, and each of "
            "them is twice as large.",
        ),
        Answer(
            "It grows by about half a million",
            "19 doublings are 2¹⁹ = 524,288. Depth turns a small factor into an enormous one, in both directions.",
            correct=True,
        ),
        Answer(
            "It grows by about 38, twice for each layer",
            "That adds the doublings up. They multiply: two, four, eight and so on, 19 times.",
        ),
    ],
    id="09-predict-depth",
)

# ---- The quiz at the end -----------------------------------------------------------------------------------------

QUIZ = Quiz(
    [
        Question(
            "A dense layer got x with the shape (32, 10) and gave z with the shape (32, 4). What is `d_W`?",
            [
                Answer(
                    "`d_z.T @ x`, with the shape (4, 10)",
                    "The right numbers, lying on their side. A gradient has the shape of what it belongs to, and W is (10, 4).",
                ),
                Answer(
                    "`x.T @ d_z`, with the shape (10, 4)",
                    "The shape of W, and the 32 examples are what is summed over. No other order of the two gives it.",
                    correct=True,
                ),
                Answer(
                    "`x @ W`, with the shape (32, 4)",
                    "That is the way forward. The gradient of W is made of what came in, x, and what came back, d_z.",
                ),
            ],
            id="09-q-shape",
        ),
        NumericQuestion(
            "The loss is a mean over three examples, and d_z, which holds the 1/3 already, has the rows (0.2, 0.3), "
            "(0.4, -0.1) and (-0.3, 0.4). What is the gradient of the first unit's bias?",
            0.3,
            "The first column summed: 0.2 + 0.4 - 0.3. The 1/n came in once, at the loss.",
            [
                Near(0.1, "That is the mean of the column. The 1/n is in d_z already, so this divides by n twice."),
                Near(0.5, "That is the sum of the first row, over the units. A bias belongs to a unit: a column."),
                Near(0.9, "That is the sum of everything. Each unit has a bias of its own."),
            ],
            tolerance=0.01,
            id="09-q-bias",
        ),
        NumericQuestion(
            "A sigmoid output with cross-entropy, averaged over a batch of 4. One example has p = 0.8 and y = 1. What is its d_z?",
            -0.05,
            "(p - y) / n = -0.2 / 4. Nothing else is multiplied in.",
            [
                Near(-0.2, "That is p - y, the gradient of this example's own loss. The mean over 4 examples divides it by 4."),
                Near(-0.0125, "Divided by 4 twice. The 1/n comes in once, where the loss takes the mean."),
                Near(-0.032, "That is (p - y) p (1 - p): the sigmoid's slope counted twice, and the 1/n forgotten."),
            ],
            tolerance=0.002,
            id="09-q-mean",
        ),
        Question(
            "On the way back, when may the weights of the last layer be changed?",
            [
                Answer(
                    "When their own gradient is known",
                    "Not yet: the layer before still needs the *old* weights, because d_x = d_z Wᵀ asks for the slope at the "
                    "place where the forward pass was.",
                ),
                Answer(
                    "Before anything is passed back",
                    "Then not even their own gradient is known. Nothing can be changed before the error has come back.",
                ),
                Answer(
                    "When all gradients are known",
                    "All gradients belong to one and the same point, the old weights. Only then is the step taken, for all "
                    "parameters together.",
                    correct=True,
                ),
            ],
            id="09-q-order",
        ),
        Question(
            "In the network Dense 0, tanh 1, Dense 2, tanh 3, Dense 4 a gradient check says: 4.W and 2.W right, 0.W wrong. "
            "Where do you look first?",
            [
                Answer(
                    "At d_x of layer 2, and at tanh 1",
                    "What reaches layer 2 is right, since its own gradient is. What leaves it towards layer 0 is wrong: so the "
                    "fault is in d_x of layer 2, in tanh 1, or in d_W of layer 0 itself.",
                    correct=True,
                ),
                Answer(
                    "At the loss and its gradient",
                    "A wrong start would spoil every gradient behind it, and those of layers 4 and 2 are right.",
                ),
                Answer(
                    "At the forward pass of layer 0",
                    "Both sides of the check use the same forward pass, so a fault in there stays invisible: both agree on "
                    "the gradient of the wrong function.",
                ),
            ],
            id="09-q-locate",
        ),
        Question(
            "With h = 10⁻¹² in float64 your check reports an error of 5 × 10⁻⁴, and with h = 10⁻⁵ one of 3 × 10⁻¹⁰. "
            "What is the case?",
            [
                Answer(
                    "There is a bug, and the larger h hides it",
                    "A bug that changes the gradient stays as it is when h changes. This error depends on h, so it belongs to "
                    "the measuring.",
                ),
                Answer(
                    "The first h is too small: rounding",
                    "Two losses that agree in nearly all digits are subtracted, and what is left is divided by 10⁻¹². The "
                    "gradient is fine.",
                    correct=True,
                ),
                Answer(
                    "The first is the better estimate, as its h is smaller",
                    "The estimate becomes better with smaller h only until rounding takes over, at about 10⁻⁵ here.",
                ),
            ],
            id="09-q-h",
        ),
        Question(
            "All weights are 0, and the gradient check passes. What has it shown?",
            [
                Answer(
                    "That the way back is right everywhere",
                    "A check says something about one point. At this one, whole terms are 0 on both sides, and a fault in them "
                    "cannot be seen.",
                ),
                Answer(
                    "That the network cannot learn anything",
                    "It may learn badly from there, but that is another question. The check compares two ways of computing a "
                    "gradient.",
                ),
                Answer(
                    "Little: d_x is 0 there, wrong or right",
                    "d_z Wᵀ is 0 whatever you do to W when W is 0. Check at random weights, with several examples and no "
                    "square layers.",
                    correct=True,
                ),
            ],
            id="09-q-special",
        ),
        Question(
            "A network of 20 ReLU layers has weights with the standard deviation s/√n. Which s keeps the size of the gradient?",
            [
                Answer(
                    "s = 1/√2",
                    "That makes it worse. A ReLU lets half of the units through, which multiplies sizes by √½; the weights "
                    "must make up for it, not repeat it.",
                ),
                Answer(
                    "s = √2",
                    "Half of the units are switched off, which takes a factor √½ at each layer, and √2 gives it back. This is "
                    "He's rule.",
                    correct=True,
                ),
                Answer(
                    "s = 1",
                    "That would be right without the activation. With s = 1 each ReLU layer takes a factor √½, and 20 layers "
                    "leave about a thousandth.",
                ),
            ],
            id="09-q-scale",
        ),
    ],
    id="09-quiz",
)
