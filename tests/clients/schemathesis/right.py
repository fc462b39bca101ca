"""One right request for every operation that generated ones alone do not get to the good end of: those about a thing that must be
there, and those that name a peer. Each is asked as an example of the operation, so its answer is judged like any other.

A row makes what it is about when it is asked for. What operations have no good end is the judge's to know.
"""

from functools import partial
from urllib.parse import quote

import stock
from stock import JUDGED, PEER, REASON, RULES, fresh

EDC = "https://w3id.org/edc/v0.0.1/ns/"
PROTOCOL = "dataspace-protocol-http:2025-1"
CONTEXTS = {"v3": {"@vocab": EDC}, "v4": ["https://w3id.org/edc/connector/management/v2"]}
ODRL = {"v3": {"@context": "http://www.w3.org/ns/odrl.jsonld"}, "v4": {}}


def at(id, body=None, query=None):
    """A request about this id."""
    case = {"path_parameters": {"id": quote(id, safe="")}, "query": query or {}}
    return case if body is None else {**case, **saying(body)}


def under(name, value, **more):
    """A request whose path names this, and perhaps more."""
    parameters = {word: quote(part, safe="") for word, part in {name: value, **more}.items()}
    return {"path_parameters": parameters, "query": {}}


def witnessing():
    origin, vkey = stock.foreign_log()
    return {**under("origin", origin), **saying({"vkeys": [vkey]})}


def answering():
    federation, proposal = stock.proposal()
    return {**under("id", federation, hash=proposal), **saying({"answer": "consent"})}


def after(make, case):
    """A request that needs something to be there which it does not name."""
    make()
    return case


WITHDRAWAL = {"reason": {"en": REASON}, "code": "error"}


def saying(body):
    return {"body": body, "media_type": "application/json"}


def decision(word, **more):
    return {"decision": word, **more}


def wish(offer):
    return {"peer": PEER.id, "address": PEER.dsp, "offer": offer}


# Picks no asset: what is offered of a stocked one is what it was stocked with.
NOTHING = {"operandLeft": "id", "operator": "=", "operandRight": "nothing"}


def _contract_definition():
    rules = stock.policy()
    return {"accessPolicy": rules, "contractPolicy": rules, "selector": [NOTHING]}


