"""The explorers, predictions and quiz of chapter 16, Beyond."""

import numpy as np

from nnlearn.explore.controls import Choice, Player, Values
from nnlearn.explore.explorer import Explorer
from nnlearn.explore.quiz import Answer, Near, NumericQuestion, Predict, Question, Quiz
from nnlearn.plots import style
from nnlearn.plots.numbers import written

# ---- The same loop, line beside line -----------------------------------------------------------------------------

NNLEARN = [
    "for x, y in batches:",
    "    # no old gradient to forget",
    "    values = network.trace(x)",
    "    d_out = loss.gradient(values[-1], y)",
    "    _, gradients = network.backward(values, d_out)",
    "    optimizer.step(network.params, gradients)",
]
TORCH = [
    "for x, y in batches:",
    "    optimizer.zero_grad()",
    "    out = module(x)",
    "    L = loss(out, y)",
    "    L.backward()",
    "    optimizer.step()",
]
LINES = len(TORCH)


class LoopExplorer(Explorer):
    """Two training loops run line by line on a network of one weight, with all that either keeps."""

    title = "The same loop, line beside line"
    torch = Choice({"as it should be": "right", "without zero_grad()": "forgotten"}, value="right", label="PyTorch's loop")
    line = Player(3 * LINES, label="line", interval=900)
    size = (5.0, 5.0)

    DATA = ((1.0, 3.0), (2.0, 4.0), (1.0, 1.0))  # the prediction is w · x, the loss (w · x - y)²
    RATE = 0.1
    FONT = {"family": "DejaVu Sans Mono", "size": 8.6, "va": "center"}

    @classmethod
    def states(cls, forgotten):
        """Return what holds before the first line and after every line of three batches, as a list of dicts."""
        now = {"w": 0.0, "g": None, "w_torch": 0.0, "grad": None}
        states = [dict(now)]
        for x, y in cls.DATA:
            for line in range(LINES):
                if line == 1 and not forgotten:
                    now["grad"] = None
                if line == 4:
                    now["g"] = 2 * x * (now["w"] * x - y)
                    now["added"] = 2 * x * (now["w_torch"] * x - y)
                    now["grad"] = (now["grad"] or 0.0) + now["added"]
                if line == 5:
                    now["w"] -= cls.RATE * now["g"]
                    now["w_torch"] -= cls.RATE * now["grad"]
                states.append(dict(now))
            now["g"] = None  # a result that is used up; the next batch makes its own
        return states

    def setup(self, figure):
        self.runs = {name: self.states(name == "forgotten") for name in ("right", "forgotten")}
        axes = figure.subplots()
        axes.set(xlim=(0, 10), ylim=(17.2, -0.4))
        axes.set_axis_off()
        moving = {"animated": True}
        self.bands, self.says = [], []
        for top, name, lines, keeps in (
            (0.3, "nnlearn", NNLEARN, "keeps w; the gradient is handed from line to line"),
            (9.1, "PyTorch", TORCH, "keeps w, and w.grad with it"),
        ):
            axes.text(0.2, top, name, size=11, va="center")
            axes.text(9.9, top, keeps, size=8.6, ha="right", va="center")
            band = axes.axhspan(top, top + 1, color="#DCEBF5", zorder=0, **moving)
            self.bands.append((band, top))
            for place, line in enumerate(lines):
                axes.text(0.2, top + 1.1 + place, line, **self.FONT)
            values = (axes.text(0.2, top + 7.15, "", color=style.WEIGHTS, va="center", **moving),
                      axes.text(3.2, top + 7.15, "", color=style.BACKWARD, va="center", **moving))  # fmt: skip
            self.says.append(values)
        (self.cross,) = axes.plot([], [], lw=2, color=style.BACKWARD, **moving)
        axes.axhline(8.35, color=style.GRID, lw=1)

    def update(self, torch, line):
        state = self.runs[torch][line]
        batch, place = divmod(line - 1, LINES) if line else (0, None)
        for k, (band, top) in enumerate(self.bands):
            shown = place is not None and (k, place, torch) != (1, 1, "forgotten")
            band.set_visible(shown)
            if shown:
                band.set_y(top + 0.6 + place)
        self.cross.set_data(*([0.8, 4.0], [11.2, 11.2]) if torch == "forgotten" else ([], []))
        g = "–" if state["g"] is None else written(state["g"], ".4g")
        grad = "None" if state["grad"] is None else written(state["grad"], ".4g")
        w, w_torch = written(state["w"], ".4g"), written(state["w_torch"], ".4g")
        for texts, words in zip(self.says, ((w, f"gradient = {g}"), (w_torch, f"w.grad = {grad}")), strict=True):
            texts[0].set_text(f"w = {words[0]}")
            texts[1].set_text(words[1])
        if place is None:
            out = "; zero_grad() is left out" if torch == "forgotten" else ""
            return f"Before the first line both weights are 0; nnlearn has no gradient yet, and in PyTorch w.grad is None{out}."
        x, y = self.DATA[batch]
        start = f"Batch {batch + 1}, "
        if place == 0:
            kept = f"; w.grad still holds {grad} from the batch before" if state["grad"] is not None else ""
            return f"{start}x = {x:g} and y = {y:g} are taken{kept}."
        if place == 1:
            if torch == "forgotten":
                return f"{start}zero_grad() is missing: w.grad stays {grad}. nnlearn has no such line, since it keeps no gradient."
            return (
                f"{start}zero_grad() forgets the old gradient: w.grad is None. nnlearn has no such line, since it keeps no "
                "gradient."
            )
        if place == 2:
            return f"{start}forward: w · x is {written(self.before(torch, line, 'w') * x, '.4g')} in nnlearn and " + (
                f"{written(self.before(torch, line, 'w_torch') * x, '.4g')} in PyTorch, which also notes how it was computed."
            )
        if place == 3:
            return f"{start}the loss: nnlearn computes its gradient at the output here; PyTorch the loss alone, and notes that too."
        if place == 4:
            old = state["grad"] - state["added"]
            added = written(state["added"], "+.4g")
            more = f" = {written(old, '.4g')} {added[0]} {added[1:]}" if abs(old) > 1e-12 else ""
            return f"{start}backward: g is {g} in nnlearn, and in PyTorch w.grad becomes {grad}{more}."
        same = abs(state["w"] - state["w_torch"]) < 1e-12
        return f"{start}the step with η = {self.RATE:g}: w is now {w} in nnlearn and {w_torch} in PyTorch" + (
            ", the same." if same else "; the two have parted."
        )

    def before(self, torch, line, name):
        """Return what held before a line."""
        return self.runs[torch][line - 1][name]


