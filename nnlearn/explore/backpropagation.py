"""The explorers, predictions and quiz of chapter 5, Backpropagation."""

from dataclasses import dataclass, field

import numpy as np

import nnlearn
from nnlearn.autograd import Value
from nnlearn.explore.controls import Choice, Player, Range
from nnlearn.explore.explorer import Explorer
from nnlearn.explore.quiz import Answer, Near, NumericQuestion, Predict, Question, Quiz
from nnlearn.plots import curves, graphs, style
from nnlearn.plots.graphs import Edge, Node, figure

# ---- A nudge and a slope -----------------------------------------------------------------------------------------


class SlopeExplorer(Explorer):
    """The loss of one neuron over its weight, a nudge with its secant, and the tangent."""

    title = "Nudge the weight, watch the loss"
    w = Range(-1.3, 2.3, step=0.2, value=0.3, label="weight w")
    h = Choice({"1": 1.0, "0.3": 0.3, "0.01": 0.01}, value=1.0, label="nudge h")
    side = Choice(["to one side", "to both sides"], value="to one side", label="nudged")
    y = Choice({"1": 1.0, "0": 0.0}, value=1.0, label="label y")
    size = (5.0, 3.5)

    x, b = 2.0, -0.4

    def loss(self, w, y):
        """Return ½(a - y)² of the neuron a = σ(x w + b)."""
        return 0.5 * (nnlearn.sigmoid(self.x * w + self.b) - y) ** 2

    def slope(self, w, y):
        """Return the derivative of the loss with respect to w."""
        a = nnlearn.sigmoid(self.x * w + self.b)
        return (a - y) * a * (1 - a) * self.x

    def setup(self, figure):
        axes = figure.subplots()
        axes.set(xlim=(-2.4, 3.4), ylim=(-0.13, 0.68), xlabel="weight w", ylabel="loss L(w)")
        axes.set_yticks([0, 0.2, 0.4])
        axes.axhline(0, color=style.GRID, lw=1, zorder=0)
        self.grid = np.linspace(-2.4, 3.4, 90)
        curves.note(axes, "loss", style.FORWARD, at=(0.02, 0.99))
        curves.note(axes, "measured slope: through two points", style.INK, at=(0.14, 0.99))
        curves.note(axes, "true slope: the tangent, dashed", style.BACKWARD, at=(0.14, 0.92))
        moving = {"animated": True}
        (self.curve,) = axes.plot([], [], color=style.FORWARD, lw=1.8, **moving)
        (self.tangent,) = axes.plot([], [], "--", color=style.BACKWARD, lw=2, **moving)
        (self.secant,) = axes.plot([], [], "-", color=style.INK, lw=1.2, **moving)
        (self.nudged,) = axes.plot([], [], "s", color=style.INK, ms=5, **moving)
        (self.point,) = axes.plot([], [], "o", color=style.FORWARD, ms=7, **moving)

    def update(self, w, h, side, y):
        left = w if side == "to one side" else round(w - h, 10)
        right = round(w + h, 10)
        low, high = self.loss(left, y), self.loss(right, y)
        measured, true = float((high - low) / (right - left)), float(self.slope(w, y))
        self.curve.set_data(self.grid, self.loss(self.grid, y))
        self.point.set_data([w], [self.loss(w, y)])
        self.nudged.set_data([left, right], [low, high])
        self._line(self.tangent, w, self.loss(w, y), true, 1.1)
        self._line(self.secant, (left + right) / 2, (low + high) / 2, measured, 1.4 + (right - left) / 2)
        return (
            f"From w = {figure(left)} to {figure(right)} the loss goes from {figure(low)} to {figure(high)}: measured slope "
            f"{figure(measured)}. The true slope at w = {figure(w)} is {figure(true)}, so a larger w "
            f"{'raises' if true > 0 else 'lowers'} the loss."
        )

    @staticmethod
    def _line(line, x, y, slope, reach):
        ends = np.array([x - reach, x + reach])
        line.set_data(ends, y + slope * (ends - x))


# ---- A calculation, forwards and then backwards ------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One step of a calculation: the edges that get their value or their gradient, the formula, and the sentence."""

    formula: str
    sentence: str
    values: tuple = ()
    gradients: tuple = ()


