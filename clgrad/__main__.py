"""The command line: ``clgrad COMMAND``, or ``python -m clgrad COMMAND``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from clgrad import doctor as examination
from clgrad.coverage import load, render
from clgrad.device import device as device_named
from clgrad.errors import ClgradError

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
@click.option(
    "--device", "name", default="cl", show_default=True, help="The device, by a name that CLGRAD_DEVICE takes."
)
@click.option("--quick", is_flag=True, help="Fewer classes of kernels, and fewer candidates for each.")
@click.option("--timeout", default=20.0, show_default=True, help="Seconds that a candidate may take.")
@click.option("--export", type=click.Path(path_type=Path), help="Also write what wins as a file that can ship.")
def tune(name: str, quick: bool, timeout: float, export: Path | None) -> None:
    """Measure sizes of kernels' loops on a device, and keep the fastest in the user's cache.

    Each candidate runs in another process, and its result is checked before its time counts.
    """
    try:
        device = device_named(name)
        steps = 1000
        with click.progressbar(length=steps, label=device.name, item_show_func=lambda text: text) as bar:

            def report(part: float, text: str) -> None:
                bar.update(round(part * steps) - bar.pos, text)

            wins = device.tune_standard(report, quick, timeout)
    except ClgradError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{wins} classes are faster than by the rules")
    if export is not None:
        export.write_text(json.dumps(device.tuned(), indent=1) + "\n", encoding="utf-8")
        click.echo(f"wrote {export}")


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
