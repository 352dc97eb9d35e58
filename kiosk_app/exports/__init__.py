"""Long exports as jobs: who asked for what, how far it is, where the result lies until when."""
