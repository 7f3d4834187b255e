"""Runs in WebAssembly: which files a starting page has to compile. Ends in JSON."""

import json
import sys
from importlib.util import cache_from_source
from pathlib import Path

sys.path.insert(0, "/course")

from groundup import page

page.install()
page.use_figures()


def cached(path: Path) -> bool:
    return Path(cache_from_source(path)).is_file()


specs = [getattr(it, "__spec__", None) for it in sys.modules.values()]
files = [Path(it.origin) for it in specs if it and it.has_location]
json.dumps(
    {
        "compiled": [str(it) for it in files if it.suffix == ".pyc"],
        "beside": [str(it) for it in files if it.suffix == ".py" and cached(it)],
        "sources": [str(it) for it in files if it.suffix == ".py" and not cached(it)],
    }
)
