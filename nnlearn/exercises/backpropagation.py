"""The exercises of chapter 5, Backpropagation."""

import numpy as np

from nnlearn.exercises.exercise import Exercise, Hint, Misconception

# ---- Cases -------------------------------------------------------------------------------------------------------


def _numbers(rng, count, low, high):
    return [round(float(number), 3) for number in rng.uniform(low, high, count)]


def _sign(rng):
    return float(rng.choice([-1.0, 1.0]))


def _nudge_cases(rng):
    fixed = [(0.3, 0.5, 2.0, -0.4, 1.0), (0.0, 1.0, 1.0, 0.5, 0.0), (-0.5, 0.2, 2.0, 0.3, 1.0)]
    random = []
    for _ in range(4):
        (w, b), (x,), (h,) = _numbers(rng, 2, -0.6, 0.6), _numbers(rng, 1, 0.8, 1.8), _numbers(rng, 1, 0.3, 0.9)
        random.append((w, h, x, b, float(rng.integers(2))))
    return fixed + random


def _product_cases(rng):
    fixed = [(3.0, -2.0, 0.5), (0.0, 4.0, -1.0)]
    shapes = ((3,), (2, 5), (3, 3))
    return fixed + [tuple(rng.normal(0, 2, shape) for _ in range(3)) for shape in shapes]


def _neuron_cases(rng):
    fixed = [(2.0, 0.3, -0.4, 1.0), (0.0, 1.5, 0.5, 0.0), (-1.0, 0.5, 1.0, 1.0)]
    random = []
    for _ in range(4):
        w, b, x = _numbers(rng, 3, 0.3, 1.4)
        random.append((x * 1.5 * _sign(rng), w * _sign(rng), b * _sign(rng), float(rng.integers(2))))
    return fixed + random


def _fork_cases(rng):
    fixed = [(1.0, 0.8, -0.6, 1.0, 0.0), (2.0, 1.0, 1.0, 0.0, 1.0), (-0.5, 0.4, 2.0, 1.0, 1.0)]
    random = []
    for _ in range(4):
        h, v1, v2, y1, y2 = _numbers(rng, 5, 0.4, 1.6)
        # Opposite signs of prediction and label keep both errors away from 0.
        random.append((h, v1, -v2, -y1, y2 * 2))
    return fixed + random


def _chain_cases(rng):
    fixed = [(2.0, 0.4, -1.2, 1.0), (1.0, 0.0, 0.5, 0.0), (-1.0, 1.5, 2.0, 1.0)]
    random = []
    for _ in range(4):
        x, w1, w2 = _numbers(rng, 3, 0.4, 1.6)
        random.append((x * _sign(rng), w1 * _sign(rng), w2 * _sign(rng), float(rng.integers(2))))
    return fixed + random


def _step_cases(rng):
    fixed = [(2.0, 0.4, -1.2, 1.0, 2.0), (1.0, 0.5, 0.5, 0.0, 1.0)]
    random = []
    for _ in range(4):
        (x, w1, w2), (lr,) = _numbers(rng, 3, 0.5, 1.5), _numbers(rng, 1, 1.5, 3)
        label = float(rng.integers(2))
        # The weight w2 points away from the label, so that the error is large and the update can be seen.
        random.append((x, w1 * _sign(rng), -w2 if label else w2, label, lr))
    return fixed + random


# ---- References and slips ----------------------------------------------------------------------------------------


def centred_difference(w, h, x, b, y):
    def loss(w):
        a = 1 / (1 + np.exp(-(x * w + b)))
        return 0.5 * (a - y) ** 2

    return (loss(w + h) - loss(w - h)) / (2 * h)


def product_backward(u, v, d_p):
    d_u = d_p * v  # nudge u by h: the product moves by h v
    d_v = d_p * u
    return d_u, d_v


def neuron_gradient(x, w, b, y):
    a = 1 / (1 + np.exp(-(x * w + b)))
    d_a = a - y
    d_z = d_a * a * (1 - a)  # through the sigmoid
    return d_z * x, d_z  # d_w, d_b


def fork_gradient(h, v1, v2, y1, y2):
    d_p = h * v1 - y1
    d_q = h * v2 - y2
    return d_p * v1 + d_q * v2  # both ways lead back to h


