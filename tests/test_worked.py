"""The worked examples: the right figures against an independent list, the source's own, and the verdicts."""

import numpy as np
import pytest

from nnlearn import worked

SIGMOID, RELU, SOFTMAX = worked.sigmoid_example(), worked.relu_example(), worked.softmax_example()

# Computed by hand with plain double precision, to six decimals.
RIGHT = [
    (SIGMOID, "2a", [0.1]), (SIGMOID, "2b", [0.524979]), (SIGMOID, "2c", [0.644397]), (SIGMOID, "3a", [-0.475021]),
    (SIGMOID, "3b", [0.249376]), (SIGMOID, "3c", [-0.237510]), (SIGMOID, "3d", [0.223751]),
    (RELU, "2a", [0.1]), (RELU, "2b", [0.1]), (RELU, "2c", [2.302585]), (RELU, "3a", [-10]), (RELU, "3b", [1]),
    (RELU, "3c", [-5]), (RELU, "3d", [0.7]),
    (SOFTMAX, "2a", [0.3, -0.4]), (SOFTMAX, "2b", [0.668188, 0.331812]), (SOFTMAX, "2c", [1.103186]),
    (SOFTMAX, "b1a", [0.668188, -0.668188]), (SOFTMAX, "b1b", [0.668188, -1.336376]), (SOFTMAX, "b1c", [0.233181, -0.066362]),
]  # fmt: skip


@pytest.mark.parametrize(("example", "number", "right"), RIGHT)
def test_the_right_figures(example, number, right):
    assert list(example[number].right) == pytest.approx(right, abs=6e-7)


def test_every_step_is_covered():
    assert {(id(example), number) for example, number, _ in RIGHT} == {
        (id(example), step.number) for example in (SIGMOID, RELU, SOFTMAX) for step in example.steps
    }


@pytest.mark.parametrize(
    ("example", "slips"),
    [(SIGMOID, ["3c", "3d"]), (RELU, ["3c", "3d"]), (SOFTMAX, ["2b", "2c", "b1a", "b1b", "b1c"])],
)
def test_the_sources_slips_are_found_and_explained(example, slips):
    assert [step.number for step in example.slips] == slips
    assert all(len(step.why) > 10 for step in example.slips)
    assert all(step.why == "" for step in example.steps if step.agrees)


def test_what_the_source_prints():
    assert SIGMOID["3c"].printed == (-0.118,) and SIGMOID["3d"].printed == (0.2059,) and SIGMOID["3a"].printed is None
    assert RELU["3c"].printed == (-0.45,) and RELU["3d"].printed == (0.245,)
    assert SOFTMAX["2b"].printed == (0.645, 0.355) and SOFTMAX["b1c"].printed == (0.2355, -0.071)


def test_the_slips_of_the_third_example_follow_from_its_first_one():
    d_z = np.array(SOFTMAX["2b"].printed) - [0, 1]
    d_w = d_z * [1, 2]
    for number, figures in (("b1a", d_z), ("b1b", d_w), ("b1c", np.array([0.3, -0.2]) - 0.1 * d_w)):
        assert SOFTMAX[number].printed == pytest.approx(figures.tolist())


@pytest.mark.parametrize("example", [SIGMOID, RELU, SOFTMAX], ids=lambda example: example.title)
def test_figures_are_compared_at_as_many_decimals_as_the_source_gives(example):
    for step in example.steps:
        figures = step.printed or step.implied
        assert step.digits == max(len(f"{figure:g}".partition(".")[2]) for figure in figures), step.number


def test_where_a_line_is_lost_the_implied_figure_stands_in_brackets():
    assert (SIGMOID["3a"].implied, SIGMOID["3a"].verdict) == ((-0.475,), "(yes)")
    assert (RELU["3a"].implied, RELU["3a"].verdict, RELU["3a"].agrees) == ((-0.9,), "(NO)", None)
    assert (RELU["3b"].verdict, SIGMOID["3d"].verdict, SIGMOID["2b"].verdict) == ("(yes)", "NO", "yes")
    # The implied figures are those that the source's own ones follow from.
    assert SIGMOID["3a"].implied[0] * SIGMOID["3b"].implied[0] == pytest.approx(SIGMOID["3c"].printed[0], abs=5e-4)
    assert RELU["3a"].implied[0] * RELU["3b"].implied[0] * 0.5 == pytest.approx(RELU["3c"].printed[0])
    assert "(-0.9)" in str(RELU) and "in brackets" in str(RELU) and "in brackets" not in str(SOFTMAX)
    assert "(" not in worked.relu_example(x=1)._repr_html_().split("3a")[1].split("3b")[0].split("error)")[1]


@pytest.mark.parametrize("x", [0.3, -1.2])
@pytest.mark.parametrize("y", [0, 1])
def test_own_numbers_follow_the_slope_of_the_loss(x, y):
    def loss(w):
        p = 1 / (1 + np.exp(-x * w))
        return -(y * np.log(p) + (1 - y) * np.log(1 - p))

    example = worked.sigmoid_example(x=x, w=0.4, y=y, lr=0.5)
    slope = (loss(0.4 + 1e-6) - loss(0.4 - 1e-6)) / 2e-6
    assert example["2c"].right[0] == pytest.approx(loss(0.4))
    assert example["3c"].right[0] == pytest.approx(slope, rel=1e-6)
    assert example["3d"].right[0] == pytest.approx(0.4 - 0.5 * slope, rel=1e-6)
    assert all(step.printed is None and step.agrees is None for step in example.steps)


