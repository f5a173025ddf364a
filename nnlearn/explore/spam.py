"""The explorers, predictions and quiz of chapter 14, Spam."""

import functools

import numpy as np

import nnlearn
from nnlearn import datasets
from nnlearn.explore.controls import Choice, Range
from nnlearn.explore.explorer import Explorer
from nnlearn.explore.quiz import Answer, Near, NumericQuestion, Predict, Question, Quiz
from nnlearn.plots import style

SEED = 0


def prepared(seed):
    """Return (rng, x_train, y_train, x_test, y_test): logarithms of the counts, split, and standardized by the training set."""
    data = datasets.spam()
    rng = np.random.default_rng(seed)
    split = datasets.train_test_split(rng, np.log1p(data.x), data.y)
    x_train, x_test = datasets.standardize(split.x_train, split.x_test)
    return rng, x_train, split.y_train, x_test, split.y_test


@functools.cache
def trained(hidden):
    """Train one unit (`hidden` 0), or a network with that many hidden units, as the chapter does; return it and the test set."""
    rng, x_train, y_train, x_test, y_test = prepared(SEED)
    layers = [nnlearn.Dense(57, 1, rng=rng)]
    if hidden:
        first = nnlearn.Dense(57, hidden, rng=rng, init=nnlearn.he_normal)
        layers = [first, nnlearn.ReLU(), nnlearn.Dense(hidden, 1, rng=rng)]
    network = nnlearn.Network(layers)
    nnlearn.fit(
        network, x_train, y_train, loss=nnlearn.SigmoidCrossEntropy(), optimizer=nnlearn.Adam(lr=0.003),
        epochs=12 if hidden else 30, batch_size=32, rng=rng,
    )  # fmt: skip
    return network, x_test, y_test


def counts(p, y, threshold):
    """Return (spam caught, false alarms, spam missed, good mail let through) if mail with p of at least `threshold` is spam."""
    said = p >= threshold
    return tuple(
        int(n) for n in ((said & (y == 1)).sum(), (said & (y == 0)).sum(), (~said & (y == 1)).sum(), (~said & (y == 0)).sum())
    )


class ThresholdExplorer(Explorer):
    """Where to draw the line: the probabilities of the test set, and what a threshold makes of them."""

    title = "Moving the threshold"
    model = Choice({"one unit": 0, "64 hidden units": 64}, value=0, label="network")
    threshold = Range(0.02, 0.98, step=0.04, value=0.5, label="threshold")
    size = (5.0, 4.6)

    def setup(self, figure):
        self.bins = np.linspace(0, 1, 26)
        above, below = figure.subplots(2, 1, height_ratios=[1, 1.25])
        above.set(xlim=(0, 1), ylim=(0.7, 700), yscale="log", xlabel="probability of spam, p", ylabel="e-mails")
        above.text(0.6, 0.97, "▬ spam", color=style.CLASSES[5], transform=above.transAxes, va="top")
        above.text(0.6, 0.82, "- - no spam", color=style.CLASSES[0], transform=above.transAxes, va="top")
        below.set(xlim=(0.35, 1.02), ylim=(0.6, 1.02), xlabel="recall: share of the spam that is caught", ylabel="precision")
        moving = {"animated": True}
        (self.spam,) = above.plot([], [], color=style.CLASSES[5], drawstyle="steps-post", **moving)
        (self.good,) = above.plot([], [], "--", color=style.CLASSES[0], drawstyle="steps-post", **moving)
        (self.line,) = above.plot([], [], color=style.INK, lw=1.5, **moving)
        (self.curve,) = below.plot([], [], color=style.FORWARD, **moving)
        (self.point,) = below.plot([], [], "o", ms=8, mfc="white", mec=style.INK, mew=2, **moving)
        self.table = below.text(0.03, 0.05, "", transform=below.transAxes, va="bottom", linespacing=1.4, **moving)

    def update(self, model, threshold):
        network, x, y = trained(model)
        p = nnlearn.sigmoid(network.predict(x)).ravel()
        for line, label in ((self.spam, 1), (self.good, 0)):
            found, _ = np.histogram(p[y == label], self.bins)
            line.set_data(self.bins, np.append(found, found[-1]))
        self.line.set_data([threshold, threshold], [0.7, 700])
        curve = []
        for t in np.linspace(0.005, 0.995, 100):
            caught, alarms, missed, _ = counts(p, y, t)
            curve.append((caught / (caught + missed), caught / max(caught + alarms, 1)))
        self.curve.set_data(*np.array(curve).T)
        caught, alarms, missed, passed = counts(p, y, threshold)
        recall, precision = caught / (caught + missed), caught / (caught + alarms)
        self.point.set_data([recall], [precision])
        self.table.set_text(f"spam: {caught} caught, {missed} missed\nno spam: {alarms} false alarms, {passed} let through")
        right = (caught + passed) / len(y)
        return (
            f"Threshold {threshold:g}: {caught} of {caught + missed} spam mails are caught (recall {recall:.1%}), and {alarms} of "
            f"{caught + alarms} alarms are false (precision {precision:.1%}); {right:.1%} of all are right."
        )


