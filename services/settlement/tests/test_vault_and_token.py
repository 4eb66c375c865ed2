"""Token and vault: who may do what, every refusal with its numbers, and sums that hold whatever is called."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from contracts_on_chains import STRANGER, Deployed, address, chain_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flexbourse_settlement.adapters.chain_errors import Reverted
from flexbourse_settlement.domain.chain.contracts import EURO_TOKEN, SETTLEMENT_VAULT

LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
ANN, BOB = address(0xA), address(0xB)
PAYMENT = b"\x07" * 32
YES, NO = True, False


def said(name: str, who: str, *numbers: int) -> Reverted:
    """Return a refusal about an account; its address comes in lower case."""
    return Reverted(name, (who.lower(), *numbers))


class Money:
    """A token and the vault that keeps it; moves are numbered as they come."""

    def __init__(self, token: Deployed, vault: Deployed) -> None:
        self.token, self.vault = token, vault
        self.number = 0

    def next(self) -> int:
        self.number += 1
        return self.number

    def pay_in(self, account: str, amount: int) -> None:
        self.token.call("mint", self.vault.address, amount, PAYMENT)
        self.vault.call("deposit", self.next(), account, amount, PAYMENT)

    def account(self, account: str) -> tuple[int, int]:
        return tuple(self.vault.read("accountOf", account))

    def backed(self) -> tuple[int, int]:
        """Return what all accounts hold, and the vault's tokens."""
        return self.vault.read("total"), self.token.read("balanceOf", self.vault.address)


@pytest.fixture(scope="module", params=["embedded", "anvil"])
def money(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Money]:
    with chain_of(request.param, tmp_path_factory.mktemp("chain")) as (chain, signer):
        token = Deployed(chain, signer, EURO_TOKEN)
        vault = Deployed(chain, signer, SETTLEMENT_VAULT, token)
        token.call("allow", vault.address, YES)
        yield Money(token, vault)


def test_a_micro_euro_is_the_smallest_part(money: Money) -> None:
    assert money.token.read("decimals") == 6
    assert money.vault.read("token") == money.token.address


def test_only_its_role_moves_money(money: Money) -> None:
    calls = [
        (money.token, "allow", (ANN, YES)),
        (money.token, "mint", (ANN, 1, PAYMENT)),
        (money.vault, "deposit", (10**6, ANN, 1, PAYMENT)),
        (money.vault, "hold", (10**6, ANN, 1)),
        (money.vault, "release", (10**6, ANN, 1)),
        (money.vault, "withdraw", (10**6, ANN, 1, PAYMENT)),
        (money.vault, "pause", ()),
        (money.vault, "unpause", ()),
    ]
    for contract, function, arguments in calls:
        refused = contract.refusal(function, *arguments, sender=STRANGER)
        assert refused is not None
        assert refused.name == "AccessControlUnauthorizedAccount", function


def test_who_is_not_allowed_holds_no_token(money: Money) -> None:
    token, issuer = money.token, money.token.signer.address
    assert token.refusal("mint", ANN, 5, PAYMENT) == said("HolderNotAllowed", ANN)
    token.call("allow", issuer, YES)
    token.call("mint", issuer, 5, PAYMENT)
    assert token.refusal("transfer", ANN, 5) == said("HolderNotAllowed", ANN)
    token.call("allow", ANN, YES)
    token.call("transfer", ANN, 2)
    token.call("allow", issuer, NO)
    assert token.refusal("transfer", ANN, 1) == said("HolderNotAllowed", issuer)
    token.call("redeem", 3, PAYMENT)  # who may hold no more can still have it paid out
    assert token.read("balanceOf", issuer) == 0
    assert token.refusal("redeem", 1, PAYMENT) == said("ERC20InsufficientBalance", issuer, 0, 1)


def test_each_refusal_says_its_numbers(money: Money) -> None:
    vault = money.vault
    money.pay_in(BOB, 100)
    total, tokens = money.backed()
    assert total == tokens
    assert vault.refusal("deposit", 900, ANN, 1, PAYMENT) == Reverted("NotBacked", (total + 1, tokens))
    assert vault.refusal("hold", 900, BOB, 101) == said("InsufficientFree", BOB, 101, 100)
    assert vault.refusal("withdraw", 900, BOB, 101, PAYMENT) == said("InsufficientFree", BOB, 101, 100)
    vault.call("hold", 900, BOB, 60)
    assert vault.refusal("release", 901, BOB, 61) == said("InsufficientHeld", BOB, 61, 60)
    assert vault.refusal("withdraw", 901, BOB, 41, PAYMENT) == said("InsufficientFree", BOB, 41, 40)
    assert vault.refusal("release", 900, BOB, 1) == Reverted("AlreadyMade", (900,))
    assert vault.read("isMade", 900)
    assert not vault.read("isMade", 901)


def test_a_pause_stops_deposits_and_nothing_else(money: Money) -> None:
    vault = money.vault
    money.pay_in(ANN, 50)
    money.token.call("mint", vault.address, 1, PAYMENT)
    vault.call("pause")
    assert vault.refusal("deposit", 910, ANN, 1, PAYMENT) == Reverted("EnforcedPause", ())
    vault.call("hold", 911, ANN, 20)
    vault.call("release", 912, ANN, 20)
    vault.call("withdraw", 913, ANN, 50, PAYMENT)
    vault.call("unpause")
    vault.call("deposit", 910, ANN, 1, PAYMENT)
    vault.call("withdraw", 914, ANN, 1, PAYMENT)
    assert money.account(ANN) == (0, 0)


# by how much free and held change for each micro-euro
MOVED = {"deposit": (1, 0), "hold": (-1, 1), "release": (1, -1), "withdraw": (-1, 0)}
moves = st.tuples(
    st.sampled_from(("mint", "deposit", "hold", "release", "withdraw")), st.sampled_from((ANN, BOB)), st.integers(0, 9)
)


@pytest.mark.parametrize("money", ["embedded"], indirect=True)
@settings(max_examples=100 if LONG else 8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=st.lists(moves, min_size=4, max_size=25))
def test_the_vault_agrees_with_a_ledger_kept_beside(money: Money, story: list[tuple[str, str, int]]) -> None:
    held = {name: list(money.account(name)) for name in (ANN, BOB)}
    total, tokens = money.backed()
    for move, name, amount in story:
        free, kept = held[name]
        possible = {
            "mint": True, "deposit": total + amount <= tokens, "hold": free >= amount, "release": kept >= amount,
            "withdraw": free >= amount,
        }[move]  # fmt: skip
        number = 10_000 + money.next()
        contract, arguments = money.vault, (number, name, amount)
        if move == "mint":
            contract, arguments = money.token, (money.vault.address, amount)  # type: ignore[assignment]
        if move in ("mint", "deposit", "withdraw"):
            arguments = (*arguments, PAYMENT)  # type: ignore[assignment]
        assert (contract.refusal(move, *arguments) is None) == possible
        if not possible:
            continue
        contract.call(move, *arguments)
        free_by, held_by = {"deposit": (1, 0), "hold": (-1, 1), "release": (1, -1), "withdraw": (-1, 0)}.get(
            move, (0, 0)
        )
        held[name] = [free + free_by * amount, kept + held_by * amount]
        total += {"deposit": amount, "withdraw": -amount}.get(move, 0)
        tokens += {"mint": amount, "withdraw": -amount}.get(move, 0)
        assert money.account(name) == tuple(held[name])
        assert money.backed() == (total, tokens)
    assert sum(sum(own) for own in held.values()) == total <= tokens
