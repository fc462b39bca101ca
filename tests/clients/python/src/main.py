"""The judge edc-client-python: each generated resource of the published client, once with success and once with an error, and its
own way through a whole exchange, against two running sides. Its closing line says how many checks held.
"""

import loopback  # Must be first.

import sys

import book
import high_level
import v3
import v4
import v5beta

book.excuse_answers({**v3.CLIENT_FAULTS, **v4.CLIENT_FAULTS})
for told in v3.STORY + v4.STORY + v5beta.STORY + high_level.STORY:
    book.part(told)
book.covered(v5beta.EXCUSED, v4.ONLY_REFUSED)
book.check("nobody but this machine was spoken to", not loopback.refused, loopback.refused)
sys.exit(0 if book.close("client 1.1.0") else 1)
