"""The command that writes the public summary of training content."""

from __future__ import annotations

import json
from pathlib import Path

import click

from curate.ask.rerun import load_recorded
from curate.ask.summary import summary_of
from curate.cli.terminal.options import work_argument
from curate.cli.terminal.shown import echo
from curate.io.whole import write_whole
from curate.report.summary import SHOWN_DOMAINS, as_json, as_markdown


@click.command()
@work_argument
@click.option("--out", metavar="FILE", help="Write it here; lists every domain that is asked for.")
@click.option("--sme", is_flag=True, help="List the fewer domains of a small or medium enterprise.")
@click.option("--json", "in_json", is_flag=True, help="As JSON.")
def summary(work: str, out: str | None, *, sme: bool, in_json: bool) -> None:
    """Summarise what a corpus is made of, for the public.

    After the template for Article 53(1)(d) of the EU's AI Act: crawls and
    their dates, sizes by language, the largest domains, what was done about
    rights, illegal content and personal data. Every number is from the
    receipts and sidecars of WORK, and the sums are those of the manifest. What
    only the publisher knows is marked; `emit.card` of the job gives some of it.
    """
    whole = summary_of(load_recorded(work))
    if in_json:
        text = json.dumps(as_json(whole, is_sme=sme), ensure_ascii=False, indent=2) + "\n"
    else:
        text = as_markdown(whole, is_sme=sme, most_domains=None if out else SHOWN_DOMAINS)
    if out is None:
        echo(text, nl=False)
        return
    write_whole(Path(out), text.encode())
    echo(f"written: {out}")
