"""The scalar engine: each slope against centred differences, the order of the way back, and a whole network."""

import math
import re
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nnlearn
from nnlearn.autograd import Value

numbers = st.floats(-3, 3)
UNARY = {
    "exp": lambda v: v.exp(),
    "tanh": lambda v: v.tanh(),
    "sigmoid": lambda v: v.sigmoid(),
    "cube": lambda v: v**3,
    "negative": lambda v: -v,
    "plus number": lambda v: 2 + v + 1,
    "number minus": lambda v: 2 - v,
    "number times": lambda v: 3 * v,
    "times itself": lambda v: v * v,
    "twice used": lambda v: v * 3 + v.exp() * v,
}


@pytest.mark.parametrize("name", UNARY)
@given(x=numbers)
def test_slopes_are_those_of_centred_differences(name, x):
    function, h = UNARY[name], 1e-6
    v = Value(x)
    function(v).backward()
    numeric = (function(Value(x + h)).data - function(Value(x - h)).data) / (2 * h)
    assert v.grad == pytest.approx(numeric, rel=1e-6, abs=1e-7)


@given(numbers, st.floats(0.1, 3))
def test_division_and_logarithm(x, y):
    a, b = Value(x), Value(y)
    (a / b + b.log() + 1 / b).backward()
    assert a.grad == pytest.approx(1 / y)
    assert b.grad == pytest.approx(-x / y**2 + 1 / y - 1 / y**2)


@pytest.mark.parametrize(("x", "value", "slope"), [(2.0, 2.0, 1.0), (-2.0, 0.0, 0.0), (0.0, 0.0, 0.0)])
def test_relu(x, value, slope):
    v = Value(x)
    out = v.relu()
    out.backward()
    assert (out.data, v.grad) == (value, slope)


def test_calling_backward_twice_does_not_accumulate():
    v = Value(3.0)
    out = v * v
    out.backward()
    out.backward()
    assert v.grad == 6.0
    (out + v).backward()
    assert v.grad == 7.0 and out.grad == 1.0


def test_a_long_calculation_needs_no_recursion():
    v = Value(1.0)
    out = v
    for _ in range(20_000):
        out = out + v
    out.backward()
    assert v.grad == 20_001


def test_every_value_comes_after_its_parents():
    a, b = Value(1.0), Value(2.0)
    c = a * b
    out = (c + a) * c.tanh()
    order = out.ancestors()
    place = {id(value): k for k, value in enumerate(order)}
    assert len(place) == len(order) and order[-1] is out
    assert all(place[id(parent)] < place[id(value)] for value in order for parent in value.parents)


@pytest.mark.parametrize("seed", range(5))
def test_it_reproduces_a_networks_gradients(seed):
    rng = np.random.default_rng(seed)
    network = nnlearn.Network(
        [nnlearn.Dense(2, 3, rng=rng), nnlearn.Tanh(), nnlearn.Dense(3, 2, rng=rng), nnlearn.ReLU(), nnlearn.Dense(2, 1, rng=rng)]
    )
    x, y = rng.normal(size=(4, 2)), rng.integers(0, 2, (4, 1)).astype(float)
    loss = nnlearn.SigmoidCrossEntropy()
    values = network.trace(x)
    _, gradients = network.backward(values, loss.gradient(values[-1], y))

    params = {name: np.vectorize(Value, otypes=[object])(array) for name, array in network.params.items()}
    total = Value(0.0)
    for row, target in zip(x, y[:, 0], strict=True):
        a = [Value(number) for number in row]
        for place, layer in enumerate(network.layers):
            if isinstance(layer, nnlearn.Dense):
                W, b = params[f"{place}.W"], params[f"{place}.b"][0]
                a = [sum((a[i] * W[i, j] for i in range(len(a))), b[j]) for j in range(W.shape[1])]
            else:
                a = [v.tanh() if isinstance(layer, nnlearn.Tanh) else v.relu() for v in a]
        p = a[0].sigmoid()
        total = total - (p.log() if target else (1 - p).log())
    result = total / len(x)
    result.backward()

    assert result.data == pytest.approx(float(loss(values[-1], y)), abs=1e-12)
    for name, array in params.items():
        got = np.vectorize(lambda value: value.grad, otypes=[float])(array)
        assert np.abs(got - gradients[name]).max() <= 1e-12


