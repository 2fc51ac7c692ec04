"""WARC, WET and ARC files, read as records."""

from curate.io.damage import Damage as Damage
from curate.io.warc.records import MAX_RECORD_BYTES as MAX_RECORD_BYTES
from curate.io.warc.records import Record as Record
from curate.io.warc.records import Skipped as Skipped
from curate.io.warc.records import read_warc as read_warc
