"""Every generated resource of the third version, once with success and once with an error."""

import edc_client as edc
from book import bad, check, good, said, until
from edc_client.connector import Connector
from edc_client.exceptions import BadRequestException, ConflictException, NotFoundException, UnauthorizedException
from sides import CONTENT, EDC, PROTOCOL, SOURCE, consumer, nowhere, provider
import book

CONTEXT = {"@vocab": EDC}
ASSET, POLICY, DEFINITION = "v3-asset", "v3-policy", "v3-definition"

_CONTEXT = "its model wants `@context` to be a list of texts; version 3 answers an object, EDC too"

_CRITERION = "its model wants both operands of a criterion to be objects; EDC answers texts"

# What the client's own models of answers cannot hold.
CLIENT_FAULTS = {
    "AssetV3Api.create_asset_v3": _CONTEXT,
    "PolicyDefinitionV3Api.create_policy_definition_v3": _CONTEXT,
    "ContractDefinitionV3Api.create_contract_definition_v3": _CONTEXT,
    "ContractDefinitionV3Api.get_contract_definition_v3": _CRITERION,
    "ContractDefinitionV3Api.query_contract_definitions_v3": _CRITERION,
    "SecretV3Api.create_secret_v3": _CONTEXT,
    "ContractNegotiationV3Api.initiate_contract_negotiation_v3": _CONTEXT,
    "ContractNegotiationV3Api.get_negotiation_state_v3": _CONTEXT,
    "TransferProcessV3Api.initiate_transfer_process_v3": _CONTEXT,
}

reached = {}


def query(**words):
    return said(edc.QuerySpec, {"@context": CONTEXT, "@type": "QuerySpec", **words})


def criterion(left, operator, right):
    return {"@type": "Criterion", "operandLeft": left, "operator": operator, "operandRight": right}


def missing(method, *words):
    bad(method, *words, error=NotFoundException, kind="ObjectNotFound")


def invalid(method, *words):
    bad(method, *words, error=BadRequestException, kind="ValidationFailure")


def conflict(method, *words):
    bad(method, *words, error=ConflictException, kind="ObjectConflict")


def asset(id, **more):
    address = {"type": "HttpData", "baseUrl": SOURCE, "proxyPath": "true"}
    body = {"@context": CONTEXT, "@id": id, "properties": {"name": id}, "dataAddress": address, **more}
    return said(edc.AssetInputV3, body)


def assets():
    api = edc.AssetV3Api(provider.client)
    good(api.create_asset_v3, asset(ASSET), holds=lambda made: made["@id"] == ASSET and made["createdAt"] > 0)
    conflict(api.create_asset_v3, asset(ASSET))
    good(api.create_asset_v3, asset("v3-lost"), holds=lambda made: made["@type"] == "IdResponse")
    good(api.get_asset_v3, ASSET, holds=lambda one: one["properties"] == {"name": ASSET, "id": ASSET})
    missing(api.get_asset_v3, "none")
    good(api.update_asset_v3, asset(ASSET, privateProperties={"shelf": "left"}), holds=lambda answer: answer is None)
    missing(api.update_asset_v3, asset("none"))
    words = {"filterExpression": [criterion(f"{EDC}id", "in", [ASSET, "v3-lost"])], "sortField": "id", "sortOrder": "DESC"}
    good(api.request_assets_v3, query(**words), holds=lambda all: [one["@id"] for one in all] == ["v3-lost", ASSET])
    invalid(api.request_assets_v3, query(limit=0))
    good(api.remove_asset_v3, "v3-lost", holds=lambda answer: answer is None)
    missing(api.remove_asset_v3, "v3-lost")


def policy(id, type="Set"):
    odrl = {"@context": "http://www.w3.org/ns/odrl.jsonld", "@type": type, "permission": [{"action": "use"}]}
    return said(edc.PolicyDefinitionInputV3, {"@context": CONTEXT, "@id": id, "policy": odrl})


