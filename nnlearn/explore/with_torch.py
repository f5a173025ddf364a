"""Cells that need PyTorch: run where it is installed, and elsewhere shown with what they printed where it was."""

import contextlib
import functools
import io
import json
import os
from pathlib import Path

from ipywidgets import HTML, Layout

from nnlearn.explore.explorer import WIDTH, display

RECORDED = Path(__file__).with_name("with_torch.json")


def with_torch(function):
    """Call a function that needs PyTorch, or print what was recorded when it ran; use it as a decorator.

        @with_torch
        def addition():
            import torch
            print(torch.tensor(1) + 1)

    So the same cell prints the same text with PyTorch and without it. The recording is made by running the notebook with
    PyTorch and NNLEARN_RECORD_TORCH=1 in the environment; that it is what the cell prints is tested wherever PyTorch is.
    """
    name = function.__name__
    if torch_version() is None:
        recorded = recordings()["printed"]
        print(recorded.get(name, f"{name} needs PyTorch, which is not installed here."), end="")
    elif os.environ.get("NNLEARN_RECORD_TORCH"):
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            function()
        _record(name, said.getvalue())
        print(said.getvalue(), end="")
    else:
        function()
    return function


class Status:
    """Says to a reader whether the cells that need PyTorch run here, or show what was recorded.

    Its plain text is the same everywhere, so that the committed notebook does not depend on the machine.
    """

    def __repr__(self):
        return (
            "Cells that begin with @with_torch run where PyTorch is installed; elsewhere they show what they printed "
            f"with PyTorch {recordings()['torch']}."
        )

    def sentence(self):
        """Return what holds here."""
        found, recorded = torch_version(), recordings()["torch"]
        if found is None:
            return (
                "<strong>PyTorch is not installed here.</strong> The cells that begin with <code>@with_torch</code> were not run; "
                f"below each of them stands what it printed with PyTorch {recorded}. To run them, take this notebook to a Python "
                'of your own and <code>pip install "nnlearn[torch]"</code>.'
            )
        return (
            f"<strong>PyTorch {found} is installed here,</strong> and the cells that begin with <code>@with_torch</code> run. "
            f"(What is on the page was printed with PyTorch {recorded}.)"
        )

    def widget(self):
        """Return the sentence as a widget."""
        return HTML(f'<div class="nn-says">{self.sentence()}</div>', layout=Layout(width="100%", max_width=f"{WIDTH}px"))

    def _repr_mimebundle_(self, **kwargs):
        return display(self.widget, repr(self), kwargs)


STATUS = Status()


@functools.cache
def torch_version():
    """Return PyTorch's version as in "2.13.0", or None where it cannot be imported."""
    try:
        import torch
    except ImportError:
        return None
    return torch.__version__.split("+")[0]


def recordings():
    """Return the recorded texts by the cells' names, and the version that they were recorded with."""
    return json.loads(RECORDED.read_text(encoding="utf-8"))


def _record(name, text):
    """Keep what a cell has printed."""
    kept = recordings()
    kept["torch"] = torch_version()
    kept["printed"][name] = text
    RECORDED.write_text(json.dumps(kept, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
