"""The workflows, a verb a module: the request first, `services` second, a value of the domain back."""
