"""The EPUB, and the one page that becomes the PDF."""

from sphinx.application import Sphinx


def prepare_epub(app: Sphinx) -> None:
    """No scripts, so the files for widgets stay out."""
    if app.builder.name == "epub":
        app.config.html_extra_path = []
        app.config.epub_show_urls = "no"


def complete_one_page(app: Sphinx) -> None:
    """An extension that names the one-page builder hides from it what others give all of HTML."""
    handlers = app.registry.translation_handlers
    if app.builder.name == "singlehtml":
        handlers["singlehtml"] = {**handlers["html"], **handlers.get("singlehtml", {})}


def setup(app: Sphinx) -> None:
    app.connect("builder-inited", prepare_epub)
    app.connect("builder-inited", complete_one_page)
