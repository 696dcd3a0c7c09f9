"""What may be read and changed: the roots, and the one policy that every tool and every edit asks."""
