"""Draw loss curves that the examples wrote with --json: one line a file, as SVG.

python examples/mnist_cnn.py --device cpu --json cpu.json
python examples/mnist_cnn.py --device cl --json cl.json
python benchmarks/curves.py cpu.json cl.json --output curve.svg
"""

from __future__ import annotations

import argparse
import json
from html import escape
from pathlib import Path

WIDTH, HEIGHT, MARGIN = 640, 320, 48
COLOURS = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd")
DASHES = ("none", "6 6", "2 4", "10 4")
"""Curves that lie on each other are both seen."""


def drawn(curves: dict[str, list[float]]) -> str:
    """Curves of a loss by epoch, from zero to the highest, as the text of an SVG."""
    highest = max(max(curve) for curve in curves.values()) or 1.0
    steps = max(len(curve) for curve in curves.values())

    def point(step: int, value: float) -> str:
        x = MARGIN + (WIDTH - 2 * MARGIN) * step / max(1, steps - 1)
        y = HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * value / highest
        return f"{x:.1f},{y:.1f}"

    left, right, top, bottom = MARGIN, WIDTH - MARGIN, MARGIN, HEIGHT - MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"',
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<path d="M{left},{top} V{bottom} H{right}" fill="none" stroke="black"/>',
        f'<text x="{left - 4}" y="{top + 4}" text-anchor="end">{highest:.3g}</text>',
        f'<text x="{left - 4}" y="{bottom}" text-anchor="end">0</text>',
        f'<text x="{left + 6}" y="{top}">loss</text>',
        f'<text x="{left}" y="{bottom + 16}">epoch 1</text>',
        f'<text x="{right}" y="{bottom + 16}" text-anchor="end">epoch {steps}</text>',
    ]
    for number, (name, curve) in enumerate(curves.items()):
        colour, dash = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
        points = " ".join(point(step, value) for step, value in enumerate(curve))
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>'
        )
        last = escape(f"{name}: {curve[-1]:.3g} at last")
        parts.append(f'<text x="{right}" y="{top + 16 * number}" text-anchor="end" fill="{colour}">{last}</text>')
    return "\n".join([*parts, "</svg>\n"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--output", type=Path, required=True, metavar="SVG")
    options = parser.parse_args()
    curves = {path.stem: json.loads(path.read_text())["loss"] for path in options.results}
    options.output.write_text(drawn(curves), encoding="utf-8")


if __name__ == "__main__":
    main()
