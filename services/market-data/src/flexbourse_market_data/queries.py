"""Answers to queries, read from where the models are kept."""

from __future__ import annotations

from flexbourse.market_data.v1 import market_data_pb2 as pb
from flexbourse_market_data.domain.depth import SELL, DepthLevel, Viewer, best_by_zone, levels
from flexbourse_market_data.domain.feed import BookName
from flexbourse_market_data.domain.networks import NodalTariff, NodeList
from flexbourse_market_data.following import head_in, orders_in
from flexbourse_market_data.kept_models import ReadModels
from flexbourse_market_data.model import feeder_group
from flexbourse_market_data.taking import PUBLIC_ORDER, mtu_in, status_out
from flexbourse_market_data.wire import FEEDER, FIGURES, HEAD, STATISTICS, read

DEFAULT_LEVELS, MAX_LEVELS = 10, 100


async def feeders(models: ReadModels, request: pb.ListFeedersRequest) -> pb.ListFeedersResponse:
    """Return the feeders of an area, or of one period of it, by period and zone."""
    mtu = mtu_in(request.mtu) if request.HasField("mtu") else None
    groups = await models.groups("feeders", request.area_id)
    if mtu is not None:
        groups = [feeder_group(request.area_id, mtu.start_s)]
    found = []
    for group in groups:
        fields = await models.fields(group)
        entries = [read(group, field, value) for field, value in fields.items()]
        found += [entry for entry in sorted(entries, key=lambda e: e.zone_id) if mtu in (None, entry.mtu)]
    return pb.ListFeedersResponse(feeders=[FEEDER.encode(feeder) for feeder in found])


async def public_book(models: ReadModels, name: BookName) -> pb.GetPublicBookResponse | None:
    """Return a book order by order, None where it is not known."""
    fields = await models.fields(name.group)
    head = head_in(name.group, fields)
    if head is None:
        return None
    orders = [PUBLIC_ORDER.encode(order) for order in orders_in(name.group, fields)]
    return pb.GetPublicBookResponse(head=HEAD.encode(head), orders=orders)


async def depth(
    models: ReadModels, name: BookName, request: pb.GetDepthRequest, viewer: Viewer
) -> pb.GetDepthResponse | None:  # fmt: skip
    """Return the levels of a book as a node sees them, None where it is not known."""
    fields = await models.fields(name.group)
    head = head_in(name.group, fields)
    if head is None:
        return None
    most = min(request.levels, MAX_LEVELS) if request.levels > 0 else DEFAULT_LEVELS
    orders = orders_in(name.group, fields)
    asks, bids = (levels(orders, request.product, side, viewer, most) for side in (SELL, SELL - 1))
    traded = fields.get(f"s{request.product}")
    return pb.GetDepthResponse(
        asks=[_level(level) for level in asks],
        bids=[_level(level) for level in bids],
        sequence=head.sequence,
        status=status_out(head.status),
        tariff_version=viewer.tariff_version,
        whole=head.whole,
        statistics=pb.ProductStatistics.FromString(traded) if traded is not None else None,
    )


def _level(level: DepthLevel) -> pb.DepthLevel:
    return pb.DepthLevel(ticks=level.ticks, quantity_w=level.quantity_w, orders=level.orders)


async def find_viewer(models: ReadModels, name: BookName, node_id: str) -> Viewer | None:
    """Return who looks: nobody in particular, or a node; None where the area has no such node.

    Of a network that is not known yet every node may be.
    """
    if not node_id:
        return Viewer("", None, None)
    nodes = await _nodes(models, name.area_id)
    if nodes is not None and node_id not in nodes.node_ids:
        return None
    group = f"tariff/{name.area_id}/{name.mtu.start_s}"
    value = (await models.fields(group)).get("t")
    tariff: NodalTariff | None = read(group, "t", value) if value is not None else None
    return Viewer(node_id, nodes, tariff)


async def _nodes(models: ReadModels, area_id: str) -> NodeList | None:
    group = f"nodes/{area_id}"
    value = (await models.fields(group)).get("n")
    found: NodeList | None = read(group, "n", value) if value is not None else None
    return found


async def statistics(models: ReadModels, request: pb.ListStatisticsRequest) -> pb.ListStatisticsResponse:
    """Return the statistics of books by period, market and product."""
    found = []
    for group in await models.groups("book", request.area_id):
        _, _, market_id, *_ = group.split("/")
        named = BookName(request.area_id, market_id, mtu_in(request.mtu)).group
        if request.market_id in ("", market_id) and (not request.HasField("mtu") or named == group):
            fields = await models.fields(group)
            found += [read(group, field, value) for field, value in sorted(fields.items()) if field.startswith("s")]
    return pb.ListStatisticsResponse(statistics=[STATISTICS.encode(entry) for entry in found])


async def best_prices(models: ReadModels, name: BookName, product: int) -> pb.ListBestPricesResponse:
    """Return the best limits of a book's orders on each feeder."""
    orders = orders_in(name.group, await models.fields(name.group))
    response = pb.ListBestPricesResponse()
    for zone_id, (ask, bid) in best_by_zone(orders, product, await _nodes(models, name.area_id)).items():
        prices = response.feeders.add(zone_id=zone_id)
        if ask is not None:
            prices.ask_ticks, prices.ask_w = ask.ticks, ask.quantity_w
        if bid is not None:
            prices.bid_ticks, prices.bid_w = bid.ticks, bid.quantity_w
    return response


async def activation_figures(models: ReadModels, area_id: str) -> pb.ListActivationFiguresResponse:
    """Return what became of an area's activations, by direction."""
    group = f"activation/{area_id}"
    fields = await models.fields(group)
    found = [read(group, field, value) for field, value in sorted(fields.items()) if field.startswith("f")]
    return pb.ListActivationFiguresResponse(figures=[FIGURES.encode(entry) for entry in found])
