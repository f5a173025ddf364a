"""Recording turns artists into small, self-contained images for a page: SVG for lines, WebP for maps."""

import base64
import contextlib
import io
import itertools
import re
from urllib.parse import quote

import numpy as np
from ipywidgets import Widget
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import RendererSVG

# What a reader's machine falls back to: an image brings no fonts along.
FALLBACK_FONTS = "'DejaVu Sans', Verdana, sans-serif"
NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}


_widgets_so_far = itertools.count(1)


@contextlib.contextmanager
def counted_ids():
    """Name the widgets that are made inside by counting, and not by chance.

    A page then comes out the same at every build, its frames stand in the order of the controls, and what is alike stands
    side by side, so that it compresses well.
    """
    # ipywidgets calls this for every widget, and for the layouts and styles inside it, before the page hears of it.
    Widget.on_widget_constructed(lambda widget: setattr(widget, "_model_id", f"{next(_widgets_so_far):06d}"))
    try:
        yield
    finally:
        Widget.on_widget_constructed(None)


def svg_of_figure(figure):
    """Return all that is visible in the figure as an SVG image (a data URI). Its text is drawn as outlines."""
    text = io.StringIO()
    with rc_context({"svg.fonttype": "path"}):
        figure.savefig(text, format="svg", metadata=NO_METADATA)
    return _svg_uri(text.getvalue())


def svg_of_artists(figure, artists):
    """Return the given artists alone, on a transparent ground, as an SVG image of the figure's size."""
    text = io.StringIO()
    width, height = figure.get_size_inches() * figure.dpi
    renderer = RendererSVG(width, height, text, image_dpi=figure.dpi, metadata=NO_METADATA)
    for artist in artists:
        artist.draw(renderer)
    renderer.finalize()
    return _svg_uri(text.getvalue())


def webp_of_artists(figure, artists, *, scale=2.0):
    """Return the given artists alone, on a transparent ground, as a WebP image; for maps, which SVG makes large."""
    from PIL import Image  # comes with matplotlib

    canvas, dpi = FigureCanvasAgg(figure), figure.dpi
    try:
        figure.dpi = dpi * scale
        renderer = canvas.get_renderer()
        renderer.clear()
        for artist in artists:
            artist.draw(renderer)
        image = Image.fromarray(np.asarray(renderer.buffer_rgba()).copy())
    finally:
        figure.dpi = dpi
    content = io.BytesIO()
    # Maps are flat squares of a few colours; lossless keeps their edges, and comes out smaller than lossy here.
    image.save(content, format="webp", lossless=True, quality=80, method=4)
    return "data:image/webp;base64," + base64.b64encode(content.getvalue()).decode()


def _svg_uri(svg):
    """Return an SVG as a data URI, with what a page does not need taken out."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<[^>]*>", lambda tag: re.sub(r"\d+\.\d{3,}", _shorter, tag[0]), svg)
    svg = svg.replace("'DejaVu Sans'", FALLBACK_FONTS)
    svg = re.sub(r"\s+", " ", svg).replace("> <", "><")
    return "data:image/svg+xml," + quote(svg, safe=" /:;,=()<>!@*$+-._~?[]{}|'")


def _shorter(number):
    """Return a coordinate with two decimals, and a small one, which may be a scale, with four digits."""
    value = float(number[0])
    return f"{value:.4g}" if value < 1 else f"{value:.2f}".rstrip("0").rstrip(".")
