"""The command that checks a corpus."""

from __future__ import annotations

import click

from curate.cli.terminal.shown import echo
from curate.io.object_path import place_of
from curate.pipeline.verify import verify as verify_corpus


@click.command()
@click.argument("corpus", metavar="CORPUS")
@click.option("--deep", is_flag=True, help="Read every Parquet file and count again.")
def verify(corpus: str, deep: bool) -> None:  # noqa: FBT001 - click passes it so
    """Check a corpus: checksums, labels, rows, sums of receipts.

    CORPUS is the corpus folder or the work folder around it. With the work
    folder every plan, receipt and seal is compared with the others and with
    the files they name, and the manifest with the sums of receipts.
    """
    check = verify_corpus(place_of(corpus), deep=deep)
    echo(
        f"{check.files} files, {check.rows:,} rows, {check.bytes:,} bytes: checksums and counts "
        f"agree with the manifest"
    )
    if check.receipts:
        echo(f"{check.receipts} receipts: files are whole and {check.documents:,} documents add up")
    if check.notes:
        echo("of no consequence:\n  " + "\n  ".join(check.notes))
