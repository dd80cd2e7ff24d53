"""What can be turned about the whole world while it runs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Seconds = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=1)]


class Settings(BaseModel):
    """The habits of platform and media host. Seconds are the world's, shortened by its speed."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    log_delay: Seconds = 20.0
    """From the end of a call to its record in the call log."""
    recording_delay: Seconds = 60.0
    """From the end of a call to its recording."""
    shortest_recording: Seconds = 30.0
    """What is shorter is not kept: the record says `shortRecording`."""
    active_delay: Seconds = 0.0
    """From the first ring to the list of active calls; up to 10 s are documented."""
    active_linger: Seconds = 120.0
    """How long an ended call stays in that list."""

    totals: bool = False
    """Tell `totalPages` and `totalElements`, and link to the last page."""
    most_detailed: Count = 250
    """More records a page are cut down to this, silently, where they are Detailed."""
    short_numbers: bool = False
    """Tell the short numbers of extensions in every record, and not of calls within the house alone."""
    leaky_filter: bool = False
    """Let `recordingType` pass calls without a recording, as it did in 2020."""
    deleted_stay_listed: bool = False
    """Leave `recording` in the record of a call whose recording was deleted."""
    modern_errors: bool = False
    """Answer errors as a list alone, without the first of them repeated at the top."""
    oauth_errors: bool = False
    """Refuse a token in the shape of the token call, as was seen on ordinary calls too."""

    retry_after: bool = True
    """Say in a 429 how long to wait."""
    rate_headers: bool = True
    """Say on every answer what is left of its group's budget."""
    clock_ahead: float | None = None
    """Say on every answer what time it is, so many seconds ahead of the true time; nothing is said without."""
    media_group: str = "heavy"
    """The group that the content of recordings is counted in."""

    password_grant: bool = True
    mfa: bool = False
    """Refuse the password grant because a second factor is asked for."""
    app_enabled: bool = True
    """False: this app is registered for another environment."""
    issue_refresh_tokens: bool = False
    access_token_ttl: Annotated[int, Field(ge=1)] = 3600
    """The life of a token whose request names none."""
    wrong_login_status: Literal[400, 401] = 400
    lock_after: Count = 5
    lock_window: Seconds = 300.0
    """So many wrong sign-ins within so many seconds lock the account until somebody unlocks it."""

    no_ranges: bool = False
    """Answer every request for content with 200 and the whole file."""
    unasked_part: Count | None = None
    """Answer a request for a whole file with 206 and so many bytes of it."""
    wav_type: Literal["audio/wav", "audio/x-wav"] = "audio/wav"
    metadata_type: str | None = None
    """What the metadata calls every file, whatever the file's own answer says."""
    content_redirect: str | None = None
    """Send requests for content on, to the same path under this address."""

    on_demand: bool = True
    """Whether people may record a call that is not recorded automatically."""
    allow_mute: bool = False
    """Whether an automatic recording may be paused."""
    announcement: Seconds = 0.0
    """How long after a call is answered its recording cannot begin yet."""
    recording_started_status: Literal[200, 201] = 201

    most_subscriptions: Count = 20
    https_only: bool = False
    """Refuse push addresses without TLS on this machine too."""
    verification_header: Literal["Verification-Token", "Validation-Token"] = "Verification-Token"
    blacklist_after: Seconds = 600.0
    """So long may a push address answer badly before nothing more is sent to it."""
    pushes_repeated: bool = False
    """Deliver every notification twice."""
    pushes_out_of_order: bool = False
    """Wait a second for the notification after the next one, and deliver that one first."""
