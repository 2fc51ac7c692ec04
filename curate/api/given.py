"""Arguments of a caller, checked, so that a mistake is told in words and not by a traceback."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import pyarrow as pa

from curate.config.problems import did_you_mean
from curate.errors import InputError
from curate.labels import require_label


def one_text(text: object, *, where: str) -> str:
    """A text as it was given.

    Raises:
        InputError: it is no text.
    """
    if isinstance(text, str):
        return text
    raise _no_text(where, text, todo="decode bytes first: curate.decode(page, content_type).text")


def column_of_texts(texts: object, *, where: str) -> pa.Array:
    """Texts as an Arrow column of strings.

    Args:
        texts: strings in a list or another iterable, or an Arrow column.
        where: name of the argument.

    Raises:
        InputError: they are something else, or a text has no UTF-8 form.
    """
    if isinstance(texts, str | bytes) or not isinstance(texts, Iterable):
        todo = "put a single text in a list: [text]"
        raise _wrong(where, "a list of texts", _kind(texts), todo)
    if isinstance(texts, pa.ChunkedArray | pa.Array):
        return _from_arrow(texts, where)
    listed = list(texts)
    for i, text in enumerate(listed):
        if not isinstance(text, str):
            raise _no_text(f"{where}[{i}]", text, todo="leave out what is no text")
    try:
        return pa.array(listed, pa.string())
    except UnicodeEncodeError as error:
        raise _wrong(
            where, "texts that UTF-8 can hold", f"half of a surrogate pair: {error}",
            "bring them into the stored form first: curate.repair(text)",
        ) from error  # fmt: skip


def _from_arrow(column: pa.Array | pa.ChunkedArray, where: str) -> pa.Array:
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(whole, pa.ChunkedArray):  # as combine_chunks gives it of what has no chunk
        whole = pa.array([], whole.type)
    kinds = (pa.string(), pa.large_string(), pa.string_view())
    if whole.type not in kinds or whole.null_count:
        shown = f"{whole.type} with {whole.null_count} nulls"
        raise _wrong(where, "a column of texts without nulls", shown, "drop the nulls, or cast it")
    return whole.cast(pa.string())


def labels_for(labels: object, n: int, *, where: str = "labels") -> list[str]:
    """One label for each of ``n`` texts; a single one is that of all.

    Raises:
        InputError: there are fewer or more.
        ConfigError: one is no label.
    """
    if isinstance(labels, str):
        return [require_label(labels, where=where)] * n
    if not isinstance(labels, Iterable):
        raise _wrong(where, "a label, or a list of them", _kind(labels), "such as 'fra_Latn'")
    listed: list[str] = [x.as_py() if isinstance(x, pa.Scalar) else x for x in labels]
    if len(listed) != n:
        todo = "give one label for each text; curate.identify(texts) has them"
        raise _wrong(where, f"{n} labels, as many as texts", str(len(listed)), todo)
    for i, label in enumerate(listed):
        if not isinstance(label, str):
            raise _no_text(f"{where}[{i}]", label, todo="a label is a text, such as 'fra_Latn'")
        require_label(label, where=f"{where}[{i}]")
    return listed


def one_of(name: object, known: Sequence[str], *, where: str) -> str:
    """A name among those that are known.

    Raises:
        InputError: it is none of them.
    """
    if isinstance(name, str) and name in known:
        return name
    listed = ", ".join(known)
    guess = did_you_mean(str(name), list(known), otherwise="name one of these")
    raise _wrong(where, f"one of {listed}", repr(name), guess)


def some_of(names: Collection[str], known: Sequence[str], *, where: str) -> tuple[str, ...]:
    """Names among those that are known, each once.

    Raises:
        InputError: one is none of them, or they are a single text.
    """
    if isinstance(names, str):
        raise _wrong(where, "a list of names", repr(names), f"write [{names!r}]")
    return tuple(dict.fromkeys(one_of(name, known, where=where) for name in names))


def _no_text(where: str, value: object, *, todo: str) -> InputError:
    return _wrong(where, "a text (str)", _kind(value), todo)


def _kind(value: object) -> str:
    return "None" if value is None else f"a value of type {type(value).__name__}"


def _wrong(where: str, wanted: str, found: str, todo: str) -> InputError:
    return InputError(where, wanted=wanted, found=found, todo=todo)
