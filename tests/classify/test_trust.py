"""Models that are not what they claim, and devices that have less than is asked of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.classify import ModelSpec, fingerprint_of, labels_told, load_classifier
from curate.classify.by_transformers import device_of
from curate.classify.classifier import MAX_CHARS_PER_TOKEN, readable, scores_of, to_score
from curate.classify.halving import Batches, longest_first
from curate.classify.hugging_face import positions_in
from curate.classify.trial import try_model
from tests.classify.tiny_models import VOCABULARY, WEIGHTS, outputs_of, train_fasttext, write_onnx

NAMED = {"id2label": {"0": "fine", "1": "dull"}}
BROKEN = WEIGHTS.copy()
BROKEN[VOCABULARY["جيد"]] = math.nan
BROKEN[VOCABULARY["坏"]] = math.inf


def spec_in(folder: Path, **more: object) -> ModelSpec:
    return replace(ModelSpec("onnx", str(folder / "model.onnx"), activation="none"), **more)  # type: ignore[arg-type]


# ---- what of a text is read ----------------------------------------------------------------------


@given(
    before=st.text(st.sampled_from(" \n\t\u3000\u00a0\ufeff\u200b"), max_size=400),
    body=st.text(st.sampled_from("aกक𞤀 \n"), max_size=900),
    gap=st.integers(0, 900),
)
def test_white_space_never_uses_up_the_share_of_a_text(before: str, body: str, gap: int) -> None:
    body = f"x{body}"
    text = before + body[:5] + " " * gap + body[5:]
    found = readable(text, 8)
    assert text.endswith(found) or text.lstrip(" \n\t\u3000\u00a0\ufeff\u200b").startswith(found)
    whole = "".join(text.split()).lstrip("\ufeff\u200b")
    assert "".join(found.split()) == whole[: len("".join(found.split()))]
    assert len(" ".join(found.split())) >= min(len(" ".join(body.split())), 8 * MAX_CHARS_PER_TOKEN)


def test_a_text_behind_much_white_space_is_scored_as_without(tmp_path: Path) -> None:
    write_onnx(tmp_path, NAMED)
    model = load_classifier(spec_in(tmp_path, max_tokens=8))
    blank = "\n \u3000\ufeff\u200b" * 10_000
    texts = ["good bad", blank + "good bad", "good" + " " * 50_000 + "bad"]
    assert model.scores(texts)["fine"].tolist() == [-1.0] * 3


def test_nothing_in_sight_is_no_text() -> None:
    assert to_score(["\u200b\ufeff \n", "", None, "\u200bไ"], ["x"] * 4) == [3]


# ---- outputs -------------------------------------------------------------------------------------


def test_what_is_no_number_is_null_for_that_text_alone(tmp_path: Path) -> None:
    write_onnx(tmp_path, NAMED, words=BROKEN)
    model = load_classifier(spec_in(tmp_path, batch=4, activation="softmax"))
    scores = model.scores(["good", "جيد good", "坏", "bad"])
    assert np.isnan(scores["fine"]).tolist() == [False, True, True, False]
    assert np.isnan(scores["dull"]).tolist() == [False, True, True, False]


def test_an_output_that_overflowed_is_no_score() -> None:
    outputs = np.array([[1.0, 2.0], [math.inf, 0.0], [-math.inf, math.nan]], np.float32)
    for activation in ("sigmoid", "softmax", "none"):
        found = scores_of(outputs, activation)
        assert np.isfinite(found[0]).all()
        assert np.isnan(found[1:]).all()


def test_a_model_that_never_gives_numbers_is_refused(tmp_path: Path) -> None:
    write_onnx(tmp_path, NAMED, words=np.full_like(WEIGHTS, np.nan))
    found = try_model(asdict(spec_in(tmp_path)))
    assert "numbers" in found["error"][1]


def test_fasttext_says_which_text_has_no_number(tmp_path: Path) -> None:
    """A row of the matrix that is no number, as a damaged file has it."""
    path = train_fasttext(tmp_path / "topics.bin")
    data = bytearray(path.read_bytes())
    n_labels, dim = 2, 8
    end = len(data) - 4 * n_labels * dim - 16 - 1  # of the input matrix, whose last row is a word's
    data[end - 4 * dim : end] = np.full(dim, np.nan, np.float32).tobytes()
    path.write_bytes(data)
    model = load_classifier(ModelSpec("fasttext", str(path)))
    *_, other, last = model._model.get_words()  # type: ignore[attr-defined]
    found = model.scores([other, f"{other} {last}", other])["sport"]
    assert np.isnan(found).tolist() == [False, True, False]


# ---- files ---------------------------------------------------------------------------------------


def test_positions_are_what_config_and_family_say() -> None:
    bert = {"model_type": "bert", "max_position_embeddings": 512, "pad_token_id": 0}
    assert positions_in(bert) == 512
    assert positions_in({**bert, "model_type": "xlm-roberta", "pad_token_id": 1}) == 510
    assert positions_in({"model_type": "gpt2", "n_positions": 1024}) == 1024
    assert positions_in({**bert, "relative_attention": True}) is None
    assert (
        positions_in({"model_type": "t5", "n_positions": 512, "relative_attention_num_buckets": 32})
        is None
    )
    assert positions_in({}) is None


def test_fewer_positions_than_tokens_are_found_before_a_worker_meets_them(tmp_path: Path) -> None:
    write_onnx(tmp_path / "told", {**NAMED, "max_position_embeddings": 40})
    told = try_model(asdict(spec_in(tmp_path / "told", max_tokens=41)))
    assert "`max_tokens` of this classifier to 40" in told["error"][3]
    assert "labels" in try_model(asdict(spec_in(tmp_path / "told", max_tokens=40)))
    write_onnx(tmp_path / "silent", NAMED, n_positions=40)
    silent = try_model(asdict(spec_in(tmp_path / "silent", max_tokens=41)))
    assert "a text of 41 tokens" in silent["error"][1]
    assert "labels" in try_model(asdict(spec_in(tmp_path / "silent", max_tokens=40)))


def test_weights_beside_the_model_are_in_its_fingerprint_whatever_their_name(
    tmp_path: Path,
) -> None:
    import onnx

    model = write_onnx(tmp_path, NAMED)
    onnx.save(
        onnx.load(model), model, save_as_external_data=True, location="rest.bin", size_threshold=90
    )
    spec = spec_in(tmp_path)
    assert load_classifier(spec).scores(["good"])["fine"].tolist() == [2.0]
    before = fingerprint_of(spec)
    changed = bytearray((tmp_path / "rest.bin").read_bytes())
    changed[0] ^= 1
    (tmp_path / "rest.bin").write_bytes(changed)
    assert fingerprint_of(spec) != before


def test_labels_of_fasttext_are_told_without_the_library(tmp_path: Path) -> None:
    path = train_fasttext(tmp_path / "topics.bin")
    assert labels_told(ModelSpec("fasttext", str(path))) == ("food", "sport")


# ---- devices -------------------------------------------------------------------------------------


def test_a_batch_that_does_not_fit_is_halved_and_every_text_has_its_score(tmp_path: Path) -> None:
    write_onnx(tmp_path, NAMED, most_texts=3)
    model = load_classifier(spec_in(tmp_path, batch=50))
    texts = ["good " * (1 + i % 5) + "bad " * (i % 3) for i in range(40)]
    assert model.scores(texts)["fine"].tolist() == [outputs_of(text)[0] for text in texts]


def test_one_text_that_does_not_fit_is_told_as_memory(tmp_path: Path) -> None:
    write_onnx(tmp_path, NAMED, most_texts=0)
    with pytest.raises(MemoryError, match="a smaller `max_tokens`"):
        load_classifier(spec_in(tmp_path, labels=("a", "b")))


@given(
    lengths=st.lists(st.integers(1, 60), max_size=40),
    most=st.integers(1, 20),
    room=st.integers(60, 300),
)
def test_halves_hold_every_text_once_and_what_failed_is_not_tried_again(
    lengths: list[int], most: int, room: int
) -> None:
    """A device with room for so many tokens, padding included."""
    failed: list[int] = []

    def run(batch: list[int]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        n = len(batch) * max(lengths[i] for i in batch)
        assert not failed or n < min(failed)
        if n > room:
            failed.append(n)
            raise MemoryError
        return np.array([[lengths[i]] for i in batch], np.float32)

    let_go: list[int] = []
    batches = Batches(lambda error: isinstance(error, MemoryError), lambda: let_go.append(1))
    order: list[int] = []
    for batch, found in batches.run(lengths, most, run):
        assert found[:, 0].tolist() == [lengths[i] for i in batch]
        order += batch
    assert order == [i for batch in longest_first(lengths, most) for i in batch]
    assert len(let_go) == len(failed)


def test_other_errors_of_a_model_are_not_taken_for_want_of_memory() -> None:
    def run(batch: list[int]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        raise ValueError(batch)

    with pytest.raises(ValueError, match="0"):
        list(Batches(lambda error: isinstance(error, MemoryError)).run([1, 2], 2, run))


def _torch(*, is_there: bool, has_bfloat16: bool) -> SimpleNamespace:
    """As much of PyTorch as a device is chosen by; the emulated bfloat16 is everywhere."""

    def is_bf16_supported(*, including_emulation: bool = True) -> bool:
        return has_bfloat16 or including_emulation

    cuda = SimpleNamespace(
        is_available=lambda: is_there, is_bf16_supported=is_bf16_supported, empty_cache=lambda: None
    )
    return SimpleNamespace(cuda=cuda, float32="float32", bfloat16="bfloat16", float16="float16")


@pytest.mark.parametrize(
    ("gpu", "is_there", "has_bfloat16", "expected"),
    [
        (True, True, True, ("cuda", "bfloat16")),
        (True, True, False, ("cuda", "float32")),
        (True, False, False, ("cpu", "float32")),
        (False, True, True, ("cpu", "float32")),
    ],
)
def test_a_gpu_computes_in_numbers_in_which_no_head_overflows(
    gpu: bool,  # noqa: FBT001
    is_there: bool,  # noqa: FBT001
    has_bfloat16: bool,  # noqa: FBT001
    expected: tuple[str, str],
) -> None:
    found = device_of(_torch(is_there=is_there, has_bfloat16=has_bfloat16), gpu=gpu)
    assert (found.name, found.dtype) == expected


def test_onnx_says_that_it_runs_on_the_cpu(tmp_path: Path) -> None:
    write_onnx(tmp_path, NAMED)
    onnxruntime: Callable[[], list[str]] = __import__("onnxruntime").get_available_providers
    if "CUDAExecutionProvider" in onnxruntime():
        pytest.skip("onnxruntime has CUDA here")
    assert load_classifier(spec_in(tmp_path, gpu=True)).lacks_gpu
    assert not load_classifier(spec_in(tmp_path)).lacks_gpu
