"""What our Markdown names is there: the files that links and words in backticks lead to, and the targets of `make`.

    python tools/mentions.py        fail if something is named that is not there

A word in backticks is taken for a file or a folder of ours if it has a slash in it, or ends as our files do. It is there if it is
the end of the path of one, `peers/` of `bench/peers/`; a module may stand without its ending. A `*` stands for anything, and so
does a `<name>`.
"""

import json
import os
import re
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import unquote

import tree
from markdown_it import MarkdownIt
from mdit_py_plugins.anchors import anchors_plugin

ROOT = Path(__file__).resolve().parent.parent
#: How the names of our files end, for those that stand without a folder.
ENDS = (".bib", ".cff", ".css", ".ipynb", ".js", ".json", ".md", ".py", ".toml", ".txt", ".yml")
PATH = re.compile(r"[\w.*<>-]*(?:/[\w.*<>-]+)+/?|[\w.*<>-]+/|[\w.*<>-]+(?:" + "|".join(map(re.escape, ENDS)) + ")")
TARGET = re.compile(r"\bmake (?:[A-Z]+=\S+ )*([a-z.][\w./-]*)")
#: What is no file of the repository, with the reason.
ELSEWHERE = {
    ".lite-parts": "fetched",
    "_build/": "built",
    ".venv": "set up by make",
    "dist/": "built, and the name of a folder in an npm package",
    "es5/": "a folder in an npm package",
    "lite/": "a folder of the built site",
    "/drive": "a folder of Python in the browser",
    "week-2.ipynb": "made by a teacher",
    "book/17-smooth": "the example in CONTRIBUTING.md, as are the next two",
    "smooth.py": "",
    "/tmp/17-smooth": "",
}


def files():
    """Return the paths of our files and folders, folders with a slash at their end."""
    there = set(tree.files())
    return there | {f"{folder.as_posix()}/" for name in there for folder in Path(name).parents if folder.name}


def targets():
    """Return the targets of the Makefile."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8").replace("$(VENV)", ".venv")
    return set(re.findall(r"^([\w./-]+):(?!=)", text, flags=re.MULTILINE))


def texts(there):
    """Yield the path and the Markdown of each of our Markdown files and notebooks."""
    for name in sorted(there):
        if name.endswith(".md"):
            yield name, (ROOT / name).read_text(encoding="utf-8")
        elif name.endswith(".ipynb"):
            cells = json.loads((ROOT / name).read_text(encoding="utf-8"))["cells"]
            yield name, "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def missing(name, text, there, known):
    """Return what a text names and is not there: one sentence each, given the files and the targets that are there."""
    links, code = parts(text)
    # Those of the book's pages may name labels and leave endings out; Sphinx follows them.
    wrong = [f"the link to {to} leads nowhere" for to in links if not (name.startswith("book/") or _leads(name, to, there))]
    wrong += [f"no file or folder: {word}" for span in code for word in span.split() if _is_missing(word, there)]
    wrong += [f"no such target: make {target}" for span in code for target in TARGET.findall(span) if target not in known]
    return wrong


def parts(text):
    """Return the addresses of a text's links and pictures, and its code: what is in backticks, and blocks of commands."""
    links, code, waiting = [], [], MarkdownIt("commonmark").enable("table").parse(text)
    while waiting:
        token = waiting.pop(0)
        waiting = (token.children or []) + waiting
        if token.type in ("link_open", "image"):
            links.append(token.attrs.get("href") or token.attrs.get("src"))
        elif token.type == "code_inline" or (token.type == "fence" and token.info in ("", "sh")):
            code.append(token.content)
    return links, code


def _leads(name, to, there):
    """Whether a link leads to a file of ours and, in a Markdown file, to a heading that is there; other hosts are not asked."""
    address, _, heading = unquote(to).partition("#")
    if re.match(r"[a-z]+:", address):
        return True
    place = os.path.normpath(Path(name).parent / address) if address else name
    return (place in there or f"{place}/" in there) and (not heading or heading in _headings(place))


def _headings(name):
    tokens = MarkdownIt("commonmark").use(anchors_plugin, max_level=6).parse((ROOT / name).read_text(encoding="utf-8"))
    return {token.attrs["id"] for token in tokens if token.type == "heading_open"}


def _is_missing(word, there):
    """Whether a word looks like a file or a folder of ours and is none."""
    word = word.rstrip(",;:")
    if not PATH.fullmatch(word) or not re.search(r"[a-z]", word) or word.startswith(tuple(ELSEWHERE)):
        return False
    pattern = re.sub(r"<\w+>", "*", word).lstrip("/")
    return not any(fnmatchcase(f"/{path}", f"*/{pattern}{end}") for path in there for end in ("", "/", ".py"))


def main():
    """Say what is named and is not there."""
    there, known = files(), targets()
    wrong = [f"{name}: {what}" for name, text in texts(there) for what in missing(name, text, there, known)]
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
