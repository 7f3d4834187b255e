"""What pages quote: numbers from notebooks, known slips, and the size of a hub."""

import json
import math
from functools import cache

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from groundup.claims import CLAIM_MIME
from groundup.questions import question
from tools.paths import ROOT, chapters

logger = logging.getLogger(__name__)


class ClaimRole(SphinxRole):
    """Quotes a claim: ``{claim}`a.name``` its sentence, ``{claim}`a.name|.1%``` its value."""

    def run(self):
        name, _, spec = self.text.partition("|")
        record = _claims().get(name.strip())
        if record is None:
            logger.warning("no notebook claims %r", name, location=self.get_location())
            return [nodes.inline(self.rawtext, self.text)], []
        for path in chapters():
            self.env.note_dependency(str(path))
        text = format(record["value"], spec.strip()) if spec else record["text"]
        return [nodes.inline(self.rawtext, text, classes=["claim"])], []


@cache
def _claims() -> dict[str, dict]:
    """Every claim in the committed notebooks' outputs, by name."""
    found = {}
    for path in chapters():
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                record = output.get("data", {}).get(CLAIM_MIME)
                if record:
                    found[record["name"]] = record
    return found


class CommonMistakes(SphinxDirective):
    """``{common-mistakes}``: for each exercise what its checker says to the known slips."""

    def run(self):
        found = []
        for chapter in question.chapters():
            source = ROOT / "groundup" / "exercises" / f"chapter{chapter}.py"
            self.env.note_dependency(str(source))
            lines = []
            for it in question.all_exercises(chapter):
                messages = dict.fromkeys(slip.message for slip in it.slips)
                lines += ["", f"**{it.id} {it.title}**", ""]
                lines += [f"- {' '.join(message.split())}" for message in messages]
            section = nodes.section(ids=[f"mistakes-chapter-{chapter}"])
            section += nodes.title(text=f"Chapter {chapter}")
            self.state.nested_parse(StringList(lines, "exercises"), 0, section)
            found.append(section)
        return found


class HubSize(SphinxDirective):
    """``{hub-size}``: its words, with what a student needs on a hub and what a class needs then."""

    has_content = True
    CLASSES = ((30, 30), (300, 100), (300, 300), (3000, 600), (3000, 3000))  # students, at once
    MINUTES = 15  # in which those who are there at once run a chapter from its top
    SYSTEM = 2  # GiB for the system itself

    def run(self):
        path = ROOT / "benchmarks" / "hub.json"
        self.env.note_dependency(str(path))
        found = json.loads(path.read_text(encoding="utf-8"))
        memory = {name: it["peak_mib"] for name, it in found["chapters"].items()}
        seconds = {name: it["cpu_seconds"] for name, it in found["chapters"].items()}
        largest, slowest = max(memory, key=memory.get), max(seconds, key=seconds.get)
        table = ["| students | of these at once | memory, GiB | cores |", "|--:|--:|--:|--:|"]
        for students, at_once in self.CLASSES:
            gib = self.SYSTEM + (found["hub_mib"] + at_once * memory[largest]) / 1024
            one = found["start_cpu_seconds"] + seconds[slowest]
            cores = max(2, at_once * one / (60 * self.MINUTES))
            table.append(f"| {students} | {at_once} | {math.ceil(gib)} | {math.ceil(cores)} |")
        numbers = {
            **found, "largest": int(largest[:2]), "memory": memory[largest],
            "slowest": int(slowest[:2]), "seconds": seconds[slowest],
            "table": "\n".join(table), "system": self.SYSTEM, "minutes": self.MINUTES,
        }  # fmt: skip
        text = "\n".join(self.content).format(**numbers)
        section = nodes.Element()
        self.state.nested_parse(StringList(text.splitlines(), str(path)), 0, section)
        return section.children


def setup(app: Sphinx) -> None:
    app.add_role("claim", ClaimRole())
    app.add_directive("common-mistakes", CommonMistakes)
    app.add_directive("hub-size", HubSize)
