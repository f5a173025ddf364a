"""The explorers, predictions and quiz of chapter 13, Initialization."""

import functools

import numpy as np

import nnlearn
from nnlearn import datasets
from nnlearn.explore.controls import Choice, Values
from nnlearn.explore.explorer import Explorer
from nnlearn.explore.quiz import Answer, Near, NumericQuestion, Predict, Question, Quiz
from nnlearn.plots import style
from nnlearn.plots.numbers import written

ACTIVATIONS = {"tanh": nnlearn.Tanh, "ReLU": nnlearn.ReLU, "sigmoid": nnlearn.Sigmoid}
WIDTH, DEPTH = 100, 10


def through_layers(activation, factor, seed=0, width=WIDTH, depth=DEPTH):
    """Return (activations, gradients) of `depth` layers, each a list of arrays (200, width), the first layer first.

    The weights have the standard deviation factor / √width and the biases are 0; the input and the gradient that enters at the end
    are normal with spread 1.
    """
    rng, layer = np.random.default_rng(seed), ACTIVATIONS[activation]()
    weights = [rng.normal(0, factor / np.sqrt(width), (width, width)) for _ in range(depth)]
    a, activations, sums = rng.normal(0, 1, (200, width)), [], []
    for W in weights:
        z = a @ W
        a = layer.forward(z)
        sums.append(z)
        activations.append(a)
    d_a, gradients = rng.normal(0, 1, a.shape), []
    for z, a, W in zip(sums[::-1], activations[::-1], weights[::-1], strict=True):
        d_z, _ = layer.backward(z, a, d_a)
        gradients.append(d_z)
        d_a = d_z @ W.T
    return activations, gradients[::-1]


def _spread(array):
    """Return the root of the mean square."""
    return float(np.sqrt(np.mean(np.square(array))))


class LayersExplorer(Explorer):
    """Histograms of the activations in ten layers, and how large the gradients are on their way back."""

    title = "Ten layers, forward and back"
    activation = Choice({name: name for name in ACTIVATIONS}, value="tanh", label="activation")
    factor = Values([0.1, 0.5, 1, 1.41, 2, 4], value=1, label="spread × √n")
    size = (5.0, 4.8)

    BINS = 18

    def setup(self, figure):
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=[1.3, 1])
        above.set(xlim=(0.3, DEPTH + 0.7), ylim=(-2.2, 3.2), ylabel="activations", xticks=range(1, DEPTH + 1))
        above.axhline(0, color=style.GRID, lw=1, zorder=0)
        below.set(yscale="log", ylim=(1e-8, 1e6), ylabel="gradient, root mean square", xlabel="layer")
        below.axhline(1, color=style.GRID, lw=1, zorder=0)
        below.text(0.4, 2, "as it enters at the end", va="bottom")
        moving = {"animated": True}
        self.shapes = [above.fill([0], [0], color=style.FORWARD, alpha=0.85, lw=0.6, **moving)[0] for _ in range(DEPTH)]
        (self.line,) = below.plot([], [], "-o", ms=5, color=style.BACKWARD, **moving)

    def update(self, activation, factor):
        activations, gradients = through_layers(activation, factor)
        edges = np.linspace(-2.2, 3.2, self.BINS + 1)
        for layer, (shape, a) in enumerate(zip(self.shapes, activations, strict=True), start=1):
            heights = np.histogram(np.clip(a, -2.19, 3.19), edges)[0].astype(float)
            held = np.flatnonzero(heights)
            low, high = held[0], held[-1] + 1  # no line where there is nothing
            half = (0.42 * heights[low:high] / heights.max()).round(3)
            x = np.concatenate([layer + np.repeat(half, 2), layer - np.repeat(half, 2)[::-1]])
            y = np.repeat(edges[low : high + 1], 2)[1:-1]
            shape.set_xy(np.stack([x, np.concatenate([y, y[::-1]]).round(2)], axis=1))
        sizes = [_spread(g) for g in gradients]
        self.line.set_data(range(1, DEPTH + 1), np.clip(sizes, 1e-9, 1e7))
        first, last = np.std(activations[0]), np.std(activations[-1])
        return (
            f"{activation}, weights of spread {factor:g}/√n: the activations' spread goes from {written(first, '.2g')} in layer 1 "
            f"to {written(last, '.2g')} in layer {DEPTH}; the gradient, 1 as it enters, has come to {written(sizes[0], '.2g')} "
            "in layer 1."
        )


WAYS = {
    "all equal": lambda rng, shape: np.full(shape, 0.1),
    "too small": lambda rng, shape: nnlearn.random_normal(rng, shape, 0.01),
    "Xavier": nnlearn.glorot_normal,
    "He": nnlearn.he_normal,
    "too large": lambda rng, shape: nnlearn.random_normal(rng, shape, 0.6),
}
SEEDS, EPOCHS = 10, 20