def policies():
    api = edc.PolicyDefinitionV3Api(provider.client)
    good(api.create_policy_definition_v3, policy(POLICY), holds=lambda made: made["@id"] == POLICY)
    conflict(api.create_policy_definition_v3, policy(POLICY))
    invalid(api.create_policy_definition_v3, policy("v3-offer", "Offer"))
    good(api.create_policy_definition_v3, policy("v3-lost"))
    good(api.get_policy_definition_v3, POLICY, holds=lambda one: one["policy"]["odrl:permission"] is not None)
    missing(api.get_policy_definition_v3, "none")
    good(api.update_policy_definition_v3, POLICY, policy(POLICY), holds=lambda answer: answer is None)
    missing(api.update_policy_definition_v3, "none", policy("none"))
    words = {"filterExpression": [criterion("id", "=", POLICY)]}
    good(api.query_policy_definitions_v3, query(**words), holds=lambda all: [one["@id"] for one in all] == [POLICY])
    invalid(api.query_policy_definitions_v3, query(offset=-1))
    good(api.validate_policy_definition_v3, POLICY, holds=lambda answer: answer["isValid"] is True)
    missing(api.validate_policy_definition_v3, "none")
    scope = said(edc.PolicyEvaluationPlanRequestSchemaV3, {"@context": CONTEXT, "policyScope": "catalog"})
    good(api.create_execution_plane_v3, POLICY, scope, holds=lambda plan: plan["@type"] == "PolicyEvaluationPlan")
    missing(api.create_execution_plane_v3, "none", scope)
    good(api.delete_policy_definition_v3, "v3-lost", holds=lambda answer: answer is None)
    missing(api.delete_policy_definition_v3, "v3-lost")


def definition(id, **more):
    # Two criteria, since a list of one is answered without its brackets, which the client's model does not take.
    selector = [criterion(f"{EDC}id", "=", ASSET), criterion(f"{EDC}name", "=", ASSET)]
    body = {"@context": CONTEXT, "@id": id, "accessPolicyId": POLICY, "contractPolicyId": POLICY, "assetsSelector": selector}
    return said(edc.ContractDefinitionInputV3, {**body, **more})


def definitions():
    api = edc.ContractDefinitionV3Api(provider.client)
    good(api.create_contract_definition_v3, definition(DEFINITION), holds=lambda made: made["@id"] == DEFINITION)
    conflict(api.create_contract_definition_v3, definition(DEFINITION))
    invalid(api.create_contract_definition_v3, definition("v3-bare", accessPolicyId=""))
    good(api.create_contract_definition_v3, definition("v3-lost"))
    good(api.get_contract_definition_v3, DEFINITION, holds=lambda one: len(one["assetsSelector"]) == 2)
    missing(api.get_contract_definition_v3, "none")
    good(api.update_contract_definition_v3, definition(DEFINITION), holds=lambda answer: answer is None)
    missing(api.update_contract_definition_v3, definition("none"))
    words = {"filterExpression": [criterion("accessPolicyId", "=", POLICY)]}
    good(api.query_contract_definitions_v3, query(**words), holds=lambda all: len(all) == 2)
    invalid(api.query_contract_definitions_v3, query(filterExpression=[criterion("id", "near", "x")]))
    good(api.delete_contract_definition_v3, "v3-lost", holds=lambda answer: answer is None)
    missing(api.delete_contract_definition_v3, "v3-lost")
    conflict(edc.PolicyDefinitionV3Api(provider.client).delete_policy_definition_v3, POLICY)


def secrets():
    api = edc.SecretV3Api(provider.client)
    secret = lambda id, value: said(edc.SecretInputV3, {"@context": CONTEXT, "@id": id, "value": value})
    good(api.create_secret_v3, secret("v3-secret", "first"), holds=lambda made: made["@id"] == "v3-secret")
    conflict(api.create_secret_v3, secret("v3-secret", "first"))
    good(api.update_secret_v3, secret("v3-secret", "second"), holds=lambda answer: answer is None)
    missing(api.update_secret_v3, secret("none", "x"))
    good(api.get_secret_v3, "v3-secret", holds=lambda one: one["value"] == "second")
    missing(api.get_secret_v3, "none")
    good(api.remove_secret_v3, "v3-secret", holds=lambda answer: answer is None)
    missing(api.remove_secret_v3, "v3-secret")


def data_planes():
    api = edc.DataplaneSelectorV3Api(provider.client)
    good(api.get_all_data_plane_instances_v3, holds=lambda all: "HttpData-PULL" in all[0]["allowedTransferTypes"])
    stranger = edc.DataplaneSelectorV3Api(book.client(provider.management, "wrong"))
    bad(stranger.get_all_data_plane_instances_v3, error=UnauthorizedException, kind="AuthenticationFailed")


