"""The gateway: Slack's requests, signed links to recordings, and health."""
