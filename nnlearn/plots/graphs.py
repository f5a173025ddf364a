"""Pictures of a calculation as a graph: operations as nodes, numbers on the edges, values above and gradients below."""

from dataclasses import dataclass

import numpy as np
from matplotlib.patches import FancyBboxPatch

from nnlearn.plots import style
from nnlearn.plots.picture import Picture

# All lengths are points (1/72 inch), so that a text's size and the room for it can be compared.
WIDTH = 356
RADIUS = 10.5
BEND = 15  # how far a slanting part of an edge reaches sideways
TEXT = 9.3
ARROW = "#8A8A86"


@dataclass(frozen=True)
class Node:
    """An operation at a place (x, y); without a label it is a dot, at which a value goes more than one way."""

    x: float
    y: float
    label: str = ""

    @property
    def reach(self):
        """How far the node extends to the left and to the right."""
        return 2.5 if not self.label else RADIUS + max(0, len(self.label) - 1) * 1.7


@dataclass(frozen=True)
class Edge:
    """A number on its way: from a node, or from a place (x, y) where it comes in, to a node, or to where it leaves.

    `level` is the height of the horizontal part, on which the numbers stand; that of the start if nothing else is said.
    """

    start: str | tuple
    end: str | tuple
    name: str = ""
    level: float | None = None
    weight: bool = False


class Graph:
    """A calculation on some axes: drawn once, and then given one set of numbers after another.

    `nodes` maps names to `Node`s, `edges` maps names to `Edge`s. With `moving=True` all numbers are artists that an explorer
    moves. An edge whose value is known is blue; once its gradient is known too it is vermillion and dashed.
    """

    def __init__(self, axes, nodes, edges, *, height, moving=False):
        self.nodes, self.edges = nodes, edges
        axes.set(xlim=(0, WIDTH), ylim=(0, height))
        axes.set_axis_off()
        moves = {"animated": moving}
        number = {"ha": "center", "size": TEXT, "zorder": 4, **moves}
        self.lines, self.above, self.below = {}, {}, {}
        for key, edge in edges.items():
            path, (x, y) = self._path(edge)
            axes.annotate(
                "", path[-1], path[-2], zorder=1.6,
                arrowprops={"arrowstyle": "-|>", "color": ARROW, "lw": 0, "shrinkA": 0, "shrinkB": 0},
            )  # fmt: skip
            axes.plot(*path.T, color=style.GRID, lw=1.4, zorder=1)
            (self.lines[key],) = axes.plot([], [], lw=1.8, ms=5.5, markevery=[0], zorder=1.5, **moves)
            self.lines[key].set_data(*path.T)
            color = style.WEIGHTS if edge.weight else style.INK
            axes.text(x, y + 15, edge.name, ha="center", va="bottom", size=TEXT + 1, color=color, style="italic")
            value_color = style.WEIGHTS if edge.weight else style.FORWARD
            self.above[key] = axes.text(x, y + 3.5, "", va="bottom", color=value_color, **number)
            self.below[key] = axes.text(x, y - 4.5, "", va="top", color=style.BACKWARD, **number)
        for node in nodes.values():
            self._draw(axes, node)

    def show(self, values=None, gradients=None, new=()):
        """Write a value above and a gradient below each edge; those named in `new` are bold."""
        values, gradients = values or {}, gradients or {}
        for key, line in self.lines.items():
            known, back = key in values, key in gradients
            line.set_visible(known or back)
            line.set_color(style.BACKWARD if back else style.WEIGHTS if self.edges[key].weight else style.FORWARD)
            line.set_linestyle((0, (3, 1.5)) if back else "-")
            line.set_marker("<" if back else "")
            weight = "bold" if key in new else "normal"
            # On the way back it is the gradient that is new, and not the value.
            for text, numbers, bold in (
                (self.above[key], values, weight if not back else "normal"),
                (self.below[key], gradients, weight),
            ):
                text.set_text(figure(numbers[key]) if key in numbers else "")
                text.set_visible(key in numbers)
                text.set_fontweight(bold)

    def _place(self, end):
        if not isinstance(end, str):
            return np.array(end, float), 0.0
        return np.array([self.nodes[end].x, self.nodes[end].y], float), self.nodes[end].reach

    def _path(self, edge):
        """Return the corners of an edge, shape (n, 2), and the middle of its horizontal part."""
        (start, out), (end, into) = self._place(edge.start), self._place(edge.end)
        level = start[1] if edge.level is None else edge.level
        left = start[0] + (out if level == start[1] else BEND)
        right = end[0] - (into if level == end[1] else BEND + 6)
        path = [[left, level], [right, level]]
        if level != start[1]:
            path.insert(0, list(start))
        if level != end[1]:
            # The last part points at the middle of the node and stops at its rim.
            across, up = end - path[-1]
            path.append(list(end - np.array([across, up]) * min(into / abs(across), RADIUS / abs(up), 1)))
        return np.array(path), ((left + right) / 2, level)

    @staticmethod
    def _draw(axes, node):
        if not node.label:
            axes.plot([node.x], [node.y], "o", color=style.INK, ms=5, zorder=2)
            return
        wide = node.reach
        axes.add_patch(
            FancyBboxPatch(
                (node.x - wide, node.y - RADIUS), 2 * wide, 2 * RADIUS, boxstyle=f"round,pad=0,rounding_size={RADIUS}",
                facecolor=style.CARD, edgecolor=style.INK, lw=1.2, zorder=2,
            )
        )  # fmt: skip
        size = 12 if len(node.label) == 1 else TEXT
        axes.text(node.x, node.y - 0.5, node.label, ha="center", va="center_baseline", size=size, zorder=3)


def graph(nodes, edges, values, gradients, *, height, alt):
    """Return a picture of a calculation with its values and gradients."""
    picture = Picture(size=(5.0, height / 72))
    Graph(picture.subplots(), nodes, edges, height=height).show(values, gradients)
    picture.alt = alt
    return picture


def figure(number):
    """Write a number with at most four decimals and a real minus sign; one that is tiny, with two digits."""
    number = float(number)
    text = f"{number:.4f}".rstrip("0").rstrip(".")
    if text in ("0", "-0"):
        text = "0" if abs(number) < 1e-12 else f"{number:.1e}".replace("e-0", "e-")
    return text.replace("-", "−")
