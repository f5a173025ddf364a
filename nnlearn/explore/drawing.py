"""A pad to draw a digit on, and what a network says to it; and digits drawn with the characters of a text."""

import functools
import html

import numpy as np
from ipywidgets import HTML, Button, GridBox, Layout, ToggleButton, VBox

from nnlearn import _checks
from nnlearn.activations import softmax
from nnlearn.explore.explorer import display, mode

SIDE = 8
#: How much ink runs into each of the four neighbours: a pixel of the data set is the mean of 4 × 4 finer ones, so that the
#: edges of its strokes are grey.
BLEED = 0.3


#: The digits 0 to 9, drawn for this book.
TEN = """
..####.. ...##... ..####.. ..####.. ....##.. ..#####. ...##... ..#####. ..####.. ..####..
.##..##. ..###... .##..##. .##..##. ...###.. ..#..... ..##.... .....##. ..#..#.. .##..#..
.#....#. .####... .....##. .....##. ..##.#.. ..#..... ..#..... ....##.. ..#..#.. .#...#..
.#....#. ...##... ....##.. ...###.. .##..#.. ..####.. ..####.. ...###.. ...##... .######.
.#....#. ...##... ...##... .....##. .######. .....##. ..#...#. ..#####. ..#..#.. .....##.
.#....#. ...##... ..##.... .....##. .....#.. ......#. ..#...#. ...#.... .#....#. .....##.
.##..##. ...##... .##..... .##..##. .....#.. ..#..##. ..##.##. ..##.... .#....#. ....##..
..####.. ...##... .######. ..####.. .....#.. ..####.. ...###.. ..##.... ..####.. ...##...
"""


def ten():
    """Return the ink of the ten digits that were drawn for this book, shape (10, 64), 0 to 9 in this order."""
    lines = [line.split() for line in TEN.split("\n") if line]
    return np.stack([from_text("\n".join(digit)) for digit in zip(*lines, strict=True)])


def from_text(text):
    """Return the ink of a drawn digit, shape (64,), from 0 to 1: eight lines of eight characters, where # is ink.

    Every # also wets its four neighbours a little, as the pixels of the data set do.

    >>> from_text("\\n".join(["...##..."] * 8)).reshape(8, 8)[0]
    array([0. , 0. , 0.3, 1. , 1. , 0.3, 0. , 0. ])
    """
    if not isinstance(text, str):
        raise TypeError(f"text must be a text of 8 lines, got {_checks.describe(text)}")
    lines = text.split()
    if [len(line) for line in lines] != [SIDE] * SIDE or set("".join(lines)) - set("#."):
        raise ValueError(f"text must be 8 lines of 8 characters, # for ink and . for paper, got {text!r}")
    return spread_ink(np.array([[character == "#" for character in line] for line in lines]))


def spread_ink(cells):
    """Return the pixels, shape (64,), for cells of ink, shape (8, 8) of True and False."""
    padded = np.pad(np.asarray(cells, float), 1)
    beside = padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]
    return np.minimum(padded[1:-1, 1:-1] + BLEED * beside, 1).ravel()


def reading(network, pixels):
    """Return in one sentence what the network says to one drawn digit."""
    p = softmax(network.predict(pixels[None, :]))[0]
    first, second = np.argsort(p)[::-1][:2]
    return f"The network says {first} (probability {p[first]:.2f}); second choice {second} ({p[second]:.2f})."


class DrawingPad:
    """Eight by eight cells that take ink at a click; below them stands what `network` says. It needs a running kernel."""

    EMPTY = "Click on cells, or press space on them, and draw a digit."

    def __init__(self, network):
        self.network = network
        self.ink = np.zeros(SIDE * SIDE, bool)

    # Widgets are made when they are asked for: in a page without a kernel they would be weight that nobody sees.
    @functools.cached_property
    def cells(self):
        """The cells, as buttons that are down where there is ink."""
        made = [
            ToggleButton(tooltip=f"row {k // SIDE + 1}, column {k % SIDE + 1}", layout=Layout(width="34px", height="34px"))
            for k in range(SIDE * SIDE)
        ]
        for place, cell in enumerate(made):
            cell.observe(functools.partial(self._drawn, place), names="value")
        return made

    @functools.cached_property
    def clear(self):
        """The button that takes all ink away."""
        button = Button(description="clear")
        button.on_click(self._cleared)
        return button

    @functools.cached_property
    def words(self):
        """The sentence below the cells."""
        return HTML(self._said())

    def sentence(self):
        """Return what there is to say about the drawing as it is."""
        return reading(self.network, spread_ink(self.ink.reshape(SIDE, SIDE))) if self.ink.any() else self.EMPTY

    def _drawn(self, place, change):
        self.ink[place] = change.new
        change.owner.button_style = "primary" if change.new else ""
        self.words.value = self._said()

    def _said(self):
        return f'<div class="nn-says" role="status">{html.escape(self.sentence())}</div>'

    def _cleared(self, button):
        for cell in self.cells:
            cell.value = False

    def widget(self):
        """Return the pad as a widget; on a page without a kernel, a sentence that says where it works."""
        if mode() == "recorded":
            return HTML(
                '<div class="nn-says">Here a pad of 8 × 8 cells waits for your drawing when you run this chapter as a '
                "notebook: the network has to compute, and a page alone does not.</div>"
            )
        pad = GridBox(self.cells, layout=Layout(grid_template_columns=f"repeat({SIDE}, 36px)"))
        return VBox([pad, self.clear, self.words])

    def _repr_mimebundle_(self, **kwargs):
        return display(self.widget, repr(self), kwargs)

    def __repr__(self):
        return f"DrawingPad\n{self.sentence()}"
