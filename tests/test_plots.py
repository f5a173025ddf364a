"""Pictures: what they draw, what they say, and what they refuse."""

import base64

import numpy as np
import pytest

from nnlearn import plots
from nnlearn.plots import chains, curves, graphs, networks, style, units, valleys
from nnlearn.training import History

HISTORY = History(loss=[2.0, 1.0, 0.5], validation_loss=[2.0, 0.8, 0.9])


def drawn(picture):
    """Return a picture's PNG and its words, as a notebook gets them."""
    data, metadata = picture._repr_mimebundle_()
    assert metadata["image/png"]["alt"] == data["text/plain"] == picture.alt
    return base64.b64decode(data["image/png"]), data["text/plain"]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            lambda: plots.loss_curves(HISTORY),
            "Within 3 epochs the training loss goes from 2 to 0.5 and the validation loss goes from 2 to 0.9 "
            "(lowest, 0.8, in epoch 2).",
        ),
        (
            lambda: plots.confusion([[5, 1], [2, 7]], ["cat", "dog"]),
            "12 of 15 examples lie on the diagonal, where the network was right; of the 3 mistakes, the commonest is cat said "
            "for dog, 2 times.",
        ),
        (lambda: plots.confusion([[3, 0], [0, 2]]), "5 of 5 examples lie on the diagonal, where the network was right."),
        (
            lambda: units.unit([0.5, -2], [2, 1.5], -0.25, -2.25, 0),
            "A unit: 0.5 × 2 + −2 × 1.5 + −0.25 gives z = −2.25, and the step makes it 0.",
        ),
        (
            lambda: networks.network([[[1.0], [-2.0]]], [[0.5]], [[3.0, 1.0], [1.5]]),
            "A network with 2, 1 units in its layers. The values in them, layer by layer: 3, 1; 1.5.",
        ),
        (lambda: plots.image_grid(np.ones((2, 3, 3)), ["a", "b"]), "2 grey images, with the titles a, b."),
        (lambda: plots.image_grid(np.ones((9, 3, 3))), "9 grey images."),
        (
            lambda: chains.products(4, 3, 2),
            "Four products for 4 examples, 3 inputs and 2 outputs, every matrix as a block of cells: x 4×3 times W 3×2 plus b 1×2 "
            "gives z 4×2; x transposed 3×4 times d_z 4×2 gives d_W 3×2; the rows of d_z summed give d_b 1×2; d_z 4×2 times W "
            "transposed 2×3 gives d_x 4×3.",
        ),
        (
            lambda: chains.boundaries(
                {"one": [[0.0, 1.0], [0.0, 1.0]]}, np.array([0.0, 1.0]), np.array([0.0, 1.0]), [[0, 0], [1, 1], [1, 0]], [0, 1, 0]
            ),
            "Two half moons of points, and the line between what is said to be class 0 and class 1: one, 1 of 3 points lie on the "
            "wrong side.",
        ),
        (
            lambda: graphs.graph(
                {"times": graphs.Node(60, 40, "×"), "dot": graphs.Node(120, 40)},
                {"u": graphs.Edge((0, 60), "times", "u", weight=True), "p": graphs.Edge("times", "dot", "p")},
                {"u": 2.0, "p": -6e-7}, {"u": 0.12345}, height=80, alt="A product.",
            ),
            "A product.",
        ),
        (
            lambda: valleys.shrink_map([0.5, 1.0, 2.0], [0.0, 0.5], [[0.5, 0.25, 1.5], [0.75, 0.5, 0.5]], [("best", 1.0, 0.0)]),
            "A map of the steps that it takes to come ten times closer, over learning rate and momentum factor. best, at η = 1 and "
            "β = 0, shrinks the distance to 0.25 of it in a step. The larger the factor, the larger the rates that still work.",
        ),
        (
            lambda: valleys.rate_curves([0.1, 1], {"one": [[0.5, 0.7, 0.6], [0.2, 0.3, 0.9]], "two": [[0.4] * 3, [0.8] * 3]}),
            "Loss over the learning rate, median and range of 3 seeds: one is lowest, 0.3, at η = 1; two is lowest, 0.4, at "
            "η = 0.1.",
        ),
        (
            lambda: plots.wirings({"Own": [[0.3, np.nan], [np.nan, -0.2]]}, inputs=["a", "b"], units=["c", "d"]),
            "Own: a to c with weight 0.3, b to d with weight -0.2.",
        ),
    ],
)
def test_a_picture_is_the_same_each_time_and_says_what_it_shows(make, words):
    png, text = drawn(make())
    assert text == words
    assert png.startswith(b"\x89PNG") and png == drawn(make())[0]
    assert len(png) < 120_000


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: plots.loss_curves(History()), "losses of one network, got training losses of shape"),
        (lambda: plots.loss_curves(History(loss=[np.ones(3)])), "losses of one network"),
        (lambda: plots.confusion(np.ones((2, 3))), "matrix must be square, got shape"),
        (lambda: plots.confusion(np.eye(2), ["a"]), "a name for each of the 2 classes, got 1"),
        (lambda: plots.image_grid(np.ones((3, 3))), "images must have the shape"),
        (lambda: plots.wirings({"Own": np.eye(2)}, inputs=["a"], units=["c", "d"]), r"'Own' must have the shape \(1, 2\)"),
        (lambda: plots.image_grid(np.ones((2, 3, 3)), ["a"]), "one title for each of the 2 images, got 1"),
    ],
)
def test_bad_input_gets_a_clear_error(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_a_figure_is_short_and_never_minus_zero():
    numbers = [0.2, -0.41234, 2.0, 55.59815, 0.0, -0.0, 6e-7, -1e-15]
    assert [graphs.figure(number) for number in numbers] == ["0.2", "−0.4123", "2", "55.5981", "0", "0", "6.0e−7", "0"]


def test_a_jump_is_drawn_as_a_gap():
    x, y = curves.broken_at_jump(np.arange(4.0), np.array([0, 0, 1, 1]))
    assert np.array_equal(y, [0, 0, np.nan, 1, 1], equal_nan=True) and np.array_equal(x, [0, 1, 2, 2, 3])


def contrast(a, b):
    """Return the contrast of two colours as WCAG defines it, from 1 to 21."""

    def luminance(color):
        parts = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("color", [style.FORWARD, style.BACKWARD, style.WEIGHTS, style.INK])
def test_colours_stand_out_from_the_card(color):
    assert contrast(color, style.CARD) >= (4.5 if color in (style.FORWARD, style.WEIGHTS, style.INK) else 3)


def test_the_alt_text_reaches_the_page():
    from nnlearn.plots._myst_nb import AltText

    class Data:
        mime_type = "image/png"
        output_metadata = {"image/png": {"alt": "words"}}

    class Renderer:
        def render_image(self, data):
            return [{}]

    assert AltText.handle_mime(Renderer(), Data, inline=False) == [{"alt": "words"}]
    Data.output_metadata = {}
    assert AltText.handle_mime(Renderer(), Data, inline=False) is None


def test_a_diagram_refuses_biases_that_do_not_fit():
    with pytest.raises(ValueError, match=r"biases must hold one number for each unit, \[1\], got \[2\]"):
        networks.network([[[1.0], [-2.0]]], [[0.5, 1.0]], [[3.0, 1.0], [1.5]])
    with pytest.raises(ValueError, match="weights must hold one number for each input, got 1 for 2"):
        units.unit([1, 2], [1], 0, 0, 0)


@pytest.mark.parametrize("name", valleys.SURFACES)
def test_the_gradient_of_a_surface_is_its_slope(name):
    surface = valleys.SURFACES[name]
    for w in np.random.default_rng(0).uniform(-4, 4, (20, 2)):
        nudged = [(surface.loss(*(w + h)) - surface.loss(*(w - h))) / 2e-5 for h in 1e-5 * np.eye(2)]
        assert np.allclose(surface.gradient(w), nudged, atol=1e-8)


def test_the_gradient_of_a_dip_is_its_slope_and_its_wall_is_as_high_as_it_looks():
    loss, gradient = valleys.dip(0.6)
    w = np.linspace(-4, 6, 50)
    assert np.allclose(gradient(w), (loss(w + 1e-5) - loss(w - 1e-5)) / 2e-5, atol=1e-8)
    assert valleys.wall(0.2) == 0 and abs(valleys.wall(0.6) - 0.16) < 0.005


def test_a_walk_is_drawn_until_it_is_outside():
    points = np.array([[0.0, 0.0], [1.0, -2.0], [50.0, 3.0], [0.0, 0.0]])
    assert valleys.until_outside(points, 10).tolist() == [[0, 0], [1, -2], [10, 3]]
    assert valleys.until_outside(points[:2], 10).tolist() == [[0, 0], [1, -2]]


def test_valleys_refuse_what_does_not_fit():
    with pytest.raises(ValueError, match=r"factors must have the shape \(1, 2\), got \(2, 1\)"):
        valleys.shrink_map([0.1, 1], [0.5], [[0.1], [0.2]], [])
    with pytest.raises(ValueError, match=r"losses of a must have the shape \(2, seeds\), got \(3, 1\)"):
        valleys.rate_curves([0.1, 1], {"a": [[1], [2], [3]]})
