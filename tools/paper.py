"""The book as one page for paper: the built pages one after another, with answers and solutions at the back.

`tools/pdf.py` prints it. Nothing here knows a chapter: what is in the book is said by `_toc.yml` and by the pages.
"""

import html
import posixpath
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import unquote, urldefrag

import yaml
from paper_widgets import VIEW, Explorer, Question, Widgets, parsed

#: A picture of this many CSS pixels on the page is as wide on paper as an explorer, and its words as large.
PIXELS, MILLIMETRES = 500, 112
#: Answers of at most so many letters, which are numbers mostly, stand in one line.
SHORT = 9
#: Headings of sections that stand in at least so many chapters help nobody to find one.
COMMON = 4
#: Words, letters and titles are linked to these wherever they occur; on paper one knows where to look them up.
LOOKED_UP = ("glossary", "bibliography", "notation")
SOLUTION = re.compile(r"""^solution\(["']([\w-]+)["']\)$""")


@dataclass
class Chapter:
    """A page of the book: its name, title, part, content, second names of its places, and what of it is answered at the back."""

    name: str
    title: str
    part: str
    content: object
    labels: dict = field(default_factory=dict)
    questions: list = field(default_factory=list)
    folded: list = field(default_factory=list)

    @property
    def number(self):
        """The number that the file's name begins with, as text, or nothing."""
        found = re.match(r"0*(\d+)-", self.name)
        return found[1] if found else ""

    @property
    def numbered_title(self):
        """The title, behind its number if there is one."""
        return f"{self.number} {self.title}".strip()


@dataclass
class Folded:
    """What the page folds away until the reader asks for it: its place at the back, whose it is and where that is, and itself."""

    anchor: str
    title: str
    asked_at: str
    content: object


@dataclass(frozen=True)
class Edition:
    """What the title page says, from `CITATION.cff` and `_config.yml`."""

    title: str
    subtitle: str
    authors: str
    version: str
    released: date
    copyright: str
    address: str

    @classmethod
    def of(cls, root):
        """Read it from the files in the folder `root`."""
        cited, config = (yaml.safe_load((root / name).read_text(encoding="utf-8")) for name in ("CITATION.cff", "_config.yml"))
        title, subtitle = cited["title"].split(": ", 1)
        return cls(
            title=title,
            subtitle=subtitle,
            authors=", ".join(author["name"] for author in cited["authors"]),
            version=cited["version"],
            released=cited["date-released"],
            copyright=config["copyright"],
            address=config["repository"]["url"],
        )


def document(root, site, *, up, stylesheet):
    """Return the whole book as HTML.

    `root` holds `_toc.yml`, `site` the built pages; `up` is the address of `site` as seen from where the document will lie.
    """
    chapters = [chapter(site, file, part, up) for part, file in contents_of(root)]
    labels = {one.name: one.labels for one in chapters}
    for one in chapters:
        lead_links(one, labels)
    edition = Edition.of(root)
    # Chromium has no running heads by `string-set`; a chapter's page has a name of its own, and that page's style its title.
    heads = [f'@page {page_name(name)} {{ @top-left {{ content: "{words}" }} }}\n' for name, words in running_heads(chapters)]
    return f"""<!doctype html>
<html lang="en" data-theme="light">
<head>
<meta charset="utf-8">
<title>{html.escape(f"{edition.title}: {edition.subtitle}")}</title>
<link rel="stylesheet" href="{up}/_static/pygments.css">
<style>{stylesheet}{"".join(heads)}</style>
<script>window.MathJax = {{options: {{
  enableMenu: false, menuOptions: {{settings: {{assistiveMml: false}}}}, processHtmlClass: "math", ignoreHtmlClass: "tex2jax_ignore"
}}}};</script>
<script src="{up}/_static/vendor/mathjax/tex-chtml.js"></script>
</head>
<body>
{title_page(edition, up)}
{table_of_contents(chapters)}
{on_paper(edition)}
{"".join(printed(one) for one in chapters)}
{answers(chapters)}
{solutions(chapters)}
</body>
</html>
"""


