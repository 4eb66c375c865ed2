r"""What currents do to voltages and branch currents: Z = Y⁻¹ as an operator, as a matrix or by sparse factors.

Y is the admittance matrix without the slack's row and column; one index serves everywhere, and currents at the slack
move nothing. Small networks keep Z itself. Of large ones only factors are kept: a distribution grid is a tree with few
loops, so ``P·Y·Q = L·U`` is nearly as sparse as Y, and a solve takes time and memory in proportion to the nodes where Z
takes their square.

Bounds need |Z|, which factors do not show. A triangular T has ``|T⁻¹| ≤ ⟨T⟩⁻¹`` with Ostrowski's comparison matrix
``⟨T⟩_ii = |T_ii|, ⟨T⟩_ij = -|T_ij|`` (⟨T⟩⁻¹ is T's Neumann series with every term made positive), so::

    |Z|·s ≤ Q·⟨U⟩⁻¹·⟨L⟩⁻¹·P·s        |G·Z|·s ≤ |G·Q·U⁻¹|·⟨L⟩⁻¹·P·s

for s ≥ 0 and the gains G of the branch ends: two triangular solves each. On a tree without shunts the elimination from
the leaves makes the first one ``Σ|z_k|`` over the common path in place of ``|Σ z_k|``, and the second exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from scipy.sparse import coo_matrix, csc_matrix, csr_matrix, vstack
from scipy.sparse.linalg import splu

from flexbourse_gridmath.arrays import Complex, Flags, Integer, Real, frozen

# Up to this many nodes Z is kept as a matrix. Measured, matrix against factors: at 129 nodes 40 and 50 µs for the check
# of a whole change, 88 and 71 µs with either side missing; at 294 nodes 83 and 63, 225 and 93 µs.
MAX_DENSE_NODES = 150
# Rows are solved together while they have so many entries (half a megabyte): 23 µs each at 3,000 nodes, where 96 at
# once leave the processor's cache and take 160 µs each.
SOLVED_ENTRIES = 32_768
# Columns of Z, or rows of gains, that are looked at together while compiling: 3,000 nodes and 128 columns are 6 MB.
BLOCK = 128
# Smaller entries of a row of |G·Q·U⁻¹|, relative to its largest, are not kept but counted at the largest of ⟨L⟩⁻¹·P·s.
KEPT_SHARE = 1e-6
# A diagonal below this share of its column is no pivot: compensated lines and three-winding stars can have one near 0.
PIVOT_SHARE = 0.1
# Room for rounding in a bound; its sums have no cancellation.
BOUND_WIDENING = 1.0 + 1e-9


class SingularError(ArithmeticError):
    """The admittance matrix has no inverse."""


@dataclass(frozen=True, slots=True, eq=False)
class BranchEnds:
    """Branch ends: nodes int[E] and gains complex[E] of ``near_gain·V[near] + far_gain·V[far]``, in units of rating."""

    near: Integer
    far: Integer
    near_gain: Complex
    far_gain: Complex

    def phasors(self, voltage: Complex) -> Complex:
        """Current phasors of all ends for voltages [..., n], complex[..., E]."""
        result: Complex = self.near_gain * voltage[..., self.near] + self.far_gain * voltage[..., self.far]
        return result


class Impedance(Protocol):
    """Z of one topology. n nodes; everything per unit; rows are independent cases."""

    @property
    def reach_gain(self) -> Real:
        """How far 1 pu of current at j reaches, float[n, 2]: max_i |Z_ij|, and the largest loading phasor."""

    @property
    def rise_reach(self) -> Real:
        """How far the voltage at i can be raised by 1 pu of current anywhere, float[n]: max_j |Z_ij|."""

    @property
    def end_reach(self) -> Real:
        """The same for loading phasors, float[E]."""

    @property
    def diagonal(self) -> Complex:
        """Z_ii, complex[n]."""

    def rows(self, nodes: Sequence[int]) -> Complex:
        """Rows Z_i· of some nodes, complex[k, n]."""

    def columns(self, nodes: Sequence[int]) -> Complex:
        """Columns Z_·j of some nodes, each as a row: complex[k, n]."""

    def rise(self, currents: Complex) -> Complex:
        """``Z·i``: voltages that currents [n] or [k, n] raise, in their shape. One row has one code path."""

    def rise_from(self, nodes: Sequence[int], currents: Complex) -> Complex:
        """The same for currents [k, m] at m nodes alone, complex[k, n]; a node may stand there twice."""

    def pulled(self, covectors: Complex) -> Complex:
        """``w·Z`` of rows w: what 1 pu at each node does to ``w·V``, complex[k, n]."""

    def rise_bound(self, sizes: Real) -> Real:
        """At least ``|Z|·s``, float[n], for s ≥ 0 (float[n])."""

    def pulled_bound(self, weights: Real) -> Real:
        """At least ``w·|Z|``, float[n], for w ≥ 0 (float[n])."""

    def loading_bound(self, sizes: Real) -> Real:
        """At least ``|G·Z|·s``, float[E]: loading phasors that currents of sizes s ≥ 0 can add up to."""


@dataclass(frozen=True, slots=True, eq=False)
class DenseImpedance:
    """Z as a matrix; its bounds are exact."""

    matrix: Complex
    transposed: Complex
    magnitude: Real
    loading_reach: Real
    reach_gain: Real
    rise_reach: Real
    end_reach: Real
    diagonal: Complex

    @classmethod
    def of(cls, admittance: csc_matrix, slack: int, ends: BranchEnds) -> DenseImpedance:
        """Invert; raises :class:`SingularError`."""
        n = admittance.shape[0]
        others = np.delete(np.arange(n), slack)
        matrix = np.zeros((n, n), dtype=np.complex128)
        try:
            matrix[np.ix_(others, others)] = np.linalg.inv(admittance.toarray()[np.ix_(others, others)])
        except np.linalg.LinAlgError as e:
            raise SingularError(str(e)) from e
        magnitude, loading = np.abs(matrix), np.abs(ends.phasors(matrix.T)).T
        return cls(
            matrix=frozen(matrix),
            transposed=frozen(matrix.T),
            magnitude=frozen(magnitude),
            loading_reach=frozen(loading),
            reach_gain=frozen(np.stack([magnitude.max(axis=0), loading.max(axis=0, initial=0.0)], axis=1)),
            rise_reach=frozen(magnitude.max(axis=1)),
            end_reach=frozen(loading.max(axis=1)),
            diagonal=frozen(matrix.diagonal()),
        )

    def rows(self, nodes: Sequence[int]) -> Complex:
        """See :class:`Impedance`."""
        return self.matrix.take(nodes, axis=0)

    def columns(self, nodes: Sequence[int]) -> Complex:
        """See :class:`Impedance`."""
        return self.transposed.take(nodes, axis=0)

    def rise(self, currents: Complex) -> Complex:
        """See :class:`Impedance`."""
        result: Complex = self.matrix @ currents if currents.ndim == 1 else currents @ self.transposed
        return result

    def rise_from(self, nodes: Sequence[int], currents: Complex) -> Complex:
        """See :class:`Impedance`."""
        result: Complex = currents @ self.transposed.take(nodes, axis=0)
        return result

    def pulled(self, covectors: Complex) -> Complex:
        """See :class:`Impedance`."""
        result: Complex = covectors @ self.matrix
        return result

    def rise_bound(self, sizes: Real) -> Real:
        """See :class:`Impedance`."""
        result: Real = self.magnitude @ sizes
        return result

    def pulled_bound(self, weights: Real) -> Real:
        """See :class:`Impedance`."""
        result: Real = weights @ self.magnitude
        return result

    def loading_bound(self, sizes: Real) -> Real:
        """See :class:`Impedance`."""
        result: Real = self.loading_reach @ sizes
        return result


@dataclass(frozen=True, slots=True, eq=False)
class SparseImpedance:
    """Z by sparse factors; memory and time of a solve grow with the nodes, its bounds are upper ones."""

    slack: int
    factors: Any
    lower: Any
    upper: Any
    row_order: Integer
    column_order: Integer
    end_rows: csr_matrix
    end_dropped: Real
    reach_gain: Real
    rise_reach: Real
    end_reach: Real
    diagonal: Complex

    @classmethod
    def of(cls, admittance: csc_matrix, slack: int, ends: BranchEnds) -> SparseImpedance:
        """Factorise; raises :class:`SingularError`."""
        others = np.ones(admittance.shape[0])
        others[slack] = 0.0
        factors = _factorised(_masked(admittance, others.astype(np.bool_)))
        rows, dropped = _end_rows(factors, ends)
        reaches = _Reaches.of(factors, slack, ends)
        return cls(
            slack=slack,
            factors=factors,
            lower=_triangular(_comparison(factors.L)),
            upper=_triangular(_comparison(factors.U)),
            row_order=frozen(np.argsort(factors.perm_r)),
            column_order=frozen(np.asarray(factors.perm_c, dtype=np.int64)),
            end_rows=rows,
            end_dropped=frozen(dropped),
            reach_gain=frozen(reaches.by_column),
            rise_reach=frozen(reaches.by_node),
            end_reach=frozen(reaches.by_end),
            diagonal=frozen(reaches.diagonal),
        )

    def rows(self, nodes: Sequence[int]) -> Complex:
        """See :class:`Impedance`."""
        return self.pulled(self._units(nodes))

    def columns(self, nodes: Sequence[int]) -> Complex:
        """See :class:`Impedance`."""
        return self.rise(self._units(nodes))

    def rise(self, currents: Complex) -> Complex:
        """See :class:`Impedance`."""
        return self._solve(currents, "N")

    def rise_from(self, nodes: Sequence[int], currents: Complex) -> Complex:
        """See :class:`Impedance`."""
        whole = np.zeros((len(currents), len(self.row_order)), dtype=np.complex128)
        for k, node in enumerate(nodes):
            whole[:, node] += currents[:, k]
        return self._solve(whole, "N")

    def pulled(self, covectors: Complex) -> Complex:
        """See :class:`Impedance`."""
        return self._solve(covectors, "T")

    def rise_bound(self, sizes: Real) -> Real:
        """See :class:`Impedance`."""
        inner: Real = self.upper.solve(self._collected(sizes))
        return inner[self.column_order] * BOUND_WIDENING

    def pulled_bound(self, weights: Real) -> Real:
        """See :class:`Impedance`."""
        ordered = np.zeros(len(weights))
        ordered[self.column_order] = self._without_slack(weights)
        inner: Real = self.lower.solve(self.upper.solve(ordered, "T"), "T")
        bound = np.empty(len(weights))
        bound[self.row_order] = inner * BOUND_WIDENING
        bound[self.slack] = 0.0
        return bound

    def loading_bound(self, sizes: Real) -> Real:
        """See :class:`Impedance`."""
        collected = self._collected(sizes)
        bound: Real = self.end_rows @ collected + self.end_dropped * collected.max(initial=0.0)
        return bound * BOUND_WIDENING

    def _collected(self, sizes: Real) -> Real:
        """``⟨L⟩⁻¹·P·s``: on a tree, the sizes at and below each node."""
        result: Real = self.lower.solve(self._without_slack(sizes)[self.row_order])
        return result

    def _units(self, nodes: Sequence[int]) -> Complex:
        units = np.zeros((len(nodes), len(self.row_order)), dtype=np.complex128)
        units[np.arange(len(nodes)), list(nodes)] = 1.0
        return units

    def _without_slack(self, values: Real) -> Real:
        result = np.array(values, dtype=np.float64)
        result[self.slack] = 0.0
        return result

    def _solve(self, rows: Complex, transposition: str) -> Complex:
        # The slack stands in the factors as a 1 on the diagonal: what is 0 there stays 0.
        driven = rows.astype(np.complex128)
        driven[..., self.slack] = 0.0
        at_once = max(1, SOLVED_ENTRIES // len(self.row_order))
        if driven.ndim == 1 or len(driven) <= at_once:
            whole: Complex = self.factors.solve(driven.T, transposition).T
            return whole
        slabs = [driven[start : start + at_once] for start in range(0, len(driven), at_once)]
        return np.concatenate([self.factors.solve(slab.T, transposition).T for slab in slabs])


def build_impedance(admittance: csc_matrix, slack: int, ends: BranchEnds) -> DenseImpedance | SparseImpedance:
    """Z of an admittance matrix [n, n]: one form per size, so that equal injections have equal bits everywhere.

    Raises :class:`SingularError`.
    """
    build = DenseImpedance.of if admittance.shape[0] <= MAX_DENSE_NODES else SparseImpedance.of
    return build(admittance, slack, ends)


def _masked(admittance: csc_matrix, others: Flags) -> csc_matrix:
    """Y with a 1 in place of the slack's row and column."""
    entries = admittance.tocoo()
    kept = others[entries.row] & others[entries.col]
    slack = np.flatnonzero(~others)
    rows, columns = np.concatenate([entries.row[kept], slack]), np.concatenate([entries.col[kept], slack])
    values = np.concatenate([entries.data[kept], np.ones(len(slack))])
    return coo_matrix((values, (rows, columns)), shape=admittance.shape).tocsc()


