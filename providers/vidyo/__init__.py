"""VidyoPlatform and VidyoReplay over SOAP. No zeep object and no XML leaves this folder."""

from providers.vidyo.connection import connect
from providers.vidyo.keys import read_key
from providers.vidyo.provider import VidyoProvider
from providers.vidyo.settings import VidyoSettings

__all__ = ["VidyoProvider", "VidyoSettings", "connect", "read_key"]
