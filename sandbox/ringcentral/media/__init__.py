"""A gentle tone of six seconds (MP3, mono) that every recording in that form consists of."""