def test_the_graph_is_drawn_with_values_and_gradients():
    x, w = Value(0.5, "x"), Value(-0.25, "w<1>")
    out = (x * w).exp()
    out.backward()
    graph = out.graph()
    svg = graph._repr_svg_()
    assert svg.startswith("<svg") and 'role="img"' in svg and "<title>" in svg
    assert "w&lt;1&gt;" in svg and "w<1>" not in svg
    for value in (x, w, out):
        assert f">{value.data:.4g}<" in svg and f">∂ {value.grad:.4g}<" in svg
    assert str(graph).splitlines()[-1] == f"v3 = exp(v2): value {math.exp(-0.125):.4g}, gradient 1"
    assert svg.count("<path") == 3


def test_nodes_of_a_graph_do_not_overlap():
    a, b, c = Value(1.0, "a"), Value(2.0, "b"), Value(3.0, "c")
    graph = ((a * b + c) * (a + c)).tanh().graph()
    assert len(set(graph._places.values())) == len(graph.values)
    for value in graph.values:
        assert all(graph._places[id(parent)][0] < graph._places[id(value)][0] for parent in value.parents)


def test_an_input_stands_directly_before_its_first_use_and_no_column_is_empty():
    a, b, c, d = (Value(1.0, name) for name in "abcd")
    graph = ((a * b + c).tanh() * d).exp().graph()
    columns = [(value.label or value.operation, graph._places[id(value)][0]) for value in graph.values]
    assert sorted(columns) == [("+", 2), ("a", 0), ("b", 0), ("c", 1), ("d", 3), ("exp", 5), ("tanh", 3), ("×", 1), ("×", 4)]


def drawn(graph):
    """Return what stands in the drawing of a graph: its size, a box with its texts for each value, and the ends of each edge."""
    svg = ElementTree.fromstring(graph._repr_svg_())
    tag = "{http://www.w3.org/2000/svg}"
    left, top, *size = map(float, svg.get("viewBox").split())
    background, *rects = svg.findall(f"{tag}rect")
    assert (left, top, float(svg.get("width"))) == (0, 0, size[0])
    assert [float(background.get(side)) for side in ("width", "height")] == size
    texts = iter(svg.findall(f"{tag}text"))
    boxes = []
    for rect in rects:
        x, y, width, height = (float(rect.get(name)) for name in ("x", "y", "width", "height"))
        lines = [next(texts) for _ in range(3)]
        boxes.append(SimpleNamespace(left=x, top=y, right=x + width, bottom=y + height, lines=lines))
    edges = [[float(number) for number in re.findall(r"[-\d.]+", path.get("d"))] for path in svg.findall(f"{tag}path")]
    return size, boxes, edges


def test_a_drawing_has_its_boxes_side_by_side_with_equal_margins_and_edges_between_them():
    a, b, c = Value(1.0, "a"), Value(2.0, "b"), Value(3.0)
    graph = ((a * b + c * b).tanh() * (a + c)).exp().graph()
    (width, height), boxes, edges = drawn(graph)
    margin = min(box.left for box in boxes)
    assert margin == min(box.top for box in boxes) > 0
    assert width - max(box.right for box in boxes) == margin == height - max(box.bottom for box in boxes)
    for place, box in enumerate(boxes):
        for other in boxes[:place]:
            side_by_side = max(box.left, other.left) - min(box.right, other.right)
            one_below = max(box.top, other.top) - min(box.bottom, other.bottom)
            assert max(side_by_side, one_below) > 0, "two boxes lie over one another"
    corner = {id(value): box for value, box in zip(graph.values, boxes, strict=True)}
    pairs = [(corner[id(parent)], corner[id(value)]) for value in graph.values for parent in value.parents]
    for (parent, child), (x1, y1, *bends, x2, y2) in zip(pairs, edges, strict=True):
        assert (x1, y1) == (parent.right, (parent.top + parent.bottom) / 2)
        assert (x2, y2) == (child.left, (child.top + child.bottom) / 2)
        assert x1 < bends[0] < x2 and x1 < bends[2] < x2


