"""The explorers, predictions and quiz of chapter 15, Handwritten digits."""

import functools

import numpy as np

import nnlearn
from nnlearn import datasets
from nnlearn.explore.controls import Player, Range
from nnlearn.explore.explorer import Explorer
from nnlearn.explore.quiz import Answer, Predict, Question, Quiz
from nnlearn.plots import style

EPOCHS = 30
SEED = 0


def new_network(rng):
    """Return the chapter's network with its first weights: 64 pixels, 128 ReLU units, 10 logits, in float32."""
    return nnlearn.Network(
        [
            nnlearn.Dense(64, 128, rng=rng, init=nnlearn.he_normal, dtype=np.float32),
            nnlearn.ReLU(),
            nnlearn.Dense(128, 10, rng=rng, dtype=np.float32),
        ]
    )


@functools.cache
def trained():
    """Train the chapter's network just as the chapter does; return it at the end, at every epoch, and the test set."""
    data = datasets.digits()
    rng = np.random.default_rng(SEED)
    x_train, y_train, x_test, y_test = datasets.train_test_split(rng, data.x / 16, data.y)
    network = new_network(rng)
    stages = [network.copy()]
    history = nnlearn.fit(
        network, x_train, y_train, loss=nnlearn.SoftmaxCrossEntropy(), optimizer=nnlearn.Adam(lr=0.003),
        epochs=EPOCHS, batch_size=32, rng=rng, validation=(x_test, y_test),
        callbacks=[lambda progress: stages.append(progress.network.copy())],
    )  # fmt: skip
    return network, stages, history, x_test, y_test


class ReadingExplorer(Explorer):
    """What the trained network says to digits that it has never seen, the hardest first."""

    title = "A digit, and what the network says"
    example = Range(1, 40, step=1, value=1, label="example")
    size = (5.0, 2.6)
    frames = "webp"

    def setup(self, figure):
        network, _, _, x_test, y_test = trained()
        p = nnlearn.softmax(network.predict(x_test))
        # From the least sure of the truth to the surest, in equal steps through the whole test set.
        order = np.argsort(p[np.arange(len(y_test)), y_test])
        hard, rest = order[:12], order[12:]
        chosen = np.concatenate([hard, rest[np.linspace(0, len(rest) - 1, 28).astype(int)]])
        self.images, self.y, self.p = x_test[chosen].reshape(-1, 8, 8), y_test[chosen], p[chosen]
        left, right = figure.subplots(1, 2, width_ratios=[1, 1.7])
        left.set_axis_off()
        self.image = left.imshow(np.zeros((8, 8)), cmap="gray_r", vmin=0, vmax=1, animated=True)
        right.set(xlim=(0, 1.18), ylim=(9.6, -0.6), xlabel="probability")
        right.set_yticks(range(10))
        right.set_xticks([0, 0.5, 1])
        self.bars = right.barh(range(10), np.zeros(10), height=0.6, color=style.FORWARD, animated=True)
        self.mark = right.text(0, 0, "", color=style.INK, va="center", animated=True)

    def update(self, example):
        k = int(example) - 1
        image, y, p = self.images[k], int(self.y[k]), self.p[k]
        said = int(p.argmax())
        self.image.set_data(image)
        for digit in range(10):
            self.bars[digit].set_width(p[digit])
            self.bars[digit].set_color(style.FORWARD if digit == said else style.GRID)
        self.mark.set_position((p[y] + 0.02, y))
        self.mark.set_text("◀ true")
        if said == y:
            return f"Example {k + 1} is a {y}, and the network says {said} with probability {p[said]:.3f}."
        return (
            f"Example {k + 1} is a {y}, but the network says {said} with probability {p[said]:.3f}; "
            f"to the {y} it gives {p[y]:.3f}."
        )


