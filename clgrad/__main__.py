"""The command line: ``clgrad COMMAND``, or ``python -m clgrad COMMAND``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from clgrad import doctor as examination
from clgrad.coverage import load, render

as_json = click.option("--json", "as_json", is_flag=True, help="Print plain data for programs.")
seconds = click.option("--seconds", default=120.0, show_default=True, help="How long a driver may take for an answer.")


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


@main.command()
@as_json
@seconds
def devices(as_json: bool, seconds: float) -> None:
    """List every device by the name to give; a star marks what ``auto`` takes."""
    found, trouble = examination.devices(seconds)
    if as_json:
        click.echo(json.dumps(found, indent=1))
    else:
        click.echo(examination.table(found), nl=False)
    if trouble:
        click.echo(f"OpenCL does not work ({trouble}): run clgrad doctor", err=True)


@main.command()
@as_json
@click.option("--device", help="Examine this one only, by any of its names.")
@seconds
def doctor(as_json: bool, device: str | None, seconds: float) -> None:
    """Say what works of OpenCL here, and the cure of what does not; fail where no OpenCL device works."""
    report = examination.examine(device, seconds)
    click.echo(json.dumps(report.as_data(), indent=1) if as_json else examination.text(report), nl=as_json)
    sys.exit(not report.works)


@main.command()
@click.option("--clear", is_flag=True, help="Delete every entry.")
def cache(clear: bool) -> None:
    """Show what is kept on disk: compiled programs, probes of devices, sizes that were measured."""
    for line in examination.cache(clear):
        click.echo(line)


if __name__ == "__main__":
    main()
