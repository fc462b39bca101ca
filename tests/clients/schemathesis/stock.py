"""What is there before it is asked for: things of the judged participant, each made afresh for the one request that wants it, so
that no request takes away what another is about. They are made by the node's own API.

A case needs two sides: the other is a second participant of the same node, which says yes to everything that nobody decides.
"""

import base64
import hashlib
import itertools
import os
import time
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

import requests

# Longest that a case may take to come to where it is wanted; it takes milliseconds.
PATIENCE = 20.0
LOOK = 0.02
RULES = {"permission": [{"action": "use"}]}
REASON = "the lorry was sent back"

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Party:
    """A participant as it is asked and as a peer knows it."""

    slug: str
    id: str
    dsp: str
    key: str

    def ask(self, method, path, body=None):
        """One call of the own API that must go well; its JSON."""
        return ask(self.key, method, path, body)


def _party(role):
    return Party(**{name: os.environ[f"{role}_{name.upper()}"] for name in ("slug", "id", "dsp", "key")})


JUDGED = _party("JUDGED")
PEER = _party("PEER")
OPERATOR_KEY = os.environ["OPERATOR_KEY"]
OWN = f"{os.environ['PRIVATE']}/chapar/v1"


def ask(key, method, path, body=None):
    """One call of the own API that must go well; its JSON, none after 204."""
    answer = requests.request(method, OWN + path, json=body, headers={"Authorization": f"Bearer {key}"}, timeout=PATIENCE)
    if not answer.ok:
        raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text}")
    return answer.json() if answer.content else None


def fresh(word):
    """A name that nothing else of the node has: each run is about a participant of its own."""
    return f"{word}-{next(_numbers)}-{JUDGED.slug}"


def until(what, look):
    """Looks until something is there."""
    end = time.monotonic() + PATIENCE
    while not (found := look()):
        if time.monotonic() > end:
            raise RuntimeError(f"not within {PATIENCE} s: {what}")
        time.sleep(LOOK)
    return found


def document(by=JUDGED):
    id = fresh("document")
    headers = {"Authorization": f"Bearer {by.key}", "Content-Type": "text/plain"}
    requests.put(f"{OWN}/documents/{id}", data=f"content of {id}", headers=headers, timeout=PATIENCE).raise_for_status()
    return id


def policy(by=JUDGED):
    id = fresh("policy")
    by.ask("PUT", f"/policies/{id}", {"@type": "Set", **RULES})
    return id


def offer(by=JUDGED, mode="auto", about=None):
    """A contract definition; of nothing at all unless it is said what it is about."""
    id, rules = fresh("offer"), policy(by)
    selector = [{"operandLeft": "id", "operator": "=", "operandRight": about or "nothing"}]
    by.ask("PUT", f"/offers/{id}", {"accessPolicy": rules, "contractPolicy": rules, "selector": selector, "mode": mode})
    return id


def narrow_offer():
    """An offer of a described document to one participant."""
    id, rules, about = fresh("offer"), fresh("policy"), document()
    texts = {name: {"en": f"{name} (sample)"} for name in ("title", "description")}
    JUDGED.ask("PUT", f"/documents/{about}/properties", texts)
    only = {"leftOperand": "participantId", "operator": "eq", "rightOperand": PEER.id}
    JUDGED.ask("PUT", f"/policies/{rules}", {"@type": "Set", "permission": [{"action": "use", "constraint": [only]}]})
    selector = [{"operandLeft": "id", "operator": "=", "operandRight": about}]
    JUDGED.ask("PUT", f"/offers/{id}", {"accessPolicy": rules, "contractPolicy": rules, "selector": selector})
    return id


def peer():
    id = fresh("peer")
    JUDGED.ask("PUT", f"/peers/{id}", {"dsp": PEER.dsp})
    return id


def draft():
    """A record that is not yet there."""
    body = {name: {"en": f"{name} (sample)"} for name in ("title", "description")}
    body["publisher"] = {"name": {"en": "an office (sample)"}}
    return {"kind": "dataset", "name": fresh("record"), "noPersonalData": True, "body": body}


