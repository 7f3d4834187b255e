"""Makes the accounts of a class on this server; run it as root::

    .venv/bin/python deploy/accounts.py roster.csv > passwords.csv
    .venv/bin/python deploy/accounts.py --instructors staff.csv >> passwords.csv

The tables are rosters as the grader reads them, with a column ``id``. The account is named after
``login`` where the row has one, else after ``id``, in small letters. Each new account gets a
password, which is printed, and a home folder that nobody else can enter, with the chapters in it.
Who has an account keeps it as it is, so the same can be said again when somebody joins the class.

It also shuts the assignments' sources, which hold their solutions, to all but the instructors.
"""

import argparse
import csv
import grp
import os
import pwd
import re
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

COURSE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(COURSE))

from grader.folder import CourseError, roster  # noqa: E402
from groundup.paths import as_written  # noqa: E402
from tools.clean import write_copies  # noqa: E402

STATE = Path("/srv/ground-up")
STUDENTS, INSTRUCTORS, EXCHANGE = (
    f"ground-up-{n}" for n in ("students", "instructors", "exchange")
)
ACCOUNT = re.compile(r"[a-z][a-z0-9._-]{0,31}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(";")[0])
    parser.add_argument("table", type=as_written, help="a table with a column id")
    parser.add_argument("--instructors", action="store_true", help="they teach")
    options = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("Making accounts needs root: say it with sudo.")
    names = read(options.table)
    prepare()
    group = INSTRUCTORS if options.instructors else STUDENTS
    table = csv.writer(sys.stdout, lineterminator="\n")
    for name in names:
        if name not in {user.pw_name for user in pwd.getpwall()}:
            table.writerow([name, make(name, group)])
        elif name not in grp.getgrnam(group).gr_mem:
            run("usermod", "--append", "--groups", group, name)


def read(table: Path) -> list[str]:
    """The accounts in the table; ends the program with one sentence where one cannot be used."""
    try:
        students = roster(table)
    except (CourseError, OSError) as error:
        sys.exit(f"{error}")
    system = {user.pw_name for user in pwd.getpwall() if user.pw_uid < 1000}
    for student in students.values():
        if student.account in system:
            sys.exit(f"{table}: {student.account!r} is an account of the system; give another.")
        if not ACCOUNT.fullmatch(student.account):
            sys.exit(
                f"{table}: an account's name, in the column login or else id, begins with a letter "
                f"and goes on with letters, digits and . _ -, at most 32; got {student.account!r}."
            )
    return [student.account for student in students.values()]


def prepare() -> None:
    """Groups, the exchange's own user and folder, and the sources shut."""
    for group in (STUDENTS, INSTRUCTORS):
        run("groupadd", "--force", group)
    if EXCHANGE not in {user.pw_name for user in pwd.getpwall()}:
        run("useradd", "--system", "--shell", "/usr/sbin/nologin", EXCHANGE)
    folder = STATE / "exchange"
    folder.mkdir(parents=True, exist_ok=True)
    STATE.chmod(0o711)  # the exchange's user gets through, and nobody can look around
    folder.chmod(0o700)
    user = pwd.getpwnam(EXCHANGE)
    os.chown(folder, user.pw_uid, user.pw_gid)
    for name in ("coursework", ".git"):
        if (path := COURSE / name).exists():
            os.chown(path, 0, grp.getgrnam(INSTRUCTORS).gr_gid)
            path.chmod(0o750)


def make(name: str, group: str) -> str:
    """Make one account and return its password."""
    with tempfile.TemporaryDirectory() as skeleton:
        write_copies(Path(skeleton, "chapters"))
        run("useradd", "--create-home", "--skel", skeleton, "--shell", "/bin/bash", "--groups",
            group, name)  # fmt: skip
    Path(pwd.getpwnam(name).pw_dir).chmod(0o700)
    password = secrets.token_urlsafe(9)
    subprocess.run(["chpasswd"], input=f"{name}:{password}\n", text=True, check=True)
    return password


def run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=sys.stderr)


if __name__ == "__main__":
    main()
