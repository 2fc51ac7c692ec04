"""Profiles of languages, which get full marks: constants of Spanish, adapted by medians.

A bound of Spanish times the median of the language over that of Spanish is the bound of the
language; lengths go the other way, since where marks are dense, sentences are short in characters
(WDS 1.2.0 and 1.3). A label without medians takes the mean of its relatives in its script, else of
its script, else the mean of all: and says which in ``Profile.source``. WDS 1.2.0 as it was run had
medians of such a mean for 251 languages more, and took the mean of all for every label that it knew
under another code: Traditional Chinese, Croatian, Estonian, Nepali, Khmer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean
from types import MappingProxyType
from typing import Final

from curate.labels import language_of, script_of
from curate.scores.figures import Medians, tables

_SPANISH: Final = "spa_Latn"
HIGHEST: Final = 100.0
"""No bound is more than so many characters for 100 word characters."""


@dataclass(frozen=True, slots=True)
class Constants:
    """Bounds of one version for Spanish; for 100 word characters, and lengths in word characters.

    Of punctuation, singular characters and numbers: those of version 1.2 from the greatest that
    gets marks down to the least, those of version 1.3 likewise.
    """

    menu: float
    punctuation: tuple[float, ...]
    singular: tuple[float, ...]
    numbers: tuple[float, ...]
    long_min: float = 250
    long_max: float = 1000


CONSTANTS: Final[Mapping[str, Constants]] = MappingProxyType(
    {
        "1.2": Constants(
            menu=25,
            punctuation=(25, 13, 9, 2.5, 0.9, 0.3),
            singular=(10, 6, 2, 1),
            numbers=(30, 15, 10, 1),
        ),
        "1.3": Constants(
            menu=30,
            punctuation=(25, 2.5, 0.9, 0.5, 0.3),
            singular=(10, 6, 2, 1),
            numbers=(30, 1),
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Profile:
    """The bounds of a label; see :class:`Constants`.

    Attributes:
        source: ``own``, or whose mean it is: ``slavic in Latn``, ``Tibt``, ``all``.
    """

    menu: float
    long_min: float
    long_max: float
    punctuation: tuple[float, ...]
    singular: tuple[float, ...]
    numbers: tuple[float, ...]
    source: str


class Profiles:
    """The bounds of every label.

    Args:
        version: of WDS.
        branches: a language's branches, such as ``slavic``; none if they are not known.
        inherits: False to give labels without medians the mean of all, as WDS 1.2.0 does with
            those that it knows under no code.
    """

    def __init__(
        self,
        version: str,
        branches: Callable[[str], Iterable[str]] = lambda language: (),
        *,
        inherits: bool = True,
    ) -> None:
        self._constants = CONSTANTS[version]
        self._branches = branches
        self._inherits = inherits
        self._known: dict[str, Profile] = {}
        self._relatives: dict[str, frozenset[str]] = {
            label: frozenset(branches(language_of(label))) for label in tables().medians
        }

    def of(self, label: str) -> Profile:
        """The bounds of a label."""
        if label not in self._known:
            self._known[label] = self._make(label)
        return self._known[label]

    def _make(self, label: str) -> Profile:
        own = _label_in_tables(label)
        if own in tables().medians:
            return self._adapted(tables().medians[own], "own")
        if self._inherits:
            language, script = language_of(label), script_of(own)
            for branch in sorted(self._branches(language)):
                if medians := self._of_script(script, branch):
                    return self._adapted(medians, f"{branch} in {script}")
            if medians := self._of_script(script):
                return self._adapted(medians, script)
        return self._mean_of_all()

    def _of_script(self, script: str, branch: str | None = None) -> Medians | None:
        """The mean of the medians of a script, or of a branch in it; None if there are none."""
        rows = [
            medians
            for label, medians in tables().medians.items()
            if script_of(label) == script and (branch is None or branch in self._relatives[label])
        ]
        return Medians(*map(fmean, zip(*rows, strict=True))) if rows else None

    def _adapted(self, medians: Medians, source: str) -> Profile:
        spanish, constants = tables().medians[_SPANISH], self._constants
        shorter = spanish.punctuation / medians.punctuation

        def bounds(of_spanish: tuple[float, ...], median: float, usual: float) -> tuple[float, ...]:
            return tuple(min(round(median * x / usual, 1), HIGHEST) for x in of_spanish)

        return Profile(
            menu=round(constants.menu * shorter),
            long_min=round(constants.long_min * shorter),
            long_max=round(constants.long_max * shorter),
            punctuation=bounds(constants.punctuation, medians.punctuation, spanish.punctuation),
            singular=bounds(constants.singular, medians.singular, spanish.singular),
            numbers=bounds(constants.numbers, medians.numbers, spanish.numbers),
            source=source,
        )

    def _mean_of_all(self) -> Profile:
        """That of version 1.2 is as published; it counts the 251 languages without medians too."""
        if self._constants is CONSTANTS["1.2"]:
            return _STANDARD
        every = [self._adapted(medians, "own") for medians in tables().medians.values()]

        def mean(name: str) -> tuple[float, ...]:
            columns = zip(*(getattr(profile, name) for profile in every), strict=True)
            return tuple(round(fmean(column), 2) for column in columns)

        return Profile(
            menu=round(fmean(profile.menu for profile in every), 1),
            long_min=round(fmean(profile.long_min for profile in every)),
            long_max=round(fmean(profile.long_max for profile in every)),
            punctuation=mean("punctuation"),
            singular=mean("singular"),
            numbers=mean("numbers"),
            source="all",
        )


_STANDARD: Final = Profile(
    menu=20.9,
    long_min=210,
    long_max=839,
    punctuation=(31.5, 16.4, 11.4, 3.15, 1.15, 0.37),
    singular=(15.6, 9.3, 3.1, 1.55),
    numbers=(42.2, 21.7, 14.4, 1.44),
    source="all",
)


def _label_in_tables(label: str) -> str:
    """The label under which the medians have a language: ``zho_Hani`` for ``cmn_Hant``."""
    language, script = language_of(label), script_of(label)
    script = "Hani" if script in ("Hans", "Hant") else script
    return f"{tables().members.get(language, language)}_{script}"
