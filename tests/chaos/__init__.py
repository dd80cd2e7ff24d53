"""Chaos: people record, processes are killed, networks break, and nothing is lost or said twice."""
