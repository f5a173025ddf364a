"""Run the book's notebooks and write them in the form that is committed.

    python tools/notebooks.py              run them all (or those that are named) and write them
    python tools/notebooks.py --tidy       run nothing, and write them in that form
    python tools/notebooks.py --check      run nothing, write nothing, and fail if one is not in that form

The form has text outputs and small pictures, and nothing that differs from run to run: no widget state, no times, no
addresses. Running the notebooks again changes no byte, as long as nothing else changed.
"""

import argparse
import hashlib
import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from widget_errors import errors_in

BOOK = Path(__file__).resolve().parent.parent / "book"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def normal_form(notebook):
    """Return a copy of `notebook` with everything left out that differs from run to run."""
    notebook = nbformat.from_dict(notebook)
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}})
    notebook.nbformat_minor = 5
    count, taken = 0, set()
    for cell in notebook.cells:
        cell.id = _id(cell, taken)
        cell.metadata = nbformat.from_dict({key: cell.metadata[key] for key in ("tags",) if key in cell.metadata})
        if cell.cell_type != "code":
            continue
        # Counted in the order of the page; a number has to be there, or the notebook tests take a cell for one not run.
        count += 1
        cell.execution_count = count
        cell.outputs = joined(cell.outputs)
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = count
            output.get("data", {}).pop(WIDGET_VIEW, None)
    return notebook


def joined(outputs):
    """Return outputs with what was printed in one piece; in how many pieces it arrives is a matter of time."""
    found = []
    for output in outputs:
        last = found[-1] if found else {}
        if output.output_type == "stream" == last.get("output_type") and output.name == last.name:
            found[-1] = nbformat.from_dict(last | {"text": last.text + output.text})
        else:
            found.append(output)
    return found


def _id(cell, taken):
    """Return an id that comes from what a cell says, so that a cell put in between leaves all others as they are."""
    start = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:8]
    found, more = start, 1
    while found in taken:
        more += 1
        found = f"{start}-{more}"
    taken.add(found)
    return found


def text_of(notebook):
    """Return the notebook as the text of its file."""
    return nbformat.writes(notebook, version=4) + "\n"


def executed(notebook, folder=BOOK):
    """Return a copy of `notebook` that was run in `folder` from its first cell to its last, with live explorers."""
    fresh = nbformat.from_dict(notebook)
    client = NotebookClient(
        fresh, timeout=300, kernel_name="python3", record_timing=False, resources={"metadata": {"path": str(folder)}}
    )
    client.execute(env={**os.environ, "NNLEARN_EXPLORERS": "live"})
    if errors := errors_in(fresh):
        raise RuntimeError(f"an error inside a widget: {'; '.join(errors)}")
    return fresh


def main():
    """Bring all notebooks, or those that are named, to the form that is committed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tidy", action="store_true", help="run nothing, and write the files in that form")
    parser.add_argument("--check", action="store_true", help="run nothing, and fail if a file is not in that form")
    parser.add_argument("notebooks", nargs="*", type=Path, default=sorted(BOOK.glob("*.ipynb")))
    options = parser.parse_args()
    wrong = 0
    for path in options.notebooks:
        before = path.read_text(encoding="utf-8")
        notebook = nbformat.reads(before, as_version=4)
        after = text_of(normal_form(notebook if options.check or options.tidy else executed(notebook)))
        if after == before:
            print(f"{path.name}: as committed")
        elif options.check:
            wrong += 1
            print(f"{path.name}: not in the form that is committed; run: make notebooks")
        else:
            path.write_text(after, encoding="utf-8")
            print(f"{path.name}: written")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
