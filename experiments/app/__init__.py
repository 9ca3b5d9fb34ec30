"""The server behind `katye app`: what a room asks for becomes scenario files, their runs, and a page of both sides."""
