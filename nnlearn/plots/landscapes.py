"""Landscapes to roll a point on, with the places where it can come to rest; and pictures of how many runs ended."""

import numpy as np

from nnlearn.plots import style
from nnlearn.plots.picture import Picture
from nnlearn.plots.valleys import Surface

# ---- One weight --------------------------------------------------------------------------------------------------

#: Two dips in a plain, each as (centre, depth, width). The right one is the deeper.
DIPS = {"left": (-1.5, 1.0, 0.6), "right": (2.0, 1.6, 0.8)}


def two_dips(w):
    """Return the loss 2 - Σ depth · exp(-(w - centre)² / (2 · width²)): far from both dips it is a plain of height 2."""
    w = np.asarray(w, float)
    return 2 - sum(depth * np.exp(-((w - centre) ** 2) / (2 * width**2)) for centre, depth, width in DIPS.values())


def two_dips_slope(w):
    """Return the derivative of `two_dips`."""
    w = np.asarray(w, float)
    return sum(
        depth * (w - centre) / width**2 * np.exp(-((w - centre) ** 2) / (2 * width**2)) for centre, depth, width in DIPS.values()
    )


# ---- Two weights -------------------------------------------------------------------------------------------------


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
    "bowls": Surface(
        lambda x, y: 1.4 - sum(_bowls(x, y)) + 0.03 * (x**2 + y**2),
        _bowls_gradient,
        levels=(0.4, 0.7, 0.95, 1.13, 1.4, 1.7),
        # Found by walking there; the tests of the chapter look whether the gradient is 0.
        places={"the lower bowl": ((1.42708, 0.0),), "the higher bowl": ((-1.58271, 0.0),)},
    ),
    # A saddle at (0, 0) between two lowest points.
    "saddle": Surface(
        lambda x, y: y**2 / 2 + (x**2 - 4) ** 2 / 64,
        lambda w: np.array([w[0] * (w[0] ** 2 - 4) / 16, w[1]]),
        levels=(0.02, 0.1, 0.25, 0.5, 1.0, 1.7),
        places={"a minimum": ((-2.0, 0.0), (2.0, 0.0)), "the saddle": ((0.0, 0.0),)},
    ),
    "plain": Surface(
        lambda x, y: 1 - _plain(x, y),
        lambda w: _plain(*w) * np.asarray(w),
        levels=(0.1, 0.3, 0.6, 0.85, 0.97, 0.995),
        places={"the minimum": ((0.0, 0.0),)},
    ),
}


# ---- Pictures ----------------------------------------------------------------------------------------------------


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
