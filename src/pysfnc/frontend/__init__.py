"""Python source to HIR: modules, scopes, types, the supported subset, lowering."""
