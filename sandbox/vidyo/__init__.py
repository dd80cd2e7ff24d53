"""The Vidyo portal and its replay server, on one machine: strict, stateful, and able to misbehave."""