def chain_gradient(x, w1, w2, y):
    a1 = 1 / (1 + np.exp(-x * w1))
    a2 = 1 / (1 + np.exp(-a1 * w2))
    d_z2 = (a2 - y) * a2 * (1 - a2)
    d_a1 = d_z2 * w2  # what is passed back
    d_z1 = d_a1 * a1 * (1 - a1)
    return d_z1 * x, d_z2 * a1  # d_w1, d_w2


def training_step(x, w1, w2, y, lr):
    a1 = 1 / (1 + np.exp(-x * w1))
    a2 = 1 / (1 + np.exp(-a1 * w2))

    d_z2 = (a2 - y) * a2 * (1 - a2)
    d_w2 = d_z2 * a1
    d_z1 = d_z2 * w2 * a1 * (1 - a1)
    d_w1 = d_z1 * x

    return w1 - lr * d_w1, w2 - lr * d_w2


def _p(z):
    return 1 / (1 + np.exp(-z))


def _loss(w, x, b, y):
    return 0.5 * (_p(x * w + b) - y) ** 2


def _neuron(x, w, b, y, *, slope=lambda z, a: a * (1 - a), error=lambda a, y: a - y):
    """Return d_z of one neuron, with a slip in the slope or in the error."""
    z = x * w + b
    a = _p(z)
    return error(a, y) * slope(z, a)


def _chain(x, w1, w2, y, *, slope=lambda z, a: a * (1 - a), back=None, inner=None):
    """Return (d_w1, d_w2) of two neurons, with a slip in the slopes or in what is passed back."""
    z1 = x * w1
    a1 = _p(z1)
    z2 = a1 * w2
    a2 = _p(z2)
    d_z2 = (a2 - y) * slope(z2, a2)
    d_a1 = (d_z2 if inner is None else inner(a2, y)) * (w2 if back is None else back(w1, a1))
    return d_a1 * slope(z1, a1) * x, d_z2 * a1


def _without_hidden_slope(x, w1, w2, y):
    a1 = _p(x * w1)
    a2 = _p(a1 * w2)
    d_z2 = (a2 - y) * a2 * (1 - a2)
    return d_z2 * w2 * x, d_z2 * a1


def _forward_again(x, w1, w2, y, lr):
    """One weight after the other, with a forward pass of its own for each."""
    new_w2 = w2 - lr * chain_gradient(x, w1, w2, y)[1]
    return w1 - lr * chain_gradient(x, w1, new_w2, y)[0], new_w2


def _changed(x, w1, w2, y, lr, gradient=chain_gradient):
    d_w1, d_w2 = gradient(x, w1, w2, y)
    return w1 - lr * d_w1, w2 - lr * d_w2


def _by_value(x, w, b, y):
    from nnlearn.autograd import Value

    w, b = Value(float(w)), Value(float(b))
    (0.5 * ((float(x) * w + b).sigmoid() - float(y)) ** 2).backward()
    return w.grad, b.grad


