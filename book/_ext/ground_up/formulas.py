"""Formulas are MathML from the start: no script stands between the page and its mathematics."""

from __future__ import annotations

import html
import json
import re
import subprocess
from functools import cache

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from tools import vendor

logger = logging.getLogger(__name__)
#: A formula in the HTML that a cell displays (``groundup.questions.show``).
IN_HTML = re.compile(r"\\\((.+?)\\\)", re.DOTALL)
NUMBERED = re.compile(r"\{(align|equation|gather|alignat|multline)\}")  # Sphinx numbers them


@cache
def _typesetter() -> subprocess.Popen:
    """One process of Node.js for all formulas; it ends with this one, which closes its input."""
    return subprocess.Popen(
        [*vendor.node(), str(vendor.WEB / "formulas.cjs")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip


@cache
def mathml(formula: str, display: bool = False) -> str:
    """The formula, in TeX, as a ``<math>`` element.

    Raises
    ------
    ValueError
        Where it cannot be read.
    """
    process = _typesetter()
    process.stdin.write(json.dumps({"formula": formula, "display": display}) + "\n")
    process.stdin.flush()
    answer = json.loads(process.stdout.readline())
    if "fault" in answer:
        raise ValueError(f"the formula {formula!r} cannot be set: {answer['fault']}")
    return answer["markup"]


def _set(node, display: bool = False) -> str:
    formula = node.astext()
    if display:
        formula = NUMBERED.sub(r"{\1*}", formula.strip())
        if r"\\" in formula and r"\begin" not in formula:
            formula = rf"\begin{{split}}{formula}\end{{split}}"
    try:
        return mathml(formula, display)
    except ValueError as error:
        logger.warning("%s", error, location=node)
        return html.escape(formula)


def write_inline(translator, node) -> None:
    translator.body.append(_set(node))
    raise nodes.SkipNode


def write_block(translator, node) -> None:
    translator.body.append(translator.starttag(node, "div", CLASS="math"))
    translator.body.append(f'<div class="formula">{_set(node, display=True)}</div>')
    if node["number"]:
        translator.body.append(f'<span class="eqno">({get_node_equation_number(translator, node)})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def set_formulas_of_cells(app: Sphinx, docname: str, source: list[str]) -> None:
    """The formulas in the HTML that cells display; JupyterLab sets them by itself."""
    if not str(app.env.doc2path(docname)).endswith(".ipynb"):
        return
    notebook = json.loads(source[0])
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "text/html" in data:
                text = "".join(data["text/html"])
                data["text/html"] = IN_HTML.sub(lambda it: mathml(html.unescape(it[1])), text)
    source[0] = json.dumps(notebook)


def setup(app: Sphinx) -> None:
    app.add_html_math_renderer("mathml", (write_inline, None), (write_block, None))
    app.connect("source-read", set_formulas_of_cells)
