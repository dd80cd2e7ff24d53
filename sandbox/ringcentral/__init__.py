"""RingCentral on one machine: the call log, its recordings and live calls, strict, and able to misbehave."""
