"""Cards: the picture that stands beside a page's link where somebody passes it on."""

import textwrap

from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle

#: The book's colours: forward, weights, backward, and the near-white ground of its pictures.
BLUE, GREEN, VERMILLION, GROUND, INK = "#0072B2", "#009E73", "#D55E00", "#FCFCFA", "#222222"
WIDTH, HEIGHT = 1200, 630  # pixels, what most places show


def write_card(path, title, about):
    """Write the card of a page as a PNG: the book's sign and name, the page's title, and what it is about."""
    figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100, facecolor=GROUND)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(0, HEIGHT), aspect="equal")
    axes.axis("off")
    _sign(axes, 92, 530)
    axes.text(160, 530, "nnlearn", size=24, weight="bold", color=INK, va="center")
    lines = textwrap.wrap(title, 32)[:3]
    axes.text(60, 440, "\n".join(lines), size=40, weight="bold", color=INK, va="top", linespacing=1.25)
    words = textwrap.wrap(about, 68, max_lines=4, placeholder=" …")
    axes.text(60, 90, "\n".join(words), size=20, color=INK, va="bottom", linespacing=1.35)
    for place, colour in enumerate((BLUE, GREEN, VERMILLION)):
        axes.add_patch(Rectangle((place * WIDTH / 3, 0), WIDTH / 3, 16, color=colour, lw=0))
    figure.savefig(path, metadata={"Software": None})


def _sign(axes, x, y):
    """Draw the book's sign: two inputs, a unit, an output."""
    for dy in (32, -32):
        axes.plot([x - 36, x], [y + dy, y], color="#56B4E9", lw=5, solid_capstyle="round", zorder=1)
        axes.add_patch(Circle((x - 36, y + dy), 14, color=BLUE, lw=0, zorder=2))
    axes.plot([x, x + 46], [y, y], color=VERMILLION, lw=5, solid_capstyle="round", zorder=1)
    axes.add_patch(Circle((x, y), 24, color=GREEN, lw=0, zorder=2))
