"""One market day in a village: scenario, robots, driver, report."""