@dataclass
class Run:
    """A calculation that was run: every number by its edge's name, before the update and after it, and the steps."""

    values: dict
    gradients: dict
    after: dict
    steps: list = field(default_factory=list)


def run(calculate, numbers, learning, lr):
    """Run a calculation of `Value`s, go back through it, change what learns, and run it again."""

    def once(numbers):
        inputs = {name: Value(number) for name, number in numbers.items()}
        everything = inputs | calculate(**inputs)
        everything["L"].backward()
        return everything

    before = once(numbers)
    moved = {name: number - lr * before[name].grad if name in learning else number for name, number in numbers.items()}
    return Run(
        values={name: value.data for name, value in before.items()},
        gradients={name: value.grad for name, value in before.items() if not name.startswith("y")},
        after={name: value.data for name, value in once(moved).items()},
    )


class Walk:
    """What the explorers of calculations share: a graph, a line for the formula, and one step after the other."""

    height = 200
    nodes: dict[str, Node] = {}
    edges: dict[str, Edge] = {}

    def setup(self, figure):
        axes = figure.subplots()
        self.graph = graphs.Graph(axes, self.nodes, self.edges, height=self.height, moving=True)
        top = self.height - 3
        axes.text(graphs.WIDTH - 3, top, "value above the line", color=style.FORWARD, ha="right", va="top", size=9)
        axes.text(graphs.WIDTH - 3, top - 12, "gradient below it", color=style.BACKWARD, ha="right", va="top", size=9)
        self.formula = axes.text(graphs.WIDTH / 2, 7, "", ha="center", va="bottom", size=9.5, animated=True)

    def walked(self, run, step):
        """Show a run up to a step; return its sentence."""
        last = len(run.steps) - 1
        here = run.steps[step]
        if step == last:
            self.graph.show(run.after, {}, new=here.values)
        else:
            done = run.steps[: step + 1]
            values = [name for each in done for name in each.values]
            gradients = [name for each in done for name in each.gradients]
            self.graph.show(
                {name: run.values[name] for name in values}, {name: run.gradients[name] for name in gradients},
                new=here.gradients or here.values,
            )  # fmt: skip
        self.formula.set_text(here.formula)
        back = bool(here.gradients)
        self.formula.set_color(style.BACKWARD if back else style.WEIGHTS if step == last else style.FORWARD)
        return here.sentence


def product(first, second):
    """Write a product of two numbers, brackets around a negative second one."""
    second = figure(second)
    return f"{figure(first)} · {f'({second})' if second.startswith('−') else second}"


def plus(first, second):
    """Write a sum of two numbers, a negative second one as a difference."""
    second = figure(second)
    return f"{figure(first)} {f'− {second[1:]}' if second.startswith('−') else f'+ {second}'}"


# ---- One neuron

SQUARED, CROSS_ENTROPY = "½(a − y)²", "cross-entropy"
NEURONS = {
    "unsure: a = 0.55, y = 1": {"x": 2.0, "w": 0.3, "b": -0.4, "y": 1.0},
    "sure and wrong: a = 0.98, y = 0": {"x": 2.0, "w": 1.9, "b": 0.2, "y": 0.0},
}


