"""The landscape page: what is held as one HTML file for people who would rather look than query. Pure, but no clock."""
