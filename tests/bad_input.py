"""What the public calls of the stack take: for each argument good values, other forms of the same values, and bad ones.

One table, `CALLS`, in which every public name stands; tests/test_bad_input.py puts it to use.
"""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

import nnlearn as nn
from nnlearn import autograd, datasets

RAGGED, OBJECT = [[1.0], [1.0, 2.0]], object()
NOT_NUMBERS = [
    None,
    "text",
    b"bytes",
    OBJECT,
    {"a": 1},
    1j,
    RAGGED,
    [10**400],
    np.array(["a", "b"]),
    np.array([OBJECT]),
    np.array("2020-01-01", "datetime64[D]"),
    np.ones(2, [("a", float)]),
]
NOT_ONE_NUMBER = [
    None,
    "0.1",
    b"1",
    OBJECT,
    1j,
    np.complex128(1),
    True,
    [0.1],
    np.array([0.1]),
    {"a": 1},
    np.nan,
    np.inf,
    -np.inf,
    10**400,
    np.datetime64("2020-01-01"),
]


@dataclass
class Argument:
    """One argument: `good(rng)` makes a value, `bad(rng)` a list of what is refused, `forms(value)` a list of its equals."""

    good: object
    bad: object = lambda rng: []
    forms: object = lambda value: []
    #: Whether nan in it has to be nan in the result.
    passes_nan: bool | None = False


@dataclass
class Call:
    """A public call: its name, the function, its arguments by name, and what else beside our two errors it may raise."""

    name: str
    function: object
    arguments: dict = field(default_factory=dict)
    also_raises: tuple = ()


# ---- Kinds of arguments ----------------------------------------------------------------------------------------------


def always(value):
    """Return a function of the generator that gives the value."""
    return lambda rng: value


def count(good=3, *, least=1):
    """A whole number of at least `least`."""
    bad = [
        None,
        "3",
        2.5,
        3.0,
        np.nan,
        np.inf,
        True,
        [3],
        1j,
        OBJECT,
        np.array([3]),
        np.float32(3),
        least - 1,
        -5,
        -(2**70),
        10**400,
    ]
    return Argument(always(good), always(bad), lambda value: [np.int32(value), np.uint64(value), np.array(value)])


def number(good, *bad):
    """One finite number; `bad` are numbers out of range."""
    return Argument(always(good), always([*NOT_ONE_NUMBER, *bad]), lambda value: [np.float64(value), np.array(value)])


def positive(good=0.5):
    """A number above 0."""
    return number(good, 0, 0.0, -1, -1e-300, -1e300)


def share(good=0.5, *, closed=False):
    """A number of [0, 1), or [0, 1]."""
    return number(good, -1e-9, -1, 1.5, 1e300, *([] if closed else [1.0]))


def flag():
    """True or False."""
    return Argument(always(True), always([None, 0, 1, "no", [0], np.ones(2)]), lambda value: [np.bool_(value)])


def generator():
    """A numpy Generator."""
    bad = [None, 0, "seed", np.random.RandomState(0), np.random.default_rng, np.random.SeedSequence(0), [1]]
    return Argument(lambda rng: np.random.default_rng(7), always(bad))


def thing(make, *wrong):
    """An object that `make()` makes; neither its class, nor its name, nor anything else."""
    bad = [None, "ReLU", 3, np.ones(2), OBJECT, type(make()), *wrong]
    return Argument(lambda rng: make(), always(bad))


def function(good):
    """A function."""
    return Argument(always(good), always([None, "relu", 3.0, np.ones(2), OBJECT]))


def array(*shape, low=-2.0, high=2.0, passes_nan=True, shapes=(), values=()):
    """An array of numbers; `shapes` and `values` are refused, and nan and inf too where `passes_nan` is False.

    Where it is None they are taken, but nan need not show in the result.
    """

    def good(rng):
        return rng.uniform(low, high, shape)

    def bad(rng):
        found = [*NOT_NUMBERS, np.ma.masked_less(good(rng), np.inf), good(rng) * 1j, good(rng).astype(object)]
        found += [rng.uniform(low, high, wrong) for wrong in shapes]
        wrong = [*values, np.nan, np.inf, -np.inf] if passes_nan is False else [*values]
        return found + [with_one(good(rng), value, rng) for value in wrong]

    return Argument(good, bad, lambda value: float_forms(value), passes_nan)