def contents_of(root):
    """Yield (the part's title, the page's file) for every page of the book, in its order."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    yield "", toc["root"]
    for part in [toc, *toc.get("parts", [])]:
        for entry in part.get("chapters", []):
            yield part.get("caption", ""), entry["file"]


# ---- One page ------------------------------------------------------------------------------------------------------


def chapter(site, file, part, up):
    """Return a built page as a chapter: its text, without what only a screen can do."""
    page = parsed((site / f"{file}.html").read_text(encoding="utf-8"))
    content = page.select_one("article section")
    for element in content.select(".headerlink, .toctree-wrapper, .sd-summary-state-marker, .nn-waiting, .nn-check"):
        # An exercise on paper has not been tried, and no checker will say so.
        element.decompose()
    if not part:
        # The first page bears the book's title, which paper has already shown.
        content.h1.string = "About this book"
    made = Chapter(posixpath.basename(file), content.h1.get_text(), part, content)
    name_places(made)
    place_pictures(made, posixpath.dirname(file), up)
    place_widgets(made, Widgets.of(page))
    place_cells(made)
    for formula in made.content.select("span.math"):
        keep_together(formula)
    for fold in made.content.select("details"):
        fold.name = "aside"
        fold["class"] = "box"
        fold.summary.name = "p"
        fold.p["class"] = "box-title"
    return made


def place(page, name):
    """Return the name, in the whole book, of a place on a page."""
    return f"{page}/{name}" if name else page


def name_places(chapter):
    """Give every place a name that is its own in the whole book, though every chapter has its "quiz".

    A section's names go to its heading: the others are those of boxes that may begin on the page before it.
    """
    for element in chapter.content.select("[id]"):
        element["id"] = place(chapter.name, element["id"])
    chapter.content["id"] = chapter.name
    for heading in chapter.content.select("section > :is(h1, h2, h3, h4)") + [chapter.content.h1]:
        heading["id"] = heading.parent.attrs.pop("id", chapter.name)
        for label in heading.find_previous_siblings("span", id=True):
            chapter.labels[label["id"]] = heading["id"]
            label.decompose()


def keep_together(formula):
    """Keep a formula and the mark behind it on one line, where a browser may part them."""
    following = formula.next_sibling
    mark = re.match(r"[.,;:!?)’”]+", following) if isinstance(following, str) else None
    if mark:
        together = parsed('<span class="together"></span>').span
        formula.wrap(together)
        together.append(mark[0])
        following.replace_with(following[mark.end() :])


def place_pictures(chapter, folder, up):
    """Give pictures an address that holds from the document, and the size that an explorer's picture has."""
    for picture in chapter.content.select("img"):
        picture["src"] = f"{up}/{posixpath.normpath(posixpath.join(folder, picture['src']))}"
        width = re.search(r"width:\s*([\d.]+)px", picture.get("style", ""))
        picture["style"] = f"width: {float(width[1]) * MILLIMETRES / PIXELS:.1f}mm" if width else ""
        if "image-reference" in picture.parent.get("class", []):
            picture.parent.unwrap()


def place_widgets(chapter, widgets):
    """Put in the place of each widget what it shows before it is touched; note the questions for the answers at the back."""
    for view in chapter.content.select(f'script[type="{VIEW}"]'):
        markup = ""
        for shown in widgets.shown_by(view):
            if isinstance(shown, Explorer):
                markup += explorer(shown)
            elif isinstance(shown, Question):
                chapter.questions.append(shown)
                markup += question(shown, chapter, len(chapter.questions))
            else:
                markup += f'<div class="words">{shown.markup}</div>'
        view.replace_with(parsed(markup))


def explorer(shown):
    """Return an explorer as its picture, its sentence and the positions of its controls."""
    base, frame = (html.escape(layer) for layer in shown.layers)
    settings = ", ".join(f"{html.escape(label)} = {html.escape(value)}" for label, value in shown.settings)
    return (
        f'<div class="explorer"><p class="explorer-title">{html.escape(shown.title)}</p>'
        f'<div class="layers"><img alt="" src="{base}"><img alt="{html.escape(shown.sentence)}" src="{frame}"></div>'
        f'<p class="says">{html.escape(shown.sentence)} <span class="settings">Shown at {settings}.</span></p></div>'
    )


def question_name(chapter, number):
    """Return what a question is called in the whole book, such as "3.2"."""
    return f"{chapter.number or chapter.title}.{number}"


