"""A small library about recording meetings: its words, its promises, and one folder a provider."""