def record():
    """A record in a published log: only there it has a proof."""
    new = draft()
    JUDGED.ask("POST", "/records", new)
    name = new["name"]
    until(name, lambda: _answers(f"/records/{name}/proof"))
    return name


def sealed():
    """A record whose body nobody else has."""
    new = {**draft(), "visibility": "sealed"}
    JUDGED.ask("POST", "/records", new)
    return new["name"]


def closed():
    """The id of a record of the peer whose body is for us and is offered to us."""
    new = {**draft(), "visibility": "parties", "parties": [JUDGED.id]}
    made = PEER.ask("POST", "/records", new)["id"]
    until(made, lambda: _offered(made))
    return made


def _offered(record):
    wanted = {"Authorization": f"Bearer {JUDGED.key}"}
    answer = requests.post(f"{OWN}/fetched-records", json={"record": record}, headers=wanted, timeout=PATIENCE)
    return answer.ok


def fetched_record():
    return closed()


def _answers(path):
    return requests.get(OWN + path, headers={"Authorization": f"Bearer {JUDGED.key}"}, timeout=PATIENCE).ok


def log_policy():
    """Asks this node's own witness."""
    witness = ask(OPERATOR_KEY, "GET", "/witness")
    text = f"witness w {witness['vkey']} {os.environ['PRIVATE']}/chapar/v1/witness\nquorum w\n"
    return {"policy": text, "wait": False}


def kept_log_policy():
    JUDGED.ask("PUT", "/logs/register/policy", log_policy())


def evidence():
    """Something of the log of evidence."""
    until("a checkpoint of evidence", lambda: _answers("/logs/evidence/resource?path=checkpoint"))
    return "checkpoint"


def foreign_log():
    """Origin and verifier key of a log elsewhere: a key of this node under another name."""
    vkey = next(log["vkey"] for log in JUDGED.ask("GET", "/logs")["items"])
    origin = f"log.example/{fresh('log')}"
    key = base64.b64decode(vkey.split("+", 2)[2])
    key_id = hashlib.sha256(origin.encode() + b"\n" + key).hexdigest()[:8]
    return origin, f"{origin}+{key_id}+{base64.b64encode(key).decode()}"


def new_mirror():
    """Of a log at an address where nobody answers."""
    _, vkey = foreign_log()
    return {"address": "http://127.0.0.1:9/log", "vkey": vkey, "owner": "did:web:log.example"}


def mirror():
    return ask(OPERATOR_KEY, "POST", "/mirrors", new_mirror())["id"]


def _card(party):
    log = next(log for log in party.ask("GET", "/logs")["items"] if log["name"] == "register")
    return {"participant": party.id, "name": {"en": f"{party.slug} (sample)"}, "vkey": log["vkey"], "address": log["address"]}


def genesis(*members):
    """A federation that nobody follows yet."""
    members = sorted((_card(party) for party in members or (JUDGED,)), key=lambda member: member["participant"])
    name = {"en": f"{fresh('federation')} (sample)"}
    return {"v": 1, "name": name, "members": members, "createdAt": "2026-11-26T09:00:00.000Z"}


def federation(*members):
    return ask(OPERATOR_KEY, "POST", "/federations", genesis(*members))["id"]


def proposal():
    """One that the other member made."""
    id = federation(JUDGED, PEER)
    path = f"/federations/{quote(id, safe='')}"
    made = PEER.ask("POST", f"{path}/proposals", {"action": "change", "witnesses": "quorum none\n"})["hash"]
    until(made, lambda: any(open["hash"] == made for open in JUDGED.ask("GET", path)["proposals"]))
    return id, made


def witnessed():
    origin, vkey = foreign_log()
    ask(OPERATOR_KEY, "PUT", f"/witness/logs/{quote(origin, safe='')}", {"vkeys": [vkey]})
    return origin


def key():
    return JUDGED.ask("POST", "/keys", {"role": "viewer"})["id"]


