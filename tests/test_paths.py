"""Paths as people write them: taken where it is plain what is meant, else refused in a sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from grader.__main__ import main as grader
from groundup import datasets
from groundup.models import export_weights
from groundup.paths import PathError, as_written, named
from groundup.questions import progress
from tools.paths import ROOT


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path) -> Path:
    """A home folder, and a working folder beside it; the test fails if one named ~ is made."""
    for name in ("home", "work"):
        (tmp_path / name).mkdir()
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "work")
    yield tmp_path / "home"
    assert list((tmp_path / "work").iterdir()) == []


WRITTEN = {
    "plain": "{home}/some data",
    "tilde": "~/some data",
    "tilde of Windows": "~\\some data",
    "quotes": '"{home}/some data"',
    "single quotes": "'~/some data'",
    "quotes of a word processor": "“{home}/some data”",
    "blank at the end": "{home}/some data ",
    "end of a line": "{home}/some data\r\n",
    "hard blank at the end": "{home}/some data\u00a0",
    "quotes and blanks": ' " ~/some data " ',
    "variable": "$HOME/some data",
    "variable in braces": "${{HOME}}/some data",
    "separators of Windows": "{home}\\some data",
    "slash at the end": "~/some data/",
}


@pytest.fixture(params=WRITTEN)
def written(request, home) -> str:
    return WRITTEN[request.param].format(home=home)


def test_what_is_meant_is_taken(written, home):
    assert as_written(written) == home / "some data"


def test_each_variable_takes_it(written, home, monkeypatch):
    monkeypatch.setenv("GROUNDUP_PROGRESS", written)
    assert progress.path() == home / "some data"
    assert progress.add("1.1") == ""
    assert (home / "some data").is_file()
    (home / "some data").unlink()
    monkeypatch.setenv("GROUNDUP_EXPORT", written)
    export_weights({"mlp": torch.nn.Linear(2, 1)}, "small")
    assert (home / "some data" / "small.safetensors").is_file()
    monkeypatch.setenv("GROUNDUP_DATA", written)
    with pytest.raises(datasets.DataError, match=f"In {home}/some data lie: small.safetensors"):
        datasets.digits("folder")


def test_each_option_takes_it(written, home, capsys):
    assert grader([f"--course={written}", "release", "a1_sigmoid_network"]) == 1
    assert str(home / "some data" / "roster.csv") in capsys.readouterr().err


COMMANDS = {
    "exercises": ("groundup.exercises", "export"),
    "wheel": ("tools.wheel",),
    "release": ("tools.release",),
    "screens": ("tools.screens",),
    "copies": ("tools.notebooks", "clean"),
    "check": ("tools.notebooks", "check"),
    "collect": ("grader", "collect", "a1_sigmoid_network"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_says_what_is_no_path(name):
    done = subprocess.run(
        [sys.executable, "-m", *COMMANDS[name], "~nobody-of-this-name/x"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "names the home folder of somebody who has none here" in done.stderr


@pytest.mark.parametrize("variable", ["XDG_CACHE_HOME", "XDG_DATA_HOME"])
@pytest.mark.skipif(sys.platform != "linux", reason="these are Linux's")
def test_a_tilde_in_the_variables_of_the_system(variable, home, monkeypatch):
    monkeypatch.delenv("GROUNDUP_PROGRESS", raising=False)
    monkeypatch.setenv(variable, "~/kept")
    path = progress.path() if "DATA" in variable else datasets.cache_folder()
    assert path.is_relative_to(home)  # in the usual place: such a folder must be named whole


@pytest.mark.parametrize("name", ["~", "data ", "'data'", "a\\b", "$data"])
@pytest.mark.skipif(os.name == "nt", reason="Windows allows no such names")
def test_a_folder_of_exactly_this_name_comes_first(name, home, monkeypatch):
    monkeypatch.chdir(home)
    (home / name).mkdir()
    assert as_written(f"./{name}") == Path(name)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "a path is wanted"),
        (" '' ", "a path is wanted"),
        ("~nobody-of-this-name/x", "names the home folder of somebody who has none here"),
        ("$NO_SUCH_VARIABLE/x", r"names the variable \$NO_SUCH_VARIABLE, which is not set"),
        ("%USERPROFILE%\\x", "names the variable %USERPROFILE%, which is not set"),
        ("Q:\\x", "is a path of Windows; here paths begin with / or ~"),
        ("q:/x", "is a path of Windows"),
        ("\\\\server\\share", "is a path of Windows"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="Windows has other paths")
def test_what_names_no_path_is_refused(text, says, monkeypatch):
    with pytest.raises(PathError, match=says):
        as_written(text)
    if not text.strip(" '"):
        return
    monkeypatch.setenv("GROUNDUP_PROGRESS", text)
    assert "Your progress could not be saved. GROUNDUP_PROGRESS: " in progress.add("1.1")
    monkeypatch.setenv("GROUNDUP_DATA", text)
    with pytest.raises(datasets.DataError, match=says):
        datasets.digits("folder")


@pytest.mark.skipif(os.name == "nt", reason="of a Linux on Windows")
def test_where_wsl_shows_the_drive_it_is_taken(monkeypatch):
    monkeypatch.setattr(os.path, "isdir", lambda path: path == "/mnt/c")
    assert as_written("C:\\Users\\ada\\mnist") == Path("/mnt/c/Users/ada/mnist")


@pytest.mark.parametrize("text", ["", " ", "''", '" "'])
def test_a_blank_variable_is_not_set(text, monkeypatch):
    monkeypatch.setenv("GROUNDUP_DATA", text)
    assert named("GROUNDUP_DATA") is None


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("https://a.org/m/ https://b.org/", ["https://a.org/m/", "https://b.org/"]),
        ("https://a.org/,https://b.org/", ["https://a.org/", "https://b.org/"]),
        (' "https://a.org/";\n"https://b.org/" ', ["https://a.org/", "https://b.org/"]),
        ("https://a.org/x,y;z/", ["https://a.org/x,y;z/"]),
        ("''", []),
        ("", []),
    ],
)
def test_mirrors_are_taken_from_their_list(text, asked, monkeypatch):
    monkeypatch.setenv("GROUNDUP_MIRRORS", text)
    assert datasets.mirrors() == asked


@pytest.mark.parametrize("text", ["~/mnist", "C:\\mnist", "ftp://a.org/mnist", "file:///mnist"])
def test_what_is_no_mirror_is_refused(text, monkeypatch):
    monkeypatch.setenv("GROUNDUP_MIRRORS", text)
    with pytest.raises(
        datasets.DataError, match="a mirror is an address that begins with https://"
    ):
        datasets.digits("mirrors")
