"""The front door: `katye` in a shell, `python -m katye`. The program itself is in simulation/, models/ and experiments/."""