def secret():
    """Secrets belong to the management API alone."""
    id = fresh("secret")
    url = f"{os.environ['PRIVATE']}/management/v3/secrets"
    answer = requests.post(url, json={"@id": id, "value": "a text"}, headers={"X-Api-Key": JUDGED.key}, timeout=PATIENCE)
    answer.raise_for_status()
    return id


def participant():
    return ask(OPERATOR_KEY, "POST", "/participants", {"slug": fresh("guest")})["slug"]


def standing_offer(provider=PEER, mode="auto"):
    """A fresh offer as the other side sees it, with its target."""
    consumer = PEER if provider is JUDGED else JUDGED
    dataset = document(provider)
    offer(provider, mode, dataset)
    part = {"filterExpression": [{"operandLeft": "id", "operator": "=", "operandRight": dataset}]}
    question = {"peer": provider.id, "address": provider.dsp, "query": part}
    [seen] = consumer.ask("POST", "/peers/catalog", question)["datasets"]
    return {**seen["hasPolicy"][0], "target": dataset}


@cache
def shared_offer():
    """For requests that only ask for it."""
    return standing_offer()


def _negotiation(provider, wish):
    consumer = PEER if provider is JUDGED else JUDGED
    return consumer.ask("POST", "/negotiations", {"peer": provider.id, "address": provider.dsp, "offer": wish})["id"]


def waiting():
    """A negotiation of ours that stands still: its provider waits for a person."""
    id = _negotiation(PEER, standing_offer(mode="manual"))
    return case("negotiations", id, "REQUESTED")["id"]


def ended():
    """A negotiation of ours that was ended, both sides knowing it."""
    id = waiting()
    JUDGED.ask("POST", f"/negotiations/{id}/decisions", {"decision": "terminate", "reason": REASON})
    return case("negotiations", id, "TERMINATED")["id"]


def negotiation(provider=PEER):
    """A negotiation that came to its end, as its consumer holds it."""
    consumer = PEER if provider is JUDGED else JUDGED
    id = _negotiation(provider, standing_offer(provider))
    return case("negotiations", id, "FINALIZED", consumer)


def agreement():
    """An agreement whose consumer we are."""
    return negotiation()["agreementId"]


@cache
def shared_negotiation():
    """For requests that take nothing away from it."""
    return negotiation()


def retired():
    id = agreement()
    JUDGED.ask("POST", f"/agreements/{id}/retirement", {"reason": REASON})
    return id


def transfer(state="STARTED", decision=None):
    """A transfer to us in this state, brought there by a decision of ours."""
    wish = {"agreement": shared_negotiation()["agreementId"], "address": PEER.dsp}
    id = JUDGED.ask("POST", "/transfers", wish)["id"]
    case("transfers", id, "STARTED")
    if decision is not None:
        JUDGED.ask("POST", f"/transfers/{id}/decisions", {"decision": decision})
        case("transfers", id, state)
    return id


def suspended():
    return transfer("SUSPENDED", "suspend")


def over():
    return transfer("COMPLETED", "complete")


@cache
def fetched():
    """A transfer whose provider we are and whose data was fetched once."""
    agreed = negotiation(JUDGED)["agreementId"]
    id = PEER.ask("POST", "/transfers", {"agreement": agreed, "address": JUDGED.dsp})["id"]
    ours = case("transfers", id, "STARTED", PEER)["providerPid"]
    address = PEER.ask("GET", f"/transfers/{id}/data-address")
    shown = {one["name"].rsplit("/")[-1]: one["value"] for one in address["endpointProperties"]}
    headers = {"Authorization": f"Bearer {shown['authorization']}"}
    requests.get(address["endpoint"], headers=headers, timeout=PATIENCE).raise_for_status()
    return ours


def case(noun, id, state, whose=JUDGED):
    """The case once it is there and nothing of it is under way."""

    def look():
        found = whose.ask("GET", f"/{noun}/{id}")
        return found if found["state"] == state and "pending" not in found else None

    return until(f"{noun} {id} {state}", look)
