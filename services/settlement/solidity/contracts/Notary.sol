// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";

/// @title Notary of results from elsewhere
/// @notice A document has versions that only ever grow in number; each is a hash, preliminary or final.
/// Every member says once of each version whether its own copy has the same hash.
/// @dev The first version is 1. A member attests with its own key, or the platform relays what it said.
contract Notary is AccessControl {
    bytes32 public constant PUBLISHER_ROLE = keccak256("PUBLISHER_ROLE");
    bytes32 public constant RELAY_ROLE = keccak256("RELAY_ROLE");
    bytes32 public constant MEMBER_ROLE = keccak256("MEMBER_ROLE");

    enum Said {
        Nothing,
        Agrees,
        Disagrees
    }

    struct Version {
        bytes32 hash;
        uint64 recordedAt;
        bool isFinal;
        uint32 agreeing;
        uint32 disagreeing;
    }

    mapping(bytes32 document => Version[]) private _versions;
    mapping(bytes32 document => mapping(uint32 version => mapping(address member => Said))) private _said;

    event VersionRecorded(bytes32 indexed document, uint32 indexed version, bytes32 hash, bool isFinal);
    event Attested(
        bytes32 indexed document, uint32 indexed version, address indexed member, bool agrees, bytes32 reasonHash
    );

    error EmptyHash(bytes32 document);
    error NotTheNextVersion(bytes32 document, uint32 next, uint32 given);
    error PreliminaryAfterFinal(bytes32 document, uint32 version);
    error UnknownVersion(bytes32 document, uint32 version);
    error NotAMember(address member);
    error AlreadyAttested(bytes32 document, uint32 version, address member);

    constructor(address publisher) {
        _grantRole(DEFAULT_ADMIN_ROLE, publisher);
        _grantRole(PUBLISHER_ROLE, publisher);
        _grantRole(RELAY_ROLE, publisher);
    }

    /// @notice Records the next version of a document. What stands is never changed; a correction of a
    /// final version is final itself.
    function record(bytes32 document, uint32 version, bytes32 hash, bool isFinal) external onlyRole(PUBLISHER_ROLE) {
        if (hash == bytes32(0)) revert EmptyHash(document);
        Version[] storage versions = _versions[document];
        uint256 count = versions.length;
        if (version != count + 1) revert NotTheNextVersion(document, uint32(count + 1), version);
        if (!isFinal && count > 0 && versions[count - 1].isFinal) revert PreliminaryAfterFinal(document, version);
        versions.push(Version(hash, uint64(block.timestamp), isFinal, 0, 0));
        emit VersionRecorded(document, version, hash, isFinal);
    }

    /// @notice Says, as a member, whether a version is what one has oneself.
    function attest(bytes32 document, uint32 version, bool agrees, bytes32 reasonHash) external {
        _attest(document, version, msg.sender, agrees, reasonHash);
    }

    /// @notice Relays what a member said to the platform.
    function attestFor(bytes32 document, uint32 version, address member, bool agrees, bytes32 reasonHash)
        external
        onlyRole(RELAY_ROLE)
    {
        _attest(document, version, member, agrees, reasonHash);
    }

    function _attest(bytes32 document, uint32 version, address member, bool agrees, bytes32 reasonHash) private {
        if (!hasRole(MEMBER_ROLE, member)) revert NotAMember(member);
        Version storage attested = _version(document, version);
        if (_said[document][version][member] != Said.Nothing) revert AlreadyAttested(document, version, member);
        _said[document][version][member] = agrees ? Said.Agrees : Said.Disagrees;
        if (agrees) ++attested.agreeing;
        else ++attested.disagreeing;
        emit Attested(document, version, member, agrees, reasonHash);
    }

    function _version(bytes32 document, uint32 version) private view returns (Version storage) {
        Version[] storage versions = _versions[document];
        if (version == 0 || version > versions.length) revert UnknownVersion(document, version);
        return versions[version - 1];
    }

    function versionCount(bytes32 document) external view returns (uint32) {
        return uint32(_versions[document].length);
    }

    function versionOf(bytes32 document, uint32 version) external view returns (Version memory) {
        return _version(document, version);
    }

    function saidOf(bytes32 document, uint32 version, address member) external view returns (Said) {
        return _said[document][version][member];
    }
}
