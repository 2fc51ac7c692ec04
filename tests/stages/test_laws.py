"""What every stage that adds columns owes, whatever it computes."""

from __future__ import annotations

import hypothesis.strategies as st
import pyarrow as pa
import pytest
from hypothesis import given, settings

from curate.config.builtin import builtin_folder
from curate.config.language import LanguageConfigs
from curate.config.wordlists import Wordlist, WordlistHead
from curate.dedup.minhash import MinHashParams
from curate.errors import SchemaError
from curate.lid import load_identifier
from curate.robots.index import RobotsIndex, RobotsRecord
from curate.stages.annotate import annotate_stage
from curate.stages.identify import identify_stage
from curate.stages.score import score_stage
from curate.stages.screen import screen_stage
from curate.stages.select import select_stage
from curate.stages.sign import sign_stage
from curate.stages.stage import Stage
from curate.urls.filter import UrlFilter

SOURCE = {
    "reference": ["made up"],
    "documents": 1,
    "words": 9,
    "labels": 3,
    "min_affinity": 0.85,
    "quantile": 0.95,
}
CONFIGS = LanguageConfigs.load(builtin_folder("language_configs"))
STOPWORDS = {"eng_Latn": frozenset({"the", "and", "of"}), "hin_Deva": frozenset({"के", "और"})}
ROBOTS = RobotsRecord("https://a.example/robots.txt", 200, b"user-agent: *\ndisallow: /x")
WORDLISTS = {
    label: Wordlist(
        WordlistHead.model_validate({"label": label, "names": ["hin"], "provenance": SOURCE}),
        dict.fromkeys(words, (9, 9)),
    )
    for label, words in {"eng_Latn": ["house"], "hin_Deva": ["के"], "tha_Thai": ["มนุษย์"]}.items()
}
STAGES = (
    identify_stage(load_identifier()),
    identify_stage(load_identifier(), segments=True, wordlists=WORDLISTS),
    annotate_stage(STOPWORDS),
    sign_stage(MinHashParams()),
    score_stage(load_identifier()),
    score_stage(load_identifier(), version="1.3"),
    select_stage(CONFIGS),
    select_stage(CONFIGS, {"url_filter": [], "robots_disallowed": [], "opt_out": ["noai"]}),
    screen_stage(
        UrlFilter.from_lists(domains=["b.example"], words=["ที่"]),
        RobotsIndex.build([ROBOTS], ["CCBot"]),
    ),
    screen_stage(None, None),
)

PIECES = (
    "the cat and the dog of the house. ",
    "सभी मनुष्यों को गौरव और अधिकारों के मामले में ",
    "มนุษย์ทั้งหลายเกิดมามีอิสระ",
    "人人生而自由，在尊严和权利上一律平等。",
    "يولد جميع الناس أحرارًا متساوين ",
    "𞤋𞤲𞥆𞤢𞤥𞤢 𞤢𞤣𞤫𞥅𞤶𞤭 ",
    "𐌰𐌻𐌻𐌰𐌹 𐌼𐌰𐌽𐌽𐌰 ",
    "\n",
    "\n\n",
    " 12 ",
    "... ",
    "•",
    "\u0301",
    "👩‍👩‍👧",
)
texts = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
labels = st.sampled_from(["eng_Latn", "hin_Deva", "tha_Thai", "zxx_Zxxx", "fuv_Adlm"])
floats = st.none() | st.just(float("nan")) | st.floats(0, 200)
URLS = (
    "https://hin.example.org/1",
    "https://a.example/x",
    "https://a.example/",
    "http://b.example",
    "http://c/ที่",
    "",
    "\U0001e900",
)
VALUES = {
    "text": texts,
    "label": labels,
    "lid_confidence": st.none() | st.floats(0, 1),
    "url": st.none() | st.sampled_from(URLS),
    "url_filter": st.none() | st.sampled_from(["domain", "word:ที่"]),
    "opt_out": st.none() | st.lists(st.sampled_from(["noai", "noindex"]), max_size=2),
    "robots_disallowed": st.none() | st.lists(st.sampled_from(["CCBot", "GPTBot"]), max_size=2),
    "url_names_language": st.none() | st.booleans(),
}


@st.composite
def batches(draw: st.DrawFn, stage: Stage) -> pa.Table:
    n = draw(st.integers(0, 5))
    columns = {}
    for column in stage.reads:
        whole = pa.types.is_integer(column.type)
        values = VALUES.get(column.name, st.none() | st.integers(0, 300) if whole else floats)
        drawn = draw(st.lists(values, min_size=n, max_size=n))
        columns[column.name] = pa.array(drawn, column.type)
    return pa.table(columns)


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_stage_keeps_rows_adds_what_it_declares_and_ignores_batches(
    stage: Stage, data: st.DataObject
) -> None:
    batch = data.draw(batches(stage))
    cut = data.draw(st.integers(0, batch.num_rows))
    before = batch.to_pylist()
    out = stage(batch)
    names = [c.name for c in stage.writes]
    assert repr(batch.to_pylist()) == repr(before)
    assert out.column_names == [*batch.column_names, *names]
    assert [out.schema.field(n).type for n in names] == [c.type for c in stage.writes]
    halves = pa.concat_tables([stage(batch[:cut]), stage(batch[cut:])])
    assert repr(out.to_pylist()) == repr(halves.to_pylist())  # NaN is not equal to itself


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_a_stage_says_which_column_it_misses(stage: Stage) -> None:
    with pytest.raises(SchemaError, match=stage.reads[0].name):
        stage(pa.table({"other": [1]}))


def test_a_stage_says_which_column_has_another_type() -> None:
    with pytest.raises(SchemaError, match="as string"):
        STAGES[0](pa.table({"text": [1]}))
