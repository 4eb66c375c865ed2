"""What is known of a unit's way through registration. Power in W, injection is positive; times in s or ms, UTC."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_registry.domain.known import Known


class ProductType(Known):
    """What a unit is qualified for."""

    UNSPECIFIED = 0
    ENERGY = 1
    CONGESTION = 2
    VOLTAGE = 3
    RESERVATION = 4
    MFRR = 5


class UnitState(Known):
    """Where a unit is in its life."""

    UNSPECIFIED = 0
    REGISTERED = 1
    GRID_REQUESTED = 2
    GRID_INFORMATION_REQUESTED = 3
    GRID_REFUSED = 4
    GRID_APPROVED = 5
    QUALIFIED = 6
    ACTIVE = 7
    SUSPENDED = 8
    RETIRED = 9


class ProductState(Known):
    """Where the qualification of a unit for one product is; UNSPECIFIED: never applied for."""

    UNSPECIFIED = 0
    REQUESTED = 1
    INFORMATION_REQUESTED = 2
    TESTING = 3
    QUALIFIED = 4
    REFUSED = 5


class SuspensionReason(Known):
    """Why a unit is suspended."""

    UNSPECIFIED = 0
    UNSAFE_OPERATION = 1
    BREACH_OF_CONDITIONS = 2
    FAILED_VERIFICATION = 3
    COMMUNICATION = 4
    OWN_WISH = 5
    OTHER = 6


class UnitStepKind(Known):
    """Steps of a unit's life."""

    UNSPECIFIED = 0
    REQUEST_GRID = 1
    ASK_GRID = 2
    ANSWER_GRID = 3
    APPROVE_GRID = 4
    REFUSE_GRID = 5
    REQUEST_PRODUCT = 6
    ASK_PRODUCT = 7
    ANSWER_PRODUCT = 8
    ORDER_TEST = 9
    RECORD_TEST = 10
    REFUSE_PRODUCT = 11
    ACTIVATE = 12
    SUSPEND = 13
    RESUME = 14
    RETIRE = 15


@dataclass(frozen=True, slots=True)
class GridConditions:
    """Conditions of a grid prequalification; a bound that is None, and an end of 0, bind nothing."""

    max_power_w: int | None = None
    min_power_w: int | None = None
    valid_from_s: int = 0
    valid_to_s: int = 0
    temporary: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class TestTerms:
    """What a pre-delivery test asks for; power is the signed deviation, up is positive."""

    power_w: int = 0
    answer_s: int = 0
    response_s: int = 0
    sustain_s: int = 0
    tolerance_permille: int = 0


@dataclass(frozen=True, slots=True)
class TestRecord:
    """What was observed in a pre-delivery test; a time of 0 never came."""

    instructed_ms: int = 0
    acknowledged_ms: int = 0
    reached_ms: int = 0
    sustained_to_ms: int = 0
    least_power_w: int = 0


@dataclass(frozen=True, slots=True)
class ProductQualification:
    """The qualification of a unit for one product."""

    product: ProductType = ProductType.UNSPECIFIED
    state: ProductState = ProductState.UNSPECIFIED
    terms: TestTerms | None = None
    test: TestRecord | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class UnitLife:
    """A unit's way through registration, up to its last step."""

    state: UnitState = UnitState.UNSPECIFIED
    grid: GridConditions | None = None
    products: tuple[ProductQualification, ...] = ()
    text: str = ""
    suspension: SuspensionReason = SuspensionReason.UNSPECIFIED
    suspended_by: str = ""

    def qualification(self, product: ProductType) -> ProductQualification:
        """Return the qualification for a product; one that was never applied for is empty."""
        found = (each for each in self.products if each.product is product)
        return next(found, ProductQualification(product))


@dataclass(frozen=True, slots=True)
class UnitStep:
    """One step of one unit, as somebody wants to take it."""

    unit_id: str
    kind: UnitStepKind = UnitStepKind.UNSPECIFIED
    text: str = ""
    product: ProductType = ProductType.UNSPECIFIED
    conditions: GridConditions | None = None
    terms: TestTerms | None = None
    test: TestRecord | None = None
    suspension: SuspensionReason = SuspensionReason.UNSPECIFIED