class WeightsExplorer(Explorer):
    """The first layer's weights as images, one for each of 24 hidden units, as training goes on."""

    title = "What 24 hidden units look for, epoch by epoch"
    epoch = Player(EPOCHS, value=0, label="epoch")
    size = (5.0, 2.9)
    frames = "webp"

    def setup(self, figure):
        _, stages, history, x_test, y_test = trained()
        self.weights = [stage.params["0.W"][:, :24].T.reshape(24, 8, 8) for stage in stages]
        self.accuracy = [float(datasets.accuracy(stage.predict(x_test), y_test)) for stage in stages]
        largest = max(np.abs(weights).max() for weights in self.weights)
        self.images = []
        for axes in figure.subplots(4, 6).flat:
            axes.set_axis_off()
            self.images.append(
                axes.imshow(np.zeros((8, 8)), cmap=style.signed(), vmin=-largest, vmax=largest, animated=True)
            )

    def update(self, epoch):
        for image, weights in zip(self.images, self.weights[epoch], strict=True):
            image.set_data(weights)
        spread = float(np.std(self.weights[epoch]))
        when = "Before training" if epoch == 0 else f"After epoch {epoch}"
        return (
            f"{when} the network reads {100 * self.accuracy[epoch]:.1f} % of the test digits; the weights shown have a "
            f"spread of {spread:.3f}. Blue pixels speak for a unit, vermillion ones against it."
        )


PREDICT_CHANCE = Predict(
    "The weights have just been drawn and nothing has been learned. How many of 100 test digits will it read correctly?",
    [
        Answer(
            "None at all, since it knows nothing",
            "To get every one wrong it would have to know the right answers. A guess among ten digits hits now and then.",
        ),
        Answer(
            "Roughly 10",
            "There are ten digits, so a guess is right about once in ten times. The exact share depends on the draw: look at "
            "epoch 0 below.",
            correct=True,
        ),
        Answer(
            "Roughly 50",
            "That is the share for two classes. Here are ten.",
        ),
    ],
    id="15-predict-chance",
)

QUIZ = Quiz(
    [
        Question(
            "Why is a fifth of the digits kept out of training?",
            [
                Answer(
                    "To make training faster",
                    "It does get a little faster, but that is not why. A test on what was learned by heart would tell you little.",
                ),
                Answer(
                    "To measure on digits that it has not seen",
                    "A network can learn its training examples by heart. Only new ones tell whether it has learned to read.",
                    correct=True,
                ),
                Answer(
                    "To have spare examples for later epochs",
                    "Every epoch goes through the same training examples again. The test set is never used for a step.",
                ),
            ],
            id="15-q-test",
        ),
        Question(
            "The network has ten outputs. What do they hold before the softmax?",
            [
                Answer(
                    "Ten logits, any numbers",
                    "The loss SoftmaxCrossEntropy takes logits and applies the softmax itself.",
                    correct=True,
                ),
                Answer(
                    "Ten probabilities",
                    "They become probabilities only by the softmax; before it they need not sum to 1.",
                ),
                Answer(
                    "The digit that was read, ten times",
                    "There is one output for each digit, and the largest of them names the digit.",
                ),
            ],
            id="15-q-logits",
        ),
        Question(
            "From some epoch on the training loss still falls and the validation loss rises. What is that?",
            [
                Answer(
                    "Overfitting: it learns its examples by heart",
                    "What it still learns holds for the training digits alone, and costs it on new ones.",
                    correct=True,
                ),
                Answer(
                    "A learning rate that is too small",
                    "Then both would fall, slowly. Here the training examples are learned better and better.",
                ),
                Answer(
                    "A sign that the network has too few units to learn the task",
                    "Too few units show in a training loss that stays high. This one still falls.",
                ),
            ],
            id="15-q-overfit",
        ),
        Question(
            "In the confusion matrix, what stands in the row of 8 and the column of 1?",
            [
                Answer(
                    "How often an 8 was read as a 1",
                    "The row is what it was, the column is what the network said.",
                    correct=True,
                ),
                Answer(
                    "How often a 1 was read as an 8",
                    "That is the other corner: row 1, column 8. The two need not be equal.",
                ),
                Answer(
                    "How often 1 and 8 were mixed up, in either direction",
                    "The matrix keeps the two directions apart; you would have to add both corners.",
                ),
            ],
            id="15-q-confusion",
        ),
    ],
    id="15-quiz",
)
