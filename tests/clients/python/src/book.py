"""The book of the judge: every call of the client is seen here, with its end, so that a method that nobody called cannot pass
for one that works. What the calls are is in the other files.

A method is always called as its users call it, typed. Where the client's own model cannot hold an answer that EDC gives too, the
judge reads the same answer as plain JSON; where it cannot hold a request, the request is said whole. Both are client faults: the
first must stand in a table with a reason, and one that no longer shows is a failure of the table.
"""

import inspect
import json
import time

import edc_client
from edc_client.exceptions import ApiException

_seen = {}
_counts = {"passed": 0, "all": 0}
_told = set()
_excused_answers = {}
_shown_faults = set()

VARIANTS = ("_with_http_info", "_without_preload_content")
# The client has no error class of its own for 502: it is one of the 5xx.
BAD_GATEWAY = edc_client.exceptions.ServiceException


class Broken(Exception):
    """A step that the rest of its part stands on has failed."""


def check(name, holds, why=""):
    """A line of the book."""
    _counts["all"] += 1
    _counts["passed"] += bool(holds)
    print(f"ok      {name}" if holds else f"FAILED  {name}: {why}"[:2000], flush=True)
    return holds


def close(name):
    """The closing line; whether all is well."""
    print(f"{name}: {_counts['passed']} of {_counts['all']}", flush=True)
    return _counts["all"] > 0 and _counts["passed"] == _counts["all"]


def excuse_answers(table):
    """Methods whose answers the client's own models cannot hold, each with the reason."""
    _excused_answers.update(table)


def part(story):
    """Tells a part of the story; when it breaks off, the next one goes on."""
    try:
        story()
    except Broken:
        pass
    except Exception as why:  # Whatever breaks a part off is a line of the book.
        check(f"{story.__name__} is told to its end", False, f"{type(why).__name__}: {why}")


def client(management, key):
    """A client that remembers the last answer as it came."""
    made = edc_client.ApiClient(edc_client.Configuration(host=management), header_name="X-Api-Key", header_value=key)
    call = made.call_api

    def remembering(*words, **named):
        answer = call(*words, **named)
        answer.read()
        made.last = answer
        return answer

    made.call_api = remembering
    return made


def said(model, body):
    """The request as the client's model; whole where the model would leave something out."""
    try:
        typed = model.from_dict(body)
        if typed.to_dict() == body:
            return typed
        fault = f"{model.__name__} leaves out {sorted(set(body) - set(typed.to_dict())) or 'what is inside'}"
    except ValueError as why:
        fault = f"{model.__name__} cannot be made of it: {str(why).splitlines()[0]}"
    if fault not in _told:
        _told.add(fault)
        print(f"said whole: {fault}")
    whole = type(model.__name__, (model,), {"to_dict": lambda self: body})
    return whole.model_construct()


def good(method, *words, holds=lambda answer: True):
    """A call that must succeed, with what must hold of its answer as JSON. Returns that JSON; none after 204."""
    name = _name(method)
    answer = ask(method, *words)
    if not check(name, holds(answer), f"not what was meant: {answer}"):
        raise Broken
    return answer


def ask(method, *words):
    """The answer as JSON of a call that must succeed, without a line in the book unless it fails."""
    name = _name(method)
    _seen.setdefault(name, [0, 0])
    made = method.__self__.api_client
    made.last = None
    fault = None
    try:
        method(*words)
    except ApiException as why:
        check(name, False, why)
        raise Broken from why
    except ValueError as why:
        fault = why
    if not _typed(name, fault):
        raise Broken
    _seen[name][0] += 1
    return json.loads(made.last.data) if made.last.data else None


def _typed(name, fault):
    """Whether the client could hold the answer, or is known not to."""
    if fault is None:
        return True
    _shown_faults.add(name)
    reason = _excused_answers.get(name)
    if reason is None:
        return check(f"{name} is typed", False, str(fault))
    return True


def bad(method, *words, error, kind):
    """A call that must fail with the client's own error class, and with the node's list of errors of this type as its body."""
    name = _name(method)
    _seen.setdefault(name, [0, 0])
    try:
        answer = method(*words)
        check(f"{name}, {kind}", False, f"no error but {answer}")
    except ApiException as why:
        _seen[name][1] += 1
        check(f"{name}, {kind}", type(why) is error and _is_list(why, kind), f"{type(why).__name__}: {why}")
    except ValueError as why:
        check(f"{name}, {kind}", False, f"{type(why).__name__}: {why}")


def _is_list(error, kind):
    """The body is a list of `message`, `type`, `path` and `invalidValue`. The client drops it where its description has none."""
    body = json.loads(error.body) if error.body else []
    whole = [{"message", "type", "path", "invalidValue"} <= set(one) and one["type"] == kind for one in body]
    return bool(whole) and all(whole)


def covered(excused, only_refused):
    """Whether every method of every generated resource was seen to succeed and to fail, but for those with a reason: some are not
    called, and some can only be refused."""
    for name in sorted(_methods()):
        reason = next((excused[part] for part in excused if name.startswith(part)), None)
        if reason is not None:
            print(f"excused {name}: {reason}")
            continue
        well, badly = _seen.get(name, (0, 0))
        if name in only_refused:
            print(f"only refused {name}: {only_refused[name]}")
            check(f"{name} was seen to be refused", badly and not well, f"{well} and {badly} times")
            continue
        check(f"{name} was seen to succeed and to fail", well and badly, f"{well} and {badly} times")
    for name, reason in sorted(_excused_answers.items()):
        print(f"client fault: the answer of {name}: {reason}")
        check(f"{name} is a fault of the client still", name in _shown_faults, "it is none, take it off the table")


def _methods():
    for name in edc_client.__all__:
        api = getattr(edc_client, name)
        if name.endswith("Api"):
            for method, _ in inspect.getmembers(api, inspect.isfunction):
                if not method.startswith("_") and not method.endswith(VARIANTS):
                    yield f"{name}.{method}"


def _name(method):
    return f"{type(method.__self__).__name__}.{method.__name__}"


def until(method, id, states):
    """Asks for the state until it is one of these, ten seconds at most."""
    end = time.monotonic() + 10
    while (state := ask(method, id)["state"]) not in states and time.monotonic() < end:
        time.sleep(0.05)
    return state
