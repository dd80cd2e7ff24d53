"""What is wrong, and what to do about it: one line for each thing that can be tried."""

from bot.doctor.examination import examine

__all__ = ["examine"]
