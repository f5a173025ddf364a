"""The explorers, predictions and quiz of chapter 1, The artificial neuron."""

import numpy as np

from nnlearn.explore.controls import Choice, Player, Range
from nnlearn.explore.explorer import Explorer
from nnlearn.explore.quiz import Answer, Near, NumericQuestion, Predict, Question, Quiz
from nnlearn.explore.worked_steps import given
from nnlearn.plots import curves, style

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
TASKS = {
    "AND": np.array([0, 0, 0, 1]),
    "OR": np.array([0, 1, 1, 1]),
    "XOR": np.array([0, 1, 1, 0]),
}


def half_plane(w, b, reach):
    """Return the corners of the part of a square where w·x + b ≥ 0, and the two ends of its edge (nan if it has none)."""
    square = np.array([[-reach, -reach], [reach, -reach], [reach, reach], [-reach, reach]], float)
    z = square @ w + b
    inside, edge = [], []
    for k in range(4):
        p, q, zp, zq = square[k], square[(k + 1) % 4], z[k], z[(k + 1) % 4]
        if zp >= 0:
            inside.append(p)
        if (zp >= 0) != (zq >= 0):
            edge.append(p + (q - p) * zp / (zp - zq))
            inside.append(edge[-1])
    none = np.full((3, 2), np.nan)
    return np.array(inside) if inside else none, np.array(edge) if len(edge) == 2 else none[:2]


class LineExplorer(Explorer):
    """Two weights and a bias draw a line through the plane; on one side of it the unit is on."""

    title = "The line that a unit draws"
    w1 = Range(-2, 2, step=1, value=1, label="weight w₁")
    w2 = Range(-2, 2, step=1, value=2, label="weight w₂")
    b = Range(-2, 2, step=1, value=-1, label="bias b")
    point = Choice(
        {"A (1, 1)": (1.0, 1.0), "B (−1, 1.5)": (-1.0, 1.5), "C (1.5, −1)": (1.5, -1.0)}, value=(1.0, 1.0), label="point"
    )
    size = (5.0, 4.0)

    reach = 2.5
    places = {"A": (1.0, 1.0), "B": (-1.0, 1.5), "C": (1.5, -1.0)}

    def setup(self, figure):
        axes = figure.subplots()
        axes.set(
            xlim=(-self.reach, self.reach), ylim=(-self.reach, self.reach), xlabel="input x₁", ylabel="input x₂", aspect="equal"
        )
        curves.cross_at_zero(axes)
        for name, place in self.places.items():
            axes.plot(*place, "o", color=style.INK, ms=4)
            axes.annotate(name, place, (7, 5), textcoords="offset points")
        moving = {"animated": True}
        (self.side,) = axes.fill([0], [0], color=style.FORWARD, alpha=0.16, lw=0, **moving)
        (self.line,) = axes.plot([], [], color=style.INK, **moving)
        self.arrow = axes.annotate(
            "",
            (0, 0),
            (0, 0),
            arrowprops={"arrowstyle": "-|>", "color": style.WEIGHTS, "lw": 2, "shrinkA": 0, "shrinkB": 0},
            **moving,
        )
        (self.ring,) = axes.plot([], [], "o", ms=13, mfc="none", mew=2, **moving)
        self.says = axes.text(-2.4, -2.4, "", va="bottom", **moving)

    def update(self, w1, w2, b, point):
        w, x = np.array([w1, w2]), np.array(point)
        z = float(x @ w + b)
        inside, edge = half_plane(w, b, self.reach)
        self.side.set_xy(inside)
        self.line.set_data(*edge.T)
        # The arrow starts at the line's nearest place to the middle, if that can be seen.
        foot = -b * w / (w @ w) if w @ w else np.zeros(2)
        shown = bool(w @ w) and bool((np.abs(foot) <= self.reach).all())
        self.arrow.set_visible(shown)
        self.arrow.xy, self.arrow.xyann = tuple(foot + 0.5 * w), tuple(foot)
        on = z >= 0
        self.ring.set_data([x[0]], [x[1]])
        self.ring.set_color(style.FORWARD if on else style.BACKWARD)
        self.says.set_text(f"z = {given(z)}: {'on' if on else 'off'}")
        name = next(name for name, place in self.places.items() if place == point)
        if not w @ w:
            said = "on" if on else "off"
            return f"Both weights are 0, so z = {given(b)} everywhere: there is no line, and all points are {said}."
        seen = "" if np.isfinite(edge).all() else " The line lies outside of the picture."
        return (
            f"At {name}, z = {_factor(x[0])} × {_factor(w1)} + {_factor(x[1])} × {_factor(w2)} {'+' if b >= 0 else '−'} {abs(b):g}"
            f" = {given(z)}: the unit is "
            f"{'on' if on else 'off'} there"
            f"{', exactly on the line' if z == 0 else ''}.{seen}"
        )


