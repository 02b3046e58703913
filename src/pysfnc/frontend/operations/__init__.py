"""Operations on typed values, as the lowering asks the library for them. `lower_library` is all of them under one name."""
