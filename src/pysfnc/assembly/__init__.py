"""From a compiled program to what runs: the Lambda zip with its manifest for AWS, or a local Lambda for the engine.

Owns the translation between the compiler's picture of a program (`pysfnc.ir.hir.Program`) and that of packaging, which
know nothing of each other. The commands and `pysfnc.testing` use it.
"""
