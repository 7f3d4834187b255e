"""The built pages: lighter, mended for screen readers, and asking nothing of other sites."""

import base64
import io
import json
import re
from pathlib import Path

from bs4 import BeautifulSoup
from fontTools import subset
from fontTools.ttLib import TTFont
from PIL import Image
from sphinx.application import Sphinx

from .bundles import bundle
from .figures import draw_figures


def drop_thebe(app: Sphinx, config) -> None:
    """Jupyter Book loads Thebe always; its scripts clash on each page and name another site."""
    for listeners in app.events.listeners.values():
        listeners[:] = [it for it in listeners if it.handler.__module__ != "sphinx_thebe"]
    styles = app.registry.css_files
    styles[:] = [it for it in styles if "thebe" not in it[0]]


def read_named_pages(app: Sphinx, config) -> None:
    """Only the files that _toc.yml names are pages, whatever lies beside them.

    Jupyter Book's ``only_build_toc_files`` takes the path of the course for a pattern, and reads
    everything where a folder's name has brackets in it.
    """
    named = vars(config).get("external_site_map")  # none in a book without that extension
    if named:
        config.include_patterns = [
            name if name.endswith(tuple(config.source_suffix)) else f"{name}.*" for name in named
        ]


#: Where cookies are off, or an LMS shows the page in a frame that may keep nothing, the mere name
#: of these stops a script. What is kept in their place is forgotten with the page.
EARLY = """
    <script>
      for (const name of ["localStorage", "sessionStorage"]) {
        try { window[name].length; } catch {
          const kept = new Map();
          Object.defineProperty(window, name, { value: {
            forgets: true, getItem: (key) => kept.get(key) ?? null, clear: () => kept.clear(),
            setItem: (key, value) => { kept.set(key, String(value)); },
            removeItem: (key) => { kept.delete(key); },
          } });
        }
      }
      // A link or a reload may ask for a place far down: all above it has to be as high as it is.
      const [{ type } = {}] = performance.getEntriesByType("navigation");
      document.documentElement.toggleAttribute("data-near", type === "navigate" && !location.hash);
    </script>"""
THEME = r"""\1{ light: "light", dark: "dark" }[document.documentElement.dataset.mode]
      ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")"""
#: What is replaced in every page.
MENDED = [
    (re.compile(r"<head>"), f"<head>{EARLY}"),
    # 540 KB for icons that also come as a font.
    (re.compile(r'\s*<script defer src="[^"]*/fontawesome\.js[^"]*"></script>'), ""),
    # Jupyter Book brings tabs and cards, which no page has.
    (re.compile(r"\s*<(link|script)[^>]*(sphinx-design|design-tabs)[^>]*>(</script>)?"), ""),
    # The theme says it three times.
    (
        re.compile(r'\s*<meta name="viewport" content="width=device-width, initial-scale=1"\s*/>'),
        "",
    ),
    # The colours are known before the first paint, and where no script runs.
    (re.compile(r'data-theme="auto"'), 'data-theme="light"'),
    (re.compile(r'(dataset\.theme = )localStorage\.getItem\("theme"\) \|\| "auto"'), THEME),
    # A summary's name is its own text.
    (re.compile(r'<summary aria-label="[^"]*">'), "<summary>"),
    # pandas and Markdown write a header cell where there is no header.
    (re.compile(r"<th>\s*</th>"), "<td></td>"),
    # Names and signs have the ink of all code, light and dark: a third of a page's elements.
    (re.compile(r'<span class="(?:n|nn|p|w)">([^<]*)</span>'), r"\1"),
    # Roles that the entries of a bibliography may not have.
    (re.compile(r' role="doc-biblioentry"'), ""),
    (re.compile(r'<div role="list" class="citation-list">'), '<div class="citation-list">'),
]
#: The search's own files, 30 KB, that only the page with its results needs.
SEARCH = re.compile(
    r"\s*<(script|link)[^>]*(searchtools|language_data|searchindex)\.js[^>]*>(</script>)?"
)
#: The theme measures all code of a page, laid out or not; ``book.js`` does it for what is laid out.
MEASURES = re.compile(
    r'document\.querySelectorAll\(\["pre",[^;]*\)\.forEach\(\w+=>\{[^}]*tabIndex=[^}]*\}\)'
)
IMAGE = re.compile(r"<img [^>]*>")
ICON = re.compile(r"\bfa-([a-z0-9-]+)")


def mend_pages(out: Path) -> None:
    for path in out.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        for pattern, replacement in MENDED:
            text = pattern.sub(replacement, text)
        text = place_pictures(path, text)
        if path.name != "search.html":
            text = SEARCH.sub("", text)
        path.write_text(text, encoding="utf-8")


