"""How the exercises show themselves: HTML where there is a notebook, plain text elsewhere.

What is shown is the same in every session: no random ids, no timings. It says all in words, so
that nothing hangs on a colour, and takes its colours from the page, light or dark.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from functools import cache

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin


class Shown:
    """Something to be displayed, in two forms."""

    def __init__(self, text: str, markup: str):
        self.text, self.markup = text, markup

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.markup


def show(text: str, markup: str) -> None:
    """Display ``text``, or in a notebook the HTML ``markup``."""
    import IPython.display  # not in the book's pages

    IPython.display.display(Shown(text, markup))


def notice(title: str, message: str = "", details: tuple[str, ...] = ()) -> None:
    """Display a box: title and message in Markdown, plain lines. Screen readers announce it."""
    lines = [f"{title}." if title[-1] not in ".:?!" else title, message, *details]
    parts = [f"<p style='margin:0'><strong>{to_inline_html(lines[0])}</strong></p>"]
    if message:
        parts.append(to_html(message))
    if details:
        joined = "\n".join(map(html.escape, details))
        parts.append(f"<pre style='white-space:pre-wrap;margin:0.3em 0 0'>{joined}</pre>")
    show("\n".join(filter(None, lines)), box("".join(parts), 'role="status"'))


def box(inner: str, attributes: str = "") -> str:
    """A block with a line at its left. JupyterLab typesets what stands in it, and the book does."""
    style = "border-left:0.25em solid currentColor;padding:0.2em 0.8em;margin:0.3em 0"
    return f'<div class="groundup tex2jax_process" {attributes} style="{style}">{inner}</div>'


@cache
def markdown(maths: Callable[[str, bool], str]) -> MarkdownIt:
    """The one reader of Markdown with ``$maths$``: ``maths(formula, display)`` sets a formula."""

    def render(formula: str, options: dict) -> str:
        return maths(formula, options["display_mode"])

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    return parser.use(dollarmath_plugin, allow_labels=False, allow_space=False, renderer=render)


def _tex(formula: str, display: bool) -> str:
    left, right = ("\\[", "\\]") if display else ("\\(", "\\)")
    return f"{left}{html.escape(formula)}{right}"


def to_html(text: str) -> str:
    """Markdown with ``$maths$`` as HTML; maths stays TeX, to be typeset, between ``\\( \\)``."""
    return markdown(_tex).render(text).strip()


def to_inline_html(text: str) -> str:
    """The same for a text without paragraphs, such as a quiz's option."""
    return markdown(_tex).renderInline(" ".join(text.split()))
