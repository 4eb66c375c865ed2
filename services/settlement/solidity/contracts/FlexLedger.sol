// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";

/// @title Ledger of claims on flexibility
/// @notice One revisable total per unit, period and direction: all that is claimed of a unit, whoever
/// claims it. What a unit cannot give twice cannot stand here twice, and where an operator's claim is
/// among them nothing stands against it.
/// @dev Units are salted commitments. One word per unit and period.
contract FlexLedger is AccessControl {
    bytes32 public constant WRITER_ROLE = keccak256("WRITER_ROLE");

    struct Total {
        uint64 upW;
        uint64 downW;
        uint32 revision;
        bool operated; // an operator's claim is among them
    }

    struct Revision {
        bytes32 unit;
        uint40 start;
        Total total;
    }

    struct Capacity {
        bytes32 unit;
        uint64 spanW;
    }

    mapping(bytes32 unit => uint64) private _spanW;
    mapping(bytes32 unit => mapping(uint40 start => Total)) private _totals;

    event CapacitySet(bytes32 indexed unit, uint64 spanW);
    event TotalRevised(
        bytes32 indexed unit, uint40 indexed start, uint64 upW, uint64 downW, uint32 revision, bool operated
    );

    error UnknownUnit(bytes32 unit);
    error StaleRevision(bytes32 unit, uint40 start, uint32 stands, uint32 given);
    error DoubleClaim(bytes32 unit, uint40 start, uint64 claimedW, uint64 spanW);
    error OpposedClaim(bytes32 unit, uint40 start, uint64 upW, uint64 downW);

    constructor(address writer) {
        _grantRole(DEFAULT_ADMIN_ROLE, writer);
        _grantRole(WRITER_ROLE, writer);
    }

    /// @notice Sets the spans of units: the most by which each can deviate in one direction.
    function setCapacities(Capacity[] calldata capacities) external onlyRole(WRITER_ROLE) {
        for (uint256 i = 0; i < capacities.length; ++i) {
            _spanW[capacities[i].unit] = capacities[i].spanW;
            emit CapacitySet(capacities[i].unit, capacities[i].spanW);
        }
    }

    /// @notice Revises totals; one that may not stand refuses them all.
    function revise(Revision[] calldata revisions) external onlyRole(WRITER_ROLE) {
        for (uint256 i = 0; i < revisions.length; ++i) _revise(revisions[i]);
    }

    function _revise(Revision calldata next) private {
        (bytes32 unit, uint40 start, Total calldata total) = (next.unit, next.start, next.total);
        uint64 spanW = _spanW[unit];
        if (spanW == 0) revert UnknownUnit(unit);
        uint32 stands = _totals[unit][start].revision;
        if (total.revision <= stands) revert StaleRevision(unit, start, stands, total.revision);
        if (total.upW > spanW) revert DoubleClaim(unit, start, total.upW, spanW);
        if (total.downW > spanW) revert DoubleClaim(unit, start, total.downW, spanW);
        if (total.operated && total.upW > 0 && total.downW > 0) {
            revert OpposedClaim(unit, start, total.upW, total.downW);
        }
        _totals[unit][start] = total;
        emit TotalRevised(unit, start, total.upW, total.downW, total.revision, total.operated);
    }

    /// @notice All that is claimed of a unit in the period that begins at `start`; revision 0: nothing ever was.
    function totalOf(bytes32 unit, uint40 start) external view returns (Total memory) {
        return _totals[unit][start];
    }

    function spanOf(bytes32 unit) external view returns (uint64) {
        return _spanW[unit];
    }
}
