"""How well causes are named: mistakes made in the authored scripts and outputs, on the list and outside of it."""
