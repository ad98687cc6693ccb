"""Which records are one party.

``mentions`` lists the distinct ways in which declarations name somebody, ``parties``
joins them by ids, numbers and names, ``suggest`` finds names that are nearly a company's,
``clusters`` turns pairs into groups, and ``judgement`` keeps what people decided,
append-only, which a rule never overrides.
"""
