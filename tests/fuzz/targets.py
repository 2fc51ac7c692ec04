"""What is fuzzed: each target takes any bytes and may end only in the ways that it names.

The inputs are mutations of sound ones, since random bytes alone do not come past the first line.
"""

from __future__ import annotations

import gzip
import io
import random
import struct
import tempfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from curate.config.job import JobConfig
from curate.config.language import LanguageConfig
from curate.config.load import build, parse_yaml
from curate.errors import ConfigError, CurateError, InputError, ModelError, StoreError
from curate.html.charset import decode
from curate.http.body import BadCodingError, decode_body
from curate.http.response import Response, parse_response
from curate.io.layout import corpus_key, shard_id
from curate.io.receipt import Receipt, unpack
from curate.io.store import Store
from curate.io.texts.documents import DocumentReader, TextInput
from curate.io.texts.jsonl import read_rows
from curate.io.warc import Damage, Record, Skipped, read_warc
from curate.labels import is_label
from curate.lid.codes import label_of, model_label
from curate.models.fasttext_file import check_model_file
from curate.models.onnx_file import external_files
from curate.models.safetensors_file import check_safetensors
from curate.robots.license_names import IDENTIFIERS
from curate.robots.licenses import page_license
from curate.robots.opt_out import opt_out
from curate.robots.page_signs import page_signs
from curate.robots.rules import is_allowed, normal_path
from curate.robots.rules import parse as parse_robots
from curate.robots.site_index import SiteFile, SiteIndex
from curate.work.plan import Plan
from tests.arc_files import arc_file, arc_records
from tests.warc_files import gzip_member, gzip_members, plain, response_record, zstd_frames

Target = Callable[[bytes], None]
MOST_BYTES = 1 << 20


def warc(data: bytes) -> None:
    """Every byte of a file is in a record, skipped, or damage; no record is larger than told."""
    with tempfile.NamedTemporaryFile(suffix=".warc.gz") as file:
        file.write(data)
        file.flush()
        for item in read_warc(file.name, max_record_bytes=MOST_BYTES):
            assert isinstance(item, Record | Skipped | Damage)
            if isinstance(item, Record):
                assert len(item.payload) <= MOST_BYTES
            if isinstance(item, Damage):
                assert 0 <= item.warc_offset <= len(data)


def http(data: bytes) -> None:
    """A response is parsed or is none; a body is decoded within its limit or called bad."""
    response = parse_response(data)
    if response is not None:
        _decoded(response)


def _decoded(response: Response) -> None:
    with suppress(BadCodingError):
        assert len(decode_body(response, max_bytes=100_000).data) <= 100_000


def coded(data: bytes) -> None:
    """Any bytes behind any coding: what is named in the first line."""
    name, _, body = data.partition(b"\n")
    for header in ("content-encoding", "transfer-encoding"):
        _decoded(Response(200, {header: name.decode("latin-1")}, memoryview(body)))


def chunks(data: bytes) -> None:
    """Chunks of any form give no more than was stored, and what is sound is joined."""
    headers = {"transfer-encoding": "chunked"}
    with suppress(BadCodingError):
        body = decode_body(Response(200, headers, memoryview(data)), max_bytes=MOST_BYTES)
        assert len(body.data) <= len(data) or data.lstrip(b"\r\n").startswith(b"\x1f\x8b")


def charset(data: bytes) -> None:
    """Any bytes become text that can be written as UTF-8, whatever their header claims."""
    header, _, body = data.partition(b"\n\n")
    decoded = decode(body, header.decode("latin-1"))
    assert decoded.failed or decoded.text.encode("utf-8") is not None


def job(data: bytes) -> None:
    """A job file is a job, or a mistake with its place."""
    _config(data, JobConfig)


def language(data: bytes) -> None:
    """The same for a language config."""
    _config(data, LanguageConfig)


def _config(data: bytes, model: type[JobConfig] | type[LanguageConfig]) -> None:
    try:
        found, positions = parse_yaml(data.decode("utf-8", "replace"), "x.yaml")
        build(model, found, positions, "x.yaml")
    except ConfigError as error:
        _told(error)


def _told(error: CurateError) -> None:
    """It names the place, which all of these are given, and what to do."""
    assert error.where.startswith(("x.yaml", "here"))
    assert error.todo


def robots(data: bytes) -> None:
    """Rules and signs of any bytes give an answer for any path."""
    for rules in parse_robots(data, ("curate", "gptbot")).values():
        is_allowed(rules, normal_path(data.decode("latin-1")))
    opt_out((("x-robots-tag", data.decode("latin-1")),), data)


