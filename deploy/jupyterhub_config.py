"""JupyterHub for a class on one server: the course in /opt/ground-up, its state in /srv/ground-up.

``book/on-a-hub.md`` says how it is set up. Students and instructors are the server's own users, in
the groups below; each has a home folder that nobody else can enter, and works in it as themselves.
"""

import grp
import os
import sys
from pathlib import Path

COURSE = Path(__file__).resolve().parents[1]
STATE = Path("/srv/ground-up")
STUDENTS, INSTRUCTORS = "ground-up-students", "ground-up-instructors"
#: what one process of a student may ask for
MEMORY = 3 << 30

c = get_config()  # noqa: F821

# --- who may come in ---

c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.allowed_groups = {STUDENTS, INSTRUCTORS}
c.PAMAuthenticator.admin_groups = {INSTRUCTORS}
c.JupyterHub.load_roles = [
    # Beside what JupyterHub gives them, users and the servers that they start reach the exchange.
    {"name": "user", "scopes": ["self", "access:services!service=exchange"]},
    {
        "name": "server",
        "scopes": [
            "users:activity!user",
            "access:servers!server",
            "access:services!service=exchange",
        ],
    },
    {
        "name": "cull-idle",
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        "services": ["cull-idle"],
    },
]

# --- what lives on when the hub is restarted: the proxy and the students' servers ---

c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:8001"
c.JupyterHub.cleanup_servers = False
c.JupyterHub.db_url = f"sqlite:///{STATE}/hub.sqlite"
c.JupyterHub.cookie_secret_file = f"{STATE}/cookie_secret"

# --- each one's JupyterLab ---

programs = Path(sys.prefix, "bin")
limits = ["prlimit", f"--data={MEMORY}", "--nproc=1024", "--core=0"]
c.Spawner.cmd = [*limits, f"{programs}/jupyterhub-singleuser"]
c.Spawner.notebook_dir = "~"
c.Spawner.default_url = "/lab"
c.Spawner.environment = {
    "PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin",
    "JUPYTER_CONFIG_PATH": str(COURSE / "deploy" / "jupyter"),
    "GROUNDUP_EXCHANGE": "http://127.0.0.1:10101/",
    # Many students share the cores: one thread each is faster for all.
    "OMP_NUM_THREADS": "1",
    **({"GROUNDUP_DATA": f"{STATE}/mnist"} if (STATE / "mnist").is_dir() else {}),
}

# --- beside the hub ---

# A hub that falls over takes its services with it: orphans would hold their places.
with_hub = ["setpriv", "--pdeathsig", "TERM", sys.executable]
c.JupyterHub.services = [
    {
        "name": "exchange",
        "command": [*with_hub, str(COURSE / "deploy" / "exchange.py")],
        "user": "ground-up-exchange",
        "environment": {
            "EXCHANGE_ADDRESS": "127.0.0.1:10101",
            "EXCHANGE_FOLDER": f"{STATE}/exchange",
            "EXCHANGE_INSTRUCTORS": " ".join(grp.getgrnam(INSTRUCTORS).gr_mem),
        },
    },
    {
        "name": "cull-idle",
        "command": [*with_hub, "-m", "jupyterhub_idle_culler", "--timeout=3600"],
    },
]
os.umask(0o077)
