"""What stands on paper for the widgets of a page: they are read from the state that the build put there, and run nowhere."""

import json
from dataclasses import dataclass

from bs4 import BeautifulSoup

STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"
CONTROLS = ("SelectionSliderModel", "DropdownModel")


def parsed(markup):
    """Return markup as a tree."""
    return BeautifulSoup(markup, "html.parser")


@dataclass(frozen=True)
class Explorer:
    """An explorer as it opens: its title, the two layers of its picture, its sentence, and where its controls stand."""

    title: str
    layers: list[str]
    sentence: str
    settings: list[tuple[str, str]]


@dataclass(frozen=True)
class Question:
    """A question, as markup: its text, its answers, the feedback for each, and the place of the right one."""

    text: str
    answers: list[str]
    feedback: list[str]
    right: int


@dataclass(frozen=True)
class Words:
    """Markup that stands on paper as it stands on the page."""

    markup: str


class Widgets:
    """The widgets of one built page, by the names that its views call them: the state of each, as the build put it there."""

    def __init__(self, models):
        self._models = models

    @classmethod
    def of(cls, page):
        """Return the widgets of a page, given as a tree."""
        script = page.find("script", type=STATE)
        return cls(json.loads(script.string)["state"] if script else {})

    def shown_by(self, view):
        """Return what the view (a script element of the page) shows: a list of explorers, questions and words."""
        return list(self._parts(json.loads(view.string)["model_id"]))

    def openings(self, name):
        """Yield, as markup, the title, the fixed part and the first frame of each explorer that a widget shows."""
        if "nn-explorer" in self._state(name).get("_dom_classes", []):
            yield self._explorer_markup(name)
        else:
            for child in self._children(name):
                yield from self.openings(child)

    def _parts(self, name):
        classes = self._state(name).get("_dom_classes", [])
        if "nn-explorer" in classes:
            yield self._explorer(name)
        elif "nn-question" in classes:
            yield self._question(name)
        elif self._kind(name) == "HTMLModel":
            yield Words(self._state(name)["value"])
        elif self._kind(name) == "VBoxModel":
            for child in self._children(name):
                yield from self._parts(child)
        else:
            kind = self._kind(name)
            raise ValueError(f"a widget must be an explorer, a question, HTML or a box of them to be printed, got {kind}")

    def _explorer(self, name):
        title, base, frame = map(parsed, self._explorer_markup(name))
        return Explorer(
            title=title.get_text(),
            layers=[base.img["src"], frame.img["src"]],
            sentence=frame.select_one(".nn-says").get_text(),
            settings=[self._setting(control) for kind in CONTROLS for control in self._within(name, kind)],
        )

    def _explorer_markup(self, name):
        """Return the markup of an explorer's title, of the fixed part of its picture, and of the frame with which it opens."""
        title, *_ = self._within(name, "HTMLModel")
        [picture] = self._within(name, "GridBoxModel")
        base, frame = self._within(picture, "HTMLModel")
        return [self._state(part)["value"] for part in (title, base, frame)]

    def _setting(self, name):
        state = self._state(name)
        return state["description"], state["_options_labels"][state["index"]]

    def _question(self, name):
        text, choices, stack = self._children(name)
        feedback = [parsed(self._state(child)["value"]) for child in self._children(stack)]
        [right] = [place for place, words in enumerate(feedback) if words.select_one(".nn-verdict-right")]
        for wrong in (words.select_one(".nn-verdict-wrong") for words in feedback):
            if wrong:  # on paper the letter of the right answer stands before all that is said of the others
                wrong.decompose()
        return Question(
            text=parsed(self._state(text)["value"]).p.decode_contents(),
            answers=self._state(choices)["_options_labels"],
            # Below wrong answers the page folds the right one, which paper shows once.
            feedback=[words.p.decode_contents() for words in feedback],
            right=right,
        )

    # ---- Models ----------------------------------------------------------------------------------------------------

    def _state(self, name):
        return self._models[name]["state"]

    def _kind(self, name):
        return self._models[name]["model_name"]

    def _children(self, name):
        return [child.removeprefix("IPY_MODEL_") for child in self._state(name).get("children", [])]

    def _within(self, name, kind):
        """Yield the widgets of a kind inside a widget, in the order in which they are shown; of a stack, what is on top."""
        children = self._children(name)
        if self._kind(name) == "StackModel":
            selected = self._state(name)["selected_index"]
            children = [] if selected is None else [children[selected]]
        for child in children:
            if self._kind(child) == kind:
                yield child
            yield from self._within(child, kind)