def request(**more):
    return {"@context": CONTEXT, "counterPartyAddress": provider.protocol, "counterPartyId": provider.id, "protocol": PROTOCOL, **more}


def catalogues():
    api = edc.CatalogV3Api(consumer.client)
    wish = said(edc.CatalogRequestV3, request())
    found = good(api.request_catalog_v3, wish, holds=lambda one: ASSET in [each["@id"] for each in datasets(one)])
    bad(api.request_catalog_v3, said(edc.CatalogRequestV3, request(counterPartyAddress=nowhere)), error=book.BAD_GATEWAY, kind="BadGateway")
    wish = said(edc.DatasetRequestV3, request(**{"@id": ASSET}))
    good(api.get_dataset_v3, wish, holds=lambda one: one["@id"] == ASSET)
    bad(api.get_dataset_v3, said(edc.DatasetRequestV3, request(**{"@id": "none"})), error=book.BAD_GATEWAY, kind="BadGateway")
    offered = next(one for one in datasets(found) if one["@id"] == ASSET)
    reached["offer"] = listed(offered, "hasPolicy")[0]["@id"]


def federated():
    api = edc.CatalogsV3Api(provider.client)
    good(api.request_catalogs_v3, False, query(), holds=lambda all: ASSET in [each["@id"] for each in datasets(all[0])])
    invalid(api.request_catalogs_v3, False, query(limit=0))


def listed(node, name):
    """A member of a catalogue, under either of the names that the client looks for, as a list."""
    value = node.get(name) or node.get(f"odrl:{name}") or node.get(f"dcat:{name}") or []
    return value if isinstance(value, list) else [value]


def datasets(catalogue):
    return listed(catalogue, "dataset")


def contract(address=provider.protocol, **more):
    odrl = {"@context": "http://www.w3.org/ns/odrl.jsonld", "@id": reached["offer"], "@type": "Offer", "permission": [{"action": "use"}]}
    odrl.update(assigner=provider.id, target=ASSET)
    return said(edc.ContractRequestV3, request(**{"counterPartyAddress": address, "policy": {**odrl, **more}}))


def negotiations():
    api = edc.ContractNegotiationV3Api(consumer.client)
    id = good(api.initiate_contract_negotiation_v3, contract())["@id"]
    invalid(api.initiate_contract_negotiation_v3, contract(**{"@type": "Set"}))
    state = until(api.get_negotiation_state_v3, id, ("FINALIZED", "TERMINATED"))
    check("the negotiation of version 3 is finalized", state == "FINALIZED", state)
    missing(api.get_negotiation_state_v3, "none")
    good(api.get_negotiation_v3, id, holds=lambda one: one["counterPartyId"] == provider.id and one["contractAgreementId"])
    missing(api.get_negotiation_v3, "none")
    reached["agreement"] = good(api.get_agreement_for_negotiation_v3, id, holds=lambda one: one["assetId"] == ASSET)["@id"]
    missing(api.get_agreement_for_negotiation_v3, "none")
    words = {"filterExpression": [criterion("contractAgreement.assetId", "=", ASSET)]}
    good(api.query_negotiations_v3, query(**words), holds=lambda all: [one["@id"] for one in all] == [id])
    bad(
        api.query_negotiations_v3,
        query(filterExpression=[criterion("no.such", "=", "x")]),
        error=BadRequestException,
        kind="InvalidRequest",
    )
    conflict(api.delete_negotiation_v3, id)
    end_negotiation(api)


def end_negotiation(api):
    """One that nobody hears is ended and stays while its message is under way; one that the provider refuses is removed."""
    reason = lambda id: said(edc.TerminateNegotiationV3, {"@context": CONTEXT, "@id": id, "reason": "no longer"})
    id = good(api.initiate_contract_negotiation_v3, contract(nowhere))["@id"]
    good(api.terminate_negotiation_v3, id, reason(id), holds=lambda answer: answer is None)
    missing(api.terminate_negotiation_v3, "none", reason("none"))
    state = until(api.get_negotiation_state_v3, id, ("TERMINATED",))
    check("the negotiation of version 3 is terminated", state == "TERMINATED", state)
    conflict(api.delete_negotiation_v3, id)
    id = good(api.initiate_contract_negotiation_v3, contract(permission=[{"action": "distribute"}]))["@id"]
    state = until(api.get_negotiation_state_v3, id, ("TERMINATED",))
    check("the refused negotiation of version 3 is terminated", state == "TERMINATED", state)
    good(api.delete_negotiation_v3, id, holds=lambda answer: answer is None)
    missing(api.delete_negotiation_v3, id)


