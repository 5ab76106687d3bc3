"""What `import nablatex` gives: the features for programs in Python, and the way to SymPy and back."""