def _factor(value):
    """Write a number that others are multiplied by or added to: in brackets where it is negative."""
    return f"({given(value)})" if value < 0 else given(value)


def perceptron_steps(y, count):
    """Let a perceptron learn the labels y of the four corners, from zeros; return (w, b, place, prediction) before each step.

    Each step looks at one example; the order is that of `CORNERS`, over and over.
    """
    w, b, steps = np.zeros(2), 0.0, []
    for k in range(count + 1):
        x, label = CORNERS[k % 4], y[k % 4]
        said = float(x @ w + b >= 0)
        steps.append((w.copy(), b, k % 4, int(said)))
        w, b = w + (label - said) * x, b + (label - said)
    return steps


class PerceptronExplorer(Explorer):
    """A perceptron learns AND, OR or XOR, one example at a time."""

    title = "A perceptron learns from its mistakes"
    task = Choice(list(TASKS), value="AND", label="task")
    step = Player(40, label="step", interval=400)
    size = (5.0, 3.7)

    low, high = -0.7, 1.7

    def setup(self, figure):
        self.runs = {task: perceptron_steps(y, 40) for task, y in TASKS.items()}
        axes = figure.subplots()
        axes.set(xlim=(self.low, self.high), ylim=(self.low, self.high), xlabel="input x₁", ylabel="input x₂", aspect="equal")
        axes.set_xticks([0, 1])
        axes.set_yticks([0, 1])
        moving = {"animated": True}
        (self.side,) = axes.fill([0], [0], color=style.FORWARD, alpha=0.16, lw=0, **moving)
        (self.line,) = axes.plot([], [], color=style.INK, **moving)
        (self.ones,) = axes.plot([], [], "o", ms=10, color=style.CLASSES[0], **moving)
        (self.zeros,) = axes.plot([], [], "X", ms=10, color=style.CLASSES[1], **moving)
        (self.ring,) = axes.plot([], [], "o", ms=19, mfc="none", mec=style.INK, mew=1.5, **moving)
        axes.text(1.02, 0.98, "● label 1", color=style.CLASSES[0], transform=axes.transAxes, va="top")
        axes.text(1.02, 0.90, "✖ label 0", color="#8A5F00", transform=axes.transAxes, va="top")
        axes.text(1.02, 0.78, "shaded:\nthe unit is on", transform=axes.transAxes, va="top")
        self.numbers = axes.text(1.02, 0.45, "", color=style.WEIGHTS, transform=axes.transAxes, va="top", **moving)

    def update(self, task, step):
        y, (w, b, place, said) = TASKS[task], self.runs[task][step]
        inside, edge = half_plane(w, b, 2.0)
        self.side.set_xy(inside)
        self.line.set_data(*edge.T)
        self.ones.set_data(*CORNERS[y == 1].T)
        self.zeros.set_data(*CORNERS[y == 0].T)
        self.ring.set_data(*CORNERS[place][:, None])
        self.numbers.set_text(f"w₁ = {given(w[0])}\nw₂ = {given(w[1])}\nb = {given(b)}")
        wrong = int(((CORNERS @ w + b >= 0) != y).sum())
        x = CORNERS[place]
        state = (
            f"{task}, step {step}: {wrong} of 4 corners wrong." if wrong else f"{task}, step {step}: all four corners are right."
        )
        if said == y[place]:
            return f"{state} At ({x[0]:g}, {x[1]:g}) it says {said}, which is right, so nothing changes."
        verb = "added to" if y[place] else "taken from"
        return (
            f"{state} At ({x[0]:g}, {x[1]:g}) it says {said}, and {y[place]} is right: the inputs are {verb} the weights, "
            f"and 1 is {verb} the bias."
        )


