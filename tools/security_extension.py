"""The book's pages run what is their own and nothing else: a Content Security Policy in every page.

A Sphinx extension (`_config.yml` names it). `content_policy.py` says what is allowed; Python in the browser has a policy of its
own, which `lite_site.py` writes.
"""

from pathlib import Path

from content_policy import BOOK, with_policy

WIDGETS = "_static/vendor/widgets/embed.js"
#: Where the widgets' bundle turns text into code: a check of the widgets' state against its schema, compiled when the page opens.
COMPILES = "new Function(`${o.default.self}`,`${o.default.scope}`,g)(this,this.scope.get())"
#: The state was made by this very build and not by somebody else, and so a check that finds no fault stands in for it.
FINDS_NO_FAULT = "()=>!0"


def write_policies(app, error):
    """Write its policy into every page, and take the only use of `eval` out of the site's copy of the widgets' bundle."""
    if error or app.builder.format != "html":
        return
    out = Path(app.outdir)
    bundle = out / WIDGETS
    bundle.write_text(without_eval(bundle.read_text(encoding="utf-8")), encoding="utf-8")
    for page in pages(out):
        text = page.read_text(encoding="utf-8")
        page.write_text(with_policy(text, BOOK), encoding="utf-8")


def pages(site):
    """Return all pages below the folder of the site, but for Python in the browser and the theme's unfilled templates."""
    elsewhere = (site / "lite", site / "_static")
    return sorted(page for page in site.rglob("*.html") if not any(page.is_relative_to(folder) for folder in elsewhere))


def without_eval(bundle):
    """Return the widgets' bundle without the place that turns text into code. Raises ValueError if it is not there once."""
    if bundle.count(COMPILES) != 1:
        raise ValueError(f"{WIDGETS} compiles code in {bundle.count(COMPILES)} known places, expected 1; it is another version?")
    return bundle.replace(COMPILES, FINDS_NO_FAULT)


def setup(app):
    """Join the build."""
    app.connect("build-finished", write_policies)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
