"""What this book adds to Jupyter Book.

- folds each exercise's worked solution in after its stub, so that no notebook holds it;
- puts a widget after each cell tagged ``widget-…``, where a notebook has only words;
- the directive ``{common-mistakes}`` lists the exercises' known slips;
- says in each chapter's head what running it costs, as ``make bench`` measured it;
- the directive ``{hub-size}`` says how large a server a class needs, from what was measured;
- the role ``{claim}`` quotes a number that a notebook measured and promised;
- offers plain copies of the notebooks for download;
- gives each page a description, and takes away scripts that would ask something of other sites;
- writes a sitemap and cards for link previews where the environment variable ``GROUNDUP_ADDRESS``
  says at which address the book will stand; both need one;
- puts buttons for Binder, Colab and the repository on the pages where the environment variable
  ``GROUNDUP_REPOSITORY`` says where the repository is;
- writes the formulas of the EPUB as MathML;
- makes the built pages lighter, and mends what screen readers stumble over in them.
"""

from __future__ import annotations

import io
import json
import math
import os
import re
import sys
import tomllib
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

import latex2mathml.converter
from docutils import nodes
from docutils.statemachine import StringList
from fontTools import subset
from fontTools.ttLib import TTFont
from PIL import Image
from sphinx.application import Sphinx
from sphinx.errors import ConfigError
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from groundup.claims import CLAIM_MIME  # noqa: E402
from tools import clean, vendor  # noqa: E402
from tools.notebooks import exercise_tags  # noqa: E402
from tools.wheel import build_wheel, wheel_name  # noqa: E402

#: The repository's public address, once it has one, and the branch in which the built book lies.
REPOSITORY, SITE = os.environ.get("GROUNDUP_REPOSITORY", ""), "gh-pages"

RESULTS = ROOT / "benchmarks" / "results.json"
logger = logging.getLogger(__name__)


def fetch_web_files(app: Sphinx, config) -> None:
    vendor.vendor()


def drop_thebe(app: Sphinx, config) -> None:
    """Jupyter Book loads Thebe always; its scripts clash on each page and name another site."""
    for listeners in app.events.listeners.values():
        listeners[:] = [it for it in listeners if it.handler.__module__ != "sphinx_thebe"]
    styles = app.registry.css_files
    styles[:] = [it for it in styles if "thebe" not in it[0]]


# --- the book's own address ------------------------------------------------------------------


def set_address(app: Sphinx, config) -> None:
    address = os.environ.get("GROUNDUP_ADDRESS", "")
    if address and not re.fullmatch(r"https?://[^/\s]+/(\S*/)?", address):
        raise ConfigError(
            "GROUNDUP_ADDRESS must be the book's address, with a slash at its end, such as "
            f"https://example.org/book/; got {address!r}"
        )
    config.html_baseurl = config.ogp_site_url = address
    config.project = config.ogp_site_name = config.html_title
    config.version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"][
        "version"
    ]
    # The page for what is not there may be asked for in any folder, so its links begin at the root.
    config.notfound_urls_prefix = urlsplit(address).path or "/"


def set_repository(app: Sphinx, config) -> None:
    if not REPOSITORY:
        return
    if not re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+", REPOSITORY):
        raise ConfigError(
            "GROUNDUP_REPOSITORY must be the repository's address, such as "
            f"https://github.com/someone/ground-up; got {REPOSITORY!r}"
        )
    config.html_theme_options |= {
        "repository_url": REPOSITORY,
        "repository_branch": "main",
        "use_repository_button": True,
        "use_issues_button": True,
        "launch_buttons": {
            "notebook_interface": "jupyterlab",
            "binderhub_url": "https://mybinder.org",
            "colab_url": "https://colab.research.google.com",
        },
    }


def point_colab(app: Sphinx, pagename: str, template: str, context: dict, doctree) -> None:
    """Colab opens the plain copy: it lies with the built book in the branch ``gh-pages``."""
    for group in context.get("header_buttons", []):
        for button in group.get("buttons", []):
            if button["text"] == "Colab":
                button["url"] = button["url"].replace("/blob/main/", f"/blob/{SITE}/_sources/")


