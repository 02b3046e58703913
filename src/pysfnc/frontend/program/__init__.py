"""What the source of a project says before any function body is lowered: files, names, constants, environment."""
