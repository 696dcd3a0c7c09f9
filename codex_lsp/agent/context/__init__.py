"""What goes with an ask, and how it is put to a model."""
