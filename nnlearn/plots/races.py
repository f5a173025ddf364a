"""Surfaces to race down, and pictures of which walk came how far; nothing here knows an optimizer."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnlearn.plots import style
from nnlearn.plots.picture import Picture

#: How each runner is drawn: colour, dashes, marker, and the sign that stands for the marker in a line of text.
LOOKS = {
    "SGD": (style.PLAIN, "--", "s", "■"),
    "Momentum": (style.WEIGHTS, "-.", "^", "▲"),
    "RMSprop": ("#A8487F", ":", "D", "◆"),
    "Adam": (style.FORWARD, "-", "o", "●"),
}


@dataclass(frozen=True)
class Surface:
    """A loss of two weights: `loss(w)` and `gradient(w)` for w of shape (..., 2), and where to start."""

    loss: Callable
    gradient: Callable
    start: tuple[float, float]

    def height(self, x, y):
        """Return the loss at w = (x, y), for drawing."""
        return self.loss(np.stack([x, y], axis=-1))


def valley(angle, curvatures=(0.01, 1.0)):
    """Return a long straight valley with these curvatures along and across, turned by `angle` together with its start."""
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])

    # Not by `@`, whose last digit differs between processors: a walk that swings about the lowest point shows it in its steps.
    def product(matrix, w):
        return (matrix * np.asarray(w)[..., None, :]).sum(axis=-1)

    hessian = product(turn * curvatures, turn)
    return Surface(
        loss=lambda w: np.sum(product(hessian, w) * w, axis=-1) / 2,
        gradient=lambda w: product(hessian, w),
        start=tuple(product(turn, [-4.2, 1.2])),
    )


def plateau(width=0.55):
    """Return a hollow in a plain: far from the middle the loss is nearly 1 everywhere, and nearly flat."""
    scale = np.array([0.5, 1.0]) / width

    def rim(w):
        return np.exp(-np.sum(w**2 * scale, axis=-1, keepdims=True) / 2)

    return Surface(loss=lambda w: 1 - rim(w)[..., 0], gradient=lambda w: w * scale * rim(w), start=(-3.8, 1.1))


def saddle():
    """Return two hollows, at w₁ = ±3, and a saddle between them; the start is a hair to the left of its ridge."""
    return Surface(
        loss=lambda w: (w[..., 0] ** 2 - 9) ** 2 / 72 + w[..., 1] ** 2 / 2,
        gradient=lambda w: np.stack([w[..., 0] * (w[..., 0] ** 2 - 9) / 18, w[..., 1]], axis=-1),
        start=(-0.001, 2.0),
    )


SURFACES = {
    "valley": valley(0.0),
    "turned": valley(np.pi / 4),
    "plateau": plateau(),
    "saddle": saddle(),
}


def steps_needed(losses, share=1e-3):
    """Return after how many steps the loss stays below `share` of its first value; one more than all steps if it never does.

    Shapes: losses (steps + 1, ...) gives (...). What is nan counts as infinite.
    """
    losses = np.nan_to_num(np.asarray(losses, float), nan=np.inf, posinf=np.inf)
    above = losses > share * losses[0]
    return np.where(above.any(axis=0), len(losses) - above[::-1].argmax(axis=0), 0)


def names(axes, runners=LOOKS, *, y=1.02):
    """Write the runners' names above the axes, each in its colour and with its marker, in place of a legend."""
    for place, name in enumerate(runners):
        color, _, _, sign = LOOKS[name]
        axes.text(
            (place + 0.5) / len(runners), y, f"{sign} {name}", color=color, transform=axes.transAxes, ha="center", va="bottom"
        )


def rate_panels(rates, panels, *, ylabel, ylim):
    """Return a picture of results over learning rates: one panel for each setting, one line for each optimizer.

    `panels` maps a title to a dict from an optimizer's name to an array of shape (rates, seeds). A line is the median, a band
    goes from the lowest to the highest seed.
    """
    picture = Picture(size=(5.0, 2.35 * len(panels) + 0.4))
    said = []
    rows = np.atleast_1d(picture.subplots(len(panels), 1, sharex=True))
    for axes, (title, found) in zip(rows, panels.items(), strict=True):
        axes.set(xscale="log", yscale="log", ylim=ylim, ylabel=ylabel)
        ticks = [tick for tick in (0.05, 0.1, 0.2, 0.5, 1, 2, 5) if ylim[0] <= tick <= ylim[1]]
        axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.set_yticks([], minor=True)
        axes.text(0.02, 0.04, title, transform=axes.transAxes, va="bottom")
        best = []
        for name, results in found.items():
            results = np.asarray(results, float)
            if results.ndim != 2 or len(results) != len(rates):
                raise ValueError(f"results of {name} must have the shape ({len(rates)}, seeds), got {results.shape}")
            color, dashes, mark, _ = LOOKS[name]
            median = np.median(results, axis=1)
            low, high = (np.clip(edge(axis=1), ylim[0] / 2, ylim[1] * 2) for edge in (results.min, results.max))
            axes.fill_between(rates, low, high, color=color, alpha=0.12, lw=0)
            axes.plot(rates, np.clip(median, ylim[0] / 2, ylim[1] * 2), dashes, marker=mark, ms=4.5, color=color)
            best.append(f"{name} {median.min():.1g}")
        said.append(f"{title}: lowest median {', '.join(best)}")
    names(rows[0])
    rows[-1].set_xlabel("learning rate η")
    picture.alt = f"{ylabel.capitalize()} over the learning rate. {'. '.join(said)}."
    return picture


def where_they_end(ends, *, right, xlabel):
    """Return a picture of where the runs of each optimizer ended: a mark for each seed, and a line at the right answer.

    `ends` maps a title to an array of numbers, one for each seed; a title begins with the optimizer's name.
    """
    picture = Picture(size=(5.0, 0.42 * len(ends) + 1.0))
    axes = picture.subplots()
    axes.axvline(right, color=style.GRID, lw=1.5, zorder=0)
    axes.set(ylim=(len(ends) - 0.4, -0.9), xlabel=xlabel)
    axes.set_yticks(range(len(ends)), list(ends))
    axes.tick_params(axis="y", length=0)
    axes.text(right, -0.5, f"right: {right:g}", ha="center", va="bottom")
    said = []
    for place, (title, found) in enumerate(ends.items()):
        color, _, mark, _ = LOOKS[title.split()[0]]
        found = np.sort(np.asarray(found, float).ravel())
        axes.plot(found, np.full(len(found), place), mark, ms=6, mfc="none", mew=1.2, color=color)
        said.append(f"{title} {np.median(found):.2g} ({found[0]:.2g} to {found[-1]:.2g})")
    picture.alt = f"Where {len(found)} runs ended, median and range, where {right:g} is right: {'; '.join(said)}."
    return picture