class WordsExplorer(Explorer):
    """One e-mail, by what its words add to the sum of a single unit."""

    title = "What the words of an e-mail add up to"
    free = Range(0, 2, step=0.5, value=0.5, label="“free”, % of words")
    exclamation = Range(0, 1, step=0.25, value=0.25, label="“!”, % of characters")
    george = Range(0, 2, step=0.5, value=0, label="“george”, % of words")
    size = (5.0, 2.7)

    names = ("free", "charExclamation", "george")

    def setup(self, figure):
        data = datasets.spam()
        rng = np.random.default_rng(SEED)
        x_train = datasets.train_test_split(rng, np.log1p(data.x), data.y).x_train
        places = [data.features.index(name) for name in self.names]
        self.mean, self.deviation = x_train[:, places].mean(axis=0), x_train[:, places].std(axis=0)
        network, _, _ = trained(0)
        self.weights = network.params["0.W"][places, 0]
        self.bias = float(network.params["0.b"].item())
        axes = figure.subplots()
        axes.set(xlim=(-5.5, 4.5), ylim=(-0.7, 4.6), xlabel="added to z")
        axes.set_yticks(range(5), ["sum: z", "bias", "“george”", "“!”", "“free”"])
        axes.tick_params(left=False)
        axes.axvline(0, color=style.GRID, lw=1, zorder=0)
        self.bars = axes.barh(range(5), np.zeros(5), height=0.6, animated=True)
        self.says = axes.text(-5.3, 4.5, "", va="top", animated=True)

    def update(self, free, exclamation, george):
        z = (np.log1p([free, exclamation, george]) - self.mean) / self.deviation
        parts = z * self.weights
        total = float(parts.sum() + self.bias)
        for bar, value in zip(self.bars, [total, self.bias, *parts[::-1]], strict=True):
            bar.set_width(value)
            bar.set_color(style.BACKWARD if value > 0 else style.FORWARD)
        self.bars[0].set_color(style.INK)
        p = float(nnlearn.sigmoid(total))
        self.says.set_text(f"p = {p:.3f}")
        add = [f"{value:+.2f}" for value in parts]
        return (
            f"“free” adds {add[0]}, “!” {add[1]}, “george” {add[2]}, and the bias {self.bias:+.2f}. All else as in the "
            "average mail, z is "
            f"{total:.2f}, and the probability of spam {p:.3f}."
        )


# ---- Questions ---------------------------------------------------------------------------------------------------

PREDICT_THRESHOLD = Predict(
    "You raise the threshold from 0.5 to 0.9, so that only what is almost surely spam is called spam. What happens?",
    [
        Answer(
            "Fewer false alarms, and more spam gets through",
            "Who is accused less often is wrongly accused less often, and rightly, too.",
            correct=True,
        ),
        Answer(
            "More spam is caught, since the network is surer",
            "The network has not changed. A higher threshold calls fewer mails spam.",
        ),
        Answer(
            "Both kinds of mistake become fewer",
            "One threshold only trades one for the other. For fewer of both a better network is needed.",
        ),
    ],
    id="14-p-threshold",
)

