"""Write, edit and check a label's own folder."""
