"""The documentation is true as far as a program can tell: generated, complete, linked, runnable."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from curate import schema, stage_table
from curate.config.builtin import builtin_folder
from curate.config.job import JobConfig
from curate.config.language import LanguageConfig
from curate.config.load import build, parse_yaml
from curate.config.problems import paths
from curate.errors import ConfigError
from curate.metrics import METRICS

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
README = ROOT / "README.md"

PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])

CI_COMMANDS = {
    "demo": "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/curate demo",
    "test": "python3 -m venv .venv && .venv/bin/pip install '.[test]' && .venv/bin/pytest",
}


def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_docs", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before = list(sys.path)
    spec.loader.exec_module(module)
    sys.path[:] = before
    return module


GENERATOR = _generator()


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def _read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


# ---- generated pages ---------------------------------------------------------------------------


def test_generated_pages_say_what_the_code_says() -> None:
    stale = GENERATOR.stale()
    assert not stale, f"stale: {', '.join(stale)}; run: {GENERATOR.COMMAND}"


def test_a_page_that_was_edited_or_is_missing_is_stale(tmp_path: Path) -> None:
    for name, text in GENERATOR.pages().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert GENERATOR.stale(tmp_path) == []
    (tmp_path / "cli.md").write_text(_read("cli.md") + "more", encoding="utf-8")
    (tmp_path / "jobs.md").unlink()
    assert sorted(GENERATOR.stale(tmp_path)) == ["cli.md", "jobs.md"]


def test_every_command_is_documented() -> None:
    headings = set(re.findall(r"^## (curate .+)$", _read("cli.md"), re.MULTILINE))
    names = GENERATOR.command_names()
    assert {"curate run", "curate config show"} <= set(names)
    assert headings == set(names)
    empty = [
        h for h in headings if re.search(rf"## {h}\n\n```text\n.*\n```\n\n(##|\Z)", _read("cli.md"))
    ]
    assert not empty, "without a word of help"


def test_every_metric_is_documented() -> None:
    page = _read("metrics.md")
    for metric in METRICS.values():
        assert f"### {metric.name}\n\n{metric.doc}\n" in page


@pytest.mark.parametrize("table", stage_table.tables(), ids=lambda table: table.name)
def test_every_column_is_documented(table: schema.Table) -> None:
    section = _read("columns.md").split(f"## {table.name}\n")[1].split("\n## ")[0]
    for column in table.columns:
        assert f"| `{column.name}` |" in section


def test_every_job_setting_is_documented_and_described() -> None:
    rows = dict(re.findall(r"^\| `([\w.]+)` \|(.*)\|$", _read("jobs.md"), re.MULTILINE))
    for path in paths(JobConfig):
        assert path in rows
        assert rows[path].split("|")[2].strip(), f"{path} has no description"


def test_every_job_file_is_shown() -> None:
    shown = set(re.findall(r"^### jobs/(.+)$", _read("jobs.md"), re.MULTILINE))
    assert shown == {p.name for p in builtin_folder("jobs").glob("*.yaml")}


# ---- README ------------------------------------------------------------------------------------


def test_the_readme_is_short() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 150


@pytest.mark.parametrize("name", list(CI_COMMANDS))
def test_the_readme_holds_the_commands_that_integration_runs(name: str) -> None:
    text = README.read_text(encoding="utf-8")
    blocks = re.findall(
        rf"^<!-- ci:{name} -->\n```sh\n(.*?)```\n<!-- ci:end -->$", text, re.S | re.M
    )
    assert blocks == [CI_COMMANDS[name] + "\n"]


def test_the_readme_names_the_glossary_before_its_first_code() -> None:
    text = README.read_text(encoding="utf-8")
    assert 0 < text.index("(docs/glossary.md)") < text.index("```")


def test_the_readme_shows_what_the_demo_prints() -> None:
    text = README.read_text(encoding="utf-8")
    shown = text.split("<!-- demo:begin -->")[1].split("<!-- demo:end -->")[0]
    assert shown.strip()


# ---- links -------------------------------------------------------------------------------------


def _outside_code(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)


def _anchors(page: Path) -> set[str]:
    """What GitHub makes of a page's headings: lower case, spaces as hyphens, punctuation gone."""
    text = _outside_code(page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#{1,6} (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def _links(page: Path) -> Iterator[str]:
    for link in re.findall(r"\]\(([^)\s]+)\)", _outside_code(page.read_text(encoding="utf-8"))):
        if not re.match(r"[a-z]+:", link):
            yield link


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_relative_link_resolves(page: Path) -> None:
    for link in _links(page):
        target, _, anchor = link.partition("#")
        place = page.parent / target if target else page
        assert place.exists(), f"{_name(page)}: {link}"
        if anchor:
            assert anchor in _anchors(place), f"{_name(page)}: {link}"


def test_every_page_can_be_reached_from_the_readme() -> None:
    seen, waiting = {README}, [README]
    while waiting:
        page = waiting.pop()
        for link in _links(page):
            place = (page.parent / link.partition("#")[0]).resolve()
            if place.suffix == ".md" and place not in seen:
                seen.add(place)
                waiting.append(place)
    assert set(PAGES) <= seen


def test_decisions_are_numbered_without_gaps_and_have_their_sections() -> None:
    records = sorted((DOCS / "decisions").glob("[0-9]*.md"))
    assert [int(r.name[:4]) for r in records] == list(range(1, len(records) + 1))
    for record in records:
        text = record.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(record.name[:4])}. "), record.name
        for section in ("Context", "Choice", "Consequences", "What would change our mind"):
            assert f"\n## {section}\n" in text, f"{record.name}: {section}"
    index = (DOCS / "decisions" / "README.md").read_text(encoding="utf-8")
    titles = [record.read_text(encoding="utf-8").partition("\n")[0][2:] for record in records]
    numbered = [title.split(". ", 1) for title in titles]
    lines = [f"{n}. [{title}]({r.name})" for (n, title), r in zip(numbered, records, strict=True)]
    assert [line for line in index.split("\n") if line[:1].isdigit()] == lines


