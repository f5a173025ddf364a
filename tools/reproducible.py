"""Build the book twice from nothing, and compare what came out, byte for byte.

    python tools/reproducible.py                build it in two fresh copies of this folder, and compare
    python tools/reproducible.py ONE OTHER      compare two that are built: two folders with `html` and `jupyter_execute`

The two builds have as little in common as can be had on one machine: another folder, another time, another time zone, another order
of Python's sets. All notebooks are run in both. They are compared in the form that is committed (`notebooks.py`), and the
widgets, which that form leaves out, as they stand in the pages. A difference that is not on the short list below fails.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import notebooks
import tree

ROOT = Path(__file__).resolve().parent.parent
#: What is compared, below `_build`: the site with all that is in it, and the notebooks with what their cells gave.
COMPARED = ("html", "jupyter_execute")
#: The lines that may differ: where, what the whole line looks like, and why.
ALLOWED = ()
#: For each build the name of its folder, and what is another way in it.
BUILDS = {
    "one": {"PYTHONHASHSEED": "1", "TZ": "UTC"},
    "the-other/a-longer-way-down": {"PYTHONHASHSEED": "2", "TZ": "Asia/Kathmandu"},
}


# ---- Two builds ----------------------------------------------------------------------------------------------------------


def copy_into(folder):
    """Copy our files into a folder, and lead to the parts of Python in the browser."""
    tree.copy_into(folder)
    (folder / ".lite-parts").symlink_to(ROOT / ".lite-parts")


def build(folder, **ways):
    """Build the book in a folder, strictly, with that folder's own package; return where it was built."""
    program = Path(sys.executable).with_name("jupyter-book")
    # CI is set, so that nothing is left out.
    environment = os.environ | {"PYTHONPATH": str(folder), "JUPYTER_PREFER_ENV_PATH": "1", "CI": "true"} | ways
    command = [program, "build", "-q", "-W", "--keep-going", "-n", "."]
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if run.returncode:
        raise RuntimeError(f"the book does not build in {folder}:\n{run.stdout}{run.stderr}")
    return folder / "_build"


def twice(place):
    """Build the book in two folders below `place`; return where."""
    # Both copies first, so that what is changed here meanwhile changes neither.
    for name in BUILDS:
        copy_into(place / name)
    built = []
    for name, ways in BUILDS.items():
        print(f"Building in {place / name} ...", flush=True)
        built.append(build(place / name, **ways))
    return built


# ---- Comparing -----------------------------------------------------------------------------------------------------------


def files(folder):
    """Return {name: path} of all files of a build that are compared."""
    found = [path for part in COMPARED for path in (folder / part).rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path for path in found}


def differences(one, other):
    """Yield (file, what differs) for two builds: a line and the one in its place, or a word where there is no such pair."""
    if missing := [folder / part for folder in (one, other) for part in COMPARED if not (folder / part).is_dir()]:
        raise FileNotFoundError(f"nothing to compare: there is no {missing[0]}")
    left, right = files(one), files(other)
    for name in sorted(left.keys() | right.keys()):
        if name not in left or name not in right:
            yield name, f"is only in the {'first' if name in left else 'second'}"
        elif (before := content(left[name])) != (after := content(right[name])):
            yield from ((name, what) for what in _in_file(before, after))


def content(path):
    """Return what is compared of a file: its bytes, or those of the form in which a notebook is committed."""
    if path.suffix != ".ipynb" or "jupyter_execute" not in path.parts:
        return path.read_bytes()
    return notebooks.text_of(notebooks.normal_form(nbformat.read(path, as_version=4))).encode()


def _in_file(before, after):
    """Yield the pairs of lines in which two contents differ, or one word where they are no text of as many lines."""
    try:
        lines = before.decode().split("\n"), after.decode().split("\n")
    except UnicodeDecodeError:
        lines = [], [""]
    if len(lines[0]) != len(lines[1]):
        yield "differs"
        return
    yield from (pair for pair in zip(*lines, strict=True) if pair[0] != pair[1])


def judged(found, allowed=ALLOWED):
    """Return what is wrong with the differences that were found: those that are not allowed, and the entries that allow nothing."""
    used, wrong = set(), []
    for name, what in found:
        entry = next((entry for entry in allowed if _allows(entry, name, what)), None)
        used.add(entry)
        if entry is None:
            wrong.append(f"{name}: {what if isinstance(what, str) else _shown(*what)}")
    return wrong + [f"allowed, and not found: {entry}" for entry in allowed if entry not in used]


def _allows(entry, name, what):
    where, line, _why = entry
    return isinstance(what, tuple) and re.fullmatch(where, name) and all(re.fullmatch(line, side) for side in what)


def _shown(before, after, most=60):
    """Return the places in which two lines begin to differ, with a few letters before."""
    start = max(len(os.path.commonprefix([before, after])) - 15, 0)
    return f"…{before[start : start + most]!r} is …{after[start : start + most]!r} in the second"


def main():
    """Build twice, or take two builds, and say what differs."""
    if len(sys.argv) not in (1, 3):
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as place:
        built = [Path(argument) for argument in sys.argv[1:]] or twice(Path(place))
        wrong = judged(differences(*built))
        count = len(files(built[0]))
    print("\n".join(wrong[:100]) or f"All {count} files are the same, but for what is allowed ({len(ALLOWED)} kinds of lines).")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
