"""What a row of the library is, how rows are declared, found and called, and the pieces that they are made of."""
