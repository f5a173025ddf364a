"""Errors that widgets keep to themselves.

A callback that raises inside an Output widget leaves its error in the widget's state and nowhere else: the notebook runs
on, and the book build and the notebook tests stay green. So both look here.
"""


def errors_in(notebook):
    """Return the errors that the saved state of a notebook's widgets holds, each as a line of text."""
    state = notebook.get("metadata", {}).get("widgets", {}).get("application/vnd.jupyter.widget-state+json", {})
    return [
        f"{output.get('ename')}: {output.get('evalue')}"
        for model in state.get("state", {}).values()
        if model.get("model_name") == "OutputModel"
        for output in model.get("state", {}).get("outputs", [])
        if output.get("output_type") == "error"
    ]
