"""What things are: frozen records and values, and pure parsers. Never files, network or clock."""
