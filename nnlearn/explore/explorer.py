"""An explorer is a picture that a reader moves: one definition for the live kernel, the page, the paper and the test."""

import base64
import contextlib
import html
import io
import itertools
import os
from dataclasses import dataclass

from ipywidgets import HTML, GridBox, Layout, Stack, VBox, jslink
from matplotlib.figure import Figure

from nnlearn.explore.controls import Control
from nnlearn.explore.recording import counted_ids, svg_of_artists, svg_of_figure, webp_of_artists
from nnlearn.plots import style

#: More frames than this make a page heavy and are more than anybody looks at.
MOST_FRAMES = 400
MOST_CONTROLS = 4
#: What the frame shows at, in CSS pixels, where there is room.
WIDTH = 640


def mode():
    """Return "live" or "recorded", as the environment variable NNLEARN_EXPLORERS says; the book build records."""
    found = os.environ.get("NNLEARN_EXPLORERS", "live")
    if found not in ("live", "recorded"):
        raise ValueError(f"NNLEARN_EXPLORERS must be 'live' or 'recorded', got {found!r}")
    return found


def display(widget, plain, kwargs, **more):
    """Return the display data of the widget that `widget()` makes, with its plain form and what else there is, by MIME type."""
    with counted_ids() if mode() == "recorded" else contextlib.nullcontext():
        bundle = widget()._repr_mimebundle_(**kwargs)
    data, *metadata = bundle if isinstance(bundle, tuple) else (bundle,)
    data |= {"text/plain": plain} | more
    return (data, *metadata) if metadata else data


@dataclass(frozen=True)
class Frame:
    """One position of the controls: the sentence that says what is to be seen, and the moving part as an image."""

    sentence: str
    image: str

    def html(self):
        """Return the frame for a page: the sentence is both the caption and the text alternative."""
        words = html.escape(self.sentence)
        return (
            f'<div class="nn-frame" role="img" aria-label="{words}" style="margin:0;padding:0">{_image(self.image)}'
            f'<div class="nn-says" style="min-height:3em;line-height:1.5;padding:.5em .2em 0">{words}</div></div>'
        )