def write_sitemap(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.name == "html" and app.config.html_baseurl:
        pages = sorted(app.env.found_docs)
        lines = [f"  <url><loc>{app.config.html_baseurl}{page}.html</loc></url>" for page in pages]
        (Path(app.outdir) / "sitemap.xml").write_text(
            '<?xml version="1.0" encoding="utf-8"?>\n'
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
            + "\n".join(lines)
            + "\n</urlset>\n",
            encoding="utf-8",
        )


# --- notebooks ------------------------------------------------------------------------------


def prepare_notebook(app: Sphinx, docname: str, source: list[str]) -> None:
    """After each cell tagged ``stub-2.3`` comes the solution of exercise 2.3, folded away.

    After a cell tagged ``widget-sigmoid`` comes that widget. The claims' records are taken out:
    they are for the tests and the role ``{claim}``.
    """
    if not str(app.env.doc2path(docname)).endswith(".ipynb"):
        return
    notebook = json.loads(source[0])
    cells = []
    for cell in notebook["cells"]:
        cells.append(cell)
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(CLAIM_MIME, None)
        tags = cell["metadata"].get("tags", [])
        cells.extend(_solution(number) for kind, number in exercise_tags(tags) if kind == "stub")
        if app.builder.name == "html":
            cells.extend(_widget(tag) for tag in tags if tag.startswith("widget-"))
    _add_cost(app, docname, cells)
    notebook["cells"] = cells
    source[0] = json.dumps(notebook)


def _add_cost(app: Sphinx, docname: str, cells: list[dict]) -> None:
    """In the chapter's first words, before the first section: seconds and memory of running it."""
    app.env.note_dependency(str(RESULTS))
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    measured = results["cases"].get(f"notebook.{Path(docname).name}.ipynb")
    if measured is None:
        return
    words = (
        f"**To run:** {measured['seconds']:.0f} seconds and {measured['memory_mb']:.0f} MB of "
        f"memory, measured on {results['machine']['cores']} processor cores."
    )
    head = [cell for cell in cells if cell["cell_type"] == "markdown"][1]
    text = "".join(head["source"])
    start = text.find("## ") if "## " in text else len(text)
    head["source"] = f"{text[:start].rstrip()}\n\n{words}\n\n{text[start:]}"


def _solution(number: str) -> dict:
    from groundup.questions import question

    text = (
        f"::::{{solution}} ex-{number.replace('.', '-')}\n:class: dropdown\n\n"
        f"{question.solution_markdown(number)}\n::::"
    )
    identity = f"solution-{number.replace('.', '-')}"
    return {"cell_type": "markdown", "id": identity, "metadata": {}, "source": text}


#: What a widget's page loads, and what stands in its place where no script runs.
WIDGETS = {
    "sigmoid": (["models/points.js", "widgets/sigmoid.js"], {}),
    "training-points": (
        ["models/points.js", "widgets/training.js"],
        {"data": "ten", "hidden": "2-3", "activation": "sigmoid", "loss": "mse", "lr": "0.03"},
    ),
    "training-moons": (["models/points.js", "widgets/training.js"], {}),
    "python": (["widgets/python.js"], {}),
    "digits": (["widgets/digits.js"], {}),
}


def _widget(tag: str) -> dict:
    name = tag.removeprefix("widget-")
    scripts, defaults = WIDGETS[name]
    inside = "<p>This part of the page needs JavaScript.</p>"
    if name == "python":
        code = (vendor.PAGES / "widgets" / "neuron.py").read_text(encoding="utf-8")
        inside = f"<pre>{escape(code)}</pre>"
    lines = [
        '<link rel="stylesheet" href="../widgets/widgets.css">',
        f'<div class="gu-widget" data-widget="{name.partition("-")[0]}" '
        f'data-defaults="{escape(json.dumps(defaults))}">{inside}</div>',
        *(f'<script defer src="../{it}"></script>' for it in ["widgets/common.js", *scripts]),
    ]
    text = "```{raw} html\n" + "\n".join(lines) + "\n```"
    return {"cell_type": "markdown", "id": tag, "metadata": {}, "source": text}


# --- numbers quoted from notebooks ----------------------------------------------------------


class ClaimRole(SphinxRole):
    """Quotes a claim: ``{claim}`a.name``` its sentence, ``{claim}`a.name|.1%``` its value."""

    def run(self):
        name, _, spec = self.text.partition("|")
        record = _claims().get(name.strip())
        if record is None:
            logger.warning("no notebook claims %r", name, location=self.get_location())
            return [nodes.inline(self.rawtext, self.text)], []
        for path in _notebooks():
            self.env.note_dependency(str(path))
        text = format(record["value"], spec.strip()) if spec else record["text"]
        return [nodes.inline(self.rawtext, text, classes=["claim"])], []


def _notebooks() -> list[Path]:
    return sorted((ROOT / "notebooks").glob("*.ipynb"))


def _claims() -> dict[str, dict]:
    """Every claim in the committed notebooks' outputs, by name."""
    found = {}
    for path in _notebooks():
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                record = output.get("data", {}).get(CLAIM_MIME)
                if record:
                    found[record["name"]] = record
    return found


class CommonMistakes(SphinxDirective):
    """``{common-mistakes}``: for each exercise what its checker says to the known slips."""

    def run(self):
        from groundup.questions import question

        found = []
        for chapter in question.chapters():
            lines = []
            for it in question.all_exercises(chapter):
                self.env.note_dependency(
                    str(ROOT / "groundup" / "exercises" / f"chapter{chapter}.py")
                )
                messages = dict.fromkeys(slip.message for slip in it.slips)
                lines += ["", f"**{it.id} {it.title}**", ""]
                lines += [f"- {' '.join(message.split())}" for message in messages]
            section = nodes.section(ids=[f"mistakes-chapter-{chapter}"])
            section += nodes.title(text=f"Chapter {chapter}")
            self.state.nested_parse(StringList(lines, "exercises"), 0, section)
            found.append(section)
        return found


class HubSize(SphinxDirective):
    """``{hub-size}``: what a student needs on a hub, as measured, and what a class needs then."""

    CLASSES = ((30, 30), (300, 100), (300, 300), (3000, 600), (3000, 3000))  # students, at once
    MINUTES = 15  # in which those who are there at once run a chapter from its top
    SYSTEM = 2048  # MiB for the system itself

    def run(self):
        path = ROOT / "benchmarks" / "hub.json"
        self.env.note_dependency(str(path))
        found = json.loads(path.read_text(encoding="utf-8"))
        memory = {name: it["peak_mib"] for name, it in found["chapters"].items()}
        seconds = {name: it["cpu_seconds"] for name, it in found["chapters"].items()}
        largest, slowest = max(memory, key=memory.get), max(seconds, key=seconds.get)
        start = found["start_cpu_seconds"]
        lines = [
            f"Measured on {found['machine']}, with MNIST: for each student JupyterLab takes "
            f"{found['server_mib']} MiB of memory when it has started, and with the largest "
            f"chapter, {int(largest[:2])}, {memory[largest]:.0f} MiB at the most. To start it "
            f"takes {start:.0f} s of one core; to run the slowest chapter, {int(slowest[:2])}, "
            f"from its top takes {seconds[slowest]:.0f} s. The hub itself takes "
            f"{found['hub_mib']} MiB. From that follows, on paper:",
            "",
            "| students | of these at once | memory, GiB | cores |",
            "|--:|--:|--:|--:|",
        ]
        for students, at_once in self.CLASSES:
            gib = (self.SYSTEM + found["hub_mib"] + at_once * memory[largest]) / 1024
            cores = max(2, at_once * (start + seconds[slowest]) / (60 * self.MINUTES))
            lines.append(f"| {students} | {at_once} | {math.ceil(gib)} | {math.ceil(cores)} |")
        lines += [
            "",
            "Memory: all who are there at once run the largest chapter, and the system itself has "
            f"{self.SYSTEM // 1024} GiB. Cores: each of them starts JupyterLab and runs the "
            f"slowest chapter from its top, all within {self.MINUTES} minutes. With fewer cores "
            "they wait longer; with less memory somebody's kernel is ended.",
        ]
        section = nodes.Element()
        self.state.nested_parse(StringList(lines, str(path)), 0, section)
        return section.children


# --- pages ----------------------------------------------------------------------------------


def finish_page(app: Sphinx, pagename: str, template: str, context: dict, doctree) -> None:
    """A description for search engines and link previews: the page's first words."""
    if doctree is not None:
        words = next((p.astext() for p in doctree.findall(nodes.paragraph)), context["title"])
        text = " ".join(words.split())
        if len(text) > 200:
            text = text[:200].rsplit(" ", 1)[0] + " …"
        tags = re.sub(
            r'(<meta property="og:description" content=")[^"]*',
            lambda found: found[1] + escape(text),
            context["metatags"],
        )
        context["metatags"] = f'{tags}\n<meta name="description" content="{escape(text)}" />'


def offer_plain_copies(app: Sphinx, error: Exception | None) -> None:
    """The page's download button gives a notebook without what only the book understands.

    Where the repository's address is known, the package lies beside the pages, and the copies
    install it where it is missing.
    """
    if error is None and app.builder.format == "html":
        wheel = f"{REPOSITORY}/raw/{SITE}/{wheel_name()}" if REPOSITORY else ""
        clean.write_copies(Path(app.outdir) / "_sources" / "notebooks", wheel)
        if wheel:
            build_wheel(Path(app.outdir))


# --- the EPUB, and the one page that becomes the PDF -----------------------------------------


def prepare_epub(app: Sphinx) -> None:
    """No scripts: formulas are MathML, and the files for widgets stay out."""
    if app.builder.name == "epub":
        app.config.html_math_renderer = "mathml"
        app.config.html_extra_path = []
        app.config.epub_show_urls = "no"


def mathml(formula: str, display: str = "inline") -> str:
    for unknown, known in {"{aligned}": "{align*}", r"\lfloor": "⌊", r"\rfloor": "⌋"}.items():
        formula = formula.replace(unknown, known)
    return latex2mathml.converter.convert(formula, display=display)


def inline_mathml(translator, node) -> None:
    translator.body.append(mathml(node.astext()))
    raise nodes.SkipNode


def block_mathml(translator, node) -> None:
    number = f'<span class="eqno">({node["number"]})</span>' if node["number"] else ""
    formula = mathml(node.astext(), "block")
    anchors = "".join(f'<span id="{identity}"></span>' for identity in node["ids"])
    translator.body.append(f'<div class="math">{anchors}{formula}{number}</div>')
    raise nodes.SkipNode


def complete_one_page(app: Sphinx) -> None:
    """An extension that names the one-page builder hides from it what others give all of HTML."""
    handlers = app.registry.translation_handlers
    if app.builder.name == "singlehtml":
        handlers["singlehtml"] = {**handlers["html"], **handlers.get("singlehtml", {})}
        app.set_html_assets_policy("always")  # else MathJax is left out


# --- the built files ------------------------------------------------------------------------

#: What is replaced in every page.
MENDED = [
    # 540 KB for icons that also come as a font.
    (re.compile(r'\s*<script defer src="[^"]*/fontawesome\.js[^"]*"></script>'), ""),
    # Jupyter Book brings tabs and cards, which no page has.
    (re.compile(r"\s*<(link|script)[^>]*(sphinx-design|design-tabs)[^>]*>(</script>)?"), ""),
    # A summary's name is its own text.
    (re.compile(r'<summary aria-label="[^"]*">'), "<summary>"),
    # pandas and Markdown write a header cell where there is no header.
    (re.compile(r"<th>\s*</th>"), "<td></td>"),
    # Roles that the entries of a bibliography may not have.
    (re.compile(r' role="doc-biblioentry"'), ""),
    (re.compile(r'<div role="list" class="citation-list">'), '<div class="citation-list">'),
    # Pictures are fetched when the reader comes near.
    (re.compile(r"<img (?!loading)"), '<img loading="lazy" '),
]
#: The search's own files, 30 KB, that only the page with its results needs.
SEARCH = re.compile(
    r"\s*<(script|link)[^>]*(searchtools|language_data|searchindex)\.js[^>]*>(</script>)?"
)
ICON = re.compile(r"\bfa-([a-z0-9-]+)")


def mend_pages(app: Sphinx, error: Exception | None) -> None:
    if error is not None or app.builder.name != "html":
        return
    for path in Path(app.outdir).rglob("*.html"):
        text = mended = path.read_text(encoding="utf-8")
        for pattern, replacement in MENDED:
            mended = pattern.sub(replacement, mended)
        if path.name != "search.html":
            mended = SEARCH.sub("", mended)
        if mended != text:
            path.write_text(mended, encoding="utf-8")


def cut_icon_font(app: Sphinx, error: Exception | None) -> None:
    """Leave only the icons that the pages name: of the font 3 KB of 156, of the style 45 of 65."""
    static = Path(app.outdir) / "_static"
    folder = static / "vendor" / "fontawesome" / "webfonts"
    if error is not None or app.builder.name != "html" or not folder.is_dir():
        return
    sheet = static / "styles" / "pydata-sphinx-theme.css"
    style = sheet.read_text(encoding="utf-8")
    files = [*Path(app.outdir).rglob("*.html"), *static.rglob("*.js"), *static.glob("*.css")]
    named = {
        name
        for path in files
        if path.name != "fontawesome.js"
        for name in ICON.findall(path.read_text(encoding="utf-8"))
    }
    wanted = {
        int(code, 16)
        for selector, code in re.findall(r'([^{}]+)\{[^{}]*content:"\\([0-9a-f]{4})"', style)
        # An icon's own rule, or a rule of the theme's that writes an icon as a character.
        if named & set(ICON.findall(selector)) or ".fa-" not in selector
    }
    rule = re.compile(r'(?:\.fa-[a-z0-9-]+:before,?)+\{content:"[^"]+"\}')
    sheet.write_text(
        rule.sub(lambda found: found[0] if named & set(ICON.findall(found[0])) else "", style),
        encoding="utf-8",
    )
    for path in folder.glob("*.woff2"):
        font = TTFont(path.with_suffix(".ttf"))
        cutter = subset.Subsetter()
        cutter.populate(unicodes=wanted)
        cutter.subset(font)
        font.flavor = "woff2"
        font.save(path)


def lighten_pictures(app: Sphinx, error: Exception | None) -> None:
    """Figures need no 16 million colours: a palette of 256 makes them two thirds lighter."""
    if error is not None or app.builder.name != "html":
        return
    for path in (Path(app.outdir) / "_images").glob("*.png"):
        with Image.open(path) as image:
            if image.mode == "P":
                continue
            buffer = io.BytesIO()
            image.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(
                buffer, "PNG", optimize=True
            )
        if buffer.tell() < path.stat().st_size:
            path.write_bytes(buffer.getvalue())


def setup(app: Sphinx) -> dict:
    app.connect("config-inited", fetch_web_files, priority=100)
    app.connect("config-inited", drop_thebe, priority=100)
    app.connect("source-read", prepare_notebook)
    app.connect("html-page-context", finish_page, priority=900)
    app.connect("build-finished", offer_plain_copies)
    app.connect("build-finished", mend_pages)
    app.connect("build-finished", cut_icon_font)
    app.connect("build-finished", lighten_pictures)
    app.add_role("claim", ClaimRole())
    app.add_directive("common-mistakes", CommonMistakes)
    app.add_directive("hub-size", HubSize)
    app.connect("config-inited", set_address, priority=100)
    app.connect("config-inited", set_repository, priority=100)
    app.connect("html-page-context", point_colab, priority=900)
    app.connect("build-finished", write_sitemap)
    app.add_html_math_renderer("mathml", (inline_mathml, None), (block_mathml, None))
    app.connect("builder-inited", prepare_epub)
    app.connect("builder-inited", complete_one_page)
    if os.environ.get("GROUNDUP_ADDRESS"):
        app.setup_extension("sphinxext.opengraph")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
