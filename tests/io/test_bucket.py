"""Errors of object stores, as clients tell them."""

from __future__ import annotations

from obstore.exceptions import GenericError

from curate.io import bucket


def test_the_status_of_an_error_is_not_looked_for_in_its_times_and_ports() -> None:
    busy = "Error performing PUT http://localhost:45013/b/k in 43.685011ms - status code: 503 Busy"
    assert bucket.status_of(GenericError(busy)) == 503
    assert bucket.may_pass(GenericError(busy))
    assert not bucket.may_pass(GenericError(busy.replace("code: 503", "code: 501")))
    assert bucket.status_of(GenericError("connection reset in 501ms")) is None
