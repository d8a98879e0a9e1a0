"""Tests of MediLink Slots, one package per suite."""
