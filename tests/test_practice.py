"""Problems to practise on: each kind against PyTorch or a simulation, and its slips and its words.

The oracles read the numbers out of the prompt, as a reader does.
"""

import re
from functools import cache
from itertools import combinations, pairwise

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

import groundup.practice.kinds  # noqa: F401
from groundup.models import count_parameters, mlp
from groundup.practice.problem import KINDS, Drawn, Kind, Problem
from groundup.practice.typed import TypedError, numbers
from groundup.questions.show import to_html

SEEDS = 1000
each_kind = pytest.mark.parametrize("name", sorted(KINDS))


@cache
def problem_of(name: str, seed: int) -> Problem:
    return KINDS[name].problem(seed)


# --- the numbers of a prompt ---


def named(prompt: str, name: str) -> float:
    """The number behind ``name =``."""
    return float(re.search(rf"{re.escape(name)} = (-?[\d.]+\d|-?\d)", prompt)[1])


def vectors(text: str) -> list[torch.Tensor]:
    found = re.findall(r"\((-?[\d.]+(?:, -?[\d.]+)+)\)", text)
    return [torch.tensor([float(x) for x in it.split(",")]).double() for it in found]


def matrices(text: str) -> list[torch.Tensor]:
    found = re.findall(r"\\begin{pmatrix} (.*?) \\end{pmatrix}", text)
    rows = [[line.split("&") for line in it.split(r" \\ ")] for it in found]
    return [torch.tensor([[float(x) for x in line] for line in it]).double() for it in rows]


def whole(text: str) -> list[int]:
    """The whole numbers of a text, outside of its formulas' letters."""
    return [int(x) for x in re.findall(r"(?<![\w.^_{])-?\d+(?![\d.]*\.\d)", text)]


def arrows(prompt: str) -> list[int]:
    return [int(x) for x in re.search(r"\d+(?: → \d+)+", prompt)[0].split(" → ")]


# --- the oracles ---


def leaf(x) -> torch.Tensor:
    return torch.as_tensor(x).double().clone().requires_grad_()


def weighted_sum(prompt):
    w, x = vectors(prompt)
    layer = nn.Linear(3, 1).double()
    layer.weight.data[0], layer.bias.data[0] = w, named(prompt, "b")
    return layer(x).item()


def forward(prompt):
    x, b, w = vectors(prompt)
    (W,) = matrices(prompt)
    hidden = torch.relu(F.linear(x, W.T, b))
    return F.linear(hidden, w[None], torch.tensor([named(prompt, "c")]).double()).item()


def shapes(prompt):
    rows, sizes = whole(prompt)[0], arrows(prompt)
    network = nn.Sequential(*(nn.Linear(a, b) for a, b in pairwise(sizes)))
    at = int(re.search(r"layer (\d)", prompt)[1])
    if "shape of $W$" in prompt:
        return tuple(network[at - 1].weight.T.shape)
    return tuple(network[:at](torch.zeros(rows, sizes[0])).shape)


def parameters(prompt):
    return count_parameters(mlp(arrows(prompt)))


def mini_batches(prompt):
    rows, size, epochs = whole(prompt)
    return sum(len(list(torch.arange(rows).split(size))) for _ in range(epochs))


def slope(prompt):
    function, inverse = (
        (torch.tanh, torch.atanh) if "tanh" in prompt else (torch.sigmoid, torch.logit)
    )
    value = torch.tensor(float(re.search(r"\(z\) = ([\d.]+\d)", prompt)[1])).double()
    z = leaf(inverse(value))
    function(z).backward()
    return z.grad.item()


def neuron_gradient(prompt):
    w, x = vectors(prompt)
    w = leaf(w)
    (w @ x + named(prompt, "b") - named(prompt, "y")).square().backward()
    return w.grad[int(re.search(r"partial w_(\d)", prompt)[1]) - 1].item()


def descent(prompt):
    w = leaf(named(prompt, "$w"))
    step = torch.optim.SGD([w], lr=named(prompt, r"\eta"))
    F.mse_loss(w * named(prompt, "$x"), torch.tensor(named(prompt, "$y")).double()).backward()
    step.step()
    return w.item()


