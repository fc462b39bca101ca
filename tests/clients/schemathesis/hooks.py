"""What schemathesis is told of our node: one right request for each operation that needs one (`right`), as an example of it. And
what it is asked at the end: with which statuses each operation answered, for the judge to see that none was only ever refused.
"""

import atexit
import json
import os
import sys
from collections import defaultdict
from pathlib import Path

import schemathesis

sys.path.append(str(Path(__file__).parent))

import right  # Must be behind the path.

_answered = defaultdict(set)


@schemathesis.hook
def before_add_examples(context, examples):
    make = right.REQUESTS.get(context.operation.label)
    if make is not None:
        examples.append(context.operation.Case(**make()))


@schemathesis.hook
def after_call(context, case, response):
    # A method that an operation does not have is another matter.
    if case.method.upper() == case.operation.method.upper():
        _answered[case.operation.label].add(response.status_code)


@atexit.register
def _tell():
    answered = {label: sorted(statuses) for label, statuses in _answered.items()}
    Path(os.environ["ANSWERED"]).write_text(json.dumps(answered))
