// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";

/// @title Registry of assets and of who may offer them
/// @notice An asset is a salted commitment, never an identifier. At each moment one manager at most
/// holds the right to offer it; a right is for a period and for some products or all.
/// @dev Rights of an asset lie in one array without overlaps, so the start of a period names a right.
contract AssetRegistry is AccessControl {
    bytes32 public constant REGISTRAR_ROLE = keccak256("REGISTRAR_ROLE");
    uint256 public constant MAX_RIGHTS = 64;

    /// One word. `products` is a mask of product numbers, 0 means all of them.
    struct Right {
        address manager;
        uint40 from;
        uint40 to;
        uint16 products;
    }

    mapping(bytes32 asset => bool) private _registered;
    mapping(bytes32 asset => Right[]) private _rights;

    event AssetRegistered(bytes32 indexed asset);
    event RightGranted(bytes32 indexed asset, address indexed manager, uint40 from, uint40 to, uint16 products);
    event RightEndMoved(bytes32 indexed asset, address indexed manager, uint40 from, uint40 to);
    event RightRevoked(bytes32 indexed asset, address indexed manager, uint40 from);

    error AlreadyRegistered(bytes32 asset);
    error UnknownAsset(bytes32 asset);
    error NoManager(bytes32 asset);
    error EmptyPeriod(uint40 from, uint40 to);
    error RightOverlaps(bytes32 asset, uint40 from, uint40 to);
    error TooManyRights(bytes32 asset, uint256 limit);
    error UnknownRight(bytes32 asset, uint40 from);

    constructor(address registrar) {
        _grantRole(DEFAULT_ADMIN_ROLE, registrar);
        _grantRole(REGISTRAR_ROLE, registrar);
    }

    function register(bytes32 asset) external onlyRole(REGISTRAR_ROLE) {
        if (_registered[asset]) revert AlreadyRegistered(asset);
        _registered[asset] = true;
        emit AssetRegistered(asset);
    }

    /// @notice Grants the exclusive right to offer an asset in [from, to).
    function grant(bytes32 asset, address manager, uint40 from, uint40 to, uint16 products)
        external
        onlyRole(REGISTRAR_ROLE)
    {
        if (!_registered[asset]) revert UnknownAsset(asset);
        if (manager == address(0)) revert NoManager(asset);
        Right[] storage rights = _rights[asset];
        if (rights.length >= MAX_RIGHTS) revert TooManyRights(asset, MAX_RIGHTS);
        _requireFree(asset, rights, from, to, rights.length);
        rights.push(Right(manager, from, to, products));
        emit RightGranted(asset, manager, from, to, products);
    }

    /// @notice Moves the end of the right that begins at `from`.
    function moveEnd(bytes32 asset, uint40 from, uint40 to) external onlyRole(REGISTRAR_ROLE) {
        Right[] storage rights = _rights[asset];
        uint256 place = _find(asset, rights, from);
        _requireFree(asset, rights, from, to, place);
        rights[place].to = to;
        emit RightEndMoved(asset, rights[place].manager, from, to);
    }

    /// @notice Ends the right that begins at `from` as if it had never been granted.
    function revoke(bytes32 asset, uint40 from) external onlyRole(REGISTRAR_ROLE) {
        Right[] storage rights = _rights[asset];
        uint256 place = _find(asset, rights, from);
        emit RightRevoked(asset, rights[place].manager, from);
        rights[place] = rights[rights.length - 1];
        rights.pop();
    }

    /// @dev Reverts where a period is empty or shares a second with another right than the one at `own`.
    function _requireFree(bytes32 asset, Right[] storage rights, uint40 from, uint40 to, uint256 own) private view {
        if (to <= from) revert EmptyPeriod(from, to);
        for (uint256 i = 0; i < rights.length; ++i) {
            Right memory other = rights[i];
            if (i != own && other.from < to && from < other.to) revert RightOverlaps(asset, other.from, other.to);
        }
    }

    function _find(bytes32 asset, Right[] storage rights, uint40 from) private view returns (uint256 place) {
        for (; place < rights.length; ++place) {
            if (rights[place].from == from) return place;
        }
        revert UnknownRight(asset, from);
    }

    /// @notice Whether somebody holds the right to offer an asset for a product at a moment.
    function mayOffer(bytes32 asset, address who, uint40 moment, uint8 product) external view returns (bool) {
        Right[] storage rights = _rights[asset];
        for (uint256 i = 0; i < rights.length; ++i) {
            Right memory right = rights[i];
            if (right.from > moment || moment >= right.to) continue;
            return right.manager == who && (right.products == 0 || right.products & (uint16(1) << product) != 0);
        }
        return false;
    }

    function isRegistered(bytes32 asset) external view returns (bool) {
        return _registered[asset];
    }

    function rightsOf(bytes32 asset) external view returns (Right[] memory) {
        return _rights[asset];
    }
}