def neuron(numbers, loss, lr=0.5):
    """Return the run of one neuron z = x w + b, a = σ(z) under a loss, with its steps."""

    def calculate(x, w, b, y):
        xw = x * w
        z = xw + b
        a = z.sigmoid()
        L = 0.5 * (a - y) ** 2 if loss == SQUARED else -(y * a + (1 - y) * (1 - a)).log()
        return {"xw": xw, "z": z, "a": a, "L": L}

    done = run(calculate, numbers, ("w", "b"), lr)
    v, d, after = done.values, done.gradients, done.after
    y, slope = v["y"], v["a"] * (1 - v["a"])
    if loss == SQUARED:
        value, local, why = f"½({plus(v['a'], -y)})²", "a − y", "The slope of ½(a − y)² is a − y"
    else:
        value = "−log(a)" if y == 1 else "−log(1 − a)"
        local, why = ("−1/a", "The slope of −log(a) is −1/a") if y == 1 else ("1/(1 − a)", "The slope of −log(1 − a) is 1/(1 − a)")
    f = {name: figure(number) for name, number in v.items()}
    g = {name: figure(number) for name, number in d.items()}
    new = {name: figure(number) for name, number in after.items()}
    done.steps = [
        Step(f"given: x, w, b and y; the loss is {loss}",
             f"The start: the input x = {f['x']}, the weight w = {f['w']}, the bias b = {f['b']}, the "
             f"label y = {f['y']}, the loss {loss}. All else has to be computed.", ("x", "w", "b", "y")),
        Step(f"x w = {product(v['x'], v['w'])} = {f['xw']}", f"Forward: the product of input and weight is {f['xw']}.", ("xw",)),
        Step(f"z = {plus(v['xw'], v['b'])} = {f['z']}", f"Forward: with the bias, the weighted sum z is {f['z']}.", ("z",)),
        Step(f"a = σ({f['z']}) = {f['a']}", f"Forward: the sigmoid makes a = {f['a']} of it; the label is {f['y']}.", ("a",)),
        Step(f"L = {value} = {f['L']}", f"Forward is done: the loss is {f['L']}. Every value is written down, for the way back "
             "needs them.", ("L",)),
        Step("d_L = 1", "Backward begins at the end: if L changes by a little, L changes by just as much, so the gradient there "
             "is 1.", (), ("L",)),
        Step(f"d_a = d_L · ({local}) = {g['a']}", f"{why}, here {g['a']}; times the 1 that arrives, it is the gradient at a.",
             (), ("a",)),
        Step(f"d_z = d_a · σ′(z) = {product(d['a'], slope)} = {g['z']}", f"Through the sigmoid: its slope is a(1 − a) = "
             f"{figure(slope)}, so of {g['a']} there is {g['z']} left at z.", (), ("z",)),
        Step(f"d_b = d_z = {g['b']}", f"Through the sum, whose slope is 1 towards both: {g['b']} for the bias, and as much for the "
             "product x w.", (), ("xw", "b")),
        Step(f"d_w = d_z · x = {product(d['z'], v['x'])} = {g['w']}", f"Through the product, each gets the other as its slope: the "
             f"weight {product(d['z'], v['x'])} = {g['w']}, the input {product(d['z'], v['w'])} = {g['x']}.", (), ("w", "x")),
        Step(f"w and b each: old − {lr:g} · gradient",
             f"All gradients are known, and only now w and b change: w to {new['w']}, b to "
             f"{new['b']}. Forward again: the loss goes from {f['L']} to {new['L']}.", ("w", "b", "L")),
    ]  # fmt: skip
    return done


class NeuronGraph(Walk, Explorer):
    """One neuron as a graph, walked forwards and then backwards."""

    title = "One neuron, forwards and then backwards"
    numbers = Choice(NEURONS, value=next(iter(NEURONS.values())), label="numbers")
    loss = Choice([SQUARED, CROSS_ENTROPY], value=SQUARED, label="loss")
    step = Player(10, label="step", interval=1800)
    size = (5.0, 2.65)

    height = 190
    level = 122
    nodes = {
        "times": Node(70, level, "×"), "plus": Node(146, level, "+"), "sigma": Node(220, level, "σ"),
        "loss": Node(294, level, "loss"),
    }  # fmt: skip
    edges = {
        "x": Edge((4, level + 34), "times", "x"),
        "w": Edge((4, level - 34), "times", "w", weight=True),
        "xw": Edge("times", "plus", "x w"),
        "b": Edge((80, level - 62), "plus", "b", weight=True),
        "z": Edge("plus", "sigma", "z"),
        "a": Edge("sigma", "loss", "a"),
        "y": Edge((228, level - 62), "loss", "y"),
        "L": Edge("loss", (353, level), "L"),
    }  # fmt: skip

    def update(self, numbers, loss, step):
        return self.walked(neuron(numbers, loss), step)


# ---- Two neurons in a row

CHAINS = {
    "w₁ = 0.4, w₂ = −1.2": {"x": 2.0, "w1": 0.4, "w2": -1.2, "y": 1.0},
    "w₂ = 0: nothing comes back": {"x": 2.0, "w1": 0.4, "w2": 0.0, "y": 1.0},
    "w₁ = 2: the first saturated": {"x": 2.0, "w1": 2.0, "w2": -1.2, "y": 1.0},
}


