// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

/// @title Ledger of netted settlement batches
/// @notice One transaction settles one market run: a Merkle root that binds every trade of the run,
/// and one signed net amount per account. Amounts are micro-euro; a positive balance is money the
/// market owes to the account.
/// @dev Accounts belong to legal persons. No leaf, identifier or salt is ever stored, only the root.
contract SettlementLedger is AccessControl {
    bytes32 public constant SETTLER_ROLE = keccak256("SETTLER_ROLE");
    bytes32 public constant REGISTRAR_ROLE = keccak256("REGISTRAR_ROLE");

    struct Account {
        bool open;
        int128 balance;
    }

    struct Batch {
        bytes32 root;
        bytes32 dataHash;
        uint64 settledAt;
        uint64 leafCount;
    }

    /// Opened before its first settlement, so that a batch writes only slots that are already in use.
    mapping(address account => Account) private _accounts;
    mapping(bytes32 batchId => Batch) private _batches;

    event AccountOpened(address indexed account);
    event BatchSettled(
        bytes32 indexed batchId,
        bytes32 root,
        bytes32 dataHash,
        uint64 leafCount,
        address[] accounts,
        int128[] deltas
    );

    error AlreadySettled(bytes32 batchId);
    error EmptyRoot(bytes32 batchId);
    error LengthMismatch(uint256 accounts, uint256 deltas);
    error NotAscending(address previous, address next);
    error NotBalanced(int256 sum);
    error UnknownAccount(address account);
    error UnknownBatch(bytes32 batchId);

    constructor(address admin, address registrar, address settler) {
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(REGISTRAR_ROLE, registrar);
        _grantRole(SETTLER_ROLE, settler);
    }

    /// @notice Opens accounts; one that is open already is left as it is, so the call can be repeated.
    function openAccounts(address[] calldata accounts) external onlyRole(REGISTRAR_ROLE) {
        for (uint256 i = 0; i < accounts.length; ++i) {
            Account storage account = _accounts[accounts[i]];
            if (account.open) continue;
            account.open = true;
            emit AccountOpened(accounts[i]);
        }
    }

    /// @notice Settles one market run. A batch id is settled once and never changes afterwards.
    /// @param accounts strictly ascending, so that none can be named twice
    /// @param deltas micro-euro per account, adding up to zero
    function settleBatch(
        bytes32 batchId,
        bytes32 root,
        bytes32 dataHash,
        uint64 leafCount,
        address[] calldata accounts,
        int128[] calldata deltas
    ) external onlyRole(SETTLER_ROLE) {
        if (root == bytes32(0)) revert EmptyRoot(batchId);
        if (_batches[batchId].root != bytes32(0)) revert AlreadySettled(batchId);
        if (accounts.length != deltas.length) revert LengthMismatch(accounts.length, deltas.length);

        int256 sum = _move(accounts, deltas);
        if (sum != 0) revert NotBalanced(sum);

        _batches[batchId] = Batch(root, dataHash, uint64(block.timestamp), leafCount);
        emit BatchSettled(batchId, root, dataHash, leafCount, accounts, deltas);
    }

    function _move(address[] calldata accounts, int128[] calldata deltas) private returns (int256 sum) {
        address previous = address(0);
        for (uint256 i = 0; i < accounts.length; ++i) {
            address next = accounts[i];
            if (next <= previous) revert NotAscending(previous, next);
            previous = next;

            Account storage account = _accounts[next];
            if (!account.open) revert UnknownAccount(next);
            account.balance += deltas[i];
            sum += deltas[i];
        }
    }

    function balanceOf(address account) external view returns (int128) {
        return _accounts[account].balance;
    }

    function isOpen(address account) external view returns (bool) {
        return _accounts[account].open;
    }

    /// @notice The batch as it was settled; all fields are zero where the id is unknown.
    function batch(bytes32 batchId) external view returns (Batch memory) {
        return _batches[batchId];
    }

    /// @notice Whether a leaf belongs to a settled batch: the check each participant can repeat for free.
    function proves(bytes32 batchId, bytes32 leaf, bytes32[] calldata proof) external view returns (bool) {
        bytes32 root = _batches[batchId].root;
        if (root == bytes32(0)) revert UnknownBatch(batchId);
        return MerkleProof.verifyCalldata(proof, root, leaf);
    }
}
