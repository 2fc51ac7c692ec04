"""Commands that read and write FineWeb2's published configs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import click
from rich.table import Table
from rich.text import Text

from curate.cli.terminal.shown import console, echo, plain_text
from curate.config.language import DEFAULT, LanguageConfigs
from curate.config.load import load_yaml
from curate.config.of_fineweb2 import form as published
from curate.config.of_fineweb2.export import export_config
from curate.config.of_fineweb2.export import to_yaml as to_published_yaml
from curate.config.of_fineweb2.take_in import import_config
from curate.errors import ConfigError, CurateError
from curate.io.whole import write_whole
from curate.labels import is_label
from curate.tune.config_yaml import to_yaml
from curate.work.configs import config_folder

T = TypeVar("T")

out_option = click.option("--out", required=True, metavar="DIR", help="Folder to write to.")
force_option = click.option("--force", is_flag=True, help="Write over files that are in DIR.")
verbose_option = click.option("--verbose", is_flag=True, help="List every finding.")


@click.command("import-fineweb2")
@click.argument("source", metavar="DIR")
@out_option
@force_option
@verbose_option
def import_fineweb2(source: str, out: str, *, force: bool, verbose: bool) -> None:
    """Read FineWeb2's published configs, a folder or one file.

    Writes a config for each label and a _default.yaml with the rules that are
    the same for all, so that the folder can be used as it is. Lists what is
    switched off, what can never fire and what cannot be said; each file has
    its own findings in its provenance.
    """
    files = _published_files(Path(source).expanduser())
    texts = {
        f"{DEFAULT}.yaml": to_yaml(published.common_config(), comment=published.COMMON_COMMENT)
    }
    done = _each(files, lambda path: _import(path, texts))
    folder = _write_all(out, texts, force=force)
    LanguageConfigs.load(folder)  # what is written can be read
    _show_findings(done.findings, verbose=verbose)
    echo(f"files read: {len(files)}; configs written: {len(files) - len(done.refused)}")
    echo(f"configs: {folder}")
    _refuse(done.refused)


@click.command("export-fineweb2")
@click.argument("source", metavar="DIR")
@out_option
@click.option("--label", "labels", multiple=True, help="Only this label; may be repeated.")
@force_option
@verbose_option
def export_fineweb2(
    source: str, out: str, labels: Sequence[str], *, force: bool, verbose: bool
) -> None:
    """Write configs in FineWeb2's published form.

    DIR is a folder of language configs, or `builtin`. Each label is written
    for datatrove, with all that it inherits. Lists what the form cannot say.
    """
    configs = LanguageConfigs.load(config_folder(source))
    chosen = list(dict.fromkeys(labels)) or list(configs.labels)
    unknown = [label for label in chosen if label not in configs.labels]
    if unknown:
        raise ConfigError(
            source,
            wanted=f"a config for {unknown[0]}",
            found=f"configs for {len(configs.labels)} labels, none for it",
            todo="see `curate labels --configs DIR` for those there are",
        )
    texts: dict[str, str] = {}
    done = _each(chosen, lambda label: _export(configs, label, texts))
    folder = _write_all(out, texts, force=force)
    _show_findings(done.findings, verbose=verbose)
    echo(f"labels: {len(chosen)}; configs written: {len(chosen) - len(done.refused)}")
    echo(f"configs: {folder}")
    _refuse(done.refused)


LabelFinding = tuple[str, published.Finding]
"""A label, and what was found in its config."""


class _Done(NamedTuple):
    findings: list[LabelFinding]
    refused: list[CurateError]


def _each(items: Sequence[T], convert: Callable[[T], Iterable[LabelFinding]]) -> _Done:
    """Convert all, whatever is wrong with some."""
    done = _Done([], [])
    for item in items:
        try:
            done.findings.extend(convert(item))
        except CurateError as error:
            done.refused.append(error)
    return done


def _import(path: Path, texts: dict[str, str]) -> list[LabelFinding]:
    label = path.stem
    if not is_label(label):
        raise ConfigError(
            str(path),
            wanted="a file named after its label, such as fra_Latn.yml",
            found=path.name,
            todo="rename it, or leave it out",
        )
    data, positions = load_yaml(path)
    config, findings = import_config(
        label,
        published.parse(data, positions, str(path)),
        source=path.name,
        where=str(path),
        positions=positions,
    )
    texts[f"{label}.yaml"] = to_yaml(config)
    return [(label, finding) for finding in findings]


def _export(configs: LanguageConfigs, label: str, texts: dict[str, str]) -> list[LabelFinding]:
    exported = export_config(configs.for_label(label), where=label)
    texts[f"{label}.yml"] = to_published_yaml(exported.published)
    return [(label, finding) for finding in exported.findings]


def _published_files(source: Path) -> list[Path]:
    if source.is_file():
        return [source]
    files = sorted(path for path in source.glob("*.y*ml") if path.suffix in (".yml", ".yaml"))
    if not files:
        raise ConfigError(
            str(source),
            wanted="a folder of FineWeb2's configs, such as fra_Latn.yml, or one of them",
            found="a folder without .yml files" if source.is_dir() else "no such folder",
            todo="unpack the configs first; they are in configs/ of huggingface/fineweb-2",
        )
    return files


def _write_all(out: str, texts: Mapping[str, str], *, force: bool) -> Path:
    """Write files into a folder that is new, or has nothing but some of them.

    An interrupted call leaves some, and the same call has to finish.
    """
    folder = Path(out).expanduser()
    others = [
        path
        for path in (folder.iterdir() if folder.is_dir() else ())
        if not path.name.endswith(".tmp") and not _is_begun(path, texts)
    ]
    if others and not force:
        raise ConfigError(
            str(folder),
            wanted="an empty folder, or none",
            found=f"{sum(1 for _ in folder.iterdir())} file(s) in it",
            todo="name another folder, or add --force to write over files of the same names",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            str(folder),
            wanted="a folder that can be made",
            found=str(error.strerror),
            todo="name another folder",
        ) from error
    for name, text in texts.items():
        write_whole(folder / name, text.encode())
    return folder


def _is_begun(path: Path, texts: Mapping[str, str]) -> bool:
    """Whether a file is one of those to write, or its beginning: an older version was killed."""
    return path.is_file() and texts.get(path.name, "").encode().startswith(path.read_bytes())


def _show_findings(findings: Sequence[LabelFinding], *, verbose: bool) -> None:
    """For each kind how many, and the first; or every finding."""
    out = console()
    for kind in published.Kind:
        some = [(label, finding) for label, finding in findings if finding.kind is kind]
        if not some:
            continue
        n_labels = len({label for label, _ in some})
        out.print(plain_text(f"{kind.value}: {len(some)} in {n_labels} label(s)"))
        shown = some if verbose else some[:1]
        table = Table(box=None, pad_edge=False, show_header=False)
        for label, finding in shown:
            table.add_row("  " if verbose else "  such as", label, finding.key, _value(finding))
        out.print(table)
    if findings and not verbose:
        echo("--verbose lists all of them.")


def _value(finding: published.Finding) -> Text:
    return plain_text(finding.value, overflow="fold")


def _refuse(errors: Sequence[CurateError]) -> None:
    """Show what could not be read, and end with exit code 1."""
    if not errors:
        return
    for error in errors[:-1]:
        echo(f"Error: {error}", err=True)
    raise errors[-1]
