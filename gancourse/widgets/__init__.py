"""What moves: training one can watch and steer."""
