"""What a shell, a profile or a home folder sets for other programs, and the kernels run without.

The doctor needs it, so its syntax is that of Python 3.6 too.
"""

import os

from tools.paths import ROOT

#: Variable → what it changes in the notebooks of who starts Jupyter with it. The Makefile, too,
#: leaves them out.
FOREIGN = {
    "MPLBACKEND": "figures drawn before use_style() are not shown",
    "MATPLOTLIBRC": "figures drawn before use_style() look different",
    "PYTHONHOME": "Python looks for its own modules there",
    "PYTHONOPTIMIZE": "asserts are not carried out, and with 2 there are no docstrings",
    "PYTHONPATH": "modules that lie there come before the course's",
    "PYTHONSTARTUP": "IPython runs that file first in each notebook",
    "PYTHONWARNINGS": "a warning may stop a cell, or Jupyter itself",
    "JUPYTER_PATH": "Jupyter looks there first for the Python that runs the notebooks",
}


def environment(folder) -> dict:
    """The variables for a kernel: this process's without the foreign ones.

    ``folder`` (a Path) takes what IPython keeps; a profile of the reader's is not read.
    """
    import matplotlib

    # Where these cannot be written, matplotlib names a temporary folder to all that is started.
    matplotlib.get_configdir()
    matplotlib.get_cachedir()
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    # Without UTF-8, PyTorch does not start from a folder with an umlaut in its name.
    ours = {"PYTHONPATH": str(ROOT), "IPYTHONDIR": str(folder / "ipython"), "PYTHONUTF8": "1"}
    return {**kept, **ours}
