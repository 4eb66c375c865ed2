"""The reference of auctions: step orders of one contract as a plain linear program in HiGHS, a variable per order."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt

MW = 1e6


@dataclass(frozen=True)
class PlainAuction:
    """Sold W, and the price as the dual of the balance, in ticks."""

    volume_w: float
    price_ticks: float


def plain_auction(
    sells: npt.NDArray[np.bool_], price_ticks: npt.NDArray[np.int64], quantity_w: npt.NDArray[np.int64]
) -> PlainAuction:
    """Return the welfare optimum of purchases and sales that balance."""
    count = len(price_ticks)
    sign = np.where(sells, 1.0, -1.0)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = count, 1
    model.col_cost_, model.col_lower_, model.col_upper_ = sign * price_ticks, np.zeros(count), quantity_w / MW
    model.row_lower_ = model.row_upper_ = np.zeros(1)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.arange(count + 1, dtype=np.int32)
    model.a_matrix_.index_, model.a_matrix_.value_ = np.zeros(count, dtype=np.int32), sign
    solver = highspy.Highs()
    for option, value in (("output_flag", False), ("threads", 1)):
        solver.setOptionValue(option, value)
    solver.passModel(model)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise ArithmeticError("the reference found no optimum")
    solution = solver.getSolution()
    volume = float(np.array(solution.col_value)[sells].sum() * MW)
    return PlainAuction(volume, abs(float(solution.row_dual[0])))
