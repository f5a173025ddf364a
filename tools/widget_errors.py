"""Errors that widgets keep to themselves.

A callback that raises inside an Output widget leaves its error in the widget's state and nowhere else: the notebook runs
on, and the book build and the notebook tests stay green. So both look here.
"""

STATE = "application/vnd.jupyter.widget-state+json"


def errors_in(notebook):
    """Return the errors that a notebook's widgets keep, each as a line of text."""
    return errors_in_state(notebook.get("metadata", {}).get("widgets", {}).get(STATE, {}))


def errors_in_state(saved):
    """Return the errors in the saved state of a notebook's widgets, each as a line of text."""
    return [
        f"{output.get('ename')}: {output.get('evalue')}"
        for model in saved.get("state", {}).values()
        if model.get("model_name") == "OutputModel"
        for output in model.get("state", {}).get("outputs", [])
        if output.get("output_type") == "error"
    ]
