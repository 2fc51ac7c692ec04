"""The command that checks a corpus."""

from __future__ import annotations

import click

from curate.cli.terminal.shown import echo
from curate.io.object_path import place_of
from curate.io.open_store import open_store
from curate.io.texts.lists import read_text
from curate.pipeline.verify import verify as verify_corpus
from curate.pipeline.verify.absent import check_absent


@click.command()
@click.argument("corpus", metavar="CORPUS")
@click.option("--deep", is_flag=True, help="Read every Parquet file and count again.")
@click.option(
    "--absent",
    metavar="FILE",
    help="Look for the addresses, ids and pieces of text of FILE, one a line, in every file.",
)
def verify(corpus: str, deep: bool, absent: str | None) -> None:  # noqa: FBT001 - click's
    """Check a corpus: checksums, labels, rows, sums of receipts.

    CORPUS is the corpus folder or the work folder around it. With the work
    folder every plan, receipt and seal is compared with the others and with
    the files they name, and the manifest with the sums of receipts.

    --absent reads every file of CORPUS to its end instead, hidden ones too,
    and proves that none holds what FILE names.
    """
    if absent is not None:
        lines = read_text(absent).splitlines()
        read = check_absent(open_store(str(place_of(corpus))), lines)
        echo(f"{read.files:,} files, {read.bytes:,} bytes: none holds what {absent} names")
        return
    check = verify_corpus(place_of(corpus), deep=deep)
    echo(
        f"{check.files} files, {check.rows:,} rows, {check.bytes:,} bytes: checksums and counts "
        f"agree with the manifest"
    )
    if check.receipts:
        echo(f"{check.receipts} receipts: files are whole and {check.documents:,} documents add up")
    if check.notes:
        echo("of no consequence:\n  " + "\n  ".join(check.notes))
