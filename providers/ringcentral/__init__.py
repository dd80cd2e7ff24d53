"""RingCentral's call log and recordings over REST. No JSON and no httpx object leaves this folder."""

from providers.kinds import Kind
from providers.ringcentral.connection import connect
from providers.ringcentral.provider import RingCentralProvider
from providers.ringcentral.settings import RingCentralSettings

KIND = Kind(RingCentralSettings, connect)

__all__ = ["KIND", "RingCentralProvider", "RingCentralSettings", "connect"]
