"""groundup.datasets: small data, and the search for the digits with every kind of bad source."""

import errno
import gzip
import hashlib
import http.server
import os
import re
import threading
from pathlib import Path

import numpy as np
import pytest

from groundup import datasets
from groundup.datasets import DataError, digits, eight_rows, moons, split, table, ten_points


def test_small_data():
    X, y = ten_points()
    assert X.shape == (10, 2)
    assert y.tolist() == [1] * 5 + [0] * 5
    assert X.tolist()[3] == [0.6, 0.9]
    X, y = eight_rows()
    assert X[0].tolist() == [3, 1.5]
    assert y.tolist() == [0, 1, 0, 1, 0, 1, 1, 0]
    X, y = moons(50, noise=0, seed=3)
    assert X.shape == (50, 2)
    assert set(y) == {0, 1}


def test_split_keeps_classes_and_rows():
    X, y = moons(100)
    X_train, y_train, X_held, y_held = split(X, y, 0.2, seed=1)
    assert len(X_train) == 80
    assert y_held.sum() == 10
    rows = {tuple(row) for row in np.vstack([X_train, X_held])}
    assert rows == {tuple(row) for row in X}
    assert np.array_equal(split(X, y, 20, seed=1)[2], X_held)
    assert len(y_train) + len(y_held) == 100


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: moons(1), "n must be"),
        (lambda: moons(noise=-1), "noise must be"),
        (lambda: moons(noise="much"), "noise must be"),
        (lambda: split(np.ones((3, 2)), np.ones(2), 1), "3 rows of X; got 2"),
        (
            lambda: split(np.ones((4, 2)), [0, 0, 1, 1], 4),
            "size must be a whole number from 1 to 3",
        ),
        (lambda: split(np.ones((4, 2)), [0, 0, 1, 1], 1.5), r"size must .* got 1\.5"),
        (lambda: table("nothing"), "'nothing'"),
        (lambda: digits("web"), "source must be one of .* got 'web'"),
        (lambda: digits("small", validation=5000), "validation must be from 10 to 1390"),
    ],
)
def test_bad_input_is_named(call, says):
    with pytest.raises(ValueError, match=says):
        call()


# --- a little MNIST of our own, so that every source can be tried without the real one ---


def idx(array: np.ndarray) -> bytes:
    header = bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
    return header + array.astype(np.uint8).tobytes()


@pytest.fixture
def files(monkeypatch):
    rng = np.random.default_rng(0)
    contents = {}
    for part, n in (("train", 100), ("t10k", 20)):
        contents[f"{part}-images-idx3-ubyte"] = idx(rng.integers(0, 256, (n, 28, 28)))
        contents[f"{part}-labels-idx1-ubyte"] = idx(np.arange(n) % 10)
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    monkeypatch.setattr(datasets, "MNIST_FILES", sums)
    return contents


@pytest.fixture(autouse=True)
def nowhere(monkeypatch, tmp_path):
    """No folder, an empty cache, no mirrors: each test sets what it needs."""
    monkeypatch.delenv("GROUNDUP_DATA", raising=False)
    monkeypatch.setenv("GROUNDUP_MIRRORS", "")
    cache = tmp_path / "cache" / "mnist"
    monkeypatch.setattr(datasets, "cache_folder", lambda: cache)
    return cache


def write(folder: Path, contents: dict[str, bytes], gz: bool = False) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        path = folder / (f"{name}.gz" if gz else name)
        path.write_bytes(gzip.compress(content) if gz else content)
    return folder


