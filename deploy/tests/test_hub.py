"""A class on the hub: an instructor and three students, from the first log-in to the feedback.

Ada works in a browser, Bob in a terminal, and Eve tries what she should not. The tests build on one
another, in their order. ``make hub-test`` runs them.
"""

import json
import re
import shutil
import subprocess
import time
from pathlib import Path

import psutil
import pytest
import requests
from playwright.sync_api import expect

from deploy.classroom import (
    ASSIGNMENT,
    COURSE,
    HUB,
    STEPS,
    Member,
    open_hub,
    run_as_root,
    wait_for,
)
from grader import notebook
from grader.folder import Course
from tools.browser import launched

EXCHANGE = Path("/srv/ground-up/exchange")
LISTENS = "http://127.0.0.1:10101/"
NAME = f"{ASSIGNMENT}.ipynb"
expect.set_options(timeout=60_000)  # a busy machine


@pytest.fixture(scope="module")
def people():
    return open_hub()


@pytest.fixture(scope="module")
def page(people):
    """Ada's browser, logged in by the login page."""
    with launched() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(60_000)
        page.goto(HUB)
        page.get_by_label("Username").fill("ada")
        page.get_by_label("Password").fill(people["ada"].password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/user/ada/lab*")
        page.locator("#jupyterlab-splash").wait_for(state="detached")
        yield page


@pytest.fixture(scope="module")
def course():
    """The instructor's course folder, which only root and they can read."""
    return Course(Path("/home/prof/my-course"))


def solve(member: Member, course: Course, left=()) -> None:
    """Write the answers into the notebook that the student fetched, through their server."""
    address = f"{member.server}/api/contents/{ASSIGNMENT}/{NAME}"
    found = member.api.get(address, timeout=30).json()["content"]
    solved = notebook.build(course.assignment(ASSIGNMENT), member.name, course.key, solved=True)
    answers = {cell["id"]: cell["source"] for cell in solved["cells"]}
    for cell in found["cells"]:
        if cell["id"] not in left:
            cell["source"] = answers[cell["id"]]
    body = {"type": "notebook", "content": found}
    member.api.put(address, json=body, timeout=30).raise_for_status()


def received(student: str) -> Path:
    return EXCHANGE / "received" / ASSIGNMENT / student / NAME


# --- a class ---


def test_a_student_logs_in_and_runs_a_chapter(page, people):
    name = "02_neuron_from_scratch.ipynb"
    page.goto(f"{people['ada'].server}/lab/tree/chapters/{name}")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    wait_for(lambda: "Idle" in page.locator("#jp-main-statusbar").inner_text(), "a kernel", 60)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    wait_for(
        lambda: saved_and_run(page, people["ada"].home / "chapters" / name), "the chapter", 180
    )


def saved_and_run(page, path: Path) -> bool:
    """Whether all code cells of the notebook on the disk have been run; none may have failed."""
    time.sleep(3)
    if "Idle" not in page.locator("#jp-main-statusbar").inner_text():
        return False
    page.keyboard.press("Control+s")
    time.sleep(2)
    found = json.loads(path.read_text())
    cells = [c for c in found["cells"] if c["cell_type"] == "code"]
    wrong = [o for c in cells for o in c["outputs"] if o["output_type"] == "error"]
    assert not wrong, wrong[0]["evalue"]
    return all(cell["execution_count"] for cell in cells if cell["source"])


def test_the_instructor_hands_out(people, course):
    people["prof"].start()
    said = people["prof"].shell(STEPS["6"])
    assert "3 notebooks handed out" in said
    ada, bob = (
        notebook.build(course.assignment(ASSIGNMENT), s, course.key) for s in ("ada", "bob")
    )
    assert ada["cells"] != bob["cells"], "each student's numbers are their own"


def test_a_student_fetches_works_and_submits_in_the_browser(page, people, course):
    ada = people["ada"]
    ada.log_in()
    open_list(page)
    listed("released", page).get_by_role("button", name="Fetch", exact=True).click()
    listed("fetched", page).get_by_text(ASSIGNMENT).first.wait_for()
    solve(ada, course)
    listed("fetched", page).get_by_role("button", name="Submit", exact=True).click()
    listed("submitted", page).get_by_text(ASSIGNMENT).first.wait_for()
    assert received("ada").read_bytes() == (ada.home / ASSIGNMENT / NAME).read_bytes()


def open_list(page) -> None:
    page.goto(f"{HUB}/user/ada/lab")
    page.locator("#jupyterlab-splash").wait_for(state="detached")
    page.get_by_role("menuitem", name="Nbgrader", exact=True).click()
    page.get_by_role("menuitem", name="Assignment List", exact=True).click()


def listed(state: str, page):
    return page.locator(f"#{state}_assignments_list")


def test_a_student_does_the_same_in_a_terminal(people, course):
    bob = people["bob"]
    bob.start()
    bob.shell(f"nbgrader fetch_assignment {ASSIGNMENT}")
    solve(bob, course, left=("why", "cost"))
    assert "Handed in at" in bob.shell(f"nbgrader submit {ASSIGNMENT}")


def test_a_try_is_answered_at_once(people, course):
    said = people["prof"].shell(STEPS["7"])
    assert "ada: try 1 of 3, 29 of 29 points" in said
    assert "bob: try 1 of 3, 23 of 29 points" in said
    bob = people["bob"]
    bob.shell(f"nbgrader fetch_feedback {ASSIGNMENT}")
    [page] = bob.home.glob(f"{ASSIGNMENT}/feedback/*/{ASSIGNMENT}.html")
    assert "Try 1 of 3" in page.read_text()
    assert "ada: try" not in people["prof"].shell(STEPS["7"]), "the same bytes use no try"
    assert course.result(ASSIGNMENT, "ada") is None


def test_the_instructor_takes_in_and_grades(people, course):
    said = people["prof"].shell(STEPS["8"])
    assert "2 of 3 students have handed in" in said
    assert "2 graded, 0 zero, 0 late, 0 look at by hand, 1 missing" in said
    assert [course.result(ASSIGNMENT, s)["points"] for s in ("ada", "bob")] == [29, 23]
    assert [course.result(ASSIGNMENT, s)["remarks"] for s in ("ada", "bob")] == [[], []]


def test_students_see_their_feedback(page, people, course):
    table = course.place("by-hand", ASSIGNMENT, end=".csv")
    table.write_text(table.read_text().replace("ada,why,,", "ada,why,4,"))
    assert "2 pages handed back" in people["prof"].shell(STEPS["9"])
    open_list(page)
    row = listed("submitted", page)
    row.get_by_role("button", name="Fetch Feedback").click()
    row.get_by_text("view feedback").first.wait_for()
    [feedback] = people["ada"].home.glob(f"{ASSIGNMENT}/feedback/*/{ASSIGNMENT}.html")
    where = feedback.relative_to(people["ada"].home).as_posix()
    page.goto(f"{people['ada'].server}/lab/tree/{where}")
    shown = page.frame_locator("iframe.jp-HTMLViewer, .jp-HTMLViewer iframe").get_by_text(
        "Points: 33 of 34"
    )
    expect(shown).to_be_visible()

    people["bob"].shell(f"nbgrader fetch_feedback {ASSIGNMENT}")
    [feedback] = people["bob"].home.glob(f"{ASSIGNMENT}/feedback/*/{ASSIGNMENT}.html")
    assert "23 of 34" in feedback.read_text()


# --- what a student must not ---


def test_a_student_cannot_read_what_is_not_theirs(people):
    eve = people["eve"]
    eve.start()
    kernel = processes("ada")[0]
    paths = [
        f"/home/ada/{ASSIGNMENT}/{NAME}",
        "/home/ada/.local/share/jupyter/runtime",
        "/home/prof/my-course/key",
        "/home/prof/my-course/submitted",
        f"{COURSE}/coursework/{ASSIGNMENT}.py",
        f"{COURSE}/.git",
        str(received("ada")),
        str(EXCHANGE),
        "/srv/ground-up/hub.sqlite",
        "/srv/ground-up/cookie_secret",
        "/srv/ground-up/secrets.env",
        "/root/class/passwords.csv",
        f"/proc/{kernel.pid}/environ",
    ]
    assert all(Path(path).exists() for path in paths)
    said = eve.run(
        "import os\n"
        f"for path in {paths}:\n"
        "    try:\n"
        "        (os.listdir if os.path.isdir(path) else lambda it: open(it).read())(path)\n"
        "    except PermissionError:\n"
        "        print('refused')\n"
        "    else:\n"
        "        print('READ', path)\n"
    )
    assert said.split("\n")[:-1] == ["refused"] * len(paths)
    assert "def switch" in people["prof"].shell(f"cat {COURSE}/coursework/{ASSIGNMENT}.py")


def test_the_exchange_gives_and_takes_only_ones_own(people):
    eve = people["eve"]
    attempts = [
        ("GET", f"released/{ASSIGNMENT}/ada/{NAME}"),
        ("GET", f"received/{ASSIGNMENT}/ada/{NAME}"),
        ("PUT", f"received/{ASSIGNMENT}/ada/{NAME}"),
        ("PUT", f"received/{ASSIGNMENT}/eve/more.ipynb"),
        ("PUT", "received/a2_neuron/eve/a2_neuron.ipynb"),
        ("PUT", f"released/{ASSIGNMENT}/eve/{NAME}"),
        ("PUT", f"feedback/{ASSIGNMENT}/eve/good.html"),
    ]
    said = eve.run(
        "import os, requests\n"
        "token = {'Authorization': f\"token {os.environ['JUPYTERHUB_API_TOKEN']}\"}\n"
        f"for how, where in {attempts}:\n"
        "    where = os.environ['GROUNDUP_EXCHANGE'] + where\n"
        "    print(requests.request(how, where, data=b'x', headers=token).status_code)\n"
        "index = requests.get(os.environ['GROUNDUP_EXCHANGE'], headers=token).json()\n"
        "print({line['student'] for line in index})\n"
        "print(requests.get(os.environ['GROUNDUP_EXCHANGE']).status_code)\n"
    )
    assert said.split("\n") == ["403"] * len(attempts) + ["{'eve'}", "403", ""]
    assert not list(EXCHANGE.glob("*/*/eve/more*"))


def test_a_student_cannot_enter_anothers_server(people):
    ada, eve = people["ada"], people["eve"]
    where = f"{ada.server}/api/contents/{ASSIGNMENT}/{NAME}"
    assert ada.api.get(where, timeout=30).ok
    assert eve.api.get(where, timeout=30).status_code in (403, 404)
    assert eve.api.get(f"{HUB}/hub/api/users/ada", timeout=30).status_code in (403, 404)


def test_a_student_cannot_listen_to_anothers_kernel(people):
    """What a kernel prints goes over sockets that ask for no key: with TCP, to any neighbour."""
    ada, eve = people["ada"], people["eve"]
    ada.start()
    eve.start()
    ada.new_kernel()
    kernels = [it for it in processes("ada") if "ipykernel_launcher" in " ".join(it.cmdline())]
    ports = [c.laddr.port for k in kernels for c in k.net_connections("inet") if not c.raddr]
    eve.run(
        "import zmq\nears = zmq.Context().socket(zmq.SUB)\nears.subscribe(b'')\n"
        f"for port in {ports}:\n    ears.connect(f'tcp://127.0.0.1:{{port}}')"
    )
    assert kernels
    assert ada.run("print('a secret')") == "a secret\n"
    assert eve.run("print(ears.poll(2000))") == "0\n"


def processes(name: str) -> list[psutil.Process]:
    return [it for it in psutil.process_iter() if it.username() == name]


# --- what goes wrong ---


def test_a_wrong_password_and_a_stranger_are_refused(people):
    subprocess.run(["useradd", "mallory"], check=True)
    subprocess.run(["chpasswd"], input="mallory:opensesame", text=True, check=True)
    assert not people["bob"].log_in("not-it")
    assert not Member("nobody-here", "x").log_in()
    assert not Member("mallory", "opensesame").log_in(), "has an account, but is in no group"
    assert people["bob"].log_in()


def test_a_program_that_eats_memory_harms_nobody(people):
    ada, eve = people["ada"], people["eve"]
    ada.run("kept = 42")
    said = eve.run(
        "import numpy as np\nparts = []\n"
        "try:\n    while True:\n        parts.append(np.ones(1 << 24))\n"
        "except MemoryError:\n    print(len(parts), 'parts of 128 MiB')\n"
    )
    found = re.fullmatch(r"(\d+) parts of 128 MiB\n", said)
    assert found, said
    assert 16 <= int(found[1]) < 24, "3 GiB are 24 parts"
    assert eve.run("parts.clear()\nprint('alive')") == "alive\n"
    assert ada.run("print(kept)") == "42\n"


def test_a_kernel_that_dies_is_replaced(people):
    eve = people["eve"]
    assert "restarting" in eve.run("import os\nos._exit(1)")
    eve.new_kernel()
    assert eve.run("print(6 * 7)") == "42\n"


@pytest.fixture
def full(tmp_path):
    """Makes a folder's disk full, with what is in it, until the test is over."""
    made = []

    def fill(folder: Path) -> None:
        copy = tmp_path / folder.name
        subprocess.run(["cp", "-a", folder, copy], check=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", folder], check=True)
        made.append(folder)
        subprocess.run(["cp", "-a", f"{copy}/.", folder], check=True)
        (folder / "filler").touch()
        subprocess.run(["dd", "if=/dev/zero", f"of={folder}/filler"], stderr=subprocess.DEVNULL)
        assert shutil.disk_usage(folder).free == 0

    yield fill
    for folder in made:
        subprocess.run(["umount", folder], check=True)


def test_what_was_handed_in_outlives_a_full_exchange(people, full):
    bob = people["bob"]
    before = received("bob").read_bytes()
    change(bob, "cost", "# another attempt")
    full(received("bob").parent)
    said = bob.run(f"!nbgrader submit {ASSIGNMENT}")
    assert "its disk is full" in said
    assert received("bob").read_bytes() == before
    assert [it.name for it in received("bob").parent.iterdir() if it.name[0] == "."] == []


def test_once_there_is_room_the_same_is_handed_in(people):
    people["bob"].shell(f"nbgrader submit {ASSIGNMENT}")
    assert b"# another attempt" in received("bob").read_bytes()


def change(member: Member, cell: str, source: str) -> requests.Response:
    """Save a changed answer, as JupyterLab does."""
    address = f"{member.server}/api/contents/{ASSIGNMENT}/{NAME}"
    got = member.api.get(address, timeout=30)
    assert got.ok, got.text
    found = got.json()["content"]
    next(it for it in found["cells"] if it["id"] == cell)["source"] = source
    return member.api.put(address, json={"type": "notebook", "content": found}, timeout=30)


def test_a_full_home_is_said_and_loses_nothing(people, full):
    bob = people["bob"]
    path = bob.home / ASSIGNMENT / NAME
    before, handed_in = path.read_bytes(), received("bob").read_bytes()
    full(bob.home / ASSIGNMENT)
    answer = change(bob, "cost", "x = 1\n" * 40_000)
    assert answer.status_code >= 400
    assert "space" in answer.text
    assert path.read_bytes() == before
    assert received("bob").read_bytes() == handed_in


@pytest.mark.parametrize("how", ["restart", "kill"])
def test_a_restarted_hub_finds_all_as_it_was(people, page, how):
    ada = people["ada"]
    server = sorted(it.pid for it in processes("ada"))
    ada.run("survives = 'a restart'")
    handed_in = {path: path.read_bytes() for path in EXCHANGE.rglob("*.ipynb")}
    # In mid-work: the hub goes while Ada's kernel is busy, and while she hands in.
    ada.run("import threading, time\nthreading.Thread(target=time.sleep, args=(5,)).start()")
    if how == "kill":
        run_as_root("systemctl kill ground-up-hub")
    else:
        run_as_root("systemctl stop ground-up-hub")
    assert "try again" in ada.run(f"!nbgrader submit {ASSIGNMENT}")
    run_as_root("systemctl start ground-up-hub")
    wait_for(lambda: requests.get(f"{HUB}/hub/health", timeout=5).ok, "the hub to start")
    assert ada.run("print(survives)") == "a restart\n"
    assert sorted(it.pid for it in processes("ada")) == server
    page.goto(f"{ada.server}/lab")
    page.locator("#jupyterlab-splash").wait_for(state="detached")
    assert {path: path.read_bytes() for path in EXCHANGE.rglob("*.ipynb")} == handed_in
    wait_for(lambda: requests.get(LISTENS, timeout=5).status_code == 403, "the exchange")
    assert "Handed in at" in ada.shell(f"nbgrader submit {ASSIGNMENT}")
