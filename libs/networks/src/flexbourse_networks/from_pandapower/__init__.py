"""Networks of pandapower, and of formats that it reads for us: tables, matrices, sources, ratings and controls."""