def labels(n, classes, *, shapes=((0,), (2, 2)), short=True):
    """`n` labels below `classes`."""

    def bad(rng):
        good = rng.integers(0, classes, n).astype(float)
        found = [*NOT_NUMBERS, good[:-1], *(np.zeros(shape, int) for shape in shapes)] if short else [*NOT_NUMBERS]
        return found + [with_one(good, value, rng) for value in (-1, 0.5, np.nan, np.inf, 1e300)]

    return Argument(lambda rng: rng.integers(0, classes, n), bad, whole_forms)


def with_one(array, value, rng):
    """Return a copy in which one entry, anywhere, is `value`."""
    array = np.array(array, float)
    if array.size:
        array.flat[rng.integers(array.size)] = value
    return array


def float_forms(value):
    """Return the same numbers in other forms: list, view, read-only, by columns, long doubles, the other byte order."""
    wide = np.zeros(tuple(2 * size for size in value.shape))
    places = tuple(slice(None, None, 2) for _ in value.shape)
    wide[places] = value
    locked = value.copy()
    locked.flags.writeable = False
    forms = [
        value.tolist(),
        wide[places],
        locked,
        np.asfortranarray(value),
        value.astype(np.longdouble),
        value.astype(">f8"),
        np.ma.array(value),
        value[::-1].copy()[::-1],
    ]
    return [*forms, value.view(np.matrix)] if value.ndim == 2 else forms


def whole_forms(value):
    """Return the same whole numbers in other forms."""
    return [value.tolist(), value.astype(np.uint8), value.astype(np.int16), np.repeat(value, 2)[::2], np.ma.array(value)]


# ---- Things to work with ---------------------------------------------------------------------------------------------


def network(**options):
    """A network (n, 3) -> (n, 2) with smooth units."""
    rng = np.random.default_rng(0)
    return nn.Network([nn.Dense(3, 4, rng=rng, **options), nn.Tanh(), nn.Dense(4, 2, rng=rng, **options)])


def population():
    """Three such networks in one."""
    return nn.Network.population([network()] * 3)


def dense():
    """A layer (n, 3) -> (n, 2)."""
    return nn.Dense(3, 2, rng=np.random.default_rng(0))


def dropout():
    """A Dropout layer that is switched on."""
    layer = nn.Dropout(0.5, rng=np.random.default_rng(0))
    layer.training = True
    return layer


def broken():
    """A network with nan in its weights."""
    bad = network()
    bad.params["0.W"][0, 0] = np.nan
    return bad


def trained(network, x, y, loss, optimizer, epochs, batch_size, rng, **options):
    """Train and return all that comes of it, as arrays."""
    history = nn.fit(network, x, y, loss=loss, optimizer=optimizer, epochs=epochs, batch_size=batch_size, rng=rng, **options)
    return [history.loss, history.validation_loss, *network.params.values()]


def stepped(optimizer, params, gradients):
    """Take a step with copies and return them."""
    own = params.copy() if isinstance(params, np.ndarray) else params
    optimizer.step(own, gradients)
    return own


def checked(*arguments, **options):
    """Return the errors of a gradient check."""
    return [parameter.norm_error for parameter in nn.gradient_check(*arguments, **options).parameters]


def back(values, d_out):
    """Pass back through `network()`."""
    d_x, gradients = network().backward(values, d_out)
    return [d_x, *gradients.values()]


def values_of_trace():
    """What `trace` gives for five rows, and what it never gives."""
    good = network().trace(np.ones((5, 3)))
    bad = [
        None,
        "values",
        [],
        good[:-1],
        tuple(good),
        [None] * 4,
        ["x"] * 4,
        [*good[:-1], 3.0],
        good[::-1],
        [1.0, 2.0, 3.0, 4.0],
        [value[0] for value in good],
        [value * 1j for value in good],
        [good[0][:2], *good[1:]],
    ]
    return Argument(always(good), always(bad))


