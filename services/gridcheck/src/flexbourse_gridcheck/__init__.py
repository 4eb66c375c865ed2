"""Network models, base case, margins, tariffs and audits."""