def _factorised(matrix: csc_matrix) -> Any:
    """LU in an order of low fill: a tree is eliminated from its leaves, on the diagonal, without any fill."""
    return _lu(matrix, "MMD_AT_PLUS_A", PIVOT_SHARE)


def _triangular(matrix: csc_matrix) -> Any:
    """Solver of a triangular matrix by substitution: pivots nowhere but on its diagonal."""
    return _lu(matrix, "NATURAL", 0.0)


def _lu(matrix: csc_matrix, order: str, pivot_share: float) -> Any:
    try:
        return splu(matrix, permc_spec=order, diag_pivot_thresh=pivot_share, options={"SymmetricMode": True})
    except RuntimeError as e:
        raise SingularError(str(e)) from e


def _comparison(triangle: csc_matrix) -> csc_matrix:
    """Ostrowski's comparison matrix ⟨T⟩."""
    result = -abs(triangle.tocsc())
    result.setdiag(np.abs(triangle.diagonal()))
    return result


def _end_rows(factors: Any, ends: BranchEnds) -> tuple[csr_matrix, Real]:
    """``|G·Q·U⁻¹|`` without its small entries, sparse [E, n], and the sum of those per row."""
    upper, n = _triangular(factors.U.tocsc()), len(factors.perm_c)
    kept, dropped = [], []
    for rows in _blocks(len(ends.near)):
        gains = np.zeros((n, len(rows)), dtype=np.complex128, order="F")
        places = np.arange(len(rows))
        np.add.at(gains, (factors.perm_c[ends.near[rows]], places), ends.near_gain[rows])
        np.add.at(gains, (factors.perm_c[ends.far[rows]], places), ends.far_gain[rows])
        size = np.abs(upper.solve(gains, "T")).T
        large = size > KEPT_SHARE * size.max(axis=1, keepdims=True)
        kept.append(csr_matrix(np.where(large, size, 0.0)))
        dropped.append(np.where(large, 0.0, size).sum(axis=1))
    return vstack(kept, format="csr") if kept else csr_matrix((0, n)), np.concatenate([*dropped, np.zeros(0)])


