"""Fail when a widget's callback raised while the notebooks were run: python tools/widget_errors.py FOLDER.

Such an error goes into the widget's state and nowhere else: the build and the notebook tests stay green.
"""

import json
import sys
from pathlib import Path


def errors_in(notebook):
    """Return the errors that the saved state of a notebook's widgets holds, each as a line of text."""
    state = notebook.get("metadata", {}).get("widgets", {}).get("application/vnd.jupyter.widget-state+json", {})
    found = []
    for model in state.get("state", {}).values():
        outputs = model.get("state", {}).get("outputs", []) if model.get("model_name") == "OutputModel" else []
        found += [f"{o.get('ename')}: {o.get('evalue')}" for o in outputs if o.get("output_type") == "error"]
    return found


def main(folder):
    """Print every error below `folder`; return how many there are."""
    count = 0
    for path in sorted(Path(folder).rglob("*.ipynb")):
        for error in errors_in(json.loads(path.read_text(encoding="utf-8"))):
            print(f"{path}: an error inside a widget: {error}")
            count += 1
    return count


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1]) else 0)
