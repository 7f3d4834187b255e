"""Everything that a reader can take along, in one folder, with checksums.

Usage: ``python -m tools.release OUTDIR``. Writes the built book as an archive, the whole book as an
EPUB and as a PDF, the package as a wheel, the plain notebooks one by one and, with the wheel,
together, and ``SHA256SUMS``. The PDF is printed by a Chromium or Chrome of this machine. Build the
book first.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from playwright.sync_api import Browser

from tools import from_book
from tools.browser import launched, served
from tools.clean import write_copies
from tools.paths import ROOT
from tools.wheel import build_wheel

NAME = "neural-networks-from-the-ground-up"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same date in every archive, so that the same files give one sum


def release(outdir: Path, site: Path) -> list[Path]:
    """Write the release into ``outdir``, which must be new or empty; its files.

    Raises
    ------
    RuntimeError
        Where the folder is not empty, the book is not built, or no browser is found.
    """
    if outdir.exists() and any(outdir.iterdir()):
        raise RuntimeError(f"{outdir} must be a new or an empty folder; it holds files")
    if not (site / "index.html").is_file():
        raise RuntimeError(f"{site} holds no built book; run `make book` first")
    with launched() as browser, tempfile.TemporaryDirectory() as folder:
        outdir.mkdir(parents=True, exist_ok=True)
        package = build_wheel(outdir)
        copies = write_copies(outdir / "notebooks", wheel=f"../{package.name}")
        epub = next(build("epub", Path(folder)).glob("*.epub"))
        pages = build("singlehtml", Path(folder))
        files = [
            archive(outdir / f"{NAME}-html.zip", site, sorted(it for it in site.rglob("*"))),
            archive(outdir / f"{NAME}-notebooks.zip", outdir, [*copies, package]),
            package,
            *copies,
            Path(shutil.copy(epub, outdir / f"{NAME}.epub")),
            print_pdf(pages, outdir / f"{NAME}.pdf", browser),
        ]
    sums = [
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(outdir).as_posix()}\n"
        for file in sorted(files)
    ]
    (outdir / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    return sorted(files)


def archive(target: Path, folder: Path, files: list[Path]) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as zipped:
        for file in files:
            if file.is_file():
                entry = zipfile.ZipInfo(f"{NAME}/{file.relative_to(folder).as_posix()}", EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                zipped.writestr(entry, file.read_bytes())
    return target


def build(kind: str, folder: Path) -> Path:
    """Build the book with another of Sphinx's builders; the folder with what came of it."""
    out = folder / kind
    tool = Path(sys.executable).parent / "jupyter-book"
    command = [tool, "build", ROOT, "--all", "-W", "--keep-going", "--path-output", out]
    command += ["--builder", "custom", "--custom-builder", kind]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(
            f"the {kind} could not be built:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )
    return out / "_build" / kind


def print_pdf(pages: Path, target: Path, browser: Browser) -> Path:
    """The book's one long page as a PDF, everything unfolded, with an outline of its headings."""
    with served(pages) as address:
        page = browser.new_page(color_scheme="light")
        page.goto(f"{address}/index.html", timeout=120_000)
        page.evaluate("() => document.fonts.ready.then(() => true)")
        page.evaluate(
            "() => { document.querySelectorAll('details').forEach((it) => { it.open = true; });"
            " document.querySelectorAll('.toggle-hidden')"
            ".forEach((it) => it.classList.remove('toggle-hidden')); }"
        )
        page.evaluate(
            "() => Promise.all([...document.images].map((it) => { it.loading = 'eager';"
            " return it.decode().catch(() => null); }))"
        )
        page.pdf(
            path=target,
            format="A4",
            scale=0.85,
            margin={side: "18mm" for side in ("top", "bottom", "left", "right")},
            display_header_footer=True,
            header_template="<span></span>",
            footer_template="<div style='width:100%;text-align:center;font-size:8px'>"
            "<span class='pageNumber'></span></div>",
            outline=True,
            tagged=True,
        )
    return target


def main() -> int:
    options = from_book.parser("release").parse_args()
    return from_book.printed(
        lambda: (
            f"{file}  {file.stat().st_size / 1e6:.1f} MB"
            for file in release(options.outdir, options.site)
        )
    )


if __name__ == "__main__":
    sys.exit(main())
