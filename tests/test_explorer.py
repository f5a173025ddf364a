"""Explorers: the mechanism, and every explorer of the book in both modes."""

import importlib
import itertools
import os
import pkgutil
import re
import subprocess
import sys
import warnings
from urllib.parse import unquote

import numpy as np
import pytest
from ipywidgets import HTML, GridBox, Stack, Widget

import nnlearn.explore
from nnlearn.explore.controls import Choice, Player, Range, Values
from nnlearn.explore.explorer import MOST_FRAMES, Explorer, Frame

MODULES = [importlib.import_module(f"nnlearn.explore.{found.name}") for found in pkgutil.iter_modules(nnlearn.explore.__path__)]
EXPLORERS = sorted(
    {
        value
        for module in MODULES
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Explorer) and value is not Explorer
    },
    key=lambda cls: cls.__name__,
)


class Dot(Explorer):
    """A point on a line, with two controls."""

    title = "A dot"
    x = Range(0, 2, step=1, value=1, label="x")
    y = Choice({"low": 0.0, "high": 1.0}, value=0.0, label="y")

    def setup(self, figure):
        axes = figure.subplots()
        axes.set(xlim=(-1, 3), ylim=(-1, 2))
        (self.dot,) = axes.plot([], [], "o", animated=True)

    def update(self, x, y):
        if x == 2 and y == 1:
            raise RuntimeError("no dot can be there")
        self.dot.set_data([x], [y])
        return f"The dot is at {x:g}, {y:g}."


class Sure(Dot):
    """The same without the error."""

    x = Range(0, 2, step=1, value=1, label="x")
    y = Choice({"low": 0.0, "high": 1.0}, value=0.0, label="y")

    def update(self, x, y):
        self.dot.set_data([x], [y])
        return f"The dot is at {x:g}, {y:g}."


