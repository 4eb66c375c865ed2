"""Small auctions with everything in them, drawn so that every set of blocks and every price can be tried."""

from __future__ import annotations

from random import Random

from flexbourse_auction.orders import WHOLE_PPM, Block, Contract, Curve, Orders, Row, Segment, Side, step
from flexbourse_auction.rules import Margin, Pricing, Rules

# In these units an amount in µEUR is W times ticks.
WHOLE_UNITS = {"tick_micro_euro_per_mwh": 1_000_000, "mtu_seconds": 3_600}
LOWEST, HIGHEST = -5, 40


def drawn_rules(draw: Random) -> Rules:
    pricing = draw.choice([Pricing.PAY_AS_CLEAR] * 3 + [Pricing.PAY_AS_BID])
    margin = draw.choice(list(Margin))
    return Rules(pricing, margin, LOWEST, HIGHEST, **WHOLE_UNITS)  # type: ignore[arg-type]


def drawn_curve(draw: Random, name: str, side: Side, contract: Contract, *, lot_w: int = 1, node: str = "") -> Curve:
    """Return steps and straight lines by rising prices of a sale, falling ones of a purchase, never two at one price;
    at each price whole lots."""
    direction = 1 if side is Side.SELL else -1
    price = draw.randint(0, 20) if side is Side.SELL else draw.randint(10, 35)
    pieces = []
    for _ in range(draw.choice([1, 1, 1, 2])):
        length = draw.choice([0, 0, draw.randint(1, 12)])
        end = max(LOWEST, min(HIGHEST, price + direction * length))
        lots = draw.randint(1, 9) if lot_w == 1 or end == price else abs(end - price)  # a lot a tick
        pieces.append(Segment(lot_w * lots, price, None if end == price else end))
        price = end + direction * draw.randint(1, 4)
        if not LOWEST <= price <= HIGHEST:
            break
    return Curve(name, side, contract, tuple(pieces), node, draw.randrange(4))


def drawn_blocks(draw: Random, contracts: list[Contract], most: int, *, lot_w: int = 1, nodes: str = "") -> list[Block]:
    """Return blocks over some contracts, linked and exclusive ones among them.

    At most two may be taken in part, each of equal powers and with a least of whole W: what is best then is of whole W.
    """
    blocks: list[Block] = []
    for i in range(draw.randint(0, most)):
        chosen = sorted(draw.sample(contracts, draw.randint(1, len(contracts))))
        whole, in_part = draw.choice([5, 10]), sum(block.minimum_ppm < WHOLE_PPM for block in blocks)
        minimum_ppm = draw.choice([0, 200_000, 600_000, WHOLE_PPM, WHOLE_PPM]) if in_part < 2 else WHOLE_PPM
        powers = tuple(
            (contract, lot_w * (draw.randint(1, 7) if minimum_ppm == WHOLE_PPM else whole)) for contract in chosen
        )
        parents = [block.order_id for block in blocks if block.minimum_ppm]
        parent = draw.choice(parents) if parents and draw.random() < 0.25 else ""
        group = "group" if minimum_ppm == WHOLE_PPM and draw.random() < 0.3 else ""
        node = draw.choice(nodes) if nodes else ""
        side, price = draw.choice(list(Side)), draw.randint(2, 30)
        blocks.append(Block(f"block-{i}", side, price, powers, minimum_ppm, node, parent, group))
    return blocks


def drawn_auction(seed: int, most_blocks: int = 4) -> tuple[Orders, Rules]:
    """Return up to three contracts with curves of all kinds, and blocks over some of them."""
    draw = Random(seed)
    contracts = [Contract(900 * i) for i in range(draw.randint(1, 3))]
    curves = [
        drawn_curve(draw, f"{side}-{contract.mtu}-{i}", side, contract)
        for contract in contracts
        for side in Side
        for i in range(draw.randint(0, 4))
    ]
    return Orders(tuple(curves), tuple(drawn_blocks(draw, contracts, most_blocks))), drawn_rules(draw)


def drawn_blocks_of_all(seed: int, pricing: Pricing, most_blocks: int = 10) -> tuple[Orders, Rules]:
    """Return up to three contracts with steps of both sides, and many blocks, each all or none."""
    draw = Random(seed)
    contracts = [Contract(900 * i) for i in range(draw.randint(1, 3))]
    curves = [
        step(f"{side}-{contract.mtu}-{i}", side, contract, draw.randint(1, 15), draw.randint(low, high))
        for contract in contracts
        for side, low, high in ((Side.BUY, 30, 120), (Side.SELL, 5, 100))
        for i in range(draw.randint(0, 6))
    ]
    blocks = []
    for i in range(draw.randint(1, most_blocks)):
        side = draw.choice((Side.BUY, Side.SELL))
        chosen = sorted(draw.sample(contracts, draw.randint(1, len(contracts))))
        powers = tuple((contract, draw.randint(1, 12)) for contract in chosen)
        parent = f"block-{draw.randrange(i)}" if i and draw.random() < 0.2 else ""
        group = "group" if draw.random() < 0.2 else ""
        blocks.append(Block(f"block-{i}", side, draw.randint(20, 110), powers, parent=parent, group=group))
    rules = Rules(pricing, lowest_ticks=-500, highest_ticks=4_000, **WHOLE_UNITS)  # type: ignore[arg-type]
    return Orders(tuple(curves), tuple(blocks)), rules


def drawn_network(seed: int, lot_w: int) -> tuple[Orders, Rules, tuple[Row, ...]]:
    """Return an auction of up to two MTUs over a street of three nodes, whose lines may be full in both directions.

    Behind the first line lies node A, behind the second B with it: ``A <= limit``, ``A + B <= limit``, and the other
    way round. Quantities are lots.
    """
    draw = Random(seed)
    contracts = [Contract(900 * i) for i in range(draw.choice([1, 1, 2]))]
    curves = [
        drawn_curve(draw, f"{side}-{contract.mtu}-{i}", side, contract, lot_w=lot_w, node=draw.choice("ABC"))
        for contract in contracts
        for side in Side
        for i in range(draw.randint(1, 4))
    ]
    rows = [
        Row(
            f"line-{number}-{sign}-{contract.mtu}", tuple((contract, node, sign) for node in "AB"[:number]),
            float(lot_w * draw.randint(sign < 0, 6)),
        )
        for contract in contracts
        for number in (1, 2)
        for sign in (1.0, -1.0)
        if (number, sign) == (1, 1.0) or draw.random() < 0.6
    ]  # fmt: skip
    blocks = drawn_blocks(draw, contracts, 3, lot_w=lot_w, nodes="ABC")
    return Orders(tuple(curves), tuple(blocks)), drawn_rules(draw), tuple(rows)
