"""Figures in one colour-blind safe style. Takes arrays and histories; trains nothing.

Every function draws into ``ax`` (a new figure where none is given) and returns the Axes.
"""

from __future__ import annotations

import base64
import html
import io
import re
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence

import IPython.display
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from PIL import Image

from groundup.scratch import check_sizes

#: Class 0, class 1, then further series: seaborn's "colorblind" palette, reordered for contrast,
#: with a darker orange, which stands out from white as 3 to 1.
COLOURS = ("#0173b2", "#ca7f00", "#029e73", "#d55e00", "#cc78bc", "#5b5b5b")
MARKERS = ("o", "^", "s", "D", "v", "P", "X", "<", ">", "*")
LINES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2)))

_TWO_CLASSES = LinearSegmentedColormap.from_list(
    "two classes", ["#7fb9d8", "#ffffff", "#eec782"], N=256
)


def use_style() -> None:
    """Set the course's style for the figures and numbers that follow, whatever is set outside.

    A shell, a profile, a startup file or a ``matplotlibrc`` may set something else. In a notebook,
    figures then appear below their cell, as :func:`picture` gives them, and a cell shows its last
    value.
    """
    _forget_settings()
    sns.set_theme(style="whitegrid", palette=list(COLOURS))
    plt.rcParams.update(
        {
            "figure.figsize": (6.4, 4.0),
            "figure.dpi": 110,
            "font.family": "DejaVu Sans",  # comes with matplotlib: the same places everywhere
            "figure.facecolor": "white",
            "figure.constrained_layout.use": True,
            "axes.titlesize": "medium",
            "legend.frameon": True,
            "image.cmap": "gray_r",
        }
    )


def _forget_settings() -> None:
    """Back to what IPython, matplotlib, NumPy, pandas and PyTorch do unless told otherwise."""
    shell = IPython.get_ipython()
    if hasattr(shell, "kernel"):  # a notebook, not a terminal
        from matplotlib_inline.config import InlineBackend

        _reset(shell, "ast_node_interactivity")
        _reset(shell.display_formatter.formatters["text/plain"], "float_precision", "pprint")
        inline = InlineBackend.instance(parent=shell)
        _reset(inline, "rc", "figure_formats", "print_figure_kwargs", "close_figures")
        inline.figure_formats = set()  # no other form than ours
        shell.run_line_magic("matplotlib", "inline")
        shell.display_formatter.mimebundle_formatter.for_type(Figure, picture)
    plt.rcdefaults()
    np.set_printoptions(
        precision=8, threshold=1000, edgeitems=3, linewidth=75, suppress=False, nanstr="nan",
        infstr="inf", sign="-", floatmode="maxprec", formatter=None, legacy=False,
    )  # fmt: skip
    np.seterr(divide="warn", over="warn", under="ignore", invalid="warn")
    pd.reset_option("^display")
    if torch := sys.modules.get("torch"):  # chapter 2 does without it
        torch.set_default_dtype(torch.float32)
        torch.set_default_device(None)
        torch.set_printoptions(profile="default")


def _reset(configured, *names: str) -> None:
    """Give an object of IPython's the values that it has where no profile says otherwise."""
    for name in names:
        setattr(configured, name, type(configured).class_traits()[name].default(configured))


# --- a figure's form ---

#: Within a figure's lines and marks; with more it is heavier than as pixels.
MOST_POINTS = 1500
#: In a reader's browser: the font that the text was laid out in, and one that is as wide.
FONTS = "DejaVu Sans, Verdana, sans-serif"
#: Signs that mathtext takes from a font in which they have a code of their own.
_SIGNS = {("cmsy10", "0"): "′", ("STIXNonUnicode", "\ue238"): "ℒ"}
_CODED = re.compile(r"(font-family: '(cm\w+|STIXNonUnicode)'[^>]*>)([^<]*)")
_POINT = re.compile(r"[MLQC] [-\d]|<use ")
_PLACE = re.compile(r'(?<= )(?:d|x|y|width|height|transform|viewBox)="[^"]+"')
_LONG = re.compile(r"-?\d+\.\d{3,}")
_UNSEEN = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", re.DOTALL)


