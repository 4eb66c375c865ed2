// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {EuroToken} from "./EuroToken.sol";

/// @title Vault of participants' money
/// @notice Money of an account is free or held. Every micro-euro of an account is a token that the vault has.
/// Each move has a number and is made once. Deposits can be paused, withdrawals never.
/// @dev Tokens come first, a deposit then says whose they are. Accounts belong to legal persons.
contract SettlementVault is AccessControl, Pausable {
    bytes32 public constant OPERATOR_ROLE = keccak256("OPERATOR_ROLE");
    bytes32 public constant PAUSER_ROLE = keccak256("PAUSER_ROLE");

    struct Account {
        uint128 free;
        uint128 held;
    }

    EuroToken public immutable token;

    /// What all accounts hold together; never more than the vault's tokens.
    uint256 public total;

    mapping(address account => Account) private _accounts;
    mapping(uint64 number => bool) public isMade;

    event Deposited(uint64 indexed number, address indexed account, uint128 amount, bytes32 payment);
    event Held(uint64 indexed number, address indexed account, uint128 amount);
    event Released(uint64 indexed number, address indexed account, uint128 amount);
    event Withdrawn(uint64 indexed number, address indexed account, uint128 amount, bytes32 payment);

    error AlreadyMade(uint64 number);
    error NotBacked(uint256 needed, uint256 tokens);
    error InsufficientFree(address account, uint128 wanted, uint128 free);
    error InsufficientHeld(address account, uint128 wanted, uint128 held);

    constructor(address operator, EuroToken euro) {
        _grantRole(DEFAULT_ADMIN_ROLE, operator);
        _grantRole(OPERATOR_ROLE, operator);
        _grantRole(PAUSER_ROLE, operator);
        token = euro;
    }

    /// A number is taken by the first move that names it.
    modifier once(uint64 number) {
        if (isMade[number]) revert AlreadyMade(number);
        isMade[number] = true;
        _;
    }

    /// @notice Says whose tokens are that have come into the vault.
    function deposit(uint64 number, address account, uint128 amount, bytes32 payment)
        external
        onlyRole(OPERATOR_ROLE)
        whenNotPaused
        once(number)
    {
        uint256 needed = total + amount;
        uint256 tokens = token.balanceOf(address(this));
        if (needed > tokens) revert NotBacked(needed, tokens);
        total = needed;
        _accounts[account].free += amount;
        emit Deposited(number, account, amount, payment);
    }

    /// @notice Holds free money of an account.
    function hold(uint64 number, address account, uint128 amount) external onlyRole(OPERATOR_ROLE) once(number) {
        _takeFree(account, amount);
        _accounts[account].held += amount;
        emit Held(number, account, amount);
    }

    /// @notice Gives held money of an account free.
    function release(uint64 number, address account, uint128 amount) external onlyRole(OPERATOR_ROLE) once(number) {
        Account storage own = _accounts[account];
        if (own.held < amount) revert InsufficientHeld(account, amount, own.held);
        own.held -= amount;
        own.free += amount;
        emit Released(number, account, amount);
    }

    /// @notice Takes free money of an account out: the bank has paid it, its tokens are burnt.
    function withdraw(uint64 number, address account, uint128 amount, bytes32 payment)
        external
        onlyRole(OPERATOR_ROLE)
        once(number)
    {
        _takeFree(account, amount);
        total -= amount;
        emit Withdrawn(number, account, amount, payment);
        token.redeem(amount, payment);
    }

    function _takeFree(address account, uint128 amount) private {
        Account storage own = _accounts[account];
        if (own.free < amount) revert InsufficientFree(account, amount, own.free);
        own.free -= amount;
    }

    function pause() external onlyRole(PAUSER_ROLE) {
        _pause();
    }

    function unpause() external onlyRole(PAUSER_ROLE) {
        _unpause();
    }

    function accountOf(address account) external view returns (uint128 free, uint128 held) {
        Account storage own = _accounts[account];
        return (own.free, own.held);
    }
}
