"""Run the book's notebooks and write them in the form that is committed; with --check only say what would change.

That form has text outputs and small pictures, and nothing that differs from run to run: no widget state, no times, no
execution metadata. Running them again changes no byte, as long as nothing else did.
"""

import argparse
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

BOOK = Path(__file__).resolve().parent.parent / "book"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def normal_form(notebook):
    """Return a copy of `notebook` with everything left out that differs from run to run."""
    notebook = nbformat.from_dict(notebook)
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}})
    notebook.nbformat_minor = 5
    count = 0
    for place, cell in enumerate(notebook.cells):
        cell.id = f"cell-{place:03d}"
        cell.metadata = nbformat.from_dict({key: cell.metadata[key] for key in ("tags",) if key in cell.metadata})
        if cell.cell_type != "code":
            continue
        # Counted in the order of the page; a number has to be there, or the notebook tests take a cell for one not run.
        count += 1
        cell.execution_count = count
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = count
            output.get("data", {}).pop(WIDGET_VIEW, None)
    return notebook


def text_of(notebook):
    """Return the notebook as the text of its file."""
    return nbformat.writes(notebook, version=4) + "\n"


def executed(notebook):
    """Return a copy of `notebook` that was run from its first cell to its last."""
    fresh = nbformat.from_dict(notebook)
    NotebookClient(fresh, timeout=300, kernel_name="python3", record_timing=False, resources={
        "metadata": {"path": str(BOOK)}
    }).execute()  # fmt: skip
    return fresh


def main():
    """Bring all notebooks, or those that are named, to the form that is committed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="run nothing, and fail if a file is not in that form")
    parser.add_argument("notebooks", nargs="*", type=Path, default=sorted(BOOK.glob("*.ipynb")))
    options = parser.parse_args()
    wrong = []
    for path in options.notebooks:
        before = path.read_text(encoding="utf-8")
        notebook = nbformat.reads(before, as_version=4)
        after = text_of(normal_form(notebook if options.check else executed(notebook)))
        if after == before:
            continue
        if options.check:
            wrong.append(path)
        else:
            path.write_text(after, encoding="utf-8")
            print(f"wrote {path.relative_to(BOOK.parent)}")
    for path in wrong:
        print(f"{path} is not in the form that is committed; run: make notebooks")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
