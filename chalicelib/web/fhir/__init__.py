"""The FHIR R4 facade: resources made of doctors and days, searches, and bulk publication.

Nothing is stored for it but the FHIR ids of doctors whose own id is none.
"""
