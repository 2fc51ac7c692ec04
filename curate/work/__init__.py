"""The work folder: plans, receipts, seals, what runs a step. Knows no stage."""
