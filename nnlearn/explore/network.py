"""The explorers, predictions and quiz of chapter 2, A network of units."""

import functools

import numpy as np
from contourpy import contour_generator
from matplotlib.patches import PathPatch
from matplotlib.path import Path

import nnlearn
from nnlearn.explore.controls import Choice, Player, Range
from nnlearn.explore.explorer import Explorer
from nnlearn.explore.quiz import Answer, Near, NumericQuestion, Predict, Question, Quiz
from nnlearn.explore.worked_steps import given
from nnlearn.plots import networks, style

# The chapter's small network, which it computes by hand.
W1 = np.array([[1.0, -1.0], [0.5, 0.5]])
B1 = np.array([-0.5, -0.5])
W2 = np.array([[2.0], [-1.0]])
B2 = np.array([0.5])

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
XOR = np.array([0.0, 1.0, 1.0, 0.0])

BENDS = {"ReLU": nnlearn.relu, "tanh": nnlearn.tanh, "none": lambda z: z}


class DiagramExplorer(Explorer):
    """A 2-2-1 network: move the inputs and watch the values go through it."""

    title = "Values on their way through a network"
    x1 = Range(-2, 2, step=0.5, value=1, label="input x₁")
    x2 = Range(-2, 2, step=0.5, value=2, label="input x₂")
    bend = Choice(list(BENDS), value="ReLU", label="activation of the hidden units")
    size = (5.0, 2.3)

    def setup(self, figure):
        self.diagram = networks.Diagram(figure.subplots(), [W1, W2], [B1, B2], moving=True)

    def update(self, x1, x2, bend):
        x = np.array([x1, x2])
        z = x @ W1 + B1
        a = BENDS[bend](z)
        out = a @ W2 + B2
        self.diagram.show([x, a, out])
        say = [f"{value + 0.0:.3g}".replace("-", "−") for value in (*z, *a, out[0])]
        return (
            f"Inputs {given(x1)} and {given(x2)}: the hidden sums are {say[0]} and {say[1]}, "
            f"the hidden values {say[2]} and {say[3]}, and the output is {say[4]}."
        )


EPOCHS = 100


@functools.cache
def xor_training(hidden):
    """Train a 2-`hidden`-1 tanh network on XOR for the explorer; return its copies from the start, every five epochs."""
    rng = np.random.default_rng(8)
    network = nnlearn.Network([nnlearn.Dense(2, hidden, rng=rng), nnlearn.Tanh(), nnlearn.Dense(hidden, 1, rng=rng)])
    stages = [network.copy()]
    nnlearn.fit(
        network, CORNERS, XOR[:, None], loss=nnlearn.SigmoidCrossEntropy(), optimizer=nnlearn.Adam(lr=0.1),
        epochs=EPOCHS, batch_size=4, rng=rng,
        callbacks=[lambda progress: stages.append(progress.network.copy()) if progress.epoch % 5 == 0 else None],
    )  # fmt: skip
    return stages


