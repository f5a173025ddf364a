"""The widgets forget what has left the page: two places of their bundle are mended in the site's copy.

A Sphinx extension (`_config.yml` names it). Each step of a slider puts one view in the place of another. In version 1.0.15 the
view that goes stays in memory, since its model still calls it (`msg:custom`) and its layout and style still point to it: 13 kB
for each step. The vendored file stays as it was published.
"""

from pathlib import Path

BUNDLE = "_static/vendor/widgets/embed.js"
#: What stands there, and what takes its place.
MENDED = {
    'this.model.on("msg:custom",this.handle_message.bind(this))': (
        'this.listenTo(this.model,"msg:custom",this.handle_message.bind(this))'
    ),
    "remove(){return this.luminoWidget&&this.luminoWidget.dispose(),super.remove()}": (
        "remove(){for(const part of[this.layoutPromise,this.stylePromise])part&&part.then((view)=>view&&view.remove());"
        "return this.luminoWidget&&this.luminoWidget.dispose(),super.remove()}"
    ),
}


def mend(app, error):
    """Mend the site's copy of the bundle."""
    if error or app.builder.format != "html":
        return
    bundle = Path(app.outdir) / BUNDLE
    bundle.write_text(mended(bundle.read_text(encoding="utf-8")), encoding="utf-8")


def mended(text):
    """Return the bundle's text, mended. Raises ValueError where a place is not there once, as in another version."""
    for published, better in MENDED.items():
        if text.count(published) != 1:
            raise ValueError(f"{BUNDLE} has {text.count(published)} of the places to be mended, expected 1: {published}")
        text = text.replace(published, better)
    return text


def setup(app):
    """Join the build."""
    app.connect("build-finished", mend)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