def chain(numbers, lr=0.5):
    """Return the run of two sigmoid neurons in a row, without biases, under ½(a₂ - y)²."""

    def calculate(x, w1, w2, y):
        z1 = x * w1
        a1 = z1.sigmoid()
        z2 = a1 * w2
        a2 = z2.sigmoid()
        return {"z1": z1, "a1": a1, "z2": z2, "a2": a2, "L": 0.5 * (a2 - y) ** 2}

    done = run(calculate, numbers, ("w1", "w2"), lr)
    v, d, after = done.values, done.gradients, done.after
    f = {name: figure(number) for name, number in v.items()}
    g = {name: figure(number) for name, number in d.items()}
    slope1, slope2 = v["a1"] * (1 - v["a1"]), v["a2"] * (1 - v["a2"])
    arrives = f"what arrives is d_a₁ = {g['a1']}"
    done.steps = [
        Step("x, w₁, w₂ and y are given",
             f"The start: the input is {f['x']}, the weights are w₁ = {f['w1']} and w₂ = {f['w2']}, and "
             f"the label is {f['y']}.", ("x", "w1", "w2", "y")),
        Step(f"z₁ = x w₁ = {product(v['x'], v['w1'])} = {f['z1']}", f"Forward, first neuron: z₁ = {f['z1']}.", ("z1",)),
        Step(f"a₁ = σ({f['z1']}) = {f['a1']}",
             f"Forward, first neuron: a₁ = {f['a1']}, which is the input of the second.", ("a1",)),
        Step(f"z₂ = a₁ w₂ = {product(v['a1'], v['w2'])} = {f['z2']}", f"Forward, second neuron: z₂ = {f['z2']}.", ("z2",)),
        Step(f"a₂ = σ({f['z2']}) = {f['a2']}", f"Forward, second neuron: a₂ = {f['a2']}, the output.", ("a2",)),
        Step(f"L = ½({plus(v['a2'], -v['y'])})² = {f['L']}", f"The loss is {f['L']}. Forward is done.", ("L",)),
        Step(f"d_a₂ = a₂ − y = {plus(v['a2'], -v['y'])} = {g['a2']}", "Backward: d_L is 1, and through the loss d_a₂ = a₂ − y is "
             f"{g['a2']}.", (), ("L", "a2")),
        Step(f"d_z₂ = d_a₂ · σ′(z₂) = {product(d['a2'], slope2)} = {g['z2']}", f"Through the second sigmoid, whose slope is "
             f"{figure(slope2)} here: d_z₂ = {g['z2']}.", (), ("z2",)),
        Step(f"d_a₁ = d_z₂ · w₂ = {product(d['z2'], v['w2'])} = {g['a1']}",
             f"Through the product: d_w₂ = d_z₂ · a₁ = {g['w2']} stays "
             f"with the weight, and d_a₁ = d_z₂ · w₂ = {g['a1']} is passed back to the first neuron.", (), ("w2", "a1")),
        Step(f"d_z₁ = d_a₁ · σ′(z₁) = {product(d['a1'], slope1)} = {g['z1']}", "Through the first sigmoid, whose slope is "
             f"{figure(slope1)} here; {arrives}, and so d_z₁ = {g['z1']}.", (), ("z1",)),
        Step(f"d_w₁ = d_z₁ · x = {product(d['z1'], v['x'])} = {g['w1']}",
             f"Through the first product: d_w₁ = d_z₁ · x = {g['w1']}, "
             f"and d_x = d_z₁ · w₁ = {g['x']}.", (), ("w1", "x")),
        Step(f"w₁ and w₂ each: old − {lr:g} · gradient", f"Only now the weights change: w₁ to {figure(after['w1'])}, w₂ to "
             f"{figure(after['w2'])}. Forward again: the loss goes from {f['L']} to {figure(after['L'])}.", ("w1", "w2", "L")),
    ]  # fmt: skip
    return done


