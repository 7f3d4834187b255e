"""The report: how hard and how telling questions are, with what is certain of it."""

import json

import numpy as np
import pytest
from bs4 import BeautifulSoup

from grader import items
from grader.collect import collect
from grader.grade import grade_all
from grader.report import report
from tests.coursework.conftest import FIRST, hand_in, make_course, solved


def test_a_share_has_wilsons_or_students_interval():
    mean, low, high = items.share([4] * 18 + [0] * 2, 4)  # of a table of Wilson's intervals
    assert (round(mean, 3), round(low, 3), round(high, 3)) == (0.9, 0.699, 0.972)
    mean, low, high = items.share([1, 2, 3, 4], 4)
    assert (mean, round(high - mean, 3), round(mean - low, 3)) == (0.625, 0.375, 0.514)
    assert items.share([3], 6) == (0.5, 0.0, 1.0)


def test_what_tells_and_what_does_not():
    rng = np.random.default_rng(2)
    skill = rng.normal(size=200)
    good = 5.0 * (skill + rng.normal(size=200) > 0)
    chance = 5.0 * (rng.normal(size=200) > 0)
    total = good + chance + 10 * skill
    r, low, high = items.telling(list(good), list(total))
    assert low > 0.3
    assert low < r < high
    r, low, high = items.telling(list(chance), list(total))
    assert low < 0 < high
    assert items.telling([5] * 50, list(range(50))) is None
    assert items.telling([0, 5] * 4, list(range(8))) is None


def test_slips_that_go_together_are_named_and_others_are_not():
    rng = np.random.default_rng(0)
    slips = [set() for _ in range(100)]
    for own in slips[:20]:
        own |= {"a: sign", "b: sign"}
    for own in slips:
        own |= {name for name in ("c: x", "d: y", "e: z") if rng.uniform() < 0.2}
    ((one, other, both, chance),) = items.together(slips)
    assert (one, other, both, chance) == ("a: sign", "b: sign", 20, 4.0)
    assert items.together([{"a", "b"}]) == []
    assert items.together([set()] * 9) == []


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Forty students in two sections; what one of them got, changed by hand for the others."""
    root = tmp_path_factory.mktemp("report")
    course = make_course(root / "course", [f"s{n:02}" for n in range(40)])
    lines = [f"s{n:02},Name {n},{'A' if n < 25 else 'B'}" for n in range(40)]
    (course.path / "roster.csv").write_text("id,name,section\n" + "\n".join(lines) + "\n")
    course = type(course)(course.path)
    hand_in(root / "handed", "s00", solved(course, "s00"))
    collect(course, FIRST, root / "handed")
    grade_all(course, FIRST)
    first, record = course.result(FIRST, "s00"), course.submission(FIRST, "s00")
    rng = np.random.default_rng(5)
    for number in range(40):
        student, skill = f"s{number:02}", rng.normal()
        result = json.loads(json.dumps(first)) | {"student": student}
        for name, one in result["questions"].items():
            for check in one["checks"].values():
                if rng.normal() + (0.3 if name != "band" else 9) + skill < 0:
                    check |= {"points": 0, "right": 0}
            one["points"] = sum(check["points"] for check in one["checks"].values())
        if number % 3 == 0:
            for name, slip in (("switch", "switch_bias_sign"), ("line", "line_turned")):
                result["questions"][name] |= {"slip": slip, "points": 0}
                for check in result["questions"][name]["checks"].values():
                    check |= {"points": 0, "right": 0}
        if number in (1, 2):  # an untouched program to repair has a slip by itself
            result["questions"]["repair"] |= {"slip": "repair_bias", "attempted": False}
        if number == 4:  # it died: its noughts say nothing of the questions
            result |= {"state": "look at by hand"}
            for one in result["questions"].values():
                one["points"] = 0
        result["points"] = sum(one["points"] for one in result["questions"].values())
        for kind, content in (("results", result), ("submitted", record)):
            course.place(kind, FIRST, student, ".json").write_text(json.dumps(content))
        course.place("submitted", FIRST, student, ".ipynb").write_bytes(
            course.place("submitted", FIRST, "s00", ".ipynb").read_bytes()
        )
    return course


@pytest.fixture(scope="module")
def page(course):
    return BeautifulSoup(report(course, FIRST).read_text(), "html.parser")


def table(page, heading):
    lines = page.find(["h2", "h3"], string=heading).find_next("table")("tr")
    return [[cell.text for cell in line(["td", "th"])] for line in lines]


def test_it_says_how_many_mean_and_median_and_by_section(course, page):
    points = [course.result(FIRST, f"s{n:02}")["points"] for n in range(40)]
    (_, *rows) = table(page, "Points")
    known = {(row[0], row[1]): row[2:] for row in rows}
    for who, part in (("all", points), ("section A", points[:25]), ("section B", points[25:])):
        assert known[who, "by the checks, of 29"] == [
            str(len(part)), f"{np.mean(part):.1f}", f"{np.median(part):g}"]  # fmt: skip
    assert known["all", "total, of 34"][0] == "0"


def test_each_question_and_check_has_its_share_and_how_it_goes_with_the_rest(course, page):
    ran = [course.result(FIRST, f"s{n:02}") for n in range(40) if n != 4]
    (_, whole, *checks) = table(page, "cost, 6 points")
    shares = [one["questions"]["cost"]["points"] / 6 for one in ran]
    assert whole[3].startswith(f"{100 * np.mean(shares):.0f} % (")
    rest = [one["points"] - one["questions"]["cost"]["points"] for one in ran]
    assert whole[4].startswith(f"{np.corrcoef(shares, rest)[0, 1]:.2f} (")
    passed = sum(one["questions"]["cost"]["checks"]["mixed classes"]["points"] > 0 for one in ran)
    assert checks[0][:3] == ["mixed classes", "4", str(passed)]
    assert table(page, "band, 6 points")[1][4] == "too few, or all alike"


def test_slips_are_counted_where_somebody_tried(page):
    assert "The second layer's bias is not used." not in page.text
    (_, line) = table(page, "Slips that go together")
    assert line[0].startswith("line: At R the output is 1 - p")
    assert line[1].startswith("switch: The switch stands on the other side")
    assert line[2] == "14"
    said = page.find("h2", string="To talk about next time").find_next("ul").text
    assert "14 students: The switch stands on the other side of 0" in said


def test_a_class_of_one_or_none_has_a_report_too(tmp_path):
    course = make_course(tmp_path / "course", ["ada"])
    assert report(course, FIRST).exists()
    hand_in(tmp_path / "handed", "ada", solved(course, "ada"))
    collect(course, FIRST, tmp_path / "handed")
    grade_all(course, FIRST)
    assert "100 %" in report(course, FIRST).read_text()