# ---- One batch, several processes --------------------------------------------------------------------------------


class SharesExplorer(Explorer):
    """The gradients of 24 examples, shared out to a few processes, and the averages of those."""

    title = "One batch, several processes"
    processes = Choice({"1": 1, "2": 2, "4": 4}, value=2, label="processes")
    shares = Choice({"equal": "equal", "unequal": "unequal"}, value="unequal", label="shares")
    average = Choice(
        {"process by process": "plain", "by their sizes": "weighted"}, value="weighted", label="average"
    )
    size = (5.0, 4.0)

    SIZES = {("equal", 1): [24], ("equal", 2): [12, 12], ("equal", 4): [6] * 4,
             ("unequal", 1): [24], ("unequal", 2): [20, 4], ("unequal", 4): [12, 6, 4, 2]}  # fmt: skip
    MARKS = "osD^"

    def setup(self, figure):
        # Later examples have larger gradients, as when one process gets the harder ones.
        rng = np.random.default_rng(4)
        self.gradients = np.round(np.linspace(0.2, 2.2, 24) + rng.normal(0, 0.45, 24), 2)
        axes = figure.subplots()
        axes.set(xlim=(0, 31.5), ylim=(-0.9, 3.7), ylabel="gradient", xlabel="example")
        axes.set_xticks([1, 6, 12, 18, 24])
        axes.axhline(0, color=style.GRID, lw=1, zorder=0)
        mean = self.gradients.mean()
        axes.plot([0.5, 24.5], [mean, mean], "--", lw=1.4, color=style.INK)
        axes.text(0.6, mean + 0.09, "mean of all 24", size=8.5)
        moving = {"animated": True}
        self.dots = [axes.plot([], [], mark, ms=4.5, mfc="none", color=style.BACKWARD, **moving)[0] for mark in self.MARKS]
        self.means = [axes.plot([], [], lw=3, color=style.BACKWARD, solid_capstyle="butt", **moving)[0] for _ in self.MARKS]
        self.names = [axes.text(0, 3.35, "", ha="center", size=8.5, **moving) for _ in self.MARKS]
        self.edges = [axes.axvline(0, color=style.GRID, lw=1, **moving) for _ in self.MARKS[1:]]
        (self.result,) = axes.plot([], [], "s", ms=9, color=style.WEIGHTS, **moving)
        self.says = axes.text(28.4, 0, "", ha="center", va="bottom", color=style.WEIGHTS, size=8.8, **moving)

    def update(self, processes, shares, average):
        sizes = self.SIZES[shares, processes]
        ends = np.cumsum(sizes)
        means = [part.mean() for part in np.split(self.gradients, ends[:-1])]
        for k in range(len(self.MARKS)):
            if k >= processes:
                self.dots[k].set_data([], [])
                self.means[k].set_data([], [])
                self.names[k].set_text("")
                continue
            rows = np.arange(ends[k] - sizes[k], ends[k])
            self.dots[k].set_data(rows + 1, self.gradients[rows])
            self.means[k].set_data([rows[0] + 0.6, rows[-1] + 1.4], [means[k]] * 2)
            self.names[k].set_position((rows.mean() + 1, 3.35))
            self.names[k].set_text("one process" if processes == 1 else f"process {k}" if sizes[k] > 4 else f"{k}")
        for k, edge in enumerate(self.edges):
            edge.set_visible(k < processes - 1)
            if k < processes - 1:
                edge.set_xdata([ends[k] + 0.5] * 2)
        whole = self.gradients.mean()
        found = np.mean(means) if average == "plain" else np.average(means, weights=sizes)
        self.result.set_data([28.4], [found])
        self.says.set_position((28.4, found + 0.2))
        self.says.set_text(f"step with\n{found:.3f}")
        parts = " and ".join([", ".join(f"{m:.2f}" for m in means[:-1]), f"{means[-1]:.2f}"]) if processes > 1 else ""
        start = f"The processes find the means {parts}" if processes > 1 else "One process finds the mean of all"
        how = "counting each process the same" if average == "plain" else "counting each by its number of examples"
        verdict = "which is the mean of all 24" if abs(found - whole) < 1e-9 else f"but the mean of all 24 is {whole:.3f}"
        return f"{start}; {how} gives {found:.3f}, {verdict}."