def rate_curve(prompt):
    w, seen = leaf(2.0), []
    step = torch.optim.SGD([w], lr=named(prompt, r"\eta"))
    for _ in range(4):
        step.zero_grad()
        loss = w.square()
        loss.backward()
        seen.append(loss.item())
        step.step()
    curves = re.findall(r"\*\*([a-d])\*\* ((?:[\d.e-]+(?:, )?)+)", prompt)
    near = [
        letter
        for letter, text in curves
        if np.allclose([float(x.strip(".")) for x in text.split(", ")], seen, rtol=1e-5)
    ]
    (letter,) = near
    return letter


def fan_out(prompt):
    a, b, c = (leaf(named(prompt, f"${name}")) for name in "abc")
    ((a * b) * (a + c)).backward()
    return a.grad.item()


def relu_backward(prompt):
    z, delta = vectors(prompt)
    (W,) = matrices(prompt)
    z = leaf(z)
    (torch.relu(z) @ W).backward(delta)
    return tuple(z.grad.tolist())


def weight_gradient(prompt):
    X, delta = matrices(prompt)
    W = leaf(torch.zeros(2, 2))
    (X @ W).backward(delta)
    i, j = re.search(r"W_{(\d)(\d)}", prompt).groups()
    return W.grad[int(i) - 1, int(j) - 1].item()


def binary_cross_entropy(prompt):
    top, low = map(int, re.search(r"p = \\frac{(\d+)}{(\d+)}", prompt).groups())
    p = torch.tensor(top / low).double()
    return F.binary_cross_entropy(p, torch.tensor(named(prompt, "$y")).double()).item()


def softmax(prompt):
    counts = [float(x) for x in re.findall(r"\\ln (\d+)", prompt)]
    return torch.tensor(counts).double().log().softmax(0)[whole(prompt)[-1] - 1].item()


def cross_entropy(prompt):
    logits = torch.stack(vectors(prompt)).log()
    labels = torch.tensor([int(x) for x in re.search(r"are (\d) and (\d)", prompt).groups()]) - 1
    return F.cross_entropy(logits, labels).item()


def softmax_gradient(prompt):
    (p,) = vectors(prompt)
    logits = leaf(p.log())
    label = int(re.search(r"class is (\d)", prompt)[1]) - 1
    F.cross_entropy(logits, torch.tensor(label)).backward()
    return tuple(logits.grad.tolist())


def conv_size(prompt):
    size, _, k, _ = map(
        int,
        re.findall(r"\$(\d+) \\times (\d+)\$", prompt)[0]
        + (re.findall(r"\$(\d+) \\times (\d+)\$", prompt)[1]),
    )
    pad, stride = map(int, re.search(r"padding (\d), stride (\d)", prompt).groups())
    image = torch.zeros(1, 1, size, size)
    if "pooling" in prompt:
        return F.max_pool2d(image, k, stride, pad).shape[-1]
    return F.conv2d(image, torch.zeros(1, 1, k, k), stride=stride, padding=pad).shape[-1]


def conv_parameters(prompt):
    into = int(re.search(r"turns (\d+) channel", prompt)[1])
    out = int(re.search(r"into (\d+) channels", prompt)[1])
    k = int(re.search(r"filters of \$(\d)", prompt)[1])
    return count_parameters(nn.Conv2d(into, out, k))


def conv_value(prompt):
    f, image = matrices(prompt)
    b = torch.tensor([float(re.search(r"the bias (-?\d)", prompt)[1])]).double()
    i, j = map(int, re.search(r"row (\d), column (\d)", prompt).groups())
    return F.conv2d(image[None, None], f[None, None], b)[0, 0, i - 1, j - 1].item()


