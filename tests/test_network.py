"""Network: the chain forwards and backwards, copies, populations, modes and the summary."""

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nnlearn as nn


def small(seed=0, dtype=float, *, hidden=4):
    rng = np.random.default_rng(seed)
    return nn.Network([
        nn.Dense(3, hidden, rng=rng, dtype=dtype),
        nn.Tanh(),
        nn.Dense(hidden, 2, rng=rng, dtype=dtype),
    ])  # fmt: skip


def with_dropout(seed=0):
    rng = np.random.default_rng(seed)
    return nn.Network([nn.Dense(3, 8, rng=rng), nn.Dropout(0.5, rng=rng), nn.Dense(8, 2, rng=rng)])


X = np.random.default_rng(10).normal(size=(5, 3))
Y = np.random.default_rng(11).normal(size=(5, 2))
MSE = nn.MeanSquaredError()

# ---- Computing ---------------------------------------------------------------------------------------------------


def test_trace_holds_every_value_and_backward_is_the_chain_rule_by_hand():
    network = small()
    first, last = network.layers[0].params, network.layers[2].params
    z = X @ first["W"] + first["b"]
    a = np.tanh(z)
    out = a @ last["W"] + last["b"]
    values = network.trace(X)
    assert values[0] is X
    for value, expected in zip(values, [X, z, a, out], strict=True):
        np.testing.assert_array_equal(value, expected)
    np.testing.assert_array_equal(network.forward(X), out)
    d_out = 2 * (out - Y) / 10
    d_x, gradients = network.backward(values, MSE.gradient(out, Y))
    d_z = (d_out @ last["W"].T) * (1 - a**2)
    assert gradients.keys() == network.params.keys() == {"0.W", "0.b", "2.W", "2.b"}
    np.testing.assert_allclose(gradients["2.W"], a.T @ d_out, rtol=1e-13)
    np.testing.assert_allclose(gradients["2.b"], d_out.sum(axis=0, keepdims=True), rtol=1e-13)
    np.testing.assert_allclose(gradients["0.W"], X.T @ d_z, rtol=1e-13)
    np.testing.assert_allclose(gradients["0.b"], d_z.sum(axis=0, keepdims=True), rtol=1e-13)
    np.testing.assert_allclose(d_x, d_z @ first["W"].T, rtol=1e-13)


def test_without_the_input_gradient_the_rest_is_the_same():
    network = small()
    values = network.trace(X)
    _, gradients = network.backward(values, Y)
    d_x, others = network.backward(values, Y, input_gradient=False)
    assert d_x is None
    assert others.keys() == gradients.keys()
    for name in gradients:
        np.testing.assert_array_equal(others[name], gradients[name])


def test_calling_twice_gives_the_same_because_nothing_is_kept():
    network = small()
    values = network.trace(X)
    once = network.backward(values, Y)[1]
    network.forward(X * 7)
    twice = network.backward(values, Y)[1]
    for name in once:
        np.testing.assert_array_equal(once[name], twice[name])


def test_predict_takes_rows_or_a_single_example():
    network = small()
    np.testing.assert_array_equal(network.predict(X), network.forward(X))
    assert network.predict(X[0]).shape == (2,)
    np.testing.assert_allclose(network.predict(X[0]), network.forward(X)[0], rtol=1e-14)
    np.testing.assert_allclose(network.predict([1, 2, 3]), network.forward([[1, 2, 3]])[0], rtol=1e-14)
    many = nn.Network.population([small(0), small(1)])
    assert many.predict(X[0]).shape == (2, 2)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_parameters_dtype_is_kept_all_the_way(dtype):
    network = small(dtype=dtype)
    assert network.dtype == dtype
    for x in (X, X.astype(np.float32), np.arange(6).reshape(2, 3)):
        values = network.trace(x)
        d_x, gradients = network.backward(values, np.ones(values[-1].shape))
        assert {array.dtype for array in (*values, d_x, *gradients.values())} == {np.dtype(dtype)}
        assert network.predict(x).dtype == dtype


