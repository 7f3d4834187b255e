"""A class on a hub, for its tests and its measurement: the page's steps, and its people.

It runs where ``machine.sh`` has made a machine of its own, and nowhere else.
"""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import time
import uuid
from contextlib import closing
from pathlib import Path

import requests
import websocket

COURSE = Path("/opt/ground-up")
HUB = "http://127.0.0.1:8000"
PAGE = (COURSE / "book" / "on-a-hub.md").read_text(encoding="utf-8")
STEPS = dict(re.findall(r"^### (\d+) [^#]*?^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
ASSIGNMENT = "a1_sigmoid_network"


def run_as_root(script: str) -> str:
    """A block of the page as the administrator runs it; systemctl is played where none runs."""
    path = f"{COURSE}/deploy/tests:{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": "/root"}
    command = ["bash", "-euc", script]
    done = subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def open_hub() -> dict[str, Member]:
    """Steps 3 and 4 of the page; the members of the class by name."""
    assert not Path("/root/class").exists(), "run this inside deploy/tests/machine.sh"
    run_as_root(STEPS["3"])
    run_as_root(STEPS["4"])
    wait_for(lambda: requests.get(f"{HUB}/hub/health", timeout=5).ok, "the hub to start")
    with open("/root/class/passwords.csv", newline="") as file:
        return {name: Member(name, password) for name, password in csv.reader(file)}


def wait_for(ready, what: str, seconds: float = 60) -> None:
    """Until ``ready()`` is true; an AssertionError after that many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if ready():
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"waited {seconds:.0f} s for {what}")


class Member:
    """Somebody with an account: logs in, has a server, runs code in a kernel of it."""

    def __init__(self, name: str, password: str):
        self.name, self.password = name, password
        self.home = Path("/home", name)
        self.api = requests.Session()
        self.kernel: str | None = None

    @property
    def server(self) -> str:
        return f"{HUB}/user/{self.name}"

    def log_in(self, password: str | None = None) -> bool:
        """Whether the login page lets them in."""
        with requests.Session() as session:
            session.get(f"{HUB}/hub/login", timeout=30).raise_for_status()
            xsrf = _xsrf(session)
            form = {"username": self.name, "password": password or self.password, "_xsrf": xsrf}
            answer = session.post(f"{HUB}/hub/login", data=form, timeout=60, allow_redirects=False)
            if answer.status_code != 302:
                return False
            session.get(f"{HUB}/hub/home", timeout=30).raise_for_status()
            made = session.post(
                f"{HUB}/hub/api/users/{self.name}/tokens",
                json={},
                headers={"X-XSRFToken": _xsrf(session), "Referer": f"{HUB}/hub/token"},
                timeout=30,
            )
            made.raise_for_status()
            self.api.headers["Authorization"] = f"token {made.json()['token']}"
            return True

    def start(self) -> None:
        """Start their server and wait until it answers."""
        if "Authorization" not in self.api.headers:
            assert self.log_in(), f"{self.name} cannot log in"
        user = f"{HUB}/hub/api/users/{self.name}"
        self.api.post(f"{user}/server", timeout=60)
        wait_for(
            lambda: self.api.get(user, timeout=10).json()["servers"].get("", {}).get("ready"),
            f"the server of {self.name}",
        )

    def new_kernel(self) -> str:
        answer = self.api.post(f"{self.server}/api/kernels", timeout=60)
        answer.raise_for_status()
        self.kernel = answer.json()["id"]
        return self.kernel

    def run(self, code: str, seconds: float = 300) -> str:
        """What the code prints in their kernel; errors are printed too, as one line."""
        kernel = self.kernel or self.new_kernel()
        address = f"ws{self.server.removeprefix('http')}/api/kernels/{kernel}/channels"
        header = [f"Authorization: {self.api.headers['Authorization']}"]
        socket = websocket.create_connection(address, header=header, timeout=seconds)
        said, id = "", uuid.uuid4().hex
        with closing(socket):
            socket.send(json.dumps(_request(id, code)))
            while True:
                message = json.loads(socket.recv())
                content = message["content"]
                if message["msg_type"] == "status" and content["execution_state"] in _GONE:
                    return f"{said}the kernel is {content['execution_state']}"
                if message["parent_header"].get("msg_id") != id:
                    continue
                if message["msg_type"] == "stream":
                    said += content["text"]
                elif message["msg_type"] == "error":
                    said += f"{content['ename']}: {content['evalue']}\n"
                elif message["msg_type"] == "status" and content["execution_state"] == "idle":
                    return said

    def shell(self, script: str) -> str:
        """What a script says in a terminal of theirs; it fails if the script does."""
        said = self.run(
            "import subprocess\n"
            f"done = subprocess.run(['bash', '-euc', {script!r}], stdout=subprocess.PIPE, "
            "stderr=subprocess.STDOUT, text=True)\nprint(done.stdout, 'ends with', done.returncode)"
        )
        assert said.rstrip().endswith("ends with 0"), said
        return said


_GONE = ("restarting", "autorestarting", "dead")


def _request(id: str, code: str) -> dict:
    header = {"msg_id": id, "session": id, "username": "", "date": "", "version": "5.3"}
    content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False}
    return {
        "header": header | {"msg_type": "execute_request"},
        "parent_header": {},
        "metadata": {},
        "content": content | {"user_expressions": {}, "stop_on_error": True},
        "channel": "shell",
        "buffers": [],
    }


def _xsrf(session: requests.Session) -> str:
    return next(c.value for c in session.cookies if c.name == "_xsrf" and c.path == "/hub/")
