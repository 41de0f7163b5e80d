"""Running the service: logs, metrics, doctor, backup."""
