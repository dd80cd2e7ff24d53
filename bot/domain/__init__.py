"""The words of the application, pure: nothing here awaits, reads a clock or draws."""
