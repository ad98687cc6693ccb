"""What it amounts to.

``deliveries`` finds the rows, ``pattern`` groups them by sender and listed party,
``flags`` holds one function a red flag, ``weigh`` turns findings into points,
``explain`` finds the words for what speaks against it, what would clear it and what is
missing, and ``rank`` orders the leads. Points and words are data files beside the code.
"""