def read_small_idx(path, dimensions):
    """Read an IDX file of two bytes if the path is "small"."""
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder, "small")
        small.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 2, 5, 6]))
        return datasets.read_idx(small if path == "small" else path, dimensions=dimensions)


# ---- The table -------------------------------------------------------------------------------------------------------

ROWS = {"shapes": [(3,), (5, 2), (5, 4), ()]}
ELEMENTWISE = [
    nn.step,
    nn.step_derivative,
    nn.sigmoid,
    nn.sigmoid_derivative,
    nn.tanh,
    nn.tanh_derivative,
    nn.relu,
    nn.relu_derivative,
]
BY_ROWS = [nn.softmax, nn.log_softmax, nn.softmax_jacobian]
LAYERS = [nn.Step, nn.Sigmoid, nn.Tanh, nn.ReLU, nn.LeakyReLU]
PROBABILITIES = {"low": 0.1, "high": 0.9, "values": [-0.5, 1.5, np.inf, -np.inf]}
TARGETS = {"low": 0.0, "high": 1.0, "passes_nan": False, "shapes": [(5,), (4, 3), (5, 2), (), (0, 3), (2, 5, 3)]}
UNIT = {**TARGETS, "values": [-0.1, 1.1, 1e300]}
RATES = [None, "0.1", 0, -0.1, np.nan, np.inf, True, 1j, [], [0.1, -1], [[0.1]], [0.1, np.nan], RAGGED, ["a"], OBJECT, 10**400]
LOSSES = [
    (nn.MeanSquaredError, {}, TARGETS),
    (nn.MeanAbsoluteError, {}, TARGETS),
    (nn.BinaryCrossEntropy, PROBABILITIES, UNIT),
    (nn.SigmoidCrossEntropy, {}, UNIT),
]
ROW_LOSSES = [(nn.CrossEntropy, PROBABILITIES), (nn.SoftmaxCrossEntropy, {})]
EMPTY = [(0, 3), (5, 0), ()]


def rate(good=0.1):
    """A learning rate: a number, a function, or numbers."""
    return Argument(always(good), always(RATES))


def schedule(name, make, **arguments):
    """A schedule, made and then called at a step."""
    return Call(name, lambda t=2, **options: make(**options)(t), {**arguments, "t": count(2, least=0)})


def optimizer_of(kind, **arguments):
    """An optimizer, made and then used for a step."""
    return Call(kind.__name__, lambda **options: stepped(kind(**options), np.ones(2), np.ones(2)), {"lr": rate(), **arguments})


