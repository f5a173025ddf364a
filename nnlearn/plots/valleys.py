"""Surfaces to walk down, and pictures of how fast a walk goes; nothing here knows an optimizer."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import NullLocator

from nnlearn.plots import style
from nnlearn.plots.picture import Picture


@dataclass(frozen=True)
class Surface:
    """A loss of two weights: `loss(w1, w2)`, `gradient(w)` for w of shape (2,), and the contours to draw.

    Where it matters, `start` is where walks begin, and `places` maps the name of a resting place to the points that bear it.
    """

    loss: Callable
    gradient: Callable
    levels: tuple[float, ...]
    start: tuple[float, float] | None = None
    places: dict[str, tuple[tuple[float, float], ...]] = field(default_factory=dict)


def _bent_floor(x):
    return 1.5 * np.cos(0.55 * x)


#: The curvature across each is about 1, or a little more, so that the same learning rates make sense on all of them.
SURFACES = {
    "narrow": Surface(
        lambda x, y: 0.02 * x**2 + y**2 / 2,
        lambda w: np.array([0.04 * w[0], w[1]]),
        start=(-9.5, 2.2),
        levels=(0.05, 0.4, 1.1, 2.2, 3.6),
    ),
    "bent": Surface(
        lambda x, y: 0.02 * (x - 1) ** 2 + (y - _bent_floor(x)) ** 2 / 2,
        lambda w: np.array(
            [
                0.04 * (w[0] - 1) + (w[1] - _bent_floor(w[0])) * 0.825 * np.sin(0.55 * w[0]),
                w[1] - _bent_floor(w[0]),
            ]
        ),
        start=(-9.5, 2.2),
        levels=(0.05, 0.4, 1.1, 2.2, 3.6),
    ),
    # Between two lowest points, at w₁ = ±2π; the walk starts a little to one side of the saddle at (0, 0).
    "saddle": Surface(
        lambda x, y: 0.4 * (1 + np.cos(x / 2)) + y**2 / 2,
        lambda w: np.array([-0.2 * np.sin(w[0] / 2), w[1]]),
        start=(-0.02, 2.2),
        levels=(0.06, 0.35, 0.76, 1.5, 3.0),
    ),
}


def dip(depth, width=0.6):
    """Return (loss, gradient) of one weight: a wide bowl around w = 4, with a dip of the given depth dug at w = 0."""

    def loss(w):
        return 0.05 * (w - 4) ** 2 - depth * np.exp(-(w**2) / (2 * width**2))

    def gradient(w):
        return 0.1 * (w - 4) + depth * w / width**2 * np.exp(-(w**2) / (2 * width**2))

    return loss, gradient


def wall(depth):
    """Return how high the far side of the dip rises above its floor; 0 where it does not rise."""
    loss, _ = dip(depth)
    heights = loss(np.linspace(-0.5, 3, 3501))
    floor = heights[:1500].argmin()  # up to w = 1
    return float(heights[floor:2500].max() - heights[floor])


def until_outside(points, limit):
    """Return the points up to and with the first one that lies beyond `limit` (cut off there), so that lines stay short."""
    outside = np.flatnonzero((np.abs(points) > limit).any(axis=1))
    return np.clip(points[: outside[0] + 1] if len(outside) else points, -limit, limit)


def contours(axes, loss, levels, color=style.FAINT):
    """Draw lines of equal loss over the whole axes; coarse, because a page holds many of them."""
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    x, y = np.meshgrid(np.linspace(left, right, 47), np.linspace(low, high, 25))
    return axes.contour(x, y, loss(x, y), levels=list(levels), colors=color, linewidths=0.9, zorder=0)


def shrink_map(rates, betas, factors, marks):
    """Return a map of the factor by which the distance shrinks in a step, over learning rate and momentum factor.

    `factors` has the shape (betas, rates); where it is 1 or more nothing shrinks, and the map stays empty. `marks` is a list of
    (name, rate, beta), such as the best place.
    """
    factors = np.asarray(factors, float)
    if factors.shape != (len(betas), len(rates)):
        raise ValueError(f"factors must have the shape {(len(betas), len(rates))}, got {factors.shape}")
    picture = Picture(size=(5.0, 3.4))
    axes = picture.subplots()
    steps = np.where(factors < 1, np.log(10) / -np.log(np.clip(factors, 1e-9, 1 - 1e-9)), np.nan)
    logs = np.log10(rates)
    # From a pale green, so that what takes long still differs from where nothing is.
    pale = LinearSegmentedColormap.from_list("pale", [style.WEIGHTS, "#D3E8DF"])
    image = axes.imshow(
        np.log10(steps), origin="lower", aspect="auto", cmap=pale, vmin=np.log10(4), vmax=2.5,
        extent=(logs[0], logs[-1], betas[0], betas[-1]),
    )  # fmt: skip
    ticks = [rate for rate in (0.1, 0.3, 1, 3, 10, 30) if rates[0] <= rate <= rates[-1]]
    axes.set_xticks(np.log10(ticks), [f"{rate:g}" for rate in ticks])
    axes.set(xlabel="learning rate η", ylabel="factor β")
    axes.text(0.98, 0.2, "empty: flies away", color=style.INK, transform=axes.transAxes, ha="right")
    with style.use():
        bar = picture.colorbar(image, ax=axes, label="steps to come ten times closer")
        bar.set_ticks(np.log10([5, 10, 30, 100, 300]), labels=["5", "10", "30", "100", "300"])
    said = []
    for place, (name, rate, beta) in enumerate(marks):
        at = factors[np.abs(np.subtract(betas, beta)).argmin(), np.abs(np.subtract(rates, rate)).argmin()]
        axes.plot([np.log10(rate)], [beta], "os"[place % 2], color=style.BACKWARD, mec="white", ms=8, clip_on=False, zorder=3)
        axes.annotate(name, (np.log10(rate), beta), (9, 4), textcoords="offset points", color=style.INK)
        said.append(f"{name}, at η = {rate:.3g} and β = {beta:.3g}, shrinks the distance to {at:.3g} of it in a step")
    picture.alt = (
        "A map of the steps that it takes to come ten times closer, over learning rate and momentum factor. "
        f"{'; '.join(said)}. The larger the factor, the larger the rates that still work."
    )
    return picture


def rate_curves(rates, losses, *, ylabel="loss after training"):
    """Return a picture of final losses over learning rates, one line for each way: the median over seeds, all as a band.

    `losses` maps a name to an array of shape (rates, seeds).
    """
    picture = Picture(size=(5.0, 3.2))
    axes = picture.subplots()
    axes.set(xscale="log", yscale="log", xlabel="learning rate η", ylabel=ylabel)
    looks = [(style.PLAIN, "--", "s"), (style.WEIGHTS, "-", "o"), (style.FORWARD, ":", "^")]
    said, lowest = [], np.inf
    for (name, found), (color, dashes, mark) in zip(losses.items(), looks, strict=False):
        found = np.asarray(found, float)
        if found.ndim != 2 or len(found) != len(rates):
            raise ValueError(f"losses of {name} must have the shape ({len(rates)}, seeds), got {found.shape}")
        median = np.median(found, axis=1)
        axes.fill_between(rates, found.min(axis=1), found.max(axis=1), color=color, alpha=0.15, lw=0)
        axes.plot(rates, median, dashes, marker=mark, ms=4, color=color)
        best = int(median.argmin())
        lowest = min(lowest, found.min())
        said.append(f"{name} is lowest, {median[best]:.2g}, at η = {rates[best]:.2g}")
    axes.set_ylim(0.8 * lowest, 20 * lowest)  # what has flown away says nothing by how far
    ticks = [digit * 10.0**power for power in range(-6, 4) for digit in (1, 2, 5)]
    ticks = [tick for tick in ticks if 0.8 * lowest <= tick <= 20 * lowest]
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_xticks(rates, [f"{rate:.2g}" for rate in rates])
    axes.xaxis.set_minor_locator(NullLocator())
    for place, (name, (color, _, mark)) in enumerate(zip(losses, looks, strict=False)):
        sign = {"s": "■", "o": "●", "^": "▲"}[mark]
        axes.text(0.03, 0.97 - 0.085 * place, f"{sign} {name}", color=color, transform=axes.transAxes, va="top")
    picture.alt = f"Loss over the learning rate, median and range of {found.shape[1]} seeds: {'; '.join(said)}."
    return picture
