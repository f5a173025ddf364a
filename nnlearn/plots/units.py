"""Pictures of a single unit: what goes in, what each input is multiplied by, and what comes out."""

from nnlearn.plots import style
from nnlearn.plots.picture import Picture


def unit(inputs, weights, bias, z, out):
    """Return a picture of one unit with its numbers: inputs, weights, bias, weighted sum and output.

    `inputs` and `weights` are lists of numbers of the same length; the picture does no arithmetic.
    """
    if len(inputs) != len(weights):
        raise ValueError(f"weights must hold one number for each input, got {len(weights)} for {len(inputs)}")
    picture = Picture(size=(5.0, 2.9))
    axes = picture.subplots()
    axes.set(xlim=(0, 10), ylim=(-0.7, len(inputs) + 0.4))
    axes.set_axis_off()
    middle = len(inputs) / 2
    for k, (x, w) in enumerate(zip(inputs, weights, strict=True)):
        y = len(inputs) - k - 0.5
        axes.plot([1.3, 4.6], [y, middle], color=style.WEIGHTS, lw=1 + abs(w), ls="-" if w >= 0 else "--", zorder=1)
        _bubble(axes, (1.3, y), _minus(x), style.FORWARD)
        axes.text(0.55, y, f"$x_{k + 1}$", ha="right", va="center", size=11)
        # Before the middle of its edge, where the edges are still apart.
        at = (1.3 + 3.3 * 0.42, y + (middle - y) * 0.42)
        axes.text(*at, f"× {_minus(w)}", color=style.WEIGHTS, ha="center", va="center", size=11, backgroundcolor=style.CARD)
    axes.plot([5.0, 5.0], [-0.35, middle], color=style.WEIGHTS, lw=1, zorder=1)
    said = f"bias $b$ = {_minus(bias)}"
    axes.text(5.0, -0.5, said, color=style.WEIGHTS, ha="center", va="center", size=11, backgroundcolor=style.CARD)
    axes.plot([5.0, 9.0], [middle, middle], color=style.FORWARD, lw=1.2, zorder=1)
    _bubble(axes, (5.0, middle), f"$z$\n{_minus(z)}", style.INK, size=46)
    axes.text(5.0, middle + 0.62, "sum", ha="center", va="bottom", size=11)
    _bubble(axes, (8.9, middle), f"{out:g}", style.FORWARD)
    axes.text(7.1, middle + 0.1, "step", ha="center", va="bottom", size=11)
    axes.text(8.9, middle + 0.5, "output", ha="center", va="bottom", size=11)
    terms = " + ".join(f"{_minus(x)} × {_minus(w)}" for x, w in zip(inputs, weights, strict=True))
    picture.alt = f"A unit: {terms} + {_minus(bias)} gives z = {_minus(z)}, and the step makes it {out:g}."
    return picture


def _bubble(axes, at, text, color, size=30):
    axes.plot(*at, "o", ms=size, mfc="white", mec=color, mew=1.5, zorder=2)
    axes.text(*at, text, ha="center", va="center", size=11, color=style.INK, zorder=3)


def _minus(number):
    """Write a number with a minus sign of full length."""
    return f"{number:g}".replace("-", "−")
