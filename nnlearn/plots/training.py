"""Pictures of how a training went."""

import numpy as np

from nnlearn.plots import style
from nnlearn.plots.picture import Picture


def loss_curves(history):
    """Return a picture of the training loss, and of the validation loss where there is one, over the epochs.

    `history` is what `fit` returned for a single network. The losses are drawn on a logarithmic axis, so that equal
    distances are equal factors.
    """
    picture = Picture(size=(5.0, 3.0))
    axes = picture.subplots()
    axes.set(xlabel="epoch", ylabel="loss", yscale="log")
    curves = [("training", history.loss, style.FORWARD, "-")]
    if history.validation_loss:
        curves.append(("validation", history.validation_loss, style.BACKWARD, "--"))
    parts = []
    for name, losses, color, dashes in curves:
        losses = np.asarray(losses, float)
        if losses.ndim != 1 or losses.size == 0:
            raise ValueError(f"history must hold the losses of one network, got {name} losses of shape {losses.shape}")
        epochs = np.arange(1, len(losses) + 1)
        axes.plot(epochs, losses, dashes, color=color)
        axes.annotate(
            f" {name}", (epochs[-1], losses[-1]), color=color, va="center", annotation_clip=False
        )
        parts.append(f"the {name} loss goes from {losses[0]:.3g} to {losses[-1]:.3g}")
        if losses.argmin() < len(losses) - 1:
            parts[-1] += f" (lowest, {losses.min():.3g}, in epoch {losses.argmin() + 1})"
    axes.margins(x=0.02)
    axes.set_xlim(right=len(history.loss) * 1.2)
    axes.xaxis.get_major_locator().set_params(integer=True)
    picture.alt = f"Within {len(history.loss)} epochs {' and '.join(parts)}."
    return picture
