"""Differentials, gradients, Jacobians, and the layouts in which they are read off."""

from nablatex.calculus.derivatives import derivative, expand
from nablatex.calculus.differentials import differential, gradient, jacobian

__all__ = ["derivative", "differential", "expand", "gradient", "jacobian"]
