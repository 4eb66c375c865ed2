"""Network files of many formats, validated and turned into the network model of the grid check."""

from flexbourse_networks.imported import (
    Control,
    ImportedNetwork,
    NetworkProblems,
    OtherControl,
    PowerControl,
    TapChanger,
    TemporaryLimit,
    UnknownBusError,
    VoltageSource,
)
from flexbourse_networks.sources import load

__all__ = [
    "Control",
    "ImportedNetwork",
    "NetworkProblems",
    "OtherControl",
    "PowerControl",
    "TapChanger",
    "TemporaryLimit",
    "UnknownBusError",
    "VoltageSource",
    "load",
]
