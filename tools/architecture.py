"""Draw the house from its imports, into ARCHITECTURE.md.

    python tools/architecture.py             write the picture and the list below it anew
    python tools/architecture.py --check     write nothing, and fail if they are not what the imports say

The picture leaves out an arrow where a longer way leads to the same place; the list has every import.
"""

import argparse
import re
import sys
from pathlib import Path

import grimp

PAGE = Path(__file__).resolve().parent.parent / "ARCHITECTURE.md"
PACKAGE = "nnlearn"
#: Rooms that are drawn as one.
ROOMS = ("exercises", "explore", "plots")
BETWEEN = re.compile(r"(?<=<!-- drawn by tools/architecture.py: begin -->\n).*?(?=<!-- end -->)", re.DOTALL)


def imports():
    """Return the modules of the stack, and the rooms as one each, with the set of those that each imports."""
    graph = grimp.build_graph(PACKAGE, exclude_type_checking_imports=True)
    found = {}
    for module in graph.modules:
        if module == PACKAGE:
            continue  # it only hands on the names of all others
        into = found.setdefault(_room(module), set())
        others = graph.find_modules_directly_imported_by(module) - {PACKAGE}
        into |= {_room(other) for other in others} - {_room(module)}
    return {name: found[name] for name in sorted(found)}


def _room(module):
    name = module.split(".")[1]
    return f"{name}/" if name in ROOMS else name


def reduced(graph):
    """Return the graph without the arrows from which a longer way leads to the same place."""
    return {
        name: {to for to in below if not any(to in _reached(graph, other) for other in below)} for name, below in graph.items()
    }


def _reached(graph, name):
    """Return all that can be reached from a module, itself left out."""
    reached, waiting = set(), list(graph[name])
    while waiting:
        if (to := waiting.pop()) not in reached:
            reached.add(to)
            waiting += graph[to]
    return reached


def drawing():
    """Return the picture, for Mermaid, and the list of all imports."""
    graph = imports()
    lines = ["```mermaid", "graph TD"]
    lines += [f'  {_id(name)}["{name}"]' for name in graph]
    lines += [f"  {_id(name)} --> {_id(to)}" for name, below in reduced(graph).items() for to in sorted(below)]
    lines += ["```", "", "The same in words:", ""]
    for name, below in graph.items():
        lines.append(f"- `{name}` imports {', '.join(f'`{to}`' for to in sorted(below)) or 'nothing of ours'}")
    return "\n".join(lines) + "\n"


def _id(name):
    return name.strip("/")


def main():
    """Write the drawing into the page, or compare it with the one that stands there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, and fail if the page is not what the imports say")
    check = parser.parse_args().check
    before = PAGE.read_text(encoding="utf-8")
    after = BETWEEN.sub(lambda _: drawing(), before)
    if check and after != before:
        print(f"{PAGE.name} is not what the imports say; run: python tools/architecture.py")
        return 1
    PAGE.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