def test_a_network_without_parameters_keeps_the_dtype_of_its_input():
    network = nn.Network([nn.Tanh()])
    assert network.dtype == np.float64 and network.params == {} and network.n_params == 0
    assert network.forward(X.astype(np.float32)).dtype == np.float32
    rng = np.random.default_rng(0)
    nested = nn.Network([nn.Dense(3, 3, rng=rng, dtype=np.float32), nn.Network([nn.ReLU()])])
    assert nested.forward(X).dtype == np.float32


@given(hnp.arrays(np.float64, st.tuples(st.integers(1, 4), st.just(3)), elements=st.floats(-1e3, 1e3)))
def test_nothing_that_is_given_is_changed(x):
    network = small()
    before, params = x.copy(), {name: array.copy() for name, array in network.params.items()}
    x.flags.writeable = False
    values = network.trace(x)
    kept, d_out = [value.copy() for value in values], np.ones((len(x), 2))
    for value in (*values, d_out):
        value.flags.writeable = False
    network.backward(values, d_out)
    np.testing.assert_array_equal(x, before)
    for value, old in zip(values, kept, strict=True):
        np.testing.assert_array_equal(value, old)
    for name, array in network.params.items():
        np.testing.assert_array_equal(array, params[name])
    strided = np.zeros((2 * len(x), 6))
    strided[::2, ::2] = x
    np.testing.assert_allclose(network.forward(strided[::2, ::2]), values[-1], rtol=1e-14, atol=1e-14)
    np.testing.assert_allclose(network.forward(np.asfortranarray(x)), values[-1], rtol=1e-14, atol=1e-14)


# ---- Parameters and copies ---------------------------------------------------------------------------------------


def test_params_are_the_layers_own_arrays():
    network = small()
    assert network.params["0.W"] is network.layers[0].params["W"]
    network.params["2.b"][:] = 5
    np.testing.assert_array_equal(network.layers[2].params["b"], [[5, 5]])
    assert network.n_params == 3 * 4 + 4 + 4 * 2 + 2


@pytest.mark.parametrize("make", [
    lambda network: network.copy(),
    lambda network: network.astype(float),
    lambda network: network.astype(np.float32),
    lambda network: nn.Network.population([network, network]),
    lambda network: nn.Network.population([network, network]).member(1),
], ids=["copy", "astype same", "astype", "population", "member"])  # fmt: skip
def test_what_is_made_from_a_network_shares_nothing_with_it(make):
    network = small()
    made = make(network)
    for layer in made.layers:
        assert layer not in network.layers
    for name, array in made.params.items():
        np.testing.assert_array_equal(array, np.broadcast_to(network.params[name].astype(array.dtype), array.shape))
        assert not np.shares_memory(array, network.params[name])
        array += 1
    untouched = small()
    for name, array in network.params.items():
        np.testing.assert_array_equal(array, untouched.params[name])


def test_members_share_nothing_with_the_population():
    many = nn.Network.population([small(0), small(1)])
    one = many.member(0)
    for array in one.params.values():
        array += 1
    np.testing.assert_array_equal(many.params["0.W"][0], small(0).params["0.W"])


def test_a_copy_has_a_generator_of_its_own():
    network = with_dropout()
    other = network.copy()
    with network.training(), other.training():
        np.testing.assert_array_equal(network.forward(X), other.forward(X))


def test_astype_goes_both_ways():
    network = small()
    there = network.astype("float32")
    assert there.dtype == np.float32 and there.astype(float).dtype == np.float64 and network.dtype == np.float64
    np.testing.assert_array_equal(there.params["0.W"], network.params["0.W"].astype(np.float32))