def deep_network(rng, activation, init):
    """Return 64 pixels → four layers of 32 units → 10 logits."""
    layers, sizes = [], [64, 32, 32, 32, 32]
    for n_in, n_out in zip(sizes, sizes[1:], strict=False):
        layers += [nnlearn.Dense(n_in, n_out, rng=rng, init=init, dtype=np.float32), ACTIVATIONS[activation]()]
    return nnlearn.Network([*layers, nnlearn.Dense(32, 10, rng=rng, init=init, dtype=np.float32)])


def few_digits():
    """Return the 600 digits of the training curves: pixels from 0 to 1 (600, 64), and labels (600,)."""
    data = datasets.digits()
    rows = np.random.default_rng(13).permutation(len(data.y))[:600]
    return data.x[rows] / 16, data.y[rows]


def losses_over_seeds(activation, inits, *, optimizer=None, epochs=EPOCHS, prepare=lambda x: x):
    """Return the training losses (len(inits), epochs, SEEDS) of ten networks for each initializer, all in one population.

    They learn from `few_digits`, whose pixels `prepare` may change, in batches of 30; by `SGD(lr=0.05)` if no optimizer is given.
    """
    x, y = few_digits()
    networks = [deep_network(np.random.default_rng(seed), activation, init) for init in inits for seed in range(SEEDS)]
    history = nnlearn.fit(
        nnlearn.Network.population(networks), prepare(x), y, loss=nnlearn.SoftmaxCrossEntropy(),
        optimizer=optimizer or nnlearn.SGD(lr=0.05), epochs=epochs, batch_size=30, rng=np.random.default_rng(0),
    )  # fmt: skip
    return np.array(history.loss).reshape(epochs, len(inits), SEEDS).swapaxes(0, 1)


@functools.cache
def training_curves(activation):
    """Return {way: losses (EPOCHS, SEEDS)} for all `WAYS`."""
    return dict(zip(WAYS, losses_over_seeds(activation, list(WAYS.values())), strict=True))


class CurvesExplorer(Explorer):
    """Training curves of one network from five kinds of first weights, ten seeds each."""

    title = "The same network from five kinds of first weights"
    activation = Choice({"tanh": "tanh", "ReLU": "ReLU"}, value="ReLU", label="activation")
    way = Choice({way: way for way in WAYS}, value="He", label="first weights")
    size = (5.0, 3.6)

    def setup(self, figure):
        self.curves = {name: training_curves(name) for name in ("tanh", "ReLU")}
        axes = figure.subplots()
        axes.set(xlim=(1, EPOCHS), ylim=(0.01, 40), yscale="log", xlabel="epoch", ylabel="training loss")
        axes.set_xticks([1, 5, 10, 15, 20])
        axes.axhline(np.log(10), color=style.GRID, lw=1, zorder=0)
        axes.text(EPOCHS - 0.2, 2.5, "guessing", ha="right", va="bottom")
        self.others = axes.plot(np.zeros((2, len(WAYS))), color=style.FAINT, lw=1, animated=True)
        self.band = axes.fill([0], [0], color=style.WEIGHTS, alpha=0.18, lw=0, animated=True)[0]
        (self.line,) = axes.plot([], [], "-o", ms=3.5, color=style.WEIGHTS, animated=True)

    def update(self, activation, way):
        epochs = np.arange(1, EPOCHS + 1)
        for line, losses in zip(self.others, self.curves[activation].values(), strict=True):
            line.set_data(epochs, np.clip(np.median(losses, axis=1), 1e-3, 1e3))
        chosen = np.clip(np.nan_to_num(self.curves[activation][way], nan=1e3), 1e-3, 1e3)
        low, high = chosen.min(axis=1), chosen.max(axis=1)
        self.band.set_xy(np.stack([np.concatenate([epochs, epochs[::-1]]), np.concatenate([low, high[::-1]])], axis=1))
        self.line.set_data(epochs, np.median(chosen, axis=1))
        return (
            f"{activation}, {way}: over {SEEDS} seeds the median loss goes from {np.median(chosen[0]):.2g} in epoch 1 to "
            f"{np.median(chosen[-1]):.2g} in epoch {EPOCHS} (from {low[-1]:.2g} to {high[-1]:.2g}); guessing costs 2.3."
        )


# ---- Questions ---------------------------------------------------------------------------------------------------

PREDICT_LAYERS = Predict(
    "Ten tanh layers of 100 units, with weights of spread 0.5/√100. An input of spread 1 goes in. What comes out of the "
    "tenth layer?",
    [
        Answer(
            "About the same spread as went in, since tanh keeps values between −1 and 1",
            "tanh keeps large values down. It does nothing against small ones: each layer halves them, or nearly so. "
            "Choose 0.5 and look.",
        ),
        Answer(
            "Next to nothing: each layer about halves the spread",
            "Each sum has a hundred terms of spread 0.05, so its spread is 0.05 · √100 = 0.5 times that of the input. Ten times "
            "that is a factor of about a thousand.",
            correct=True,
        ),
        Answer(
            "Much more than went in, since a hundred terms are added up in each of the layers",
            "A hundred terms of random sign partly cancel: their sum is √100 = 10 times as large as one, and not 100 times.",
        ),
    ],
    id="13-predict-layers",
)

