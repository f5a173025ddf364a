"""What the explorers of chapters 6, 7 and 8 share: the drawing of a chain, a nudged weight, and the gaps of a twin."""

import numpy as np
from matplotlib.patches import FancyBboxPatch

from nnlearn.explore.quiz import Near, NumericQuestion
from nnlearn.plots import curves, style
from nnlearn.plots.numbers import written

# ---- The drawing of a chain ----------------------------------------------------------------------------------------

#: Centres of the four columns of a chain: input, weighted input, output, loss; and half the size of a box.
COLUMNS = (0.95, 3.65, 6.35, 9.05)
HALF_WIDTH, HALF_HEIGHT = 0.82, 0.6
#: Larger than elsewhere, so that every number can be read on a phone.
FONT = 11


def canvas(figure, height):
    """Return axes without ticks, 10 units wide and `height` high, of the same scale in both directions."""
    axes = figure.subplots()
    axes.set(xlim=(0, 10), ylim=(0, height), aspect="equal")
    axes.set_axis_off()
    return axes


def box(axes, x, y, name, color, step=""):
    """Draw a box with a name in its upper half, and the step's number over its corner; return the text below, which is to move."""
    axes.add_patch(
        FancyBboxPatch(
            (x - HALF_WIDTH, y - HALF_HEIGHT), 2 * HALF_WIDTH, 2 * HALF_HEIGHT,
            boxstyle="round,pad=0,rounding_size=0.15", facecolor=style.CARD, edgecolor=color, lw=1.4,
        )
    )  # fmt: skip
    words(axes, x, y + 0.27, name)
    words(axes, x - HALF_WIDTH, y + HALF_HEIGHT + 0.08, step, ha="left", va="bottom")
    return moving_text(axes, x, y - 0.27, color)


def words(axes, x, y, text, color=style.INK, *, ha="center", va="center"):
    """Write a text that stays."""
    axes.text(x, y, text, ha=ha, va=va, color=color, size=FONT)


def moving_text(axes, x, y, color, *, ha="center", va="center"):
    """Return an empty text that is to move."""
    return axes.text(x, y, "", ha=ha, va=va, color=color, size=FONT, animated=True)


def arrow(axes, start, end, color, *, dashed=False):
    """Draw an arrow; those of the way back are dashed, so that colour does not stand alone."""
    dashes = {"linestyle": (0, (3, 2))} if dashed else {}
    axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": color, "lw": 1.5, "shrinkA": 0, "shrinkB": 0, **dashes})


def across(axes, row, left, right, color, *, back=False):
    """Draw an arrow between the boxes of two columns of a row, to the right or, on the way back, to the left."""
    ends = (COLUMNS[left] + HALF_WIDTH + 0.06, row), (COLUMNS[right] - HALF_WIDTH - 0.06, row)
    arrow(axes, *(ends[::-1] if back else ends), color, dashed=back)


def between(left):
    """Return the middle between two neighbouring columns."""
    return (COLUMNS[left] + COLUMNS[left + 1]) / 2


def number(value, digits=3):
    """Write a number that was computed, with so many decimals; infinity by its sign."""
    if np.isinf(value):
        return "∞" if value > 0 else "−∞"
    return written(value, f".{digits}f")


class Chain:
    """The drawing of examples 1 and 2: x → z → p → L, the gradients on the way back below it, and the new weight.

    A subclass says what stands at the arrows, and `show` puts the numbers in.
    """

    activation, slope, at_z, at_p = "σ", "σ′", "p − y", "∂L/∂p"
    #: The step at which the gradient at z, or at p, is computed.
    step_z, step_p = "3a", ""
    #: What the loss makes of p, for each label.
    loss_names = {1.0: "−log p", 0.0: "−log(1 − p)"}
    size = (5.0, 4.1)

    def setup(self, figure):
        """Draw boxes and arrows."""
        axes = canvas(figure, 8.2)
        top, bottom = 5.9, 2.95
        blue, red, green = style.FORWARD, style.BACKWARD, style.WEIGHTS
        words(axes, 0.1, 7.8, "forward →", blue, ha="left")
        words(axes, 0.1, 4.6, "← back", red, ha="left")
        names, steps = ("input x", "z = x w", "p", "loss L"), ("", "2a", "2b", "2c")
        self.values = [box(axes, x, top, name, blue, step) for x, name, step in zip(COLUMNS, names, steps, strict=True)]
        for left, name in enumerate(("× w", self.activation, "")):
            across(axes, top, left, left + 1, blue)
            words(axes, between(left), top + 0.5, name, green if left == 0 else style.INK)
        self.weight = moving_text(axes, between(0), top - 0.42, green)
        self.loss_name = moving_text(axes, between(2) + 0.1, top + 1.3, style.INK, ha="right")
        self.label = moving_text(axes, COLUMNS[3] + HALF_WIDTH, top + 1.3, style.INK, ha="right")
        names, steps = ("∂L/∂w", self.at_z, self.at_p), ("3c", self.step_z, self.step_p)
        self.gradients = [box(axes, x, bottom, name, red, step) for x, name, step in zip(COLUMNS, names, steps, strict=False)]
        for left, name in enumerate(("× x", f"× {self.slope}")):
            across(axes, bottom, left, left + 1, red, back=True)
            words(axes, between(left), bottom + 0.5, name)
        words(axes, between(1), bottom + 1.1, "3b")
        self.factors = [moving_text(axes, between(left), bottom - 0.42, style.INK) for left in (0, 1)]
        arrow(axes, (COLUMNS[3], top - HALF_HEIGHT - 0.06), (COLUMNS[2] + HALF_WIDTH + 0.06, bottom), red, dashed=True)
        axes.plot([0.1, 9.9], [1.75, 1.75], color=style.GRID, lw=1)
        words(axes, 0.1, 1.2, "3d  new weight  w − η · ∂L/∂w", green, ha="left")
        self.new_weight = moving_text(axes, 0.55, 0.45, green, ha="left")

    def show(self, x, w, y, lr, z, p, loss, d_p, slope, d_z, d_w):
        """Put the numbers in; return the new weight."""
        new = w - lr * d_w
        for text, value in zip(self.values, (written(x), number(z), number(p), number(loss)), strict=True):
            text.set_text(value)
        for text, value in zip(self.gradients, (d_w, d_z, d_p), strict=True):
            text.set_text(number(value))
        self.weight.set_text(written(w))
        self.label.set_text(f"label y = {y:g}")
        self.loss_name.set_text(self.loss_names[y])
        self.factors[0].set_text(written(x))
        self.factors[1].set_text(number(slope) if slope % 1 else written(slope))
        step = number(d_w) if d_w >= 0 else f"({number(d_w)})"
        self.new_weight.set_text(f"= {written(w)} − {written(lr)} × {step} = {number(new)}")
        return new