# ---- Populations -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shared_x", [True, False])
@pytest.mark.parametrize("size", [1, 4])
def test_a_population_computes_what_its_members_compute(size, shared_x):
    members = [small(seed) for seed in range(size)]
    many = nn.Network.population(members)
    assert many.is_population and not members[0].is_population
    assert many.n_params == size * members[0].n_params
    x = X if shared_x else np.random.default_rng(0).normal(size=(size, 5, 3))
    values = many.trace(x)
    assert values[-1].shape == (size, 5, 2)
    losses, d_out = MSE(values[-1], Y), MSE.gradient(values[-1], Y)
    d_x, gradients = many.backward(values, d_out)
    for k, member in enumerate(members):
        own = member.trace(x if shared_x else x[k])
        np.testing.assert_allclose(values[-1][k], own[-1], rtol=1e-14, atol=1e-14)
        np.testing.assert_allclose(losses[k], MSE(own[-1], Y), rtol=1e-14)
        own_d_x, own_gradients = member.backward(own, MSE.gradient(own[-1], Y))
        np.testing.assert_allclose(d_x[k], own_d_x, rtol=1e-14, atol=1e-14)
        for name in gradients:
            assert gradients[name].shape == many.params[name].shape
            np.testing.assert_allclose(gradients[name][k], own_gradients[name], rtol=1e-14, atol=1e-14)
        again = many.member(k)
        for name in again.params:
            np.testing.assert_array_equal(again.params[name], member.params[name])


def test_a_population_keeps_float32():
    many = nn.Network.population([small(0, np.float32), small(1, np.float32)])
    values = many.trace(X)
    assert many.backward(values, values[-1])[1]["0.W"].dtype == many.dtype == values[-1].dtype == np.float32


# ---- Networks in networks ----------------------------------------------------------------------------------------


def test_a_network_among_the_layers_stands_for_its_own_layers():
    rng = np.random.default_rng(3)
    inner = nn.Network([nn.Tanh(), nn.Dense(4, 4, rng=rng), nn.Dropout(0.5, rng=rng)])
    first, last = nn.Dense(3, 4, rng=rng), nn.Dense(4, 2, rng=rng)
    network = nn.Network([first, nn.Network([inner, nn.ReLU()]), last])
    flat = nn.Network([first, *inner.layers, nn.ReLU(), last])
    assert repr(network) == repr(flat)
    assert network.params.keys() == flat.params.keys() == {"0.W", "0.b", "2.W", "2.b", "5.W", "5.b"}
    assert network.params["2.W"] is inner.params["1.W"]
    values = network.trace(X)
    np.testing.assert_array_equal(values[-1], flat.forward(X))
    d_x, gradients = network.backward(values, Y)
    expected_d_x, expected = flat.backward(flat.trace(X), Y)
    np.testing.assert_array_equal(d_x, expected_d_x)
    for name in expected:
        np.testing.assert_array_equal(gradients[name], expected[name])
    with network.training():
        assert inner.layers[2].training
    assert nn.gradient_check(nn.Network([first, nn.Network([nn.Tanh()]), last]), MSE, X, Y).ok


# ---- The mode of Dropout -----------------------------------------------------------------------------------------


def test_training_switches_dropout_on_and_back():
    network = with_dropout()
    dropout = network.layers[1]
    with network.training() as same:
        assert same is network and dropout.training
        with network.training(False):
            assert not dropout.training
        assert dropout.training
        np.testing.assert_array_equal(network.predict(X), network.predict(X))
        assert dropout.training
    assert not dropout.training


def test_the_mode_is_restored_after_an_exception():
    network = with_dropout()
    with pytest.raises(RuntimeError, match="stop"), network.training():
        raise RuntimeError("stop")
    assert not network.layers[1].training
    network.layers[1].training = True
    with pytest.raises(ValueError, match="x must have the shape"):
        network.predict(np.ones((2, 9)))
    assert network.layers[1].training


def test_each_dropout_goes_back_to_what_it_was():
    rng = np.random.default_rng(0)
    network = nn.Network([nn.Dropout(0.5, rng=rng), nn.Dropout(0.5, rng=rng)])
    network.layers[0].training = True
    with network.training(False):
        assert [layer.training for layer in network.layers] == [False, False]
    assert [layer.training for layer in network.layers] == [True, False]


