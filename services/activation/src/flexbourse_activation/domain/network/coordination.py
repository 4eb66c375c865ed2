"""How TSO, DSO and others go together in an area: data that an area's market operator selects.

The five models are those of the literature on TSO-DSO coordination; 1C and 2A are two of the options by which the
European system operators' associations order congestion management and balancing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

from flexbourse_activation.domain.terms import Claimant, Purpose, Window
from flexbourse_core.rejection import Code, Rejection

HOUR_S = 3_600
MAX_TIME_S = 24 * HOUR_S
MAX_PRICE_MICRO_EURO_PER_MWH = 10**11


class CoordinationModel(IntEnum):
    """The five models."""

    UNSPECIFIED = 0
    CENTRALISED = 1
    LOCAL = 2
    SHARED_BALANCING = 3
    COMMON = 4
    INTEGRATED = 5


class Verdict(IntEnum):
    """Whose word on the effect of a call binds."""

    UNSPECIFIED = 0
    NOBODY = 1
    DSO = 2
    BOTH = 3

    def protects(self, claimant: Claimant) -> bool:
        """Tell whether relief of an operator may not be worsened by others."""
        if claimant is Claimant.DSO:
            return self in (Verdict.DSO, Verdict.BOTH)
        return claimant is Claimant.TSO and self is Verdict.BOTH


@dataclass(frozen=True, slots=True)
class BuyerRule:
    """What a claimant may buy for, and whose merit-order lists he sees."""

    claimant: Claimant
    purposes: tuple[Purpose, ...]
    sees_lists_of: tuple[Claimant, ...]


@dataclass(frozen=True, slots=True)
class CoordinationRules:
    """Rules of an area. `first` goes first until `handover_s` before a period starts; UNSPECIFIED: nobody does."""

    model: CoordinationModel
    buyers: tuple[BuyerRule, ...]
    first: Claimant
    handover_s: int
    verdict: Verdict
    merges_needs: bool
    trades_activate: bool = True
    order_lead_s: int = 900
    acknowledge_within_s: int = 120
    confirm_within_s: int = 3_600
    curtailment_price_micro_euro_per_mwh: int = 100_000_000

    def buyer(self, claimant: Claimant) -> BuyerRule:
        """Return what a claimant may do: nothing, where the rules do not name him."""
        return next((rule for rule in self.buyers if rule.claimant is claimant), BuyerRule(claimant, (), ()))

    def may_see(self, viewer: Claimant, list_of: Claimant) -> bool:
        """Tell whether a claimant sees a merit-order list."""
        return list_of in self.buyer(viewer).sees_lists_of

    def buying_problems(self, claimant: Claimant, purpose: Purpose, window: Window, now_ms: int) -> list[Rejection]:
        """Return every rule by which a claimant may not buy now for a purpose and window."""
        found = []
        if purpose not in self.buyer(claimant).purposes:
            rule = f"in this area the {claimant.name} does not buy for {purpose.name}: model {self.model.name}"
            found.append(Rejection(Code.PURPOSE_NOT_ALLOWED, rule, "purpose", purpose.name))
        handover_s = window.start_s - self.handover_s
        if self.first is not Claimant.UNSPECIFIED and claimant is not self.first and now_ms < handover_s * 1000:
            found.append(
                Rejection(
                    Code.NOT_YOUR_TURN, f"the {self.first.name} goes first until the handover", "window",
                    value=now_ms // 1000, limit=handover_s, unit="s",
                )
            )  # fmt: skip
        return found


_D, _T, _W, _L = Claimant.DSO, Claimant.TSO, Claimant.WHOLESALE, Claimant.LOCAL
_CONGESTION, _VOLTAGE, _BALANCING, _COMMERCIAL = (
    Purpose.CONGESTION,
    Purpose.VOLTAGE,
    Purpose.BALANCING,
    Purpose.COMMERCIAL,
)
# Markets outside and the area's own market trade under each model; they are no coordination of operators.
_OTHERS = (BuyerRule(_W, (_COMMERCIAL, _BALANCING), ()), BuyerRule(_L, (_COMMERCIAL,), ()))

CENTRALISED = CoordinationRules(
    CoordinationModel.CENTRALISED,
    (BuyerRule(_T, (_CONGESTION, _VOLTAGE, _BALANCING), (_T,)), BuyerRule(_D, (), ()), *_OTHERS),
    first=Claimant.UNSPECIFIED,
    handover_s=0,
    verdict=Verdict.NOBODY,
    merges_needs=False,
)
LOCAL = CoordinationRules(
    CoordinationModel.LOCAL,
    (
        BuyerRule(_D, (_CONGESTION, _VOLTAGE), (_D,)),
        BuyerRule(_T, (_CONGESTION, _VOLTAGE, _BALANCING), (_T,)),
        *_OTHERS,
    ),
    first=_D,
    handover_s=HOUR_S,
    verdict=Verdict.DSO,
    merges_needs=False,
)
SHARED_BALANCING = CoordinationRules(
    CoordinationModel.SHARED_BALANCING,
    (BuyerRule(_D, (_CONGESTION, _VOLTAGE, _BALANCING), (_D,)), BuyerRule(_T, (), ()), *_OTHERS),
    first=Claimant.UNSPECIFIED,
    handover_s=0,
    verdict=Verdict.DSO,
    merges_needs=False,
)
COMMON = CoordinationRules(
    CoordinationModel.COMMON,
    (
        BuyerRule(_D, (_CONGESTION, _VOLTAGE), (_D, _T)),
        BuyerRule(_T, (_CONGESTION, _VOLTAGE, _BALANCING), (_D, _T)),
        *_OTHERS,
    ),
    first=Claimant.UNSPECIFIED,
    handover_s=0,
    verdict=Verdict.BOTH,
    merges_needs=True,
)
INTEGRATED = CoordinationRules(
    CoordinationModel.INTEGRATED,
    (
        BuyerRule(_D, (_CONGESTION, _VOLTAGE), (_D, _T)),
        BuyerRule(_T, (_CONGESTION, _VOLTAGE, _BALANCING), (_D, _T)),
        BuyerRule(_W, (_COMMERCIAL, _BALANCING), (_D, _T)),
        BuyerRule(_L, (_COMMERCIAL,), (_D, _T)),
    ),
    first=Claimant.UNSPECIFIED,
    handover_s=0,
    verdict=Verdict.BOTH,
    merges_needs=True,
)

# 1C: TSO and DSO manage congestion apart, the TSO's together with balancing. 2A: both manage congestion together on
# lists that overlap; balancing is bought elsewhere (by the gateways).
OPTION_1C = replace(LOCAL, merges_needs=False)
OPTION_2A = replace(
    COMMON,
    buyers=(
        BuyerRule(_D, (_CONGESTION, _VOLTAGE), (_D, _T)),
        BuyerRule(_T, (_CONGESTION,), (_D, _T)),
        *_OTHERS,
    ),
)

PRESETS: Mapping[str, CoordinationRules] = {
    "centralised": CENTRALISED,
    "local": LOCAL,
    "shared-balancing": SHARED_BALANCING,
    "common": COMMON,
    "integrated": INTEGRATED,
    "1C": OPTION_1C,
    "2A": OPTION_2A,
}
DEFAULT = COMMON


def rules_problems(rules: CoordinationRules) -> list[Rejection]:
    """Return every rule that an area's own rules break."""
    found = []
    if rules.model is CoordinationModel.UNSPECIFIED:
        found.append(Rejection(Code.FIELD_MISSING, "one of the five models", "rules.model"))
    if rules.verdict is Verdict.UNSPECIFIED:
        found.append(Rejection(Code.FIELD_MISSING, "whose verdict binds", "rules.verdict"))
    names = [rule.claimant for rule in rules.buyers]
    if Claimant.UNSPECIFIED in names or len(set(names)) != len(names):
        found.append(Rejection(Code.FIELD_MALFORMED, "one rule per claimant", "rules.buyers"))
    if any(Purpose.UNSPECIFIED in rule.purposes for rule in rules.buyers):
        found.append(Rejection(Code.FIELD_MALFORMED, "purposes are named", "rules.buyers.purposes"))
    for name in ("handover_s", "order_lead_s", "acknowledge_within_s", "confirm_within_s"):
        value = getattr(rules, name)
        if not 0 <= value <= MAX_TIME_S:
            rule = "a time lies between nothing and a day"
            found.append(
                Rejection(Code.FIELD_OUT_OF_RANGE, rule, f"rules.{name}", value=value, limit=MAX_TIME_S, unit="s")
            )
    price = rules.curtailment_price_micro_euro_per_mwh
    if not 0 <= price <= MAX_PRICE_MICRO_EURO_PER_MWH:
        found.append(
            Rejection(
                Code.FIELD_OUT_OF_RANGE, "a compensation is not negative",
                "rules.curtailment_price_micro_euro_per_mwh", value=price, limit=MAX_PRICE_MICRO_EURO_PER_MWH,
                unit="micro-euro/MWh",
            )
        )  # fmt: skip
    return found
