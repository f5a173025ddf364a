"""Python in the browser as a part of the book: the site below `lite/`, and on each chapter's page a button that opens it there.

A Sphinx extension (`_config.yml` names it). It fetches nothing. Where the parts are not there, the book is built without the site
and without the buttons, and says so; where CI is set, that is a warning, which fails a strict build.
"""

import os
import shutil
import sys
from pathlib import Path

import lite_parts
import lite_site
from book_extension import fingerprint
from sphinx.util import logging

SITE = lite_site.WORK / "site"
WITHOUT = (
    "Python in the browser is NOT in this book: its parts could not be fetched (python tools/lite_parts.py says which). "
    "Its pages work, but have no button that runs them."
)
logger = logging.getLogger(__name__)


def made_from():
    """Return the fingerprint of all that the site is made from."""
    tools = [f"tools/{name}" for name in ("content_policy.py", "lite_parts.json", "lite_parts.py", "lite_site.py", "standalone.py")]
    notebooks = sorted(f"book/{path.name}" for path in (lite_parts.ROOT / "book").glob("*.ipynb"))
    return fingerprint("nnlearn", "pyproject.toml", "requirements.txt", "book/references.bib", "book/scripts", *notebooks, *tools)


def look_for_parts(app, config):
    """Find out whether the site can be built, before the first page asks."""
    app.lite_is_there = not lite_parts.missing()
    if not app.lite_is_there:
        if os.environ.get("CI"):
            logger.warning(WITHOUT)
        else:
            print(f"\n!! {WITHOUT}\n", file=sys.stderr)


def add_button(app, pagename, templatename, context, doctree):
    """Put the button that runs a chapter before the other buttons of its page."""
    if not app.lite_is_there or not context.get("sourcename", "").endswith(".ipynb"):
        return
    context["header_buttons"].insert(
        0,
        {
            "type": "link",
            "url": f"{context['pathto']('lite/notebooks/index.html', 1)}?path={Path(pagename).name}.ipynb",
            "text": "Run it here",
            "tooltip": "Open this chapter as a notebook in your browser; nothing to install",
            "icon": "fas fa-play",
            "label": "run-here",
        },
    )


def put_site(app, error):
    """Put the site beside the pages, and build it first where something has changed."""
    if error or not app.lite_is_there or app.builder.format != "html":
        return
    stamp, current = lite_site.WORK / ".built-from", made_from()
    place = Path(app.outdir) / "lite"
    if not stamp.is_file() or stamp.read_text() != current:
        lite_site.build(SITE)
        stamp.write_text(current)
        shutil.rmtree(place, ignore_errors=True)
    if not place.is_dir():
        # Links, since these are 50 MB that nobody writes to; on another disk, copies.
        same_disk = SITE.stat().st_dev == Path(app.outdir).stat().st_dev
        shutil.copytree(SITE, place, copy_function=os.link if same_disk else shutil.copy2)


def setup(app):
    """Join the build."""
    app.connect("config-inited", look_for_parts)
    app.connect("html-page-context", add_button, priority=900)  # after the theme has made its list of buttons
    app.connect("build-finished", put_site)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