def picture(figure: Figure) -> dict[str, str]:
    """The figure by its MIME type: SVG, or PNG in base64; empty where nothing is drawn.

    Lines and marks are SVG. A figure that holds an image, more than ``MOST_POINTS`` points, or a
    sign that fonts of a page lack, is PNG.
    """
    if not figure.axes and not figure.lines:
        return {}
    file = io.BytesIO()
    with warnings.catch_warnings():
        # What a notebook prints must not tell how busy its machine was.
        warnings.filterwarnings("ignore", "Creating legend with loc=.best. can be slow")
        drawing = _svg(figure)
        if drawing and "<image" not in drawing and len(_POINT.findall(drawing)) <= MOST_POINTS:
            return {"image/svg+xml": drawing}
        figure.savefig(file, format="png", bbox_inches="tight")
    return {"image/png": base64.b64encode(file.getvalue()).decode()}


def _svg(figure: Figure) -> str:
    """The same text for the same figure: no date, no chance in its names, places to 0.01 points.

    Empty where a sign has no code of Unicode's.
    """
    file = io.StringIO()
    with plt.rc_context({"svg.hashsalt": "ground up", "svg.fonttype": "none"}):
        figure.savefig(file, format="svg", bbox_inches="tight", metadata={"Date": None})
    try:
        text = _CODED.sub(_in_unicode, _UNSEEN.sub("", file.getvalue()))
    except KeyError:
        return ""
    used = set(re.findall(r"#(\w+)", text))
    text = re.sub(r' id="([^"]+)"', lambda it: it[0] if it[1] in used else "", text)
    text = _PLACE.sub(lambda it: _LONG.sub(_rounded, " ".join(it[0].split())), text)
    text = re.sub(r"font-family: [^;\"]+;? ?", "", text)
    text = re.sub(r"\n\s*", "", text)
    return text.replace("<svg ", f'<svg font-family="{FONTS}" ', 1) + "\n"


def _in_unicode(text: re.Match) -> str:
    start, font, signs = text.groups()
    return start + "".join(_SIGNS[font, sign] for sign in signs)


def _rounded(number: re.Match) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def points(X, y, ax: Axes | None = None, label: str = "class {}") -> Axes:
    """Scatter rows X (n, 2) by their class y (n,): colour and marker both tell it."""
    ax = ax or plt.subplots(figsize=(4.8, 4.4))[1]
    X, y = np.asarray(X), np.asarray(y).reshape(-1)
    if X.ndim != 2 or X.shape[1] != 2 or len(X) != len(y):
        raise ValueError(f"X must have shape (n, 2) and y (n,); got {X.shape} and {y.shape}")
    size = 70 if len(X) <= 50 else 14
    for k, name in enumerate(np.unique(y)):
        rows = X[y == name]
        ax.scatter(
            *rows.T,
            s=size,
            c=COLOURS[k % 6],
            marker=MARKERS[k % 10],
            label=label.format(int(name)),
            edgecolors="white" if size > 20 else "none",
            linewidths=0.8,
            zorder=3,
        )
    ax.set(xlabel="$x_1$", ylabel="$x_2$")
    ax.legend()
    return ax


def decision_region(
    probability: Callable[[np.ndarray], np.ndarray],
    X,
    y,
    ax: Axes | None = None,
    margin: float = 0.1,
) -> Axes:
    """The plane shaded by P(class 1), the boundary P = ½ as a line, and the data on top.

    ``probability`` takes rows (m, 2) float64 and returns (m,) or (m, 1) numbers in [0, 1].
    """
    ax = ax or plt.subplots(figsize=(5.6, 4.4))[1]
    x1, x2, p = _grid(probability, X, margin, steps=200)
    shade = ax.contourf(x1, x2, p, levels=np.linspace(0, 1, 11), cmap=_TWO_CLASSES, zorder=0)
    ax.contour(x1, x2, p, levels=[0.5], colors="#222222", linewidths=1.6, zorder=2)
    ax.figure.colorbar(shade, ax=ax, label="predicted probability of class 1", ticks=[0, 0.5, 1])
    points(X, y, ax)
    ax.set(xlim=(x1.min(), x1.max()), ylim=(x2.min(), x2.max()))
    ax.grid(False)
    return ax


def surface(probability: Callable[[np.ndarray], np.ndarray], X, y, margin: float = 0.1) -> Axes:
    """P(class 1) as a surface over the plane, the data at heights 0 and 1; returns a 3-D Axes."""
    _, ax = plt.subplots(figsize=(6.4, 4.8), subplot_kw={"projection": "3d"})
    x1, x2, p = _grid(probability, X, margin, steps=60)
    ax.plot_surface(x1, x2, p, cmap=_TWO_CLASSES, edgecolor="#888888", linewidth=0.15, alpha=0.85)
    X, y = np.asarray(X), np.asarray(y).reshape(-1)
    for k, name in enumerate(np.unique(y)):
        rows = X[y == name]
        ax.scatter(*rows.T, name, s=8, c=COLOURS[k], marker=MARKERS[k], label=f"class {int(name)}")
    ax.set(xlabel="$x_1$", ylabel="$x_2$", zlabel="probability of class 1", zticks=[0, 0.5, 1])
    ax.legend(loc="upper left")
    ax.view_init(elev=35, azim=-65)
    return ax


