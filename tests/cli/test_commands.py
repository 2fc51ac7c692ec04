"""What commands print is true, and they end with the codes they promise."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from curate.config.builtin import builtin_folder
from curate.io import layout
from curate.io.store import Store
from curate.metrics import METRICS
from curate.work.pulse import Pulse
from tests.runs import curate
from tests.small_crawl import page_html, page_text, url_of
from tests.warc_files import gzip_member, gzip_members, response_record

Call = Callable[..., tuple[int, str, str]]
Mistake = Callable[..., str]


def quarantine_of(work: Path) -> list[dict[str, object]]:
    files = sorted((work / layout.QUARANTINE).glob("*.parquet"))
    return [row for file in files for row in pq.read_table(file).to_pylist()]


def totals(work: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((work / layout.MANIFEST).read_bytes())["totals"]
    return found


# ---- runs ----------------------------------------------------------------------------------


def test_run_prints_what_became_of_the_documents(call: Call, job: Path, tmp_path: Path) -> None:
    code, out, err = call("run", job, "--workers", 2)
    assert code == 0
    for label in ("eng_Latn", "arb_Arab", "hin_Deva", "tha_Thai", "cmn_Hani"):
        assert label in out
    assert "quarantined: 1 corrupt" in out
    assert f"corpus  {tmp_path / 'work' / 'corpus'}" in out
    assert f"report  {tmp_path / 'work' / 'report' / 'index.html'}" in out
    assert re.search(r"^\[\d+/\d+\] emit: done in [\d.]+ s, ", err, re.MULTILINE)
    code, out_again, err = call("run", job)
    assert (code, out_again) == (0, out)
    assert "done in" not in err, "nothing was to be done"


def test_run_until_says_where_it_stopped(call: Call, job: Path, tmp_path: Path) -> None:
    code, out, _ = call("run", job, "--until", "extract")
    assert code == 0
    assert f"curate status {tmp_path / 'work'}" in out
    code, out, _ = call("status", tmp_path / "work")
    assert re.search(r"^extract +4/4 .* done$", out, re.MULTILINE)
    assert "identify" not in out
    assert "not published yet" in out


def test_failed_shards_are_listed_and_the_exit_code_is_3(
    call: Call, job: Path, tmp_path: Path
) -> None:
    source = tmp_path / "in"
    source.mkdir()
    good = json.dumps({"id": "1", "text": page_text("eng_Latn", 0)})
    (source / "good.jsonl").write_text(good)
    (source / "bad.jsonl").write_text(json.dumps({"id": "2", "body": "no text here"}))
    code, out, err = call("run", job, "--set", f"input={source}/*.jsonl")
    assert (code, out) == (3, "")
    message = err[err.index("curate: ") :]
    assert "1 failed" in message
    assert "bad-" in message
    assert "good-" not in message
    assert str(source / "bad.jsonl") in message
    assert "run the same command again" in message
    status = call("status", tmp_path / "work")[1]
    assert re.search(r"^extract +1/2 .* open$", status, re.MULTILINE)
    (source / "bad.jsonl").write_text(good.replace('"1"', '"2"'))
    assert call("run", job, "--set", f"input={source}/*.jsonl")[0] == 0


def test_a_file_that_was_cut_keeps_what_came_before(call: Call, job: Path, tmp_path: Path) -> None:
    pages = [
        response_record(url_of("eng_Latn", n), page_html(page_text("eng_Latn", n)), ordinal=n + 1)
        for n in range(6)
    ]
    whole = gzip_members(pages[:4])
    cut = whole + gzip_members(pages[4:])[: len(gzip_member(pages[4])) // 2]
    (tmp_path / "cut.warc.gz").write_bytes(cut)
    code, out, _ = call("run", job, "--set", f"input={tmp_path}/cut.warc.gz")
    assert code == 0
    assert "quarantined: 1 truncated" in out
    (row,) = quarantine_of(tmp_path / "work")
    assert (row["reason"], row["warc_offset"]) == ("truncated", len(whole))
    assert row["n_bytes"] == len(cut) - len(whole)
    assert row["warc_path"] == str(tmp_path / "cut.warc.gz")
    found = totals(tmp_path / "work")
    assert (found["records"], found["documents"]) == (5, 4)
    assert found["quarantined"] == {"truncated": 1}
    assert call("verify", tmp_path / "work")[0] == 0


def test_a_page_that_hangs_costs_itself_alone(call: Call, job: Path, tmp_path: Path) -> None:
    spans = "".join(f"<span>word {i}</span> " for i in range(20_000))
    hanging = f"<html><body><article><p>{spans}</p></article></body></html>"  # half a minute
    pages = [
        response_record("https://x.example.org/a", page_html(page_text("eng_Latn", 0)), ordinal=1),
        response_record("https://x.example.org/hangs", hanging, ordinal=2),
        response_record("https://x.example.org/b", page_html(page_text("eng_Latn", 1)), ordinal=3),
    ]
    (tmp_path / "a.warc.gz").write_bytes(gzip_members(pages))
    slow = ["extract.deadline_seconds=1", "extract.extractor=trafilatura"]
    settings = [f"input={tmp_path}/a.warc.gz", *slow]
    code, out, _ = call("run", job, *(x for s in settings for x in ("--set", s)))
    assert code == 0
    assert "quarantined: 1 timeout" in out
    (row,) = quarantine_of(tmp_path / "work")
    assert (row["url"], row["reason"]) == ("https://x.example.org/hangs", "timeout")
    assert row["warc_offset"] == len(gzip_member(pages[0]))
    assert row["detail"] == "killed after 1 s of its own processor time"
    assert totals(tmp_path / "work")["documents"] == 2


# ---- what is shown -------------------------------------------------------------------------


def test_status_counts_every_step(call: Call, baseline: Path) -> None:
    code, out, err = call("status", baseline)
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80 or str(baseline) in out
    for step in ("extract", "annotate", "cluster.group", "rebalance", "emit", "report"):
        assert re.search(rf"^{re.escape(step)} +(\d+)/\1 .* done$", out, re.MULTILINE)
    assert "extract: quarantined 1 corrupt" in out
    assert f"corpus: {baseline / 'corpus'}" in out.replace("\n", "")


def test_status_of_a_run_that_is_half_done(call: Call, finished: Path) -> None:
    shutil.rmtree(finished / "corpus")
    (finished / layout.seal_key("emit")).unlink()
    (finished / layout.receipt_key("emit", "part-00000")).unlink()
    _, out, _ = call("status", finished)
    assert re.search(r"^emit +0/1 .* open$", out, re.MULTILINE)
    assert "emit: 0% of its bytes are done" in out
    assert "not published yet" in out


def test_status_counts_attempts_that_were_lost_and_estimates_what_is_left(
    call: Call, finished: Path
) -> None:
    (finished / layout.seal_key("extract")).unlink()
    folder = finished / layout.commits_key("extract")
    receipts = sorted(folder.iterdir())
    receipts[0].unlink()
    for minute, path in enumerate(receipts[1:]):
        os.utime(path, (60.0 * minute, 60.0 * minute))
    _, out, _ = call("status", finished)
    assert re.search(r"^extract +3/4 .* 1 +open$", out, re.MULTILINE), "its files lie there"
    assert re.search(r"^extract: \d+% of its bytes are done, about [\d.]+ days left$", out, re.M)


def test_status_as_json_is_what_the_table_says(call: Call, finished: Path) -> None:
    code, out, err = call("status", finished, "--json")
    assert (code, err) == (0, "")
    told = json.loads(out)
    (extract,) = [step for step in told["steps"] if step["step"] == "extract"]
    assert (extract["shards"], extract["shards_done"], extract["is_done"]) == (4, 4, True)
    assert extract["quarantined"] == {"corrupt": 1}
    left_out = sum(extract["dropped"].values()) + sum(extract["quarantined"].values())
    assert extract["rows_in"] == extract["rows_out"] + left_out
    assert told["is_published"] is True
    assert told["open_shards"] == {"rows": 0, "bytes_in": 0}
    pulse = Pulse(Store(finished), "a", 1)
    pulse._next = 0.0
    pulse.moved(3, 1500)
    assert json.loads(call("status", finished, "--json")[1])["open_shards"]["rows"] == 3
    assert "open shards: 3 rows and 1.5 kB are read" in call("status", finished)[1]
    code, _, err = call("status", finished, "--json", "--watch")
    assert code == 1
    assert "exclude one another" in err


def test_status_is_watched_until_it_is_interrupted(
    call: Call, finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []

    def look(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr("curate.cli.status.time.sleep", look)
    code, out, _ = call("status", finished, "--watch")
    assert code == 130
    assert len(re.findall("^extract +4/4", out, re.MULTILINE)) == 3


def test_status_as_metrics(call: Call, finished: Path) -> None:
    (finished / layout.seal_key("extract")).unlink()
    code, out, err = call("status", finished, "--prometheus")
    assert (code, err) == (0, "")
    line = re.compile(
        r"# (HELP|TYPE) curate_[a-z_]+ .+"
        r'|curate_[a-z_]+\{step="[a-z.]+"(,reason="[^"]+")?\} [\d.e+]+'
    )
    assert all(line.fullmatch(text) for text in out.splitlines())
    assert 'curate_rows_quarantined{step="extract",reason="corrupt"} 1\n' in out
    assert 'curate_step_sealed{step="extract"} 0\n' in out
    assert 'curate_step_sealed{step="emit"} 1\n' in out
    assert 'curate_shards_committed{step="extract"} 4\n' in out
    assert out.count("# TYPE curate_rows_in gauge\n") == 1


def test_explain_shows_a_document_and_why(call: Call, baseline: Path) -> None:
    code, out, _ = call("explain", baseline, "https://eng.example.org/repeated")
    assert code == 0
    assert re.search(r"^label +eng_Latn$", out, re.MULTILINE)
    assert re.search(r"^dup_line_fraction .* BROKEN", out, re.MULTILINE)
    assert "removed: breaks dup_line_fraction" in out
    _, out, _ = call("explain", baseline, url_of("cmn_Hani", 0))
    assert re.search(r"^cluster_size +2$", out, re.MULTILINE)
    assert "removed as a duplicate" in out
    _, out, _ = call("explain", baseline, url_of("tha_Thai", 1))
    assert "published with weight 1" in out
    assert page_text("tha_Thai", 1).splitlines()[0] in out.replace("\n  ", "")


def test_metrics_are_all_listed_with_their_units(call: Call) -> None:
    code, out, _ = call("metrics")
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    for metric in METRICS.values():
        assert re.search(rf"^{metric.name} ", out, re.MULTILINE)
        code, one, _ = call("metrics", metric.name)
        assert code == 0
        assert " ".join(one.split()).startswith(f"{metric.name} ({metric.unit})")


def test_labels_are_those_with_a_config(call: Call) -> None:
    code, out, _ = call("labels")
    assert code == 0
    shown = {line.split()[0] for line in out.splitlines()[1:] if re.match(r"[a-z]{3}_", line)}
    files = builtin_folder("language_configs").glob("[a-z]*.yaml")
    assert shown == {path.stem for path in files}


def test_config_show_gives_what_a_label_inherits(call: Call) -> None:
    code, out, _ = call("config", "show", "fra_Latn")
    assert code == 0
    assert out.startswith("fra_Latn, from fra_Latn")
    assert re.search(r"^n_words +50 +100000", out, re.MULTILINE)
    assert "stop words: " in out
    _, out, _ = call("config", "show", "kbd_Cyrl")
    assert out.startswith("kbd_Cyrl, from _default")
    assert "stop words: none" in out


def test_config_check_counts_what_is_good(call: Call) -> None:
    code, out, _ = call("config", "check", builtin_folder("language_configs"))
    assert code == 0
    assert re.search(r"^\d+ files, \d+ labels: all good$", out.strip())


def test_doctor_tries_what_a_run_needs(call: Call, tmp_path: Path) -> None:
    code, out, _ = call("doctor", tmp_path / "work")
    assert code == 0
    for name in ("curate", "python", "ray", "pyarrow", "cores", "memory", "engine", "kenlm-ex"):
        assert re.search(rf"^{name} +\S", out, re.MULTILINE)
    assert "ok       identifier: a Greek sentence is ell_Grek" in out
    assert "ok       sandbox: " in out
    assert f"ok       store {tmp_path / 'work'}: put-if-absent works" in out
    assert list(tmp_path.iterdir()) == []


def test_doctor_fails_where_commits_cannot_work(call: Call, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, out, err = call("doctor", tmp_path / "file" / "work")
    assert code == 1
    assert "FAILED   store" in out
    assert "1 check(s) failed" in err


def test_select_tune_and_report_from_the_command_line(
    call: Call, finished: Path, tmp_path: Path
) -> None:
    code, out, _ = call("tune", finished, "--min-documents", 20, "--out", tmp_path / "tuned")
    assert code == 0
    assert "1 label(s) tuned: eng_Latn" in out
    assert call("config", "check", tmp_path / "tuned")[0] == 0
    code, out, _ = call("select", finished, "--configs", tmp_path / "tuned")
    assert code == 0
    assert "documents decided in" in out
    assert call("emit", finished)[0] == 0
    code, out, _ = call("report", finished)
    assert code == 0
    assert str(finished / "report" / "index.html") in out
    code, out, _ = call("tune", finished, "--label", "tha_Thai")
    assert code == 0
    assert "none had enough documents" in out


# ---- as a program --------------------------------------------------------------------------


def test_the_program_ends_with_the_codes_it_promises(tmp_path: Path) -> None:
    found = curate("metrics", "n_words", cwd=tmp_path)
    assert (found.returncode, found.stderr) == (0, "")
    found = curate("run", "nowhere.yaml", cwd=tmp_path)
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr.startswith("curate: nowhere.yaml\n")
    assert "Traceback" not in found.stderr


def test_shipped_jobs_are_found_by_name_and_paths_begin_here(tmp_path: Path) -> None:
    found = curate("run", "jobs/snapshot.yaml", "--set", "input=x/*.gz", cwd=tmp_path)
    assert found.returncode == 1
    assert f"looked for {tmp_path}/x/*.gz" in found.stderr
