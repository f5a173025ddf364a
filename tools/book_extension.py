"""What the book build does beyond Sphinx: it records explorers, notices a changed package, and hears errors inside widgets.

It also joins what cells print in pieces. It is a Sphinx extension (`_config.yml` names it), so that every way of building the book
is the same way.
"""

import hashlib
import json
import os
import shutil
from pathlib import Path

from myst_nb.core import render
from myst_nb.sphinx_ import NbMetadataCollector
from notebooks import joined
from sphinx.util import logging
from widget_errors import errors_in_state

ROOT = Path(__file__).resolve().parent.parent
logger = logging.getLogger(__name__)


def fingerprint(*parts, root=ROOT):
    """Return a hash of the names and contents of all files in the given files and folders, compiled ones left out."""
    digest = hashlib.sha256()
    for part in parts:
        for path in sorted([root / part] if (root / part).is_file() else (root / part).rglob("*")):
            if path.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(path.parts):
                digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def of_package():
    """Return the fingerprint of what notebooks are run with; when it changes, all of them are run again."""
    return fingerprint("nnlearn", "requirements.txt", "tools/book_extension.py")


def of_book():
    """Return the fingerprint of everything that the pages are made from."""
    return fingerprint("nnlearn", "requirements.txt", "tools", "book", "_config.yml", "_toc.yml")


def is_built(output):
    """Whether the pages in the folder `output` were built without a warning from what stands here now."""
    stamp = Path(output).parent / ".built-from"
    return (Path(output) / "index.html").is_file() and stamp.is_file() and stamp.read_text() == of_book()


def drop_stale_cache(app, config):
    """Forget executed notebooks that were run with another state of the package, which Jupyter's cache does not look at."""
    cache = Path(app.outdir).parent / ".jupyter_cache"
    stamp = cache / "package.sha256"
    app.package_changed = not (stamp.is_file() and stamp.read_text() == of_package())
    if app.package_changed:
        shutil.rmtree(cache, ignore_errors=True)
    # Sphinx does not repeat the warnings of a page that it does not read again; after a build with warnings it has to.
    built = Path(app.outdir).parent / ".built-from"
    app.read_all = app.package_changed or not built.is_file()
    built.unlink(missing_ok=True)


def join_prints(app, config, merge=render.coalesce_streams):
    """Put what a cell prints together as it was printed: where two pieces meet, MyST-NB would begin a new line, now and then."""
    render.coalesce_streams = lambda outputs: merge(joined(outputs))


def read_all_again(app, env, added, changed, removed):
    """Return the pages to be read again: all of them when the package has changed, or when the last build had warnings."""
    return sorted(env.found_docs) if app.read_all else []


def hear_widget_errors(app, env):
    """Warn, which fails a strict build, of every error that a widget kept to itself while a notebook was run."""
    for name in sorted(env.found_docs):
        _, script = NbMetadataCollector.get_js_files(env, name).get("ipywidgets_state", (None, {"body": "{}"}))
        for error in errors_in_state(json.loads(script["body"])):
            logger.warning("an error inside a widget: %s", error, location=name)


def remember(app, error):
    """Write down what this build was made from."""
    if error is None:
        cache = Path(app.outdir).parent / ".jupyter_cache"
        if cache.is_dir():
            (cache / "package.sha256").write_text(of_package())
        if app._warncount == 0:
            (Path(app.outdir).parent / ".built-from").write_text(of_book())


def setup(app):
    """Join the build."""
    # The kernels inherit it: on a page without a kernel only recorded explorers can move.
    os.environ["NNLEARN_EXPLORERS"] = "recorded"
    app.connect("config-inited", drop_stale_cache)
    app.connect("config-inited", join_prints)
    app.connect("env-get-outdated", read_all_again)
    app.connect("env-updated", hear_widget_errors)
    app.connect("build-finished", remember, priority=999)  # after all that may still fail
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
