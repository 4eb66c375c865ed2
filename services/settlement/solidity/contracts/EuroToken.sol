// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title Euro on the chain, in micro-euro
/// @notice The issuer makes a token for each micro-euro that came in by bank, and says who may hold any.
/// Who holds some has them burnt when the bank pays out. Both name the payment by a salted hash.
contract EuroToken is AccessControl, ERC20 {
    bytes32 public constant ISSUER_ROLE = keccak256("ISSUER_ROLE");

    mapping(address holder => bool) public isAllowed;

    event HolderAllowed(address indexed holder, bool allowed);
    event Minted(address indexed to, uint256 amount, bytes32 indexed payment);
    event Redeemed(address indexed from, uint256 amount, bytes32 indexed payment);

    error HolderNotAllowed(address holder);

    constructor(address issuer) ERC20("Flexbourse euro", "FEUR") {
        _grantRole(DEFAULT_ADMIN_ROLE, issuer);
        _grantRole(ISSUER_ROLE, issuer);
    }

    function decimals() public pure override returns (uint8) {
        return 6;
    }

    /// @notice Says whether an address may hold tokens; can be repeated.
    function allow(address holder, bool allowed) external onlyRole(ISSUER_ROLE) {
        isAllowed[holder] = allowed;
        emit HolderAllowed(holder, allowed);
    }

    /// @notice Makes tokens for money that came in.
    function mint(address to, uint256 amount, bytes32 payment) external onlyRole(ISSUER_ROLE) {
        _mint(to, amount);
        emit Minted(to, amount, payment);
    }

    /// @notice Burns tokens of the caller for money that was paid out. Who may not hold any more may still redeem.
    function redeem(uint256 amount, bytes32 payment) external {
        _burn(msg.sender, amount);
        emit Redeemed(msg.sender, amount, payment);
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (to != address(0)) {
            if (!isAllowed[to]) revert HolderNotAllowed(to);
            if (from != address(0) && !isAllowed[from]) revert HolderNotAllowed(from);
        }
        super._update(from, to, amount);
    }
}