def rights(data: bytes) -> None:
    """Any file of a site and any header gives signs, and any page a licence that is known."""
    paths = ("/robots.txt", "/ai.txt", "/.well-known/tdmrep.json", "/license.xml")
    files = [SiteFile(f"http://a.example{path}", 200, data) for path in paths]
    index = SiteIndex.from_bytes(SiteIndex.build(files, ("CCBot",)).to_bytes())
    index.license("http://a.example/license.xml", "http://a.example/", "")
    for sign in index.signs("http://a.example/a/b", ""):
        assert sign.train_ai in ("no", "yes", "unset")
    text = data.decode("latin-1")
    headers = [(name, text) for name in ("content-usage", "content-signal", "link")]
    for row in page_signs(headers, data)[1]:
        assert row["train_ai"] in ("no", "yes", "unset")
    license = page_license(data).license
    assert license is None or license.lower() in IDENTIFIERS


def records(data: bytes) -> None:
    """What lies in a work folder is read, or named as spoilt; it is never run."""
    for read in (
        lambda: Receipt.from_json(data, where="here"),
        lambda: Plan.from_json(data, where="here"),
        lambda: list(unpack(data, where="here")),
    ):
        try:
            read()
        except StoreError as error:
            _told(error)


def jsonl(data: bytes) -> None:
    """Any line is a row or damage."""
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        file.write(data)
        file.flush()
        with suppress(InputError):
            for _ in read_rows(file.name):
                pass


def texts(data: bytes) -> None:
    """Any bytes of Parquet, or of JSON Lines behind zstd, give documents, damage or words.

    Readers in C++ may take their process along: this one does not, or the test is gone.
    """
    ending = ".parquet" if data.startswith(b"PAR1") else ".jsonl.zst"
    with tempfile.NamedTemporaryFile(suffix=ending) as file:
        file.write(data)
        file.flush()
        how = TextInput({}, memory_mb=64, max_chars=100_000)
        with suppress(InputError):
            for item in DocumentReader(file.name, how).tables():
                assert isinstance(item, pa.Table | Damage)
                if isinstance(item, pa.Table):
                    assert all(len(text) <= 100_000 for text in item["text"].to_pylist())