def test_dropout_in_a_network_passes_the_gradient_of_its_own_mask():
    network = with_dropout()
    with network.training():
        values = network.trace(X)
        d_x, gradients = network.backward(values, Y)
    mask = (values[2] != 0) * 2.0
    W = network.layers[2].params["W"]
    np.testing.assert_allclose(gradients["0.W"], X.T @ ((Y @ W.T) * mask), rtol=1e-13)
    np.testing.assert_allclose(gradients["2.W"], (values[1] * mask).T @ Y, rtol=1e-13)


# ---- Looking at it -----------------------------------------------------------------------------------------------


def test_summary():
    rng = np.random.default_rng(0)
    network = nn.Network([
        nn.Dropout(0.2, rng=rng), nn.Dense(784, 32, rng=rng), nn.LeakyReLU(), nn.Dense(32, 10, rng=rng), nn.Softmax(),
    ])  # fmt: skip
    assert network.summary() == """\
layer                        output   parameters               count
--------------------------------------------------------------------
0 Dropout(rate=0.2)          (n, ?)                                0
1 Dense(n_in=784, n_out=32)  (n, 32)  W (784, 32)  b (1, 32)  25,120
2 LeakyReLU(alpha=0.01)      (n, 32)                               0
3 Dense(n_in=32, n_out=10)   (n, 10)  W (32, 10)  b (1, 10)      330
4 Softmax()                  (n, 10)                               0
--------------------------------------------------------------------
total                                                         25,450"""


def test_summary_of_a_population_counts_all_members():
    text = nn.Network.population([small(0), small(1), small(2)]).summary()
    assert "W (3, 3, 4)  b (3, 1, 4)" in text
    assert text.splitlines()[-1].split() == ["total", "78"]


def test_repr():
    assert repr(small()) == "Network([Dense(n_in=3, n_out=4), Tanh(), Dense(n_in=4, n_out=2)])"


# ---- Errors ------------------------------------------------------------------------------------------------------

RNG = np.random.default_rng(0)
NET = small()
MANY = nn.Network.population([small(0), small(1)])


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: nn.Network([]), ValueError, ["layers", "at least one", "none"]),
        (lambda: nn.Network(nn.ReLU()), TypeError, ["layers", "list of layers", "ReLU()"]),
        (lambda: nn.Network(None), TypeError, ["layers", "list of layers", "None"]),
        (lambda: nn.Network([nn.ReLU]), TypeError, ["layers[0]", "ReLU()", "class"]),
        (lambda: nn.Network([nn.ReLU(), "tanh"]), TypeError, ["layers[1]", "'tanh'"]),
        (lambda: nn.Network([nn.Dense(2, 3, rng=RNG), nn.ReLU(), nn.Dense(4, 1, rng=RNG)]), ValueError,
         ["layers[2] takes 4", "layers[0]", "gives 3"]),
        (lambda: nn.Network([nn.Network([nn.Dense(2, 3, rng=RNG)]), nn.Dense(4, 1, rng=RNG)]), ValueError,
         ["layers[1] takes 4", "gives 3"]),
        (lambda: NET.forward(np.ones(3)), ValueError, ["x", "(n, n_in)", "(3,)"]),
        (lambda: NET.forward(np.ones((2, 4))), ValueError, ["x", "(n, 3)", "(2, 4)"]),
        (lambda: NET.trace("x"), TypeError, ["x", "real numbers", "'x'"]),
        (lambda: NET.predict([[1, 2, 3], [4, 5]]), TypeError, ["x", "ragged"]),
        (lambda: NET.predict(3.0), ValueError, ["x", "(n, n_in)", "()"]),
        (lambda: NET.backward(X, Y), ValueError, ["values", "list of 4 arrays", "(5, 3)"]),
        (lambda: NET.backward([X], Y), ValueError, ["values", "list of 4 arrays", "trace(x)"]),
        (lambda: NET.backward([X, "z", X, X], Y), TypeError, ["arrays that trace(x) returned", "values[1] is 'z'"]),
        (lambda: NET.backward([X, X, X, Y], Y), ValueError, ["(n, 3) before and (n, 4) behind layers[0]", "(5, 3) and (5, 3)"]),
        (lambda: NET.backward(NET.trace(X), Y[:, :1]), ValueError, ["d_out", "(5, 2)", "(5, 1)"]),
        (lambda: NET.backward(NET.trace(X), 1.0), ValueError, ["d_out", "(5, 2)", "()"]),
        (lambda: NET.backward(NET.trace(X), None), TypeError, ["d_out", "real numbers", "None"]),
        (lambda: NET.astype(int), TypeError, ["dtype", "float64 or float32", "int"]),
        (lambda: NET.member(0), ValueError, ["member(k)", "population", "single"]),
        (lambda: MANY.member(2), IndexError, ["k", "size 2", "got 2"]),
        (lambda: MANY.member(-1), ValueError, ["k", "at least 0", "-1"]),
        (lambda: MANY.member(0.0), TypeError, ["k", "whole number", "0.0"]),
        (lambda: nn.Network.population([]), ValueError, ["networks", "at least one", "none"]),
        (lambda: nn.Network.population([small(), "net"]), TypeError, ["networks[1]", "Network", "'net'"]),
        (lambda: nn.Network.population([small(), small(hidden=5)]), ValueError, ["networks[1]", "same layers"]),
        (lambda: nn.Network.population([small(), MANY]), ValueError, ["networks[1]", "population already"]),
        (lambda: MANY.forward(np.ones((3, 5, 3))), ValueError, ["x", "each of the 2 networks", "(3, 5, 3)"]),
    ],
)  # fmt: skip
def test_errors_name_the_argument_what_came_and_what_was_expected(call, error, words):
    with pytest.raises(error) as caught:
        call()
    for word in words:
        assert word in str(caught.value)


