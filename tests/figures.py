"""The page of figures, as a test reads it."""

from prometheus_client.parser import text_string_to_metric_families

from bot.metrics import Ears, Metrics


def read(page: str) -> dict[str, float]:
    """Each figure by its name and the values of its labels, in the order of the alphabet."""
    return {
        " ".join([sample.name, *sorted(sample.labels.values())]): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def counted(metrics: Metrics) -> dict[str, float]:
    """What one process has counted."""
    return read(metrics.page(None, Ears(ready=True), {}).decode())