def agreements():
    api, id = edc.ContractAgreementV3Api(consumer.client), reached["agreement"]
    good(api.get_agreement_by_id_v3, id, holds=lambda one: one["consumerId"] == consumer.id)
    missing(api.get_agreement_by_id_v3, "none")
    good(api.get_negotiation_by_agreement_id_v3, id, holds=lambda one: one["contractAgreementId"] == id)
    missing(api.get_negotiation_by_agreement_id_v3, "none")
    words = {"filterExpression": [criterion("assetId", "=", ASSET)]}
    good(api.query_agreements_v3, query(**words), holds=lambda all: [one["@id"] for one in all] == [id])
    invalid(api.query_agreements_v3, query(limit=0))


def transfers():
    api = edc.TransferProcessV3Api(consumer.client)
    wish = lambda contract: said(edc.TransferRequestV3, request(contractId=contract, transferType="HttpData-PULL"))
    id = good(api.initiate_transfer_process_v3, wish(reached["agreement"]))["@id"]
    bad(api.initiate_transfer_process_v3, wish("none"), error=BadRequestException, kind="InvalidRequest")
    reaches(api, id, "STARTED")
    missing(api.get_transfer_process_state_v3, "none")
    good(api.get_transfer_process_v3, id, holds=lambda one: one["assetId"] == ASSET)
    missing(api.get_transfer_process_v3, "none")
    good(api.query_transfer_processes_v3, query(), holds=lambda all: id in [one["@id"] for one in all])
    invalid(api.query_transfer_processes_v3, query(offset=-1))
    access(id)
    pause(api, id)
    end_transfer(api, id)


def reaches(api, id, state):
    found = until(api.get_transfer_process_state_v3, id, (state,))
    check(f"the transfer of version 3 is {state}", found == state, found)


def access(id):
    api = edc.EDRCacheV3Api(consumer.client)
    good(api.request_edr_entries_v3, query(), holds=lambda all: id in [one["transferProcessId"] for one in all])
    invalid(api.request_edr_entries_v3, query(limit=0))
    address = good(api.get_edr_entry_data_address_v3, id, holds=lambda one: one["authorization"] and one["endpoint"])
    missing(api.get_edr_entry_data_address_v3, "none")
    data = Connector.pull_data(address["endpoint"], address["authorization"]).data.decode()
    check("the data of version 3 is the source's", data == CONTENT, data)


def pause(api, id):
    reason = said(edc.SuspendTransferV3, {"@context": CONTEXT, "@type": "SuspendTransfer", "reason": "a pause"})
    good(api.suspend_transfer_process_v3, id, reason, holds=lambda answer: answer is None)
    missing(api.suspend_transfer_process_v3, "none", reason)
    reaches(api, id, "SUSPENDED")
    missing(edc.EDRCacheV3Api(consumer.client).get_edr_entry_data_address_v3, id)
    good(api.resume_transfer_process_v3, id, holds=lambda answer: answer is None)
    missing(api.resume_transfer_process_v3, "none")
    reaches(api, id, "STARTED")


def end_transfer(api, id):
    edrs = edc.EDRCacheV3Api(consumer.client)
    good(edrs.remove_edr_entry_v3, id, holds=lambda answer: answer is None)
    missing(edrs.remove_edr_entry_v3, id)
    reason = said(edc.TerminateTransferV3, {"@context": CONTEXT, "@type": "TerminateTransfer", "reason": "enough"})
    good(api.terminate_transfer_process_v3, id, reason, holds=lambda answer: answer is None)
    reaches(api, id, "TERMINATED")
    conflict(api.terminate_transfer_process_v3, id, reason)
    good(api.deprovision_transfer_process_v3, id, holds=lambda answer: answer is None)
    missing(api.deprovision_transfer_process_v3, "none")


STORY = [assets, policies, definitions, secrets, data_planes, catalogues, federated, negotiations, agreements, transfers]