def cnn_parameters(prompt):
    size = int(re.search(r"\$(\d+) ", prompt)[1])
    out, classes = (int(re.search(rf"to (\d+) {it}", prompt)[1]) for it in ("channels", "classes"))
    pad = int(re.search(r"padding (\d)", prompt)[1])
    front = nn.Sequential(nn.Conv2d(1, out, 3, padding=pad), nn.ReLU(), nn.MaxPool2d(2))
    flat = front(torch.zeros(1, 1, size, size)).numel()
    return count_parameters(nn.Sequential(front, nn.Flatten(), nn.Linear(flat, classes)))


def stepped(optimizer, w, gradients) -> None:
    for g in gradients:
        w.grad = torch.tensor(g).double()
        optimizer.step()


def momentum(prompt):
    w = leaf(named(prompt, "$w"))
    mu, eta = named(prompt, r"\mu"), named(prompt, r"\eta")
    step = torch.optim.SGD([w], lr=eta, momentum=mu)
    step.state[w]["momentum_buffer"] = torch.tensor(named(prompt, "$v")).double()
    stepped(step, w, [named(prompt, "$g")])
    return w.item()


def adam(prompt):
    first = float(re.search(r"first step with the gradient (-?\d+)", prompt)[1])
    second = float(re.search(r"Now the gradient is (-?\d+)", prompt)[1])
    w = leaf(0.0)
    step = torch.optim.Adam([w], lr=named(prompt, r"\eta"), betas=(0.5, 0.5), eps=0)
    stepped(step, w, [first])
    w.data.fill_(named(prompt, "$w"))
    stepped(step, w, [second])
    return w.item()


def start(prompt):
    into, out = map(int, re.search(r"(\d+) inputs and (\d+) outputs", prompt).groups())
    W, drawn = torch.zeros(out, into), {}
    draw = nn.init.xavier_normal_ if "Xavier" in prompt else nn.init.kaiming_normal_
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.Tensor, "normal_", lambda self, mean, std, **_: drawn.update(std=std))
        draw(W) if "Xavier" in prompt else draw(W, nonlinearity="relu")
    return drawn["std"]


def layer_norm(prompt):
    (x,) = vectors(prompt)
    entry = float(re.search(r"entry (-?\d+)", prompt)[1])
    return F.layer_norm(x, x.shape, eps=0)[x == entry][0].item()


def dropout(prompt):
    p, training = named(prompt, "$p"), "in training" in prompt
    a = float(re.search(r"activation (\d+)", prompt)[1])
    out = F.dropout(torch.full((200,), a).double(), p, training)
    return out[out != 0][0].item()


def clipping(prompt):
    (g,) = vectors(prompt)
    w = leaf(g)
    w.grad = g.clone()
    nn.utils.clip_grad_norm_([w], named(prompt, "$c"))
    return tuple(w.grad.tolist())


def operations(prompt):
    from torch.utils.flop_counter import FlopCounterMode

    sizes, rows = arrows(prompt), int(re.search(r"batch of (\d+)", prompt)[1])
    network = nn.Sequential(*(nn.Linear(a, b, bias=False) for a, b in pairwise(sizes)))
    with FlopCounterMode(display=False) as counted:
        network(torch.zeros(rows, sizes[0]))
    return counted.get_total_flops()


def memory(prompt):
    network = mlp(arrows(prompt))
    lr = {"lr": 0.1}
    if "Adam" in prompt:
        step = torch.optim.Adam(network.parameters(), **lr)
    else:
        step = torch.optim.SGD(network.parameters(), momentum=0.9 * ("momentum" in prompt), **lr)
    network(torch.ones(1, arrows(prompt)[0])).sum().backward()
    step.step()
    kept = [t for state in step.state.values() for t in state.values() if t is not None and t.ndim]
    return sum(t.nbytes for p in network.parameters() for t in (p, p.grad)) + sum(
        t.nbytes for t in kept
    )


