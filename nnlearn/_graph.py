"""The drawing of a calculation: a graph of values, with the number above and the gradient below each."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # it imports this module
    from nnlearn.autograd import Value

WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 92, 46, 34, 18, 8
FORWARD, BACKWARD, INK, LINE = "#0072B2", "#C44F00", "#222222", "#8a8a86"


class Graph:
    """A calculation to look at: columns from the inputs on the left to the result on the right."""

    def __init__(self, result: Value) -> None:
        self.values = result.ancestors()
        self._places = self._layout()

    def _layout(self) -> dict[int, tuple[int, int]]:
        """Return (column, row) of each value: one column to the right of its last parent, rows from the top."""
        columns: dict[int, int] = {}
        rows: dict[int, int] = {}
        places: dict[int, tuple[int, int]] = {}
        for value in self.values:
            column = max((columns[id(parent)] + 1 for parent in value.parents), default=0)
            columns[id(value)] = column
        # An input stands directly before the first place where it is used, so that edges stay short.
        for value in reversed(self.values):
            for parent in value.parents:
                if not parent.parents:
                    users = [columns[id(v)] for v in self.values if any(p is parent for p in v.parents)]
                    columns[id(parent)] = min(users) - 1
        for value in self.values:
            column = columns[id(value)]
            rows[column] = rows.get(column, -1) + 1
            places[id(value)] = (column, rows[column])
        return places

    def __str__(self) -> str:
        number = {id(value): place for place, value in enumerate(self.values)}
        lines = []
        for place, value in enumerate(self.values):
            made = f" = {value.operation}({', '.join(f'v{number[id(p)]}' for p in value.parents)})" if value.parents else ""
            label = f" {value.label}" if value.label else ""
            lines.append(f"v{place}{label}{made}: value {value.data:.4g}, gradient {value.grad:.4g}")
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_svg_(self) -> str:
        columns = max(column for column, _ in self._places.values()) + 1
        rows = max(row for _, row in self._places.values()) + 1
        width = 2 * MARGIN + columns * WIDTH + (columns - 1) * GAP_X
        height = 2 * MARGIN + rows * HEIGHT + (rows - 1) * GAP_Y
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width} {height}" width="{width}" '
            f'style="max-width:100%;height:auto" font-family="DejaVu Sans, Verdana, sans-serif" font-size="12">',
            f"<title>{html.escape(str(self))}</title>",
            f'<rect width="{width}" height="{height}" rx="8" fill="#FCFCFA"/>',
        ]
        parts += [self._edge(parent, value) for value in self.values for parent in value.parents]
        parts += [self._node(value) for value in self.values]
        return "".join([*parts, "</svg>"])

    def _corner(self, value: Value) -> tuple[int, int]:
        column, row = self._places[id(value)]
        return MARGIN + column * (WIDTH + GAP_X), MARGIN + row * (HEIGHT + GAP_Y)

    def _edge(self, parent: Value, value: Value) -> str:
        (x1, y1), (x2, y2) = self._corner(parent), self._corner(value)
        start, top, bottom, bend = x1 + WIDTH, y1 + HEIGHT / 2, y2 + HEIGHT / 2, GAP_X / 2
        curve = f"M{start} {top:g}C{start + bend:g} {top:g} {x2 - bend:g} {bottom:g} {x2} {bottom:g}"
        return f'<path d="{curve}" fill="none" stroke="{LINE}"/>'

    def _node(self, value: Value) -> str:
        x, y = self._corner(value)
        name = html.escape(value.label or value.operation or "number")
        middle = f'x="{x + WIDTH / 2:g}" text-anchor="middle"'
        return (
            f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="6" fill="#fff" stroke="{LINE}"/>'
            f'<text {middle} y="{y + 13}" fill="{INK}" font-weight="bold" font-size="11">{name}</text>'
            f'<text {middle} y="{y + 27}" fill="{FORWARD}">{value.data:.4g}</text>'
            f'<text {middle} y="{y + 41}" fill="{BACKWARD}">∂ {value.grad:.4g}</text>'
        )
