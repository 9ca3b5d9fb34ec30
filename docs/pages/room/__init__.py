"""What of the pages for a room is made from files: the player as it is shipped, and the sheet of words."""
