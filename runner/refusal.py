"""Says in one line why this machine does not let bubblewrap make its namespaces, and what to do about it.

Takes what bubblewrap printed and the kernel's settings; called by `sandbox.preflight`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

# As printf writes it; the program's path is Debian's and Ubuntu's.
APPARMOR_PROFILE = (
    r"abi <abi/4.0>,\ninclude <tunables/global>\n"
    r"profile bwrap /usr/bin/bwrap flags=(unconfined) {\n  userns,\n}\n"
)


def kernel_settings() -> dict[str, str]:
    """The sysctl settings that can forbid namespaces, those that exist here."""
    names = ["kernel/apparmor_restrict_unprivileged_userns", "kernel/unprivileged_userns_clone"]
    names.append("user/max_user_namespaces")
    files = {name.replace("/", "."): Path("/proc/sys") / name for name in names}
    return {name: file.read_text().strip() for name, file in files.items() if file.exists()}


def explain_refusal(message: str, settings: Mapping[str, str]) -> str:
    """One line saying why bubblewrap could not make its namespaces and what to do. Pure.

    Args:
        message: what bubblewrap printed.
        settings: sysctl names to values, those that exist.
    """
    said = " ".join(message.split()) or "no message"
    if settings.get("kernel.apparmor_restrict_unprivileged_userns") == "1":
        return (
            "AppArmor keeps bubblewrap from making user namespaces (Ubuntu 23.10 and later); allow it with "
            f"the profile /etc/apparmor.d/bwrap: run `printf '{APPARMOR_PROFILE}' | "
            "sudo tee /etc/apparmor.d/bwrap && sudo apparmor_parser -r /etc/apparmor.d/bwrap` "
            "(for all programs, until the next start: "
            f"`sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`). bubblewrap said: {said}"
        )
    if settings.get("kernel.unprivileged_userns_clone") == "0":
        return (
            "the kernel does not let ordinary users make namespaces: run "
            f"`sudo sysctl kernel.unprivileged_userns_clone=1`. bubblewrap said: {said}"
        )
    if settings.get("user.max_user_namespaces") == "0":
        return (
            "the kernel allows no user namespaces: run "
            f"`sudo sysctl user.max_user_namespaces=15000`. bubblewrap said: {said}"
        )
    return (
        "bubblewrap may not make its namespaces. In a container, start it so that it may (Docker: "
        "`--cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined "
        f"--security-opt systempaths=unconfined`). bubblewrap said: {said}"
    )
