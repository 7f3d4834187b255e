"""The kinds of problems, by what they are about; importing this package registers them."""

from . import convolution, gradients, losses, networks, scaling, training

__all__ = ["convolution", "gradients", "losses", "networks", "scaling", "training"]
