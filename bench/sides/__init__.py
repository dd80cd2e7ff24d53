"""What runs in processes of their own: `python -m bench.sides.NAME ORDERS`, until standard input ends."""