def curves(
    series: Mapping[str, Sequence[float]],
    xlabel: str = "epoch",
    ylabel: str = "loss",
    logy: bool = False,
    ax: Axes | None = None,
    start: int = 1,
) -> Axes:
    """One line for each named series, counted from ``start``; line styles differ as colours do."""
    ax = ax or plt.subplots()[1]
    for k, (name, values) in enumerate(series.items()):
        steps = np.arange(start, start + len(values))
        ax.plot(steps, values, color=COLOURS[k % 6], linestyle=LINES[k % 6], label=name)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    if logy:
        ax.set_yscale("log")
    if len(series) > 1:
        ax.legend()
    return ax


def band(
    table: pd.DataFrame, x: str, y: str, hue: str | None = None, ax: Axes | None = None
) -> Axes:
    """Mean of ``y`` over the seeds against ``x``, by ``hue``, within one standard deviation."""
    ax = ax or plt.subplots()[1]
    groups = [(None, table)] if hue is None else table.groupby(hue, sort=False)
    for k, (name, rows) in enumerate(groups):
        spread = rows.groupby(x, sort=True)[y].agg(["mean", "std"]).fillna(0)
        low, high = spread["mean"] - spread["std"], spread["mean"] + spread["std"]
        colour = COLOURS[k % 6]
        ax.plot(spread.index, spread["mean"], color=colour, linestyle=LINES[k % 6], label=name)
        ax.fill_between(spread.index, low, high, color=colour, alpha=0.2, linewidth=0)
    ax.set(xlabel=x.replace("_", " "), ylabel=y.replace("_", " "))
    if hue is not None:
        ax.legend()
    return ax


def network_diagram(sizes: Sequence[int], ax: Axes | None = None, most: int = 8) -> Axes:
    """Layers as columns of circles from input to output; more than ``most`` neurons are elided."""
    sizes = check_sizes(sizes)
    ax = ax or plt.subplots(figsize=(1.6 + 1.4 * len(sizes), 3.4))[1]
    columns = [(min(n, most) - 1) / 2 - np.arange(min(n, most)) for n in sizes]
    lowest = min(column[-1] for column in columns) - (1.3 if max(sizes) > most else 0.6)
    for layer in range(len(sizes) - 1):
        for left in columns[layer]:
            for right in columns[layer + 1]:
                ax.plot([layer, layer + 1], [left, right], color="#8c8c8c", linewidth=0.8, zorder=1)
    for layer, (n, heights) in enumerate(zip(sizes, columns, strict=True)):
        end = layer == len(sizes) - 1
        colour = COLOURS[5] if layer == 0 else COLOURS[1] if end else COLOURS[0]
        ax.scatter([layer] * len(heights), heights, s=330, c=colour, edgecolors="white", zorder=2)
        kind = "input" if layer == 0 else "output" if end else f"hidden {layer}"
        ax.text(layer, lowest, f"{kind}\n{n}", ha="center", va="top")
        if n > most:
            ax.text(layer, heights[-1] - 0.3, "⋮", ha="center", va="top", fontsize="large")
    ax.set_axis_off()
    ax.margins(0.12, 0.16)
    return ax


