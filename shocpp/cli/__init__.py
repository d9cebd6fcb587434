"""One module per command: parse, call, print; and the modules that say they are none, for what several share."""
