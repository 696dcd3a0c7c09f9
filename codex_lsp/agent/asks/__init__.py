"""What can be asked: in words, by one click, by a comment, by a file of the person's own."""
