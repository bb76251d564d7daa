"""Mortgage-backed securities: short rates, prepayment, cash flows, durations."""
