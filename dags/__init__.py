"""When and in what order: nightly, weekly, scheduler, command line, the sample world. The layer that knows all."""
