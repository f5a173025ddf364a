"""A picture is a figure that shows itself in a notebook, together with its text alternative."""

import base64
import io

from matplotlib.figure import Figure

from nnlearn.plots import style


class Picture(Figure):
    """A matplotlib figure with a sentence that says what is to be seen in it.

    As the last value of a cell it displays itself. The sentence goes with it: as the plain-text form, which is what a
    reader without pictures gets and what the notebook tests compare, and as the `alt` text of the image on the page.

        picture = Picture(size=(5, 3))
        axes = picture.subplots()
        ...
        picture.alt = "The loss falls from 2.3 to 0.1 within 20 epochs."
    """

    #: Pixels for each inch: twice what a page shows, so that it stays sharp on a fine screen.
    resolution = 200

    def __init__(self, *, size=(5.0, 3.1), alt=""):
        with style.use():
            super().__init__(figsize=size, layout="constrained", facecolor=style.CARD)
        self.alt = alt

    def add_subplot(self, *args, **kwargs):
        with style.use():
            return super().add_subplot(*args, **kwargs)

    def png(self):
        """Return the picture as PNG bytes, the same bytes for the same picture."""
        buffer = io.BytesIO()
        with style.use():
            self.savefig(buffer, format="png", dpi=self.resolution, metadata={"Software": None})
        return buffer.getvalue()

    def _repr_mimebundle_(self, include=None, exclude=None):
        width, height = (round(float(inches) * 100) for inches in self.get_size_inches())
        data = {"image/png": base64.b64encode(self.png()).decode(), "text/plain": self.alt}
        return data, {"image/png": {"alt": self.alt, "width": width, "height": height}}
