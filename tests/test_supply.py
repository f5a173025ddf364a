"""What is fetched is what was meant: nothing is installed without a hash, but for what is named here with its reason."""

import json
import re
import subprocess
import tomllib
from email.message import Message
from pathlib import Path

import pytest
import sbom

ROOT = Path(__file__).resolve().parent.parent
#: Which build of PyTorch is right differs from machine to machine, see the file itself; its versions are pinned.
WITHOUT_HASHES = {"-r requirements-torch.txt"}
#: The book's own package, from the folder itself, without anything that it needs.
OWN = re.compile(r"--no-deps( --no-build-isolation)?( -e)? \.$")


def installs(text):
    """Return what each `pip install` in a Makefile or a shell script installs, with its options."""
    found = re.findall(r"^[^#\n]*?(?:pip install|\$\(PIP\))((?: (?!&&|;|\|)[^\s;]+)*)", text, flags=re.MULTILINE)
    common = re.compile(r" (-q|--quiet|--disable-pip-version-check)(?= |$)")
    return [common.sub("", options).strip() for options in found]


def test_nothing_is_installed_without_a_hash():
    tracked = subprocess.run(["git", "ls-files"], capture_output=True, text=True, cwd=ROOT, check=True).stdout.split()
    files = [name for name in tracked if name in ("Makefile", "postBuild", ".ci/run") or name.startswith(".github/")]
    found = {(name, what) for name in files for what in installs((ROOT / name).read_text(encoding="utf-8")) if what}
    assert len(found) >= 8
    loose = {what for _, what in found if "--require-hashes -r " not in what and not OWN.search(what)}
    assert loose == WITHOUT_HASHES


def test_an_install_without_a_hash_is_found():
    text = "\t@$(PIP) --require-hashes -r a.txt && true\n\tpython -m pip install -q b\n# pip install c\n"
    assert installs(text) == ["--require-hashes -r a.txt", "b"]


def test_what_has_no_hash_has_a_version():
    text = (ROOT / "requirements-torch.txt").read_text(encoding="utf-8")
    needs = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert needs and all(re.fullmatch(r"[\w-]+==[\w.]+", need) for need in needs)


def test_every_direct_dependency_has_its_reason_and_its_licence():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needs = [*project["dependencies"], *(need for extra in project["optional-dependencies"].values() for need in extra)]
    names = {re.match(r"[\w-]+", need)[0] for need in needs} - {"nnlearn"}
    text = (ROOT / "DEPENDENCIES.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w-]+)` \| (.+) \| (.+) \|$", text, flags=re.MULTILINE)
    assert sorted(name for name, *_ in rows) == sorted(names)
    assert all(why.strip() and licence.strip() for _, why, licence in rows)


def test_every_vendored_part_has_its_licence_beside_it():
    folders = [folder for folder in (ROOT / "book" / "_static" / "vendor").iterdir() if folder.is_dir()]
    assert folders and all(list(folder.glob("LICENSE*")) for folder in folders)


# ---- The bill of materials -------------------------------------------------------------------------------------------------


def test_the_bill_is_what_the_locks_and_the_vendored_parts_say():
    now, written = sbom.bill(), json.loads(sbom.BILL.read_text(encoding="utf-8"))
    assert sbom.add_licences(now, written) == []
    assert now == written, "run: make sbom"


def test_every_lock_is_in_the_bill():
    tracked = subprocess.run(["git", "ls-files", "*requirements*.txt"], capture_output=True, text=True, cwd=ROOT, check=True)
    assert sorted(sbom.LOCKS) == sorted(tracked.stdout.split())
    for lock in sbom.LOCKS:
        pins = [line for line in (ROOT / lock).read_text(encoding="utf-8").splitlines() if re.match(r"[a-z].*==", line)]
        assert len(pins) == sum(found == lock for found, *_ in sbom.pins()) > 0


def test_everything_in_the_bill_is_needed_by_something():
    bill = json.loads(sbom.BILL.read_text(encoding="utf-8"))
    below = {row["ref"]: row["dependsOn"] for row in bill["dependencies"]}
    reached, waiting = set(), [sbom.OURS]
    while waiting:
        if (name := waiting.pop()) not in reached:
            reached.add(name)
            waiting += below[name]
    assert reached == {sbom.OURS} | {part["bom-ref"] for part in bill["components"] if part["bom-ref"].startswith("pkg:pypi/")}


def test_all_that_browsers_load_has_its_hash_in_the_bill():
    files = {
        (file["name"], file["hashes"][0]["content"])
        for part in json.loads(sbom.BILL.read_text(encoding="utf-8"))["components"] for file in part.get("components", [])
    }  # fmt: skip
    sums = (ROOT / "book" / "_static" / "vendor" / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    assert {(name.removeprefix("./"), sha256) for sha256, name in map(str.split, sums)} < files
    assert sbom.lite_parts.needed().items() < files


@pytest.mark.parametrize(
    ("lines", "above"),
    [
        ("\n    # via jinja2", {"jinja2"}),
        ("\n    # via\n    #   -c requirements.txt\n    #   Jinja2\n    #   nnlearn (pyproject.toml)", {"jinja2", "nnlearn"}),
        ("\n    # via -r bench/requirements.in", {"nnlearn"}),
        ("", {"torch"}),
    ],
)
def test_the_bill_knows_who_needs_a_package(lines, above):
    assert sbom.needed_by("a-package", f" \\\n    --hash=sha256:00{lines}") == above


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ([("License-Expression", "MIT"), ("License", "another")], "MIT"),
        ([("License", "BSD 3-Clause License\n\nCopyright (c)")], "BSD 3-Clause License"),
        ([("License", "Copyright (c) 2020\nAll rights"), ("Classifier", "License :: OSI Approved :: MIT License")], "MIT License"),
        ([("License", "UNKNOWN"), ("Classifier", "License :: Public Domain"), ("Classifier", "Topic :: x")], "Public Domain"),
        ([], ""),
    ],
)
def test_a_licence_is_what_the_package_states(fields, licence):
    metadata = Message()
    for name, value in fields:
        metadata[name] = value
    assert sbom.stated(metadata) == licence
