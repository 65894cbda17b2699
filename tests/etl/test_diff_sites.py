"""Sites and countries: what moved is counted by country; what was only written otherwise did not move."""

from __future__ import annotations

import pytest

from etl.diff.context import DiffContext
from etl.diff.countries import fold_country
from etl.diff.places import read_site
from etl.diff.sites import compare_sites, list_respelt
from models.change import Change
from tests.etl.listed_study import CONTEXT, build_sites
from tests.etl.studies import Json

UTRECHT = ("Sample Hospital", "Netherlands", "3500 AA")
GHENT = ("Other Hospital", "Belgium", "9000")
SEOUL = ("Research Site", "South Korea", "03080")


def compare(old: Json, new: Json, context: DiffContext = CONTEXT) -> list[Change]:
    return list(compare_sites(old, new, context))


def test_a_site_in_a_new_country_is_a_country_and_a_count() -> None:
    country, count = compare(build_sites(UTRECHT), build_sites(UTRECHT, GHENT))
    assert (country.kind, country.action, country.item) == ("country", "added", "Belgium")
    assert (country.old_value, country.new_value) == (None, "Belgium")
    assert (count.kind, count.action, count.old_value, count.new_value) == ("site", "count", "1", "2")
    assert (count.detail["added"], count.detail["removed"]) == ({"Belgium": 1}, {})
    country, count = compare(build_sites(UTRECHT, GHENT), build_sites(UTRECHT))
    assert (country.action, country.old_value, country.new_value) == ("removed", "Belgium", None)
    assert (count.old_value, count.new_value, count.detail["removed"]) == ("2", "1", {"Belgium": 1})


def test_a_site_exchanged_for_another_is_a_count_that_stands_still() -> None:
    (found,) = compare(build_sites(UTRECHT, GHENT), build_sites(UTRECHT, ("New Clinic", "Belgium", "1000")))
    assert (found.old_value, found.new_value) == ("2", "2")
    assert (found.detail["added"], found.detail["removed"]) == ({"Belgium": 1}, {"Belgium": 1})


def test_two_sites_written_alike_are_two() -> None:
    (found,) = compare(build_sites(SEOUL, SEOUL), build_sites(SEOUL))
    assert (found.old_value, found.new_value) == ("2", "1")


SAME_PLACE = [
    (("Research Site 12", "Japan", "650-0017"), ("Research Site 13", "Japan", "650-0017")),
    (("Research Site", "Taiwan", "333"), ("Research Site", "Taiwan", "333423")),
    (("Research Site", "China", "415003"), ("Research Site", "China", "415000")),
    (("Investigational Site Number: 8400001", "United States", "77030"), ("Research Site", "United States", "77030")),
    (("Local Institution - 0123", "Spain", "28027"), ("Clinica Ejemplo", "Spain", "28027")),
    (("Sample Hospital", "Spain", "28027"), ("Novartis Investigative Site", "Spain", "28027")),
    (("Sample Hospital | Oncology", "Spain", "28027"), ("Sample Hospital - Oncology Department", "Spain", "28027")),
    (("Sample Hospital ( Site 0602)", "Israel", "3109601"), ("Sample Hospital", "Israel", "3109601")),
    (("Sample Hospital", "Israel", "3109601"), ("Sample Hospital", "Israel", "5265601")),
    (("Site 0034", "Italy"), ("Site 0035", "Italy")),
    (("Research Site 1", "Italy"), ("Sample Hospital", "Italy")),
    (("Local Institution - 0123", "Italy"), ("Local Institution - 0123", "Italy", "20133")),
    (("Research Site", "Korea, Republic of", "03722"), ("Research Site", "South Korea", "3722")),
    (("Sample Hospital", "Turkey", "06010"), ("Sample Hospital", "Turkey (Türkiye)", "06010")),
    ((*UTRECHT, "", "Utrecht", "NOT_YET_RECRUITING"), (*UTRECHT, "", "De Bilt", "RECRUITING")),
]


