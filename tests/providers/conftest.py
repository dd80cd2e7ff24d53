def pytest_collection_finish() -> None:
    from tests.trust import read_trust_once

    read_trust_once()
