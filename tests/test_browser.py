"""The built pages and their widgets in a real browser; every host but this machine is shut off."""

import gzip
import re
import shutil
import time
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
import torch
from browsing import networks, opened, settle, sideways, violations
from PIL import Image
from playwright.sync_api import Page

from groundup.datasets import digits

HEAVIEST, MOST = 450_000, 25  # bytes, compressed, and files of a first view


def paths(book: Path) -> list[str]:
    found = [it.relative_to(book) for it in sorted(book.rglob("*.html"))]
    return [it.as_posix() for it in found if not {"_static", "_sources"} & set(it.parts)]


@pytest.mark.parametrize(
    ("scheme", "theme"), [("http", "light"), ("http", "dark"), ("file", "light")]
)
def test_every_page_is_sound(browser, book, site, scheme, theme):
    faults = {}
    for path in paths(book):
        if scheme == "file" and path == "404.html":
            continue  # only a server shows it
        address = f"{site}/{path}" if scheme == "http" else (book / path).as_uri()
        with opened(browser, address, theme) as (page, wrong):
            settle(page)
            assert page.locator("html").get_attribute("data-theme") == theme
            if scheme == "http":
                wrong += violations(page)
            for width in (1280, 390, 320):
                page.set_viewport_size({"width": width, "height": 900})
                page.wait_for_timeout(50)
                if over := sideways(page):
                    wrong.append(f"{over} pixels too wide at {width}")
            if wrong:
                faults[path] = list(dict.fromkeys(wrong))
    lines = [f"{path}: {fault}" for path, found in faults.items() for fault in found]
    assert not lines, "\n".join(lines)


def test_a_first_view_is_light(browser, book, site):
    too_heavy = {}
    for chapter in (it for it in paths(book) if it.startswith(("notebooks/", "index"))):
        loaded = set()
        with opened(browser, "about:blank") as (page, _):
            page.on("response", lambda response, loaded=loaded: loaded.add(response.url))
            page.goto(f"{site}/{chapter}")
            page.wait_for_load_state("networkidle")
        files = {url: book / urlsplit(url).path.lstrip("/") for url in loaded if site in url}
        sizes = {
            url: min(file.stat().st_size, len(gzip.compress(file.read_bytes())))
            for url, file in files.items()
        }
        if sum(sizes.values()) > HEAVIEST or len(sizes) > MOST:
            too_heavy[chapter] = (sum(sizes.values()), sizes)
    assert too_heavy == {}


SHIFTS = """() => {
  window.shift = 0;
  new PerformanceObserver((list) => {
    for (const it of list.getEntries()) window.shift += it.hadRecentInput ? 0 : it.value;
  }).observe({ type: "layout-shift", buffered: true });
}"""


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_does_not_jump_while_it_loads(browser, book, site, width):
    jumped = {}
    for path in (it for it in paths(book) if it.startswith(("notebooks/", "index"))):
        with opened(browser, "about:blank", width=width) as (page, _):
            page.context.add_init_script(f"({SHIFTS})()")
            # The fonts come last, as on a slow line.
            page.route("**/*.woff2", lambda route: (time.sleep(0.4), route.continue_()))
            page.goto(f"{site}/{path}")
            page.wait_for_load_state("networkidle")
            if (shift := page.evaluate("() => window.shift")) > 0.02:
                jumped[path] = shift
    assert jumped == {}


TOP = "(it) => it.getBoundingClientRect().top"
# What is measured though the browser had not laid it out.
MEASURED = """() => {
  window.unseen = 0;
  const seen = (it) => it.checkVisibility({ contentVisibilityAuto: true });
  const { get } = Object.getOwnPropertyDescriptor(Element.prototype, "scrollWidth");
  Object.defineProperty(Element.prototype, "scrollWidth", { get() {
    window.unseen += this.localName === "pre" && !seen(this);
    return get.call(this);
  } });
}"""


