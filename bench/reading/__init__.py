"""How well and how fast pictures are read: what `bench.engine` measures with."""
