"""Networks that come with pandapower, by the name of their function or a short name of ours."""

from __future__ import annotations

import logging
import math
import random
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flexbourse_networks.imported import NetworkProblems
from flexbourse_networks.options import ImportOptions

# Name here, function of the library and its arguments.
SHORT_NAMES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "kerber-dorf": ("create_kerber_dorfnetz", {}),
    "kerber-landnetz": ("create_kerber_landnetz_freileitung_1", {}),
    "kerber-vorstadt": ("create_kerber_vorstadtnetz_kabel_1", {}),
    "cigre-lv": ("create_cigre_network_lv", {}),
    "cigre-mv": ("create_cigre_network_mv", {}),
    "cigre-mv-der": ("create_cigre_network_mv", {"with_der": "pv_wind"}),
    "cigre-mv-all": ("create_cigre_network_mv", {"with_der": "all"}),
    "cigre-hv": ("create_cigre_network_hv", {}),
    "oberrhein": ("mv_oberrhein", {}),
    "european-lv": ("ieee_european_lv_asymmetric", {}),
}
_FUNCTION = re.compile(r"[A-Za-z][A-Za-z0-9_]{1,63}")
# Modules whose functions are networks, and not tools that the library imports beside them.
_MODULES = "pandapower.networks."
# The published test cases come without ratings, or with placeholders in place of them: nothing was forgotten there.
_TEST_CASE = re.compile(r"case[a-z0-9_]+")
UNRATED_NOTICE = "branches that the published case gives no rating have no current limit"
# Some library grids draw part of themselves (cable types of house connections): always with this seed.
_SEED = 0


def _unknown(name: str) -> NetworkProblems:
    short = ", ".join(SHORT_NAMES)
    return NetworkProblems(
        [f"{name[:64]}: no file, and not a network of the library ({short}, or a function of pandapower.networks)"]
    )


def function_of(name: str) -> tuple[str, Mapping[str, Any]]:
    """The function behind a name and its arguments; raises :class:`NetworkProblems` for what can be none."""
    found = SHORT_NAMES.get(name, (name, {}))
    if not _FUNCTION.fullmatch(found[0]):
        raise _unknown(name)
    return found


def library_network(name: str) -> Any:
    """A pandapower network of the library, the same at every call; raises :class:`NetworkProblems` if there is none.

    The Kerber grids draw from the global random generator, so it is seeded for the call and then put back.
    """
    import pandapower  # noqa: PLC0415
    import pandapower.networks  # noqa: PLC0415

    function, arguments = function_of(name)
    create = getattr(pandapower.networks, function, None)
    if not str(getattr(create, "__module__", "")).startswith(_MODULES) or not callable(create):
        raise _unknown(name)
    state, log = random.getstate(), logging.getLogger("pandapower")
    level = log.level
    random.seed(_SEED)
    # Some functions solve a power flow on the way, and warn that it could be faster: of no use to who asked for a grid.
    log.setLevel(logging.ERROR)
    try:
        net = create(**arguments)
    except TypeError as e:
        raise NetworkProblems([f"{name[:64]}: not a network of the library without arguments"]) from e
    finally:
        random.setstate(state)
        log.setLevel(level)
    if not isinstance(net, pandapower.pandapowerNet):
        raise _unknown(name)
    if not net.name:
        net.name = function
    return net


def library_options(name: str, options: ImportOptions) -> ImportOptions:
    """The options for a network of the library."""
    if options.default_rating_ka is None and _TEST_CASE.fullmatch(function_of(name)[0]):
        return replace(options, default_rating_ka=math.inf)
    return options
