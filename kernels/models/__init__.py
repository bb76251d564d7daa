"""One model a room: what it means to simulate it, differentiate it, smooth it."""