def models(data: bytes) -> None:
    """A model file is whole, or refused with its name: no library has seen it then."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model")
        path.write_bytes(data)
        for check in (check_model_file, check_safetensors, external_files):
            with suppress(ModelError):
                check(path)


def paths(data: bytes) -> None:
    """No label of a model and no name of a file leads out of the work folder."""
    text = data.decode("utf-8", "replace")
    language, script = model_label(text)
    store = Store("/work")
    for label in (text, label_of(language, script or "Latn")):
        try:
            place = store.path(corpus_key(label, "train", 0))
        except CurateError:
            continue
        assert is_label(label)
        assert Path("/work/corpus/data") in place.parents
    assert Path("/work") in store.path(shard_id(text)).parents


_PAGE = b"<html><head><meta charset=koi8-r></head><body><p>" + "Все люди".encode("koi8-r") * 9
_RECORDS = [response_record(f"http://a.example/{i}", "<p>ไทย हिन्दी" * 9) for i in range(3)]
_HTTP = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\n"
    b"Transfer-Encoding: chunked\r\nX-Robots-Tag: noai\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
)

_CHUNKS = b"00000000000001f; a=b\r\n" + b"x" * 31 + b"\r\n 5 \r\nhello\r\n0\r\nA: b\r\n\r\n"
_BROTLI = pa.Codec("brotli").compress(_PAGE * 99, asbytes=True)
_CODED = tuple(
    name + b"\n" + body
    for name, body in (
        (b"gzip", gzip.compress(_PAGE, mtime=0) * 2),
        (b"deflate", zlib.compress(_PAGE)),
        (
            b"br, gzip",
            gzip.compress(pa.Codec("brotli").compress(_PAGE * 99, asbytes=True), mtime=0),
        ),
        (b"br", pa.Codec("brotli").compress(_PAGE * 99, asbytes=True)),
        (b"zstd", pa.Codec("zstd").compress(_PAGE * 99, asbytes=True)),
        (b"gzip, chunked", b"20\r\n" + gzip.compress(b"<p>x", mtime=0)),
    )
)


def _parquet(compression: str, **more: object) -> bytes:
    rows = pa.table(
        {
            "id": [str(i) for i in range(40)],
            "text": ["ข้อความ हिन्दी " * (i % 5) for i in range(40)],
            "metadata": [{"url": f"http://a.example/{i}", "date": None} for i in range(40)],
        }
    )
    sink = io.BytesIO()
    pq.write_table(rows, sink, compression=compression, row_group_size=16, **more)
    return sink.getvalue()


_LINES = b'{"id": "1", "text": "\xe0\xb9\x84"}\n{"text": "b", "url": "c"}\n' * 30
_ZSTD = pa.Codec("zstd").compress(_LINES, asbytes=True)
_TEXTS = (
    _parquet("zstd"),
    _parquet("none", use_dictionary=False),
    _parquet("snappy", data_page_version="2.0", write_page_index=True),
    _parquet("gzip", write_page_checksum=True),
    _ZSTD,
    _ZSTD * 3,
)
_TENSORS = b'{"a": {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]}}'
_MODELS = (
    len(_TENSORS).to_bytes(8, "little") + _TENSORS + b"1234",
    # magic and version, 12 arguments and a number, a dictionary of a word and a label, two matrices
    struct.pack("<ii12id", 793712314, 12, 2, 5, 5, 1, 5, 1, 3, 3, 0, 0, 0, 100, 1e-4)
    + struct.pack("<iiiqq", 2, 1, 1, 9, -1)
    + b"word\0"
    + struct.pack("<qb", 5, 0)
    + b"__label__a\0"
    + struct.pack("<qb", 5, 1)
    + b"\0"
    + struct.pack("<qq2f", 1, 2, 0.5, 1.5)
    + b"\0"
    + struct.pack("<qq2f", 1, 2, 0.5, 1.5),
    # ir_version, and a graph with a node and a tensor that lies in another file
    b"\x08\x08\x3a\x1e\x0a\x04\x22\x02If\x2a\x16\x08\x02\x10\x01\x42\x01w"
    b"\x6a\x0d\x0a\x08location\x12\x01x",
)
_BLOCKS = b"".join(gzip_member(plain(_RECORDS)[at : at + 500]) for at in range(0, 3000, 500))

TARGETS: Mapping[str, tuple[Target, tuple[bytes, ...]]] = {
    "warc": (warc, (gzip_members(_RECORDS), zstd_frames(_RECORDS), plain(_RECORDS), _BLOCKS)),
    "arc": (warc, (arc_file(), gzip_members(arc_records()), gzip_member(arc_file()))),
    "coded": (coded, _CODED),
    "chunks": (chunks, (_CHUNKS, b"\r\n" + _CHUNKS, b"Bad\nstuff " * 9)),
    "http": (http, (_HTTP, _HTTP.replace(b"gzip", b"br"), _HTTP.replace(b"gzip", b"zstd"))),
    "charset": (
        charset,
        (b"text/html; charset=shift_jis\n\n" + _PAGE, b"\n\n\xff\xfe" + _PAGE, b"x\n\n" + _PAGE),
    ),
    "job": (
        job,
        (
            b"name: x\ninput: [a/*.warc.gz]\nwork: w\nengine: {kind: ray, attempts: 3}\n",
            b"input: a\nwork: b\nrebalance:\n  max_repetitions: 3\nextract: {labels: [tha_Thai]}\n",
        ),
    ),
    "language": (
        language,
        (
            b"label: fra_Latn\nthresholds:\n  - {metric: n_words, min: 50}\nstopwords: [le, la]\n"
            b"provenance: {method: edited, reference: none, date: 2024-02-30}\n",
            "label: tha_Thai\nstopwords: [ที่, และ]\nthresholds: []\n"
            "provenance: {method: 10tail, reference: a, documents: 9}\n".encode(),
        ),
    ),
    "robots": (robots, (b"User-agent: *\nDisallow: /a*b$\nAllow: /\n\nUser-agent: gptbot\n",)),
    "rights": (
        rights,
        (
            b"User-agent: *\nContent-Usage: /a train-ai=n, search=y\nLicense: http://a.example/l\n",
            b'[{"location": "/a*", "tdm-reservation": 1}]',
            b'<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license>'
            b'<prohibits type="usage">ai-train</prohibits></license></content></rsl>',
            b'<link rel="license" href="https://creativecommons.org/licenses/by/4.0/">',
        ),
    ),
    "records": (
        records,
        (
            Receipt("extract", "a", "b", "c", 1, 1).to_json(),
            Plan("extract", "f", {}, ()).to_json(),
        ),
    ),
    "jsonl": (jsonl, (b'{"id": "1", "text": "\xe0\xb9\x84"}\n{"text": null}\n[1]\n',)),
    "texts": (texts, _TEXTS),
    "models": (models, _MODELS),
    "paths": (paths, (b"fra_Latn", b"../../etc/passwd", b"zho_Hans", "ไทย_Thai".encode())),
}
_WORDS = (
    b"\0",
    b"../",
    b"\r\n",
    b"\n\n",
    b"\xff" * 8,
    b"Content-Length: 99999999999\r\n",
    b"&a *a",
    b"!!python/object/apply:os.system [id]",
    b"{" * 200,
    b"\xed\xa0\x80",
    b"%00",
    b": " * 9,
)


def mutated(sound: bytes, chance: random.Random) -> bytes:
    """A sound input with some bytes changed, cut, doubled, or put in from a list of bad ones."""
    data = bytearray(sound)
    for _ in range(chance.randint(1, 6)):
        at = chance.randint(0, len(data))
        match chance.randrange(5):
            case 0 if at < len(data):
                data[at] ^= 1 << chance.randrange(8)
            case 1:
                del data[at : at + chance.randint(1, 30)]
            case 2:
                data[at:at] = chance.choice(_WORDS)
            case 3:
                data[at:at] = data[at : at + chance.randint(1, 60)]
            case _:
                data[at:at] = chance.randbytes(chance.randint(1, 8))
    return bytes(data)
