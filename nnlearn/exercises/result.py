"""The answer to a check, as text for a prompt and as the same text in HTML for a notebook."""

import html
import re
from dataclasses import dataclass

from nnlearn.exercises.links import href, words

#: The kinds of verdict, and the words that a reader sees first.
HEADINGS = {
    "ok": "Correct.",
    "not attempted": "Not attempted yet.",
    "error": "Your code raised an error.",
    "timed out": "Your code did not come to an end in time.",
    "contract": "Not quite: the form of the answer.",
    "misconception": "Not quite, and this one is well known.",
    "wrong": "Not quite.",
    "fault": "The checker itself failed; this is not your fault.",
}


@dataclass(frozen=True)
class Result:
    """A verdict on an exercise. `kind` is one of HEADINGS; it counts as true only if the answer is correct.

    `detail` says of kind "contract" which part of it: signature, none, type, dtype, shape, finite, changed, state or loop.
    `note` is about something else that the reader should know.
    """

    exercise: str
    kind: str
    message: str = ""
    link: str = ""
    detail: str = ""
    note: str = ""

    @property
    def ok(self):
        """Whether the answer is correct."""
        return self.kind == "ok"

    def __bool__(self):
        return self.ok

    def __str__(self):
        mark = "✓" if self.ok else "·" if self.kind == "not attempted" else "✗"
        lines = [f"{mark} {self.exercise}: {HEADINGS[self.kind]}"]
        if self.message:
            lines.append(self.message)
        if self.link:
            lines.append(f"Read again: {words(self.link)}")
        if self.note:
            lines.append(self.note)
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self):
        note = f"<p>{html.escape(self.note)}</p>" if self.note else ""
        link = f"<p>Read again: {_anchor(self.link, words(self.link))}</p>" if self.link else ""
        message = f'<pre style="white-space:pre-wrap">{html.escape(self.message)}</pre>' if self.message else ""
        first = html.escape(str(self).split("\n")[0])
        return f'<div class="nn-check"><p><strong>{first}</strong></p>{message}{link}{note}</div>'


def _anchor(link, text):
    return f'<a href="{html.escape(href(link))}">{html.escape(text)}</a>'


@dataclass(frozen=True)
class Advice:
    """A hint: its text, the section to read again, and how to go on."""

    head: str
    text: str
    link: str = ""
    tail: str = ""

    def __str__(self):
        read = f"Read again: {words(self.link)}" if self.link else ""
        return "\n".join(line for line in (f"{self.head}: {self.text}", read, self.tail) if line)

    __repr__ = __str__

    def _repr_html_(self):
        text = html.escape(self.text)
        text = re.sub(r"`([^`]+)`", r"<code>\1</code>", text)
        read = f"<p>Read again: {_anchor(self.link, words(self.link))}</p>" if self.link else ""
        tail = f"<p>{html.escape(self.tail)}</p>" if self.tail else ""
        return f'<div class="nn-check"><p><strong>{html.escape(self.head)}:</strong> {text}</p>{read}{tail}</div>'


@dataclass(frozen=True)
class Text:
    """A solution or a starter: text that shows itself without quotation marks."""

    text: str

    def __str__(self):
        return self.text

    __repr__ = __str__


@dataclass(frozen=True)
class Table:
    """A table as aligned text for a prompt, and in HTML with a link in each row for a notebook."""

    heads: tuple
    rows: list
    sum: str
    note: str = ""

    def __str__(self):
        table = [self.heads, *(row[:-1] for row in self.rows)]
        widths = [max(len(row[column]) for row in table) for column in range(len(self.heads))]
        lines = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
        return "\n".join([*lines, self.sum, *([self.note] if self.note else [])])

    __repr__ = __str__

    def _repr_html_(self):
        head = "".join(f"<th>{html.escape(name)}</th>" for name in self.heads)
        body = ""
        for *cells, link in self.rows:
            mark, _, *rest = (html.escape(cell) for cell in cells)
            name = _anchor(link, cells[1])
            body += "<tr>" + "".join(f"<td>{cell}</td>" for cell in (mark, name, *rest)) + "</tr>"
        last = "".join(f"<p>{html.escape(text)}</p>" for text in (self.sum, self.note) if text)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{last}"