def ring(prompt):
    """Chunks that travel until each worker has the whole sum; the time of each round is added."""
    p, size = map(int, re.search(r"^(\d+) workers.* of (\d+) MB in a ring", prompt).groups())
    alpha = int(re.search(r"latency of (\d+)", prompt)[1])
    beta = int(re.search(r"sends (\d+) MB", prompt)[1])
    have = [[{w} for _ in range(p)] for w in range(p)]  # worker, chunk: whose numbers are in it
    time = rounds = 0
    while any(len(chunk) < p for worker in have for chunk in worker):
        sent = [have[w][(w - rounds) % p] for w in range(p)]
        for w in range(p):
            have[(w + 1) % p][(w - rounds) % p] |= sent[w]
        rounds += 1
        time += alpha + size / p / beta
    return time


def many_workers(prompt):
    rows = [int(x) for x in re.search(r"have (\d), (\d) and (\d) rows", prompt).groups()]
    text = re.search(r"gradients are (.*?)\. What", prompt)[1]
    w = leaf(0.0)
    # Rows whose loss has the slope that their worker saw, in one batch.
    slopes = torch.cat(
        [torch.full((r,), float(g)).double() for r, g in zip(rows, text.split(", "), strict=True)]
    )
    (w * slopes).mean().backward()
    return w.grad.item()


def bug_by_losses(prompt):
    """PyTorch's own loop, with the bug that each option names."""
    c, start, rate = named(prompt, "$c"), named(prompt, "$w"), named(prompt, r"\eta")
    seen = [float(x) for x in re.search(r"before each: (.*?)\. What", prompt)[1].split(", ")]

    def losses(option):
        w = leaf(start)
        step = torch.optim.SGD([w], lr=rate, maximize="along the gradient" in option)
        halve = torch.optim.lr_scheduler.ExponentialLR(step, 0.5)
        for t in range(4):
            loss = (w - c).square()
            yield loss.item()
            if "added up" not in option and "of the first step" not in option:
                step.zero_grad()
            if t == 0 or "of the first step" not in option:
                (loss / 2 if "factor 2" in option else loss).backward()
            if "never changed" not in option:
                step.step()
            if "halved" in option:
                halve.step()

    options = dict(re.findall(r"\*\*([a-e])\*\* ([^;?]+)", prompt))
    near = [it for it, text in options.items() if np.allclose(list(losses(text)), seen, atol=1e-4)]
    (letter,) = near
    return letter


def ready_dot(prompt):
    a, b = vectors(prompt)
    return torch.dot(a, b).item()


def ready_product(prompt):
    (A,), (x,) = matrices(prompt), vectors(prompt)
    return tuple((A @ x).tolist())


def ready_shape(prompt):
    (a, b), (c, d) = (map(int, it) for it in re.findall(r"`\((\d+), (\d+)\)`", prompt))
    return tuple((torch.zeros(a, b) @ torch.zeros(c, d)).shape)


def slope_at(function, *at: float) -> float:
    """Along the first of the variables."""
    at = [leaf(it) for it in at]
    function(*at).backward()
    return at[0].grad.item()


def ready_derivative(prompt):
    a, b = named(prompt, "$a"), named(prompt, "$b")
    return slope_at(lambda x: a * x**2 + b * x, named(prompt, "$x"))


def ready_chain(prompt):
    a, b = named(prompt, "$a"), named(prompt, "$b")
    return slope_at(lambda x: (a * x + b) ** 2, named(prompt, "$x"))


def ready_partial(prompt):
    x, y, c = (named(prompt, f"${it}") for it in "xyc")
    return slope_at(lambda x, y: x**2 * y + c * x, x, y)


def ready_logarithm(prompt):
    a, b = (np.exp(named(prompt, rf"\ln {it}")) for it in "ab")
    return np.log(a * b ** int(re.search(r"b\^(\d)", prompt)[1]))


def ready_exponential(prompt):
    x, y = (np.log(named(prompt, f"e^{it}")) for it in "xy")
    return np.exp(int(re.search(r"e\^{(\d) x - y}", prompt)[1]) * x - y)


def ready_variance(prompt):
    return vectors(prompt)[0].var(correction=0).item()


def ready_loop(prompt):
    first, second = re.findall(r"`([^`]*)`", prompt)[1:]
    names = {}
    exec(f"{first}\n{second}", names)
    return names["total"]


