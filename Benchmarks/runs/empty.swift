// The start of a process and nothing else.
