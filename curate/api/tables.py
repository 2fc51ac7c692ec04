"""The tables of a work folder as Arrow data, read as far as somebody asks for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
from pyarrow.fs import LocalFileSystem

from curate.config.problems import did_you_mean
from curate.errors import InputError, StoreError
from curate.io.object_path import ObjectPath, RangeFile
from curate.io.parquet import read_schema
from curate.io.store import Store
from curate.stage_table import STAGES
from curate.work.seal import load_receipts, sealed
from curate.work.tables import data_file, iter_columns

DOCUMENTS = "extract"
BATCH_ROWS = 4096


def stages_with_rows(store: Store) -> tuple[str, ...]:
    """Finished stages that have a row for each document, in the order of the data."""
    return tuple(
        stage.name
        for stage in STAGES
        if (stage.has_columns or stage.name in ("sign", "pii"))
        and sealed(store, stage.name) is not None
    )


def dataset_of(store: Store, stage: str) -> ds.Dataset:
    """The table of one stage as an Arrow dataset: a file for each shard, none of them read yet."""
    paths = [store.path(data_file(store, stage, shard).key) for shard in _shards(store)]
    schema = read_schema(paths[0]) if paths else pa.schema([])
    form = ds.ParquetFileFormat()
    return ds.FileSystemDataset([_fragment(form, path) for path in paths], schema, form)


def _fragment(form: ds.ParquetFileFormat, path: Path) -> ds.Fragment:
    """A file that is opened when somebody reads it; of an object store in ranges."""
    if isinstance(path, ObjectPath):
        return form.make_fragment(pa.PythonFile(RangeFile(path), mode="r"))
    return form.make_fragment(str(path), LocalFileSystem())


def _shards(store: Store) -> list[str]:
    return [receipt.shard for receipt in load_receipts(store, DOCUMENTS)]


class Joined:
    """Documents and sidecars side by side: row *i* of each belongs to one document.

    Args:
        store: the work folder, whose documents have been extracted.

    Attributes:
        stages: column -> the stage whose table has it. Of a name that two have, the later one.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._shards = _shards(store)
        self.stages: dict[str, str] = {}
        self._fields: dict[str, pa.Field] = {}
        for stage in stages_with_rows(store) if self._shards else ():
            path = store.path(data_file(store, stage, self._shards[0]).key)
            for field in read_schema(path):
                self.stages[field.name] = stage
                self._fields[field.name] = field

    def rows(self, columns: Sequence[str] | None) -> pa.RecordBatchReader:
        """The columns of all documents, in the order that is asked for; None for all.

        Raises:
            InputError: the folder has no such column.
        """
        names = list(self.stages) if columns is None else self._known(columns)
        schema = pa.schema([self._fields[name] for name in names])
        return pa.RecordBatchReader.from_batches(schema, self._batches(names, schema))

    def _known(self, columns: Sequence[str]) -> list[str]:
        if isinstance(columns, str):
            raise _unknown(repr(columns), f"write [{columns!r}]")
        for name in columns:
            if name not in self.stages:
                guess = did_you_mean(name, list(self.stages), otherwise="")
                raise _unknown(
                    repr(name), guess or "`curate.open(WORK).columns` lists the columns it has"
                )
        return list(dict.fromkeys(columns))

    def _batches(self, names: Sequence[str], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        steps: dict[str, tuple[str, ...]] = {}
        for name in names:
            stage = self.stages[name]
            steps[stage] = (*steps.get(stage, ()), name)
        for shard in self._shards if steps else ():
            for table in iter_columns(self._store, shard, steps, batch_rows=BATCH_ROWS):
                yield from _as_declared(table.select(names), schema, shard).to_batches()


def _as_declared(table: pa.Table, schema: pa.Schema, shard: str) -> pa.Table:
    """A batch with the types of the first shard: columns of the user's own may differ."""
    try:
        return table.cast(schema)
    except (pa.ArrowException, ValueError) as error:
        raise StoreError(
            f"shard {shard!r}",
            wanted="columns of the types that the first shard has",
            found=str(error).splitlines()[0][:200],
            todo="leave out the columns of `columns.keep` whose types differ from file to file",
        ) from error


def _unknown(found: str, todo: str) -> InputError:
    return InputError(
        "columns", wanted="names of columns in this work folder", found=found, todo=todo
    )


class Sidecars(Mapping[str, ds.Dataset]):
    """Stage -> its table as a dataset, made when it is asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._names = tuple(name for name in stages_with_rows(store) if name != DOCUMENTS)

    def __getitem__(self, stage: str) -> ds.Dataset:
        """The table of a stage.

        Raises:
            InputError: the folder has none of that name.
        """
        if stage not in self._names:
            listed = ", ".join(self._names) or "none"
            raise InputError(
                f"sidecars[{stage!r}]",
                wanted=f"a finished stage of this folder: {listed}",
                found=repr(stage),
                todo=did_you_mean(stage, list(self._names), otherwise="finish the run first"),
            )
        return dataset_of(self._store, stage)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, stage: object) -> bool:
        return stage in self._names