def question(shown, chapter, number):
    """Return a question with lettered answers, and the page on which it is answered."""
    name = question_name(chapter, number)
    items = "".join(f"<li>{html.escape(answer)}</li>" for answer in shown.answers)
    kind = "letters short" if max(map(len, shown.answers)) <= SHORT else "letters"
    answered = place("answers", name)
    return (
        f'<div class="question" id="{place(chapter.name, f"question-{number}")}">'
        f'<p class="question-text"><span class="question-number">{name}</span> {shown.text}</p><ol class="{kind}">{items}</ol>'
        f'<p class="see">answer: <a class="to-page" href="#{answered}">{page_of(answered)}</a></p></div>'
    )


def place_cells(chapter):
    """Leave out the code of pictures, and move what is folded below a cell to the back of the book."""
    for cell in chapter.content.select("div.cell"):
        tags = cell["class"]
        if "tag_hide-input" in tags:
            cell.select_one("details.above-input").decompose()
        if "tag_hide-output" in tags:
            fold(chapter, cell)
        elif not cell.get_text(strip=True) and not cell.img:
            cell.decompose()


def fold(chapter, cell):
    """Move the output of a cell to the back, and say there and here where the other is."""
    source = cell.select_one(".cell_input")
    output = cell.select_one("details.below-input .cell_output").extract()
    is_solution = SOLUTION.match(source.get_text(strip=True))
    heading = cell.find_previous(re.compile("^h[1-4]$"))
    anchor = place("solutions", f"{chapter.name}-{len(chapter.folded) + 1}")
    chapter.folded.append(Folded(anchor, heading.get_text(), heading["id"], output))
    words = "Solution" if is_solution else "What it shows"
    see = parsed(f'<p class="see">{words}: <a class="to-page" href="#{anchor}">{page_of(anchor)}</a></p>')
    if is_solution:
        cell.replace_with(see)
    else:
        cell.select_one("details.below-input").replace_with(see)


# ---- Links ---------------------------------------------------------------------------------------------------------


def page_of(target):
    """Return the words "page N" for a place in the book; the number is put in when it is known."""
    return f'page <span data-page-of="{html.escape(target)}">100</span>'


def lead_links(chapter, labels):
    """Lead links to other pages to their chapters here, with the page; links to what is not on paper become plain words."""
    for link in chapter.content.select("a[href]:not(.to-page)"):
        address, fragment = urldefrag(link["href"])
        if re.match(r"[a-z]+:", address):
            continue
        name = posixpath.basename(address).removesuffix(".html") or chapter.name
        if name not in labels:
            link.unwrap()
            continue
        target = place(name, unquote(fragment))
        target = labels[name].get(target, target)
        link["href"] = f"#{target}"
        if not (name in LOOKED_UP and fragment):
            link.insert_after(parsed(f' <span class="at">({page_of(target)})</span>'))


# ---- What stands before and behind the chapters --------------------------------------------------------------------


def page_name(name):
    """Return a chapter's name as CSS takes it for a page."""
    return f"page-{name}"


def running_heads(chapters):
    """Yield (name, what stands at the top of its pages) for everything that has such a head."""
    for one in chapters:
        yield one.name, one.numbered_title.replace('"', "")
    yield from (("contents", "Contents"), ("on-paper", "This book on paper"), ("answers", "Answers"), ("solutions", "Solutions"))


def title_page(edition, up):
    """Return the title page, and what stands on its back."""
    return f"""<section class="title-page">
<img class="mark" alt="" src="{up}/_static/mark.svg">
<p class="book-title">{html.escape(edition.title)}</p>
<p class="book-subtitle">{html.escape(edition.subtitle[0].upper() + edition.subtitle[1:])}</p>
<p class="book-authors">{html.escape(edition.authors)}</p>
<p class="book-edition">Version {html.escape(edition.version)}, {edition.released.day} {edition.released:%B %Y}</p>
</section>
<section class="imprint">
<p>© {html.escape(edition.copyright)}</p>
<p>Text and pictures: Creative Commons Attribution 4.0, https://creativecommons.org/licenses/by/4.0/. Code: BSD 3-Clause. Each
data set has a licence of its own, which lies beside it.</p>
<p>The book on the screen, its notebooks and the package: {html.escape(edition.address)}</p>
</section>"""