def ready_slice(prompt):
    assigned, asked = re.findall(r"`([^`]*)`", prompt)
    names = {}
    exec(assigned, names)
    return eval(asked, names)


def ready_axis(prompt):
    (A,) = matrices(prompt)
    return tuple(eval(re.search(r"`(A\.sum.*?)`", prompt)[1], {"A": A.numpy()}).tolist())


ORACLES = {name: globals()[name.replace("-", "_")] for name in KINDS}


# --- each kind ---


@each_kind
def test_answers_agree_with_another_way_of_computing_them(name):
    torch.manual_seed(0)
    for seed in range(SEEDS):
        problem = problem_of(name, seed)
        wanted = ORACLES[name](problem.prompt)
        near = 1e-6 if isinstance(wanted, float) else 0
        if isinstance(wanted, str):
            assert problem.answer == wanted, problem.prompt
        else:
            # clip_grad_norm_ adds 1e-6 to the norm
            assert problem.answer == pytest.approx(wanted, rel=1e-5, abs=near), problem.prompt


def typed(value) -> str:
    """A value as a reader may type it."""
    if isinstance(value, tuple):
        return ", ".join(map(typed, value))
    return value if isinstance(value, str) else repr(value)


@each_kind
def test_right_is_right_and_each_slip_is_named(name):
    for seed in range(SEEDS):
        problem = problem_of(name, seed)
        verdict = problem.check(typed(problem.answer))
        assert verdict.right, (problem.prompt, verdict)
        for slip in problem.slips:
            verdict = problem.check(typed(slip.make()))
            assert (verdict.status, verdict.message) == ("not right yet", slip.message), (
                problem.prompt,
                slip,
            )


def apart(a, b) -> float:
    if isinstance(a, str):
        return float(a != b) * np.inf
    a, b = np.atleast_1d(a), np.atleast_1d(b)
    return np.abs(a - b).max() if a.shape == b.shape else np.inf


@each_kind
def test_slips_are_told_from_the_answer_and_from_each_other(name):
    for seed in range(SEEDS):
        problem = problem_of(name, seed)
        values = [problem.answer, *(slip.make() for slip in problem.slips)]
        assert len(values) >= 3
        assert min(apart(a, b) for a, b in combinations(values, 2)) > 2 * problem.atol
        messages = [slip.message for slip in problem.slips]
        if name != "rate-curve":  # several curves may be wrong in the same way
            assert len(set(messages)) == len(messages)


@each_kind
def test_at_the_edge_of_the_tolerance(name):
    for seed in range(100):
        problem = problem_of(name, seed)
        parts = problem.answer if isinstance(problem.answer, tuple) else (problem.answer,)
        if isinstance(parts[0], str):
            assert not problem.check("z").right
            continue
        for share, right in ((0.98, True), (-0.98, True), (1.02, False), (-1.02, False)):
            for i in range(len(parts)):
                moved = [x + share * problem.atol * (i == j) for j, x in enumerate(parts)]
                assert problem.check(", ".join(map(repr, moved))).right is right


@each_kind
def test_the_worked_way_ends_with_the_answer(name):
    for seed in range(SEEDS):
        problem = problem_of(name, seed)
        last = problem.steps[-1]
        end = last[last.rindex("=") + 1 :].strip(" .$()")
        assert problem.check(end).right, (problem.prompt, last, problem.answer)


@each_kind
def test_seeds_differ_and_a_seed_stays(name):
    prompts = [problem_of(name, seed).prompt for seed in range(60)]
    assert prompts == [KINDS[name].problem(seed).prompt for seed in range(60)]
    assert len(set(prompts)) >= 10


@each_kind
def test_numbers_are_small_enough_for_paper(name):
    for seed in range(SEEDS):
        problem = problem_of(name, seed)
        parts = problem.answer if isinstance(problem.answer, tuple) else (problem.answer,)
        assert all(isinstance(x, str) or abs(x) < 10**5 for x in parts), problem.prompt


