"""Rejections are data: the catalogue of codes and the value that carries one.

Numbers are stable for ever. Ranges: 1xxx identity and roles, 2xxx shape and instrument, 3xxx market rules,
4xxx grid and light, 5xxx settlement, 6xxx registry, 9xxx log.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from flexbourse_core.market_time import Mtu
from flexbourse_core.values import quickly_made


class Code(Enum):
    """Every reason for a refusal: stable number, and what it means."""

    NOT_AUTHENTICATED = (1001, "the caller proved no identity")
    NOT_AUTHORISED = (1002, "the party's roles do not allow this command")
    NOT_OWNER = (1003, "the object belongs to another party")

    FIELD_MISSING = (2001, "a required field is empty")
    FIELD_MALFORMED = (2002, "a field does not have the form that its rule asks for")
    FIELD_OUT_OF_RANGE = (2003, "a number lies outside its limits")
    UNKNOWN_OBJECT = (2004, "no object of that id is registered")
    TOO_MANY_ENTRIES = (2005, "a command holds more entries than allowed")

    UNKNOWN_MARKET = (3001, "no such market, or it is not active")
    BOOK_NOT_OPEN = (3002, "the book of the period has not opened yet")
    GATE_CLOSED = (3003, "the gate of the period has closed")
    PRICE_OFF_TICK = (3004, "the price is not a multiple of the tick, or outside the market's limits")
    QUANTITY_OFF_STEP = (3005, "the quantity is not a multiple of the step")
    QUANTITY_OUT_OF_RANGE = (3006, "the quantity lies outside the market's limits")
    UNIT_NOT_ACTIVE = (3007, "the unit or its metering point is not active")
    NO_RIGHT_TO_OFFER = (3008, "the party holds no right to offer the unit for the whole period")
    BASIS_EXCEEDED = (3009, "more than the unit's frozen base, power or energy lets it trade")
    PRODUCT_NOT_ALLOWED = (3010, "the unit, side or market does not trade this product")
    ORDER_NOT_OPEN = (3011, "the order is unknown, or no longer open")
    REVISION_MISMATCH = (3012, "the order was changed meanwhile")
    NOT_FILLABLE = (3013, "the whole quantity cannot be matched now")
    NO_MATCH = (3014, "nothing in the book crosses the limit")
    BELOW_MINIMUM_POWER = (3015, "the possible fill is below the unit's minimum power")
    LIMIT_PRICE = (3016, "with the network tariff the match would break the aggressor's limit")
    DUPLICATE_CLIENT_ORDER_ID = (3017, "the client order id was used before")
    BOOK_FULL = (3018, "the book holds as many orders as it may")
    SELF_TRADE = (3019, "both sides belong to the same metering point")
    CLAIM_EXCEEDS_OFFER = (3040, "all claims on a unit, period and direction would be more than it offers")
    OPPOSES_CLAIM = (3041, "the unit is claimed in the other direction, and an operator is one of both")
    NOT_IN_THIS_STATE = (3042, "the life cycle has no such step from here")
    NOT_YOUR_TURN = (3043, "another operator goes first in this area")
    OFFER_CLAIMED = (3044, "part of the offer is claimed")
    PURPOSE_NOT_ALLOWED = (3045, "the area's coordination model does not let this party buy for this purpose")
    IDENTIFIER_IN_USE = (3046, "another object of the area has this id")
    NOT_PREQUALIFIED = (3031, "the unit is not prequalified by the grid operator for the whole period")
    NOT_QUALIFIED = (3032, "the unit is not qualified for the product")
    NOT_ENROLLED = (3033, "the party has not enrolled in the market")
    OUTSIDE_MARKET_LOCATION = (3034, "the unit lies outside the market's location")
    COLLATERAL_INSUFFICIENT = (3050, "the order could cost more than what is left of the party's allotment")
    SESSION_NOT_OPEN = (3060, "the order names a session that its party has not opened, or that has lapsed")
    PARTY_STOPPED = (3061, "the party was stopped, and has not been released")
    TOO_MANY_OPEN_ORDERS = (3062, "the party has as many open orders in the market as it may")
    RATE_LIMITED = (3063, "the party sends orders faster than the market takes them from one party")
    ORDER_TO_TRADE_RATIO = (3064, "the party sends too many orders for its trades")
    GROUP_EXECUTED = (3100, "another order of its exclusive group was executed")
    CROSS_SHARD_BASKET = (3065, "the orders of a basket do not lie in one shard")
    PHASE_NOT_ALLOWED = (3080, "the phase of the book does not take this")
    BOOK_HALTED = (3081, "the book is halted")
    PRICE_COLLAR = (3082, "the price lies outside the product's collar")
    ORDER_GONE = (3083, "what was to be hit no longer rests")
    QUANTITY_GONE = (3084, "less rests than was to be hit")
    OWN_ORDER = (3085, "a party does not hit its own order")
    MATCHES_BY_ITSELF = (3086, "the market matches by itself; nothing is hit in it")
    RECALL_WINDOW_OVER = (3087, "the trade is unknown, or can no longer be taken back")
    TRADE_NOT_RECALLABLE = (3088, "the trade was called, curtailed or given up, and cannot be taken back")
    AUCTION_EFFORT_SPENT = (3160, "an auction is solved and checked for so long, then its orders go on by time")
    AGREEMENT_UNKNOWN = (3130, "no such agreement waits for the party's word")
    CAPACITY_NOT_ALLOCATED = (3120, "more than what is firm of a connection, and was allocated to it")
    RIGHT_NOT_ON_CHAIN = (3052, "the area asks for rights on the chain, and the chain has not granted this one")

    GRID_LIMIT_EXCEEDED = (4001, "the match would take an element out of its effective limit, or worsen it")
    GRID_CHECK_NOT_CONVERGED = (4002, "the power flow did not converge")
    LIGHT_RED = (4003, "the light is red and the match is no certified relief")
    LIGHT_UNKNOWN = (4004, "the light is unknown")
    GRID_STATE_MISSING = (4005, "no topology, base case or tariff for the period")
    NO_EFFECT = (4006, "the offer does not relieve the element")
    AREA_HALTED = (4007, "the area is halted")
    RESERVATION_UNKNOWN = (4008, "no such reservation, or it has ended")
    DNUT_BUDGET_SPENT = (4009, "the operator's budget for negative tariffs is spent")
    ISLAND_NOT_BALANCED = (4130, "the grid-forming unit of an island would leave its own limits")
    NETWORK_INVALID = (4010, "the network has problems")
    FORECAST_INVALID = (4011, "the forecast does not fit the topology")
    TARIFF_FROZEN = (4012, "the tariff of a period is frozen once its book may open")
    SCHEDULE_LATE = (4050, "the schedule comes after the first book of its period may have opened")
    CALL_NOT_HELD = (4013, "no such held match, or it was called or given back")
    HEADROOM_PENDING = (4014, "external orders that are not executed yet hold the headroom")
    PROPOSAL_UNKNOWN = (4020, "no such proposal, or the grid it was made for has changed since")
    WORSENS_RELIEF = (4040, "the call loads an element for which another operator holds or seeks relief")
    LIGHT_NOT_RED = (4041, "the light is not red, so contracts stand")

    READING_INVALID = (5001, "the meter reading does not fit the registry")
    RUN_CLOSED = (5002, "the market run is already settled")
    READINGS_INCOMPLETE = (5003, "a traded period of the run has no reading")
    BOOKS_NOT_CLOSED = (5004, "a book of the run has not closed yet")
    ACTIVATIONS_NOT_OVER = (5006, "the activation service has not said that all of a period is over")
    BATCH_UNKNOWN = (5005, "no such batch, or it is in another state")
    FUNDS_INSUFFICIENT = (5020, "the account has less than that")
    PAYMENT_REFERENCE_USED = (5021, "another payment was recorded under this reference")
    WITHDRAWAL_UNKNOWN = (5022, "no such withdrawal, or it was paid or returned")
    VERSION_GAP = (5060, "the version before this one is missing")
    VERSION_CONFLICT = (5061, "other content was taken under this version")
    ALREADY_ATTESTED = (5040, "the member has said already what it thinks of this version")

    ENTITY_INVALID = (6001, "an object of the registry breaks a rule")
    REFERENCE_UNKNOWN = (6002, "an object names another that is not registered")
    RIGHT_OVERLAPS = (6003, "another right to offer the unit overlaps")
    IMPORT_REFUSED = (6004, "a row of the import is wrong and all or nothing was asked")
    FROZEN_FIELD = (6005, "a field cannot change after registration")
    STEP_NOT_ALLOWED = (6006, "the unit's state does not allow this step")
    PORTFOLIO_OVERLAPS = (6007, "another portfolio holds the unit in part of the period")
    IMPORT_UNKNOWN = (6008, "no such import, or parts of it are missing")
    CHECK_DIGIT_WRONG = (6009, "the check digit of an identifier does not fit its other digits")

    DUPLICATE_IDENTIFIER = (9001, "the command id was used with other content")
    COMMAND_EXPIRED = (9002, "the command expired before it was decided")
    EXPIRY_OUT_OF_RANGE = (9003, "the command's expiry lies more than 24 hours ahead")
    SHARD_HALTED = (9004, "the shard is halted; an operator must decide")
    INPUT_SKIPPED = (9005, "an operator set the command aside")
    WINDOW_FULL = (9006, "the deduplication window is full")

    @property
    def number(self) -> int:
        """Return the stable number."""
        return self.value[0]

    @property
    def meaning(self) -> str:
        """Return the meaning in one clause."""
        return self.value[1]


@quickly_made
@dataclass(frozen=True, slots=True)
class NextBest:
    """What could be done instead."""

    quantity_w: int | None = None
    next_mtu: Mtu | None = None
    nearest_node_id: str = ""


@quickly_made
@dataclass(frozen=True, slots=True)
class Rejection:
    """A rule said no: which, about what, by how much. `value` and `limit` are in `unit`."""

    code: Code
    rule: str
    field: str = ""
    element: str = ""
    value: int | None = None
    limit: int | None = None
    unit: str = ""
    headroom_w: int | None = None
    next_best: NextBest | None = None
