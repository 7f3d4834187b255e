"""One style and one script for each page, without what no page can use."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

import tinycss2

from tools.paths import ROOT

STYLE = re.compile(r'\s*<link [^>]*?href="([^":]+\.css[^"]*)"[^>]*?>')
SCRIPT = re.compile(
    r'\s*<script (?:defer )?src="((?:\.\./)*_static/(?!searchtools|language)[^"]+)"></script>'
)
PRELOAD = re.compile(r'\s*<link rel="preload" as="script"[^>]*>')
LATER = r'addEventListener("DOMContentLoaded", () => { \1 });'
OPTION = re.compile(r"<script>(DOCUMENTATION_OPTIONS\.[^<]*)</script>")
IMPORT = re.compile(r'@import (?:url\()?["\']([^"\']+)["\']\)?;')
ADDRESS = re.compile(r"url\((['\"]?)(?!data:|['\"])([^)'\"]+)\1\)")
CLASS = re.compile(r"\.(-?[a-zA-Z_][\w-]*)")
NOT = re.compile(r":not\([^)]*\)")
COMMA = re.compile(r",(?![^(]*\))")
WORD = re.compile(r"[\w-]+")
NO_MARKUP = ("fontawesome.js", "texts.js")


def bundle(out: Path) -> None:
    """One style and one script for each page instead of ten of each."""
    used, known = set(), _words(out)
    for path in out.rglob("*.html"):
        if path.name == "404.html":  # its links begin at the site's root
            continue
        text = path.read_text(encoding="utf-8")
        head, mark, body = text.partition("</head>")
        styles = [it[1] for it in STYLE.finditer(head)]
        scripts = [it[1] for it in SCRIPT.finditer(head + mark + body)]
        if not styles or not scripts:
            continue
        style = _bundled(out, path, styles, known)
        script = _bundled(out, path, scripts)
        head = SCRIPT.sub("", STYLE.sub("", PRELOAD.sub("", head)))
        # What these files of the search's page use is in the bundle, which comes first.
        head = re.sub(r'<script src="([^"]+)">', r'<script defer src="\1">', head)
        head = OPTION.sub(rf"<script>{LATER}</script>", head)
        first = f'<link rel="stylesheet" href="{style}" />\n<script defer src="{script}"></script>'
        head = head.replace("<title>", f"{first}\n<title>", 1)
        body = SCRIPT.sub("", body)
        path.write_text(head + mark + body, encoding="utf-8")
        used |= {Path(style).name, Path(script).name}
    for old in (out / "_static").glob("all-*"):
        if old.name not in used:
            old.unlink()


def _bundled(out: Path, page: Path, addresses: list[str], known: set[str] | None = None) -> str:
    """The address, from the page, of one file that holds those at these addresses.

    They are styles where words are known, else scripts.
    """
    files = [(page.parent / it.partition("?")[0]).resolve() for it in addresses]
    folder = out / "_static"
    if known is None:
        kind, text = "js", "\n;\n".join(it.read_text(encoding="utf-8") for it in files)
    else:
        rules = "\n".join(_style(it, folder) for it in files)
        kind, text = "css", _needed(tinycss2.parse_stylesheet(rules, True, True), known)
    text = re.sub(r"^//# sourceMappingURL=.*$", "", text, flags=re.MULTILINE)
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    target = folder / f"all-{digest}.{kind}"
    target.write_text(text, encoding="utf-8")
    return Path(os.path.relpath(target, page.parent)).as_posix()


def _style(path: Path, folder: Path) -> str:
    """A style's text with what it imports, its addresses as seen from ``folder``."""
    text = path.read_text(encoding="utf-8")
    text = IMPORT.sub(lambda it: _style((path.parent / it[1]).resolve(), folder), text)

    def seen(found: re.Match) -> str:
        target = os.path.relpath(path.parent / found[2], folder)
        return f"url({found[1]}{Path(target).as_posix()}{found[1]})"

    return ADDRESS.sub(seen, text)


def _words(out: Path) -> set[str]:
    """All words in the pages, in their scripts and in the Python that writes HTML in them."""
    files = [*out.rglob("*.html"), *(ROOT / "groundup").rglob("*.py")]
    for folder in ("_static", "live", "widgets"):
        files += [it for it in (out / folder).rglob("*.js") if it.name not in NO_MARKUP]
    return {it for path in files for it in WORD.findall(path.read_text(encoding="utf-8"))}


def _needed(rules: list, known: set[str]) -> str:
    """The rules that can meet an element: those whose classes are all known words."""
    kept = []
    for rule in rules:
        if rule.type == "qualified-rule":
            choices = COMMA.split(tinycss2.serialize(rule.prelude).strip())
            meet = [it for it in choices if set(CLASS.findall(NOT.sub("", it))) <= known]
            if meet:
                kept.append(f"{','.join(meet)}{{{tinycss2.serialize(rule.content)}}}")
        elif rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports"):
            inside = _needed(tinycss2.parse_rule_list(rule.content, True, True), known)
            condition = tinycss2.serialize(rule.prelude)
            kept.append(f"@{rule.lower_at_keyword}{condition}{{{inside}}}" if inside else "")
        else:
            kept.append(rule.serialize())
    return "\n".join(filter(None, kept))
