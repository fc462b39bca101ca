"""The two sides as the environment names them."""

import os
from dataclasses import dataclass

import book

PROTOCOL = "dataspace-protocol-http:2025-1"
EDC = "https://w3id.org/edc/v0.0.1/ns/"
SOURCE = os.environ["SOURCE"]
CONTENT = os.environ["CONTENT"]


@dataclass
class Side:
    """One side: who it is in the protocol, and where."""

    id: str
    protocol: str
    management: str
    key: str
    operator_key: str
    client: object


def _side(role):
    management, key = os.environ[f"{role}_MANAGEMENT"], os.environ[f"{role}_API_KEY"]
    return Side(
        id=os.environ[f"{role}_ID"],
        protocol=os.environ[f"{role}_PROTOCOL"],
        management=management,
        key=key,
        operator_key=os.environ[f"{role}_OPERATOR_KEY"],
        client=book.client(management, key),
    )


provider = _side("PROVIDER")
consumer = _side("CONSUMER")
# An address at the provider's host where no protocol is spoken.
nowhere = "/".join(provider.protocol.split("/")[:3]) + "/nothing"