def test_the_table_of_parameters_is_read_only_and_its_arrays_are_not():
    network = nn.Network([nn.Dense(2, 1, rng=np.random.default_rng(0))])
    with pytest.raises(TypeError, match="does not support item assignment"):
        network.params["0.W"] = np.zeros((2, 1))
    network.params["0.W"][:] = 7
    assert (network.layers[0].params["W"] == 7).all()


# ---- One object in two places, and Dropout in a population -----------------------------------------------------------


def test_a_layer_with_parameters_stands_once_in_a_chain_and_an_activation_as_often_as_wanted():
    dense, bend = nn.Dense(2, 2, rng=np.random.default_rng(0)), nn.Tanh()
    for layers in ([dense, bend, dense], [nn.Network([dense, bend]), nn.Network([dense])]):
        with pytest.raises(ValueError, match=r"layers must be different objects .* Dense.* as layers\[0\] and layers\[2\]"):
            nn.Network(layers)
    network = nn.Network([bend, dense, bend])
    assert nn.gradient_check(network, nn.MeanSquaredError(), np.eye(2), np.ones((2, 2)))


def populations_with_dropout_in_front(members=3):
    rng = np.random.default_rng(0)
    single = nn.Network([nn.Tanh(), nn.Dropout(0.5, rng=rng), nn.Dense(8, 2, rng=rng)])
    return nn.Network.population([single] * members)


def test_each_network_of_a_population_drops_units_of_its_own_also_of_shared_rows():
    many, x = populations_with_dropout_in_front(), np.ones((5, 8))
    with many.training():
        values = many.trace(x)
    masks = values[2] != 0
    assert masks.shape == (3, 5, 8)
    assert all((masks[i] != masks[j]).any() for i, j in [(0, 1), (0, 2), (1, 2)])
    with many.training():
        assert many.forward(np.stack([x, x, x])).shape == many.forward(x[None]).shape == (3, 5, 2)
    assert many.predict(x).shape == (3, 5, 2) and many.trace(x)[1].shape == (5, 8)  # switched off, they share