@pytest.mark.parametrize(("old", "new"), SAME_PLACE)
def test_a_site_written_otherwise_did_not_move(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    assert compare(build_sites(old, GHENT), build_sites(new, GHENT)) == []
    assert compare(build_sites(new, GHENT), build_sites(old, GHENT)) == []
    assert compare(build_sites(old, old, GHENT), build_sites(old, new, GHENT)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("Research Site", "Japan", "650-0017"), ("Research Site", "Japan", "216-8511")),
        (("Sample Hospital", "Spain", "28027"), ("Cancer Institute", "Spain", "28027")),
        (("Sample Hospital", "Spain", "28027"), ("Cancer Institute", "Spain", "08908")),
        (("Sample Hospital", "Spain"), ("Research Site", "Spain", "28027")),
    ],
)
def test_another_place_is_another_site(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    (found,) = compare(build_sites(old, GHENT), build_sites(new, GHENT))
    assert found.kind == "site"


def test_what_was_only_written_otherwise_is_listed_as_administrative() -> None:
    respelt = ("Sample Hospital Utrecht", *UTRECHT[1:], "", "", "RECRUITING")
    place = "protocolSection.contactsLocationsModule.locations"
    assert list_respelt(build_sites(UTRECHT), build_sites(respelt)) == [f"{place}.facility", f"{place}.status"]
    assert list_respelt(build_sites(UTRECHT), build_sites(UTRECHT, GHENT)) == []
    assert list_respelt(build_sites(UTRECHT), build_sites(UTRECHT)) == []


def test_the_first_list_of_sites_and_its_withdrawal_are_called_so() -> None:
    country, count = compare(build_sites(), build_sites(SEOUL, SEOUL))
    assert (country.action, country.weight, country.detail) == ("added", "low", {"listing": "first"})
    assert (count.old_value, count.new_value, count.detail["listing"]) == (None, "2", "first")
    country, count = compare(build_sites(SEOUL, SEOUL), build_sites())
    assert (country.action, country.weight, country.detail) == ("removed", "low", {"listing": "withdrawn"})
    assert (count.old_value, count.new_value, count.detail["listing"]) == ("2", None, "withdrawn")


def test_the_weight_of_countries_is_the_settings_word() -> None:
    context = DiffContext(weights={("country", "removed"): "top", ("country", "unlisted"): "medium"})
    assert compare(build_sites(UTRECHT, GHENT), build_sites(UTRECHT), context)[0].weight == "top"
    assert compare(build_sites(GHENT), build_sites(), context)[0].weight == "medium"


def test_a_country_that_the_registry_lists_as_removed_is_one_row() -> None:
    old, new = build_sites(UTRECHT, GHENT), build_sites(UTRECHT, removed=("Belgium",))
    country, _ = compare(old, new)
    assert (country.action, country.item, country.detail) == ("removed", "Belgium", {"removed_countries": "entered"})
    country, _ = compare(new, old)
    assert (country.action, country.item, country.detail) == ("added", "Belgium", {"removed_countries": "left"})


def test_a_removed_country_without_a_site_has_a_row_of_its_own_but_not_against_history() -> None:
    old, new = build_sites(UTRECHT), build_sites(UTRECHT, removed=("Belgium",))
    (found,) = compare(old, new)
    assert (found.action, found.item, found.field) == (
        "removed",
        "Belgium",
        "derivedSection.miscInfoModule.removedCountries",
    )
    assert compare(old, new, DiffContext(with_references=False)) == []


def test_a_removed_country_respelt_by_the_registry_is_no_change() -> None:
    old, new = (build_sites(UTRECHT, removed=(name,)) for name in ("Iran, Islamic Republic of", "Iran"))
    assert compare(old, new) == []
    assert list_respelt(old, new) == ["derivedSection.miscInfoModule.removedCountries"]


@pytest.mark.parametrize(
    "facility",
    [
        "", "Research Site", "Research Site 12", "Research site 001", "Site 0034", "Clinical Trial Site",
        "GSK Investigational Site",
        "Novartis Investigative Site", "Teva Investigational Site 12345", "Investigational Site Number: 8400001",
        "Two Words Investigational Site", "Local Institution - 0123", "Local Institution - 001-204-Ph2",
        "As1234 001", "For additional information regarding investigative sites for this trial, contact us",
    ],
)  # fmt: skip
def test_these_words_name_no_facility(facility: str) -> None:
    assert read_site({"facility": facility}).name == ""


@pytest.mark.parametrize(
    "facility",
    [
        "Sample Research Institute", "Northern Clinical Research Center", "One Clinical Research ( Site 0012)",
        "999 Hospital", "Institut Exemple - Site de Paris", "Siteford Cancer Center",
        "Invented Research Facility, Department of Biology",
    ],
)  # fmt: skip
def test_these_are_names_of_facilities(facility: str) -> None:
    assert read_site({"facility": facility}).name


def test_every_spelling_of_a_country_is_one_country() -> None:
    assert fold_country("Korea, Republic of") == fold_country("South Korea") != fold_country("North Korea")
    assert fold_country("Congo, The Democratic Republic of the") != fold_country("Congo")
    assert fold_country("Türkiye") == fold_country("Turkey (Türkiye)")
    assert fold_country("Guinea") != fold_country("Guinea-Bissau")
