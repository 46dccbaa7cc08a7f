"""How fast the figures react, how fast the engine is and how heavy a page is (`make bench`)."""