PREDICT_CURVES = Predict(
    "A network of five layers with ReLU starts from weights of spread 0.01, as small and as random as one could wish. "
    "How does its training begin?",
    [
        Answer(
            "Well: small weights are safe",
            "They are safe from flying away. But five layers of them pass on next to nothing, and the gradients are as small.",
        ),
        Answer(
            "It stands still at the loss of guessing",
            "Hardly any of the input reaches the end, and hardly any gradient reaches the beginning. Choose “too small”: after "
            "20 epochs it still stands there.",
            correct=True,
        ),
        Answer(
            "All units stay equal, so it learns as one unit would",
            "They are different, since chance drew them. That breaks the symmetry. The trouble here is their size.",
        ),
    ],
    id="13-predict-curves",
)

QUIZ = Quiz(
    [
        Question(
            "All weights of a network start at 0.3. What do the units of a hidden layer do during training?",
            [
                Answer(
                    "They stay equal to each other for ever",
                    "They see the same, compute the same and are heard alike by the next layer. So they get the same gradient, in "
                    "every step.",
                    correct=True,
                ),
                Answer(
                    "They become different after some steps",
                    "What could make them different? Each gets exactly the same gradient as its neighbour, in every step.",
                ),
                Answer(
                    "They do not change at all",
                    "They do change, unless their gradient happens to be 0; but all of them in the same way.",
                ),
            ],
            id="13-q-equal",
        ),
        NumericQuestion(
            "A layer has 200 inputs and 50 units with ReLU. What standard deviation does He's rule give its weights?",
            0.1,
            "Two divided by the number of inputs is the variance, and its root is asked: √(2 / 200) = √0.01 = 0.1.",
            [
                Near(0.01, "That is the variance, 2 / 200. The standard deviation is its root."),
                Near(0.2, "You took the 50 units, √(2 / 50). He's rule counts the inputs of a unit."),
                Near(0.0894, "That is Xavier's, √(2 / (200 + 50))."),
                Near(0.0707, "That is √(1 / 200). ReLU throws half away, so He's rule has a 2 above the line."),
            ],
            tolerance=0.001,
            id="13-q-he",
        ),
        NumericQuestion(
            "A uniform distribution on ±a has the variance a²/3. Which a gives weights with the variance 0.03?",
            0.3,
            "Turn the formula round: a² = 3 · 0.03 = 0.09, so a = √0.09 = 0.3.",
            [
                Near(0.173, "That is the standard deviation, √0.03. The edges of a uniform distribution lie √3 times as far out."),
                Near(0.09, "That is a², three times the variance. The root is missing."),
                Near(0.03, "That is the variance itself. The limit is √3 times its root."),
            ],
            tolerance=0.005,
            id="13-q-uniform",
        ),
        Question(
            "Why does He's rule have a 2 where 1/n_in would keep the variance of a sum?",
            [
                Answer(
                    "ReLU sets about half of the values to 0, which halves their mean square",
                    "The next sum would then have half the variance. Twice the variance of the weights makes up for it.",
                    correct=True,
                ),
                Answer(
                    "There are two passes, forward and backward, and each needs one",
                    "Each of the two passes needs the same 2, for the same reason; they do not add up.",
                ),
                Answer(
                    "ReLU has no upper bound, and so its weights must be larger than others",
                    "No bound is a reason for care with large weights. The 2 makes up for what ReLU throws away.",
                ),
            ],
            id="13-q-two",
        ),
        Question(
            "Weights drawn at random, but all biases start at 0. Is the symmetry broken?",
            [
                Answer(
                    "No: equal biases make equal units",
                    "Units are equal only if *everything* about them is. Unequal weights are enough.",
                ),
                Answer(
                    "Yes: unequal weights are enough",
                    "Each unit computes something else from the first example on, and gets a gradient of its own.",
                    correct=True,
                ),
                Answer(
                    "Only if the weights are also large",
                    "Size is another matter. The smallest difference breaks the symmetry; it may take long to grow.",
                ),
            ],
            id="13-q-biases",
        ),
        Question(
            "In a deep tanh network nearly all activations of the first layers are close to −1 or 1. What happened, and "
            "what follows?",
            [
                Answer(
                    "The weights are too small, so that values pile up",
                    "Small weights make sums near 0, and tanh of them is near 0 as well.",
                ),
                Answer(
                    "The weights are too large; hardly any gradient gets back",
                    "The units are saturated: the curve is flat there, its slope near 0, and so is each gradient on its way back.",
                    correct=True,
                ),
                Answer(
                    "That is as it should be: the units have made up their minds",
                    "At the start of training there is nothing yet that they could have made up their minds about.",
                ),
            ],
            id="13-q-saturated",
        ),
    ],
    id="13-quiz",
)
