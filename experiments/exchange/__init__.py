"""Results for other programs: maps for GIS, input of Flee, a model for the EMA Workbench."""
