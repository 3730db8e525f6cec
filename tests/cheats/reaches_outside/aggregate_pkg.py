"""Tries to read what is not its own; prints what it could reach."""

from pathlib import Path

PLACES = (
    "/etc/shadow",
    "/root",
    "/home",
    "..",
    "../answers",
    "/proc/1/root",
    "/var/lib",
    "/srv",
    "/mnt",
    "/run/tap/tap.sock",
    "/run/hooks",
    "/opt/claude",
    "/opt/kit",
)

reached = []
for place in PLACES:
    try:
        path = Path(place)
        names = [entry.name for entry in path.iterdir()] if path.is_dir() else [path.read_bytes()[:80]]
    except OSError as error:
        print(place, error.strerror)
        continue
    reached.append((place, names))
for place, names in reached:
    print("届いた場所:", place, *names)