def test_a_phone_lays_out_what_its_reader_is_near(browser, site):
    """And finds all the rest where a link, a reload or paper asks for it."""
    with opened(browser, "about:blank", width=390) as (page, wrong):
        page.context.add_init_script(f"({MEASURED})()")
        page.goto(f"{site}/notebooks/05_mnist.html")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(300)  # the page measures what is laid out
        heads = page.locator("article section > h2")
        seen = "(it) => it.checkVisibility({ contentVisibilityAuto: true })"
        assert sum(it.evaluate(seen) for it in heads.all()) <= 2 < heads.count() / 2
        assert page.evaluate("() => window.unseen") == 0
        place = "() => document.getElementById('what-goes-wrong').getBoundingClientRect().top"
        page.evaluate("() => { location.hash = 'what-goes-wrong'; }")
        settle(page)
        page.evaluate("() => history.replaceState(null, '', location.pathname)")
        page.evaluate("() => document.getElementById('what-goes-wrong').scrollIntoView()")
        assert 0 <= page.evaluate(place) < 200
        page.reload()
        page.wait_for_timeout(300)
        assert 0 <= page.evaluate(place) < 200
        assert wrong == []


@pytest.mark.parametrize("name", ["what-goes-wrong", "summary"])
def test_a_link_on_a_phone_leads_to_its_place(browser, site, name):
    with opened(browser, f"{site}/notebooks/05_mnist.html", width=390) as (page, _):
        page.evaluate("(name) => { location.hash = name; }", name)
        page.locator("html[data-live]").wait_for(state="attached")
        page.wait_for_timeout(1000)  # what comes alive above it makes the page longer
        assert 0 <= page.locator(f"#{name}").evaluate(TOP) < 200


# The last control above a place has the focus, and the reader sees the page's start.
AT_REST = """(name) => {
  const place = document.getElementById(name);
  const above = [...document.querySelectorAll("article :is(p a[href], button)")].filter((it) =>
    it.checkVisibility({ visibilityProperty: true }) && it.compareDocumentPosition(place) === 4);
  above.at(-1).focus({ preventScroll: true });
  scrollTo(0, 0);
}"""
SEEN = """() => {
  const { top, bottom } = document.activeElement.getBoundingClientRect();
  return document.activeElement.matches("section > section *") && 0 <= top && bottom <= innerHeight;
}"""


def test_the_keyboard_leads_a_phone_to_a_far_control(browser, site):
    with opened(browser, f"{site}/notebooks/05_mnist.html", width=390) as (page, wrong):
        page.wait_for_load_state("networkidle")
        page.evaluate(AT_REST, "what-goes-wrong")
        assert page.evaluate("() => scrollY") == 0
        page.keyboard.press("Tab")
        page.locator("html[data-live]").wait_for(state="attached")
        page.wait_for_timeout(1000)
        assert page.evaluate("() => scrollY") > 5000
        assert page.evaluate(SEEN)
        assert wrong == []


def test_a_widget_comes_when_its_reader_comes_near(browser, site):
    with opened(browser, "about:blank") as (page, wrong):
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{site}/notebooks/05_mnist.html")
        page.wait_for_load_state("networkidle")
        assert not any("tf-core" in it or "/widgets/" in it for it in asked)
        settle(page)
        assert sum("tf-core" in it for it in asked) == 1
        assert sum(it.endswith("widgets/common.js") for it in asked) == 1
        assert wrong == []


def test_two_widgets_wait_for_one_library(browser, site):
    with opened(browser, "about:blank") as (page, wrong):
        page.route("**/tf-core.min.js", lambda route: (time.sleep(1), route.continue_()))
        page.goto(f"{site}/notebooks/05_mnist.html")
        for widget in page.locator("[data-widget]").all():
            widget.evaluate("(it) => it.scrollIntoView()")
            page.wait_for_timeout(100)  # its reader has gone on before it was built
        settle(page)
        assert wrong == []


CUT = """() => [...document.querySelectorAll("math")].filter((it) => {
  for (let box = it.parentElement; box && box.localName !== "article"; box = box.parentElement) {
    const style = getComputedStyle(box);
    if (style.overflow === "hidden" && box.clientHeight && box.clientHeight < 60) return true;
  }
}).map((it) => it.textContent)"""


