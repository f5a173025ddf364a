"""One look for every picture: colours that keep their meaning through the whole book, and matplotlib settings."""

import matplotlib as mpl
from matplotlib.colors import LinearSegmentedColormap

# The colours are from Okabe & Ito 2008, which stay apart for colour-blind readers. None of them ever stands alone: a
# marker, a dash or a label says the same.
FORWARD = "#0072B2"  # inputs, values, everything on the way forward
BACKWARD = "#D55E00"  # gradients, slopes, errors, everything on the way back
WEIGHTS = "#007A5A"  # weights and biases (a darker Okabe-Ito green, so that text in it can be read)
CLASSES = ("#0072B2", "#E69F00", "#007A5A", "#CC79A7", "#56B4E9", "#D55E00")  # classes 0, 1, 2, ...
OTHER = "#8A5F00"  # what belongs to none of these, and class 1 in text: the class's own orange is too light to be read

INK = "#222222"  # text and axes
PLAIN = "#6B6B6B"  # gradient descent without more, always dashed
FAINT = "#B4B4AE"  # contours, and runs that stand behind the one in question
GRID = "#C9C9C4"  # lines that only guide the eye
CARD = "#FCFCFA"  # what every picture lies on, in light and in dark mode

SETTINGS = {
    "figure.facecolor": CARD,
    "axes.facecolor": CARD,
    "savefig.facecolor": CARD,
    "font.family": ["DejaVu Sans"],
    "font.size": 9.5,
    "mathtext.fontset": "dejavusans",
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "lines.linewidth": 2.0,
    "legend.frameon": False,
    "image.interpolation": "nearest",
    "text.hinting": "none",  # hinted widths are those of coarse pixels, and the pictures are scaled
    # What makes the bytes of a picture the same at every build.
    "svg.fonttype": "none",
    "svg.hashsalt": "nnlearn",
}


def use():
    """Return a context in which matplotlib draws in the book's style: `with style.use(): ...`."""
    return mpl.rc_context(SETTINGS)


def shades(color):
    """Return a colour map from the card's colour to `color`; what is nan stays empty."""
    return LinearSegmentedColormap.from_list("shades", [CARD, color])


def signed():
    """Return a colour map for signed numbers: vermillion below 0, blue above, the card's colour at 0."""
    return LinearSegmentedColormap.from_list("signed", [BACKWARD, CARD, FORWARD])
