"""Explicit mathematics: scalars and matrices with given entries, through SymPy and latex2sympy2."""
