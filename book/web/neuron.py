from math import exp

# fmt: off
X = [[3.0, 1.5], [2.0, 1.0], [4.0, 1.5], [3.0, 4.0],
     [3.5, 0.5], [2.0, 0.5], [5.5, 1.0], [1.0, 1.0]]
# fmt: on
y = [0, 1, 0, 1, 0, 1, 1, 0]


def sigmoid(z):
    return 1 / (1 + exp(-z))


def predict(x, w, b):
    return sigmoid(x[0] * w[0] + x[1] * w[1] + b)


def gradients(x, target, w, b):
    """Slopes of (y_hat - target)^2 along w[0], w[1] and b."""
    y_hat = predict(x, w, b)
    delta = 2 * (y_hat - target) * y_hat * (1 - y_hat)
    return delta * x[0], delta * x[1], delta


def total_error(w, b):
    return sum((predict(x, w, b) - t) ** 2 for x, t in zip(X, y))


w, b = [0.5, -0.5], 0.0
learning_rate = 0.1
for step in range(2001):
    if step % 400 == 0:
        print(f"step {step:4d}   error {total_error(w, b):.4f}")
    i = step % len(X)  # one row after the other
    slopes = gradients(X[i], y[i], w, b)
    w[0] -= learning_rate * slopes[0]
    w[1] -= learning_rate * slopes[1]
    b -= learning_rate * slopes[2]

print(f"w = {w[0]:.4f}, {w[1]:.4f}   b = {b:.4f}")
right = sum((predict(x, w, b) > 0.5) == t for x, t in zip(X, y))
print(right, "of", len(X), "rows right")
