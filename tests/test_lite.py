"""Every chapter in the browser's own Python: run, played with, solved; opened by its page's button, and kept for the next time.

Python takes a quarter of a minute to start there, and so the chapters run one after the other in the one that the first has
started. That each runs in a fresh Python, too, is what nbval looks at.
"""

import base64
import json
import re
from pathlib import Path

import lite_parts
import nbformat
import pytest
from chrome import CHROMIUM
from standalone import plain_markdown, standalone

from nnlearn.exercises import EXERCISES
from tests.pages.browser import ALONE, TELL_REFUSALS
from tests.pages.site import SITE
from tests.test_notebooks import SILENT_ERROR

BOOK = Path(__file__).resolve().parent.parent / "book"
CHAPTERS = sorted(path.stem for path in BOOK.glob("*.ipynb"))
every_chapter = pytest.mark.parametrize("chapter", CHAPTERS)
WITHOUT = "The chapters were NOT run in the browser's own Python: its parts are not here (python tools/lite_parts.py fetches them)"


@pytest.fixture(scope="module")
def reader(address, chromium):
    """One reader's browser, which keeps what it has fetched and what was written in it, from chapter to chapter."""
    if lite_parts.missing():
        pytest.skip(WITHOUT)
    running = chromium.browser_type.launch(executable_path=CHROMIUM, args=ALONE)
    context = running.new_context(viewport={"width": 1200, "height": 900})
    context.set_default_timeout(120_000)
    context.add_init_script(TELL_REFUSALS)
    yield context
    running.close()


@pytest.fixture(scope="module")
def notebook(reader, address):
    """A notebook that has been opened by its page's button, and in which the chapters take their turns."""
    page = reader.new_page()
    page.goto(button(address, CHAPTERS[0]))
    opened = Notebook(page, address)
    yield opened
    page.close()


class Notebook:
    """A chapter that is open in the browser."""

    def __init__(self, page, home):
        self.page, self.trouble = page, []
        host = "/".join(home.split("/")[:3])
        page.on("pageerror", lambda error: self.trouble.append(f"script error: {error}"))
        page.on("request", lambda request: self._note(request.url, host))
        page.on("console", self._listen)
        self.wait()

    def _listen(self, said):
        if said.type == "error":
            self.trouble.append(f"console: {said.text} {said.location['url']}")

    def _note(self, url, host):
        if not url.startswith((host, "data:", "blob:")):
            self.trouble.append(f"request to elsewhere: {url}")

    def wait(self):
        """Wait until the notebook is there and its kernel has been asked for."""
        self.page.wait_for_function("() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel")
        self.page.wait_for_function("() => window.jupyterapp.shell.currentWidget.content.widgets.length > 5")

    def take_in(self, chapter):
        """Put a chapter in the place of the one that is open, and let Python forget what it knows from that."""
        self.page.evaluate(
            """async (file) => {
              const notebook = window.jupyterapp.shell.currentWidget;
              const chapter = await (await fetch(`../files/${file}`)).json();
              notebook.content.model.sharedModel.fromJSON(chapter);
              await notebook.sessionContext.session.kernel.requestExecute({code: "%reset -f"}).done;
            }""",
            f"{chapter}.ipynb",
        )
        self.trouble.clear()

    def command(self, name):
        """Carry out a command of Jupyter, and wait for its end."""
        self.page.evaluate("(name) => window.jupyterapp.commands.execute(name)", name)

    def cells(self):
        """Return the notebook as it stands there now."""
        content = self.page.evaluate("() => window.jupyterapp.shell.currentWidget.content.model.sharedModel.toJSON()")
        return nbformat.from_dict(content).cells

    def run(self, place, source):
        """Write `source` into a cell, run it, and return what it shows."""
        self.page.evaluate(
            """([place, source]) => {
              const notebook = window.jupyterapp.shell.currentWidget.content;
              notebook.widgets[place].model.sharedModel.setSource(source);
              notebook.deselectAll();
              notebook.activeCellIndex = place;
            }""",
            [place, source],
        )
        self.command("notebook:run-cell")
        return shown(self.cells()[place])

    def file(self, name):
        """Return the content of a file that Python has written and the browser keeps, in base64."""
        get = "(name) => window.jupyterapp.serviceManager.contents.get(name, {content: true}).then((file) => file.content)"
        return self.page.evaluate(get, name)


