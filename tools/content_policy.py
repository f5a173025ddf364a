"""What the pages may load and run: a Content Security Policy for the book's pages, and one for Python in the browser.

A policy stands in each page itself, since the site is plain files that any web server may hand out. Scripts that stand in a page
are named by their hash; those in files have to be the site's own. Nothing may be loaded from another host.
"""

import base64
import hashlib
import re
from html.parser import HTMLParser

NOTHING, OWN, DATA, BLOB = "'none'", "'self'", "data:", "blob:"
#: Style sheets that MathJax and the widgets write while the page runs, and `style="..."`; such a style can run no script.
INLINE_STYLES = "'unsafe-inline'"


def _source(script):
    """Return how a policy names a script: by the SHA-256 of its text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


#: What the theme's buttons do at a click, the only code in attributes. Every page allows both, also the one with the search, which
#: reads the others.
HANDLERS = ("toggleFullScreen()", "window.print()")

#: The pages of the book. No `eval`: see `security_extension.without_eval`.
BOOK = {
    "default-src": [NOTHING],
    "script-src": [OWN, "'unsafe-hashes'", *map(_source, HANDLERS)],
    "style-src": [OWN, INLINE_STYLES],
    "img-src": [OWN, DATA],  # the frames of an explorer
    "font-src": [OWN],
    "connect-src": [OWN],  # the search reads the pages that it found
    "form-action": [OWN],  # the search box
    "base-uri": [NOTHING],
}

#: JupyterLite. `eval` compiles the schemas of its settings. The worker in which Python runs has no policy of its own, since a file
#: brings none along: what a reader's code loads there is the reader's affair.
LITE = {
    "default-src": [NOTHING],
    "script-src": [OWN, "'unsafe-eval'"],
    "worker-src": [OWN, BLOB],
    "style-src": [OWN, INLINE_STYLES],
    "img-src": [OWN, DATA, BLOB],
    "font-src": [OWN, DATA],
    "connect-src": [OWN, DATA, BLOB],
    "manifest-src": [OWN],
    "form-action": [NOTHING],
    "base-uri": [NOTHING],
}

MARK = re.compile(r'<meta http-equiv="Content-Security-Policy" content="[^"]*" />')
CHARSET = re.compile(r"<meta charset=[^>]*>", flags=re.IGNORECASE)
HEAD = re.compile(r"<head\b[^>]*>", flags=re.IGNORECASE)
#: Values of a script's `type` that make it run; anything else, such as JSON, is data to the browser.
RUNS = {"", "module", "text/javascript", "application/javascript"}


def with_policy(page, rules):
    """Return the text of a page with a policy for it; a policy that stood there before is replaced."""
    page = MARK.sub("", page)
    tag = f'<meta http-equiv="Content-Security-Policy" content="{policy(page, rules)}" />'
    # Behind the name of the encoding, which has to stand within the first 1024 bytes.
    place = CHARSET.search(page) or HEAD.search(page)
    at = place.end() if place else 0
    if "<script" in page[:at]:
        raise ValueError("a script stands before the place of the policy, and so would not be held to it")
    return f"{page[:at]}{tag}{page[at:]}"


def policy(page, rules):
    """Return the policy for the text of a page: the rules, and the hashes of the scripts that stand in the page itself.

    Raises ValueError where an attribute holds code that no rule knows.
    """
    found = Inline()
    found.feed(page)
    found.close()
    if unknown := set(found.handlers) - set(HANDLERS):
        raise ValueError(f"code in an attribute must be one of {HANDLERS}, got {sorted(unknown)}")
    rules = rules | {"script-src": [*rules["script-src"], *map(_source, sorted(set(found.scripts)))]}
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in rules.items())


class Inline(HTMLParser):
    """Collects the scripts that stand in a page: between tags, in `scripts`, and in attributes such as `onclick`, in `handlers`."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.scripts, self.handlers = [], []
        self._script = None

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.handlers += [value for name, value in attrs if name.startswith("on") and value]
        if tag == "script" and "src" not in attributes and (attributes.get("type") or "").lower() in RUNS:
            self._script = []

    def handle_data(self, data):
        if self._script is not None:
            self._script.append(data)

    def handle_endtag(self, tag):
        if tag == "script" and self._script is not None:
            self.scripts += ["".join(self._script)]
            self._script = None
