"""The API reference: docstrings are written for those who read the code, and shown to those who read the book.

A Sphinx extension (`_config.yml` names it) around autodoc. The docstrings of the package are plain text: names stand in single
backticks, formulas stand apart, indented, and nothing is marked up. Here they become what Sphinx reads: names lead to their
entries, formulas keep their columns, and the words that open a paragraph on shapes or errors stand out.
"""

import re
from pathlib import Path

#: The words of `nnlearn._types`, which signatures show in place of what they stand for.
WORDS = (
    "Array", "ArrayLike", "ArrayOrArrays", "Callback", "DTypeLike", "Gradients", "Initializer", "Labels", "Metric", "Numbers",
    "Params", "PathLike", "Rate", "Schedule", "Settings", "Shape", "Vector",
)  # fmt: skip
#: A line of the page that names an entry, and a word in backticks that may be such a name.
ENTRY = re.compile(r"^\.\. auto(?:class|function|exception):: nnlearn\.([\w.]+)$", flags=re.MULTILINE)
IN_BACKTICKS = re.compile(r"`([^`]+)`")


def entries(page):
    """Return the names that the page has entries for, without the package's own name in front."""
    return ENTRY.findall(page)


def as_rst(lines, known):
    """Return a docstring's lines as reStructuredText; names in `known` become links to their entries."""
    out, inside = [], None  # inside an example, or a block of its own
    for place, line in enumerate(lines):
        before = lines[place - 1].strip() if place else ""
        if not line.strip():
            inside = None if inside == "example" else inside
            out.append("")
        elif inside == "example" or line.startswith(">>> "):
            inside = "example"
            out.append(line)
        elif line.startswith("    "):
            if inside != "block":
                out += [".. code-block:: text", ""]
            inside = "block"
            out.append(line)
        else:
            inside = None
            if line.startswith("- ") and before and not before.startswith("- "):
                out.append("")
            out.append(_paragraph(line, known, opens=not before))
    return out


def _paragraph(line, known, opens):
    """Return a line of running text with its names marked and everything else taken literally."""
    pieces = IN_BACKTICKS.split(line)
    text = "".join(_name(piece, known) if place % 2 else _escaped(piece) for place, piece in enumerate(pieces))
    return re.sub(r"^(Shapes:|Raises|Also raises)", r"**\1**", text) if opens else text


def _escaped(text):
    return re.sub(r"([\\*|_])", r"\\\1", text)


def _name(text, known):
    """Return a name as code, or as a link where there is an entry for it."""
    full = known.get(text.removeprefix("nnlearn."))
    return f":py:obj:`{text} <{full}>`" if full else f"``{text}``"


def setup(app):
    """Register with Sphinx."""
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("config-inited", settle)
    app.connect("builder-inited", read_entries)
    app.connect("autodoc-process-docstring", rewrite)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def settle(app, config):
    """Say how signatures and entries look."""
    config.autodoc_type_aliases = {word: word for word in WORDS}
    config.autodoc_member_order = "bysource"
    config.autodoc_preserve_defaults = True
    config.autodoc_inherit_docstrings = False
    config.python_use_unqualified_type_names = True
    config.add_function_parentheses = False
    config.toc_object_entries_show_parents = "hide"
    # What the page explains in words, and what Python and numpy mean by it.
    elsewhere = r"(np|numpy|pathlib|collections|nnlearn\._\w+)\..*"
    config.nitpick_ignore_regex = [("py:.*", elsewhere), ("py:.*", "|".join([*WORDS, "Graph"]))]


def read_entries(app):
    """Note which names have entries: by their own name, and by that of the module that they stand in."""
    page = (Path(app.srcdir) / "book" / "api.md").read_text(encoding="utf-8")
    app.nnlearn_entries = {name: f"nnlearn.{name}" for name in entries(page)}
    app.nnlearn_entries |= {name.split(".")[-1]: f"nnlearn.{name}" for name in entries(page)}


def rewrite(app, what, name, obj, options, lines):
    """Put a docstring's lines into the form that Sphinx reads."""
    lines[:] = as_rst(lines, app.nnlearn_entries)
