"""A file is written whole or not at all."""

import os

import pytest

from groundup.files import write


def test_what_was_there_is_replaced(tmp_path):
    path = tmp_path / "run.pt"
    for content in (b"old", b"new and longer"):
        write(path, content)
        assert path.read_bytes() == content
    assert os.listdir(tmp_path) == ["run.pt"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_breaks_off_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, error):
    path = tmp_path / "run.pt"
    path.write_bytes(b"old")

    def breaks(descriptor):
        raise error

    monkeypatch.setattr(os, "fsync", breaks)
    with pytest.raises(type(error)):
        write(path, b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["run.pt"]


def test_folders_are_made_and_texts_written(tmp_path):
    write(tmp_path / "new" / "progress.json", "½ \ud800")
    assert (tmp_path / "new" / "progress.json").read_bytes() == "½ ?".encode()