# ---- snippets ----------------------------------------------------------------------------------


def _snippets(kind: str) -> Iterator[tuple[str, str]]:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for block in re.finditer(rf"^```{kind}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
            line = text[: block.start()].count("\n") + 1
            yield f"{_name(page)}:{line}", block[1]


def _check_yaml(where: str, text: str) -> None:
    data, positions = parse_yaml(text, where)
    if "apiVersion" in data:  # for Kubernetes, which has its own judge
        return
    if "label" in data:
        build(LanguageConfig, data, positions, where)
    else:
        build(JobConfig, data, positions, where)


@pytest.mark.parametrize(("where", "text"), list(_snippets("yaml")))
def test_yaml_snippets_load(where: str, text: str) -> None:
    _check_yaml(where, text)


def test_a_wrong_yaml_snippet_is_seen() -> None:
    with pytest.raises(ConfigError, match="min_similarity"):
        _check_yaml("page.md:1", "input: a\nwork: b\ncluster: {min_similarty: 0.8}\n")
    with pytest.raises(ConfigError, match="n_words"):
        _check_yaml("page.md:1", "label: fra_Latn\nthresholds: [{metric: n_word, min: 3}]\n")


@pytest.mark.parametrize(("where", "text"), list(_snippets("python")))
def test_python_snippets_are_python(where: str, text: str) -> None:
    ast.parse(text, filename=where)


def test_shell_snippets_name_only_commands_and_options_that_exist() -> None:
    page = _read("cli.md")
    known = {name.split()[1] for name in GENERATOR.command_names()}
    options = set(re.findall(r"^\| `(--[\w-]+)", page, re.MULTILINE))
    for where, text in _snippets("sh"):
        joined = text.replace("\\\n", " ")
        for call in re.findall(r"(?:^|[/\s])curate ([a-z]\S*.*)$", joined, re.MULTILINE):
            words = call.split("#")[0].split()
            assert words[0] in known, f"{where}: curate {words[0]}"
            unknown = {w for w in words if w.startswith("--")} - options
            assert not unknown, f"{where}: {unknown}"


# ---- tidiness ----------------------------------------------------------------------------------

FOLDERS = (".ci", "curate", "docs", "jobs", "language_configs", "tests")
MACHINE_PATH = re.compile(rf"{re.escape(str(ROOT))}\b|(?<![\w.$}}~>/-])/(?:tmp|root|Users)/\w")
OTHER_WORDS = re.compile(r"(?i)\b(?:chat ?bots?|ai assistants?|co-authored-by|shared/reference)\b")
_NOT_TEXT = {".gz", ".zst", ".npz", ".parquet", ".bin", ".ftz", ".pyc", ".nbi", ".nbc"}


def _files() -> Iterator[Path]:
    found = [p for p in ROOT.iterdir() if p.is_file()]
    for folder in FOLDERS:
        found += [p for p in (ROOT / folder).rglob("*") if p.is_file()]
    for path in sorted(found):
        if path.suffix not in _NOT_TEXT and path != Path(__file__) and path.name != ".git":
            yield path


def _text_lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return []


def test_text_files_name_no_place_of_one_machine() -> None:
    found = [
        f"{_name(path)}:{number}: {match[0]}"
        for path in _files()
        for number, line in enumerate(_text_lines(path), 1)
        for pattern in (MACHINE_PATH, OTHER_WORDS)
        if (match := pattern.search(line))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        pytest.param(f"see {ROOT}/docs", True, id="this-checkout"),
        pytest.param('open("/tmp/x")', True, id="a-temporary-file"),
        pytest.param("--set work=/data/work", False, id="an-example"),
        pytest.param("${TMPDIR:-/tmp}", False, id="a-default"),
        pytest.param("https://example.org/work/x", False, id="an-address"),
    ],
)
def test_machine_paths_are_told_from_examples(line: str, *, is_found: bool) -> None:
    assert bool(MACHINE_PATH.search(line)) is is_found
