"""The bill of materials: everything that is pinned, with its version, its licence and what needs it. Writes sbom.cdx.json.

The form is CycloneDX's (https://cyclonedx.org/), which programs that look for known holes or for licences can read. Versions, and
who needs what, come from the locks, which also hold the hashes of the Python packages; the bill has those of what browsers load. A
licence is what the package states, as an SPDX expression where it is one. A package that is neither installed here in that version
nor in the bill already is fetched for that, as a wheel.
"""

import importlib.metadata
import json
import re
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import lite_parts
from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
BILL = ROOT / "sbom.cdx.json"
VENDOR = ROOT / "book" / "_static" / "vendor"
LOCKS = (
    "requirements.txt", "requirements-dev.txt", "requirements-grading.txt", "requirements-mutants.txt", "requirements-oldest.txt",
    "requirements-torch.txt", "bench/requirements.txt",
)  # fmt: skip
#: A pin of a lock: name, version, and the lines that belong to it, with its hashes and the notes on who needs it.
PIN = re.compile(r"^([\w.-]+)==([^\s;]+)(.*(?:\n +.*)*)", flags=re.MULTILINE)
OURS = "nnlearn"
#: What is not in the metadata of a wheel, but in the text of the licence, or with the source.
STATED_ELSEWHERE = {
    "axe-playwright-python": "MIT",
    "openssl": "OpenSSL",
    "pkginfo": "MIT",
    "pyodide": "MPL-2.0",
    "python": "PSF-2.0",
    "sqlite3": "PSF-2.0 AND blessing",
    "ssl": "PSF-2.0",
    "yattag": "GNU Library or Lesser General Public License (LGPL)",
}
#: For which machines a wheel is looked for: this one, one with a newer Python, and those that some packages are for alone.
MACHINES = (
    [],
    ["--python-version=3.13", *(f"--platform=manylinux_2_{libc}_x86_64" for libc in (17, 27, 28))],
    ["--python-version=3.11", "--platform=win_amd64"],
    ["--python-version=3.11", "--platform=macosx_14_0_arm64"],
)


def bill():
    """Return the bill as the locks and the vendored parts have it, without the licences of the packages."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "library", "bom-ref": OURS, "name": OURS, "licenses": _licences("BSD-3-Clause")}},
        "components": [*_packages(), *_vendored(), *_in_browser()],
        "dependencies": _needs(),
    }


# ---- Python packages -----------------------------------------------------------------------------------------------------


def pins():
    """Return (lock, name, version, its lines) of every pin in the locks."""
    found = [(lock, pin) for lock in LOCKS for pin in PIN.findall((ROOT / lock).read_text(encoding="utf-8"))]
    return [(lock, canonicalize_name(name), version, lines) for lock, (name, version, lines) in found]


def _address(name, version):
    return f"pkg:pypi/{name}@{version}"


def _packages():
    """Return the entry of each package in each of its versions, with the locks that name it."""
    locks = {}
    for lock, name, version, _ in pins():
        locks.setdefault((name, version), []).append({"name": "nnlearn:lock", "value": lock})
    return [_package(*package, properties=named) for package, named in sorted(locks.items())]


def _package(name, version, **more):
    address = _address(name, version)
    return {"type": "library", "bom-ref": address, "name": name, "version": version, "purl": address, **more}


def _needs():
    """Return which packages each package needs; where a lock has several versions of one, each stands for all of them."""
    needs, versions = {OURS: set()}, {(lock, OURS): {OURS} for lock in LOCKS}
    for lock, name, version, _ in pins():
        versions.setdefault((lock, name), set()).add(_address(name, version))
        needs[_address(name, version)] = set()
    for lock, name, version, lines in pins():
        for above in needed_by(name, lines):
            for address in versions.get((lock, above), ()):
                needs[address].add(_address(name, version))
    return [{"ref": address, "dependsOn": sorted(below)} for address, below in sorted(needs.items())]


def needed_by(name, lines):
    """Return who needs a package, by the notes below its pin; without notes, as in PyTorch's lock, PyTorch does."""
    notes = re.findall(r"^ +# +(?:via +)?(?!via$|-c )(\S+)( bench/requirements.in)?", lines, flags=re.MULTILINE)
    if not notes:
        return {OURS if name in direct() else "torch"}
    return {OURS if more else canonicalize_name(note) for note, more in notes}