OWN = {
    "GET /events": lambda: {},
    "DELETE /keys/{id}": lambda: at(stock.key()),
    "GET /documents/{id}": lambda: at(stock.document()),
    "PUT /documents/{id}": lambda: at(stock.document(), {"any": "content"}),
    "DELETE /documents/{id}": lambda: at(stock.document()),
    "PUT /documents/{id}/properties": lambda: at(stock.document(), {"title": "a certificate"}),
    "GET /documents/{id}/content": lambda: at(stock.document()),
    "GET /policies/{id}": lambda: at(stock.policy()),
    "PUT /policies/{id}": lambda: at(stock.policy(), {"@type": "Set", **RULES}),
    "DELETE /policies/{id}": lambda: at(stock.policy()),
    "GET /offers/{id}": lambda: at(stock.offer()),
    "PUT /offers/{id}": lambda: at(stock.offer(), _contract_definition()),
    "DELETE /offers/{id}": lambda: at(stock.offer()),
    "POST /offers/{id}/announcement": lambda: at(stock.narrow_offer(), {}),
    "POST /peers/catalog": lambda: saying({"peer": PEER.id, "address": PEER.dsp}),
    "GET /catalogs": lambda: {"query": {"participant": PEER.id}},
    "GET /peers/{id}": lambda: at(stock.peer()),
    "PUT /peers/{id}": lambda: at(stock.peer(), {"dsp": PEER.dsp, "name": "a peer"}),
    "DELETE /peers/{id}": lambda: at(stock.peer()),
    "POST /negotiations": lambda: saying(wish(stock.shared_offer())),
    "GET /negotiations/{id}": lambda: at(stock.shared_negotiation()["id"]),
    "GET /negotiations/{id}/timeline": lambda: at(stock.shared_negotiation()["id"]),
    "GET /negotiations/{id}/callbacks": lambda: at(stock.shared_negotiation()["id"]),
    "POST /negotiations/{id}/decisions": lambda: at(stock.waiting(), decision("terminate", reason=REASON)),
    "POST /transfers": lambda: saying({"agreement": stock.shared_negotiation()["agreementId"], "address": PEER.dsp}),
    "GET /transfers/{id}": lambda: at(stock.fetched()),
    "GET /transfers/{id}/timeline": lambda: at(stock.fetched()),
    "GET /transfers/{id}/callbacks": lambda: at(stock.fetched()),
    "GET /transfers/{id}/accesses": lambda: at(stock.fetched()),
    "POST /transfers/{id}/decisions": lambda: at(stock.transfer(), decision("suspend", reason=REASON)),
    "GET /transfers/{id}/data-address": lambda: at(stock.transfer()),
    "POST /transfers/{id}/data-address": lambda: at(stock.transfer()),
    "POST /edrs": lambda: saying(wish(stock.shared_offer())),
    "GET /agreements/{id}": lambda: at(stock.shared_negotiation()["agreementId"]),
    "POST /agreements/{id}/retirement": lambda: at(stock.agreement(), {"reason": REASON}),
    "DELETE /agreements/{id}/retirement": lambda: at(stock.retired()),
    "POST /participants": lambda: saying({"slug": fresh("guest")}),
    "POST /participants/{slug}/chest": lambda: under("slug", JUDGED.slug),
    "GET /logs/evidence/resource": lambda: {"query": {"path": stock.evidence()}},
    "GET /logs/register/policy": lambda: after(stock.kept_log_policy, {}),
    "PUT /logs/register/policy": lambda: saying(stock.log_policy()),
    "POST /logs/register/cosignatures": lambda: after(stock.kept_log_policy, saying({"reason": "a deadline"})),
    "POST /logs/keys": lambda: saying({"compromised": False}),
    "POST /logs/register/recovery": lambda: saying({"from": ["https://kz.example"]}),
    "POST /logs/register/mirrors/look": lambda: {},
    "POST /logs/register/successor": lambda: saying({"from": ["https://kz.example"], "dryRun": True}),
    "POST /records": lambda: saying(stock.draft()),
    "POST /records/batch": lambda: saying({"records": [stock.draft(), stock.draft()]}),
    "POST /records/checks": lambda: saying({"records": [stock.draft(), stock.draft()]}),
    "GET /records/{name}": lambda: under("name", stock.record()),
    "GET /records/{name}/history": lambda: under("name", stock.record()),
    "GET /records/{name}/proof": lambda: under("name", stock.record()),
    "GET /records/{name}/versions/{version}": lambda: under("name", stock.record(), version="1"),
    "POST /records/{name}/opening": lambda: {**under("name", stock.sealed()), **saying({})},
    "POST /fetched-records": lambda: saying({"record": stock.closed()}),
    "GET /fetched-records/{id}": lambda: at(stock.fetched_record()),
    "POST /records/{name}/withdrawal": lambda: {**under("name", stock.record()), **saying(WITHDRAWAL)},
    "GET /mirrors": lambda: {},
    "POST /mirrors": lambda: saying(stock.new_mirror()),
    "GET /mirrors/{id}": lambda: at(stock.mirror()),
    "POST /mirrors/{id}/look": lambda: at(stock.mirror()),
    "POST /mirrors/{id}/carried": lambda: at(stock.mirror(), {"folder": "/nowhere"}),
    "DELETE /mirrors/{id}": lambda: at(stock.mirror()),
    "GET /federations": lambda: {},
    "POST /federations": lambda: saying(stock.genesis()),
    "GET /federations/{id}": lambda: at(stock.federation()),
    "DELETE /federations/{id}": lambda: at(stock.federation()),
    "POST /federations/{id}/proposals": lambda: at(stock.federation(), {"action": "leave"}),
    "POST /federations/{id}/proposals/{hash}": answering,
    "GET /alarms": lambda: {},
    "GET /views": lambda: {},
    "POST /views/rebuild": lambda: {},
    "GET /witness/forks": lambda: {},
    "GET /witness/logs": lambda: {},
    "PUT /witness/logs/{origin}": witnessing,
    "DELETE /witness/logs/{origin}": lambda: under("origin", stock.witnessed()),
}