@dataclass(frozen=True, slots=True)
class _Reaches:
    """Largest entries of |Z| and |G·Z| and the diagonal of Z, from a block of columns at a time."""

    by_column: Real
    by_node: Real
    by_end: Real
    diagonal: Complex

    @classmethod
    def of(cls, factors: Any, slack: int, ends: BranchEnds) -> _Reaches:
        n = len(factors.perm_c)
        found = cls(np.zeros((n, 2)), np.zeros(n), np.zeros(len(ends.near)), np.zeros(n, dtype=np.complex128))
        for columns in _blocks(n):
            unit = np.zeros((n, len(columns)), dtype=np.complex128, order="F")
            unit[columns, np.arange(len(columns))] = columns != slack
            rises = np.ascontiguousarray(factors.solve(unit).T)
            sizes, loading = np.abs(rises), np.abs(ends.phasors(rises))
            found.by_column[columns, 0] = sizes.max(axis=1)
            found.by_column[columns, 1] = loading.max(axis=1, initial=0.0)
            np.maximum(found.by_node, sizes.max(axis=0), out=found.by_node)
            np.maximum(found.by_end, loading.max(axis=0), out=found.by_end)
            found.diagonal[columns] = rises[np.arange(len(columns)), columns]
        return found


def _blocks(count: int) -> list[Integer]:
    return [np.arange(start, min(start + BLOCK, count)) for start in range(0, count, BLOCK)]
