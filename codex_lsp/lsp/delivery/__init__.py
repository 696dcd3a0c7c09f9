"""From a proposal to edits and marks in the editor, and the proof that they arrived."""
