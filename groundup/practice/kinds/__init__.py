"""The kinds of problems, by what they are about; importing this package registers them."""

from . import bugs, convolution, gradients, losses, networks, ready, scaling, training

__all__ = ["bugs", "convolution", "gradients", "losses", "networks", "ready", "scaling", "training"]
