"""The course's data: ten points, eight rows, moons, and the digits from the first source found.

pandas, SciPy, scikit-learn and pooch are imported where they are used: the book's pages run this
module with NumPy alone.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from groundup import files
from groundup.paths import PathError, named

if TYPE_CHECKING:
    import pandas as pd

# --- small data ---


def ten_points() -> tuple[np.ndarray, np.ndarray]:
    """Ten labelled points in the unit square (Higham and Higham 2019, section 2).

    Returns X (10, 2) float64 and y (10,) int64: class 1 for the first five, 0 for the last five.
    """
    X = [(0.1, 0.1), (0.3, 0.4), (0.1, 0.5), (0.6, 0.9), (0.4, 0.2)]
    X += [(0.6, 0.3), (0.5, 0.6), (0.9, 0.2), (0.4, 0.4), (0.7, 0.6)]
    return np.array(X), np.array([1] * 5 + [0] * 5)


def eight_rows() -> tuple[np.ndarray, np.ndarray]:
    """Eight labelled rows with two features, from Real Python; X (8, 2) float64, y (8,) int64."""
    X = [(3, 1.5), (2, 1), (4, 1.5), (3, 4), (3.5, 0.5), (2, 0.5), (5.5, 1), (1, 1)]
    return np.array(X, dtype=float), np.array([0, 1, 0, 1, 0, 1, 1, 0])


def moons(n: int = 1000, noise: float = 0.2, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two interleaving half circles from scikit-learn; X (n, 2) float64, y (n,) int64 in {0, 1}.

    ``noise`` is the standard deviation of the Gaussian noise on each coordinate.
    """
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 2:
        raise ValueError(f"n must be a whole number ≥ 2; got {n!r}")
    if not isinstance(noise, Real) or not noise >= 0:
        raise ValueError(f"noise must be a number ≥ 0; got {noise!r}")
    from sklearn.datasets import make_moons

    return make_moons(n_samples=n, noise=noise, random_state=seed)


def split(X, y, size: int | float, seed: int = 0):
    """Hold out part of the data: X_train, y_train, X_held, y_held, the classes in equal proportion.

    ``size`` is the number (int) or the fraction (float) of rows held out.
    """
    if len(X) != len(y):
        raise ValueError(f"y must have one label for each of the {len(X)} rows of X; got {len(y)}")
    whole = isinstance(size, (int, np.integer)) and 0 < size < len(X)
    if not whole and not (isinstance(size, float) and 0 < size < 1):
        raise ValueError(
            f"size must be a whole number from 1 to {len(X) - 1} or a fraction between 0 and 1; "
            f"got {size!r}"
        )
    from sklearn.model_selection import train_test_split

    X_train, X_held, y_train, y_held = train_test_split(
        X, y, test_size=size, random_state=seed, stratify=y
    )
    return X_train, y_train, X_held, y_held


def table(name: str) -> pd.DataFrame:
    """A table of repeated runs over several seeds, made by ``python -m benchmarks.spread``."""
    folder = resources.files("groundup") / "tables"
    path = folder / f"{name}.csv"
    if not path.is_file():
        known = sorted(p.name.removesuffix(".csv") for p in folder.iterdir())
        raise ValueError(f"name must be one of the committed tables {known}; got {name!r}")
    import pandas as pd

    with path.open(encoding="utf-8") as file:
        return pd.read_csv(file)


# --- the digits ---

#: name of each MNIST file → SHA-256 of its decompressed bytes
MNIST_FILES = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
SOURCES = ("auto", "folder", "cache", "mirrors", "small")


class DataError(RuntimeError):
    """A source of the digits cannot be used; the message says which one and why."""


@dataclass(frozen=True)
class Part:
    """Images, float32 of shape (n, 28, 28) with values in [0, 1], and their labels, int64 (n,)."""

    images: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Digits:
    """Handwritten digits in three parts. ``name`` is what texts and promises call the data."""

    name: str
    source: str
    train: Part
    val: Part
    test: Part

    @property
    def is_mnist(self) -> bool:
        return self.name == "MNIST"


