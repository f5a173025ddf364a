"""Landscapes to roll a point on, with the places where it can come to rest; and pictures of how many runs ended."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnlearn.plots import style
from nnlearn.plots.picture import Picture

# ---- One weight --------------------------------------------------------------------------------------------------

#: Two dips in a plain, as (centre, depth, width). The right one is the deeper.
DIPS = ((-1.5, 1.0, 0.6), (2.0, 1.6, 0.8))


def two_dips(w):
    """Return the loss 2 - Σ depth · exp(-(w - centre)² / (2 · width²)): far from both dips it is a plain of height 2."""
    w = np.asarray(w, float)
    return 2 - sum(depth * np.exp(-((w - centre) ** 2) / (2 * width**2)) for centre, depth, width in DIPS)


def two_dips_slope(w):
    """Return the derivative of `two_dips`."""
    w = np.asarray(w, float)
    return sum(
        depth * (w - centre) / width**2 * np.exp(-((w - centre) ** 2) / (2 * width**2)) for centre, depth, width in DIPS
    )


# ---- Two weights -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Landscape:
    """A loss of two weights: `loss(w1, w2)`, `gradient(w)` for w of shape (2,), the contours to draw, and its resting places.

    `places` maps a name to the points that bear it.
    """

    loss: Callable
    gradient: Callable
    levels: tuple[float, ...]
    places: dict[str, tuple[tuple[float, float], ...]]


def _bowls(x, y):
    left = 0.7 * np.exp(-((x + 1.7) ** 2 + y**2) / 1.28)
    right = 1.2 * np.exp(-((x - 1.5) ** 2 + y**2) / 2)
    return left, right


def _bowls_gradient(w):
    x, y = w
    left, right = _bowls(x, y)
    return np.array(
        [
            left * (x + 1.7) / 0.64 + right * (x - 1.5) + 0.06 * x,
            left * y / 0.64 + right * y + 0.06 * y,
        ]
    )


def _plain(x, y):
    return np.exp(-(x**2 + y**2) / 2)


LANDSCAPES = {
    "bowls": Landscape(
        lambda x, y: 1.4 - sum(_bowls(x, y)) + 0.03 * (x**2 + y**2),
        _bowls_gradient,
        levels=(0.4, 0.7, 0.95, 1.13, 1.4, 1.7),
        # Found by walking there; the tests of the chapter look whether the gradient is 0.
        places={"the lower bowl": ((1.42708, 0.0),), "the higher bowl": ((-1.58271, 0.0),)},
    ),
    # A saddle at (0, 0) between two lowest points.
    "saddle": Landscape(
        lambda x, y: y**2 / 2 + (x**2 - 4) ** 2 / 64,
        lambda w: np.array([w[0] * (w[0] ** 2 - 4) / 16, w[1]]),
        levels=(0.02, 0.1, 0.25, 0.5, 1.0, 1.7),
        places={"a minimum": ((-2.0, 0.0), (2.0, 0.0)), "the saddle": ((0.0, 0.0),)},
    ),
    "plain": Landscape(
        lambda x, y: 1 - _plain(x, y),
        lambda w: _plain(*w) * np.asarray(w),
        levels=(0.1, 0.3, 0.6, 0.85, 0.97, 0.995),
        places={"the minimum": ((0.0, 0.0),)},
    ),
}


# ---- Pictures ----------------------------------------------------------------------------------------------------


def rates_on_bowl(rates, losses, edge):
    """Return a picture of losses over steps on a bowl, one line for each learning rate; `edge` is where walks fly away."""
    picture = Picture(size=(5.0, 3.2))
    axes = picture.subplots()
    losses = np.asarray(losses, float)
    if losses.ndim != 2 or len(losses) != len(rates):
        raise ValueError(f"losses must have the shape ({len(rates)}, steps + 1), got {losses.shape}")
    steps = losses.shape[1] - 1
    axes.set(yscale="log", ylim=(1e-6, 1e3), xlim=(0, steps * 1.22), xlabel="step", ylabel="loss")
    dashes = ["-", "--", "-.", ":"]
    said = []
    for place, (rate, walk) in enumerate(zip(rates, losses, strict=True)):
        inside = np.flatnonzero((walk > 1e3) | (walk < 1e-6))
        last = int(inside[0]) if len(inside) else steps
        color = style.BACKWARD if rate > edge else style.WEIGHTS
        axes.plot(range(last + 1), walk[: last + 1], dashes[place % len(dashes)], color=color, lw=1.8)
        axes.annotate(f" η = {rate:g}", (last, np.clip(walk[last], 1.6e-6, 5e2)), color=color, va="center", annotation_clip=False)
        said.append(f"η = {rate:g} goes from {walk[0]:.2g} to {walk[-1]:.2g}")
    picture.alt = f"Loss over {steps} steps: {'; '.join(said)}. Beyond the edge at η = {edge:.3g} it grows without end."
    return picture


def ends_by_group(groups, *, xlabel, ylabel="loss at the end", levels=()):
    """Return a picture with one point for each run, in a column for each group; `groups` maps a name to its runs' losses.

    `levels` is a list of (height, words) that are drawn as quiet lines.
    """
    picture = Picture(size=(5.0, 3.3))
    axes = picture.subplots()
    for height, words in levels:
        axes.axhline(height, color=style.GRID, lw=1, zorder=0)
        axes.text(len(groups) - 0.45, height, words, va="bottom", ha="right", color=style.INK)
    said = []
    for place, (name, losses) in enumerate(groups.items()):
        losses = np.sort(np.asarray(losses, float))
        # Spread to the sides in a fixed way, so that equal losses do not hide each other.
        aside = 0.6 * ((np.arange(len(losses)) * 0.618034) % 1 - 0.5)
        axes.plot(place + aside, losses, "o", ms=3.5, mfc="none", color=style.FORWARD, alpha=0.8)
        axes.plot([place - 0.34, place + 0.34], [np.median(losses)] * 2, color=style.WEIGHTS, lw=2.4)
        said.append(f"{name}: from {losses[0]:.2g} to {losses[-1]:.2g}, median {np.median(losses):.2g}")
    axes.set_xticks(range(len(groups)), list(groups))
    axes.set(xlabel=xlabel, ylabel=ylabel, xlim=(-0.55, len(groups) - 0.45))
    axes.tick_params(axis="x", length=0)
    axes.text(0.98, 0.98, "○ a run   ▬ the median", transform=axes.transAxes, ha="right", va="top")
    picture.alt = f"Each point is a run, by {xlabel}. {'; '.join(said)}."
    return picture


def stair_curves(steps, losses, *, levels=()):
    """Return a picture of many runs' losses over steps, on a logarithmic axis of steps, each run a thin line."""
    losses = np.asarray(losses, float)
    if losses.ndim != 2 or len(losses) != len(steps):
        raise ValueError(f"losses must have the shape ({len(steps)}, runs), got {losses.shape}")
    picture = Picture(size=(5.0, 3.2))
    axes = picture.subplots()
    axes.set(xscale="log", xlabel="step", ylabel="loss", xlim=(steps[0], steps[-1]))
    for height, words in levels:
        axes.axhline(height, color=style.GRID, lw=1, zorder=0)
        axes.text(steps[0] * 1.1, height, words, va="bottom", color=style.INK)
    axes.plot(steps, losses, color=style.FORWARD, lw=0.9, alpha=0.6)
    first, last = losses[0], losses[-1]
    picture.alt = (
        f"The losses of {losses.shape[1]} runs over {steps[-1]} steps. They begin between {first.min():.2g} and {first.max():.2g} "
        f"and end between {last.min():.2g} and {last.max():.2g}. Many stay on a level for a long time and then fall fast."
    )
    return picture