class ChainGraph(Walk, Explorer):
    """Two neurons in a row as a graph, walked forwards and then backwards."""

    title = "Two neurons in a row"
    numbers = Choice(CHAINS, value=next(iter(CHAINS.values())), label="numbers")
    step = Player(11, label="step", interval=1800)
    size = (5.0, 2.65)

    height = 190
    level = 122
    nodes = {
        "times1": Node(54, level, "×"), "sigma1": Node(111, level, "σ"), "times2": Node(168, level, "×"),
        "sigma2": Node(234, level, "σ"), "loss": Node(304, level, "loss"),
    }  # fmt: skip
    edges = {
        "x": Edge((3, level + 34), "times1", "x"),
        "w1": Edge((3, level - 34), "times1", "w₁", weight=True),
        "z1": Edge("times1", "sigma1", "z₁"),
        "a1": Edge("sigma1", "times2", "a₁"),
        "w2": Edge((100, level - 62), "times2", "w₂", weight=True),
        "z2": Edge("times2", "sigma2", "z₂"),
        "a2": Edge("sigma2", "loss", "a₂"),
        "y": Edge((240, level - 62), "loss", "y"),
        "L": Edge("loss", (354, level), "L"),
    }  # fmt: skip

    def update(self, numbers, step):
        return self.walked(chain(numbers), step)


# ---- One value that is used twice

FORKS = {
    "the two pull apart": {"x": 2.0, "w": 0.5, "v1": 0.8, "v2": -0.6, "y1": 1.0, "y2": 0.0},
    "the two cancel": {"x": 2.0, "w": 0.5, "v1": 0.8, "v2": -0.4, "y1": 1.0, "y2": 0.0},
    "the two pull together": {"x": 2.0, "w": 0.5, "v1": 0.8, "v2": 0.5, "y1": 1.0, "y2": 1.0},
}


def fork(numbers, lr=0.1):
    """Return the run of a value h = x w that two outputs use, p = h v₁ and q = h v₂, each with a squared error."""

    def calculate(x, w, v1, v2, y1, y2):
        h = x * w
        p, q = h * v1, h * v2
        L1, L2 = 0.5 * (p - y1) ** 2, 0.5 * (q - y2) ** 2
        return {"h": h, "p": p, "q": q, "L1": L1, "L2": L2, "L": L1 + L2}

    done = run(calculate, numbers, ("w", "v1", "v2"), lr)
    v, d, after = done.values, done.gradients, done.after
    for numbers_of in (v, after):
        numbers_of["h1"] = numbers_of["h2"] = numbers_of["h"]
    d["h1"], d["h2"] = d["p"] * v["v1"], d["q"] * v["v2"]
    f = {name: figure(number) for name, number in v.items()}
    g = {name: figure(number) for name, number in d.items()}
    done.steps = [
        Step("x, the weights and the labels are given",
             f"The start: the input x = {f['x']}, the weights w = {f['w']}, v₁ = {f['v1']} "
             f"and v₂ = {f['v2']}, the labels {f['y1']} and {f['y2']}.", ("x", "w", "v1", "v2", "y1", "y2")),
        Step(f"h = x w = {product(v['x'], v['w'])} = {f['h']}", f"Forward: h = {f['h']}. At the dot it goes two ways, as the same "
             "number.", ("h", "h1", "h2")),
        Step(f"p = h v₁ = {f['p']},   q = h v₂ = {f['q']}",
             f"Forward: the first output is {f['p']}, the second {f['q']}.", ("p", "q")),
        Step(f"L = {f['L1']} + {f['L2']} = {f['L']}",
             f"Each output has its squared error, {f['L1']} and {f['L2']}; the loss is their "
             f"sum, {f['L']}.", ("L1", "L2", "L")),
        Step("d_L = 1, and 1 for each of its two terms",
             "Backward: the slope of a sum is 1 towards each term, so each error gets the "
             "gradient 1.", (), ("L", "L1", "L2")),
        Step(f"d_p = p − y₁ = {g['p']}", f"Upper path: d_p = p − y₁ = {plus(v['p'], -v['y1'])} = {g['p']}.", (), ("p",)),
        Step(f"d_h by the upper path: d_p · v₁ = {product(d['p'], v['v1'])} = {g['h1']}",
             f"Upper path: through the product come d_v₁ = "
             f"{g['v1']} for the weight and {g['h1']} for h.", (), ("v1", "h1")),
        Step(f"d_q = q − y₂ = {g['q']}", f"Lower path: d_q = q − y₂ = {plus(v['q'], -v['y2'])} = {g['q']}.", (), ("q",)),
        Step(f"d_h by the lower path: d_q · v₂ = {product(d['q'], v['v2'])} = {g['h2']}",
             f"Lower path: through the product come d_v₂ = "
             f"{g['v2']} for the weight and {g['h2']} for h.", (), ("v2", "h2")),
        Step(f"d_h = {plus(d['h1'], d['h2'])} = {g['h']}", f"At the dot both arrive, and they are added: d_h = "
             f"{plus(d['h1'], d['h2'])} = {g['h']}.", (), ("h",)),
        Step(f"d_w = d_h · x = {product(d['h'], v['x'])} = {g['w']}", f"Through the first product: d_w = d_h · x = {g['w']}"
             + (". Two errors, and yet nothing to change in w: they cancel." if abs(d["w"]) < 1e-9 else
                f", and d_x = d_h · w = {g['x']}."), (), ("w", "x")),
        Step(f"each weight: old − {lr:g} · gradient", f"Only now the weights change: w to {figure(after['w'])}, v₁ to "
             f"{figure(after['v1'])}, v₂ to {figure(after['v2'])}. Forward again: the loss goes from {f['L']} to "
             f"{figure(after['L'])}.",
             ("w", "v1", "v2", "L")),
    ]  # fmt: skip
    return done


