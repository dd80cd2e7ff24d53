"""Speed, as ratios: each benchmark sets our way beside the plain one, in turns, on the same machine.

Absolute times say little on somebody else's machine; a ratio taken in one interleaved run carries over.
"""
