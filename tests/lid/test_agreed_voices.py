"""A text that two voices agree about is not given to a language that few speak by the third."""

from __future__ import annotations

import pytest

from curate.lid import load_identifier

PERSIAN = (
    "این دستور از فایل پیکربندی پیروی می‌کند و پیام‌های کرنل و برنامه‌های مختلف را به فایل‌های گزارش "
    "در دایرکتوری مربوط می‌فرستد. مدیر سیستم می‌تواند با ویرایش همین فایل مقصد هر پیام را عوض کند. "
)
TERMS = "rsyslogd /var/log/auth.log authpriv cron daemon kern lpr facility syslog mail news user "


@pytest.mark.parametrize("n_terms", [0, 1, 2])
@pytest.mark.parametrize("joiner", ["\u200c", " ", ""], ids=["ZWNJ", "blank", "joined"])
def test_a_persian_manual_with_names_of_programs_is_persian(n_terms: int, joiner: str) -> None:
    text = (PERSIAN.replace("\u200c", joiner) + TERMS * n_terms + "\n") * 6
    (answer,) = load_identifier("embedded").identify([text])
    assert answer.label == "pes_Arab"