class ForkGraph(Walk, Explorer):
    """A value that two outputs use, walked forwards and then backwards: where paths meet, gradients add."""

    title = "One value, used twice"
    numbers = Choice(FORKS, value=next(iter(FORKS.values())), label="numbers")
    step = Player(11, label="step", interval=1800)
    size = (5.0, 3.7)

    height = 266
    level = 138
    nodes = {
        "times": Node(56, level, "×"), "dot": Node(104, level), "times1": Node(158, level + 48, "×"),
        "times2": Node(158, level - 48, "×"), "loss1": Node(230, level + 48, "loss"), "loss2": Node(230, level - 48, "loss"),
        "plus": Node(304, level, "+"),
    }  # fmt: skip
    edges = {
        "x": Edge((3, level + 34), "times", "x"),
        "w": Edge((3, level - 34), "times", "w", weight=True),
        "h": Edge("times", "dot", "h"),
        "h1": Edge("dot", "times1", level=level + 48),
        "h2": Edge("dot", "times2", level=level - 48),
        "v1": Edge((96, level + 90), "times1", "v₁", weight=True),
        "v2": Edge((96, level - 98), "times2", "v₂", weight=True),
        "p": Edge("times1", "loss1", "p"),
        "q": Edge("times2", "loss2", "q"),
        "y1": Edge((178, level + 90), "loss1", "y₁"),
        "y2": Edge((178, level - 98), "loss2", "y₂"),
        "L1": Edge("loss1", "plus", "L₁"),
        "L2": Edge("loss2", "plus", "L₂"),
        "L": Edge("plus", (354, level), "L"),
    }  # fmt: skip

    def update(self, numbers, step):
        return self.walked(fork(numbers), step)


# ---- Predictions, each before its explorer -----------------------------------------------------------------------

PREDICT_NUDGE = Predict(
    "The picture shows the loss of one neuron for every weight w, with the label 1. At w = 0.3, a nudge of 1 changes the loss "
    "by −0.096. By how much does a nudge of 0.01 change it?",
    [
        Answer(
            "By a hundredth of that, about −0.001.",
            "That would be right on a straight line. The curve bends: on a whole step of 1 it flattens out. The nudge of 0.01 "
            "stays where the curve is steep. Set h to 0.01 and see.",
        ),
        Answer(
            "By more than a hundredth of that.",
            "By −0.0022. The nudge of 1 reaches into the flat part and measures the slope −0.096; the small one measures "
            "−0.22, the slope at this point. That is why nudges have to be small.",
            correct=True,
        ),
        Answer(
            "By nothing that can be measured.",
            "It changes the loss from 0.1013 to 0.0991. A computer keeps 16 digits, so that even far smaller nudges can be "
            "measured. Set h to 0.01 and see.",
        ),
    ],
    id="05-predict-nudge",
)

