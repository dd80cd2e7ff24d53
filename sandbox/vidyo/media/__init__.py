"""Short films (H.264 and AAC, `moov` first) that stand at the head of every recording's file."""
