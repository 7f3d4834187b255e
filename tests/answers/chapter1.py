import numpy as np


# %% 1.1 right
def sigmoid(z):
    return np.exp(z) / (np.exp(z) + 1)


# %% 1.1 sign_lost
def sigmoid(z):
    return np.exp(-z) / (1 + np.exp(-z))
