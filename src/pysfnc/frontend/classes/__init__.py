"""Objects of classes of the program: attributes, methods, operators of their own."""