def digits(source: str = "auto", validation: int | None = None, seed: int = 0) -> Digits:
    """Find the digits and split them into training, validation and test part.

    With ``source="auto"`` these are tried in turn, and what did not work is printed:

    1. ``"folder"``: the folder that the environment variable ``GROUNDUP_DATA`` names,
    2. ``"cache"``: the cache folder, where an earlier download lies (pooch's default place),
    3. ``"mirrors"``: the addresses in ``GROUNDUP_MIRRORS`` (separated by spaces) or, where that is
       not set, :data:`MIRRORS`; what arrives is checked and put into the cache,
    4. ``"small"``: the 1 797 digits that come with scikit-learn, enlarged to 28 × 28.

    Any other value names the one source to use. MNIST keeps its official test part; ``validation``
    images (5 000; of the small digits 200) are cut from the training part, the same for one seed.

    Raises
    ------
    ValueError
        For an unknown source or an impossible ``validation``.
    DataError
        When the one source asked for cannot be used.
    """
    if source not in SOURCES:
        raise ValueError(f"source must be one of {SOURCES}; got {source!r}")
    finders: dict[str, Callable[[], tuple]] = {
        "folder": _from_folder,
        "cache": _from_cache,
        "mirrors": _from_mirrors,
        "small": _small,
    }
    failed = []
    for name in [source] if source != "auto" else finders:
        try:
            title, where, train, test, held = finders[name]()
        except DataError as error:
            if source != "auto":
                raise
            failed.append(str(error))
            continue
        # A missing folder or cache is nothing to report as long as MNIST itself was found on disk,
        # and who names the source knows where the digits come from.
        if source == "auto" and name in ("mirrors", "small"):
            print(*failed, where, sep="\n")
        images, labels, val_images, val_labels = _hold_out(train, validation, held, seed)
        return Digits(title, where, Part(images, labels), Part(val_images, val_labels), test)
    raise AssertionError("the small digits need neither network nor disk")


def _hold_out(train: Part, validation: int | None, default: int, seed: int):
    size = default if validation is None else validation
    if not isinstance(size, (int, np.integer)) or not 10 <= size <= len(train) - 10:
        raise ValueError(f"validation must be from 10 to {len(train) - 10} images; got {size!r}")
    return split(train.images, train.labels, int(size), seed)


def cache_folder() -> Path:
    """Where downloaded data is kept."""
    import pooch

    return Path(pooch.os_cache("groundup")) / "mnist"


def mirrors(variable: str = "GROUNDUP_MIRRORS", usual: tuple[str, ...] = MIRRORS) -> list[str]:
    """The addresses to ask: those in the environment variable, or where it is not set the usual."""
    text = os.environ.get(variable, " ".join(usual))
    found = re.split(r"[,;]?\s+|[,;](?=[\"']?https?://)", text)
    return [address for it in found if (address := it.strip("\"',;"))]


def _from_folder():
    try:
        folder = named("GROUNDUP_DATA")
    except PathError as error:
        raise DataError(f"Folder: {error}") from error
    if folder is None:
        raise DataError("Folder: the environment variable GROUNDUP_DATA is not set.")
    train, test = _read_mnist(folder, "Folder (GROUNDUP_DATA)")
    return "MNIST", "MNIST, read from the folder that GROUNDUP_DATA names.", train, test, 5000


def _from_cache():
    train, test = _read_mnist(cache_folder(), "Cache")
    return "MNIST", "MNIST, read from the cache of an earlier download.", train, test, 5000


def _from_mirrors():
    asked = mirrors()
    if not asked:
        raise DataError("Mirrors: GROUNDUP_MIRRORS is empty, so none is asked.")
    contents, notes = {}, []
    for name in MNIST_FILES:
        for mirror in asked:
            try:
                contents[name] = _download(mirror, name)
                break
            except DataError as error:
                notes.append(str(error))
        else:
            raise DataError("Mirrors: " + " ".join(notes))
    try:
        _write_cache(contents)
        kept = "and kept in the cache"
    except OSError as error:
        kept = f"but not kept, since the cache cannot be written ({error.strerror or error})"
    train, test = _parts(contents)
    return "MNIST", f"MNIST, downloaded {kept}.", train, test, 5000


def _small():
    from scipy import ndimage
    from sklearn.datasets import load_digits

    raw = load_digits()
    # 8 × 8 to 20 × 20 with a border of 4: the place and size that a digit has in MNIST.
    images = ndimage.zoom(raw.images / 16, (1, 2.5, 2.5), order=1).clip(0, 1)
    images = np.pad(images, ((0, 0), (4, 4), (4, 4))).astype(np.float32)
    X_train, y_train, X_test, y_test = split(images, raw.target.astype(np.int64), 397, seed=0)
    where = (
        "The 1797 digits that come with scikit-learn, enlarged from 8 x 8 to 28 x 28, "
        "stand in for MNIST."
    )
    return "scikit-learn digits", where, Part(X_train, y_train), Part(X_test, y_test), 200


