"""Buttons on each chapter's page that open it elsewhere, and the addresses that the text of the book names.

A Sphinx extension (`_config.yml` names it). All addresses follow from the repository's, see `addresses.py`.
"""

from pathlib import Path

import addresses


def name_addresses(app, config):
    """Give the pages the addresses that their text may name, as `{{ name }}`."""
    config.myst_substitutions = {
        **(config.myst_substitutions or {}),
        "nbgitpuller": _as_code(addresses.nbgitpuller(), "text"),
        "install": _as_code(f'pip install "{addresses.install()}"', "sh"),
    }


def _as_code(text, language):
    """Return Markdown for a line that readers copy."""
    return f"```{language}\n{text}\n```"


def add_buttons(app, pagename, templatename, context, doctree):
    """Put Binder and Colab into a menu of a chapter's page."""
    if not context.get("sourcename", "").endswith(".ipynb"):
        return
    chapter = Path(pagename).name
    places = [
        ("Binder", addresses.binder(chapter), "Open this chapter on Binder: a server for you, in a minute or more"),
        ("Colab", addresses.colab(chapter), "Open this chapter on Google Colab; needs an account there"),
    ]
    context["header_buttons"].insert(
        0,
        {
            "type": "group",
            "tooltip": "Run this chapter on a server",
            "icon": "fas fa-rocket",
            "label": "launch-buttons",
            "buttons": [
                {"type": "link", "text": name, "url": url, "tooltip": words, "label": name.lower()} for name, url, words in places
            ],
        },
    )


def setup(app):
    """Join the build."""
    app.connect("config-inited", name_addresses, priority=100)  # before MyST looks at them
    app.connect("html-page-context", add_buttons, priority=899)  # after the theme, and before the button that runs a chapter here
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
