"""The command line: ``clgrad COMMAND``, or ``python -m clgrad COMMAND``."""

from __future__ import annotations

from pathlib import Path

import click

from clgrad.coverage import load, render


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="clgrad", prog_name="clgrad")
def main() -> None:
    """Tensors, automatic differentiation and neural networks on OpenCL."""


@main.command()
@click.option("--output", type=click.Path(path_type=Path), help="Write a file instead of printing.")
def coverage(output: Path | None) -> None:
    """Write the table of ops, dtypes, derivatives and devices that the tests compared with PyTorch."""
    text = render(load())
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
        click.echo(f"wrote {output}")


if __name__ == "__main__":
    main()
