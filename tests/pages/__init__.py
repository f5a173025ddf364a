"""What the tests of the pages are made of: a browser, the built site, and probes that look for one kind of fault each."""
