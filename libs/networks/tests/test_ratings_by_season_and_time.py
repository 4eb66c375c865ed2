"""Ratings that depend on the season or hold for a while, defaults by choice, and rows that mean nothing."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pandapower
import pytest

from flexbourse_gridmath.model import UNLIMITED_RATING_KA, Branch
from flexbourse_networks import ImportedNetwork, NetworkProblems, load
from flexbourse_networks.from_pandapower.library import library_network
from flexbourse_networks.from_pandapower.network import import_network
from flexbourse_networks.options import ImportOptions
from flexbourse_networks.ratings_file import COLUMNS, RatingRow, read_ratings

HEADER = ",".join(COLUMNS) + "\n"


@pytest.fixture
def net() -> Any:
    return library_network("kerber-landnetz")


def branch(network: ImportedNetwork, name: str) -> Branch:
    return next(x for x in network.model.branches if x.id == name)


def test_columns_of_a_season(net: Any) -> None:
    net.line["max_i_ka_winter"] = net.line.max_i_ka * 1.2
    net.line.loc[2, "max_i_ka_winter"] = float("nan")  # nothing said: as in the rest of the year
    net.trafo["sn_mva_winter"], net.trafo["max_loading_percent_winter"] = net.trafo.sn_mva * 1.1, 130.0
    plain, winter = import_network(net), import_network(net, ImportOptions(season="winter"))
    assert branch(winter, "line-1").rating_to_ka == pytest.approx(1.2 * branch(plain, "line-1").rating_to_ka)
    assert branch(winter, "line-2").rating_to_ka == branch(plain, "line-2").rating_to_ka
    assert branch(winter, "trafo-0").rating_to_ka == pytest.approx(1.1 * branch(plain, "trafo-0").rating_to_ka)
    assert (branch(plain, "trafo-0").limit_mpct, branch(winter, "trafo-0").limit_mpct) == (100_000, 130_000)
    assert branch(winter, "trafo-0").x_pu == branch(plain, "trafo-0").x_pu
    with pytest.raises(NetworkProblems, match=r"no ratings of the season summer \(known: winter\)"):
        import_network(net, ImportOptions(season="summer"))


def test_a_file_of_ratings(net: Any, tmp_path: Path) -> None:
    pandapower.to_json(net, str(tmp_path / "net.json"))
    (tmp_path / "ratings.csv").write_text(
        HEADER
        + "line-0,,0.15,,\n"
        + "line-0,winter,0.18,95,\n"
        + "line 1,winter,,120,\n"
        + "line-0,winter,0.27,,1800\n"
        + "line-1,summer,,150,1800\n"
        + "trafo-0,,0.3,,\n"
        + "trafo-0,,,140,7200\n"
    )
    plain = load("net.json", base_dir=tmp_path)
    winter = load("net.json", base_dir=tmp_path, season="winter", ratings="ratings.csv")
    assert (branch(winter, "line-0").rating_from_ka, branch(winter, "line-0").limit_mpct) == (0.18, 95_000)
    assert branch(winter, "line-1").rating_from_ka == branch(plain, "line-1").rating_from_ka
    assert branch(winter, "line-1").limit_mpct == 120_000
    high, low = branch(winter, "trafo-0").rating_from_ka, branch(winter, "trafo-0").rating_to_ka
    assert low == pytest.approx(0.3)
    assert high / low == pytest.approx(branch(plain, "trafo-0").rating_from_ka / branch(plain, "trafo-0").rating_to_ka)
    ids = [x.id for x in winter.model.branches]
    assert [limit.duration_s for limit in winter.temporary_limits] == [7200, 1800]
    two_hours, half_an_hour = (
        dict(zip(ids, limit.limit_mpct.tolist(), strict=True)) for limit in winter.temporary_limits
    )
    assert (two_hours["trafo-0"], two_hours["line-0"]) == (140_000, 95_000)
    assert (half_an_hour["line-0"], half_an_hour["line-1"]) == (150_000, 120_000)
    summer = load("net.json", base_dir=tmp_path, season="summer", ratings="ratings.csv")
    assert branch(summer, "line-0").rating_from_ka == 0.15


def test_rows_that_mean_nothing_are_all_named(net: Any) -> None:
    with pytest.raises(NetworkProblems) as refused:
        read_ratings(HEADER + ",,1,,\nline-0,,,,\nline-0,,-1,x,0\nline-1,,1,,\nline-1,,2,,\n")
    assert refused.value.problems == (
        "ratings row 2: element is missing",
        "ratings row 3: neither max_i_ka nor max_loading_percent",
        "ratings row 4: max_i_ka must be a positive number (-1)",
        "ratings row 4: max_loading_percent must be a positive number (x)",
        "ratings row 4: duration_s must be 1 to 604800 (0)",
        "ratings: line-1: 2 rows for the same set",
    )
    with pytest.raises(NetworkProblems, match="the columns must be"):
        read_ratings("a,b\n1,2\n")
    with pytest.raises(NetworkProblems, match="ratings: line-99: not a branch of the network"):
        import_network(net, ImportOptions(ratings=(RatingRow("line-99", "", 0.1, None, None),)))


def test_what_has_no_rating_gets_one_only_by_choice(net: Any) -> None:
    net.line.loc[3, "max_i_ka"] = 99_999.0
    net.line.loc[4, "max_i_ka"] = float("nan")
    with pytest.raises(NetworkProblems) as refused:
        import_network(net)
    assert len(refused.value.problems) == 2
    given = import_network(net, ImportOptions(default_rating_ka=0.2))
    assert [branch(given, f"line-{i}").rating_from_ka for i in (2, 3, 4)] == [net.line.max_i_ka.at[2], 0.2, 0.2]
    free = import_network(net, ImportOptions(default_rating_ka=math.inf))
    assert branch(free, "line-3").rating_from_ka == branch(free, "line-3").rating_to_ka == UNLIMITED_RATING_KA
    one = (RatingRow("line-3", "", 0.1, None, None), RatingRow("line-4", "winter", 0.1, None, None))
    with pytest.raises(NetworkProblems) as refused:
        import_network(net, ImportOptions(ratings=one))
    assert refused.value.problems == ("line 4: rating is missing (max_i_ka nan, df 1.0, parallel 1)",)
    for wrong in (0.0, -1.0, math.nan):
        with pytest.raises(ValueError, match="must be positive"):
            ImportOptions(default_rating_ka=wrong)
