"""Countries as the registry has spelt them over the years, one key a country: data, and a reader of it.

Source: the two spellings of the same sites in records served by API v2 in 2023-2025 and in 2026 ("Korea, Republic of"
and "South Korea", "Turkey" and "Turkey (Türkiye)", "Russian Federation" and "Russia"), and the ISO 3166 short names
that the older list followed.
"""

from __future__ import annotations

from functools import lru_cache

from etl.diff.likeness import fold_key

# Each line: the name used here as the key, then the others.
_NAMES = (
    ("South Korea", "Korea, Republic of", "Republic of Korea", "Korea, South"),
    ("North Korea", "Korea, Democratic People's Republic of"),
    ("Turkey", "Turkey (Türkiye)", "Türkiye"),
    ("Russia", "Russian Federation"),
    ("Iran", "Iran, Islamic Republic of", "Iran (Islamic Republic of)"),
    ("Moldova", "Moldova, Republic of", "Republic of Moldova"),
    ("North Macedonia", "Macedonia, The Former Yugoslav Republic of", "Macedonia"),
    ("Czechia", "Czech Republic"),
    ("Vietnam", "Viet Nam"),
    ("Syria", "Syrian Arab Republic"),
    ("Laos", "Lao People's Democratic Republic"),
    ("Libya", "Libyan Arab Jamahiriya"),
    ("Tanzania", "Tanzania, United Republic of", "United Republic of Tanzania"),
    ("Democratic Republic of the Congo", "Congo, The Democratic Republic of the", "Congo, Democratic Republic of the"),
    ("Republic of the Congo", "Congo"),
    ("Côte d'Ivoire", "Ivory Coast"),
    ("Eswatini", "Swaziland"),
    ("Cabo Verde", "Cape Verde"),
    ("Brunei", "Brunei Darussalam"),
    ("Myanmar", "Burma", "Myanmar (Burma)"),
    ("Bolivia", "Bolivia, Plurinational State of"),
    ("Venezuela", "Venezuela, Bolivarian Republic of"),
    ("Micronesia", "Micronesia, Federated States of", "Federated States of Micronesia"),
    ("Palestine", "Palestinian Territory, Occupied", "Palestinian Territories, Occupied", "Palestinian Territories"),
    ("Vatican City", "Holy See (Vatican City State)", "Holy See"),
    ("U.S. Virgin Islands", "Virgin Islands (U.S.)", "Virgin Islands, U.S."),
    ("British Virgin Islands", "Virgin Islands (British)", "Virgin Islands, British"),
    ("Bahamas", "The Bahamas", "Bahamas, The"),
    ("Gambia", "The Gambia", "Gambia, The"),
    ("Netherlands", "The Netherlands"),
    ("Taiwan", "Taiwan, Province of China"),
    ("Hong Kong", "Hong Kong SAR"),
    ("Macau", "Macao"),
    ("East Timor", "Timor-Leste"),
)  # fmt: skip
_KEYS = {fold_key(name): fold_key(names[0]) for names in _NAMES for name in names}


@lru_cache(maxsize=1_000)
def fold_country(name: str) -> str:
    """Return the key of a country's name: the same for every spelling the registry has used for it."""
    key = fold_key(name)
    return _KEYS.get(key, key)
