"""Write the pages that follow from the code: columns, metrics, jobs and commands.

    python docs/generate.py           write them
    python docs/generate.py --check   say which are stale, and end with 1 if any is

Nothing here depends on the version of click or pydantic: the pages are made from what the code
declares, never from how a library prints it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
COMMAND = "python docs/generate.py"

for folder in (DOCS, ROOT):  # run as a script or loaded by a test, not both are on the path
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from generate_commands import command_names, commands  # noqa: E402, F401 - found by now
from generate_tables import head, row  # noqa: E402 - as above

from curate import schema  # noqa: E402 - as above
from curate.config.builtin import builtin_folder  # noqa: E402 - as above
from curate.config.job import JobConfig  # noqa: E402 - as above
from curate.config.language import LanguageConfigs  # noqa: E402 - as above
from curate.config.measured import SCORED  # noqa: E402 - as above
from curate.metrics import METRICS  # noqa: E402 - as above
from curate.metrics.registry import Metric  # noqa: E402 - as above
from curate.scores.registry import WDS_METRICS  # noqa: E402 - as above
from curate.stage_table import setting_stages, stage_of, steps, tables  # noqa: E402 - as above

NOTE = f"<!-- Written by docs/generate.py from the code. Do not edit: run `{COMMAND}`. -->"

JOB_FILES = ("snapshot.yaml", "recurate.yaml", "ray.yaml", "rayjob.yaml", "demo.yaml")


def pages() -> dict[str, str]:
    """File name below docs/ -> text of every generated page."""
    return {
        "columns.md": _page(_columns()),
        "metrics.md": _page(_metrics()),
        "jobs.md": _page(_jobs()),
        "cli.md": _page(commands()),
    }


def stale(folder: Path = DOCS) -> list[str]:
    """Names of the pages in ``folder`` that are missing or differ from what the code says."""
    return [
        name
        for name, text in pages().items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text
    ]


def _page(lines: Iterator[str]) -> str:
    return "\n".join([NOTE, "", *lines]).rstrip("\n") + "\n"


def _columns() -> Iterator[str]:
    yield "# Columns\n"
    yield (
        "Every table that a reader may open. `documents` and the sidecars (`language`, `bands`, "
        "`pii`, `metrics`, `scores`, `clusters`, `verdict`, `weights` and others) lie in the "
        "[work folder](architecture.md#the-work-folder): same rows, same order, same shard ids. "
        "The words are those of the [glossary](glossary.md).\n"
    )
    for table in tables():
        if table is schema.CLUSTERS:
            yield from _metric_columns()
        if table is schema.CLASSIFY:
            yield from _classified()
        elif table is schema.EXTRA:
            yield from _own()
        else:
            yield from _table(table)
    yield from _extra_columns()


def _place(table: schema.Table) -> str:
    if table is schema.CORPUS:
        return "`corpus/data/<label>/train/`, `…/test/` and `corpus/data/<label>_removed/train/`"
    if table is schema.QUARANTINE:
        return "`quarantine/`"
    return f"`{steps()[table.written_by]}/`"


def _table(table: schema.Table) -> Iterator[str]:
    yield f"## {table.name}\n"
    yield f"Written by `{table.written_by}` to {_place(table)}.\n"
    yield from head("column", "type", "unit", "what it is", "null means")
    for column in table.columns:
        yield _column(column)
    if table is schema.SCORES:
        for metric in WDS_METRICS.values():
            yield _column(metric.column)
    yield ""


def _classified() -> Iterator[str]:
    yield "## classify\n"
    yield (
        f"Written by `classify` to `{steps()['classify']}/`. One column for each label of each "
        "classifier of the job, called `<classifier>.<label>`, such as `register.HI`: `float`, "
        "null where the classifier is not for the document's label, or there is no text.\n"
    )


def _own() -> Iterator[str]:
    yield "## extra\n"
    yield (
        f"Written by `extra` to `{steps()['extra']}/`. One column for each "
        "[metric of your own](own-metrics.md), called `extra.<name>`: `double`, null where the "
        "function gives no number for the text.\n"
    )


def _column(column: schema.Column) -> str:
    kind = str(column.type).replace(" not null", "")
    null = column.null_means or "never null"
    return row(f"`{column.name}`", f"`{kind}`", column.unit, column.doc, null)


def _metric_columns() -> Iterator[str]:
    yield from (
        "## metrics\n",
        f"Written by `annotate` to `{steps()['annotate']}/`. One column per metric; "
        "[metrics.md](metrics.md) has the definitions.\n",
    )
    yield from head("column", "type", "unit", "null means")
    for metric in METRICS.values():
        yield row(f"`{metric.name}`", f"`{metric.dtype}`", metric.unit, metric.null_means)
    yield ""


def _extra_columns() -> Iterator[str]:
    yield "The corpus has one more column, by subset; columns of scores come last:\n"
    yield from head("column", "type", "unit", "what it is", "null means")
    for column in (*schema.CORPUS_PLACE, schema.CORPUS_WEIGHT, schema.CORPUS_FILTER_REASON):
        yield _column(column)


def _metrics() -> Iterator[str]:
    yield from (
        "# Metrics\n",
        f"The {len(METRICS)} metrics, in the order in which their thresholds are checked. "
        "`lid_confidence`, the identifier's confidence, is checked before them, and so are "
        "`own_label_char_fraction` and `own_word_fraction`, which a job must ask for "
        "([language identification](language-identification.md#lines)). A metric is "
        "computed once and stored as a column; `tune`, `select` and the report read that column.\n",
        "`curate metrics` prints this list, `curate metrics NAME` one of them.\n",
    )
    yield from head("metric", "unit", "range", "default threshold")
    rules = _default_rules()
    for metric in METRICS.values():
        name = f"[`{metric.name}`](#{metric.name})"
        yield row(name, metric.unit, _range(metric), rules.get(metric.name, "no rule"))
    yield (
        "\nThe last column is `language_configs/_default.yaml`; "
        "[language configs](language-configs.md) may say otherwise for a script or a label.\n"
    )
    for metric in METRICS.values():
        yield from _metric(metric)
    yield from _scores()


def _scores() -> Iterator[str]:
    yield from (
        "## Scores that a job asks for\n",
        "Their thresholds are checked after those above. The marks of WDS are explained in "
        "[scores](scores.md); their examples are those of version 1.2 for a document in Hindi.\n",
    )
    yield from head("metric", "unit", "range", "section of the job")
    for step, metrics in SCORED.items():
        for metric in metrics.values():
            name = f"[`{metric.name}`](#{metric.name})"
            yield row(name, metric.unit, _range(metric), f"`{stage_of(step).asked_by}`")
    yield ""
    for metrics in SCORED.values():
        for metric in metrics.values():
            yield from _metric(metric)


def _default_rules() -> dict[str, str]:
    default = LanguageConfigs.load(builtin_folder("language_configs")).resolve("_default")
    rules = {}
    for threshold in default.thresholds:
        low = "" if threshold.min is None else f"≥ {threshold.min:g}"
        high = "" if threshold.max is None else f"≤ {threshold.max:g}"
        rules[threshold.metric] = ", ".join(part for part in (low, high) if part)
    return rules


def _range(metric: Metric) -> str:
    return f"{metric.lowest:g} … {'' if metric.highest is None else f'{metric.highest:g}'}".strip()


def _metric(metric: Metric) -> Iterator[str]:
    text, value = metric.example
    example = f"- Example: `{json.dumps(text, ensure_ascii=False)}`"
    shown = "null" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
    yield from (
        f"### {metric.name}\n",
        f"{metric.doc}\n",
        f"- Unit: {metric.unit}. Type: `{metric.dtype}`. Null: {metric.null_means}.",
        f"{example} → {shown}\n",
    )


def _jobs() -> Iterator[str]:
    yield from (
        "# Jobs\n",
        "A job is one YAML file: what to read, what to do with it, where to put it. Every setting "
        "can be given on the command line as well: `--set cluster.min_similarity=0.8`; the command "
        "line wins. An unknown key is an error. Relative paths begin in the current folder.\n",
        "`input` and `work` have no default. *First stage* is the one that a change of the setting "
        "concerns: `curate run` refuses the change for a work folder that has been begun until "
        "`--rerun STAGE` is given. What changed inside a folder of language configs decides by "
        "itself: stop words concern `annotate`, LID thresholds `cluster`, the rest `select`.\n",
        "## Settings\n",
    )
    yield from _settings(JobConfig, "")
    for name, field in JobConfig.model_fields.items():
        section = _section(field.annotation)
        if section is not None:
            yield from _section_page(name, section)
    yield from ("## Job files", "", "They come with the package and work from any folder.", "")
    for name in JOB_FILES:
        text = (ROOT / "jobs" / name).read_text(encoding="utf-8").rstrip("\n")
        yield from (f"### jobs/{name}", "", "```yaml", text, "```", "")


def _section_page(name: str, section: type[BaseModel], level: int = 3) -> Iterator[str]:
    yield from (f"{'#' * level} {name}", "", (section.__doc__ or "").strip().splitlines()[0], "")
    if not section.model_fields:
        return
    yield from _settings(section, f"{name}.")
    for inner_name, field in section.model_fields.items():
        inner = _section(field.annotation)
        if inner is not None:
            yield from _section_page(f"{name}.{inner_name}", inner, level + 1)


def _settings(model: type[BaseModel], prefix: str) -> Iterator[str]:
    yield from head(
        "setting", "type", "default", "what it does", *(() if prefix else ("first stage",))
    )
    for name, field in model.model_fields.items():
        path = f"{prefix}{name}"
        more = () if prefix else (setting_stages().get(name, "none"),)
        section = _section(field.annotation)
        kind = f"[section](#{path.replace('.', '')})" if section else _kind(field)
        yield row(f"`{path}`", kind, _default(field), field.description or "", *more)
    yield ""


def _section(annotation: object) -> type[BaseModel] | None:
    """The model that a setting holds, if it is a section."""
    for part in (annotation, *get_args(annotation)):
        if isinstance(part, type) and issubclass(part, BaseModel):
            return part
    return None


_WORDS = {str: "text", bool: "true or false", int: "whole number", float: "number"}


def _kind(field: FieldInfo) -> str:
    """A setting's type with its limits, in words."""
    words = _words(field.annotation)
    limits = ", ".join(_limits(field.metadata))
    return f"{words}, {limits}" if limits else words