class BiasExplorer(Explorer):
    """The bias outside the sum, added once, and inside the sum, added once for each input."""

    title = "The bias outside and inside the sum"
    n = Range(1, 8, step=1, value=3, label="inputs n")
    b = Range(-1, 1, step=0.5, value=0.5, label="bias b")
    size = (5.0, 2.4)

    def setup(self, figure):
        axes = figure.subplots()
        axes.set(xlim=(-8.5, 8.5), ylim=(-0.6, 1.6), xlabel="z, with all weights at 0")
        axes.set_yticks([0, 1], ["inside", "outside"])
        axes.axvline(0, color=style.GRID, lw=1, zorder=0)
        self.bars = axes.barh([0, 1], [0, 0], height=0.5, color=[style.BACKWARD, style.FORWARD], animated=True)
        self.ends = [axes.text(0, y, "", va="center", animated=True) for y in (0, 1)]

    def update(self, n, b):
        n = int(n)
        for bar, end, z in zip(self.bars, self.ends, (n * b, b), strict=True):
            bar.set_width(z)
            end.set_text(given(z))
            end.set_x(z + (0.2 if z >= 0 else -0.2))
            end.set_ha("left" if z >= 0 else "right")
        same = " The two agree." if n * b == b else ""
        inputs = f"{n} input{'s' if n > 1 else ''}"
        return (
            f"With {inputs} and b = {given(b)}: outside the sum z = {given(b)}, "
            f"inside it z = {n} × {_factor(b)} = {given(n * b)}.{same}"
        )


# ---- Questions ---------------------------------------------------------------------------------------------------

PREDICT_BIAS = Predict(
    "You leave both weights alone and change the bias only. What will the line do?",
    [
        Answer(
            "It turns about the origin",
            "Turning is what the weights do: they set the direction of the line. Move b and watch.",
        ),
        Answer(
            "It moves without turning",
            "The weights set its direction, the bias says how far from the origin it lies.",
            correct=True,
        ),
        Answer(
            "It becomes a curve",
            "A bias bends nothing. Whatever the three numbers are, the unit's border is a straight line.",
        ),
        Answer(
            "It stays where it is",
            "The line is where z = 0, and b is part of z. Move b and watch.",
        ),
    ],
    id="01-p-bias",
)

PREDICT_INSIDE = Predict(
    "A bias of 0.5 is put *inside* the sum of a unit with 8 inputs. How much does it add to z in all?",
    [
        Answer("0.5", "That is the bias outside the sum. Inside, it is part of each of the terms that are added."),
        Answer("0.5 / 8", "Nothing is divided: a sum adds up its terms as they are, and the bias is in each of them."),
        Answer("4", "The sum has 8 terms, and each of them brings the bias along: 8 × 0.5.", correct=True),
    ],
    id="01-p-inside",
)

PREDICT_XOR = Predict(
    "The perceptron below learns AND and OR. Set the task to XOR, and give it all the steps that it wants. What will happen?",
    [
        Answer(
            "It takes longer, and then gets all four right",
            "Watch the count of wrong corners: it never gets to 0, and after some steps the same lines come round again.",
        ),
        Answer(
            "It settles on a line with one corner wrong",
            "That would be the best that a line can do, but the rule does not stop there: every mistake changes the weights.",
        ),
        Answer(
            "It goes round in circles for ever",
            "No line has (0, 1) and (1, 0) on one side and the other two corners on the other, so there is always a mistake left, "
            "and each mistake moves the line.",
            correct=True,
        ),
    ],
    id="01-p-xor",
)

