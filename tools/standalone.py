"""A chapter as a notebook that stands alone: what only the book build understands is put into plain Markdown.

Jupyter shows the book's own marks as they are written: labels, citations, notes. In a copy that readers open elsewhere, such as
Python in the browser, a citation is its authors and year, a link to a label leads to the heading, and code that only makes
a picture is folded away.

    python tools/standalone.py FOLDER      write all chapters so, for a branch of their own, from which Colab, JupyterHub and
                                           readers who want a single chapter take them
"""

import re
import shutil
import sys
from functools import cache
from pathlib import Path

import addresses
import nbformat
from pybtex.database import parse_file

BOOK = Path(__file__).resolve().parent.parent / "book"
LABEL = re.compile(r"^\(([\w-]+)\)=\n", flags=re.MULTILINE)
CITE = re.compile(r"\{cite:([pt])\}`([^`]+)`")
DOWNLOAD = re.compile(r"\{download\}`([^`<]+?) *<([^`>]+)>`")
FENCE = re.compile(r"^(:{3,}|`{3,})\{(?:admonition|dropdown)\} ?(.*)\n(?::[\w-]+:.*\n)*((?:.*\n)*?)\1 *$", flags=re.MULTILINE)
LINK = re.compile(r"\]\(([\w-]+)\)")
#: Cells whose code the page does not show. Here it is folded away, for a reader who wants to look.
FOLDED = {"remove-cell", "remove-input", "hide-input"}


#: The first cell of a notebook that stands alone. On Colab it installs the package; where that is there already, it does nothing.
FIRST_CELL = """\
# This installs the book's package where it is missing, on Colab for instance.
import importlib.util
import sys

if importlib.util.find_spec("nnlearn") is None:
    %pip install --quiet "{install}"
if "google.colab" in sys.modules:
    from google.colab import output
    output.enable_custom_widget_manager()"""


def write_all(folder):
    """Write every chapter into `folder` so that it stands alone and brings its own package."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(BOOK.glob("*.ipynb")):
        notebook = standalone(nbformat.read(path, as_version=4))
        first = nbformat.v4.new_code_cell(FIRST_CELL.format(install=addresses.install()), id="set-up")
        notebook.cells.insert(1, first)
        (folder / path.name).write_text(nbformat.writes(notebook, version=4) + "\n", encoding="utf-8")
    shutil.copytree(BOOK / "scripts", folder / "scripts", ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)


def standalone(notebook):
    """Return a copy of a chapter for readers of notebooks, without outputs."""
    notebook = nbformat.from_dict(notebook)
    for cell in notebook.cells:
        tags = set(cell.metadata.get("tags", []))
        if cell.cell_type == "markdown":
            cell.source = plain_markdown(cell.source)
        elif cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            if tags & FOLDED:
                cell.metadata["jupyter"] = {"source_hidden": True}
    return notebook


def plain_markdown(text):
    """Return Markdown without what only the book build understands.

    >>> plain_markdown("(a-label)=\\n## A heading\\nSee [above](neuron-line).")
    '## A heading\\nSee [above](01-neuron.ipynb#The-line-that-a-unit-draws).'
    """
    text = LABEL.sub("", text)
    text = CITE.sub(lambda found: _cited(found[2].split(","), in_brackets=found[1] == "p"), text)
    text = DOWNLOAD.sub(r"[\1](\2)", text)
    text = FENCE.sub(lambda found: _quoted(found[2], found[3]), text)
    return LINK.sub(lambda found: f"]({_places().get(found[1], found[1])})", text)


def _quoted(title, body):
    """Return a note as a quotation with its title in bold."""
    lines = [f"**{title.strip()}**", "", *body.strip().splitlines()]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _cited(keys, in_brackets):
    """Return the authors and the year of each work: "Li et al. (2020)", or "(Li et al., 2020)"."""
    if unknown := {key.strip() for key in keys} - set(_works()):
        raise LookupError(f"book/references.bib has no {', '.join(sorted(unknown))}")
    works = [_works()[key.strip()] for key in keys]
    if in_brackets:
        return f"({'; '.join(f'{authors}, {year}' for authors, year in works)})"
    return "; ".join(f"{authors} ({year})" for authors, year in works)


@cache
def _works():
    """Return {key: (authors, year)} of the bibliography."""
    return {key: (_authors(entry), entry.fields["year"]) for key, entry in parse_file(str(BOOK / "references.bib")).entries.items()}


def _authors(entry):
    people = entry.persons.get("author") or entry.persons.get("editor") or []
    names = [" ".join([*person.prelast_names, *person.last_names]).strip("{}") for person in people]
    if not names:
        return entry.fields.get("title", entry.key)
    return names[0] if len(names) == 1 else f"{names[0]} and {names[1]}" if len(names) == 2 else f"{names[0]} et al."


@cache
def _places():
    """Return {label: the notebook and the heading that it stands above} of all chapters."""
    places = {}
    for path in sorted(BOOK.glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            for label, heading in re.findall(r"^\(([\w-]+)\)=\n+#+ (.+)$", cell.source, flags=re.MULTILINE):
                places[label] = f"{path.name}#{heading.strip().replace(' ', '-')}"
    return places


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    write_all(Path(sys.argv[1]))
