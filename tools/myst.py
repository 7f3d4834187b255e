"""What a page's Markdown is made of, as the book's own parser reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import yaml
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from tools.paths import ROOT

DIRECTIVE = re.compile(r"\{(?P<name>[\w:-]+)\} *(?P<title>.*)")
VERBATIM = ("code", "code-block", "math", "raw")  # directives that hold no Markdown


@cache
def _parser() -> MarkdownIt:
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    extensions = set(settings["parse"]["myst_enable_extensions"])
    return create_md_parser(MdParserConfig(enable_extensions=extensions), RendererHTML)


def blocks(text: str) -> list[Token]:
    """Every block in order, with its lines in ``map``; what a directive holds is not opened."""
    return _parser().parse(text)


def directive(block: Token) -> re.Match | None:
    """Name and title where a block is a directive such as ``:::{note} Title``."""
    return DIRECTIVE.fullmatch(block.info) if block.type.endswith("fence") else None


def prose(text: str) -> Iterator[tuple[str, list[Token]]]:
    """Each heading ("h1" …), paragraph ("p"), list, table or quotation: its tag and inline tokens.

    Directives that hold prose are opened; their titles are paragraphs.
    """
    tag, inlines = "", []
    for block in blocks(text):
        found = directive(block)
        if found and found["name"] not in VERBATIM:
            yield from prose(f"{found['title']}\n\n{block.content}")
        elif block.type == "inline":
            inlines.append(block)
        elif block.level == 0 and block.nesting == 1:
            tag, inlines = block.tag, []
        elif block.level == 0 and block.nesting == -1:
            yield tag, inlines


def parts(inlines: list[Token]) -> list[Token]:
    """What inline tokens are made of: text, code, roles, pictures …"""
    return [part for inline in inlines for part in inline.children]


def words(inlines: list[Token]) -> str:
    """Their text without code, mathematics, roles, tags and the targets of links."""
    kept = {"softbreak": "\n", "hardbreak": "\n"}
    return "\n".join(
        "".join(
            part.content if part.type in ("text", "image") else kept.get(part.type, "")
            for part in inline.children
        )
        for inline in inlines
    )
