"""A set of NCT numbers, a bit each: those of the whole registry take a megabyte, as texts they would take sixty."""

from __future__ import annotations

from collections.abc import Iterable

_DIGITS = 8


class NctSet:
    """Numbers that were put in. What is no NCT number may be asked for and is never there."""

    def __init__(self, nct_ids: Iterable[str] = ()) -> None:
        """Raises ValueError where one of `nct_ids` is not NCT and eight digits."""
        self._bits = bytearray()
        self.update(nct_ids)

    def __contains__(self, nct_id: str) -> bool:
        number = _read_number(nct_id)
        return 0 <= number >> 3 < len(self._bits) and bool(self._bits[number >> 3] & 1 << (number & 7))

    def isdisjoint(self, nct_ids: Iterable[str]) -> bool:
        """Return whether none of some numbers is there."""
        return not any(nct_id in self for nct_id in nct_ids)

    def update(self, nct_ids: Iterable[str]) -> None:
        """Put numbers in.

        Raises:
            ValueError: one is not NCT and eight digits.
        """
        for nct_id in nct_ids:
            number = _read_number(nct_id)
            if number < 0:
                raise ValueError(f'"{nct_id}" is no NCT number')
            place = number >> 3
            if place >= len(self._bits):
                self._bits.extend(bytes(place + 1 - len(self._bits)))
            self._bits[place] |= 1 << (number & 7)


def _read_number(nct_id: str) -> int:
    number = nct_id[3:]
    is_number = nct_id[:3] == "NCT" and len(number) == _DIGITS and number.isdecimal() and number.isascii()
    return int(number) if is_number else -1  # a pattern takes twice as long
