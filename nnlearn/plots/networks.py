"""Pictures of a network: its units in columns, its weights as edges, and the numbers in them."""

import numpy as np
from matplotlib.patches import Circle

from nnlearn.plots import style
from nnlearn.plots.picture import Picture

RADIUS = 0.36
ACROSS, DOWN = 2.5, 1.45  # from one layer to the next, and from one unit to the one below it


class Diagram:
    """A network on some axes: drawn once, and then given one set of values after another.

    `weights` and `biases` are lists of arrays, one for each layer: (n_in, n_out) and (n_out,). An edge is the thicker the larger
    its weight is, solid where it is positive and dashed where it is negative. With `moving=True` the values are artists that an
    explorer moves.
    """

    def __init__(self, axes, weights, biases, *, inputs="x", hidden="a", output="out", moving=False):
        sizes = [np.shape(weights[0])[0], *(np.shape(W)[1] for W in weights)]
        if len(weights) != len(biases) or any(np.size(b) != n for b, n in zip(biases, sizes[1:], strict=True)):
            raise ValueError(f"biases must hold one number for each unit, {sizes[1:]}, got {[np.size(b) for b in biases]}")
        tall = max(sizes)
        self.places = [[(ACROSS * k, DOWN * ((n - 1) / 2 - i + (tall - 1) / 2)) for i in range(n)] for k, n in enumerate(sizes)]
        axes.set(xlim=(-0.75, ACROSS * (len(sizes) - 1) + 0.75), ylim=(-0.75, DOWN * (tall - 1) + 0.7), aspect="equal")
        axes.set_axis_off()
        for k, W in enumerate(weights):
            for i, j in np.ndindex(np.shape(W)):
                self._edge(axes, self.places[k][i], self.places[k + 1][j], float(W[i][j]), i, np.shape(W)[0])
        names = [inputs, *[hidden] * (len(sizes) - 2), output]
        self.texts, self.circles = [], []
        for k, column in enumerate(self.places):
            texts, circles = [], []
            for i, at in enumerate(column):
                circles.append(axes.add_patch(Circle(at, RADIUS, fc="white", ec=style.FORWARD, lw=1.5, zorder=2, animated=moving)))
                texts.append(axes.text(*at, "", ha="center", va="center", size=11, zorder=3, animated=moving))
                name = names[k] if len(column) == 1 else f"{names[k]}{'₁₂₃₄₅₆₇₈₉'[i]}"
                axes.text(at[0], at[1] + RADIUS + 0.06, name, ha="center", va="bottom", size=10.5)
                if k:
                    bias = f"{float(np.ravel(biases[k - 1])[i]):+g}".replace("-", "−")
                    axes.text(at[0], at[1] - RADIUS - 0.06, f"b {bias}", ha="center", va="top", size=10, color=style.WEIGHTS)
            self.texts.append(texts)
            self.circles.append(circles)

    @staticmethod
    def _edge(axes, start, end, weight, row, rows):
        axes.plot(
            [start[0], end[0]], [start[1], end[1]], color=style.WEIGHTS, lw=0.7 + 0.9 * abs(weight), zorder=1,
            ls="-" if weight >= 0 else (0, (3, 2)),
        )  # fmt: skip
        # Edges that cross get their numbers at different distances, so that none lies on another.
        share = 0.36 if rows == 1 else 0.26 + 0.2 * row / (rows - 1)
        at = [a + (b - a) * share for a, b in zip(start, end, strict=True)]
        number = f"{weight:g}".replace("-", "−")
        box = {"facecolor": style.CARD, "edgecolor": "none", "pad": 1.8}
        axes.text(*at, number, color=style.WEIGHTS, size=10, ha="center", va="center", bbox=box, zorder=1.5)

    def show(self, values):
        """Write one row of values into each layer's units; a unit is the bluer the further its value is from 0."""
        for texts, circles, row in zip(self.texts, self.circles, values, strict=True):
            for text, circle, value in zip(texts, circles, np.ravel(row), strict=True):
                number = f"{float(value) + 0.0:.3g}".replace("-", "−")
                text.set_text("0" if number == "−0" else number)
                shade = 0.45 * min(abs(float(value)) / 3, 1)
                circle.set_facecolor(style.shades(style.FORWARD)(shade))


def network(weights, biases, values, **names):
    """Return a picture of a network with the values of one example in its units."""
    sizes = [np.shape(weights[0])[0], *(np.shape(W)[1] for W in weights)]
    # As tall as the diagram needs to fill the width, so that a phone shows it as large as it can.
    picture = Picture(size=(5.0, min(4.5, 0.1 + 7.25 * max(sizes) / (ACROSS * (len(sizes) - 1) + 1.5))))
    Diagram(picture.subplots(), weights, biases, **names).show(values)
    shown = "; ".join(", ".join(f"{float(v):.3g}" for v in np.ravel(row)) for row in values).replace("-", "−")
    picture.alt = f"A network with {', '.join(map(str, sizes))} units in its layers. The values in them, layer by layer: {shown}."
    return picture