def table_of_contents(chapters):
    """Return the table of contents, with the sections that are a chapter's own."""
    common = Counter(title for one in chapters for title in {section.get_text() for section in one.content.select("h2")})
    lines, part = [line("on-paper", "This book on paper")], ""
    for one in chapters:
        if one.part != part:
            part = one.part
            lines.append(f'<p class="part">{html.escape(part)}</p>')
        lines.append(line(one.name, one.title, number=one.number))
        sections = [heading for heading in one.content.select("h2") if common[heading.get_text()] < COMMON and one.number]
        lines += [line(heading["id"], heading.get_text(), kind="section") for heading in sections]
    lines += ['<p class="part">At the back</p>', line("answers", "Answers to the questions")]
    lines += [line("solutions", "Solutions to the exercises")]
    return f'<nav class="contents" id="contents"><h1>Contents</h1>{"".join(lines)}</nav>'


def line(target, title, *, number="", kind="chapter"):
    """Return a line of the table of contents."""
    return (
        f'<p class="line {kind}"><a href="#{target}"><span class="line-number">{number}</span><span class="line-title">'
        f'{html.escape(title)}</span><span class="dots"></span><span data-page-of="{target}">100</span></a></p>'
    )


def on_paper(edition):
    """Return the words to a reader on paper."""
    return f"""<section class="chapter" id="on-paper" style="page: {page_name("on-paper")}"><h1>This book on paper</h1>
<p>This is the paper form of a book that was made for the screen. There the pictures move, the questions answer, and the
exercises say which slip led to a wrong result. This is what stands here for them:</p>
<ul>
<li><strong>Pictures that move</strong> stand still as they open. The sentence below each says what is to be seen, and where its
controls stand.</li>
<li><strong>Questions</strong> have numbers and lettered answers. What there is to say to every answer, right or wrong, begins on
{page_of("answers")}. Choose before you look: having guessed is what makes you remember.</li>
<li><strong>Exercises</strong> have a task and a start. Solutions begin on {page_of("solutions")}; they are one way, and not
the only one.</li>
<li><strong>Code that only draws a picture</strong> is left out. It is on the page and in the notebook.</li>
<li><strong>“The page”</strong> means the page on the screen. <strong>Links</strong> within the book have a page number, and
others their address.</li>
</ul>
<p>To move, to run and to be checked, get the book, which is free: {html.escape(edition.address)}</p>
</section>"""


def printed(chapter):
    """Return a chapter's markup."""
    content, heading = chapter.content, chapter.content.h1
    content["class"] = f"chapter {page_name(chapter.name)}"
    content["style"] = f"page: {page_name(chapter.name)}"
    if chapter.number:
        heading.insert(0, parsed(f'<span class="chapter-number">{chapter.number}&nbsp;</span>'))
    return str(content)


def answers(chapters):
    """Return what there is to say to every answer of every question."""
    parts = []
    for one in chapters:
        if one.questions:
            parts.append(f"<h2>{html.escape(one.numbered_title)}</h2>")
        for number, asked in enumerate(one.questions, 1):
            name = question_name(one, number)
            items = "".join(f"<li>{words}</li>" for words in asked.feedback)
            asked_at = place(one.name, f"question-{number}")
            parts.append(
                f'<div class="answer" id="{place("answers", name)}"><p class="answer-head">'
                f'<span class="question-number">{name}</span> '
                f'<strong>{"abcdefgh"[asked.right]})</strong> <a class="to-page" href="#{asked_at}">{page_of(asked_at)}</a></p>'
                f'<ol class="letters">{items}</ol></div>'
            )
    return back_section("answers", "Answers to the questions", parts)


def solutions(chapters):
    """Return what the pages fold away below their cells, the solutions above all."""
    parts = []
    for one in chapters:
        if one.folded:
            parts.append(f"<h2>{html.escape(one.numbered_title)}</h2>")
        for item in one.folded:
            parts.append(
                f'<div class="solution" id="{item.anchor}"><h3>{html.escape(item.title)} '
                f'<a class="to-page at" href="#{item.asked_at}">({page_of(item.asked_at)})</a></h3>{item.content}</div>'
            )
    return back_section("solutions", "Solutions to the exercises", parts)


def back_section(name, title, parts):
    """Return a section at the back of the book."""
    return f'<section class="chapter back" id="{name}" style="page: {page_name(name)}"><h1>{title}</h1>{"".join(parts)}</section>'
