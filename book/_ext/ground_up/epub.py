"""The EPUB, and the one page that becomes the PDF."""

import latex2mathml.converter
from docutils import nodes
from sphinx.application import Sphinx


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


def setup(app: Sphinx) -> None:
    app.add_html_math_renderer("mathml", (inline_mathml, None), (block_mathml, None))
    app.connect("builder-inited", prepare_epub)
    app.connect("builder-inited", complete_one_page)