def test_no_box_cuts_a_formula_off(browser, book, site):
    """A box as high as a line must not hide what hangs out of it, such as the foot of a b."""
    cut = {}
    for path in paths(book):
        with opened(browser, f"{site}/{path}") as (page, _):
            if found := page.evaluate(CUT):
                cut[path] = found
    assert cut == {}


# One that is drawn, and one that is pixels.
@pytest.mark.parametrize("name", ["fig-1-loss", "fig-1-region"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_figure_stands_on_the_page_and_not_on_a_plate(browser, site, theme, name, tmp_path):
    with opened(browser, f"{site}/notebooks/01_sigmoid_network.html", theme) as (page, _):
        settle(page)
        figure = page.locator(f"#{name} :is(img, .gu-drawing)")
        figure.scroll_into_view_if_needed()
        figure.evaluate("(it) => it.decode?.()")
        box = figure.bounding_box()
        figure.screenshot(path=tmp_path / "figure.png")
        ground = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    with Image.open(tmp_path / "figure.png") as image:
        assert abs(image.width - box["width"]) <= 1
        corner = image.convert("RGB").getpixel((2, 2))
    wanted = [int(it) for it in re.findall(r"\d+", ground)[:3]]
    assert max(abs(a - b) for a, b in zip(corner, wanted, strict=True)) <= 2


def test_on_a_phone_a_broad_figure_opens_large(browser, site):
    with opened(browser, f"{site}/notebooks/03_backpropagation.html", width=360) as (page, wrong):
        settle(page)
        button = page.locator("button.gu-large").first
        small = button.get_by_role("img").bounding_box()["width"]
        button.focus()
        page.keyboard.press("Enter")
        large = page.get_by_role("dialog", name="Figure, large").get_by_role("img")
        natural = float(large.get_attribute("width"))
        assert small < 0.8 * natural <= large.bounding_box()["width"]
        page.keyboard.press("Escape")
        assert not large.is_visible()
        assert wrong == []


ASIDES = """() => [...document.querySelectorAll("section > p .bibtex-citation a")].map((it) => {
  const { content, cssFloat } = getComputedStyle(it, "::after");
  return cssFloat === "right" && content.includes(it.title.slice(0, 20));
})"""


def test_a_source_stands_beside_its_sentence_where_there_is_room(browser, site):
    with opened(browser, f"{site}/notebooks/05_mnist.html", width=1440) as (page, _):
        asides = page.evaluate(ASIDES)
        assert len(asides) > 5
        assert all(asides)
        assert sideways(page) == 0
        page.set_viewport_size({"width": 1280, "height": 900})
        assert not any(page.evaluate(ASIDES))


def test_on_paper_nothing_is_left_to_press(browser, site):
    with opened(browser, f"{site}/notebooks/05_mnist.html") as (page, _):
        settle(page)
        page.emulate_media(media="print")
        buttons = page.locator("article button:not(.gu-large)").all()
        seen = [it.inner_text() for it in buttons if it.is_visible()]
        assert seen == []
        titles = [it.inner_text() for it in page.locator("h1").all() if it.is_visible()]
        assert [it.startswith("5. MNIST") for it in titles] == [True]
        assert not any(it.is_visible() for it in page.locator("[data-widget]").all())
        assert page.locator("div.solution").count() > 5
        assert not page.locator("div.solution").first.is_visible()
        # What may not be parted moves to the next page, and half of this one stays empty.
        parted = "(it) => getComputedStyle(it).breakInside + getComputedStyle(it).overflow"
        for code in page.locator("div.cell_input, div.cell_input :is(div, pre)").all()[:20]:
            assert code.evaluate(parted) == "autovisible"
        assert page.locator("article figure :is(img, .gu-drawing)").first.is_visible()


def test_the_first_page_reads_what_is_drawn(browser, site):
    with opened(browser, f"{site}/index.html") as (page, wrong):
        answer = page.locator(".gu-reads .gu-answer")
        assert answer.inner_text() == "3"  # said before the network is there
        settle(page)
        page.locator(".gu-reads .gu-bars").wait_for()
        answer.filter(has_text="3").wait_for()  # the page writes a three by itself, and reads it
        draw(page, STROKES[0])
        assert answer.inner_text() == "0"
        page.get_by_role("button", name="Clear").click()
        assert answer.inner_text() == "–"
        page.get_by_role("link", name="Start", exact=True).click()
        assert page.url.endswith("01_sigmoid_network.html")
        assert wrong == []


def test_without_scripts_the_words_and_figures_are_there(browser, book, site):
    with opened(browser, f"{site}/notebooks/02_neuron_from_scratch.html", script=False) as (
        page,
        _,
    ):
        assert "This part of the page needs JavaScript" not in page.locator("pre").all_inner_texts()
        assert "def collapse" in page.locator("article").inner_text()
        assert page.locator("article figure :is(img, .gu-drawing)").count() >= 3
    with opened(browser, f"{site}/notebooks/05_mnist.html", script=False) as (page, _):
        places = page.locator("[data-widget]").all_inner_texts()
        assert set(places) == {"This part of the page needs JavaScript."}


def test_the_checks_can_fail(browser, tmp_path):
    """A page with a script of another site, an error, an image without words, and a broad box."""
    (tmp_path / "page.html").write_text(
        "<html lang='en'><head><title>A page</title></head><body><main><h1>A page</h1>"
        "<img src='data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA='>"
        "<div style='width: 3000px'>broad</div></main>"
        "<script src='https://example.org/a.js'></script><script>throw Error('mine')</script>"
    )
    with opened(browser, (tmp_path / "page.html").as_uri()) as (page, wrong):
        assert any("asks https://example.org/a.js" in it for it in wrong)
        assert any("mine" in it for it in wrong)
        assert any(it.startswith("image-alt") for it in violations(page))
        assert sideways(page) > 1000


def press(page: Page, key: str, times: int) -> None:
    for _ in range(times):
        page.keyboard.press(key)


# --- chapters 3 and 4: the training playground ---

RUNS = {
    "Adam, 500 steps": "data=moons&noise=0.2&hidden=8-8&activation=tanh&optimizer=adam&lr=0.01",
    "gradient descent, 500 steps": "data=circles&noise=0.1&hidden=6&activation=tanh&optimizer=sgd"
    "&lr=0.3&seed=3",
    "squared error and L2": "data=xor&noise=0.05&hidden=4-4&activation=sigmoid&loss=mse&lr=0.03"
    "&l2=0.0001&seed=1",
    "mini-batches": "data=moons&noise=0.1&hidden=5&activation=relu&optimizer=sgd&lr=0.03&batch=32",
    "own points": "data=own&own=0,0,0;1,1,1;0.5,-1,0;-1,1,1&hidden=none&optimizer=sgd&lr=0.1",
    "eight rows": "data=eight&hidden=3&activation=identity&batch=1&optimizer=sgd&lr=0.01",
}


@pytest.mark.parametrize("name", RUNS)
def test_the_page_and_its_own_pytorch_code_give_one_curve(browser, site, name):
    epochs = 500 if "500" in name else 100
    with opened(browser, f"{site}/notebooks/04_moons_classifier.html?{RUNS[name]}") as (
        page,
        wrong,
    ):
        settle(page)
        for _ in range(epochs // 100):
            page.get_by_role("button", name="100 epochs").click()
        playground(page).locator("summary", has_text="Show the code").click()
        shown = page.get_by_label("PyTorch code of this run")
        shown.filter(has_text="epochs").wait_for()
        code = shown.inner_text()
        curve = page.evaluate("() => document.querySelector('[data-widget=training]').run.train")
        assert wrong == []
    scope = {}
    exec(compile(code, "the page's code", "exec"), scope)
    assert len(curve) == epochs + 1
    assert curve[-1] < curve[0]
    np.testing.assert_allclose(curve, scope["curve"], atol=1e-4)


def first_layer_moves(page: Page, query: str, epochs: int) -> float:
    """By how much the first layer's pictures change on average, from the text's settings on."""
    page.goto(f"{page.url.partition('?')[0]}{query}")
    settle(page)
    picture = """() => {
      const rows = [];
      for (let i = 0; i < 20; i++) for (let j = 0; j < 20; j++) rows.push([i / 19, j / 19]);
      const { run } = document.querySelector('[data-widget=training]');
      return Array.from(run.pictures(rows)[0].values);
    }"""
    before = np.array(page.evaluate(picture))
    for _ in range(epochs // 100):
        page.get_by_role("button", name="100 epochs").click()
    return float(np.abs(np.array(page.evaluate(picture)) - before).mean())


def test_a_deep_net_of_sigmoids_keeps_its_first_layer_as_the_text_says(browser, site):
    """Chapter 3: with plain gradient descent the gradient vanishes; Adam divides that away."""
    with opened(browser, f"{site}/notebooks/03_backpropagation.html") as (page, wrong):
        settle(page)
        state = page.evaluate("() => document.querySelector('[data-widget=training]').run.state")
        assert (state["hidden"], state["optimizer"], float(state["lr"])) == ("2-3", "sgd", 1)
        shallow = first_layer_moves(page, "", 1000)
        deep = first_layer_moves(page, "?hidden=2-3-3-3", 1000)
        tanh = first_layer_moves(page, "?hidden=2-3-3-3&activation=tanh", 300)
        adam = first_layer_moves(page, "?hidden=2-3-3-3&optimizer=adam&lr=0.03", 300)
        assert deep < 0.02
        assert min(shallow, tanh, adam) > 5 * deep
        assert wrong == []


def playground(page: Page):
    """Chapter 4 has another widget above it."""
    return page.locator("[data-widget=training]")


def test_a_link_gives_the_same_run_again(browser, site):
    with opened(browser, f"{site}/notebooks/04_moons_classifier.html") as (page, _):
        settle(page)
        playground(page).get_by_label("Data", exact=True).select_option("circles")
        playground(page).get_by_label("Seed", exact=True).fill("7")
        playground(page).get_by_role("button", name="100 epochs").click()
        said, link = playground(page).locator("[role=status]").inner_text(), page.url
    with opened(browser, link) as (page, _):
        settle(page)
        playground(page).get_by_role("button", name="100 epochs").click()
        assert playground(page).locator("[role=status]").inner_text() == said


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("data=iris", "data=iris"),
        ("noise=7", "noise=7"),
        ("hidden=99", "hidden=99"),
        ("hidden=1-2-3-4-5", "hidden=1-2-3-4-5"),
        ("lr=fast", "lr=fast"),
        ("data=own&own=1,2", "own=1,2"),
        ("seed=", "seed="),
    ],
)
def test_a_broken_link_falls_back_with_a_word(browser, site, query, named):
    with opened(browser, f"{site}/notebooks/04_moons_classifier.html?{query}") as (page, wrong):
        settle(page)
        said = playground(page).locator("[role=status]").inner_text()
        assert "its default is used" in said
        assert named in said
        assert wrong == []


def test_a_diverging_run_stops_and_says_so(browser, site):
    query = "data=moons&hidden=16-16-16&activation=identity&optimizer=sgd&lr=3"
    with opened(browser, f"{site}/notebooks/04_moons_classifier.html?{query}") as (page, wrong):
        settle(page)
        playground(page).get_by_role("button", name="Train").click()
        page.get_by_text("Stopped: the loss is no longer a number").wait_for()
        assert playground(page).get_by_role("button", name="Train").count() == 1
        assert wrong == []


def test_training_by_keyboard_alone(browser, site):
    with opened(browser, f"{site}/notebooks/04_moons_classifier.html") as (page, _):
        settle(page)
        playground(page).get_by_label("Data", exact=True).focus()
        page.keyboard.type("your own")
        for x1, x2, label in [("0", "0", "0"), ("1", "1", "1"), ("-1", "1", "1")]:
            playground(page).get_by_label("Class", exact=True).focus()
            page.keyboard.type(label)
            page.keyboard.press("Tab")
            page.keyboard.type(x1)
            page.keyboard.press("Tab")
            page.keyboard.type(x2)
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
        playground(page).get_by_role("button", name="1 epoch").focus()
        page.keyboard.press("Space")
        said = playground(page).locator("[role=status]").inner_text()
        assert said.startswith("Epoch 1. Training: loss")
        assert "own=0%2C0%2C0%3B1%2C1%2C1%3B-1%2C1%2C1" in page.url


# --- chapter 5: draw a digit ---


def test_the_pages_logits_are_pytorchs(browser, site):
    part = digits().test
    images = torch.from_numpy(part.images[:100])
    with opened(browser, f"{site}/notebooks/05_mnist.html") as (page, _):
        settle(page)
        for name, model in networks().items():
            logits = page.evaluate(
                "([name, x]) => document.querySelector('[data-widget=digits]').logits(name, x)",
                [name, images.flatten().tolist()],
            )
            with torch.no_grad():
                wanted = model(images[:, None])
            np.testing.assert_allclose(np.reshape(logits, (100, 10)), wanted, atol=1e-4)


@pytest.mark.skipif(not digits().is_mnist, reason="the models are MNIST's")
@pytest.mark.parametrize(("name", "least"), [("logistic", 0.92), ("mlp", 0.97), ("cnn", 0.983)])
def test_the_exported_weights_are_as_good_as_the_chapters(name, least):
    part = digits().test
    model = networks()[name]
    with torch.no_grad():
        right = model(torch.from_numpy(part.images)[:, None]).argmax(1).numpy() == part.labels
    assert right.mean() >= least


# Strokes in a square from 0 to 1, drawn as people draw.
STROKES = {
    0: [[(0.5, 0.2), (0.35, 0.3), (0.3, 0.5), (0.35, 0.7), (0.5, 0.8), (0.65, 0.7), (0.7, 0.5),
         (0.65, 0.3), (0.5, 0.2)]],
    1: [[(0.52, 0.2), (0.5, 0.5), (0.48, 0.8)]],
    2: [[(0.32, 0.32), (0.42, 0.22), (0.58, 0.22), (0.66, 0.34), (0.6, 0.5), (0.42, 0.66),
         (0.3, 0.78), (0.5, 0.76), (0.7, 0.78)]],
    3: [[(0.34, 0.24), (0.5, 0.2), (0.64, 0.28), (0.6, 0.42), (0.46, 0.49), (0.62, 0.54),
         (0.66, 0.68), (0.54, 0.79), (0.34, 0.76)]],
    4: [[(0.38, 0.22), (0.32, 0.5), (0.66, 0.5)], [(0.62, 0.24), (0.6, 0.5), (0.58, 0.8)]],
    5: [[(0.66, 0.22), (0.4, 0.22), (0.37, 0.45), (0.52, 0.42), (0.66, 0.52), (0.66, 0.68),
         (0.52, 0.79), (0.34, 0.74)]],
    6: [[(0.6, 0.2), (0.44, 0.32), (0.36, 0.55), (0.4, 0.74), (0.54, 0.8), (0.64, 0.7),
         (0.6, 0.56), (0.46, 0.55), (0.38, 0.64)]],
    7: [[(0.32, 0.24), (0.68, 0.24), (0.56, 0.5), (0.46, 0.8)]],
    8: [[(0.6, 0.28), (0.48, 0.2), (0.38, 0.3), (0.46, 0.44), (0.6, 0.58), (0.62, 0.72),
         (0.5, 0.8), (0.38, 0.7), (0.44, 0.54), (0.58, 0.42), (0.62, 0.3)]],
    9: [[(0.62, 0.34), (0.5, 0.22), (0.38, 0.32), (0.42, 0.46), (0.56, 0.46), (0.62, 0.34),
         (0.6, 0.58), (0.54, 0.8)]],
}  # fmt: skip


#: the first page's widget and chapter 5's, which read what is drawn
READERS = "[data-widget=digit], [data-widget=digits]"


def draw(page: Page, strokes, scale: float = 1.0, shift: float = 0.0) -> None:
    widget = page.locator(READERS)
    widget.get_by_role("button", name="Clear").click()
    pad = widget.locator(":is(.gu-draw, .gu-square) canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()

    def on_page(point):
        x, y = (shift + scale * value for value in point)
        return box["x"] + box["width"] * x, box["y"] + box["height"] * y

    for stroke in strokes:
        first, *rest = map(on_page, stroke)
        page.mouse.move(*first)
        page.mouse.down()
        for point in rest:
            page.mouse.move(*point)
        page.mouse.up()
    page.wait_for_timeout(60)  # the answer follows in the next frame


def read_digits(page: Page) -> dict[str, str]:
    said = page.locator("[data-widget=digits] > [role=status]").inner_text()
    return dict(re.findall(r"(Logistic regression|MLP|CNN): (\d)", said))


def test_drawn_digits_are_read_and_centring_matters(browser, site):
    with opened(browser, f"{site}/notebooks/05_mnist.html") as (page, wrong):
        settle(page)
        answers = {}
        for digit, strokes in STROKES.items():
            draw(page, strokes)
            answers[digit] = read_digits(page)
        right = {
            name: sum(answer[name] == str(digit) for digit, answer in answers.items())
            for name in ("Logistic regression", "MLP", "CNN")
        }
        assert right["CNN"] == 10, answers
        assert right["MLP"] >= 9, answers

        small = {"scale": 0.45, "shift": 0.02}  # in the upper left corner
        centred, raw = [], []
        for found, switch in ((centred, True), (raw, False)):
            page.get_by_label("centre the ink").set_checked(switch)
            for digit, strokes in STROKES.items():
                draw(page, strokes, **small)
                found.append(read_digits(page)["CNN"] == str(digit))
        assert sum(centred) >= 9
        assert sum(raw) <= 5
        assert wrong == []


def test_an_empty_square_gets_no_answer(browser, site):
    with opened(browser, f"{site}/notebooks/05_mnist.html") as (page, _):
        settle(page)
        draw(page, STROKES[3])
        assert read_digits(page)
        page.locator(READERS).get_by_role("button", name="Clear").click()
        said = page.locator("[data-widget=digits] > [role=status]").inner_text()
        assert said == "Draw a digit. An empty square gets no answer."
        assert page.locator(READERS).locator(".gu-answer").all_inner_texts() == ["–"] * 3


def test_a_digit_is_drawn_by_keyboard(browser, site):
    with opened(browser, f"{site}/notebooks/05_mnist.html") as (page, _):
        settle(page)
        page.locator(READERS).locator(".gu-draw canvas").focus()
        press(page, "ArrowUp", 8)
        page.keyboard.press("Space")
        press(page, "ArrowDown", 16)
        page.keyboard.press("Space")
        page.wait_for_timeout(60)
        assert read_digits(page)["CNN"] == "1"


def test_a_test_image_is_seen_as_it_is(browser, site):
    with opened(browser, f"{site}/notebooks/05_mnist.html") as (page, wrong):
        settle(page)
        page.locator(READERS).get_by_label("Test image", exact=True).select_option("0")
        image = page.evaluate("() => document.querySelector('[data-widget=digits]').image()")
        assert (
            np.abs(np.array(image).reshape(28, 28) - digits().test.images[_first(0)]).max() < 0.01
        )
        assert wrong == []


def _first(digit: int) -> int:
    return int(np.flatnonzero(digits().test.labels == digit)[0])


def test_a_widget_that_cannot_start_says_so(browser, book, tmp_path):
    shutil.copytree(book, tmp_path / "book")
    (tmp_path / "book" / "vendor" / "tfjs" / "tf-core.min.js").unlink()
    address = (tmp_path / "book" / "notebooks" / "05_mnist.html").as_uri()
    with opened(browser, address) as (page, _):
        page.locator("[data-widget=digits]").scroll_into_view_if_needed()
        page.locator("[data-widget=digits]").get_by_role("alert").get_by_text(
            "does not work here"
        ).wait_for()