def _read_mnist(folder: Path, what: str) -> tuple[Part, Part]:
    """Both parts from four IDX files, gzipped or not, or a DataError that names the first fault."""
    contents = {}
    for name in MNIST_FILES:
        path = folder / name
        try:
            path = _find(folder, name)
            if path is None:
                raise DataError(
                    f"{what}: the file {name} (or {name}.gz) is not there. {_holds(folder)}"
                )
            contents[name] = _checked(path.read_bytes(), name, f"{what}, {path.parent}")
        except OSError as error:
            file, why = path or folder / name, error.strerror or error
            raise DataError(
                f"{what}: the file {file.name} cannot be read ({why}): {file}"
            ) from error
    return _parts(contents)


def _find(folder: Path, name: str) -> Path | None:
    """The file under its own name or another usual one, with or without .gz; None without it.

    Kaggle and old copies have a dot before "idx"; Kaggle's archive holds a folder of the file's
    name with the file in it; torchvision keeps the files in MNIST/raw.
    """
    spelled = [f"{it}{end}" for it in (name, name.replace("-idx", ".idx")) for end in ("", ".gz")]
    roots = (folder, folder / "MNIST" / "raw", folder / "raw")
    places = [root / it for root in roots for it in spelled]
    candidates = [*places, *(place / it for place in places if place.is_dir() for it in spelled)]
    there = [path for path in candidates if path.exists()]
    return min(there, key=Path.is_dir, default=None)  # the first file, else a folder of that name


def _holds(folder: Path) -> str:
    """What lies in a folder, in a sentence."""
    if not folder.exists():
        return f"There is no folder {folder}."
    if not folder.is_dir():
        return f"{folder} is a file; wanted is the folder in which the four files lie."
    names = sorted(it.name + "/" * it.is_dir() for it in folder.iterdir())
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    return f"In {folder} lie: {', '.join(names[:6])}{more}." if names else f"{folder} is empty."


def _checked(content: bytes, name: str, what: str) -> bytes:
    """The decompressed bytes if they are the known file's; else a DataError."""
    if content[:2] == b"\x1f\x8b":
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(
                f"{what}: the file {name}.gz is truncated or damaged ({error})."
            ) from error
    found = hashlib.sha256(content).hexdigest()
    if found != MNIST_FILES[name]:
        kind = "a web page" if content.lstrip()[:1] == b"<" else f"{len(content)} bytes"
        raise DataError(
            f"{what}: {name} is not the MNIST file: got {kind} with SHA-256 {found[:12]}…, "
            f"wanted {MNIST_FILES[name][:12]}…"
        )
    return content


def _download(mirror: str, name: str) -> bytes:
    """The decompressed content of one file from one mirror, checked, nothing kept on disk."""
    import pooch

    if not mirror.lower().startswith(("http://", "https://")):
        raise DataError(
            f"{mirror} gave no {name}: a mirror is an address that begins with https:// or "
            "http://; a folder is named by GROUNDUP_DATA."
        )
    url = mirror.rstrip("/") + f"/{name}.gz"
    fetch = pooch.HTTPDownloader(progressbar=True, timeout=20)
    try:
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / f"{name}.gz"
            fetch(url, str(target), None)
            content = target.read_bytes()
    # The network's errors (requests) and a full disk's are OSErrors; a header or a redirection that
    # makes no sense is a ValueError.
    except (OSError, ValueError) as error:
        reason = str(error).partition("\n")[0][:120]
        raise DataError(f"{mirror} gave no {name} ({type(error).__name__}: {reason}).") from error
    return _checked(content, name, mirror)


def _write_cache(contents: dict[str, bytes]) -> None:
    for name, content in contents.items():
        files.write(cache_folder() / name, content)


def _parts(contents: dict[str, bytes]) -> tuple[Part, Part]:
    def part(prefix: str) -> Part:
        # IDX, MNIST's own format: images carry a header of 16 bytes, labels one of 8.
        images = np.frombuffer(contents[f"{prefix}-images-idx3-ubyte"], np.uint8, offset=16)
        labels = np.frombuffer(contents[f"{prefix}-labels-idx1-ubyte"], np.uint8, offset=8)
        scaled = images.reshape(-1, 28, 28).astype(np.float32) / np.float32(255)
        return Part(scaled, labels.astype(np.int64))

    return part("train"), part("t10k")