def digit_grid(images, titles: Sequence[str] | None = None, columns: int = 5) -> np.ndarray:
    """Images (n, 28, 28) in rows of ``columns``, with a title each; returns the array of Axes."""
    images = np.asarray(images)
    if images.ndim != 3 or len(images) == 0:
        raise ValueError(f"images must have shape (n, height, width); got {images.shape}")
    if titles is not None and len(titles) != len(images):
        raise ValueError(f"titles must be {len(images)}, one an image; got {len(titles)}")
    rows = -(-len(images) // columns)
    _, axes = plt.subplots(rows, columns, figsize=(1.25 * columns, 1.45 * rows), squeeze=False)
    for ax in axes.flat:
        ax.set_axis_off()
    low, high = min(0.0, float(images.min())), max(1.0, float(images.max()))
    for i, (ax, image) in enumerate(zip(axes.flat, images, strict=False)):
        ax.imshow(image, cmap="gray_r", vmin=low, vmax=high)
        if titles is not None:
            ax.set_title(titles[i], fontsize="small", pad=2)
    return axes


def confusion(matrix, labels: Sequence[str] | None = None, ax: Axes | None = None) -> Axes:
    """Confusion matrix of counts (k, k): true classes in rows, predicted ones in columns."""
    matrix = np.asarray(matrix)
    k = len(matrix) if matrix.ndim else 0
    if matrix.shape != (k, k) or not k or not np.issubdtype(matrix.dtype, np.integer):
        raise ValueError(
            f"matrix must be whole numbers of shape (k, k); got {matrix.dtype} of {matrix.shape}"
        )
    if labels is not None and len(labels) != k:
        raise ValueError(f"labels must be {k}, one a class; got {len(labels)}")
    ax = ax or plt.subplots(figsize=(6.2, 5.4))[1]
    labels = labels if labels is not None else [str(k) for k in range(len(matrix))]
    # The diagonal would swamp the colours, so only mistakes are shaded.
    mistakes = matrix - np.diag(np.diag(matrix))
    sns.heatmap(
        mistakes, annot=matrix, fmt="d", cmap="Oranges", cbar_kws={"label": "mistakes"},
        xticklabels=labels, yticklabels=labels, square=True, linewidths=0.5, ax=ax,
        annot_kws={"size": 8},
    )  # fmt: skip
    ax.set(xlabel="predicted class", ylabel="true class")
    ax.tick_params(axis="y", rotation=0)
    return ax


# A slider's own listener: it needs no other script, in a notebook or in a page opened from disk.
_SHOW_FRAME = (
    "const f=this.closest('figure'),p=f.querySelectorAll('img');"
    "p.forEach((im,i)=>{im.hidden=i!=this.value});"
    "f.querySelector('output').textContent=p[this.value].alt;"
    "this.setAttribute('aria-valuetext',p[this.value].alt)"
)


def in_time(draw: Callable, frames: Sequence, describe: Callable[..., str], label: str) -> None:
    """A figure with a slider over its frames, such as the epochs of a run.

    For each entry of ``frames``, ``draw(entry)`` draws and returns an Axes and ``describe(entry)``
    says in a sentence what that frame shows. ``label`` names the slider. Where no script runs, the
    last frame stands still.
    """
    if len(frames) < 2:
        raise ValueError(f"frames must be at least two; got {len(frames)}")
    last, pictures, text = len(frames) - 1, [], ""
    for i, entry in enumerate(frames):
        text = html.escape(describe(entry))
        hidden = "" if i == last else " hidden"
        pictures.append(
            f'<img src="data:image/png;base64,{_png(draw(entry))}" alt="{text}"{hidden}>'
        )
    slider = (
        f'<label>{html.escape(label)} <input type="range" min="0" max="{last}" value="{last}" '
        f'aria-valuetext="{text}" oninput="{_SHOW_FRAME}"></label>'
    )
    shown = f'<figure style="margin:0">{"".join(pictures)}<p>{slider} <output>{text}</output></p>'
    IPython.display.display(IPython.display.HTML(f"{shown}</figure>"))


def _png(ax: Axes) -> str:
    """The figure as a small PNG with 64 colours, in base64; the figure is closed."""
    raw, small = io.BytesIO(), io.BytesIO()
    ax.figure.savefig(raw, dpi=90)
    plt.close(ax.figure)
    with Image.open(raw) as image:
        palette = image.convert("RGB").quantize(64, dither=Image.Dither.NONE)
    palette.save(small, "PNG", optimize=True)
    return base64.b64encode(small.getvalue()).decode()


def _grid(probability, X, margin: float, steps: int):
    X = np.asarray(X, dtype=float)
    if X.ndim != 2 or X.shape[1] != 2 or len(X) == 0:
        raise ValueError(f"X must have shape (n, 2); got {X.shape}")
    low, high = X.min(axis=0), X.max(axis=0)
    pad = margin * (high - low)
    x1, x2 = np.meshgrid(
        *(np.linspace(a - p, b + p, steps) for a, b, p in zip(low, high, pad, strict=True))
    )
    values = np.asarray(probability(np.column_stack([x1.ravel(), x2.ravel()])), dtype=float)
    if values.size != x1.size:
        raise ValueError(f"probability must give one number a row, {x1.size}; got {values.shape}")
    if not ((values >= 0) & (values <= 1)).all():
        raise ValueError(
            "probability must give numbers between 0 and 1; "
            f"got {values.min():g} to {values.max():g}"
        )
    return x1, x2, values.reshape(x1.shape)
