"""Verdicts are those of a plain loop over documents and thresholds, whatever the batch is like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import hypothesis.strategies as st
import pyarrow as pa
from hypothesis import given, settings

from curate.config.identified import OWN_WORDS, URL_NAMES
from curate.config.language import THRESHOLD_METRICS, LanguageConfig, Provenance, Threshold
from curate.stages.coded import coded
from curate.stages.select import Selector, mark_drop_reason

MADE_UP = Provenance(method="by hand", reference="none")
LABELS = ("eng_Latn", "hin_Deva", "tha_Thai", "fuv_Adlm", "got_Goth")
FLOATS = ("lid_confidence", OWN_WORDS, "top_2gram_char_fraction", "newlines_per_word")
INTS = ("n_chars", "n_words")
RULES = {metric: (0.25, 0.75) for metric in FLOATS} | {metric: (2.0, 5.0) for metric in INTS}


@dataclass
class Configs:
    known: Mapping[str, LanguageConfig]
    scores: tuple[str, ...] = ()

    def for_label(self, label: str) -> LanguageConfig:
        return self.known[label]


def oracle(
    row: Mapping[str, object], config: LanguageConfig, screens: Mapping[str, Sequence[str]]
) -> str | None:
    """The first screen that hits or threshold that is broken, in the order of the documentation."""
    for screen, wanted in screens.items():
        value = row[screen]
        if isinstance(value, list) and wanted:
            value = [x for x in value if x in wanted]
        if value is not None and value != []:
            return screen
    for metric in THRESHOLD_METRICS:
        threshold = next((t for t in config.thresholds if t.metric == metric), None)
        if threshold is None or (metric == OWN_WORDS and row[URL_NAMES]):
            continue
        value = row[metric]
        if not isinstance(value, int | float) or value != value:
            return metric
        if threshold.min is not None and value < threshold.min:
            return metric
        if threshold.max is not None and value > threshold.max:
            return metric
    return None


@st.composite
def configs(draw: st.DrawFn, label: str) -> LanguageConfig:
    thresholds = []
    for metric in draw(st.lists(st.sampled_from((*FLOATS, *INTS)), unique=True)):
        low, high = RULES[metric]
        kind = draw(st.sampled_from(("min", "max", "both")))
        kind = "min" if metric == "lid_confidence" else kind
        thresholds.append(
            Threshold(
                metric=metric,
                min=None if kind == "max" else low,
                max=None if kind == "min" else high,
            )
        )
    thresholds.sort(key=lambda t: t.metric != "lid_confidence")
    return LanguageConfig(label=label, thresholds=tuple(thresholds), provenance=MADE_UP)


fractions = st.sampled_from((None, float("nan"), 0.0, 0.25, 0.5, 0.75, 0.7500000001, 1.0))
counts = st.sampled_from((None, 0, 1, 2, 3, 5, 6, 2**31 - 1))
rows = st.fixed_dictionaries(
    {
        "label": st.sampled_from(LABELS),
        **dict.fromkeys(FLOATS, fractions),
        **dict.fromkeys(INTS, counts),
        URL_NAMES: st.sampled_from((None, False, True)),
        "url_filter": st.sampled_from((None, "domain", "word:नहीं")),
        "opt_out": st.sampled_from((None, [], ["noai"], ["noindex", "noai"], ["nofollow"])),
    }
)
screens = st.sampled_from(
    ({}, {"url_filter": ()}, {"url_filter": (), "opt_out": ("noai",)}, {"opt_out": ()})
)
TYPES = {
    "label": pa.string(),
    **dict.fromkeys(FLOATS, pa.float64()),
    **dict.fromkeys(INTS, pa.int32()),
    URL_NAMES: pa.bool_(),
    "url_filter": pa.string(),
    "opt_out": pa.list_(pa.string()),
}


def table_of(found: Sequence[Mapping[str, object]]) -> pa.Table:
    columns = {
        name: pa.array([row[name] for row in found], kind, from_pandas=False)
        for name, kind in TYPES.items()
    }
    return pa.table(columns)


def in_pieces(table: pa.Table, cut: int, *, as_dictionary: bool) -> pa.Table:
    """The same rows in two chunks with offsets, each with a dictionary of its own."""
    chunks = [table.slice(0, cut), table.slice(cut)]
    if as_dictionary:
        at = table.column_names.index("label")
        chunks = [
            chunk.set_column(at, "label", chunk["label"].combine_chunks().dictionary_encode())
            for chunk in chunks
        ]
    return pa.concat_tables(chunks)


@settings(deadline=None)  # the first example loads the kernel
@given(st.data(), st.lists(rows, max_size=12), screens, st.booleans())
def test_verdicts_are_those_of_a_loop(
    data: st.DataObject,
    found: list[dict[str, object]],
    screens: dict[str, tuple[str, ...]],
    as_dictionary: bool,  # noqa: FBT001 - drawn
) -> None:
    known = {label: data.draw(configs(label)) for label in LABELS}
    wanted = [oracle(row, known[str(row["label"])], screens) for row in found]
    table = in_pieces(table_of(found), len(found) // 2, as_dictionary=as_dictionary)
    selector = Selector(Configs(known), screens)
    assert selector.drop_reasons(table).to_pylist() == wanted
    cut = data.draw(st.integers(0, len(found)))
    parts = [table.slice(cut), table.slice(0, cut)]  # labels are met in another order
    again = [x for part in parts for x in selector.drop_reasons(part).to_pylist()]
    assert again == wanted[cut:] + wanted[:cut]
    if not as_dictionary:
        marked = mark_drop_reason(table, configs=Configs(known), screens=screens)
        assert marked["drop_reason"].to_pylist() == wanted
        assert marked.schema.field("drop_reason").type == pa.string()


@given(st.lists(st.lists(st.sampled_from((None, "a", "ที่", "𞤀"))), max_size=4), st.booleans())
def test_codes_give_the_texts_back(
    chunks: list[list[str | None]],
    as_dictionary: bool,  # noqa: FBT001 - drawn
) -> None:
    arrays = [pa.array(chunk, pa.string()) for chunk in chunks]
    kind = pa.dictionary(pa.int32(), pa.string()) if as_dictionary else pa.string()
    column = pa.chunked_array([x.dictionary_encode() if as_dictionary else x for x in arrays], kind)
    codes, names = coded(column)
    assert [None if code < 0 else names[code] for code in codes] == column.to_pylist()
    assert len(set(names)) == len(names)


def test_columns_are_those_that_thresholds_name() -> None:
    known = {
        "eng_Latn": LanguageConfig(
            label="eng_Latn",
            thresholds=(
                Threshold(metric="lid_confidence", min=0.5),
                Threshold(metric="n_words", min=2),
            ),
            provenance=MADE_UP,
        ),
        "tha_Thai": LanguageConfig(
            label="tha_Thai",
            thresholds=(Threshold(metric="top_2gram_char_fraction", max=0.5),),
            provenance=MADE_UP,
        ),
    }
    selector = Selector(Configs(known))
    assert selector.metrics(["eng_Latn"]) == ("lid_confidence", "n_words")
    assert selector.metrics(known) == ("lid_confidence", "top_2gram_char_fraction", "n_words")
    assert selector.metrics([]) == ()


def test_a_label_that_only_the_dictionary_names_needs_no_columns() -> None:
    rule = (Threshold(metric="n_words", min=2),)
    known = {
        "eng_Latn": LanguageConfig(label="eng_Latn", provenance=MADE_UP),
        "tha_Thai": LanguageConfig(label="tha_Thai", thresholds=rule, provenance=MADE_UP),
    }
    labels = pa.array(["tha_Thai", "eng_Latn"]).dictionary_encode()
    batch = pa.table({"label": labels}).filter(pa.array([False, True]))
    assert Selector(Configs(known)).drop_reasons(batch).to_pylist() == [None]
