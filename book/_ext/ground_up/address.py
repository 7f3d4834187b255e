"""The book's own address and the repository's: links, buttons, previews, the sitemap."""

import os
import re
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ConfigError

from groundup import __version__

#: The repository's public address, once it has one, and the branch in which the built book lies.
REPOSITORY, SITE = os.environ.get("GROUNDUP_REPOSITORY", ""), "gh-pages"


def set_address(app: Sphinx, config) -> None:
    address = os.environ.get("GROUNDUP_ADDRESS", "")
    if address and not re.fullmatch(r"https?://[^/\s]+/(\S*/)?", address):
        raise ConfigError(
            "GROUNDUP_ADDRESS must be the book's address, with a slash at its end, such as "
            f"https://example.org/book/; got {address!r}"
        )
    config.html_baseurl = config.ogp_site_url = address
    config.project = config.ogp_site_name = config.html_title
    config.version = __version__
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


def describe(app: Sphinx, pagename: str, template: str, context: dict, doctree) -> None:
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


def write_sitemap(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.name == "html" and app.config.html_baseurl:
        start = '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="{}">'
        lines = [start.format("http://www.sitemaps.org/schemas/sitemap/0.9")]
        for page in sorted(app.env.found_docs):
            lines.append(f"  <url><loc>{app.config.html_baseurl}{page}.html</loc></url>")
        text = "\n".join([*lines, "</urlset>\n"])
        (Path(app.outdir) / "sitemap.xml").write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> None:
    app.connect("config-inited", set_address, priority=100)
    app.connect("config-inited", set_repository, priority=100)
    app.connect("html-page-context", describe, priority=900)
    app.connect("html-page-context", point_colab, priority=900)
    app.connect("build-finished", write_sitemap)
    if os.environ.get("GROUNDUP_ADDRESS"):
        app.setup_extension("sphinxext.opengraph")