CALLS = [
    *(Call(f.__name__, f, {"z": array(4, 3)}) for f in ELEMENTWISE),
    *(Call(f.__name__, f, {"z": array(4, 3, shapes=[(), (0,), (3, 0)])}) for f in BY_ROWS),
    *(
        Call(f.__name__, f, {"z": array(4, 3), "alpha": share(0.1, closed=True)})
        for f in (nn.leaky_relu, nn.leaky_relu_derivative)
    ),
    *(Call(kind.__name__, lambda x, kind=kind: kind().forward(x), {"x": array(4, 3)}) for kind in LAYERS),
    Call("Softmax", lambda x: nn.Softmax().forward(x), {"x": array(4, 3, shapes=[(), (0,)])}),
    Call("LeakyReLU", lambda alpha: repr(nn.LeakyReLU(alpha)), {"alpha": share(0.1, closed=True)}),
    Call(
        "Dense",
        lambda **options: nn.Dense(**options).params["W"],
        {
            "n_in": count(),
            "n_out": count(2),
            "rng": generator(),
            "init": Argument(
                always(nn.he_normal),
                always(
                    [
                        None,
                        "he",
                        3,
                        OBJECT,
                        lambda rng, shape: np.ones(2),
                        lambda rng, shape: None,
                        lambda rng, shape: "weights",
                        lambda rng, shape: np.full(shape, np.nan),
                        lambda rng, shape: np.full(shape, 1j),
                        lambda rng, shape: np.full(shape, "w"),
                    ]
                ),
            ),
            "dtype": Argument(
                always(float), always([int, bool, complex, np.float16, np.longdouble, "double trouble", 3, OBJECT])
            ),
        },
    ),
    Call("Dense.forward", lambda x: dense().forward(x), {"x": array(5, 3, **ROWS)}),
    Call("Dropout", lambda **options: repr(nn.Dropout(**options)), {"rate": share(), "rng": generator()}),
    Call("Dropout.forward", lambda x: dropout().forward(x), {"x": array(5, 3, passes_nan=None)}),
    *(
        Call(
            f"{kind.__name__}{end}",
            lambda out, y, kind=kind, end=end: getattr(kind(), end[1:] or "__call__")(out, y),
            {"out": array(5, 3, shapes=EMPTY, **values), "y": array(5, 3, **targets)},
        )
        for kind, values, targets in LOSSES
        for end in ("", ".gradient")
    ),
    *(
        Call(
            f"{kind.__name__}{end}",
            lambda out, y, kind=kind, end=end: getattr(kind(), end[1:] or "__call__")(out, y),
            {"out": array(5, 3, shapes=EMPTY, **values), "y": labels(5, 3)},
        )
        for kind, values in ROW_LOSSES
        for end in ("", ".gradient")
    ),
    *(
        Call(
            f.__name__,
            f,
            {
                "rng": generator(),
                "shape": Argument(
                    always((3, 2)),
                    always(
                        [
                            None,
                            3,
                            (),
                            (3,),
                            "ab",
                            (0, 2),
                            (3, -1),
                            (2.5, 1),
                            (True, 1),
                            ("3", 2),
                            (2**62, 2**62),
                            (10**400, 1),
                            np.ones(2),
                        ]
                    ),
                    lambda value: [list(value), (np.int32(3), 2)],
                ),
                **more,
            },
        )
        for f, more in [
            (nn.zeros, {}),
            (nn.glorot_uniform, {}),
            (nn.glorot_normal, {}),
            (nn.he_uniform, {}),
            (nn.he_normal, {}),
            (nn.random_uniform, {"limit": number(0.1, 0, -1, 1.7e308)}),
            (nn.random_normal, {"std": number(0.1, 0, -1, 1.7e308)}),
        ]
    ),
    schedule("StepDecay", nn.StepDecay, lr=positive(), factor=share(closed=True), every=count()),
    schedule("ExponentialDecay", nn.ExponentialDecay, lr=positive(), half_life=positive(3.0)),
    schedule("CosineDecay", nn.CosineDecay, lr=positive(), steps=count(), final=number(0.1, -0.1, 0.6, 1e300)),
    schedule("Warmup", nn.Warmup, steps=count(), then=positive()),
    optimizer_of(nn.SGD),
    optimizer_of(nn.Momentum, beta=share(), classical=flag(), nesterov=flag()),
    optimizer_of(nn.RMSprop, rho=share(), eps=positive()),
    optimizer_of(nn.Adam, beta1=share(), beta2=share(), eps=positive()),
    *(
        Call(
            f"{kind.__name__}.step",
            lambda params, gradients, kind=kind: stepped(kind(lr=0.1), params, gradients),
            {
                "params": Argument(
                    lambda rng: np.ones((3, 2)),
                    always(
                        [
                            None,
                            1.0,
                            "w",
                            [1.0, 2.0],
                            {"a": 1.0},
                            {"0": [1.0]},
                            np.ones((2, 3)),
                            np.ones((3, 2), int),
                            np.ones((3, 2), bool),
                            np.ones((3, 2), np.float16),
                            np.ones((3, 2), complex),
                            np.ones((3, 2), object),
                            {"other": np.ones((3, 2))},
                            [],
                        ]
                    ),
                ),
                "gradients": Argument(
                    lambda rng: rng.normal(size=(3, 2)),
                    lambda rng: [
                        None,
                        1.0,
                        "g",
                        [],
                        [1.0, 2.0],
                        {"0": "g"},
                        {"0": RAGGED},
                        {"other": np.ones((3, 2))},
                        np.ones((2, 3)),
                        np.ones(2),
                        np.ones((3, 2), complex),
                        np.ones((3, 2), object),
                        np.full((3, 2), "g"),
                        np.ma.masked_less(np.ones((3, 2)), 2),
                        *(with_one(np.ones((3, 2)), value, rng) for value in (np.nan, np.inf, -np.inf)),
                    ],
                    lambda value: [form for form in float_forms(value) if isinstance(form, np.ndarray)],
                ),
            },
        )
        for kind in (nn.SGD, nn.Momentum, nn.RMSprop, nn.Adam)
    ),
    Call(
        "Optimizer.path",
        lambda gradient, start, steps: nn.Adam(lr=0.1).path(gradient, start, steps),
        {
            "gradient": Argument(
                always(lambda w: 2 * w),
                always(
                    [
                        None,
                        "w",
                        3.0,
                        np.ones(2),
                        lambda w: None,
                        lambda w: w[:1],
                        lambda w: "g",
                        lambda w: w * 1j,
                    ]
                ),
            ),
            "start": array(3, passes_nan=False),
            "steps": count(least=0),
        },
    ),
    Call(
        "Network",
        lambda layers: repr(nn.Network(layers)),
        {
            "layers": Argument(
                lambda rng: [dense(), nn.ReLU()],
                lambda rng: [
                    None,
                    3,
                    "ReLU",
                    nn.ReLU(),
                    nn.ReLU,
                    [],
                    [nn.ReLU],
                    [None],
                    ["ReLU"],
                    {"a": 1},
                    [dense(), dense()],
                    [dense(), [nn.ReLU()]],
                    2 * [nn.Dense(2, 2, rng=rng)],
                    np.ones(2),
                ],
            )
        },
    ),
    *(
        Call(
            f"Network.{name}",
            lambda x, name=name: getattr(network(), name)(x),
            {"x": array(5, 3, shapes=[(5, 2), (5, 4), (), *more])},
        )
        for name, more in [("forward", [(3,)]), ("predict", [(2,)])]
    ),
    Call("Network.trace", lambda x: network().trace(x)[-1], {"x": array(5, 3, **ROWS)}),
    Call(
        "Network.forward, population",
        lambda x: population().forward(x),
        {"x": array(5, 3, shapes=[(2, 5, 3), (3, 5, 2), (3,)])},
    ),
    Call("Network.forward, float32", lambda x: network(dtype=np.float32).forward(x), {"x": array(5, 3, **ROWS)}),
    Call(
        "Network.backward",
        back,
        {"values": values_of_trace(), "d_out": array(5, 2, shapes=[(2,), (4, 2), (5, 3), (3, 5, 2), ()])},
    ),
    Call(
        "Network.astype",
        lambda dtype: network().astype(dtype).params["0.W"],
        {
            "dtype": Argument(
                always(np.float32), always([int, bool, complex, np.float16, np.longdouble, "double trouble", OBJECT])
            ),
        },
    ),
    Call("Network.training", lambda on: network().training(on).__enter__().n_params, {"on": flag()}),
    Call(
        "Network.population",
        lambda networks: nn.Network.population(networks).params["0.W"],
        {
            "networks": Argument(
                lambda rng: [network(), network()],
                lambda rng: [
                    None,
                    3,
                    [],
                    network(),
                    [3],
                    ["net"],
                    [nn.ReLU()],
                    [network(), population()],
                    [population()],
                    [network(), nn.Network([dense()])],
                ],
            )
        },
    ),
    Call(
        "Network.member",
        lambda k: population().member(k).params["0.W"],
        {
            "k": Argument(
                always(2),
                always([None, "2", 1.0, -1, 3, 10**6, True, [1], np.nan, 10**400]),
                lambda value: [np.int8(value), np.array(value)],
            )
        },
        also_raises=(IndexError,),
    ),
    Call(
        "fit",
        trained,
        {
            "network": thing(network, nn.ReLU(), broken()),
            "x": array(6, 3, passes_nan=False, shapes=[(3,), (6, 2), (0, 3), (5, 3), ()]),
            "y": array(6, 2, passes_nan=False, shapes=[(2,), (6,), (6, 3), (5, 2), (0, 2), ()]),
            "loss": thing(nn.MeanSquaredError),
            "optimizer": thing(lambda: nn.SGD(lr=0.1)),
            "epochs": count(2, least=0),
            "batch_size": Argument(always(4), always([0, -1, 2.5, "4", True, np.nan, [4], 10**400])),
            "rng": generator(),
            "validation": Argument(
                lambda rng: (np.ones((2, 3)), np.ones((2, 2))),
                lambda rng: [
                    3,
                    "xy",
                    (),
                    (np.ones((2, 3)),),
                    np.ones((2, 3)),
                    (np.ones((2, 4)), np.ones((2, 2))),
                    (np.ones((2, 3)), np.ones((3, 2))),
                    (np.full((2, 3), np.nan), np.ones((2, 2))),
                    (np.ones((2, 3)), np.full((2, 2), np.inf)),
                    (None, None),
                    ("x", "y"),
                ],
            ),
            "metrics": Argument(
                always({"size": lambda out, y: out.size}), always([3, "accuracy", np.size, {"a": 3}, [np.size]])
            ),
            "callbacks": Argument(always(()), always([None, 3, print, "print", [3], [None], nn.EarlyStopping()])),
        },
    ),
    Call(
        "gradient_check",
        checked,
        {
            "network": thing(network, nn.ReLU(), broken(), population(), nn.Network([nn.ReLU()])),
            "loss": thing(nn.MeanSquaredError),
            "x": array(6, 3, passes_nan=False, shapes=[(3,), (6, 2), (0, 3), (5, 3), ()]),
            "y": array(6, 2, passes_nan=False, shapes=[(2,), (6,), (6, 3), (5, 2), (0, 2), ()]),
            "h": positive(1e-5),
            "tolerance": positive(1e-7),
            "rng": Argument(generator().good, always([0, "seed", np.random.RandomState(0)])),
            "samples": Argument(always(3), always([0, -1, 2.5, "3", True, np.nan, [3]])),
        },
    ),
    Call(
        "EarlyStopping",
        lambda **options: vars(nn.EarlyStopping(**options)),
        {"patience": count(), "min_delta": number(0.1, -1e-9, -1)},
    ),
    Call("datasets.xor", datasets.xor),
    Call("datasets.digits", lambda: datasets.digits().x),
    Call("datasets.spam", lambda: datasets.spam().x),
    Call("datasets.moons", datasets.moons, {"rng": generator(), "n": count(5, least=2), "noise": number(0.1, -0.1)}),
    Call(
        "datasets.spirals",
        datasets.spirals,
        {
            "rng": generator(),
            "n": count(7, least=3),
            "noise": number(0.1, -0.1),
            "turns": number(0.5),
            "classes": count(3, least=2),
        },
    ),
    Call(
        "datasets.blobs",
        datasets.blobs,
        {
            "rng": generator(),
            "n": count(9, least=3),
            "noise": number(0.1, -0.1),
            "centers": array(3, 2, passes_nan=False, shapes=[(2,), (1, 2), (0, 2), ()]),
        },
    ),
    Call(
        "datasets.fashion_mnist",
        datasets.fashion_mnist,
        {"folder": Argument(always("no-such-folder"), always([3, b"folder", OBJECT, [1], 0, False]))},
        (FileNotFoundError,),
    ),
    Call(
        "datasets.read_idx",
        read_small_idx,
        {
            "path": Argument(always("small"), always([None, 3, OBJECT, ["a"], 0])),
            "dimensions": count(1),
        },
    ),
    Call(
        "datasets.train_test_split",
        datasets.train_test_split,
        {
            "rng": generator(),
            "test_share": share(0.5),
            "x": Argument(
                lambda rng: rng.normal(size=(6, 2)),
                lambda rng: [3.0, np.ones((5, 2)), [], RAGGED, np.ma.masked_less(np.ones((6, 2)), 2)],
                float_forms,
            ),
            "y": Argument(lambda rng: rng.integers(0, 2, 6), lambda rng: [3, [1, 0], [], RAGGED], whole_forms),
        },
    ),
    Call(
        "datasets.standardize",
        lambda train, other: datasets.standardize(train, other),
        {
            "train": array(5, 3, passes_nan=False, shapes=[(3,), (0, 3), (), (5, 2), (2, 5, 3)], values=[1e200]),
            "other": array(4, 3, passes_nan=False, shapes=[(3,), (0, 3), (), (5, 2), (2, 5, 3)]),
        },
    ),
    Call(
        "datasets.one_hot",
        datasets.one_hot,
        {
            "labels": labels(5, 3, short=False),
            "n_classes": Argument(always(3), always([0, -1, 2.5, "3", True, [3]])),
            "dtype": Argument(always(float), always([int, np.float16, "double trouble"])),
        },
    ),
    Call(
        "datasets.predicted_labels",
        datasets.predicted_labels,
        {
            "out": array(5, 3, passes_nan=None, shapes=[(), (3,), (5, 0)], values=[np.nan]),
            "threshold": number(0.5),
        },
    ),
    Call(
        "datasets.accuracy",
        datasets.accuracy,
        {
            "out": array(5, 3, passes_nan=None, shapes=[(), (0, 3), (4, 3), (5,)]),
            "y": labels(5, 3),
            "threshold": number(0.5),
        },
    ),
    Call(
        "datasets.confusion_matrix",
        datasets.confusion_matrix,
        {
            "y": labels(5, 3),
            "said": labels(5, 3),
            "n_classes": Argument(always(3), always([0, -1, 2.5, "3", True, [3]])),
        },
    ),
    Call(
        "autograd.Value",
        lambda data, label: autograd.Value(data, label).data,
        {
            "data": number(0.5),
            "label": Argument(always("x"), always([None, 3, OBJECT, ["x"], b"x"])),
        },
    ),
    *(
        Call(
            f"autograd.Value {sign}",
            lambda data, sign=sign, compute=compute: compute(autograd.Value(0.5), data).data,
            {"data": number(2.0)},
        )
        for sign, compute in [
            ("+", lambda a, b: a + b),
            ("-", lambda a, b: a - b),
            ("*", lambda a, b: a * b),
            ("/", lambda a, b: a / b),
            ("reversed +", lambda a, b: autograd.Value.__radd__(a, b)),
            ("reversed /", lambda a, b: autograd.Value.__rtruediv__(a, b)),
        ]
    ),
    Call("autograd.Value **", lambda exponent: (autograd.Value(-2.0) ** exponent).data, {"exponent": number(3.0, 0.5, 1e5)}),
    Call(
        "autograd.Value.exp",
        lambda value: autograd.Value(value).exp().data,
        {"value": Argument(always(0.5), always([710.0, 1e300]))},
    ),
    Call(
        "autograd.Value.log",
        lambda value: autograd.Value(value).log().data,
        {"value": Argument(always(0.5), always([0.0, -1.0, 5e-324]))},
    ),
    Call(
        "save",
        nn.save,
        {
            "network": thing(network, nn.ReLU(), [network()]),
            "path": Argument(always("no-such-folder/net"), always([None, 3, OBJECT, ["a"]])),
        },
        (FileNotFoundError,),
    ),
    Call(
        "load",
        nn.load,
        {
            "path": Argument(always("no-such-file"), always([None, 3, OBJECT, ["a"], b"a"])),
            "limit": count(2**20),
        },
        (FileNotFoundError,),
    ),
    Call(
        "to_torch",
        lambda network: nn.to_torch(network) and None,
        {
            "network": Argument(lambda rng: population(), always([None, "net", 3, nn.ReLU(), nn.Network, population()])),
        },
        (ImportError, ValueError),
    ),
]

#: Public names that take nothing from a reader: base classes, and what nnlearn itself makes and hands out.
TAKE_NOTHING = {"Layer", "Loss", "Optimizer", "GradientReport", "History", "KinkWarning", "TrainingDiverged", "ProgressBar"}
