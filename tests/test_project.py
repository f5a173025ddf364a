"""The project itself: what is imported, vendored, promised and committed is what it should be."""

import hashlib
import importlib
import json
import pkgutil
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest

import nnlearn

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import notebooks  # noqa: E402
import widget_errors  # noqa: E402

CHAPTERS = sorted((ROOT / "book").glob("*.ipynb"))
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


# ---- Imports -------------------------------------------------------------------------------------------------------


def test_importing_the_package_pulls_in_numpy_and_nothing_else():
    code = (
        "import sys, json; before = set(sys.modules); import nnlearn; nnlearn.datasets.digits(); nnlearn.worked; nnlearn.save; "
        "print(json.dumps(sorted({name.split('.')[0] for name in set(sys.modules) - before})))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    foreign = set(json.loads(run.stdout)) - set(sys.stdlib_module_names) - {"nnlearn", "numpy"}
    assert {name for name in foreign if not name.startswith("_")} == set()


def test_import_directions_are_kept():
    run = subprocess.run([str(Path(sys.executable).parent / "lint-imports")], capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 0, run.stdout
    assert "0 broken" in run.stdout


def test_the_stack_is_listed_whole_in_the_contract():
    contracts = PYPROJECT["tool"]["importlinter"]["contracts"]
    listed = set(next(c for c in contracts if "numpy" in c["name"])["source_modules"])
    modules = {f"nnlearn.{found.name}" for found in pkgutil.iter_modules(nnlearn.__path__)}
    assert listed == modules - {"nnlearn.plots", "nnlearn.explore", "nnlearn.exercises"}


def test_every_public_name_is_there_and_documented():
    for name in dir(nnlearn):
        assert getattr(nnlearn, name).__doc__, name
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        nnlearn.nonsense  # noqa: B018


# ---- Notebooks -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_is_committed_in_its_form(path):
    text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    assert notebooks.text_of(notebooks.normal_form(notebook)) == text, "run: make notebooks"
    nbformat.validate(notebook)
    outputs = json.dumps([cell.get("outputs", []) for cell in notebook.cells if cell.cell_type == "code"])
    assert not re.search(r"0x[0-9a-f]{6,}|/home/|/root/|/tmp/|/work/|site-packages|ipykernel_", outputs)
    assert "widgets" not in notebook.metadata


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_cell_that_readers_see_is_short(path):
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code" and not {"remove-cell", "remove-input", "hide-input"} & set(cell.metadata.get("tags", [])):
            lines = cell.source.splitlines()
            assert len(lines) <= 16 and max(map(len, lines)) <= 120, cell.source


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_has_its_parts(path):
    text = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
    for part in ("What you will be able to do", "Where people go wrong", "Summary", "Quiz", "Further reading"):
        assert f"## {part}" in text, part
    assert "minutes" in text


def test_exercises_and_hints_link_to_sections_that_exist():
    from nnlearn.exercises import EXERCISES

    labels = {}
    for exercise in EXERCISES.values():
        for section in {item.section for item in (*exercise.hints, *exercise.misconceptions)} - {""}:
            page = exercise.link("").removesuffix(".html")
            if page not in labels:
                labels[page] = (ROOT / "book" / f"{page}.ipynb").read_text(encoding="utf-8")
            assert f"({section})=" in labels[page], f"{exercise.id}: {section}"


def test_every_exercise_stands_in_its_chapter():
    from nnlearn.exercises import EXERCISES

    for exercise in EXERCISES.values():
        page = exercise.link("").removesuffix(".html")
        text = (ROOT / "book" / f"{page}.ipynb").read_text(encoding="utf-8")
        for part in (f"(exercise-{exercise.id})=", f'check("{exercise.id}", ', f'solution("{exercise.id}")'):
            assert json.dumps(part)[1:-1] in text, f"book/{page}.ipynb lacks {part}"


def test_every_file_of_exercises_is_a_chapter_of_the_book():
    from nnlearn import exercises

    modules = [importlib.import_module(f"nnlearn.exercises.{found.name}") for found in pkgutil.iter_modules(exercises.__path__)]
    left_out = {module for module in modules if hasattr(module, "EXERCISES")} - set(exercises.CHAPTERS)
    assert left_out == set(), "put them into CHAPTERS in nnlearn/exercises/__init__.py"


def test_every_explorer_and_question_stands_in_a_chapter():
    from nnlearn import explore
    from nnlearn.explore.explorer import Explorer
    from nnlearn.explore.quiz import NumericQuestion, Question, Quiz

    texts = [path.read_text(encoding="utf-8") for path in CHAPTERS]
    for found in pkgutil.iter_modules(explore.__path__):
        # Names such as QUIZ are those of many chapters, so that only those are asked that import the file.
        text = "".join(text for text in texts if f"from nnlearn.explore import {found.name}" in text)
        for name, value in vars(importlib.import_module(f"nnlearn.explore.{found.name}")).items():
            is_explorer = isinstance(value, type) and issubclass(value, Explorer) and value is not Explorer
            if is_explorer or (name.isupper() and isinstance(value, (Question, NumericQuestion, Quiz))):
                assert re.search(rf"\.{name}\b", text), f"no chapter shows {name} of nnlearn/explore/{found.name}.py"


def test_every_chapter_is_in_the_table_of_contents():
    listed = set(re.findall(r"- file: (\S+)", read("_toc.yml")))
    missing = {f"book/{path.stem}" for path in CHAPTERS} - listed
    assert missing == set(), "they need a line in _toc.yml, or the book is built without them"


def test_an_error_inside_a_widget_is_found():
    state = {"m": {"model_name": "OutputModel", "state": {"outputs": [{"output_type": "error", "ename": "E", "evalue": "v"}]}}}
    notebook = {"metadata": {"widgets": {"application/vnd.jupyter.widget-state+json": {"state": state}}}}
    assert widget_errors.errors_in(notebook) == ["E: v"]
    assert widget_errors.errors_in({"metadata": {}}) == []


def test_the_normal_form_drops_what_differs_from_run_to_run():
    cell = nbformat.v4.new_code_cell("1", execution_count=7, metadata={"tags": ["a"], "execution": {"time": "1"}})
    data = {"text/plain": "1", notebooks.WIDGET_VIEW: {"model_id": "x"}}
    cell.outputs = [nbformat.v4.new_output("execute_result", data, execution_count=7)]
    form = notebooks.normal_form(nbformat.v4.new_notebook(cells=[cell], metadata={"widgets": {}}))
    assert form.cells[0].metadata == {"tags": ["a"]} and form.cells[0].execution_count == 1
    assert form.cells[0].outputs[0].data == {"text/plain": "1"} and "widgets" not in form.metadata


# ---- Files ---------------------------------------------------------------------------------------------------------


def test_vendored_files_are_the_published_ones_and_bring_their_licences():
    folder = ROOT / "book" / "_static" / "vendor"
    listed = dict(reversed(line.split(maxsplit=1)) for line in (folder / "SHA256SUMS").read_text().splitlines())
    there = {f"./{path.relative_to(folder).as_posix()}": path for path in folder.rglob("*") if path.is_file()}
    assert set(there) - set(listed) == {"./SHA256SUMS", "./README.md"} and set(listed) <= set(there)
    for name, digest in listed.items():
        assert hashlib.sha256(there[name].read_bytes()).hexdigest() == digest, name
    assert {"./widgets/LICENSE", "./mathjax/LICENSE"} <= set(listed)


def test_versions_agree():
    assert f"version: {nnlearn.__version__}" in read("CITATION.cff")
    assert PYPROJECT["project"]["dynamic"] == ["version"]


def test_locks_are_whole_and_hashed():
    for lock in ("requirements.txt", "requirements-dev.txt"):
        text = read(lock)
        pins = re.findall(r"^([a-z0-9][\w.-]*)==", text, flags=re.MULTILINE)
        assert len(pins) > 100 and text.count("--hash=sha256:") >= len(pins)
        assert "http" not in re.sub(r"http(core|x)\S*", "", text)
    direct = [re.split(r"[ \[<>=]", need)[0].lower() for need in PYPROJECT["project"]["optional-dependencies"]["book"]]
    for name in set(direct) - {"nnlearn"}:
        assert re.search(rf"^{name.replace('_', '[-_]')}==", read("requirements.txt"), flags=re.MULTILINE), name


def test_the_oldest_versions_are_locked_as_they_are_stated():
    lock, stated = read("requirements-oldest.txt"), PYPROJECT["project"]["dependencies"]
    pins = re.findall(r"^([a-z][\w.-]*)==", lock, flags=re.MULTILINE)
    assert lock.count("--hash=sha256:") >= len(pins) > 5
    assert stated == ["numpy >=2.0"] and re.search(r"^numpy==2\.0\.\d+ ", lock, flags=re.MULTILINE)


def test_the_repositorys_address_stands_in_one_place():
    address = re.search(r"url: https://(\S+)", read("_config.yml")).group(1)
    tracked = subprocess.run(["git", "ls-files"], capture_output=True, text=True, cwd=ROOT, check=True).stdout.split("\n")
    holding = [
        name for name in tracked
        if name and "/vendor/" not in name and (ROOT / name).is_file() and address.encode() in (ROOT / name).read_bytes()
    ]  # fmt: skip
    assert holding == ["_config.yml"]


def test_nothing_that_is_fetched_or_built_is_committed():
    ignored = subprocess.run(["git", "ls-files", "-ci", "--exclude-standard"], capture_output=True, text=True, cwd=ROOT, check=True)
    assert ignored.stdout == ""


def test_no_pickle_and_no_telemetry_in_the_package():
    for path in (ROOT / "nnlearn").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "allow_pickle=True" not in text and "import pickle" not in text, path
        assert not re.search(r"\b(urllib\.request|requests|http\.client|socket)\b", text), path
