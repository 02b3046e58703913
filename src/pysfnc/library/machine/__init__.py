"""Operations that the compiler makes and no program writes: input, decoding, branches, loops."""
