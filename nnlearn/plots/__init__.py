"""Pictures of arrays, histories and functions, in one style. Nothing here knows or builds a network."""

import logging
import sys

if sys.platform == "emscripten":
    # In the browser Matplotlib makes its list of fonts at each start, within a second, and says so each time.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)

from nnlearn.plots.images import image_grid
from nnlearn.plots.picture import Picture
from nnlearn.plots.tables import confusion
from nnlearn.plots.training import loss_curves
from nnlearn.plots.wiring import wirings

__all__ = ["Picture", "confusion", "image_grid", "loss_curves", "wirings"]
