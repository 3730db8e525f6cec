"""Programs that run inside the sandbox: standard library only, `python3 -I -S`, nothing of the kit."""