PREDICT_WORDS = Predict(
    "These e-mails were collected at Hewlett-Packard by a man called George. An advertisement for him begins with “Dear "
    "George”. What will a network say that has learned from them?",
    [
        Answer(
            "Spam, since advertisements are",
            "It does not read what is meant. It has learned which words go with which label, and look at the weight of “george”.",
        ),
        Answer(
            "No spam",
            "In this collection hardly any spam holds the name, and the word outweighs a lot of advertising.",
            correct=True,
        ),
        Answer("About 0.5, since both speak equally loud", "They do not: the weight of “george” is the largest of all."),
    ],
    id="14-p-words",
)

QUIZ = Quiz(
    [
        NumericQuestion(
            "Of 40 mails that a filter calls spam 30 are spam; 10 more spam mails it has let through. What is its recall?",
            0.75,
            "There are 30 + 10 spam mails, and 30 of them were caught.",
            [
                Near(0.6, "30 of 50: you counted caught, false alarms and missed together. Recall looks at the spam alone."),
                Near(0.25, "That is the share that was missed. Recall is the share that was caught."),
                Near(1.0, "Ten spam mails got through, so not all were caught."),
            ],
            tolerance=0.01,
            id="14-q-recall",
        ),
        Question(
            "In a mailbox 2 % of the mails are spam. A filter that never calls anything spam is right in 98 % of the "
            "cases. What does that show?",
            [
                Answer("That it is a good filter", "It catches no spam at all. Its recall is 0."),
                Answer(
                    "That accuracy says little where one class is rare",
                    "Precision and recall look at the rare class, and show what accuracy hides.",
                    correct=True,
                ),
                Answer(
                    "That the network needs more hidden units",
                    "It shows nothing about any network. The number itself is the wrong one to ask for.",
                ),
            ],
            id="14-q-accuracy",
        ),
        Question(
            "Mean and standard deviation for standardizing are to be computed. From which e-mails?",
            [
                Answer(
                    "From all of them, for the best estimate",
                    "Then the training has seen something of the test set. Here it matters little, and nobody can know "
                    "that beforehand.",
                ),
                Answer(
                    "From the training set",
                    "And the test set is brought to the same scale with the same numbers: later mails will have no "
                    "statistics of their own either.",
                    correct=True,
                ),
                Answer("From each set its own", "Then the same mail would be two different inputs, depending on its company."),
            ],
            id="14-q-standardize",
        ),
        Question(
            "A false alarm, a good mail lost in the spam folder, is much worse for you than one spam mail more. What do you do?",
            [
                Answer(
                    "Raise the threshold",
                    "Only what is almost surely spam is then called so: precision rises, and recall falls.",
                    correct=True,
                ),
                Answer("Lower the threshold", "Then more mails are called spam, and more good ones among them."),
                Answer(
                    "Train for more epochs until there are none",
                    "The probabilities would change, and not what you do with them. Where to draw the line is your choice.",
                ),
            ],
            id="14-q-costs",
        ),
        Question(
            "Some mails of the test set stand in the training set as well, word for word. What follows?",
            [
                Answer(
                    "The measured accuracy is a little too good",
                    "What was seen in training is easier. Here about one mail in nine is concerned, and the difference "
                    "is some tenths of a per cent.",
                    correct=True,
                ),
                Answer(
                    "Nothing, since the split was random",
                    "A random split spreads copies over both sides. That is how they got there.",
                ),
                Answer(
                    "The network cannot learn from the others",
                    "It learns from all training mails. What suffers is the measurement.",
                ),
            ],
            id="14-q-copies",
        ),
        Question(
            "A word has a large negative weight. What do we know?",
            [
                Answer(
                    "That mails with this word cannot be spam", "The unit adds up all words. Enough of the others outweigh one."
                ),
                Answer(
                    "That in this collection it speaks against spam",
                    "It is a fact about these e-mails and their collector. Elsewhere the word may mean nothing.",
                    correct=True,
                ),
                Answer(
                    "That the word is rare in any language and collection",
                    "Rare or frequent does not show in the sign, and other collections do not show at all.",
                ),
            ],
            id="14-q-weight",
        ),
    ],
    id="14-quiz",
)
