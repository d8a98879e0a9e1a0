"""Packages the app for AWS and deploys it there, or to a local emulator as a rehearsal."""