def corners_and_middle(cls):
    """Return the first, middle and last position of every control, in all combinations."""
    places = [sorted({0, len(control) // 2, len(control) - 1}) for control in cls.controls.values()]
    for combination in itertools.product(*places):
        yield {
            name: control.values[place]
            for (name, control), place in zip(cls.controls.items(), combination, strict=True)
        }


def find(widget, kind):
    """Return all widgets of a kind inside a widget, from the outside in."""
    found = [widget] if isinstance(widget, kind) else []
    for child in getattr(widget, "children", ()):
        found += find(child, kind)
    return found


def shown_html(widget):
    """Return what a recorded or live widget shows above its base picture."""
    moving = find(widget, GridBox)[0].children[1]
    while isinstance(moving, Stack):
        moving = moving.children[moving.selected_index]
    assert isinstance(moving, HTML)
    return moving.value


def control_widgets(widget):
    """Return the widgets that have an index to move, in the order of the controls."""
    return [w for child in widget.children[1:-1] for w in [child, *getattr(child, "children", ())] if hasattr(w, "index")]


def moved(explorer, widget, values):
    """Return what the live or recorded widget shows after every control was moved to `values`."""
    for (name, value), control in zip(values.items(), control_widgets(widget), strict=True):
        index = type(explorer).controls[name].values.index(value)
        control.index = index
        # In a page the browser does this, by the link between the slider and its stacks; a live widget has none.
        for stack in stacks_at(widget, list(values).index(name)):
            stack.selected_index = index
    return shown_html(widget)


def stacks_at(widget, depth):
    """Return the stacks of one level of nesting."""
    level = [find(widget, GridBox)[0].children[1]]
    for _ in range(depth):
        level = [child for stack in level for child in getattr(stack, "children", ())]
    return [stack for stack in level if isinstance(stack, Stack)]


def test_the_books_explorers_are_found():
    assert {"TangentExplorer", "SoftmaxExplorer", "ReadingExplorer"} <= {cls.__name__ for cls in EXPLORERS}


@pytest.fixture(scope="module", params=EXPLORERS, ids=lambda cls: cls.__name__)
def explorer(request):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return request.param()


@pytest.fixture(scope="module")
def corners(explorer):
    """The frames at `corners_and_middle`, drawn once for all that look at them."""
    return drawn_corners(explorer)


def drawn_corners(explorer):
    """Return [(values, frame), ...] for `corners_and_middle`."""
    return [(values, explorer.frame(**values)) for values in corners_and_middle(type(explorer))]


def test_every_frame_of_the_corners_says_what_is_to_be_seen(corners):
    for sentence in (frame.sentence for _, frame in corners):
        assert 20 <= len(sentence) <= 260 and sentence.endswith("."), sentence
        assert "nan" not in sentence.split() and "  " not in sentence


def test_every_control_changes_the_picture_and_the_sentence(explorer):
    start = explorer.frame()
    for name, control in explorer.controls.items():
        image = sentence = False
        for value in control.values:  # until one is found
            if not (image and sentence):
                frame = explorer.frame(**{name: value})
                image, sentence = image or frame.image != start.image, sentence or frame.sentence != start.sentence
        assert image and sentence, name


def test_a_frame_depends_on_the_controls_and_not_on_the_way_there(explorer, corners):
    for values, frame in reversed(corners):
        assert explorer.frame(**values) == frame


def test_live_and_recorded_show_the_same(explorer, corners, monkeypatch):
    live = explorer.live()
    # All frames are drawn when the book is built; here only those that are looked at.
    drawn = {repr(values): frame for values, frame in corners}
    with monkeypatch.context() as patch:
        patch.setattr(explorer, "frame", lambda **values: drawn.get(repr(values), Frame("Not looked at.", "")))
        recorded = explorer.recorded()
    for values, frame in corners:
        assert moved(explorer, live, values) == moved(explorer, recorded, values) == frame.html()


def test_frames_are_light(explorer, corners):
    images = [frame.image for _, frame in corners]
    assert max(map(len, images)) < 16_000
    assert len(explorer.base()) < 60_000


def test_it_shows_itself_with_its_sentence_as_plain_text(explorer, monkeypatch):
    monkeypatch.setenv("NNLEARN_EXPLORERS", "live")
    bundle = explorer._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert data["text/plain"] == f"{explorer.title}\n{explorer.frame().sentence}"
    assert "application/vnd.jupyter.widget-view+json" in data and "image/png" in data


def test_base_leaves_out_what_moves_and_the_frame_leaves_out_what_stays():
    dot = Sure()
    base, frame = unquote(dot.base()), unquote(dot.frame().image)
    assert "matplotlib.axis" in base and "matplotlib.axis" not in frame
    marker = re.compile(r"<use [^>]*xlink:href=\"#m")
    assert marker.search(frame)
    dot.dot.set_visible(True)
    assert dot.base() == dot.base() and dot.dot.get_visible()


def test_the_moving_part_moves_by_what_the_control_says():
    def place(frame):
        return [float(number) for number in re.search(r'<use [^>]*x="([\d.]+)" y="([\d.]+)"', unquote(frame.image)).groups()]

    dot = Sure()
    (x0, y0), (x2, y1) = place(dot.frame(x=0, y=0.0)), place(dot.frame(x=2, y=1.0))
    transform = dot._figure.axes[0].transData.transform
    expected = transform((2, 1)) - transform((0, 0))
    assert np.allclose([x2 - x0, y0 - y1], expected, atol=0.02)


def test_an_error_while_recording_is_raised_and_live_it_is_shown_and_raised():
    with pytest.raises(RuntimeError, match="no dot can be there"):
        Dot().recorded()
    widget = Dot().live()
    x, y = control_widgets(widget)
    y.index = 1
    with pytest.raises(RuntimeError):
        x.index = 2
    assert "RuntimeError: no dot can be there" in shown_html(widget)
    x.index = 0
    assert "The dot is at 0, 1." in shown_html(widget)


def test_widgets_of_a_recorded_explorer_are_named_by_counting_and_live_ones_are_not():
    recorded = [widget.model_id for widget in find(Sure().recorded(), Widget)]
    assert all(re.fullmatch(r"\d{6}", name) for name in recorded) and len(set(recorded)) == len(recorded)
    # The frames in the order of the controls, the last control moving fastest.
    frames = [widget.model_id for widget in find(find(Sure().recorded(), Stack)[0], HTML)]
    assert frames == sorted(frames) and len(frames) == 6
    assert not any(re.fullmatch(r"\d{6}", widget.model_id) for widget in find(Sure().live(), Widget))


def test_a_sentence_never_becomes_markup():
    class Sly(Sure):
        """Says markup."""

        x = Range(0, 1, step=1, value=0)

        def update(self, x):
            self.dot.set_data([x], [0])
            return '<script>alert("x")</script> & more.'

    page = Sly().frame().html()
    assert "<script>" not in page and "&lt;script&gt;" in page and 'aria-label="&lt;script' in page


def test_what_a_definition_must_have():
    class Many(Sure):
        """Exactly as many frames as are allowed."""

        x = Range(0, MOST_FRAMES - 1, step=1, value=0)

    assert len(list(Many.positions())) == MOST_FRAMES
    with pytest.raises(TypeError, match=f"at most {MOST_FRAMES} frames, its controls make {MOST_FRAMES + 1}"):
        type("TooMany", (Sure,), {"x": Range(0, MOST_FRAMES, step=1, value=0)})
    with pytest.raises(TypeError, match="1 to 4 controls, got 0"):
        type("None_", (Sure,), {})
    with pytest.raises(TypeError, match="must have a title"):
        type("Nameless", (Explorer,), {"x": Range(0, 1, step=1, value=0)})

    class Still(Sure):
        """Moves nothing."""

        x = Range(0, 1, step=1, value=0)

        def setup(self, figure):
            figure.subplots()

    with pytest.raises(TypeError, match="animated=True"):
        Still()
    with pytest.raises(TypeError, match="unknown control 'z'; there are x, y"):
        Sure().frame(z=1)


def test_controls():
    assert Range(-0.5, 0.5, step=0.25, value=0).labels == ["−0.50", "−0.25", "0.00", "0.25", "0.50"]
    assert Range(0, 1, step=0.1, value=0.3).values[3] == 0.3
    assert len(Player(10, label="step")) == 11
    listed = Values([-1, 0.5, 24], value=0.5, label="η")
    assert (listed.labels, listed.default, listed.build()[1].index) == (["−1", "0.5", "24"], 1, 1)
    with pytest.raises(ValueError, match="value must be one of the control's positions"):
        Range(0, 1, step=0.5, value=0.3)
    with pytest.raises(ValueError, match="whole number of steps"):
        Range(0, 1, step=0.3, value=0)
    with pytest.raises(ValueError, match="step must be positive"):
        Range(0, 1, step=0, value=0)
    with pytest.raises(ValueError, match="at least one position"):
        Choice([], value=None)


def test_an_unknown_mode_is_refused(monkeypatch):
    monkeypatch.setenv("NNLEARN_EXPLORERS", "paper")
    with pytest.raises(ValueError, match="NNLEARN_EXPLORERS must be 'live' or 'recorded', got 'paper'"):
        Sure().widget()


def test_two_processes_draw_the_same_bytes():
    code = "from nnlearn.explore.activations import TangentExplorer as E; e = E(); print(e.base(), e.frame(z=1.0).image)"
    runs = [
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ | {"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1] and len(runs[0]) > 5000
