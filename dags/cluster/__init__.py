"""Reading files on many machines: what workers are told, what they make of a file, and who gives them their work."""