PREDICT_WRONG = Predict(
    "The neuron below comes with two sets of numbers. It is unsure with the first: output 0.55, label 1. It is sure and wrong "
    "with the second: output 0.98, label 0. The input is 2 both times and the loss ½(a − y)². Which gradient of w is larger in "
    "size?",
    [
        Answer(
            "The second: its error is twice as large.",
            "The error is, 0.98 against 0.45. But on the way to w it passes the sigmoid, which is flat there, and is "
            "multiplied by 0.018. Choose the second numbers, go to step 9, and compare.",
        ),
        Answer(
            "Neither: they have the same input.",
            "It would be so if only the input counted. What arrives at the product is multiplied by it, and that has passed "
            "the error and the slope of the sigmoid. Compare step 9 for both.",
        ),
        Answer(
            "The first: the sigmoid lets more through.",
            "0.223 against 0.035 in size. In the second the error is large and the slope of the sigmoid only 0.018, and the "
            "two multiply. Now change the loss to cross-entropy and look at the same place.",
            correct=True,
        ),
    ],
    id="05-predict-wrong",
)

PREDICT_CHAIN = Predict(
    "Two neurons in a row: the output should be larger than it is, and the weight w₂ between them is negative. What should "
    "happen to the output a₁ of the first neuron, to make the loss smaller?",
    [
        Answer(
            "It should become larger, as the output should.",
            "Through a negative weight, more from the first neuron means less in the second. The sign turns on the way back: "
            "go to step 8 and look at d_a₁.",
        ),
        Answer(
            "It should become smaller.",
            "d_a₁ = d_z₂ · w₂: a negative gradient times a negative weight is positive, so the loss rises with a₁. What comes "
            "back is multiplied by the weight, with its sign.",
            correct=True,
        ),
        Answer(
            "That cannot be said: nobody knows what a hidden neuron should give.",
            "It is true that a₁ has no label. That is just what is passed back in place of one: how the loss answers to a₁. Go "
            "to step 8.",
        ),
    ],
    id="05-predict-chain",
)

PREDICT_FORK = Predict(
    "The value h is used by two outputs. By the upper path h should become larger, at a rate of −0.16; by the lower path it "
    "should become smaller, at a rate of 0.36. What is the gradient at h?",
    [
        Answer(
            "0.36, the larger of the two.",
            "There is no vote that the larger one wins. A nudge of h goes both ways at once, and the loss feels both.",
        ),
        Answer(
            "0.1, their mean.",
            "A nudge is not shared between the paths: each gets the whole of it. So the effects are added, and not averaged.",
        ),
        Answer(
            "0.2, their sum.",
            "A nudge of h goes both ways, and the loss feels −0.16 and 0.36 of it together. Look at step 9, and then at the "
            "numbers that cancel.",
            correct=True,
        ),
    ],
    id="05-predict-fork",
)

# ---- The quiz at the end -----------------------------------------------------------------------------------------

