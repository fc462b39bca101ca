"""What there is of the fifth version: the participants, by the operator's key."""

import book
import edc_client as edc
from book import bad, good, said
from edc_client.exceptions import UnauthorizedException
from sides import provider
from v3 import conflict, missing

CONTEXT = ["https://w3id.org/edc/connector/management/v2"]

# Of the client, but not of the node.
EXCUSED = {
    "DefaultApi.": "of EDC's provisioner, which calls back over a control port of its own; no part of the management API",
    **{
        f"{resource}V5betaApi.": "not of the node yet: of version 5 it has the participants"
        for resource in (
            "Asset",
            "Catalog",
            "CelExpressions",
            "ContractAgreement",
            "ContractDefinition",
            "ContractNegotiation",
            "DataplaneSignalingRegistration",
            "DataspaceProfileContext",
            "Discovery",
            "ParticipantContextConfig",
            "PolicyDefinition",
            "TransferProcess",
        )
    },
}


def participant(id, **more):
    # A participant's identity is its DID at the node, which ends with the participant's name.
    identity = provider.id.rpartition(":")[0] + f":{id}"
    members = {"@context": CONTEXT, "@type": "ParticipantContext", "@id": id, "identity": identity, **more}
    return said(edc.ParticipantContextSchema, members)


def participants():
    api = edc.ParticipantContextV5betaApi(book.client(provider.management, provider.operator_key))
    good(api.create_participant_v5, participant("guest"), holds=lambda made: made["@id"] == "guest")
    conflict(api.create_participant_v5, participant("guest"))
    good(api.get_participant_v5, "guest", holds=lambda one: one["@type"] == "ParticipantContext" and one["identity"])
    missing(api.get_participant_v5, "none")
    good(api.get_all_participants_v5, 0, 50, holds=lambda all: "guest" in [one["@id"] for one in all])
    good(api.get_all_participants_v5, 0, 1, holds=lambda all: len(all) == 1)
    good(api.update_participant_v5, "guest", participant("guest", properties={"shelf": "left"}), holds=lambda answer: answer is None)
    good(api.get_participant_v5, "guest", holds=lambda one: one["properties"]["shelf"] == "left")
    missing(api.update_participant_v5, "none", participant("none"))
    stranger = edc.ParticipantContextV5betaApi(book.client(provider.management, "wrong"))
    bad(stranger.get_all_participants_v5, 0, 50, error=UnauthorizedException, kind="AuthenticationFailed")
    good(api.delete_participant_v5, "guest", holds=lambda answer: answer is None)
    missing(api.delete_participant_v5, "guest")


STORY = [participants]