def mend_script(out: Path) -> None:
    """Take from the theme's script what would lay the whole page out at once.

    Raises
    ------
    RuntimeError
        Where the theme does it in another way than in the release that is asked for.
    """
    path = out / "_static" / "scripts" / "pydata-sphinx-theme.js"
    if not path.is_file():  # another theme
        return
    text, found = MEASURES.subn("", path.read_text(encoding="utf-8"))
    if found != 1:
        raise RuntimeError(f"{path} measures code {found} times, not once: look what has changed")
    path.write_text(text, encoding="utf-8")


def place_pictures(page: Path, text: str) -> str:
    """Each picture's place is kept free; all but a page's first are fetched when one is near."""
    places = iter(range(10**6))

    def placed(found: re.Match) -> str:
        source = re.search(r'src="([^"]+)"', found[0])[1]
        size = "" if " width=" in found[0] else _size(page, source)
        wait = ' loading="lazy"' if next(places) and " loading=" not in found[0] else ""
        return f"<img{wait}{size}{found[0][4:]}"

    return IMAGE.sub(placed, text)


def _size(page: Path, source: str) -> str:
    """Width and height, as attributes, of a PNG beside the page or within it."""
    if source.startswith("data:image/png;base64,"):
        content = io.BytesIO(base64.b64decode(source.partition(",")[2]))
    elif source.endswith(".png") and not source.startswith(("http", "/")):
        content = page.parent / source
    else:
        return ""
    with Image.open(content) as image:
        return ' width="{}" height="{}"'.format(*image.size)


def cut_icon_font(out: Path) -> None:
    """Leave only the icons that the pages name: of the font 3 KB of 156, of the style 45 of 65.

    The style holds the fonts, since a frame that has no origin of its own may load none.
    """
    static = out / "_static"
    folder = static / "vendor" / "fontawesome" / "webfonts"
    if not folder.is_dir():
        return
    sheet = static / "styles" / "pydata-sphinx-theme.css"
    style = sheet.read_text(encoding="utf-8")
    files = [*out.rglob("*.html"), *static.rglob("*.js"), *static.glob("*.css")]
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
    style = rule.sub(lambda found: found[0] if named & set(ICON.findall(found[0])) else "", style)
    for path in folder.glob("*.woff2"):
        font = TTFont(path.with_suffix(".ttf"))
        cutter = subset.Subsetter()
        cutter.populate(unicodes=wanted)
        cutter.subset(font)
        if not font.getBestCmap():  # of brands no page shows one; Firefox refuses an empty font
            style = re.sub(rf"@font-face\{{[^}}]*/{re.escape(path.name)}[^}}]*\}}", "", style)
            continue
        font.flavor = "woff2"
        font.save(path)
        content = base64.b64encode(path.read_bytes()).decode()
        address = f"../vendor/fontawesome/webfonts/{path.name}"
        style = style.replace(f"url({address})", f"url(data:font/woff2;base64,{content})")
    sheet.write_text(style, encoding="utf-8")


def write_texts(out: Path) -> None:
    """Each page's text for the search, which may not read other pages where it is opened from disk.

    ``book.js`` loads it there.
    """
    texts = {}
    for path in out.rglob("*.html"):
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for it in page.select("[role=main] :is(script, style, svg, .headerlink)"):
            it.decompose()
        if main := page.select_one("[role=main]"):
            texts[path.relative_to(out).as_posix()] = " ".join(main.get_text(" ").split())
    content = json.dumps(texts, ensure_ascii=False, sort_keys=True)
    script = f"window.PAGE_TEXTS = {content};\n"
    (out / "_static" / "texts.js").write_text(script, encoding="utf-8")


def lighten_pictures(out: Path) -> None:
    """Figures need no 16 million colours: a palette of 256 makes them two thirds lighter."""
    for path in (out / "_images").glob("*.png"):
        with Image.open(path) as image:
            if image.mode == "P":
                continue
            small = image.convert("RGB").quantize(256, dither=Image.Dither.NONE)
        buffer = io.BytesIO()
        small.save(buffer, "PNG", optimize=True)
        if buffer.tell() < path.stat().st_size:
            path.write_bytes(buffer.getvalue())


def finish(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.name == "singlehtml":
        draw_figures(Path(app.outdir))
    if error is None and app.builder.name == "html":
        for step in (
            draw_figures,
            mend_pages,
            mend_script,
            cut_icon_font,
            bundle,
            lighten_pictures,
            write_texts,
        ):
            step(Path(app.outdir))


def setup(app: Sphinx) -> None:
    app.connect("config-inited", drop_thebe, priority=100)
    app.connect("config-inited", read_named_pages, priority=950)  # after sphinx_external_toc
    app.connect("build-finished", finish, priority=900)  # after the theme has written its styles
