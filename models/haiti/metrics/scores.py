"""The scores of probabilistic statements that verification asks of the model; they know no country (`simulation/scores.py`)."""

from simulation.scores import crps_ensemble as crps_ensemble
from simulation.scores import crps_normal as crps_normal