# ---- The gradient check as a picture -------------------------------------------------------------------------------


class Nudge:
    """The loss against one weight, the line through two nudged weights, and the slope that somebody claims.

    A subclass gives `curve` (the loss for an array of weights), `weight`, `claims` (a dict from name to slope), `reach`
    (how far to each side the curve is drawn) and `top` (the highest loss shown).
    """

    size = (5.0, 3.5)
    weight, reach, bottom, top = 0.2, 1.6, 0.0, 1.6
    axis_name = "weight w"

    def setup(self, figure):
        """Draw the curve."""
        axes = figure.subplots()
        grid = np.linspace(self.weight - self.reach, self.weight + self.reach, 301)
        losses = self.curve(grid)
        axes.set(xlim=(grid[0], grid[-1]), ylim=(self.bottom, self.top), xlabel=self.axis_name)
        shown = np.isfinite(losses) & (losses < 2 * self.top)
        axes.plot(grid[shown], losses[shown], color=style.FORWARD)
        curves.note(axes, "loss L(w)", style.FORWARD, at=(0.02, 0.97))
        curves.note(axes, "■ through two nudged weights", style.BACKWARD, at=(0.42, 0.97))
        curves.note(axes, "- -  slope that is claimed", style.INK, at=(0.42, 0.89))
        moving = {"animated": True}
        (self.claimed,) = axes.plot([], [], "--", color=style.INK, lw=1.6, **moving)
        (self.secant,) = axes.plot([], [], "-s", color=style.BACKWARD, lw=1.6, ms=6, **moving)
        (self.point,) = axes.plot([], [], "o", color=style.FORWARD, ms=7, **moving)

    def update(self, claim, h):
        """Move both lines."""
        w, slope = self.weight, self.claims[claim]
        here, low, high = (float(self.curve(np.array([v]))[0]) for v in (w, w - h, w + h))
        nudged = (high - low) / (2 * h)
        self.point.set_data([w], [here])
        self.secant.set_data([w - h, w + h], [low, high])
        ends = np.array([w - 0.8 * self.reach, w + 0.8 * self.reach])
        self.claimed.set_data(ends, here + slope * (ends - w))
        off = abs(slope - nudged) / abs(nudged)
        if off < 1e-3:
            verdict = "they agree"
        elif off < 0.2:
            verdict = f"they are {100 * off:.1f} % apart"
        else:
            verdict = f"{max(nudged / slope, slope / nudged):.3g} times apart"
        return (
            f"Nudged by h = {h:g} to both sides, the loss goes from {number(low, 4)} to {number(high, 4)}: slope "
            f"{number(nudged, 4)}. Claimed, {claim}: {number(slope, 4)}; {verdict}."
        )


# ---- The gaps of a faded twin --------------------------------------------------------------------------------------


def gap(id, text, value, feedback, near, *, digits=4, tolerance=None):
    """Return one gap as a question for a number; `near` are pairs (number, feedback), each the end of a known slip.

    An answer rounded to one digit less than `digits` is right too.
    """
    return NumericQuestion(
        text, round(float(value), digits), feedback, [Near(round(float(wrong), digits), words) for wrong, words in near],
        tolerance=tolerance or 0.6 * 10.0 ** (1 - digits), id=id,
    )  # fmt: skip
