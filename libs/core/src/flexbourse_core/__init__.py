"""Pure building blocks: units, money, market time, ids, errors, dedupe."""
