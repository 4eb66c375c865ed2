"""All robots of a village."""

from __future__ import annotations

from flexbourse_demo.modelled.loads import DayModel
from flexbourse_demo.robots.base import Robot
from flexbourse_demo.robots.battery import BatteryRobot
from flexbourse_demo.robots.heat_pump import HeatPumpRobot
from flexbourse_demo.robots.household import household_robot
from flexbourse_demo.robots.operator import OperatorRobot
from flexbourse_demo.robots.supplier import SupplierRobot
from flexbourse_demo.robots.vehicle import VehicleRobot


def build_crew(model: DayModel, rating_w: dict[str, int], *, relief: bool = True) -> list[Robot]:
    """Return the robots in the order in which they act: the supplier, the homes by street, the operator.

    Without `relief` the operator stays away.
    """
    crew: list[Robot] = [SupplierRobot(model)]
    for home in model.village.homes:
        crew.append(household_robot(home, model))
        if home.charger:
            crew.append(VehicleRobot(home, home.charger, model))
        if home.battery and not home.solar:
            crew.append(BatteryRobot(home, home.battery, model))
        if home.heat_pump:
            crew.append(HeatPumpRobot(home, model))
    if relief:
        crew.append(OperatorRobot(model, rating_w))
    return crew