# ---- What more processes bring -----------------------------------------------------------------------------------


class SpeedExplorer(Explorer):
    """An estimate of how much faster a step is with more processes: computing shrinks, and sending does not."""

    title = "How much faster with more processes: an estimate"
    width = Values([128, 1024, 8192], value=128, label="units in each layer")
    batch = Values([64, 1024, 16384], value=16384, label="examples in a batch")
    link = Choice({"1 gigabit/s": 1, "10 gigabit/s": 10, "400 gigabit/s": 400}, value=10, label="connection")
    size = (5.0, 3.5)

    PROCESSES = 2 ** np.arange(7)
    RATE = 1e12  # calculations a second in each process
    DELAY = 50e-6  # seconds for each message

    @classmethod
    def times(cls, width, batch, link, processes):
        """Return the seconds of computing and of sending in one step.

        Three layers of `width` × `width` weights; 6 calculations for each weight and example (2 forward, 4 back); the
        gradients, 4 bytes each, go round in a ring, in 2 (K - 1) messages of a Kth part.
        """
        weights = 3.0 * width**2  # a float, since whole numbers have 32 bits only where Python runs in the browser
        computing = 6 * weights * batch / processes / cls.RATE
        bytes_sent = 2 * (processes - 1) / processes * 4 * weights
        return computing, 8 * bytes_sent / (link * 1e9) + 2 * (processes - 1) * cls.DELAY

    def setup(self, figure):
        axes = figure.subplots()
        axes.set(xscale="log", yscale="log", xlim=(0.85, 110), ylim=(0.008, 110), xlabel="processes", ylabel="times as fast")
        axes.set_xticks(self.PROCESSES, [str(k) for k in self.PROCESSES])
        axes.set_yticks([0.01, 0.1, 1, 10, 100], ["0.01", "0.1", "1", "10", "100"])
        axes.minorticks_off()
        axes.axhline(1, color=style.GRID, lw=1, zorder=0)
        axes.plot(self.PROCESSES, self.PROCESSES, "--", lw=1.2, color=style.INK)
        axes.text(11, 22, "if sending took no time", ha="right", size=8.5)
        (self.curve,) = axes.plot([], [], "o-", ms=5, color=style.WEIGHTS, animated=True)
        self.says = axes.text(68, 1, "", color=style.WEIGHTS, va="center", animated=True)

    def update(self, width, batch, link):
        alone = sum(self.times(width, batch, link, 1))
        gain = np.array([alone / sum(self.times(width, batch, link, k)) for k in self.PROCESSES])
        self.curve.set_data(self.PROCESSES, gain)
        self.says.set_position((72, gain[-1]))
        self.says.set_text(f"× {gain[-1]:.2g}")
        computing, sending = (_milliseconds(seconds) for seconds in self.times(width, batch, link, 2))
        best = int(self.PROCESSES[gain.argmax()])
        end = "one process is fastest" if best == 1 else f"the best of these is {best}, {gain.max():.2g} times as fast as one"
        return (
            f"With 2 processes a step takes {computing} of computing and {sending} of sending gradients; {end}."
        )


