"""Being found and finding one's way: links from first uses to the glossary and the notation, descriptions, a map of the site.

A Sphinx extension (`_config.yml` names it). In each chapter the first use of a term leads to its entry in the glossary, and the
first use of a letter to the notation. The notebooks hold none of these links, which would only be in the way in Jupyter.
"""

import re
from html import escape
from pathlib import Path

import addresses
from cards import write_card
from docutils import nodes

GLOSSARY, NOTATION, FIRST_PAGE = "book/glossary", "book/notation", "book/index"
#: The letters of the notation page, as they stand between dollar signs.
LETTERS = frozenset([*"xWwbzfaypLnkh", "a = f(z)", "z = xW + b", r"\hat y", r"\hat{y}", r"\eta", r"\sigma", r"\odot"])
A_BOOK = "an interactive textbook on neural networks"
#: Text inside these is no use of a word in a sentence.
NO_PROSE = (nodes.title, nodes.literal, nodes.literal_block, nodes.math, nodes.reference, nodes.term, nodes.raw, nodes.caption)


def name_site(app, config):
    """Say where the site will be, for canonical addresses and cards; it follows from the repository's address."""
    config.html_baseurl = addresses.site()
    config.ogp_site_url = addresses.site()


# ---- Links from first uses -----------------------------------------------------------------------------------------------


def link_first_uses(app, doctree, docname):
    """Lead from the first use of each term and each letter of a chapter to where it is explained."""
    if not app.env.doc2path(docname).endswith(".ipynb"):
        return
    _join_texts(doctree)
    for term, anchor in terms(app.env):
        _link_term(app, doctree, docname, term, anchor)
    seen = set()
    for math in list(doctree.findall(nodes.math)):
        letter = math.astext().strip()
        if letter in LETTERS and letter not in seen and _in_prose(math):
            seen.add(letter)
            _wrap(math, [math.deepcopy()], _address(app, docname, NOTATION, "letters"), "nn-letter")


def terms(env):
    """Return the glossary's terms with their anchors, the longest first, so that "hidden layer" comes before "layer"."""
    found = [(name, anchor) for (kind, name), (page, anchor) in env.get_domain("std").objects.items() if kind == "term"]
    return sorted(found, key=lambda item: (-len(item[0]), item[0]))


def forms(term):
    """Return the pattern of a term in running text: with hyphens or spaces, in the plural, and in either spelling of -ize."""
    words = re.escape(term).replace(r"\ ", r"[\s-]").replace(r"\-", r"[\s-]").replace("iz", "i[sz]").replace("'", "['’]")
    if term.endswith("y") and len(term) > 3:
        return re.compile(rf"\b(?:{words}|{words[:-1]}ies)\b", flags=re.IGNORECASE)
    return re.compile(rf"\b{words}(?:s|es)?\b", flags=re.IGNORECASE if term.islower() else 0)


def _join_texts(doctree):
    """Make one text of several side by side: a line break in the source is a text by itself, and would part a term's words."""
    for parent in list(doctree.findall(nodes.TextElement)):
        joined = []
        for child in parent.children:
            if isinstance(child, nodes.Text) and joined and isinstance(joined[-1], nodes.Text):
                joined[-1] = nodes.Text(joined[-1].astext() + child.astext())
            else:
                joined.append(child)
        if len(joined) < len(parent.children):
            parent.children = []
            parent.extend(joined)


def _link_term(app, doctree, docname, term, anchor):
    pattern = forms(term)
    for text in doctree.findall(nodes.Text):
        if not _in_prose(text):
            continue
        found = pattern.search(text.astext())
        if found:
            before, after = text.astext()[: found.start()], text.astext()[found.end() :]
            link = nodes.reference("", "", nodes.Text(found[0]), refuri=_address(app, docname, GLOSSARY, anchor), internal=True)
            link["classes"].append("nn-term")
            pieces = [nodes.Text(before)] * bool(before) + [link] + [nodes.Text(after)] * bool(after)
            text.parent.replace(text, pieces)
            return


