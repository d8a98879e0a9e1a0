"""MediLink Slots: a doctor's consultation slots, kept whole."""

import zoneinfo

# Time zones come from the pinned tzdata package alone: with the system's own data, which zoneinfo
# prefers, two machines could cut the same day into other boxes.
zoneinfo.reset_tzpath(to=())
