"""An example follower: turns changes of slots into HL7 v2 messages for a hospital's system."""