def test_a_box_holds_its_name_its_value_and_its_gradient_one_below_the_other():
    a, b = Value(1.0, "a<1>"), Value(2.5)
    out = (a * b).exp()
    out.backward()
    _, boxes, _ = drawn(out.graph())
    texts = {tuple(line.text for line in box.lines) for box in boxes}
    assert texts == {
        ("a<1>", "1", "∂ 30.46"), ("number", "2.5", "∂ 12.18"), ("×", "2.5", "∂ 12.18"), ("exp", "12.18", "∂ 1"),
    }  # fmt: skip
    for box in boxes:
        heights = [float(line.get("y")) for line in box.lines]
        assert box.top + 10 < heights[0] and heights[0] + 10 < heights[1] and heights[1] + 10 < heights[2] < box.bottom
        assert {float(line.get("x")) for line in box.lines} == {(box.left + box.right) / 2}


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: Value(0.0).log(), ValueError, "log needs a value above 0, got 0"),
        (lambda: Value(-1.0) ** 0.5, ValueError, "needs a base of at least 0, got -1"),
        (lambda: Value(0.0) ** -1, ValueError, "no finite value"),
        (lambda: Value(0.0) ** 0.5, ValueError, "exponent 0.5 has no finite value and slope at the base 0, got 0.0"),
        (lambda: Value("1"), TypeError, "data must be a number, got '1'"),
        (lambda: Value(np.nan), ValueError, "data must be finite"),
        (lambda: Value(1.0) + "x", TypeError, "data must be a number"),
        (lambda: Value(1.0) ** Value(2.0), TypeError, "exponent must be a number"),
    ],
)
def test_what_has_no_value_is_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()


@pytest.mark.parametrize(
    ("compute", "value", "slope"),
    [
        (lambda v: v + 3, 5.0, 1), (lambda v: 3 + v, 5.0, 1), (lambda v: v - 3, -1.0, 1), (lambda v: 3 - v, 1.0, -1),
        (lambda v: v * 3, 6.0, 3), (lambda v: 3 * v, 6.0, 3), (lambda v: v / 4, 0.5, 0.25), (lambda v: 4 / v, 2.0, -1),
        (lambda v: -v, -2.0, -1), (lambda v: v**3, 8.0, 12), (lambda v: v**-1, 0.5, -0.25), (lambda v: v**1, 2.0, 1),
        (lambda v: v**0, 1.0, 0),
    ],
)  # fmt: skip
def test_a_number_may_stand_on_either_side(compute, value, slope):
    v = Value(2.0)
    out = compute(v)
    out.backward()
    assert (out.data, v.grad) == (value, slope)


def test_powers_of_negative_numbers_and_of_0_have_what_value_they_have():
    for base, exponent, value, slope in ((-2.0, 3, -8.0, 12), (-2.0, -1.0, -0.5, -0.25), (0.0, 1, 0.0, 1), (0.0, 2, 0.0, 0),
                                         (0.0, 0, 1.0, 0), (-2.0, 0, 1.0, 0)):  # fmt: skip
        out = Value(base) ** exponent
        assert (out.data, out.slopes) == (value, (slope,))
    for base, exponent, words in (
        (-2.0, 0.5, "a power with the exponent 0.5 needs a base of at least 0, got -2.0"),
        (0.0, 0.5, "a power with the exponent 0.5 has no finite value and slope at the base 0, got 0.0"),
        (0.0, -2, "a power with the exponent -2.0 has no finite value and slope at the base 0, got 0.0"),
    ):
        with pytest.raises(ValueError) as caught:
            Value(base) ** exponent
        assert str(caught.value) == words


@pytest.mark.parametrize(
    ("compute", "words"),
    [
        (lambda: Value(1000.0).exp(), "exp must have a value and a slope that a float can hold, got 1000 for it"),
        (lambda: Value(1e200) ** 2, "power 2 must have a value and a slope that a float can hold, got 1e+200 for it"),
        (lambda: Value(1e-200) ** -1.7, "power -1.7 must have a value and a slope that a float can hold, got 1e-200 for it"),
        (lambda: Value(1e-309).log(), "log must have a value and a slope that a float can hold, got 1e-309 for it"),
        (lambda: Value(0.0).log(), "log needs a value above 0, got 0.0"),
        (lambda: Value(1e200) * 1e200, "data must be finite, got inf"),
    ],
)
def test_what_a_float_cannot_hold_is_refused(compute, words):
    with pytest.raises(ValueError) as caught:
        compute()
    assert str(caught.value) == words