EXERCISES = (
    Exercise(
        id="05-centred-difference",
        title="A slope by nudging to both sides",
        task="loss(w) is given, inside the function. Return its slope at w, measured by a nudge of the size h to both sides.",
        starter="""
            def my_slope(w, h, x, b, y):
                def loss(w):
                    a = 1 / (1 + np.exp(-(x * w + b)))
                    return 0.5 * (a - y) ** 2

                ...
        """,
        reference=centred_difference,
        accepted=(
            lambda w, h, x, b, y: (_loss(w - h, x, b, y) - _loss(w + h, x, b, y)) / (-2 * h),
            lambda w, h, x, b, y: (_loss(w + h, x, b, y) - _loss(w - h, x, b, y)) / ((w + h) - (w - h)),
        ),
        cases=_nudge_cases,
        hints=(
            Hint("A slope is a change divided by a way. Which two losses do you need?", "backprop-slope"),
            Hint("The loss at w + h minus the loss at w − h; these two points are 2h apart.", "backprop-slope"),
            Hint("`return (loss(w + h) - loss(w - h)) / (2 * h)`"),
        ),
        misconceptions=(
            Misconception(
                lambda w, h, x, b, y: (_loss(w + h, x, b, y) - _loss(w, x, b, y)) / h,
                "You nudged to one side only. With both sides, w + h and w − h, the curve's bend cancels to a large part.",
                "backprop-slope",
            ),
            Misconception(
                lambda w, h, x, b, y: (_loss(w, x, b, y) - _loss(w - h, x, b, y)) / h,
                "You nudged to the left only. Take the loss at w + h in place of the loss at w, and divide by 2h.",
                "backprop-slope",
            ),
            Misconception(
                lambda w, h, x, b, y: (_loss(w + h, x, b, y) - _loss(w - h, x, b, y)) / h,
                "Your slope is twice what it should be: from w − h to w + h it is 2h, so divide by 2h.",
                "backprop-slope",
            ),
            Misconception(
                lambda w, h, x, b, y: (_loss(w + h, x, b, y) - _loss(w - h, x, b, y)) / 2 * h,
                "Brackets are missing: / 2 * h divides by 2 and then multiplies by h. Write / (2 * h).",
                "backprop-slope",
            ),
            Misconception(
                lambda w, h, x, b, y: (_loss(w + h, x, b, y) - _loss(w, x, b, y)) / (2 * h),
                "You divided by 2h, but your two points are only h apart. The second point is w − h.",
                "backprop-slope",
            ),
            Misconception(
                lambda w, h, x, b, y: (_loss(w + h / 2, x, b, y) - _loss(w - h / 2, x, b, y)) / h,
                "You nudged by h/2 to each side. That is a good slope too, but asked is a nudge of h to each side, from "
                "w − h to w + h.",
                "backprop-slope",
            ),
            Misconception(
                lambda w, h, x, b, y: (_loss(w - h, x, b, y) - _loss(w + h, x, b, y)) / (2 * h),
                "The sign is turned: subtract the loss at the smaller weight from the loss at the larger one.",
                "backprop-slope",
            ),
            Misconception(
                lambda w, h, x, b, y: _loss(w + h, x, b, y) - _loss(w - h, x, b, y),
                "That is the change of the loss. A slope is the change divided by the way, 2h.",
                "backprop-slope",
            ),
            Misconception(
                lambda w, h, x, b, y: neuron_gradient(x, w, b, y)[0],
                "That is the exact derivative. Here the slope between w − h and w + h is asked, and h is not small.",
                "backprop-slope",
            ),
        ),
    ),
    Exercise(
        id="05-product",
        title="Back through a product",
        task="p = u v was computed, and d_p = ∂L/∂p has come back. Return d_u and d_v, in this order, for arrays of any shape.",
        starter="""
            def my_product_backward(u, v, d_p):
                ...
        """,
        reference=product_backward,
        accepted=(
            lambda u, v, d_p: [np.multiply(v, d_p), np.multiply(u, d_p)],
            lambda u, v, d_p: tuple(other * d_p for other in (v, u)),
        ),
        cases=_product_cases,
        hints=(
            Hint("Nudge u by h. By how much does u v move?", "backprop-rules"),
            Hint("The local slope towards u is v, and towards v it is u. Multiply each by what arrives, d_p.", "backprop-rules"),
            Hint("`return d_p * v, d_p * u`"),
        ),
        misconceptions=(
            Misconception(
                lambda u, v, d_p: (d_p * u, d_p * v),
                "Each got itself as its slope. Nudge u by h: the product moves by h v, so the slope towards u is v.",
                "backprop-rules",
            ),
            Misconception(
                lambda u, v, d_p: (v, u),
                "These are the local slopes. They still have to be multiplied by what arrives, d_p.",
                "backprop-chain",
            ),
            Misconception(
                lambda u, v, d_p: (d_p + v, d_p + u),
                "You added d_p and the local slope. Rates along a path are multiplied.",
                "backprop-chain",
            ),
            Misconception(
                lambda u, v, d_p: (d_p, d_p),
                "That is what a sum does: it passes on unchanged what arrives. A product multiplies it by the other factor.",
                "backprop-rules",
            ),
            Misconception(
                lambda u, v, d_p: (d_p * u * v, d_p * u * v),
                "You multiplied by the product u v itself. The slope towards u is v alone.",
                "backprop-rules",
            ),
        ),
    ),
    Exercise(
        id="05-neuron",
        title="The gradient of one neuron",
        task="For z = x w + b, a = σ(z) and L = ½(a − y)², all single numbers, return d_w and d_b, in this order.",
        starter="""
            def my_neuron_gradient(x, w, b, y):
                ...
        """,
        reference=neuron_gradient,
        accepted=(
            _by_value,
            lambda x, w, b, y: [_neuron(x, w, b, y) * factor for factor in (x, 1)],
            lambda x, w, b, y: (
                (_p(x * w + b) - y) * _p(x * w + b) * _p(-x * w - b) * x,
                (_p(x * w + b) - y) * _p(x * w + b) * _p(-x * w - b),
            ),
        ),
        cases=_neuron_cases,
        hints=(
            Hint("Go forward first, and keep z and a. Then go back: loss, sigmoid, sum, product.", "backprop-neuron"),
            Hint("d_a = a − y; d_z = d_a times the sigmoid's slope a(1 − a); then d_w = d_z x and d_b = d_z.", "backprop-neuron"),
            Hint("`d_z = (a - y) * a * (1 - a)`, then `return d_z * x, d_z`"),
        ),
        misconceptions=(
            Misconception(
                lambda x, w, b, y: (_neuron(x, w, b, y) * x,) * 2,
                "d_w is right. The bias is multiplied by 1 and not by x, so its gradient is d_z.",
                "backprop-neuron",
            ),
            Misconception(
                lambda x, w, b, y: (_neuron(x, w, b, y),) * 2,
                "d_b is right. The weight is multiplied by x in the forward pass, so its gradient is d_z x.",
                "backprop-neuron",
            ),
            Misconception(
                lambda x, w, b, y: (_neuron(x, w, b, y) * x, 0.0 * x),
                "The bias was forgotten: its slope is 1, so its gradient is d_z. It learns like a weight whose input is 1.",
                "backprop-neuron",
            ),
            Misconception(
                lambda x, w, b, y: (_neuron(x, w, 0.0, y) * x, _neuron(x, w, 0.0, y)),
                "The bias is missing in your forward pass: z = x w + b.",
                "backprop-neuron",
            ),
            Misconception(
                lambda x, w, b, y: (_neuron(x, w, b, y, slope=lambda z, a: 1) * x, _neuron(x, w, b, y, slope=lambda z, a: 1)),
                "The slope of the sigmoid is missing: from a back to z, d_a is multiplied by a(1 − a). (With "
                "cross-entropy as the loss "
                "it would cancel; here the loss is ½(a − y)².)",
                "backprop-neuron",
            ),
            Misconception(
                lambda x, w, b, y: (
                    _neuron(x, w, b, y, slope=lambda z, a: (a * (1 - a)) ** 2) * x,
                    _neuron(x, w, b, y, slope=lambda z, a: (a * (1 - a)) ** 2),
                ),
                "The slope of the sigmoid is counted twice. It stands once on the way from the loss to z.",
                "backprop-neuron",
            ),
            Misconception(
                lambda x, w, b, y: (
                    _neuron(x, w, b, y, slope=lambda z, a: _p(a) * (1 - _p(a))) * x,
                    _neuron(x, w, b, y, slope=lambda z, a: _p(a) * (1 - _p(a))),
                ),
                "The slope is taken at the output a in place of at z: σ′(z) is a(1 − a), and not σ(a)(1 − σ(a)).",
                "backprop-neuron",
            ),
            Misconception(
                lambda x, w, b, y: (
                    _neuron(x, w, b, y, slope=lambda z, a: z * (1 - z)) * x,
                    _neuron(x, w, b, y, slope=lambda z, a: z * (1 - z)),
                ),
                "You used z(1 − z). The slope of the sigmoid is made of its output: a(1 − a).",
                "backprop-neuron",
            ),
            Misconception(
                lambda x, w, b, y: (
                    _neuron(x, w, b, y, error=lambda a, y: y - a) * x,
                    _neuron(x, w, b, y, error=lambda a, y: y - a),
                ),
                "The sign is turned: d_a is a − y. The loss rises with a where a is too large.",
                "backprop-neuron",
            ),
            Misconception(
                lambda x, w, b, y: (_neuron(x, w, b, y) * w, _neuron(x, w, b, y)),
                "Your first number is d_x. Towards w the slope of the product x w is x: each gets the other.",
                "backprop-rules",
            ),
            Misconception(
                lambda x, w, b, y: (_neuron(x, w, b, y) * x, _neuron(x, w, b, y) * b),
                "d_w is right. The bias is added and not multiplied, so its slope is 1, and d_b = d_z.",
                "backprop-rules",
            ),
            Misconception(
                lambda x, w, b, y: (
                    _neuron(x, w, b, y, error=lambda a, y: 0.5 * (a - y) ** 2) * x,
                    _neuron(x, w, b, y, error=lambda a, y: 0.5 * (a - y) ** 2),
                ),
                "You sent back the loss itself. The way back begins with its slope: that of ½(a − y)² is a − y.",
                "backprop-rules",
            ),
            Misconception(
                lambda x, w, b, y: (2 * _neuron(x, w, b, y) * x, 2 * _neuron(x, w, b, y)),
                "Everything is twice what it should be: the ½ in the loss takes away the 2 of the square's slope.",
                "backprop-rules",
            ),
            Misconception(
                lambda x, w, b, y: (_neuron(x, w, b, y), _neuron(x, w, b, y) * x),
                "Both are right, in the wrong order: d_w first, then d_b.",
                "backprop-neuron",
            ),
        ),
    ),
    Exercise(
        id="05-used-twice",
        title="A value that is used twice",
        task="h goes to two outputs, p = h v1 and q = h v2, and L = ½(p − y1)² + ½(q − y2)². Return d_h.",
        starter="""
            def my_fork_gradient(h, v1, v2, y1, y2):
                ...
        """,
        reference=fork_gradient,
        accepted=(
            lambda h, v1, v2, y1, y2: sum((h * v - y) * v for v, y in ((v1, y1), (v2, y2))),
            lambda h, v1, v2, y1, y2: h * (v1 * v1 + v2 * v2) - v1 * y1 - v2 * y2,
        ),
        cases=_fork_cases,
        hints=(
            Hint("A nudge of h goes both ways. What does each way do to the loss?", "backprop-join"),
            Hint("Each way brings back its error times its weight; where the two meet, they are added.", "backprop-join"),
            Hint("`return (h * v1 - y1) * v1 + (h * v2 - y2) * v2`"),
        ),
        misconceptions=(
            Misconception(
                lambda h, v1, v2, y1, y2: (h * v2 - y2) * v2,
                "Only the second path is in it: the first was overwritten. Where paths meet, gradients are added.",
                "backprop-join",
            ),
            Misconception(
                lambda h, v1, v2, y1, y2: (h * v1 - y1) * v1,
                "Only the first path is in it. A nudge of h reaches the second output too; add what comes back from there.",
                "backprop-join",
            ),
            Misconception(
                lambda h, v1, v2, y1, y2: ((h * v1 - y1) * v1 + (h * v2 - y2) * v2) / 2,
                "You took the mean of the two paths. Each path gets the whole nudge, so their effects are added.",
                "backprop-join",
            ),
            Misconception(
                lambda h, v1, v2, y1, y2: (h * v1 - y1) * v1 * (h * v2 - y2) * v2,
                "You multiplied the two paths. Rates multiply along a path; paths side by side are added.",
                "backprop-join",
            ),
            Misconception(
                lambda h, v1, v2, y1, y2: (h * v1 - y1) + (h * v2 - y2),
                "The errors are added, but the weights are missing: on the way from p back to h, d_p is multiplied by v1.",
                "backprop-join",
            ),
            Misconception(
                lambda h, v1, v2, y1, y2: (h * v1 - y1) * h + (h * v2 - y2) * h,
                "You multiplied by h, which gives the gradients of v1 and v2. Towards h the slopes are v1 and v2.",
                "backprop-rules",
            ),
            Misconception(
                lambda h, v1, v2, y1, y2: ((h * v1 - y1) + (h * v2 - y2)) * (v1 + v2),
                "You added first and multiplied then. Each error is multiplied by the weight of its own path, and then "
                "the two are added.",
                "backprop-join",
            ),
            Misconception(
                lambda h, v1, v2, y1, y2: (y1 - h * v1) * v1 + (y2 - h * v2) * v2,
                "The sign is turned: the slope of ½(p − y)² is p − y.",
                "backprop-rules",
            ),
        ),
    ),
    Exercise(
        id="05-two-neurons",
        title="Two neurons in a row",
        task="For a1 = σ(x w1), a2 = σ(a1 w2) and L = ½(a2 − y)², all single numbers, return d_w1 and d_w2, in this order.",
        starter="""
            def my_chain_gradient(x, w1, w2, y):
                ...
        """,
        reference=chain_gradient,
        accepted=(
            lambda x, w1, w2, y: list(_chain(x, w1, w2, y)),
            lambda x, w1, w2, y: _chain(x, w1, w2, y, slope=lambda z, a: _p(z) * _p(-z)),
        ),
        cases=_chain_cases,
        hints=(
            Hint("Begin at the back: the second neuron is a single neuron whose input is a1.", "backprop-two"),
            Hint("What is passed back is d_a1 = d_z2 · w2. Then the first neuron's own sigmoid and input.", "backprop-two"),
            Hint("`d_z1 = d_z2 * w2 * a1 * (1 - a1)`, then `return d_z1 * x, d_z2 * a1`"),
        ),
        misconceptions=(
            Misconception(
                _without_hidden_slope,
                "d_w2 is right. On the way to w1 the slope of the first sigmoid, a1(1 − a1), is missing.",
                "backprop-two",
            ),
            Misconception(
                lambda x, w1, w2, y: _chain(x, w1, w2, y, back=lambda w1, a1: 1),
                "d_w2 is right. On the way back to a1 the gradient goes through the product a1 w2 and is multiplied by w2.",
                "backprop-two",
            ),
            Misconception(
                lambda x, w1, w2, y: _chain(x, w1, w2, y, back=lambda w1, a1: w1),
                "You passed it back through w1. Between the two neurons stands w2.",
                "backprop-two",
            ),
            Misconception(
                lambda x, w1, w2, y: _chain(x, w1, w2, y, back=lambda w1, a1: a1),
                "You passed it back times a1, which is the slope towards w2. Towards a1 the slope of the product is w2.",
                "backprop-rules",
            ),
            Misconception(
                lambda x, w1, w2, y: _chain(x, w1, w2, y, inner=lambda a2, y: a2 - y),
                "d_w2 is right. On the way to w1 the slope of the second sigmoid got lost: pass back d_z2, and not a2 − y.",
                "backprop-two",
            ),
            Misconception(
                lambda x, w1, w2, y: _chain(x, w1, w2, y, slope=lambda z, a: _p(a) * (1 - _p(a))),
                "The slopes are taken at the outputs in place of at z: σ′(z) is a(1 − a), and not σ(a)(1 − σ(a)).",
                "backprop-neuron",
            ),
            Misconception(
                lambda x, w1, w2, y: _chain(x, w1, w2, y, slope=lambda z, a: (a * (1 - a)) ** 2),
                "Each sigmoid's slope is counted twice. It stands once on the way through it.",
                "backprop-neuron",
            ),
            Misconception(
                lambda x, w1, w2, y: (chain_gradient(x, w1, w2, y)[0], chain_gradient(x, w1, w2, y)[1] / _p(x * w1) * x),
                "d_w1 is right. The input of the second neuron is a1, and not x.",
                "backprop-two",
            ),
            Misconception(
                lambda x, w1, w2, y: (_neuron(x, w1, 0.0, y) * x, chain_gradient(x, w1, w2, y)[1]),
                "You compared a1 with the label. A hidden neuron has no label; what it is told is d_a1 = d_z2 · w2.",
                "backprop-two",
            ),
            Misconception(
                lambda x, w1, w2, y: _chain(x, w1, w2, y, slope=lambda z, a: 1),
                "The slopes of both sigmoids are missing: each is multiplied in once on the way through it.",
                "backprop-neuron",
            ),
            Misconception(
                lambda x, w1, w2, y: (chain_gradient(x, w1, w2, y)[0] / x * w1, chain_gradient(x, w1, w2, y)[1] / _p(x * w1) * w2),
                "These are the gradients of the inputs, d_x and d_a1. Towards a weight the slope of the product is the "
                "input: x and a1.",
                "backprop-rules",
            ),
            Misconception(
                lambda x, w1, w2, y: tuple(-d for d in chain_gradient(x, w1, w2, y)),
                "Both signs are turned: the way back begins with a2 − y.",
                "backprop-two",
            ),
            Misconception(
                lambda x, w1, w2, y: chain_gradient(x, w1, w2, y)[::-1],
                "Both are right, in the wrong order: d_w1 first, then d_w2.",
                "backprop-two",
            ),
        ),
    ),
    Exercise(
        id="05-find-the-bug",
        title="Find the bug: one step of two neurons",
        task=(
            "The function should do one step of gradient descent for two neurons in a row and return the new w1 and w2. "
            "It runs, but the "
            "gradient of w1 is not right. Mend it."
        ),
        starter="""
            def my_training_step(x, w1, w2, y, lr):
                a1 = 1 / (1 + np.exp(-x * w1))
                a2 = 1 / (1 + np.exp(-a1 * w2))

                d_z2 = (a2 - y) * a2 * (1 - a2)
                w2 = w2 - lr * d_z2 * a1

                d_z1 = d_z2 * w2 * a1 * (1 - a1)
                w1 = w1 - lr * d_z1 * x
                return w1, w2
        """,
        reference=training_step,
        accepted=(
            _changed,
            lambda x, w1, w2, y, lr: list(_changed(x, w1, w2, y, lr, gradient=_chain)),
        ),
        cases=_step_cases,
        hints=(
            Hint("Which w2 did the forward pass use, and which w2 does the line with d_z1 use?", "backprop-two"),
            Hint("First all the way back, then the update: compute d_w2 and d_w1, and then change both weights.", "backprop-step"),
            Hint("`d_w2 = d_z2 * a1`, then `d_z1` and `d_w1`, and at the end `return w1 - lr * d_w1, w2 - lr * d_w2`"),
        ),
        misconceptions=(
            Misconception(
                lambda x, w1, w2, y, lr: _changed(x, w1, w2, y, -lr),
                "The gradients are right now, but the step goes uphill: subtract lr times the gradient.",
                "backprop-step",
            ),
            Misconception(
                _forward_again,
                "You went forward again with the new w2. A step takes both gradients at the same point, the old weights.",
                "backprop-two",
            ),
            Misconception(
                lambda x, w1, w2, y, lr: _changed(x, w1, w2, y, lr, lambda *n: _chain(*n, back=lambda w1, a1: 1)),
                "w2 is gone from the way back. It belongs there, with the value that the forward pass used.",
                "backprop-two",
            ),
            Misconception(
                lambda x, w1, w2, y, lr: (_changed(x, w1, w2, y, lr)[0], w2),
                "w1 is right now, but w2 keeps its old value. It has to be updated too, after the way back.",
                "backprop-step",
            ),
            Misconception(
                lambda x, w1, w2, y, lr: (w1, _changed(x, w1, w2, y, lr)[1]),
                "w2 is right, but w1 keeps its old value. It has to be updated too.",
                "backprop-step",
            ),
            Misconception(
                lambda x, w1, w2, y, lr: chain_gradient(x, w1, w2, y),
                "These are the gradients, and they are right. The new weights are asked.",
                "backprop-step",
            ),
            Misconception(
                lambda x, w1, w2, y, lr: _changed(x, w1, w2, y, lr)[::-1],
                "Both are right now, in the wrong order: w1 first, then w2.",
                "backprop-step",
            ),
            Misconception(
                lambda x, w1, w2, y, lr: _changed(x, w1, w2, y, lr, _without_hidden_slope),
                "The slope of the first sigmoid, a1(1 − a1), is missing on the way to w1.",
                "backprop-two",
            ),
        ),
    ),
)