def direct():
    """Return the names of what pyproject.toml asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needs = [*project["dependencies"], *(need for extra in project["optional-dependencies"].values() for need in extra)]
    return {canonicalize_name(Requirement(need).name) for need in needs} - {OURS}


# ---- What browsers load --------------------------------------------------------------------------------------------------


def _vendored():
    """Return the entries of the vendored parts, from the table and the hashes that lie beside them."""
    sums = re.findall(r"^(\w+)  \./(.+)$", (VENDOR / "SHA256SUMS").read_text(encoding="utf-8"), flags=re.MULTILINE)
    table = (VENDOR / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\S+)` \| `(\S+)` \| (\S+) \| ([\w.-]+)", table, flags=re.MULTILINE)
    return [
        {
            "type": "library",
            "bom-ref": f"book/_static/vendor/{folder}",
            "name": package,
            "version": version,
            "purl": f"pkg:npm/{package.replace('@', '%40')}@{version}",
            "licenses": _licences(licence),
            "components": [_file(name, sha256) for sha256, name in sums if name.startswith(folder)],
        }
        for folder, package, version, licence in rows
    ]


def _in_browser():
    """Return the entries of the parts of Python in the browser."""
    core, info = dict(lite_parts.PINS["core"]), lite_parts.PINS["info"]
    library = {"python_stdlib.zip": core.pop("python_stdlib.zip")}
    parts = [("pyodide", info["version"], core), ("python", info["python"], library)]
    for name, entry in lite_parts.PINS["packages"].items():
        parts.append((name, entry["version"], {entry["file_name"]: entry["sha256"]}))
    return [
        {
            "type": "library",
            "bom-ref": f"lite/{name}@{version}",
            "name": name,
            "version": version,
            "components": [_file(*file) for file in sorted(files.items())],
        }
        for name, version, files in parts
    ]


def _file(name, sha256):
    return {"type": "file", "name": name, "hashes": [{"alg": "SHA-256", "content": sha256}]}


# ---- Licences ------------------------------------------------------------------------------------------------------------


def _licences(text):
    """Return a licence in CycloneDX's form: an SPDX expression, or else the name that is given; nothing for an empty text."""
    try:
        return [{"expression": str(canonicalize_license_expression(text))}]
    except InvalidLicenseExpression:
        return [{"license": {"name": text}}] if text else []


def add_licences(now, before):
    """Add to the bill `now` the licences that the bill `before` has, and what the other packages state; return who states none."""
    known = {part["bom-ref"]: part["licenses"] for part in before.get("components", []) if "licenses" in part}
    for part in now["components"]:
        if "licenses" not in part and (found := known.get(part["bom-ref"]) or _licences(_licence(part))):
            part["licenses"] = found
    return [part["bom-ref"] for part in now["components"] if "licenses" not in part]


def _licence(part):
    """Return the licence of an entry's package, or an empty text."""
    return STATED_ELSEWHERE.get(part["name"]) or stated(_metadata(part))


def stated(metadata):
    """Return the licence that a package's metadata state, or an empty text. Whole texts of licences are passed over."""
    if expression := metadata.get("License-Expression"):
        return expression
    first, *more = (metadata.get("License") or "UNKNOWN").strip().splitlines()
    if len(first) <= 60 and first != "UNKNOWN" and (not more or re.search(r"\blicen[cs]e$", first, re.IGNORECASE)):
        return first
    named = [line.split(" :: ")[-1] for line in metadata.get_all("Classifier", []) if line.startswith("License :: ")]
    return ", ".join(sorted(named))


def _metadata(part):
    """Return the metadata of an entry's package: of the wheel for browsers, of what is installed, or of a wheel that is fetched."""
    if part["bom-ref"].startswith("lite/"):
        path = lite_parts.FOLDER / part["components"][0]["name"]
        return _of_wheel(path) if path.is_file() and path.suffix == ".whl" else Message()
    try:
        installed = importlib.metadata.distribution(part["name"])
        if installed.version.split("+")[0] == part["version"]:
            return installed.metadata
    except importlib.metadata.PackageNotFoundError:
        pass
    return _fetched(part)


def _of_wheel(path):
    with zipfile.ZipFile(path) as wheel:
        (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(wheel.read(name).decode())


def _fetched(part):
    """Return the metadata of a package from its wheel, for the first machine that there is one for; else nothing."""
    lines = next(lines for _, name, version, lines in pins() if _address(name, version) == part["bom-ref"])
    hashes = " ".join(re.findall(r"--hash=\S+", lines))
    command = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"]
    print(f"Fetching {part['name']} {part['version']} for what it states ...")
    with tempfile.TemporaryDirectory() as place:
        wanted = Path(place) / "requirements.txt"
        wanted.write_text(f"{part['name']}=={part['version']} {hashes}\n", encoding="utf-8")
        for machine in MACHINES:
            run = [*command, *machine, "--require-hashes", "-r", wanted, "-d", place]
            if subprocess.run(run, capture_output=True).returncode == 0:
                return _of_wheel(next(Path(place).glob("*.whl")))
    return Message()


def main():
    """Write the bill anew."""
    before = json.loads(BILL.read_text(encoding="utf-8")) if BILL.is_file() else {}
    now = bill()
    silent = add_licences(now, before)
    BILL.write_text(json.dumps(now, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{BILL.name}: {len(now['components'])} packages and parts")
    if silent:
        print(f"No licence is stated by {', '.join(silent)}; find it for STATED_ELSEWHERE of tools/sbom.py.", file=sys.stderr)
    return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main())