def test_gradients_that_a_float_cannot_hold_are_told_when_all_can_be_seen():
    v, k = Value(1e-200), Value(1e200)
    out = v * k * k
    with pytest.raises(ValueError) as caught:
        out.backward()
    assert str(caught.value) == "the gradients must be finite, got one that is too large for a float; look at the graph"
    assert v.grad == math.inf and k.grad == 2.0 and out.grad == 1


@pytest.mark.parametrize(
    ("compute", "operation", "parents"),
    [
        (lambda a, b: a + b, "+", "ab"), (lambda a, b: a * b, "×", "ab"), (lambda a, b: a**2.5, "power 2.5", "a"),
        (lambda a, b: a.exp(), "exp", "a"), (lambda a, b: a.log(), "log", "a"), (lambda a, b: a.tanh(), "tanh", "a"),
        (lambda a, b: a.relu(), "ReLU", "a"), (lambda a, b: a.sigmoid(), "sigmoid", "a"),
    ],
)  # fmt: skip
def test_a_value_knows_how_it_came_about(compute, operation, parents):
    found = {"a": Value(0.5, "a"), "b": Value(3.0, "b")}
    out = compute(**found)
    assert (out.operation, out.label, out.grad) == (operation, "", 0.0)
    assert len(out.slopes) == len(out.parents) and all(out.parents[k] is found[name] for k, name in enumerate(parents))


@pytest.mark.parametrize("x", [-1000.0, -2.0, 0.0, 2.0, 1000.0])
def test_the_sigmoid_is_exact_on_both_sides_and_far_out(x):
    v = Value(x)
    out = v.sigmoid()
    out.backward()
    assert out.data == pytest.approx(float(nnlearn.sigmoid(x)), rel=1e-15)
    assert v.grad == pytest.approx(float(nnlearn.sigmoid_derivative(x)), rel=1e-14)


DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 360 126" width="360" '
    'style="max-width:100%;height:auto" font-family="DejaVu Sans, Verdana, sans-serif" font-size="12">'
    "<title>{text}</title>"
    '<rect width="360" height="126" rx="8" fill="#FCFCFA"/>'
    '<path d="M100 31C117 31 117 31 134 31" fill="none" stroke="#8a8a86"/>'
    '<path d="M100 95C117 95 117 31 134 31" fill="none" stroke="#8a8a86"/>'
    '<path d="M226 31C243 31 243 31 260 31" fill="none" stroke="#8a8a86"/>'
)
BOX = (
    '<rect x="{x}" y="{y}" width="92" height="46" rx="6" fill="#fff" stroke="#8a8a86"/>'
    '<text x="{middle}" text-anchor="middle" y="{name_y}" fill="#222222" font-weight="bold" font-size="11">{name}</text>'
    '<text x="{middle}" text-anchor="middle" y="{value_y}" fill="#0072B2">{value}</text>'
    '<text x="{middle}" text-anchor="middle" y="{gradient_y}" fill="#C44F00">∂ {gradient}</text>'
)


def test_a_small_drawing_to_the_last_digit():
    """Whoever changes a size or a colour on purpose writes it here too."""
    x, w = Value(0.5, "x"), Value(-0.25)
    out = (x * w).exp()
    out.backward()
    text = "v0: value -0.25, gradient 0.4412\nv1 x: value 0.5, gradient -0.2206\nv2 = ×(v1, v0): value -0.125, gradient 0.8825\n" \
           "v3 = exp(v2): value 0.8825, gradient 1"  # fmt: skip
    assert str(out.graph()) == text
    boxes = [
        BOX.format(x=x, y=y, middle=x + 46, name_y=y + 13, value_y=y + 27, gradient_y=y + 41, name=name, value=value, gradient=grad)
        for x, y, name, value, grad in [
            (8, 8, "number", -0.25, 0.4412), (8, 72, "x", 0.5, -0.2206), (134, 8, "×", -0.125, 0.8825), (260, 8, "exp", 0.8825, 1),
        ]
    ]  # fmt: skip
    drawing = out.graph()._repr_svg_()
    paths = re.findall("<path[^>]*>", DRAWING)
    assert sorted(re.findall("<path[^>]*>", drawing)) == sorted(paths)
    assert re.sub("<path[^>]*>", "", drawing) == re.sub("<path[^>]*>", "", DRAWING).format(text=text) + "".join(boxes) + "</svg>"
