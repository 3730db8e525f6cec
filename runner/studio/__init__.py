"""What an audience sees, made from the files of a take; nothing here talks to a running program."""