@pytest.fixture
def mirror():
    """Start mirrors on loopback from a function path → (status, body[, headers]); addresses."""
    servers = []

    def start(answer):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                status, body, *headers = answer(self.path.strip("/"))
                self.send_response(status)
                for name, value in (headers[0] if headers else {}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server in servers:
        server.shutdown()


@pytest.mark.parametrize("gz", [True, False])
def test_folder(files, monkeypatch, tmp_path, capsys, gz):
    monkeypatch.setenv("GROUNDUP_DATA", str(write(tmp_path / "data", files, gz)))
    data = digits(validation=20)
    assert (data.name, data.is_mnist) == ("MNIST", True)
    assert (len(data.train), len(data.val), len(data.test)) == (80, 20, 20)
    assert data.train.images.shape == (80, 28, 28)
    assert data.train.images.dtype == np.float32
    assert data.train.images.max() == 1
    assert data.test.labels.tolist() == list(np.arange(20) % 10)
    assert np.bincount(data.val.labels).tolist() == [2] * 10
    assert capsys.readouterr().out == ""


def kaggle(folder: Path, contents) -> None:
    """Kaggle's archive as unpacked: a folder of each file's name with the file in it."""
    for name, content in contents.items():
        write(folder / name, {name: content})


def kaggle_dots(folder: Path, contents) -> None:
    for name, content in contents.items():
        dotted = name.replace("-idx", ".idx")
        write(folder / dotted, {dotted: content})


USUAL = {
    "torchvision's root": lambda folder, it: write(folder / "MNIST" / "raw", it),
    "torchvision's root, gzipped": lambda folder, it: write(folder / "MNIST" / "raw", it, gz=True),
    "torchvision's MNIST": lambda folder, it: write(folder / "raw", it),
    "dots": lambda folder, it: write(folder, {n.replace("-idx", ".idx"): c for n, c in it.items()}),
    "dots, gzipped": lambda folder, it: write(
        folder, {n.replace("-idx", ".idx"): c for n, c in it.items()}, gz=True
    ),
    "Kaggle's folders": kaggle,
    "Kaggle's folders with dots": kaggle_dots,
    "unpacked by the browser, named .gz": lambda folder, it: write(
        folder, {f"{n}.gz": c for n, c in it.items()}
    ),
}


@pytest.mark.parametrize("name", USUAL)
def test_each_usual_name_is_taken_and_checked(name, files, monkeypatch, tmp_path):
    folder = tmp_path / "data"
    USUAL[name](folder, files)
    monkeypatch.setenv("GROUNDUP_DATA", str(folder))
    assert digits("folder", validation=20).is_mnist
    other = next(it for it in folder.rglob("*t10k-images*") if it.is_file())
    other.write_bytes(files["train-images-idx3-ubyte"])
    with pytest.raises(DataError, match=f"{other.parent}: t10k-images-idx3-ubyte is not the MNIST"):
        digits("folder")


HELD = {
    "other files": ({"mnist.npz": b"", "b/x": b""}, "In {folder} lie: b/, mnist.npz."),
    "many": ({f"{k}.csv": b"" for k in range(9)}, "3.csv, 4.csv, 5.csv and 3 more."),
    "nothing": ({}, "{folder} is empty."),
    "Fashion-MNIST": ({"FashionMNIST/raw/x": b""}, "In {folder} lie: FashionMNIST/."),
}


@pytest.mark.parametrize("name", HELD)
def test_what_lies_there_is_said(name, files, monkeypatch, tmp_path):
    folder, (held, says) = tmp_path / "data", HELD[name]
    folder.mkdir()
    for file, content in held.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(content)
    monkeypatch.setenv("GROUNDUP_DATA", str(folder))
    with pytest.raises(DataError, match=re.escape(says.format(folder=folder))):
        digits("folder")


def test_no_folder_and_a_file_are_said(files, monkeypatch, tmp_path):
    monkeypatch.setenv("GROUNDUP_DATA", str(tmp_path / "gone"))
    with pytest.raises(DataError, match=f"There is no folder {tmp_path}/gone"):
        digits("folder")
    path = write(tmp_path, files) / "train-images-idx3-ubyte"
    monkeypatch.setenv("GROUNDUP_DATA", str(path))
    with pytest.raises(DataError, match="is a file; wanted is the folder"):
        digits("folder")


def test_the_real_mnist():
    real = Path(__file__).parents[1].resolve().parent / "shared" / "data" / "mnist"
    if not real.is_dir():
        pytest.skip("the real MNIST is not beside the project")
    train, test = datasets._read_mnist(real, "Folder")
    assert (len(train), len(test)) == (60_000, 10_000)
    assert np.bincount(test.labels).tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]  # fmt: skip


def test_small_digits_are_the_last_resort_and_say_so(capsys):
    data = digits()
    assert (data.name, data.is_mnist) == ("scikit-learn digits", False)
    assert (len(data.train), len(data.val), len(data.test)) == (1200, 200, 397)
    assert data.train.images.shape[1:] == (28, 28)
    assert (data.train.images.min(), data.train.images.max()) == (0, 1)
    said = capsys.readouterr().out
    for step in ("GROUNDUP_DATA is not set", "Cache:", "Mirrors:", "stand in for MNIST"):
        assert step in said
    digits("small")
    assert capsys.readouterr().out == ""  # asked for, so no news


def damaged(files, how):
    name = "t10k-images-idx3-ubyte"
    packed = gzip.compress(files[name])
    return {
        "truncated": (f"{name}.gz", packed[:-50], "truncated or damaged"),
        # In the first block's header, so that it is no checksum that fails but zlib itself.
        "flipped": (f"{name}.gz", packed[:12] + b"\xff\xff" + packed[14:], "truncated or damaged"),
        "corrupt": (name, files[name][:-1] + bytes([files[name][-1] ^ 1]), "not the MNIST file"),
        "html": (name, b"<!DOCTYPE html><p>Sign in</p>", "a web page"),
        "wrong": (name, files["train-images-idx3-ubyte"], "not the MNIST file"),
        "missing": (name, None, "is not there"),
    }[how]