def test_own_numbers_with_three_classes():
    example = worked.softmax_example(x=(1, 1, 1), w=(0, 0, 0), y=(1, 0, 0), lr=1)
    assert list(example["b1a"].right) == pytest.approx([-2 / 3, 1 / 3, 1 / 3])


def test_it_prints_as_a_table():
    lines = str(SIGMOID).splitlines()
    assert lines[0] == "Sigmoid + cross-entropy loss"
    assert lines[2].split() == ["step", "name", "formula", "source", "right", "agrees"] and lines[4].startswith("2a ")
    assert any(line.startswith("3d") and "0.2059" in line and "0.223751" in line and line.endswith("NO") for line in lines)
    page = SIGMOID._repr_html_()
    assert "<td>0.223751</td>" in page and page.count("<tr>") == 1 + len(SIGMOID.steps)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: worked.relu_example(x=-1), r"x w must be positive, got -0.2"),
        (lambda: worked.relu_example(y=0), "y must be 1"),
        (lambda: worked.sigmoid_example(y=2), r"y must be in \[0, 1\], got 2"),
        (lambda: worked.softmax_example(x=(1, 2, 3)), "one number for each"),
        (lambda: worked.softmax_example(x=(1,), w=(1,), y=(1,)), "at least two classes"),
        (lambda: worked.softmax_example(x=np.ones((2, 2)), w=np.ones((2, 2)), y=np.eye(2)), r"got shapes \(2, 2\)"),
        (lambda: worked.relu_example(x=0), "x w must be positive, got 0"),
        (lambda: worked.softmax_example(y=(1, 1)), "sum to 1"),
    ],
)
def test_bad_numbers_get_a_clear_error(call, words):
    with pytest.raises(ValueError, match=words):
        call()


@pytest.mark.parametrize("example", [worked.sigmoid_example, worked.relu_example, worked.softmax_example])
@pytest.mark.parametrize("name", ["x", "w", "y", "lr"])
def test_what_is_no_number_and_no_vector_is_refused_by_its_name(example, name):
    with pytest.raises((TypeError, ValueError), match=name):
        example(**{name: np.ones((2, 2))})
    with pytest.raises(TypeError, match=name):
        example(**{name: "one"})


def test_an_unknown_step_names_the_known_ones():
    with pytest.raises(KeyError, match="its steps are 2a, 2b"):
        SIGMOID["9z"]


def test_notes_stand_below_the_table_where_there_are_any():
    page = RELU._repr_html_()
    assert page.startswith(
        '<div class="nn-worked" role="group" tabindex="0" aria-label="ReLU + cross-entropy loss, step by step">'
        "<table><caption>ReLU + cross-entropy loss</caption><thead><tr><th>step</th>"
    )
    assert page.split("</table></div>")[1].startswith("<ul><li>3c: p - y = -0.9 was used") and page.endswith("</li></ul>")
    assert page.count("<li>") == 3 and str(RELU).splitlines()[-1].startswith("in brackets: the source's line is lost")
    own = worked.relu_example(x=1)
    assert own._repr_html_().endswith("</tbody></table></div>") and not str(own).endswith("\n")


def test_the_table_of_an_example_to_the_last_character():
    assert str(worked.sigmoid_example(x=2, w=0.5, y=0, lr=1)).splitlines() == [
        "Sigmoid + cross-entropy loss",
        "",
        "step  name                                          formula                              source  right      agrees",
        "------------------------------------------------------------------------------------------------------------------",
        "2a    Multiply input by weight                      z = x w                                      1",
        "2b    Apply Sigmoid activation                      p = σ(z)                                     0.731059",
        "2c    Calculate the error using Cross-Entropy Loss  L = -(y log p + (1 - y) log(1 - p))          1.313262",
        "3a    Calculate the gradient of the output (error)  d_z = p - y                                  0.731059",
        "3b    Derivative of the Sigmoid function            σ′(z), contained in d_z                      0.196612",
        "3c    Calculate the weight gradient                 d_w = d_z x                                  1.462117",
        "3d    Update the weight                             w - η d_w                                    -0.962117",
    ]


@pytest.mark.parametrize(
    ("figure", "right", "agrees"), [(0.52, 0.529, True), (0.52, 0.511, True), (0.52, 0.5301, False), (0.52, 0.5099, False)]
)
def test_a_figure_is_right_when_it_is_less_than_one_of_its_last_digit_off(figure, right, agrees):
    step = worked.ExampleStep("1", "a", "b", (right,), (figure,), 2)
    assert step.agrees is agrees and step.verdict == ("yes" if agrees else "NO")
    assert worked.ExampleStep("1", "a", "b", (right,), None, 2, implied=(figure,)).verdict == ("(yes)" if agrees else "(NO)")


def test_any_other_number_than_the_sources_takes_its_figures_away():
    for example in (worked.sigmoid_example, worked.relu_example):
        for other in ({"x": 0.6}, {"w": 0.3}, {"lr": 0.2}):
            assert {step.printed for step in example(**other).steps} == {None}
        assert example(x=0.5, w=0.2, y=1, lr=0.1).slips
    assert worked.sigmoid_example(y=0.5)["2b"].printed is None
    for other in ({"x": (1, 3)}, {"w": (0.3, 0.2)}, {"y": (1, 0)}, {"lr": 0.2}):
        assert {step.printed for step in worked.softmax_example(**other).steps} == {None}
