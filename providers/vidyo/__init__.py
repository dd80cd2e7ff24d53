"""VidyoPlatform and VidyoReplay over SOAP. No zeep object and no XML leaves this folder."""

from providers.kinds import Kind
from providers.vidyo.connection import connect
from providers.vidyo.keys import read_key
from providers.vidyo.provider import VidyoProvider
from providers.vidyo.settings import VidyoSettings

KIND = Kind(VidyoSettings, connect)

__all__ = ["KIND", "VidyoProvider", "VidyoSettings", "connect", "read_key"]
