"""Curves and what goes around them: each helper takes the axes to draw on and arrays, and knows no network."""

import numpy as np

from nnlearn.plots import style


def cross_at_zero(axes):
    """Draw the two coordinate axes through the origin, quietly, in place of a grid."""
    axes.axhline(0, color=style.GRID, lw=1, zorder=0)
    axes.axvline(0, color=style.GRID, lw=1, zorder=0)


def note(axes, text, color, *, at=(0.02, 0.95)):
    """Name the curve in a corner of the axes (given in axes fractions), in its own colour, in place of a legend."""
    axes.text(*at, text, color=color, transform=axes.transAxes, ha="left", va="top")


def broken_at_jump(x, y, *, jump=0.5):
    """Return x and y with a gap (nan) wherever y jumps, so that no vertical line is drawn that is not there."""
    after = np.flatnonzero(np.abs(np.diff(y)) > jump) + 1
    return np.insert(x, after, x[after]), np.insert(y.astype(float), after, np.nan)
