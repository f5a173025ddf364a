"""What the explorers of chapters 1 and 2 share: the four corners of two inputs that are 0 or 1, and the plane they lie in."""

from nnlearn import datasets
from nnlearn.plots import style

CORNERS, XOR = datasets.xor()


def plane(figure, low, high):
    """Return axes for two inputs, with room to the right for `note`s."""
    axes = figure.subplots()
    axes.set(xlim=(low, high), ylim=(low, high), xlabel="input x₁", ylabel="input x₂", aspect="equal")
    axes.set_xticks([0, 1])
    axes.set_yticks([0, 1])
    note(axes, 0.98, "● label 1", style.CLASSES[0])
    note(axes, 0.88, "✖ label 0", style.OTHER)
    return axes


def of_label_1(axes, *points, **more):
    """Plot points of label 1; without any, an artist that moves."""
    return axes.plot(*points or ([], []), "o", ms=10, color=style.CLASSES[0], **more)[0]


def of_label_0(axes, *points, **more):
    """Plot points of label 0; without any, an artist that moves."""
    return axes.plot(*points or ([], []), "X", ms=10, color=style.CLASSES[1], **more)[0]


def note(axes, height, text, color=style.INK, **more):
    """Write beside the plane, at a height given in axes fractions."""
    return axes.text(1.02, height, text, color=color, transform=axes.transAxes, va="top", **more)