def shown(cell):
    """Return all that a cell shows, as text."""
    texts = []
    for output in cell.outputs:
        texts += [output.get("text", ""), *output.get("traceback", []), output.get("data", {}).get("text/plain", "")]
    return "".join("".join(text) for text in texts)


def first_exercise(cells):
    """Return the place and the exercise of the first cell that checks an answer."""
    for place, cell in enumerate(cells):
        if cell.cell_type == "code" and (found := re.search(r'^check\("([\w-]+)", ', cell.source, flags=re.MULTILINE)):
            return place, EXERCISES[found[1]]
    raise AssertionError("no cell checks an answer")


def farther_end(explorer):
    """Return the point of an explorer's first slider that is farther from where its handle stands."""
    handle = explorer.locator(".noUi-handle").first
    value, least, most = (float(handle.get_attribute(f"aria-value{which}")) for which in ("now", "min", "max"))
    width = explorer.locator(".noUi-target").first.bounding_box()["width"]
    return {"x": 2 if value - least > most - value else width - 2, "y": 2}


def button(address, chapter):
    """Return where the button of a chapter's page leads."""
    text = (SITE / "book" / f"{chapter}.html").read_text(encoding="utf-8")
    found = re.search(r'<a href="\.\./(lite/[^"]+)"[^>]*class="[^"]*btn-run-here', text)
    assert found, "the page has no button that runs it"
    return f"{address}/{found[1]}"


@every_chapter
def test_a_page_has_a_button_that_opens_its_notebook(built, chapter):
    assert button("", chapter) == f"/lite/notebooks/index.html?path={chapter}.ipynb"
    listed = json.loads((built / "lite" / "api" / "contents" / "all.json").read_text(encoding="utf-8"))["content"]
    assert f"{chapter}.ipynb" in {file["path"] for file in listed}


@every_chapter
def test_a_chapter_runs_in_the_browser(notebook, chapter):
    page = notebook.page
    notebook.take_in(chapter)
    place, exercise = first_exercise(notebook.cells())
    assert exercise.id.startswith(chapter[:2])

    notebook.command("notebook:run-all-cells")
    failed = [output for cell in notebook.cells() for output in cell.get("outputs", []) if output.output_type == "error"]
    assert failed == []
    assert all(cell.execution_count for cell in notebook.cells() if cell.cell_type == "code" and cell.source)
    assert [shown(c) for c in notebook.cells() if any(o.get("name") == "stderr" for o in c.get("outputs", []))] == []
    assert page.query_selector(".jupyter-widgets-error-widget") is None

    # A slider asks Python for its picture.
    explorer = page.locator(".nn-explorer:has(.noUi-handle)").first
    before = explorer.locator(".nn-frame").get_attribute("aria-label")
    explorer.locator(".noUi-handle").first.drag_to(explorer.locator(".noUi-target").first, target_position=farther_end(explorer))
    other = "(words) => document.querySelector('.nn-explorer:has(.noUi-handle) .nn-frame').ariaLabel !== words"
    page.wait_for_function(other, arg=before)

    # A wrong answer is answered, a right one counts.
    wrong = exercise.misconceptions[0]
    ask = f'from nnlearn.exercises import EXERCISES\ncheck("{exercise.id}", EXERCISES["{exercise.id}"].misconceptions[0].function)'
    assert " ".join(wrong.message.split()) in " ".join(notebook.run(place, ask).split())
    name = re.findall(r"^def (\w+)", exercise.solution(), flags=re.MULTILINE)[-1]
    solved = f'{exercise.solution()}\ncheck("{exercise.id}", {name})'
    assert f"✓ {exercise.id}" in notebook.run(place, solved)
    assert json.loads(base64.b64decode(notebook.file("progress.json")))["verdicts"][exercise.id] == "ok"
    assert notebook.trouble == []


