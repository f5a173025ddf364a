"""Pictures of which input leads to which unit, with the weight at each line."""

import numpy as np

from nnlearn.plots import style
from nnlearn.plots.numbers import written
from nnlearn.plots.picture import Picture


def wirings(panels, *, inputs, units):
    """Return a picture with one panel for each title in `panels`: lines from inputs to units, each with its weight.

    `panels` maps a title to weights of shape (n_in, n_out); where a weight is nan there is no line. `inputs` and `units`
    are the names in the circles.
    """
    panels = {title: np.asarray(weights, float) for title, weights in panels.items()}
    for title, weights in panels.items():
        if weights.shape != (len(inputs), len(units)):
            raise ValueError(
                f"weights of {title!r} must have the shape {(len(inputs), len(units))}, a row for each input, got {weights.shape}"
            )
    tall = max(len(inputs), len(units))
    picture = Picture(size=(5.0, 0.55 + 0.85 * tall))
    for axes, (title, weights) in zip(np.atleast_1d(picture.subplots(1, len(panels))), panels.items(), strict=True):
        axes.set(xlim=(-0.25, 1.25), ylim=(tall - 0.45, -0.55))
        axes.set_axis_off()
        axes.set_title(title, size="medium", loc="left")
        _lines(axes, weights)
        for x, names, color in ((0, inputs, style.FORWARD), (1, units, style.INK)):
            for row, name in enumerate(names):
                axes.plot([x], [row], "o", ms=27, mfc=style.CARD, mec=color, mew=1.5)
                axes.text(x, row, name, ha="center", va="center", color=color)
    picture.alt = " ".join(_sentence(title, weights, inputs, units) for title, weights in panels.items())
    return picture


def _lines(axes, weights):
    for (start, end), weight in np.ndenumerate(weights):
        if np.isnan(weight):
            continue
        axes.plot([0, 1], [start, end], color=style.WEIGHTS, lw=1.6, zorder=0)
        # A third of the way, where lines that cross have not met yet.
        at = 0.33
        axes.text(
            at, start + at * (end - start), written(weight), color=style.WEIGHTS, ha="center", va="center",
            bbox={"facecolor": style.CARD, "edgecolor": "none", "pad": 1.5},
        )  # fmt: skip


def _sentence(title, weights, inputs, units):
    lines = [
        f"{inputs[start]} to {units[end]} with weight {weight:g}"
        for (start, end), weight in np.ndenumerate(weights)
        if not np.isnan(weight)
    ]
    return f"{title}: {', '.join(lines)}."
