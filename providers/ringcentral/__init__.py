"""RingCentral's call log and recordings over REST. No JSON and no httpx object leaves this folder."""

from providers.ringcentral.connection import connect
from providers.ringcentral.provider import RingCentralProvider
from providers.ringcentral.settings import RingCentralSettings

__all__ = ["RingCentralProvider", "RingCentralSettings", "connect"]
