"""Where things stand in a frame of 1920 x 1080: the terminal, the panel beside it, the caption bar below.

Boxes are (left, top, right, bottom) in pixels, all even, as the encoder's colour samples want. Used by cards and frame.
"""

from __future__ import annotations

WIDTH, HEIGHT = 1920, 1080
Box = tuple[int, int, int, int]

CAPTION_TOP = 968
CAPTION_BOX: Box = (0, CAPTION_TOP, WIDTH, HEIGHT)
PANEL_LEFT = 1648
PANEL_BOX: Box = (PANEL_LEFT, 0, WIDTH, CAPTION_TOP)
TERMINAL_BOX: Box = (0, 0, PANEL_LEFT, CAPTION_TOP)  # with its margins
SCREEN_BOX: Box = (24, 4, 1624, 964)  # 100 x 30 cells of 16 x 32 pixels

EDGE = 20  # pixels between the panel's edges and what stands in it
PANEL_ROOM = WIDTH - PANEL_LEFT - 2 * EDGE
BADGE_TOP = 20
STEPS_TOP, STEPS_BOTTOM = 224, 786
SPEED_BOX: Box = (PANEL_LEFT + EDGE, 804, WIDTH - EDGE, 948)
STEPS_BOX: Box = (PANEL_LEFT, STEPS_TOP, WIDTH, STEPS_BOTTOM)

CAPTION_SIZE, CAPTION_PITCH = 44, 52
CAPTION_MARGIN = 48