@each_kind
def test_texts_are_whole(name):
    """No braces left, no formula open, in prompt, steps and messages."""
    for seed in range(100):
        problem = problem_of(name, seed)
        for text in (problem.prompt, *problem.steps, *(slip.message for slip in problem.slips)):
            assert text.count("$") % 2 == 0
            assert text.count("{") == text.count("}")
            assert "$" not in to_html(text)
            assert not re.search(r"--|\+ -|\d\.\d{7}", text), text


def test_there_are_kinds_for_the_chapters_that_compute():
    assert len(KINDS) >= 15
    assert {kind.chapter for kind in KINDS.values()} == set(range(9))
    assert all(it.read for it in KINDS.values() if it.chapter == 0)


def test_a_slip_too_near_is_left_out_and_few_slips_are_drawn_again():
    seen = []

    def draw(rng):
        seen.append(rng.random())
        slips = [(1.0, "right"), (1.19, "within reach of both"), (1.3, "far"), (1.35, "of far")]
        return Drawn("Say one.", 1.0, ["= 1"], [*slips, *([(2, "on")] * (len(seen) > 1))], 0.1)

    problem = Kind("some", 1, "Some", draw).problem(0)
    assert [slip.message for slip in problem.slips] == ["far", "on"]
    assert len(seen) == 2


# --- what is typed ---


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("½", 0.5),
        ("1½", 1.5),
        ("-¼", -0.25),
        ("1/2", 0.5),
        (" 0.5 ", 0.5),
        (".5", 0.5),
        ("50 %", 0.5),
        ("50%", 0.5),
        ("5e-1", 0.5),
        ("−2", -2),
        ("–2", -2),
        ("1 024", 1024),
        ("1\u202f024", 1024),
        ("1'024", 1024),
        ("1_024", 1024),
        ("3·4 + 4", 16),
        ("2 × (3 − 1)", 4),
        ("0.5.", None),
        ("12 13", None),
        ("two", None),
        ("1/0", None),
        ("9" * 150 + "e999", None),
        ("2**9**9**9", None),
        ("__import__('os')", None),
        ("True", None),
        ("1j", None),
        ("0,5", None),
        ("1,024", None),
        ("", None),
        ("(" * 190, None),
        ("9" * 201, None),
    ],
)
def test_one_number(text, value):
    if value is None:
        with pytest.raises(TypedError, match=r"^[A-Z“].*\.$"):
            numbers(text, percent=True)
    else:
        assert numbers(text, percent=True) == pytest.approx(value, abs=1e-12)


def test_per_cent_only_where_the_question_says_so():
    with pytest.raises(TypedError, match="not one in per cent"):
        numbers("50 %")
    assert not KINDS["softmax"].problem(0).check("-50 %").right
    assert "in %" in KINDS["softmax"].problem(0).prompt


def test_several_numbers():
    for text in ("(1, -2)", "[1, -2]", "1,-2", "1; -2", "(1, −2)", "(1), (-2)"):
        assert numbers(text, 2) == (1, -2)
    assert numbers("(2-1)*1, 0.5", 2) == (1, 0.5)
    assert numbers("0,5", 2) == (0, 5)  # two numbers are wanted, and here are two
    with pytest.raises(TypedError, match=r"2 numbers are wanted.*this has 4"):
        numbers("0,5, 1,5", 2)


def test_what_is_no_answer_is_not_called_wrong():
    for name, text in (("softmax", "0,5"), ("rate-curve", "12"), ("shapes", "7"), ("ring", "")):
        assert KINDS[name].problem(0).check(text).status == "not attempted yet"
    assert KINDS["rate-curve"].problem(0).check(" D) ").status in ("right", "not right yet")


def test_a_wrong_answer_that_is_no_slip_is_wrong_and_does_not_tell_the_right_one():
    problem = KINDS["conv-size"].problem(3)
    verdict = problem.check("977")
    assert (verdict.status, verdict.slip) == ("not right yet", None)
    assert str(problem.answer) not in verdict.message + "".join(verdict.details)