QUIZ = Quiz(
    [
        Question(
            "The gradient of a weight is d_w = −3, and the weight is 0.5. What does that say?",
            [
                Answer(
                    "The weight should be −3",
                    "A gradient is a slope and not a target. It says how the loss answers to small changes from where the "
                    "weight is now.",
                ),
                Answer(
                    "A little more weight means less loss",
                    "Raise it by 0.001, and the loss falls by about 0.003. That is all that a gradient says, and all that is "
                    "needed.",
                    correct=True,
                ),
                Answer(
                    "The weight made the loss smaller by 3",
                    "A gradient is a rate of change, at this point, and not a share of the loss. Shares of all weights need "
                    "not add up to it.",
                ),
            ],
            id="05-q-meaning",
        ),
        NumericQuestion(
            "L(w + h) = 0.52, L(w − h) = 0.50 and h = 0.1. What is the centred difference?",
            0.1,
            "0.02 / 0.2: the two points are 2h apart.",
            [
                Near(0.2, "You divided by h. From w − h to w + h it is 2h."),
                Near(-0.1, "The sign is turned: the loss at the larger weight comes first."),
                Near(0.02, "That is the change of the loss. A slope is the change divided by the way, 2h."),
            ],
            tolerance=0.004,
            id="05-q-centred",
        ),
        NumericQuestion(
            "w changes z at the rate 3, z changes a at the rate 0.2, and a changes the loss at the rate −0.5. At which rate "
            "does w change the loss?",
            -0.3,
            "Rates along a chain are multiplied: 3 · 0.2 · (−0.5).",
            [
                Near(2.7, "That is their sum. Sums belong to paths that run side by side; along one path rates multiply."),
                Near(0.3, "The size is right; one of the three rates is negative, and so is their product."),
                Near(-0.5, "That is the last rate alone. What a change of w does to a comes before it."),
            ],
            tolerance=0.02,
            id="05-q-chain",
        ),
        NumericQuestion(
            "A product node has the inputs u = 3 and v = −2, and the gradient 0.5 arrives at its output. What is d_u?",
            -1,
            "The local slope towards u is v: 0.5 · (−2). A product passes each input the *other* one as its slope.",
            [
                Near(1.5, "That is 0.5 · 3, with u itself as the slope. Nudge u: the product moves by v times the nudge."),
                Near(-2, "That is the local slope. It still has to be multiplied by what arrives, 0.5."),
                Near(0.5, "A sum passes on unchanged what arrives. A product multiplies it by the other input."),
                Near(-3, "That is 0.5 · 3 · (−2), with both inputs. The slope towards u is v alone."),
            ],
            tolerance=0.05,
            id="05-q-product",
        ),
        Question(
            "The input of a weight is x = 0 for this example. What is the gradient of the weight, d_w = d_z · x, and why?",
            [
                Answer(
                    "0: changing it changes nothing for this example",
                    "The weight is multiplied by 0, and so the loss does not answer to it. Another example, with another x, "
                    "will move it.",
                    correct=True,
                ),
                Answer(
                    "0: the weight is already as good as it can be",
                    "A gradient of 0 may mean that, at the lowest point of a valley. Here it says only that this example never "
                    "used the weight.",
                ),
                Answer(
                    "As large as d_z, since the bias gets d_z too",
                    "The bias is a weight whose input is always 1. This one has the input 0, and 0 times d_z is 0.",
                ),
            ],
            id="05-q-zero",
        ),
        Question(
            "A hidden value goes to three units of the next layer. How is its gradient found?",
            [
                Answer(
                    "From the unit where the error is largest",
                    "That overwrites the two others. A nudge of the value reaches all three units, and the loss feels all "
                    "three.",
                ),
                Answer(
                    "By the product over the three ways",
                    "Along one way rates are multiplied. Ways that run side by side are added.",
                ),
                Answer(
                    "By the sum over the three ways",
                    "Along each way the gradient that arrives is multiplied by the weight of that way; then the three products "
                    "are added.",
                    correct=True,
                ),
            ],
            id="05-q-sum",
        ),
        Question(
            "A network has 1,000 weights. How many passes does it take to get all 1,000 gradients for one example?",
            [
                Answer(
                    "One forward pass and one backward pass",
                    "One walk back gives the gradient at every edge of the graph. It costs about as much as two forward passes.",
                    correct=True,
                ),
                Answer(
                    "One forward pass and 1,000 backward passes",
                    "It would be so if each weight had to be followed by itself. What arrives at a node serves all that lies "
                    "behind it.",
                ),
                Answer(
                    "2,000 forward passes and one backward pass",
                    "2,000 forward passes are what nudging needs, two for each weight, and then nothing goes back. It is good "
                    "for checking.",
                ),
            ],
            id="05-q-cost",
        ),
        Question(
            "What exactly is passed back from neuron to neuron?",
            [
                Answer(
                    "The loss, divided among the weights in proportion to their size",
                    "Nothing is divided. If the value goes to two units, both send back the whole of their answer, and it is "
                    "added.",
                ),
                Answer(
                    "The difference between output and label, unchanged",
                    "That difference appears at the output, with ½(a − y)² as the loss. On the way it is multiplied by every "
                    "local slope.",
                ),
                Answer(
                    "How the loss answers to the value there: ∂L/∂(value)",
                    "On each edge stands the gradient of the loss for the value on this edge. \"The error is passed back\" is "
                    "short for that.",
                    correct=True,
                ),
            ],
            id="05-q-error",
        ),
        Question(
            "When may w₂ be changed in a step of two neurons in a row?",
            [
                Answer(
                    "As soon as d_w₂ is known",
                    "Then the first neuron would get d_z₂ times the *new* w₂, which was not used in the forward pass: a "
                    "gradient of nothing.",
                ),
                Answer(
                    "When all gradients are known",
                    "All of them belong to one point, the weights of the forward pass. So first all the way back, and then the "
                    "update.",
                    correct=True,
                ),
                Answer(
                    "Before the way back, so that it can use the better weight",
                    "The way back needs the values and the weights of the forward pass. Before it, no gradient is known.",
                ),
            ],
            id="05-q-update",
        ),
    ],
    id="05-quiz",
)