def _milliseconds(seconds):
    """Return a time in words, to two digits or to the millisecond."""
    return f"{1000 * seconds:,.0f} ms" if seconds >= 0.01 else f"{1000 * seconds:.2g} ms"


# ---- Questions ---------------------------------------------------------------------------------------------------

PREDICT_LOOP = Predict(
    "PyTorch's loop has a line more than ours, optimizer.zero_grad(). What happens if you leave it out?",
    [
        Answer(
            "An error, since the old gradient is in the way",
            "There is no error, and that is the trouble: adding to what is there is what backward() is meant to do.",
        ),
        Answer(
            "Nothing, since backward() puts in new gradients",
            "It adds them to what is there. Choose “without zero_grad()” and go on to the fifth line of batch 2.",
        ),
        Answer(
            "Each step also takes the old gradients again",
            "backward() adds. From the second batch on w.grad holds the sum of all gradients so far, and the two weights part.",
            correct=True,
        ),
    ],
    id="16-p-loop",
)

PREDICT_SHARES = Predict(
    "A batch of 24 is shared out, 20 examples to one process and 4 to another. Each finds the mean gradient of its own; then the "
    "two means are averaged. Is that the mean gradient of the 24?",
    [
        Answer(
            "No: the 4 examples then count five times as much as they should",
            "Half of the result comes from 4 examples, so each of them counts as much as five of the others. Average "
            "process by process, and look.",
            correct=True,
        ),
        Answer(
            "Yes: the average of averages is the average of everything",
            "It is when all shares have the same size. Average process by process, and see the step leave the dashed line.",
        ),
        Answer(
            "Yes on average, since the examples were shared out at random",
            "Random shares make it right in the long run, and still every step is more noisy than it has to be, since 4 examples "
            "have half of the say.",
        ),
    ],
    id="16-p-shares",
)

PREDICT_SPEED = Predict(
    "Three layers of 128 units, a batch of 1,024, and a second computer over a connection of 10 gigabits a second. How much faster "
    "is a step?",
    [
        Answer(
            "Nearly twice as fast, since each does half",
            "Of the computing, yes. But the gradients have to be sent in every step, and here that takes longer than "
            "what is saved.",
        ),
        Answer(
            "It is slower, since sending costs more than is saved",
            "Half of the computing saves less than sending costs. A larger batch or a faster connection turns it round; "
            "wider layers, which need more of both, do not. Choose a batch of 1,024 and try.",
            correct=True,
        ),
        Answer(
            "Half as fast again: sending eats a part of the gain",
            "It eats all of the gain here, and more. Choose a batch of 1,024, and compare the two times in the sentence.",
        ),
    ],
    id="16-p-speed",
)

