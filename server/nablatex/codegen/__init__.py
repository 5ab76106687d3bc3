"""Programs from expressions: NumPy, JAX, PyTorch, Julia, MATLAB and SymPy."""