class Explorer:
    """A picture with controls. A subclass names its controls, draws once and then only moves what a control moves.

        class Parabola(Explorer):
            '''A point on a parabola.'''

            title = "A point on a parabola"
            x = Range(-2, 2, step=0.5, value=1, label="x")

            def setup(self, figure):
                axes = figure.subplots()
                grid = np.linspace(-2, 2)
                axes.plot(grid, grid**2)                                # fixed: drawn once
                (self.point,) = axes.plot([], [], "o", animated=True)   # animated: this is what moves

            def update(self, x):
                self.point.set_data([x], [x**2])
                return f"At x = {x:g} the parabola has the height {x**2:g}."

    Artists made with `animated=True`, matplotlib's own word for it, are the moving part; all others are the fixed part.
    `update` is called with a value for each control, moves artists, leaves axes and layout alone, and returns one
    sentence that says what is to be seen.

    In a live kernel a control calls `update`. For a published page, where no kernel is, every position of the controls
    is drawn beforehand (`recorded`), and the page only shows one frame or another. Both come from `frame`.
    """

    title = ""
    #: Inches; at five inches a text of 9.5 points can still be read on a phone.
    size = (5.0, 3.1)
    #: "svg" for lines and bars, "webp" where images move.
    frames = "svg"
    controls: dict[str, Control] = {}

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.controls = {name: value for name, value in vars(cls).items() if isinstance(value, Control)}
        if not 1 <= len(cls.controls) <= MOST_CONTROLS:
            raise TypeError(f"{cls.__name__} must have 1 to {MOST_CONTROLS} controls, got {len(cls.controls)}")
        count = len(list(cls.positions()))
        if count > MOST_FRAMES:
            raise TypeError(f"{cls.__name__} must have at most {MOST_FRAMES} frames, its controls make {count}")
        if not cls.title:
            raise TypeError(f"{cls.__name__} must have a title")

    def __init__(self):
        with style.use():
            self._figure = Figure(figsize=self.size, dpi=72, layout="constrained")
            self.setup(self._figure)
            self._moving = sorted(
                self._figure.findobj(lambda artist: artist.get_animated()), key=lambda artist: artist.get_zorder()
            )
            if not self._moving:
                raise TypeError(f"{type(self).__name__}.setup must make at least one artist with animated=True")
            self.update(**self.defaults())
            # Lay the figure out once; from here on nothing but the moving artists changes.
            self._figure.draw_without_rendering()
            self._figure.set_layout_engine("none")

    # ---- What a subclass writes --------------------------------------------------------------------------------

    def setup(self, figure):
        """Draw the fixed part, and make the artists that move with `animated=True`."""
        raise NotImplementedError

    def update(self, **values):
        """Move the artists to where `values` put them; return one sentence that says what is to be seen."""
        raise NotImplementedError

    # ---- Positions and frames ----------------------------------------------------------------------------------

    @classmethod
    def positions(cls):
        """Yield every position of the controls, as a dict of values, the last control moving fastest."""
        for values in itertools.product(*(control.values for control in cls.controls.values())):
            yield dict(zip(cls.controls, values, strict=True))

    @classmethod
    def defaults(cls):
        """Return the position at which the explorer starts."""
        return {name: control.values[control.default] for name, control in cls.controls.items()}

    def frame(self, **values):
        """Return the `Frame` for these values of the controls; those that are not given stay at their default."""
        unknown = set(values) - set(self.controls)
        if unknown:
            raise TypeError(f"unknown control {sorted(unknown)[0]!r}; there are {', '.join(self.controls)}")
        with style.use():
            sentence = self.update(**self.defaults() | values)
            draw = {"svg": svg_of_artists, "webp": webp_of_artists}[self.frames]
            return Frame(sentence, draw(self._figure, self._moving))

    def base(self):
        """Return the fixed part as an image (a data URI)."""
        with style.use():
            shown = [(artist, artist.get_visible()) for artist in self._moving]
            for artist, _ in shown:
                artist.set_visible(False)
            try:
                return svg_of_figure(self._figure)
            finally:
                for artist, visible in shown:
                    artist.set_visible(visible)

    def png(self, **values):
        """Return the whole picture for these values as PNG bytes, for paper and for places without widgets."""
        with style.use():
            self.update(**self.defaults() | values)
            content = io.BytesIO()
            self._figure.savefig(content, format="png", dpi=110, metadata={"Software": None})
        return content.getvalue()

    # ---- Showing it --------------------------------------------------------------------------------------------

    def live(self):
        """Return the widget for a running kernel: moving a control draws the frame then and there."""
        shown = self._html(self.frame().html())
        parts = {name: control.build() for name, control in self.controls.items()}

        def redraw(change):
            values = {name: self.controls[name].values[widget.index] for name, (_, widget) in parts.items()}
            try:
                shown.value = self.frame(**values).html()
            except Exception as error:
                # An error in a callback would otherwise vanish in a log that no reader sees.
                shown.value = f"<pre>{html.escape(f'{type(error).__name__}: {error}')}</pre>"
                raise

        for _, widget in parts.values():
            widget.observe(redraw, names="index")
        return self._assembled([box for box, _ in parts.values()], shown)

    @counted_ids()
    def recorded(self):
        """Return the widget for a page without a kernel: every frame is in it, and a control picks one.

        With more than one control the frames are stacks within stacks, one level for each control.
        """
        parts = [control.build() for control in self.controls.values()]

        def stack(level, values):
            if level == len(parts):
                return self._html(self.frame(**values).html())
            name, control = list(self.controls.items())[level]
            children = [stack(level + 1, values | {name: value}) for value in control.values]
            made = Stack(children, selected_index=control.default, layout=Layout(width="100%", grid_area="picture"))
            jslink((parts[level][1], "index"), (made, "selected_index"))
            return made

        return self._assembled([box for box, _ in parts], stack(0, {}))

    def widget(self):
        """Return the live or the recorded widget, as the environment variable NNLEARN_EXPLORERS says."""
        return self.live() if mode() == "live" else self.recorded()

    def _repr_mimebundle_(self, **kwargs):
        plain = f"{self.title}\n{self.frame().sentence}"
        return display(self.widget, plain, kwargs, **{"image/png": base64.b64encode(self.png()).decode()})

    def __repr__(self):
        return f"{self.title}\n{self.update(**self.defaults())}"

    def _html(self, content):
        return HTML(content, layout=Layout(width="100%", margin="0", grid_area="picture"))

    def _assembled(self, controls, moving):
        """Put the controls above the picture, and the moving part on top of the fixed one."""
        # Both parts stand in the same cell of a grid, and so one lies on the other without any script.
        picture = GridBox(
            [self._html(f'<div class="nn-base" aria-hidden="true">{_image(self.base())}</div>'), moving],
            layout=Layout(
                width="100%", max_width=f"{WIDTH}px", grid_template_areas='"picture"',
                grid_template_columns="minmax(0, 1fr)", overflow="hidden",
            ),
        )  # fmt: skip
        name = HTML(f'<div class="nn-title">{html.escape(self.title)}</div>', layout=Layout(margin="0"))
        box = VBox([name, *controls, picture], layout=Layout(width="100%", max_width=f"{WIDTH}px", margin="0 0 1em"))
        box.add_class("nn-explorer")
        return box


def _image(uri):
    return (
        f'<img class="dark-light" alt="" decoding="sync" src="{html.escape(uri)}" '
        'style="display:block;width:100%;height:auto;border-radius:8px">'
    )
