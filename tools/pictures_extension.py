"""The pages' drawings with few colours, chosen for each, in place of 16 million: a third of the bytes, and nothing to be seen.

A Sphinx extension (`_config.yml` names it). The notebooks keep what Matplotlib drew.
"""

import io
from pathlib import Path

import numpy as np
from PIL import Image

#: How many colours are tried, and by how much (of 255) a pixel may then differ in red, green or blue.
COLOURS, MOST = (64, 128, 256), 20


def lighten(app, error):
    """Lighten every PNG picture that a page shows."""
    if error or app.builder.format != "html":
        return
    for picture in sorted((Path(app.outdir) / "_images").glob("*.png")):
        picture.write_bytes(lighter(picture.read_bytes()))


def lighter(content):
    """Return a PNG picture with a palette; one that has one, is transparent, differs or gets no smaller stays so."""
    picture = Image.open(io.BytesIO(content))
    seen_through = picture.mode == "RGBA" and picture.getchannel("A").getextrema()[0] < 255
    if picture.mode not in ("RGB", "RGBA") or seen_through:
        return content
    drawn = picture.convert("RGB")
    for count in COLOURS:
        reduced = drawn.quantize(count, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        if np.abs(np.asarray(reduced.convert("RGB"), int) - np.asarray(drawn, int)).max() <= MOST:
            made = io.BytesIO()
            reduced.save(made, "PNG", optimize=True, dpi=picture.info.get("dpi", (72, 72)))
            return min(content, made.getvalue(), key=len)
    return content


def setup(app):
    """Join the build."""
    app.connect("build-finished", lighten)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