def test_cells_and_progress_are_there_again_when_the_page_opens_its_notebook_anew(notebook, reader, address):
    notebook.take_in(CHAPTERS[0])  # which is the one that this notebook was opened for, and is saved as
    # One that no other test solves, since what is solved stays so.
    exercise = [exercise for exercise in EXERCISES.values() if exercise.id.startswith(CHAPTERS[0][:2])][-1]
    ask = f"from nnlearn.exercises import check\ncheck('{exercise.id}', lambda: 1)"
    notebook.run(1, ask)
    notebook.command("docmanager:save")
    page = reader.new_page()
    page.goto(f"{address}/book/{CHAPTERS[0]}.html")
    with reader.expect_page() as opened:
        page.get_by_role("link", name="Run it here").click()
    again = Notebook(opened.value, address)
    assert again.cells()[1].source == ask
    lines = again.run(1, "from nnlearn.exercises import progress\nprogress()").splitlines()
    assert [line.strip() for line in lines if "Not quite" in line and exercise.title in line], lines
    assert notebook.trouble == again.trouble == []
    # An error that a widget would keep to itself elsewhere is the cell's own here, and so each chapter's test sees it.
    assert "nobody hears me" in again.run(1, SILENT_ERROR)
    opened.value.close()
    page.close()


# ---- The notebooks that readers open there ---------------------------------------------------------------------------


@every_chapter
def test_a_copy_for_readers_holds_no_mark_of_the_book_build(chapter):
    notebook = standalone(nbformat.read(BOOK / f"{chapter}.ipynb", as_version=4))
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            assert not re.search(r"^\([\w-]+\)=$|\{[a-z:]+\}`|^(:::|```)\{", cell.source, flags=re.MULTILINE), cell.source
            for target in re.findall(r"\]\(([^)\s]+)\)", cell.source):
                file = target.split("#")[0]
                assert file.startswith("http") or file == "" or (BOOK / file).exists(), target
        elif cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None


def test_citations_links_and_notes_become_plain_words():
    assert plain_markdown("{cite:t}`he2015` and {cite:p}`he2015`") == "He et al. (2015) and (He et al., 2015)"
    with pytest.raises(LookupError, match=r"book/references\.bib has no nobody1900"):
        plain_markdown("{cite:p}`he2015,nobody1900`")
    assert plain_markdown("(a-b)=\n## C\n\n```{admonition} Note\n:class: tip\nOne.\n```") == "## C\n\n> **Note**\n>\n> One."
    assert plain_markdown("[it](neuron-line)") == "[it](01-neuron.ipynb#The-line-that-a-unit-draws)"
    assert plain_markdown("[it](https://example.org)") == "[it](https://example.org)"


# ---- The parts ---------------------------------------------------------------------------------------------------------


def test_a_part_with_another_hash_is_not_taken(tmp_path):
    name, sha256 = next(iter(lite_parts.PINS["core"].items()))
    lite_parts._take(tmp_path, name, b"something else", sha256)
    assert list(tmp_path.iterdir()) == []
    assert name in lite_parts.missing(tmp_path)


def test_where_no_source_has_a_part_the_next_is_asked_and_then_it_is_missing(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(lite_parts, "_from_folder", lambda source, names: asked.append("folder") or [])
    monkeypatch.setattr(lite_parts, "_from_wheel", lambda source, names: asked.append("wheel") or [])
    monkeypatch.setattr(lite_parts, "_fetch_wheels", lambda folder: None)
    assert lite_parts.fetch(tmp_path, say=lambda words: None) is False
    assert asked == ["folder", "wheel"]
    assert len(lite_parts.missing(tmp_path)) == len(lite_parts.needed()) + len(lite_parts.WHEELS)


def test_every_need_of_a_pinned_package_is_pinned():
    names = {name.lower().replace("_", "-") for name in lite_parts.PINS["packages"]}
    for name, entry in lite_parts.PINS["packages"].items():
        assert {need.lower().replace("_", "-") for need in entry["depends"]} <= names, name
        assert re.fullmatch(r"[0-9a-f]{64}", entry["sha256"])
