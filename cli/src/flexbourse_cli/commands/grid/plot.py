"""`flexbourse grid plot`: the network in a picture, branches coloured by loading and buses by voltage."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from flexbourse_cli.console import failures, json_option, print_json
from flexbourse_cli.gridstudy.options import (
    FILE,
    NetworkOptions,
    PointOptions,
    network_options,
    optional_point_options,
    parameters_option,
)

if TYPE_CHECKING:
    from flexbourse_cli.gridstudy.drawing import Picture
    from flexbourse_cli.gridstudy.layout import Drawing
    from flexbourse_cli.gridstudy.network import StudyNetwork
    from flexbourse_cli.gridstudy.study import Study
    from flexbourse_gridmath.powerflow import OperatingPoint

FORMATS = (".svg", ".png")
TREE, MAP = "tree", "map"


@click.command("plot")
@network_options
@optional_point_options
@click.option("--out", "picture_file", required=True, type=FILE, help="File to write, .svg or .png.")
@click.option(
    "--layout",
    type=click.Choice(("auto", MAP, TREE)),
    default="auto",
    show_default=True,
    help="Where buses are drawn: at their coordinates, or as a tree from the source.",
)
@click.option("--labels/--no-labels", default=True, show_default=True, help="Names of the buses.")
@click.option("--title", help="Default: the network's name.")
@parameters_option
@json_option
@failures
def command(
    asked: NetworkOptions, at: PointOptions, picture_file: Path, layout: str, labels: bool, title: str | None,
    parameters_file: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Draw a network. What is outside its limits carries a red ring or its loading."""
    from flexbourse_cli.gridstudy.drawing import save  # noqa: PLC0415
    from flexbourse_cli.gridstudy.inputs import read_operating_point  # noqa: PLC0415
    from flexbourse_cli.gridstudy.problems import Problems, writing  # noqa: PLC0415
    from flexbourse_cli.gridstudy.study import open_study  # noqa: PLC0415

    problems = Problems()
    if picture_file.suffix.lower() not in FORMATS:
        problems.add("--out", 0, "", str(picture_file), f"must end in {' or '.join(FORMATS)}")
    study = open_study(asked, parameters_file, problems)
    if layout == MAP and not study.network.has_coordinates:
        problems.add("--layout", 0, "", layout, "the network has no coordinates for every node")
    injections = read_operating_point(at, study.network, problems)
    problems.stop()
    point = study.solve(*injections)
    known = study.network.has_coordinates
    shown = MAP if layout == MAP or (layout == "auto" and known) else TREE
    picture = _picture(study, point, shown, title or study.network.title, labels=labels)
    with writing(picture_file):
        left = save(picture, picture_file)
    if as_json:
        state = study.writer.state(point, study.limits)
        print_json({"file": str(picture_file), "layout": shown, "labels_left_out": left, "state": state})
    else:
        click.echo(f"{picture_file}" + (f", {left} names found no place" if left else ""))


def _drawing(network: StudyNetwork, layout: str) -> Drawing:
    from flexbourse_cli.gridstudy.layout import Edge, geographic, tree  # noqa: PLC0415

    topology = network.topology
    count = topology.n_branches
    ends = zip(topology.end_near[:count].tolist(), topology.end_far[:count].tolist(), strict=True)
    edges = [Edge(start, end) for start, end in ends]
    if layout == MAP:
        return geographic(network.positions, edges)
    return tree(topology.parent.tolist(), topology.parent_branch.tolist(), edges)


def _picture(study: Study, point: OperatingPoint, layout: str, title: str, *, labels: bool) -> Picture:
    from flexbourse_cli.gridstudy.drawing import DrawnBranch, DrawnNode, Picture  # noqa: PLC0415
    from flexbourse_cli.gridstudy.states import describe_state  # noqa: PLC0415
    from flexbourse_gridmath.extremes import outside  # noqa: PLC0415

    network, limits = study.network, study.limits
    branches_out, nodes_out = (set(found) for found in outside(point, limits))
    nodes = [
        DrawnNode(
            network.node_label(node), float(point.magnitude[node]), node in nodes_out, node == network.topology.slack
        )
        for node in range(network.topology.n_nodes)
    ]
    branches = [
        DrawnBranch(network.branch_name(i), float(point.loading[i]), i in branches_out, branch.kind == "trafo")
        for i, branch in enumerate(network.model.branches)
    ]
    band = float(limits.v_low_micro_pu.min()) / 1e6, float(limits.v_high_micro_pu.max()) / 1e6
    state, drawing = study.writer.state(point, limits), _drawing(network, layout)
    return Picture(title, describe_state(state), state["light"], drawing, nodes, branches, band, layout == MAP, labels)
