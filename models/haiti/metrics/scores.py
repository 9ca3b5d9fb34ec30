"""Scores of probabilistic statements, as verification asks them; they know no country (`simulation/port/scores.py`)."""

from simulation.port.scores import crps_ensemble as crps_ensemble
from simulation.port.scores import crps_normal as crps_normal
