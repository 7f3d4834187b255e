/* The training widget: a network with its data, its optimiser and its history. */
"use strict";

(() => {
  const { random, training } = GroundUp;

  class Run {
    /** A network with its data, its optimiser and its history; one epoch at a time. */
    constructor(tf, state) {
      this.tf = tf;
      this.state = state;
      this.data = training.makeData(state);
      this.rng = random(state.seed);
      const sizes = [2, ...training.validWidths(state.hidden), 1];
      this.layers = sizes.slice(1).map((n_out, l) => {
        const W = Array.from({ length: sizes[l] }, () =>
          Array.from({ length: n_out }, () => this.rng.normal() / Math.sqrt(sizes[l])));
        return { W: tf.variable(tf.tensor2d(W)), b: tf.variable(tf.zeros([n_out])) };
      });
      this.sizes = sizes;
      const lr = +state.lr;
      this.optimizer = state.optimizer === "sgd" ? tf.train.sgd(lr) : tf.train.adam(lr);
      this.X = this.tensor(this.data.X);
      this.y = this.tensor(this.data.y.map((v) => [v]), 1);
      this.X_test = this.tensor(this.data.X_test);
      this.y_test = this.tensor(this.data.y_test.map((v) => [v]), 1);
      this.train = [];
      this.test = [];
      this.diverged = false;
      this.record();
    }

    tensor(rows, columns = 2) {
      return rows.length ? this.tf.tensor2d(rows, [rows.length, columns]) : null;
    }

    /** All activations of the rows X, the last being the logits. */
    forward(X) {
      const { tf } = this;
      const phi = { tanh: tf.tanh, relu: tf.relu, sigmoid: tf.sigmoid, identity: (z) => z }[this.state.activation];
      const activations = [];
      this.layers.forEach(({ W, b }, l) => {
        const z = tf.add(tf.matMul(l ? activations[l - 1] : X, W), b);
        activations.push(l < this.layers.length - 1 ? phi(z) : z);
      });
      return activations;
    }

    loss(X, y) {
      const { tf } = this;
      const z = this.forward(X).at(-1);
      if (this.state.loss === "mse") return tf.mean(tf.squaredDifference(tf.sigmoid(z), y));
      // log(1 + exp(z)) - y z, from the logits
      return tf.mean(tf.sub(tf.softplus(z), tf.mul(y, z)));
    }

    epoch() {
      const { tf } = this;
      const n = this.data.X.length;
      const size = this.state.batch === "all" ? n : Math.min(n, +this.state.batch);
      const order = [...Array(n).keys()];
      if (size < n) {
        for (let i = n - 1; i > 0; i--) {
          const j = Math.floor(this.rng.uniform() * (i + 1));
          [order[i], order[j]] = [order[j], order[i]];
        }
      }
      for (let first = 0; first < n; first += size) {
        tf.tidy(() => {
          const rows = tf.tensor1d(order.slice(first, first + size), "int32");
          const X = size < n ? tf.gather(this.X, rows) : this.X;
          const y = size < n ? tf.gather(this.y, rows) : this.y;
          this.optimizer.minimize(() => {
            let objective = this.loss(X, y);
            if (+this.state.l2) {
              for (const { W } of this.layers) {
                objective = tf.add(objective, tf.mul(+this.state.l2, tf.sum(tf.square(W))));
              }
            }
            return objective;
          });
        });
      }
      this.record();
    }

    record() {
      const value = (X, y) => this.tf.tidy(() => this.loss(X, y).dataSync()[0]);
      this.train.push(value(this.X, this.y));
      if (this.X_test) this.test.push(value(this.X_test, this.y_test));
      this.diverged = !Number.isFinite(this.train.at(-1));
    }

    /** For each layer the activations at the rows X; for the output, P(class 1). */
    pictures(X) {
      return this.tf.tidy(() => {
        const activations = this.forward(this.tf.tensor2d(X, [X.length, 2]));
        activations.push(this.tf.sigmoid(activations.pop()));
        return activations.map((a) => ({ values: a.dataSync(), columns: a.shape[1] }));
      });
    }

    weights() {
      return this.layers.map(({ W, b }) => ({ W: W.arraySync(), b: b.arraySync() }));
    }

    accuracy() {
      const right = (X, y) => this.tf.tidy(() => {
        const z = this.forward(X).at(-1).dataSync();
        return y.filter((label, i) => (z[i] > 0) === (label === 1)).length / y.length;
      });
      return {
        train: right(this.X, this.data.y),
        test: this.X_test ? right(this.X_test, this.data.y_test) : null,
      };
    }

    dispose() {
      this.layers.forEach(({ W, b }) => { W.dispose(); b.dispose(); });
      [this.X, this.y, this.X_test, this.y_test].forEach((t) => t && t.dispose());
      this.optimizer.dispose();
    }
  }

  training.Run = Run;
})();
