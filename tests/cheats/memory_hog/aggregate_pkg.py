"""Takes all memory there is, in the hope that the reader has none left."""

held = []
while True:
    held.append(bytearray(256 << 20))
