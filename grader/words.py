"""The page on which a person grades words: in a browser, from the disk, with nothing loaded.

Rubric items are pressed, and their points may be changed later for all; the same answers are one
card; no name is shown unless asked for. It saves the table that ``by-hand/a1.csv`` is.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html import escape
from pathlib import Path

from grader.assignment import Assignment, ByHand
from grader.page import to_html

_SCRIPT = Path(__file__).with_name("words.js")
_ITEM = re.compile(r"^(\d+(?:\.\d+)?) points?: (.*?)(?=^\d+(?:\.\d+)? points?: |\Z)", re.M | re.S)
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 1rem auto; padding: 0 1rem }
#text { background: #f4f4f4; padding: .8rem; white-space: pre-wrap; overflow-wrap: anywhere;
 min-height: 6rem; max-height: 45vh; overflow: auto }
.item { display: flex; gap: .5rem; margin: .3rem 0 }
.item button { flex: 1; text-align: left; white-space: pre-wrap }
button { font: inherit; padding: .4rem .7rem; border: 1px solid #767676; background: #fff;
 border-radius: .3rem } button[aria-pressed="true"] { background: #0072b2; color: #fff }
input[type="number"] { font: inherit; width: 4.5rem } textarea { font: inherit; width: 100%;
 box-sizing: border-box } #used button { font-size: .85rem; margin: .2rem .3rem 0 0 }
.bar { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; margin: .6rem 0 }
"""


def items(part: ByHand) -> list[dict]:
    """The parts of a rubric that are pressed: its lines such as ``2 points: says why``."""
    found = _ITEM.findall(part.rubric)
    return [{"points": float(points), "text": " ".join(text.split())} for points, text in found]


def page(work: Assignment, file: str, head: list[str], rows: list[list[str]], texts: dict) -> str:
    """The page for a table's rows; ``texts`` has what is to be read, by (student, question)."""
    cards: dict[tuple, dict] = {}
    for student, question, points, most, comment, mark in rows:
        if (student, question) not in texts:
            continue  # kept in the table, and not asked now
        same = sum(known[:2] == (question, mark) for known in cards)
        card = cards.setdefault(
            (question, mark, points, comment),
            {
                "key": f"{question} {mark}" + f" {same}" * bool(same),
                "question": question,
                "students": [],
                "text": texts[student, question],
                "points": float(points) if points else None,
                "comment": comment,
                "most": float(most),
            },
        )
        card["students"].append(student)
    order = [part.id for part in work.manual] + ["*"]
    content = {
        "name": f"words of {work.id}",
        "file": file,
        "head": head,
        "rows": rows,
        "questions": [{"id": part.id, "items": items(part)} for part in work.manual],
        "cards": sorted(cards.values(), key=lambda card: order.index(card["question"])),
    }
    data = json.dumps(content).replace("<", "\\u003c")
    script = _SCRIPT.read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    asked = "".join(
        f'<details data-question="{escape(part.id)}"><summary>Rubric, and an answer with full marks'
        f"</summary>{to_html(part.rubric)}<hr>{to_html(part.answer)}</details>"
        for part in work.manual
    )
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(work.title)}: words</title><style>{_STYLE}</style></head>
<body><h1>{escape(work.title)}: words</h1>
<p>Press the items that an answer earns, or give points. Keys: 1 to 9 for the items, 0 for no
points, ← and → for the answers, c for the comment, Escape out of it. Then save the table, and put
it in the place of <code>by-hand/{escape(file)}</code>. What you press stays in this browser.</p>
<div class="bar"><button id="before">←</button><button id="next">→</button>
<strong id="where">Nothing waits for a person.</strong>
<label><input type="checkbox" id="names"> names</label>
<button id="save">Save the table</button></div>
<p id="who"></p><div id="text" tabindex="0"></div><div id="items"></div>
<div class="bar"><label>Points <input type="number" id="points" min="0" step="0.5"></label>
<span id="most"></span></div>
<label>Comment, which the student reads <textarea id="comment" rows="2"></textarea></label>
<div id="used"></div>{asked}<p id="said" role="status"></p>
<script type="application/json" id="data">{data}</script>
<script>{script}</script></body></html>
"""
