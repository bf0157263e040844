"""A label's own folder: what it holds beside the record, laid down and edited."""
