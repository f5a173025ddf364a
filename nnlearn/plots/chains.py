"""Pictures of a chain of layers: nodes, edges and the numbers on them, and the shapes of its matrix products."""

import numpy as np
from matplotlib.patches import Circle, Rectangle

from nnlearn.plots import style
from nnlearn.plots.picture import Picture

RADIUS = 0.46


def node(axes, at, name):
    """Draw a unit: a circle with its name."""
    axes.add_patch(Circle(at, RADIUS, facecolor=style.CARD, edgecolor=style.INK, lw=1.2, zorder=2))
    axes.text(*at, name, ha="center", va="center", zorder=3)


def edge(axes, start, end):
    """Draw a connection from one place to another, behind the nodes."""
    axes.plot([start[0], end[0]], [start[1], end[1]], color=style.GRID, lw=1.4, zorder=1)


def tag(axes, at, color, *, ha="center"):
    """Return an empty text that moves; `write` fills it. It covers the line that it lies on."""
    return axes.text(
        *at, "", color=color, ha=ha, va="center", size=9, linespacing=1.15, zorder=4, animated=True,
        bbox={"facecolor": style.CARD, "edgecolor": "none", "pad": 0.8},
    )  # fmt: skip


def write(text, words, *, new=False):
    """Put words into a `tag`, bold where they are new; a tag without words is not drawn."""
    text.set_text(words)
    text.set_visible(bool(words))
    text.set_fontweight("bold" if new else "normal")


# ---- The shapes of the products ----------------------------------------------------------------------------------

CELL = 0.21


def products(n, n_in, n_out):
    """Return a picture of a dense layer's four products with every matrix drawn to scale: rows are examples."""
    rows = [
        [("x", n, n_in, style.FORWARD), "@", ("W", n_in, n_out, style.WEIGHTS), "+",
         ("b", 1, n_out, style.WEIGHTS), "=", ("z", n, n_out, style.FORWARD)],
        [("xᵀ", n_in, n, style.FORWARD), "@", ("d_z", n, n_out, style.BACKWARD), "=",
         ("d_W", n_in, n_out, style.BACKWARD)],
        [("sum of the rows of", 0, 0, style.INK), ("d_z", n, n_out, style.BACKWARD), "=", ("d_b", 1, n_out, style.BACKWARD)],
        [("d_z", n, n_out, style.BACKWARD), "@", ("Wᵀ", n_out, n_in, style.WEIGHTS), "=",
         ("d_x", n, n_in, style.BACKWARD)],
    ]  # fmt: skip
    heights = [CELL * max(part[1] for part in row if not isinstance(part, str)) + 0.62 for row in rows]
    picture = Picture(size=(5.0, sum(heights)))
    axes = picture.subplots()
    axes.set(xlim=(0, 5.0), ylim=(sum(heights), 0), aspect="equal")
    axes.set_axis_off()
    top = 0.0
    for row, height in zip(rows, heights, strict=True):
        _draw_row(axes, row, top + height / 2)
        top += height
    picture.alt = (
        f"Four products for {n} examples, {n_in} inputs and {n_out} outputs, every matrix as a block of cells: "
        f"x {n}×{n_in} times W {n_in}×{n_out} plus b 1×{n_out} gives z {n}×{n_out}; x transposed {n_in}×{n} times d_z {n}×{n_out} "
        f"gives d_W {n_in}×{n_out}; the rows of d_z summed give d_b 1×{n_out}; d_z {n}×{n_out} times W transposed "
        f"{n_out}×{n_in} gives d_x {n}×{n_in}."
    )
    return picture


def _draw_row(axes, row, middle):
    left = 0.25
    for part in row:
        if isinstance(part, str):
            axes.text(left + 0.13, middle, part, ha="center", va="center", size=12)
            left += 0.42
            continue
        name, rows, columns, color = part
        if rows == 0:
            axes.text(left - 0.2, middle, name, ha="left", va="center", size=9.5)
            left += 1.32
            continue
        width, height = columns * CELL, rows * CELL
        for i, j in np.ndindex(rows, columns):
            axes.add_patch(
                Rectangle(
                    (left + j * CELL, middle - height / 2 + i * CELL), CELL, CELL,
                    facecolor=style.shades(color)(0.25), edgecolor=color, lw=0.9,
                )
            )  # fmt: skip
        axes.text(left + width / 2, middle - height / 2 - 0.07, name, ha="center", va="bottom", color=color, weight="bold")
        axes.text(left + width / 2, middle + height / 2 + 0.06, f"{rows}×{columns}", ha="center", va="top", size=8)
        left += width + 0.2


# ---- What a network with two inputs has learned --------------------------------------------------------------------


def boundaries(panels, across, up, x, y):
    """Return a picture of where each network says class 0 and where class 1, side by side, with the data in it.

    `panels` maps a title to the probabilities of class 1 on the grid, shape (len(up), len(across)).
    """
    picture = Picture(size=(5.0, 2.3))
    x, y = np.asarray(x, float), np.asarray(y).ravel()
    wrong = {}
    for axes, (title, p) in zip(picture.subplots(1, len(panels), squeeze=False)[0], panels.items(), strict=True):
        p = np.asarray(p, float)
        axes.contourf(across, up, p, levels=[0, 0.5, 1], colors=style.CLASSES[:2], alpha=0.18)
        axes.contour(across, up, p, levels=[0.5], colors=style.INK, linewidths=1.2)
        for label, marker in ((0, "o"), (1, "^")):
            of_class = x[y == label]
            axes.plot(*of_class.T, marker, color=style.CLASSES[label], ms=3, mec=style.INK, mew=0.3)
        axes.plot(0, 0, "+", color=style.INK, ms=9)
        axes.set(xticks=[], yticks=[], aspect="equal")
        axes.set_title(title, size="medium")
        columns = np.abs(across[None, :] - x[:, :1]).argmin(axis=1)
        rows = np.abs(up[None, :] - x[:, 1:]).argmin(axis=1)
        wrong[title] = int(((p[rows, columns] > 0.5) != y).sum())
    told = "; ".join(f"{title}, {count} of {len(y)} points lie on the wrong side" for title, count in wrong.items())
    picture.alt = f"Two half moons of points, and the line between what is said to be class 0 and class 1: {told}."
    return picture
