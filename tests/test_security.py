"""What the project promises in SECURITY.md, as far as a program can look it up."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from curate.engine.ray import RayEngine
from curate.errors import ConfigError
from curate.io.layout import corpus_key
from tests.runs import ROOT

SOURCES = sorted((ROOT / "curate").rglob("*.py"))
RUNS_DATA = {"pickle", "cloudpickle", "dill", "shelve", "joblib"}
"""Modules that run what they read."""


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_no_module_runs_what_it_reads(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert not RUNS_DATA & {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] not in RUNS_DATA
        elif isinstance(node, ast.keyword):
            value = node.value.value if isinstance(node.value, ast.Constant) else None
            assert (node.arg, value) not in (("shell", True), ("allow_pickle", True))
        elif isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            assert name not in ("eval", "exec", "__import__")
            forbidden = ("os.system", "os.popen", "yaml.load", "yaml.load_all", "yaml.unsafe_load")
            assert ast.unparse(node.func) not in forbidden


def test_yaml_is_read_as_plain_data_alone() -> None:
    users = [p for p in SOURCES if "import yaml" in p.read_text(encoding="utf-8")]
    assert [p.name for p in users if "Loader" in p.read_text(encoding="utf-8")] == ["load.py"]
    loaders = {
        node.attr
        for p in users
        for node in ast.walk(ast.parse(p.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr.endswith("Loader")
    }
    assert loaders == {"SafeLoader"}


def test_a_work_folder_holds_nothing_that_runs(baseline: Path) -> None:
    files = [p for p in baseline.rglob("*") if p.is_file()]
    ours = {".json", ".yaml", ".parquet", ".zst", ".md", ".html", ".cff"}
    assert {p.suffix for p in files} <= ours
    for path in files:
        head = path.read_bytes()[:2]
        assert head[:1] != b"\x80", f"{path} begins as a pickle"
        assert not path.stat().st_mode & 0o111, path


@pytest.mark.parametrize(
    "label", ["../x", "fra_Latn/..", "", "fra", "FRA_LATN", "fra_Latn\n", "a/b"]
)
def test_a_label_that_is_none_becomes_no_folder(label: str) -> None:
    with pytest.raises(ConfigError, match="wanted: a label"):
        corpus_key(label, "train", 0)


def test_a_private_cluster_has_no_dashboard_and_its_own_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: dict[str, object] = {}

    def init(**options: object) -> None:
        asked.update(options)
        raise RuntimeError("that was all")

    monkeypatch.setattr("ray.is_initialized", lambda: False)
    monkeypatch.setattr("ray.init", init)
    with pytest.raises(Exception, match="that was all"):
        RayEngine()._connect()
    assert asked["include_dashboard"] is False
    assert asked["_node_ip_address"] == "127.0.0.1"