def _in_prose(node):
    """Whether a node stands in a paragraph or a list, and not in a heading, a link or code."""
    inside_paragraph = False
    while node.parent is not None:
        node = node.parent
        if isinstance(node, NO_PROSE) or "cell" in getattr(node, "attributes", {}).get("classes", []):
            return False
        inside_paragraph = inside_paragraph or isinstance(node, nodes.paragraph)
    return inside_paragraph


def _wrap(node, content, address, name):
    # The title is the link's name for a screen reader, which cannot take it from a formula.
    link = nodes.reference("", "", *content, refuri=address, internal=True, reftitle=f"{node.astext()}: what it stands for")
    link["classes"].append(name)
    node.parent.replace(node, link)


def _address(app, docname, page, anchor):
    return f"{app.builder.get_relative_uri(docname, page)}#{anchor}"


# ---- Descriptions --------------------------------------------------------------------------------------------------------


def describe(app, env):
    """Give every page a description of its own: a chapter's stands in the table of the first page, others' in their first words."""
    for docname in env.found_docs:
        title = env.titles[docname].astext()
        about = about_chapters(env).get(docname) or first_words(env.get_doctree(docname)) or f"{title} of nnlearn, {A_BOOK}."
        env.metadata[docname] |= {"nn-description": about, "og:description": about, "og:image:alt": about}
        env.metadata[docname]["og:image"] = f"{addresses.site()}{card(docname)}"


def card(docname):
    """Return where the picture of a page lies in the site."""
    return f"_static/cards/{docname.rsplit('/', 1)[-1]}.png"


def about_chapters(env):
    """Return {page: what it is about} from the table of chapters on the first page."""
    text = Path(env.doc2path(FIRST_PAGE)).read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[([^\]]+)\]\(([\w-]+)\) \| ([^|]+) \|", text, flags=re.MULTILINE)
    return {f"book/{page}": f"{title}: {about.strip()}." for title, page, about in rows}


def first_words(doctree, most=200):
    """Return the first paragraph of a page, or as many whole words of it as a list of search results shows."""
    text = next((" ".join(p.astext().split()) for p in doctree.findall(nodes.paragraph) if len(p.astext()) > 30), "")
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} …"


def add_description(app, pagename, templatename, context, doctree):
    """Write the description into the page's head."""
    about = app.env.metadata.get(pagename, {}).get("nn-description")
    if about:
        names = {"description": about, "twitter:card": "summary_large_image"}
        tags = [f'<meta name="{name}" content="{escape(content)}" />' for name, content in names.items()]
        context["metatags"] = "\n".join([context.get("metatags", ""), *tags])


def write_cards(app, error):
    """Write the picture of each page."""
    if error or app.builder.format != "html":
        return
    (Path(app.outdir) / "_static" / "cards").mkdir(parents=True, exist_ok=True)
    for docname in app.env.found_docs:
        write_card(Path(app.outdir) / card(docname), app.env.titles[docname].astext(), app.env.metadata[docname]["nn-description"])


# ---- A map of the site -----------------------------------------------------------------------------------------------------


def write_map(app, error):
    """Write `sitemap.xml` with all pages, and `robots.txt`, which says where it is."""
    if error or app.builder.format != "html":
        return
    pages = "".join(f"<url><loc>{escape(addresses.site())}{name}.html</loc></url>\n" for name in sorted(app.env.found_docs))
    head = '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    out = Path(app.outdir)
    (out / "sitemap.xml").write_text(f"{head}{pages}</urlset>\n", encoding="utf-8")
    (out / "robots.txt").write_text(f"User-agent: *\nAllow: /\nSitemap: {addresses.site()}sitemap.xml\n", encoding="utf-8")


def setup(app):
    """Join the build."""
    app.connect("config-inited", name_site, priority=100)
    app.connect("env-updated", describe)
    app.connect("doctree-resolved", link_first_uses)
    app.connect("html-page-context", add_description)
    app.connect("build-finished", write_cards)
    app.connect("build-finished", write_map)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
