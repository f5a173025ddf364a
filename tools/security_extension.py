"""The book's pages run what is their own and nothing else: a Content Security Policy in every page.

A Sphinx extension (`_config.yml` names it). `content_policy.py` says what is allowed; Python in the browser has a policy of its
own, which `lite_site.py` writes; `widgets_extension.py` takes the only use of `eval` out of the widgets' bundle.
"""

from pathlib import Path

from content_policy import BOOK, with_policy


def write_policies(app, error):
    """Write its policy into every page."""
    if error or app.builder.format != "html":
        return
    for page in pages(Path(app.outdir)):
        text = page.read_text(encoding="utf-8")
        page.write_text(with_policy(text, BOOK), encoding="utf-8")


def pages(site):
    """Return all pages below the folder of the site, but for Python in the browser and the theme's unfilled templates."""
    elsewhere = (site / "lite", site / "_static")
    return sorted(page for page in site.rglob("*.html") if not any(page.is_relative_to(folder) for folder in elsewhere))


def setup(app):
    """Join the build."""
    app.connect("build-finished", write_policies)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