QUIZ = Quiz(
    [
        NumericQuestion(
            "A unit has the inputs 2, −1 and 0.5, the weights 0.5, 1 and −2, and the bias 0.3. What is z?",
            -0.7,
            "2 × 0.5 = 1, −1 × 1 = −1 and 0.5 × (−2) = −1 add up to −1, and the bias makes it −0.7.",
            [
                Near(-1.0, "That is the sum without the bias of 0.3."),
                Near(-0.1, "The bias was added three times, once for each input. It stands outside the sum."),
                Near(-1.3, "The bias was taken away. It is added: −1 + 0.3."),
                Near(1.3, "Check the signs: −1 × 1 is −1, and you seem to have added 1."),
            ],
            tolerance=0.02,
            id="01-q-sum",
        ),
        Question(
            "What does a weight of −3 say about its input?",
            [
                Answer("It hardly counts", "Size is what counts for that: −3 is far from 0. A weight near 0 would say so."),
                Answer(
                    "It counts strongly, and against the unit being on",
                    "The sign says in which direction the input pushes, the size how hard.",
                    correct=True,
                ),
                Answer(
                    "It is a mistake, because weights are strengths and strengths are positive",
                    "The strength of a connection is a picture. Synapses can also inhibit, and weights may have either sign.",
                ),
                Answer("It has to be negative, too", "The weight says nothing about what values the input takes."),
            ],
            id="01-q-weight",
        ),
        Question(
            "A unit should be on exactly when 2 x₁ + x₂ is at least 5. Which bias does it need, with the weights 2 and 1?",
            [
                Answer("5", "Then z = 2 x₁ + x₂ + 5, and the unit is on as soon as the sum is at least −5."),
                Answer("0", "Then the unit is on as soon as the sum is at least 0."),
                Answer(
                    "−5",
                    "z = 2 x₁ + x₂ − 5 is at least 0 exactly where the sum is at least 5: the bias is minus the threshold.",
                    correct=True,
                ),
                Answer("1/5", "A bias is added to the sum. It does not scale it."),
            ],
            id="01-q-threshold",
        ),
        Question(
            "Both weights and the bias of a unit with a step are doubled. What happens to its line?",
            [
                Answer(
                    "It stays where it is", "z is doubled everywhere, and so it is 0 at the same places as before.", correct=True
                ),
                Answer(
                    "It moves twice as far away", "That would happen if the bias alone were doubled. Here the weights grow with it."
                ),
                Answer(
                    "It turns by some angle",
                    "The direction depends on how the two weights compare, and that has not changed.",
                ),
            ],
            id="01-q-double",
        ),
        Question(
            "All inputs are 0 or 1. Which of these can one unit with a step *not* do, whatever its weights and bias?",
            [
                Answer(
                    "Be on when at least two of three inputs are 1", "Weights of 1 and a bias of −1.5 do it: z is 0.5 for two ones."
                ),
                Answer("Be on when an input is 0", "A weight of −1 and a bias of 0.5 do it: that is NOT."),
                Answer(
                    "Be on when two inputs are equal",
                    "That is XOR turned round. If one line could separate it, the same line would do XOR.",
                    correct=True,
                ),
                Answer("Be on for every input", "Weights of 0 and a positive bias do it."),
            ],
            id="01-q-cannot",
        ),
        Question(
            "`x` has the shape (5, 3), `W` has (3, 2) and `b` has (2,). What is the shape of `x @ W + b`?",
            [
                Answer("(5, 2)", "A row for each of the five examples, a column for each of the two units.", correct=True),
                Answer("(3, 3)", "The 3 is what is summed over: the inputs. It is gone after the product."),
                Answer("(2, 5)", "Rows stay examples: five rows. The two units are the columns."),
                Answer("(5, 3, 2)", "The product adds up over the 3, and does not keep it as an axis."),
            ],
            id="01-q-shape",
        ),
        Question(
            "How far does the likeness between a unit and a nerve cell go?",
            [
                Answer(
                    "A unit is a slightly simplified model of how a nerve cell works",
                    "The word slightly is too much: a nerve cell sends pulses over time, and imitating it takes a deep network.",
                ),
                Answer(
                    "It is where the idea came from, and no more than that",
                    "Weighted inputs, a threshold, learning by changing connections: these came over. The rest is mathematics.",
                    correct=True,
                ),
                Answer(
                    "There is none, the name is a marketing invention of recent years",
                    "The idea did come from nerve cells, in 1943 and 1958, long before there was a market for it.",
                ),
            ],
            id="01-q-biology",
        ),
    ],
    id="01-quiz",
)
