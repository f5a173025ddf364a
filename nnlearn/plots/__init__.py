"""Pictures of arrays, histories and functions, in one style. Nothing here knows or builds a network."""

from nnlearn.plots.images import image_grid
from nnlearn.plots.picture import Picture
from nnlearn.plots.tables import confusion
from nnlearn.plots.training import loss_curves
from nnlearn.plots.wiring import wirings

__all__ = ["Picture", "confusion", "image_grid", "loss_curves", "wirings"]
