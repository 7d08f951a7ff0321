"""Draws the figures of docs/figures-compared.md with matplotlib, from the data beside them.

    pip install matplotlib==3.11.2 numpy==2.4.6
    cargo run --release -p nn-viz --example compared -- docs/figures-compared
    python scripts/matplotlib_figures.py docs/figures-compared

No test needs matplotlib: its pictures are committed. It prints the size of each picture and the time it takes to draw it
and to write it as SVG and as PNG, without the time it takes to import matplotlib.
"""

import io
import sys
import time
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap

BLUE, ORANGE, INK, GREY = "#0072B2", "#D55E00", "#262626", "#808080"
COLORS = [BLUE, ORANGE, "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#AA3377", "#55331A", "#DDCC77", "#3B1F6B"]
OPTIMISERS = ["SGD", "momentum", "RMSprop", "Adam"]

# What it takes to look like a figure for print instead of matplotlib's defaults.
plt.rcParams.update({
    "figure.figsize": (3.6, 2.8),
    "figure.constrained_layout.use": True,
    "font.size": 7, "axes.titlesize": 8, "axes.labelsize": 7.5,
    "axes.titlelocation": "left", "axes.titlepad": 8,
    "axes.spines.top": False, "axes.spines.right": False,
    "axes.edgecolor": INK, "axes.labelcolor": INK, "text.color": INK, "xtick.color": INK, "ytick.color": INK,
    "axes.linewidth": 0.6, "xtick.major.width": 0.6, "ytick.major.width": 0.6,
    "xtick.minor.width": 0.6, "ytick.minor.width": 0.6, "xtick.major.size": 2.6, "ytick.major.size": 2.6,
    "xtick.minor.size": 1.5, "ytick.minor.size": 1.5,
    "axes.grid": True, "axes.axisbelow": True, "grid.color": "#E2E2E2", "grid.linewidth": 0.6,
    "lines.linewidth": 1.3, "legend.fancybox": False, "legend.edgecolor": "#D4D4D4",
    "patch.linewidth": 0.5, "svg.fonttype": "path",
})


def read(directory):
    """Returns the lists of data.csv by their names."""
    lines = (directory / "data.csv").read_text().splitlines()
    rows = (line.split(",") for line in lines)
    return {name: np.array(values, dtype=float) for name, *values in rows}


def curves(axes, data):
    for name, color, dash in [("train", BLUE, "-"), ("test", ORANGE, "--")]:
        label = f"{name}: IQM, Q1–Q3"
        axes.fill_between(data["epochs"], data[f"{name}-q1"], data[f"{name}-q3"], color=color, alpha=0.16, lw=0)
        axes.plot(data["epochs"], data[name], dash, color=color, label=label)
    axes.set(title="Loss of 50 trials", xlabel="Epoch", ylabel="Cross-entropy", yscale="log", xlim=(0, 300))
    axes.legend(loc="upper right")


def classes(axes, data):
    for digit in range(10):
        members = data["classes"] == digit
        marker = "o^sDv"[digit % 5]
        axes.scatter(data["classes-x"][members], data["classes-y"][members], s=9, lw=0, marker=marker,
                     color=COLORS[digit], label=digit)
    axes.set(title="Codes of digits", xlabel="Code 1", ylabel="Code 2", aspect="equal")
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)


def field(axes, data):
    x, y = np.meshgrid(np.linspace(-1.6, 2.6, 200), np.linspace(-1.2, 1.7, 200))
    score = 9.0 * (0.25 + 0.9 * (x - 0.5) * ((x - 0.5) ** 2 - 1.1) - y)
    p = 1 / (1 + np.exp(-score))
    tint = [tuple(1 + 0.44 * (c - 1) for c in matplotlib.colors.to_rgb(color)) for color in (BLUE, ORANGE)]
    colors = LinearSegmentedColormap.from_list("field", [tint[0], "white", tint[1]])
    image = axes.imshow(p, cmap=colors, vmin=0, vmax=1, extent=(-1.6, 2.6, -1.2, 1.7), origin="lower",
                        interpolation="bilinear")
    axes.contour(x, y, p, levels=[0.5], colors=INK, linewidths=1.1)
    for name, color, marker, label in [("zero", BLUE, "o", "class 0"), ("one", ORANGE, "^", "class 1")]:
        axes.scatter(data[f"{name}-x"], data[f"{name}-y"], s=18, color=color, marker=marker, edgecolor="white",
                     lw=0.55, label=label)
    axes.set(title="Probability of class 1", xlabel="x₁", ylabel="x₂")
    axes.grid(False)
    axes.legend(loc="upper right")
    axes.figure.colorbar(image, label="P(class 1)", shrink=0.7)


