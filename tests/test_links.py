"""A link with a widget's state leads to the widget, and names it only once its reader has acted."""

from urllib.parse import urlsplit

import pytest
from browsing import link_of, opened, settle

NAMES = (
    "sigmoid-curve sigmoid-plane graph training-points noise cnn layers remedies race surface"
    " curves ring scaling"
).split()


def act(page, name: str) -> None:
    """Change something in the widget: its first slider or list, or the next curve."""
    widget = page.locator(f"#widget-{name}")
    control = widget.locator("input[type=range], select").first
    if not control.count():
        widget.get_by_role("button", name="Another curve").press("Enter")
    elif control.evaluate("(it) => it.matches('select')"):
        chosen = control.evaluate("(it) => it.selectedIndex")
        control.select_option(index=chosen + 1)
    else:
        control.press("ArrowRight")


@pytest.mark.parametrize("name", NAMES)
def test_the_link_names_the_widget_that_was_changed(browser, alone, name):
    with opened(browser, alone(name)) as (page, wrong):
        settle(page)
        assert urlsplit(link_of(page)).fragment == ""
        page.evaluate("() => { document.documentElement.dataset.theme = 'dark'; }")
        page.wait_for_timeout(100)  # it is drawn anew
        assert urlsplit(link_of(page)).fragment == ""
        act(page, name)
        link = urlsplit(link_of(page))
        assert link.query
        assert link.fragment == f"widget-{name}"
        assert wrong == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    ("chapter", "name"), [("04_moons_classifier", "noise"), ("06_building_blocks", "remedies")]
)
def test_a_link_leads_to_the_widget(browser, site, chapter, name, width):
    with opened(browser, f"{site}/notebooks/{chapter}.html") as (page, _):
        settle(page)
        act(page, name)
        link, words = link_of(page), page.locator(f"#widget-{name} [role=status]").inner_text()
    with opened(browser, link, width=width) as (page, wrong):
        page.locator(f"#widget-{name}[data-ready]").wait_for()
        page.locator("html[data-live]").wait_for(state="attached")
        page.wait_for_timeout(1000)  # what comes alive above it makes the page longer
        place = page.locator(f"#widget-{name}").evaluate("(it) => it.getBoundingClientRect().top")
        assert 0 <= place < 200
        assert page.locator(f"#widget-{name} [role=status]").inner_text() == words
        assert wrong == []
    with opened(browser, link.partition("#")[0], width=width) as (page, _):
        assert page.evaluate("() => scrollY") == 0
