"""Print the built book: python tools/pdf.py SITE TARGET makes a PDF from the pages in the folder SITE.

Chromium sets the type, since it is what the pages are tested in and MathJax runs there. It cannot say on which page a place of
the text comes to stand; so the book is printed, the pages are read from the links of the PDF, and it is printed again with them.
"""

import argparse
import io
import os
import shutil
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, time
from pathlib import Path

import matplotlib
import paper
import pikepdf
import serve
from chrome import CHROMIUM, FLAGS, HOW_TO_GET_IT
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
#: They come with matplotlib, so that paper looks the same wherever it is made, and nothing else has to be there.
FONTS = ("STIXGeneral*.ttf", "DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSansMono*.ttf")
#: After so many drafts every number has to be the right one; mostly three are enough, and after so many the numbers are
#: made equally wide, since their width can move the text, and the text a number, to and fro.
DRAFTS, PATIENT_DRAFTS = 7, 4
PATIENCE = 120_000

# A formula is a figure for those who listen, and its TeX the words for it. Chromium tags only what holds text, which MathJax's
# characters, made by its style sheet, are not; so each formula gets a character without width.
READY = """async () => {
  await MathJax.startup.promise;
  for (const formula of MathJax.startup.document.math) {
    formula.typesetRoot.setAttribute('role', 'img');
    formula.typesetRoot.setAttribute('aria-label', formula.math);
    formula.typesetRoot.append('\\u2060');
  }
  await document.fonts.ready;
  await Promise.all([...document.images].map((image) => image.decode()));
}"""
NUMBERED = """(pages) => {
  for (const number of document.querySelectorAll('[data-page-of]')) number.textContent = pages[number.dataset.pageOf];
}"""
TARGETS = """() => [...document.querySelectorAll('[data-page-of]')].map((number) => number.dataset.pageOf)"""


@contextmanager
def opened(site, chromium):
    """Write the document beside the folder `site`, and open it in a running Chromium for as long as the `with` block lasts."""
    folder = site.parent / "paper"
    write_document(site, folder)
    server = serve.server(site.parent, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = chromium.new_page()
    try:
        page.set_default_timeout(PATIENCE)
        page.emulate_media(media="print")
        page.goto(f"http://127.0.0.1:{server.server_port}/{folder.name}/index.html")
        page.evaluate(READY)
        yield page
    finally:
        page.close()
        server.shutdown()
        server.server_close()


def write_document(site, folder):
    """Write the whole book as one page into `folder`, with the fonts that it is set in."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "fonts").mkdir(parents=True)
    for pattern in FONTS:
        for font in (Path(matplotlib.get_data_path()) / "fonts" / "ttf").glob(pattern):
            shutil.copy(font, folder / "fonts")
    style = (ROOT / "tools" / "paper.css").read_text(encoding="utf-8")
    text = paper.document(ROOT, site, up=f"../{site.name}", stylesheet=style)
    (folder / "index.html").write_text(text, encoding="utf-8")


def printed(page):
    """Print an open document until the page numbers in it are those of the places that they speak of; return the PDF."""
    shown = None
    for draft in range(DRAFTS):
        if draft == PATIENT_DRAFTS:
            page.evaluate("document.documentElement.classList.add('equal-numbers')")
        pages = pages_of(pdf_of(page, draft=True))
        if pages == shown:
            break
        missing = set(page.evaluate(TARGETS)) - set(pages)
        if missing:
            raise ValueError(f"page numbers must be those of places in the book; there are no such places: {sorted(missing)}")
        page.evaluate(NUMBERED, pages)
        shown = pages
    content = pdf_of(page)
    if pages_of(content) != shown:
        raise RuntimeError(f"the page numbers did not come to rest in {DRAFTS} drafts")
    return content


def pdf_of(page, *, draft=False):
    """Return what Chromium prints; a draft takes half the time, without tags for those who listen and without an outline."""
    return page.pdf(prefer_css_page_size=True, print_background=True, tagged=not draft, outline=not draft)


def pages_of(content):
    """Return the number of its page for every place that a link leads to."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        numbers = {page.objgen: number for number, page in enumerate(pdf.pages, 1)}
        return {name.removeprefix("/"): numbers[place[0].objgen] for name, place in pdf.Root.Dests.items()}


def finished(content, edition):
    """Return the PDF with the book's title, authors and date in place of Chromium's, and about half as large."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    made = datetime.fromtimestamp(int(seconds), UTC) if seconds else datetime.combine(edition.released, time(), UTC)
    result = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        del pdf.docinfo
        with pdf.open_metadata(set_pikepdf_as_editor=False) as about:
            about["dc:title"] = f"{edition.title}: {edition.subtitle}"
            about["dc:creator"] = [edition.authors]
            about["dc:language"] = ["en"]
            about["dc:rights"] = edition.copyright
            about["xmp:CreateDate"] = about["xmp:ModifyDate"] = made.isoformat()
        pdf.save(result, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate, linearize=True)
    return result.getvalue()


def main():
    """Make the PDF and say where it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", type=Path)
    parser.add_argument("target", type=Path)
    asked = parser.parse_args()
    if CHROMIUM is None:
        sys.exit(f"The book is printed by Chromium, and none was found. {HOW_TO_GET_IT} pdf")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with opened(asked.site.resolve(), chromium) as page:
            content = printed(page)
        chromium.close()
    content = finished(content, paper.Edition.of(ROOT))
    asked.target.write_bytes(content)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        count = len(pdf.pages)
    print(f"{asked.target}: {count} pages, {len(content) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
