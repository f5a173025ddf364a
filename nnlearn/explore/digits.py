"""The explorers, predictions and quiz of chapter 15, Handwritten digits."""

import functools

import numpy as np

import nnlearn
from nnlearn import datasets
from nnlearn.explore.controls import Choice, Player, Range
from nnlearn.explore.explorer import Explorer
from nnlearn.explore.quiz import Answer, Near, NumericQuestion, Predict, Question, Quiz
from nnlearn.plots import style

EPOCHS = 30
SEED = 0


def new_network(rng, hidden=128, dropout=0.0):
    """Return the chapter's network with its first weights: 64 pixels, `hidden` ReLU units, 10 logits, in float32.

    With `dropout` that share of the hidden units is silenced in every step of training.
    """
    first = nnlearn.Dense(64, hidden, rng=rng, init=nnlearn.he_normal, dtype=np.float32)
    last = nnlearn.Dense(hidden, 10, rng=rng, dtype=np.float32)
    silenced = [nnlearn.Dropout(dropout, rng=rng)] if dropout else []
    return nnlearn.Network([first, nnlearn.ReLU(), *silenced, last])


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


class OverfittingExplorer(Explorer):
    """The losses of networks that learn few digits, some with wrong labels, and what they are worth on new ones."""

    title = "Learned, or learned by heart?"
    examples = Choice({"100": 100, "300": 300, "900": 900}, value=300, label="training digits")
    wrong = Choice({"all labels right": 0.0, "every fifth wrong": 0.2}, value=0.2, label="labels")
    network = Choice(
        {"64 units": (64, 0.0), "64 units, dropout ½": (64, 0.5), "8 units": (8, 0.0)}, value=(64, 0.0), label="network"
    )
    size = (5.0, 4.8)

    SEEDS, EPOCHS = 5, 40

    def setup(self, figure):
        for values in self.positions():  # so that no move has to wait
            self.train(**values)
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=[1.4, 1])
        above.set(yscale="log", ylim=(0.005, 4), ylabel="loss", xlim=(0, self.EPOCHS + 9))
        below.set(ylim=(0.4, 1.02), ylabel="new digits read", xlabel="epoch", xticks=range(0, self.EPOCHS + 1, 10))
        below.set_yticks([0.4, 0.6, 0.8, 1], ["40 %", "60 %", "80 %", "100 %"])
        moving = {"animated": True}
        (self.training,) = above.plot([], [], color=style.FORWARD, **moving)
        (self.held_back,) = above.plot([], [], "--", color=style.BACKWARD, **moving)
        (self.lowest,) = above.plot([], [], "o", ms=8, mfc="none", mew=2, color=style.BACKWARD, **moving)
        self.names = [
            above.text(0, 0, words, color=color, va="center", **moving)
            for words, color in (("training", style.FORWARD), ("new digits", style.BACKWARD))
        ]
        (self.share,) = below.plot([], [], "--", color=style.BACKWARD, **moving)
        (self.share_there,) = below.plot([], [], "o", ms=8, mfc="none", mew=2, color=style.BACKWARD, **moving)

    @classmethod
    @functools.cache
    def train(cls, examples, wrong, network):
        """Return medians over the seeds, epoch by epoch: training loss, loss on new digits, share of those that is read."""
        rng = np.random.default_rng(1)
        x_train, y_train, x_new, y_new = few_digits(rng, examples, wrong)
        networks = nnlearn.Network.population([new_network(np.random.default_rng(seed), *network) for seed in range(cls.SEEDS)])
        history = nnlearn.fit(
            networks, x_train, y_train, loss=nnlearn.SoftmaxCrossEntropy(), optimizer=nnlearn.Adam(lr=0.01),
            epochs=cls.EPOCHS, batch_size=32, rng=rng, validation=(x_new, y_new), metrics={"share": datasets.accuracy},
        )  # fmt: skip
        return [np.median(curve, axis=1) for curve in (history.loss, history.validation_loss, history.metrics["share"])]

    def update(self, examples, wrong, network):
        training, held_back, share = self.train(examples=examples, wrong=wrong, network=network)
        epochs = np.arange(1, self.EPOCHS + 1)
        best = int(held_back.argmin())
        self.training.set_data(epochs, np.clip(training, 1e-3, None))
        self.held_back.set_data(epochs, held_back)
        self.share.set_data(epochs, share)
        self.lowest.set_data(epochs[[best]], held_back[[best]])
        self.share_there.set_data(epochs[[best]], share[[best]])
        ends = np.clip([training[-1], held_back[-1]], 0.006, None)
        if abs(np.log(ends[0] / ends[1])) < 0.5:  # two names need room
            ends = np.sqrt(ends.prod()) * np.exp([-0.25, 0.25] if ends[0] < ends[1] else [0.25, -0.25])
        for name, end in zip(self.names, ends, strict=True):
            name.set_position((self.EPOCHS + 0.6, end))
        labels = "labels all right" if not wrong else "every fifth label wrong"
        units = f"{network[0]} units{' with dropout' if network[1] else ''}"
        late = (
            f"after epoch {best + 1} of {self.EPOCHS}, where {share[best]:.0%} are read; at the end it is {held_back[-1]:.2f}, "
            f"and {share[-1]:.0%} are read"
        )
        early = f"at the very end, where {share[-1]:.0%} are read"
        return (
            f"{examples} digits, {labels}, {units}: the loss on new digits is lowest, {held_back[best]:.2f}, "
            f"{early if best + 1 == self.EPOCHS else late}. Training loss at the end: {training[-1]:.2g}."
        ).replace("%", " %")


