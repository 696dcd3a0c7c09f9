"""What the documents say is so: each command in them is run, each path is there, each list is the code's."""