@pytest.mark.parametrize("how", ["truncated", "flipped", "corrupt", "html", "wrong", "missing"])
def test_a_bad_file_is_named_and_left_as_it_is(files, monkeypatch, tmp_path, capsys, how):
    folder = write(tmp_path / "data", files)
    (folder / "t10k-images-idx3-ubyte").unlink()
    name, content, says = damaged(files, how)
    if content is not None:
        (folder / name).write_bytes(content)
    monkeypatch.setenv("GROUNDUP_DATA", str(folder))
    with pytest.raises(DataError, match=says):
        digits("folder")
    assert digits().name == "scikit-learn digits"
    assert says in capsys.readouterr().out
    if content is not None:
        assert (folder / name).read_bytes() == content


def test_mirrors_are_tried_in_turn_and_the_cache_is_filled(
    files, monkeypatch, mirror, nowhere, capsys
):
    forbidden = mirror(lambda path: (403, b"no"))
    page = mirror(lambda path: (200, b"<html>log in first</html>"))
    cut = mirror(lambda path: (200, gzip.compress(files[path.removesuffix(".gz")])[:40]))
    good = mirror(lambda path: (200, gzip.compress(files[path.removesuffix(".gz")])))
    monkeypatch.setenv("GROUNDUP_MIRRORS", f"{forbidden} {page} {cut} {good}")
    data = digits(validation=20)
    assert data.source == "MNIST, downloaded and kept in the cache."
    assert sorted(p.name for p in nowhere.iterdir()) == sorted(files)
    monkeypatch.setenv("GROUNDUP_MIRRORS", "")
    again = digits("cache", validation=20)
    assert np.array_equal(again.train.images, data.train.images)
    capsys.readouterr()


def test_every_bad_mirror_is_named(files, monkeypatch, mirror):
    forbidden = mirror(lambda path: (403, b"no"))
    page = mirror(lambda path: (200, b"<html>log in first</html>"))
    packed = gzip.compress(files["train-images-idx3-ubyte"])
    flipped = mirror(lambda path: (200, packed[:12] + b"\xff\xff" + packed[14:]))
    lost = mirror(lambda path: (302, b"", {"Location": "http://[nowhere"}))
    odd = mirror(lambda path: (200, packed, {"Content-Length": "many"}))
    closed = "http://127.0.0.1:9/"
    bad = f"{forbidden} {page} {flipped} {lost} {odd} {closed}"
    monkeypatch.setenv("GROUNDUP_MIRRORS", bad)
    with pytest.raises(DataError) as caught:
        digits("mirrors")
    said = str(caught.value)
    assert "403" in said
    assert "a web page" in said
    assert f"{flipped}: the file train-images-idx3-ubyte.gz is truncated or damaged" in said
    for address in (lost, odd):
        assert f"{address} gave no train-images-idx3-ubyte (ValueError" in said
    assert f"{closed} gave no train-images-idx3-ubyte (ConnectionError" in said


def test_a_bad_download_never_replaces_a_good_cache(files, monkeypatch, mirror, nowhere):
    write(nowhere, files)
    bad = mirror(lambda path: (200, gzip.compress(b"other bytes")))
    monkeypatch.setenv("GROUNDUP_MIRRORS", bad)
    with pytest.raises(DataError, match="not the MNIST file"):
        digits("mirrors")
    assert digits("cache", validation=20).is_mnist


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_full_or_read_only_cache_does_not_stop_the_download(
    files, monkeypatch, mirror, nowhere, code
):
    good = mirror(lambda path: (200, gzip.compress(files[path.removesuffix(".gz")])))
    monkeypatch.setenv("GROUNDUP_MIRRORS", good)

    def full(*arguments):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "replace", full)
    data = digits(validation=20)
    assert data.is_mnist
    assert os.strerror(code) in data.source
    assert list(nowhere.iterdir()) == []


def test_a_cache_that_is_no_folder(files, monkeypatch, mirror, nowhere):
    nowhere.parent.mkdir(parents=True)
    nowhere.write_text("a file where the folder should be")
    good = mirror(lambda path: (200, gzip.compress(files[path.removesuffix(".gz")])))
    monkeypatch.setenv("GROUNDUP_MIRRORS", good)
    assert "cannot be written" in digits(validation=20).source
    assert nowhere.read_text() == "a file where the folder should be"


def test_an_unreadable_file_is_named(files, monkeypatch, tmp_path):
    folder = write(tmp_path / "data", files)
    (folder / "train-images-idx3-ubyte").unlink()
    (folder / "train-images-idx3-ubyte").mkdir()
    monkeypatch.setenv("GROUNDUP_DATA", str(folder))
    with pytest.raises(DataError, match="train-images-idx3-ubyte cannot be read"):
        digits("folder")
    monkeypatch.setenv("GROUNDUP_DATA", "x" * 300)  # longer than a file's name may be
    with pytest.raises(DataError, match="train-images-idx3-ubyte cannot be read"):
        digits("folder")
