"""How requests leave and answers come: one port, with a side that blocks and a side that awaits."""
