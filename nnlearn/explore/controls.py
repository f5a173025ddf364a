"""Controls are what a reader moves: a range of numbers, a list of them, a choice among things, a player of steps."""

import numpy as np
from ipywidgets import Dropdown, HBox, Layout, Play, SelectionSlider, jslink

from nnlearn import _checks


class Control:
    """A control with a fixed list of positions. Each position has a `value`, which `update` is given, and a label.

    As an attribute of an `Explorer` it takes the attribute's name.
    """

    def __init__(self, values, labels, value, label):
        if not values:
            raise ValueError("a control needs at least one position, got none")
        self.values, self.labels = list(values), [str(text) for text in labels]
        if value not in self.values:
            raise ValueError(f"value must be one of the control's positions {self.values}, got {value!r}")
        self.default = self.values.index(value)
        self.label = label
        self.name = None

    def __set_name__(self, owner, name):
        self.name = name
        self.label = self.label or name

    def __len__(self):
        return len(self.values)

    def build(self):
        """Return (what is shown, the widget whose `index` is the position)."""
        raise NotImplementedError

    def _slider(self, **more):
        return SelectionSlider(
            options=list(zip(self.labels, range(len(self)), strict=True)),
            index=self.default,
            description=self.label,
            continuous_update=True,
            style={"description_width": "initial"},
            layout=Layout(width="100%", max_width="640px"),
            **more,
        )


class Range(Control):
    """Numbers from `start` to `stop`, both included, as a slider."""

    def __init__(self, start, stop, *, step, value, label=None):
        step = _checks.positive(step, "step")
        count = round((stop - start) / step)
        if count < 1 or not np.isclose(start + count * step, stop):
            raise ValueError(f"stop must lie a whole number of steps above start, got {start}, {stop}, {step}")
        # Rounding makes 0.30000000000000004 the 0.3 that an author writes as `value`.
        values = [round(start + k * step, 10) for k in range(count + 1)]
        decimals = max(len(f"{v:.10f}".rstrip("0").split(".")[1]) for v in (start, step))
        labels = [f"{v:.{decimals}f}".replace("-", "−") for v in values]
        super().__init__(values, labels, round(value, 10), label)

    def build(self):
        slider = self._slider()
        return slider, slider


class Values(Control):
    """The numbers of a list as a slider, for steps that are not all alike: Values([0.1, 0.3, 1, 3], value=1)."""

    def __init__(self, values, *, value, label=None):
        super().__init__(values, [f"{number:g}".replace("-", "−") for number in values], value, label)

    def build(self):
        slider = self._slider()
        return slider, slider


class Choice(Control):
    """One of a few things, as a drop-down list; `options` is a list of words, or a dict from word to value."""

    def __init__(self, options, *, value, label=None):
        options = options if isinstance(options, dict) else {word: word for word in options}
        super().__init__(list(options.values()), list(options), value, label)

    def build(self):
        menu = Dropdown(
            options=list(zip(self.labels, range(len(self)), strict=True)),
            index=self.default,
            description=self.label,
            style={"description_width": "initial"},
            layout=Layout(width="auto", max_width="320px"),
        )
        return menu, menu


class Player(Control):
    """Steps 0, 1, …, `last` with buttons to play, pause and reset; the slider's arrow keys take single steps."""

    def __init__(self, last, *, value=0, label=None, interval=250):
        last = _checks.count(last, "last")
        super().__init__(list(range(last + 1)), range(last + 1), value, label)
        self.interval = _checks.count(interval, "interval")

    def build(self):
        slider = self._slider()
        play = Play(
            min=0, max=len(self) - 1, value=self.default, interval=self.interval, show_repeat=False
        )
        jslink((play, "value"), (slider, "index"))
        box = HBox([play, slider], layout=Layout(width="100%", max_width="640px", align_items="center"))
        box.add_class("nn-player")
        return box, slider
