"""Pages that run no script and load nothing: for the instructor to read, and for the student."""

from __future__ import annotations

import re
from html import escape

import latex2mathml.converter

from groundup.questions.show import markdown

#: A prime is high by itself; as a superscript it is so high that no reader sees whose it is.
_PRIME = re.compile(r"<msup>(<mi>[^<]*</mi>)<mi>&#x02032;</mi></msup>")


def _mathml(formula: str, display: bool) -> str:
    found = latex2mathml.converter.convert(formula, display="block" if display else "inline")
    return _PRIME.sub(r'<mrow>\1<mo lspace="0" rspace="0">&#x02032;</mo></mrow>', found)


def to_html(text: str) -> str:
    """Our own Markdown as HTML; its formulas are MathML, which needs nothing that sets them."""
    return markdown(_mathml).render(text)


def to_inline_html(text: str) -> str:
    """The same for one sentence."""
    return markdown(_mathml).renderInline(text)


def page_of(title: str, body: str) -> str:
    """A whole HTML page that runs no script and loads nothing from anywhere."""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title><style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 52rem;
 margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere }}
pre {{ background: #f4f4f4; padding: .6rem; font-size: .82rem;
 overflow: auto; white-space: pre-wrap }}
table {{ border-collapse: collapse; margin: .8rem 0; display: block; overflow-x: auto }}
th, td {{ border: 1px solid #bbb; padding: .25rem .6rem; overflow-wrap: break-word }}
td.n {{ text-align: right }} img, svg {{ max-width: 100% }}
.verdict {{ border-left: .3rem solid #0072b2; padding: .1rem .8rem; background: #eef6fb }}
.verdict.full, tr.full td:last-child {{ border-left: .3rem solid #007a5a; background: #eaf6f1 }}
.verdict.none, .verdict.nothing, tr.none td:last-child, tr.nothing td:last-child
 {{ border-left: .3rem solid #b35900; background: #fdf3e7 }}
tr.part td:last-child, tr.waits td:last-child {{ border-left: .3rem solid #0072b2 }}
@media (max-width: 34rem) {{ th, td {{ padding: .2rem .3rem; font-size: .85rem }} }}
p, .math.block {{ overflow: auto hidden }} math {{ font-size: 1.05em }}
.code pre {{ border-left: 1px solid #bbb }}
</style></head><body><h1>{escape(title)}</h1>{body}</body></html>
"""
