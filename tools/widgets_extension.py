"""Widgets keep neither the text waiting nor what has left the page, and evaluate no text: what the build does to them.

A Sphinx extension (`_config.yml` names it).

- The recorded frames, some megabytes, and the script that shows them stood in the page's head, before the text; now the text is
  first.
- Until that script has run, and where no script runs, an explorer is there as the picture and the sentence with which it opens.
- Each step of a slider puts one view in the place of another. In version 1.0.15 of the bundle the view that goes stays in memory,
  since its model still calls it (`msg:custom`), and its layout and style still point to it: 13 kB for each step.
- When a page opens, the bundle checks the widgets' state against its schema, by code that it makes from text, which the pages'
  policy forbids. This very build made the state, and so a check that finds no fault stands in for it.

The site's copy of the bundle is mended; the vendored file stays as it was published.
"""

import json
import re
from pathlib import Path

from paper_widgets import STATE, VIEW, Widgets

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
    "new Function(`${o.default.self}`,`${o.default.scope}`,g)(this,this.scope.get())": "()=>!0",
}
FRAMES = re.compile(rf'\s*<script type="{re.escape(STATE)}">(.*?)</script>', re.DOTALL)
SCRIPT = re.compile(rf'<script (?=src="[^"]*{re.escape(BUNDLE)})')
SHOWN = re.compile(rf'<script type="{re.escape(VIEW)}">(.*?)</script>', re.DOTALL)


def finish(app, error):
    """Bring every page, and the site's copy of the bundle, to the form in which readers get them."""
    if error or app.builder.format != "html":
        return
    # From the vendored file: the site's copy is mended already where Sphinx had nothing to do and copied nothing.
    published = (Path(app.srcdir) / "book" / BUNDLE).read_text(encoding="utf-8")
    (Path(app.outdir) / BUNDLE).write_text(mended(published), encoding="utf-8")
    for name in app.env.found_docs:
        page = Path(app.builder.get_outfilename(name))
        text = page.read_text(encoding="utf-8")
        page.write_text(text_first(with_openings(text)), encoding="utf-8")


def mended(text):
    """Return the bundle's text, mended. Raises ValueError where a place is not there once, as in another version."""
    for published, better in MENDED.items():
        if text.count(published) != 1:
            raise ValueError(f"{BUNDLE} has {text.count(published)} of the places to be mended, expected 1: {published}")
        text = text.replace(published, better)
    return text


def text_first(page):
    """Return a page whose frames stand behind its text, and whose script for widgets waits for the text."""
    frames = FRAMES.search(page)
    if not frames or "</head>" not in page[frames.end() :]:
        return page
    head, end, rest = (page[: frames.start()] + page[frames.end() :]).rpartition("</body>")
    return SCRIPT.sub("<script defer ", f"{head}{frames[0].strip()}\n{end}{rest}")


def with_openings(page):
    """Return a page in which each explorer is there, as it opens, beside the script element that a view takes the place of."""
    frames = FRAMES.search(page)
    if not frames or "nn-waiting" in page:
        return page
    widgets = Widgets(json.loads(frames[1])["state"])
    return SHOWN.sub(lambda view: view[0] + "".join(map(_opening, widgets.openings(json.loads(view[1])["model_id"]))), page)


def _opening(parts):
    """Return an explorer that waits for its script: its title, and the fixed and the moving part of its picture."""
    title, fixed, moving = parts
    return f'<div class="nn-waiting">{title}<div class="nn-waiting-picture">{fixed}{moving}</div></div>'


def setup(app):
    """Join the build."""
    app.connect("build-finished", finish)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
