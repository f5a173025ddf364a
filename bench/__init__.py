"""Speed: this package beside frameworks, on the networks of the book. `make bench` runs it all."""
