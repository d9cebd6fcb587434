"""The simulated charge point itself: state below, parts above, the whole on top. Pure."""