def few_digits(rng, examples, wrong):
    """Return (x_train, y_train, x_new, y_new): that many digits to learn, a share of them with a wrong label, and 600 new ones."""
    data = datasets.digits()
    x, order = (data.x / 16).astype(np.float32), rng.permutation(len(data.y))
    rows, new = order[:examples], order[-600:]
    y = data.y[rows].copy()
    spoiled = round(wrong * examples)
    y[:spoiled] = (y[:spoiled] + rng.integers(1, 10, spoiled)) % 10
    return x[rows], y, x[new], data.y[new]


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

PREDICT_HARD = Predict(
    "The network below reads about 98 of 100 digits that it has never seen. What are the few like that it gets wrong?",
    [
        Answer(
            "Much like the others: mistakes come by chance",
            "Given its weights, nothing in the network is left to chance. Look at the first examples: they are not typical.",
        ),
        Answer(
            "Odd ones, cut off or sloppy, some hard for you as well",
            "Look at the first dozen. Whether a mistake is a fault of the network or of the writer is seen by looking, and not "
            "from the number.",
            correct=True,
        ),
        Answer(
            "All of one kind, such as every 8",
            "Then that digit would be read badly throughout. Most 8s are read well; the confusion matrix below counts it.",
        ),
    ],
    id="15-predict-hard",
)

PREDICT_NOISY = Predict(
    "300 digits are for learning, and someone has labelled every fifth of them wrongly. A network of 64 units learns "
    "from them for 40 epochs. How does it do on new digits?",
    [
        Answer(
            "Better with every epoch, since wrong labels cancel out",
            "For a while it does: what is right is alike, what is wrong is not. Then it begins to learn the wrong ones one by one, "
            "and gets worse.",
        ),
        Answer(
            "Well at first, and then worse and worse",
            "What most digits have in common is learned first. What is particular to single ones, wrong labels among them, is "
            "learned later, and costs on new digits.",
            correct=True,
        ),
        Answer(
            "At best 80 % right, as only 80 % of its labels are",
            "Four of five labels are right and say the same; the wrong ones all say different things. At its best it reads more "
            "than four of five.",
        ),
    ],
    id="15-predict-noisy",
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
        NumericQuestion(
            "A network takes 64 pixels to 32 hidden units and those to 10 outputs. How many parameters has it, biases included?",
            2410,
            "64 · 32 + 32 = 2,080 in the first layer, 32 · 10 + 10 = 330 in the second.",
            [
                Near(2368, "Those are the weights alone. Each of the 42 units has a bias as well."),
                Near(2474, "You gave a bias to each input too. Inputs are given numbers; they compute nothing."),
                Near(650, "That is a network without a hidden layer, 64 · 10 + 10."),
                Near(106, "Those are units and inputs, 64 + 32 + 10. A parameter belongs to a connection, or is a bias."),
            ],
            tolerance=0.0001,
            id="15-q-count",
        ),
        Question(
            "A hidden layer has dropout with the rate ½. What happens to its values when the trained network reads a new digit?",
            [
                Answer(
                    "Half of them are silenced, as in training",
                    "Then the same digit could be read differently each time. Silencing is for training alone.",
                ),
                Answer(
                    "They are halved, as there are twice as many as in training",
                    "Something has to make up for that, and in this book it is done in training already: what is kept is divided "
                    "by 1 − ½.",
                ),
                Answer(
                    "Nothing: all pass as they are",
                    "In training the values that are kept are divided by 1 − ½, so that sums come out right on average. Later "
                    "nothing is left to do.",
                    correct=True,
                ),
            ],
            id="15-q-dropout",
        ),
        Question(
            "You stop training where the loss on held-back digits is lowest, and report the share of the same held-back "
            "digits that is read. What is wrong?",
            [
                Answer(
                    "Nothing, as the network never learned from them",
                    "Its weights did not, but you did: of all epochs you took the one that suits these digits best.",
                ),
                Answer(
                    "The number is too good: these digits chose the epoch",
                    "A third part, the test set, has to give the number that is reported: nothing was chosen by it.",
                    correct=True,
                ),
                Answer(
                    "The number is too bad, since training ended early",
                    "It ended where these digits are read best, or nearly so. If anything the number flatters.",
                ),
            ],
            id="15-q-chosen",
        ),
        Question(
            "Training loss 0.001, loss on new digits 0.9, share of new digits read 77 %. What is worth trying first?",
            [
                Answer(
                    "More epochs and a larger network, to learn it better",
                    "The training digits are learned as well as they can be. What is missing is what holds for new ones.",
                ),
                Answer(
                    "A smaller learning rate, as the loss is high",
                    "The training loss is next to 0: the steps have arrived. The gap between the two losses is the trouble.",
                ),
                Answer(
                    "More digits or better labels; dropout; stopping earlier",
                    "A large gap says overfitting, and these narrow it. More examples help most, and cost most.",
                    correct=True,
                ),
            ],
            id="15-q-gap",
        ),
    ],
    id="15-quiz",
)