def test_the_gradients_behind_dropout_of_shared_rows_are_those_of_each_network():
    many, x = populations_with_dropout_in_front(), np.random.default_rng(1).normal(size=(5, 8))
    with many.training():
        values = many.trace(x)
        d_out = np.random.default_rng(2).normal(size=(3, 5, 2))
        d_x, gradients = many.backward(values, d_out)
    assert d_x.shape == (3, 5, 8)
    for k in range(3):
        kept = 2.0 * (values[2][k] != 0)
        np.testing.assert_allclose(gradients["2.W"][k], (np.tanh(x) * kept).T @ d_out[k], rtol=1e-12)
        wanted = d_out[k] @ many.params["2.W"][k].T * kept * (1 - np.tanh(x) ** 2)
        np.testing.assert_allclose(d_x[k], wanted, rtol=1e-12)


def test_the_rules_of_a_summary_are_as_long_as_its_head_also_where_its_last_line_is_another():
    lines = nn.Network([nn.ReLU()]).summary().splitlines()
    assert lines == [
        "layer     output  parameters  count",
        "-----------------------------------",
        "0 ReLU()  (n, ?)                  0",
        "-----------------------------------",
        "total                             0",
    ]
    head, rule, *_, last_rule, last = nn.Network.population([small(0), small(1)]).summary().splitlines()
    assert rule == last_rule == "-" * len(head) and len(last) == len(head)


def test_there_are_as_many_values_as_layers_and_one_more():
    values = NET.trace(X)
    for wrong in (values[:-1], [*values, values[-1]], tuple(values)):
        with pytest.raises(ValueError, match=r"^values must be the list of 4 arrays that trace\(x\) returned, got "):
            NET.backward(wrong, Y)
    for place, wrong in ((1, np.ones((5, 4), int)), (2, np.ones(4)), (0, "x")):
        broken = [wrong if k == place else value for k, value in enumerate(values)]
        with pytest.raises(TypeError) as caught:
            NET.backward(broken, Y)
        came = f"an array of shape {wrong.shape} and dtype {wrong.dtype}" if place else "'x'"
        assert str(caught.value) == f"values must be arrays that trace(x) returned, values[{place}] is {came}"
    for place, rows in ((0, 4), (1, 6)):
        broken = [np.ones((rows, value.shape[1])) if k == place else value for k, value in enumerate(values)]
        with pytest.raises(ValueError, match=r"returned, \(n, 3\) before and \(n, 4\) behind layers\[0\], got"):
            NET.backward(broken, Y)


def test_many_rows_are_taken_as_few_are():
    rng = np.random.default_rng(0)
    x, d_out = rng.normal(size=(300, 3)), rng.normal(size=(300, 2))
    d_x, gradients = NET.backward(NET.trace(x), d_out)
    assert d_x.shape == (300, 3)
    np.testing.assert_allclose(gradients["2.b"], d_out.sum(axis=0, keepdims=True), rtol=1e-12)


def test_what_nobody_asks_for_is_not_computed():
    asked = []

    class Listening(nn.Dense):
        def backward(self, x, out, d_out):
            asked.append(self.n_in)
            return super().backward(x, out, d_out)

    rng = np.random.default_rng(0)
    network = nn.Network([Listening(3, 4, rng=rng), nn.Tanh(), Listening(4, 2, rng=rng)])
    for wanted, layers in ((True, [4, 3]), (False, [4])):
        asked.clear()
        d_x, gradients = network.backward(network.trace(X), Y, input_gradient=wanted)
        assert asked == layers and (d_x is not None) == wanted and len(gradients) == 4


def test_what_is_no_list_of_networks_is_no_population():
    for networks, came in ((3, "3"), (None, "None"), (nn.ReLU(), "ReLU()"), (small(), repr(small()))):
        with pytest.raises(TypeError) as caught:
            nn.Network.population(networks)
        came = came if len(came) <= 60 else f"{came[:57]}... (Network)"
        assert str(caught.value) == f"networks must be a list of networks, got {came}"
