"""The front in Slack: what people type and press, and what they are shown."""