def typed(version, kind, **members):
    return {"@context": CONTEXTS[version], "@type": kind, **members}


def to_peer(version, kind, **members):
    where = {"counterPartyAddress": PEER.dsp, "counterPartyId": PEER.id, "protocol": PROTOCOL}
    return typed(version, kind, **where, **members)


def asset(version, id):
    return typed(version, "Asset", **{"@id": id, "properties": {"name": id}})


def policy(version, id):
    odrl = {**ODRL[version], "@type": "Set", **RULES}
    return typed(version, "PolicyDefinition", **{"@id": id, "policy": odrl})


def definition(version, id):
    rules, selector = stock.policy(), [{"@type": "Criterion", **NOTHING}]
    members = {"@id": id, "accessPolicyId": rules, "contractPolicyId": rules, "assetsSelector": selector}
    return typed(version, "ContractDefinition", **members)


def secret(version, id):
    return typed(version, "Secret", **{"@id": id, "value": "another text"})


def contract(version):
    offer = {**ODRL[version], **stock.shared_offer(), "@type": "Offer", "assigner": PEER.id}
    return to_peer(version, "ContractRequest", policy=offer)


def transfer(version):
    members = {"contractId": stock.shared_negotiation()["agreementId"], "transferType": "HttpData-PULL"}
    return to_peer(version, "TransferRequest", **members)


def dataset(version):
    return to_peer(version, "DatasetRequest", **{"@id": stock.shared_offer()["target"]})


# What versions 3 and 4 have alike.
BOTH = {
    "POST /assets": lambda v: saying(asset(v, fresh("asset"))),
    "PUT /assets": lambda v: saying(asset(v, stock.document())),
    "GET /assets/{id}": lambda v: at(stock.document()),
    "DELETE /assets/{id}": lambda v: at(stock.document()),
    "POST /policydefinitions": lambda v: saying(policy(v, fresh("policy"))),
    "GET /policydefinitions/{id}": lambda v: at(stock.policy()),
    "PUT /policydefinitions/{id}": lambda v: at(id := stock.policy(), policy(v, id)),
    "DELETE /policydefinitions/{id}": lambda v: at(stock.policy()),
    "POST /policydefinitions/{id}/validate": lambda v: at(stock.policy()),
    "POST /policydefinitions/{id}/evaluationplan": lambda v: at(
        stock.policy(), typed(v, "PolicyEvaluationPlanRequest", policyScope="catalog")
    ),
    "POST /contractdefinitions": lambda v: saying(definition(v, fresh("offer"))),
    "PUT /contractdefinitions": lambda v: saying(definition(v, stock.offer())),
    "GET /contractdefinitions/{id}": lambda v: at(stock.offer()),
    "DELETE /contractdefinitions/{id}": lambda v: at(stock.offer()),
    "POST /catalog/request": lambda v: saying(to_peer(v, "CatalogRequest")),
    "POST /catalog/dataset/request": lambda v: saying(dataset(v)),
    "POST /contractnegotiations": lambda v: saying(contract(v)),
    "GET /contractnegotiations/{id}": lambda v: at(stock.shared_negotiation()["id"]),
    "DELETE /contractnegotiations/{id}": lambda v: at(stock.ended()),
    "GET /contractnegotiations/{id}/state": lambda v: at(stock.shared_negotiation()["id"]),
    "GET /contractnegotiations/{id}/agreement": lambda v: at(stock.shared_negotiation()["id"]),
    "POST /contractnegotiations/{id}/terminate": lambda v: at(
        stock.waiting(), typed(v, "TerminateNegotiation", reason=REASON)
    ),
    "GET /contractagreements/{id}": lambda v: at(stock.shared_negotiation()["agreementId"]),
    "GET /contractagreements/{id}/negotiation": lambda v: at(stock.shared_negotiation()["agreementId"]),
    "POST /transferprocesses": lambda v: saying(transfer(v)),
    "GET /transferprocesses/{id}": lambda v: at(stock.fetched()),
    "GET /transferprocesses/{id}/state": lambda v: at(stock.fetched()),
    "POST /transferprocesses/{id}/terminate": lambda v: at(
        stock.transfer(), typed(v, "TerminateTransfer", reason=REASON)
    ),
    "POST /transferprocesses/{id}/suspend": lambda v: at(stock.transfer(), typed(v, "SuspendTransfer", reason=REASON)),
    "POST /transferprocesses/{id}/resume": lambda v: at(stock.suspended()),
    "POST /secrets": lambda v: saying(secret(v, fresh("secret"))),
    "PUT /secrets": lambda v: saying(secret(v, stock.secret())),
    "GET /secrets/{id}": lambda v: at(stock.secret()),
    "DELETE /secrets/{id}": lambda v: at(stock.secret()),
}


