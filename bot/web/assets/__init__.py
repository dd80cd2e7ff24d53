"""What the gateway's pages are made of: templates, one style sheet, one script, one icon."""
