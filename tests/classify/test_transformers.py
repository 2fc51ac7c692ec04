"""Folders of transformers: a tiny BERT with random weights; only where torch is installed."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from curate.classify import ModelSpec, load_classifier
from curate.errors import ModelError
from tests.classify.tiny_models import VOCABULARY

has_transformers = bool(find_spec("torch") and find_spec("transformers"))
needs_transformers = pytest.mark.skipif(
    not has_transformers, reason="curate[transformers] is not installed"
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


@pytest.mark.skipif(has_transformers, reason="curate[transformers] is installed")
def test_without_the_packages_the_error_names_the_extra(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match=r"pip install 'curate\[transformers\]'"):
        load_classifier(ModelSpec("transformers", str(tmp_path)))
