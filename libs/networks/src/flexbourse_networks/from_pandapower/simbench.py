"""SimBench networks by their code. Package and data are an extra: the data have a licence of their own."""

from __future__ import annotations

from typing import Any

from flexbourse_networks.from_pandapower.network import import_network
from flexbourse_networks.imported import ImportedNetwork, NetworkProblems
from flexbourse_networks.options import ImportOptions

EXTRA = "flexbourse-networks[simbench]"
NOTICE = (
    "SimBench (simbench.de; Universität Kassel, Fraunhofer IEE, RWTH Aachen, TU Dortmund): "
    "data under the Open Database License 1.0, contents under the Database Contents License 1.0; "
    "keep this notice with whatever is made of them"
)


def read_simbench(code: str, options: ImportOptions) -> ImportedNetwork:
    """The network of a code such as ``1-LV-rural1--0-sw``; raises :class:`NetworkProblems`."""
    return import_network(simbench_network(code), options, (NOTICE,))


def simbench_network(code: str) -> Any:
    """The pandapower network of a code; raises :class:`NetworkProblems` where the extra or the code is missing."""
    try:
        import simbench  # type: ignore[import-not-found]  # noqa: PLC0415
    except ImportError as e:
        raise NetworkProblems([f"simbench:{code[:64]}: needs the extra {EXTRA} ({e})"]) from e
    if code not in simbench.collect_all_simbench_codes():
        raise NetworkProblems([f"simbench:{code[:64]}: not a code of SimBench"])
    net = simbench.get_simbench_net(code)
    net.name = code
    return net
