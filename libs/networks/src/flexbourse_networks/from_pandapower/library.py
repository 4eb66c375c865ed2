"""Networks that come with pandapower, by the name of their function or a short name of ours."""

from __future__ import annotations

import logging
import math
import random
import re
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from types import ModuleType
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
_ONE_AT_A_TIME = threading.Lock()


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


@contextmanager
def _own_generator(module: ModuleType) -> Iterator[None]:
    """Let a module of the library draw from a generator of its own, the same for every call.

    The Kerber grids draw from the process's generator: any other thread that draws meanwhile, for the pause before it
    tries something again, would give them other cables.
    """
    with _ONE_AT_A_TIME:
        names = [name for name, value in vars(module).items() if value is random]
        own = random.Random(_SEED)
        for name in names:
            setattr(module, name, own)
        try:
            yield
        finally:
            for name in names:
                setattr(module, name, random)


def library_network(name: str) -> Any:
    """A pandapower network of the library, the same at every call; raises :class:`NetworkProblems` if there is none."""
    import pandapower  # noqa: PLC0415
    import pandapower.networks  # noqa: PLC0415

    function, arguments = function_of(name)
    create = getattr(pandapower.networks, function, None)
    if not str(getattr(create, "__module__", "")).startswith(_MODULES) or not callable(create):
        raise _unknown(name)
    log = logging.getLogger("pandapower")
    level = log.level
    # Some functions solve a power flow on the way, and warn that it could be faster: of no use to who asked for a grid.
    log.setLevel(logging.ERROR)
    try:
        with _own_generator(sys.modules[create.__module__]):
            net = create(**arguments)
    except TypeError as e:
        raise NetworkProblems([f"{name[:64]}: not a network of the library without arguments"]) from e
    finally:
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
