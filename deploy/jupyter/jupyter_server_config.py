"""Everybody's JupyterLab on a hub."""

c = get_config()  # noqa: F821
# Over TCP every user of the machine could read what another's kernel prints; the sockets of IPC lie
# in the student's own home.
c.KernelManager.transport = "ipc"
# nbgrader's panels for instructors: this course grades by its own command.
c.ServerApp.jpserver_extensions = {
    "nbgrader.server_extensions.formgrader": False,
    "nbgrader.server_extensions.course_list": False,
    "nbgrader.server_extensions.validate_assignment": False,
}
