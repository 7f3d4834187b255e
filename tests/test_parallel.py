"""Two processes train as one does with the joint batch; what stops a run loses nothing."""

import contextlib
import csv
import os
import shutil
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
import torch

from groundup import parallel
from groundup.parallel import RunError, Settings, launch, main, train

EPOCHS = 30
FEW = ["--data", "moons", "--epochs", "3"]


def two(folder: Path, *options: str) -> None:
    launch(2, ["--folder", str(folder), *options])


def losses(folder: Path) -> list[float]:
    with (folder / "curve.csv").open() as file:
        return [float(row["loss"]) for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def two_processes(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("sgd")
    two(folder, "--epochs", str(EPOCHS))
    return folder


def alone(tmp_path, epochs, **settings) -> list[float]:
    """The losses of the same run in this one process."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    curve = train(Settings(**settings), epochs, tmp_path)
    torch.set_num_threads(threads)
    return [row["loss"] for row in curve]


# --- the same curve ---


def test_sgd_gives_the_single_process_curve(two_processes, tmp_path):
    single = alone(tmp_path, EPOCHS)
    assert len(single) == EPOCHS
    assert single[-1] < 0.25 * single[0]
    assert losses(two_processes) == pytest.approx(single, abs=1e-5)


def test_adam_and_unequal_shards_on_one_core_give_the_single_process_curve(tmp_path, capsys):
    # Batches of 51 of 1000 rows: shards of 26 and 25, and a last batch of 31.
    options = ["--data", "moons", "--optimizer", "adam", "--lr", "0.01", "--batch-size", "51"]
    with one_core() as taken:
        two(tmp_path, *options, "--epochs", "10")
    note = "2 processes share 1 core: the same result, but no faster."
    assert (note in capsys.readouterr().out) == taken
    (tmp_path / "alone").mkdir()
    single = alone(tmp_path / "alone", 10, data="moons", optimizer="adam", lr=0.01, batch_size=51)
    assert losses(tmp_path) == pytest.approx(single, abs=1e-5)


@contextlib.contextmanager
def one_core():
    """No second core for the processes that are started here; whether that could be had."""
    if not hasattr(os, "sched_setaffinity"):
        yield False
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    yield True
    os.sched_setaffinity(0, before)


def test_another_joint_batch_gives_another_curve(two_processes, tmp_path):
    other = alone(tmp_path, 5, batch_size=32)
    assert losses(two_processes)[:5] != pytest.approx(other, abs=1e-3)


# --- a run that is killed ---


def workers() -> dict[str, psutil.Process]:
    """The training processes of a run by their number."""
    found = {}
    for process in psutil.Process().children(recursive=True):
        try:
            found[process.environ()["RANK"]] = process
        except (psutil.Error, KeyError):
            continue
    return found


def test_a_killed_process_ends_the_run_and_the_checkpoint_resumes(two_processes, tmp_path):
    folder = tmp_path / "killed"
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(two, folder, "--epochs", str(EPOCHS))
        while not (folder / "curve.csv").exists():
            assert not run.done(), run.result()
            time.sleep(0.001)
        workers()["0"].send_signal(signal.SIGKILL)  # the one that writes
        with pytest.raises(RunError) as caught:
            run.result(timeout=120)
    assert str(caught.value) == (
        "another process of this run has ended, so the run stops;"
        " the same command goes on from the last checkpoint."
    )
    assert 1 <= len(losses(folder)) < EPOCHS
    shutil.copytree(folder, tmp_path / "copy")
    # Two processes go on to the last bit as if never interrupted; one goes on as well.
    two(folder, "--epochs", str(EPOCHS))
    assert losses(folder) == losses(two_processes)
    resumed = alone(tmp_path / "copy", EPOCHS)
    assert resumed == pytest.approx(losses(two_processes), abs=1e-5)


def test_a_finished_run_is_not_trained_again(tmp_path, capsys):
    for _ in range(2):
        assert main(["--folder", str(tmp_path), *FEW]) == 0
    assert len(losses(tmp_path)) == 3
    assert not list(tmp_path.glob(".*"))


def test_a_run_stopped_by_hand_goes_on(tmp_path, capsys, monkeypatch):
    adam = {"data": "moons", "optimizer": "adam", "lr": 0.01}  # it has a state to be resumed
    folder = ["--folder", str(tmp_path), *(f"--{name}={value}" for name, value in adam.items())]
    assert main([*folder, "--epochs", "3"]) == 0

    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(parallel, "train_epoch", interrupted)
        assert main([*folder, "--epochs", "6"]) == 130
    assert "the same command goes on from the last checkpoint" in capsys.readouterr().err
    assert main([*folder, "--epochs", "6"]) == 0
    (tmp_path / "alone").mkdir()
    assert losses(tmp_path) == alone(tmp_path / "alone", 6, **adam)


def test_a_write_that_is_cut_short_leaves_the_old_file(tmp_path, monkeypatch):
    def full_disk(_):
        raise OSError(28, "No space left on device")

    train(Settings(data="moons"), 1, tmp_path)
    before = (tmp_path / "checkpoint.pt").read_bytes()
    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        train(Settings(data="moons"), 2, tmp_path)
    assert (tmp_path / "checkpoint.pt").read_bytes() == before


# --- bad input: one clear sentence, and nothing lost ---


def said(capsys, *options) -> str:
    assert main([*options]) == 1
    err = capsys.readouterr().err
    assert err.startswith("groundup.parallel: ")
    assert err.count("\n") == 1
    return err


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--hidden", "32", "hidden is (64,) there and (32,) here"),
        ("--optimizer", "adam", "optimizer is 'sgd' there and 'adam' here"),
        ("--seed", "1", "seed is 0 there and 1 here"),
    ],
)
def test_a_checkpoint_of_another_model(option, value, words, tmp_path, capsys):
    main(["--folder", str(tmp_path), *FEW])
    before = (tmp_path / "checkpoint.pt").read_bytes()
    assert words in said(capsys, "--folder", str(tmp_path), *FEW, option, value)
    assert (tmp_path / "checkpoint.pt").read_bytes() == before


def flipped(content: bytes) -> bytes:
    """One byte of the first weights is another one."""
    place = len(content) // 3
    return content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]


@pytest.mark.parametrize(
    "damage",
    [lambda c: c[: len(c) // 2], lambda c: b"", lambda c: b"no checkpoint", flipped],
    ids=["cut", "empty", "text", "flipped"],
)
def test_a_damaged_checkpoint(damage, tmp_path, capsys):
    main(["--folder", str(tmp_path), *FEW, "--hidden", "200", "200"])
    path = tmp_path / "checkpoint.pt"
    path.write_bytes(damage(path.read_bytes()))
    before = path.read_bytes()
    options = ["--folder", str(tmp_path), *FEW, "--hidden", "200", "200"]
    assert "is damaged or not one of this program" in said(capsys, *options)
    assert path.read_bytes() == before


def test_a_checkpoint_of_another_program(tmp_path, capsys):
    torch.save({"weights": torch.zeros(3)}, tmp_path / "checkpoint.pt")
    words = said(capsys, "--folder", str(tmp_path), *FEW)
    assert "is damaged or not one of this program" in words


def test_a_port_in_use(tmp_path, capsys, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        options = ["--folder", str(tmp_path), *FEW]
        words = said(capsys, *options, "--processes", "2", "--port", str(port))
        assert f"port {port} is in use" in words
        # The same where the processes are started by hand, without torchrun.
        by_hand = {"RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1"}
        for name, value in {**by_hand, "MASTER_PORT": str(port)}.items():
            monkeypatch.setenv(name, value)
        assert f"port {port} is in use" in said(capsys, *options)
    assert not (tmp_path / "checkpoint.pt").exists()


@pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU is here")
def test_no_gpu(tmp_path, capsys):
    words = said(capsys, "--folder", str(tmp_path), *FEW, "--device", "cuda")
    assert "1 processes need 1 GPUs; PyTorch finds 0" in words


def test_a_folder_that_cannot_be_one(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert "File exists" in said(capsys, "--folder", str(tmp_path / "file"), *FEW)


def test_wrong_options(tmp_path, capsys):
    for option in ("--epochs", "--batch-size", "--processes"):
        with pytest.raises(SystemExit):
            main(["--folder", str(tmp_path), option, "0"])
        assert f"{option} must be at least 1; got 0" in capsys.readouterr().err
    for wrong in (["--lr", "0"], ["--lr", "nan"], ["--hidden", "0"]):
        with pytest.raises(SystemExit):
            main(["--folder", str(tmp_path), *wrong])
        assert "--lr and --hidden must be above 0" in capsys.readouterr().err
    with pytest.raises(ValueError, match="processes must be a whole number"):
        launch(0, [])
