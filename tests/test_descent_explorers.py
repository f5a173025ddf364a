"""Chapter 10: what the explorers' sentences say of a walk is what the walk does, and the marked places are where they should be."""

import numpy as np
import pytest

import nnlearn
from nnlearn.explore import descent
from nnlearn.plots import landscapes

PLACES = [
    (name, what, place)
    for name, landscape in landscapes.LANDSCAPES.items()
    for what, places in landscape.places.items()
    for place in places
]


def hessian(landscape, at, h=1e-4):
    columns = [landscape.gradient(at + h * e) - landscape.gradient(at - h * e) for e in np.eye(2)]
    return np.array(columns) / (2 * h)


@pytest.mark.parametrize(("name", "what", "place"), PLACES)
def test_a_marked_place_has_gradient_0_and_bends_as_its_name_says(name, what, place):
    landscape = landscapes.LANDSCAPES[name]
    assert np.linalg.norm(landscape.gradient(np.array(place))) < 1e-4
    curvatures = np.linalg.eigvalsh(hessian(landscape, np.array(place)))
    assert (curvatures[0] < 0 < curvatures[1]) if "saddle" in what else (curvatures > 0).all()


@pytest.mark.parametrize("name", landscapes.LANDSCAPES)
def test_the_gradient_of_a_landscape_is_that_of_its_loss(name):
    landscape, h = landscapes.LANDSCAPES[name], 1e-6
    for at in np.random.default_rng(0).uniform(-3, 3, (20, 2)):
        measured = [(landscape.loss(*(at + h * e)) - landscape.loss(*(at - h * e))) / (2 * h) for e in np.eye(2)]
        assert np.allclose(landscape.gradient(at), measured, atol=1e-7)


def test_the_slope_of_the_two_dips_is_that_of_the_curve():
    w, h = np.linspace(-5, 6, 111), 1e-6
    measured = (landscapes.two_dips(w + h) - landscapes.two_dips(w - h)) / (2 * h)
    assert np.allclose(landscapes.two_dips_slope(w), measured, atol=1e-8)


@pytest.mark.parametrize(
    ("start", "lr", "words"),
    [(-4, 0.1, "lies on the plain"), (-3, 0.3, "rests in the left dip"), (1, 0.3, "rests in the right dip"),
     (1, 1, "jumps to and fro")],
)  # fmt: skip
def test_a_roll_ends_where_its_sentence_says(start, lr, words):
    explorer = descent.RollExplorer()
    assert words in explorer.update(start=start, lr=lr)
    end = nnlearn.SGD(lr).path(landscapes.two_dips_slope, [start], 100)[-1, 0]
    if "dip" in words:
        assert abs(end - (-1.5 if "left" in words else 2.0)) < 0.05


@pytest.mark.parametrize(
    ("factor", "words"),
    [(0.9, "creeps"), (0.5, "walks to"), (0, "single step"), (-0.5, "comes closer"), (-1, "for ever"), (-1.1, "flies away")],
)
def test_a_factor_has_its_word(factor, words):
    assert words in descent.manner(factor)


def test_the_edge_that_a_sentence_names_is_the_edge():
    for values in descent.RateExplorer.positions():
        path = nnlearn.SGD(values["lr"]).path(lambda w, c=values["curvature"]: c * w, [2.0], 30).ravel()
        product = values["lr"] * values["curvature"]
        assert (abs(path[-1]) > 2) == (product > 2 + 1e-9)
        assert f"is η = {2 / values['curvature']:g}." in descent.RateExplorer().update(**values)


def test_many_rough_steps_come_closer_than_few_exact_ones():
    """What the prediction before the batches calls right."""
    explorer = descent.BatchExplorer()
    heights = {
        size: explorer.loss(*explorer.descend(size, 0.03, "stays")[-1]) - explorer.lowest for size in (1, 64)
    }
    assert heights[1] < 0.1 * heights[64]


def test_a_rate_that_falls_comes_closer_than_one_that_stays():
    explorer = descent.BatchExplorer()
    above = {way: explorer.loss(*explorer.descend(1, 0.1, way)[-64:].T).mean() - explorer.lowest for way in ("stays", "falls")}
    assert above["falls"] < 0.5 * above["stays"]


def test_only_a_start_on_the_ridge_ends_at_the_saddle():
    explorer = descent.PlacesExplorer()
    assert "at the saddle" in explorer.update(surface="saddle", w1=0, w2=2)
    assert all("at a minimum" in explorer.update(surface="saddle", w1=w1, w2=2) for w1 in (-0.1, 0.1, 1, -2))