def adopted():
    sides = {"providerId": JUDGED.id, "consumerId": PEER.id, "type": "PROVIDER", "counterPartyId": PEER.id}
    odrl = {**ODRL["v3"], "@type": "Agreement", **RULES}
    members = {"@id": fresh("urn:elsewhere"), "assetId": "sold", "contractSigningDate": 1_700_000_000, "policy": odrl}
    return typed("v3", "ContractAgreement", counterPartyAddress=PEER.dsp, **sides, **members)


def retirement():
    return typed("v3", "AgreementsRetirementEntry", agreementId=stock.agreement())


THIRD = {
    "POST /transferprocesses/{id}/deprovision": lambda: at(stock.over()),
    "POST /contractagreements": lambda: saying(adopted()),
    "POST /contractagreements/retirements": lambda: saying(retirement()),
    "DELETE /contractagreements/retirements/{id}": lambda: at(stock.retired()),
    "POST /edrs": lambda: saying(contract("v3")),
    "POST /edrs/{id}/refresh": lambda: at(stock.transfer()),
    "GET /edrs/{id}/dataaddress": lambda: at(stock.transfer()),
    "DELETE /edrs/{id}": lambda: at(stock.transfer()),
}

DISCOVERY = {
    path: lambda: saying(to_peer("v3", "Request"))
    for path in (
        "POST /protocol-versions/request",
        "POST /connectordiscovery/dspversionparams",
        "POST /connectordiscovery/connectors",
    )
}


def participant(id, **more):
    """A participant's identity is its DID at the node, which ends with the participant's name."""
    identity = f"{JUDGED.id.rpartition(':')[0]}:{id}"
    return typed("v4", "ParticipantContext", **{"@id": id, "identity": identity, **more})


FIFTH = {
    "POST /participants": lambda: saying(participant(fresh("guest"))),
    "GET /participants/{id}": lambda: at(JUDGED.slug),
    "PUT /participants/{id}": lambda: at(id := stock.participant(), participant(id, properties={"shelf": "left"})),
    "DELETE /participants/{id}": lambda: at(stock.participant()),
}


def _below(version, rows):
    """The rows as the description names them, below their version."""
    return {label.replace(" /", f" /{version}/", 1): row for label, row in rows.items()}


REQUESTS = {
    **OWN,
    **_below("v3", {label: partial(row, "v3") for label, row in BOTH.items()}),
    **_below("v4", {label: partial(row, "v4") for label, row in BOTH.items()}),
    **_below("v3", {**THIRD, **DISCOVERY}),
    **_below("v4alpha", DISCOVERY),
    **_below("v5beta", FIFTH),
}
