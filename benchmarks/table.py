"""Rows of results as text: aligned columns for a terminal, or a markdown table."""

from __future__ import annotations

from collections.abc import Sequence

from measure import Timing

WIDTHS = {"id": 4, "work": 64, "training step": 64, "overhead": 64}
"""Characters of the columns that hold no figures."""


class Table:
    """A table that is printed row by row, as the results come."""

    def __init__(self, title: str, columns: Sequence[str], markdown: bool) -> None:
        self.columns = columns
        self.markdown = markdown
        print(f"\n{title}:\n" if markdown else f"\n{title}")
        self.row(columns)
        if markdown:
            print("|" + "---|" * len(columns))

    def row(self, cells: Sequence[str]) -> None:
        assert len(cells) == len(self.columns)
        if self.markdown:
            print(f"| {' | '.join(cells)} |", flush=True)
            return
        widths = [WIDTHS.get(column, 17) for column in self.columns]
        print("  ".join(cell.ljust(width) for cell, width in zip(cells, widths)).rstrip(), flush=True)


def number(value: float) -> str:
    """Three digits that count, or all before the point."""
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def ratio(timing: Timing, spread: bool, markdown: bool) -> str:
    """How much faster than the base; in markdown bold where it is."""
    text = fixed(timing.ratio)
    text = f"**{text}**" if markdown and timing.ratio >= 1 else text
    return f"{text} ({fixed(timing.low)}-{fixed(timing.high)})" if spread else text


def fixed(value: float) -> str:
    """Two digits after the point, below 10; one that counts, below a hundredth."""
    return f"{value:.1g}" if value < 0.01 else f"{value:.2f}" if value < 9.995 else number(value)


def megabytes(count: int | None) -> str:
    return "-" if count is None else f"{count / 2**20:.0f}"