def _words(annotation: object) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation is type(None):
        return "null"
    if origin is Annotated:
        return _words(arguments[0])
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in arguments)
    if origin in (Union, UnionType):
        return " or ".join(_words(part) for part in arguments)
    if origin in (tuple, list):
        return f"list of {_words(arguments[0])}"
    if origin is dict:
        return f"mapping of {_words(arguments[0])} to {_words(arguments[1])}"
    if isinstance(annotation, type) and annotation in _WORDS:
        return _WORDS[annotation]
    return str(annotation)


_SIGNS = (("ge", "≥"), ("gt", ">"), ("le", "≤"), ("lt", "<"))


def _limits(metadata: Sequence[object]) -> Iterator[str]:
    for limit in metadata:
        for attribute, sign in _SIGNS:
            bound = getattr(limit, attribute, None)
            if bound is not None:
                yield f"{sign} {bound:g}" if bound < 1e6 else f"{sign} {bound}"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value: Any = field.get_default(call_default_factory=True)
    if isinstance(value, BaseModel):
        return "see there"
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or with ``--check`` compare them."""
    if list(arguments) not in ([], ["--check"]):
        sys.stderr.write(f"usage: {COMMAND} [--check]\n")
        return 2
    names = stale()
    if arguments:
        for name in names:
            sys.stderr.write(f"docs/{name} is stale; run: {COMMAND}\n")
        return 1 if names else 0
    for name in names:
        (DOCS / name).write_text(pages()[name], encoding="utf-8")
        sys.stdout.write(f"wrote docs/{name}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