QUIZ = Quiz(
    [
        Question(
            "`nnlearn.to_torch` gives a module whose outputs agree with the network's to 1e-10, and not to the last "
            "digit. Why not?",
            [
                Answer(
                    "PyTorch draws its own random numbers",
                    "The weights are copied and there is nothing left to draw. Dropout would draw, and it is off.",
                ),
                Answer(
                    "Sums in another order are rounded differently",
                    "In floating point (a + b) + c and a + (b + c) can differ in the last digit. Both are right to rounding.",
                    correct=True,
                ),
                Answer(
                    "PyTorch uses approximate derivatives",
                    "Its derivatives come from the same rules as ours. And the outputs need no derivative at all.",
                ),
            ],
            id="16-q-agree",
        ),
        Question(
            "Our layer has W with the shape (64, 32). What shape has the `weight` of the `Linear` layer in PyTorch that "
            "does the same?",
            [
                Answer(
                    "(32, 64): outputs first",
                    "PyTorch computes x @ weight.T + bias, so that each row of weight holds the weights of one unit.",
                    correct=True,
                ),
                Answer(
                    "(64, 32): the same as ours",
                    "Then x @ weight.T would not fit. With a square layer it would, and nothing would warn you.",
                ),
                Answer(
                    "(2048,): it is one long list",
                    "There are 2,048 numbers, and they stand in a matrix. Reshaping would put them in wrong places.",
                ),
            ],
            id="16-q-layout",
        ),
        Question(
            "A network ends with a `Softmax` layer and is trained with PyTorch's `CrossEntropyLoss`. What happens?",
            [
                Answer(
                    "An error, since the loss wants logits",
                    "Probabilities are numbers like any others; nothing tells the loss what was meant.",
                ),
                Answer(
                    "The loss sees the softmax and leaves its own out",
                    "It takes whatever comes as logits. A loss does not know which layer was last.",
                ),
                Answer(
                    "The softmax is taken twice, and learning is slow",
                    "Probabilities from 0 to 1 taken as logits make nearly equal probabilities, so the loss cannot become small.",
                    correct=True,
                ),
            ],
            id="16-q-twice",
        ),
        NumericQuestion(
            "With `Momentum(lr=0.2, beta=0.9)`, our averaged form, a training went well. Which `lr` takes the same steps in "
            "`torch.optim.SGD(momentum=0.9)`?",
            0.02,
            "PyTorch has the classical form, whose velocity is 1/(1 − β) = 10 times as large, so the rate is 0.2 · (1 − 0.9).",
            [
                Near(0.2, "Then every step would be ten times as long: PyTorch's velocity adds whole gradients."),
                Near(2, "That is the wrong direction: the classical velocity is the larger one, so its rate is the smaller one."),
                Near(0.18, "You multiplied by β. The two forms differ by the factor 1 − β in front of the gradient."),
            ],
            tolerance=0.001,
            id="16-q-momentum",
        ),
        Question(
            "A network with Dropout is tested with the same rows twice, and gives two different accuracies. What was forgotten?",
            [
                Answer(
                    "`model.eval()`: Dropout is still at work",
                    "In training mode it silences other units at every call. nnlearn's predict switches it off by itself.",
                    correct=True,
                ),
                Answer(
                    "`torch.no_grad()`: the gradients are still noted",
                    "That costs memory and time, and changes no output. It does not switch Dropout off.",
                ),
                Answer(
                    "`optimizer.zero_grad()`: old gradients are added",
                    "Gradients have no part in a forward pass. They would spoil the next step, if one was taken.",
                ),
            ],
            id="16-q-eval",
        ),
        Question(
            "Four processes train one network with DistributedDataParallel. What does each of them hold?",
            [
                Answer(
                    "A quarter of the weights and all of the rows",
                    "Splitting the weights is done too, for networks that do not fit in one machine. Here the rows are split.",
                ),
                Answer(
                    "All weights, and a quarter of each batch",
                    "So the weights have to stay equal, and they do: all start with the same ones and take the same averaged step.",
                    correct=True,
                ),
                Answer(
                    "A network of its own; the four vote in the end",
                    "That would be an ensemble. Here gradients are averaged in every step, and so there is one network.",
                ),
            ],
            id="16-q-ddp",
        ),
        NumericQuestion(
            "Process 0 has 6 examples with the mean gradient 1, process 1 has 2 with the mean gradient 5. What is the "
            "mean gradient of the whole batch?",
            2,
            "The sums are 6 · 1 and 2 · 5, together 16, over 8 examples.",
            [
                Near(3, "That is the mean of the two means, in which process 1 counts three times too much."),
                Near(6, "That is the sum of the two means. A sum makes the step grow with the number of processes."),
                Near(4, "You gave the larger weight to the smaller share: (2 · 1 + 6 · 5) / 8."),
            ],
            tolerance=0.01,
            id="16-q-shares",
        ),
        Question(
            "Twice as many processes, each with as many rows as before. What has to be thought about, beside time?",
            [
                Answer(
                    "Nothing, since the average does not depend on their number",
                    "The average has less noise and there are half as many steps in an epoch. What was tuned no longer is.",
                ),
                Answer(
                    "The loss, which has to be divided by two",
                    "The loss is a mean over examples, however many there are. It is the steps that have changed.",
                ),
                Answer(
                    "The learning rate, since the batch has grown",
                    "An epoch has half as many steps, each less noisy. Often the rate is raised, with a warm-up, and tested.",
                    correct=True,
                ),
            ],
            id="16-q-batch",
        ),
    ],
    id="16-quiz",
)
