"""Folders of transformers: a tiny BERT with random weights; only where torch is installed."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from curate.classify import ModelSpec, load_classifier
from curate.classify.by_transformers import Device, TransformersClassifier
from curate.classify.trial import try_model
from curate.errors import ModelError
from tests.classify.tiny_models import VOCABULARY

has_transformers = bool(find_spec("torch") and find_spec("transformers"))
needs_transformers = pytest.mark.skipif(
    not has_transformers, reason="curate-corpus[transformers] is not installed"
)
TEXTS = ["good good bad", "अच्छा 坏", "جيد", "𞤥𞤮𞤶𞥆𞤵 unknown words", "bad " * 50]


def write_bert(folder: Path, **config: Any) -> Path:  # noqa: ANN401 - as BertConfig has it
    """A folder as ``save_pretrained`` writes it; the same weights at each call."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    torch.manual_seed(1)
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2}
    shape = BertConfig(vocab_size=len(VOCABULARY), intermediate_size=8, **sizes, **config)
    BertForSequenceClassification(shape).eval().save_pretrained(str(folder))
    words = Tokenizer(models.WordLevel(VOCABULARY, unk_token="[UNK]"))
    words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token="[PAD]", unk_token="[UNK]"
    ).save_pretrained(str(folder))
    return folder


@needs_transformers
def test_a_folder_scores_as_the_model_itself_does(tmp_path: Path) -> None:
    import torch
    from transformers import BertForSequenceClassification

    folder = write_bert(
        tmp_path, id2label={0: "NA", 1: "IN"}, problem_type="multi_label_classification"
    )
    found = load_classifier(ModelSpec("transformers", str(folder), batch=2, max_tokens=16))
    assert found.labels == ("NA", "IN")
    scores = found.scores(TEXTS)
    model = BertForSequenceClassification.from_pretrained(str(folder)).eval()
    for i, text in enumerate(TEXTS):
        ids = torch.tensor([[VOCABULARY.get(word, 1) for word in text.split()][:16]])
        with torch.inference_mode():
            expected = torch.sigmoid(model(input_ids=ids).logits)[0].numpy()
        assert np.allclose([scores["NA"][i], scores["IN"][i]], expected, atol=1e-5)


@needs_transformers
def test_a_regressor_is_given_as_it_is(tmp_path: Path) -> None:
    folder = write_bert(tmp_path, num_labels=1, problem_type="regression")
    found = load_classifier(ModelSpec("transformers", str(folder)))
    assert found.labels == ("score",)
    assert found.scores([])["score"].shape == (0,)


def test_no_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"config\.json"):
        load_classifier(ModelSpec("transformers", str(tmp_path / "absent")))


@pytest.mark.skipif(has_transformers, reason="curate-corpus[transformers] is installed")
def test_without_the_packages_the_error_names_the_extra(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match=r"pip install 'curate-corpus\[transformers\]'"):
        load_classifier(ModelSpec("transformers", str(tmp_path)))


@needs_transformers
def test_a_folder_without_its_classification_head_is_refused(tmp_path: Path) -> None:
    from transformers import AutoModel

    folder = write_bert(tmp_path, id2label={0: "NA", 1: "IN"})
    AutoModel.from_pretrained(str(folder)).save_pretrained(str(folder))
    with pytest.raises(ModelError, match=r"none for classifier\.(bias|weight)"):
        load_classifier(ModelSpec("transformers", str(folder)))


@needs_transformers
def test_a_folder_that_asks_to_run_code_is_named_and_its_code_not_run(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    folder = write_bert(tmp_path / "model")
    (folder / "mine.py").write_text(f"open({str(ran)!r}, 'w')\n")
    config = json.loads((folder / "config.json").read_text())
    asked = {"AutoConfig": "mine.C", "AutoModelForSequenceClassification": "mine.M"}
    (folder / "config.json").write_text(
        json.dumps({**config, "model_type": "mine", "auto_map": asked})
    )
    with pytest.raises(ModelError, match="code of its own for AutoConfig"):
        load_classifier(ModelSpec("transformers", str(folder)))
    assert not ran.exists()


@needs_transformers
def test_weights_cut_short_are_named_by_their_file(tmp_path: Path) -> None:
    folder = write_bert(tmp_path)
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-5])
    with pytest.raises(ModelError, match=r"model\.safetensors"):
        load_classifier(ModelSpec("transformers", str(folder)))


@needs_transformers
def test_more_tokens_than_positions_are_found_by_config_and_without_it(tmp_path: Path) -> None:
    folder = write_bert(tmp_path, max_position_embeddings=20, id2label={0: "NA", 1: "IN"})
    assert "labels" in try_model(asdict(ModelSpec("transformers", str(folder), max_tokens=20)))
    told = try_model(asdict(ModelSpec("transformers", str(folder), max_tokens=21)))
    assert "`max_tokens` of this classifier to 20" in told["error"][3]


@needs_transformers
def test_a_smaller_batch_takes_over_where_memory_ends(tmp_path: Path) -> None:
    """The model's own forward pass refuses more than three texts, as a full device does."""
    import torch

    folder = write_bert(tmp_path, id2label={0: "NA", 1: "IN"})
    let_go: list[int] = []
    device = Device("cpu", torch.float32, lambda: let_go.append(1))
    found = TransformersClassifier(ModelSpec("transformers", str(folder), batch=16), device)
    expected = found.scores(TEXTS * 3)

    def full(_: Any, args: Any, given: dict[str, Any]) -> None:  # noqa: ANN401 - torch's hook
        if len(given["input_ids"]) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")

    found._model.register_forward_pre_hook(full, with_kwargs=True)
    scores = found.scores(TEXTS * 3)
    assert let_go
    for name in ("NA", "IN"):
        assert np.allclose(scores[name], expected[name], atol=1e-6)


@needs_transformers
def test_a_head_that_overflows_in_half_precision_gives_numbers_in_bfloat16(tmp_path: Path) -> None:
    import torch
    from transformers import BertForSequenceClassification

    folder = write_bert(tmp_path, id2label={0: "NA", 1: "IN"})
    model = BertForSequenceClassification.from_pretrained(str(folder))
    model.classifier.weight.data[:] = 1e6
    model.classifier.weight.data[:, ::2] *= -1
    model.save_pretrained(str(folder))
    spec = ModelSpec("transformers", str(folder), activation="none")
    exact = load_classifier(spec).scores(TEXTS)["NA"]
    assert np.abs(exact).max() > 65_504
    half = TransformersClassifier(spec, Device("cpu", torch.float16)).scores(TEXTS)["NA"]
    assert not np.isfinite(half).all()
    rough = TransformersClassifier(spec, Device("cpu", torch.bfloat16)).scores(TEXTS)["NA"]
    assert np.isfinite(rough).all()
    assert np.allclose(rough, exact, rtol=0.1, atol=4e4)


@needs_transformers
def test_scores_on_a_cpu_are_the_same_to_the_bit_whatever_the_batch(tmp_path: Path) -> None:
    folder = write_bert(tmp_path, id2label={0: "NA", 1: "IN"})
    many = [" ".join(text.split()[: 1 + i % 7]) for i in range(9) for text in TEXTS]
    alone, some, all_ = (
        load_classifier(ModelSpec("transformers", str(folder), batch=n)).scores(many)["NA"]
        for n in (1, 7, 64)
    )
    assert alone.tolist() == some.tolist() == all_.tolist()


def test_a_torn_safetensors_file_is_named_without_the_packages(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"\x40" + bytes(20))
    with pytest.raises(ModelError, match=r"model\.safetensors"):
        load_classifier(ModelSpec("transformers", str(tmp_path)))