def confusion(axes, data):
    counts = data["confusion"].reshape(10, 10)
    shares = counts / counts.sum(axis=1, keepdims=True)
    colors = LinearSegmentedColormap.from_list("shares", ["white", BLUE, "#083664"])
    image = axes.imshow(shares, cmap=colors, vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        color = "white" if shares[row, column] > 0.5 else GREY if count == 0 else "black"
        axes.text(column, row, f"{count:.0f}", ha="center", va="center", color=color, fontsize=5.5)
    axes.set(title="Handwritten digits", xlabel="Predicted", ylabel="True", xticks=range(10), yticks=range(10))
    axes.spines[:].set_visible(True)
    axes.grid(False)
    axes.figure.colorbar(image, label="Share of row")


def violins(axes, data):
    values = [data[name] for name in OPTIMISERS]
    parts = axes.violinplot(values, widths=0.7, showextrema=False)
    generator = np.random.default_rng(0)
    for slot, (body, color, scores) in enumerate(zip(parts["bodies"], COLORS, values), 1):
        body.set(facecolor=color, edgecolor=color, alpha=0.4, linewidth=0.8)
        axes.scatter(slot + generator.uniform(-0.15, 0.15, len(scores)), scores, s=3, color=color, lw=0)
        low, median, high = np.quantile(scores, [0.25, 0.5, 0.75])
        axes.vlines(slot, low, high, color=INK, lw=3, zorder=3)
        axes.scatter(slot, median, s=5, color="white", zorder=4)
    names(axes)


def boxes(axes, data):
    values = [data[name] for name in OPTIMISERS]
    parts = axes.boxplot(values, patch_artist=True, widths=0.45,
                         medianprops={"color": INK, "linewidth": 1.4}, flierprops={"markersize": 2.6})
    for slot, color in enumerate(COLORS[:4]):
        pale = [1 + 0.28 * (c - 1) for c in matplotlib.colors.to_rgb(color)]
        parts["boxes"][slot].set(facecolor=pale, edgecolor=color, linewidth=0.9)
        parts["fliers"][slot].set(marker="o", markerfacecolor=color, markeredgewidth=0)
        for line in parts["whiskers"][2 * slot:2 * slot + 2] + parts["caps"][2 * slot:2 * slot + 2]:
            line.set(color=color, linewidth=0.9)
    names(axes)


def names(axes):
    axes.set(title="Scores of 50 trials", ylabel="Test accuracy", xticks=range(1, 5), xticklabels=OPTIMISERS)
    axes.grid(False, axis="x")
    axes.tick_params(axis="x", length=0)


def roc(axes, data):
    axes.axline((0, 0), slope=1, color=GREY, lw=0.9, ls="--", label="chance")
    for name, color, dash in [("network", BLUE, "-"), ("linear", ORANGE, "--")]:
        axes.plot(data[f"{name}-false"], data[f"{name}-true"], dash, color=color, label=name)
    limits = (-0.015, 1.015)
    axes.set(title="ROC curves", xlabel="False positive rate", ylabel="True positive rate", aspect="equal",
             xlim=limits, ylim=limits)
    axes.legend(loc="lower right")


def calibration(axes, data):
    axes.axline((0, 0), slope=1, color=GREY, lw=0.9, ls="--", label="ideal")
    n, z = data["samples"], 1.959963984540054
    for name, label, color, style in [("calibrated", "calibrated", BLUE, "o-"), ("too-sure", "too sure", ORANGE, "^--")]:
        p = data[name]
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        axes.errorbar(data["predicted"], p, np.abs([p - middle + half, middle + half - p]), fmt=style, color=color,
                      ms=4.8, mec="white", mew=0.55, elinewidth=0.7, capsize=1.8, capthick=0.7, label=label)
    limits = (-0.015, 1.015)
    axes.set(title="Reliability, with 95 % intervals", xlabel="Mean predicted probability",
             ylabel="Fraction of class 1", aspect="equal", xlim=limits, ylim=limits)
    axes.legend(loc="upper left")


def main():
    directory = Path(sys.argv[1])
    data = read(directory)
    for draw in [curves, classes, field, confusion, violins, boxes, roc, calibration]:
        start = time.perf_counter()
        figure, axes = plt.subplots()
        draw(axes, data)
        svg = io.BytesIO()
        figure.savefig(svg, format="svg")
        svg_done = time.perf_counter()
        png = directory / f"{draw.__name__}-matplotlib.png"
        figure.savefig(png, dpi=150, metadata={"Software": None})
        done = time.perf_counter()
        print(f"{draw.__name__}: SVG of {svg.tell()} bytes in {1000 * (svg_done - start):.0f} ms, "
              f"PNG of {png.stat().st_size} in {1000 * (done - svg_done):.0f} ms")
        plt.close(figure)


main()
