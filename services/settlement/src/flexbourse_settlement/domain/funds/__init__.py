"""Participants' money: the double entry, its rules, and its picture on the chain."""