class XorExplorer(Explorer):
    """A network learns XOR: the lines of its hidden units, and what comes out of them together."""

    title = "Hidden units draw lines, the output puts them together"
    hidden = Choice({"1": 1, "2": 2, "4": 4}, value=2, label="hidden units")
    stage = Player(EPOCHS // 5, value=0, label="5 epochs each", interval=200)
    size = (5.0, 3.7)

    low, high = -0.6, 1.6

    def setup(self, figure):
        side = np.linspace(self.low, self.high, 45)
        self.side = side
        self.grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
        axes = figure.subplots()
        axes.set(xlim=(self.low, self.high), ylim=(self.low, self.high), xlabel="input x₁", ylabel="input x₂", aspect="equal")
        axes.set_xticks([0, 1])
        axes.set_yticks([0, 1])
        ones = XOR == 1
        axes.plot(*CORNERS[ones].T, "o", ms=10, color=style.CLASSES[0], zorder=4)
        axes.plot(*CORNERS[~ones].T, "X", ms=10, color=style.CLASSES[1], zorder=4)
        for k, (text, color) in enumerate(
            (
                ("● label 1", style.CLASSES[0]),
                ("✖ label 0", "#8A5F00"),
                ("shaded: it says 1", style.INK),
                ("- - line of a\n    hidden unit", style.WEIGHTS),
            )
        ):
            axes.text(1.02, 0.98 - 0.1 * k, text, color=color, transform=axes.transAxes, va="top")
        self.patch = axes.add_patch(PathPatch(Path(np.zeros((1, 2))), fc=style.FORWARD, alpha=0.18, lw=0, animated=True))
        self.lines = [axes.plot([], [], "--", color=style.WEIGHTS, lw=1.6, animated=True)[0] for _ in range(4)]

    def update(self, hidden, stage):
        network = xor_training(hidden)[stage]
        logits = network.predict(self.grid).reshape(len(self.side), -1)
        self.patch.set_path(self.region(logits))
        W, b = network.params["0.W"], network.params["0.b"].ravel()
        for k, line in enumerate(self.lines):
            line.set_data(*(self.line(W[:, k], b[k]) if k < hidden else ([], [])))
        out = network.predict(CORNERS).ravel()
        right = int(((out > 0) == (XOR == 1)).sum())
        loss = float(nnlearn.SigmoidCrossEntropy()(out[:, None], XOR[:, None]))
        units = f"{hidden} hidden unit{'s' if hidden > 1 else ''}"
        return f"{units}, after {5 * stage} epochs: {right} of 4 corners are right, and the loss is {loss:.3g}."

    def region(self, logits):
        """Return the part of the plane where the output is above 0, as a path."""
        points, codes = contour_generator(self.side, self.side, logits, fill_type="OuterCode").filled(0, np.inf)
        return Path(np.concatenate(points), np.concatenate(codes)) if points else Path(np.zeros((1, 2)))

    def line(self, w, b):
        """Return two points far apart on the line w·x + b = 0."""
        along = np.array([-w[1], w[0]]) / np.hypot(*w)
        foot = -b * w / (w @ w)
        return np.stack([foot - 4 * along, foot + 4 * along]).T


# ---- Questions ---------------------------------------------------------------------------------------------------

PREDICT_DIAGRAM = Predict(
    "Set x₂ to −2 in the picture below, and move x₁ from −2 to 0. What will the output do?",
    [
        Answer("It rises with x₁ all the way", "The edges from x₁ do carry it, but look at what ReLU leaves of the hidden sums."),
        Answer(
            "It falls, and then it stays the same",
            "The unit that is on at first counts −1, so the output rises as that unit falls.",
        ),
        Answer(
            "It rises, and then it stays at 0.5",
            "The second hidden unit falls from 0.5 to 0, and it counts −1, so the output rises from 0 to 0.5. From x₁ = "
            "−1.5 on both "
            "hidden units are off, and what is left is the output's bias.",
            correct=True,
        ),
        Answer("Nothing, since both hidden units are off", "At x₁ = −2 the second hidden sum is 2 − 1 − 0.5 = 0.5: it is on."),
    ],
    id="02-p-diagram",
)

PREDICT_XOR = Predict(
    "A network learns XOR. How many hidden units does it need at least?",
    [
        Answer("None", "One unit draws one line, and chapter 1 showed that no line does it."),
        Answer("One", "One hidden unit still draws only one line, and the output can do no more than turn its sides round."),
        Answer(
            "Two",
            "Two lines make a strip, and the output can tell the strip from the rest. Try it below, and try one as well.",
            correct=True,
        ),
        Answer(
            "Four, one for each corner",
            "That would do, and it is more than needed: between two lines there is room for two corners.",
        ),
    ],
    id="02-p-xor",
)

PREDICT_SEEDS = Predict(
    "Twenty networks with two hidden units start from twenty different random weights. How many will learn XOR?",
    [
        Answer(
            "All of them, since two units suffice",
            "That weights exist does not say that training finds them. Look at the table below.",
        ),
        Answer(
            "About half of them, or fewer",
            "Two units have nothing to spare. Who starts badly can get stuck where only two or three corners are right.",
            correct=True,
        ),
        Answer("None, since it is too hard to learn", "It is small, not hard: several of them get there. Look at the table below."),
    ],
    id="02-p-seeds",
)

QUIZ = Quiz(
    [
        Question(
            "A network has an input layer of 3, two hidden layers of 5 units, and an output layer of 2. How many layers "
            "of it compute something?",
            [
                Answer("Two", "Those are the hidden ones. The output layer computes, too."),
                Answer("Three", "Two hidden layers and the output layer. The input layer only holds the data.", correct=True),
                Answer("Four", "The input layer is counted in there. It passes the data on and computes nothing."),
            ],
            id="02-q-layers",
        ),
        NumericQuestion(
            "How many parameters, weights and biases, does a dense network with the sizes 3-5-2 have?",
            32,
            "3 × 5 weights and 5 biases, then 5 × 2 weights and 2 biases: 20 + 12.",
            [
                Near(25, "Those are the weights alone: 15 + 10. Each unit has a bias as well."),
                Near(27, "You counted one bias for each layer that computes. It is one for each unit: 5 + 2."),
                Near(30, "You multiplied all sizes. Each layer is connected to the next one only: 3 × 5 + 5 × 2 weights."),
                Near(
                    10,
                    "That is the number of units, inputs counted in. Parameters sit on the edges, and one in each unit "
                    "that computes.",
                ),
                Near(35, "The inputs have no bias: they compute nothing."),
            ],
            tolerance=0.5,
            id="02-q-count",
        ),
        Question(
            "x has the shape (8, 3) and goes through Dense(3, 5) and then Dense(5, 2). What is the shape of the hidden values?",
            [
                Answer("(8, 5)", "A row for each example, a column for each hidden unit.", correct=True),
                Answer("(5, 3)", "That would be the weights turned round. Values have a row for each example, and there are 8."),
                Answer("(3, 5)", "That is the shape of the first weights."),
                Answer("(8, 2)", "That is the shape of the output."),
            ],
            id="02-q-shape",
        ),
        Question(
            "Ten dense layers in a row, with biases and without any activation. What can they compute that one layer can not?",
            [
                Answer(
                    "Curved boundaries, if the layers are wide enough",
                    "Width adds more straight lines to a sum of straight lines, which is one again.",
                ),
                Answer(
                    "Nothing",
                    "Each is a matrix product and a shift, and ten of those in a row are one matrix product and one shift.",
                    correct=True,
                ),
                Answer(
                    "XOR, since there are hidden units",
                    "Hidden units help only if they bend. Without activations the output is one line still.",
                ),
                Answer("More, because every layer brings its own bias", "The biases add up to one. A shift bends nothing."),
            ],
            id="02-q-collapse",
        ),
        NumericQuestion(
            "In the chapter's small network, what is the output for the inputs 0 and 0? (W1 = [[1, −1], [0.5, 0.5]], b1 "
            "= [−0.5, −0.5], "
            "W2 = [[2], [−1]], b2 = 0.5, ReLU in the hidden layer.)",
            0.5,
            "Both hidden sums are −0.5, ReLU makes 0 of them, and the output is its bias.",
            [
                Near(
                    0,
                    "Either the output's own bias of 0.5 is missing, or ReLU: without it the sums go on and give −1 + 0.5 + 0.5.",
                ),
                Near(-0.5, "That is each hidden *sum*. ReLU makes 0 of it, and then the output layer follows."),
            ],
            tolerance=0.05,
            id="02-q-output",
        ),
        Question(
            "Why are the middle layers called hidden?",
            [
                Answer("Their values cannot be seen", "A program can print every one of them. `network.trace(x)` does."),
                Answer(
                    "Nobody says what their values should be",
                    "Data say what goes in and what should come out. What the units between stand for is found in training.",
                    correct=True,
                ),
                Answer(
                    "They switch themselves off while the network is being trained",
                    "They work in training as they do later. (Dropout silences some by chance, which is another matter.)",
                ),
            ],
            id="02-q-hidden",
        ),
        Question(
            "All weights of a network start out equal, and so do all its biases. What will the units of a hidden layer learn?",
            [
                Answer(
                    "All the same",
                    "Equal units get equal inputs and equal corrections, and so they stay equal for ever. That is why "
                    "weights start random.",
                    correct=True,
                ),
                Answer(
                    "Different things, since training will separate them",
                    "Nothing tells them apart: whatever changes one of them changes the others in the same way.",
                ),
                Answer("Nothing, since their outputs cancel", "Nothing cancels. They work as one unit, drawn several times."),
            ],
            id="02-q-symmetry",
        ),
    ],
    id="02-quiz",
)
