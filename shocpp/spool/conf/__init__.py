"""conf/: configuration files read, held against their schemas, watched, edited."""
